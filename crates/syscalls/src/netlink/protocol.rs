//! The protocols of netlink: which types of messages they have, and what stands in them.

use super::chain::Data;
use super::message::Message;
use super::names::{
    AUDIT_TYPES, CONTROL_TYPES, CRYPTO_TYPES, DIAG_TYPES, ROUTE_TYPES, SELINUX_TYPES, XFRM_TYPES,
};
use super::{attr, crypto, diag, generic, netfilter, route, selinux};
use decode::prelude::*;
use uapi::consts::*;

/// What kind of request a message is: it decides what some flags mean.
#[derive(Clone, Copy)]
pub(super) enum Request {
    /// Asks for something.
    Get,
    /// Makes or replaces something.
    New,
    /// Removes something.
    Delete,
    /// The answer `NLMSG_ERROR`.
    Error,
    /// None of these.
    Other,
}

/// A protocol.
pub(super) struct Protocol {
    /// Shows the type of a message.
    pub(super) show_type: fn(&mut Cx<'_>, u64),
    /// Tells the kind of a message by its type.
    pub(super) request: fn(&Plain<'_>, u64) -> Request,
    /// Shows what is in a message that is of no type that all protocols share.
    pub(super) show_data: fn(&mut Cx<'_>, Message, Data),
}

/// What is known where the protocol is not.
pub(super) static UNKNOWN: Protocol = PLAIN;

/// A protocol of which nothing is known.
const PLAIN: Protocol = Protocol {
    show_type: |cx, v| cx.enumerated(W2, &CONTROL_TYPES, v),
    request: |_, _| Request::Other,
    show_data: |cx, _, data| attr::show_raw(cx, data),
};

static PROTOCOLS: &[(Const, Protocol)] = &[
    (
        NETLINK_ROUTE,
        Protocol {
            show_type: |cx, v| cx.enumerated(W2, &ROUTE_TYPES, v),
            request: route::request,
            show_data: route::show,
        },
    ),
    (
        NETLINK_SOCK_DIAG,
        Protocol {
            show_type: |cx, v| cx.enumerated(W2, &DIAG_TYPES, v),
            request: |_, _| Request::Get,
            show_data: diag::show,
        },
    ),
    (
        NETLINK_XFRM,
        Protocol { show_type: |cx, v| cx.enumerated(W2, &XFRM_TYPES, v), request: xfrm_request, ..PLAIN },
    ),
    (
        NETLINK_SELINUX,
        Protocol {
            show_type: |cx, v| cx.enumerated(W2, &SELINUX_TYPES, v),
            show_data: selinux::show,
            ..PLAIN
        },
    ),
    (NETLINK_AUDIT, Protocol { show_type: |cx, v| cx.enumerated(W2, &AUDIT_TYPES, v), ..PLAIN }),
    (
        NETLINK_NETFILTER,
        Protocol { show_type: netfilter::show_type, request: netfilter::request, show_data: netfilter::show },
    ),
    (
        NETLINK_GENERIC,
        Protocol { show_type: generic::show_type, request: |_, _| Request::Get, show_data: generic::show },
    ),
    (
        NETLINK_CRYPTO,
        Protocol {
            show_type: |cx, v| cx.enumerated(W2, &CRYPTO_TYPES, v),
            request: crypto::request,
            show_data: crypto::show,
        },
    ),
];

impl Protocol {
    /// The protocol with this number.
    pub(super) fn of(cx: &Plain<'_>, number: u64) -> &'static Protocol {
        PROTOCOLS.iter().find(|(known, _)| cx.is(number, *known)).map_or(&UNKNOWN, |(_, protocol)| protocol)
    }
}

fn xfrm_request(cx: &Plain<'_>, kind: u64) -> Request {
    static REQUESTS: &[(Const, Request)] = &[
        (XFRM_MSG_NEWSA, Request::New),
        (XFRM_MSG_NEWPOLICY, Request::New),
        (XFRM_MSG_NEWAE, Request::New),
        (XFRM_MSG_NEWSADINFO, Request::New),
        (XFRM_MSG_NEWSPDINFO, Request::New),
        (XFRM_MSG_DELSA, Request::Delete),
        (XFRM_MSG_DELPOLICY, Request::Delete),
        (XFRM_MSG_GETSA, Request::Get),
        (XFRM_MSG_GETPOLICY, Request::Get),
        (XFRM_MSG_GETAE, Request::Get),
        (XFRM_MSG_GETSADINFO, Request::Get),
        (XFRM_MSG_GETSPDINFO, Request::Get),
    ];
    REQUESTS.iter().find(|(known, _)| cx.is(kind, *known)).map_or(Request::Other, |(_, request)| *request)
}
