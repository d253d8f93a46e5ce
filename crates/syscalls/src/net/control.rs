//! Control data of messages: `struct cmsghdr` (`cmsg(3)`).

use super::message::UCRED;
use super::names::{CONTROL_LEVELS, INET_PROTOCOLS};
use super::sockaddr::{INET, INTERFACE, IPV4, show_address};
use crate::common::{TIMESPEC, TIMESPEC64, TIMEVAL};
use decode::prelude::*;
use uapi::consts::*;

/// Types of control messages of `SOL_SOCKET`.
static SOCKET_TYPES: Names = names(
    "SCM_???",
    &[
        SCM_RIGHTS,
        SCM_CREDENTIALS,
        SCM_SECURITY,
        SCM_PIDFD,
        SO_TIMESTAMP_OLD,
        SO_TIMESTAMPNS_OLD,
        SO_TIMESTAMPING_OLD,
        SO_WIFI_STATUS,
        SCM_TIMESTAMPING_OPT_STATS,
        SCM_TIMESTAMPING_PKTINFO,
        SO_TXTIME,
        SO_TIMESTAMP_NEW,
        SO_TIMESTAMPNS_NEW,
        SO_TIMESTAMPING_NEW,
        SCM_DEVMEM_LINEAR,
        SCM_DEVMEM_DMABUF,
        SCM_TS_OPT_ID,
        SCM_INQ,
    ],
);
/// Types of control messages of `SOL_IP`.
static IP_TYPES: Names = names(
    "IP_???",
    &[
        IP_TOS,
        IP_TTL,
        SCM_SECURITY,
        IP_RECVOPTS,
        IP_RETOPTS,
        IP_PKTINFO,
        IP_RECVERR,
        IP_ORIGDSTADDR,
        IP_CHECKSUM,
        IP_PROTOCOL,
    ],
);

static IN_PKTINFO: Record =
    record("in_pktinfo", &[arg("ipi_ifindex", INTERFACE), arg("ipi_spec_dst", IPV4), arg("ipi_addr", IPV4)]);
static TIMEVAL64: Record = record("__kernel_sock_timeval", &[arg("tv_sec", S64), arg("tv_usec", U64)]);
static EXTENDED_ERROR: Record = record(
    "sock_extended_err",
    &[
        arg("ee_errno", UINT),
        arg("ee_origin", U8),
        arg("ee_type", U8),
        arg("ee_code", U8),
        pad(1),
        arg("ee_info", UINT),
        arg("ee_data", UINT),
    ],
);
static PROTOCOL: Names = names("IP_???", INET_PROTOCOLS.entries);

/// What a control message's data is.
enum Data {
    /// A struct.
    Record(&'static Record),
    /// A struct, and the address of who is to blame.
    Blamed(&'static Record),
    /// A point in time: if there is less than a whole one, nothing is known of it.
    Time(&'static Record),
    /// Three of them.
    Times(&'static Record),
    /// Numbers to the end of the data.
    Numbers(Ty),
    /// One number, in brackets.
    Number(Ty),
    /// One number.
    Bare(Ty),
    /// A string.
    Text,
    /// An internet address.
    Address,
}

/// The data of control messages by level and type.
static DATA: &[(Const, Const, Data)] = &[
    (SOL_SOCKET, SCM_RIGHTS, Data::Numbers(Fd)),
    (SOL_SOCKET, SCM_CREDENTIALS, Data::Record(&UCRED)),
    (SOL_SOCKET, SCM_SECURITY, Data::Text),
    (SOL_SOCKET, SCM_PIDFD, Data::Bare(Fd)),
    (SOL_SOCKET, SO_TIMESTAMP_OLD, Data::Time(&TIMEVAL)),
    (SOL_SOCKET, SO_TIMESTAMPNS_OLD, Data::Time(&TIMESPEC)),
    (SOL_SOCKET, SO_TIMESTAMPING_OLD, Data::Times(&TIMESPEC)),
    (SOL_SOCKET, SO_TIMESTAMP_NEW, Data::Time(&TIMEVAL64)),
    (SOL_SOCKET, SO_TIMESTAMPNS_NEW, Data::Time(&TIMESPEC64)),
    (SOL_SOCKET, SO_TIMESTAMPING_NEW, Data::Times(&TIMESPEC64)),
    (SOL_IP, IP_TOS, Data::Numbers(X8)),
    (SOL_IP, IP_TTL, Data::Numbers(UINT)),
    (SOL_IP, SCM_SECURITY, Data::Text),
    (SOL_IP, IP_RECVOPTS, Data::Numbers(X8)),
    (SOL_IP, IP_RETOPTS, Data::Numbers(X8)),
    (SOL_IP, IP_PKTINFO, Data::Record(&IN_PKTINFO)),
    (SOL_IP, IP_RECVERR, Data::Blamed(&EXTENDED_ERROR)),
    (SOL_IP, IP_ORIGDSTADDR, Data::Address),
    (SOL_IP, IP_CHECKSUM, Data::Numbers(UINT)),
    (SOL_IP, IP_PROTOCOL, Data::Number(Enum(W4, &PROTOCOL))),
];

/// The most control data that is looked at, in bytes.
const MOST: u64 = 128 << 10;

/// What each control message begins with.
static HEADER: Record = record(
    "cmsghdr",
    &[
        arg("cmsg_len", ULONG),
        arg("cmsg_level", Enum(W4, &CONTROL_LEVELS)),
        arg("cmsg_type", Scalar(W4, show_type)),
    ],
);

/// Shows a control message's type, whose names depend on its level.
fn show_type(cx: &mut Plain<'_>, kind: u64) {
    let level = cx.field("cmsg_level");
    match () {
        () if cx.is(level, SOL_SOCKET) => cx.enumerated(W4, &SOCKET_TYPES, kind),
        () if cx.is(level, SOL_IP) => cx.enumerated(W4, &IP_TYPES, kind),
        () => cx.out.hex(kind),
    }
}

/// The structs that control data is made of.
pub(super) fn records() -> impl Iterator<Item = &'static Record> {
    let structs = DATA.iter().filter_map(|(_, _, data)| match data {
        Data::Record(record) | Data::Blamed(record) | Data::Time(record) | Data::Times(record) => {
            Some(*record)
        }
        _ => None,
    });
    structs.chain([&HEADER])
}

/// Shows a chain of control messages.
pub(super) fn show_control(cx: &mut Cx<'_>, addr: u64, len: u64) {
    let header = HEADER.size(cx.abi);
    if len < header as u64 {
        return cx.out.addr(addr);
    }
    let mut chain = vec![0; len.min(MOST) as usize];
    if !cx.read(addr, &mut chain) {
        return cx.out.addr(addr);
    }
    cx.out.open(Kind::Array);
    let mut at = 0;
    while at < chain.len() {
        let rest = &chain[at..];
        let here = addr.wrapping_add(at as u64);
        if rest.len() < header {
            cx.out.more_at(here);
            return cx.out.close(Kind::Array);
        }
        let message_len = HEADER.number("cmsg_len", rest, cx.abi);
        let known = usize::try_from(message_len).unwrap_or(usize::MAX).min(rest.len());
        cx.out.item();
        show_message(cx, &rest[..known.max(header)], here);
        if message_len < header as u64 {
            // It is its own end: what is behind it can't be told from it.
            if rest.len() > header {
                cx.out.more_at(here.wrapping_add(header as u64));
            }
            return cx.out.close(Kind::Array);
        }
        at = at.saturating_add(known.next_multiple_of(cx.word()));
    }
    if len > MOST {
        cx.out.more();
    }
    cx.out.close(Kind::Array);
}

/// Shows a control message, which has a whole header.
fn show_message(cx: &mut Cx<'_>, message: &[u8], addr: u64) {
    let (header, data) = message.split_at(HEADER.size(cx.abi));
    cx.out.open(Kind::Struct);
    cx.members_from(&HEADER, header, addr);
    if !data.is_empty() {
        let [level, kind] = ["cmsg_level", "cmsg_type"].map(|field| HEADER.number(field, header, cx.abi));
        cx.out.field("cmsg_data");
        show_data(cx, level, kind, data);
    }
    cx.out.close(Kind::Struct);
}

fn show_data(cx: &mut Cx<'_>, level: u64, kind: u64, data: &[u8]) {
    let known = DATA.iter().find(|(l, k, _)| cx.is(level, *l) && cx.is(kind, *k)).map(|(_, _, data)| data);
    match known {
        Some(Data::Record(record)) if data.len() >= record.size(cx.abi) => show_record(cx, record, data),
        Some(Data::Blamed(record)) if data.len() >= record.size(cx.abi) + INTERNET => {
            let (error, offender) = data.split_at(record.size(cx.abi));
            cx.out.open(Kind::Struct);
            cx.members_from(record, error, 0);
            cx.out.field("offender");
            show_address(cx, &offender[..INTERNET], 0);
            cx.out.close(Kind::Struct);
        }
        Some(Data::Time(record)) if data.len() >= record.size(cx.abi) => show_record(cx, record, data),
        Some(Data::Times(record)) if data.len() >= TIMES * record.size(cx.abi) => {
            cx.out.open(Kind::Array);
            for time in data.chunks_exact(record.size(cx.abi)).take(TIMES) {
                cx.out.item();
                show_record(cx, record, time);
            }
            cx.out.close(Kind::Array);
        }
        Some(Data::Time(_) | Data::Times(_)) => cx.out.unknown(),
        Some(Data::Numbers(of)) if data.len() >= cx.size_of(of) => show_numbers(cx, of, data),
        Some(Data::Number(of)) if data.len() >= cx.size_of(of) => {
            cx.out.open(Kind::Deref);
            cx.show(of, number(&data[..cx.size_of(of)]));
            cx.out.close(Kind::Deref);
        }
        Some(Data::Bare(of)) if data.len() >= cx.size_of(of) => cx.show(of, number(&data[..cx.size_of(of)])),
        Some(Data::Text) => cx.out.bytes(data, Text::Plain, false),
        Some(Data::Address) if data.len() >= INTERNET => show_address(cx, data, 0),
        _ => cx.out.bytes(data, Text::Binary, false),
    }
}

/// How many times a time stamp has.
const TIMES: usize = 3;
/// The size of an internet address.
const INTERNET: usize = INET.common_size() as usize;

fn show_record(cx: &mut Cx<'_>, record: &'static Record, data: &[u8]) {
    cx.record_from(record, &data[..record.size(cx.abi)], 0);
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |n, &b| n << 8 | u64::from(b))
}

fn show_numbers(cx: &mut Cx<'_>, of: &'static Ty, data: &[u8]) {
    let numbers = data.chunks_exact(cx.size_of(of));
    let limit = if cx.abbrev() { cx.options.strings } else { usize::MAX };
    let more = numbers.len() > limit;
    cx.out.open(Kind::Array);
    for bytes in numbers.take(limit) {
        cx.out.item();
        cx.show(of, number(bytes));
    }
    if more {
        cx.out.more();
    }
    cx.out.close(Kind::Array);
}
