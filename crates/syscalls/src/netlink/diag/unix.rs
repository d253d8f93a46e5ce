//! Unix sockets (`linux/unix_diag.h`).

use super::{COOKIE, FAMILY, MEMORY, STATE, STATES};
use crate::common::show_dev;
use crate::net::TYPES;
use crate::netlink::attr::Is::{self, Text, Value};
use crate::netlink::attr::{Set, set};
use decode::prelude::*;
use uapi::consts::*;

/// A request.
pub(super) static REQUEST: Record = record(
    "unix_diag_req",
    &[
        arg("sdiag_family", FAMILY),
        arg("sdiag_protocol", U8),
        pad(2),
        arg("udiag_states", STATES),
        arg("udiag_ino", UINT),
        arg("udiag_show", Flags(W4, &SHOW)),
        arg("udiag_cookie", COOKIE),
    ],
);
/// An answer.
pub(super) static ANSWER: Record = record(
    "unix_diag_msg",
    &[
        arg("udiag_family", FAMILY),
        arg("udiag_type", Enum(W1, &TYPES)),
        arg("udiag_state", STATE),
        pad(1),
        arg("udiag_ino", UINT),
        arg("udiag_cookie", COOKIE),
    ],
);
static SHOW: Names = names(
    "UDIAG_SHOW_???",
    &[
        UDIAG_SHOW_NAME,
        UDIAG_SHOW_VFS,
        UDIAG_SHOW_PEER,
        UDIAG_SHOW_ICONS,
        UDIAG_SHOW_RQLEN,
        UDIAG_SHOW_MEMINFO,
        UDIAG_SHOW_UID,
    ],
);

/// The attributes of an answer.
pub(super) static UNIX_ANSWER: Set = set(
    "UNIX_DIAG_???",
    &[
        (UNIX_DIAG_NAME, Text),
        (UNIX_DIAG_VFS, Value(Struct(&VFS))),
        (UNIX_DIAG_PEER, Value(UINT)),
        (UNIX_DIAG_ICONS, Is::Array(UINT)),
        (UNIX_DIAG_RQLEN, Value(Struct(&QUEUE))),
        (UNIX_DIAG_MEMINFO, MEMORY),
        (UNIX_DIAG_SHUTDOWN, Value(U8)),
        (UNIX_DIAG_UID, Value(UINT)),
    ],
);

static VFS: Record = record("unix_diag_vfs", &[arg("", Inline([8; 3], 4, show_vfs))]);

/// Shows the device and the inode, which stands before it.
fn show_vfs(cx: &mut Plain<'_>, offset: u64) {
    let offset = offset as usize;
    let (inode, device) = (cx.load(offset, 4), cx.load(offset + 4, 4));
    cx.out.field("udiag_vfs_dev");
    show_dev(cx, device);
    cx.out.field("udiag_vfs_ino");
    cx.out.uint(inode);
}

static QUEUE: Record = record("unix_diag_rqlen", &[arg("udiag_rqueue", UINT), arg("udiag_wqueue", UINT)]);
