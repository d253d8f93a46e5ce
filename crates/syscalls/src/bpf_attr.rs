//! The members of `union bpf_attr` that the commands of `bpf` use. They have grown: a member is told if the tracee
//! gives any of its bytes.

use crate::bpf_insn::show_program;
use crate::bpf_names::*;
use crate::common::ADDR64;
use crate::net::sockaddr::INTERFACE;
use decode::prelude::*;
use uapi::consts::*;

/// Whether the tracee gives more bytes of the union than `N`.
pub(crate) fn since<const N: u64>(c: &Plain<'_>) -> bool {
    c.arg(2) & u64::from(u32::MAX) > N
}

/// As [`since`], for what the kernel tells on exiting, and what stands behind it.
fn told<const N: u64>(c: &Plain<'_>) -> bool {
    c.exiting() && since::<N>(c)
}

fn asked(c: &Plain<'_>) -> bool {
    !c.exiting()
}

fn answered(c: &Plain<'_>) -> bool {
    c.exiting()
}

fn asked_since<const N: u64>(c: &Plain<'_>) -> bool {
    asked(c) && since::<N>(c)
}

/// A string or data behind a 64-bit pointer.
const STR64: Ty = Wide(&Str);
const PATH64: Ty = Wide(&Path);
const ELEMENT_FLAG_WORD: Ty = Flags(W8, &ELEMENT_FLAGS);
const UPDATE_FLAG_WORD: Ty = Flags(W8, &UPDATE_FLAGS);
pub(crate) const ATTACH_TYPE: Arg = arg("attach_type", Enum(W4, &ATTACH_TYPES));
pub(crate) const ATTACH_FLAG_WORD: Ty = Flags(W4, &ATTACH_FLAGS);

/// A name, of which the tracee may give only the first bytes.
const NAME: Ty = Inline([16; 3], 1, show_name);

fn show_name(cx: &mut Plain<'_>, offset: u64) {
    let given = (cx.arg(2) & u64::from(u32::MAX)).saturating_sub(offset).min(16) as usize;
    let mut name = [0; 16];
    let given = cx.raw(offset as usize, given).len().min(given);
    name[..given].copy_from_slice(&cx.raw(offset as usize, given)[..given]);
    let end = name[..given].iter().position(|&b| b == 0);
    // Where there is no NUL, the last byte should have been it.
    let shown = end.unwrap_or(given.saturating_sub(1));
    cx.out.bytes(&name[..shown], Text::Plain, end.is_none());
}

fn show_node(cx: &mut Plain<'_>, v: u64) {
    /// `linux/numa.h`
    const NO_NODE: u64 = u32::MAX as u64;
    if v == NO_NODE {
        cx.out.remarked(v, Base::Udec, &[Part::Name("NUMA_NO_NODE")], "");
    } else {
        cx.out.uint(v);
    }
}

/// What the verifier is to write to, as far as something is there already.
fn show_log(cx: &mut Cx<'_>, addr: u64) {
    let size = cx.field("log_size");
    cx.c_string(addr, size as usize);
}

pub(crate) static MAP_CREATE: Record = aligned(
    "bpf_map_create_attr",
    &[
        arg("map_type", Enum(W4, &MAP_TYPES)),
        arg("key_size", UINT),
        arg("value_size", UINT),
        arg("max_entries", UINT),
        arg("map_flags", Flags(W4, &MAP_FLAGS)).when(since::<16>),
        arg("inner_map_fd", Fd).when(since::<20>),
        arg("numa_node", Scalar(W4, show_node))
            .when(|c| since::<24>(c) && c.has(c.field("map_flags"), BPF_F_NUMA_NODE)),
        arg("map_name", NAME).when(since::<28>),
        arg("map_ifindex", INTERFACE).when(since::<44>),
        arg("btf_fd", Fd).when(since::<48>),
        arg("btf_key_type_id", UINT).when(since::<48>),
        arg("btf_value_type_id", UINT).when(since::<48>),
        arg("btf_vmlinux_value_type_id", UINT).when(since::<60>),
        arg("map_extra", U64).when(since::<64>),
        arg("value_type_btf_obj_fd", Fd).when(since::<72>),
        arg("map_token_fd", Fd).when(since::<76>),
        arg("excl_prog_hash", ADDR64).when(since::<80>),
        arg("excl_prog_hash_size", UINT).when(since::<80>),
    ],
);

const MAP_FD: Arg = arg("map_fd", Fd);
const KEY: Arg = arg("key", ADDR64);
const VALUE: Arg = arg("value", ADDR64);
const GAP: Arg = pad(4);

pub(crate) static LOOKUP_ELEM: Record =
    aligned("bpf_lookup_elem_attr", &[MAP_FD, KEY, VALUE, arg("flags", ELEMENT_FLAG_WORD).when(since::<24>)]);
pub(crate) static UPDATE_ELEM: Record =
    aligned("bpf_update_elem_attr", &[MAP_FD, KEY, VALUE, arg("flags", UPDATE_FLAG_WORD)]);
pub(crate) static DELETE_ELEM: Record = aligned("bpf_delete_elem_attr", &[MAP_FD, KEY]);
pub(crate) static NEXT_KEY: Record = aligned("bpf_next_key_attr", &[MAP_FD, KEY, arg("next_key", ADDR64)]);

fn show_insns(cx: &mut Cx<'_>, addr: u64) {
    let count = cx.field("insn_cnt");
    show_program(cx, addr, count);
}

/// A kernel's version in one number.
fn show_version(cx: &mut Cx<'_>, v: u64) {
    let [major, minor, patch] = [v >> 16, v >> 8 & 0xff, v & 0xff];
    cx.out.spelled(v, Base::Hex, &format!("KERNEL_VERSION({major}, {minor}, {patch})"));
}

pub(crate) static PROG_LOAD: Record = aligned(
    "bpf_prog_load_attr",
    &[
        arg("prog_type", Enum(W4, &PROG_TYPES)).when(asked),
        arg("insn_cnt", UINT).when(asked),
        arg(
            "insns",
            ScalarHook(
                W8,
                &decode::Hook {
                    dir: In,
                    show: show_insns,
                    reads: &[Stretch::to(Start::Here, Array(&U64, Len::Field("insn_cnt")))],
                },
            ),
        )
        .when(asked),
        arg("license", STR64).when(asked),
        arg("log_level", UINT).when(asked_since::<24>),
        arg("log_size", UINT).when(asked_since::<24>),
        arg(
            "log_buf",
            ScalarHook(
                W8,
                &decode::Hook {
                    dir: In,
                    show: show_log,
                    reads: &[Stretch::to(Start::Here, Bytes(Len::Field("log_size")))],
                },
            ),
        )
        .when(asked_since::<24>),
        arg("kern_version", ScalarHook(W4, &decode::Hook { dir: In, show: show_version, reads: &[] }))
            .when(asked_since::<40>),
        arg("prog_flags", Flags(W4, &PROG_FLAGS)).when(asked_since::<44>),
        arg("prog_name", NAME).when(asked_since::<48>),
        arg("prog_ifindex", INTERFACE).when(asked_since::<64>),
        arg("expected_attach_type", Enum(W4, &ATTACH_TYPES)).when(asked_since::<68>),
        arg("prog_btf_fd", Fd).when(asked_since::<72>),
        arg("func_info_rec_size", UINT).when(asked_since::<72>),
        arg("func_info", ADDR64).when(asked_since::<72>),
        arg("func_info_cnt", UINT).when(asked_since::<72>),
        arg("line_info_rec_size", UINT).when(asked_since::<72>),
        arg("line_info", ADDR64).when(asked_since::<72>),
        arg("line_info_cnt", UINT).when(asked_since::<72>),
        arg("attach_btf_id", UINT).when(asked_since::<108>),
        arg("attach_prog_fd", Fd).when(asked_since::<112>),
        arg("core_relo_cnt", UINT).when(asked_since::<128>),
        arg("fd_array", ADDR64).when(asked_since::<120>),
        arg("core_relos", ADDR64).when(asked_since::<128>),
        arg("core_relo_rec_size", UINT).when(asked_since::<128>),
        arg("log_true_size", UINT).when(told::<140>),
        arg("prog_token_fd", Fd).when(told::<144>),
        arg("fd_array_cnt", UINT).when(told::<148>),
        arg("signature", Wide(&At(In, &Binary(Len::Field("signature_size"))))).when(told::<152>),
        arg("signature_size", UINT).when(told::<152>),
        arg("keyring_id", INT).when(told::<152>),
    ],
);

pub(crate) static OBJ: Record = aligned(
    "bpf_obj_attr",
    &[
        arg("pathname", PATH64),
        arg("bpf_fd", Fd),
        arg("file_flags", Flags(W4, &FILE_FLAGS)).when(since::<12>),
        arg("path_fd", DirFd).when(since::<16>),
    ],
);

/// What another program's place is relative to: one that is attached already, by its descriptor or its id.
fn show_relative(cx: &mut Plain<'_>, v: u64) {
    if cx.has(cx.field("attach_flags"), BPF_F_ID) {
        cx.out.field("relative_id");
        cx.out.uint(v);
    } else {
        cx.out.field("relative_fd");
        cx.fd(v as i32);
    }
}

/// Types of attachment to a network device.
static DEVICE_TYPES: Names =
    names("", &[BPF_XDP, BPF_TCX_INGRESS, BPF_TCX_EGRESS, BPF_NETKIT_PRIMARY, BPF_NETKIT_PEER]);

/// What a program is attached to: a union, whose member the type of attachment tells.
pub(crate) const TARGET: Arg = arg("", Scalar(W4, show_target));

fn show_target(cx: &mut Plain<'_>, v: u64) {
    let kind = cx.field(ATTACH_TYPE.name);
    if DEVICE_TYPES.find(kind, u64::MAX, cx.abi).is_some() {
        cx.out.field("target_ifindex");
        cx.interface(v as u32);
    } else {
        cx.out.field("target_fd");
        cx.fd(v as i32);
    }
}

pub(crate) static PROG_ATTACH: Record = aligned(
    "bpf_prog_attach_attr",
    &[
        TARGET,
        arg("attach_bpf_fd", Fd),
        ATTACH_TYPE,
        arg("attach_flags", ATTACH_FLAG_WORD),
        arg("replace_bpf_fd", Fd).when(since::<16>),
        arg("", Scalar(W4, show_relative)).when(since::<20>),
        arg("expected_revision", U64).when(since::<20>),
    ],
);

pub(crate) static TEST_RUN: Record = aligned(
    "bpf_prog_test_run_attr",
    &[
        arg("prog_fd", Fd),
        arg("retval", UINT),
        arg("data_size_in", UINT),
        arg("data_size_out", UINT),
        arg("data_in", ADDR64),
        arg("data_out", ADDR64),
        arg("repeat", UINT),
        arg("duration", UINT),
        arg("ctx_size_in", UINT).when(since::<40>),
        arg("ctx_size_out", UINT).when(since::<40>),
        arg("ctx_in", ADDR64).when(since::<40>),
        arg("ctx_out", ADDR64).when(since::<40>),
        arg("flags", Flags(W4, &TEST_FLAGS)).when(since::<64>),
        arg("cpu", UINT).when(since::<68>),
        arg("batch_size", UINT).when(since::<72>),
    ],
);

pub(crate) static NEXT_ID: Record =
    aligned("bpf_next_id_attr", &[arg("start_id", UINT).when(asked), arg("next_id", UINT).when(answered)]);
pub(crate) static PROG_ID: Record = aligned("bpf_prog_id_attr", &[arg("prog_id", UINT)]);
pub(crate) static LINK_ID: Record = aligned("bpf_link_id_attr", &[arg("link_id", UINT)]);
pub(crate) static MAP_ID: Record = aligned(
    "bpf_map_id_attr",
    &[arg("map_id", UINT), GAP, arg("open_flags", Flags(W4, &OPEN_FLAGS)).when(since::<8>)],
);
pub(crate) static BTF_ID: Record = aligned(
    "bpf_btf_id_attr",
    &[
        arg("btf_id", UINT),
        GAP,
        arg("open_flags", Flags(W4, &OPEN_FLAGS)).when(since::<8>),
        arg("fd_by_id_token_fd", Fd).when(since::<8>),
    ],
);

/// A number that the kernel changes: as it was on entering, and as it is now.
fn show_changed(cx: &mut Plain<'_>, now: u64) {
    let before = cx.saved_here().unwrap_or(now);
    cx.show_change(&UINT, before, now);
}

/// As [`show_changed`], on entering. What has become of it is told by [`end_change`].
fn begin_change(cx: &mut Plain<'_>, before: u64) {
    cx.out.change_begin();
    cx.out.uint(before);
}

pub(crate) fn end_change(cx: &mut Plain<'_>, before: u64, now: u64) {
    if now != before {
        cx.out.changed();
        cx.out.uint(now);
    }
    cx.out.change_end();
}

fn show_info(cx: &mut Cx<'_>, addr: u64) {
    let (fd, len) = (cx.field("bpf_fd") as i32, cx.field("info_len"));
    crate::bpf_info::show(cx, fd, addr, len);
}

pub(crate) static INFO_BY_FD: Record = aligned(
    "bpf_info_attr",
    &[
        arg("bpf_fd", Fd).when(asked),
        arg("info_len", Scalar(W4, begin_change)).when(asked),
        arg(
            "info",
            ScalarHook(W8, &decode::Hook { dir: In, show: show_info, reads: crate::bpf_info::READS }),
        )
        .when(answered),
    ],
);

static IDS: Ty = UINT;
static ATTACH_FLAG_LIST: Ty = ATTACH_FLAG_WORD;

/// Whether the query has put its list there: as many elements as it has found.
fn has_list(cx: &Plain<'_>) -> bool {
    !cx.failed() || cx.field("prog_cnt") == 0
}

const QUERIED_IDS: Ty = Wide(&At(Late, &If(has_list, &Array(&IDS, Len::Field("prog_cnt")))));
const QUERIED_FLAGS: Ty = Wide(&At(Late, &If(has_list, &Array(&ATTACH_FLAG_LIST, Len::Field("prog_cnt")))));

pub(crate) static PROG_QUERY: Record = aligned(
    "bpf_prog_query_attr",
    &[
        TARGET.when(asked),
        ATTACH_TYPE.when(asked),
        arg("query_flags", Flags(W4, &QUERY_FLAGS)).when(asked),
        arg("attach_flags", ATTACH_FLAG_WORD).when(asked),
        arg("prog_ids", QUERIED_IDS).when(answered),
        arg("prog_cnt", Scalar(W4, show_changed)).when(answered),
        GAP,
        arg("prog_attach_flags", QUERIED_FLAGS).when(told::<32>),
        arg("link_ids", QUERIED_IDS).when(told::<40>),
        arg("link_attach_flags", QUERIED_FLAGS).when(told::<40>),
        arg("revision", X64).when(told::<40>),
    ],
);

pub(crate) static RAW_TRACEPOINT: Record = aligned(
    "bpf_raw_tracepoint_attr",
    &[arg("name", STR64), arg("prog_fd", Fd), GAP, arg("cookie", X64).when(since::<23>)],
);

/// BTF data of the size that stands beside it.
fn show_btf(cx: &mut Cx<'_>, addr: u64) {
    let size = cx.field("btf_size");
    cx.buffer(addr, size, Text::Plain);
}

pub(crate) static BTF_LOAD: Record = aligned(
    "bpf_btf_load_attr",
    &[
        arg(
            "btf",
            ScalarHook(
                W8,
                &decode::Hook {
                    dir: In,
                    show: show_btf,
                    reads: &[Stretch::to(Start::Here, CharArray(u32::MAX))],
                },
            ),
        )
        .when(asked),
        arg("btf_log_buf", ADDR64).when(asked),
        arg("btf_size", UINT).when(asked),
        arg("btf_log_size", UINT).when(asked),
        arg("btf_log_level", UINT).when(asked),
        arg("btf_log_true_size", UINT).when(told::<28>),
        arg("btf_flags", Flags(W4, &FILE_FLAGS)).when(told::<32>),
        arg("btf_token_fd", Fd).when(told::<32>),
    ],
);

pub(crate) static TASK_FD_QUERY: Record = aligned(
    "bpf_task_fd_query_attr",
    &[
        arg("pid", TGID).when(asked),
        arg("fd", Fd).when(asked),
        arg("flags", UINT).when(asked),
        arg("buf_len", Scalar(W4, begin_change)).when(asked),
        arg(
            "buf",
            ScalarHook(
                W8,
                &decode::Hook {
                    dir: In,
                    show: |cx, v| {
                        // What didn't fit is counted, and not there.
                        let len = cx.field("buf_len");
                        let room = cx.saved_here().unwrap_or(len);
                        cx.c_string(v, len.min(room) as usize);
                    },
                    reads: &[Stretch::to(Start::Here, Bytes(Len::Field("buf_len")))],
                },
            ),
        )
        .when(answered),
        arg("prog_id", UINT).when(answered),
        arg("fd_type", Enum(W4, &FD_TYPES)).when(answered),
        arg("probe_offset", X64).when(answered),
        arg("probe_addr", X64).when(answered),
    ],
);

pub(crate) static FREEZE: Record = aligned("bpf_freeze_attr", &[MAP_FD]);

const BATCH_TAIL: [Arg; 2] = [arg("count", UINT), arg("map_fd", Fd)];
pub(crate) static LOOKUP_BATCH: Record = aligned(
    "bpf_batch_attr",
    &[
        arg("in_batch", ADDR64),
        arg("out_batch", ADDR64),
        arg("keys", ADDR64),
        arg("values", ADDR64),
        BATCH_TAIL[0],
        BATCH_TAIL[1],
        arg("elem_flags", ELEMENT_FLAG_WORD),
        arg("flags", X64),
    ],
);
pub(crate) static UPDATE_BATCH: Record = aligned(
    "bpf_batch_attr",
    &[
        pad(16),
        arg("keys", ADDR64),
        arg("values", ADDR64),
        BATCH_TAIL[0],
        BATCH_TAIL[1],
        arg("elem_flags", UPDATE_FLAG_WORD),
        arg("flags", X64),
    ],
);
pub(crate) static DELETE_BATCH: Record = aligned(
    "bpf_batch_attr",
    &[
        pad(16),
        arg("keys", ADDR64),
        pad(8),
        BATCH_TAIL[0],
        BATCH_TAIL[1],
        arg("elem_flags", ELEMENT_FLAG_WORD),
        arg("flags", X64),
    ],
);

pub(crate) static LINK_UPDATE: Record = aligned(
    "bpf_link_update_attr",
    &[
        arg("link_fd", Fd),
        arg("new_prog_fd", Fd),
        arg("flags", ATTACH_FLAG_WORD),
        arg("old_prog_fd", Fd).when(|c| c.has(c.field("flags"), BPF_F_REPLACE)),
    ],
);
pub(crate) static ENABLE_STATS: Record = aligned("bpf_stats_attr", &[arg("type", Enum(W4, &STATS))]);
pub(crate) static ITER_CREATE: Record = aligned("bpf_iter_attr", &[arg("link_fd", Fd), arg("flags", X32)]);
pub(crate) static LINK_DETACH: Record = aligned("bpf_detach_attr", &[arg("link_fd", Fd)]);
pub(crate) static BIND_MAP: Record =
    aligned("bpf_bind_attr", &[arg("prog_fd", Fd), arg("map_fd", Fd), arg("flags", X32)]);
pub(crate) static TOKEN_CREATE: Record = aligned("bpf_token_attr", &[arg("flags", X32), arg("bpffs_fd", Fd)]);

/// What has been read of a program's output.
fn show_stream(cx: &mut Cx<'_>, addr: u64) {
    let len = cx.field("stream_buf_len");
    cx.buffer(addr, len, Text::Plain);
}

pub(crate) static STREAM_READ: Record = aligned(
    "bpf_stream_attr",
    &[
        arg(
            "stream_buf",
            ScalarHook(
                W8,
                &decode::Hook {
                    dir: In,
                    show: show_stream,
                    reads: &[Stretch::to(Start::Here, CharArray(u32::MAX))],
                },
            ),
        ),
        arg("stream_buf_len", UINT),
        arg("stream_id", UINT),
        arg("prog_fd", Fd),
    ],
);
pub(crate) static ASSOC_STRUCT_OPS: Record =
    aligned("bpf_assoc_attr", &[arg("map_fd", Fd), arg("prog_fd", Fd), arg("flags", X32)]);
