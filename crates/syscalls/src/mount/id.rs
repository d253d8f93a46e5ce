//! Requests about mounts and namespaces by their ids.

use decode::prelude::*;
use uapi::consts::*;

/// What `statmount` is asked for, and what it gave.
pub(super) static STATMOUNT_MASK: Names = names(
    "STATMOUNT_???",
    &[
        STATMOUNT_SB_BASIC,
        STATMOUNT_MNT_BASIC,
        STATMOUNT_PROPAGATE_FROM,
        STATMOUNT_MNT_ROOT,
        STATMOUNT_MNT_POINT,
        STATMOUNT_FS_TYPE,
        STATMOUNT_MNT_NS_ID,
        STATMOUNT_MNT_OPTS,
        STATMOUNT_FS_SUBTYPE,
        STATMOUNT_SB_SOURCE,
        STATMOUNT_OPT_ARRAY,
        STATMOUNT_OPT_SEC_ARRAY,
        STATMOUNT_SUPPORTED_MASK,
        STATMOUNT_MNT_UIDMAP,
        STATMOUNT_MNT_GIDMAP,
    ],
);
pub(super) static LISTMOUNT_FLAGS: Names = names("LISTMOUNT_???", &[LISTMOUNT_REVERSE]);
static NAMESPACE_TYPES: Names =
    names("???_NS", &[TIME_NS, MNT_NS, CGROUP_NS, UTS_NS, IPC_NS, USER_NS, PID_NS, NET_NS]);

/// The id of the root of the caller's mount namespace.
static ROOT: Names = names("", &[LSMT_ROOT]);

const MNT_ID: Ty = Scalar(W8, |cx, id| match ROOT.find(id, u64::MAX, cx.abi) {
    Some(name) => cx.named(id, Base::Hex, name),
    None => cx.out.hex(id),
});

/// The caller's user namespace.
static CURRENT: Names = names("", &[LISTNS_CURRENT_USER]);

const USER_NS_ID: Ty = Scalar(W8, |cx, id| match CURRENT.find(id, u64::MAX, cx.abi) {
    Some(name) => cx.named(id, Base::Hex, name),
    None => cx.out.hex(id),
});

/// `struct mnt_id_req`, as `statmount` understands it.
static STATMOUNT_REQ: Record = record(
    "mnt_id_req",
    &[
        arg("size", UINT),
        arg("mnt_ns_fd", Fd),
        arg("mnt_id", X64),
        arg("param", Flags(W8, &STATMOUNT_MASK)),
        arg("mnt_ns_id", X64),
    ],
);
/// `struct mnt_id_req`, as `listmount` understands it: the parameter is the last id of the part before.
static LISTMOUNT_REQ: Record = record(
    "mnt_id_req",
    &[
        arg("size", UINT),
        arg("mnt_ns_fd", Fd),
        arg("mnt_id", MNT_ID),
        arg("param", X64),
        arg("mnt_ns_id", X64),
    ],
);
/// `struct ns_id_req`.
static NS_ID_REQ: Record = record(
    "ns_id_req",
    &[
        arg("size", UINT),
        arg("spare", X32).nonzero(),
        arg("ns_id", X64),
        arg("ns_type", Flags(W4, &NAMESPACE_TYPES)),
        arg("spare2", X32).nonzero(),
        arg("user_ns_id", USER_NS_ID),
    ],
);

pub(super) static STATMOUNT_REQUEST: Ty = Form(MOST, |cx, at, _| show_request(cx, &STATMOUNT_REQ, at, 24));
pub(super) static LISTMOUNT_REQUEST: Ty = Form(MOST, |cx, at, _| show_request(cx, &LISTMOUNT_REQ, at, 24));
pub(super) static NAMESPACE_REQUEST: Ty = Form(MOST, |cx, at, _| show_request(cx, &NS_ID_REQ, at, 32));

/// The most that the kernel takes of a request.
const MOST: Len = Len::Const(4096);

/// Shows a request whose first field says how long it is; of one shorter than `min` only that.
fn show_request(cx: &mut Cx<'_>, record: &'static Record, addr: u64, min: u64) {
    let size = if addr != 0 && cx.options.verbose { cx.read_u32(addr) } else { None };
    let Some(size) = size.map(u64::from) else { return cx.out.addr(addr) };
    let known = record.size(cx.abi) as u64;
    let mut raw = [0; 32];
    let raw = &mut raw[..known.min(size) as usize];
    cx.out.open(Kind::Struct);
    if size >= min && cx.read(addr, raw) {
        cx.members_from(record, raw, addr);
        cx.beyond(addr, known, size);
    } else {
        cx.out.field("size");
        cx.out.uint(size);
        if size >= min {
            cx.out.beyond(4, size, None, false);
        }
    }
    cx.out.close(Kind::Struct);
}

/// The ids that a call returned: no more than there is room for. Where there is none it doesn't matter that it failed.
pub(super) static IDS: Ty =
    If(|cx| cx.arg(2) == 0 || !cx.failed(), &Array(&X64, Len::Min(&Len::Arg(2), &Len::Ret)));
