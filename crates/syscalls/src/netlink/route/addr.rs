//! Addresses of interfaces (`linux/if_addr.h`), and labels of addresses (`linux/if_addrlabel.h`).

use crate::netlink::attr::Is::{Raw, Text, Value};
use crate::netlink::attr::{Set, set};
use crate::netlink::payload::ADDRESS;
use decode::prelude::*;
use uapi::consts::*;

/// The attributes of an address.
pub(super) static ADDRESSES: Set = set(
    "IFA_???",
    &[
        (IFA_UNSPEC, Raw),
        (IFA_ADDRESS, ADDRESS),
        (IFA_LOCAL, ADDRESS),
        (IFA_LABEL, Text),
        (IFA_BROADCAST, ADDRESS),
        (IFA_ANYCAST, ADDRESS),
        (IFA_CACHEINFO, Value(Struct(&CACHE_INFO))),
        (IFA_MULTICAST, ADDRESS),
        (IFA_FLAGS, Value(Flags(W4, &IFA_F_NAMES))),
        (IFA_RT_PRIORITY, Value(UINT)),
        (IFA_TARGET_NETNSID, Value(INT)),
        (IFA_PROTO, Raw),
    ],
);

/// The attributes of an address label.
pub(super) static LABEL: Set = set("IFAL_???", &[(IFAL_ADDRESS, ADDRESS), (IFAL_LABEL, Value(UINT))]);

/// The flags of an address that the byte of its header has room for.
pub(super) static LOW_FLAGS: Names = names(
    "IFA_F_???",
    &[
        IFA_F_SECONDARY,
        IFA_F_NODAD,
        IFA_F_OPTIMISTIC,
        IFA_F_DADFAILED,
        IFA_F_HOMEADDRESS,
        IFA_F_DEPRECATED,
        IFA_F_TENTATIVE,
        IFA_F_PERMANENT,
    ],
);

/// Flags of an address.
static IFA_F_NAMES: Names = names(
    "IFA_F_???",
    &[
        IFA_F_SECONDARY,
        IFA_F_NODAD,
        IFA_F_OPTIMISTIC,
        IFA_F_DADFAILED,
        IFA_F_HOMEADDRESS,
        IFA_F_DEPRECATED,
        IFA_F_TENTATIVE,
        IFA_F_PERMANENT,
        IFA_F_MANAGETEMPADDR,
        IFA_F_NOPREFIXROUTE,
        IFA_F_MCAUTOJOIN,
        IFA_F_STABLE_PRIVACY,
    ],
);

static CACHE_INFO: Record = record(
    "ifa_cacheinfo",
    &[arg("ifa_prefered", UINT), arg("ifa_valid", UINT), arg("cstamp", UINT), arg("tstamp", UINT)],
);
