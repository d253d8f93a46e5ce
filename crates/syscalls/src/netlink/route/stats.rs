//! Statistics of links (`RTM_GETSTATS`; `linux/if_link.h`).

use super::bridge::VLAN_FLAGS;
use crate::net::FAMILIES;
use crate::netlink::attr::Is::{self, Nest, Raw, Then, Value, Versions};
use crate::netlink::attr::{Set, set};
use decode::prelude::*;
use uapi::consts::*;

/// The attributes of a link's statistics.
pub(super) static STATISTICS: Set = set(
    "IFLA_STATS_???",
    &[
        (IFLA_STATS_UNSPEC, Raw),
        (IFLA_STATS_LINK_64, LINK_STATS64),
        (IFLA_STATS_LINK_XSTATS, Nest(&XSTATS)),
        (IFLA_STATS_LINK_XSTATS_SLAVE, Nest(&XSTATS)),
        (IFLA_STATS_LINK_OFFLOAD_XSTATS, Nest(&OFFLOAD)),
        (IFLA_STATS_AF_SPEC, Nest(&STATS_AF_SPEC)),
    ],
);

static XSTATS: Set = set(
    "LINK_XSTATS_TYPE_???",
    &[
        (LINK_XSTATS_TYPE_UNSPEC, Raw),
        (LINK_XSTATS_TYPE_BRIDGE, Nest(&BRIDGE)),
        (LINK_XSTATS_TYPE_BOND, Nest(&BOND)),
    ],
);

static BRIDGE: Set = set(
    "BRIDGE_XSTATS_???",
    &[
        (BRIDGE_XSTATS_UNSPEC, Raw),
        (BRIDGE_XSTATS_VLAN, Then(Struct(&VLAN), &Raw)),
        (BRIDGE_XSTATS_MCAST, Then(Struct(&MULTICAST), &Raw)),
        (BRIDGE_XSTATS_PAD, Raw),
        (BRIDGE_XSTATS_STP, Then(Struct(&STP), &Raw)),
    ],
);

static BOND: Set = set("BOND_XSTATS_???", &[(BOND_XSTATS_UNSPEC, Raw), (BOND_XSTATS_3AD, Nest(&BOND_3AD))]);

static BOND_3AD: Set = set(
    "BOND_3AD_STAT_???",
    &[
        (BOND_3AD_STAT_LACPDU_RX, Value(U64)),
        (BOND_3AD_STAT_LACPDU_TX, Value(U64)),
        (BOND_3AD_STAT_LACPDU_UNKNOWN_RX, Value(U64)),
        (BOND_3AD_STAT_LACPDU_ILLEGAL_RX, Value(U64)),
        (BOND_3AD_STAT_MARKER_RX, Value(U64)),
        (BOND_3AD_STAT_MARKER_TX, Value(U64)),
        (BOND_3AD_STAT_MARKER_RESP_RX, Value(U64)),
        (BOND_3AD_STAT_MARKER_RESP_TX, Value(U64)),
        (BOND_3AD_STAT_MARKER_UNKNOWN_RX, Value(U64)),
        (BOND_3AD_STAT_PAD, Raw),
    ],
);

static OFFLOAD: Set = set(
    "IFLA_OFFLOAD_XSTATS_???",
    &[(IFLA_OFFLOAD_XSTATS_UNSPEC, Raw), (IFLA_OFFLOAD_XSTATS_CPU_HIT, LINK_STATS64)],
);

static STATS_MPLS: Set =
    set("MPLS_STATS_???", &[(MPLS_STATS_UNSPEC, Raw), (MPLS_STATS_LINK, Then(Struct(&MPLS), &Raw))]);

static STATS64: Record = record(
    "rtnl_link_stats64",
    &[
        arg("rx_packets", U64),
        arg("tx_packets", U64),
        arg("rx_bytes", U64),
        arg("tx_bytes", U64),
        arg("rx_errors", U64),
        arg("tx_errors", U64),
        arg("rx_dropped", U64),
        arg("tx_dropped", U64),
        arg("multicast", U64),
        arg("collisions", U64),
        arg("rx_length_errors", U64),
        arg("rx_over_errors", U64),
        arg("rx_crc_errors", U64),
        arg("rx_frame_errors", U64),
        arg("rx_fifo_errors", U64),
        arg("rx_missed_errors", U64),
        arg("tx_aborted_errors", U64),
        arg("tx_carrier_errors", U64),
        arg("tx_fifo_errors", U64),
        arg("tx_heartbeat_errors", U64),
        arg("tx_window_errors", U64),
        arg("rx_compressed", U64),
        arg("tx_compressed", U64),
        arg("rx_nohandler", U64),
        arg("rx_otherhost_dropped", U64),
    ],
);

static VLAN: Record = record(
    "bridge_vlan_xstats",
    &[
        arg("rx_bytes", U64),
        arg("rx_packets", U64),
        arg("tx_bytes", U64),
        arg("tx_packets", U64),
        arg("vid", U16),
        arg("flags", Flags(W2, &VLAN_FLAGS)),
        arg("pad2", X32).nonzero(),
    ],
);

/// `struct rtnl_link_stats64` as far as the kernel that gives it knows it.
pub(super) const LINK_STATS64: Is = Versions(&STATS64, &[184, 192, 200]);

static STATS_AF_SPEC: Set = set("AF_???", &[(AF_MPLS, Nest(&STATS_MPLS))]).named(&FAMILIES);
static STP: Record = record(
    "bridge_stp_xstats",
    &[
        arg("transition_blk", U64),
        arg("transition_fwd", U64),
        arg("rx_bpdu", U64),
        arg("tx_bpdu", U64),
        arg("rx_tcn", U64),
        arg("tx_tcn", U64),
    ],
);
static MPLS: Record = record(
    "mpls_link_stats",
    &[
        arg("rx_packets", U64),
        arg("tx_packets", U64),
        arg("rx_bytes", U64),
        arg("tx_bytes", U64),
        arg("rx_errors", U64),
        arg("tx_errors", U64),
        arg("rx_dropped", U64),
        arg("tx_dropped", U64),
        arg("rx_noroute", U64),
    ],
);
/// `struct br_mcast_stats`.
static MULTICAST: Record = record(
    "br_mcast_stats",
    &[
        arg("igmp_v1queries", BOTH_WAYS),
        arg("igmp_v2queries", BOTH_WAYS),
        arg("igmp_v3queries", BOTH_WAYS),
        arg("igmp_leaves", BOTH_WAYS),
        arg("igmp_v1reports", BOTH_WAYS),
        arg("igmp_v2reports", BOTH_WAYS),
        arg("igmp_v3reports", BOTH_WAYS),
        arg("igmp_parse_errors", U64),
        arg("mld_v1queries", BOTH_WAYS),
        arg("mld_v2queries", BOTH_WAYS),
        arg("mld_leaves", BOTH_WAYS),
        arg("mld_v1reports", BOTH_WAYS),
        arg("mld_v2reports", BOTH_WAYS),
        arg("mld_parse_errors", U64),
        arg("mcast_bytes", BOTH_WAYS),
        arg("mcast_packets", BOTH_WAYS),
    ],
);
/// A number for each direction.
const BOTH_WAYS: Ty = Inline([16; 3], 8, |cx, offset| {
    cx.out.open(Kind::Array);
    for direction in [BR_MCAST_DIR_RX, BR_MCAST_DIR_TX] {
        let i = direction.v();
        cx.out.index_named(i, &[Part::Name(direction.name)], "");
        let v = cx.load(offset as usize + 8 * i as usize, 8);
        cx.out.uint(v);
    }
    cx.out.close(Kind::Array);
});
