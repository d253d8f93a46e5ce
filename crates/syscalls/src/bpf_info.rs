//! What `BPF_OBJ_GET_INFO_BY_FD` tells about programs and maps.

use crate::bpf::{MAX_SIZE, show_extra};
use crate::bpf_insn::show_program;
use crate::bpf_names::{MAP_FLAGS, MAP_TYPES, PROG_TYPES};
use crate::common::{ADDR64, ID, show_dev};
use crate::net::sockaddr::INTERFACE;
use decode::prelude::*;
use decode::{Start, Stretch};
use std::time::Duration;

/// The most bytes of what is asked with: those of the larger struct.
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
        // The version before `map_extra` had a gap here.
        arg("btf_vmlinux_id", UINT).when(|c| c.record_len() > 80),
        arg("map_extra", X64),
        arg("hash", X64),
        arg("hash_size", UINT),
        pad(4),
    ],
);
/// A count that the kernel replaces.
const COUNT: Ty = Inline([4; 3], 4, show_count);

/// `struct bpf_prog_info` of `linux/bpf.h`.
static PROGRAM: Record = aligned(
    "bpf_prog_info",
    &[
        arg("type", Enum(W4, &PROG_TYPES)),
        arg("id", UINT),
        arg("tag", Binary(Len::Const(8))),
        arg("jited_prog_len", COUNT),
        // Shown behind the other kind's instructions.
        arg("xlated_prog_len", UINT).when(|_| false),
        arg("jited_prog_insns", ScalarHook(W8, &decode::Hook { dir: In, show: show_native, reads: NATIVE })),
        arg(
            "",
            InlineHook(&decode::Inlined {
                sizes: [8; 3],
                align: 8,
                show: show_translated,
                reads: TRANSLATED,
            }),
        ),
        arg("load_time", Scalar(W8, show_load_time)),
        arg("created_by_uid", ID),
        arg("nr_map_ids", COUNT),
        arg("map_ids", ScalarHook(W8, &decode::Hook { dir: In, show: show_map_ids, reads: MAP_IDS })),
        arg("name", CharArray(16)),
        arg("ifindex", INTERFACE),
        arg("gpl_compatible", Scalar(W4, |cx, v| cx.out.uint(v & 1))),
        arg("netns_dev", DEVICE),
        arg("netns_ino", U64),
        arg("nr_jited_ksyms", COUNT),
        arg("nr_jited_func_lens", COUNT),
        arg("jited_ksyms", ADDR64),
        arg("jited_func_lens", ADDR64),
        arg("btf_id", UINT),
        arg("func_info_rec_size", COUNT),
        arg("func_info", ADDR64),
        arg("nr_func_info", COUNT),
        arg("nr_line_info", COUNT),
        arg("line_info", ADDR64),
        arg("jited_line_info", ADDR64),
        arg("nr_jited_line_info", COUNT),
        arg("line_info_rec_size", COUNT),
        arg("jited_line_info_rec_size", COUNT),
        arg("nr_prog_tags", COUNT),
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

/// What is told, and what it leads to.
pub(crate) const READS: &[Stretch] =
    &[Stretch::here(MAX_SIZE as u32), Stretch::to(Start::Here, Struct(&PROGRAM)).exiting()];
const NATIVE: &[Stretch] = &[Stretch::to(Start::Here, Bytes(Len::Field("jited_prog_len")))];
const TRANSLATED: &[Stretch] =
    &[Stretch::to(Start::Here, Wide(&At(In, &Bytes(Len::Field("xlated_prog_len")))))];
const MAP_IDS: &[Stretch] = &[Stretch::to(Start::Here, Array(&UINT, Len::Field("nr_map_ids")))];

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
fn before(cx: &Plain<'_>, offset: usize) -> u64 {
    let word = cx.kept().get(offset / 8).copied().unwrap_or(0);
    (word >> (offset % 8 * 8)) & u64::from(u32::MAX)
}

/// Shows the processor's instructions that a program has become.
fn show_native(cx: &mut Cx<'_>, addr: u64) {
    let size = cx.field("jited_prog_len");
    cx.buffer(addr, size, Text::Binary);
}

/// Shows a program's instructions with their size, which stands before those of the other kind.
fn show_translated(cx: &mut Cx<'_>, offset: u64) {
    const INSTRUCTION: u64 = 8;
    let (size, at) = (cx.offset("xlated_prog_len"), cx.load(offset as usize, 8));
    cx.out.field("xlated_prog_len");
    show_count(cx, size as u64);
    cx.out.field("xlated_prog_insns");
    let count = cx.field("xlated_prog_len").min(before(cx, size)) / INSTRUCTION;
    show_list(cx, at, count, |cx| show_program(cx, at, count));
}

fn show_map_ids(cx: &mut Cx<'_>, addr: u64) {
    static IDS: Ty = UINT;
    let count = cx.field("nr_map_ids").min(before(cx, cx.offset("nr_map_ids")));
    show_list(cx, addr, count, |cx| cx.array(&IDS, addr, count));
}

/// Shows a list that the kernel has written: as much of it as there was room for. A call that failed has written none.
fn show_list(cx: &mut Cx<'_>, addr: u64, count: u64, show: impl FnOnce(&mut Cx<'_>)) {
    if cx.failed() && count > 0 { cx.out.addr(addr) } else { show(cx) }
}

/// Shows the count at an offset of the struct: what it was, and what it has become.
fn show_count(cx: &mut Plain<'_>, offset: u64) {
    let (before, now) = (before(cx, offset as usize), cx.load(offset as usize, 4));
    cx.show_change(&UINT, before, now);
}

/// A time since the system was started, in nanoseconds.
fn show_load_time(cx: &mut Plain<'_>, v: u64) {
    cx.out.uint(v);
    let started = if cx.out.names() { cx.boot_time() } else { None };
    let loaded = started.and_then(|started| started.checked_add(Duration::from_nanos(v)));
    if let Some(sec) = loaded.and_then(|loaded| i64::try_from(loaded.as_secs()).ok()) {
        cx.out.time(sec, 0);
    }
}

/// What is told about a kind of object.
struct Object {
    /// What `/proc` calls a descriptor of one.
    inode: &'static str,
    record: &'static Record,
    /// The sizes that the struct has had: what the tracee gives of a version counts with the rest of it as zero.
    versions: &'static [usize],
}

static OBJECTS: &[Object] = &[
    Object { inode: "bpf-map", record: &MAP, versions: &[24, 40, 64, 80, 88, 100] },
    Object { inode: "bpf-prog", record: &PROGRAM, versions: &[40, 80, 104, 128, 192, 208, 216, 220, 228] },
];

/// Shows what has been told about the object that `fd` stands for, `len` bytes at `addr`, or what the tracee has put
/// there if the call failed; the address if nobody knows what they are, or not everything is to be shown.
pub(crate) fn show(cx: &mut Cx<'_>, fd: i32, addr: u64, len: u64) {
    if cx.abbrev() || !cx.options.verbose || len == 0 || len > MAX_SIZE {
        return cx.out.addr(addr);
    }
    let inode = cx.anonymous_inode(fd);
    let is_it = |object: &&Object| inode.as_deref() == Some(object.inode.as_bytes());
    let Some(object) = OBJECTS.iter().find(is_it) else {
        return cx.out.addr(addr);
    };
    let mut bytes = [0; MAX_SIZE as usize];
    if addr == 0 || !cx.read(addr, &mut bytes[..len as usize]) {
        return cx.out.addr(addr);
    }
    let known = object.versions.last().copied().unwrap_or(0);
    let size = object.versions.iter().copied().find(|&size| size as u64 >= len).unwrap_or(known);
    cx.out.open(Kind::Struct);
    cx.members_from(object.record, &bytes[..size], addr);
    show_extra(cx, addr, len, known as u64);
    cx.out.close(Kind::Struct);
}
