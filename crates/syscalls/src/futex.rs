//! Futexes: waiting on a word of memory.

use crate::common::{ADDR64, TIMESPEC, TIMESPEC64};
use decode::Stretch;
use decode::class::NONE;
use decode::prelude::*;
use uapi::consts::*;

/// The operations as programs write them: with their flags where these have a name together.
static OPERATIONS: Names = names(
    "FUTEX_???",
    &[
        FUTEX_WAIT,
        FUTEX_WAKE,
        FUTEX_FD,
        FUTEX_REQUEUE,
        FUTEX_CMP_REQUEUE,
        FUTEX_WAKE_OP,
        FUTEX_LOCK_PI,
        FUTEX_UNLOCK_PI,
        FUTEX_TRYLOCK_PI,
        FUTEX_WAIT_BITSET,
        FUTEX_WAKE_BITSET,
        FUTEX_WAIT_REQUEUE_PI,
        FUTEX_CMP_REQUEUE_PI,
        FUTEX_LOCK_PI2,
        FUTEX_WAIT_PRIVATE,
        FUTEX_WAKE_PRIVATE,
        FUTEX_REQUEUE_PRIVATE,
        FUTEX_CMP_REQUEUE_PRIVATE,
        FUTEX_WAKE_OP_PRIVATE,
        FUTEX_LOCK_PI_PRIVATE,
        FUTEX_UNLOCK_PI_PRIVATE,
        FUTEX_TRYLOCK_PI_PRIVATE,
        FUTEX_WAIT_BITSET_PRIVATE,
        FUTEX_WAKE_BITSET_PRIVATE,
        FUTEX_WAIT_REQUEUE_PI_PRIVATE,
        FUTEX_CMP_REQUEUE_PI_PRIVATE,
        FUTEX_LOCK_PI2_PRIVATE,
    ],
);

/// Operations that may take `FUTEX_CLOCK_REALTIME`; for others it is an error.
static WITH_CLOCK: Names = names(
    "",
    &[
        FUTEX_WAIT,
        FUTEX_WAIT_BITSET,
        FUTEX_WAIT_REQUEUE_PI,
        FUTEX_WAIT_PRIVATE,
        FUTEX_WAIT_BITSET_PRIVATE,
        FUTEX_WAIT_REQUEUE_PI_PRIVATE,
    ],
);

static UNLOCK_OPERATIONS: Names = names(
    "FUTEX_???",
    &[
        FUTEX_UNLOCK_WAKE_LIST64,
        FUTEX_UNLOCK_PI_LIST64,
        FUTEX_UNLOCK_BITSET_LIST64,
        FUTEX_UNLOCK_WAKE_LIST64_PRIVATE,
        FUTEX_UNLOCK_PI_LIST64_PRIVATE,
        FUTEX_UNLOCK_BITSET_LIST64_PRIVATE,
        FUTEX_UNLOCK_WAKE_LIST32,
        FUTEX_UNLOCK_PI_LIST32,
        FUTEX_UNLOCK_BITSET_LIST32,
        FUTEX_UNLOCK_WAKE_LIST32_PRIVATE,
        FUTEX_UNLOCK_PI_LIST32_PRIVATE,
        FUTEX_UNLOCK_BITSET_LIST32_PRIVATE,
    ],
);

static WAKE_OPS: Names =
    names("FUTEX_OP_???", &[FUTEX_OP_SET, FUTEX_OP_ADD, FUTEX_OP_OR, FUTEX_OP_ANDN, FUTEX_OP_XOR]);
static WAKE_COMPARISONS: Names = names(
    "FUTEX_OP_CMP_???",
    &[FUTEX_OP_CMP_EQ, FUTEX_OP_CMP_NE, FUTEX_OP_CMP_LT, FUTEX_OP_CMP_LE, FUTEX_OP_CMP_GT, FUTEX_OP_CMP_GE],
);
pub(crate) static CLOCKS: Names = names(
    "CLOCK_???",
    &[
        CLOCK_REALTIME,
        CLOCK_MONOTONIC,
        CLOCK_PROCESS_CPUTIME_ID,
        CLOCK_THREAD_CPUTIME_ID,
        CLOCK_MONOTONIC_RAW,
        CLOCK_REALTIME_COARSE,
        CLOCK_MONOTONIC_COARSE,
        CLOCK_BOOTTIME,
        CLOCK_REALTIME_ALARM,
        CLOCK_BOOTTIME_ALARM,
        CLOCK_SGI_CYCLE,
        CLOCK_TAI,
    ],
);
static BITSETS: Names = names("", &[FUTEX_BITSET_MATCH_ANY]);
static FUTEX2_SIZES: Names = names("", &[FUTEX2_SIZE_U8, FUTEX2_SIZE_U16, FUTEX2_SIZE_U32, FUTEX2_SIZE_U64]);
static FUTEX2_FLAGS: Names = names("", &[FUTEX2_NUMA, FUTEX2_MPOL, FUTEX2_PRIVATE]);

fn show_operation(cx: &mut Plain<'_>, op: u64) {
    let all = u64::from(u32::MAX);
    let clock = FUTEX_CLOCK_REALTIME.v();
    let mut parts = Parts::new();
    if let Some(name) = OPERATIONS.find(op, all, cx.abi).or_else(|| UNLOCK_OPERATIONS.find(op, all, cx.abi)) {
        parts.push(Part::Name(name));
    } else if let Some(name) = WITH_CLOCK.find(op & !clock, all, cx.abi) {
        parts.push(Part::Name(name));
        parts.push(Part::Name(FUTEX_CLOCK_REALTIME.name));
    } else if op == FUTEX_FD.v() | FUTEX_PRIVATE_FLAG.v() {
        parts.push(Part::Name(FUTEX_FD.name));
        parts.push(Part::Name(FUTEX_PRIVATE_FLAG.name));
    }
    cx.out.symbolic(op, Base::Hex, parts.as_slice(), OPERATIONS.unknown);
}

/// Shows a part of a wake operation that has a name of its own, shifted to where it stands.
fn show_shifted(cx: &mut Plain<'_>, table: &Names, v: u64, bits: u32) {
    cx.out.item();
    match table.find(v, u64::MAX, cx.abi).filter(|_| cx.out.names()) {
        Some(name) => {
            cx.named(v, Base::Hex, name);
            cx.out.shifted(bits);
        }
        // Without names, all are unknown.
        None => {
            cx.out.hex(v);
            cx.out.shifted(bits);
            cx.out.note(table.unknown);
        }
    }
}

/// `FUTEX_WAKE_OP` packs what to do with the second futex, and when to wake, into one word.
fn show_wake_op(cx: &mut Plain<'_>, v: u64) {
    let (op, compare) = (v >> 28 & 7, v >> 24 & 0xf);
    cx.out.open(Kind::Terms);
    if v >> 28 & FUTEX_OP_OPARG_SHIFT.v() != 0 {
        cx.out.item();
        cx.named(FUTEX_OP_OPARG_SHIFT.v(), Base::Hex, FUTEX_OP_OPARG_SHIFT.name);
        cx.out.shifted(28);
    }
    show_shifted(cx, &WAKE_OPS, op, 28);
    cx.out.item();
    cx.out.hex(v >> 12 & 0xfff);
    cx.out.shifted(12);
    show_shifted(cx, &WAKE_COMPARISONS, compare, 24);
    cx.out.item();
    cx.out.hex(v & 0xfff);
    cx.out.close(Kind::Terms);
}

/// The low two bits of a new-style futex's flags are its size.
fn show_futex2_flags(cx: &mut Plain<'_>, v: u64) {
    let mut parts = Parts::new();
    let size = v & FUTEX2_SIZE_MASK.v();
    if let Some(name) = FUTEX2_SIZES.find(size, u64::MAX, cx.abi) {
        parts.push(Part::Name(name));
    }
    let rest = parts.push_flags(v & !FUTEX2_SIZE_MASK.v(), u64::MAX, &FUTEX2_FLAGS, cx.abi);
    cx.flags_rest(v, parts, rest, "");
}
const FUTEX2_FLAG_WORD: Ty = Scalar(W4, show_futex2_flags);

/// `struct futex_waitv`.
static FUTEX_WAITV: Record = record(
    "futex_waitv",
    &[
        arg("val", X64),
        arg("uaddr", ADDR64),
        arg("flags", FUTEX2_FLAG_WORD),
        arg("__reserved", X32).nonzero(),
    ],
);

/// The futexes that `futex_waitv` waits for; beyond the most that there may be, one stands for all.
static WAITERS: decode::Hook = decode::Hook {
    dir: In,
    show: |cx, addr| {
        const MOST: u64 = FUTEX_WAITV_MAX.v();
        let count = cx.arg(1) & u64::from(u32::MAX);
        let size = FUTEX_WAITV.size(cx.abi);
        cx.array_with(addr, count.min(MOST + 1), size, |cx, i, offset, at| {
            if i == MOST {
                return cx.out.word("...");
            }
            let waiter = cx.element(offset, size).to_vec();
            cx.record_from(&FUTEX_WAITV, &waiter, at);
        });
    },
    reads: &[Stretch::arg(0, 129 * 24)],
};

const UADDR: Arg = arg("uaddr", Addr);
const VAL: Arg = arg("val", UINT);
const VAL2: Arg = arg("val2", UINT);
const UADDR2: Arg = arg("uaddr2", Addr);
const VAL3: Arg = arg("val3", UINT);
const BITSET: Arg = arg("val3", Enum(W4, &BITSETS));
const SKIP: Arg = arg("unused", X32).when(|_| false);

/// The bits of an operation that are no flags, `FUTEX_CMD_MASK`, but for those of newer kernels.
const COMMAND: u32 = 0x7f;

/// The arguments of each operation behind the operation itself, with a type for the time-out.
macro_rules! operations {
    ($timeout:expr) => {
        &[
            case(&[FUTEX_WAIT], &[VAL, $timeout], Ret::Dec),
            case(&[FUTEX_WAKE], &[VAL], Ret::Dec),
            case(&[FUTEX_FD], &[VAL], Ret::Fd),
            case(&[FUTEX_REQUEUE], &[VAL, VAL2, UADDR2], Ret::Dec),
            case(&[FUTEX_CMP_REQUEUE, FUTEX_CMP_REQUEUE_PI], &[VAL, VAL2, UADDR2, VAL3], Ret::Dec),
            case(&[FUTEX_WAKE_OP], &[VAL, VAL2, UADDR2, arg("val3", Scalar(W4, show_wake_op))], Ret::Dec),
            case(&[FUTEX_LOCK_PI, FUTEX_LOCK_PI2], &[SKIP, $timeout], Ret::Dec),
            case(&[FUTEX_UNLOCK_PI, FUTEX_TRYLOCK_PI], &[], Ret::Dec),
            case(&[FUTEX_WAIT_BITSET], &[VAL, $timeout, SKIP, BITSET], Ret::Dec),
            case(&[FUTEX_WAKE_BITSET], &[VAL, SKIP, SKIP, BITSET], Ret::Dec),
            case(&[FUTEX_WAIT_REQUEUE_PI], &[VAL, $timeout, UADDR2], Ret::Dec),
        ]
    };
}

static OPERATIONS_PLAIN: &[Case] = operations!(arg("timeout", At(In, &Struct(&TIMESPEC))));
static OPERATIONS_TIME64: &[Case] = operations!(arg("timeout", At(In, &Struct(&TIMESPEC64))));
static OTHER: &[Arg] = &[VAL, arg("timeout", Addr), UADDR2, arg("val3", X32)];
const OPERATION: Arg = arg("futex_op", Scalar(W4, show_operation));

/// The time of newer calls has 64 bits on every ABI.
static TIME64: Ty = Struct(&TIMESPEC64);
const TIMEOUT64: Arg = arg("timeout", At(In, &TIME64));
const CLOCK: Arg = arg("clockid", Enum(W4, &CLOCKS));

pub(crate) static ROWS: &[Syscall] = &[
    syscall("futex", NONE, Ret::Dec, &[UADDR, OPERATION]).switch_masked(1, COMMAND, OPERATIONS_PLAIN, OTHER),
    syscall("futex_time64", NONE, Ret::Dec, &[UADDR, OPERATION]).switch_masked(
        1,
        COMMAND,
        OPERATIONS_TIME64,
        OTHER,
    ),
    syscall(
        "futex_waitv",
        NONE,
        Ret::Dec,
        &[arg("waiters", Hook(&WAITERS)), arg("nr_futexes", UINT), arg("flags", X32), TIMEOUT64, CLOCK],
    ),
    syscall(
        "futex_wake",
        NONE,
        Ret::Dec,
        &[UADDR, arg("mask", Scalar(Long, show_mask)), arg("nr", INT), arg("flags", FUTEX2_FLAG_WORD)],
    ),
    syscall(
        "futex_wait",
        NONE,
        Ret::Dec,
        &[
            UADDR,
            arg("val", ULONG),
            arg("mask", Scalar(Long, show_mask)),
            arg("flags", FUTEX2_FLAG_WORD),
            TIMEOUT64,
            CLOCK,
        ],
    ),
    syscall(
        "futex_requeue",
        NONE,
        Ret::Dec,
        &[
            arg("waiters", At(In, &Array(&Struct(&FUTEX_WAITV), Len::Const(2)))),
            arg("flags", X32),
            arg("nr_wake", INT),
            arg("nr_requeue", INT),
        ],
    ),
    syscall("set_robust_list", NONE, Ret::Dec, &[arg("addr", Addr), arg("length", ULONG)]),
    syscall(
        "get_robust_list",
        NONE,
        Ret::Dec,
        &[arg("pid", TGID), arg("head_ptr", At(Out, &Addr)), arg("len_ptr", At(Out, &ULONG))],
    ),
];

/// A new-style mask has the bits of a `long`, though only 32 count.
fn show_mask(cx: &mut Plain<'_>, mask: u64) {
    match BITSETS.find(mask, u64::MAX, cx.abi) {
        Some(name) => cx.named(mask, Base::Hex, name),
        None => cx.out.hex(mask),
    }
}
