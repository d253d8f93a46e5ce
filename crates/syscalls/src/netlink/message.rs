//! Messages: `struct nlmsghdr`, and the kinds that all protocols share (`linux/netlink.h`).

use super::attr::{Is, Scope, Set, set, show_attributes, show_raw};
use super::chain::{Data, Link, show_chain, show_with_data};
use super::names::{BASIC_FLAGS, CONTROL_TYPES, DELETE_FLAGS, ERROR_FLAGS, GET_FLAGS, NEW_FLAGS};
use super::protocol::{Protocol, Request};
use crate::common::show_negative_errno;
use decode::prelude::*;
use uapi::consts::*;

/// The size of `struct nlmsghdr`.
const HEADER: usize = 16;
/// The most messages in one another, as errors hold the message that caused them.
const MAX_DEPTH: u8 = 8;

/// The header of a message, without its length.
#[derive(Clone, Copy)]
pub(super) struct Message {
    /// Its type.
    pub(super) kind: u64,
    /// Its flags.
    pub(super) flags: u64,
}

/// Shows a chain of messages; `depth`: how many messages it stands in.
pub(super) fn show_messages(cx: &mut Cx<'_>, data: Data, protocol: &'static Protocol, depth: u8) {
    show_chain(cx, data, length, |cx, link| show_message(cx, link, protocol, depth));
}

fn length(header: &[u8; HEADER]) -> u64 {
    u64::from(word(header, 0))
}

/// The 32-bit number at `at` of a header.
fn word(header: &[u8; HEADER], at: usize) -> u32 {
    header[at..].iter().take(4).rev().fold(0, |v, &b| v << 8 | u32::from(b))
}

fn parse(header: &[u8; HEADER]) -> Message {
    let both = word(header, 4);
    Message { kind: u64::from(both & 0xffff), flags: u64::from(both >> 16) }
}

fn show_message(cx: &mut Cx<'_>, link: Link<HEADER>, protocol: &'static Protocol, depth: u8) {
    let message = parse(&link.header);
    let header = |cx: &mut Cx<'_>| show_header(cx, &link.header, message, protocol);
    show_with_data(cx, link.data, header, |cx| show_data(cx, message, link.data, protocol, depth));
}

fn show_header(cx: &mut Cx<'_>, header: &[u8; HEADER], message: Message, protocol: &'static Protocol) {
    cx.out.open(Kind::Struct);
    cx.out.field("nlmsg_len");
    cx.out.uint(length(header));
    cx.out.field("nlmsg_type");
    if is_control(message) {
        cx.enumerated(W2, &CONTROL_TYPES, message.kind);
    } else {
        (protocol.show_type)(cx, message.kind);
    }
    cx.out.field("nlmsg_flags");
    show_flags(cx, message, protocol);
    cx.out.field("nlmsg_seq");
    cx.out.uint(u64::from(word(header, 8)));
    cx.out.field("nlmsg_pid");
    cx.pid(PidKind::Tgid, word(header, 12) as i32);
    cx.out.close(Kind::Struct);
}

/// Whether a message's type is below `NLMSG_MIN_TYPE`: those have the same meaning in all protocols.
fn is_control(message: Message) -> bool {
    const NLMSG_MIN_TYPE: u64 = 0x10;
    message.kind < NLMSG_MIN_TYPE
}

/// Shows the flags of a message: some have different names in requests of different kinds.
fn show_flags(cx: &mut Cx<'_>, message: Message, protocol: &Protocol) {
    let request = match () {
        () if cx.is(message.kind, NLMSG_ERROR) => Request::Error,
        () if is_control(message) => Request::Other,
        () => (protocol.request)(cx, message.kind),
    };
    let special: &Names = match request {
        Request::Get => &GET_FLAGS,
        Request::New => &NEW_FLAGS,
        Request::Delete => &DELETE_FLAGS,
        Request::Error => &ERROR_FLAGS,
        Request::Other => &BASIC_FLAGS,
    };
    let mut parts = Parts::new();
    let mut rest = message.flags;
    for table in [&BASIC_FLAGS, special] {
        if rest != 0 {
            rest = parts.push_flags(rest, 0xffff, table, cx.abi);
        }
    }
    cx.flags_rest(message.flags, parts, rest, "NLM_F_???");
}

fn show_data(cx: &mut Cx<'_>, message: Message, data: Data, protocol: &'static Protocol, depth: u8) {
    match () {
        () if cx.is(message.kind, NLMSG_ERROR) => show_error(cx, message, data, protocol, depth),
        () if cx.is(message.kind, NLMSG_DONE) => show_done(cx, data),
        () if is_control(message) => show_raw(cx, data),
        () => (protocol.show_data)(cx, message, data),
    }
}

/// The end of an answer in parts: a number, mostly 0.
fn show_done(cx: &mut Cx<'_>, data: Data) {
    if data.len == cx.size_of(&INT) as u64 { cx.in_place(&INT, data.addr) } else { show_raw(cx, data) }
}

/// What an answer to a request says more of it.
static ERROR_ATTRIBUTES: Set = set(
    "NLMSGERR_ATTR_???",
    &[
        (NLMSGERR_ATTR_UNUSED, Is::Raw),
        (NLMSGERR_ATTR_MSG, Is::Text),
        (NLMSGERR_ATTR_OFFS, Is::Value(UINT)),
        (NLMSGERR_ATTR_COOKIE, Is::Array(U8)),
        (NLMSGERR_ATTR_POLICY, Is::Raw),
        (NLMSGERR_ATTR_MISS_TYPE, Is::Raw),
        (NLMSGERR_ATTR_MISS_NEST, Is::Raw),
    ],
);

/// `struct nlmsgerr`: an errno and the message that it is about; then attributes, right behind it.
fn show_error(cx: &mut Cx<'_>, message: Message, data: Data, protocol: &'static Protocol, depth: u8) {
    /// The size of the errno.
    const ERRNO_SIZE: u64 = 4;
    let mut raw = [0; ERRNO_SIZE as usize + HEADER];
    if data.len < raw.len() as u64 || depth >= MAX_DEPTH {
        return show_raw(cx, data);
    }
    if !cx.read(data.addr, &mut raw) {
        return cx.out.addr(data.addr);
    }
    let errno = i32::from_le_bytes([raw[0], raw[1], raw[2], raw[3]]);
    let mut header = [0; HEADER];
    header.copy_from_slice(&raw[ERRNO_SIZE as usize..]);
    let inner = data.after(raw.len() as u64);
    let capped = cx.has(message.flags, NLM_F_CAPPED);
    let inner_len = if capped { 0 } else { length(&header).saturating_sub(HEADER as u64).min(inner.len) };
    let attributes = inner.after(inner_len);
    let body = |cx: &mut Cx<'_>| {
        cx.out.open(Kind::Struct);
        cx.out.field("error");
        show_negative_errno(cx, i64::from(errno));
        cx.out.field("msg");
        let data = Data { addr: inner.addr, len: inner_len };
        show_message(cx, Link { header, data }, protocol, depth + 1);
        cx.out.close(Kind::Struct);
    };
    show_with_data(cx, attributes, body, |cx| {
        show_attributes(cx, attributes, &ERROR_ATTRIBUTES, &mut Scope::default());
    });
}
