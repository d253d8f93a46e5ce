//! Sockets of the internet families (`linux/inet_diag.h`).

use super::{COOKIE, FAMILY, MEMORY, SHUTDOWN, STATE, STATES, bytecode, options, ulp};
use crate::net::INET_PROTOCOLS;
use crate::net::sockaddr::{INTERFACE, PORT, show_address, show_ipv6};
use crate::netlink::attr::Is::{self, Code, Nest, Raw, Text, Value};
use crate::netlink::attr::{Scope, Set, set};
use crate::netlink::chain::Data;
use crate::netlink::payload::{IP_PROTOCOL, show_bits_before};
use decode::prelude::*;
use std::net::Ipv4Addr;
use uapi::consts::*;

/// A request.
pub(super) static REQUEST: Record = record(
    "inet_diag_req_v2",
    &[
        arg("sdiag_family", FAMILY),
        arg("sdiag_protocol", Enum(W1, &INET_PROTOCOLS)),
        arg("idiag_ext", EXTENSIONS),
        pad(1),
        arg("idiag_states", STATES),
        arg("id", socket_id(&decode::Union { on: "sdiag_family", cases: SIX, other: FOUR })),
    ],
);
/// A request of old.
pub(super) static OLD_REQUEST: Record = record(
    "inet_diag_req",
    &[
        arg("idiag_family", FAMILY),
        arg("idiag_src_len", U8),
        arg("idiag_dst_len", U8),
        arg("idiag_ext", EXTENSIONS),
        arg("id", socket_id(&decode::Union { on: "idiag_family", cases: SIX, other: FOUR })),
        arg("idiag_states", STATES),
        arg("idiag_dbs", UINT),
    ],
);
/// An answer.
pub(super) static ANSWER: Record = record(
    "inet_diag_msg",
    &[
        arg("idiag_family", FAMILY),
        arg("idiag_state", STATE),
        arg("idiag_timer", U8),
        arg("idiag_retrans", U8),
        arg("id", socket_id(&decode::Union { on: "idiag_family", cases: SIX, other: FOUR })),
        arg("idiag_expires", UINT),
        arg("idiag_rqueue", UINT),
        arg("idiag_wqueue", UINT),
        arg("idiag_uid", UINT),
        arg("idiag_inode", UINT),
    ],
);

const fn socket_id(by_family: &'static decode::Union) -> Ty {
    Ty::Union(by_family)
}

/// What tells a socket, with addresses of one family.
const FOUR: Ty = Struct(&SOCKET_ID);
const SIX: &[(Const, Ty)] = &[(AF_INET6, Struct(&SOCKET_ID6))];
/// `struct inet_diag_sockid` with IPv4 addresses.
pub(super) static SOCKET_ID: Record = record(
    "inet_diag_sockid",
    &[
        arg("idiag_sport", PORT),
        arg("idiag_dport", PORT),
        arg("idiag_src", WIDE_IPV4),
        arg("idiag_dst", WIDE_IPV4),
        arg("idiag_if", INTERFACE),
        arg("idiag_cookie", COOKIE),
    ],
);
/// An IPv4 address in as many bytes as an IPv6 address has.
const WIDE_IPV4: Ty = Inline([16; 3], 4, |cx, offset| {
    let mut bytes = [0; 16];
    let raw = cx.raw(offset as usize, bytes.len());
    bytes[..raw.len()].copy_from_slice(raw);
    cx.out.wide_ip(Ipv4Addr::new(bytes[0], bytes[1], bytes[2], bytes[3]), &bytes);
});
/// `struct inet_diag_sockid` with IPv6 addresses.
static SOCKET_ID6: Record = record(
    "inet_diag_sockid",
    &[
        arg("idiag_sport", PORT),
        arg("idiag_dport", PORT),
        arg("", Inline([16; 3], 4, |cx, offset| show_ipv6(cx, "idiag_src", offset))),
        arg("", Inline([16; 3], 4, |cx, offset| show_ipv6(cx, "idiag_dst", offset))),
        arg("idiag_if", INTERFACE),
        arg("idiag_cookie", COOKIE),
    ],
);

/// Which attributes a request wants: a bit for each.
const EXTENSIONS: Ty = Scalar(W1, |cx, v| show_bits_before(cx, v, &EXTENSION_NAMES));
static EXTENSION_NAMES: Names = names(
    "",
    &[
        INET_DIAG_MEMINFO,
        INET_DIAG_INFO,
        INET_DIAG_VEGASINFO,
        INET_DIAG_CONG,
        INET_DIAG_TOS,
        INET_DIAG_TCLASS,
        INET_DIAG_SKMEMINFO,
        INET_DIAG_SHUTDOWN,
    ],
);

/// The attributes of a request.
pub(super) static INET_REQUEST: Set = set(
    "INET_DIAG_REQ_???",
    &[
        (INET_DIAG_REQ_NONE, Raw),
        (INET_DIAG_REQ_BYTECODE, Code(bytecode::show)),
        (INET_DIAG_REQ_SK_BPF_STORAGES, Raw),
        (INET_DIAG_REQ_PROTOCOL, IP_PROTOCOL),
    ],
);

/// The attributes of an answer.
pub(super) static INET_ANSWER: Set = set(
    "INET_DIAG_???",
    &[
        (INET_DIAG_NONE, Raw),
        (INET_DIAG_MEMINFO, Value(Struct(&MEMINFO))),
        (INET_DIAG_INFO, Raw),
        (INET_DIAG_VEGASINFO, Value(Struct(&VEGAS))),
        (INET_DIAG_CONG, Text),
        (INET_DIAG_TOS, Value(U8)),
        (INET_DIAG_TCLASS, Value(U8)),
        (INET_DIAG_SKMEMINFO, MEMORY),
        (INET_DIAG_SHUTDOWN, Code(show_shutdown)),
        (INET_DIAG_DCTCPINFO, Value(Struct(&DCTCP))),
        (INET_DIAG_PROTOCOL, IP_PROTOCOL),
        (INET_DIAG_SKV6ONLY, Value(U8)),
        (INET_DIAG_LOCALS, Code(show_addresses)),
        (INET_DIAG_PEERS, Code(show_addresses)),
        (INET_DIAG_PAD, Raw),
        (INET_DIAG_MARK, Value(UINT)),
        (INET_DIAG_BBRINFO, Value(Struct(&BBR))),
        (INET_DIAG_CLASS_ID, Value(UINT)),
        (INET_DIAG_MD5SIG, Is::Array(Struct(&SIGNATURE))),
        (INET_DIAG_ULP_INFO, Nest(&ulp::ULP_INFO)),
        (INET_DIAG_SK_BPF_STORAGES, Nest(&SK_BPF_STORAGES)),
        (INET_DIAG_CGROUP_ID, Value(U64)),
        (INET_DIAG_SOCKOPT, Code(options::show)),
    ],
);

static SK_BPF_STORAGES: Set = set(
    "SK_DIAG_BPF_STORAGE_???",
    &[(SK_DIAG_BPF_STORAGE_REP_NONE, Raw), (SK_DIAG_BPF_STORAGE, Nest(&STORAGE))],
);

static STORAGE: Set = set(
    "SK_DIAG_BPF_STORAGE_???",
    &[
        (SK_DIAG_BPF_STORAGE_NONE, Raw),
        (SK_DIAG_BPF_STORAGE_PAD, Raw),
        (SK_DIAG_BPF_STORAGE_MAP_ID, Value(UINT)),
        (SK_DIAG_BPF_STORAGE_MAP_VALUE, Code(show_map_value)),
    ],
);

static MEMINFO: Record = record(
    "inet_diag_meminfo",
    &[arg("idiag_rmem", UINT), arg("idiag_wmem", UINT), arg("idiag_fmem", UINT), arg("idiag_tmem", UINT)],
);

static VEGAS: Record = record(
    "tcpvegas_info",
    &[arg("tcpv_enabled", UINT), arg("tcpv_rttcnt", UINT), arg("tcpv_rtt", UINT), arg("tcpv_minrtt", UINT)],
);

static DCTCP: Record = record(
    "tcp_dctcp_info",
    &[
        arg("dctcp_enabled", U16),
        arg("dctcp_ce_state", U16),
        arg("dctcp_alpha", UINT),
        arg("dctcp_ab_ecn", UINT),
        arg("dctcp_ab_tot", UINT),
    ],
);

static BBR: Record = record(
    "tcp_bbr_info",
    &[
        arg("bbr_bw_lo", X32),
        arg("bbr_bw_hi", X32),
        arg("bbr_min_rtt", UINT),
        arg("bbr_pacing_gain", UINT),
        arg("bbr_cwnd_gain", UINT),
    ],
);

/// Shows a map's value: a number, if it has a number's size.
fn show_map_value(cx: &mut Cx<'_>, data: Data, _: &mut Scope) -> bool {
    if !matches!(data.len, 1 | 2 | 4 | 8) {
        return false;
    }
    match cx.read_uint(data.addr, data.len as usize) {
        Some(v) => cx.out.hex(v),
        None => cx.out.addr(data.addr),
    }
    true
}

fn show_shutdown(cx: &mut Cx<'_>, data: Data, _: &mut Scope) -> bool {
    let Some(v) = cx.read_uint(data.addr, 1) else {
        cx.out.addr(data.addr);
        return true;
    };
    if v == 0 {
        cx.out.uint(0);
        return true;
    }
    let mut parts = Parts::new();
    let rest = parts.push_flags(v, 0xff, &SHUTDOWN, cx.abi);
    if rest != 0 && !parts.is_empty() {
        parts.push(Part::Hex(rest));
    }
    cx.out.remarked(v, Base::Hex, parts.as_slice(), SHUTDOWN.unknown);
    true
}

/// Shows an array of `struct sockaddr_storage`.
fn show_addresses(cx: &mut Cx<'_>, data: Data, _: &mut Scope) -> bool {
    const SIZE: usize = 128;
    if data.len < SIZE as u64 {
        return false;
    }
    cx.array_with(data.addr, data.len / SIZE as u64, SIZE, |cx, _, offset, at| {
        let mut bytes = [0; SIZE];
        bytes.copy_from_slice(cx.element(offset, SIZE));
        show_address(cx, &bytes, at);
    });
    true
}

/// `struct tcp_diag_md5sig`.
static SIGNATURE: Record = record(
    "tcp_diag_md5sig",
    &[
        arg("tcpm_family", FAMILY),
        arg("tcpm_prefixlen", U8),
        arg("tcpm_keylen", U16),
        arg("", Inline([16; 3], 4, show_signed_address)),
        arg("tcpm_key", Inline([80; 3], 1, show_key)),
    ],
);

fn show_signed_address(cx: &mut Plain<'_>, offset: u64) {
    let family = cx.field("tcpm_family");
    let mut bytes = [0; 16];
    let raw = cx.raw(offset as usize, bytes.len());
    bytes[..raw.len()].copy_from_slice(raw);
    if cx.is(family, AF_INET6) {
        return show_ipv6(cx, "tcpm_addr", offset);
    }
    cx.out.field("tcpm_addr");
    if cx.is(family, AF_INET) {
        cx.out.wide_ip(Ipv4Addr::new(bytes[0], bytes[1], bytes[2], bytes[3]), &bytes);
    } else {
        cx.out.bytes(&bytes, decode::Text::Binary, false);
    }
}

fn show_key(cx: &mut Plain<'_>, offset: u64) {
    let mut bytes = [0; 80];
    let raw = cx.raw(offset as usize, (cx.field("tcpm_keylen") as usize).min(bytes.len()));
    let len = raw.len();
    bytes[..len].copy_from_slice(raw);
    cx.out.bytes(&bytes[..len], decode::Text::Binary, false);
}
