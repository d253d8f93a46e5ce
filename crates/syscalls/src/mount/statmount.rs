//! `struct statmount`: a mount and its file system, with strings behind the struct.

use super::id::STATMOUNT_MASK;
use super::{MOUNT_ATTRS, PROPAGATION};
use crate::stat::FS_TYPES;
use decode::prelude::*;
use decode::{Hook as HookFn, PATH_MAX, Stretch};
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
const STRING: Ty = InlineHook(&decode::Inlined {
    sizes: [4; 3],
    align: 4,
    show: |cx, offset| {
        let at = cx.load(offset as usize, 4);
        show_string(cx, at);
    },
    reads: &[],
});
/// Several strings, one after the other; the field before says how many.
const STRINGS: Ty = InlineHook(&decode::Inlined {
    sizes: [4; 3],
    align: 4,
    show: |cx, offset| {
        let count = cx.load(offset as usize - 4, 4);
        let at = cx.load(offset as usize, 4);
        show_strings(cx, at, count);
    },
    reads: &[],
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

pub(super) static STATMOUNT: HookFn = HookFn {
    dir: Out,
    show: show_statmount,
    reads: &[Stretch::to(Start::Here, Bytes(Len::Arg(2))).beyond()],
};

/// Shows the struct as far as the buffer has room for it: what is beyond is zero.
fn show_statmount(cx: &mut Cx<'_>, addr: u64) {
    let room = cx.arg(2).min(SIZE) as usize;
    let mut raw = [0; SIZE as usize];
    if addr == 0 || !cx.options.verbose || room < size_of::<u32>() || !cx.read(addr, &mut raw[..room]) {
        return cx.out.addr(addr);
    }
    cx.record_from(&RECORD, &raw, addr);
}

/// Where the string at offset `at` is, and how many bytes there are from there on; `None` if it is beyond what the
/// kernel says there is, or that is more than there is room for.
fn place(cx: &mut Cx<'_>, at: u64) -> Option<(u64, u64)> {
    let size = cx.field("size");
    let begin = SIZE + at;
    let addr = cx.record_addr();
    let is_there =
        begin < size && size <= cx.arg(2) && cx.read_uint(addr.wrapping_add(size - 1), 1).is_some();
    is_there.then(|| (addr.wrapping_add(begin), size - begin))
}

/// Shows the string at `addr`, which may have up to `room` bytes, whatever the limit of strings; returns how many
/// bytes it has with its NUL, or `None`, and nothing shown, if it can't be read.
fn show_string_at(cx: &mut Cx<'_>, addr: u64, room: u64) -> Option<u64> {
    let mut buf = [0; PATH_MAX];
    let buf = &mut buf[..room.min(PATH_MAX as u64) as usize];
    let got = cx.read_some(addr, buf);
    let (shown, more) = match buf[..got].iter().position(|&b| b == 0) {
        Some(end) => (end, false),
        None if got == buf.len() => (got.saturating_sub(1), true),
        None => return None,
    };
    cx.out.bytes(&buf[..shown], Text::Plain, more);
    Some(shown as u64 + 1)
}

fn show_string(cx: &mut Cx<'_>, at: u64) {
    let shown = place(cx, at).and_then(|(addr, room)| show_string_at(cx, addr, room));
    if shown.is_none() {
        cx.out.hex(at);
    }
}

fn show_strings(cx: &mut Cx<'_>, at: u64, count: u64) {
    let Some((mut addr, mut room)) = place(cx, at) else { return cx.out.hex(at) };
    let limit = if cx.abbrev() { cx.options.strings as u64 } else { u64::MAX };
    cx.out.open(Kind::Array);
    for i in 0..count {
        if i >= limit {
            cx.out.more();
            break;
        }
        cx.out.item();
        let len = if room > 0 { show_string_at(cx, addr, room) } else { None };
        let Some(len) = len else {
            cx.out.unknown();
            break;
        };
        addr = addr.wrapping_add(len);
        room -= len;
    }
    cx.out.close(Kind::Array);
}
