//! Calls that stand for others: i386's `socketcall` and `ipc`.

use crate::ipc::ipc_call;
use decode::class::NETWORK;
use decode::prelude::*;
use decode::{Call, Syscall, Target};
use uapi::consts::*;

/// A call that `socketcall` stands for: its number, its name, and how many arguments it takes.
type SocketCall = (Const, &'static str, usize);

/// Source: `linux/net.h`.
static SOCKET_CALLS: &[SocketCall] = &[
    (SYS_SOCKET, "socket", 3),
    (SYS_BIND, "bind", 3),
    (SYS_CONNECT, "connect", 3),
    (SYS_LISTEN, "listen", 2),
    (SYS_ACCEPT, "accept", 3),
    (SYS_GETSOCKNAME, "getsockname", 3),
    (SYS_GETPEERNAME, "getpeername", 3),
    (SYS_SOCKETPAIR, "socketpair", 4),
    (SYS_SEND, "send", 4),
    (SYS_RECV, "recv", 4),
    (SYS_SENDTO, "sendto", 6),
    (SYS_RECVFROM, "recvfrom", 6),
    (SYS_SHUTDOWN, "shutdown", 2),
    (SYS_SETSOCKOPT, "setsockopt", 5),
    (SYS_GETSOCKOPT, "getsockopt", 5),
    (SYS_SENDMSG, "sendmsg", 3),
    (SYS_RECVMSG, "recvmsg", 3),
    (SYS_ACCEPT4, "accept4", 4),
    (SYS_RECVMMSG, "recvmmsg", 5),
    (SYS_SENDMMSG, "sendmmsg", 4),
];

/// The call with this number.
fn numbered(call: u64, abi: Abi) -> Option<&'static SocketCall> {
    SOCKET_CALLS.iter().find(|(number, ..)| number.on(abi).is_some_and(|n| n as u32 == call as u32))
}

/// The number of a call whose arguments can't be read; of one that does not exist it is a mere number.
const SOCKET_CALL: Ty = Scalar(W4, |cx, v| match numbered(v, cx.abi) {
    Some((number, ..)) => cx.named(v, Base::Dec, number.name),
    None => cx.out.int(i64::from(v as i32)),
});

/// `socketcall` itself, for a call that it has not, or whose arguments can't be read.
pub(crate) static ROWS: &[Syscall] =
    &[syscall("socketcall", class::DESC, Ret::Dec, &[arg("call", SOCKET_CALL), arg("args", Addr)])
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
            // With MSG_TRUNC the result is the size of the message, which may be more than there was room for.
            arg("buf", At(Out, &Bytes(Len::Min(&Len::Ret, &Len::Arg(2))))),
            arg("len", ULONG),
            arg("flags", Flags(W4, &crate::net::MESSAGE_FLAGS)),
        ],
    ),
];

/// What the call with this number and these registers is. Memory is read only for one that stands for another.
#[inline]
pub fn identify(abi: Abi, number: u64, registers: [u64; 6], target: &mut dyn Target) -> Call {
    let call = Call::new(abi, number, registers, crate::row(abi, number));
    // Only 32-bit x86 has calls that stand for others.
    let entry = call.entry.filter(|_| abi == Abi::I386);
    match entry.and_then(|entry| stands_for(abi, entry.name, call.registers, target)) {
        Some((row, args)) => call.standing_for(row, args),
        None => call,
    }
}

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
    let &(_, name, count) = numbered(call, Abi::I386)?;
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
