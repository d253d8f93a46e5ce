//! Files by name: opening, creating, linking, renaming, modes, owners, sizes and times.

mod handle;
mod open;
mod times;

use crate::common::{FILE_MODE16, ID, ID16, show_dev};
use decode::class::{DESC, FILE};
use decode::prelude::*;
use uapi::consts::*;

pub(crate) use open::{OPEN_FLAGS, open_flags, show_open_flags};

/// Flags of the calls that end in `at`.
pub(crate) static AT_FLAGS: Names = names(
    "AT_???",
    &[AT_SYMLINK_NOFOLLOW, AT_REMOVEDIR, AT_SYMLINK_FOLLOW, AT_NO_AUTOMOUNT, AT_EMPTY_PATH, AT_RECURSIVE],
);
/// The flags of newer calls, which take no others.
pub(crate) static NOFOLLOW_EMPTY_FLAGS: Names = names("AT_???", &[AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH]);
static FACCESSAT_FLAGS: Names = names("AT_???", &[AT_SYMLINK_NOFOLLOW, AT_EACCESS, AT_EMPTY_PATH]);
static HANDLE_FLAGS: Names = names(
    "AT_???",
    &[AT_HANDLE_MNT_ID_UNIQUE, AT_HANDLE_CONNECTABLE, AT_HANDLE_FID, AT_SYMLINK_FOLLOW, AT_EMPTY_PATH],
);
static ACCESS: Names = names("?_OK", &[F_OK, R_OK, W_OK, X_OK]);
static RENAME_FLAGS: Names = names("RENAME_???", &[RENAME_NOREPLACE, RENAME_EXCHANGE, RENAME_WHITEOUT]);
static FALLOC_FLAGS: Names = names(
    "FALLOC_FL_???",
    &[
        FALLOC_FL_KEEP_SIZE,
        FALLOC_FL_PUNCH_HOLE,
        FALLOC_FL_NO_HIDE_STALE,
        FALLOC_FL_COLLAPSE_RANGE,
        FALLOC_FL_ZERO_RANGE,
        FALLOC_FL_INSERT_RANGE,
        FALLOC_FL_UNSHARE_RANGE,
        FALLOC_FL_WRITE_ZEROES,
    ],
);
static FADVICE: Names = names(
    "POSIX_FADV_???",
    &[
        POSIX_FADV_NORMAL,
        POSIX_FADV_RANDOM,
        POSIX_FADV_SEQUENTIAL,
        POSIX_FADV_WILLNEED,
        POSIX_FADV_DONTNEED,
        POSIX_FADV_NOREUSE,
    ],
);
static SYNC_RANGE_FLAGS: Names = names(
    "SYNC_FILE_RANGE_???",
    &[SYNC_FILE_RANGE_WAIT_BEFORE, SYNC_FILE_RANGE_WRITE, SYNC_FILE_RANGE_WAIT_AFTER],
);
static MEMFD_FLAGS: Names =
    names("MFD_???", &[MFD_CLOEXEC, MFD_ALLOW_SEALING, MFD_HUGETLB, MFD_NOEXEC_SEAL, MFD_EXEC]);
static XFLAGS: Names = names(
    "FS_XFLAG_???",
    &[
        FS_XFLAG_REALTIME,
        FS_XFLAG_PREALLOC,
        FS_XFLAG_IMMUTABLE,
        FS_XFLAG_APPEND,
        FS_XFLAG_SYNC,
        FS_XFLAG_NOATIME,
        FS_XFLAG_NODUMP,
        FS_XFLAG_RTINHERIT,
        FS_XFLAG_PROJINHERIT,
        FS_XFLAG_NOSYMLINKS,
        FS_XFLAG_EXTSIZE,
        FS_XFLAG_EXTSZINHERIT,
        FS_XFLAG_NODEFRAG,
        FS_XFLAG_FILESTREAM,
        FS_XFLAG_DAX,
        FS_XFLAG_COWEXTSIZE,
        FS_XFLAG_VERITY,
        FS_XFLAG_HASATTR,
        FS_XFLAG_CASEFOLD,
        FS_XFLAG_CASENONPRESERVING,
    ],
);

/// `struct open_how` (openat2(2)).
static OPEN_HOW: Record = record(
    "open_how",
    &[
        arg("flags", Scalar(W8, open::show_openat2_flags)),
        arg("mode", Int(W8, Mode)).when(|cx| cx.field("mode") != 0 || open::creates(cx.field("flags"))),
        arg("resolve", Flags(W8, &open::RESOLVE_FLAGS)),
    ],
);
/// `struct cachestat_range` (cachestat(2)).
static CACHESTAT_RANGE: Record = record("cachestat_range", &[arg("off", X64), arg("len", U64)]);
/// `struct cachestat` (cachestat(2)).
static CACHESTAT: Record = record(
    "cachestat",
    &[
        arg("nr_cache", U64),
        arg("nr_dirty", U64),
        arg("nr_writeback", U64),
        arg("nr_evicted", U64),
        arg("nr_recently_evicted", U64),
    ],
);
/// `struct file_attr`: `fa_nextents` is the kernel's to tell.
static FILE_ATTR_GET: Record = record(
    "file_attr",
    &[
        arg("fa_xflags", Flags(W8, &XFLAGS)),
        arg("fa_extsize", UINT),
        arg("fa_nextents", UINT),
        arg("fa_projid", X32),
        arg("fa_cowextsize", UINT),
    ],
);
static FILE_ATTR_SET: Record = record(
    "file_attr",
    &[
        arg("fa_xflags", Flags(W8, &XFLAGS)),
        arg("fa_extsize", UINT),
        pad(4),
        arg("fa_projid", X32),
        arg("fa_cowextsize", UINT),
    ],
);

static GOT_ATTR: Ty = If(is_taken, &Sized { of: &FILE_ATTR_GET, size: Len::Arg(3), min: ATTR_SIZE });
static SET_ATTR: Ty = If(is_taken, &Sized { of: &FILE_ATTR_SET, size: Len::Arg(3), min: ATTR_SIZE });

/// The size of the first version of `struct file_attr`, which has all members.
const ATTR_SIZE: u32 = 24;

/// Whether the kernel takes attributes: it takes no part of a struct that is longer than a page.
fn is_taken(cx: &Plain<'_>) -> bool {
    const PAGE: u64 = 4096;
    cx.arg(3) <= PAGE
}

const DIRFD: Arg = arg("dirfd", DirFd);
const PATHNAME: Arg = arg("pathname", Path);
/// `pathname`, as a few calls name it.
const PATH: Arg = arg("path", Path);
const FD: Arg = arg("fd", Fd);
/// A `umode_t`: 16 bits, whatever the register holds.
const MODE16: Ty = Int(W2, Mode);
const NEW_MODE: Arg = arg("mode", MODE16);
const OPEN_MODE: Ty = Scalar(W4, show_open_flags);
const OWNER: Arg = arg("owner", ID);
const GROUP: Arg = arg("group", ID);
const OWNER16: Arg = arg("owner", ID16);
const GROUP16: Arg = arg("group", ID16);
const DEV: Ty = Scalar(W4, show_dev);
const LENGTH: Arg = arg("length", KULONG);
const LENGTH64: Arg = arg("length", U64);
/// What `readlink` has put into its buffer, and the buffer's size.
const LINK: Ty = At(Out, &Bytes(Len::Ret));
const BUFSIZ: Arg = arg("bufsiz", KULONG);
const I386: &[Abi] = &[Abi::I386];

/// Flags of which [`AT_FLAGS`] has the names.
const AT: Arg = arg("flags", Flags(W4, &AT_FLAGS));
const NOFOLLOW_EMPTY: Arg = arg("flags", Flags(W4, &NOFOLLOW_EMPTY_FLAGS));

fn is_device(cx: &Plain<'_>, mode: usize) -> bool {
    let file_type = cx.arg(mode) & S_IFMT.v();
    file_type == S_IFCHR.v() || file_type == S_IFBLK.v()
}

/// The name of a `memfd_create`: the kernel takes none longer than a file's with `memfd:` before it.
static MEMFD_NAME: Ty = Form(Len::Const(250), show_short);

/// Shows a string of which the kernel looks at no more than `most` bytes (256 at most), up to the string limit.
pub(crate) fn show_short(cx: &mut Cx<'_>, addr: u64, most: u64) {
    let limit = cx.options.strings;
    let mut buf = [0; 256];
    let room = (most as usize).min(buf.len()).min(limit.saturating_add(1));
    let buf = &mut buf[..room];
    let got = if addr == 0 { 0 } else { cx.read_some(addr, buf) };
    match buf[..got].iter().position(|&b| b == 0) {
        Some(end) => cx.out.bytes(&buf[..end], Text::Plain, false),
        None if got == room => cx.out.bytes(&buf[..room.min(limit)], Text::Plain, true),
        None => cx.out.addr(addr),
    }
}

/// `memfd_create`'s flags, with the huge page size's logarithm in the upper bits.
fn show_memfd_flags(cx: &mut Plain<'_>, flags: u64) {
    let shift = MFD_HUGE_SHIFT.v();
    let (low, huge) = (flags & ((1 << shift) - 1), flags >> shift);
    let mut parts = Parts::new();
    let rest = parts.push_flags(low, u64::MAX, &MEMFD_FLAGS, cx.abi);
    match rest {
        0 => {}
        _ if parts.is_empty() => parts.push(Part::Unknown(rest, MEMFD_FLAGS.unknown)),
        _ => parts.push(Part::Hex(rest)),
    }
    if huge != 0 {
        parts.push(Part::Shifted(huge, "MFD_HUGE_SHIFT"));
    }
    cx.out.symbolic(flags, Base::Hex, parts.as_slice(), "");
}

pub(crate) static ROWS: &[Syscall] = &[
    // Opening.
    syscall(
        "open",
        DESC | FILE,
        Ret::Fd,
        &[PATHNAME, arg("flags", OPEN_MODE), NEW_MODE.when(|cx| open::creates(cx.arg(1)))],
    ),
    syscall(
        "openat",
        DESC | FILE,
        Ret::Fd,
        &[DIRFD, PATHNAME, arg("flags", OPEN_MODE), NEW_MODE.when(|cx| open::creates(cx.arg(2)))],
    ),
    syscall(
        "openat2",
        DESC | FILE,
        Ret::Fd,
        &[
            DIRFD,
            PATHNAME,
            arg("how", At(In, &Sized { of: &OPEN_HOW, size: Len::Arg(3), min: 24 })),
            arg("size", KULONG),
        ],
    ),
    syscall("creat", DESC | FILE, Ret::Fd, &[PATHNAME, NEW_MODE]),
    syscall(
        "memfd_create",
        DESC,
        Ret::Fd,
        &[arg("name", At(In, &MEMFD_NAME)), arg("flags", Scalar(W4, show_memfd_flags))],
    ),
    syscall(
        "name_to_handle_at",
        DESC | FILE,
        Ret::Dec,
        &[
            DIRFD,
            PATHNAME,
            arg("handle", Hook(&handle::NAME_TO_HANDLE)),
            arg("mount_id", handle::MOUNT_ID),
            arg("flags", Flags(W4, &HANDLE_FLAGS)),
        ],
    ),
    syscall(
        "open_by_handle_at",
        DESC,
        Ret::Fd,
        &[arg("mount_fd", Fd), arg("handle", Hook(&handle::OPEN_BY_HANDLE)), arg("flags", OPEN_MODE)],
    ),
    // Access, modes, owners.
    syscall("access", FILE, Ret::Dec, &[PATHNAME, arg("mode", Flags(W4, &ACCESS))]),
    syscall("faccessat", DESC | FILE, Ret::Dec, &[DIRFD, PATHNAME, arg("mode", Flags(W4, &ACCESS))]),
    syscall(
        "faccessat2",
        DESC | FILE,
        Ret::Dec,
        &[DIRFD, PATHNAME, arg("mode", Flags(W4, &ACCESS)), arg("flags", Flags(W4, &FACCESSAT_FLAGS))],
    ),
    syscall("chmod", FILE, Ret::Dec, &[PATHNAME, NEW_MODE]),
    syscall("fchmod", DESC, Ret::Dec, &[FD, NEW_MODE]),
    syscall("fchmodat", DESC | FILE, Ret::Dec, &[DIRFD, PATHNAME, NEW_MODE]),
    syscall("fchmodat2", DESC | FILE, Ret::Dec, &[DIRFD, PATHNAME, NEW_MODE, NOFOLLOW_EMPTY]),
    syscall("umask", class::NONE, Ret::Mode, &[arg("mask", MODE16)]),
    syscall("chown", FILE, Ret::Dec, &[PATHNAME, OWNER, GROUP]),
    syscall("lchown", FILE, Ret::Dec, &[PATHNAME, OWNER, GROUP]),
    syscall("fchown", DESC, Ret::Dec, &[FD, OWNER, GROUP]),
    syscall("chown", FILE, Ret::Dec, &[PATHNAME, OWNER16, GROUP16]).only(I386),
    syscall("lchown", FILE, Ret::Dec, &[PATHNAME, OWNER16, GROUP16]).only(I386),
    syscall("fchown", DESC, Ret::Dec, &[FD, OWNER16, GROUP16]).only(I386),
    syscall("chown32", FILE, Ret::Dec, &[PATHNAME, OWNER, GROUP]),
    syscall("lchown32", FILE, Ret::Dec, &[PATHNAME, OWNER, GROUP]),
    syscall("fchown32", DESC, Ret::Dec, &[FD, OWNER, GROUP]),
    syscall("fchownat", DESC | FILE, Ret::Dec, &[DIRFD, PATHNAME, OWNER, GROUP, AT]),
    // Names.
    syscall("link", FILE, Ret::Dec, &[arg("oldpath", Path), arg("newpath", Path)]),
    syscall(
        "linkat",
        DESC | FILE,
        Ret::Dec,
        &[arg("olddirfd", DirFd), arg("oldpath", Path), arg("newdirfd", DirFd), arg("newpath", Path), AT],
    ),
    syscall("symlink", FILE, Ret::Dec, &[arg("oldpath", Path), arg("newpath", Path)]),
    syscall(
        "symlinkat",
        DESC | FILE,
        Ret::Dec,
        &[arg("target", Path), arg("newdirfd", DirFd), arg("linkpath", Path)],
    ),
    syscall("unlink", FILE, Ret::Dec, &[PATH]),
    syscall("unlinkat", DESC | FILE, Ret::Dec, &[DIRFD, PATHNAME, AT]),
    syscall("rename", FILE, Ret::Dec, &[arg("oldpath", Path), arg("newpath", Path)]),
    syscall(
        "renameat",
        DESC | FILE,
        Ret::Dec,
        &[arg("olddirfd", DirFd), arg("oldpath", Path), arg("newdirfd", DirFd), arg("newpath", Path)],
    ),
    syscall(
        "renameat2",
        DESC | FILE,
        Ret::Dec,
        &[
            arg("olddirfd", DirFd),
            arg("oldpath", Path),
            arg("newdirfd", DirFd),
            arg("newpath", Path),
            arg("flags", Flags(W4, &RENAME_FLAGS)),
        ],
    ),
    syscall("mkdir", FILE, Ret::Dec, &[PATHNAME, NEW_MODE]),
    syscall("mkdirat", DESC | FILE, Ret::Dec, &[DIRFD, PATHNAME, NEW_MODE]),
    syscall("rmdir", FILE, Ret::Dec, &[PATH]),
    syscall(
        "mknod",
        FILE,
        Ret::Dec,
        &[PATHNAME, arg("mode", FILE_MODE16), arg("dev", DEV).when(|cx| is_device(cx, 1))],
    ),
    syscall(
        "mknodat",
        DESC | FILE,
        Ret::Dec,
        &[DIRFD, PATHNAME, arg("mode", FILE_MODE16), arg("dev", DEV).when(|cx| is_device(cx, 2))],
    ),
    syscall("readlink", FILE, Ret::Dec, &[PATHNAME, arg("buf", LINK), BUFSIZ]),
    syscall("readlinkat", DESC | FILE, Ret::Dec, &[DIRFD, PATHNAME, arg("buf", LINK), BUFSIZ]),
    // Contents.
    syscall("truncate", FILE, Ret::Dec, &[PATH, LENGTH]),
    syscall("truncate64", FILE, Ret::Dec, &[PATH, LENGTH64]),
    syscall("ftruncate", DESC, Ret::Dec, &[FD, LENGTH]),
    syscall("ftruncate64", DESC, Ret::Dec, &[FD, LENGTH64]),
    syscall(
        "fallocate",
        DESC,
        Ret::Dec,
        &[FD, arg("mode", Flags(W4, &FALLOC_FLAGS)), arg("offset", S64), arg("len", S64)],
    ),
    syscall(
        "fadvise64",
        DESC,
        Ret::Dec,
        &[FD, arg("offset", S64), arg("len", KULONG), arg("advice", Enum(W4, &FADVICE))],
    ),
    syscall(
        "fadvise64_64",
        DESC,
        Ret::Dec,
        &[FD, arg("offset", S64), arg("len", S64), arg("advice", Enum(W4, &FADVICE))],
    ),
    syscall("readahead", DESC, Ret::Dec, &[FD, arg("offset", S64), arg("count", KULONG)]),
    syscall(
        "sync_file_range",
        DESC,
        Ret::Dec,
        &[FD, arg("offset", S64), arg("nbytes", S64), arg("flags", Flags(W4, &SYNC_RANGE_FLAGS))],
    ),
    syscall(
        "cachestat",
        DESC,
        Ret::Dec,
        &[
            FD,
            arg("cstat_range", At(In, &Struct(&CACHESTAT_RANGE))),
            arg("cstat", At(Out, &Struct(&CACHESTAT))),
            arg("flags", X32),
        ],
    ),
    // Times and attributes.
    syscall(
        "utime",
        FILE,
        Ret::Dec,
        &[arg("filename", Path), arg("times", At(In, &Struct(&times::UTIMBUF)))],
    ),
    syscall("utimes", FILE, Ret::Dec, &[PATHNAME, arg("times", At(In, &times::TIMEVALS))]),
    syscall("futimesat", DESC | FILE, Ret::Dec, &[DIRFD, PATHNAME, arg("times", At(In, &times::TIMEVALS))]),
    syscall(
        "utimensat",
        DESC | FILE,
        Ret::Dec,
        &[DIRFD, PATHNAME, arg("times", At(In, &times::TIMESPECS)), AT],
    ),
    syscall(
        "utimensat_time64",
        DESC | FILE,
        Ret::Dec,
        &[DIRFD, PATHNAME, arg("times", At(In, &times::TIMESPECS64)), AT],
    ),
    syscall(
        "file_getattr",
        DESC | FILE,
        Ret::Dec,
        &[DIRFD, PATHNAME, arg("attr", At(Out, &GOT_ATTR)), arg("size", KULONG), NOFOLLOW_EMPTY],
    ),
    syscall(
        "file_setattr",
        DESC | FILE,
        Ret::Dec,
        &[DIRFD, PATHNAME, arg("attr", At(In, &SET_ATTR)), arg("size", KULONG), NOFOLLOW_EMPTY],
    ),
];
