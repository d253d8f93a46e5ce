//! Mounts, old and new.

mod id;
mod statmount;

use crate::common::uncommon;
use crate::file::show_short;
use decode::class::{DESC, FILE};
use decode::prelude::*;
use uapi::consts::*;

/// The flags of `mount`, the kernel's own ones included.
static MOUNT_FLAGS: Names = names(
    "MS_???",
    &[
        MS_RDONLY,
        MS_NOSUID,
        MS_NODEV,
        MS_NOEXEC,
        MS_SYNCHRONOUS,
        MS_REMOUNT,
        MS_MANDLOCK,
        MS_DIRSYNC,
        MS_NOSYMFOLLOW,
        MS_NOATIME,
        MS_NODIRATIME,
        MS_BIND,
        MS_MOVE,
        MS_REC,
        MS_SILENT,
        MS_POSIXACL,
        MS_UNBINDABLE,
        MS_PRIVATE,
        MS_SLAVE,
        MS_SHARED,
        MS_RELATIME,
        MS_KERNMOUNT,
        MS_I_VERSION,
        MS_STRICTATIME,
        MS_LAZYTIME,
        MS_SUBMOUNT,
        MS_NOREMOTELOCK,
        MS_NOSEC,
        MS_BORN,
        MS_ACTIVE,
        // The headers' value has the sign of an `int`.
        uncommon("MS_NOUSER", 1 << 31),
    ],
);
/// How mounts propagate.
static PROPAGATION: Names = names("MS_???", &[MS_UNBINDABLE, MS_PRIVATE, MS_SLAVE, MS_SHARED]);
static UMOUNT_FLAGS: Names = names("MNT_???", &[MNT_FORCE, MNT_DETACH, MNT_EXPIRE, UMOUNT_NOFOLLOW]);
static FSOPEN_FLAGS: Names = names("FSOPEN_???", &[FSOPEN_CLOEXEC]);
static FSCONFIG_COMMANDS: Names = names(
    "FSCONFIG_???",
    &[
        FSCONFIG_SET_FLAG,
        FSCONFIG_SET_STRING,
        FSCONFIG_SET_BINARY,
        FSCONFIG_SET_PATH,
        FSCONFIG_SET_PATH_EMPTY,
        FSCONFIG_SET_FD,
        FSCONFIG_CMD_CREATE,
        FSCONFIG_CMD_RECONFIGURE,
        FSCONFIG_CMD_CREATE_EXCL,
    ],
);
static FSMOUNT_FLAGS: Names = names("FSMOUNT_???", &[FSMOUNT_CLOEXEC, FSMOUNT_NAMESPACE]);
static FSPICK_FLAGS: Names =
    names("FSPICK_???", &[FSPICK_CLOEXEC, FSPICK_SYMLINK_NOFOLLOW, FSPICK_NO_AUTOMOUNT, FSPICK_EMPTY_PATH]);
/// Attributes that `fsmount` may set: all but the one that needs a user namespace.
static FSMOUNT_ATTRS: Names = names(
    "MOUNT_ATTR_???",
    &[
        MOUNT_ATTR_RDONLY,
        MOUNT_ATTR_NOSUID,
        MOUNT_ATTR_NODEV,
        MOUNT_ATTR_NOEXEC,
        MOUNT_ATTR__ATIME,
        MOUNT_ATTR_NOATIME,
        MOUNT_ATTR_STRICTATIME,
        MOUNT_ATTR_NODIRATIME,
        MOUNT_ATTR_NOSYMFOLLOW,
    ],
);
/// All attributes of mounts.
static MOUNT_ATTRS: Names = names(
    "MOUNT_ATTR_???",
    &[
        MOUNT_ATTR_RDONLY,
        MOUNT_ATTR_NOSUID,
        MOUNT_ATTR_NODEV,
        MOUNT_ATTR_NOEXEC,
        MOUNT_ATTR__ATIME,
        MOUNT_ATTR_NOATIME,
        MOUNT_ATTR_STRICTATIME,
        MOUNT_ATTR_NODIRATIME,
        MOUNT_ATTR_IDMAP,
        MOUNT_ATTR_NOSYMFOLLOW,
    ],
);
static MOVE_FLAGS: Names = names(
    "MOVE_MOUNT_???",
    &[
        MOVE_MOUNT_F_SYMLINKS,
        MOVE_MOUNT_F_AUTOMOUNTS,
        MOVE_MOUNT_F_EMPTY_PATH,
        MOVE_MOUNT_T_SYMLINKS,
        MOVE_MOUNT_T_AUTOMOUNTS,
        MOVE_MOUNT_T_EMPTY_PATH,
        MOVE_MOUNT_SET_GROUP,
        MOVE_MOUNT_BENEATH,
    ],
);
static OPEN_TREE_FLAGS: Names = names(
    "OPEN_TREE_???",
    &[
        OPEN_TREE_CLONE,
        OPEN_TREE_NAMESPACE,
        OPEN_TREE_CLOEXEC,
        AT_SYMLINK_NOFOLLOW,
        AT_NO_AUTOMOUNT,
        AT_EMPTY_PATH,
        AT_RECURSIVE,
    ],
);
static SETATTR_FLAGS: Names =
    names("AT_???", &[AT_SYMLINK_NOFOLLOW, AT_NO_AUTOMOUNT, AT_EMPTY_PATH, AT_RECURSIVE]);

/// A descriptor in 64 bits, where an attribute needs it.
const USERNS_FD: Ty = Scalar(W8, |cx, v| match i32::try_from(v) {
    Ok(fd) if cx.field("attr_set") & MOUNT_ATTR_IDMAP.v() != 0 => cx.fd(fd),
    _ => cx.out.uint(v),
});

/// `struct mount_attr` (mount_setattr(2)).
static MOUNT_ATTR: Record = record(
    "mount_attr",
    &[
        arg("attr_set", Flags(W8, &MOUNT_ATTRS)),
        arg("attr_clr", Flags(W8, &MOUNT_ATTRS)),
        arg("propagation", Enum(W8, &PROPAGATION)),
        arg("userns_fd", USERNS_FD),
    ],
);
static MOUNT_ATTR_ARG: Ty = Sized { of: &MOUNT_ATTR, size: Len::Arg(4), min: 32 };

/// What changes an existing mount, for which the type doesn't matter.
const CHANGES: u64 = MS_REMOUNT.value | NO_DATA;
/// What changes more than options, so that there are none.
const NO_DATA: u64 =
    MS_BIND.value | MS_MOVE.value | MS_SHARED.value | MS_PRIVATE.value | MS_SLAVE.value | MS_UNBINDABLE.value;
/// Where old programs put a magic number, which the kernel ignores.
const MAGIC_MASK: u64 = 0xffff_0000;

/// The flags of `mount` without that number.
fn mount_flags(cx: &Plain<'_>) -> u64 {
    let flags = cx.arg(3) & cx.mask(Long);
    if flags & MAGIC_MASK == MS_MGC_VAL.v() { flags & !MAGIC_MASK } else { flags }
}

/// Shows the flags of `mount`.
fn show_mount_flags(cx: &mut Plain<'_>, flags: u64) {
    if flags & MAGIC_MASK != MS_MGC_VAL.v() {
        return cx.flags(KLong, &MOUNT_FLAGS, flags);
    }
    cx.out.open(Kind::Terms);
    cx.out.item();
    cx.named(MS_MGC_VAL.v(), Base::Hex, MS_MGC_VAL.name);
    if flags & !MAGIC_MASK != 0 {
        cx.out.item();
        cx.flags(KLong, &MOUNT_FLAGS, flags & !MAGIC_MASK);
    }
    cx.out.close(Kind::Terms);
}

const MOUNT_TYPE: Ty = If(|cx| mount_flags(cx) & CHANGES == 0, &Str);
const MOUNT_DATA: Ty = If(
    |cx| {
        let flags = mount_flags(cx);
        flags & NO_DATA == 0 || flags & MS_REMOUNT.v() != 0
    },
    &Str,
);

const DIRFD: Arg = arg("dirfd", DirFd);
const PATHNAME: Arg = arg("pathname", Path);
const FD: Arg = arg("fd", Fd);
const SIZE: Arg = arg("size", KULONG);
const KEY: Arg = arg("key", At(In, &SHORT));
const AUX: Arg = arg("aux", INT);
/// A context of `fsopen`: a descriptor, but of no file that a path could name.
const CONTEXT: Ty = Scalar(W4, |cx, fd| cx.fd(fd as i32));
/// An argument that should be null.
const NO_KEY: Arg = arg("key", Addr);
const NO_VALUE: Arg = arg("value", Addr);

/// How `fsconfig` goes on, by its command.
static FSCONFIG_CASES: &[Case] = &[
    case(&[FSCONFIG_SET_FLAG], &[KEY, NO_VALUE, AUX], Ret::Dec),
    case(&[FSCONFIG_SET_STRING], &[KEY, arg("value", At(In, &SHORT)), AUX], Ret::Dec),
    case(&[FSCONFIG_SET_BINARY], &[KEY, arg("value", At(In, &BLOB)), AUX], Ret::Dec),
    case(
        &[FSCONFIG_SET_PATH, FSCONFIG_SET_PATH_EMPTY],
        &[KEY, arg("value", Path), arg("aux", DirFd)],
        Ret::Dec,
    ),
    case(&[FSCONFIG_SET_FD], &[KEY, NO_VALUE, arg("aux", Fd)], Ret::Dec),
];
/// A name or a value of `fsconfig`.
static SHORT: Ty = Form(Len::Const(256), show_short);
/// The longest value that the kernel takes.
const MAX_BLOB: i32 = 1 << 20;
/// The value of `FSCONFIG_SET_BINARY`.
static BLOB: Ty = If(|cx| (0..=MAX_BLOB).contains(&cx.arg_int(4)), &Binary(Len::ArgInt(4)));

pub(crate) static ROWS: &[Syscall] = &[
    syscall(
        "mount",
        FILE,
        Ret::Dec,
        &[
            arg("source", Path),
            arg("target", Path),
            arg("filesystemtype", MOUNT_TYPE),
            arg("mountflags", Scalar(Long, show_mount_flags)),
            arg("data", MOUNT_DATA),
        ],
    ),
    syscall("umount2", FILE, Ret::Dec, &[arg("target", Path), arg("flags", Flags(W4, &UMOUNT_FLAGS))]),
    syscall("umount", FILE, Ret::Dec, &[arg("path", Path)]),
    syscall("fsopen", DESC, Ret::Fd, &[arg("fsname", Str), arg("flags", Flags(W4, &FSOPEN_FLAGS))]),
    syscall(
        "fsconfig",
        DESC | FILE,
        Ret::Dec,
        &[arg("fd", CONTEXT), arg("cmd", Enum(W4, &FSCONFIG_COMMANDS))],
    )
    .switch(1, FSCONFIG_CASES, &[NO_KEY, NO_VALUE, AUX]),
    syscall(
        "fsmount",
        DESC,
        Ret::Fd,
        &[FD, arg("flags", Flags(W4, &FSMOUNT_FLAGS)), arg("attr_flags", Flags(W4, &FSMOUNT_ATTRS))],
    ),
    syscall("fspick", DESC | FILE, Ret::Fd, &[DIRFD, PATHNAME, arg("flags", Flags(W4, &FSPICK_FLAGS))]),
    syscall(
        "move_mount",
        DESC | FILE,
        Ret::Dec,
        &[
            arg("from_dfd", DirFd),
            arg("from_pathname", Path),
            arg("to_dfd", DirFd),
            arg("to_pathname", Path),
            arg("flags", Flags(W4, &MOVE_FLAGS)),
        ],
    ),
    syscall("open_tree", DESC | FILE, Ret::Fd, &[DIRFD, PATHNAME, arg("flags", Flags(W4, &OPEN_TREE_FLAGS))]),
    syscall(
        "open_tree_attr",
        DESC | FILE,
        Ret::Fd,
        &[
            DIRFD,
            PATHNAME,
            arg("flags", Flags(W4, &OPEN_TREE_FLAGS)),
            arg("attr", At(In, &MOUNT_ATTR_ARG)),
            SIZE,
        ],
    ),
    syscall(
        "mount_setattr",
        DESC | FILE,
        Ret::Dec,
        &[
            DIRFD,
            PATHNAME,
            arg("flags", Flags(W4, &SETATTR_FLAGS)),
            arg("attr", At(In, &MOUNT_ATTR_ARG)),
            SIZE,
        ],
    ),
    syscall(
        "statmount",
        class::NONE,
        Ret::Dec,
        &[
            arg("req", At(In, &id::STATMOUNT_REQUEST)),
            arg("buf", Hook(&statmount::STATMOUNT)),
            arg("bufsize", KULONG),
            arg("flags", Flags(W4, &statmount::REQUEST_FLAGS)),
        ],
    ),
    syscall(
        "listmount",
        class::NONE,
        Ret::Dec,
        &[
            arg("req", At(In, &id::LISTMOUNT_REQUEST)),
            arg("mnt_ids", At(Late, &id::IDS)),
            arg("nr_mnt_ids", KULONG),
            arg("flags", Flags(W4, &id::LISTMOUNT_FLAGS)),
        ],
    ),
    syscall(
        "listns",
        class::NONE,
        Ret::Dec,
        &[
            arg("req", At(In, &id::NAMESPACE_REQUEST)),
            arg("ns_ids", At(Late, &id::IDS)),
            arg("nr_ns_ids", KULONG),
            arg("flags", X32),
        ],
    ),
];
