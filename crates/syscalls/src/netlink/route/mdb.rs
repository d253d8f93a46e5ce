//! Multicast databases of bridges (`linux/if_bridge.h`).

use crate::net::FAMILIES;
use crate::net::sockaddr::INTERFACE;
use crate::netlink::attr::Is::{Nest, Raw, Then, Value};
use crate::netlink::attr::{Set, set};
use crate::netlink::payload::TICKS;
use decode::prelude::*;
use uapi::consts::*;

/// The attributes of a multicast database.
pub(super) static MDB: Set =
    set("MDBA_???", &[(MDBA_UNSPEC, Raw), (MDBA_MDB, Nest(&ENTRIES)), (MDBA_ROUTER, Nest(&ROUTER))]);

/// The attributes of a multicast database.
static ENTRIES: Set = set("MDBA_MDB_???", &[(MDBA_MDB_UNSPEC, Raw), (MDBA_MDB_ENTRY, Nest(&MDB_ENTRY))]);

static MDB_ENTRY: Set = set(
    "MDBA_MDB_ENTRY_???",
    &[(MDBA_MDB_ENTRY_UNSPEC, Raw), (MDBA_MDB_ENTRY_INFO, Then(Struct(&ENTRY), &Nest(&ENTRY_ATTRIBUTES)))],
);

static ROUTER: Set = set(
    "MDBA_ROUTER_???",
    &[(MDBA_ROUTER_UNSPEC, Raw), (MDBA_ROUTER_PORT, Then(INTERFACE, &Nest(&PORT_ATTRIBUTES)))],
);

/// `struct br_mdb_entry`.
static ENTRY: Record = record(
    "br_mdb_entry",
    &[
        arg("ifindex", INTERFACE),
        arg("state", Enum(W1, &STATES)),
        arg("flags", Flags(W1, &FLAGS)),
        arg("vid", U16),
        arg("addr", Struct(&ENTRY_ADDRESS)),
    ],
);
/// A group's address: what it holds depends on the protocol, an Ethernet type.
static ENTRY_ADDRESS: Record = record(
    "br_mdb_entry::addr",
    &[
        arg("u", Inline([16; 3], 4, show_group)),
        arg(
            "proto",
            Scalar(W2, |cx, v| {
                cx.out.open(Kind::Wrap("htons"));
                cx.enumerated(W2, &FAMILIES, u64::from((v as u16).swap_bytes()));
                cx.out.close(Kind::Wrap("htons"));
            }),
        ),
        pad(2),
    ],
);

fn show_group(cx: &mut Plain<'_>, offset: u64) {
    let mut bytes = [0; 16];
    let raw = cx.raw(offset as usize, bytes.len());
    bytes[..raw.len()].copy_from_slice(raw);
    let protocol = u64::from((cx.field("proto") as u16).swap_bytes());
    match () {
        () if cx.is(protocol, AF_INET) => {
            cx.out.wide_ip(std::net::Ipv4Addr::new(bytes[0], bytes[1], bytes[2], bytes[3]), &bytes);
        }
        () if cx.is(protocol, AF_INET6) => cx.out.ip("", std::net::Ipv6Addr::from(bytes).into()),
        () => cx.out.bytes(&bytes, decode::Text::Binary, false),
    }
}

static STATES: Names = names("MDB_???", &[MDB_TEMPORARY, MDB_PERMANENT]);
static FLAGS: Names = names(
    "MDB_FLAGS_???",
    &[
        MDB_FLAGS_OFFLOAD,
        MDB_FLAGS_FAST_LEAVE,
        MDB_FLAGS_STAR_EXCL,
        MDB_FLAGS_BLOCKED,
        MDB_FLAGS_OFFLOAD_FAILED,
    ],
);
static ENTRY_ATTRIBUTES: Set = set(
    "MDBA_MDB_EATTR_???",
    &[
        (MDBA_MDB_EATTR_UNSPEC, Raw),
        (MDBA_MDB_EATTR_TIMER, TICKS),
        (MDBA_MDB_EATTR_SRC_LIST, Raw),
        (MDBA_MDB_EATTR_GROUP_MODE, Raw),
        (MDBA_MDB_EATTR_SOURCE, Raw),
        (MDBA_MDB_EATTR_RTPROT, Raw),
        (MDBA_MDB_EATTR_DST, Raw),
        (MDBA_MDB_EATTR_DST_PORT, Raw),
        (MDBA_MDB_EATTR_VNI, Raw),
        (MDBA_MDB_EATTR_IFINDEX, Raw),
        (MDBA_MDB_EATTR_SRC_VNI, Raw),
    ],
);
static PORT_ATTRIBUTES: Set = set(
    "MDBA_ROUTER_PATTR_???",
    &[
        (MDBA_ROUTER_PATTR_UNSPEC, Raw),
        (MDBA_ROUTER_PATTR_TIMER, TICKS),
        (MDBA_ROUTER_PATTR_TYPE, Value(Enum(W1, &ROUTER_TYPES))),
        (MDBA_ROUTER_PATTR_INET_TIMER, TICKS),
        (MDBA_ROUTER_PATTR_INET6_TIMER, TICKS),
    ],
);
static ROUTER_TYPES: Names = names(
    "MDB_RTR_TYPE_???",
    &[MDB_RTR_TYPE_DISABLED, MDB_RTR_TYPE_TEMP_QUERY, MDB_RTR_TYPE_PERM, MDB_RTR_TYPE_TEMP],
);
