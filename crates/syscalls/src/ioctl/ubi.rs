//! Volumes on raw flash (`include/uapi/mtd/ubi-user.h`).

use super::shape::is_shown;
use super::{Request, bare, req};
use crate::common::uncommon;
use decode::prelude::*;
use uapi::consts::*;

/// How long data is expected to live: the kernel has not looked at it since Linux 3.11.
static DATA_TYPES: Names = names(
    "UBI_???",
    &[uncommon("UBI_LONGTERM", 1), uncommon("UBI_SHORTTERM", 2), uncommon("UBI_UNKNOWN", 3)],
);
static VOLUME_TYPES: Names = names("UBI_???_VOLUME", &[UBI_DYNAMIC_VOLUME, UBI_STATIC_VOLUME]);
static VOLUME_FLAGS: Names = names("UBI_VOL_???", &[UBI_VOL_SKIP_CRC_CHECK_FLG]);
static PROPERTIES: Names = names("UBI_VOL_PROP_???", &[UBI_VOL_PROP_DIRECT_WRITE]);

/// The most bytes of a volume's name, without its NUL.
const NAME: usize = UBI_MAX_VOLUME_NAME.v() as usize;

/// Shows a volume's name at `offset` of the record at hand, which says how long it is.
fn show_name(cx: &mut Plain<'_>, offset: u64) {
    let len = (cx.field("name_len") as i16).clamp(0, NAME as i16) as usize;
    let mut name = [0; NAME + 1];
    let given = cx.raw(offset as usize, len + 1);
    let given_len = given.len();
    name[..given_len].copy_from_slice(given);
    let end = name[..=len].iter().position(|&b| b == 0);
    cx.out.bytes(&name[..end.unwrap_or(len)], Text::Plain, end.is_none());
}

const NAME_TY: Ty = Inline([NAME as u16 + 1; 3], 1, show_name);
static ATTACH: Record = record(
    "ubi_attach_req",
    &[
        arg("ubi_num", INT),
        arg("mtd_num", INT),
        arg("vid_hdr_offset", INT),
        arg("max_beb_per1024", S16),
        arg("disable_fm", S8),
        arg("need_resv_pool", S8),
        pad(8),
    ],
);
static MAKE: Record = packed(
    "ubi_mkvol_req",
    &[
        arg("vol_id", INT),
        arg("alignment", INT),
        arg("bytes", S64),
        arg("vol_type", Enum(W1, &VOLUME_TYPES)),
        arg("flags", Flags(W1, &VOLUME_FLAGS)),
        arg("name_len", S16),
        pad(4),
        arg("name", NAME_TY),
    ],
);
static RESIZE: Record = packed("ubi_rsvol_req", &[arg("bytes", S64), arg("vol_id", INT)]);
static RENAME: Record =
    packed("ubi_rnvol_req_entry", &[arg("vol_id", INT), arg("name_len", S16), pad(2), arg("name", NAME_TY)]);
static RENAME_TY: Ty = Struct(&RENAME);
/// What stands before the entries of volumes that get other names.
pub(super) static RENAME_HEAD: Record = packed("ubi_rnvol_req", &[arg("count", INT), pad(12)]);
/// The most such entries.
const MOST_RENAMES: u64 = UBI_MAX_RNVOL.v();
/// The size of the head and of as many entries as there may be: the kernel wants them all to be there.
const RENAMES_SIZE: u64 = RENAME_HEAD.common_size() + MOST_RENAMES * RENAME.common_size();
static RENAMES: Ty = Form(Len::Const(RENAMES_SIZE as u32), |cx, addr, _| show_rename(cx, addr));
static CHANGE: Record = packed(
    "ubi_leb_change_req",
    &[arg("lnum", INT), arg("bytes", INT), arg("dtype", Enum(W1, &DATA_TYPES)), pad(7)],
);
static MAP: Record = packed("ubi_map_req", &[arg("lnum", INT), arg("dtype", Enum(W1, &DATA_TYPES)), pad(3)]);
static PROPERTY: Record =
    packed("ubi_set_vol_prop_req", &[arg("property", Enum(W1, &PROPERTIES)), pad(7), arg("value", X64)]);

/// Shows the volumes that get other names.
fn show_rename(cx: &mut Cx<'_>, addr: u64) {
    let last = addr.wrapping_add(RENAMES_SIZE - 1);
    let is_whole = is_shown(cx, addr) && cx.read_uint(last, 1).is_some();
    let shown = is_whole
        && cx.with_record(&RENAME_HEAD, addr, |cx| {
            cx.out.open(Kind::Struct);
            cx.show_members(&["count"]);
            cx.out.field("ents");
            let count = u64::try_from(cx.field("count") as i32).unwrap_or(0).min(MOST_RENAMES);
            cx.array(&RENAME_TY, addr.wrapping_add(RENAME_HEAD.common_size()), count);
            cx.out.close(Kind::Struct);
        });
    if !shown {
        cx.out.addr(addr);
    }
}

pub(super) static REQUESTS: &[Request] = &[
    req(UBI_IOCATT, At(InOut, &Becomes(&Struct(&ATTACH), &INT))),
    req(UBI_IOCMKVOL, At(InOut, &Becomes(&Struct(&MAKE), &INT))),
    req(UBI_IOCRNVOL, At(In, &RENAMES)),
    req(UBI_IOCRSVOL, At(In, &Struct(&RESIZE))),
    req(UBI_IOCEBCH, At(In, &Struct(&CHANGE))),
    req(UBI_IOCEBMAP, At(In, &Struct(&MAP))),
    req(UBI_IOCSETVOLPROP, At(In, &Struct(&PROPERTY))),
    req(UBI_IOCVOLUP, At(In, &S64)),
    req(UBI_IOCDET, At(In, &INT)),
    req(UBI_IOCEBER, At(In, &INT)),
    req(UBI_IOCEBISMAP, At(In, &INT)),
    req(UBI_IOCEBUNMAP, At(In, &INT)),
    req(UBI_IOCRMVOL, At(In, &INT)),
    req(UBI_IOCRPEB, At(In, &INT)),
    req(UBI_IOCSPEB, At(In, &INT)),
    bare(UBI_IOCVOLCRBLK),
    bare(UBI_IOCVOLRMBLK),
];
