//! seccomp: filters on a process's own system calls.

use crate::bpf_filter::{PROGRAM, show_program};
use decode::class::NONE;
use decode::prelude::*;
use uapi::consts::*;

static OPERATIONS: Names = names(
    "SECCOMP_???",
    &[SECCOMP_SET_MODE_STRICT, SECCOMP_SET_MODE_FILTER, SECCOMP_GET_ACTION_AVAIL, SECCOMP_GET_NOTIF_SIZES],
);
pub(crate) static FILTER_FLAGS: Names = names(
    "SECCOMP_FILTER_FLAG_???",
    &[
        SECCOMP_FILTER_FLAG_TSYNC,
        SECCOMP_FILTER_FLAG_LOG,
        SECCOMP_FILTER_FLAG_SPEC_ALLOW,
        SECCOMP_FILTER_FLAG_NEW_LISTENER,
        SECCOMP_FILTER_FLAG_TSYNC_ESRCH,
        SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
    ],
);
static ACTIONS: Names = names(
    "SECCOMP_RET_???",
    &[
        SECCOMP_RET_KILL_PROCESS,
        SECCOMP_RET_KILL_THREAD,
        SECCOMP_RET_TRAP,
        SECCOMP_RET_ERRNO,
        SECCOMP_RET_USER_NOTIF,
        SECCOMP_RET_TRACE,
        SECCOMP_RET_LOG,
        SECCOMP_RET_ALLOW,
    ],
);

static NOTIF_SIZES: Record = record(
    "seccomp_notif_sizes",
    &[arg("seccomp_notif", U16), arg("seccomp_notif_resp", U16), arg("seccomp_data", U16)],
);

/// What a filter returns is an action and 16 bits of data.
pub(crate) fn show_operand(cx: &mut Cx<'_>, code: u16, k: u32) {
    let (action, data) = (u64::from(k) & !SECCOMP_RET_DATA.v(), u64::from(k) & SECCOMP_RET_DATA.v());
    if u64::from(code) & 7 != BPF_RET.v() {
        return cx.out.hex(u64::from(k));
    }
    if data == 0 {
        return cx.enumerated(W4, &ACTIONS, action);
    }
    cx.out.open(Kind::Terms);
    cx.out.item();
    cx.enumerated(W4, &ACTIONS, action);
    cx.out.item();
    cx.out.hex(data);
    cx.out.close(Kind::Terms);
}

/// A pointer to a seccomp filter.
pub(crate) const FILTER: Ty = Hook(&decode::Hook {
    dir: In,
    show: |cx, addr| show_program(cx, addr, show_operand),
    reads: &[Stretch::to(Start::Here, PROGRAM)],
});

/// [`FILTER`], for hooks.
pub(crate) static FILTER_TY: Ty = FILTER;

pub(crate) static ROWS: &[Syscall] =
    &[syscall("seccomp", NONE, Ret::Dec, &[arg("operation", Enum(W4, &OPERATIONS))]).switch(
        0,
        &[
            case(
                &[SECCOMP_SET_MODE_FILTER],
                &[arg("flags", Flags(W4, &FILTER_FLAGS)), arg("args", FILTER)],
                Ret::Dec,
            ),
            case(
                &[SECCOMP_GET_ACTION_AVAIL],
                &[arg("flags", X32), arg("args", At(In, &Enum(W4, &ACTIONS)))],
                Ret::Dec,
            ),
            case(
                &[SECCOMP_GET_NOTIF_SIZES],
                &[arg("flags", X32), arg("args", At(Out, &Struct(&NOTIF_SIZES)))],
                Ret::Dec,
            ),
        ],
        &[arg("flags", X32), arg("args", Addr)],
    )];
