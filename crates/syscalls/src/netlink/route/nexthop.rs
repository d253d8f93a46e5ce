//! Nexthop objects (`linux/nexthop.h`).

use super::path::LWTUNNEL_ENCAP_NAMES;
use crate::net::sockaddr::INTERFACE;
use crate::netlink::attr::Is::{self, Nest, Raw, Value};
use crate::netlink::attr::{Set, set};
use crate::netlink::payload::{ADDRESS, TICKS};
use decode::prelude::*;
use uapi::consts::*;

/// The attributes of a nexthop.
pub(super) static NEXTHOP: Set = set(
    "NHA_???",
    &[
        (NHA_UNSPEC, Raw),
        (NHA_ID, Value(UINT)),
        (NHA_GROUP, Is::Array(Struct(&MEMBER))),
        (NHA_GROUP_TYPE, Value(Enum(W2, &NEXTHOP_GRP_TYPE_NAMES))),
        (NHA_BLACKHOLE, Value(UINT)),
        (NHA_OIF, Value(INTERFACE)),
        (NHA_GATEWAY, ADDRESS),
        (NHA_ENCAP_TYPE, Value(Enum(W2, &LWTUNNEL_ENCAP_NAMES))),
        (NHA_ENCAP, Raw),
        (NHA_GROUPS, Value(UINT)),
        (NHA_MASTER, Value(INTERFACE)),
        (NHA_FDB, Value(UINT)),
        (NHA_RES_GROUP, Nest(&RES_GROUP)),
        (NHA_RES_BUCKET, Nest(&RES_BUCKET)),
    ],
);

static RES_GROUP: Set = set(
    "NHA_RES_GROUP_???",
    &[
        (NHA_RES_GROUP_PAD, Raw),
        (NHA_RES_GROUP_BUCKETS, Value(U16)),
        (NHA_RES_GROUP_IDLE_TIMER, TICKS),
        (NHA_RES_GROUP_UNBALANCED_TIMER, TICKS),
        (NHA_RES_GROUP_UNBALANCED_TIME, TICKS),
    ],
);

static RES_BUCKET: Set = set(
    "NHA_RES_BUCKET_???",
    &[
        (NHA_RES_BUCKET_PAD, Raw),
        (NHA_RES_BUCKET_INDEX, Value(U16)),
        (NHA_RES_BUCKET_IDLE_TIME, TICKS),
        (NHA_RES_BUCKET_NH_ID, Value(UINT)),
    ],
);

static NEXTHOP_GRP_TYPE_NAMES: Names =
    names("NEXTHOP_GRP_TYPE_???", &[NEXTHOP_GRP_TYPE_MPATH, NEXTHOP_GRP_TYPE_RES]);

/// `struct nexthop_grp`.
static MEMBER: Record = record(
    "nexthop_grp",
    &[arg("id", UINT), arg("weight", U8), arg("weight_high", U8), arg("resvd2", X16).nonzero()],
);
