//! `struct statmount`: a mount and its file system, with strings behind the struct.

use super::id::STATMOUNT_MASK;
use super::{MOUNT_ATTRS, PROPAGATION};
use crate::stat::FS_TYPES;
use decode::prelude::*;
use decode::{Hook as HookFn, Reads};
use uapi::consts::*;

pub(super) static REQUEST_FLAGS: Names = names("STATMOUNT_???", &[STATMOUNT_BY_FD]);
static SUPERBLOCK_FLAGS: Names = names("MS_???", &[MS_RDONLY, MS_SYNCHRONOUS, MS_DIRSYNC, MS_LAZYTIME]);

/// Its bytes; strings begin behind them.
const SIZE: u64 = 512;

/// A field that is there if the mask has these bits.
macro_rules! given {
    ($name:literal, $ty:expr, $mask:ident) => {
        arg($name, $ty).when(|cx| cx.field("mask") & $mask.v() != 0)
    };
}

/// A string by its offset behind the struct.
const STRING: Ty = Inline([4; 3], 4, |cx, offset| {
    let at = cx.load(offset as usize, 4);
    show_string(cx, at);
});
/// Several strings, one after the other; the field before says how many.
const STRINGS: Ty = Inline([4; 3], 4, |cx, offset| {
    let count = cx.load(offset as usize - 4, 4);
    let at = cx.load(offset as usize, 4);
    show_strings(cx, at, count);
});

static RECORD: Record = record(
    "statmount",
    &[
        arg("size", UINT),
        given!("mnt_opts", STRING, STATMOUNT_MNT_OPTS),
        arg("mask", Flags(W8, &STATMOUNT_MASK)),
        given!("sb_dev_major", UINT, STATMOUNT_SB_BASIC),
        given!("sb_dev_minor", UINT, STATMOUNT_SB_BASIC),
        given!("sb_magic", Enum(W8, &FS_TYPES), STATMOUNT_SB_BASIC),
        given!("sb_flags", Flags(W4, &SUPERBLOCK_FLAGS), STATMOUNT_SB_BASIC),
        given!("fs_type", STRING, STATMOUNT_FS_TYPE),
        given!("mnt_id", X64, STATMOUNT_MNT_BASIC),
        given!("mnt_parent_id", X64, STATMOUNT_MNT_BASIC),
        given!("mnt_id_old", X32, STATMOUNT_MNT_BASIC),
        given!("mnt_parent_id_old", X32, STATMOUNT_MNT_BASIC),
        given!("mnt_attr", Flags(W8, &MOUNT_ATTRS), STATMOUNT_MNT_BASIC),
        given!("mnt_propagation", Flags(W8, &PROPAGATION), STATMOUNT_MNT_BASIC),
        given!("mnt_peer_group", X64, STATMOUNT_MNT_BASIC),
        given!("mnt_master", X64, STATMOUNT_MNT_BASIC),
        given!("propagate_from", X64, STATMOUNT_PROPAGATE_FROM),
        given!("mnt_root", STRING, STATMOUNT_MNT_ROOT),
        given!("mnt_point", STRING, STATMOUNT_MNT_POINT),
        given!("mnt_ns_id", X64, STATMOUNT_MNT_NS_ID),
        given!("fs_subtype", STRING, STATMOUNT_FS_SUBTYPE),
        given!("sb_source", STRING, STATMOUNT_SB_SOURCE),
        given!("opt_num", UINT, STATMOUNT_OPT_ARRAY),
        given!("opt_array", STRINGS, STATMOUNT_OPT_ARRAY),
        given!("opt_sec_num", UINT, STATMOUNT_OPT_SEC_ARRAY),
        given!("opt_sec_array", STRINGS, STATMOUNT_OPT_SEC_ARRAY),
        given!("supported_mask", Flags(W8, &STATMOUNT_MASK), STATMOUNT_SUPPORTED_MASK),
        given!("mnt_uidmap_num", UINT, STATMOUNT_MNT_UIDMAP),
        given!("mnt_uidmap", STRINGS, STATMOUNT_MNT_UIDMAP),
        given!("mnt_gidmap_num", UINT, STATMOUNT_MNT_GIDMAP),
        given!("mnt_gidmap", STRINGS, STATMOUNT_MNT_GIDMAP),
        pad(43 * 8),
    ],
);

pub(super) static STATMOUNT: HookFn =
    HookFn { dir: Out, show: |cx, at| cx.at(Out, &RECORD_TY, at), reads: &[Reads { arg: 1, max: 1 << 20 }] };
static RECORD_TY: Ty = Struct(&RECORD);

/// Where the string at offset `at` is, and how many bytes it may have: those that both the kernel says there are and
/// the buffer has room for.
fn place(cx: &Cx<'_>, at: u64) -> (u64, u64) {
    let end = cx.field("size").min(cx.arg(2) & cx.mask(Long));
    (cx.record_addr().wrapping_add(SIZE + at), end.saturating_sub(SIZE + at))
}

/// The bytes of the string at `addr`, its NUL not counted, if it ends within `room` bytes.
fn string_len(cx: &mut Cx<'_>, addr: u64, room: u64) -> Option<u64> {
    let mut done = 0;
    let mut chunk = [0; 256];
    while done < room {
        let want = (room - done).min(chunk.len() as u64) as usize;
        let got = cx.read_some(addr.wrapping_add(done), &mut chunk[..want]);
        if let Some(end) = chunk[..got].iter().position(|&b| b == 0) {
            return Some(done + end as u64);
        }
        if got < want {
            return None;
        }
        done += got as u64;
    }
    None
}

fn show_string(cx: &mut Cx<'_>, at: u64) {
    let (addr, room) = place(cx, at);
    match string_len(cx, addr, room) {
        Some(len) => cx.buffer(addr, len, Text::Plain),
        None => cx.out.hex(at),
    }
}

fn show_strings(cx: &mut Cx<'_>, at: u64, count: u64) {
    let (mut addr, mut room) = place(cx, at);
    if count > 0 && string_len(cx, addr, room).is_none() {
        return cx.out.hex(at);
    }
    cx.out.open(Kind::Array);
    for _ in 0..count {
        cx.out.item();
        let Some(len) = string_len(cx, addr, room) else {
            cx.out.unknown();
            break;
        };
        cx.buffer(addr, len, Text::Plain);
        addr = addr.wrapping_add(len + 1);
        room -= len + 1;
    }
    cx.out.close(Kind::Array);
}
