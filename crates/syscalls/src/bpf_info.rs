//! What `BPF_OBJ_GET_INFO_BY_FD` tells about programs and maps.

use crate::bpf_names::{MAP_FLAGS, MAP_TYPES, PROG_TYPES};
use crate::common::{ADDR64, ID, show_dev};
use crate::net::sockaddr::INTERFACE;
use decode::prelude::*;
use std::time::Duration;

/// The most bytes of what is told: those of the larger struct.
const MOST: usize = 232;
const DEVICE: Ty = Scalar(W8, show_dev);

/// `struct bpf_map_info` of `linux/bpf.h`.
static MAP: Record = aligned(
    "bpf_map_info",
    &[
        arg("type", Enum(W4, &MAP_TYPES)),
        arg("id", UINT),
        arg("key_size", UINT),
        arg("value_size", UINT),
        arg("max_entries", UINT),
        arg("map_flags", Flags(W4, &MAP_FLAGS)),
        arg("name", CharArray(16)),
        arg("ifindex", INTERFACE),
        arg("btf_vmlinux_value_type_id", UINT),
        arg("netns_dev", DEVICE),
        arg("netns_ino", U64),
        arg("btf_id", UINT),
        arg("btf_key_type_id", UINT),
        arg("btf_value_type_id", UINT),
        arg("btf_vmlinux_id", UINT),
        arg("map_extra", U64),
        arg("hash", X64),
        arg("hash_size", UINT),
        pad(4),
    ],
);
/// As many bytes of a map's struct as it had from the beginning.
const LEAST_OF_MAP: usize = 24;

/// A count that the kernel replaces: at this offset of the struct.
const fn count(offset: u16) -> Ty {
    match offset {
        16 => Scalar(W4, |cx, v| show_count(cx, 16, v)),
        52 => Scalar(W4, |cx, v| show_count(cx, 52, v)),
        104 => Scalar(W4, |cx, v| show_count(cx, 104, v)),
        108 => Scalar(W4, |cx, v| show_count(cx, 108, v)),
        132 => Scalar(W4, |cx, v| show_count(cx, 132, v)),
        144 => Scalar(W4, |cx, v| show_count(cx, 144, v)),
        148 => Scalar(W4, |cx, v| show_count(cx, 148, v)),
        168 => Scalar(W4, |cx, v| show_count(cx, 168, v)),
        172 => Scalar(W4, |cx, v| show_count(cx, 172, v)),
        176 => Scalar(W4, |cx, v| show_count(cx, 176, v)),
        180 => Scalar(W4, |cx, v| show_count(cx, 180, v)),
        _ => panic!("no count is kept of this place"),
    }
}

/// `struct bpf_prog_info` of `linux/bpf.h`.
static PROGRAM: Record = aligned(
    "bpf_prog_info",
    &[
        arg("type", Enum(W4, &PROG_TYPES)),
        arg("id", UINT),
        arg("tag", Binary(Len::Const(8))),
        arg("jited_prog_len", count(16)),
        pad(4),
        arg("jited_prog_insns", ADDR64),
        arg("", Inline([8; 3], 8, show_translated)),
        arg("load_time", Scalar(W8, show_load_time)),
        arg("created_by_uid", ID),
        arg("nr_map_ids", count(52)),
        arg("map_ids", ADDR64),
        arg("name", CharArray(16)),
        arg("ifindex", INTERFACE),
        arg("gpl_compatible", Scalar(W4, |cx, v| cx.out.uint(v & 1))),
        arg("netns_dev", DEVICE),
        arg("netns_ino", U64),
        arg("nr_jited_ksyms", count(104)),
        arg("nr_jited_func_lens", count(108)),
        arg("jited_ksyms", ADDR64),
        arg("jited_func_lens", ADDR64),
        arg("btf_id", UINT),
        arg("func_info_rec_size", count(132)),
        arg("func_info", ADDR64),
        arg("nr_func_info", count(144)),
        arg("nr_line_info", count(148)),
        arg("line_info", ADDR64),
        arg("jited_line_info", ADDR64),
        arg("nr_jited_line_info", count(168)),
        arg("line_info_rec_size", count(172)),
        arg("jited_line_info_rec_size", count(176)),
        arg("nr_prog_tags", count(180)),
        arg("prog_tags", ADDR64),
        arg("run_time_ns", U64),
        arg("run_cnt", U64),
        arg("recursion_misses", U64),
        arg("verified_insns", UINT),
        arg("attach_btf_obj_id", UINT),
        arg("attach_btf_id", UINT),
        pad(4),
    ],
);

/// Keeps what the tracee asks with, for the kernel answers in the same place.
pub(crate) fn keep(cx: &mut Cx<'_>, addr: u64, len: u64) {
    let mut bytes = [0; MOST];
    let given = len.min(MOST as u64) as usize;
    let got = cx.read_some(addr, &mut bytes[..given]);
    if got > 0 {
        let word = |bytes: &[u8]| bytes.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte));
        cx.keep(bytes[..got].chunks(8).map(word).collect());
    }
}

/// The number that stood at an offset before the call.
fn before(cx: &Cx<'_>, offset: u16) -> u64 {
    let word = cx.kept().get(usize::from(offset) / 8).copied().unwrap_or(0);
    (word >> (offset % 8 * 8)) & u64::from(u32::MAX)
}

/// Shows a program's instructions with their size, which stands before those of the other kind.
fn show_translated(cx: &mut Cx<'_>, offset: u64) {
    const SIZE: u16 = 20;
    let (size, at) = (cx.load(SIZE.into(), 4), cx.load(offset as usize, 8));
    cx.out.field("xlated_prog_len");
    show_count(cx, SIZE, size);
    cx.out.field("xlated_prog_insns");
    cx.out.addr(at);
}

fn show_count(cx: &mut Cx<'_>, offset: u16, now: u64) {
    let before = before(cx, offset);
    cx.out.change_begin();
    cx.out.uint(before);
    if now != before {
        cx.out.changed();
        cx.out.uint(now);
    }
    cx.out.change_end();
}

/// A time since the system was started, in nanoseconds.
fn show_load_time(cx: &mut Cx<'_>, v: u64) {
    cx.out.uint(v);
    let started = if cx.out.names() { cx.target().boot_time() } else { None };
    let loaded = started.and_then(|started| started.checked_add(Duration::from_nanos(v)));
    if let Some(sec) = loaded.and_then(|loaded| i64::try_from(loaded.as_secs()).ok()).filter(|_| v != 0) {
        cx.out.time(sec, 0);
    }
}

/// Shows what has been told about the object that `fd` stands for, `len` bytes at `addr`; the address if nobody
/// knows what they are, or not everything is to be shown.
pub(crate) fn show(cx: &mut Cx<'_>, fd: i32, addr: u64, len: u64) {
    if cx.abbrev() || cx.failed() || !cx.options.verbose {
        return cx.out.addr(addr);
    }
    let kind = cx.target().anonymous_inode(fd);
    let (record, least): (&'static Record, usize) = match kind.as_deref() {
        Some("bpf-map") => (&MAP, LEAST_OF_MAP),
        Some("bpf-prog") => (&PROGRAM, 0),
        _ => return cx.out.addr(addr),
    };
    let mut bytes = [0; MOST];
    let given = len.min(record.size(cx.abi) as u64) as usize;
    if given == 0 || !cx.read(addr, &mut bytes[..given]) {
        return cx.out.addr(addr);
    }
    let bytes = &bytes[..given.max(least)];
    cx.record_from(record, bytes, addr);
}
