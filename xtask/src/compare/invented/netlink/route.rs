//! `NETLINK_ROUTE`: the structs of its messages and the attributes in them (`linux/rtnetlink.h` and what it names).

use super::super::memory::Random;
use super::level::Holds::{Address, Array, Code, Nest, Sizes, Text, Then};
use super::level::{ANY, Holds, Level, attribute, attributes, level, lie, numbered, payload, values};
use uapi::consts::*;

/// Messages by the first of their four types: the size of the struct that they begin with, and its attributes.
pub(super) static MESSAGES: &[(u16, usize, &Level)] = &[
    (16, 16, &LINK),
    (16, 16, &LINK),
    (16, 16, &LINK),
    (20, 8, &ADDR),
    (24, 12, &ROUTE),
    (24, 12, &ROUTE),
    (28, 12, &NEIGH),
    (32, 12, &RULE),
    (36, 20, &TRAFFIC),
    (40, 20, &TRAFFIC),
    (44, 20, &TRAFFIC),
    (48, 4, &ACTIONS),
    (52, 12, &ANY),
    (56, 8, &ADDR),
    (60, 8, &ADDR),
    (64, 4, &NEIGHBOURS),
    (68, 16, &ANY),
    (72, 12, &LABEL),
    (76, 4, &DCB),
    (80, 4, &NETCONF),
    (84, 8, &MDB),
    (88, 4, &NSID),
    (92, 12, &STATISTICS),
    (96, 4, &REPORT),
    (100, 20, &TRAFFIC),
    (104, 8, &NEXTHOP),
    (108, 16, &LINK),
    (112, 8, &ANY),
    (116, 8, &NEXTHOP),
    (120, 8, &ANY),
];

static LINK: Level = level(
    69,
    &[
        (IFLA_ADDRESS, Sizes(&[6, 6, 8, 20, 32, 33])),
        (IFLA_BROADCAST, Sizes(&[6, 16, 31, 1])),
        (IFLA_PERM_ADDRESS, Sizes(&[6, 20])),
        (IFLA_IFNAME, Text),
        (IFLA_QDISC, Text),
        (IFLA_IFALIAS, Text),
        (IFLA_PHYS_PORT_NAME, Text),
        (IFLA_ALT_IFNAME, Text),
        (IFLA_PARENT_DEV_NAME, Text),
        (IFLA_PARENT_DEV_BUS_NAME, Text),
        (IFLA_STATS, Sizes(&[92, 96, 92, 96, 91, 93, 100])),
        (IFLA_STATS64, STATS64),
        (IFLA_MAP, Sizes(&[28, 32, 27])),
        (IFLA_PROTINFO, Code(protocol_info)),
        (IFLA_LINKINFO, Code(link_info)),
        (IFLA_LINKINFO, Code(link_info)),
        (IFLA_VFINFO_LIST, Nest(&VF_LIST)),
        (IFLA_VF_PORTS, Nest(&VF_PORTS)),
        (IFLA_PORT_SELF, Nest(&PORT)),
        (IFLA_AF_SPEC, Code(af_spec)),
        (IFLA_XDP, Nest(&XDP)),
        (IFLA_PROP_LIST, Nest(&PROPERTIES)),
        (IFLA_PROTO_DOWN_REASON, Nest(&level(2, &[]))),
        (IFLA_EVENT, Sizes(&[4])),
        (IFLA_EXT_MASK, Sizes(&[4])),
        (IFLA_PHYS_SWITCH_ID, Sizes(&[8, 4, 32])),
    ],
);
const STATS64: Holds = Sizes(&[184, 192, 200, 183, 185, 196, 199, 204]);
static XDP: Level = level(8, &[(IFLA_XDP_FLAGS, Sizes(&[4])), (IFLA_XDP_ATTACHED, Sizes(&[1]))]);
static PROPERTIES: Level = level(70, &[(IFLA_ALT_IFNAME, Text), (IFLA_IFNAME, Text)]);
static VF_LIST: Level = level(1, &[(IFLA_VF_INFO, Nest(&VF))]);
static VF: Level = level(
    14,
    &[
        (IFLA_VF_MAC, Sizes(&[36, 35, 40])),
        (IFLA_VF_VLAN, Sizes(&[12])),
        (IFLA_VF_TX_RATE, Sizes(&[8])),
        (IFLA_VF_SPOOFCHK, Sizes(&[8])),
        (IFLA_VF_LINK_STATE, Sizes(&[8])),
        (IFLA_VF_RATE, Sizes(&[12])),
        (IFLA_VF_RSS_QUERY_EN, Sizes(&[8])),
        (IFLA_VF_STATS, Nest(&level(9, &[]))),
        (IFLA_VF_TRUST, Sizes(&[8])),
        (IFLA_VF_IB_NODE_GUID, Sizes(&[12, 16, 8])),
        (IFLA_VF_IB_PORT_GUID, Sizes(&[12, 16, 20])),
        (IFLA_VF_VLAN_LIST, Nest(&level(2, &[(IFLA_VF_VLAN_INFO, Sizes(&[16, 14, 12]))]))),
        (IFLA_VF_BROADCAST, Sizes(&[32, 31])),
    ],
);
static VF_PORTS: Level = level(1, &[(IFLA_VF_PORT, Nest(&PORT))]);
static PORT: Level = level(
    7,
    &[
        (IFLA_PORT_PROFILE, Text),
        (IFLA_PORT_VSI_TYPE, Sizes(&[8, 7])),
        (IFLA_PORT_INSTANCE_UUID, Sizes(&[16])),
        (IFLA_PORT_HOST_UUID, Sizes(&[16])),
    ],
);

/// Names of kinds of links; some with data of their own.
const KINDS: [&str; 40] = [
    "bridge",
    "bridge",
    "bridge",
    "tun",
    "tun",
    "can",
    "can",
    "vlan",
    "vxlan",
    "bond",
    "macvlan",
    "macvtap",
    "ipvlan",
    "gre",
    "gretap",
    "ip6gre",
    "ip6gretap",
    "ipip",
    "sit",
    "ip6tnl",
    "vti",
    "vti6",
    "geneve",
    "hsr",
    "vrf",
    "vcan",
    "macsec",
    "netkit",
    "gtp",
    "xfrm",
    "bareudp",
    "ppp",
    "rmnet",
    "erspan",
    "team",
    "dsa",
    "batadv",
    "ipoib",
    "",
    "bridge0123456789abc",
];

/// `IFLA_LINKINFO`: the kind first, most of the time.
fn link_info(random: &mut Random, depth: usize) -> Vec<u8> {
    let mut all = Vec::new();
    let mut kind = "";
    for _ in 0..random.of(&[1, 2, 2, 3, 4]) {
        let number = if all.is_empty() { random.of(&[1, 1, 1, 1, 4, 4, 2]) } else { random.below(8) };
        let payload = match number {
            1 | 4 => {
                kind = random.of(&KINDS);
                let mut text = kind.as_bytes().to_vec();
                let end: &[u8] = random.of(&[b"\0", b"\0", b"\0", b"", b"\0x", b"\0\0\0"]);
                text.extend_from_slice(end);
                text
            }
            2 => payload(Nest(link_data(kind)), random, depth),
            3 => payload(Sizes(&[24, 24, 23, 28, 4]), random, depth),
            5 => payload(Nest(&BRIDGE_PORT), random, depth),
            _ => values(random.below(12), random),
        };
        attribute(number as u16, &payload, &mut all, random);
    }
    all
}

fn link_data(kind: &str) -> &'static Level {
    match kind {
        "bridge" => &BRIDGE,
        "tun" => &TUN,
        _ => &ANY,
    }
}

static TUN: Level = level(9, &[(IFLA_TUN_TYPE, Sizes(&[1]))]);
static BRIDGE: Level = level(
    50,
    &[
        (IFLA_BR_ROOT_ID, Sizes(&[8, 7, 9])),
        (IFLA_BR_BRIDGE_ID, Sizes(&[8])),
        (IFLA_BR_GROUP_ADDR, Sizes(&[6, 5, 8])),
        (IFLA_BR_VLAN_PROTOCOL, Sizes(&[2])),
        (IFLA_BR_MULTI_BOOLOPT, Sizes(&[8, 4])),
        (IFLA_BR_MCAST_QUERIER_STATE, Nest(&QUERIER)),
        (IFLA_BR_STP_MODE, Sizes(&[4])),
        (IFLA_BR_HELLO_TIMER, Sizes(&[8, 4, 7])),
        (IFLA_BR_AGEING_TIME, Sizes(&[4, 2, 1, 3])),
    ],
);
static QUERIER: Level = level(
    7,
    &[
        (BRIDGE_QUERIER_IP_ADDRESS, Address),
        (BRIDGE_QUERIER_IPV6_ADDRESS, Address),
        (BRIDGE_QUERIER_PAD, Sizes(&[0])),
    ],
);
static BRIDGE_PORT: Level = level(
    46,
    &[
        (IFLA_BRPORT_ROOT_ID, Sizes(&[8])),
        (IFLA_BRPORT_BRIDGE_ID, Sizes(&[8, 6])),
        (IFLA_BRPORT_HOLD_TIMER, Sizes(&[8])),
        (IFLA_BRPORT_BACKUP_PORT, Sizes(&[4])),
    ],
);

/// `IFLA_PROTINFO`, which depends on the family.
fn protocol_info(random: &mut Random, depth: usize) -> Vec<u8> {
    let level = random.of(&[&BRIDGE_PORT, &INET6]);
    payload(Nest(level), random, depth)
}

/// `IFLA_AF_SPEC`: of families, or of a bridge.
fn af_spec(random: &mut Random, depth: usize) -> Vec<u8> {
    let level = random.of(&[&BRIDGE_SPEC, &FAMILY_SPEC, &FAMILY_SPEC]);
    payload(Nest(level), random, depth)
}

static BRIDGE_SPEC: Level = level(
    7,
    &[
        (IFLA_BRIDGE_VLAN_INFO, Sizes(&[4, 4, 3, 8])),
        (IFLA_BRIDGE_VLAN_TUNNEL_INFO, Nest(&level(3, &[]))),
        (IFLA_BRIDGE_MRP, Nest(&ANY)),
        (IFLA_BRIDGE_CFM, Nest(&ANY)),
        (IFLA_BRIDGE_MST, Nest(&ANY)),
        (IFLA_BRIDGE_FLAGS, Sizes(&[2])),
        (IFLA_BRIDGE_MODE, Sizes(&[2])),
    ],
);
static FAMILY_SPEC: Level =
    level(46, &[(AF_INET, Nest(&INET)), (AF_INET6, Nest(&INET6)), (AF_MCTP, Nest(&level(3, &[])))]);
static INET: Level = level(1, &[(IFLA_INET_CONF, Array(4))]);
static INET6: Level = level(
    10,
    &[
        (IFLA_INET6_CONF, Array(4)),
        (IFLA_INET6_STATS, Array(8)),
        (IFLA_INET6_ICMP6STATS, Array(8)),
        (IFLA_INET6_CACHEINFO, Sizes(&[16, 15, 20])),
        (IFLA_INET6_TOKEN, Address),
        (IFLA_INET6_ADDR_GEN_MODE, Sizes(&[1])),
        (IFLA_INET6_FLAGS, Sizes(&[4])),
    ],
);

static ADDR: Level = level(
    11,
    &[
        (IFA_ADDRESS, Address),
        (IFA_LOCAL, Address),
        (IFA_BROADCAST, Address),
        (IFA_ANYCAST, Address),
        (IFA_MULTICAST, Address),
        (IFA_LABEL, Text),
        (IFA_CACHEINFO, Sizes(&[16, 15, 20])),
        (IFA_FLAGS, Sizes(&[4])),
        (IFA_PROTO, Sizes(&[1])),
    ],
);

static ROUTE: Level = level(
    31,
    &[
        (RTA_DST, Address),
        (RTA_SRC, Address),
        (RTA_GATEWAY, Address),
        (RTA_PREFSRC, Address),
        (RTA_NEWDST, Address),
        (RTA_METRICS, Nest(&METRICS)),
        (RTA_MULTIPATH, Code(hops)),
        (RTA_CACHEINFO, Sizes(&[32, 31, 36])),
        (RTA_TABLE, Sizes(&[4])),
        (RTA_MFC_STATS, Sizes(&[24, 23])),
        (RTA_VIA, Code(via)),
        (RTA_ENCAP_TYPE, Sizes(&[2])),
        (RTA_ENCAP, Nest(&ANY)),
        (RTA_EXPIRES, Sizes(&[8, 4])),
        (RTA_IP_PROTO, Sizes(&[1])),
        (RTA_FLOWLABEL, Sizes(&[4])),
    ],
);
static METRICS: Level = level(17, &[(RTAX_CC_ALGO, Text)]);

/// `RTA_MULTIPATH`: structs with attributes behind them.
fn hops(random: &mut Random, depth: usize) -> Vec<u8> {
    let mut all = Vec::new();
    for _ in 0..random.of(&[1, 2, 2, 3]) {
        let hop =
            if depth > 3 || random.once_in(4) { Vec::new() } else { attributes(&ROUTE, random, depth + 2) };
        all.extend_from_slice(&(lie(8 + hop.len(), random) as u16).to_le_bytes());
        all.extend(values(6, random));
        all.extend_from_slice(&hop);
        all.resize(all.len().next_multiple_of(4), 0);
        if all.len() > 400 {
            break;
        }
    }
    all
}

/// `struct rtvia`.
fn via(random: &mut Random, _: usize) -> Vec<u8> {
    let mut via = random.of(&[2_u16, 2, 10, 10, 28, 0, 7, 258]).to_le_bytes().to_vec();
    let size = random.of(&[4, 4, 16, 16, 0, 1, 3, 15, 20]);
    via.extend(values(size, random));
    via
}

static NEIGH: Level = level(
    17,
    &[
        (NDA_DST, Address),
        (NDA_LLADDR, Sizes(&[6, 8, 20, 32, 33])),
        (NDA_CACHEINFO, Sizes(&[16, 15])),
        (NDA_PORT, Sizes(&[2])),
        (NDA_PROTOCOL, Sizes(&[1, 1, 2, 4, 8, 3, 9])),
        (NDA_FDB_EXT_ATTRS, Nest(&level(2, &[]))),
        (NDA_FLAGS_EXT, Sizes(&[4])),
        (NDA_NDM_STATE_MASK, Sizes(&[2])),
        (NDA_NDM_FLAGS_MASK, Sizes(&[1])),
    ],
);
static NEIGHBOURS: Level = level(
    9,
    &[
        (NDTA_NAME, Text),
        (NDTA_CONFIG, Sizes(&[32, 31])),
        (NDTA_PARMS, Nest(&level(19, &[]))),
        (NDTA_STATS, Sizes(&[80, 88, 87, 84, 92])),
        (NDTA_GC_INTERVAL, Sizes(&[8])),
    ],
);
static RULE: Level = level(
    30,
    &[
        (FRA_DST, Address),
        (FRA_SRC, Address),
        (FRA_IIFNAME, Text),
        (FRA_OIFNAME, Text),
        (FRA_TUN_ID, Sizes(&[8])),
        (FRA_TABLE, Sizes(&[4])),
        (FRA_UID_RANGE, Sizes(&[8, 7])),
        (FRA_SPORT_RANGE, Sizes(&[4])),
        (FRA_DPORT_RANGE, Sizes(&[4])),
        (FRA_PROTOCOL, Sizes(&[1])),
        (FRA_IP_PROTO, Sizes(&[1, 1, 2, 4, 8, 3, 9])),
    ],
);
static TRAFFIC: Level = level(
    16,
    &[
        (TCA_KIND, Text),
        (TCA_OPTIONS, Nest(&ANY)),
        (TCA_STATS, Sizes(&[36, 40, 35])),
        (TCA_XSTATS, Sizes(&[4, 20, 28])),
        (TCA_RATE, Sizes(&[2, 1])),
        (TCA_STATS2, Nest(&STATS2)),
        (TCA_STAB, Nest(&level(2, &[(TCA_STAB_BASE, Sizes(&[24, 23])), (TCA_STAB_DATA, Array(2))]))),
        (TCA_EXT_WARN_MSG, Text),
    ],
);
static STATS2: Level = level(
    8,
    &[
        (TCA_STATS_BASIC, Sizes(&[12, 16, 11])),
        (TCA_STATS_RATE_EST, Sizes(&[8, 7])),
        (TCA_STATS_QUEUE, Sizes(&[20, 19])),
        (TCA_STATS_APP, Sizes(&[4, 20])),
        (TCA_STATS_RATE_EST64, Sizes(&[16, 15])),
        (TCA_STATS_BASIC_HW, Sizes(&[12, 16])),
        (TCA_STATS_PKT64, Sizes(&[8])),
    ],
);
static ACTIONS: Level = level(
    5,
    &[
        (TCA_ROOT_TAB, Nest(&numbered(Nest(&ACTION)))),
        (TCA_ROOT_FLAGS, BITFIELD),
        (TCA_ROOT_TIME_DELTA, Sizes(&[4, 8, 2, 1])),
        (TCA_ROOT_EXT_WARN_MSG, Text),
    ],
);
static ACTION: Level = level(
    10,
    &[
        (TCA_ACT_KIND, Text),
        (TCA_ACT_OPTIONS, Nest(&ANY)),
        (TCA_ACT_STATS, Nest(&STATS2)),
        (TCA_ACT_COOKIE, Sizes(&[16, 4])),
        (TCA_ACT_FLAGS, BITFIELD),
        (TCA_ACT_HW_STATS, BITFIELD),
        (TCA_ACT_USED_HW_STATS, BITFIELD),
    ],
);
/// `struct nla_bitfield32`.
const BITFIELD: Holds = Sizes(&[8, 8, 4, 7, 12]);
static LABEL: Level = level(2, &[(IFAL_ADDRESS, Address)]);
static DCB: Level =
    level(16, &[(DCB_ATTR_IFNAME, Text), (DCB_ATTR_PFC_CFG, Nest(&ANY)), (DCB_ATTR_APP, Nest(&ANY))]);
static NETCONF: Level = level(9, &[(NETCONFA_IFINDEX, Sizes(&[4]))]);
static NSID: Level = level(5, &[]);
static MDB: Level = level(2, &[(MDBA_MDB, Nest(&MDB_LIST)), (MDBA_ROUTER, Nest(&MDB_ROUTERS))]);
static MDB_LIST: Level = level(1, &[(MDBA_MDB_ENTRY, Nest(&MDB_ENTRY))]);
static MDB_ENTRY: Level = level(1, &[(MDBA_MDB_ENTRY_INFO, Code(mdb_entry))]);
static MDB_ROUTERS: Level = level(1, &[(MDBA_ROUTER_PORT, Then(4, &level(6, &[])))]);

/// `struct br_mdb_entry` and attributes.
fn mdb_entry(random: &mut Random, depth: usize) -> Vec<u8> {
    let mut entry = values(24, random);
    entry.extend_from_slice(&random.of(&[[0, 2], [0, 10], [8, 0], [0x86, 0xdd], [0, 0]]));
    entry.extend(values(2, random));
    entry.extend(attributes(&MDB_ATTRIBUTES, random, depth + 1));
    entry
}

static MDB_ATTRIBUTES: Level =
    level(10, &[(MDBA_MDB_EATTR_SRC_LIST, Nest(&ANY)), (MDBA_MDB_EATTR_TIMER, Sizes(&[4, 8]))]);

static STATISTICS: Level = level(
    5,
    &[
        (IFLA_STATS_LINK_64, STATS64),
        (IFLA_STATS_LINK_XSTATS, Nest(&XSTATS)),
        (IFLA_STATS_LINK_XSTATS_SLAVE, Nest(&XSTATS)),
        (IFLA_STATS_LINK_OFFLOAD_XSTATS, Nest(&level(3, &[(IFLA_OFFLOAD_XSTATS_CPU_HIT, STATS64)]))),
        (IFLA_STATS_AF_SPEC, Nest(&STATS_SPEC)),
    ],
);
static XSTATS: Level =
    level(2, &[(LINK_XSTATS_TYPE_BRIDGE, Nest(&BRIDGE_XSTATS)), (LINK_XSTATS_TYPE_BOND, Nest(&BOND_XSTATS))]);
static BRIDGE_XSTATS: Level = level(
    4,
    &[
        (BRIDGE_XSTATS_VLAN, Sizes(&[40, 39, 44])),
        (BRIDGE_XSTATS_MCAST, Sizes(&[240, 239, 248])),
        (BRIDGE_XSTATS_STP, Sizes(&[48, 47, 50])),
    ],
);
static BOND_XSTATS: Level = level(1, &[(BOND_XSTATS_3AD, Nest(&level(9, &[])))]);
static STATS_SPEC: Level =
    level(46, &[(AF_MPLS, Nest(&level(1, &[(MPLS_STATS_LINK, Sizes(&[72, 71, 76]))])))]);
static REPORT: Level = level(
    6,
    &[
        (IPMRA_CREPORT_SRC_ADDR, Address),
        (IPMRA_CREPORT_DST_ADDR, Address),
        (IPMRA_CREPORT_MSGTYPE, Sizes(&[1])),
    ],
);
static NEXTHOP: Level = level(
    20,
    &[
        (NHA_GROUP, Array(8)),
        (NHA_GROUP_TYPE, Sizes(&[2])),
        (NHA_GATEWAY, Address),
        (NHA_ENCAP_TYPE, Sizes(&[2])),
        (NHA_ENCAP, Nest(&ANY)),
        (NHA_RES_GROUP, Nest(&level(4, &[]))),
        (NHA_RES_BUCKET, Nest(&level(3, &[]))),
    ],
);
