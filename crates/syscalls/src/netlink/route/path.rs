//! Routes (`linux/rtnetlink.h`).

use crate::net::FAMILIES;
use crate::net::sockaddr::INTERFACE;
use crate::netlink::attr::Is::{Code, Nest, Raw, Text, Value};
use crate::netlink::attr::{Scope, Set, set, show_attributes};
use crate::netlink::chain::{ALIGN, Data, show_with_data};
use crate::netlink::payload::{ADDRESS, NET32, show_named_address};
use decode::prelude::*;
use uapi::consts::*;

/// The attributes of a route.
pub(super) static ROUTE: Set = set(
    "RTA_???",
    &[
        (RTA_UNSPEC, Raw),
        (RTA_DST, ADDRESS),
        (RTA_SRC, ADDRESS),
        (RTA_IIF, Value(INTERFACE)),
        (RTA_OIF, Value(INTERFACE)),
        (RTA_GATEWAY, ADDRESS),
        (RTA_PRIORITY, Value(UINT)),
        (RTA_PREFSRC, ADDRESS),
        (RTA_METRICS, Nest(&METRICS)),
        (RTA_MULTIPATH, Code(show_hops)),
        (RTA_PROTOINFO, Value(UINT)),
        (RTA_FLOW, Value(UINT)),
        (RTA_CACHEINFO, Value(Struct(&CACHE_INFO))),
        (RTA_SESSION, Raw),
        (RTA_MP_ALGO, Value(UINT)),
        (RTA_TABLE, Value(Enum(W4, &TABLES))),
        (RTA_MARK, Value(UINT)),
        (RTA_MFC_STATS, Value(Struct(&MFC_STATS))),
        (RTA_VIA, Code(show_via)),
        (RTA_NEWDST, ADDRESS),
        (RTA_PREF, Value(U8)),
        (RTA_ENCAP_TYPE, Value(Enum(W2, &LWTUNNEL_ENCAP_NAMES))),
        (RTA_ENCAP, Raw),
        (RTA_EXPIRES, Value(U64)),
        (RTA_PAD, Raw),
        (RTA_UID, Value(UINT)),
        (RTA_TTL_PROPAGATE, Value(U8)),
        (RTA_IP_PROTO, Value(U8)),
        (RTA_SPORT, Value(U16)),
        (RTA_DPORT, Value(U16)),
        (RTA_NH_ID, Value(UINT)),
        (RTA_FLOWLABEL, Value(NET32)),
    ],
);

static METRICS: Set = set(
    "RTAX_???",
    &[
        (RTAX_UNSPEC, Raw),
        (RTAX_LOCK, Value(UINT)),
        (RTAX_MTU, Value(UINT)),
        (RTAX_WINDOW, Value(UINT)),
        (RTAX_RTT, Value(UINT)),
        (RTAX_RTTVAR, Value(UINT)),
        (RTAX_SSTHRESH, Value(UINT)),
        (RTAX_CWND, Value(UINT)),
        (RTAX_ADVMSS, Value(UINT)),
        (RTAX_REORDERING, Value(UINT)),
        (RTAX_HOPLIMIT, Value(UINT)),
        (RTAX_INITCWND, Value(UINT)),
        (RTAX_FEATURES, Value(UINT)),
        (RTAX_RTO_MIN, Value(UINT)),
        (RTAX_INITRWND, Value(UINT)),
        (RTAX_QUICKACK, Value(UINT)),
        (RTAX_CC_ALGO, Text),
        (RTAX_FASTOPEN_NO_COOKIE, Raw),
    ],
);

/// Routing tables.
pub(super) static TABLES: Names =
    names("", &[RT_TABLE_UNSPEC, RT_TABLE_DEFAULT, RT_TABLE_MAIN, RT_TABLE_LOCAL]);

/// Kinds of lightweight tunnels.
pub(super) static LWTUNNEL_ENCAP_NAMES: Names = names(
    "LWTUNNEL_ENCAP_???",
    &[
        LWTUNNEL_ENCAP_NONE,
        LWTUNNEL_ENCAP_MPLS,
        LWTUNNEL_ENCAP_IP,
        LWTUNNEL_ENCAP_ILA,
        LWTUNNEL_ENCAP_IP6,
        LWTUNNEL_ENCAP_SEG6,
        LWTUNNEL_ENCAP_BPF,
        LWTUNNEL_ENCAP_SEG6_LOCAL,
        LWTUNNEL_ENCAP_RPL,
    ],
);

static HOP: Record = record(
    "rtnexthop",
    &[
        arg("rtnh_len", U16),
        arg("rtnh_flags", Flags(W1, &HOP_FLAGS)),
        arg("rtnh_hops", U8),
        arg("rtnh_ifindex", INTERFACE),
    ],
);

static CACHE_INFO: Record = record(
    "rta_cacheinfo",
    &[
        arg("rta_clntref", UINT),
        arg("rta_lastuse", UINT),
        arg("rta_expires", UINT),
        arg("rta_error", UINT),
        arg("rta_used", UINT),
        arg("rta_id", X32),
        arg("rta_ts", UINT),
        arg("rta_tsage", UINT),
    ],
);

static MFC_STATS: Record =
    record("rta_mfc_stats", &[arg("mfcs_packets", U64), arg("mfcs_bytes", U64), arg("mfcs_wrong_if", U64)]);

/// Flags of a hop.
pub(super) static HOP_FLAGS: Names = names(
    "RTNH_F_???",
    &[
        RTNH_F_DEAD,
        RTNH_F_PERVASIVE,
        RTNH_F_ONLINK,
        RTNH_F_OFFLOAD,
        RTNH_F_LINKDOWN,
        RTNH_F_UNRESOLVED,
        RTNH_F_TRAP,
    ],
);

/// The size of `struct rtnexthop`.
const HOP_SIZE: usize = 8;

/// Shows the hops of a route with several paths: a chain of `struct rtnexthop`, each with a route's attributes.
fn show_hops(cx: &mut Cx<'_>, data: Data, scope: &mut Scope) -> bool {
    if data.len < HOP_SIZE as u64 {
        return false;
    }
    let mut rest = data;
    let mut opened = false;
    loop {
        let mut hop = [0; HOP_SIZE];
        if rest.len < HOP_SIZE as u64 || !cx.read(rest.addr, &mut hop) {
            if opened {
                cx.out.more_at(rest.addr)
            } else {
                cx.out.addr(rest.addr)
            }
            break;
        }
        let len = u64::from(u16::from_le_bytes([hop[0], hop[1]]));
        if len < rest.len && !opened {
            cx.out.open(Kind::Array);
            opened = true;
        }
        if opened {
            cx.out.item();
        }
        let behind = rest.after(HOP_SIZE as u64);
        let attributes = Data { len: len.min(rest.len).saturating_sub(HOP_SIZE as u64), ..behind };
        show_with_data(
            cx,
            attributes,
            |cx| cx.record_from(&HOP, &hop, rest.addr),
            |cx| show_attributes(cx, attributes, &ROUTE, scope),
        );
        let step = len.next_multiple_of(ALIGN);
        if len < HOP_SIZE as u64 || step >= rest.len {
            break;
        }
        rest = rest.after(step);
    }
    if opened {
        cx.out.close(Kind::Array);
    }
    true
}

static FAMILY: Ty = Enum(W2, &FAMILIES);

/// `struct rtvia`: a family and an address of it.
fn show_via(cx: &mut Cx<'_>, data: Data, _: &mut Scope) -> bool {
    const FAMILY_SIZE: u64 = 2;
    if data.len < FAMILY_SIZE {
        return false;
    }
    let Some(family) = cx.read_uint(data.addr, FAMILY_SIZE as usize) else {
        cx.out.addr(data.addr);
        return true;
    };
    cx.out.open(Kind::Struct);
    cx.out.field("rtvia_family");
    cx.show(&FAMILY, family);
    let address = data.after(FAMILY_SIZE);
    if address.len > 0 {
        show_named_address(cx, "rtvia_addr", address, family);
    }
    cx.out.close(Kind::Struct);
    true
}
