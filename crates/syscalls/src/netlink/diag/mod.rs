//! `NETLINK_SOCK_DIAG` (`sock_diag(7)`, `linux/sock_diag.h`): what sockets there are, by family.

mod bytecode;
mod inet;
mod netlink;
mod options;
mod packet;
mod smc;
mod ulp;
mod unix;

use super::attr::Is::{self, Indexed};
use super::attr::{Index, Scope, Set, show_attributes};
use super::chain::{ALIGN, Data};
use super::message::Message;
use super::payload::show_bits;
use super::route::{show_family, show_fixed};
use crate::common::uncommon;
use crate::net::FAMILIES;
use decode::prelude::*;
use uapi::consts::*;

/// What requests and answers of a family have: a struct and attributes.
struct Layout {
    family: Const,
    request: &'static Record,
    request_attributes: Option<&'static Set>,
    answer: &'static Record,
    answer_attributes: &'static Set,
}

static LAYOUTS: &[Layout] = &[
    Layout {
        family: AF_UNIX,
        request: &unix::REQUEST,
        request_attributes: None,
        answer: &unix::ANSWER,
        answer_attributes: &unix::UNIX_ANSWER,
    },
    Layout {
        family: AF_INET,
        request: &inet::REQUEST,
        request_attributes: Some(&inet::INET_REQUEST),
        answer: &inet::ANSWER,
        answer_attributes: &inet::INET_ANSWER,
    },
    Layout {
        family: AF_INET6,
        request: &inet::REQUEST,
        request_attributes: Some(&inet::INET_REQUEST),
        answer: &inet::ANSWER,
        answer_attributes: &inet::INET_ANSWER,
    },
    Layout {
        family: AF_NETLINK,
        request: &netlink::REQUEST,
        request_attributes: None,
        answer: &netlink::ANSWER,
        answer_attributes: &netlink::NETLINK_ANSWER,
    },
    Layout {
        family: AF_PACKET,
        request: &packet::REQUEST,
        request_attributes: None,
        answer: &packet::ANSWER,
        answer_attributes: &packet::PACKET_ANSWER,
    },
    Layout {
        family: AF_SMC,
        request: &smc::REQUEST,
        request_attributes: None,
        answer: &smc::ANSWER,
        answer_attributes: &smc::SMC_ANSWER,
    },
];

/// Shows what is in a message.
pub(super) fn show(cx: &mut Cx<'_>, message: Message, data: Data) {
    let Some(family) = cx.read_uint(data.addr, 1) else { return cx.out.addr(data.addr) };
    let inet = cx.is(family, AF_INET) || cx.is(family, AF_INET6);
    let old = inet && (cx.is(message.kind, TCPDIAG_GETSOCK) || cx.is(message.kind, DCCPDIAG_GETSOCK));
    let layout = LAYOUTS.iter().find(|layout| cx.is(family, layout.family));
    let Some(layout) = layout.filter(|_| data.len > 1) else { return show_family(cx, data, family) };
    let (record, attributes) = match cx.has(message.flags, NLM_F_REQUEST) {
        true if old => (&inet::OLD_REQUEST, Some(&inet::INET_REQUEST)),
        true => (layout.request, layout.request_attributes),
        false => (layout.answer, Some(layout.answer_attributes)),
    };
    let size = record.size(cx.abi) as u64;
    let rest = data.after(size.next_multiple_of(ALIGN));
    let whole = show_fixed(cx, data, record, family);
    if let Some(set) = attributes.filter(|_| whole && rest.len > 0) {
        cx.out.item();
        show_attributes(cx, rest, set, &mut Scope { family, ..Scope::default() });
    }
}

const FAMILY: Ty = Enum(W1, &FAMILIES);
/// A socket's cookie: two numbers.
const COOKIE: Ty = Array(&UINT, Len::Const(2));
/// A set of TCP's states.
const STATES: Ty = Scalar(W4, |cx, v| show_bits(cx, v, &TCP_STATE_BITS));
/// One of TCP's states.
const STATE: Ty = Enum(W1, &TCP_STATES);

/// TCP's states (`include/net/tcp_states.h`).
static TCP_STATES: Names = names("TCP_???", TCP_STATE_LIST);
/// As [`TCP_STATES`], for a set of them.
static TCP_STATE_BITS: Names = names("1<<TCP_???", TCP_STATE_LIST);
static TCP_STATE_LIST: &[Const] = &[
    uncommon("TCP_ESTABLISHED", 1),
    uncommon("TCP_SYN_SENT", 2),
    uncommon("TCP_SYN_RECV", 3),
    uncommon("TCP_FIN_WAIT1", 4),
    uncommon("TCP_FIN_WAIT2", 5),
    uncommon("TCP_TIME_WAIT", 6),
    uncommon("TCP_CLOSE", 7),
    uncommon("TCP_CLOSE_WAIT", 8),
    uncommon("TCP_LAST_ACK", 9),
    uncommon("TCP_LISTEN", 10),
    uncommon("TCP_CLOSING", 11),
    uncommon("TCP_NEW_SYN_RECV", 12),
    uncommon("TCP_BOUND_INACTIVE", 13),
];

/// Which directions of a socket are shut down (`include/net/sock.h`).
static SHUTDOWN: Names = names("???_SHUTDOWN", &[uncommon("RCV_SHUTDOWN", 1), uncommon("SEND_SHUTDOWN", 2)]);

/// How much memory a socket uses for what.
const MEMORY: Is = Indexed(UINT, &MEMORY_INDEX);
static MEMORY_INDEX: Index = Index {
    names: names(
        "SK_MEMINFO_???",
        &[
            SK_MEMINFO_RMEM_ALLOC,
            SK_MEMINFO_RCVBUF,
            SK_MEMINFO_WMEM_ALLOC,
            SK_MEMINFO_SNDBUF,
            SK_MEMINFO_FWD_ALLOC,
            SK_MEMINFO_WMEM_QUEUED,
            SK_MEMINFO_OPTMEM,
            SK_MEMINFO_BACKLOG,
            SK_MEMINFO_DROPS,
        ],
    ),
    first: 0,
    suffix: "",
};
