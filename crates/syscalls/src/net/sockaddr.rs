//! Socket addresses, by family.

use super::names::{ETHER_TYPES, FAMILIES, HARDWARE_TYPES, PACKET_TYPES};
use super::{bluetooth, families};
use decode::prelude::*;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use uapi::consts::*;

/// The size of `struct sockaddr_storage`: no address is longer.
const MAX_ADDRESS: u64 = 128;
/// The size of `sa_family`.
const FAMILY_SIZE: usize = 2;

/// A 16-bit number in network byte order.
pub(crate) const PORT: Ty = Scalar(W2, |cx, v| {
    let bytes = (v as u16).to_le_bytes();
    cx.out.network("htons", &bytes, u64::from(u16::from_be_bytes(bytes)));
});
/// A 32-bit number in network byte order.
pub(crate) const NET32: Ty = Scalar(W4, |cx, v| {
    let bytes = (v as u32).to_le_bytes();
    cx.out.network("htonl", &bytes, u64::from(u32::from_be_bytes(bytes)));
});
/// An IPv4 address.
pub(crate) const IPV4: Ty = Scalar(W4, |cx, v| {
    let ip = Ipv4Addr::from((v as u32).to_le_bytes());
    cx.out.ip("", IpAddr::V4(ip));
});
/// The index of a network interface.
pub(crate) const INTERFACE: Ty = Scalar(W4, |cx, v| cx.interface(v as u32));

const FAMILY: Arg = arg("sa_family", Enum(W2, &FAMILIES));

/// The members of an IPv4 address behind its family.
const INET_FIELDS: [Arg; 3] = [arg("sin_port", PORT), arg("sin_addr", IPV4), pad(8)];
pub(super) static INET: Record =
    record("sockaddr_in", &[FAMILY, INET_FIELDS[0], INET_FIELDS[1], INET_FIELDS[2]]);

/// The members of an IPv6 address behind its family.
const INET6_FIELDS: [Arg; 4] = [
    arg("sin6_port", PORT),
    arg("sin6_flowinfo", NET32),
    arg("", Inline([16; 3], 1, |cx, offset| show_ipv6(cx, "sin6_addr", offset))),
    arg("sin6_scope_id", Scalar(W4, show_scope)),
];
static INET6: Record =
    record("sockaddr_in6", &[FAMILY, INET6_FIELDS[0], INET6_FIELDS[1], INET6_FIELDS[2], INET6_FIELDS[3]]);

static NETLINK: Record = record(
    "sockaddr_nl",
    &[
        FAMILY,
        arg("nl_pad", X16).nonzero(),
        arg("nl_pid", TGID),
        arg("nl_groups", Scalar(W4, |cx, v| cx.out.hex_wide(v, 6))),
    ],
);

static PACKET: Record = record(
    "sockaddr_ll",
    &[
        FAMILY,
        arg("sll_protocol", Scalar(W2, show_link_protocol)),
        arg("sll_ifindex", INTERFACE),
        arg("sll_hatype", Enum(W2, &HARDWARE_TYPES)),
        arg("sll_pkttype", Enum(W1, &PACKET_TYPES)),
        arg("sll_halen", U8),
        pad(8),
    ],
);

/// The type of an Ethernet packet in network byte order: `htons(ETH_P_IP)`.
pub(crate) const ETHER_TYPE: Ty = Scalar(W2, |cx, v| {
    let kind = u64::from((v as u16).swap_bytes());
    cx.out.open(Kind::Wrap("htons"));
    cx.enumerated(W2, &ETHER_TYPES, kind);
    cx.out.close(Kind::Wrap("htons"));
});

/// The protocol in a packet address: bytes, where names are not wanted.
fn show_link_protocol(cx: &mut Plain<'_>, v: u64) {
    let bytes = (v as u16).to_le_bytes();
    let kind = u16::from_be_bytes(bytes);
    let text = match ETHER_TYPES.find(u64::from(kind), u64::MAX, cx.abi) {
        Some(name) => format!("htons({name})"),
        None if kind == 0 => format!("htons(0 /* {} */)", ETHER_TYPES.unknown),
        None => format!("htons({kind:#x} /* {} */)", ETHER_TYPES.unknown),
    };
    cx.out.encoded(&bytes, &text);
}

/// A family with an address of its own: at least so many bytes make one.
struct Family {
    family: Const,
    least: usize,
    address: &'static Record,
}

static ADDRESSES: &[Family] = &[
    Family { family: AF_INET, least: 16, address: &INET },
    Family { family: AF_INET6, least: 24, address: &INET6 },
    Family { family: AF_NETLINK, least: 12, address: &NETLINK },
    Family { family: AF_PACKET, least: 20, address: &PACKET },
];

/// Shows the socket address of `len` bytes at `addr`, and tells its family if there is one.
pub(crate) fn show_sockaddr(cx: &mut Cx<'_>, addr: u64, len: i64) -> Option<u64> {
    let mut buf = [0; MAX_ADDRESS as usize];
    let len = len.clamp(0, MAX_ADDRESS as i64) as usize;
    let bytes = &mut buf[..len];
    if addr == 0 || len < FAMILY_SIZE || !cx.options.verbose || !cx.read(addr, bytes) {
        cx.out.addr(addr);
        return None;
    }
    show_address(cx, bytes, addr);
    Some(family_of(bytes))
}

/// The family of an address of two bytes at least.
fn family_of(bytes: &[u8]) -> u64 {
    u64::from(u16::from_le_bytes([bytes[0], bytes[1]]))
}

/// Shows a socket address whose bytes (two at least) are at hand.
pub(crate) fn show_address(cx: &mut Cx<'_>, bytes: &[u8], addr: u64) {
    let family = family_of(bytes);
    let known = ADDRESSES.iter().find(|f| cx.is(family, f.family) && bytes.len() >= f.least);
    if let Some(known) = known {
        cx.out.open(Kind::Struct);
        show_members(cx, known.address, bytes, bytes.len() > known.least, addr);
        if cx.is(family, AF_PACKET) {
            show_link_address(cx, bytes);
        }
        return cx.out.close(Kind::Struct);
    }
    cx.out.open(Kind::Struct);
    cx.out.field("sa_family");
    cx.enumerated(W2, &FAMILIES, family);
    let data = &bytes[FAMILY_SIZE..];
    let known = families::ADDRESSES.iter().find(|(f, least, _)| cx.is(family, *f) && bytes.len() >= *least);
    let known = known.filter(|_| !cx.is(family, AF_BLUETOOTH) || bluetooth::is_size(data.len()));
    match known {
        Some((_, _, families::Address::Record(record))) => {
            let len = bytes.len().min(record.size(cx.abi));
            cx.members_from(record, &bytes[..len], addr);
        }
        Some((_, _, families::Address::Code(show))) => show(cx, data),
        None => show_data(cx, family, data),
    }
    cx.out.close(Kind::Struct);
}

/// Shows the members of an address, all of them if it is `whole`: a last member that is cut off is shown as if the rest of
/// it were zero.
fn show_members(cx: &mut Cx<'_>, record: &'static Record, bytes: &[u8], whole: bool, addr: u64) {
    let mut filled = [0; 32];
    let size = record.size(cx.abi).min(filled.len());
    let given = bytes.len().min(size);
    filled[..given].copy_from_slice(&bytes[..given]);
    let len = if whole { size } else { given };
    cx.members_from(record, &filled[..len], addr);
}

/// Shows the bytes after the family.
fn show_data(cx: &mut Cx<'_>, family: u64, data: &[u8]) {
    if !data.is_empty() {
        if cx.is(family, AF_UNIX) {
            show_unix_path(cx, data);
        } else {
            cx.out.field("sa_data");
            cx.out.bytes(data, Text::Plain, false);
        }
    }
}

/// A path, or a name in the abstract namespace: those begin with a zero byte and have no terminator.
fn show_unix_path(cx: &mut Cx<'_>, path: &[u8]) {
    /// `UNIX_PATH_MAX`
    const MOST: usize = 108;
    let path = &path[..path.len().min(MOST)];
    cx.out.field("sun_path");
    match path {
        [0, name @ ..] => cx.out.bytes(name, Text::Abstract, false),
        _ => {
            let end = path.iter().position(|&b| b == 0).unwrap_or(path.len());
            cx.file_name(&path[..end]);
        }
    }
}

/// Shows the IPv6 address at `offset` of the record being shown, as its member `name`.
pub(crate) fn show_ipv6(cx: &mut Plain<'_>, name: &str, offset: u64) {
    let mut octets = [0; 16];
    let raw = cx.raw(offset as usize, octets.len());
    octets[..raw.len()].copy_from_slice(raw);
    cx.out.ip(name, IpAddr::V6(Ipv6Addr::from(octets)));
}

/// A scope is an interface where addresses are local to a link.
fn show_scope(cx: &mut Plain<'_>, v: u64) {
    const ADDRESS: usize = 8;
    let link_local = match cx.raw(ADDRESS, 2) {
        [0xfe, second] => second & 0xc0 == 0x80,
        [0xff, second] => second & 0x0f == 2,
        _ => false,
    };
    if link_local { cx.interface(v as u32) } else { cx.out.uint(v) }
}

/// The hardware address in an address of a packet socket: it may be longer than the struct has room for.
fn show_link_address(cx: &mut Cx<'_>, bytes: &[u8]) {
    /// Its offset, and that of its length.
    const START: usize = 12;
    const LENGTH: usize = 11;
    let len = usize::from(bytes[LENGTH]);
    if len == 0 {
        return;
    }
    let known = &bytes[START..(START + len).min(bytes.len())];
    cx.out.field("sll_addr");
    cx.out.open(Kind::Array);
    for &byte in known {
        cx.out.item();
        cx.out.hex_wide(u64::from(byte), 0);
    }
    if known.len() < len {
        cx.out.more();
    }
    cx.out.close(Kind::Array);
}

/// Shows an internet address as a member of a union, `sin` or `sin6`; false, and nothing shown, if it is of another
/// family. It is said to have `len` of the bytes that there are.
pub(super) fn show_internet(cx: &mut Cx<'_>, family: u64, bytes: &[u8], len: usize) -> bool {
    let (name, record, least): (_, &'static Record, _) = match () {
        () if cx.is(family, AF_INET) => ("sin", &UNION_INET, 16),
        () if cx.is(family, AF_INET6) => ("sin6", &UNION_INET6, 24),
        () => return false,
    };
    cx.out.field(name);
    cx.out.open(Kind::Struct);
    let told = &bytes[..len.min(bytes.len())];
    if told.len() > least {
        show_members(cx, record, bytes, true, 0);
    } else if told.len() == least {
        show_members(cx, record, told, false, 0);
    } else {
        cx.out.field(record.fields[0].name);
        cx.enumerated(W2, &FAMILIES, family);
        if told.len() > FAMILY_SIZE {
            cx.out.unnamed("data");
            cx.out.bytes(&told[FAMILY_SIZE..], Text::Plain, false);
        }
    }
    cx.out.close(Kind::Struct);
    true
}

static UNION_INET: Record = record("sockaddr_in", &UNION_INET_FIELDS);
const UNION_INET_FIELDS: [Arg; 4] =
    [arg("sin_family", Enum(W2, &FAMILIES)), INET_FIELDS[0], INET_FIELDS[1], INET_FIELDS[2]];
static UNION_INET6: Record = record("sockaddr_in6", &UNION_INET6_FIELDS);
const UNION_INET6_FIELDS: [Arg; 5] = [
    arg("sin6_family", Enum(W2, &FAMILIES)),
    INET6_FIELDS[0],
    INET6_FIELDS[1],
    INET6_FIELDS[2],
    INET6_FIELDS[3],
];
