//! btrfs: `include/uapi/linux/btrfs.h`.

mod container;
mod search;

use self::search::{NUMBER, OBJECT};
use super::exchange;
use super::{Request, bare, req, shape};
use crate::common::{ADDR64, show_dev};
use decode::prelude::*;
use uapi::consts::*;

static SUBVOL_FLAGS: Names =
    names("BTRFS_SUBVOL_???", &[BTRFS_SUBVOL_CREATE_ASYNC, BTRFS_SUBVOL_RDONLY, BTRFS_SUBVOL_QGROUP_INHERIT]);
/// No longer supported, still a number in old programs.
const BTRFS_SUBVOL_CREATE_ASYNC: Const = crate::common::uncommon("BTRFS_SUBVOL_CREATE_ASYNC", 1);
static BALANCE_COMMANDS: Names =
    names("BTRFS_BALANCE_CTL_???", &[BTRFS_BALANCE_CTL_PAUSE, BTRFS_BALANCE_CTL_CANCEL]);
static DEFRAG_FLAGS: Names = names(
    "BTRFS_DEFRAG_RANGE_???",
    &[
        BTRFS_DEFRAG_RANGE_COMPRESS,
        BTRFS_DEFRAG_RANGE_START_IO,
        BTRFS_DEFRAG_RANGE_COMPRESS_LEVEL,
        BTRFS_DEFRAG_RANGE_NOCOMPRESS,
    ],
);
/// Ways to compress; the header leaves them to the file system's own.
static COMPRESSION: Names = names(
    "BTRFS_COMPRESS_???",
    &[
        crate::common::uncommon("BTRFS_COMPRESS_NONE", 0),
        crate::common::uncommon("BTRFS_COMPRESS_ZLIB", 1),
        crate::common::uncommon("BTRFS_COMPRESS_LZO", 2),
        crate::common::uncommon("BTRFS_COMPRESS_ZSTD", 3),
    ],
);
static COMPAT: Names = names("BTRFS_FEATURE_COMPAT_???", &[]);
static COMPAT_RO: Names = names(
    "BTRFS_FEATURE_COMPAT_RO_???",
    &[
        BTRFS_FEATURE_COMPAT_RO_FREE_SPACE_TREE,
        BTRFS_FEATURE_COMPAT_RO_FREE_SPACE_TREE_VALID,
        BTRFS_FEATURE_COMPAT_RO_VERITY,
        BTRFS_FEATURE_COMPAT_RO_BLOCK_GROUP_TREE,
    ],
);
static INCOMPAT: Names = names(
    "BTRFS_FEATURE_INCOMPAT_???",
    &[
        BTRFS_FEATURE_INCOMPAT_MIXED_BACKREF,
        BTRFS_FEATURE_INCOMPAT_DEFAULT_SUBVOL,
        BTRFS_FEATURE_INCOMPAT_MIXED_GROUPS,
        BTRFS_FEATURE_INCOMPAT_COMPRESS_LZO,
        BTRFS_FEATURE_INCOMPAT_COMPRESS_ZSTD,
        BTRFS_FEATURE_INCOMPAT_BIG_METADATA,
        BTRFS_FEATURE_INCOMPAT_EXTENDED_IREF,
        BTRFS_FEATURE_INCOMPAT_RAID56,
        BTRFS_FEATURE_INCOMPAT_SKINNY_METADATA,
        BTRFS_FEATURE_INCOMPAT_NO_HOLES,
        BTRFS_FEATURE_INCOMPAT_METADATA_UUID,
        BTRFS_FEATURE_INCOMPAT_RAID1C34,
        BTRFS_FEATURE_INCOMPAT_ZONED,
        BTRFS_FEATURE_INCOMPAT_EXTENT_TREE_V2,
        BTRFS_FEATURE_INCOMPAT_RAID_STRIPE_TREE,
        BTRFS_FEATURE_INCOMPAT_SIMPLE_QUOTA,
        BTRFS_FEATURE_INCOMPAT_REMAP_TREE,
    ],
);
static SEND_FLAGS: Names = names(
    "BTRFS_SEND_FLAG_???",
    &[
        BTRFS_SEND_FLAG_NO_FILE_DATA,
        BTRFS_SEND_FLAG_OMIT_STREAM_HEADER,
        BTRFS_SEND_FLAG_OMIT_END_CMD,
        BTRFS_SEND_FLAG_VERSION,
        BTRFS_SEND_FLAG_COMPRESSED,
    ],
);
static QGROUP_LIMITS: Names = names(
    "BTRFS_QGROUP_LIMIT_???",
    &[
        BTRFS_QGROUP_LIMIT_MAX_RFER,
        BTRFS_QGROUP_LIMIT_MAX_EXCL,
        BTRFS_QGROUP_LIMIT_RSV_RFER,
        BTRFS_QGROUP_LIMIT_RSV_EXCL,
        BTRFS_QGROUP_LIMIT_RFER_CMPR,
        BTRFS_QGROUP_LIMIT_EXCL_CMPR,
    ],
);
static LOGICAL_FLAGS: Names = names("BTRFS_LOGICAL_INO_ARGS_???", &[BTRFS_LOGICAL_INO_ARGS_IGNORE_OFFSET]);
static SCRUB_FLAGS: Names = names("BTRFS_SCRUB_???", &[BTRFS_SCRUB_READONLY]);
static QUOTA_COMMANDS: Names = names(
    "BTRFS_QUOTA_CTL_???",
    &[
        BTRFS_QUOTA_CTL_ENABLE,
        BTRFS_QUOTA_CTL_DISABLE,
        BTRFS_QUOTA_CTL_RESCAN__NOTUSED,
        BTRFS_QUOTA_CTL_ENABLE_SIMPLE_QUOTA,
    ],
);

static U64_TY: Ty = U64;
static OBJECT_TY: Ty = OBJECT;
static SUBVOL_FLAGS_TY: Ty = Flags(W8, &SUBVOL_FLAGS);
const DEVICE: Ty = Scalar(W8, show_dev);

/// A file system's label.
static LABEL: Ty = CharArray(FSLABEL_MAX.v() as u32);

/// A subvolume or a device by name.
static VOLUME: Record = record(
    "btrfs_ioctl_vol_args",
    &[arg("fd", FD64), arg("name", CharArray(BTRFS_PATH_NAME_MAX.v() as u32 + 1))],
);
/// A descriptor in a number of 64 bits.
const FD64: Ty = Scalar(W8, |cx, fd| cx.fd(fd as i32));

static QGROUP_CREATE: Record =
    record("btrfs_ioctl_qgroup_create_args", &[arg("create", U64), arg("qgroupid", U64)]);
static QGROUP_ASSIGN: Record =
    record("btrfs_ioctl_qgroup_assign_args", &[arg("assign", U64), arg("src", U64), arg("dst", U64)]);
static LIMIT: Record = record(
    "btrfs_qgroup_limit",
    &[
        arg("flags", Flags(W8, &QGROUP_LIMITS)),
        arg("max_rfer", U64),
        arg("max_excl", U64),
        arg("rsv_rfer", U64),
        arg("rsv_excl", U64),
    ],
);
static QGROUP_LIMIT: Record =
    record("btrfs_ioctl_qgroup_limit_args", &[arg("qgroupid", U64), arg("lim", Struct(&LIMIT))]);
static DEFRAG: Record = record(
    "btrfs_ioctl_defrag_range_args",
    &[
        arg("start", U64),
        arg("len", NUMBER),
        arg("flags", Flags(W8, &DEFRAG_FLAGS)),
        arg("extent_thresh", UINT),
        arg("compress_type", Enum(W4, &COMPRESSION)),
        pad(16),
    ],
);
static FEATURES: Record = record(
    "btrfs_ioctl_feature_flags",
    &[
        arg("compat_flags", Flags(W8, &COMPAT)),
        arg("compat_ro_flags", Flags(W8, &COMPAT_RO)),
        arg("incompat_flags", Flags(W8, &INCOMPAT)),
    ],
);
static FEATURES_TY: Ty = Struct(&FEATURES);
static FEATURES_SET: Ty = Array(&FEATURES_TY, Len::Const(2));

/// Shows what features the kernel knows, and may be set and cleared.
fn show_supported(cx: &mut Cx<'_>, addr: u64) {
    const WHAT: [&str; 3] = ["supported", "safe to set", "safe to clear"];
    if !exchange::is_whole(cx, addr) {
        return cx.out.addr(addr);
    }
    let size = FEATURES.size(cx.abi);
    cx.array_with(addr, WHAT.len() as u64, size, |cx, i, at, addr| {
        let raw = cx.element(at, size).to_vec();
        cx.record_from(&FEATURES, &raw, addr);
        if let Some(what) = WHAT.get(i as usize) {
            cx.out.note(what);
        }
    });
}
static SUPPORTED: Ty = Form(Len::Const(72), |cx, addr, _| show_supported(cx, addr));

static SEND: Record = record(
    "btrfs_ioctl_send_args",
    &[
        arg("send_fd", FD64),
        arg("clone_sources_count", U64),
        arg(
            "clone_sources",
            At(In, &If(|cx| !cx.abbrev(), &Array(&OBJECT_TY, Len::Field("clone_sources_count")))),
        ),
        arg("parent_root", OBJECT),
        arg("flags", Flags(W8, &SEND_FLAGS)),
        pad(32),
    ],
);
static RESCAN: Record = record("btrfs_ioctl_quota_rescan_args", &[arg("flags", U64), pad(56)]);
static RESCAN_STATUS: Record =
    record("btrfs_ioctl_quota_rescan_args", &[arg("flags", U64), arg("progress", OBJECT), pad(48)]);
static QUOTA: Record = record("btrfs_ioctl_quota_ctl_args", &[arg("cmd", Enum(W8, &QUOTA_COMMANDS)), pad(8)]);
static SCRUB: Record = record(
    "btrfs_ioctl_scrub_args",
    &[arg("devid", DEVICE), arg("start", NUMBER), arg("end", NUMBER), arg("flags", Flags(W8, &SCRUB_FLAGS))],
);
static SCRUB_DEVICE: Record = record("btrfs_ioctl_scrub_args", &[arg("devid", DEVICE)]);
static PROGRESS: Record = record(
    "btrfs_scrub_progress",
    &[
        arg("data_extents_scrubbed", U64),
        arg("tree_extents_scrubbed", U64),
        arg("data_bytes_scrubbed", U64),
        arg("tree_bytes_scrubbed", U64),
        arg("read_errors", U64),
        arg("csum_errors", U64),
        arg("verify_errors", U64),
        arg("no_csum", U64),
        arg("csum_discards", U64),
        arg("super_errors", U64),
        arg("malloc_errors", U64),
        arg("uncorrectable_errors", U64),
        arg("corrected_errors", U64),
        arg("last_physical", U64),
        arg("unverified_errors", U64),
    ],
);
static SCRUB_PROGRESS: Record =
    record("btrfs_ioctl_scrub_args", &[pad(32), arg("progress", Struct(&PROGRESS)), pad(872)]);
static INHERIT_FLAGS: Names = names("BTRFS_QGROUP_INHERIT_???", &[BTRFS_QGROUP_INHERIT_SET_LIMITS]);
static INHERIT_GIVEN: Record = record(
    "btrfs_qgroup_inherit",
    &[
        arg("flags", Flags(W8, &INHERIT_FLAGS)),
        arg("num_qgroups", U64),
        arg("num_ref_copies", U64),
        arg("num_excl_copies", U64),
        arg("lim", Struct(&LIMIT)),
        arg("qgroups", Array(&U64_TY, Len::Field("num_qgroups"))).verbose(),
    ],
);

/// A subvolume to be made, and the transaction in which it was.
static SUBVOLUME: Record = record(
    "btrfs_ioctl_vol_args_v2",
    &[
        arg("fd", FD64),
        arg("transid", U64),
        arg("flags", Flags(W8, &SUBVOL_FLAGS)),
        arg("size", U64).when(inherits),
        // A pointer of the caller's width.
        arg("qgroup_inherit", At(In, &If(has_inheritance, &Struct(&INHERIT_GIVEN)))).when(inherits),
        arg("", Inline([16, 20, 20], 1, |_, _| {})).when(|_| false),
        arg("name", CharArray(BTRFS_SUBVOL_NAME_MAX.v() as u32 + 1)),
    ],
);
const SNAPSHOT: Ty = At(
    InOut,
    &Becomes(
        &Members(&SUBVOLUME, &["fd", "flags", "size", "qgroup_inherit", "name"]),
        &Members(&SUBVOLUME, &["transid"]),
    ),
);

fn inherits(cx: &Plain<'_>) -> bool {
    has_flag(cx, BTRFS_SUBVOL_QGROUP_INHERIT)
}

/// Whether the groups to inherit from are as large as the struct is.
fn has_inheritance(cx: &Plain<'_>) -> bool {
    cx.field("size") >= INHERIT_GIVEN.size(cx.abi) as u64
}

static INO_PATHS: Record = record(
    "btrfs_ioctl_ino_path_args",
    &[arg("inum", U64), arg("size", U64), pad(32), arg("fspath", ADDR64)],
);
static LOGICAL: Record = record(
    "btrfs_ioctl_logical_ino_args",
    &[
        arg("logical", U64),
        arg("size", U64),
        arg("reserved", Array(&X64_TY, Len::Const(3))).nonzero(),
        arg("flags", Flags(W8, &LOGICAL_FLAGS)),
        arg("inodes", ADDR64),
    ],
);
static X64_TY: Ty = X64;

static FS_INFO_FLAGS: Names = names(
    "BTRFS_FS_INFO_FLAG_???",
    &[BTRFS_FS_INFO_FLAG_CSUM_INFO, BTRFS_FS_INFO_FLAG_GENERATION, BTRFS_FS_INFO_FLAG_METADATA_UUID],
);
static CHECKSUMS: Names = names(
    "BTRFS_CSUM_TYPE_???",
    &[BTRFS_CSUM_TYPE_CRC32, BTRFS_CSUM_TYPE_XXHASH, BTRFS_CSUM_TYPE_SHA256, BTRFS_CSUM_TYPE_BLAKE2],
);

/// Shows a UUID at an offset of the record.
fn show_uuid(cx: &mut Plain<'_>, offset: u64) {
    let mut text = String::new();
    for (i, byte) in cx.raw(offset as usize, 16).iter().enumerate() {
        if matches!(i, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    cx.out.word(&text);
}
const UUID: Ty = Inline([16, 16, 16], 1, show_uuid);

fn has_flag(cx: &Plain<'_>, flag: Const) -> bool {
    cx.has(cx.field("flags"), flag)
}

static FS_INFO: Record = record(
    "btrfs_ioctl_fs_info_args",
    &[
        arg("max_id", U64),
        arg("num_devices", U64),
        arg("fsid", UUID),
        arg("nodesize", UINT),
        arg("sectorsize", UINT),
        arg("clone_alignment", UINT),
        arg("csum_type", Enum(W2, &CHECKSUMS)).when(|c| has_flag(c, BTRFS_FS_INFO_FLAG_CSUM_INFO)),
        arg("csum_size", U16).when(|c| has_flag(c, BTRFS_FS_INFO_FLAG_CSUM_INFO)),
        arg("flags", Flags(W8, &FS_INFO_FLAGS)),
        arg("generation", U64).when(|c| has_flag(c, BTRFS_FS_INFO_FLAG_GENERATION)),
        arg("metadata_uuid", UUID).when(|c| has_flag(c, BTRFS_FS_INFO_FLAG_METADATA_UUID)),
        pad(944),
    ],
);

static SUBVOL_TIME: Record = record("btrfs_ioctl_timespec", &[arg("sec", U64), arg("nsec", UINT)]);

/// Shows a time at an offset of the record, and which point in time it is.
fn show_time(cx: &mut Cx<'_>, offset: u64) {
    let (sec, nsec) = (cx.load(offset as usize, 8), cx.load(offset as usize + 8, 4));
    let size = SUBVOL_TIME.size(cx.abi);
    let raw = cx.raw(offset as usize, size).to_vec();
    let at = cx.record_addr().wrapping_add(offset);
    cx.record_from(&SUBVOL_TIME, &raw, at);
    crate::common::note_time(cx, sec as i64, nsec as u32);
}
const TIME: Ty = InlineHook(&decode::Inlined { sizes: [16, 12, 16], align: 8, show: show_time, reads: &[] });

static RECEIVED_GIVEN: Record = record(
    "btrfs_ioctl_received_subvol_args",
    &[
        arg("uuid", UUID),
        arg("stransid", U64),
        pad(8),
        arg("stime", TIME),
        arg("", TIME).when(|_| false),
        arg("flags", U64),
    ],
);
static RECEIVED_GOT: Record = record(
    "btrfs_ioctl_received_subvol_args",
    &[pad(24), arg("rtransid", U64), arg("", TIME).when(|_| false), arg("rtime", TIME), pad(136)],
);

static SPACE_GIVEN: Record = record("btrfs_ioctl_space_args", &[arg("space_slots", U64)]);
static SPACE_GOT: Record = record(
    "btrfs_ioctl_space_args",
    &[
        arg("space_slots", U64).when(|_| false),
        arg("total_spaces", U64),
        arg("spaces", Array(&SPACE_TY, Len::Field("total_spaces")))
            // Without room for any only their number is told.
            .when(|c| c.field("space_slots") != 0 || c.field("total_spaces") == 0)
            .verbose(),
    ],
);
static SPACE: Record = record(
    "btrfs_ioctl_space_info",
    &[arg("flags", Flags(W8, &SPACE_FLAGS)), arg("total_bytes", U64), arg("used_bytes", U64)],
);
static SPACE_TY: Ty = Struct(&SPACE);
static SPACE_FLAGS: Names = names("BTRFS_SPACE_INFO_???", PROFILES);
static BLOCK_GROUPS: Names = names("BTRFS_BLOCK_GROUP_???", PROFILES);
static PROFILES: &[Const] = &[
    BTRFS_BLOCK_GROUP_DATA,
    BTRFS_BLOCK_GROUP_SYSTEM,
    BTRFS_BLOCK_GROUP_METADATA,
    BTRFS_BLOCK_GROUP_RAID0,
    BTRFS_BLOCK_GROUP_RAID1,
    BTRFS_BLOCK_GROUP_DUP,
    BTRFS_BLOCK_GROUP_RAID10,
    BTRFS_BLOCK_GROUP_RAID5,
    BTRFS_BLOCK_GROUP_RAID6,
    BTRFS_BLOCK_GROUP_RAID1C3,
    BTRFS_BLOCK_GROUP_RAID1C4,
    BTRFS_BLOCK_GROUP_REMAPPED,
    BTRFS_BLOCK_GROUP_METADATA_REMAP,
    BTRFS_AVAIL_ALLOC_BIT_SINGLE,
    BTRFS_SPACE_INFO_GLOBAL_RSV,
];

static DEVICE_GIVEN: Record =
    record("btrfs_ioctl_dev_info_args", &[arg("devid", DEVICE), arg("uuid", UUID).nonzero()]);
static DEVICE_GOT: Record = record(
    "btrfs_ioctl_dev_info_args",
    &[
        pad(8),
        arg("uuid", UUID).nonzero(),
        arg("bytes_used", U64),
        arg("total_bytes", U64),
        pad(3032),
        arg("path", CharArray(BTRFS_DEVICE_PATH_NAME_MAX.v() as u32)),
    ],
);

pub(super) static REQUESTS: &[Request] = &[
    req(BTRFS_IOC_SNAP_CREATE, At(In, &Struct(&VOLUME))),
    req(BTRFS_IOC_RESIZE, At(In, &Struct(&VOLUME))),
    req(BTRFS_IOC_SCAN_DEV, At(In, &Struct(&VOLUME))),
    req(BTRFS_IOC_FORGET_DEV, At(In, &Struct(&VOLUME))),
    req(BTRFS_IOC_ADD_DEV, At(In, &Struct(&VOLUME))),
    req(BTRFS_IOC_RM_DEV, At(In, &Struct(&VOLUME))),
    req(BTRFS_IOC_SUBVOL_CREATE, At(In, &Struct(&VOLUME))),
    req(BTRFS_IOC_SNAP_DESTROY, At(In, &Struct(&VOLUME))),
    req(BTRFS_IOC_DEVICES_READY, At(In, &Struct(&VOLUME))),
    req(BTRFS_IOC_SNAP_CREATE_V2, SNAPSHOT),
    req(BTRFS_IOC_SUBVOL_CREATE_V2, SNAPSHOT),
    req(BTRFS_IOC_BALANCE_CTL, Enum(W4, &BALANCE_COMMANDS)),
    req(BTRFS_IOC_DEFAULT_SUBVOL, At(In, &U64_TY)),
    req(BTRFS_IOC_WAIT_SYNC, At(In, &U64_TY)),
    req(BTRFS_IOC_START_SYNC, At(Out, &U64_TY)),
    req(BTRFS_IOC_SUBVOL_GETFLAGS, At(Out, &InPlace(&SUBVOL_FLAGS_TY))),
    req(BTRFS_IOC_SUBVOL_SETFLAGS, At(In, &InPlace(&SUBVOL_FLAGS_TY))),
    req(BTRFS_IOC_QGROUP_CREATE, At(In, &Struct(&QGROUP_CREATE))),
    req(BTRFS_IOC_QGROUP_ASSIGN, At(In, &Struct(&QGROUP_ASSIGN))),
    req(BTRFS_IOC_QGROUP_LIMIT, At(Out, &Struct(&QGROUP_LIMIT))),
    req(BTRFS_IOC_DEFRAG_RANGE, At(In, &Struct(&DEFRAG))),
    req(BTRFS_IOC_SET_FEATURES, At(In, &InPlace(&FEATURES_SET))),
    req(BTRFS_IOC_GET_FEATURES, At(Out, &FEATURES_TY)),
    req(BTRFS_IOC_GET_SUPPORTED_FEATURES, At(Out, &SUPPORTED)),
    req(BTRFS_IOC_SEND, At(In, &Struct(&SEND))),
    req(BTRFS_IOC_QUOTA_RESCAN, At(In, &Struct(&RESCAN))),
    req(BTRFS_IOC_QUOTA_RESCAN_STATUS, At(Out, &Struct(&RESCAN_STATUS))),
    req(BTRFS_IOC_QUOTA_CTL, At(In, &Struct(&QUOTA))),
    req(FS_IOC_SETFSLABEL, At(In, &InPlace(&LABEL))),
    req(FS_IOC_GETFSLABEL, At(Out, &InPlace(&LABEL))),
    req(BTRFS_IOC_SCRUB, At(InOut, &Becomes(&Struct(&SCRUB), &Struct(&SCRUB_PROGRESS)))),
    req(BTRFS_IOC_SCRUB_PROGRESS, At(InOut, &Becomes(&Struct(&SCRUB_DEVICE), &Struct(&SCRUB_PROGRESS)))),
    req(BTRFS_IOC_INO_PATHS, At(InOut, &Becomes(&Struct(&INO_PATHS), &Struct(&container::PATHS)))),
    req(BTRFS_IOC_LOGICAL_INO, At(InOut, &Becomes(&Struct(&LOGICAL), &Struct(&container::INODES)))),
    req(BTRFS_IOC_BALANCE_PROGRESS, At(Out, &Struct(&BALANCE_GOT))),
    req(BTRFS_IOC_BALANCE_V2, Hook(&BALANCE)),
    req(BTRFS_IOC_GET_DEV_STATS, At(InOut, &Becomes(&Struct(&STATS_GIVEN), &Struct(&STATS_GOT)))),
    req(BTRFS_IOC_FS_INFO, At(Out, &Struct(&FS_INFO))),
    req(BTRFS_IOC_SET_RECEIVED_SUBVOL, At(InOut, &Becomes(&Struct(&RECEIVED_GIVEN), &Struct(&RECEIVED_GOT)))),
    req(BTRFS_IOC_SPACE_INFO, At(InOut, &Becomes(&Struct(&SPACE_GIVEN), &Struct(&SPACE_GOT)))),
    req(BTRFS_IOC_INO_LOOKUP, search::LOOKUP),
    req(BTRFS_IOC_TREE_SEARCH, Hook(&search::SEARCH)),
    req(BTRFS_IOC_TREE_SEARCH_V2, Hook(&search::SEARCH_SIZED)),
    req(BTRFS_IOC_DEV_REPLACE, search::REPLACE),
    req(BTRFS_IOC_DEV_INFO, At(InOut, &Becomes(&Struct(&DEVICE_GIVEN), &Struct(&DEVICE_GOT)))),
    bare(BTRFS_IOC_DEFRAG),
    bare(BTRFS_IOC_BALANCE),
    bare(BTRFS_IOC_TRANS_START),
    bare(BTRFS_IOC_TRANS_END),
    bare(BTRFS_IOC_SYNC),
    bare(BTRFS_IOC_SCRUB_CANCEL),
    bare(BTRFS_IOC_QUOTA_RESCAN_WAIT),
];

static BALANCE_FLAGS: Names = names(
    "BTRFS_BALANCE_???",
    &[
        BTRFS_BALANCE_DATA,
        BTRFS_BALANCE_SYSTEM,
        BTRFS_BALANCE_METADATA,
        BTRFS_BALANCE_FORCE,
        BTRFS_BALANCE_RESUME,
    ],
);
static BALANCE_STATES: Names = names(
    "BTRFS_BALANCE_STATE_???",
    &[BTRFS_BALANCE_STATE_RUNNING, BTRFS_BALANCE_STATE_PAUSE_REQ, BTRFS_BALANCE_STATE_CANCEL_REQ],
);
static BALANCE_ARG_FLAGS: Names = names(
    "BTRFS_BALANCE_ARGS_???",
    &[
        BTRFS_BALANCE_ARGS_PROFILES,
        BTRFS_BALANCE_ARGS_USAGE,
        BTRFS_BALANCE_ARGS_DEVID,
        BTRFS_BALANCE_ARGS_DRANGE,
        BTRFS_BALANCE_ARGS_VRANGE,
        BTRFS_BALANCE_ARGS_LIMIT,
        BTRFS_BALANCE_ARGS_LIMIT_RANGE,
        BTRFS_BALANCE_ARGS_STRIPES_RANGE,
        BTRFS_BALANCE_ARGS_CONVERT,
        BTRFS_BALANCE_ARGS_SOFT,
        BTRFS_BALANCE_ARGS_USAGE_RANGE,
    ],
);
static BALANCE_ARGS: Record = packed(
    "btrfs_balance_args",
    &[
        arg("profiles", Flags(W8, &BLOCK_GROUPS)),
        arg("usage", NUMBER),
        arg("devid", DEVICE),
        arg("pstart", NUMBER),
        arg("pend", NUMBER),
        arg("vstart", NUMBER),
        arg("vend", NUMBER),
        arg("target", NUMBER),
        arg("flags", Flags(W8, &BALANCE_ARG_FLAGS)),
        pad(64),
    ],
);

/// What is balanced: a group of chunks only if the flags say so.
const BALANCED: [Arg; 3] = [
    arg("data", Struct(&BALANCE_ARGS)).when(|c| has_flag(c, BTRFS_BALANCE_DATA)),
    arg("meta", Struct(&BALANCE_ARGS)).when(|c| has_flag(c, BTRFS_BALANCE_METADATA)),
    arg("sys", Struct(&BALANCE_ARGS)).when(|c| has_flag(c, BTRFS_BALANCE_SYSTEM)),
];
static BALANCE_GIVEN: Record = record(
    "btrfs_ioctl_balance_args",
    &[arg("flags", Flags(W8, &BALANCE_FLAGS)), pad(8), BALANCED[0], BALANCED[1], BALANCED[2]],
);
static BALANCE_GOT: Record = record(
    "btrfs_ioctl_balance_args",
    &[
        arg("flags", Flags(W8, &BALANCE_FLAGS)),
        arg("state", Flags(W8, &BALANCE_STATES)),
        BALANCED[0],
        BALANCED[1],
        BALANCED[2],
    ],
);

/// Shows what is to be balanced and then what is: also where there was nothing to show before.
fn show_balance(cx: &mut Cx<'_>, addr: u64) {
    if !cx.exiting() {
        return exchange::show_change(cx, &BALANCE_GIVEN, &BALANCE_GOT, addr);
    }
    if !cx.failed() {
        cx.out.changed();
        if exchange::begin(cx, &BALANCE_GOT, addr) {
            cx.out.close(Kind::Struct);
        } else {
            cx.out.addr(addr);
        }
    }
    cx.out.change_end();
}
static BALANCE: decode::Hook = decode::Hook { dir: InOut, show: show_balance, reads: shape::RECORD };

static STATS_FLAGS: Names = names("BTRFS_DEV_STATS_???", &[BTRFS_DEV_STATS_RESET]);
static STATS: [Const; 5] = [
    BTRFS_DEV_STAT_WRITE_ERRS,
    BTRFS_DEV_STAT_READ_ERRS,
    BTRFS_DEV_STAT_FLUSH_ERRS,
    BTRFS_DEV_STAT_CORRUPTION_ERRS,
    BTRFS_DEV_STAT_GENERATION_ERRS,
];
static STATS_GIVEN: Record = record(
    "btrfs_ioctl_get_dev_stats",
    &[arg("devid", DEVICE), arg("nr_items", U64), arg("flags", Flags(W8, &STATS_FLAGS))],
);
static STATS_GOT: Record = record(
    "btrfs_ioctl_get_dev_stats",
    &[
        pad(8),
        arg("nr_items", U64),
        arg("flags", Flags(W8, &STATS_FLAGS)),
        arg("", Inline([40, 40, 40], 8, show_stats)),
        pad(968),
    ],
);

/// Shows the counts that there are, each with its name.
fn show_stats(cx: &mut Plain<'_>, offset: u64) {
    let count = cx.field("nr_items");
    cx.out.unnamed("values");
    cx.out.open(Kind::Array);
    for (i, stat) in STATS.iter().enumerate().take(count.min(STATS.len() as u64) as usize) {
        cx.out.index_named(stat.v(), &[Part::Name(stat.name)], "");
        let value = cx.load(offset as usize + 8 * i, 8);
        cx.out.uint(value);
    }
    if count > STATS.len() as u64 {
        cx.out.more();
    }
    cx.out.close(Kind::Array);
}
