//! Sockets.

mod ax25;
mod bluetooth;
mod control;
mod families;
mod message;
mod names;
mod option;
mod option_names;
mod option_values;
mod protocols;
pub(crate) mod sockaddr;
mod tcp_ao;

use crate::common::{TIMESPEC, TIMESPEC64};
use decode::class::NETWORK;
use decode::prelude::*;
use message::Batch;
pub(crate) use names::{
    ETHER_TYPES, FAMILIES, HARDWARE_TYPES, INET_PROTOCOLS, MESSAGE_FLAGS, NETLINK_PROTOCOLS, TYPES,
};
use names::{SHUTDOWN, TYPE_FLAGS};
use protocols::PROTOCOL;
use sockaddr::show_sockaddr;

/// The bits of a socket's type that are no flags (`SOCK_TYPE_MASK`).
const TYPE_MASK: u64 = 0xf;

/// A socket's type and its flags, which are terms of their own; of a type without a name there is only one term.
const TYPE: Ty = Scalar(W4, |cx, v| {
    let kind = v & TYPE_MASK;
    if TYPES.find(kind, u64::MAX, cx.abi).is_none() {
        return cx.flags(W4, &TYPE_FLAGS, v);
    }
    if v == kind {
        return cx.enumerated(W4, &TYPES, v);
    }
    cx.out.open(Kind::Terms);
    cx.out.item();
    cx.enumerated(W4, &TYPES, kind);
    cx.out.item();
    cx.flags(W4, &TYPE_FLAGS, v & !kind);
    cx.out.close(Kind::Terms);
});

/// An address of which the next argument gives the size.
const ADDRESS: Ty = Ty::Hook(&decode::Hook {
    dir: In,
    show: |cx, addr| {
        let len = i64::from(cx.arg_int(cx.at_arg() + 1));
        show_sockaddr(cx, addr, len);
    },
    reads: &[decode::Stretch::here(128)],
});

/// An address that the kernel gives: the next argument points to its size, which the kernel may have cut. Where no
/// address is wanted the size means nothing.
const GIVEN_ADDRESS: Ty = Ty::Hook(&decode::Hook {
    dir: Late,
    show: |cx, addr| {
        let size_at = cx.at_arg() + 1;
        if addr == 0 {
            cx.forget(size_at);
        }
        if cx.failed() {
            return cx.out.addr(addr);
        }
        let room = cx.saved(size_at).map_or(0, |v| i64::from(v as i32));
        let len = cx.read_u32(cx.arg(size_at)).map_or(0, |v| i64::from(v as i32));
        show_sockaddr(cx, addr, len.min(room));
    },
    reads: &[decode::Stretch::here(128)],
});
/// The size of such an address.
const GIVEN_LEN: Ty = At(InOut, &INT);

const fn hook(hook: &'static decode::Hook) -> Ty {
    Ty::Hook(hook)
}

const SOCKFD: Arg = arg("sockfd", Fd);
const FLAGS: Arg = arg("flags", Flags(W4, &MESSAGE_FLAGS));
const ACCEPT: [Arg; 3] = [SOCKFD, arg("addr", GIVEN_ADDRESS), arg("addrlen", GIVEN_LEN)];

/// What is sent: the next argument is its size.
const SENT_BYTES: Ty = At(In, &SENT_TY);
static SENT_TY: Ty = Form(Len::Arg(2), show_bytes);
/// What has been received, as far as there was room for it.
const RECEIVED_BYTES: Ty = At(Out, &RECEIVED_TY);
static RECEIVED_TY: Ty = Form(Len::Min(&Len::Ret, &Len::Arg(2)), show_bytes);

/// Shows bytes of the socket that is the first argument.
fn show_bytes(cx: &mut Cx<'_>, addr: u64, len: u64) {
    message::show_buffer(cx, cx.arg_int(0), addr, len);
}

const SENT_MESSAGE: Ty = hook(&decode::Hook {
    dir: In,
    show: |cx, addr| message::show_message(cx, addr, message::SENT),
    reads: &[Stretch::to(Start::Here, message::DATA)],
});
const RECEIVED_MESSAGE: Ty = hook(&decode::Hook {
    dir: InOut,
    show: message::show_received,
    reads: &[Stretch::to(Start::Here, message::DATA)],
});

/// The messages that `sendmmsg` was to send; shown when it is known how many it did.
const SENT_MESSAGES: Ty = hook(&decode::Hook {
    dir: Late,
    show: |cx, addr| {
        let count = cx.arg(2) & 0xffff_ffff;
        let done = cx.ret() as u64;
        message::show_messages(cx, addr, &Batch { count, room: count, done, received: false });
    },
    reads: &[Stretch::to(Start::Here, message::BATCH)],
});

/// The messages that `recvmmsg` receives, with this kind of time-out.
const fn received_messages(hook: &'static decode::Hook) -> [Arg; 4] {
    [SOCKFD, arg("msgvec", Ty::Hook(hook)), arg("vlen", UINT), FLAGS]
}

fn show_received_messages(cx: &mut Cx<'_>, addr: u64, timeout: &'static Record) {
    match cx.outcome {
        Outcome::Running => {
            keep_timeout(cx, timeout);
            message::keep_rooms(cx, addr, cx.arg(2) & 0xffff_ffff);
        }
        Outcome::Error(_) => cx.out.addr(addr),
        Outcome::Value(count) => {
            let room = cx.arg(2) & 0xffff_ffff;
            let count = count as u64;
            message::show_messages(cx, addr, &Batch { count, room, done: count, received: true });
        }
    }
}

/// The index of the time-out among the arguments of `recvmmsg`, and of one that it does not have.
const TIMEOUT: usize = 4;
const SPARE: usize = 5;

/// Keeps the time-out, which stands behind the messages and which the call changes.
fn keep_timeout(cx: &mut Cx<'_>, timeout: &'static Record) {
    let addr = cx.arg(TIMEOUT);
    let mut kept = None;
    if addr != 0 && cx.options.verbose {
        cx.with_record(timeout, addr, |cx| kept = Some((cx.field("tv_sec"), cx.field("tv_nsec"))));
    }
    if let Some((sec, nsec)) = kept {
        cx.save_for(TIMEOUT, sec);
        cx.save_for(SPARE, nsec);
    }
}

fn show_kept_timeout(cx: &mut Cx<'_>, addr: u64, timeout: &'static Record) {
    let (Some(sec), Some(nsec)) = (cx.saved(TIMEOUT), cx.saved(SPARE)) else { return cx.out.addr(addr) };
    let half = timeout.size(cx.abi) / 2;
    let mut bytes = [0; 16];
    bytes[..half].copy_from_slice(&sec.to_le_bytes()[..half]);
    bytes[half..2 * half].copy_from_slice(&nsec.to_le_bytes()[..half]);
    cx.record_from(timeout, &bytes[..2 * half], addr);
}

/// What is left of the time-out of `recvmmsg`, or that it is over.
fn time_left(cx: &mut Cx<'_>, timeout: &'static Record) {
    let addr = cx.arg(TIMEOUT);
    if cx.ret() == 0 {
        cx.aux(|cx| {
            cx.out.aux_part("");
            cx.out.word("Timeout");
        });
    } else if addr != 0 && cx.options.verbose {
        cx.aux(|cx| {
            cx.out.aux_part("left");
            cx.record_at(timeout, addr, timeout.size(cx.abi));
        });
    }
}

/// What the messages of a `recvmmsg` and its time-out lead to: there are as many as it says that it has received.
const RECEIVED_BATCH: &[Stretch] = &[
    Stretch::to(Start::Here, message::BATCH),
    Stretch::to(Start::Here, message::RECEIVED_BATCH).exiting(),
    Stretch::arg(TIMEOUT as u8, 16).entering(),
];
const RECVMMSG: [Arg; 4] =
    received_messages(&received_batch(|cx, addr| show_received_messages(cx, addr, &TIMESPEC)));
const RECVMMSG64: [Arg; 4] =
    received_messages(&received_batch(|cx, addr| show_received_messages(cx, addr, &TIMESPEC64)));
const KEPT_TIMEOUT: Ty = hook(&kept_timeout(|cx, addr| show_kept_timeout(cx, addr, &TIMESPEC)));
const KEPT_TIMEOUT64: Ty = hook(&kept_timeout(|cx, addr| show_kept_timeout(cx, addr, &TIMESPEC64)));

const fn received_batch(show: decode::HookFn) -> decode::Hook {
    decode::Hook { dir: InOut, show, reads: RECEIVED_BATCH }
}

const fn kept_timeout(show: decode::HookFn) -> decode::Hook {
    const READS: &[Stretch] = &[Stretch::here(16)];
    decode::Hook { dir: Late, show, reads: READS }
}

/// The structs within messages and options.
pub(crate) fn records() -> impl Iterator<Item = &'static Record> {
    message::RECORDS.iter().copied().chain(control::records()).chain(option::records())
}

pub(crate) static ROWS: &[Syscall] = &[
    syscall(
        "socket",
        NETWORK,
        Ret::Fd,
        &[arg("domain", Enum(W4, &FAMILIES)), arg("type", TYPE), arg("protocol", PROTOCOL)],
    ),
    syscall(
        "socketpair",
        NETWORK,
        Ret::Dec,
        &[
            arg("domain", Enum(W4, &FAMILIES)),
            arg("type", TYPE),
            arg("protocol", ULONG),
            arg("sv", At(Out, &Array(&Fd, Len::Const(2)))),
        ],
    ),
    syscall("bind", NETWORK, Ret::Dec, &[SOCKFD, arg("addr", ADDRESS), arg("addrlen", INT)]),
    syscall("connect", NETWORK, Ret::Dec, &[SOCKFD, arg("addr", ADDRESS), arg("addrlen", INT)]),
    syscall("listen", NETWORK, Ret::Dec, &[SOCKFD, arg("backlog", INT)]),
    syscall("accept", NETWORK, Ret::Fd, &ACCEPT),
    syscall(
        "accept4",
        NETWORK,
        Ret::Fd,
        &[SOCKFD, ACCEPT[1], ACCEPT[2], arg("flags", Flags(W4, &TYPE_FLAGS))],
    ),
    syscall("getsockname", NETWORK, Ret::Dec, &ACCEPT),
    syscall("getpeername", NETWORK, Ret::Dec, &ACCEPT),
    syscall(
        "sendto",
        NETWORK,
        Ret::Dec,
        &[
            SOCKFD,
            arg("buf", SENT_BYTES),
            arg("len", ULONG),
            FLAGS,
            arg("dest_addr", ADDRESS),
            arg("addrlen", INT),
        ],
    ),
    syscall(
        "recvfrom",
        NETWORK,
        Ret::Dec,
        &[
            SOCKFD,
            arg("buf", RECEIVED_BYTES),
            arg("len", ULONG),
            FLAGS,
            arg("src_addr", GIVEN_ADDRESS),
            arg("addrlen", GIVEN_LEN),
        ],
    ),
    syscall("sendmsg", NETWORK, Ret::Dec, &[SOCKFD, arg("msg", SENT_MESSAGE), FLAGS]),
    syscall("recvmsg", NETWORK, Ret::Dec, &[SOCKFD, arg("msg", RECEIVED_MESSAGE), FLAGS]),
    syscall("sendmmsg", NETWORK, Ret::Dec, &[SOCKFD, arg("msgvec", SENT_MESSAGES), arg("vlen", UINT), FLAGS]),
    syscall(
        "recvmmsg",
        NETWORK,
        Ret::AuxHook(&Ret::Dec, &[Stretch::arg(4, 16)], |cx| time_left(cx, &TIMESPEC)),
        &[RECVMMSG[0], RECVMMSG[1], RECVMMSG[2], RECVMMSG[3], arg("timeout", KEPT_TIMEOUT)],
    ),
    syscall(
        "recvmmsg_time64",
        NETWORK,
        Ret::AuxHook(&Ret::Dec, &[Stretch::arg(4, 16)], |cx| time_left(cx, &TIMESPEC64)),
        &[RECVMMSG64[0], RECVMMSG64[1], RECVMMSG64[2], RECVMMSG64[3], arg("timeout", KEPT_TIMEOUT64)],
    ),
    syscall("shutdown", NETWORK, Ret::Dec, &[SOCKFD, arg("how", Enum(W4, &SHUTDOWN))]),
    syscall(
        "getsockopt",
        NETWORK,
        Ret::Dec,
        &[
            SOCKFD,
            arg("level", option::LEVEL),
            arg("optname", option::GET_NAME),
            arg(
                "optval",
                hook(&decode::Hook {
                    dir: Out,
                    show: option::show_got,
                    reads: &[decode::Stretch::here(4096)],
                }),
            ),
            arg(
                "optlen",
                hook(&decode::Hook {
                    dir: Late,
                    show: option::show_length,
                    reads: &[decode::Stretch::here(4)],
                }),
            ),
        ],
    ),
    syscall(
        "setsockopt",
        NETWORK,
        Ret::Dec,
        &[
            SOCKFD,
            arg("level", option::LEVEL),
            arg("optname", option::SET_NAME),
            arg(
                "optval",
                hook(&decode::Hook {
                    dir: In,
                    show: option::show_set,
                    reads: &[decode::Stretch::here(4096)],
                }),
            ),
            arg("optlen", INT),
        ],
    ),
];
