//! Restartable sequences: an area that the kernel keeps up to date for a thread.

use decode::Stretch;
use decode::class::NONE;
use decode::prelude::*;
use uapi::consts::*;

static CALL_FLAGS: Names = names("RSEQ_FLAG_???", &[RSEQ_FLAG_UNREGISTER, RSEQ_FLAG_SLICE_EXT_DEFAULT_ON]);
static AREA_FLAGS: Names = names(
    "RSEQ_CS_FLAG_???",
    &[
        RSEQ_CS_FLAG_NO_RESTART_ON_PREEMPT,
        RSEQ_CS_FLAG_NO_RESTART_ON_SIGNAL,
        RSEQ_CS_FLAG_NO_RESTART_ON_MIGRATE,
        RSEQ_CS_FLAG_SLICE_EXT_AVAILABLE,
        RSEQ_CS_FLAG_SLICE_EXT_ENABLED,
    ],
);
static CPU_IDS: Names = names("", &[RSEQ_CPU_ID_UNINITIALIZED, RSEQ_CPU_ID_REGISTRATION_FAILED]);

/// A CPU's number, or why there is none.
const CPU_ID: Ty = Scalar(W4, |cx, v| match CPU_IDS.find(v, u64::from(u32::MAX), cx.abi) {
    // Those without a number are negative.
    Some(name) => cx.named(sign_extend(v, 4) as u64, Base::Dec, name),
    None => cx.out.uint(v),
});

/// `struct rseq_cs`, which describes a sequence.
static RSEQ_CS: Record = record(
    "rseq_cs",
    &[
        arg("version", UINT),
        arg("flags", Flags(W4, &AREA_FLAGS)),
        arg("start_ip", X64),
        arg("post_commit_offset", X64),
        arg("abort_ip", X64),
    ],
);

/// Shows the sequence that the thread is in, and its address, which has 64 bits on every ABI.
fn show_critical_section(cx: &mut Cx<'_>, pointer: u64) {
    let addr = pointer & cx.mask(Long);
    let len = RSEQ_CS.size(cx.abi);
    let mut bytes = [0; 32];
    if addr == 0 || !cx.read(addr, &mut bytes[..len]) {
        return cx.out.addr(pointer);
    }
    cx.record_from(&RSEQ_CS, &bytes[..len], addr);
    cx.out.remark(Remark::From(addr));
}

static SLICE_CTRL: Record =
    record("rseq_slice_ctrl", &[arg("request", U8), arg("granted", U8), arg("__reserved", X16)]);

/// Where the critical section is: half of its 64 bits count on ABIs of 32 bits.
static CRITICAL: Record = record("rseq", &[pad(8), arg("rseq_cs", At(In, &Bytes(Len::Const(32))))]);

/// `struct rseq` as far as it has a meaning.
static RSEQ: Record = record(
    "rseq",
    &[
        arg("cpu_id_start", CPU_ID),
        arg("cpu_id", CPU_ID),
        arg("rseq_cs", ScalarHook(W8, &decode::Hook { dir: In, show: show_critical_section, reads: &[] })),
        arg("flags", Flags(W4, &AREA_FLAGS)),
        arg("node_id", UINT),
        arg("mm_cid", UINT),
        arg("slice_ctrl", Struct(&SLICE_CTRL)),
        arg("__reserved", X8),
    ],
);

/// The size of the first version's area, in bytes.
const MIN_SIZE: u64 = 32;
/// What an area's address is a multiple of.
const ALIGN: u64 = 32;
/// As far as [`RSEQ`] goes.
const KNOWN: u64 = 33;

fn show_area(cx: &mut Cx<'_>, addr: u64) {
    let size = cx.arg(1) & u64::from(u32::MAX);
    let mut bytes = [0; 40];
    let given = size.min(KNOWN) as usize;
    if size < MIN_SIZE
        || !addr.is_multiple_of(ALIGN)
        || addr == 0
        || !cx.options.verbose
        || !cx.read(addr, &mut bytes[..given])
    {
        return cx.out.addr(addr);
    }
    cx.record_from(&RSEQ, &bytes, addr);
}

pub(crate) static ROWS: &[Syscall] = &[
    syscall(
        "rseq",
        NONE,
        Ret::Dec,
        &[
            arg(
                "rseq",
                Hook(&decode::Hook {
                    dir: In,
                    show: show_area,
                    reads: &[Stretch::arg(0, KNOWN as u32), Stretch::to(Start::Here, Struct(&CRITICAL))],
                }),
            ),
            arg("rseq_len", UINT),
            arg("flags", Flags(W4, &CALL_FLAGS)),
            arg("sig", X32),
        ],
    ),
    syscall("rseq_slice_yield", NONE, Ret::Dec, &[]),
];
