//! Settings: data center bridging (`linux/dcbnl.h`), `linux/netconf.h`, `linux/net_namespace.h`.

use crate::net::sockaddr::INTERFACE;
use crate::netlink::attr::Is::{Raw, Value};
use crate::netlink::attr::{Set, set};
use decode::prelude::*;
use uapi::consts::*;

/// Data center bridging.
pub(super) static DCB: Set = set(
    "DCB_ATTR_???",
    &[
        (DCB_ATTR_UNDEFINED, Raw),
        (DCB_ATTR_IFNAME, Raw),
        (DCB_ATTR_STATE, Raw),
        (DCB_ATTR_PFC_STATE, Raw),
        (DCB_ATTR_PFC_CFG, Raw),
        (DCB_ATTR_NUM_TC, Raw),
        (DCB_ATTR_PG_CFG, Raw),
        (DCB_ATTR_SET_ALL, Raw),
        (DCB_ATTR_PERM_HWADDR, Raw),
        (DCB_ATTR_CAP, Raw),
        (DCB_ATTR_NUMTCS, Raw),
        (DCB_ATTR_BCN, Raw),
        (DCB_ATTR_APP, Raw),
        (DCB_ATTR_IEEE, Raw),
        (DCB_ATTR_DCBX, Raw),
        (DCB_ATTR_FEATCFG, Raw),
        (DCB_ATTR_CEE, Raw),
    ],
);

/// Settings of the network.
pub(super) static NETCONF: Set = set(
    "NETCONFA_???",
    &[
        (NETCONFA_UNSPEC, Raw),
        (NETCONFA_IFINDEX, Value(INTERFACE)),
        (NETCONFA_FORWARDING, Value(INT)),
        (NETCONFA_RP_FILTER, Value(INT)),
        (NETCONFA_MC_FORWARDING, Value(INT)),
        (NETCONFA_PROXY_NEIGH, Value(INT)),
        (NETCONFA_IGNORE_ROUTES_WITH_LINKDOWN, Value(INT)),
        (NETCONFA_INPUT, Value(INT)),
        (NETCONFA_BC_FORWARDING, Value(INT)),
        (NETCONFA_FORCE_FORWARDING, Value(INT)),
    ],
);

/// Ids of network namespaces.
pub(super) static NSID: Set = set(
    "NETNSA_???",
    &[
        (NETNSA_NONE, Raw),
        (NETNSA_NSID, Value(INT)),
        (NETNSA_PID, Value(UINT)),
        (NETNSA_FD, Value(INT)),
        (NETNSA_TARGET_NSID, Value(INT)),
        (NETNSA_CURRENT_NSID, Value(INT)),
    ],
);
