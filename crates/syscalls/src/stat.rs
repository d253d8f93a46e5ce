//! What files and file systems are: `stat`, `statx`, `statfs` and their kin.

mod magic;
mod statx;

pub(crate) use magic::FS_TYPES;

use crate::common::{note_time, show_dev, show_file_mode};
use crate::file::AT_FLAGS;
use decode::class::{DESC, FILE, FSTAT, FSTATFS, LSTAT, STAT, STAT_LIKE, STATFS, STATFS_LIKE};
use decode::prelude::*;
use uapi::consts::*;

static MOUNT_FLAGS: Names = names(
    "ST_???",
    &[
        ST_VALID,
        ST_RDONLY,
        ST_NOSUID,
        ST_NODEV,
        ST_NOEXEC,
        ST_SYNCHRONOUS,
        ST_MANDLOCK,
        ST_NOATIME,
        ST_NODIRATIME,
        ST_RELATIME,
        ST_NOSYMFOLLOW,
    ],
);

/// A field of which only the name and place count: [`show_stat`] gives it its form.
const fn raw(name: &'static str, width: Width) -> Arg {
    arg(name, Int(width, Udec))
}

/// A time's seconds: 64 bits, or what the ABI's old calls have for it.
const fn time(name: &'static str, width: Width) -> Arg {
    arg(name, Int(width, Dec))
}

/// `struct stat` of x86-64, and of x32 which has the same.
static STAT_X86_64: Record = record(
    "stat",
    &[
        raw("st_dev", KLong),
        raw("st_ino", KLong),
        raw("st_nlink", KLong),
        raw("st_mode", W4),
        raw("st_uid", W4),
        raw("st_gid", W4),
        pad(4),
        raw("st_rdev", KLong),
        raw("st_size", KLong),
        raw("st_blksize", KLong),
        raw("st_blocks", KLong),
        time("st_atime", KLong),
        raw("st_atime_nsec", KLong),
        time("st_mtime", KLong),
        raw("st_mtime_nsec", KLong),
        time("st_ctime", KLong),
        raw("st_ctime_nsec", KLong),
        arg("", Array(&KLONG, Len::Const(3))),
    ],
);
/// `struct stat` of the generic ABI (aarch64, riscv64).
static STAT_GENERIC: Record = record(
    "stat",
    &[
        raw("st_dev", KLong),
        raw("st_ino", KLong),
        raw("st_mode", W4),
        raw("st_nlink", W4),
        raw("st_uid", W4),
        raw("st_gid", W4),
        raw("st_rdev", KLong),
        raw("", KLong),
        raw("st_size", KLong),
        raw("st_blksize", W4),
        pad(4),
        raw("st_blocks", KLong),
        time("st_atime", KLong),
        raw("st_atime_nsec", KLong),
        time("st_mtime", KLong),
        raw("st_mtime_nsec", KLong),
        time("st_ctime", KLong),
        raw("st_ctime_nsec", KLong),
        pad(8),
    ],
);
/// `struct stat` of i386.
static STAT_I386: Record = record(
    "stat",
    &[
        raw("st_dev", Long),
        raw("st_ino", Long),
        raw("st_mode", W2),
        raw("st_nlink", W2),
        raw("st_uid", W2),
        raw("st_gid", W2),
        raw("st_rdev", Long),
        raw("st_size", Long),
        raw("st_blksize", Long),
        raw("st_blocks", Long),
        time("st_atime", Long),
        raw("st_atime_nsec", Long),
        time("st_mtime", Long),
        raw("st_mtime_nsec", Long),
        time("st_ctime", Long),
        raw("st_ctime_nsec", Long),
        raw("", Long),
        raw("", Long),
    ],
);
/// `struct stat64` of i386.
static STAT64_I386: Record = record(
    "stat64",
    &[
        raw("st_dev", W8),
        pad(4),
        raw("", Long),
        raw("st_mode", W4),
        raw("st_nlink", W4),
        raw("st_uid", Long),
        raw("st_gid", Long),
        raw("st_rdev", W8),
        pad(4),
        raw("st_size", W8),
        raw("st_blksize", Long),
        raw("st_blocks", W8),
        time("st_atime", Long),
        raw("st_atime_nsec", Long),
        time("st_mtime", W4),
        raw("st_mtime_nsec", Long),
        time("st_ctime", W4),
        raw("st_ctime_nsec", Long),
        raw("st_ino", W8),
    ],
);
/// `struct __old_kernel_stat` of i386: times without fractions, sizes without blocks.
static OLD_STAT: Record = record(
    "__old_kernel_stat",
    &[
        raw("st_dev", W2),
        raw("st_ino", W2),
        raw("st_mode", W2),
        raw("st_nlink", W2),
        raw("st_uid", W2),
        raw("st_gid", W2),
        raw("st_rdev", W2),
        raw("st_size", Long),
        time("st_atime", Long),
        time("st_mtime", Long),
        time("st_ctime", Long),
    ],
);

/// Old kernels had no flags there.
fn has_flags(cx: &Plain<'_>) -> bool {
    cx.field("f_flags") & ST_VALID.v() != 0
}

/// `struct statfs` (statfs(2)).
static STATFS_BUF: Record = record(
    "statfs",
    &[
        arg("f_type", Enum(Long, &FS_TYPES)),
        arg("f_bsize", ULONG),
        arg("f_blocks", ULONG),
        arg("f_bfree", ULONG),
        arg("f_bavail", ULONG),
        arg("f_files", ULONG),
        arg("f_ffree", ULONG),
        arg("f_fsid", Struct(&FSID)),
        arg("f_namelen", ULONG),
        arg("f_frsize", ULONG),
        arg("f_flags", Flags(Long, &MOUNT_FLAGS)).when(has_flags),
        arg("f_spare", Array(&ULONG, Len::Const(4))).when(|_| false),
    ],
);
/// `struct statfs64` of 32-bit ABIs; i386 packs it to 4-byte alignment.
static STATFS64_BUF: Record = record(
    "statfs64",
    &[
        arg("f_type", Enum(W4, &FS_TYPES)),
        arg("f_bsize", UINT),
        arg("f_blocks", U64),
        arg("f_bfree", U64),
        arg("f_bavail", U64),
        arg("f_files", U64),
        arg("f_ffree", U64),
        arg("f_fsid", Struct(&FSID)),
        arg("f_namelen", UINT),
        arg("f_frsize", UINT),
        arg("f_flags", Flags(W4, &MOUNT_FLAGS)).when(has_flags),
        arg("f_spare", Array(&UINT, Len::Const(4))).when(|_| false),
    ],
);
/// `__kernel_fsid_t`.
static FSID: Record = record("__kernel_fsid_t", &[arg("val", Array(&X32, Len::Const(2)))]);

/// `struct stat` as the ABI's plain calls have it.
static STAT_TY: Ty = Form(STAT_SIZE, |cx, at, _| {
    let record = match cx.abi {
        Abi::X86_64 | Abi::X32 => &STAT_X86_64,
        Abi::I386 => &STAT_I386,
        Abi::Aarch64 | Abi::Riscv64 => &STAT_GENERIC,
    };
    show_stat_at(cx, record, at);
});
static STAT64_TY: Ty = Form(STAT_SIZE, |cx, at, _| show_stat_at(cx, &STAT64_I386, at));
static OLD_STAT_TY: Ty = Form(STAT_SIZE, |cx, at, _| show_stat_at(cx, &OLD_STAT, at));
/// The size of the largest of them.
const STAT_SIZE: Len = Len::Const(144);

fn show_stat_at(cx: &mut Cx<'_>, record: &'static Record, addr: u64) {
    if addr == 0 || !cx.options.verbose || !cx.with_record(record, addr, |cx| show_stat(cx, record)) {
        cx.out.addr(addr);
    }
}

/// Shows the `stat` at hand. Its fields stand in another order in each ABI's memory.
fn show_stat(cx: &mut Cx<'_>, record: &'static Record) {
    let full = !cx.abbrev();
    cx.out.open(Kind::Struct);
    if full {
        cx.out.field("st_dev");
        let device = cx.field("st_dev");
        show_dev(cx, device);
        plain(cx, "st_ino");
    }
    cx.out.field("st_mode");
    let mode = cx.field("st_mode");
    show_file_mode(cx, mode);
    if full {
        ["st_nlink", "st_uid", "st_gid", "st_blksize", "st_blocks"].iter().for_each(|name| plain(cx, name));
    }
    let file_type = mode & S_IFMT.v();
    if file_type == S_IFCHR.v() || file_type == S_IFBLK.v() {
        cx.out.field("st_rdev");
        let device = cx.field("st_rdev");
        show_dev(cx, device);
    } else {
        plain(cx, "st_size");
    }
    if full {
        show_stat_time(cx, record, "st_atime", "st_atime_nsec");
        show_stat_time(cx, record, "st_mtime", "st_mtime_nsec");
        show_stat_time(cx, record, "st_ctime", "st_ctime_nsec");
    } else {
        cx.out.more();
    }
    cx.out.close(Kind::Struct);
}

fn plain(cx: &mut Cx<'_>, name: &'static str) {
    cx.out.field(name);
    let value = cx.field(name);
    cx.out.uint(value);
}

fn show_stat_time(cx: &mut Cx<'_>, record: &'static Record, sec: &'static str, nsec: &'static str) {
    let find = |name| record.fields.iter().find(|f| f.name == name);
    let Some(seconds) = find(sec) else { return };
    let value = sign_extend(cx.field(sec), cx.size_of(&seconds.ty) as u32);
    let fraction = find(nsec).map(|_| cx.field(nsec));
    cx.out.field(sec);
    cx.out.int(value);
    if let Ok(fraction @ ..1_000_000_000) = u32::try_from(fraction.unwrap_or(0)) {
        note_time(cx, value, fraction);
    }
    if let Some(fraction) = fraction {
        cx.out.field(nsec);
        cx.out.uint(fraction);
    }
}

/// The size that the 64-bit calls want of a `struct statfs64`: with any other the kernel refuses it.
fn statfs64_size(cx: &Plain<'_>) -> bool {
    cx.arg(1) == STATFS64_BUF.size(cx.abi) as u64
}

static STATFS64_TY: Ty = Struct(&STATFS64_BUF);
static STATFS_TY: Ty = Struct(&STATFS_BUF);

const DIRFD: Arg = arg("dirfd", DirFd);
const PATHNAME: Arg = arg("pathname", Path);
const FD: Arg = arg("fd", Fd);
const STATBUF: Arg = arg("statbuf", At(Out, &STAT_TY));
const STATBUF64: Arg = arg("statbuf", At(Out, &STAT64_TY));
const OLD_STATBUF: Arg = arg("statbuf", At(Out, &OLD_STAT_TY));
const FSBUF: Arg = arg("buf", At(Out, &STATFS_TY));
const FSBUF64: Arg = arg("buf", At(Out, &SIZED_STATFS64));
static SIZED_STATFS64: Ty = If(statfs64_size, &STATFS64_TY);
const AT: Arg = arg("flags", Flags(W4, &AT_FLAGS));
const BY_PATH: u32 = FILE | STAT | STAT_LIKE;
const BY_LINK: u32 = FILE | LSTAT | STAT_LIKE;
const BY_FD: u32 = DESC | FSTAT | STAT_LIKE;
const BY_DIRFD: u32 = DESC | FILE | FSTAT | STAT_LIKE;

pub(crate) static ROWS: &[Syscall] = &[
    syscall("stat", BY_PATH, Ret::Dec, &[PATHNAME, STATBUF]),
    syscall("lstat", BY_LINK, Ret::Dec, &[PATHNAME, STATBUF]),
    syscall("fstat", BY_FD, Ret::Dec, &[FD, STATBUF]),
    syscall("newfstatat", BY_DIRFD, Ret::Dec, &[DIRFD, PATHNAME, STATBUF, AT]),
    syscall("stat64", BY_PATH, Ret::Dec, &[PATHNAME, STATBUF64]),
    syscall("lstat64", BY_LINK, Ret::Dec, &[PATHNAME, STATBUF64]),
    syscall("fstat64", BY_FD, Ret::Dec, &[FD, STATBUF64]),
    syscall("fstatat64", BY_DIRFD, Ret::Dec, &[DIRFD, PATHNAME, STATBUF64, AT]),
    syscall("oldstat", BY_PATH, Ret::Dec, &[PATHNAME, OLD_STATBUF]),
    syscall("oldlstat", BY_LINK, Ret::Dec, &[PATHNAME, OLD_STATBUF]),
    syscall("oldfstat", BY_FD, Ret::Dec, &[FD, OLD_STATBUF]),
    syscall(
        "statx",
        BY_DIRFD,
        Ret::Dec,
        &[
            DIRFD,
            PATHNAME,
            arg("flags", Scalar(W4, statx::show_flags)),
            arg("mask", Flags(W4, &statx::MASK)),
            arg("statxbuf", At(Out, &Struct(&statx::STATX))),
        ],
    ),
    syscall("statfs", FILE | STATFS | STATFS_LIKE, Ret::Dec, &[PATHNAME, FSBUF]),
    syscall("fstatfs", DESC | FSTATFS | STATFS_LIKE, Ret::Dec, &[FD, FSBUF]),
    syscall("statfs64", FILE | STATFS | STATFS_LIKE, Ret::Dec, &[PATHNAME, arg("size", KULONG), FSBUF64]),
    syscall("fstatfs64", DESC | FSTATFS | STATFS_LIKE, Ret::Dec, &[FD, arg("size", KULONG), FSBUF64]),
    syscall("ustat", STATFS_LIKE, Ret::Dec, &[arg("dev", Scalar(W4, show_dev)), arg("ubuf", Addr)]),
];
