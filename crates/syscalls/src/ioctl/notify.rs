//! Seccomp's notifications, and files that stand for kernel objects: namespaces, processes, inotify, epoll, perf.

use super::{Request, bare, bits, exchange, req};
use crate::common::{ID, uncommon};
use crate::file::OPEN_FLAGS;
use crate::siginfo::{ARCHES, show_syscall};
use decode::Found;
use decode::prelude::*;
use uapi::consts::*;

static ADDFD_FLAGS: Names =
    names("SECCOMP_ADDFD_FLAG_???", &[SECCOMP_ADDFD_FLAG_SETFD, SECCOMP_ADDFD_FLAG_SEND]);
static RESPONSE_FLAGS: Names = names("SECCOMP_USER_NOTIF_FLAG_???", &[SECCOMP_USER_NOTIF_FLAG_CONTINUE]);
static LISTENER_FLAGS: Names = names("SECCOMP_USER_NOTIF_???", &[SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP]);
static PERF_FLAGS: Names = names("PERF_IOC_FLAG_???", &[PERF_IOC_FLAG_GROUP]);
static NAMESPACES: Names = names(
    "",
    &[
        CLONE_NEWTIME,
        CLONE_NEWNS,
        CLONE_NEWCGROUP,
        CLONE_NEWUTS,
        CLONE_NEWIPC,
        CLONE_NEWUSER,
        CLONE_NEWPID,
        CLONE_NEWNET,
    ],
);

static ADDFD: Record = record(
    "seccomp_notif_addfd",
    &[
        arg("id", X64),
        arg("flags", Flags(W4, &ADDFD_FLAGS)),
        arg("srcfd", Fd),
        arg("newfd", INT),
        arg("newfd_flags", Flags(W4, &OPEN_FLAGS)),
    ],
);
static RESPONSE: Record = record(
    "seccomp_notif_resp",
    &[
        arg("id", X64),
        arg("val", S64),
        arg("error", Scalar(W4, show_negative_errno)),
        arg("flags", Flags(W4, &RESPONSE_FLAGS)),
    ],
);

static DATA: Record = record(
    "seccomp_data",
    &[
        arg(
            "nr",
            Scalar(W4, |cx, nr| {
                let arch = cx.field("arch");
                show_syscall(cx, nr, arch);
            }),
        ),
        arg("arch", Enum(W4, &ARCHES)),
        arg("instruction_pointer", Scalar(W8, |cx, v| cx.out.addr(v))),
        arg("args", Array(&ID64, Len::Const(6))),
    ],
);
static NOTIFICATION: Record = record(
    "seccomp_notif",
    &[arg("id", X64), arg("pid", TGID), arg("flags", X32), arg("data", Struct(&DATA))],
);

/// Shows an errno as the kernel returns them, negative.
fn show_negative_errno(cx: &mut Plain<'_>, v: u64) {
    let error = v as i32;
    match uapi::errno::name_of(error.unsigned_abs()) {
        Some(name) if error < 0 => cx.out.spelled(i64::from(error) as u64, Base::Dec, &format!("-{name}")),
        _ => cx.out.int(i64::from(error)),
    }
}

/// Shows a notification: what the caller gives must be zero, and is shown only if it is not.
fn show_notification(cx: &mut Cx<'_>, addr: u64) {
    if !cx.exiting() {
        let mut raw = [0; decode::MAX_RECORD];
        let raw = &mut raw[..NOTIFICATION.size(cx.abi)];
        if addr == 0 || !cx.options.verbose || !cx.read(addr, raw) {
            return cx.out.addr(addr);
        }
        if raw.iter().all(|&b| b == 0) {
            return cx.save(ZERO);
        }
        cx.save(GIVEN);
        cx.out.change_begin();
        return cx.record_from(&NOTIFICATION, raw, addr);
    }
    let Some(given) = cx.saved_here() else { return };
    if given == GIVEN {
        cx.out.changed();
    }
    if cx.failed() {
        cx.out.addr(addr);
    } else {
        cx.record_at(&NOTIFICATION, addr, NOTIFICATION.size(cx.abi));
    }
    if given == GIVEN {
        cx.out.change_end();
    }
}
/// Whether a notification's struct was shown on entering.
const ZERO: u64 = 0;
const GIVEN: u64 = 1;
static NOTIFICATION_TY: decode::Hook =
    decode::Hook { dir: InOut, show: show_notification, reads: &[decode::Stretch::here(80)] };

/// Shows how many programs there may be, and which there are.
fn show_query(cx: &mut Cx<'_>, addr: u64) {
    if !cx.exiting() {
        // The request's number has the size of a pointer.
        if !exchange::open(cx, &QUERY_GIVEN, addr) {
            cx.out.addr(addr);
        }
        return;
    }
    let unread = cx.failed() || cx.read_uint(addr, 8).is_none();
    if unread && cx.saved_here().is_some() {
        cx.out.more();
    }
    exchange::show(cx, &QUERY_GIVEN, &QUERY_GOT, addr);
}
static QUERY_TY: decode::Hook =
    decode::Hook { dir: InOut, show: show_query, reads: &[Stretch::to(Start::Here, Struct(&QUERY_GOT))] };

/// `struct perf_event_query_bpf`: a count, what there would be, and ids.
static QUERY_GIVEN: Record = record("perf_event_query_bpf", &[arg("ids_len", UINT)]);
static QUERY_GOT: Record = record(
    "perf_event_query_bpf",
    &[pad(4), arg("prog_cnt", UINT), arg("ids", Array(&UINT_TY, Len::Field("prog_cnt")))],
);
static UINT_TY: Ty = UINT;

static NS_INFO: Record =
    record("mnt_ns_info", &[arg("size", UINT), arg("nr_mounts", UINT), arg("mnt_ns_id", X64)]);
static ID64: Ty = X64;

static EPOLL_PARAMS: Record = record(
    "epoll_params",
    &[
        arg(
            "busy_poll_usecs",
            Scalar(W4, |cx, usecs| {
                cx.out.uint(usecs);
                if usecs != 0 {
                    cx.out.seconds(usecs, 6);
                }
            }),
        ),
        arg("busy_poll_budget", U16),
        arg("prefer_busy_poll", X8),
        arg("__pad", X8).nonzero(),
    ],
);

/// The smallest struct that requests for it have (`MNT_NS_INFO_SIZE_VER0`).
const LEAST_NS_INFO: u32 = 16;
static NS_INFO_ARG: Arg = arg("argp", At(Out, &Struct(&NS_INFO)));
/// Requests about a namespace of mounts with a struct of any size, whichever way they say that it goes.
pub(super) fn find(code: u32) -> Option<Found> {
    const NUMBER: u32 = 0xffff;
    let same = |request: &Const| (request.v() as u32 ^ code) & NUMBER == 0;
    let is_whole = code >> bits::SIZE & bits::SIZE_MASK >= LEAST_NS_INFO;
    let is_known = same(&NS_MNT_GET_INFO) || same(&NS_MNT_GET_NEXT) || same(&NS_MNT_GET_PREV);
    let ret = if same(&NS_MNT_GET_INFO) { Ret::Dec } else { Ret::Fd };
    (is_known && is_whole).then_some(Found { tail: std::slice::from_ref(&NS_INFO_ARG), ret })
}

/// What kind of namespace a descriptor stands for.
static KIND: Ret = Ret::Aux(&Ret::Dec, |cx| {
    if let Some(name) = NAMESPACES.find(cx.ret() as u64, u64::MAX, cx.abi) {
        cx.aux(|cx| {
            cx.out.aux_part("");
            cx.out.word(name);
        });
    }
});

pub(super) static REQUESTS: &[Request] = &[
    req(SECCOMP_IOCTL_NOTIF_ID_VALID, At(In, &ID64)),
    req(uncommon("SECCOMP_IOCTL_NOTIF_ID_VALID_WRONG_DIR", 0x80082102), At(In, &ID64)),
    req(SECCOMP_IOCTL_NOTIF_SET_FLAGS, Flags(Long, &LISTENER_FLAGS)),
    req(SECCOMP_IOCTL_NOTIF_ADDFD, At(In, &Struct(&ADDFD))),
    req(SECCOMP_IOCTL_NOTIF_RECV, Hook(&NOTIFICATION_TY)),
    req(SECCOMP_IOCTL_NOTIF_SEND, At(In, &Struct(&RESPONSE))),
    bare(NS_GET_USERNS).returning(Ret::Fd),
    bare(NS_GET_PARENT).returning(Ret::Fd),
    bare(NS_GET_NSTYPE).returning(KIND),
    req(NS_GET_OWNER_UID, At(Out, &ID)),
    req(NS_GET_MNTNS_ID, At(Out, &ID64)),
    req(NS_MNT_GET_INFO, At(Out, &Struct(&NS_INFO))),
    req(NS_MNT_GET_NEXT, At(Out, &Struct(&NS_INFO))).returning(Ret::Fd),
    req(NS_MNT_GET_PREV, At(Out, &Struct(&NS_INFO))).returning(Ret::Fd),
    // What is an id of the caller's own namespace is translated, and that of the other one is a number.
    req(NS_GET_PID_FROM_PIDNS, INT).returning(Ret::Pid(PidKind::Tid)),
    req(NS_GET_TGID_FROM_PIDNS, INT).returning(Ret::Pid(PidKind::Tgid)),
    req(NS_GET_PID_IN_PIDNS, TID),
    req(NS_GET_TGID_IN_PIDNS, TGID),
    req(INOTIFY_IOC_SETNEXTWD, INT),
    req(EPIOCSPARAMS, At(In, &Struct(&EPOLL_PARAMS))),
    req(EPIOCGPARAMS, At(Out, &Struct(&EPOLL_PARAMS))),
    req(PERF_EVENT_IOC_ENABLE, Flags(W4, &PERF_FLAGS)),
    req(PERF_EVENT_IOC_DISABLE, Flags(W4, &PERF_FLAGS)),
    req(PERF_EVENT_IOC_RESET, Flags(W4, &PERF_FLAGS)),
    req(PERF_EVENT_IOC_REFRESH, INT),
    req(PERF_EVENT_IOC_SET_OUTPUT, Fd),
    req(
        PERF_EVENT_IOC_MODIFY_ATTRIBUTES,
        Hook(&decode::Hook {
            dir: InOut,
            show: crate::perf::show_attr,
            reads: &[decode::Stretch::here(4096)],
        }),
    ),
    req(PERF_EVENT_IOC_SET_BPF, Fd),
    req(PERF_EVENT_IOC_PAUSE_OUTPUT, ULONG),
    req(PERF_EVENT_IOC_PERIOD, At(In, &U64)),
    req(PERF_EVENT_IOC_ID, At(Out, &U64)),
    req(PERF_EVENT_IOC_SET_FILTER, Str),
    req(PERF_EVENT_IOC_QUERY_BPF, Hook(&QUERY_TY)),
];
