//! Searches in btrfs' trees, and the replacement of its devices.

use crate::common::{show_dev, uncommon};
use crate::ioctl::exchange::{begin, members_at, open};
use decode::prelude::*;
use uapi::Const;
use uapi::consts::*;

static OBJECTS: &[Const] = &[
    BTRFS_EXTENT_TREE_OBJECTID,
    BTRFS_CHUNK_TREE_OBJECTID,
    BTRFS_ROOT_TREE_OBJECTID,
    BTRFS_DEV_TREE_OBJECTID,
    BTRFS_FS_TREE_OBJECTID,
    BTRFS_ROOT_TREE_DIR_OBJECTID,
    BTRFS_CSUM_TREE_OBJECTID,
    BTRFS_QUOTA_TREE_OBJECTID,
    BTRFS_UUID_TREE_OBJECTID,
    BTRFS_FREE_SPACE_TREE_OBJECTID,
    BTRFS_BLOCK_GROUP_TREE_OBJECTID,
    BTRFS_RAID_STRIPE_TREE_OBJECTID,
    BTRFS_REMAP_TREE_OBJECTID,
    BTRFS_FIRST_FREE_OBJECTID,
    BTRFS_LAST_FREE_OBJECTID,
    uncommon("UINT64_MAX", u64::MAX),
];
static KEYS: &[Const] = &[
    BTRFS_INODE_ITEM_KEY,
    BTRFS_INODE_REF_KEY,
    BTRFS_INODE_EXTREF_KEY,
    BTRFS_XATTR_ITEM_KEY,
    BTRFS_VERITY_DESC_ITEM_KEY,
    BTRFS_VERITY_MERKLE_ITEM_KEY,
    BTRFS_ORPHAN_ITEM_KEY,
    BTRFS_DIR_LOG_ITEM_KEY,
    BTRFS_DIR_LOG_INDEX_KEY,
    BTRFS_DIR_ITEM_KEY,
    BTRFS_DIR_INDEX_KEY,
    BTRFS_EXTENT_DATA_KEY,
    BTRFS_EXTENT_CSUM_KEY,
    BTRFS_ROOT_ITEM_KEY,
    BTRFS_ROOT_BACKREF_KEY,
    BTRFS_ROOT_REF_KEY,
    BTRFS_EXTENT_ITEM_KEY,
    BTRFS_METADATA_ITEM_KEY,
    BTRFS_EXTENT_OWNER_REF_KEY,
    BTRFS_TREE_BLOCK_REF_KEY,
    BTRFS_EXTENT_DATA_REF_KEY,
    uncommon("BTRFS_EXTENT_REF_V0_KEY", 180),
    BTRFS_SHARED_BLOCK_REF_KEY,
    BTRFS_SHARED_DATA_REF_KEY,
    BTRFS_BLOCK_GROUP_ITEM_KEY,
    BTRFS_FREE_SPACE_INFO_KEY,
    BTRFS_FREE_SPACE_EXTENT_KEY,
    BTRFS_FREE_SPACE_BITMAP_KEY,
    BTRFS_DEV_EXTENT_KEY,
    BTRFS_DEV_ITEM_KEY,
    BTRFS_CHUNK_ITEM_KEY,
    BTRFS_RAID_STRIPE_KEY,
    BTRFS_IDENTITY_REMAP_KEY,
    BTRFS_REMAP_KEY,
    BTRFS_REMAP_BACKREF_KEY,
    BTRFS_QGROUP_STATUS_KEY,
    BTRFS_QGROUP_INFO_KEY,
    BTRFS_QGROUP_LIMIT_KEY,
    BTRFS_QGROUP_RELATION_KEY,
    BTRFS_TEMPORARY_ITEM_KEY,
    BTRFS_PERSISTENT_ITEM_KEY,
    BTRFS_DEV_REPLACE_KEY,
    BTRFS_UUID_KEY_SUBVOL,
    BTRFS_UUID_KEY_RECEIVED_SUBVOL,
    BTRFS_STRING_ITEM_KEY,
    uncommon("UINT32_MAX", u32::MAX as u64),
];
static MOST: &[Const] = &[uncommon("UINT64_MAX", u64::MAX)];

/// Shows a number that has a name at times, in decimal where it has none.
fn show_named(cx: &mut Plain<'_>, table: &'static [Const], v: u64) {
    match table.iter().find(|c| c.v() == v) {
        Some(c) => cx.out.symbolic(v, Base::Udec, &[Part::Name(c.name)], ""),
        None => cx.out.uint(v),
    }
}

pub(super) const OBJECT: Ty = Scalar(W8, |cx, v| show_named(cx, OBJECTS, v));
const KEY: Ty = Scalar(W4, |cx, v| show_named(cx, KEYS, v));
/// A number of which the greatest has a name.
pub(super) const NUMBER: Ty = Scalar(W8, |cx, v| show_named(cx, MOST, v));

/// Whether a search begins with the first object, as most do.
fn is_first(cx: &Plain<'_>) -> bool {
    cx.field("min_objectid") == BTRFS_FIRST_FREE_OBJECTID.v()
}

static SEARCH_KEY: Record = record(
    "btrfs_ioctl_search_key",
    &[
        arg("tree_id", OBJECT),
        arg("min_objectid", OBJECT).when(|c| !c.abbrev() || !is_first(c)),
        arg("max_objectid", OBJECT),
        arg("min_offset", NUMBER),
        arg("max_offset", NUMBER),
        arg("min_transid", NUMBER),
        arg("max_transid", NUMBER),
        arg("min_type", KEY),
        arg("max_type", KEY),
        arg("nr_items", UINT),
        pad(36),
    ],
);
static FOUND_KEY: Record = record("btrfs_ioctl_search_key", &[pad(64), arg("nr_items", UINT), pad(36)]);
static HEADER: Record = record(
    "btrfs_ioctl_search_header",
    &[arg("transid", U64), arg("objectid", OBJECT), arg("offset", U64), arg("type", KEY), arg("len", UINT)],
);
static GIVEN: Record = record("btrfs_ioctl_search_args", &[arg("key", Struct(&SEARCH_KEY))]);
static FOUND: Record = record("btrfs_ioctl_search_args", &[arg("key", Struct(&FOUND_KEY))]);
static GIVEN_SIZED: Record =
    record("btrfs_ioctl_search_args_v2", &[arg("key", Struct(&SEARCH_KEY)), arg("buf_size", U64)]);
static FOUND_SIZED: Record =
    record("btrfs_ioctl_search_args_v2", &[arg("key", Struct(&FOUND_KEY)), arg("buf_size", U64)]);
/// Of a buffer that is too small: the size that would do.
static WANTED: Record = record("btrfs_ioctl_search_args_v2", &[pad(KEY_SIZE as u32), arg("buf_size", U64)]);

/// Where the number of items is in a `struct btrfs_ioctl_search_key`, and its size.
const NR_ITEMS: u64 = 64;
const KEY_SIZE: u64 = 104;
/// The size of a `struct btrfs_ioctl_search_header`.
const HEADER_SIZE: u64 = 32;
/// The size of a `struct btrfs_ioctl_search_args`.
const ARGS_SIZE: u64 = 4096;

/// Shows what to search for, and what was found: `struct btrfs_ioctl_search_args`, or with `sized`
/// `struct btrfs_ioctl_search_args_v2`, which says how large its buffer is.
fn show_search(cx: &mut Cx<'_>, addr: u64, sized: bool) {
    let (given, found) = if sized { (&GIVEN_SIZED, &FOUND_SIZED) } else { (&GIVEN, &FOUND) };
    if !cx.exiting() {
        cx.out.change_begin();
        // Of the other struct the key will do.
        match if sized { begin(cx, given, addr) } else { open(cx, given, addr) } {
            true => cx.out.close(Kind::Struct),
            false => cx.out.addr(addr),
        }
        return;
    }
    let too_small = sized && cx.error() == uapi::errno::number("EOVERFLOW");
    if cx.saved_here().is_some() && (too_small || !cx.failed()) {
        cx.out.changed();
        cx.out.open(Kind::Struct);
        if too_small {
            members_at(cx, &WANTED, addr);
        } else {
            members_at(cx, found, addr);
            show_found(cx, addr, sized);
        }
        cx.out.close(Kind::Struct);
    }
    cx.out.change_end();
}

/// Shows the headers of what was found.
fn show_found(cx: &mut Cx<'_>, addr: u64, sized: bool) {
    if cx.abbrev() {
        return cx.out.more();
    }
    let count = cx.read_u32(addr.wrapping_add(NR_ITEMS)).unwrap_or(0);
    let (start, size) = match sized {
        true => (KEY_SIZE + 8, cx.read_uint(addr.wrapping_add(KEY_SIZE), 8).unwrap_or(0)),
        false => (KEY_SIZE, ARGS_SIZE - KEY_SIZE),
    };
    let buffer = addr.wrapping_add(start);
    cx.out.field("buf");
    cx.out.open(Kind::Array);
    let mut at: u64 = 0;
    for _ in 0..count {
        if at.checked_add(HEADER_SIZE).is_none_or(|end| end > size) {
            cx.out.more();
            break;
        }
        let header = buffer.wrapping_add(at);
        let mut raw = [0; HEADER_SIZE as usize];
        if !cx.read(header, &mut raw) {
            cx.out.more_at(header);
            break;
        }
        cx.out.item();
        cx.record_from(&HEADER, &raw, header);
        let len = u32::from_le_bytes([raw[28], raw[29], raw[30], raw[31]]);
        at = at.saturating_add(HEADER_SIZE + u64::from(len));
    }
    cx.out.close(Kind::Array);
}

pub(super) static SEARCH: decode::Hook = decode::Hook {
    dir: InOut,
    show: |cx, addr| show_search(cx, addr, false),
    reads: &[decode::Stretch::here(4096)],
};
pub(super) static SEARCH_SIZED: decode::Hook = decode::Hook {
    dir: InOut,
    show: |cx, addr| show_search(cx, addr, true),
    reads: &[Stretch::to(Start::Here, Struct(&READ_SIZED)).beyond()],
};
/// What is read of a search whose buffer has a size.
static READ_SIZED: Record = record(
    "btrfs_ioctl_search_args_v2",
    &[pad(KEY_SIZE as u32), arg("buf_size", U64), arg("buf", Bytes(Len::Field("buf_size")))],
);

static REPLACE_COMMANDS: Names = names(
    "BTRFS_IOCTL_DEV_REPLACE_CMD_???",
    &[
        BTRFS_IOCTL_DEV_REPLACE_CMD_START,
        BTRFS_IOCTL_DEV_REPLACE_CMD_STATUS,
        BTRFS_IOCTL_DEV_REPLACE_CMD_CANCEL,
    ],
);
static REPLACE_RESULTS: Names = names(
    "BTRFS_IOCTL_DEV_REPLACE_RESULT_???",
    &[
        BTRFS_IOCTL_DEV_REPLACE_RESULT_NO_ERROR,
        BTRFS_IOCTL_DEV_REPLACE_RESULT_NOT_STARTED,
        BTRFS_IOCTL_DEV_REPLACE_RESULT_ALREADY_STARTED,
        BTRFS_IOCTL_DEV_REPLACE_RESULT_SCRUB_INPROGRESS,
    ],
);
static REPLACE_STATES: Names = names(
    "BTRFS_IOCTL_DEV_REPLACE_STATE_???",
    &[
        BTRFS_IOCTL_DEV_REPLACE_STATE_NEVER_STARTED,
        BTRFS_IOCTL_DEV_REPLACE_STATE_STARTED,
        BTRFS_IOCTL_DEV_REPLACE_STATE_FINISHED,
        BTRFS_IOCTL_DEV_REPLACE_STATE_CANCELED,
        BTRFS_IOCTL_DEV_REPLACE_STATE_SUSPENDED,
    ],
);
static REPLACE_MODES: Names = names(
    "BTRFS_IOCTL_DEV_REPLACE_CONT_READING_FROM_SRCDEV_MODE_???",
    &[
        BTRFS_IOCTL_DEV_REPLACE_CONT_READING_FROM_SRCDEV_MODE_ALWAYS,
        BTRFS_IOCTL_DEV_REPLACE_CONT_READING_FROM_SRCDEV_MODE_AVOID,
    ],
);

const DEVICE_NAME: Ty = CharArray(BTRFS_DEVICE_PATH_NAME_MAX.v() as u32 + 1);

static REPLACE_START: Record = record(
    "btrfs_ioctl_dev_replace_start_params",
    &[
        arg("srcdevid", Scalar(W8, show_dev)),
        arg("cont_reading_from_srcdev_mode", Enum(W8, &REPLACE_MODES)),
        arg("srcdev_name", DEVICE_NAME),
        arg("tgtdev_name", DEVICE_NAME),
    ],
);

/// A point in time in seconds, if there is one.
const SECONDS: Ty = Scalar(W8, |cx, v| {
    cx.out.uint(v);
    if v != 0 {
        cx.out.time(v as i64, 0);
    }
});
static REPLACE_STATUS: Record = record(
    "btrfs_ioctl_dev_replace_status_params",
    &[
        arg("replace_state", Enum(W8, &REPLACE_STATES)),
        arg(
            "progress_1000",
            Scalar(W8, |cx, v| {
                cx.out.uint(v);
                cx.out.note(&format!("{}.{}%", v / 10, v % 10));
            }),
        ),
        arg("time_started", SECONDS),
        arg("time_stopped", SECONDS),
        arg("num_write_errors", U64),
        arg("num_uncorrectable_read_errors", U64),
    ],
);

fn is_command(cx: &Plain<'_>, command: Const) -> bool {
    cx.field("cmd") == command.v()
}

static REPLACE_GIVEN: Record = record(
    "btrfs_ioctl_dev_replace_args",
    &[
        arg("cmd", Enum(W8, &REPLACE_COMMANDS)),
        pad(8),
        arg("start", Struct(&REPLACE_START)).when(|c| is_command(c, BTRFS_IOCTL_DEV_REPLACE_CMD_START)),
        pad(512),
    ],
);
static REPLACE_GOT: Record = record(
    "btrfs_ioctl_dev_replace_args",
    &[
        arg("cmd", U64).when(|_| false),
        arg("result", Enum(W8, &REPLACE_RESULTS)),
        arg("status", Struct(&REPLACE_STATUS)).when(|c| is_command(c, BTRFS_IOCTL_DEV_REPLACE_CMD_STATUS)),
    ],
);
pub(super) const REPLACE: Ty = At(InOut, &Becomes(&Struct(&REPLACE_GIVEN), &Struct(&REPLACE_GOT)));

static LOOKUP_GIVEN: Record =
    record("btrfs_ioctl_ino_lookup_args", &[arg("treeid", OBJECT), arg("objectid", OBJECT)]);
static LOOKUP_GOT: Record = record(
    "btrfs_ioctl_ino_lookup_args",
    &[
        // Told if it was left to the kernel to tell.
        arg("treeid", OBJECT).when(|c| c.saved_here() == Some(0)),
        pad(8),
        arg("name", CharArray(BTRFS_INO_LOOKUP_PATH_MAX.v() as u32)),
    ],
);
pub(super) const LOOKUP: Ty = At(InOut, &Becomes(&Struct(&LOOKUP_GIVEN), &Struct(&LOOKUP_GOT)));
