//! Protocols of sockets, by the family that they belong to. The families AX.25, ISDN and CAIF are gone from Linux 7.2.

use super::names::{BLUETOOTH_PROTOCOLS, FAMILIES, INET_PROTOCOLS, NETLINK_PROTOCOLS};
use super::sockaddr::ETHER_TYPE;
use crate::common::uncommon;
use decode::prelude::*;
use uapi::consts::*;

/// A protocol of the family that the first argument gives; a whole register, where the family's protocols have no names.
pub(super) const PROTOCOL: Ty = Scalar(Long, |cx, v| {
    let family = cx.arg(0);
    if cx.is(family, AF_PACKET) {
        return cx.value(&ETHER_TYPE, v);
    }
    if cx.is(family, AF_AX25) {
        if !cx.out.names() {
            // A remark is no name.
            cx.out.hex(v);
            return cx.out.note(AX25.find(v, u64::MAX, cx.abi).unwrap_or(AX25.unknown));
        }
        let parts = AX25.find(v, u64::MAX, cx.abi).map(Part::Name);
        return cx.out.remarked(v, Base::Hex, parts.as_slice(), AX25.unknown);
    }
    match PROTOCOLS.iter().find(|(of, _)| cx.is(family, *of)) {
        Some((_, protocols)) => cx.enumerated(W4, protocols, v),
        None => cx.out.uint(v),
    }
});

/// The families whose protocols have names.
static PROTOCOLS: &[(Const, &Names)] = &[
    (AF_INET, &INET_PROTOCOLS),
    (AF_INET6, &INET_PROTOCOLS),
    (AF_NETLINK, &NETLINK_PROTOCOLS),
    (AF_IRDA, &IRDA),
    (AF_CAN, &CAN),
    (AF_BLUETOOTH, &BLUETOOTH_PROTOCOLS),
    (AF_RXRPC, &FAMILIES),
    (AF_ISDN, &ISDN),
    (AF_PHONET, &PHONET),
    (AF_CAIF, &CAIF),
    (AF_NFC, &NFC),
    (AF_KCM, &KCM),
    (AF_SMC, &SMC),
];

static CAN: Names =
    names("CAN_???", &[CAN_RAW, CAN_BCM, CAN_TP16, CAN_TP20, CAN_MCNET, CAN_ISOTP, CAN_J1939]);
static PHONET: Names = names("PN_PROTO_???", &[PN_PROTO_TRANSPORT, PN_PROTO_PHONET, PN_PROTO_PIPE]);
static NFC: Names = names("NFC_SOCKPROTO_???", &[NFC_SOCKPROTO_RAW, NFC_SOCKPROTO_LLCP]);
static KCM: Names = names("KCMPROTO_???", &[KCMPROTO_CONNECTED]);
/// The family is gone from Linux, and the names of its protocols: strace shows those of CAN.
static IRDA: Names = names("IRDAPROTO_???", CAN.entries);

/// `net/smc.h`.
static SMC: Names = names("SMCPROTO_???", &[uncommon("SMCPROTO_SMC", 0), uncommon("SMCPROTO_SMC6", 1)]);

/// `net/ax25.h`: identifiers of what a packet carries.
static AX25: Names = names(
    "AX25_P_???",
    &[
        uncommon("AX25_P_ROSE", 0x01),
        uncommon("AX25_P_VJCOMP", 0x06),
        uncommon("AX25_P_VJUNCOMP", 0x07),
        uncommon("AX25_P_SEGMENT", 0x08),
        uncommon("AX25_P_TEXNET", 0xc3),
        uncommon("AX25_P_LQ", 0xc4),
        uncommon("AX25_P_ATALK", 0xca),
        uncommon("AX25_P_ATALK_ARP", 0xcb),
        uncommon("AX25_P_IP", 0xcc),
        uncommon("AX25_P_ARP", 0xcd),
        uncommon("AX25_P_FLEXNET", 0xce),
        uncommon("AX25_P_NETROM", 0xcf),
        uncommon("AX25_P_TEXT", 0xf0),
    ],
);

/// `linux/mISDNif.h`.
static ISDN: Names = names(
    "ISDN_P_???",
    &[
        uncommon("ISDN_P_BASE", 0),
        uncommon("ISDN_P_TE_S0", 0x01),
        uncommon("ISDN_P_NT_S0", 0x02),
        uncommon("ISDN_P_TE_E1", 0x03),
        uncommon("ISDN_P_NT_E1", 0x04),
        uncommon("ISDN_P_LAPD_TE", 0x10),
        uncommon("ISDN_P_LAPD_NT", 0x11),
        uncommon("ISDN_P_B_RAW", 0x21),
        uncommon("ISDN_P_B_HDLC", 0x22),
        uncommon("ISDN_P_B_X75SLP", 0x23),
        uncommon("ISDN_P_B_L2DTMF", 0x24),
        uncommon("ISDN_P_B_L2DSP", 0x25),
        uncommon("ISDN_P_B_L2DSPHDLC", 0x26),
    ],
);

/// `linux/caif/caif_socket.h`.
static CAIF: Names = names(
    "CAIFPROTO_???",
    &[
        uncommon("CAIFPROTO_AT", 0),
        uncommon("CAIFPROTO_DATAGRAM", 1),
        uncommon("CAIFPROTO_DATAGRAM_LOOP", 2),
        uncommon("CAIFPROTO_UTIL", 3),
        uncommon("CAIFPROTO_RFM", 4),
        uncommon("CAIFPROTO_DEBUG", 5),
    ],
);
