//! Netlink sockets (`linux/netlink_diag.h`).

use super::{COOKIE, FAMILY, MEMORY};
use crate::common::uncommon;
use crate::net::{NETLINK_PROTOCOLS, TYPES};
use crate::netlink::attr::Is::{self, Value};
use crate::netlink::attr::{Set, set};
use decode::prelude::*;
use uapi::consts::*;

/// A request.
pub(super) static REQUEST: Record = record(
    "netlink_diag_req",
    &[
        arg("sdiag_family", FAMILY),
        arg("sdiag_protocol", PROTOCOL_OR_ALL),
        pad(2),
        arg("ndiag_ino", UINT),
        arg("ndiag_show", Flags(W4, &SHOW)),
        arg("ndiag_cookie", COOKIE),
    ],
);
/// An answer.
pub(super) static ANSWER: Record = record(
    "netlink_diag_msg",
    &[
        arg("ndiag_family", FAMILY),
        arg("ndiag_type", Enum(W1, &TYPES)),
        arg("ndiag_protocol", Enum(W1, &NETLINK_PROTOCOLS)),
        arg("ndiag_state", Enum(W1, &SOCKET_STATES)),
        arg("ndiag_portid", UINT),
        arg("ndiag_dst_portid", UINT),
        arg("ndiag_dst_group", UINT),
        arg("ndiag_ino", UINT),
        arg("ndiag_cookie", COOKIE),
    ],
);
/// A protocol, or all of them.
const PROTOCOL_OR_ALL: Ty = Scalar(W1, |cx, v| {
    if cx.is(v, NDIAG_PROTO_ALL) {
        cx.named(v, Base::Hex, NDIAG_PROTO_ALL.name);
    } else {
        cx.enumerated(W1, &NETLINK_PROTOCOLS, v);
    }
});
/// `NETLINK_UNCONNECTED` and `NETLINK_CONNECTED` of `net/netlink/af_netlink.c`; others are TCP's.
static SOCKET_STATES: Names = names(
    "NETLINK_???",
    &[uncommon("NETLINK_UNCONNECTED", 0), uncommon("NETLINK_CONNECTED", 1), uncommon("TCP_CLOSE", 7)],
);
static SHOW: Names =
    names("NDIAG_SHOW_???", &[NDIAG_SHOW_MEMINFO, NDIAG_SHOW_GROUPS, NDIAG_SHOW_RING_CFG, NDIAG_SHOW_FLAGS]);

/// The attributes of an answer.
pub(super) static NETLINK_ANSWER: Set = set(
    "NETLINK_DIAG_???",
    &[
        (NETLINK_DIAG_MEMINFO, MEMORY),
        (NETLINK_DIAG_GROUPS, Is::Array(XLONG)),
        (NETLINK_DIAG_RX_RING, Value(Struct(&RING))),
        (NETLINK_DIAG_TX_RING, Value(Struct(&RING))),
        (NETLINK_DIAG_FLAGS, Value(Flags(W4, &NDIAG_FLAG_NAMES))),
    ],
);

static NDIAG_FLAG_NAMES: Names = names(
    "NDIAG_FLAG_???",
    &[
        NDIAG_FLAG_CB_RUNNING,
        NDIAG_FLAG_PKTINFO,
        NDIAG_FLAG_BROADCAST_ERROR,
        NDIAG_FLAG_NO_ENOBUFS,
        NDIAG_FLAG_LISTEN_ALL_NSID,
        NDIAG_FLAG_CAP_ACK,
    ],
);

static RING: Record = record(
    "netlink_diag_ring",
    &[
        arg("ndr_block_size", UINT),
        arg("ndr_block_nr", UINT),
        arg("ndr_frame_size", UINT),
        arg("ndr_frame_nr", UINT),
    ],
);
