//! Neighbours and their tables (`linux/neighbour.h`).

use crate::net::sockaddr::INTERFACE;
use crate::netlink::attr::Is::{Nest, Raw, Text, Value, Versions};
use crate::netlink::attr::{Set, set};
use crate::netlink::payload::{ADDRESS, IP_PROTOCOL, MAC, NET16};
use decode::prelude::*;
use uapi::consts::*;

/// The attributes of a neighbour.
pub(super) static NEIGHBOUR: Set = set(
    "NDA_???",
    &[
        (NDA_UNSPEC, Raw),
        (NDA_DST, ADDRESS),
        (NDA_LLADDR, MAC),
        (NDA_CACHEINFO, Value(Struct(&CACHE_INFO))),
        (NDA_PROBES, Value(UINT)),
        (NDA_VLAN, Value(U16)),
        (NDA_PORT, Value(NET16)),
        (NDA_VNI, Value(UINT)),
        (NDA_IFINDEX, Value(INTERFACE)),
        (NDA_MASTER, Value(INTERFACE)),
        (NDA_LINK_NETNSID, Value(UINT)),
        (NDA_SRC_VNI, Value(UINT)),
        (NDA_PROTOCOL, IP_PROTOCOL),
        (NDA_NH_ID, Value(UINT)),
        (NDA_FDB_EXT_ATTRS, Nest(&FDB_EXT_ATTRS)),
        (NDA_FLAGS_EXT, Value(Flags(W4, &NTF_EXT_NAMES))),
        (NDA_NDM_STATE_MASK, Value(Flags(W2, &NUD_NAMES))),
        (NDA_NDM_FLAGS_MASK, Value(Flags(W1, &NTF_NAMES))),
    ],
);

static FDB_EXT_ATTRS: Set = set(
    "NFEA_???",
    &[
        (NFEA_UNSPEC, Raw),
        (NFEA_ACTIVITY_NOTIFY, Value(Flags(W1, &FDB_NOTIFY_NAMES))),
        (NFEA_DONT_REFRESH, Raw),
    ],
);

/// The attributes of a table of neighbours.
pub(super) static TABLE: Set = set(
    "NDTA_???",
    &[
        (NDTA_UNSPEC, Raw),
        (NDTA_NAME, Text),
        (NDTA_THRESH1, Value(UINT)),
        (NDTA_THRESH2, Value(UINT)),
        (NDTA_THRESH3, Value(UINT)),
        (NDTA_CONFIG, Value(Struct(&TABLE_CONFIG))),
        (NDTA_PARMS, Nest(&PARMS)),
        (NDTA_STATS, Versions(&TABLE_STATS, &[80, 88])),
        (NDTA_GC_INTERVAL, Value(U64)),
        (NDTA_PAD, Raw),
    ],
);

static PARMS: Set = set(
    "NDTPA_???",
    &[
        (NDTPA_UNSPEC, Raw),
        (NDTPA_IFINDEX, Value(INTERFACE)),
        (NDTPA_REFCNT, Value(UINT)),
        (NDTPA_REACHABLE_TIME, Value(U64)),
        (NDTPA_BASE_REACHABLE_TIME, Value(U64)),
        (NDTPA_RETRANS_TIME, Value(U64)),
        (NDTPA_GC_STALETIME, Value(U64)),
        (NDTPA_DELAY_PROBE_TIME, Value(U64)),
        (NDTPA_QUEUE_LEN, Value(UINT)),
        (NDTPA_APP_PROBES, Value(UINT)),
        (NDTPA_UCAST_PROBES, Value(UINT)),
        (NDTPA_MCAST_PROBES, Value(UINT)),
        (NDTPA_ANYCAST_DELAY, Value(U64)),
        (NDTPA_PROXY_DELAY, Value(U64)),
        (NDTPA_PROXY_QLEN, Value(UINT)),
        (NDTPA_LOCKTIME, Value(U64)),
        (NDTPA_QUEUE_LENBYTES, Value(UINT)),
        (NDTPA_MCAST_REPROBES, Value(UINT)),
        (NDTPA_PAD, Raw),
        (NDTPA_INTERVAL_PROBE_TIME_MS, Value(U64)),
    ],
);

static NTF_EXT_NAMES: Names = names("NTF_EXT_???", &[NTF_EXT_MANAGED, NTF_EXT_LOCKED, NTF_EXT_EXT_VALIDATED]);

/// States of a neighbour.
pub(super) static NUD_NAMES: Names = names(
    "NUD_???",
    &[
        NUD_NONE,
        NUD_INCOMPLETE,
        NUD_REACHABLE,
        NUD_STALE,
        NUD_DELAY,
        NUD_PROBE,
        NUD_FAILED,
        NUD_NOARP,
        NUD_PERMANENT,
    ],
);

/// Flags of a neighbour.
pub(super) static NTF_NAMES: Names = names(
    "",
    &[NTF_USE, NTF_SELF, NTF_MASTER, NTF_PROXY, NTF_EXT_LEARNED, NTF_OFFLOADED, NTF_STICKY, NTF_ROUTER],
);

static FDB_NOTIFY_NAMES: Names = names("FDB_NOTIFY_???", &[FDB_NOTIFY_BIT, FDB_NOTIFY_INACTIVE_BIT]);

static CACHE_INFO: Record = record(
    "nda_cacheinfo",
    &[arg("ndm_confirmed", UINT), arg("ndm_used", UINT), arg("ndm_updated", UINT), arg("ndm_refcnt", UINT)],
);

static TABLE_CONFIG: Record = record(
    "ndt_config",
    &[
        arg("ndtc_key_len", U16),
        arg("ndtc_entry_size", U16),
        arg("ndtc_entries", UINT),
        arg("ndtc_last_flush", UINT),
        arg("ndtc_last_rand", UINT),
        arg("ndtc_hash_rnd", UINT),
        arg("ndtc_hash_mask", Scalar(W4, |cx, v| cx.out.hex_wide(v, 6))),
        arg("ndtc_hash_chain_gc", UINT),
        arg("ndtc_proxy_qlen", UINT),
    ],
);

static TABLE_STATS: Record = record(
    "ndt_stats",
    &[
        arg("ndts_allocs", U64),
        arg("ndts_destroys", U64),
        arg("ndts_hash_grows", U64),
        arg("ndts_res_failed", U64),
        arg("ndts_lookups", U64),
        arg("ndts_hits", U64),
        arg("ndts_rcv_probes_mcast", U64),
        arg("ndts_rcv_probes_ucast", U64),
        arg("ndts_periodic_gc_runs", U64),
        arg("ndts_forced_gc_runs", U64),
        arg("ndts_table_fulls", U64),
    ],
);
