//! Messages: `struct msghdr`, `struct mmsghdr` and their control data.

use super::names::{CONTROL_LEVELS, CONTROL_TYPES, MESSAGE_FLAGS};
use super::option_names::{IP_LEVEL, IPV6_LEVEL};
use super::sockaddr::{INTERFACE, IPV4, show_sockaddr};
use crate::common::{ID, TIMESPEC, TIMESPEC64, TIMEVAL};
use crate::iovec::show_iov_with;
use crate::netlink;
use decode::prelude::*;
use uapi::consts::*;

/// `struct user_msghdr` of `linux/socket.h`.
static MSGHDR: Record = record("user_msghdr", &[
    arg("msg_name", Addr),
    arg("msg_namelen", INT),
    arg("msg_iov", Addr),
    arg("msg_iovlen", ULONG),
    arg("msg_control", Addr),
    arg("msg_controllen", ULONG),
    arg("msg_flags", Flags(W4, &MESSAGE_FLAGS)),
]);

/// What the program gave and the kernel filled in.
#[derive(Clone, Copy)]
pub(super) struct Filled {
    /// The size of the name's buffer before the call, if the call may have changed it.
    pub(super) name_room: Option<u64>,
    /// How many bytes of data there are, if fewer than the buffers hold.
    pub(super) data: Option<u64>,
}

/// A message that is sent.
pub(super) const SENT: Filled = Filled { name_room: None, data: None };

/// Shows the message header at `addr`.
pub(super) fn show_message(cx: &mut Cx<'_>, addr: u64, filled: Filled) {
    if addr == 0 || !cx.options.verbose || !cx.with_record(&MSGHDR, addr, |cx| show_members(cx, filled)) {
        cx.out.addr(addr);
    }
}

fn show_members(cx: &mut Cx<'_>, filled: Filled) {
    let [name, name_len, iov, iov_len, control, control_len, flags] = [
        "msg_name",
        "msg_namelen",
        "msg_iov",
        "msg_iovlen",
        "msg_control",
        "msg_controllen",
        "msg_flags",
    ]
    .map(|field| cx.field(field));
    let name_len = i64::from(name_len as i32);
    cx.out.open(Kind::Struct);
    cx.out.field("msg_name");
    let room = filled.name_room.map_or(name_len, |r| i64::from(r as i32));
    show_sockaddr(cx, name, name_len.min(room));
    cx.out.field("msg_namelen");
    show_changed(cx, room, name_len);
    cx.out.field("msg_iov");
    let fd = cx.arg_int(0);
    show_iov_with(cx, iov, iov_len, filled.data, &mut |cx, base, len| show_buffer(cx, fd, base, len));
    cx.out.field("msg_iovlen");
    cx.out.uint(iov_len);
    if control_len != 0 && control != 0 {
        cx.out.field("msg_control");
        show_control(cx, control, control_len);
    }
    cx.out.field("msg_controllen");
    cx.out.uint(control_len);
    cx.out.field("msg_flags");
    cx.flags(W4, &MESSAGE_FLAGS, flags);
    cx.out.close(Kind::Struct);
}

/// Shows the bytes that go over a socket.
pub(super) fn show_buffer(cx: &mut Cx<'_>, fd: i32, addr: u64, len: u64) {
    if !netlink::show_buffer(cx, fd, addr, len) {
        cx.buffer(addr, len, Text::Plain);
    }
}

/// Shows a number, and what it has become.
fn show_changed(cx: &mut Cx<'_>, before: i64, after: i64) {
    cx.out.change_begin();
    cx.out.int(before);
    if before != after {
        cx.out.changed();
        cx.out.int(after);
    }
    cx.out.change_end();
}

/// The message that `recvmsg` fills in: the room for a name is known only before the call.
pub(super) fn show_received(cx: &mut Cx<'_>, addr: u64) {
    let name_len_at = addr.wrapping_add(MSGHDR.layout(cx.abi).offsets[1].into());
    if !cx.exiting() {
        if let Some(len) = if addr == 0 { None } else { cx.read_u32(name_len_at) } {
            cx.save(u64::from(len));
        }
        return;
    }
    let Some(room) = cx.saved_here() else { return cx.out.addr(addr) };
    if cx.failed() {
        cx.out.open(Kind::Struct);
        cx.out.field("msg_namelen");
        cx.out.int(i64::from(room as i32));
        return cx.out.close(Kind::Struct);
    }
    let data = Some(cx.ret().max(0) as u64);
    show_message(cx, addr, Filled { name_room: Some(room), data });
}

/// Shows `count` of `struct mmsghdr` at `addr`; `sent` of them were sent or received.
pub(super) fn show_messages(cx: &mut Cx<'_>, addr: u64, count: u64, done: bool) {
    let header = MSGHDR.size(cx.abi);
    let size = (header + 4).next_multiple_of(cx.word());
    cx.array_with(addr, count, size, |cx, _, offset, at| {
        let len = u32::from_le_bytes(cx.element(offset + header, 4).try_into().unwrap_or_default());
        cx.out.open(Kind::Struct);
        cx.out.field("msg_hdr");
        show_message(cx, at, Filled { name_room: None, data: done.then_some(u64::from(len)) });
        if done {
            cx.out.field("msg_len");
            cx.out.uint(u64::from(len));
        }
        cx.out.close(Kind::Struct);
    });
}

/// `struct ucred` of `linux/socket.h`.
pub(super) static UCRED: Record = record("ucred", &[arg("pid", INT), arg("uid", ID), arg("gid", ID)]);
static IN_PKTINFO: Record =
    record("in_pktinfo", &[arg("ipi_ifindex", INTERFACE), arg("ipi_spec_dst", IPV4), arg("ipi_addr", IPV4)]);

/// What a control message's data is.
enum Data {
    Record(&'static Record),
    /// Numbers to the end of the data.
    Array(Ty),
}

/// The data of control messages by level and type.
static DATA: &[(Const, Const, Data)] = &[
    (SOL_SOCKET, SCM_RIGHTS, Data::Array(Fd)),
    (SOL_SOCKET, SCM_CREDENTIALS, Data::Record(&UCRED)),
    (SOL_SOCKET, SCM_PIDFD, Data::Array(Fd)),
    (SOL_SOCKET, SO_TIMESTAMP_OLD, Data::Record(&TIMEVAL)),
    (SOL_SOCKET, SO_TIMESTAMPNS_OLD, Data::Record(&TIMESPEC)),
    (SOL_SOCKET, SO_TIMESTAMPNS_NEW, Data::Record(&TIMESPEC64)),
    (SOL_IP, IP_PKTINFO, Data::Record(&IN_PKTINFO)),
    (SOL_IP, IP_TTL, Data::Array(UINT)),
    (SOL_IP, IP_TOS, Data::Array(X8)),
];

/// The most control data that is looked at.
const MOST_CONTROL: u64 = 64 << 10;

/// Shows a chain of control messages.
fn show_control(cx: &mut Cx<'_>, addr: u64, len: u64) {
    let word = cx.word();
    let header = word + 8;
    if len < header as u64 {
        return cx.out.addr(addr);
    }
    let mut chain = vec![0; len.min(MOST_CONTROL) as usize];
    if !cx.read(addr, &mut chain) {
        return cx.out.addr(addr);
    }
    cx.out.open(Kind::Array);
    let mut at = 0;
    while let Some(rest) = chain.get(at..).filter(|rest| rest.len() >= header) {
        let number = |from: usize, bytes: usize| {
            rest[from..from + bytes].iter().rev().fold(0, |n, &b| n << 8 | u64::from(b))
        };
        let message_len = number(0, word);
        let (level, kind) = (number(word, 4), number(word + 4, 4));
        let data = &rest[header..(message_len.min(rest.len() as u64) as usize).max(header)];
        cx.out.item();
        show_control_message(cx, message_len, level, kind, data);
        if message_len < header as u64 {
            cx.out.more_at(addr.wrapping_add(at as u64));
            break;
        }
        at = at.saturating_add(message_len.min(MOST_CONTROL) as usize).next_multiple_of(word);
    }
    cx.out.close(Kind::Array);
}

fn show_control_message(cx: &mut Cx<'_>, len: u64, level: u64, kind: u64, data: &[u8]) {
    cx.out.open(Kind::Struct);
    cx.out.field("cmsg_len");
    cx.out.uint(len);
    cx.out.field("cmsg_level");
    cx.enumerated(W4, &CONTROL_LEVELS, level);
    cx.out.field("cmsg_type");
    match () {
        () if cx.is(level, SOL_SOCKET) => cx.enumerated(W4, &CONTROL_TYPES, kind),
        () if cx.is(level, SOL_IP) => cx.enumerated(W4, &IP_LEVEL, kind),
        () if cx.is(level, SOL_IPV6) => cx.enumerated(W4, &IPV6_LEVEL, kind),
        () => cx.out.hex(kind),
    }
    if !data.is_empty() {
        cx.out.field("cmsg_data");
        show_data(cx, level, kind, data);
    }
    cx.out.close(Kind::Struct);
}

fn show_data(cx: &mut Cx<'_>, level: u64, kind: u64, data: &[u8]) {
    let known = DATA.iter().find(|(l, k, _)| cx.is(level, *l) && cx.is(kind, *k)).map(|(_, _, data)| data);
    match known {
        Some(Data::Record(record)) if data.len() >= record.size(cx.abi) => {
            cx.record_from(record, &data[..record.size(cx.abi)], 0);
        }
        Some(Data::Array(of)) if data.len() >= cx.size_of(of) => {
            cx.out.open(Kind::Array);
            for chunk in data.chunks_exact(cx.size_of(of)) {
                cx.out.item();
                cx.show(of, chunk.iter().rev().fold(0, |n, &b| n << 8 | u64::from(b)));
            }
            cx.out.close(Kind::Array);
        }
        _ => {
            let shown = data.len().min(cx.options.strings);
            cx.out.bytes(&data[..shown], Text::Binary, shown < data.len());
        }
    }
}
