//! `statx`.

use crate::common::{FILE_MODE16, ID, note_time};
use crate::file::AT_FLAGS;
use decode::prelude::*;
use uapi::consts::*;

/// What is asked for, and what was given. Sums of flags stand before them.
pub(super) static MASK: Names = names("STATX_???", &[
    STATX_ALL,
    STATX_BASIC_STATS,
    STATX_TYPE,
    STATX_MODE,
    STATX_NLINK,
    STATX_UID,
    STATX_GID,
    STATX_ATIME,
    STATX_MTIME,
    STATX_CTIME,
    STATX_INO,
    STATX_SIZE,
    STATX_BLOCKS,
    STATX_BTIME,
    STATX_MNT_ID,
    STATX_DIOALIGN,
    STATX_MNT_ID_UNIQUE,
    STATX_SUBVOL,
    STATX_WRITE_ATOMIC,
    STATX_DIO_READ_ALIGN,
]);

static ATTRIBUTES: Names = names("STATX_ATTR_???", &[
    STATX_ATTR_COMPRESSED,
    STATX_ATTR_IMMUTABLE,
    STATX_ATTR_APPEND,
    STATX_ATTR_NODUMP,
    STATX_ATTR_ENCRYPTED,
    STATX_ATTR_AUTOMOUNT,
    STATX_ATTR_MOUNT_ROOT,
    STATX_ATTR_VERITY,
    STATX_ATTR_DAX,
    STATX_ATTR_WRITE_ATOMIC,
]);

/// How current the answer must be; zero has a name too.
static SYNC_TYPES: Names = names("AT_STATX_???", &[AT_STATX_SYNC_AS_STAT, AT_STATX_FORCE_SYNC, AT_STATX_DONT_SYNC]);

/// Shows the flags: how current, and then the rest.
pub(super) fn show_flags(cx: &mut Cx<'_>, flags: u64) {
    let sync = AT_STATX_SYNC_TYPE.v();
    let mut parts = Parts::new();
    parts.push_flags(flags & sync, u64::MAX, &SYNC_TYPES, cx.abi);
    let rest = parts.push_flags(flags & !sync, u64::MAX, &AT_FLAGS, cx.abi);
    cx.flags_rest(flags, parts, rest, "");
}

/// A `struct statx_timestamp` with the point in time that it is.
const TIMESTAMP: Ty = Inline([16; 3], 8, |cx, offset| {
    let offset = offset as usize;
    let (sec, nsec) = (cx.load(offset, 8) as i64, cx.load(offset + 8, 4) as u32);
    cx.out.open(Kind::Struct);
    cx.out.field("tv_sec");
    cx.out.int(sec);
    cx.out.field("tv_nsec");
    cx.out.uint(u64::from(nsec));
    cx.out.close(Kind::Struct);
    if nsec < 1_000_000_000 {
        note_time(cx, sec, nsec);
    }
});

/// A field that is there only if the mask says so.
macro_rules! if_given {
    ($name:literal, $ty:expr, $mask:ident) => {
        arg($name, $ty).verbose().when(|cx| cx.field("stx_mask") & $mask.v() != 0)
    };
}

/// `struct statx` (statx(2)).
pub(super) static STATX: Record = record("statx", &[
    arg("stx_mask", Flags(W4, &MASK)),
    arg("stx_blksize", UINT).verbose(),
    arg("stx_attributes", Flags(W8, &ATTRIBUTES)),
    arg("stx_nlink", UINT).verbose(),
    arg("stx_uid", ID).verbose(),
    arg("stx_gid", ID).verbose(),
    arg("stx_mode", FILE_MODE16),
    pad(2),
    arg("stx_ino", U64).verbose(),
    arg("stx_size", U64),
    arg("stx_blocks", U64).verbose(),
    arg("stx_attributes_mask", Flags(W8, &ATTRIBUTES)).verbose(),
    if_given!("stx_atime", TIMESTAMP, STATX_ATIME),
    if_given!("stx_btime", TIMESTAMP, STATX_BTIME),
    if_given!("stx_ctime", TIMESTAMP, STATX_CTIME),
    if_given!("stx_mtime", TIMESTAMP, STATX_MTIME),
    arg("stx_rdev_major", UINT).verbose(),
    arg("stx_rdev_minor", UINT).verbose(),
    arg("stx_dev_major", UINT).verbose(),
    arg("stx_dev_minor", UINT).verbose(),
    if_given!("stx_mnt_id", X64, STATX_MNT_ID),
    if_given!("stx_dio_mem_align", UINT, STATX_DIOALIGN),
    if_given!("stx_dio_offset_align", UINT, STATX_DIOALIGN),
    if_given!("stx_subvol", X64, STATX_SUBVOL),
    if_given!("stx_atomic_write_unit_min", UINT, STATX_WRITE_ATOMIC),
    if_given!("stx_atomic_write_unit_max", UINT, STATX_WRITE_ATOMIC),
    if_given!("stx_atomic_write_segments_max", UINT, STATX_WRITE_ATOMIC),
    if_given!("stx_dio_read_offset_align", UINT, STATX_DIO_READ_ALIGN),
    if_given!("stx_atomic_write_unit_max_opt", UINT, STATX_WRITE_ATOMIC),
    pad(4),
    arg("__spare3", Array(&U64, Len::Const(8))).when(|_| false),
]);
