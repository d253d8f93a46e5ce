//! Bridges and their ports (`linux/if_link.h`, `linux/if_bridge.h`).

use crate::net::ETHER_TYPES;
use crate::net::sockaddr::{INTERFACE, IPV4};
use crate::netlink::attr::Is::{Nest, Raw, Then, Value};
use crate::netlink::attr::{Set, set};
use crate::netlink::payload::{IPV6, MAC, TICKS, show_bits, show_hardware_address};
use decode::prelude::*;
use uapi::consts::*;

/// The attributes of a bridge.
pub(super) static BRIDGE: Set = set(
    "IFLA_BR_???",
    &[
        (IFLA_BR_UNSPEC, Raw),
        (IFLA_BR_FORWARD_DELAY, TICKS),
        (IFLA_BR_HELLO_TIME, TICKS),
        (IFLA_BR_MAX_AGE, TICKS),
        (IFLA_BR_AGEING_TIME, TICKS),
        (IFLA_BR_STP_STATE, Value(UINT)),
        (IFLA_BR_PRIORITY, Value(U16)),
        (IFLA_BR_VLAN_FILTERING, Value(U8)),
        (IFLA_BR_VLAN_PROTOCOL, Value(VLAN_PROTOCOL)),
        (IFLA_BR_GROUP_FWD_MASK, Value(X16)),
        (IFLA_BR_ROOT_ID, Value(Struct(&BRIDGE_ID))),
        (IFLA_BR_BRIDGE_ID, Value(Struct(&BRIDGE_ID))),
        (IFLA_BR_ROOT_PORT, Value(U16)),
        (IFLA_BR_ROOT_PATH_COST, Value(UINT)),
        (IFLA_BR_TOPOLOGY_CHANGE, Value(U8)),
        (IFLA_BR_TOPOLOGY_CHANGE_DETECTED, Value(U8)),
        (IFLA_BR_HELLO_TIMER, TICKS),
        (IFLA_BR_TCN_TIMER, TICKS),
        (IFLA_BR_TOPOLOGY_CHANGE_TIMER, TICKS),
        (IFLA_BR_GC_TIMER, TICKS),
        (IFLA_BR_GROUP_ADDR, MAC),
        (IFLA_BR_FDB_FLUSH, Raw),
        (IFLA_BR_MCAST_ROUTER, Value(U8)),
        (IFLA_BR_MCAST_SNOOPING, Value(U8)),
        (IFLA_BR_MCAST_QUERY_USE_IFADDR, Value(U8)),
        (IFLA_BR_MCAST_QUERIER, Value(U8)),
        (IFLA_BR_MCAST_HASH_ELASTICITY, Value(UINT)),
        (IFLA_BR_MCAST_HASH_MAX, Value(UINT)),
        (IFLA_BR_MCAST_LAST_MEMBER_CNT, Value(UINT)),
        (IFLA_BR_MCAST_STARTUP_QUERY_CNT, Value(UINT)),
        (IFLA_BR_MCAST_LAST_MEMBER_INTVL, TICKS),
        (IFLA_BR_MCAST_MEMBERSHIP_INTVL, TICKS),
        (IFLA_BR_MCAST_QUERIER_INTVL, TICKS),
        (IFLA_BR_MCAST_QUERY_INTVL, TICKS),
        (IFLA_BR_MCAST_QUERY_RESPONSE_INTVL, TICKS),
        (IFLA_BR_MCAST_STARTUP_QUERY_INTVL, TICKS),
        (IFLA_BR_NF_CALL_IPTABLES, Value(U8)),
        (IFLA_BR_NF_CALL_IP6TABLES, Value(U8)),
        (IFLA_BR_NF_CALL_ARPTABLES, Value(U8)),
        (IFLA_BR_VLAN_DEFAULT_PVID, Value(U16)),
        (IFLA_BR_PAD, Raw),
        (IFLA_BR_VLAN_STATS_ENABLED, Value(U8)),
        (IFLA_BR_MCAST_STATS_ENABLED, Value(U8)),
        (IFLA_BR_MCAST_IGMP_VERSION, Value(U8)),
        (IFLA_BR_MCAST_MLD_VERSION, Value(U8)),
        (IFLA_BR_VLAN_STATS_PER_PORT, Value(U8)),
        (IFLA_BR_MULTI_BOOLOPT, Value(Struct(&OPTIONS))),
        (IFLA_BR_MCAST_QUERIER_STATE, Nest(&BR_MCAST_QUERIER_STATE)),
        (IFLA_BR_FDB_N_LEARNED, Value(UINT)),
        (IFLA_BR_FDB_MAX_LEARNED, Value(UINT)),
        (IFLA_BR_STP_MODE, Value(Enum(W4, &BR_STP_MODE_NAMES))),
    ],
);

static BR_MCAST_QUERIER_STATE: Set = set(
    "BRIDGE_QUERIER_???",
    &[
        (BRIDGE_QUERIER_UNSPEC, Raw),
        (BRIDGE_QUERIER_IP_ADDRESS, Value(IPV4)),
        (BRIDGE_QUERIER_IP_PORT, Value(INTERFACE)),
        (BRIDGE_QUERIER_IP_OTHER_TIMER, TICKS),
        (BRIDGE_QUERIER_PAD, Raw),
        (BRIDGE_QUERIER_IPV6_ADDRESS, IPV6),
        (BRIDGE_QUERIER_IPV6_PORT, Value(INTERFACE)),
        (BRIDGE_QUERIER_IPV6_OTHER_TIMER, TICKS),
    ],
);

/// The attributes of a bridge's port.
pub(super) static BRIDGE_PORT: Set = set(
    "IFLA_BRPORT_???",
    &[
        (IFLA_BRPORT_UNSPEC, Raw),
        (IFLA_BRPORT_STATE, Value(U8)),
        (IFLA_BRPORT_PRIORITY, Value(U16)),
        (IFLA_BRPORT_COST, Value(UINT)),
        (IFLA_BRPORT_MODE, Value(U8)),
        (IFLA_BRPORT_GUARD, Value(U8)),
        (IFLA_BRPORT_PROTECT, Value(U8)),
        (IFLA_BRPORT_FAST_LEAVE, Value(U8)),
        (IFLA_BRPORT_LEARNING, Value(U8)),
        (IFLA_BRPORT_UNICAST_FLOOD, Value(U8)),
        (IFLA_BRPORT_PROXYARP, Value(U8)),
        (IFLA_BRPORT_LEARNING_SYNC, Value(U8)),
        (IFLA_BRPORT_PROXYARP_WIFI, Value(U8)),
        (IFLA_BRPORT_ROOT_ID, Value(Struct(&BRIDGE_ID))),
        (IFLA_BRPORT_BRIDGE_ID, Value(Struct(&BRIDGE_ID))),
        (IFLA_BRPORT_DESIGNATED_PORT, Value(U16)),
        (IFLA_BRPORT_DESIGNATED_COST, Value(U16)),
        (IFLA_BRPORT_ID, Value(U16)),
        (IFLA_BRPORT_NO, Value(U16)),
        (IFLA_BRPORT_TOPOLOGY_CHANGE_ACK, Value(U8)),
        (IFLA_BRPORT_CONFIG_PENDING, Value(U8)),
        (IFLA_BRPORT_MESSAGE_AGE_TIMER, TICKS),
        (IFLA_BRPORT_FORWARD_DELAY_TIMER, TICKS),
        (IFLA_BRPORT_HOLD_TIMER, TICKS),
        (IFLA_BRPORT_FLUSH, Raw),
        (IFLA_BRPORT_MULTICAST_ROUTER, Value(U8)),
        (IFLA_BRPORT_PAD, Raw),
        (IFLA_BRPORT_MCAST_FLOOD, Value(U8)),
        (IFLA_BRPORT_MCAST_TO_UCAST, Value(U8)),
        (IFLA_BRPORT_VLAN_TUNNEL, Value(U8)),
        (IFLA_BRPORT_BCAST_FLOOD, Value(U8)),
        (IFLA_BRPORT_GROUP_FWD_MASK, Value(X16)),
        (IFLA_BRPORT_NEIGH_SUPPRESS, Value(U8)),
        (IFLA_BRPORT_ISOLATED, Value(U8)),
        (IFLA_BRPORT_BACKUP_PORT, Value(INTERFACE)),
        (IFLA_BRPORT_MRP_RING_OPEN, Value(U8)),
        (IFLA_BRPORT_MRP_IN_OPEN, Value(U8)),
        (IFLA_BRPORT_MCAST_EHT_HOSTS_LIMIT, Value(UINT)),
        (IFLA_BRPORT_MCAST_EHT_HOSTS_CNT, Value(UINT)),
        (IFLA_BRPORT_LOCKED, Value(U8)),
        (IFLA_BRPORT_MAB, Value(U8)),
        (IFLA_BRPORT_MCAST_N_GROUPS, Value(UINT)),
        (IFLA_BRPORT_MCAST_MAX_GROUPS, Value(UINT)),
        (IFLA_BRPORT_NEIGH_VLAN_SUPPRESS, Value(U8)),
        (IFLA_BRPORT_BACKUP_NHID, Value(UINT)),
        (IFLA_BRPORT_NEIGH_FORWARD_GRAT, Value(U8)),
    ],
);

/// `IFLA_AF_SPEC` of a bridge.
pub(super) static BRIDGE_AF_SPEC: Set = set(
    "IFLA_BRIDGE_???",
    &[
        (IFLA_BRIDGE_FLAGS, Value(Flags(W2, &BRIDGE_FLAGS_NAMES))),
        (IFLA_BRIDGE_MODE, Value(Enum(W2, &BRIDGE_MODE_NAMES))),
        (IFLA_BRIDGE_VLAN_INFO, Then(Struct(&VLAN_INFO), &Raw)),
        (IFLA_BRIDGE_VLAN_TUNNEL_INFO, Nest(&BRIDGE_VLAN_TUNNEL_INFO)),
        (IFLA_BRIDGE_MRP, Raw),
        (IFLA_BRIDGE_CFM, Raw),
        (IFLA_BRIDGE_MST, Raw),
    ],
);

static BRIDGE_VLAN_TUNNEL_INFO: Set = set(
    "IFLA_BRIDGE_VLAN_TUNNEL_???",
    &[
        (IFLA_BRIDGE_VLAN_TUNNEL_UNSPEC, Raw),
        (IFLA_BRIDGE_VLAN_TUNNEL_ID, Value(UINT)),
        (IFLA_BRIDGE_VLAN_TUNNEL_VID, Value(U16)),
        (IFLA_BRIDGE_VLAN_TUNNEL_FLAGS, Value(Flags(W2, &VLAN_FLAGS))),
    ],
);

static BR_STP_MODE_NAMES: Names =
    names("BR_STP_MODE_???", &[BR_STP_MODE_AUTO, BR_STP_MODE_USER, BR_STP_MODE_KERNEL]);

static BRIDGE_FLAGS_NAMES: Names = names("BRIDGE_FLAGS_???", &[BRIDGE_FLAGS_MASTER, BRIDGE_FLAGS_SELF]);

static BRIDGE_MODE_NAMES: Names =
    names("BRIDGE_MODE_???", &[BRIDGE_MODE_VEB, BRIDGE_MODE_VEPA, BRIDGE_MODE_UNDEF]);

/// Flags of a VLAN of a bridge.
pub(super) static VLAN_FLAGS: Names = names(
    "BRIDGE_VLAN_INFO_???",
    &[
        BRIDGE_VLAN_INFO_MASTER,
        BRIDGE_VLAN_INFO_PVID,
        BRIDGE_VLAN_INFO_UNTAGGED,
        BRIDGE_VLAN_INFO_RANGE_BEGIN,
        BRIDGE_VLAN_INFO_RANGE_END,
        BRIDGE_VLAN_INFO_BRENTRY,
        BRIDGE_VLAN_INFO_ONLY_OPTS,
    ],
);

static OPTIONS: Record = record(
    "br_boolopt_multi",
    &[arg("optval", Scalar(W4, show_options)), arg("optmask", Scalar(W4, show_options))],
);

static VLAN_INFO: Record =
    record("bridge_vlan_info", &[arg("flags", Flags(W2, &VLAN_FLAGS)), arg("vid", U16)]);

/// `struct ifla_bridge_id`.
static BRIDGE_ID: Record = record(
    "ifla_bridge_id",
    &[arg("prio", Array(&U8, Len::Const(2))), arg("addr", Inline([6; 3], 1, show_hardware_address::<6>))],
);

/// A VLAN's Ethernet type in network byte order.
const VLAN_PROTOCOL: Ty = Scalar(W2, |cx, v| {
    cx.out.open(Kind::Wrap("htons"));
    match ETHER_TYPES.find(u64::from((v as u16).swap_bytes()), 0xffff, cx.abi) {
        Some(name) => cx.named(u64::from((v as u16).swap_bytes()), Base::Hex, name),
        None => cx.out.symbolic(u64::from((v as u16).swap_bytes()), Base::Hex, &[], "ETHER_P_???"),
    }
    cx.out.close(Kind::Wrap("htons"));
});

static OPTION_BITS: Names = names(
    "1<<BR_BOOLOPT_???",
    &[
        BR_BOOLOPT_NO_LL_LEARN,
        BR_BOOLOPT_MCAST_VLAN_SNOOPING,
        BR_BOOLOPT_MST_ENABLE,
        BR_BOOLOPT_MDB_OFFLOAD_FAIL_NOTIFICATION,
        BR_BOOLOPT_FDB_LOCAL_VLAN_0,
    ],
);

fn show_options(cx: &mut Plain<'_>, v: u64) {
    show_bits(cx, v, &OPTION_BITS);
}
