//! Watching files: inotify and fanotify.

use crate::common::uncommon;
use crate::file::show_open_flags;
use decode::class::{DESC, FILE};
use decode::prelude::*;
use uapi::consts::*;

static INOTIFY_INIT_FLAGS: Names = names("IN_???", &[IN_NONBLOCK, IN_CLOEXEC]);
static INOTIFY_MASK: Names = names(
    "IN_???",
    &[
        IN_ACCESS,
        IN_MODIFY,
        IN_ATTRIB,
        IN_CLOSE_WRITE,
        IN_CLOSE_NOWRITE,
        IN_OPEN,
        IN_MOVED_FROM,
        IN_MOVED_TO,
        IN_CREATE,
        IN_DELETE,
        IN_DELETE_SELF,
        IN_MOVE_SELF,
        IN_UNMOUNT,
        IN_Q_OVERFLOW,
        IN_IGNORED,
        IN_ONLYDIR,
        IN_DONT_FOLLOW,
        IN_EXCL_UNLINK,
        IN_MASK_CREATE,
        IN_MASK_ADD,
        IN_ISDIR,
        IN_ONESHOT,
    ],
);

/// When a listener is told: a number in two of the flags' bits.
static FANOTIFY_CLASSES: Names =
    names("FAN_CLASS_???", &[FAN_CLASS_NOTIF, FAN_CLASS_CONTENT, FAN_CLASS_PRE_CONTENT]);
static FANOTIFY_INIT_FLAGS: Names = names(
    "FAN_???",
    &[
        FAN_CLOEXEC,
        FAN_NONBLOCK,
        FAN_UNLIMITED_QUEUE,
        FAN_UNLIMITED_MARKS,
        FAN_ENABLE_AUDIT,
        FAN_REPORT_PIDFD,
        FAN_REPORT_TID,
        FAN_REPORT_FID,
        FAN_REPORT_DIR_FID,
        FAN_REPORT_NAME,
        FAN_REPORT_TARGET_FID,
        FAN_REPORT_FD_ERROR,
        FAN_REPORT_MNT,
    ],
);
static MARK_FLAGS: Names = names(
    "FAN_MARK_???",
    &[
        FAN_MARK_ADD,
        FAN_MARK_REMOVE,
        FAN_MARK_FLUSH,
        FAN_MARK_DONT_FOLLOW,
        FAN_MARK_ONLYDIR,
        FAN_MARK_MNTNS,
        FAN_MARK_MOUNT,
        FAN_MARK_FILESYSTEM,
        FAN_MARK_IGNORED_MASK,
        FAN_MARK_IGNORED_SURV_MODIFY,
        FAN_MARK_IGNORE,
        FAN_MARK_EVICTABLE,
    ],
);
static EVENTS: Names = names(
    "FAN_???",
    &[
        FAN_ACCESS,
        FAN_MODIFY,
        FAN_ATTRIB,
        FAN_CLOSE_WRITE,
        FAN_CLOSE_NOWRITE,
        FAN_OPEN,
        FAN_MOVED_FROM,
        FAN_MOVED_TO,
        FAN_CREATE,
        FAN_DELETE,
        FAN_DELETE_SELF,
        FAN_MOVE_SELF,
        FAN_OPEN_EXEC,
        FAN_Q_OVERFLOW,
        FAN_FS_ERROR,
        FAN_OPEN_PERM,
        FAN_ACCESS_PERM,
        FAN_OPEN_EXEC_PERM,
        // Of 5.7-rc only: released kernels never had it.
        uncommon("FAN_DIR_MODIFY", 0x80000),
        FAN_PRE_ACCESS,
        FAN_MNT_ATTACH,
        FAN_MNT_DETACH,
        FAN_EVENT_ON_CHILD,
        FAN_RENAME,
        FAN_ONDIR,
    ],
);

/// Shows `fanotify_init`'s flags: the class, and then the rest.
fn show_fanotify_flags(cx: &mut Plain<'_>, flags: u64) {
    let class = FAN_CLASS_CONTENT.v() | FAN_CLASS_PRE_CONTENT.v();
    cx.out.open(Kind::Terms);
    cx.out.item();
    cx.enumerated(W4, &FANOTIFY_CLASSES, flags & class);
    if flags & !class != 0 {
        cx.out.item();
        cx.flags(W4, &FANOTIFY_INIT_FLAGS, flags & !class);
    }
    cx.out.close(Kind::Terms);
}

/// The directory of a mark; there may be none.
const MARK_DIR: Ty = FdLike(W4, |cx, fd| match fd as i32 {
    -1 => cx.named(-1i64 as u64, Base::Dec, FAN_NOFD.name),
    fd => cx.dirfd(fd),
});

const FD: Arg = arg("fd", Fd);

pub(crate) static ROWS: &[Syscall] = &[
    syscall("inotify_init", DESC, Ret::Fd, &[]),
    syscall("inotify_init1", DESC, Ret::Fd, &[arg("flags", Flags(W4, &INOTIFY_INIT_FLAGS))]),
    syscall(
        "inotify_add_watch",
        DESC | FILE,
        Ret::Dec,
        &[FD, arg("pathname", Path), arg("mask", Flags(W4, &INOTIFY_MASK))],
    ),
    syscall("inotify_rm_watch", DESC, Ret::Dec, &[FD, arg("wd", INT)]),
    syscall(
        "fanotify_init",
        DESC,
        Ret::Fd,
        &[arg("flags", Scalar(W4, show_fanotify_flags)), arg("event_f_flags", Scalar(W4, show_open_flags))],
    ),
    syscall(
        "fanotify_mark",
        DESC | FILE,
        Ret::Dec,
        &[
            arg("fanotify_fd", Fd),
            arg("flags", Flags(W4, &MARK_FLAGS)),
            arg("mask", Flags(W8, &EVENTS)),
            arg("dirfd", MARK_DIR),
            arg("pathname", Path),
        ],
    ),
];
