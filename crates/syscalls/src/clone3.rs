//! `clone3`, whose struct the kernel has let grow: the tracee says how much of it there is.

use crate::common::{ADDR64, signal_name};
use decode::class::PROCESS;
use decode::prelude::*;
use decode::{Stretch, record};
use uapi::consts::*;

static CLONE3_FLAGS: Names = names(
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
        CLONE_NEWTIME,
        CLONE_CLEAR_SIGHAND,
        CLONE_INTO_CGROUP,
        CLONE_AUTOREAP,
        CLONE_NNP,
        CLONE_PIDFD_AUTOKILL,
        CLONE_EMPTY_MNTNS,
    ],
);

/// The size of the struct's first version, `CLONE_ARGS_SIZE_VER0`.
const MIN_SIZE: u64 = 64;
/// Where the last member begins.
const CGROUP_OFFSET: u64 = 80;
/// The deepest nesting of pid namespaces, `MAX_PID_NS_LEVEL`.
const MAX_SET_TID: u64 = 32;

fn has_flag(c: &Plain<'_>, flag: Const) -> bool {
    c.has(c.field("flags"), flag)
}

/// `struct clone_args`.
static CLONE_ARGS: Record = record(
    "clone_args",
    &[
        arg("flags", Flags(W8, &CLONE3_FLAGS)),
        arg("pidfd", ADDR64).when(|c| has_flag(c, CLONE_PIDFD)),
        arg("child_tid", ADDR64)
            .when(|c| has_flag(c, CLONE_CHILD_SETTID) || has_flag(c, CLONE_CHILD_CLEARTID)),
        arg("parent_tid", ADDR64).when(|c| has_flag(c, CLONE_PARENT_SETTID)),
        arg("exit_signal", Scalar(W8, show_exit_signal)),
        arg("stack", ADDR64),
        arg("stack_size", X64),
        arg("tls", ScalarHook(W8, &decode::Hook { dir: In, show: show_tls, reads: &[Stretch::here(16)] }))
            .when(|c| has_flag(c, CLONE_SETTLS)),
        arg(
            "set_tid",
            ScalarHook(
                W8,
                &decode::Hook {
                    dir: In,
                    show: show_set_tid,
                    reads: &[Stretch::to(Start::Here, Array(&INT, Len::Field("set_tid_size")))],
                },
            ),
        )
        .when(|c| c.field("set_tid") != 0 || c.field("set_tid_size") != 0),
        arg("set_tid_size", U64).when(|c| c.field("set_tid") != 0 || c.field("set_tid_size") != 0),
        arg("cgroup", U64)
            .when(|c| c.field("cgroup") != 0 || (has_flag(c, CLONE_INTO_CGROUP) && c.arg(1) > CGROUP_OFFSET)),
    ],
);

fn show_exit_signal(cx: &mut Plain<'_>, signal: u64) {
    match signal_name(signal) {
        Some(name) => cx.named(signal, Base::Udec, name),
        None => cx.out.uint(signal),
    }
}

fn show_tls(cx: &mut Cx<'_>, tls: u64) {
    match cx.abi {
        Abi::I386 => crate::x86::show_user_desc(cx, tls),
        _ => cx.out.addr(tls),
    }
}

fn show_set_tid(cx: &mut Cx<'_>, addr: u64) {
    match cx.field("set_tid_size") {
        0 => cx.out.addr(addr),
        n if n > MAX_SET_TID => cx.out.addr(addr),
        n => cx.array(&TID, addr, n),
    }
}

fn show_args(cx: &mut Cx<'_>, addr: u64) {
    if cx.exiting() { show_results(cx) } else { show_request(cx, addr) }
}

/// What the tracee asks for; remembered is whether it could be read.
fn show_request(cx: &mut Cx<'_>, addr: u64) {
    let size = cx.arg(1);
    let known = size.min(CLONE_ARGS.size(cx.abi) as u64);
    // What the tracee does not give is zero.
    let mut bytes = [0; CLONE_ARGS.common_size() as usize];
    if size < MIN_SIZE || addr == 0 || !cx.options.verbose || !cx.read(addr, &mut bytes[..known as usize]) {
        return cx.out.addr(addr);
    }
    let flags = CLONE_ARGS.number("flags", &bytes, cx.abi);
    let returns = |flag: Const| flags & flag.v() != 0;
    if returns(CLONE_PIDFD) || returns(CLONE_PARENT_SETTID) || has_more(cx, addr, size) {
        cx.save(flags);
        cx.out.change_begin();
    }
    cx.out.open(Kind::Struct);
    cx.members_from(&CLONE_ARGS, &bytes, addr);
    cx.beyond(addr, CLONE_ARGS.size(cx.abi) as u64, size);
    cx.out.close(Kind::Struct);
}

/// Whether there are bytes beyond the struct that are not known to be zero.
fn has_more(cx: &mut Cx<'_>, addr: u64, size: u64) -> bool {
    let known = CLONE_ARGS.size(cx.abi) as u64;
    let len = size.saturating_sub(known).min(4096) as usize;
    if len == 0 {
        return false;
    }
    let mut bytes = cx.lend(len);
    let more = &mut bytes[..len];
    let has_more = !cx.read(addr.wrapping_add(known), more) || more.iter().any(|&b| b != 0);
    cx.give_back(bytes);
    has_more
}

/// What the kernel has put behind the struct's pointers.
fn show_results(cx: &mut Cx<'_>) {
    let Some(flags) = cx.saved_here() else { return };
    if !cx.failed() {
        let addr = cx.arg(0);
        cx.out.changed();
        cx.out.open(Kind::Struct);
        let mut result = |name, flag: Const, ty| {
            if flags & flag.v() != 0 {
                cx.out.field(name);
                let place = addr.wrapping_add(CLONE_ARGS.offset(name, cx.abi) as u64);
                let at = cx.read_uint(place, 8).unwrap_or(0);
                cx.at(Out, ty, at);
            }
        };
        result("pidfd", CLONE_PIDFD, &Fd);
        result("parent_tid", CLONE_PARENT_SETTID, &TID);
        let size = cx.arg(1);
        cx.beyond(addr, CLONE_ARGS.size(cx.abi) as u64, size);
        cx.out.close(Kind::Struct);
    }
    cx.out.change_end();
}

static ARGS: decode::Hook = decode::Hook {
    dir: InOut,
    show: show_args,
    reads: &[
        Stretch::arg(0, CLONE_ARGS.common_size() as u32 + 4096),
        Stretch::to(Start::Here, Struct(&CLONE_ARGS)).entering(),
        Stretch::to(Start::Here, Struct(&RETURNED)).exiting(),
    ],
};
/// Those members of `struct clone_args` that point to what the kernel gives.
static RETURNED: Record = record(
    "clone_args",
    &[pad(8), arg("pidfd", Wide(&At(Out, &Fd))), pad(8), arg("parent_tid", Wide(&At(Out, &TID)))],
);

static RESULT: Ret = Ret::AuxHook(&Ret::Pid(PidKind::Tid), &[Stretch::arg(0, 8)], |cx| {
    let addr = cx.arg(0);
    if let Some(flags) = cx.read_uint(addr, 8) {
        let child = cx.ret() as i32;
        crate::namespaces::tell_entered(cx, Some(child), flags);
    }
});

pub(crate) static ROWS: &[Syscall] =
    &[syscall("clone3", PROCESS, RESULT, &[arg("cl_args", Hook(&ARGS)), arg("size", ULONG)])];
