//! Links: network interfaces (`linux/if_link.h`).

use super::stats::LINK_STATS64;
use super::{af, kind, vf};
use crate::net::sockaddr::INTERFACE;
use crate::netlink::attr::Is::{Code, Nest, Raw, Text, Value, Versions};
use crate::netlink::attr::{Scope, Set, set};
use crate::netlink::chain::Data;
use crate::netlink::payload::show_mac;
use decode::prelude::*;
use uapi::consts::*;

/// The attributes of a link.
pub(super) static LINK: Set = set(
    "IFLA_???",
    &[
        (IFLA_UNSPEC, Raw),
        (IFLA_ADDRESS, Code(show_address)),
        (IFLA_BROADCAST, Code(show_address)),
        (IFLA_IFNAME, Text),
        (IFLA_MTU, Value(UINT)),
        (IFLA_LINK, Value(UINT)),
        (IFLA_QDISC, Text),
        (IFLA_STATS, Versions(&LINK_STATS, &[92, 96])),
        (IFLA_COST, Raw),
        (IFLA_PRIORITY, Raw),
        (IFLA_MASTER, Value(UINT)),
        (IFLA_WIRELESS, Raw),
        (IFLA_PROTINFO, Code(af::show_protocol_info)),
        (IFLA_TXQLEN, Value(UINT)),
        (IFLA_MAP, Value(Struct(&LINK_MAP))),
        (IFLA_WEIGHT, Value(UINT)),
        (IFLA_OPERSTATE, Value(U8)),
        (IFLA_LINKMODE, Value(U8)),
        (IFLA_LINKINFO, Code(kind::show_link_info)),
        (IFLA_NET_NS_PID, Value(UINT)),
        (IFLA_IFALIAS, Text),
        (IFLA_NUM_VF, Value(UINT)),
        (IFLA_VFINFO_LIST, Nest(&vf::VFINFO_LIST)),
        (IFLA_STATS64, LINK_STATS64),
        (IFLA_VF_PORTS, Nest(&vf::VF_PORTS)),
        (IFLA_PORT_SELF, Nest(&vf::VF_PORT)),
        (IFLA_AF_SPEC, Code(af::show_spec)),
        (IFLA_GROUP, Value(UINT)),
        (IFLA_NET_NS_FD, Value(INT)),
        (IFLA_EXT_MASK, Value(Flags(W4, &RTEXT_FILTER_NAMES))),
        (IFLA_PROMISCUITY, Value(UINT)),
        (IFLA_NUM_TX_QUEUES, Value(UINT)),
        (IFLA_NUM_RX_QUEUES, Value(UINT)),
        (IFLA_CARRIER, Value(U8)),
        (IFLA_PHYS_PORT_ID, Raw),
        (IFLA_CARRIER_CHANGES, Value(UINT)),
        (IFLA_PHYS_SWITCH_ID, Raw),
        (IFLA_LINK_NETNSID, Value(INT)),
        (IFLA_PHYS_PORT_NAME, Text),
        (IFLA_PROTO_DOWN, Value(U8)),
        (IFLA_GSO_MAX_SEGS, Value(UINT)),
        (IFLA_GSO_MAX_SIZE, Value(UINT)),
        (IFLA_PAD, Raw),
        (IFLA_XDP, Nest(&XDP)),
        (IFLA_EVENT, Value(Enum(W4, &IFLA_EVENT_NAMES))),
        (IFLA_NEW_NETNSID, Value(INT)),
        (IFLA_IF_NETNSID, Value(INT)),
        (IFLA_CARRIER_UP_COUNT, Value(UINT)),
        (IFLA_CARRIER_DOWN_COUNT, Value(UINT)),
        (IFLA_NEW_IFINDEX, Value(INTERFACE)),
        (IFLA_MIN_MTU, Value(UINT)),
        (IFLA_MAX_MTU, Value(UINT)),
        (IFLA_PROP_LIST, Nest(&PROP_LIST)),
        (IFLA_ALT_IFNAME, Text),
        (IFLA_PERM_ADDRESS, Code(show_address)),
        (IFLA_PROTO_DOWN_REASON, Nest(&PROTO_DOWN_REASON)),
        (IFLA_PARENT_DEV_NAME, Text),
        (IFLA_PARENT_DEV_BUS_NAME, Text),
        (IFLA_GRO_MAX_SIZE, Value(UINT)),
        (IFLA_TSO_MAX_SIZE, Value(UINT)),
        (IFLA_TSO_MAX_SEGS, Value(UINT)),
        (IFLA_ALLMULTI, Value(UINT)),
        (IFLA_DEVLINK_PORT, Value(UINT)),
        (IFLA_GSO_IPV4_MAX_SIZE, Value(UINT)),
        (IFLA_GRO_IPV4_MAX_SIZE, Value(UINT)),
        (IFLA_DPLL_PIN, Raw),
        (IFLA_MAX_PACING_OFFLOAD_HORIZON, Value(U64)),
        (IFLA_NETNS_IMMUTABLE, Value(U8)),
        (IFLA_HEADROOM, Value(U16)),
        (IFLA_TAILROOM, Value(U16)),
    ],
);

/// Shows a link's address. How much of it there is to see depends on the type of hardware, for which strace takes
/// the number of the message's family.
fn show_address(cx: &mut Cx<'_>, data: Data, scope: &mut Scope) -> bool {
    let size = ADDRESS_SIZES.iter().find(|(hardware, _)| cx.is(scope.family, *hardware));
    show_mac(cx, data, size.map_or(usize::MAX, |(_, size)| *size))
}

/// How long addresses are where that is not for the link to say (`AX25_ADDR_LEN` and the like).
static ADDRESS_SIZES: &[(Const, usize)] = &[
    (ARPHRD_NETROM, 7),
    (ARPHRD_ETHER, 6),
    (ARPHRD_AX25, 7),
    (ARPHRD_IEEE802, 6),
    (ARPHRD_ARCNET, 1),
    (ARPHRD_DLCI, 2),
    (ARPHRD_IEEE1394, 16),
    (ARPHRD_EUI64, 8),
    (ARPHRD_INFINIBAND, 20),
];

static XDP: Set = set(
    "IFLA_XDP_???",
    &[
        (IFLA_XDP_UNSPEC, Raw),
        (IFLA_XDP_FD, Value(Fd)),
        (IFLA_XDP_ATTACHED, Value(Enum(W1, &XDP_ATTACHED_NAMES))),
        (IFLA_XDP_FLAGS, Value(Flags(W4, &XDP_FLAGS_NAMES))),
        (IFLA_XDP_PROG_ID, Value(UINT)),
        (IFLA_XDP_DRV_PROG_ID, Value(UINT)),
        (IFLA_XDP_SKB_PROG_ID, Value(UINT)),
        (IFLA_XDP_HW_PROG_ID, Value(UINT)),
        (IFLA_XDP_EXPECTED_FD, Value(Fd)),
    ],
);

/// A link's properties: named as its attributes are, but of another kind.
static PROP_LIST: Set = set("IFLA_???", &[(IFLA_ALT_IFNAME, Text)]).named_as(&LINK);

static PROTO_DOWN_REASON: Set = set(
    "IFLA_PROTO_DOWN_REASON_???",
    &[
        (IFLA_PROTO_DOWN_REASON_UNSPEC, Raw),
        (IFLA_PROTO_DOWN_REASON_MASK, Value(X32)),
        (IFLA_PROTO_DOWN_REASON_VALUE, Value(X32)),
    ],
);

static RTEXT_FILTER_NAMES: Names = names(
    "RTEXT_FILTER_???",
    &[
        RTEXT_FILTER_VF,
        RTEXT_FILTER_BRVLAN,
        RTEXT_FILTER_BRVLAN_COMPRESSED,
        RTEXT_FILTER_SKIP_STATS,
        RTEXT_FILTER_MRP,
        RTEXT_FILTER_CFM_CONFIG,
        RTEXT_FILTER_CFM_STATUS,
        RTEXT_FILTER_MST,
        RTEXT_FILTER_NAME_ONLY,
    ],
);

static IFLA_EVENT_NAMES: Names = names(
    "IFLA_EVENT_???",
    &[
        IFLA_EVENT_NONE,
        IFLA_EVENT_REBOOT,
        IFLA_EVENT_FEATURES,
        IFLA_EVENT_BONDING_FAILOVER,
        IFLA_EVENT_NOTIFY_PEERS,
        IFLA_EVENT_IGMP_RESEND,
        IFLA_EVENT_BONDING_OPTIONS,
    ],
);

static XDP_ATTACHED_NAMES: Names = names(
    "XDP_ATTACHED_???",
    &[XDP_ATTACHED_NONE, XDP_ATTACHED_DRV, XDP_ATTACHED_SKB, XDP_ATTACHED_HW, XDP_ATTACHED_MULTI],
);

static XDP_FLAGS_NAMES: Names =
    names("XDP_FLAGS_???", &[XDP_FLAGS_MODES, XDP_FLAGS_UPDATE_IF_NOEXIST, XDP_FLAGS_REPLACE]);

static LINK_STATS: Record = record(
    "rtnl_link_stats",
    &[
        arg("rx_packets", UINT),
        arg("tx_packets", UINT),
        arg("rx_bytes", UINT),
        arg("tx_bytes", UINT),
        arg("rx_errors", UINT),
        arg("tx_errors", UINT),
        arg("rx_dropped", UINT),
        arg("tx_dropped", UINT),
        arg("multicast", UINT),
        arg("collisions", UINT),
        arg("rx_length_errors", UINT),
        arg("rx_over_errors", UINT),
        arg("rx_crc_errors", UINT),
        arg("rx_frame_errors", UINT),
        arg("rx_fifo_errors", UINT),
        arg("rx_missed_errors", UINT),
        arg("tx_aborted_errors", UINT),
        arg("tx_carrier_errors", UINT),
        arg("tx_fifo_errors", UINT),
        arg("tx_heartbeat_errors", UINT),
        arg("tx_window_errors", UINT),
        arg("rx_compressed", UINT),
        arg("tx_compressed", UINT),
        arg("rx_nohandler", UINT),
    ],
);

static LINK_MAP: Record = packed(
    "rtnl_link_ifmap",
    &[
        arg("mem_start", X64),
        arg("mem_end", X64),
        arg("base_addr", X64),
        arg("irq", U16),
        arg("dma", U8),
        arg("port", U8),
    ],
);
