//! `statx`.

use crate::common::{FILE_MODE16, ID, note_time};
use crate::file::AT_FLAGS;
use decode::prelude::*;
use uapi::consts::*;

/// What is asked for, and what was given. Sums of flags stand before them.
pub(super) static MASK: Names = names(
    "STATX_???",
    &[
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
    ],
);

static ATTRIBUTES: Names = names(
    "STATX_ATTR_???",
    &[
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
    ],
);

/// How current the answer must be; zero has a name too.
static SYNC_TYPES: Names =
    names("AT_STATX_???", &[AT_STATX_SYNC_AS_STAT, AT_STATX_FORCE_SYNC, AT_STATX_DONT_SYNC]);

/// The other flags, without a remark on unknown ones.
static OTHER_FLAGS: Names = names("", AT_FLAGS.entries);

/// Shows the flags: how current, and then the rest.
pub(super) fn show_flags(cx: &mut Plain<'_>, flags: u64) {
    let sync = AT_STATX_SYNC_TYPE.v();
    cx.out.open(Kind::Terms);
    cx.out.item();
    cx.flags(W4, &SYNC_TYPES, flags & sync);
    if flags & !sync != 0 {
        cx.out.item();
        cx.flags(W4, &OTHER_FLAGS, flags & !sync);
    }
    cx.out.close(Kind::Terms);
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

/// Whether the kernel gave a field, by its bits of the mask.
fn given(cx: &Plain<'_>, mask: Const) -> bool {
    cx.field("stx_mask") & mask.v() != 0
}

/// Whether the file has writes that are done as a whole or not at all: only then their sizes mean anything.
fn writes_whole(cx: &Plain<'_>) -> bool {
    cx.has(cx.field("stx_attributes"), STATX_ATTR_WRITE_ATOMIC)
}

/// `struct statx` (statx(2)).
pub(super) static STATX: Record = record(
    "statx",
    &[
        arg("stx_mask", Flags(W4, &MASK)),
        arg("stx_blksize", UINT).verbose(),
        arg("stx_attributes", Flags(W8, &ATTRIBUTES)),
        arg("stx_nlink", UINT).verbose().when(|cx| given(cx, STATX_NLINK)),
        arg("stx_uid", ID).verbose().when(|cx| given(cx, STATX_UID)),
        arg("stx_gid", ID).verbose().when(|cx| given(cx, STATX_GID)),
        arg("stx_mode", FILE_MODE16).when(|cx| given(cx, STATX_TYPE) || given(cx, STATX_MODE)),
        pad(2),
        arg("stx_ino", U64).verbose().when(|cx| given(cx, STATX_INO)),
        arg("stx_size", U64).when(|cx| given(cx, STATX_SIZE)),
        arg("stx_blocks", U64).verbose().when(|cx| given(cx, STATX_BLOCKS)),
        arg("stx_attributes_mask", Flags(W8, &ATTRIBUTES)).verbose(),
        arg("stx_atime", TIMESTAMP).verbose().when(|cx| given(cx, STATX_ATIME)),
        arg("stx_btime", TIMESTAMP).verbose().when(|cx| given(cx, STATX_BTIME)),
        arg("stx_ctime", TIMESTAMP).verbose().when(|cx| given(cx, STATX_CTIME)),
        arg("stx_mtime", TIMESTAMP).verbose().when(|cx| given(cx, STATX_MTIME)),
        arg("stx_rdev_major", UINT).verbose(),
        arg("stx_rdev_minor", UINT).verbose(),
        arg("stx_dev_major", UINT).verbose(),
        arg("stx_dev_minor", UINT).verbose(),
        arg("stx_mnt_id", X64).verbose().when(|cx| given(cx, STATX_MNT_ID)),
        arg("stx_dio_mem_align", UINT).verbose().when(|cx| given(cx, STATX_DIOALIGN)),
        arg("stx_dio_offset_align", UINT).verbose().when(|cx| given(cx, STATX_DIOALIGN)),
        arg("stx_subvol", X64).verbose().when(|cx| given(cx, STATX_SUBVOL)),
        arg("stx_atomic_write_unit_min", UINT).verbose().when(writes_whole),
        arg("stx_atomic_write_unit_max", UINT).verbose().when(writes_whole),
        arg("stx_atomic_write_segments_max", UINT).verbose().when(writes_whole),
        arg("stx_dio_read_offset_align", UINT).verbose().when(|cx| given(cx, STATX_DIO_READ_ALIGN)),
        arg("stx_atomic_write_unit_max_opt", UINT).verbose().when(writes_whole),
        pad(4),
        arg("__spare3", Array(&U64, Len::Const(8))).when(|_| false),
    ],
);
