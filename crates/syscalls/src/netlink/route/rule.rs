//! Rules of routing (`linux/fib_rules.h`).

use super::path::TABLES;
use crate::netlink::attr::Is::{Raw, Text, Value};
use crate::netlink::attr::{Set, set};
use crate::netlink::payload::{ADDRESS, IP_PROTOCOL, NET32, NET64};
use decode::prelude::*;
use uapi::consts::*;

/// The attributes of a rule.
pub(super) static RULE: Set = set(
    "FRA_???",
    &[
        (FRA_UNSPEC, Raw),
        (FRA_DST, ADDRESS),
        (FRA_SRC, ADDRESS),
        (FRA_IIFNAME, Text),
        (FRA_GOTO, Value(UINT)),
        (FRA_UNUSED2, Raw),
        (FRA_PRIORITY, Value(UINT)),
        (FRA_UNUSED3, Raw),
        (FRA_UNUSED4, Raw),
        (FRA_UNUSED5, Raw),
        (FRA_FWMARK, Value(UINT)),
        (FRA_FLOW, Value(UINT)),
        (FRA_TUN_ID, Value(NET64)),
        (FRA_SUPPRESS_IFGROUP, Value(UINT)),
        (FRA_SUPPRESS_PREFIXLEN, Value(UINT)),
        (FRA_TABLE, Value(Enum(W4, &TABLES))),
        (FRA_FWMASK, Value(UINT)),
        (FRA_OIFNAME, Text),
        (FRA_PAD, Raw),
        (FRA_L3MDEV, Value(U8)),
        (FRA_UID_RANGE, Value(Struct(&UID_RANGE))),
        (FRA_PROTOCOL, Value(Enum(W1, &RTPROT_NAMES))),
        (FRA_IP_PROTO, IP_PROTOCOL),
        (FRA_SPORT_RANGE, Value(Struct(&PORT_RANGE))),
        (FRA_DPORT_RANGE, Value(Struct(&PORT_RANGE))),
        (FRA_DSCP, Value(U8)),
        (FRA_FLOWLABEL, Value(NET32)),
        (FRA_FLOWLABEL_MASK, Value(NET32)),
        (FRA_SPORT_MASK, Value(X16)),
        (FRA_DPORT_MASK, Value(X16)),
        (FRA_DSCP_MASK, Value(X8)),
    ],
);

/// Who made a route.
pub(super) static RTPROT_NAMES: Names = names(
    "RTPROT_???",
    &[
        RTPROT_UNSPEC,
        RTPROT_REDIRECT,
        RTPROT_KERNEL,
        RTPROT_BOOT,
        RTPROT_STATIC,
        RTPROT_GATED,
        RTPROT_RA,
        RTPROT_MRT,
        RTPROT_ZEBRA,
        RTPROT_BIRD,
        RTPROT_DNROUTED,
        RTPROT_XORP,
        RTPROT_NTK,
        RTPROT_DHCP,
        RTPROT_MROUTED,
        RTPROT_KEEPALIVED,
        RTPROT_BABEL,
        RTPROT_OVN,
        RTPROT_OPENR,
        RTPROT_BGP,
        RTPROT_ISIS,
        RTPROT_OSPF,
        RTPROT_RIP,
        RTPROT_EIGRP,
    ],
);

static UID_RANGE: Record = record("fib_rule_uid_range", &[arg("start", UINT), arg("end", UINT)]);

static PORT_RANGE: Record = record("fib_rule_port_range", &[arg("start", U16), arg("end", U16)]);
