//! `NETLINK_ROUTE` (`rtnetlink(7)`, `linux/rtnetlink.h`).

mod addr;
mod af;
mod bridge;
mod kind;
mod link;
mod mdb;
mod multicast;
mod neigh;
mod nexthop;
mod path;
mod rule;
mod settings;
mod stats;
mod traffic;
mod vf;

use super::attr::{Scope, Set, show_attributes, show_raw};
use super::chain::{ALIGN, Data};
use super::message::Message;
use super::payload::show_bits;
use super::protocol::Request;
use crate::net::sockaddr::INTERFACE;
use crate::net::{FAMILIES, HARDWARE_TYPES};
use addr::LOW_FLAGS;
use decode::prelude::*;
use neigh::{NTF_NAMES, NUD_NAMES};
use rule::RTPROT_NAMES;
use uapi::consts::*;

/// The kind of request that a message is: types come in groups of four.
pub(super) fn request(cx: &Plain<'_>, kind: u64) -> Request {
    match kind % 4 {
        // The kernel answers this one as if it asked for something.
        _ if cx.is(kind, RTM_DELACTION) => Request::Get,
        0 => Request::New,
        1 => Request::Delete,
        2 => Request::Get,
        _ => Request::Other,
    }
}

/// What messages of some types have: a struct, of which the first byte is a family, and attributes.
struct Layout {
    /// The first of up to four types.
    first: Const,
    /// The types from the first on that it is for, a bit for each.
    types: u8,
    fixed: &'static Record,
    attributes: Option<&'static Set>,
}

/// The types that make, remove and ask for something.
const USUAL: u8 = 0b111;
/// All four.
const ALL: u8 = 0b1111;

const fn layout(first: Const, types: u8, fixed: &'static Record, attributes: &'static Set) -> Layout {
    Layout { first, types, fixed, attributes: Some(attributes) }
}

static LAYOUTS: &[Layout] = &[
    layout(RTM_NEWLINK, ALL, &IFINFOMSG, &link::LINK),
    layout(RTM_NEWADDR, USUAL, &IFADDRMSG, &addr::ADDRESSES),
    layout(RTM_NEWROUTE, USUAL, &RTMSG, &path::ROUTE),
    layout(RTM_NEWNEIGH, USUAL, &NDMSG, &neigh::NEIGHBOUR),
    layout(RTM_NEWRULE, USUAL, &FIB_RULE_HDR, &rule::RULE),
    layout(RTM_NEWQDISC, USUAL, &TCMSG, &traffic::TRAFFIC),
    layout(RTM_NEWTCLASS, USUAL, &TCMSG, &traffic::TRAFFIC),
    layout(RTM_NEWTFILTER, USUAL, &TCMSG, &traffic::TRAFFIC),
    layout(RTM_NEWACTION, USUAL, &TCAMSG, &traffic::ACTIONS),
    layout(RTM_NEWMULTICAST, USUAL, &IFADDRMSG, &addr::ADDRESSES),
    layout(RTM_NEWANYCAST, USUAL, &IFADDRMSG, &addr::ADDRESSES),
    layout(RTM_NEWNEIGHTBL, 0b1101, &NDTMSG, &neigh::TABLE),
    layout(RTM_NEWADDRLABEL, USUAL, &IFADDRLBLMSG, &addr::LABEL),
    layout(RTM_GETDCB, 0b11, &DCBMSG, &settings::DCB),
    layout(RTM_NEWNETCONF, USUAL, &NETCONFMSG, &settings::NETCONF),
    layout(RTM_NEWMDB, USUAL, &BR_PORT_MSG, &mdb::MDB),
    layout(RTM_NEWNSID, USUAL, &RTGENMSG, &settings::NSID),
    layout(RTM_NEWSTATS, 0b101, &IF_STATS_MSG, &stats::STATISTICS),
    Layout { first: RTM_NEWCACHEREPORT, types: 1, fixed: &REPORT_HEADER, attributes: None },
    layout(RTM_NEWCHAIN, USUAL, &TCMSG, &traffic::TRAFFIC),
    layout(RTM_NEWNEXTHOP, USUAL, &NHMSG, &nexthop::NEXTHOP),
];

fn layout_of(cx: &Plain<'_>, kind: u64, family: u64) -> Option<&'static Layout> {
    // Programs that ask for what a bridge forwards send the struct of a link, as they always did.
    let of_bridge = cx.is(kind, RTM_GETNEIGH) && cx.is(family, AF_BRIDGE);
    let kind = if of_bridge { RTM_GETLINK.v() } else { kind };
    LAYOUTS.iter().find(|l| {
        let first = l.first.on(cx.abi);
        first.and_then(|first| kind.checked_sub(first)).is_some_and(|n| n < 4 && l.types >> n & 1 != 0)
    })
}

/// Shows what is in a message.
pub(super) fn show(cx: &mut Cx<'_>, message: Message, data: Data) {
    let Some(family) = cx.read_uint(data.addr, 1) else { return cx.out.addr(data.addr) };
    let Some(layout) = layout_of(cx, message.kind, family) else { return show_family(cx, data, family) };
    let size = layout.fixed.size(cx.abi) as u64;
    let rest = data.after(size.next_multiple_of(ALIGN));
    if !show_fixed(cx, data, layout.fixed, family) || rest.len == 0 {
        return;
    }
    cx.out.item();
    match layout.attributes.or_else(|| report_of(cx, family)) {
        Some(set) => show_attributes(cx, rest, set, &mut Scope { family, ..Scope::default() }),
        None => show_raw(cx, rest),
    }
}

/// Reports of multicast routing have attributes of their own for each family.
fn report_of(cx: &Plain<'_>, family: u64) -> Option<&'static Set> {
    match () {
        () if cx.is(family, RTNL_FAMILY_IPMR) => Some(&multicast::REPORT),
        () if cx.is(family, RTNL_FAMILY_IP6MR) => Some(&multicast::REPORT6),
        () => None,
    }
}

/// Shows a message of which only the family at its beginning is known.
pub(super) fn show_family(cx: &mut Cx<'_>, data: Data, family: u64) {
    cx.out.open(Kind::Struct);
    cx.out.field("family");
    cx.enumerated(W1, &FAMILIES, family);
    if data.len > 1 {
        cx.out.field("data");
        show_raw(cx, data.after(1));
    }
    cx.out.close(Kind::Struct);
}

/// Shows a struct that begins with a family, if there is all of it, or that family and what became of the rest;
/// false if it can't be read.
pub(super) fn show_fixed(cx: &mut Cx<'_>, data: Data, record: &'static Record, family: u64) -> bool {
    const MOST: usize = 128;
    let mut raw = [0; MOST];
    let size = record.size(cx.abi).min(MOST);
    let whole = data.len >= size as u64;
    if whole && cx.read(data.addr, &mut raw[..size]) {
        cx.record_from(record, &raw[..size], data.addr);
        return true;
    }
    cx.out.open(Kind::Struct);
    cx.out.field(record.fields[0].name);
    cx.enumerated(W1, &FAMILIES, family);
    if whole {
        cx.out.item();
        cx.out.addr(data.addr.wrapping_add(1));
    } else {
        cx.out.more();
    }
    cx.out.close(Kind::Struct);
    !whole
}

const FAMILY: Ty = Enum(W1, &FAMILIES);

static IFINFOMSG: Record = record(
    "ifinfomsg",
    &[
        arg("ifi_family", FAMILY),
        pad(1),
        arg("ifi_type", Enum(W2, &HARDWARE_TYPES)),
        arg("ifi_index", INTERFACE),
        arg("ifi_flags", Flags(W4, &LINK_FLAGS)),
        arg("ifi_change", X32),
    ],
);
static IFADDRMSG: Record = record(
    "ifaddrmsg",
    &[
        arg("ifa_family", FAMILY),
        arg("ifa_prefixlen", U8),
        arg("ifa_flags", Flags(W1, &LOW_FLAGS)),
        arg("ifa_scope", Enum(W1, &SCOPES)),
        arg("ifa_index", INTERFACE),
    ],
);
static RTMSG: Record = record(
    "rtmsg",
    &[
        arg("rtm_family", FAMILY),
        arg("rtm_dst_len", U8),
        arg("rtm_src_len", U8),
        arg("rtm_tos", Flags(W1, &TOS)),
        arg("rtm_table", Enum(W1, &TABLES)),
        arg("rtm_protocol", Enum(W1, &RTPROT_NAMES)),
        arg("rtm_scope", Enum(W1, &SCOPES)),
        arg("rtm_type", Enum(W1, &ROUTE_TYPES)),
        arg("rtm_flags", Flags(W4, &ROUTE_FLAGS)),
    ],
);
static NDMSG: Record = record(
    "ndmsg",
    &[
        arg("ndm_family", FAMILY),
        pad(3),
        arg("ndm_ifindex", INTERFACE),
        arg("ndm_state", Flags(W2, &NUD_NAMES)),
        arg("ndm_flags", Flags(W1, &NTF_NAMES)),
        arg("ndm_type", Enum(W1, &ROUTE_TYPES)),
    ],
);
static FIB_RULE_HDR: Record = record(
    "fib_rule_hdr",
    &[
        arg("family", FAMILY),
        arg("dst_len", U8),
        arg("src_len", U8),
        arg("tos", Flags(W1, &TOS)),
        arg("table", Enum(W1, &RULE_TABLES)),
        pad(2),
        arg("action", Enum(W1, &RULE_ACTIONS)),
        arg("flags", Flags(W4, &RULE_FLAGS)),
    ],
);
static TCMSG: Record = record(
    "tcmsg",
    &[
        arg("tcm_family", FAMILY),
        pad(3),
        arg("tcm_ifindex", INTERFACE),
        arg("tcm_handle", UINT),
        arg("tcm_parent", UINT),
        arg("tcm_info", UINT),
    ],
);
static TCAMSG: Record = record("tcamsg", &[arg("tca_family", FAMILY), pad(3)]);
static NDTMSG: Record = record("ndtmsg", &[arg("ndtm_family", FAMILY), pad(3)]);
static IFADDRLBLMSG: Record = record(
    "ifaddrlblmsg",
    &[
        arg("ifal_family", FAMILY),
        pad(1),
        arg("ifal_prefixlen", U8),
        arg("ifal_flags", U8),
        arg("ifal_index", INTERFACE),
        arg("ifal_seq", UINT),
    ],
);
static DCBMSG: Record =
    record("dcbmsg", &[arg("dcb_family", FAMILY), arg("cmd", Enum(W1, &DCB_COMMANDS)), pad(2)]);
static NETCONFMSG: Record = record("netconfmsg", &[arg("ncm_family", FAMILY)]);
static BR_PORT_MSG: Record =
    record("br_port_msg", &[arg("family", FAMILY), pad(3), arg("ifindex", INTERFACE)]);
static RTGENMSG: Record = record("rtgenmsg", &[arg("rtgen_family", FAMILY)]);
/// `struct rtgenmsg` of reports of multicast routing, which have families of their own.
static REPORT_HEADER: Record = record(
    "rtgenmsg",
    &[arg(
        "rtgen_family",
        Scalar(W1, |cx, v| match FAMILIES.find(v, 0xff, cx.abi) {
            Some(name) => cx.named(v, Base::Hex, name),
            None => cx.enumerated(W1, &ROUTING_FAMILIES, v),
        }),
    )],
);
static ROUTING_FAMILIES: Names = names("RTNL_FAMILY_???", &[RTNL_FAMILY_IPMR, RTNL_FAMILY_IP6MR]);
static IF_STATS_MSG: Record = record(
    "if_stats_msg",
    &[
        arg("family", FAMILY),
        arg("pad1", X8).nonzero(),
        arg("pad2", X16).nonzero(),
        arg("ifindex", INTERFACE),
        arg("filter_mask", Scalar(W4, |cx, v| show_bits(cx, v, &STATISTICS))),
    ],
);
static NHMSG: Record = record(
    "nhmsg",
    &[
        arg("nh_family", FAMILY),
        arg("nh_scope", Enum(W1, &SCOPES)),
        arg("nh_protocol", Enum(W1, &RTPROT_NAMES)),
        arg("resvd", X8).nonzero(),
        arg("nh_flags", Flags(W4, &path::HOP_FLAGS)),
    ],
);

static STATISTICS: Names = names(
    "1<<IFLA_STATS_???",
    &[
        IFLA_STATS_UNSPEC,
        IFLA_STATS_LINK_64,
        IFLA_STATS_LINK_XSTATS,
        IFLA_STATS_LINK_XSTATS_SLAVE,
        IFLA_STATS_LINK_OFFLOAD_XSTATS,
        IFLA_STATS_AF_SPEC,
    ],
);
static SCOPES: Names =
    names("", &[RT_SCOPE_UNIVERSE, RT_SCOPE_SITE, RT_SCOPE_LINK, RT_SCOPE_HOST, RT_SCOPE_NOWHERE]);
static TABLES: Names =
    names("", &[RT_TABLE_UNSPEC, RT_TABLE_COMPAT, RT_TABLE_DEFAULT, RT_TABLE_MAIN, RT_TABLE_LOCAL]);
static RULE_TABLES: Names = names("RT_TABLE_???", TABLES.entries);
static TOS: Names = names("IPTOS_???", &[IPTOS_LOWDELAY, IPTOS_THROUGHPUT, IPTOS_RELIABILITY, IPTOS_MINCOST]);
static ROUTE_TYPES: Names = names(
    "RTN_???",
    &[
        RTN_UNSPEC,
        RTN_UNICAST,
        RTN_LOCAL,
        RTN_BROADCAST,
        RTN_ANYCAST,
        RTN_MULTICAST,
        RTN_BLACKHOLE,
        RTN_UNREACHABLE,
        RTN_PROHIBIT,
        RTN_THROW,
        RTN_NAT,
        RTN_XRESOLVE,
    ],
);
static ROUTE_FLAGS: Names = names(
    "RTM_F_???",
    &[
        RTM_F_NOTIFY,
        RTM_F_CLONED,
        RTM_F_EQUALIZE,
        RTM_F_PREFIX,
        RTM_F_LOOKUP_TABLE,
        RTM_F_FIB_MATCH,
        RTM_F_OFFLOAD,
        RTM_F_TRAP,
        RTM_F_OFFLOAD_FAILED,
    ],
);
static RULE_ACTIONS: Names = names(
    "FR_ACT_???",
    &[
        FR_ACT_UNSPEC,
        FR_ACT_TO_TBL,
        FR_ACT_GOTO,
        FR_ACT_NOP,
        FR_ACT_RES3,
        FR_ACT_RES4,
        FR_ACT_BLACKHOLE,
        FR_ACT_UNREACHABLE,
        FR_ACT_PROHIBIT,
    ],
);
static RULE_FLAGS: Names = names(
    "FIB_RULE_???",
    &[
        FIB_RULE_PERMANENT,
        FIB_RULE_INVERT,
        FIB_RULE_UNRESOLVED,
        FIB_RULE_IIF_DETACHED,
        FIB_RULE_OIF_DETACHED,
        FIB_RULE_FIND_SADDR,
    ],
);
static LINK_FLAGS: Names = names(
    "IFF_???",
    &[
        IFF_UP,
        IFF_BROADCAST,
        IFF_DEBUG,
        IFF_LOOPBACK,
        IFF_POINTOPOINT,
        IFF_NOTRAILERS,
        IFF_RUNNING,
        IFF_NOARP,
        IFF_PROMISC,
        IFF_ALLMULTI,
        IFF_MASTER,
        IFF_SLAVE,
        IFF_MULTICAST,
        IFF_PORTSEL,
        IFF_AUTOMEDIA,
        IFF_DYNAMIC,
        IFF_LOWER_UP,
        IFF_DORMANT,
        IFF_ECHO,
    ],
);
static DCB_COMMANDS: Names = names(
    "DCB_CMD_???",
    &[
        DCB_CMD_UNDEFINED,
        DCB_CMD_GSTATE,
        DCB_CMD_SSTATE,
        DCB_CMD_PGTX_GCFG,
        DCB_CMD_PGTX_SCFG,
        DCB_CMD_PGRX_GCFG,
        DCB_CMD_PGRX_SCFG,
        DCB_CMD_PFC_GCFG,
        DCB_CMD_PFC_SCFG,
        DCB_CMD_SET_ALL,
        DCB_CMD_GPERM_HWADDR,
        DCB_CMD_GCAP,
        DCB_CMD_GNUMTCS,
        DCB_CMD_SNUMTCS,
        DCB_CMD_PFC_GSTATE,
        DCB_CMD_PFC_SSTATE,
        DCB_CMD_BCN_GCFG,
        DCB_CMD_BCN_SCFG,
        DCB_CMD_GAPP,
        DCB_CMD_SAPP,
        DCB_CMD_IEEE_SET,
        DCB_CMD_IEEE_GET,
        DCB_CMD_GDCBX,
        DCB_CMD_SDCBX,
        DCB_CMD_GFEATCFG,
        DCB_CMD_SFEATCFG,
        DCB_CMD_CEE_GET,
        DCB_CMD_IEEE_DEL,
    ],
);
