//! What a link has by its kind (`IFLA_LINKINFO`): the kind's name comes first.

use super::bridge;
use crate::common::ID;
use crate::netlink::attr::Is::{Code, Nest, Raw, Value};
use crate::netlink::attr::{Is, KindName, Scope, Set, set, show_attributes, show_payload};
use crate::netlink::chain::Data;
use decode::prelude::*;
use uapi::consts::*;

/// The attributes by which a link's kind is told, and what only links of that kind have.
static LINKINFO: Set = set(
    "IFLA_INFO_???",
    &[
        (IFLA_INFO_UNSPEC, Raw),
        (IFLA_INFO_KIND, Code(show_kind)),
        (IFLA_INFO_DATA, Code(|cx, data, scope| show_of_kind(cx, data, scope, |kind| kind.data))),
        (IFLA_INFO_XSTATS, Code(|cx, data, scope| show_of_kind(cx, data, scope, |kind| kind.statistics))),
        (IFLA_INFO_SLAVE_KIND, Code(show_slave_kind)),
        (IFLA_INFO_SLAVE_DATA, Code(show_slave_data)),
    ],
);

/// A kind of link.
struct LinkKind {
    name: &'static str,
    data: &'static Is,
    statistics: &'static Is,
}

static KINDS: &[LinkKind] = &[
    LinkKind { name: "bridge", data: &Nest(&bridge::BRIDGE), statistics: &Raw },
    LinkKind { name: "tun", data: &Nest(&TUN), statistics: &Raw },
    LinkKind { name: "can", data: &Raw, statistics: &Value(Struct(&CAN_STATS)) },
];

/// Shows `IFLA_LINKINFO`.
pub(super) fn show_link_info(cx: &mut Cx<'_>, data: Data, scope: &mut Scope) -> bool {
    let mut inner = *scope;
    show_attributes(cx, data, &LINKINFO, &mut inner);
    true
}

fn show_kind(cx: &mut Cx<'_>, data: Data, scope: &mut Scope) -> bool {
    scope.kind = KindName::read(cx, data);
    cx.c_string(data.addr, data.len as usize);
    true
}

fn show_slave_kind(cx: &mut Cx<'_>, data: Data, scope: &mut Scope) -> bool {
    scope.slave_kind = KindName::read(cx, data);
    cx.c_string(data.addr, data.len as usize);
    true
}

fn show_of_kind(cx: &mut Cx<'_>, data: Data, scope: &mut Scope, what: fn(&LinkKind) -> &'static Is) -> bool {
    let is = KINDS.iter().find(|kind| scope.kind.is(kind.name)).map_or(&Raw, what);
    show_payload(cx, data, is, scope);
    true
}

fn show_slave_data(cx: &mut Cx<'_>, data: Data, scope: &mut Scope) -> bool {
    let bridge = scope.slave_kind.is("bridge");
    if bridge {
        show_attributes(cx, data, &bridge::BRIDGE_PORT, scope);
    }
    bridge
}

/// `struct can_device_stats`.
static CAN_STATS: Record = record(
    "can_device_stats",
    &[
        arg("bus_error", UINT),
        arg("error_warning", UINT),
        arg("error_passive", UINT),
        arg("bus_off", UINT),
        arg("arbitration_lost", UINT),
        arg("restarts", UINT),
    ],
);

/// A tun or tap device.
static TUN: Set = set(
    "IFLA_TUN_???",
    &[
        (IFLA_TUN_UNSPEC, Raw),
        (IFLA_TUN_OWNER, Value(ID)),
        (IFLA_TUN_GROUP, Value(ID)),
        (IFLA_TUN_TYPE, Value(Enum(W1, &IFF_NAMES))),
        (IFLA_TUN_PI, Value(U8)),
        (IFLA_TUN_VNET_HDR, Value(U8)),
        (IFLA_TUN_PERSIST, Value(U8)),
        (IFLA_TUN_MULTI_QUEUE, Value(U8)),
        (IFLA_TUN_NUM_QUEUES, Value(UINT)),
        (IFLA_TUN_NUM_DISABLED_QUEUES, Value(UINT)),
    ],
);

static IFF_NAMES: Names = names("IFF_???", &[IFF_TUN, IFF_TAP]);
