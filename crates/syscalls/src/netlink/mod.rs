//! Netlink: what is sent to and received from `AF_NETLINK` sockets (`netlink(7)`, `linux/netlink.h`).
//!
//! A buffer is a chain of messages, each with a header, most with a struct behind it and a tree of attributes behind
//! that. Every set of attributes is a table ([`attr::Set`]), and one walker ([`attr::show_attributes`]) goes over
//! them all; each protocol says which struct and which set a message has.

mod attr;
mod chain;
mod crypto;
mod diag;
mod families;
mod generic;
mod message;
mod names;
mod netfilter;
mod payload;
mod protocol;
mod route;
mod selinux;
mod uevent;

use chain::Data;
use decode::prelude::*;
use protocol::Protocol;
use uapi::consts::*;

/// Shows the `len` bytes at `addr` that go over socket `fd`: messages if it is a netlink socket; false, and nothing
/// shown, if not.
pub(crate) fn show_buffer(cx: &mut Cx<'_>, fd: i32, addr: u64, len: u64) -> bool {
    cx.socket_protocol(fd).as_deref() == Some(b"NETLINK") && show_data(cx, fd, addr, len)
}

/// Shows the `len` bytes at `addr` that go over socket `fd` as messages; false, and nothing shown, if there are none.
pub(crate) fn show_data(cx: &mut Cx<'_>, fd: i32, addr: u64, len: u64) -> bool {
    if addr == 0 || len == 0 {
        return false;
    }
    let protocol = cx.netlink_protocol(fd);
    let data = Data { addr, len };
    if protocol.is_some_and(|p| cx.is(p, NETLINK_KOBJECT_UEVENT)) {
        return uevent::show(cx, data);
    }
    let protocol = protocol.map_or(&protocol::UNKNOWN, |p| Protocol::of(cx, p));
    message::show_messages(cx, data, protocol, 0);
    true
}
