//! Calls of which Linux has nothing but the number, or had long ago: their arguments are numbers.

use decode::class::{NETWORK, NONE};
use decode::prelude::*;

const ARG1: Arg = arg("arg1", XLONG);
const ARG2: Arg = arg("arg2", XLONG);
const ARG3: Arg = arg("arg3", XLONG);
const ARG4: Arg = arg("arg4", XLONG);
const ARG5: Arg = arg("arg5", XLONG);
/// A stream, which is a number like the others.
const STREAM: Arg = arg("arg1", FdLike(Long, |cx, fd| cx.out.hex(fd)));
const ONE: &[Arg] = &[ARG1];
const TWO: &[Arg] = &[ARG1, ARG2];
const THREE: &[Arg] = &[ARG1, ARG2, ARG3];
const FOUR: &[Arg] = &[ARG1, ARG2, ARG3, ARG4];
const FIVE: &[Arg] = &[ARG1, ARG2, ARG3, ARG4, ARG5];
const MESSAGE: &[Arg] = &[STREAM, ARG2, ARG3, ARG4, ARG5];

/// A call that is all numbers.
const fn numbers(name: &'static str, args: &'static [Arg]) -> Syscall {
    syscall(name, NONE, Ret::Dec, args)
}

pub(crate) static ROWS: &[Syscall] = &[
    numbers("afs_syscall", FIVE),
    numbers("bdflush", TWO),
    numbers("create_module", TWO),
    numbers("epoll_ctl_old", FOUR),
    numbers("epoll_wait_old", FOUR),
    numbers("ftime", &[]),
    numbers("get_kernel_syms", ONE),
    syscall("getpmsg", NETWORK, Ret::Dec, MESSAGE),
    numbers("gtty", TWO),
    numbers("idle", &[]),
    numbers("lock", &[]),
    numbers("mpx", &[]),
    numbers("nfsservctl", THREE),
    numbers("olduname", ONE),
    numbers("oldolduname", ONE),
    numbers("prof", &[]),
    numbers("profil", FOUR),
    syscall("putpmsg", NETWORK, Ret::Dec, MESSAGE),
    numbers("query_module", FIVE),
    numbers("security", THREE),
    numbers("stty", TWO),
    numbers("sysfs", THREE),
    numbers("tuxcall", THREE),
    numbers("ulimit", TWO),
    numbers("vm86", FIVE),
    numbers("vm86old", ONE),
    numbers("vserver", FIVE),
];
