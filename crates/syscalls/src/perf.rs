//! Performance counters.

use crate::perf_names::{
    BRANCH_TYPES, BREAKPOINTS, CACHE_OPS, CACHE_RESULTS, CACHES, HARDWARE, READ_FORMATS, SAMPLE_TYPES, SIZES,
    SOFTWARE, TYPES,
};
use decode::Stretch;
use decode::class::DESC;
use decode::prelude::*;
use uapi::consts::*;

static OPEN_FLAGS: Names = names(
    "PERF_FLAG_???",
    &[PERF_FLAG_FD_NO_GROUP, PERF_FLAG_FD_OUTPUT, PERF_FLAG_PID_CGROUP, PERF_FLAG_FD_CLOEXEC],
);

/// The bits of the flag word, from the lowest on, up to `precise_ip`, which has two.
static BITS: [&str; 37] = [
    "disabled",
    "inherit",
    "pinned",
    "exclusive",
    "exclude_user",
    "exclude_kernel",
    "exclude_hv",
    "exclude_idle",
    "mmap",
    "comm",
    "freq",
    "inherit_stat",
    "enable_on_exec",
    "task",
    "watermark",
    "precise_ip",
    "mmap_data",
    "sample_id_all",
    "exclude_host",
    "exclude_guest",
    "exclude_callchain_kernel",
    "exclude_callchain_user",
    "mmap2",
    "comm_exec",
    "use_clockid",
    "context_switch",
    "write_backward",
    "namespaces",
    "ksymbol",
    "bpf_event",
    "aux_output",
    "cgroup",
    "text_poke",
    "build_id",
    "inherit_thread",
    "remove_on_exec",
    "sigtrap",
];
/// Where `precise_ip` begins.
const PRECISE_IP: u32 = 15;
/// The first bit without a name.
const RESERVED: u32 = 38;
static SKIDS: [&str; 4] = ["arbitrary skid", "constant skid", "requested to have 0 skid", "must have 0 skid"];

/// Some of the bits that other members depend on.
const FREQ: u32 = 10;
const WATERMARK: u32 = 14;
const USE_CLOCKID: u32 = 25;
/// Where the flag word is in the struct.
const FLAGS_AT: usize = 40;

fn has_bit(c: &Plain<'_>, bit: u32) -> bool {
    c.load(FLAGS_AT, 8) >> bit & 1 != 0
}

fn has_type(c: &Plain<'_>, kind: Const) -> bool {
    c.is(c.field("type"), kind)
}

fn samples(c: &Plain<'_>, what: Const) -> bool {
    c.exiting() && c.has(c.field("sample_type"), what)
}

/// What the kind of event makes of its number.
fn show_config(cx: &mut Plain<'_>, v: u64) {
    let (high, low) = (v >> 32, v & u64::from(u32::MAX));
    let table: &Names = if has_type(cx, PERF_TYPE_HARDWARE) {
        &HARDWARE
    } else if has_type(cx, PERF_TYPE_SOFTWARE) {
        &SOFTWARE
    } else if has_type(cx, PERF_TYPE_HW_CACHE) {
        return show_cache_config(cx, v);
    } else if has_type(cx, PERF_TYPE_TRACEPOINT) {
        return cx.out.uint(v);
    } else {
        return cx.out.hex(v);
    };
    // The high half of a hardware event's number says on which of several kinds of CPU.
    if high == 0 || !std::ptr::eq(table, &HARDWARE) {
        return cx.enumerated(W8, table, v);
    }
    cx.out.open(Kind::Terms);
    cx.out.item();
    cx.out.hex(high);
    cx.out.shifted(32);
    cx.out.item();
    cx.enumerated(W8, table, low);
    cx.out.close(Kind::Terms);
}

fn show_cache_config(cx: &mut Plain<'_>, v: u64) {
    cx.out.open(Kind::Terms);
    if v >> 32 != 0 {
        cx.out.item();
        cx.out.hex(v >> 32);
        cx.out.shifted(32);
    }
    if v >> 24 & 0xff != 0 {
        cx.out.item();
        cx.out.hex(v >> 24 & 0xff);
        cx.out.shifted(24);
    }
    for (table, shift) in [(&CACHE_RESULTS, 16), (&CACHE_OPS, 8), (&CACHES, 0)] {
        cx.out.item();
        cx.enumerated(W1, table, v >> shift & 0xff);
        if shift > 0 {
            cx.out.shifted(shift);
        }
    }
    cx.out.close(Kind::Terms);
}

/// Shows the flag word as the bit fields that C sees; of them only those that are set where things are shortened, and
/// `precise_ip`.
fn show_bits(cx: &mut Plain<'_>, offset: u64) {
    let word = cx.load(offset as usize, 8);
    let mut bit = 0;
    for name in BITS {
        let width = if bit == PRECISE_IP { 2 } else { 1 };
        let value = word >> bit & ((1 << width) - 1);
        if bit == PRECISE_IP || value != 0 || !cx.abbrev() {
            cx.out.field(name);
            cx.out.uint(value);
        }
        if bit == PRECISE_IP {
            cx.out.note(SKIDS.get(value as usize).copied().unwrap_or_default());
        }
        bit += width;
    }
    if word >> RESERVED != 0 {
        cx.out.field("__reserved_1");
        cx.out.hex(word >> RESERVED);
        cx.out.note("Bits 63..38");
    }
}

/// The word beside `aux_sample_size`: more bit fields.
fn show_aux_bits(cx: &mut Plain<'_>, offset: u64) {
    let word = cx.load(offset as usize, 4);
    for (bit, name) in ["aux_start_paused", "aux_pause", "aux_resume"].into_iter().enumerate() {
        cx.out.field(name);
        cx.out.uint(word >> bit & 1);
    }
    if word >> 3 != 0 {
        cx.out.field("__reserved_3");
        cx.out.hex(word >> 3);
        cx.out.note("Bits 931..959");
    }
}

/// A member that has one of two names: its type decides which, and how it is shown.
fn show_named(
    cx: &mut Plain<'_>,
    offset: u64,
    bytes: usize,
    name: &'static str,
    show: fn(&mut Plain<'_>, u64),
) {
    cx.out.field(name);
    let v = cx.load(offset as usize, bytes);
    show(cx, v);
}

fn show_period(cx: &mut Plain<'_>, offset: u64) {
    let name = if has_bit(cx, FREQ) { "sample_freq" } else { "sample_period" };
    show_named(cx, offset, 8, name, |cx, v| cx.out.uint(v));
}

fn show_wakeup(cx: &mut Plain<'_>, offset: u64) {
    let name = if has_bit(cx, WATERMARK) { "wakeup_watermark" } else { "wakeup_events" };
    show_named(cx, offset, 4, name, |cx, v| cx.out.uint(v));
}

fn show_config1(cx: &mut Plain<'_>, offset: u64) {
    let name = if has_type(cx, PERF_TYPE_BREAKPOINT) { "bp_addr" } else { "config1" };
    show_named(cx, offset, 8, name, |cx, v| cx.out.hex(v));
}

fn show_config2(cx: &mut Plain<'_>, offset: u64) {
    match has_type(cx, PERF_TYPE_BREAKPOINT) {
        true => show_named(cx, offset, 8, "bp_len", |cx, v| cx.out.uint(v)),
        false => show_named(cx, offset, 8, "config2", |cx, v| cx.out.hex(v)),
    }
}

/// Bytes without a meaning, told where they are not zero.
fn show_reserved_2(cx: &mut Plain<'_>, offset: u64) {
    let bytes = cx.load(offset as usize, 2);
    cx.out.note(&format!("bytes 110..111: {bytes:#x}"));
}

const fn later(a: Arg) -> Arg {
    a.when(|c| c.exiting())
}

/// `struct perf_event_attr`. The first two members are told on entering, since the kernel may change the second; the
/// others on exiting.
pub(crate) static ATTR: Record = record(
    "perf_event_attr",
    &[
        arg("type", Enum(W4, &TYPES)).when(|c| !c.exiting()),
        arg("size", Enum(W4, &SIZES)).when(|c| !c.exiting()),
        later(arg("config", Scalar(W8, show_config))),
        later(arg("", Inline([8; 3], 8, show_period))),
        later(arg("sample_type", Flags(W8, &SAMPLE_TYPES))),
        later(arg("read_format", Flags(W8, &READ_FORMATS))),
        later(arg("", Inline([8; 3], 8, show_bits))),
        later(arg("", Inline([4; 3], 4, show_wakeup))).verbose(),
        arg("bp_type", Scalar(W4, show_breakpoint))
            .when(|c| c.exiting() && has_type(c, PERF_TYPE_BREAKPOINT))
            .verbose(),
        later(arg("", Inline([8; 3], 8, show_config1))).verbose(),
        later(arg("", Inline([8; 3], 8, show_config2))).verbose(),
        arg("branch_sample_type", Flags(W8, &BRANCH_TYPES))
            .when(|c| samples(c, PERF_SAMPLE_BRANCH_STACK))
            .verbose(),
        later(arg("sample_regs_user", X64)).verbose(),
        arg("sample_stack_user", X32).when(|c| samples(c, PERF_SAMPLE_STACK_USER)).verbose(),
        arg("clockid", Enum(W4, &crate::futex::CLOCKS))
            .when(|c| c.exiting() && has_bit(c, USE_CLOCKID))
            .verbose(),
        later(arg("sample_regs_intr", X64)).verbose(),
        later(arg("aux_watermark", UINT)).verbose(),
        later(arg("sample_max_stack", U16)).verbose(),
        arg("", Inline([2; 3], 2, show_reserved_2)).when(|c| c.exiting()).nonzero().verbose(),
        later(arg("aux_sample_size", UINT)).verbose(),
        later(arg("", Inline([4; 3], 4, show_aux_bits))).verbose(),
        later(arg("sig_data", X64)).verbose(),
        later(arg("config3", X64)).verbose(),
        later(arg("config4", X64)).verbose(),
    ],
);

/// The sizes that the struct has had: `PERF_ATTR_SIZE_VER0`, and now.
const MIN_SIZE: u64 = 64;
const MAX_SIZE: usize = 144;
/// What is read of it where things are shortened: up to the bits.
const ABBREV_SIZE: usize = 48;

/// Shows when a breakpoint stops: execution stands alone, with what it must not go together it is invalid.
fn show_breakpoint(cx: &mut Plain<'_>, v: u64) {
    let all = HW_BREAKPOINT_RW.v() | HW_BREAKPOINT_X.v();
    if v > HW_BREAKPOINT_X.v() && v <= all {
        return cx.out.symbolic(v, Base::Hex, &[], "HW_BREAKPOINT_INVALID");
    }
    cx.enumerated(W4, &BREAKPOINTS, v);
}

/// As many bytes as the members have of which any byte is given: one of which only a part is given counts as whole.
fn whole_members(cx: &Plain<'_>, given: usize) -> usize {
    let places = ATTR.layout(cx.abi).offsets.iter().zip(ATTR.fields);
    let begun = places.filter(|(offset, _)| usize::from(**offset) < given);
    begun.map(|(offset, field)| usize::from(*offset) + cx.size_of(&field.ty)).max().unwrap_or(0).min(MAX_SIZE)
}

/// Shows a `struct perf_event_attr`: on exiting what comes after the part that was shown on entering.
pub(crate) fn show_attr(cx: &mut Cx<'_>, addr: u64) {
    let size = if cx.exiting() {
        let Some(size) = cx.saved_here() else { return };
        size
    } else {
        let size = if addr == 0 { None } else { cx.read_u32(addr.wrapping_add(4)) };
        u64::from(size.unwrap_or(1))
    };
    // None stands for the first version's.
    let given = if size == 0 { MIN_SIZE } else { size };
    let mut raw = [0; MAX_SIZE];
    let shown = given.min(MAX_SIZE as u64) as usize;
    let needed = if cx.abbrev() { ABBREV_SIZE } else { shown };
    let readable = given >= MIN_SIZE && cx.options.verbose && cx.read(addr, &mut raw[..needed]);
    let shown = whole_members(cx, shown);
    if !cx.exiting() {
        if !readable {
            return cx.out.addr(addr);
        }
        cx.save(size);
        cx.out.open(Kind::Struct);
        return cx.members_from(&ATTR, &raw[..shown], addr);
    }
    if cx.error() == uapi::errno::number("E2BIG") {
        cx.out.changed();
        let size = ATTR.number("size", &raw, cx.abi);
        cx.enumerated(W4, &SIZES, size);
    }
    cx.members_from(&ATTR, &raw[..shown], addr);
    if given > MAX_SIZE as u64 && !cx.abbrev() {
        cx.out.more();
    }
    cx.out.close(Kind::Struct);
}

pub(crate) static ROWS: &[Syscall] = &[syscall(
    "perf_event_open",
    DESC,
    Ret::Fd,
    &[
        arg(
            "attr",
            Hook(&decode::Hook { dir: InOut, show: show_attr, reads: &[Stretch::arg(0, MAX_SIZE as u32)] }),
        ),
        arg("pid", INT),
        arg("cpu", INT),
        arg("group_fd", Fd),
        arg("flags", Flags(Long, &OPEN_FLAGS)),
    ],
)];
