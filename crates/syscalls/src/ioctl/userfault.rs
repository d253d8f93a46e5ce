//! Page faults handled in user space: `userfaultfd(2)`, `ioctl_userfaultfd(2)`.

use super::exchange;
use super::{Request, req};
use decode::prelude::*;
use uapi::consts::*;

static FEATURES: Names = names(
    "UFFD_FEATURE_???",
    &[
        UFFD_FEATURE_PAGEFAULT_FLAG_WP,
        UFFD_FEATURE_EVENT_FORK,
        UFFD_FEATURE_EVENT_REMAP,
        UFFD_FEATURE_EVENT_REMOVE,
        UFFD_FEATURE_MISSING_HUGETLBFS,
        UFFD_FEATURE_MISSING_SHMEM,
        UFFD_FEATURE_EVENT_UNMAP,
        UFFD_FEATURE_SIGBUS,
        UFFD_FEATURE_THREAD_ID,
        UFFD_FEATURE_MINOR_HUGETLBFS,
        UFFD_FEATURE_MINOR_SHMEM,
        UFFD_FEATURE_EXACT_ADDRESS,
        UFFD_FEATURE_WP_HUGETLBFS_SHMEM,
        UFFD_FEATURE_WP_UNPOPULATED,
        UFFD_FEATURE_POISON,
        UFFD_FEATURE_WP_ASYNC,
        UFFD_FEATURE_MOVE,
    ],
);
static REGISTER_MODES: Names = names(
    "UFFDIO_REGISTER_MODE_???",
    &[UFFDIO_REGISTER_MODE_MISSING, UFFDIO_REGISTER_MODE_WP, UFFDIO_REGISTER_MODE_MINOR],
);
static WRITEPROTECT_MODES: Names =
    names("UFFDIO_WRITEPROTECT_MODE_???", &[UFFDIO_WRITEPROTECT_MODE_WP, UFFDIO_WRITEPROTECT_MODE_DONTWAKE]);
static ZEROPAGE_MODES: Names = names("UFFDIO_ZEROPAGE_MODE_???", &[UFFDIO_ZEROPAGE_MODE_DONTWAKE]);
static CONTINUE_MODES: Names = names("UFFDIO_CONTINUE_MODE_???", &[UFFDIO_CONTINUE_MODE_DONTWAKE]);
static POISON_MODES: Names = names("UFFDIO_POISON_MODE_???", &[UFFDIO_POISON_MODE_DONTWAKE]);
static COPY_MODES: Names = names("UFFDIO_COPY_MODE_???", &[UFFDIO_COPY_MODE_DONTWAKE, UFFDIO_COPY_MODE_WP]);

/// Requests that may be made of the whole, and of a range: bit `n` is the one with number `n`.
static OF_ALL: &[Const] = &[_UFFDIO_REGISTER, _UFFDIO_UNREGISTER, _UFFDIO_API];
static OF_RANGE: &[Const] = &[
    _UFFDIO_WAKE,
    _UFFDIO_COPY,
    _UFFDIO_ZEROPAGE,
    _UFFDIO_MOVE,
    _UFFDIO_WRITEPROTECT,
    _UFFDIO_CONTINUE,
    _UFFDIO_POISON,
];

/// Shows a set of requests as the bits that they are: `1<<_UFFDIO_COPY`.
fn show_requests(cx: &mut Plain<'_>, known: &[Const], v: u64, unknown: &str) {
    let mut parts = Parts::new();
    let mut rest = v;
    for request in known.iter().filter(|r| v >> r.v() & 1 != 0) {
        parts.push(Part::Shifted(1, request.name));
        rest &= !(1 << request.v());
    }
    cx.flags_rest(v, parts, rest, unknown);
}

static API: Record = record("uffdio_api", &[arg("api", X64), arg("features", Flags(W8, &FEATURES)), pad(8)]);
static API_FEATURES: Record = record("uffdio_api", &[pad(8), arg("features", Flags(W8, &FEATURES)), pad(8)]);
static API_REQUESTS: Record = record(
    "uffdio_api",
    &[pad(16), arg("ioctls", Scalar(W8, |cx, v| show_requests(cx, OF_ALL, v, "_UFFDIO_???")))],
);

/// Shows the features asked for, and those that there are.
fn show_api(cx: &mut Cx<'_>, addr: u64) {
    let features = if addr == 0 { None } else { cx.read_uint(addr.wrapping_add(8), 8) };
    if !cx.exiting() {
        if exchange::begin(cx, &API, addr) {
            cx.save(features.unwrap_or(0));
        } else {
            cx.out.addr(addr);
        }
        return;
    }
    let Some(asked) = cx.saved_here() else { return };
    if !cx.failed() {
        if features.is_some_and(|f| f != asked) {
            cx.out.changed();
            cx.out.open(Kind::Members);
            exchange::members_at(cx, &API_FEATURES, addr);
            cx.out.close(Kind::Members);
        }
        exchange::members_at(cx, &API_REQUESTS, addr);
    }
    cx.out.close(Kind::Struct);
}

static API_TY: decode::Hook =
    decode::Hook { dir: InOut, show: show_api, reads: &[decode::Stretch::here(24)] };

static RANGE: Record = record("uffdio_range", &[arg("start", X64), arg("len", X64)]);
static REGISTER: Record =
    record("uffdio_register", &[arg("range", Struct(&RANGE)), arg("mode", Flags(W8, &REGISTER_MODES))]);
static REGISTERED: Record = record(
    "uffdio_register",
    &[pad(24), arg("ioctls", Scalar(W8, |cx, v| show_requests(cx, OF_RANGE, v, "1<<_UFFDIO_???")))],
);
static WRITEPROTECT: Record = record(
    "uffdio_writeprotect",
    &[arg("range", Struct(&RANGE)), arg("mode", Flags(W8, &WRITEPROTECT_MODES))],
);
static ZEROPAGE: Record =
    record("uffdio_zeropage", &[arg("range", Struct(&RANGE)), arg("mode", Flags(W8, &ZEROPAGE_MODES))]);
static ZEROED: Record = record("uffdio_zeropage", &[pad(24), arg("zeropage", X64)]);
static CONTINUE: Record =
    record("uffdio_continue", &[arg("range", Struct(&RANGE)), arg("mode", Flags(W8, &CONTINUE_MODES))]);
static CONTINUED: Record = record("uffdio_continue", &[pad(24), arg("mapped", U64)]);
static POISON: Record =
    record("uffdio_poison", &[arg("range", Struct(&RANGE)), arg("mode", Flags(W8, &POISON_MODES))]);
static POISONED: Record = record("uffdio_poison", &[pad(24), arg("updated", U64)]);
static COPY: Record = record(
    "uffdio_copy",
    &[arg("dst", X64), arg("src", X64), arg("len", X64), arg("mode", Flags(W8, &COPY_MODES))],
);
static COPIED: Record = record("uffdio_copy", &[pad(32), arg("copy", X64)]);

pub(super) static REQUESTS: &[Request] = &[
    req(UFFDIO_API, Hook(&API_TY)),
    req(UFFDIO_REGISTER, At(InOut, &Filled(&Struct(&REGISTER), &Struct(&REGISTERED)))),
    req(UFFDIO_UNREGISTER, At(In, &Struct(&RANGE))),
    req(UFFDIO_WAKE, At(In, &Struct(&RANGE))),
    req(UFFDIO_WRITEPROTECT, At(In, &Struct(&WRITEPROTECT))),
    req(UFFDIO_ZEROPAGE, At(InOut, &Filled(&Struct(&ZEROPAGE), &Struct(&ZEROED)))),
    req(UFFDIO_CONTINUE, At(InOut, &Filled(&Struct(&CONTINUE), &Struct(&CONTINUED)))),
    req(UFFDIO_POISON, At(InOut, &Filled(&Struct(&POISON), &Struct(&POISONED)))),
    req(UFFDIO_COPY, At(InOut, &Filled(&Struct(&COPY), &Struct(&COPIED)))),
];
