//! `NETLINK_NETFILTER` (`linux/netfilter/nfnetlink.h`): many subsystems, whose attributes are shown by number.

use super::attr::{Scope, Set, set, show_attributes, show_raw};
use super::chain::{Data, show_both};
use super::message::Message;
use super::protocol::Request;
use crate::net::FAMILIES;
use decode::prelude::*;
use uapi::consts::*;

/// A part of netfilter with messages of its own.
struct Subsystem {
    id: Const,
    messages: Names,
    new: &'static [Const],
    get: &'static [Const],
    delete: &'static [Const],
}

static NONE: Subsystem =
    Subsystem { id: NFNL_SUBSYS_NONE, messages: names("", &[]), new: &[], get: &[], delete: &[] };

#[rustfmt::skip]
static SUBSYSTEMS: &[Subsystem] = &[
    Subsystem {
        id: NFNL_SUBSYS_CTNETLINK,
        messages: names("IPCTNL_MSG_CT_???", &[IPCTNL_MSG_CT_NEW, IPCTNL_MSG_CT_GET, IPCTNL_MSG_CT_DELETE, IPCTNL_MSG_CT_GET_CTRZERO, IPCTNL_MSG_CT_GET_STATS_CPU, IPCTNL_MSG_CT_GET_STATS, IPCTNL_MSG_CT_GET_DYING, IPCTNL_MSG_CT_GET_UNCONFIRMED]),
        new: &[IPCTNL_MSG_CT_NEW],
        get: &[IPCTNL_MSG_CT_GET, IPCTNL_MSG_CT_GET_CTRZERO, IPCTNL_MSG_CT_GET_STATS_CPU, IPCTNL_MSG_CT_GET_STATS, IPCTNL_MSG_CT_GET_DYING, IPCTNL_MSG_CT_GET_UNCONFIRMED],
        delete: &[IPCTNL_MSG_CT_DELETE],
    },
    Subsystem {
        id: NFNL_SUBSYS_CTNETLINK_EXP,
        messages: names("IPCTNL_MSG_EXP_???", &[IPCTNL_MSG_EXP_NEW, IPCTNL_MSG_EXP_GET, IPCTNL_MSG_EXP_DELETE, IPCTNL_MSG_EXP_GET_STATS_CPU]),
        new: &[IPCTNL_MSG_EXP_NEW],
        get: &[IPCTNL_MSG_EXP_GET, IPCTNL_MSG_EXP_GET_STATS_CPU],
        delete: &[IPCTNL_MSG_EXP_DELETE],
    },
    Subsystem {
        id: NFNL_SUBSYS_QUEUE,
        messages: names("NFQNL_MSG_???", &[NFQNL_MSG_PACKET, NFQNL_MSG_VERDICT, NFQNL_MSG_CONFIG, NFQNL_MSG_VERDICT_BATCH]),
        new: &[],
        get: &[],
        delete: &[],
    },
    Subsystem {
        id: NFNL_SUBSYS_ULOG,
        messages: names("NFULNL_MSG_???", &[NFULNL_MSG_PACKET, NFULNL_MSG_CONFIG]),
        new: &[],
        get: &[],
        delete: &[],
    },
    Subsystem {
        id: NFNL_SUBSYS_OSF,
        messages: names("OSF_MSG_???", &[OSF_MSG_ADD, OSF_MSG_REMOVE]),
        new: &[],
        get: &[],
        delete: &[],
    },
    Subsystem {
        id: NFNL_SUBSYS_IPSET,
        messages: names("IPSET_CMD_???", &[IPSET_CMD_NONE, IPSET_CMD_PROTOCOL, IPSET_CMD_CREATE, IPSET_CMD_DESTROY, IPSET_CMD_FLUSH, IPSET_CMD_RENAME, IPSET_CMD_SWAP, IPSET_CMD_LIST, IPSET_CMD_SAVE, IPSET_CMD_ADD, IPSET_CMD_DEL, IPSET_CMD_TEST, IPSET_CMD_HEADER, IPSET_CMD_TYPE, IPSET_CMD_GET_BYNAME, IPSET_CMD_GET_BYINDEX, IPSET_CMD_RESTORE, IPSET_CMD_HELP, IPSET_CMD_VERSION, IPSET_CMD_QUIT, IPSET_CMD_COMMIT]),
        new: &[],
        get: &[],
        delete: &[],
    },
    Subsystem {
        id: NFNL_SUBSYS_ACCT,
        messages: names("NFNL_MSG_ACCT_???", &[NFNL_MSG_ACCT_NEW, NFNL_MSG_ACCT_GET, NFNL_MSG_ACCT_GET_CTRZERO, NFNL_MSG_ACCT_DEL, NFNL_MSG_ACCT_OVERQUOTA]),
        new: &[NFNL_MSG_ACCT_NEW],
        get: &[NFNL_MSG_ACCT_GET, NFNL_MSG_ACCT_GET_CTRZERO],
        delete: &[NFNL_MSG_ACCT_DEL],
    },
    Subsystem {
        id: NFNL_SUBSYS_CTNETLINK_TIMEOUT,
        messages: names("IPCTNL_MSG_TIMEOUT_???", &[IPCTNL_MSG_TIMEOUT_NEW, IPCTNL_MSG_TIMEOUT_GET, IPCTNL_MSG_TIMEOUT_DELETE, IPCTNL_MSG_TIMEOUT_DEFAULT_SET, IPCTNL_MSG_TIMEOUT_DEFAULT_GET]),
        new: &[IPCTNL_MSG_TIMEOUT_NEW],
        get: &[IPCTNL_MSG_TIMEOUT_GET],
        delete: &[IPCTNL_MSG_TIMEOUT_DELETE],
    },
    Subsystem {
        id: NFNL_SUBSYS_CTHELPER,
        messages: names("NFNL_MSG_CTHELPER_???", &[NFNL_MSG_CTHELPER_NEW, NFNL_MSG_CTHELPER_GET, NFNL_MSG_CTHELPER_DEL]),
        new: &[NFNL_MSG_CTHELPER_NEW],
        get: &[NFNL_MSG_CTHELPER_GET],
        delete: &[NFNL_MSG_CTHELPER_DEL],
    },
    Subsystem {
        id: NFNL_SUBSYS_NFTABLES,
        messages: names("NFT_MSG_???", &[NFT_MSG_NEWTABLE, NFT_MSG_GETTABLE, NFT_MSG_DELTABLE, NFT_MSG_NEWCHAIN, NFT_MSG_GETCHAIN, NFT_MSG_DELCHAIN, NFT_MSG_NEWRULE, NFT_MSG_GETRULE, NFT_MSG_DELRULE, NFT_MSG_NEWSET, NFT_MSG_GETSET, NFT_MSG_DELSET, NFT_MSG_NEWSETELEM, NFT_MSG_GETSETELEM, NFT_MSG_DELSETELEM, NFT_MSG_NEWGEN, NFT_MSG_GETGEN, NFT_MSG_TRACE, NFT_MSG_NEWOBJ, NFT_MSG_GETOBJ, NFT_MSG_DELOBJ, NFT_MSG_GETOBJ_RESET, NFT_MSG_NEWFLOWTABLE, NFT_MSG_GETFLOWTABLE, NFT_MSG_DELFLOWTABLE, NFT_MSG_GETRULE_RESET, NFT_MSG_DESTROYTABLE, NFT_MSG_DESTROYCHAIN, NFT_MSG_DESTROYRULE, NFT_MSG_DESTROYSET, NFT_MSG_DESTROYSETELEM, NFT_MSG_DESTROYOBJ, NFT_MSG_DESTROYFLOWTABLE, NFT_MSG_GETSETELEM_RESET]),
        new: &[NFT_MSG_NEWTABLE, NFT_MSG_NEWCHAIN, NFT_MSG_NEWRULE, NFT_MSG_NEWSET, NFT_MSG_NEWSETELEM, NFT_MSG_NEWGEN, NFT_MSG_NEWOBJ, NFT_MSG_NEWFLOWTABLE],
        get: &[NFT_MSG_GETTABLE, NFT_MSG_GETCHAIN, NFT_MSG_GETRULE, NFT_MSG_GETSET, NFT_MSG_GETSETELEM, NFT_MSG_GETGEN, NFT_MSG_GETOBJ, NFT_MSG_GETOBJ_RESET, NFT_MSG_GETFLOWTABLE, NFT_MSG_GETRULE_RESET, NFT_MSG_GETSETELEM_RESET],
        delete: &[NFT_MSG_DELTABLE, NFT_MSG_DELCHAIN, NFT_MSG_DELRULE, NFT_MSG_DELSET, NFT_MSG_DELSETELEM, NFT_MSG_DELOBJ, NFT_MSG_DELFLOWTABLE, NFT_MSG_DESTROYTABLE, NFT_MSG_DESTROYCHAIN, NFT_MSG_DESTROYRULE, NFT_MSG_DESTROYSET, NFT_MSG_DESTROYSETELEM, NFT_MSG_DESTROYOBJ, NFT_MSG_DESTROYFLOWTABLE],
    },
    Subsystem {
        id: NFNL_SUBSYS_NFT_COMPAT,
        messages: names("NFNL_MSG_COMPAT_???", &[NFNL_MSG_COMPAT_GET]),
        new: &[],
        get: &[NFNL_MSG_COMPAT_GET],
        delete: &[],
    },
    Subsystem {
        id: NFNL_SUBSYS_HOOK,
        messages: names("NFT_MSG_HOOK_???", &[NFNL_MSG_HOOK_GET]),
        new: &[],
        get: &[NFNL_MSG_HOOK_GET],
        delete: &[],
    },
];

static BATCH: Names = names("", &[NFNL_MSG_BATCH_BEGIN, NFNL_MSG_BATCH_END]);
static UNKNOWN_SUBSYSTEM: Names = names("NFNL_SUBSYS_???", &[]);
static VERSIONS: Names = names("NFNETLINK_???", &[NFNETLINK_V0]);

/// A message's type: the subsystem and its message.
fn split(kind: u64) -> (u64, u64) {
    (kind >> 8, kind & 0xff)
}

fn subsystem(cx: &Plain<'_>, id: u64) -> Option<&'static Subsystem> {
    std::iter::once(&NONE).chain(SUBSYSTEMS).find(|s| cx.is(id, s.id))
}

/// Shows the type of a message.
pub(super) fn show_type(cx: &mut Cx<'_>, kind: u64) {
    if let Some(name) = BATCH.find(kind, 0xffff, cx.abi) {
        return cx.named(kind, Base::Hex, name);
    }
    let (id, message) = split(kind);
    let known = subsystem(cx, id);
    cx.out.open(Kind::Terms);
    cx.out.item();
    match known {
        Some(s) => cx.named(id, Base::Hex, s.id.name),
        None => cx.enumerated(W2, &UNKNOWN_SUBSYSTEM, id),
    }
    cx.out.shifted(8);
    cx.out.item();
    cx.enumerated(W2, &known.unwrap_or(&NONE).messages, message);
    cx.out.close(Kind::Terms);
}

/// The kind of request that a message is.
pub(super) fn request(cx: &Plain<'_>, kind: u64) -> Request {
    let (id, message) = split(kind);
    let Some(s) = subsystem(cx, id) else { return Request::Other };
    let among = |messages: &[Const]| messages.iter().any(|m| cx.is(message, *m));
    match () {
        () if among(s.new) => Request::New,
        () if among(s.get) => Request::Get,
        () if among(s.delete) => Request::Delete,
        () => Request::Other,
    }
}

/// `struct nfgenmsg`.
static HEADER: Record = record(
    "nfgenmsg",
    &[
        arg("nfgen_family", Enum(W1, &FAMILIES)),
        arg("version", Enum(W1, &VERSIONS)),
        arg(
            "res_id",
            Scalar(W2, |cx, v| {
                cx.out.open(Kind::Wrap("htons"));
                cx.out.uint(u64::from((v as u16).swap_bytes()));
                cx.out.close(Kind::Wrap("htons"));
            }),
        ),
    ],
);

/// As [`HEADER`], where the resource is the subsystem for nf_tables itself: programs give it in either byte order.
static HEADER_NFTABLES: Record = record(
    "nfgenmsg",
    &[
        arg("nfgen_family", Enum(W1, &FAMILIES)),
        arg("version", Enum(W1, &VERSIONS)),
        arg(
            "res_id",
            Scalar(W2, |cx, v| {
                let swapped = u64::from((v as u16).swap_bytes());
                if cx.is(v, NFNL_SUBSYS_NFTABLES) {
                    cx.named(v, Base::Hex, NFNL_SUBSYS_NFTABLES.name);
                } else if cx.is(swapped, NFNL_SUBSYS_NFTABLES) {
                    cx.out.spelled(v, Base::Hex, "htons(NFNL_SUBSYS_NFTABLES)");
                } else {
                    cx.out.open(Kind::Wrap("htons"));
                    cx.out.uint(swapped);
                    cx.out.close(Kind::Wrap("htons"));
                }
            }),
        ),
    ],
);

static ATTRIBUTES: Set = set("", &[]);

/// Shows what is in a message.
pub(super) fn show(cx: &mut Cx<'_>, message: Message, data: Data) {
    let (id, _) = split(message.kind);
    let header = if cx.is(id, NFNL_SUBSYS_NFTABLES) { &HEADER_NFTABLES } else { &HEADER };
    let size = header.size(cx.abi) as u64;
    if data.len < size {
        return show_raw(cx, data);
    }
    let mut raw = [0; 4];
    if !cx.read(data.addr, &mut raw) {
        return cx.out.addr(data.addr);
    }
    let rest = data.after(size);
    let batch = BATCH.find(message.kind, 0xffff, cx.abi).is_some();
    show_both(
        cx,
        rest,
        |cx| cx.record_from(header, &raw, data.addr),
        |cx| {
            if batch {
                show_raw(cx, rest);
            } else {
                show_attributes(cx, rest, &ATTRIBUTES, &mut Scope::default());
            }
        },
    );
}
