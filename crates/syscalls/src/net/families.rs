//! Socket addresses of the families beyond the internet's and Unix's.

use super::names::{FAMILIES, TYPES};
use super::sockaddr::{INTERFACE, PORT, show_internet};
use crate::common::uncommon;
use decode::prelude::*;
use uapi::consts::*;

/// How an address is shown whose bytes are at hand, in a struct that is open and names the family already.
pub(super) enum Address {
    /// The members of a record after the family.
    Record(&'static Record),
    /// Code: it gets the bytes after the family.
    Code(fn(&mut Cx<'_>, &[u8])),
}

/// A family, the fewest bytes that make an address of it, and the address.
pub(super) static ADDRESSES: &[(Const, usize, Address)] = &[
    (AF_AX25, 16, Address::Code(super::ax25::show)),
    (AF_IPX, 16, Address::Record(&IPX)),
    (AF_X25, 18, Address::Record(&X25)),
    (AF_TIPC, 16, Address::Record(&TIPC)),
    (AF_BLUETOOTH, 4, Address::Code(super::bluetooth::show)),
    (AF_RXRPC, 36, Address::Code(show_rxrpc)),
    (AF_IEEE802154, 20, Address::Record(&IEEE802154)),
    (AF_ALG, 25, Address::Code(show_algorithm)),
    (AF_NFC, 16, Address::Code(show_nfc)),
    (AF_VSOCK, 16, Address::Record(&VSOCK)),
    (AF_QIPCRTR, 12, Address::Record(&QIPCRTR)),
    (AF_XDP, 16, Address::Record(&XDP)),
    (AF_MCTP, 12, Address::Record(&MCTP)),
];

/// The family, which is shown already.
const FAMILY: Arg = pad(2);
/// A byte, in hexadecimal, as `%#02x` prints it.
const BYTE: Ty = Scalar(W1, |cx, v| cx.out.hex_wide(v, 0));

static IPX: Record = record(
    "sockaddr_ipx",
    &[
        FAMILY,
        arg("sipx_port", PORT),
        arg(
            "sipx_network",
            Scalar(W4, |cx, v| {
                cx.out.open(Kind::Wrap("htonl"));
                cx.out.hex(u64::from((v as u32).swap_bytes()));
                cx.out.close(Kind::Wrap("htonl"));
            }),
        ),
        arg("sipx_node", Array(&BYTE, Len::Const(6))),
        arg("sipx_type", BYTE),
        arg("sipx_zero", BYTE).nonzero(),
    ],
);

static X25: Record = record("sockaddr_x25", &[FAMILY, arg("sx25_addr", Struct(&X25_ADDRESS))]);
static X25_ADDRESS: Record = record("x25_address", &[arg("x25_addr", CharArray(16))]);

static VSOCK: Record = record(
    "sockaddr_vm",
    &[
        FAMILY,
        arg("svm_reserved1", X16).nonzero(),
        arg("", Inline([8; 3], 4, show_end)),
        arg("svm_flags", Flags(W1, &VSOCK_FLAGS)),
        arg("svm_zero", Binary(Len::Const(3))).nonzero(),
    ],
);

/// Shows a context, and the port, which stands before it.
fn show_end(cx: &mut Plain<'_>, offset: u64) {
    let offset = offset as usize;
    let (port, context) = (cx.load(offset, 4), cx.load(offset + 4, 4));
    cx.out.field("svm_cid");
    cx.enumerated(W4, &CONTEXTS, context);
    cx.out.field("svm_port");
    cx.enumerated(W4, &PORTS, port);
}

static CONTEXTS: Names =
    names("", &[VMADDR_CID_ANY, VMADDR_CID_HYPERVISOR, VMADDR_CID_LOCAL, VMADDR_CID_HOST]);
static PORTS: Names = names("", &[VMADDR_PORT_ANY]);
static VSOCK_FLAGS: Names = names("VMADDR_FLAG_???", &[VMADDR_FLAG_TO_HOST]);

static QIPCRTR: Record = record(
    "sockaddr_qrtr",
    &[FAMILY, pad(2), arg("sq_node", Enum(W4, &QIPCRTR_NODES)), arg("sq_port", Enum(W4, &QIPCRTR_PORTS))],
);
static QIPCRTR_NODES: Names = names("", &[QRTR_NODE_BCAST]);
static QIPCRTR_PORTS: Names = names("", &[QRTR_PORT_CTRL]);

static TIPC: Record = record(
    "sockaddr_tipc",
    &[
        FAMILY,
        arg("addrtype", Enum(W1, &TIPC_TYPES)),
        arg("scope", Scalar(W1, show_tipc_scope)),
        arg(
            "addr",
            Ty::Union(&decode::Union {
                on: "addrtype",
                cases: &[
                    (TIPC_SERVICE_RANGE, Struct(&TIPC_RANGE_MEMBER)),
                    (TIPC_SERVICE_ADDR, Struct(&TIPC_NAME_MEMBER)),
                    (TIPC_SOCKET_ADDR, Struct(&TIPC_ID_MEMBER)),
                ],
                other: Bytes(Len::Const(12)),
            }),
        ),
    ],
);
static TIPC_TYPES: Names = names("TIPC_???", &[TIPC_SERVICE_RANGE, TIPC_SERVICE_ADDR, TIPC_SOCKET_ADDR]);
/// A `signed char`, or a negative one's negative: of the least, which has none, that is the same again.
fn show_tipc_scope(cx: &mut Plain<'_>, v: u64) {
    let scope = v as i8;
    let positive = if scope < 0 { scope.wrapping_neg() as u32 } else { scope as u32 };
    let shown = if scope < 0 { -i64::from(positive) } else { i64::from(positive) };
    let name = TIPC_SCOPES.find(u64::from(positive), u64::MAX, cx.abi).map(Part::Name);
    cx.out.symbolic(shown as u64, Base::SignedHex, name.as_slice(), TIPC_SCOPES.unknown);
}

static TIPC_SCOPES: Names = names("TIPC_???_SCOPE", &[TIPC_CLUSTER_SCOPE, TIPC_NODE_SCOPE]);
static TIPC_RANGE_MEMBER: Record = record("sockaddr_tipc::nameseq", &[arg("nameseq", Struct(&TIPC_RANGE))]);
static TIPC_RANGE: Record =
    record("tipc_service_range", &[arg("type", UINT), arg("lower", UINT), arg("upper", UINT)]);
static TIPC_NAME_MEMBER: Record = record("sockaddr_tipc::name", &[arg("name", Struct(&TIPC_NAME))]);
static TIPC_NAME: Record =
    record("sockaddr_tipc::name", &[arg("name", Struct(&TIPC_SERVICE)), arg("domain", X32)]);
static TIPC_SERVICE: Record = record("tipc_service_addr", &[arg("type", UINT), arg("instance", UINT)]);
static TIPC_ID_MEMBER: Record = record("sockaddr_tipc::id", &[arg("id", Struct(&TIPC_ID)), pad(4)]);
static TIPC_ID: Record = record("tipc_socket_addr", &[arg("ref", UINT), arg("node", X32)]);

static NFC: Record = record(
    "sockaddr_nfc_llcp",
    &[
        NFC_FIELDS[0],
        NFC_FIELDS[1],
        NFC_FIELDS[2],
        NFC_FIELDS[3],
        NFC_FIELDS[4],
        arg("dsap", SERVICE_ACCESS_POINT),
        arg("ssap", SERVICE_ACCESS_POINT),
        arg("service_name", Inline([63; 3], 1, show_service_name)),
        arg("service_name_len", ULONG),
    ],
);
/// `struct sockaddr_nfc`, which the other begins with.
static NFC_RAW: Record = record("sockaddr_nfc", &NFC_FIELDS);
const NFC_FIELDS: [Arg; 5] = [
    FAMILY,
    pad(2),
    arg("dev_idx", INTERFACE),
    arg("target_idx", X32),
    arg("nfc_protocol", Enum(W4, &NFC_PROTOCOLS)),
];

/// An address of either kind: the longer one, if it is all there.
fn show_nfc(cx: &mut Cx<'_>, data: &[u8]) {
    let mut bytes = [0; 128];
    let len = (data.len() + 2).min(bytes.len());
    bytes[2..len].copy_from_slice(&data[..len - 2]);
    if len >= NFC.size(cx.abi) {
        return cx.members_from(&NFC, &bytes[..len], 0);
    }
    cx.members_from(&NFC_RAW, &bytes[..len], 0);
    if len > NFC_RAW.size(cx.abi) {
        cx.out.more();
    }
}

static NFC_PROTOCOLS: Names = names(
    "NFC_PROTO_???",
    &[
        NFC_PROTO_JEWEL,
        NFC_PROTO_MIFARE,
        NFC_PROTO_FELICA,
        NFC_PROTO_ISO14443,
        NFC_PROTO_NFC_DEP,
        NFC_PROTO_ISO14443_B,
        NFC_PROTO_ISO15693,
    ],
);
const SERVICE_ACCESS_POINT: Ty = Scalar(W1, |cx, v| match ACCESS_POINTS.find(v, 0xff, cx.abi) {
    Some(name) => cx.out.remarked(v, Base::Hex, &[Part::Name(name)], ""),
    None => cx.out.hex(v),
});
/// `include/net/nfc/llc.h` of the kernel's NFC stack.
static ACCESS_POINTS: Names = names(
    "",
    &[
        uncommon("LLCP_SAP_SDP", 1),
        uncommon("LLCP_SAP_IP", 2),
        uncommon("LLCP_SAP_OBEX", 3),
        uncommon("LLCP_SAP_SNEP", 4),
        uncommon("LLCP_SAP_MAX", 0xff),
    ],
);

fn show_service_name(cx: &mut Plain<'_>, offset: u64) {
    let mut bytes = [0; 63];
    let raw = cx.raw(offset as usize, (cx.field("service_name_len") as usize).min(bytes.len()));
    let len = raw.len();
    bytes[..len].copy_from_slice(raw);
    cx.out.bytes(&bytes[..len], Text::Plain, false);
}

static IEEE802154: Record =
    record("sockaddr_ieee802154", &[FAMILY, pad(2), arg("addr", Struct(&IEEE802154_ADDRESS))]);
static IEEE802154_ADDRESS: Record = record(
    "ieee802154_addr_sa",
    &[
        arg(
            "addr_type",
            Scalar(W4, |cx, v| {
                let parts = IEEE802154_TYPES.find(v, u64::MAX, cx.abi).map(Part::Name);
                cx.out.remarked(v, Base::Hex, parts.as_slice(), IEEE802154_TYPES.unknown);
            }),
        ),
        arg("pan_id", Scalar(W2, |cx, v| show_remarked(cx, &IEEE802154_NETWORKS, v))),
        arg("", Inline([8; 3], 1, show_ieee802154)),
        pad(2),
    ],
);
/// `include/net/af_ieee802154.h`.
static IEEE802154_TYPES: Names = names(
    "IEEE802154_ADDR_???",
    &[
        uncommon("IEEE802154_ADDR_NONE", 0),
        uncommon("IEEE802154_ADDR_SHORT", 2),
        uncommon("IEEE802154_ADDR_LONG", 3),
    ],
);

/// Networks and short addresses that mean something of their own.
static IEEE802154_NETWORKS: Names = names("", &[uncommon("IEEE802154_PANID_BROADCAST", 0xffff)]);
static IEEE802154_SHORT: Names =
    names("", &[uncommon("IEEE802154_ADDR_BROADCAST", 0xffff), uncommon("IEEE802154_ADDR_UNDEF", 0xfffe)]);

/// Shows a number, and its name if it has one.
fn show_remarked(cx: &mut Plain<'_>, table: &Names, v: u64) {
    match table.find(v, u64::MAX, cx.abi) {
        Some(name) => cx.out.remarked(v, Base::Hex, &[Part::Name(name)], ""),
        None => cx.out.hex(v),
    }
}

fn show_ieee802154(cx: &mut Plain<'_>, offset: u64) {
    let offset = offset as usize;
    match cx.field("addr_type") {
        0 => {}
        2 => {
            let v = cx.load(offset, 2);
            cx.out.field("short_addr");
            show_remarked(cx, &IEEE802154_SHORT, v);
        }
        _ => {
            let bytes = cx.load(offset, 8).to_le_bytes();
            cx.out.field("hwaddr");
            cx.out.hardware_address(&bytes);
        }
    }
}

static XDP: Record = record(
    "sockaddr_xdp",
    &[
        FAMILY,
        arg("sxdp_flags", Flags(W2, &XDP_FLAGS)),
        arg("sxdp_ifindex", INTERFACE),
        arg("sxdp_queue_id", UINT),
        arg(
            "sxdp_shared_umem_fd",
            Scalar(W4, |cx, v| {
                // Only with this flag is it a descriptor.
                if shares_memory(cx) { cx.fd(v as i32) } else { cx.out.hex(v) }
            }),
        )
        .when(|cx| shares_memory(cx) || cx.field("sxdp_shared_umem_fd") != 0),
    ],
);
fn shares_memory(cx: &Plain<'_>) -> bool {
    cx.has(cx.field("sxdp_flags"), XDP_SHARED_UMEM)
}

static XDP_FLAGS: Names =
    names("XDP_???", &[XDP_SHARED_UMEM, XDP_COPY, XDP_ZEROCOPY, XDP_USE_NEED_WAKEUP, XDP_USE_SG]);

static MCTP: Record = record(
    "sockaddr_mctp",
    &[
        FAMILY,
        arg("__smctp_pad0", X16).nonzero(),
        arg("smctp_network", Enum(W4, &MCTP_NETWORKS)),
        arg("smctp_addr", Struct(&MCTP_ADDRESS)),
        arg("smctp_type", X8),
        arg("smctp_tag", X8),
        arg("__smctp_pad1", X8).nonzero(),
    ],
);
static MCTP_ADDRESS: Record = record("mctp_addr", &[arg("s_addr", Enum(W1, &MCTP_ADDRESSES))]);
static MCTP_NETWORKS: Names = names("", &[MCTP_NET_ANY]);
static MCTP_ADDRESSES: Names = names("", &[MCTP_ADDR_NULL, MCTP_ADDR_ANY]);

static ALGORITHM_FLAGS: Names = names("CRYPTO_ALG_???", &[uncommon("CRYPTO_ALG_KERN_DRIVER_ONLY", 0x1000)]);

/// `struct sockaddr_alg`, of which the name may be longer than 64 bytes.
fn show_algorithm(cx: &mut Cx<'_>, data: &[u8]) {
    let (kind, rest) = data.split_at_checked(14).unwrap_or((data, &[]));
    let Some((numbers, name)) = rest.split_first_chunk::<8>() else { return };
    cx.out.field("salg_type");
    show_string(cx, kind);
    for (field, bytes) in ["salg_feat", "salg_mask"].into_iter().zip(numbers.chunks_exact(4)) {
        cx.out.field(field);
        let v = bytes.iter().rev().fold(0, |v, &b| v << 8 | u64::from(b));
        let mut parts = Parts::new();
        let rest = parts.push_flags(v, u64::from(u32::MAX), &ALGORITHM_FLAGS, cx.abi);
        if rest != 0 && !parts.is_empty() {
            parts.push(Part::Hex(rest));
        }
        match v {
            0 => cx.out.uint(0),
            _ => cx.out.remarked(v, Base::Hex, parts.as_slice(), ALGORITHM_FLAGS.unknown),
        }
    }
    cx.out.field("salg_name");
    show_string(cx, name);
}

/// Shows a string that should end with a NUL; if it does not, its last byte stands for what is missing.
fn show_string(cx: &mut Cx<'_>, bytes: &[u8]) {
    match bytes.iter().position(|&b| b == 0) {
        Some(end) => cx.out.bytes(&bytes[..end], Text::Plain, false),
        None => cx.out.bytes(&bytes[..bytes.len().saturating_sub(1)], Text::Plain, true),
    }
}

/// Services of AFS (`include/afs.h` of OpenAFS, `fs/afs` of the kernel).
static SERVICES: Names = names(
    "???_SERVICE",
    &[
        uncommon("CM_SERVICE", 1),
        uncommon("YFS_FS_SERVICE", 2500),
        uncommon("YFS_CM_SERVICE", 2501),
        uncommon("YFS_VL_SERVICE", 2503),
    ],
);

/// `struct sockaddr_rxrpc`: a service and the address of its transport.
fn show_rxrpc(cx: &mut Cx<'_>, data: &[u8]) {
    let number = |at: usize| data.get(at..at + 2).map_or(0, |b| u64::from(b[0]) | u64::from(b[1]) << 8);
    let (service, kind, len, family) = (number(0), number(2), number(4), number(6));
    cx.out.field("srx_service");
    let mut parts = Parts::new();
    if let Some(name) = SERVICES.find(service, 0xffff, cx.abi) {
        parts.push(Part::Name(name));
    }
    cx.out.remarked(service, Base::Hex, parts.as_slice(), SERVICES.unknown);
    cx.out.field("transport_type");
    cx.enumerated(W2, &TYPES, kind);
    cx.out.field("transport_len");
    cx.out.uint(len);
    cx.out.field("transport");
    let transport = data.get(6..).unwrap_or(&[]);
    let told = (len as usize).max(2);
    cx.out.open(Kind::Struct);
    if !show_internet(cx, family, transport, told) {
        let transport = &transport[..transport.len().min(told)];
        cx.out.field("family");
        cx.enumerated(W2, &FAMILIES, family);
        if transport.len() > 2 {
            cx.out.unnamed("data");
            cx.out.bytes(&transport[2..], Text::Plain, false);
        }
    }
    cx.out.close(Kind::Struct);
}
