//! Values of socket options that have a form of their own.

use super::names::INET_PROTOCOLS;
use super::sockaddr::{INTERFACE, IPV4, show_address, show_ipv6};
use crate::bpf_filter::{show_filter, show_program as show_bpf_program, show_socket_operand};
use crate::common::Line;
use decode::prelude::*;
use uapi::consts::*;

pub(super) static LINGER: Record = record("linger", &[arg("l_onoff", INT), arg("l_linger", INT)]);
pub(super) static IP_MREQ: Record =
    record("ip_mreq", &[arg("imr_multiaddr", IPV4), arg("imr_interface", IPV4)]);
pub(super) static IPV6_MREQ: Record = record(
    "ipv6_mreq",
    &[
        arg("", Inline([16; 3], 1, |cx, offset| show_ipv6(cx, "ipv6mr_multiaddr", offset))),
        arg("ipv6mr_interface", INTERFACE),
    ],
);

pub(super) static GROUP_REQ: Record = record(
    "group_req",
    &[
        arg("gr_interface", INTERFACE),
        // An address storage is aligned as a pointer is.
        arg("", Inline([4, 0, 0], 1, |_, _| {})),
        arg(
            "gr_group",
            InlineHook(&decode::Inlined {
                sizes: [STORAGE as u16; 3],
                align: 4,
                show: show_storage,
                reads: &[],
            }),
        ),
    ],
);
/// The size of `struct __kernel_sockaddr_storage`.
const STORAGE: usize = 128;

fn show_storage(cx: &mut Cx<'_>, offset: u64) {
    let mut bytes = [0; STORAGE];
    let raw = cx.raw(offset as usize, STORAGE);
    bytes[..raw.len()].copy_from_slice(raw);
    let addr = cx.record_addr().wrapping_add(offset);
    show_address(cx, &bytes, addr);
}

pub(super) static PACKET_MREQ: Record = record(
    "packet_mreq",
    &[
        arg("mr_ifindex", INTERFACE),
        arg("mr_type", Enum(W2, &PACKET_MEMBERSHIPS)),
        arg("mr_alen", U16),
        arg(
            "mr_address",
            Inline([8; 3], 1, |cx, offset| {
                let mut bytes = [0; 8];
                let raw = cx.raw(offset as usize, (cx.field("mr_alen") as usize).min(bytes.len()));
                let len = raw.len();
                bytes[..len].copy_from_slice(raw);
                cx.out.hardware_address(&bytes[..len]);
            }),
        ),
    ],
);
static PACKET_MEMBERSHIPS: Names =
    names("PACKET_MR_???", &[PACKET_MR_MULTICAST, PACKET_MR_PROMISC, PACKET_MR_ALLMULTI, PACKET_MR_UNICAST]);
pub(super) static RING: Record = record(
    "tpacket_req",
    &[
        arg("tp_block_size", UINT),
        arg("tp_block_nr", UINT),
        arg("tp_frame_size", UINT),
        arg("tp_frame_nr", UINT),
    ],
);
pub(super) static PACKET_STATS: Record = record(
    "tpacket_stats_v3",
    &[arg("tp_packets", UINT), arg("tp_drops", UINT), arg("tp_freeze_q_cnt", UINT)],
);

pub(super) static TIPC_GROUP: Record = record(
    "tipc_group_req",
    &[
        arg("type", UINT),
        arg("instance", UINT),
        arg("scope", Enum(W4, &TIPC_SCOPES)),
        arg("flags", Flags(W4, &TIPC_GROUP_FLAGS)),
    ],
);
static TIPC_SCOPES: Names = names("TIPC_???_SCOPE", &[TIPC_CLUSTER_SCOPE, TIPC_NODE_SCOPE]);
static TIPC_GROUP_FLAGS: Names = names("TIPC_GROUP_???", &[TIPC_GROUP_LOOPBACK, TIPC_GROUP_MEMBER_EVTS]);
/// How important a message of TIPC is.
pub(super) const IMPORTANCE: Ty = Enum(W4, &IMPORTANCES);
static IMPORTANCES: Names = names(
    "TIPC_???_IMPORTANCE",
    &[TIPC_LOW_IMPORTANCE, TIPC_MEDIUM_IMPORTANCE, TIPC_HIGH_IMPORTANCE, TIPC_CRITICAL_IMPORTANCE],
);

static REHASHES: Names =
    names("SOCK_TXREHASH_???", &[SOCK_TXREHASH_DEFAULT, SOCK_TXREHASH_DISABLED, SOCK_TXREHASH_ENABLED]);
/// Whether a socket's hash is changed when a path seems to be bad.
pub(super) const REHASH: Ty = Scalar(W4, |cx, v| {
    let v = u64::from(v as u8).wrapping_add(v & !0xff);
    let signed = i64::from(v as i32) as u64;
    match REHASHES.find(v, u64::from(u32::MAX), cx.abi) {
        Some(name) => cx.named(signed, Base::Dec, name),
        None => cx.out.symbolic(signed, Base::Dec, &[], REHASHES.unknown),
    }
});

/// An errno.
pub(super) const ERRNO: Ty = Scalar(W4, |cx, v| match uapi::errno::name_of(v as u32) {
    Some(name) if v != 0 => cx.named(v, Base::Udec, name),
    _ => cx.out.uint(v),
});

/// `struct sock_fprog`.
pub(super) fn show_program(cx: &mut Cx<'_>, addr: u64, len: u64) {
    if len == 2 * cx.word() as u64 {
        show_bpf_program(cx, addr, show_socket_operand);
    } else {
        cx.out.addr(addr);
    }
}

/// The instructions of a socket's filter: their number is what the kernel gives as size.
pub(super) fn show_given_program(cx: &mut Cx<'_>, addr: u64, len: u64) {
    show_filter(cx, addr, len, show_socket_operand);
}

/// A range of ports: the lowest in the lower half of a number, the highest in its upper half.
pub(super) const PORTS: Ty = Scalar(W4, |cx, v| {
    let (low, high) = (v & 0xffff, v >> 16);
    let line = match (low, high) {
        (0, 0) => return cx.out.uint(0),
        (low, 0) => Line::new(format_args!("{low}..")),
        (0, high) => Line::new(format_args!("..{high}")),
        // The kernel takes no such range.
        (low, high) if low > high => return cx.out.hex(v),
        (low, high) => Line::new(format_args!("{low}..{high}")),
    };
    cx.out.remarked(v, Base::Hex, &[], line.as_str());
});

/// A protocol of the internet.
pub(super) const PROTOCOL: Ty = Enum(W4, &INET_PROTOCOLS);

/// An array of numbers, as many as the program made room for.
pub(super) fn show_numbers(cx: &mut Cx<'_>, addr: u64, len: u64) {
    let room = cx.saved(super::option::LENGTH).unwrap_or(0);
    cx.array(&UINT, addr, len.min(room) / 4);
}

static ICMP_TYPES: Names = names(
    "ICMP_???",
    &[
        ICMP_ECHOREPLY,
        ICMP_DEST_UNREACH,
        ICMP_SOURCE_QUENCH,
        ICMP_REDIRECT,
        ICMP_ECHO,
        ICMP_TIME_EXCEEDED,
        ICMP_PARAMETERPROB,
        ICMP_TIMESTAMP,
        ICMP_TIMESTAMPREPLY,
        ICMP_INFO_REQUEST,
        ICMP_INFO_REPLY,
        ICMP_ADDRESS,
        ICMP_ADDRESSREPLY,
    ],
);

/// `struct icmp_filter`: the types of messages that a socket does not get, a bit for each.
pub(super) fn show_icmp_filter(cx: &mut Cx<'_>, addr: u64, len: u64) {
    /// Where so many bits are set, those that are not are shown.
    const MANY: u32 = 32 / 2 + 1;
    let mut raw = [0xff; 4];
    let is_negative = (len as i64) < 0;
    let len = len.min(raw.len() as u64) as usize;
    if is_negative || !cx.options.verbose || !cx.read(addr, &mut raw[..len]) {
        return cx.out.addr(addr);
    }
    let bits = u32::from_le_bytes(raw);
    let inverted = bits.count_ones() >= MANY;
    let shown = if inverted { !bits } else { bits };
    let abi = cx.abi;
    let mut members =
        (0..32u64).filter(|n| shown >> n & 1 != 0).map(|n| match ICMP_TYPES.find(n, 0xff, abi) {
            Some(name) => Part::HexMember(n, name),
            None => Part::Unknown(n, ICMP_TYPES.unknown),
        });
    cx.out.set(inverted, &mut members);
}
