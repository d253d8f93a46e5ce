//! Calls that stand for others: i386's `socketcall` and `ipc`.

use crate::ipc::ipc_call;
use decode::class::NETWORK;
use decode::prelude::*;
use decode::{Syscall, Target};

/// The calls that `socketcall` stands for, by their number from 1 on, and how many arguments each takes.
///
/// Source: `linux/net.h`, `SYS_SOCKET` and on.
static SOCKET_CALLS: [(&str, usize); 20] = [
    ("socket", 3),
    ("bind", 3),
    ("connect", 3),
    ("listen", 2),
    ("accept", 3),
    ("getsockname", 3),
    ("getpeername", 3),
    ("socketpair", 4),
    ("send", 4),
    ("recv", 4),
    ("sendto", 6),
    ("recvfrom", 6),
    ("shutdown", 2),
    ("setsockopt", 5),
    ("getsockopt", 5),
    ("sendmsg", 3),
    ("recvmsg", 3),
    ("accept4", 4),
    ("recvmmsg", 5),
    ("sendmmsg", 4),
];

/// `socketcall` itself, for a call that it has not, or whose arguments can't be read.
pub(crate) static ROWS: &[Syscall] =
    &[syscall("socketcall", class::DESC, Ret::Dec, &[arg("call", INT), arg("args", Addr)])
        .only(&[Abi::I386])];

/// Calls that exist only by way of `socketcall`.
static ONLY_THERE: &[Syscall] = &[
    syscall(
        "send",
        NETWORK,
        Ret::Dec,
        &[
            arg("sockfd", Fd),
            arg("buf", At(In, &Bytes(Len::Arg(2)))),
            arg("len", ULONG),
            arg("flags", Flags(W4, &crate::net::MESSAGE_FLAGS)),
        ],
    ),
    syscall(
        "recv",
        NETWORK,
        Ret::Dec,
        &[
            arg("sockfd", Fd),
            arg("buf", At(Out, &Bytes(Len::Ret))),
            arg("len", ULONG),
            arg("flags", Flags(W4, &crate::net::MESSAGE_FLAGS)),
        ],
    ),
];

/// The call that `name`, called with these registers on `abi`, stands for: the row under whose name it is shown,
/// and the arguments in that row's order. `None` if it stands for no other.
pub fn stands_for(
    abi: Abi,
    name: &str,
    registers: [u64; 6],
    target: &mut dyn Target,
) -> Option<(&'static Syscall, [u64; 6])> {
    match (abi, name) {
        (Abi::I386, "socketcall") => socket_call(registers, target),
        (Abi::I386, "ipc") => ipc_call(registers),
        _ => None,
    }
}

fn socket_call([call, addr, ..]: [u64; 6], target: &mut dyn Target) -> Option<(&'static Syscall, [u64; 6])> {
    const WORD: usize = 4;
    let &(name, count) = SOCKET_CALLS.get((call as usize).checked_sub(1)?)?;
    let mut raw = [0; 6 * WORD];
    let raw = &mut raw[..count * WORD];
    if target.read(addr, raw) < raw.len() {
        return None;
    }
    let mut args = [0; 6];
    for (arg, word) in args.iter_mut().zip(raw.chunks_exact(WORD)) {
        *arg = word.iter().rev().fold(0, |n, &b| n << 8 | u64::from(b));
    }
    let row = ONLY_THERE.iter().chain(crate::net::ROWS).find(|row| row.name == name)?;
    Some((row, args))
}
