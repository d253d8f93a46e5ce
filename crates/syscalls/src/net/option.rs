//! Socket options: `getsockopt` and `setsockopt`.

use super::message::UCRED;
use super::names::{
    IP_LEVEL_OPTIONS, IPV6_OPTIONS, LEVELS, NETLINK_OPTIONS, PACKET_OPTIONS, SOCKET_OPTIONS, TCP_OPTIONS,
    UDP_OPTIONS,
};
use super::sockaddr::{INTERFACE, IPV4, show_ipv6};
use decode::prelude::*;
use uapi::consts::*;

/// The level of an option.
pub(super) const LEVEL: Ty = Enum(W4, &LEVELS);
/// The name of an option at the level that the argument before it gives.
pub(super) const NAME: Ty = Scalar(W4, |cx, name| match names_of(cx, cx.arg(1)) {
    Some(names) => cx.enumerated(W4, names, name),
    None => cx.out.int(i64::from(name as i32)),
});

static NAMES: &[(Const, &Names)] = &[
    (SOL_SOCKET, &SOCKET_OPTIONS),
    (SOL_IP, &IP_LEVEL_OPTIONS),
    (SOL_IPV6, &IPV6_OPTIONS),
    (SOL_TCP, &TCP_OPTIONS),
    (SOL_UDP, &UDP_OPTIONS),
    (SOL_NETLINK, &NETLINK_OPTIONS),
    (SOL_PACKET, &PACKET_OPTIONS),
];

fn names_of(cx: &Cx<'_>, level: u64) -> Option<&'static Names> {
    NAMES.iter().find(|(l, _)| cx.is(level, *l)).map(|(_, names)| *names)
}

static LINGER: Record = record("linger", &[arg("l_onoff", INT), arg("l_linger", INT)]);
static IP_MREQ: Record = record("ip_mreq", &[arg("imr_multiaddr", IPV4), arg("imr_interface", IPV4)]);
static IPV6_MREQ: Record = record("ipv6_mreq", &[
    arg("", Inline([16; 3], 1, |cx, offset| show_ipv6(cx, "ipv6mr_multiaddr", offset))),
    arg("ipv6mr_interface", INTERFACE),
]);
static FILTER: Record = record("sock_fprog", &[arg("len", U16), arg("filter", Addr)]);

/// What an option's value is, where it is not a number.
enum Value {
    Record(&'static Record),
    Text,
}

static VALUES: &[(Const, Const, Value)] = &[
    (SOL_SOCKET, SO_LINGER, Value::Record(&LINGER)),
    (SOL_SOCKET, SO_PEERCRED, Value::Record(&UCRED)),
    (SOL_SOCKET, SO_BINDTODEVICE, Value::Text),
    (SOL_SOCKET, SO_ATTACH_FILTER, Value::Record(&FILTER)),
    (SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, Value::Record(&FILTER)),
    (SOL_IP, IP_ADD_MEMBERSHIP, Value::Record(&IP_MREQ)),
    (SOL_IP, IP_DROP_MEMBERSHIP, Value::Record(&IP_MREQ)),
    (SOL_IPV6, IPV6_ADD_MEMBERSHIP, Value::Record(&IPV6_MREQ)),
    (SOL_IPV6, IPV6_DROP_MEMBERSHIP, Value::Record(&IPV6_MREQ)),
    (SOL_TCP, TCP_CONGESTION, Value::Text),
    (SOL_TCP, TCP_ULP, Value::Text),
    (SOL_TCP, TCP_INFO, Value::Text),
];

fn value_of(cx: &Cx<'_>) -> Option<&'static Value> {
    let (level, name) = (cx.arg(1), cx.arg(2));
    VALUES.iter().find(|(l, n, _)| cx.is(level, *l) && cx.is(name, *n)).map(|(_, _, value)| value)
}

/// Shows the value that is set: `optlen` is the last argument.
pub(super) fn show_set(cx: &mut Cx<'_>, addr: u64) {
    let len = i64::from(cx.arg_int(4));
    match value_of(cx) {
        _ if addr == 0 || len <= 0 => cx.out.addr(addr),
        Some(Value::Record(record)) if len >= record.size(cx.abi) as i64 => cx.deref_record(record, addr),
        None if len == NUMBER => cx.deref(&INT, addr),
        _ => cx.buffer(addr, len as u64, Text::Plain),
    }
}

/// The size of an option that is a number.
const NUMBER: i64 = 4;

/// Shows the value that the kernel gave: it is no longer than the program made room for.
pub(super) fn show_got(cx: &mut Cx<'_>, addr: u64) {
    let room = cx.saved(4).map_or(0, |v| i64::from(v as i32));
    let len = cx.read_u32(cx.arg(4)).map_or(0, |v| i64::from(v as i32)).min(room);
    match value_of(cx) {
        _ if addr == 0 || len <= 0 => cx.out.addr(addr),
        Some(Value::Record(record)) if len >= record.size(cx.abi) as i64 => cx.deref_record(record, addr),
        Some(Value::Text) => cx.buffer(addr, len as u64, Text::Plain),
        None if len == NUMBER => cx.deref(&INT, addr),
        _ if len < NUMBER => cx.buffer(addr, len as u64, Text::Binary),
        _ => cx.buffer(addr, len as u64, Text::Plain),
    }
}
