//! Restartable sequences: an area that the kernel keeps up to date for a thread.

use crate::common::ADDR64;
use decode::Reads;
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

static SLICE_CTRL: Record =
    record("rseq_slice_ctrl", &[arg("request", U8), arg("granted", U8), arg("__reserved", X16)]);

/// `struct rseq` as far as it has a meaning.
static RSEQ: Record = record(
    "rseq",
    &[
        arg("cpu_id_start", UINT),
        arg("cpu_id", CPU_ID),
        arg("rseq_cs", ADDR64),
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
                    reads: &[Reads { arg: 0, max: KNOWN as u32 }],
                }),
            ),
            arg("rseq_len", UINT),
            arg("flags", Flags(W4, &CALL_FLAGS)),
            arg("sig", X32),
        ],
    ),
    syscall("rseq_slice_yield", NONE, Ret::Dec, &[]),
];
