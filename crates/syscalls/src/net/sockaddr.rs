//! Socket addresses, by family.

use super::names::{ETHER_TYPES, FAMILIES, HARDWARE_TYPES, PACKET_TYPES};
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

static INET: Record = record("sockaddr_in", &[FAMILY, arg("sin_port", PORT), arg("sin_addr", IPV4), pad(8)]);

static INET6: Record = record("sockaddr_in6", &[
    FAMILY,
    arg("sin6_port", PORT),
    arg("sin6_flowinfo", NET32),
    arg("", Inline([16; 3], 1, |cx, offset| show_ipv6(cx, "sin6_addr", offset))),
    arg("sin6_scope_id", Scalar(W4, show_scope)),
]);

static NETLINK: Record = record("sockaddr_nl", &[
    FAMILY,
    pad(2),
    arg("nl_pid", UINT),
    arg("nl_groups", Scalar(W4, |cx, v| cx.out.hex_field(v, 8))),
]);

static PACKET: Record = record("sockaddr_ll", &[
    FAMILY,
    arg("sll_protocol", ETHER_TYPE),
    arg("sll_ifindex", INTERFACE),
    arg("sll_hatype", Enum(W2, &HARDWARE_TYPES)),
    arg("sll_pkttype", Enum(W1, &PACKET_TYPES)),
    arg("sll_halen", U8),
    arg("sll_addr", Inline([8; 3], 1, show_hardware_address)).when(|cx| cx.field("sll_halen") != 0),
]);

/// The type of an Ethernet packet in network byte order: `htons(ETH_P_IP)`.
pub(crate) const ETHER_TYPE: Ty = Scalar(W2, |cx, v| {
    cx.out.open(Kind::Wrap("htons"));
    cx.enumerated(W2, &ETHER_TYPES, u64::from((v as u16).swap_bytes()));
    cx.out.close(Kind::Wrap("htons"));
});

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
    Family { family: AF_PACKET, least: 12, address: &PACKET },
];

/// Shows the socket address of `len` bytes at `addr`.
pub(crate) fn show_sockaddr(cx: &mut Cx<'_>, addr: u64, len: i64) {
    let mut buf = [0; MAX_ADDRESS as usize];
    let len = len.clamp(0, MAX_ADDRESS as i64) as usize;
    let bytes = &mut buf[..len];
    if addr == 0 || len < FAMILY_SIZE || !cx.options.verbose || !cx.read(addr, bytes) {
        return cx.out.addr(addr);
    }
    show_address(cx, bytes, addr);
}

/// Shows a socket address whose bytes (two at least) are at hand.
pub(crate) fn show_address(cx: &mut Cx<'_>, bytes: &[u8], addr: u64) {
    let family = u64::from(u16::from_le_bytes([bytes[0], bytes[1]]));
    let known = ADDRESSES.iter().find(|f| cx.is(family, f.family) && bytes.len() >= f.least);
    if let Some(known) = known {
        let len = bytes.len().min(known.address.size(cx.abi));
        return cx.record_from(known.address, &bytes[..len], addr);
    }
    cx.out.open(Kind::Struct);
    cx.out.field("sa_family");
    cx.enumerated(W2, &FAMILIES, family);
    let data = &bytes[FAMILY_SIZE..];
    if !data.is_empty() {
        if cx.is(family, AF_UNIX) {
            show_unix_path(cx, data);
        } else {
            cx.out.field("sa_data");
            cx.out.bytes(data, Text::Plain, false);
        }
    }
    cx.out.close(Kind::Struct);
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
            cx.out.bytes(&path[..end], Text::Plain, false);
        }
    }
}

/// Shows the IPv6 address at `offset` of the record being shown, as its member `name`.
pub(crate) fn show_ipv6(cx: &mut Cx<'_>, name: &str, offset: u64) {
    let mut octets = [0; 16];
    let raw = cx.raw(offset as usize, octets.len());
    octets[..raw.len()].copy_from_slice(raw);
    cx.out.ip(name, IpAddr::V6(Ipv6Addr::from(octets)));
}

/// A scope is an interface where addresses are local to a link.
fn show_scope(cx: &mut Cx<'_>, v: u64) {
    const ADDRESS: usize = 8;
    let link_local = match cx.raw(ADDRESS, 2) {
        [0xfe, second] => second & 0xc0 == 0x80,
        [0xff, second] => second & 0x0f == 2,
        _ => false,
    };
    if link_local { cx.interface(v as u32) } else { cx.out.uint(v) }
}

fn show_hardware_address(cx: &mut Cx<'_>, offset: u64) {
    let len = (cx.field("sll_halen") as usize).min(8);
    let mut bytes = [0; 8];
    let raw = cx.raw(offset as usize, len);
    let len = raw.len();
    bytes[..len].copy_from_slice(raw);
    cx.out.open(Kind::Array);
    for &byte in &bytes[..len] {
        cx.out.item();
        cx.out.hex_wide(u64::from(byte), 2);
    }
    cx.out.close(Kind::Array);
}
