//! Processes: starting, identifying, grouping and ending them. Executing and waiting have files of their own.

use crate::common::{SIGNAL, show_signal, uncommon};
use crate::namespaces;
use crate::siginfo::SIGINFO;
use decode::Stretch;
use decode::class::{DESC, NONE, PROCESS, PURE, SIGNAL as SIGNALS};
use decode::prelude::*;
use uapi::consts::*;

/// The flags of `clone`, in the order in which they are printed.
pub(crate) static CLONE_FLAGS: Names = names(
    "CLONE_???",
    &[
        CLONE_VM,
        CLONE_FS,
        CLONE_FILES,
        CLONE_SIGHAND,
        CLONE_PIDFD,
        CLONE_PTRACE,
        CLONE_VFORK,
        CLONE_PARENT,
        CLONE_THREAD,
        CLONE_NEWNS,
        CLONE_SYSVSEM,
        CLONE_SETTLS,
        CLONE_PARENT_SETTID,
        CLONE_CHILD_CLEARTID,
        CLONE_UNTRACED,
        CLONE_CHILD_SETTID,
        CLONE_NEWCGROUP,
        CLONE_NEWUTS,
        CLONE_NEWIPC,
        CLONE_NEWUSER,
        CLONE_NEWPID,
        CLONE_NEWNET,
        CLONE_IO,
    ],
);

/// Those that `unshare` takes: `CLONE_NEWTIME` is no flag of `clone`, where its bit is part of the exit signal.
static UNSHARE_FLAGS: Names = names(
    "CLONE_???",
    &[
        CLONE_NEWTIME,
        CLONE_VM,
        CLONE_FS,
        CLONE_FILES,
        CLONE_SIGHAND,
        CLONE_THREAD,
        CLONE_NEWNS,
        CLONE_SYSVSEM,
        CLONE_NEWCGROUP,
        CLONE_NEWUTS,
        CLONE_NEWIPC,
        CLONE_NEWUSER,
        CLONE_NEWPID,
        CLONE_NEWNET,
    ],
);

static SETNS_TYPES: Names = names(
    "CLONE_NEW???",
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

/// Kernel 7.2's `pidfd_open` flag that its headers define for `clone3` only.
const PIDFD_AUTOKILL: Const = uncommon("PIDFD_AUTOKILL", 0x200);

static PIDFD_FLAGS: Names = names("PIDFD_???", &[PIDFD_NONBLOCK, PIDFD_THREAD, PIDFD_AUTOKILL]);
static PIDFD_SIGNAL_FLAGS: Names =
    names("PIDFD_SIGNAL_???", &[PIDFD_SIGNAL_THREAD, PIDFD_SIGNAL_THREAD_GROUP, PIDFD_SIGNAL_PROCESS_GROUP]);
static KCMP_TYPES: Names = names(
    "KCMP_???",
    &[KCMP_FILE, KCMP_VM, KCMP_FILES, KCMP_FS, KCMP_SIGHAND, KCMP_IO, KCMP_SYSVSEM, KCMP_EPOLL_TFD],
);

const PGID: Ty = Pid(PidKind::Pgid);

// `clone` is printed in the order of the C library's wrapper, not of the registers: hence the hooks that fetch
// another argument than the one they stand at.

const CHILD_STACK: Arg = arg(
    "child_stack",
    Scalar(Long, |cx, _| {
        let sp = cx.arg(1);
        cx.out.addr(sp);
    }),
)
.labelled();
const FLAGS: Arg = arg("flags", Scalar(Long, |cx, _| show_clone_flags(cx))).labelled();
const PARENT_TID: Arg = arg(
    "parent_tid",
    Hook(&decode::Hook {
        dir: Out,
        show: |cx, addr| match cx.has(cx.arg(0), CLONE_PIDFD) {
            true => cx.at(Out, &Fd, addr),
            false => cx.at(Out, &TID, addr),
        },
        reads: &[Stretch::arg(2, 4)],
    }),
)
.labelled()
.when(|c| c.has(c.arg(0), CLONE_PARENT_SETTID) || c.has(c.arg(0), CLONE_PIDFD));

fn wants_tls(c: &Plain<'_>) -> bool {
    c.has(c.arg(0), CLONE_SETTLS)
}

fn wants_child_tid(c: &Plain<'_>) -> bool {
    c.has(c.arg(0), CLONE_CHILD_SETTID) || c.has(c.arg(0), CLONE_CHILD_CLEARTID)
}

/// The flags of `clone` share their word with the signal that the child's end sends, in the low byte.
fn show_clone_flags(cx: &mut Plain<'_>) {
    let word = cx.arg(0);
    let (flags, signal) = (word & !CSIGNAL.v(), word & CSIGNAL.v());
    if flags == 0 {
        return match signal {
            0 => cx.out.int(0),
            _ => show_signal(cx, signal),
        };
    }
    if signal == 0 {
        return cx.flags(W8, &CLONE_FLAGS, flags);
    }
    cx.out.open(Kind::Terms);
    cx.out.item();
    cx.flags(W8, &CLONE_FLAGS, flags);
    cx.out.item();
    show_signal(cx, signal);
    cx.out.close(Kind::Terms);
}

/// `struct kcmp_epoll_slot`: an entry of an epoll descriptor of the other process.
static KCMP_EPOLL_SLOT: Record =
    record("kcmp_epoll_slot", &[arg("efd", SECOND_FD), arg("tfd", SECOND_FD), arg("toff", UINT)]);

/// Descriptors of the processes that `kcmp` compares.
const FIRST_FD: Ty = Scalar(W4, |cx, fd| cx.fd_of(FdOwner::Process(cx.arg(0) as i32), fd as i32));
const SECOND_FD: Ty = Scalar(W4, |cx, fd| cx.fd_of(FdOwner::Process(cx.arg(1) as i32), fd as i32));
/// A descriptor of the process that the first argument refers to.
const PIDFD_FD: Ty = Scalar(W4, |cx, fd| cx.fd_of(FdOwner::PidFd(cx.arg(0) as i32), fd as i32));

/// `tls` of i386 is a segment descriptor, of other ABIs an address.
const TLS: Ty = Hook(&decode::Hook {
    dir: Out,
    show: |cx, v| match cx.abi {
        Abi::I386 => crate::x86::show_user_desc(cx, v),
        _ => cx.out.addr(v),
    },
    reads: &[Stretch::arg(3, 16)],
});

pub(crate) static ROWS: &[Syscall] = &[
    syscall("fork", PROCESS, Ret::Pid(PidKind::Tgid), &[]),
    syscall("vfork", PROCESS, Ret::Pid(PidKind::Tgid), &[]),
    syscall(
        "clone",
        PROCESS,
        namespaces::BY_CLONE,
        &[
            CHILD_STACK,
            FLAGS,
            PARENT_TID,
            arg(
                "tls",
                Scalar(Long, |cx, _| {
                    let tls = cx.arg(4);
                    cx.out.addr(tls);
                }),
            )
            .labelled()
            .when(wants_tls),
            arg(
                "child_tidptr",
                Scalar(Long, |cx, _| {
                    let tid = cx.arg(3);
                    cx.out.addr(tid);
                }),
            )
            .labelled()
            .when(wants_child_tid),
        ],
    ),
    // The registers of the last two are swapped on i386, and on architectures with CONFIG_CLONE_BACKWARDS.
    syscall(
        "clone",
        PROCESS,
        namespaces::BY_CLONE,
        &[
            CHILD_STACK,
            FLAGS,
            PARENT_TID,
            arg("tls", TLS).labelled().when(wants_tls),
            arg("child_tidptr", Addr).labelled().when(wants_child_tid),
        ],
    )
    .only(&[Abi::I386, Abi::Aarch64, Abi::Riscv64]),
    syscall("exit", PROCESS, Ret::Never, &[arg("status", INT)]),
    syscall("exit_group", PROCESS, Ret::Never, &[arg("status", INT)]),
    syscall("getpid", PURE, Ret::Pid(PidKind::Tgid), &[]),
    syscall("gettid", PURE, Ret::Pid(PidKind::Tid), &[]),
    syscall("getppid", PURE, Ret::Pid(PidKind::Tgid), &[]),
    syscall("getpgrp", PURE, Ret::Pid(PidKind::Pgid), &[]),
    syscall("setsid", NONE, Ret::Pid(PidKind::Sid), &[]),
    syscall("getsid", NONE, Ret::Pid(PidKind::Sid), &[arg("pid", TGID)]),
    syscall("getpgid", NONE, Ret::Pid(PidKind::Pgid), &[arg("pid", TGID)]),
    syscall("setpgid", NONE, Ret::Dec, &[arg("pid", TGID), arg("pgid", PGID)]),
    syscall("set_tid_address", NONE, Ret::Pid(PidKind::Tid), &[arg("tidptr", Addr)]),
    syscall("unshare", NONE, namespaces::BY_FIRST, &[arg("flags", Flags(Long, &UNSHARE_FLAGS))]),
    syscall("setns", DESC, namespaces::BY_SECOND, &[arg("fd", Fd), arg("nstype", Flags(W4, &SETNS_TYPES))]),
    syscall("pidfd_open", DESC, Ret::Fd, &[arg("pid", TGID), arg("flags", Flags(W4, &PIDFD_FLAGS))]),
    syscall("pidfd_getfd", DESC, Ret::Fd, &[arg("pidfd", Fd), arg("targetfd", PIDFD_FD), arg("flags", X32)]),
    syscall(
        "pidfd_send_signal",
        DESC | SIGNALS | PROCESS,
        Ret::Dec,
        &[
            arg("pidfd", Fd),
            arg("signum", SIGNAL),
            arg("info", At(In, &SIGINFO)),
            arg("flags", Flags(W4, &PIDFD_SIGNAL_FLAGS)),
        ],
    ),
    syscall(
        "kcmp",
        NONE,
        Ret::Dec,
        &[arg("pid1", TGID), arg("pid2", TGID), arg("type", Enum(W4, &KCMP_TYPES))],
    )
    .switch(
        2,
        &[
            case(&[KCMP_FILE], &[arg("idx1", FIRST_FD), arg("idx2", SECOND_FD)], Ret::Dec),
            case(
                &[KCMP_EPOLL_TFD],
                &[arg("idx1", FIRST_FD), arg("idx2", At(In, &Struct(&KCMP_EPOLL_SLOT)))],
                Ret::Dec,
            ),
            case(&[KCMP_VM, KCMP_FILES, KCMP_FS, KCMP_SIGHAND, KCMP_IO, KCMP_SYSVSEM], &[], Ret::Dec),
        ],
        &[arg("idx1", XLONG), arg("idx2", XLONG)],
    ),
];
