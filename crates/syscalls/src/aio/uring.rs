//! Setting a ring up, and entering it.

use crate::common::{TIMESPEC64, show_sigset_at};
use decode::prelude::*;
use uapi::consts::*;

/// What kind of ring it is to be.
pub(super) static SETUP_FLAGS: Names = names(
    "IORING_SETUP_???",
    &[
        IORING_SETUP_IOPOLL,
        IORING_SETUP_SQPOLL,
        IORING_SETUP_SQ_AFF,
        IORING_SETUP_CQSIZE,
        IORING_SETUP_CLAMP,
        IORING_SETUP_ATTACH_WQ,
        IORING_SETUP_R_DISABLED,
        IORING_SETUP_SUBMIT_ALL,
        IORING_SETUP_COOP_TASKRUN,
        IORING_SETUP_TASKRUN_FLAG,
        IORING_SETUP_SQE128,
        IORING_SETUP_CQE32,
        IORING_SETUP_SINGLE_ISSUER,
        IORING_SETUP_DEFER_TASKRUN,
        IORING_SETUP_NO_MMAP,
        IORING_SETUP_REGISTERED_FD_ONLY,
        IORING_SETUP_NO_SQARRAY,
        IORING_SETUP_HYBRID_IOPOLL,
        IORING_SETUP_CQE_MIXED,
        IORING_SETUP_SQE_MIXED,
        IORING_SETUP_SQ_REWIND,
    ],
);
/// What the kernel can do.
pub(super) static FEATURES: Names = names(
    "IORING_FEAT_???",
    &[
        IORING_FEAT_SINGLE_MMAP,
        IORING_FEAT_NODROP,
        IORING_FEAT_SUBMIT_STABLE,
        IORING_FEAT_RW_CUR_POS,
        IORING_FEAT_CUR_PERSONALITY,
        IORING_FEAT_FAST_POLL,
        IORING_FEAT_POLL_32BITS,
        IORING_FEAT_SQPOLL_NONFIXED,
        IORING_FEAT_EXT_ARG,
        IORING_FEAT_NATIVE_WORKERS,
        IORING_FEAT_RSRC_TAGS,
        IORING_FEAT_CQE_SKIP,
        IORING_FEAT_LINKED_FILE,
        IORING_FEAT_REG_REG_RING,
        IORING_FEAT_RECVSEND_BUNDLE,
        IORING_FEAT_MIN_TIMEOUT,
        IORING_FEAT_RW_ATTR,
        IORING_FEAT_NO_IOWAIT,
    ],
);
/// How a ring is entered.
pub(super) static ENTER_FLAGS: Names = names(
    "IORING_ENTER_???",
    &[
        IORING_ENTER_GETEVENTS,
        IORING_ENTER_SQ_WAKEUP,
        IORING_ENTER_SQ_WAIT,
        IORING_ENTER_EXT_ARG,
        IORING_ENTER_REGISTERED_RING,
        IORING_ENTER_ABS_TIMER,
        IORING_ENTER_EXT_ARG_REG,
        IORING_ENTER_NO_IOWAIT,
    ],
);

/// `struct io_sqring_offsets`.
static SQ_OFFSETS: Record = record(
    "io_sqring_offsets",
    &[
        arg("head", UINT),
        arg("tail", UINT),
        arg("ring_mask", UINT),
        arg("ring_entries", UINT),
        arg("flags", UINT),
        arg("dropped", UINT),
        arg("array", UINT),
        arg("resv1", X32).nonzero(),
        arg("user_addr", X64),
    ],
);
/// `struct io_cqring_offsets`.
static CQ_OFFSETS: Record = record(
    "io_cqring_offsets",
    &[
        arg("head", UINT),
        arg("tail", UINT),
        arg("ring_mask", UINT),
        arg("ring_entries", UINT),
        arg("overflow", UINT),
        arg("cqes", UINT),
        arg("flags", UINT),
        arg("resv1", X32).nonzero(),
        arg("user_addr", X64),
    ],
);
/// What the tracee says in a `struct io_uring_params` (io_uring_setup(2)).
static PARAMS_IN: Record = record(
    "io_uring_params",
    &[
        pad(8),
        arg("flags", Flags(W4, &SETUP_FLAGS)),
        arg("sq_thread_cpu", X32),
        arg("sq_thread_idle", UINT),
        pad(4),
        arg("wq_fd", Fd).when(|cx| cx.field("flags") & IORING_SETUP_ATTACH_WQ.v() != 0),
        arg("resv", Array(&X32, Len::Const(3))).nonzero(),
        pad(80),
    ],
);
/// What the kernel says in it.
static PARAMS_OUT: Record = record(
    "io_uring_params",
    &[
        arg("sq_entries", UINT),
        arg("cq_entries", UINT),
        pad(12),
        arg("features", Flags(W4, &FEATURES)),
        pad(16),
        arg("sq_off", Struct(&SQ_OFFSETS)),
        arg("cq_off", Struct(&CQ_OFFSETS)),
    ],
);

/// Parameters: first those that the tracee gives, then those that the kernel adds.
pub(super) const PARAMS: Ty = At(InOut, &FILLED_PARAMS);
static FILLED_PARAMS: Ty = Filled(&Struct(&PARAMS_IN), &Struct(&PARAMS_OUT));

/// `struct io_uring_getevents_arg` (io_uring_enter(2)).
static GETEVENTS_ARG: Record = record(
    "io_uring_getevents_arg",
    &[
        arg("sigmask", Wide(&At(In, &Form(Len::Field("sigmask_sz"), show_sigset_at)))),
        arg("sigmask_sz", UINT),
        arg("min_wait_usec", UINT),
        arg("ts", Wide(&At(In, &Struct(&TIMESPEC64)))),
    ],
);
static GETEVENTS_TY: Ty = Struct(&GETEVENTS_ARG);

/// The flags that say what `io_uring_enter` waits with.
pub(super) const ARG_BITS: u32 = (IORING_ENTER_EXT_ARG.value | IORING_ENTER_EXT_ARG_REG.value) as u32;
/// A struct, or where one is in a registered region.
pub(super) static ENTER_CASES: &[Case] = &[
    case(&[IORING_ENTER_EXT_ARG], &[arg("arg", At(In, &GETEVENTS_TY)), arg("argsz", KULONG)], Ret::Dec),
    case(&[IORING_ENTER_EXT_ARG_REG], &[arg("arg", KULONG), arg("argsz", KULONG)], Ret::Dec),
];
/// A set of signals.
pub(super) static ENTER_OTHER: &[Arg] = &[arg("sigset", At(In, &SIGSET)), arg("sigsetsize", KULONG)];
static SIGSET: Ty = Form(Len::Arg(5), show_sigset_at);
