//! What address families have to say of a link (`IFLA_AF_SPEC`).

use super::bridge;
use crate::common::uncommon;
use crate::net::FAMILIES;
use crate::netlink::attr::Is::{Indexed, Nest, Raw, Value};
use crate::netlink::attr::{Index, Scope, Set, set, show_attributes};
use crate::netlink::chain::Data;
use crate::netlink::payload::IPV6;
use decode::prelude::*;
use uapi::consts::*;

/// What families have to say of a link.
static AF_SPEC: Set = set(
    "AF_???",
    &[(AF_INET, Nest(&AF_INET_SPEC)), (AF_INET6, Nest(&AF_INET6_SPEC)), (AF_MCTP, Nest(&AF_MCTP_SPEC))],
)
.named(&FAMILIES);

/// Shows `IFLA_AF_SPEC`: for bridges it holds a bridge's attributes, else those of families.
pub(super) fn show_spec(cx: &mut Cx<'_>, data: Data, scope: &mut Scope) -> bool {
    let set = if cx.is(scope.family, AF_BRIDGE) { &bridge::BRIDGE_AF_SPEC } else { &AF_SPEC };
    show_attributes(cx, data, set, scope);
    true
}

static AF_INET_SPEC: Set =
    set("IFLA_INET_???", &[(IFLA_INET_UNSPEC, Raw), (IFLA_INET_CONF, Indexed(INT, &IPV4_SETTINGS))]);

/// Shows `IFLA_PROTINFO`, which bridges and IPv6 have.
pub(super) fn show_protocol_info(cx: &mut Cx<'_>, data: Data, scope: &mut Scope) -> bool {
    let set = match () {
        () if cx.is(scope.family, AF_BRIDGE) => &bridge::BRIDGE_PORT,
        () if cx.is(scope.family, AF_INET6) => &AF_INET6_SPEC,
        () => return false,
    };
    show_attributes(cx, data, set, scope);
    true
}

static AF_INET6_SPEC: Set = set(
    "IFLA_INET6_???",
    &[
        (IFLA_INET6_UNSPEC, Raw),
        (IFLA_INET6_FLAGS, Value(Flags(W4, &IF_NAMES))),
        (IFLA_INET6_CONF, Indexed(INT, &IPV6_SETTINGS)),
        (IFLA_INET6_STATS, Indexed(U64, &IPV6_STATISTICS)),
        (IFLA_INET6_MCAST, Raw),
        (IFLA_INET6_CACHEINFO, Value(Struct(&CACHE_INFO))),
        (IFLA_INET6_ICMP6STATS, Indexed(U64, &ICMPV6_STATISTICS)),
        (IFLA_INET6_TOKEN, IPV6),
        (IFLA_INET6_ADDR_GEN_MODE, Value(Enum(W1, &IN6_ADDR_GEN_MODE_NAMES))),
        (IFLA_INET6_RA_MTU, Value(UINT)),
    ],
);

static AF_MCTP_SPEC: Set = set(
    "IFLA_MCTP_???",
    &[(IFLA_MCTP_UNSPEC, Raw), (IFLA_MCTP_NET, Value(UINT)), (IFLA_MCTP_PHYS_BINDING, Value(X8))],
);

static IF_NAMES: Names = names(
    "IF_???",
    &[
        uncommon("IF_RS_SENT", 0x10),
        uncommon("IF_RA_RCVD", 0x20),
        uncommon("IF_RA_MANAGED", 0x40),
        uncommon("IF_RA_OTHERCONF", 0x80),
        uncommon("IF_READY", 0x80000000),
    ],
);

static IN6_ADDR_GEN_MODE_NAMES: Names = names(
    "IN6_ADDR_GEN_MODE_???",
    &[
        IN6_ADDR_GEN_MODE_EUI64,
        IN6_ADDR_GEN_MODE_NONE,
        IN6_ADDR_GEN_MODE_STABLE_PRIVACY,
        IN6_ADDR_GEN_MODE_RANDOM,
    ],
);

static CACHE_INFO: Record = record(
    "ifla_cacheinfo",
    &[
        arg("max_reasm_len", UINT),
        arg("tstamp", UINT),
        arg("reachable_time", UINT),
        arg("retrans_time", UINT),
    ],
);

static IPV4_SETTINGS: Index = Index {
    names: names(
        "IPV4_DEVCONF_???",
        &[
            IPV4_DEVCONF_FORWARDING,
            IPV4_DEVCONF_MC_FORWARDING,
            IPV4_DEVCONF_PROXY_ARP,
            IPV4_DEVCONF_ACCEPT_REDIRECTS,
            IPV4_DEVCONF_SECURE_REDIRECTS,
            IPV4_DEVCONF_SEND_REDIRECTS,
            IPV4_DEVCONF_SHARED_MEDIA,
            IPV4_DEVCONF_RP_FILTER,
            IPV4_DEVCONF_ACCEPT_SOURCE_ROUTE,
            IPV4_DEVCONF_BOOTP_RELAY,
            IPV4_DEVCONF_LOG_MARTIANS,
            IPV4_DEVCONF_TAG,
            IPV4_DEVCONF_ARPFILTER,
            IPV4_DEVCONF_MEDIUM_ID,
            IPV4_DEVCONF_NOXFRM,
            IPV4_DEVCONF_NOPOLICY,
            IPV4_DEVCONF_FORCE_IGMP_VERSION,
            IPV4_DEVCONF_ARP_ANNOUNCE,
            IPV4_DEVCONF_ARP_IGNORE,
            IPV4_DEVCONF_PROMOTE_SECONDARIES,
            IPV4_DEVCONF_ARP_ACCEPT,
            IPV4_DEVCONF_ARP_NOTIFY,
            IPV4_DEVCONF_ACCEPT_LOCAL,
            IPV4_DEVCONF_SRC_VMARK,
            IPV4_DEVCONF_PROXY_ARP_PVLAN,
            IPV4_DEVCONF_ROUTE_LOCALNET,
            IPV4_DEVCONF_IGMPV2_UNSOLICITED_REPORT_INTERVAL,
            IPV4_DEVCONF_IGMPV3_UNSOLICITED_REPORT_INTERVAL,
            IPV4_DEVCONF_IGNORE_ROUTES_WITH_LINKDOWN,
            IPV4_DEVCONF_DROP_UNICAST_IN_L2_MULTICAST,
            IPV4_DEVCONF_DROP_GRATUITOUS_ARP,
            IPV4_DEVCONF_BC_FORWARDING,
            IPV4_DEVCONF_ARP_EVICT_NOCARRIER,
        ],
    ),
    first: 1,
    suffix: "-1",
};
static IPV6_SETTINGS: Index = Index {
    names: names(
        "DEVCONF_???",
        &[
            DEVCONF_FORWARDING,
            DEVCONF_HOPLIMIT,
            DEVCONF_MTU6,
            DEVCONF_ACCEPT_RA,
            DEVCONF_ACCEPT_REDIRECTS,
            DEVCONF_AUTOCONF,
            DEVCONF_DAD_TRANSMITS,
            DEVCONF_RTR_SOLICITS,
            DEVCONF_RTR_SOLICIT_INTERVAL,
            DEVCONF_RTR_SOLICIT_DELAY,
            DEVCONF_USE_TEMPADDR,
            DEVCONF_TEMP_VALID_LFT,
            DEVCONF_TEMP_PREFERED_LFT,
            DEVCONF_REGEN_MAX_RETRY,
            DEVCONF_MAX_DESYNC_FACTOR,
            DEVCONF_MAX_ADDRESSES,
            DEVCONF_FORCE_MLD_VERSION,
            DEVCONF_ACCEPT_RA_DEFRTR,
            DEVCONF_ACCEPT_RA_PINFO,
            DEVCONF_ACCEPT_RA_RTR_PREF,
            DEVCONF_RTR_PROBE_INTERVAL,
            DEVCONF_ACCEPT_RA_RT_INFO_MAX_PLEN,
            DEVCONF_PROXY_NDP,
            DEVCONF_OPTIMISTIC_DAD,
            DEVCONF_ACCEPT_SOURCE_ROUTE,
            DEVCONF_MC_FORWARDING,
            DEVCONF_DISABLE_IPV6,
            DEVCONF_ACCEPT_DAD,
            DEVCONF_FORCE_TLLAO,
            DEVCONF_NDISC_NOTIFY,
            DEVCONF_MLDV1_UNSOLICITED_REPORT_INTERVAL,
            DEVCONF_MLDV2_UNSOLICITED_REPORT_INTERVAL,
            DEVCONF_SUPPRESS_FRAG_NDISC,
            DEVCONF_ACCEPT_RA_FROM_LOCAL,
            DEVCONF_USE_OPTIMISTIC,
            DEVCONF_ACCEPT_RA_MTU,
            DEVCONF_STABLE_SECRET,
            DEVCONF_USE_OIF_ADDRS_ONLY,
            DEVCONF_ACCEPT_RA_MIN_HOP_LIMIT,
            DEVCONF_IGNORE_ROUTES_WITH_LINKDOWN,
            DEVCONF_DROP_UNICAST_IN_L2_MULTICAST,
            DEVCONF_DROP_UNSOLICITED_NA,
            DEVCONF_KEEP_ADDR_ON_DOWN,
            DEVCONF_RTR_SOLICIT_MAX_INTERVAL,
            DEVCONF_SEG6_ENABLED,
            DEVCONF_SEG6_REQUIRE_HMAC,
            DEVCONF_ENHANCED_DAD,
            DEVCONF_ADDR_GEN_MODE,
            DEVCONF_DISABLE_POLICY,
            DEVCONF_ACCEPT_RA_RT_INFO_MIN_PLEN,
            DEVCONF_NDISC_TCLASS,
            DEVCONF_RPL_SEG_ENABLED,
            DEVCONF_RA_DEFRTR_METRIC,
            DEVCONF_IOAM6_ENABLED,
            DEVCONF_IOAM6_ID,
            DEVCONF_IOAM6_ID_WIDE,
            DEVCONF_NDISC_EVICT_NOCARRIER,
            DEVCONF_ACCEPT_UNTRACKED_NA,
            DEVCONF_ACCEPT_RA_MIN_LFT,
            DEVCONF_FORCE_FORWARDING,
        ],
    ),
    first: 0,
    suffix: "",
};
/// In strace's order, which is the kernel's before it moved those of ECN to the front.
static IPV6_STATISTICS: Index = Index {
    names: names(
        "IPSTATS_MIB_???",
        &[
            uncommon("IPSTATS_MIB_NUM", 0),
            uncommon("IPSTATS_MIB_INPKTS", 1),
            uncommon("IPSTATS_MIB_INOCTETS", 2),
            uncommon("IPSTATS_MIB_INDELIVERS", 3),
            uncommon("IPSTATS_MIB_OUTFORWDATAGRAMS", 4),
            uncommon("IPSTATS_MIB_OUTPKTS", 5),
            uncommon("IPSTATS_MIB_OUTOCTETS", 6),
            uncommon("IPSTATS_MIB_INHDRERRORS", 7),
            uncommon("IPSTATS_MIB_INTOOBIGERRORS", 8),
            uncommon("IPSTATS_MIB_INNOROUTES", 9),
            uncommon("IPSTATS_MIB_INADDRERRORS", 10),
            uncommon("IPSTATS_MIB_INUNKNOWNPROTOS", 11),
            uncommon("IPSTATS_MIB_INTRUNCATEDPKTS", 12),
            uncommon("IPSTATS_MIB_INDISCARDS", 13),
            uncommon("IPSTATS_MIB_OUTDISCARDS", 14),
            uncommon("IPSTATS_MIB_OUTNOROUTES", 15),
            uncommon("IPSTATS_MIB_REASMTIMEOUT", 16),
            uncommon("IPSTATS_MIB_REASMREQDS", 17),
            uncommon("IPSTATS_MIB_REASMOKS", 18),
            uncommon("IPSTATS_MIB_REASMFAILS", 19),
            uncommon("IPSTATS_MIB_FRAGOKS", 20),
            uncommon("IPSTATS_MIB_FRAGFAILS", 21),
            uncommon("IPSTATS_MIB_FRAGCREATES", 22),
            uncommon("IPSTATS_MIB_INMCASTPKTS", 23),
            uncommon("IPSTATS_MIB_OUTMCASTPKTS", 24),
            uncommon("IPSTATS_MIB_INBCASTPKTS", 25),
            uncommon("IPSTATS_MIB_OUTBCASTPKTS", 26),
            uncommon("IPSTATS_MIB_INMCASTOCTETS", 27),
            uncommon("IPSTATS_MIB_OUTMCASTOCTETS", 28),
            uncommon("IPSTATS_MIB_INBCASTOCTETS", 29),
            uncommon("IPSTATS_MIB_OUTBCASTOCTETS", 30),
            uncommon("IPSTATS_MIB_CSUMERRORS", 31),
            uncommon("IPSTATS_MIB_NOECTPKTS", 32),
            uncommon("IPSTATS_MIB_ECT1PKTS", 33),
            uncommon("IPSTATS_MIB_ECT0PKTS", 34),
            uncommon("IPSTATS_MIB_CEPKTS", 35),
            uncommon("IPSTATS_MIB_REASM_OVERLAPS", 36),
        ],
    ),
    first: 0,
    suffix: "",
};
static ICMPV6_STATISTICS: Index = Index {
    names: names(
        "ICMP6_MIB_???",
        &[
            ICMP6_MIB_NUM,
            ICMP6_MIB_INMSGS,
            ICMP6_MIB_INERRORS,
            ICMP6_MIB_OUTMSGS,
            ICMP6_MIB_OUTERRORS,
            ICMP6_MIB_CSUMERRORS,
        ],
    ),
    first: 0,
    suffix: "",
};
