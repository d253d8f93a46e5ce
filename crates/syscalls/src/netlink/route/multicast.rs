//! Reports of multicast routing (`linux/mroute.h`, `linux/mroute6.h`).

use crate::net::sockaddr::IPV4;
use crate::netlink::attr::Is::{Raw, Value};
use crate::netlink::attr::{Set, set};
use crate::netlink::payload::IPV6;
use decode::prelude::*;
use uapi::consts::*;

/// The attributes of a report of IPv4 multicast routing.
pub(super) static REPORT: Set = set(
    "IPMRA_CREPORT_???",
    &[
        (IPMRA_CREPORT_UNSPEC, Raw),
        (IPMRA_CREPORT_MSGTYPE, Value(Enum(W1, &IGMPMSG_NAMES))),
        (IPMRA_CREPORT_VIF_ID, Value(UINT)),
        (IPMRA_CREPORT_SRC_ADDR, Value(IPV4)),
        (IPMRA_CREPORT_DST_ADDR, Value(IPV4)),
        (IPMRA_CREPORT_PKT, Raw),
        (IPMRA_CREPORT_TABLE, Value(UINT)),
    ],
);

/// The attributes of a report of IPv6 multicast routing.
pub(super) static REPORT6: Set = set(
    "IP6MRA_CREPORT_???",
    &[
        (IP6MRA_CREPORT_UNSPEC, Raw),
        (IP6MRA_CREPORT_MSGTYPE, Value(Enum(W1, &MRT6MSG_NAMES))),
        (IP6MRA_CREPORT_MIF_ID, Value(UINT)),
        (IP6MRA_CREPORT_SRC_ADDR, IPV6),
        (IP6MRA_CREPORT_DST_ADDR, IPV6),
        (IP6MRA_CREPORT_PKT, Raw),
    ],
);

static IGMPMSG_NAMES: Names =
    names("IGMPMSG_???", &[IGMPMSG_NOCACHE, IGMPMSG_WRONGVIF, IGMPMSG_WHOLEPKT, IGMPMSG_WRVIFWHOLE]);

static MRT6MSG_NAMES: Names = names("MRT6MSG_???", &[MRT6MSG_NOCACHE, MRT6MSG_WRONGMIF, MRT6MSG_WHOLEPKT]);
