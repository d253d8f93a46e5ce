//! Messages: `struct msghdr`, `struct mmsghdr` and their control data.

use super::control::show_control;
use super::names::MESSAGE_FLAGS;
use super::sockaddr::show_sockaddr;
use crate::common::ID;
use crate::iovec::show_iov_with;
use crate::netlink;
use decode::prelude::*;
use uapi::consts::AF_NETLINK;

/// `struct user_msghdr` of `linux/socket.h`.
static MSGHDR: Record = record(
    "user_msghdr",
    &[
        arg("msg_name", Addr),
        arg("msg_namelen", INT),
        arg("msg_iov", Addr),
        arg("msg_iovlen", ULONG),
        arg("msg_control", Addr),
        arg("msg_controllen", ULONG),
        arg("msg_flags", Flags(W4, &MESSAGE_FLAGS)),
    ],
);

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
    let [name, name_len, iov, iov_len, control, control_len, flags] =
        ["msg_name", "msg_namelen", "msg_iov", "msg_iovlen", "msg_control", "msg_controllen", "msg_flags"]
            .map(|field| cx.field(field));
    let name_len = i64::from(name_len as i32);
    cx.out.open(Kind::Struct);
    cx.out.field("msg_name");
    let room = filled.name_room.map_or(name_len, |r| i64::from(r as i32));
    let family = show_sockaddr(cx, name, name_len.min(room));
    cx.out.field("msg_namelen");
    cx.show_change(&INT, room as u64, name_len as u64);
    cx.out.field("msg_iov");
    let fd = cx.arg_int(0);
    show_iov_with(cx, iov, iov_len, filled.data, &mut |cx, base, len| match family {
        // The address says what it is that goes over the socket; without one, the socket does.
        Some(family) if cx.is(family, AF_NETLINK) && netlink::show_data(cx, fd, base, len) => {}
        Some(_) => cx.buffer(base, len, Text::Plain),
        None => show_buffer(cx, fd, base, len),
    });
    cx.out.field("msg_iovlen");
    cx.out.uint(iov_len);
    if control_len != 0 {
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

/// The message that `recvmsg` fills in: the room for a name is known only before the call.
pub(super) fn show_received(cx: &mut Cx<'_>, addr: u64) {
    if !cx.exiting() {
        let mut room = None;
        if addr != 0 {
            cx.with_record(&MSGHDR, addr, |cx| room = Some(cx.field("msg_namelen")));
        }
        if let Some(room) = room {
            cx.save(room);
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

/// One of several messages.
static ONE: Record = record("mmsghdr", &[arg("msg_hdr", Struct(&MSGHDR)), arg("msg_len", UINT)]);

/// The most messages of a call, `UIO_MAXIOV`.
const MOST: u64 = 1024;

/// Keeps the rooms for names of `count` of `struct mmsghdr` at `addr`, which the call replaces by their lengths.
pub(super) fn keep_rooms(cx: &mut Cx<'_>, addr: u64, count: u64) {
    let size = ONE.size(cx.abi) as u64;
    let room = (ONE.offset("msg_hdr", cx.abi) + MSGHDR.offset("msg_namelen", cx.abi)) as u64;
    let shown = if cx.abbrev() { cx.options.strings as u64 } else { MOST };
    let places = (0..count.min(MOST).min(shown)).map_while(|i| addr.checked_add(i * size + room));
    let rooms = places.map_while(|place| cx.read_u32(place).map(u64::from)).collect();
    cx.keep(rooms);
}

/// Several messages.
pub(super) struct Batch {
    /// How many are shown.
    pub(super) count: u64,
    /// How many the program has room for: beyond that one stands for all.
    pub(super) room: u64,
    /// How many were sent or received.
    pub(super) done: u64,
    /// Whether they were received: then there is as much data as their lengths say.
    pub(super) received: bool,
}

/// Shows the `struct mmsghdr` at `addr`. Beyond the most that there may be, one stands for all.
pub(super) fn show_messages(cx: &mut Cx<'_>, addr: u64, batch: &Batch) {
    let size = ONE.size(cx.abi);
    let most = batch.room.min(MOST);
    cx.array_with(addr, batch.count.min(most + 1), size, |cx, i, offset, at| {
        if i == most {
            return cx.out.word("...");
        }
        let done = i < batch.done;
        let len = ONE.number("msg_len", cx.element(offset, size), cx.abi);
        cx.out.open(Kind::Struct);
        cx.out.field("msg_hdr");
        let name_room = cx.kept().get(i as usize).copied();
        let data = (done && batch.received).then_some(len);
        show_message(cx, at, Filled { name_room, data });
        if done {
            cx.out.field("msg_len");
            cx.out.uint(len);
        }
        cx.out.close(Kind::Struct);
    });
}

/// The structs that messages are read by.
pub(super) static RECORDS: &[&Record] = &[&MSGHDR, &ONE];

/// `struct ucred` of `linux/socket.h`.
pub(super) static UCRED: Record = record("ucred", &[arg("pid", TGID), arg("uid", ID), arg("gid", ID)]);

/// What may be read of a message: names and control messages only their contents tell the end of.
pub(super) const DATA: Ty = Struct(&READ);
pub(super) const BATCH: Ty = Array(&READ_OF_BATCH, Len::ArgInt(2));
pub(super) const RECEIVED_BATCH: Ty = Array(&READ_OF_BATCH, Len::Ret);
static READ: Record = record(
    "msghdr",
    &[
        arg("msg_name", At(In, &Bytes(Len::Const(128)))),
        arg("msg_namelen", INT),
        arg("msg_iov", At(In, &Array(&READ_VECTOR, Len::Field("msg_iovlen")))),
        arg("msg_iovlen", ULONG),
        arg("msg_control", At(In, &Bytes(Len::Const(1 << 17)))),
        arg("msg_controllen", ULONG),
        arg("msg_flags", INT),
    ],
);
static READ_VECTOR: Ty = Struct(&READ_IOVEC);
static READ_IOVEC: Record =
    record("iovec", &[arg("iov_base", At(In, &Bytes(Len::Field("iov_len")))), arg("iov_len", ULONG)]);
static READ_OF_BATCH: Ty = Struct(&READ_ONE);
static READ_ONE: Record = record("mmsghdr", &[arg("msg_hdr", Struct(&READ)), arg("msg_len", UINT)]);
