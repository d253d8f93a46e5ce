//! Virtual functions of an interface, and their ports (`linux/if_link.h`).

use crate::net::sockaddr::ETHER_TYPE;
use crate::netlink::attr::Is::{Code, Nest, Raw, Text, Value};
use crate::netlink::attr::{Scope, Set, set};
use crate::netlink::chain::Data;
use crate::netlink::payload::show_hardware_address;
use decode::prelude::*;
use uapi::consts::*;

/// What an interface's virtual functions are.
pub(super) static VFINFO_LIST: Set =
    set("IFLA_VF_INFO_???", &[(IFLA_VF_INFO_UNSPEC, Raw), (IFLA_VF_INFO, Nest(&VF_INFO))]);

static VF_INFO: Set = set(
    "IFLA_VF_???",
    &[
        (IFLA_VF_UNSPEC, Raw),
        (IFLA_VF_MAC, Value(Struct(&VF_MAC))),
        (IFLA_VF_VLAN, Value(Struct(&VF_VLAN))),
        (IFLA_VF_TX_RATE, Value(Struct(&VF_TX_RATE))),
        (IFLA_VF_SPOOFCHK, Value(Struct(&VF_SETTING))),
        (IFLA_VF_LINK_STATE, Value(Struct(&VF_LINK_STATE))),
        (IFLA_VF_RATE, Value(Struct(&VF_RATE))),
        (IFLA_VF_RSS_QUERY_EN, Value(Struct(&VF_SETTING))),
        (IFLA_VF_STATS, Nest(&VF_STATS)),
        (IFLA_VF_TRUST, Value(Struct(&VF_SETTING))),
        (IFLA_VF_IB_NODE_GUID, Code(show_guid)),
        (IFLA_VF_IB_PORT_GUID, Code(show_guid)),
        (IFLA_VF_VLAN_LIST, Nest(&VF_VLAN_LIST)),
        (IFLA_VF_BROADCAST, Value(Struct(&VF_BROADCAST))),
    ],
);

static VF_STATS: Set = set(
    "IFLA_VF_STATS_???",
    &[
        (IFLA_VF_STATS_RX_PACKETS, Value(U64)),
        (IFLA_VF_STATS_TX_PACKETS, Value(U64)),
        (IFLA_VF_STATS_RX_BYTES, Value(U64)),
        (IFLA_VF_STATS_TX_BYTES, Value(U64)),
        (IFLA_VF_STATS_BROADCAST, Value(U64)),
        (IFLA_VF_STATS_MULTICAST, Value(U64)),
        (IFLA_VF_STATS_PAD, Raw),
        (IFLA_VF_STATS_RX_DROPPED, Value(U64)),
        (IFLA_VF_STATS_TX_DROPPED, Value(U64)),
    ],
);

static VF_VLAN_LIST: Set = set(
    "IFLA_VF_VLAN_INFO_???",
    &[(IFLA_VF_VLAN_INFO_UNSPEC, Raw), (IFLA_VF_VLAN_INFO, Value(Struct(&VF_VLAN_INFO)))],
);

/// The ports of virtual functions.
pub(super) static VF_PORTS: Set =
    set("IFLA_VF_PORT_???", &[(IFLA_VF_PORT_UNSPEC, Raw), (IFLA_VF_PORT, Nest(&VF_PORT))]);

/// A port.
pub(super) static VF_PORT: Set = set(
    "IFLA_PORT_???",
    &[
        (IFLA_PORT_UNSPEC, Raw),
        (IFLA_PORT_VF, Value(UINT)),
        (IFLA_PORT_PROFILE, Text),
        (IFLA_PORT_VSI_TYPE, Value(Struct(&PORT_VSI))),
        (IFLA_PORT_INSTANCE_UUID, Raw),
        (IFLA_PORT_HOST_UUID, Raw),
        (IFLA_PORT_REQUEST, Value(U8)),
        (IFLA_PORT_RESPONSE, Value(U16)),
    ],
);

static VF_MAC: Record =
    record("ifla_vf_mac", &[arg("vf", UINT), arg("mac", Inline([32; 3], 1, show_hardware_address::<32>))]);

static VF_VLAN: Record = record("ifla_vf_vlan", &[arg("vf", UINT), arg("vlan", UINT), arg("qos", UINT)]);

static VF_TX_RATE: Record = record("ifla_vf_tx_rate", &[arg("vf", UINT), arg("rate", UINT)]);

static VF_SETTING: Record = record("ifla_vf_spoofchk", &[arg("vf", UINT), arg("setting", UINT)]);

static VF_LINK_STATE: Record =
    record("ifla_vf_link_state", &[arg("vf", UINT), arg("link_state", Enum(W4, &LINK_STATES))]);

static VF_RATE: Record =
    record("ifla_vf_rate", &[arg("vf", UINT), arg("min_tx_rate", UINT), arg("max_tx_rate", UINT)]);

static VF_BROADCAST: Record =
    record("ifla_vf_broadcast", &[arg("broadcast", Inline([32; 3], 1, show_hardware_address::<32>))]);

static VF_VLAN_INFO: Record = record(
    "ifla_vf_vlan_info",
    &[arg("vf", UINT), arg("vlan", UINT), arg("qos", UINT), arg("vlan_proto", ETHER_TYPE), pad(2)],
);

static PORT_VSI: Record = record(
    "ifla_port_vsi",
    &[
        arg("vsi_mgr_id", U8),
        arg("vsi_type_id", Binary(Len::Const(3))),
        arg("vsi_type_version", U8),
        arg("pad", Binary(Len::Const(3))).nonzero(),
    ],
);

static LINK_STATES: Names = names(
    "IFLA_VF_LINK_STATE_???",
    &[IFLA_VF_LINK_STATE_AUTO, IFLA_VF_LINK_STATE_ENABLE, IFLA_VF_LINK_STATE_DISABLE],
);
static GUID: Record = record("ifla_vf_guid", &[arg("vf", UINT), pad(4), arg("guid", X64)]);
static GUID_I386: Record = packed("ifla_vf_guid", &[arg("vf", UINT), arg("guid", X64)]);

/// `struct ifla_vf_guid`: programs of either word size lay it out in their own way.
fn show_guid(cx: &mut Cx<'_>, data: Data, _: &mut Scope) -> bool {
    let record = match data.len {
        12 => &GUID_I386,
        16 => &GUID,
        _ => return false,
    };
    cx.record_at(record, data.addr, record.size(cx.abi));
    true
}
