//! What attributes of several protocols hold.

use super::attr::Is;
use super::chain::Data;
use crate::common::Line;
use crate::net::INET_PROTOCOLS;
use decode::prelude::*;
use std::net::{IpAddr, Ipv6Addr};
use uapi::consts::*;

/// A hardware address of any length.
pub(super) const MAC: Is = Is::Code(|cx, data, _| show_mac(cx, data, usize::MAX));

/// Shows a hardware address, of which hardware of its type has only so many bytes.
pub(super) fn show_mac(cx: &mut Cx<'_>, data: Data, most: usize) -> bool {
    /// `MAX_ADDR_LEN`
    const MOST: usize = 32;
    let mut bytes = [0; MOST];
    if data.len > MOST as u64 {
        return false;
    }
    let bytes = &mut bytes[..data.len as usize];
    match () {
        () if !cx.read(data.addr, bytes) => cx.out.addr(data.addr),
        () if bytes.len() > most => {
            let mut text = Line::new(format_args!(""));
            for (i, byte) in bytes[..most].iter().enumerate() {
                text.push(format_args!("{}{byte:02x}", if i > 0 { ":" } else { "" }));
            }
            cx.out.encoded(bytes, text.as_str());
        }
        () => cx.out.hardware_address(bytes),
    }
    true
}

/// A hardware address of `N` bytes in a struct.
pub(super) fn show_hardware_address<const N: usize>(cx: &mut Plain<'_>, offset: u64) {
    let mut bytes = [0; N];
    let raw = cx.raw(offset as usize, N);
    bytes[..raw.len()].copy_from_slice(raw);
    cx.out.hardware_address(&bytes);
}

/// A time in ticks of `USER_HZ`.
pub(super) const TICKS: Is = Is::Code(|cx, data, _| show_time(cx, data, 100));
/// A time in milliseconds.
pub(super) const MILLISECONDS: Is = Is::Code(|cx, data, _| show_time(cx, data, 1000));

/// Shows a number of any size as a time; `hz`: how many of it are a second, a power of ten.
fn show_time(cx: &mut Cx<'_>, data: Data, hz: u64) -> bool {
    let Some(v) = read_number(cx, data) else { return data.len <= 8 };
    if v == 0 {
        cx.out.uint(0);
        return true;
    }
    let digits = if hz == 100 { 2 } else { 3 };
    let text = Line::new(format_args!("{}.{:0digits$} s", v / hz, v % hz));
    cx.out.remarked(v, Base::Udec, &[], text.as_str());
    true
}

/// Reads a number of one to eight bytes; shows the address and gives nothing if it can't be read.
fn read_number(cx: &mut Cx<'_>, data: Data) -> Option<u64> {
    let v =
        if (1..=8).contains(&data.len) { cx.read_uint(data.addr, data.len as usize) } else { return None };
    if v.is_none() {
        cx.out.addr(data.addr);
    }
    v
}

/// A protocol of the internet, in a number of any size.
pub(super) const IP_PROTOCOL: Is = Is::Code(|cx, data, _| {
    match read_number(cx, data) {
        Some(v) => cx.enumerated(W8, &INET_PROTOCOLS, v),
        None => return data.len <= 8,
    }
    true
});

/// Shows one of the values of a table, in the low half of a number of four to eight bytes.
pub(super) fn show_wide_value(cx: &mut Cx<'_>, data: Data, names: &Names) -> bool {
    if !(4..=8).contains(&data.len) {
        return false;
    }
    if let Some(v) = read_number(cx, data) {
        cx.enumerated(W4, names, v & u64::from(u32::MAX));
    }
    true
}

/// `struct nla_bitfield32`, of which only the value is shown.
pub(super) fn show_bitfield(cx: &mut Cx<'_>, data: Data, names: &Names) -> bool {
    if !(4..=8).contains(&data.len) {
        return false;
    }
    match cx.read_u32(data.addr) {
        Some(v) => cx.flags(W4, names, u64::from(v)),
        None => cx.out.addr(data.addr),
    }
    true
}

/// An address of the family that the message is about.
pub(super) const ADDRESS: Is = Is::Code(|cx, data, scope| show_address(cx, data, scope.family));

/// Shows an address of a family.
pub(super) fn show_address(cx: &mut Cx<'_>, data: Data, family: u64) -> bool {
    match () {
        () if cx.is(family, AF_INET) && data.len >= 4 => cx.in_place(&IPV4, data.addr),
        () if cx.is(family, AF_INET6) => return show_ipv6(cx, data),
        () => return false,
    }
    true
}

static IPV4: Ty = crate::net::sockaddr::IPV4;
/// An IPv6 address.
pub(super) const IPV6: Is = Is::Code(|cx, data, _| show_ipv6(cx, data));

fn show_ipv6(cx: &mut Cx<'_>, data: Data) -> bool {
    let mut octets = [0; 16];
    if data.len < octets.len() as u64 {
        return false;
    }
    if cx.read(data.addr, &mut octets) {
        cx.out.ip("", IpAddr::V6(Ipv6Addr::from(octets)));
    } else {
        cx.out.addr(data.addr);
    }
    true
}

/// A 16-bit number in network byte order.
pub(super) const NET16: Ty =
    Scalar(W2, |cx, v| show_wrapped(cx, "htons", u64::from((v as u16).swap_bytes())));
/// A 32-bit number in network byte order.
pub(super) const NET32: Ty =
    Scalar(W4, |cx, v| show_wrapped(cx, "htonl", u64::from((v as u32).swap_bytes())));
/// A 64-bit number in network byte order.
pub(super) const NET64: Ty = Scalar(W8, |cx, v| show_wrapped(cx, "htobe64", v.swap_bytes()));

fn show_wrapped(cx: &mut Plain<'_>, function: &'static str, v: u64) {
    cx.out.open(Kind::Wrap(function));
    cx.out.uint(v);
    cx.out.close(Kind::Wrap(function));
}

/// Shows a word whose bits are numbered by a table: `1<<TCP_LISTEN|0x1`.
pub(super) fn show_bits(cx: &mut Plain<'_>, v: u64, table: &Names) {
    show_bits_as(cx, v, table, |entry, abi| entry.on(abi).map(|bit| (bit, Part::Joined("1<<", entry.name))));
}

/// As [`show_bits`], where a bit's number is one less than what its name stands for: `1<<(INET_DIAG_CONG-1)`.
pub(super) fn show_bits_before(cx: &mut Plain<'_>, v: u64, table: &Names) {
    show_bits_as(cx, v, table, |entry, abi| {
        entry.on(abi).filter(|&n| n > 0).map(|n| (n - 1, Part::BitBefore(entry.name)))
    });
}

fn show_bits_as(cx: &mut Plain<'_>, v: u64, table: &Names, name: fn(&Const, Abi) -> Option<(u64, Part)>) {
    let (mut parts, mut rest) = (Parts::new(), v);
    for entry in table.entries {
        let Some((bit, part)) = name(entry, cx.abi) else { continue };
        let bit = 1u64.checked_shl(bit as u32).unwrap_or(0);
        if rest & bit != 0 {
            parts.push(part);
            rest &= !bit;
        }
    }
    cx.flags_rest(v, parts, rest, table.unknown);
}

/// Shows an address of a family as the member `name` of a struct, as bytes if that family's are not known.
pub(super) fn show_named_address(cx: &mut Cx<'_>, name: &'static str, data: Data, family: u64) {
    let mut octets = [0; 16];
    let six = cx.is(family, AF_INET6) && data.len >= 16;
    if six && cx.read(data.addr, &mut octets) {
        return cx.out.ip(name, IpAddr::V6(Ipv6Addr::from(octets)));
    }
    cx.out.field(name);
    if !show_address(cx, data, family) {
        super::attr::show_raw(cx, data);
    }
}
