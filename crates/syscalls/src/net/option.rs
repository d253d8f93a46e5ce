//! Socket options: `getsockopt` and `setsockopt`.

use super::message::UCRED;
use super::names::LEVELS;
use super::option_names;
use super::option_values::*;
use decode::prelude::*;
use uapi::consts::*;

/// The level of an option.
pub(super) const LEVEL: Ty = Enum(W4, &LEVELS);
/// The name of an option to set, at the level that the argument before it gives.
pub(super) const SET_NAME: Ty = Scalar(W4, |cx, name| show_name(cx, name, |level| level.set));
/// The name of an option to ask for.
pub(super) const GET_NAME: Ty = ScalarHook(
    W4,
    &decode::Hook {
        dir: In,
        show: |cx, name| {
            // The value's size, which stands behind the value, is known before the call only now.
            if let Some(len) = if cx.exiting() { None } else { cx.read_u32(cx.arg(LENGTH)) } {
                cx.save_for(LENGTH, u64::from(len));
            }
            show_name(cx, name, |level| level.get);
        },
        reads: &[Stretch::arg(LENGTH as u8, 4)],
    },
);
/// The index of the value's size.
pub(super) const LENGTH: usize = 4;

/// Shows the size of the value that is asked for, and what the kernel made of it, even if the call failed.
pub(super) fn show_length(cx: &mut Cx<'_>, addr: u64) {
    let Some(before) = cx.saved(LENGTH).filter(|_| cx.options.verbose) else { return cx.out.addr(addr) };
    cx.out.change_begin();
    cx.out.open(Kind::Deref);
    cx.out.int(i64::from(before as i32));
    if let Some(after) = cx.read_u32(addr).filter(|&after| u64::from(after) != before) {
        cx.out.changed();
        cx.out.int(i64::from(after as i32));
    }
    cx.out.close(Kind::Deref);
    cx.out.change_end();
}

fn show_name(cx: &mut Plain<'_>, name: u64, special: fn(&option_names::Level) -> &'static Names) {
    let level = cx.arg(1);
    let Some(level) = option_names::LEVELS.iter().find(|l| cx.is(level, l.level)) else {
        return cx.out.uint(name & u64::from(u32::MAX));
    };
    match special(level).find(name, u64::from(u32::MAX), cx.abi) {
        Some(known) => cx.named(name & u64::from(u32::MAX), Base::Hex, known),
        None => cx.enumerated(W4, level.options, name),
    }
}

/// What an option's value is.
pub(super) enum Value {
    /// A number if it has four bytes, else a string.
    Plain,
    /// A number: further bytes count for nothing, and fewer are shown as bytes when the kernel gave them.
    Number(Ty),
    /// A number: without four bytes there is nothing to show.
    Strict(Ty),
    /// A number, whatever its size is said to be.
    Any(Ty),
    /// A number of four bytes: of any other size, the bytes.
    Four(Ty),
    /// A struct, or more.
    AtLeast(&'static Record),
    /// A struct of just this size.
    Exactly(&'static Record),
    /// As much of a struct as there is.
    Partly(&'static Record),
    /// What code shows, of an address and a size, which is not zero.
    Code(fn(&mut Cx<'_>, u64, u64)),
}

/// An option: its level, its name, what is set, and what the kernel gives.
type Row = (Const, Const, Value, Value);

const fn number(name: Const) -> Row {
    (SOL_SOCKET, name, Value::Number(INT), Value::Number(INT))
}

static ROWS: &[Row] = &[
    number(SO_DEBUG),
    number(SO_REUSEADDR),
    number(SO_DONTROUTE),
    number(SO_BROADCAST),
    number(SO_SNDBUF),
    number(SO_RCVBUF),
    number(SO_KEEPALIVE),
    number(SO_OOBINLINE),
    number(SO_NO_CHECK),
    number(SO_PRIORITY),
    number(SO_BSDCOMPAT),
    number(SO_REUSEPORT),
    number(SO_PASSCRED),
    number(SO_RCVLOWAT),
    number(SO_SNDLOWAT),
    number(SO_DETACH_FILTER),
    number(SO_TIMESTAMP_OLD),
    number(SO_ACCEPTCONN),
    number(SO_SNDBUFFORCE),
    number(SO_RCVBUFFORCE),
    number(SO_PASSSEC),
    number(SO_TIMESTAMPNS_OLD),
    number(SO_MARK),
    number(SO_TIMESTAMPING_OLD),
    number(SO_RXQ_OVFL),
    number(SO_WIFI_STATUS),
    number(SO_PEEK_OFF),
    number(SO_NOFCS),
    number(SO_LOCK_FILTER),
    number(SO_SELECT_ERR_QUEUE),
    number(SO_BUSY_POLL),
    number(SO_INCOMING_CPU),
    number(SO_CNX_ADVICE),
    number(SO_INCOMING_NAPI_ID),
    number(SO_ZEROCOPY),
    number(SO_TIMESTAMP_NEW),
    number(SO_TIMESTAMPNS_NEW),
    number(SO_TIMESTAMPING_NEW),
    number(SO_DETACH_REUSEPORT_BPF),
    number(SO_PREFER_BUSY_POLL),
    number(SO_BUSY_POLL_BUDGET),
    number(SO_RESERVE_MEM),
    number(SO_RCVMARK),
    number(SO_PASSPIDFD),
    number(SO_RCVPRIORITY),
    number(SO_PASSRIGHTS),
    number(SO_INQ),
    (SOL_SOCKET, SO_TXREHASH, Value::Number(REHASH), Value::Number(REHASH)),
    (SOL_SOCKET, SO_ERROR, Value::Plain, Value::Number(ERRNO)),
    (SOL_SOCKET, SO_PEERPIDFD, Value::Plain, Value::Number(Fd)),
    (SOL_SOCKET, SO_LINGER, Value::AtLeast(&LINGER), Value::Partly(&LINGER)),
    (SOL_SOCKET, SO_PEERCRED, Value::Plain, Value::Partly(&UCRED)),
    (SOL_SOCKET, SO_ATTACH_FILTER, Value::Code(show_program), Value::Code(show_given_program)),
    (SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, Value::Code(show_program), Value::Plain),
    (SOL_IP, IP_ADD_MEMBERSHIP, Value::AtLeast(&IP_MREQ), Value::Plain),
    (SOL_IP, IP_DROP_MEMBERSHIP, Value::AtLeast(&IP_MREQ), Value::Plain),
    (SOL_IP, IP_LOCAL_PORT_RANGE, Value::Four(PORTS), Value::Four(PORTS)),
    (SOL_IP, IP_PROTOCOL, Value::Plain, Value::Four(PROTOCOL)),
    (SOL_IP, MCAST_JOIN_GROUP, Value::AtLeast(&GROUP_REQ), Value::Plain),
    (SOL_IP, MCAST_LEAVE_GROUP, Value::AtLeast(&GROUP_REQ), Value::Plain),
    (SOL_IPV6, MCAST_JOIN_GROUP, Value::AtLeast(&GROUP_REQ), Value::Plain),
    (SOL_IPV6, MCAST_LEAVE_GROUP, Value::AtLeast(&GROUP_REQ), Value::Plain),
    (SOL_IPV6, IPV6_ADD_MEMBERSHIP, Value::AtLeast(&IPV6_MREQ), Value::Plain),
    (SOL_IPV6, IPV6_DROP_MEMBERSHIP, Value::AtLeast(&IPV6_MREQ), Value::Plain),
    (SOL_IPV6, IPV6_JOIN_ANYCAST, Value::AtLeast(&IPV6_MREQ), Value::Plain),
    (SOL_IPV6, IPV6_LEAVE_ANYCAST, Value::AtLeast(&IPV6_MREQ), Value::Plain),
    (SOL_TCP, TCP_AO_ADD_KEY, Value::Code(super::tcp_ao::show_add), Value::Plain),
    (SOL_RAW, ICMP_FILTER, Value::Code(show_icmp_filter), Value::Code(show_icmp_filter)),
    (SOL_PACKET, PACKET_ADD_MEMBERSHIP, Value::Exactly(&PACKET_MREQ), Value::Plain),
    (SOL_PACKET, PACKET_DROP_MEMBERSHIP, Value::Exactly(&PACKET_MREQ), Value::Plain),
    (SOL_PACKET, PACKET_RX_RING, Value::Exactly(&RING), Value::Plain),
    (SOL_PACKET, PACKET_TX_RING, Value::Exactly(&RING), Value::Plain),
    (SOL_PACKET, PACKET_STATISTICS, Value::Plain, Value::Partly(&PACKET_STATS)),
    (SOL_NETLINK, NETLINK_LIST_MEMBERSHIPS, Value::Strict(INT), Value::Code(show_numbers)),
    (SOL_TIPC, TIPC_IMPORTANCE, Value::Strict(IMPORTANCE), Value::Strict(IMPORTANCE)),
    (SOL_TIPC, TIPC_GROUP_JOIN, Value::AtLeast(&TIPC_GROUP), Value::AtLeast(&TIPC_GROUP)),
];

/// What the options of a level are that have no row.
static DEFAULTS: &[(Const, Value, Value)] =
    &[(SOL_NETLINK, Value::Strict(INT), Value::Any(INT)), (SOL_TIPC, Value::Any(INT), Value::Any(INT))];

/// What the value of the option is that the call sets, and what it is that the call asks for.
fn values_of(cx: &Plain<'_>) -> [&'static Value; 2] {
    let (level, name) = (cx.arg(1), cx.arg(2));
    let row = ROWS.iter().find(|(l, n, ..)| cx.is(level, *l) && cx.is(name, *n));
    let default = DEFAULTS.iter().filter(|_| row.is_none()).find(|(l, ..)| cx.is(level, *l));
    row.map(|(_, _, set, got)| [set, got])
        .or(default.map(|(_, set, got)| [set, got]))
        .unwrap_or([&Value::Plain; 2])
}

/// Shows the value that is set: `optlen` is the last argument.
pub(super) fn show_set(cx: &mut Cx<'_>, addr: u64) {
    let len = i64::from(cx.arg_int(4));
    let [value, _] = values_of(cx);
    // A negative size is one that is too large for a string, and too small for a number.
    let is_short = len < 0 && !matches!(value, Value::Plain | Value::Any(_) | Value::Four(_));
    if addr == 0 || is_short {
        return cx.out.addr(addr);
    }
    show_value(cx, value, addr, len as u64, false);
}

/// Shows the value that the kernel gave, as long as it says, if the program made room for any.
pub(super) fn show_got(cx: &mut Cx<'_>, addr: u64) {
    let room = cx.saved(LENGTH).map_or(0, |v| i64::from(v as i32));
    let len = cx.read_u32(cx.arg(LENGTH)).map_or(0, |v| i64::from(v as i32));
    let [_, value] = values_of(cx);
    if addr == 0 || room <= 0 || len <= 0 {
        return cx.out.addr(addr);
    }
    show_value(cx, value, addr, len as u64, true);
}

/// The size of an option that is a number.
const NUMBER: u64 = 4;

fn show_value(cx: &mut Cx<'_>, value: &'static Value, addr: u64, len: u64, got: bool) {
    match value {
        Value::Plain if len == NUMBER => cx.deref(&INT, addr),
        Value::Plain => cx.buffer(addr, len, Text::Plain),
        Value::Number(ty) | Value::Strict(ty) if len >= NUMBER => cx.deref(ty, addr),
        Value::Four(ty) if len == NUMBER => cx.deref(ty, addr),
        Value::Four(_) => cx.buffer(addr, len, Text::Binary),
        Value::Any(ty) => cx.deref(ty, addr),
        Value::Number(_) if got => cx.buffer(addr, len, Text::Binary),
        Value::Number(_) | Value::Strict(_) => cx.out.addr(addr),
        Value::AtLeast(record) if len >= record.size(cx.abi) as u64 => cx.deref_record(record, addr),
        Value::Exactly(record) if len == record.size(cx.abi) as u64 => cx.deref_record(record, addr),
        Value::AtLeast(_) | Value::Exactly(_) => cx.out.addr(addr),
        Value::Partly(record) => show_partly(cx, record, addr, len),
        Value::Code(_) if len == 0 => cx.out.addr(addr),
        Value::Code(show) => show(cx, addr, len),
    }
}

/// Shows as much of a struct as there is: of a member that is cut off, the bytes.
fn show_partly(cx: &mut Cx<'_>, record: &'static Record, addr: u64, len: u64) {
    const MOST: usize = 64;
    let mut raw = [0; MOST];
    let len = record.size(cx.abi).min(MOST).min(len as usize);
    if !cx.options.verbose || !cx.read(addr, &mut raw[..len]) {
        return cx.out.addr(addr);
    }
    let layout = record.layout(cx.abi);
    let ends = layout.offsets.iter().zip(layout.sizes).map(|(&at, size)| usize::from(at + size));
    // The first member that isn't whole.
    let cut = ends.zip(record.fields).position(|(end, _)| end > len);
    let whole = cut.map_or(len, |i| usize::from(layout.offsets[i]));
    cx.out.open(Kind::Struct);
    cx.members_from(record, &raw[..whole.min(len)], addr);
    if let Some(cut) = cut.and_then(|i| record.fields.get(i)).filter(|_| whole < len) {
        cx.out.field(cut.name);
        cx.out.bytes(&raw[whole..len], Text::Binary, false);
    }
    cx.out.close(Kind::Struct);
}

/// The structs that values may be.
pub(super) fn records() -> impl Iterator<Item = &'static Record> {
    let values = ROWS.iter().flat_map(|(_, _, set, got)| [set, got]);
    let structs = values.filter_map(|value| match value {
        Value::AtLeast(record) | Value::Exactly(record) | Value::Partly(record) => Some(*record),
        _ => None,
    });
    structs.chain([&super::tcp_ao::KEY])
}
