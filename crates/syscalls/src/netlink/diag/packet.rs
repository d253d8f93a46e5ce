//! Packet sockets (`linux/packet_diag.h`).

use super::{COOKIE, FAMILY, MEMORY};
use crate::bpf_filter::{show_filter, show_socket_operand};
use crate::net::sockaddr::INTERFACE;
use crate::net::{ETHER_TYPES, TYPES};
use crate::netlink::attr::Is::{self, Code, Value};
use crate::netlink::attr::{Scope, Set, set};
use crate::netlink::chain::Data;
use decode::prelude::*;
use uapi::consts::*;

/// A request.
pub(super) static REQUEST: Record = record(
    "packet_diag_req",
    &[
        arg("sdiag_family", FAMILY),
        arg("sdiag_protocol", X8),
        pad(2),
        arg("pdiag_ino", UINT),
        arg("pdiag_show", Flags(W4, &SHOW)),
        arg("pdiag_cookie", COOKIE),
    ],
);
/// An answer.
pub(super) static ANSWER: Record = record(
    "packet_diag_msg",
    &[
        arg("pdiag_family", FAMILY),
        arg("pdiag_type", Enum(W1, &TYPES)),
        arg("pdiag_num", Enum(W2, &ETHER_TYPES)),
        arg("pdiag_ino", UINT),
        arg("pdiag_cookie", COOKIE),
    ],
);
static SHOW: Names = names(
    "PACKET_SHOW_???",
    &[
        PACKET_SHOW_INFO,
        PACKET_SHOW_MCLIST,
        PACKET_SHOW_RING_CFG,
        PACKET_SHOW_FANOUT,
        PACKET_SHOW_MEMINFO,
        PACKET_SHOW_FILTER,
    ],
);
static VERSIONS: Names = names("TPACKET_???", &[TPACKET_V1, TPACKET_V2, TPACKET_V3]);
static INFO_FLAGS: Names = names("PDI_???", &[PDI_RUNNING, PDI_AUXDATA, PDI_ORIGDEV, PDI_VNETHDR, PDI_LOSS]);
/// `struct packet_diag_mclist`.
static MEMBERSHIP: Record = record(
    "packet_diag_mclist",
    &[
        arg("pdmc_index", INTERFACE),
        arg("pdmc_count", UINT),
        arg("pdmc_type", U16),
        arg("pdmc_alen", U16),
        arg("pdmc_addr", Inline([32; 3], 1, show_member)),
    ],
);

fn show_member(cx: &mut Plain<'_>, offset: u64) {
    let mut bytes = [0; 32];
    let raw = cx.raw(offset as usize, (cx.field("pdmc_alen") as usize).min(bytes.len()));
    let len = raw.len();
    bytes[..len].copy_from_slice(raw);
    cx.out.bytes(&bytes[..len], decode::Text::Binary, false);
}

/// The program of a socket's filter.
fn show_program(cx: &mut Cx<'_>, data: Data, _: &mut Scope) -> bool {
    /// The size of `struct sock_filter`.
    const INSTRUCTION: u64 = 8;
    if data.len < INSTRUCTION {
        return false;
    }
    show_filter(cx, data.addr, data.len / INSTRUCTION, show_socket_operand);
    true
}

/// The attributes of an answer.
pub(super) static PACKET_ANSWER: Set = set(
    "PACKET_DIAG_???",
    &[
        (PACKET_DIAG_INFO, Value(Struct(&INFO))),
        (PACKET_DIAG_MCLIST, Is::Array(Struct(&MEMBERSHIP))),
        (PACKET_DIAG_RX_RING, Value(Struct(&RING))),
        (PACKET_DIAG_TX_RING, Value(Struct(&RING))),
        (PACKET_DIAG_FANOUT, Value(UINT)),
        (PACKET_DIAG_UID, Value(UINT)),
        (PACKET_DIAG_MEMINFO, MEMORY),
        (PACKET_DIAG_FILTER, Code(show_program)),
    ],
);

static INFO: Record = record(
    "packet_diag_info",
    &[
        arg("pdi_index", INTERFACE),
        arg("pdi_version", Enum(W4, &VERSIONS)),
        arg("pdi_reserve", UINT),
        arg("pdi_copy_thresh", UINT),
        arg("pdi_tstamp", UINT),
        arg("pdi_flags", Flags(W4, &INFO_FLAGS)),
    ],
);

static RING: Record = record(
    "packet_diag_ring",
    &[
        arg("pdr_block_size", UINT),
        arg("pdr_block_nr", UINT),
        arg("pdr_frame_size", UINT),
        arg("pdr_frame_nr", UINT),
        arg("pdr_retire_tmo", UINT),
        arg("pdr_sizeof_priv", UINT),
        arg("pdr_features", UINT),
    ],
);
