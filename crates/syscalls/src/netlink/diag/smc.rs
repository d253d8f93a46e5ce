//! SMC sockets (`linux/smc_diag.h`).

use super::inet::SOCKET_ID;
use super::{FAMILY, SHUTDOWN};
use crate::common::uncommon;
use crate::netlink::attr::Is::{Code, Raw, Value};
use crate::netlink::attr::{Scope, Set, set};
use crate::netlink::chain::Data;
use crate::netlink::payload::show_bits_before;
use decode::prelude::*;
use uapi::consts::*;

/// A request.
pub(super) static REQUEST: Record = record(
    "smc_diag_req",
    &[
        arg("diag_family", FAMILY),
        pad(2),
        arg("diag_ext", Scalar(W1, |cx, v| show_bits_before(cx, v, &EXTENSIONS))),
        arg("id", Struct(&SOCKET_ID)),
    ],
);
/// An answer.
pub(super) static ANSWER: Record = record(
    "smc_diag_msg",
    &[
        arg("diag_family", FAMILY),
        arg("diag_state", Enum(W1, &STATES)),
        arg("diag_fallback", Enum(W1, &MODES)),
        arg("diag_shutdown", U8),
        arg("id", Struct(&SOCKET_ID)),
        arg("diag_uid", UINT),
        arg(
            "diag_inode",
            Inline([8; 3], 4, |cx, offset| {
                let inode = cx.load(offset as usize, 8);
                cx.out.uint(inode);
            }),
        ),
    ],
);
static EXTENSIONS: Names = names("1<<SMC_DIAG_???-1", &[SMC_DIAG_CONNINFO, SMC_DIAG_LGRINFO]);
static MODES: Names =
    names("SMC_DIAG_MODE_???", &[SMC_DIAG_MODE_SMCR, SMC_DIAG_MODE_FALLBACK_TCP, SMC_DIAG_MODE_SMCD]);
/// States of a socket (`net/smc/smc.h`).
static STATES: Names = names(
    "SMC_???",
    &[
        uncommon("SMC_ACTIVE", 1),
        uncommon("SMC_INIT", 2),
        uncommon("SMC_CLOSED", 7),
        uncommon("SMC_LISTEN", 10),
        uncommon("SMC_PEERCLOSEWAIT1", 20),
        uncommon("SMC_PEERCLOSEWAIT2", 21),
        uncommon("SMC_APPCLOSEWAIT1", 22),
        uncommon("SMC_APPCLOSEWAIT2", 23),
        uncommon("SMC_APPFINCLOSEWAIT", 24),
        uncommon("SMC_PEERFINCLOSEWAIT", 25),
        uncommon("SMC_PEERABORTWAIT", 26),
        uncommon("SMC_PROCESSABORT", 27),
    ],
);

/// The attributes of an answer.
pub(super) static SMC_ANSWER: Set = set(
    "SMC_DIAG_???",
    &[
        (SMC_DIAG_NONE, Raw),
        (SMC_DIAG_CONNINFO, Value(Struct(&CONNECTION))),
        (SMC_DIAG_LGRINFO, Value(Struct(&LINK_GROUP))),
        (SMC_DIAG_SHUTDOWN, Value(Flags(W1, &SHUTDOWN))),
        (SMC_DIAG_DMBINFO, Code(show_buffer_info)),
        (SMC_DIAG_FALLBACK, Value(Struct(&FALLBACK))),
    ],
);

static CURSOR: Record =
    record("smc_diag_cursor", &[arg("reserved", U16), arg("wrap", U16), arg("count", UINT)]);
/// `struct smc_diag_conninfo`.
static CONNECTION: Record = record(
    "smc_diag_conninfo",
    &[
        arg("token", UINT),
        arg("sndbuf_size", UINT),
        arg("rmbe_size", UINT),
        arg("peer_rmbe_size", UINT),
        arg("rx_prod", Struct(&CURSOR)),
        arg("rx_cons", Struct(&CURSOR)),
        arg("tx_prod", Struct(&CURSOR)),
        arg("tx_cons", Struct(&CURSOR)),
        arg("rx_prod_flags", X8),
        arg("rx_conn_state_flags", X8),
        arg("tx_prod_flags", X8),
        arg("tx_conn_state_flags", X8),
        arg("tx_prep", Struct(&CURSOR)),
        arg("tx_sent", Struct(&CURSOR)),
        arg("tx_fin", Struct(&CURSOR)),
    ],
);
/// `struct smc_diag_lgrinfo`.
static LINK_GROUP: Record = record(
    "smc_diag_lgrinfo",
    &[arg("lnk", Array(&Struct(&LINK), Len::Const(1))), arg("role", Enum(W1, &ROLES))],
);
static LINK: Record = record(
    "smc_diag_linkinfo",
    &[
        arg("link_id", U8),
        arg("ibname", CharArray(64)),
        arg("ibport", U8),
        arg("gid", CharArray(40)),
        arg("peer_gid", CharArray(40)),
    ],
);
static ROLES: Names = names("SMC_???", &[uncommon("SMC_CLNT", 0), uncommon("SMC_SERV", 1)]);
/// `struct smc_diag_fallback`.
static FALLBACK: Record =
    record("smc_diag_fallback", &[arg("reason", DECLINE), arg("peer_diagnosis", DECLINE)]);
const DECLINE: Ty = Scalar(W4, |cx, v| {
    let mut parts = Parts::new();
    if let Some(name) = DECLINES.find(v, u64::from(u32::MAX), cx.abi) {
        parts.push(Part::Name(name));
    }
    cx.out.remarked(v, Base::Hex, parts.as_slice(), DECLINES.unknown);
});
/// Why a connection goes without SMC (`net/smc/smc_clc.h`).
static DECLINES: Names = names(
    "SMC_CLC_DECL_???",
    &[
        uncommon("SMC_CLC_DECL_MEM", 0x1010000),
        uncommon("SMC_CLC_DECL_TIMEOUT_CL", 0x2010000),
        uncommon("SMC_CLC_DECL_TIMEOUT_AL", 0x2020000),
        uncommon("SMC_CLC_DECL_CNFERR", 0x3000000),
        uncommon("SMC_CLC_DECL_PEERNOSMC", 0x3010000),
        uncommon("SMC_CLC_DECL_IPSEC", 0x3020000),
        uncommon("SMC_CLC_DECL_NOSMCDEV", 0x3030000),
        uncommon("SMC_CLC_DECL_MODEUNSUPP", 0x3040000),
        uncommon("SMC_CLC_DECL_RMBE_EC", 0x3050000),
        uncommon("SMC_CLC_DECL_OPTUNSUPP", 0x3060000),
        uncommon("SMC_CLC_DECL_SYNCERR", 0x4000000),
        uncommon("SMC_CLC_DECL_PEERDECL", 0x5000000),
        uncommon("SMC_CLC_DECL_INTERR", 0x99990000),
        uncommon("SMC_CLC_DECL_ERR_RTOK", 0x99990001),
        uncommon("SMC_CLC_DECL_ERR_RDYLNK", 0x99990002),
        uncommon("SMC_CLC_DECL_ERR_REGRMB", 0x99990003),
    ],
);
/// `struct smcd_diag_dmbinfo`.
static BUFFER: Record = record(
    "smcd_diag_dmbinfo",
    &[
        arg("linkid", UINT),
        pad(4),
        arg("peer_gid", X64),
        arg("my_gid", X64),
        arg("token", X64),
        arg("peer_token", X64),
        arg("peer_gid_ext", X64).when(|cx| cx.record_len() > OLD_BUFFER),
        arg("my_gid_ext", X64).when(|cx| cx.record_len() > OLD_BUFFER),
    ],
);
/// The size of that struct before the last two fields, in bytes.
const OLD_BUFFER: usize = 40;

/// Shows a struct that may be cut anywhere behind its old size: what is missing is zero.
fn show_buffer_info(cx: &mut Cx<'_>, data: Data, _: &mut Scope) -> bool {
    let mut raw = [0; 56];
    let len = data.len.min(raw.len() as u64) as usize;
    if len < OLD_BUFFER {
        return false;
    }
    if !cx.read(data.addr, &mut raw[..len]) {
        cx.out.addr(data.addr);
        return true;
    }
    let size = if len > OLD_BUFFER { raw.len() } else { OLD_BUFFER };
    cx.record_from(&BUFFER, &raw[..size], data.addr);
    true
}
