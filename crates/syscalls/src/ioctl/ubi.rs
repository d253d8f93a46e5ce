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
static CHANGE: Record = packed(
    "ubi_leb_change_req",
    &[arg("lnum", INT), arg("bytes", INT), arg("dtype", Enum(W1, &DATA_TYPES)), pad(7)],
);
static MAP: Record = packed("ubi_map_req", &[arg("lnum", INT), arg("dtype", Enum(W1, &DATA_TYPES)), pad(3)]);
static PROPERTY: Record =
    packed("ubi_set_vol_prop_req", &[arg("property", Enum(W1, &PROPERTIES)), pad(7), arg("value", X64)]);

/// Shows the volumes that get other names.
fn show_rename(cx: &mut Cx<'_>, addr: u64) {
    const HEADER: u64 = 16;
    let most = UBI_MAX_RNVOL.v();
    let last = addr.wrapping_add(HEADER + most * RENAME.size(cx.abi) as u64 - 1);
    let count = cx.read_u32(addr).filter(|_| is_shown(cx, addr));
    let (Some(count), Some(_)) = (count, cx.read_uint(last, 1)) else { return cx.out.addr(addr) };
    cx.out.open(Kind::Struct);
    cx.out.field("count");
    cx.out.int(i64::from(count as i32));
    cx.out.field("ents");
    let shown = u64::try_from(count as i32).unwrap_or(0).min(most);
    cx.array(&RENAME_TY, addr.wrapping_add(HEADER), shown);
    cx.out.close(Kind::Struct);
}

/// A head of 16 bytes and as many entries as there may be, all of which must be there.
static RENAMES: Ty = Form(Len::Const(4368), |cx, addr, _| show_rename(cx, addr));

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
