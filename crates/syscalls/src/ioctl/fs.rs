//! Files and file systems.

use super::exchange;
use super::{Request, bare, req};
use decode::prelude::*;
use uapi::consts::*;

static FS_XFLAGS: Names = names(
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
static FS_FLAGS: Names = names(
    "FS_???_FL",
    &[
        FS_SECRM_FL,
        FS_UNRM_FL,
        FS_COMPR_FL,
        FS_SYNC_FL,
        FS_IMMUTABLE_FL,
        FS_APPEND_FL,
        FS_NODUMP_FL,
        FS_NOATIME_FL,
        FS_DIRTY_FL,
        FS_COMPRBLK_FL,
        FS_NOCOMP_FL,
        FS_ENCRYPT_FL,
        FS_INDEX_FL,
        FS_IMAGIC_FL,
        FS_JOURNAL_DATA_FL,
        FS_NOTAIL_FL,
        FS_DIRSYNC_FL,
        FS_TOPDIR_FL,
        FS_HUGE_FILE_FL,
        FS_EXTENT_FL,
        FS_VERITY_FL,
        FS_EA_INODE_FL,
        FS_EOFBLOCKS_FL,
        FS_NOCOW_FL,
        FS_DAX_FL,
        FS_INLINE_DATA_FL,
        FS_PROJINHERIT_FL,
        FS_CASEFOLD_FL,
        FS_RESERVED_FL,
    ],
);
/// Requests of 64-bit processes that 32-bit ones make, where they have no names.
const WIDE_GETFLAGS: Const =
    wide("FS_IOC_GETFLAGS", &[None, Some(0x8008_6601), Some(0x8008_6601), None, None]);
const WIDE_SETFLAGS: Const =
    wide("FS_IOC_SETFLAGS", &[None, Some(0x4008_6602), Some(0x4008_6602), None, None]);

const fn wide(name: &'static str, per_abi: &'static [Option<u64>; 5]) -> Const {
    Const { name, value: 0, per_abi: Some(per_abi) }
}

/// Requests of 32-bit processes that 64-bit ones may make, too.
const FS_IOC32_GETFLAGS: Const = crate::common::uncommon("FS_IOC32_GETFLAGS", 0x8004_6601);
const FS_IOC32_SETFLAGS: Const = crate::common::uncommon("FS_IOC32_SETFLAGS", 0x4004_6602);
static SHUTDOWN: Names = names(
    "FS_SHUTDOWN_FLAGS_???",
    &[FS_SHUTDOWN_FLAGS_DEFAULT, FS_SHUTDOWN_FLAGS_LOGFLUSH, FS_SHUTDOWN_FLAGS_NOLOGFLUSH],
);
static LBMD_FLAGS: Names = names("LBMD_PI_CAP_???", &[LBMD_PI_CAP_INTEGRITY, LBMD_PI_CAP_REFTAG]);
static LBMD_SUMS: Names = names(
    "LBMD_PI_CSUM_???",
    &[LBMD_PI_CSUM_NONE, LBMD_PI_CSUM_IP, LBMD_PI_CSUM_CRC16_T10DIF, LBMD_PI_CSUM_CRC64_NVME],
);
static FIEMAP_FLAGS: Names =
    names("FIEMAP_FLAG_???", &[FIEMAP_FLAG_SYNC, FIEMAP_FLAG_XATTR, FIEMAP_FLAG_CACHE]);
static EXTENT_FLAGS: Names = names(
    "FIEMAP_EXTENT_???",
    &[
        FIEMAP_EXTENT_LAST,
        FIEMAP_EXTENT_UNKNOWN,
        FIEMAP_EXTENT_DELALLOC,
        FIEMAP_EXTENT_ENCODED,
        FIEMAP_EXTENT_DATA_ENCRYPTED,
        FIEMAP_EXTENT_NOT_ALIGNED,
        FIEMAP_EXTENT_DATA_INLINE,
        FIEMAP_EXTENT_DATA_TAIL,
        FIEMAP_EXTENT_UNWRITTEN,
        FIEMAP_EXTENT_MERGED,
        FIEMAP_EXTENT_SHARED,
    ],
);

static FSXATTR_GET: Record = record(
    "fsxattr",
    &[
        arg("fsx_xflags", Flags(W4, &FS_XFLAGS)),
        arg("fsx_extsize", UINT),
        arg("fsx_nextents", UINT),
        arg("fsx_projid", X32),
        arg("fsx_cowextsize", UINT),
        pad(8),
    ],
);
/// Without what the kernel counts by itself.
static FSXATTR_SET: Record = record(
    "fsxattr",
    &[
        arg("fsx_xflags", Flags(W4, &FS_XFLAGS)),
        arg("fsx_extsize", UINT),
        pad(4),
        arg("fsx_projid", X32),
        arg("fsx_cowextsize", UINT),
        pad(8),
    ],
);
static TRIM: Record = record("fstrim_range", &[arg("start", X64), arg("len", U64), arg("minlen", U64)]);
static LBMD: Record = record(
    "logical_block_metadata_cap",
    &[
        arg("lbmd_flags", Flags(W4, &LBMD_FLAGS)),
        arg("lbmd_interval", U16),
        arg("lbmd_size", U8),
        arg("lbmd_opaque_size", U8),
        arg("lbmd_opaque_offset", U8),
        arg("lbmd_pi_size", U8),
        arg("lbmd_pi_offset", U8),
        arg("lbmd_guard_tag_type", Enum(W1, &LBMD_SUMS)),
        arg("lbmd_app_tag_size", U8),
        arg("lbmd_ref_tag_size", U8),
        arg("lbmd_storage_tag_size", U8),
        pad(1),
    ],
);

/// Shows as many bytes of a UUID as there are said to be.
fn show_uuid(cx: &mut Plain<'_>, offset: u64) {
    const MOST: usize = 16;
    let len = (cx.field("len") as usize).min(MOST);
    let bytes: [u8; MOST] = std::array::from_fn(|i| cx.load(offset as usize + i, 1) as u8);
    cx.out.bytes(&bytes[..len], Text::Binary, false);
}

/// Shows a name that should end behind as many bytes as it is said to have.
fn show_fs_name(cx: &mut Plain<'_>, offset: u64) {
    const MOST: usize = 128;
    let size = (cx.field("len") as usize + 1).min(MOST);
    let bytes: [u8; MOST] = std::array::from_fn(|i| cx.load(offset as usize + i, 1) as u8);
    let end = bytes[..size].iter().position(|&b| b == 0);
    cx.out.bytes(&bytes[..end.unwrap_or(size - 1)], Text::Plain, end.is_none());
}

static FSUUID: Record = record("fsuuid2", &[arg("len", U8), arg("uuid", Inline([16, 16, 16], 1, show_uuid))]);
static FS_PATH: Record =
    record("fs_sysfs_path", &[arg("len", U8), arg("name", Inline([128, 128, 128], 1, show_fs_name))]);

static FIEMAP_GIVEN: Record = record(
    "fiemap",
    &[
        arg("fm_start", U64),
        arg("fm_length", U64),
        arg("fm_flags", Flags(W4, &FIEMAP_FLAGS)),
        pad(4),
        arg("fm_extent_count", UINT),
        pad(4),
    ],
);
static FIEMAP_GOT: Record = record(
    "fiemap",
    &[pad(16), arg("fm_flags", Flags(W4, &FIEMAP_FLAGS)), arg("fm_mapped_extents", UINT), pad(8)],
);
static EXTENT: Record = record(
    "fiemap_extent",
    &[
        arg("fe_logical", U64),
        arg("fe_physical", U64),
        arg("fe_length", U64),
        pad(16),
        arg("fe_flags", Flags(W4, &EXTENT_FLAGS)),
        pad(12),
    ],
);
static EXTENT_TY: Ty = Struct(&EXTENT);
/// Where the extents begin.
const EXTENTS: u64 = 32;

/// Shows what is asked for, and then the extents that there are.
fn show_fiemap(cx: &mut Cx<'_>, addr: u64) {
    if !cx.exiting() {
        cx.out.change_begin();
        if exchange::begin(cx, &FIEMAP_GIVEN, addr) {
            cx.out.close(Kind::Struct);
        } else {
            cx.out.addr(addr);
        }
        return;
    }
    if cx.saved_here().is_some() && !cx.failed() {
        let mapped = cx.read_u32(addr.wrapping_add(20)).unwrap_or(0);
        cx.out.changed();
        cx.out.open(Kind::Struct);
        exchange::members_at(cx, &FIEMAP_GOT, addr);
        if cx.abbrev() {
            cx.out.more();
        } else {
            cx.out.field("fm_extents");
            cx.array(&EXTENT_TY, addr.wrapping_add(EXTENTS), u64::from(mapped));
        }
        cx.out.close(Kind::Struct);
    }
    cx.out.change_end();
}

static FIEMAP: decode::Hook =
    decode::Hook { dir: InOut, show: show_fiemap, reads: &[Stretch::to(Start::Here, Struct(&READ_FIEMAP))] };
static READ_FIEMAP: Record = record(
    "fiemap",
    &[
        pad(20),
        arg("fm_mapped_extents", UINT),
        pad(8),
        arg("fm_extents", Array(&EXTENT_TY, Len::Field("fm_mapped_extents"))),
    ],
);

static CLONE_RANGE: Record = record(
    "file_clone_range",
    &[
        arg("src_fd", Scalar(W8, |cx, fd| cx.fd(fd as i32))),
        arg("src_offset", U64),
        arg("src_length", U64),
        arg("dest_offset", U64),
    ],
);

static DEDUPE: Record = record(
    "file_dedupe_range",
    &[arg("src_offset", U64), arg("src_length", U64), arg("dest_count", U16), pad(6)],
);
static DEDUPE_GIVEN: Record = record(
    "file_dedupe_range_info",
    &[arg("dest_fd", Scalar(W8, |cx, fd| cx.fd(fd as i32))), arg("dest_offset", U64), pad(16)],
);
static DEDUPE_GOT: Record =
    record("file_dedupe_range_info", &[pad(16), arg("bytes_deduped", U64), arg("status", INT), pad(4)]);

/// Shows an array of structs, of which two are enough unless everything is to be shown; false if it ends too early.
fn show_few(cx: &mut Cx<'_>, record: &'static Record, addr: u64, count: u64) -> bool {
    const ENOUGH: usize = 2;
    let limit = if cx.abbrev() { ENOUGH.min(cx.options.strings) as u64 } else { count };
    let size = record.size(cx.abi) as u64;
    let is_there = |cx: &mut Cx<'_>, at: u64| cx.read_uint(at.wrapping_add(size - 1), 1).is_some();
    if count > 0 && !is_there(cx, addr) {
        cx.out.addr(addr);
        return false;
    }
    cx.out.open(Kind::Array);
    let mut is_whole = true;
    for i in 0..count {
        let at = addr.wrapping_add(i * size);
        if !is_there(cx, at) {
            cx.out.more_at(at);
            is_whole = false;
            break;
        }
        // One that is left out must be there, too.
        if i == limit {
            cx.out.more();
            break;
        }
        cx.out.item();
        cx.record_at(record, at, size as usize);
    }
    cx.out.close(Kind::Array);
    is_whole
}

/// Shows which ranges are to be shared, and then what became of each.
fn show_dedupe(cx: &mut Cx<'_>, addr: u64) {
    const HEAD: u64 = 24;
    let info = addr.wrapping_add(HEAD);
    let count = if addr == 0 { None } else { cx.read_uint(addr.wrapping_add(16), 2) };
    if !cx.exiting() {
        cx.out.change_begin();
        match count {
            Some(count) if exchange::begin(cx, &DEDUPE, addr) => {
                cx.out.field("info");
                let is_whole = show_few(cx, &DEDUPE_GIVEN, info, count);
                cx.save(u64::from(is_whole));
                cx.out.close(Kind::Struct);
            }
            _ => cx.out.addr(addr),
        }
        return;
    }
    let count = count.filter(|_| !cx.failed());
    if let Some(count @ 1..) = count
        && cx.saved_here() == Some(1)
    {
        cx.out.changed();
        cx.out.open(Kind::Struct);
        cx.out.field("info");
        show_few(cx, &DEDUPE_GOT, info, count);
        cx.out.close(Kind::Struct);
    } else if !cx.abbrev() {
        let size = DEDUPE_GOT.size(cx.abi) as u64;
        cx.skim(info, count.map_or(0, |count| count.saturating_mul(size)));
    }
    cx.out.change_end();
}

static DEDUPE_TY: decode::Hook =
    decode::Hook { dir: InOut, show: show_dedupe, reads: &[Stretch::to(Start::Here, Struct(&READ_DEDUPE))] };
static READ_DEDUPE: Record = record(
    "file_dedupe_range",
    &[
        pad(16),
        arg("dest_count", U16),
        pad(6),
        arg("info", Array(&Struct(&DEDUPE_GOT), Len::Field("dest_count"))),
    ],
);

static FLAGS: Ty = Flags(W4, &FS_FLAGS);
static SHUTDOWN_TY: Ty = Enum(W4, &SHUTDOWN);

pub(super) static REQUESTS: &[Request] = &[
    req(FS_IOC_GETFLAGS, At(Out, &FLAGS)),
    req(FS_IOC_SETFLAGS, At(In, &FLAGS)),
    req(WIDE_GETFLAGS, At(Out, &FLAGS)),
    req(WIDE_SETFLAGS, At(In, &FLAGS)),
    req(FS_IOC32_GETFLAGS, At(Out, &FLAGS)),
    req(FS_IOC32_SETFLAGS, At(In, &FLAGS)),
    req(FS_IOC_FIEMAP, Hook(&FIEMAP)),
    req(FS_IOC_FSGETXATTR, At(Out, &Struct(&FSXATTR_GET))),
    req(FS_IOC_FSSETXATTR, At(In, &Struct(&FSXATTR_SET))),
    req(FS_IOC_SHUTDOWN, At(In, &SHUTDOWN_TY)),
    req(FITRIM, At(In, &Struct(&TRIM))),
    bare(FIFREEZE),
    bare(FITHAW),
    req(FS_IOC_GETFSUUID, At(Out, &Struct(&FSUUID))),
    req(FS_IOC_GETFSSYSFSPATH, At(Out, &Struct(&FS_PATH))),
    req(FS_IOC_GETLBMD_CAP, At(Out, &Struct(&LBMD))),
    req(FICLONE, INT),
    req(FICLONERANGE, At(In, &Struct(&CLONE_RANGE))),
    req(FIDEDUPERANGE, Hook(&DEDUPE_TY)),
];
