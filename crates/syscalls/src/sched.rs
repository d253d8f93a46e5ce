//! Scheduling: policies, parameters, affinity.

use crate::common::{TIMESPEC, TIMESPEC64, uncommon};
use decode::Stretch;
use decode::class::NONE;
use decode::prelude::*;
use uapi::consts::*;

/// A policy that Linux has kept a number for and never had.
const SCHED_ISO: Const = uncommon("SCHED_ISO", 4);
/// The kernel's name is `SCHED_NORMAL`.
const SCHED_OTHER: Const = uncommon("SCHED_OTHER", 0);

static POLICIES: Names = names(
    "SCHED_???",
    &[SCHED_OTHER, SCHED_FIFO, SCHED_RR, SCHED_BATCH, SCHED_ISO, SCHED_IDLE, SCHED_DEADLINE, SCHED_EXT],
);
static ATTR_FLAGS: Names = names(
    "SCHED_FLAG_???",
    &[
        SCHED_FLAG_RESET_ON_FORK,
        SCHED_FLAG_RECLAIM,
        SCHED_FLAG_DL_OVERRUN,
        SCHED_FLAG_KEEP_POLICY,
        SCHED_FLAG_KEEP_PARAMS,
        SCHED_FLAG_UTIL_CLAMP_MIN,
        SCHED_FLAG_UTIL_CLAMP_MAX,
    ],
);
static GETATTR_FLAGS: Names = names("SCHED_GETATTR_FLAG_???", &[SCHED_GETATTR_FLAG_DL_DYNAMIC]);

/// A policy's number without the flag that may stand beside it, and that flag.
fn split_policy(v: u64) -> (u64, u64) {
    // A negative number is no policy.
    let flag = if (v as i32) < 0 { 0 } else { v & SCHED_RESET_ON_FORK.v() };
    (v & !flag, flag)
}

fn show_policy(cx: &mut Plain<'_>, v: u64) {
    let (policy, flag) = split_policy(v);
    let mut parts = Parts::new();
    if flag != 0 {
        parts.push(Part::Name(SCHED_RESET_ON_FORK.name));
    }
    match POLICIES.find(policy, u64::from(u32::MAX), cx.abi) {
        Some(name) => parts.push(Part::Name(name)),
        None if flag != 0 => parts.push(Part::Hex(policy)),
        None => {}
    }
    cx.out.symbolic(v, Base::Hex, parts.as_slice(), POLICIES.unknown);
}

fn explain_policy(cx: &mut Plain<'_>) {
    let (policy, flag) = split_policy(cx.ret() as u64);
    let flag = if flag == 0 { None } else { Some(SCHED_RESET_ON_FORK.name) };
    let text = match (flag, POLICIES.find(policy, u64::MAX, cx.abi)) {
        (None, None) => return,
        (None, Some(name)) => name.to_owned(),
        (Some(flag), Some(name)) => format!("{flag}|{name}"),
        (Some(flag), None) => format!("{flag}|{policy:#x}"),
    };
    cx.aux(|cx| {
        cx.out.aux_part("");
        cx.out.word(&text);
    });
}

static SCHED_PARAM: Record = record("sched_param", &[arg("sched_priority", INT)]);

/// Whether a member is not set because of a flag. What the kernel tells is all there.
fn keeps(c: &Plain<'_>, flag: Const) -> bool {
    !c.exiting() && c.has(c.field("sched_flags"), flag)
}

/// `SCHED_FLAG_KEEP_PARAMS` keeps the policy as well.
fn has_params(c: &Plain<'_>) -> bool {
    !keeps(c, SCHED_FLAG_KEEP_PARAMS)
}

/// A negative policy is an error, whether it is to be set or not.
fn has_policy(c: &Plain<'_>) -> bool {
    has_params(c) && !keeps(c, SCHED_FLAG_KEEP_POLICY)
}

/// The size of the first version of `struct sched_attr`, `SCHED_ATTR_SIZE_VER0`.
const ATTR_SIZE_VER0: u64 = 48;

/// `struct sched_attr`, which says itself how much of it there is.
static SCHED_ATTR: Record = record(
    "sched_attr",
    &[
        arg("size", UINT),
        arg("sched_policy", Enum(W4, &POLICIES))
            .when(|c| has_version_0(c) && (has_policy(c) || (c.field("sched_policy") as i32) < 0)),
        arg("sched_flags", Flags(W8, &ATTR_FLAGS)).when(has_version_0),
        arg("sched_nice", INT).when(|c| has_version_0(c) && has_params(c)),
        arg("sched_priority", UINT).when(|c| has_version_0(c) && has_params(c)),
        arg("sched_runtime", U64).when(|c| has_version_0(c) && has_params(c)),
        arg("sched_deadline", U64).when(|c| has_version_0(c) && has_params(c)),
        arg("sched_period", U64).when(|c| has_version_0(c) && has_params(c)),
        arg("sched_util_min", UINT).when(has_version_0),
        arg("sched_util_max", UINT).when(has_version_0),
    ],
);

fn has_version_0(c: &Plain<'_>) -> bool {
    c.record_len() as u64 >= ATTR_SIZE_VER0
}

/// How much of an attribute of `size` bytes is shown: all of it, its first version, or nothing but its size.
fn shown_size(cx: &Plain<'_>, size: u64) -> usize {
    let known = SCHED_ATTR.size(cx.abi);
    if size >= known as u64 {
        known
    } else if size >= ATTR_SIZE_VER0 {
        ATTR_SIZE_VER0 as usize
    } else {
        4
    }
}

/// Shows the attribute of `size` bytes at `addr`, of which the tracee's buffer has room for `room`, and the rest
/// counts as zero; `more`: says so if there is more than is known.
fn show_attr(cx: &mut Cx<'_>, addr: u64, size: u64, room: u64, more: bool) {
    let mut bytes = [0; 56];
    let shown = shown_size(cx, size);
    let bytes = &mut bytes[..shown];
    let given = shown.min(usize::try_from(room).unwrap_or(shown));
    if addr == 0 || !cx.options.verbose || !cx.read(addr, &mut bytes[..given]) {
        return cx.out.addr(addr);
    }
    cx.out.open(Kind::Struct);
    cx.members_from(&SCHED_ATTR, bytes, addr);
    if more && size > SCHED_ATTR.size(cx.abi) as u64 {
        cx.out.more();
    }
    cx.out.close(Kind::Struct);
}

/// The kernel says by the size in the struct what it would have taken, if that was the error.
fn show_setattr(cx: &mut Cx<'_>, addr: u64) {
    if !cx.exiting() {
        let Some(size) = (if addr == 0 { None } else { cx.read_u32(addr) }) else {
            return cx.out.addr(addr);
        };
        cx.save(u64::from(size));
        // A size of zero means the first version's.
        let size = if size == 0 { ATTR_SIZE_VER0 } else { u64::from(size) };
        cx.out.change_begin();
        return show_attr(cx, addr, size, u64::MAX, true);
    }
    if cx.saved_here().is_none() {
        return;
    }
    if cx.error() == uapi::errno::number("E2BIG")
        && let Some(size) = cx.read_u32(addr)
    {
        cx.out.changed();
        cx.out.open(Kind::Struct);
        cx.out.field("size");
        cx.out.uint(u64::from(size));
        cx.out.close(Kind::Struct);
    }
    cx.out.change_end();
}

fn show_getattr(cx: &mut Cx<'_>, addr: u64) {
    let room = cx.arg(2) & u64::from(u32::MAX);
    // All that the kernel may have filled in must be there.
    let most = SCHED_ATTR.size(cx.abi).min(room as usize);
    let is_there = addr != 0 && room != 0 && cx.read(addr, &mut [0; 56][..most]);
    match if is_there { cx.read_uint(addr, most.min(4)) } else { None } {
        Some(size) => show_attr(cx, addr, size, room, false),
        None => cx.out.addr(addr),
    }
}

/// The most bytes of a set of CPUs that are looked at: what a C library's `cpu_set_t` has.
const MAX_MASK: u64 = 128;

/// Shows a set of CPUs in `size` bytes.
pub(crate) fn show_cpus(cx: &mut Cx<'_>, addr: u64, size: u64) {
    let mut mask = [0; MAX_MASK as usize];
    let mask = &mut mask[..size.min(MAX_MASK) as usize];
    // Where nothing is to be read, no address is out of reach.
    let is_there = mask.is_empty() || cx.read(addr, mask);
    if addr == 0 || !cx.options.verbose || !is_there {
        return cx.out.addr(addr);
    }
    let bit = |cpu: &u64| mask[(cpu / 8) as usize] >> (cpu % 8) & 1 != 0;
    let rest = (size > MAX_MASK).then_some(Part::Name("..."));
    let mut cpus = (0..mask.len() as u64 * 8).filter(bit).map(Part::Dec).chain(rest);
    cx.out.set(false, &mut cpus);
}

const PID: Arg = arg("pid", TID);
const POLICY: Arg = arg("policy", Scalar(W4, show_policy));
const CPUSETSIZE: Arg = arg("cpusetsize", UINT);

pub(crate) static ROWS: &[Syscall] = &[
    syscall("sched_yield", NONE, Ret::Dec, &[]),
    syscall(
        "sched_setaffinity",
        NONE,
        Ret::Dec,
        &[PID, CPUSETSIZE, arg("mask", At(In, &Form(Len::Arg(1), show_cpus)))],
    ),
    syscall(
        "sched_getaffinity",
        NONE,
        Ret::Dec,
        &[PID, CPUSETSIZE, arg("mask", At(Out, &Form(Len::Ret, show_cpus)))],
    ),
    syscall("sched_setparam", NONE, Ret::Dec, &[PID, arg("param", At(In, &Struct(&SCHED_PARAM)))]),
    syscall("sched_getparam", NONE, Ret::Dec, &[PID, arg("param", At(Out, &Struct(&SCHED_PARAM)))]),
    syscall(
        "sched_setscheduler",
        NONE,
        Ret::Dec,
        &[PID, POLICY, arg("param", At(In, &Struct(&SCHED_PARAM)))],
    ),
    syscall("sched_getscheduler", NONE, Ret::Aux(&Ret::Hex, explain_policy), &[PID]),
    syscall("sched_get_priority_max", NONE, Ret::Dec, &[arg("policy", Enum(W4, &POLICIES))]),
    syscall("sched_get_priority_min", NONE, Ret::Dec, &[arg("policy", Enum(W4, &POLICIES))]),
    syscall("sched_rr_get_interval", NONE, Ret::Dec, &[PID, arg("tp", At(Out, &Struct(&TIMESPEC)))]),
    syscall("sched_rr_get_interval_time64", NONE, Ret::Dec, &[PID, arg("tp", At(Out, &Struct(&TIMESPEC64)))]),
    syscall(
        "sched_setattr",
        NONE,
        Ret::Dec,
        &[
            PID,
            arg(
                "attr",
                Hook(&decode::Hook { dir: InOut, show: show_setattr, reads: &[Stretch::arg(1, 56)] }),
            ),
            arg("flags", X32),
        ],
    ),
    syscall(
        "sched_getattr",
        NONE,
        Ret::Dec,
        &[
            PID,
            arg("attr", Hook(&decode::Hook { dir: Out, show: show_getattr, reads: &[Stretch::arg(1, 56)] })),
            arg("size", UINT),
            arg("flags", Flags(W4, &GETATTR_FLAGS)),
        ],
    ),
];
