//! Input and output in the background: `io_submit` and its kin, and io_uring.

mod query;
mod register;
mod uring;
mod zcrx;

use crate::common::{TIMESPEC, TIMESPEC64, show_sigset_at, uncommon};
use crate::iov::RWF_FLAGS;
use crate::iovec::show_iov;
use crate::poll::POLL_EVENTS;
use crate::resource::show_request_ioprio;
use decode::class::{DESC, MEMORY, NONE, SIGNAL};
use decode::prelude::*;
use uapi::consts::*;

static OPCODES: Names = names(
    "IOCB_CMD_???",
    &[
        IOCB_CMD_PREAD,
        IOCB_CMD_PWRITE,
        IOCB_CMD_FSYNC,
        IOCB_CMD_FDSYNC,
        // Defined, but never implemented.
        uncommon("IOCB_CMD_PREADX", 4),
        IOCB_CMD_POLL,
        IOCB_CMD_NOOP,
        IOCB_CMD_PREADV,
        IOCB_CMD_PWRITEV,
    ],
);
static IOCB_FLAGS: Names = names("IOCB_FLAG_???", &[IOCB_FLAG_RESFD, IOCB_FLAG_IOPRIO]);

/// An operation, whose number is shown in decimal.
const OPCODE: Ty = Scalar(W2, |cx, v| match OPCODES.find(v, u64::MAX, cx.abi) {
    Some(name) => cx.named(v, Base::Udec, name),
    None => cx.out.symbolic(v, Base::Udec, &[], OPCODES.unknown),
});
/// A priority: an I/O priority if a flag says so, else one of POSIX's.
const REQPRIO: Ty = Scalar(W2, |cx, v| {
    if cx.field("aio_flags") & IOCB_FLAG_IOPRIO.v() != 0 {
        show_request_ioprio(cx, v);
    } else {
        cx.out.int(i64::from(v as i16));
    }
});
/// What an operation works on: data, buffers or events.
const BUF: Ty = ScalarHook(
    W8,
    &decode::Hook {
        dir: In,
        show: |cx, v| {
            let len = cx.field("aio_nbytes");
            match opcode(cx) {
                Operation::Write => cx.buffer(v, len, Text::Plain),
                Operation::Vector => show_addresses(cx, v, len),
                Operation::Poll => cx.flags(W8, &POLL_EVENTS, v),
                Operation::Read | Operation::Other => cx.out.hex(v),
            }
        },
        reads: &[
            Stretch::to(Start::Here, CharArray(u32::MAX)),
            Stretch::to(Start::Here, Array(&crate::iov::IOVEC_TY, Len::Field("aio_nbytes"))),
        ],
    },
);
/// A descriptor that is told of the operation's end, if a flag says so.
const RESFD: Ty = Scalar(W4, |cx, v| {
    if cx.field("aio_flags") & IOCB_FLAG_RESFD.v() != 0 { cx.fd(v as i32) } else { cx.out.hex(v) }
});

/// Operations that take the same arguments.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operation {
    Read,
    Write,
    Vector,
    Poll,
    Other,
}

fn opcode(cx: &Plain<'_>) -> Operation {
    let code = cx.field("aio_lio_opcode");
    let valid = cx.field("aio_nbytes") <= i64::MAX as u64;
    match () {
        // With an impossible length the kernel looks at no buffer.
        () if !valid && is_transfer(cx, code) => Operation::Read,
        () if cx.is(code, IOCB_CMD_PREAD) => Operation::Read,
        () if cx.is(code, IOCB_CMD_PWRITE) => Operation::Write,
        () if cx.is(code, IOCB_CMD_PREADV) || cx.is(code, IOCB_CMD_PWRITEV) => Operation::Vector,
        () if cx.is(code, IOCB_CMD_POLL) => Operation::Poll,
        () => Operation::Other,
    }
}

fn is_transfer(cx: &Plain<'_>, code: u64) -> bool {
    [IOCB_CMD_PREAD, IOCB_CMD_PWRITE, IOCB_CMD_PREADV, IOCB_CMD_PWRITEV].iter().any(|&c| cx.is(code, c))
}

fn takes_buffer(cx: &Plain<'_>) -> bool {
    opcode(cx) != Operation::Other
}

fn takes_length(cx: &Plain<'_>) -> bool {
    matches!(opcode(cx), Operation::Read | Operation::Write)
}

fn takes_offset(cx: &Plain<'_>) -> bool {
    takes_length(cx) || opcode(cx) == Operation::Vector
}

fn show_addresses(cx: &mut Cx<'_>, addr: u64, count: u64) {
    if cx.is(cx.field("aio_lio_opcode"), IOCB_CMD_PWRITEV) {
        show_iov(cx, addr, count, None);
    } else {
        cx.array(&crate::iov::ADDRESSES, addr, count);
    }
}

const AIO_DATA: Arg = arg("aio_data", X64);
const AIO_KEY: Arg = arg("aio_key", UINT).nonzero();
const AIO_OPCODE: Arg = arg("aio_lio_opcode", OPCODE);
const AIO_REQPRIO: Arg = arg("aio_reqprio", REQPRIO)
    .when(|cx| cx.field("aio_reqprio") != 0 || cx.field("aio_flags") & IOCB_FLAG_IOPRIO.v() != 0);
const AIO_FILDES: Arg = arg("aio_fildes", Fd);

/// `struct iocb` (io_submit(2)).
static IOCB: Record = record(
    "iocb",
    &[
        AIO_DATA,
        AIO_KEY,
        arg("aio_rw_flags", Flags(W4, &RWF_FLAGS)).nonzero(),
        AIO_OPCODE,
        AIO_REQPRIO,
        AIO_FILDES,
        arg("aio_buf", BUF).when(takes_buffer),
        arg("aio_nbytes", U64).when(takes_length),
        arg("aio_offset", S64).when(takes_offset),
        pad(8),
        arg("aio_flags", Flags(W4, &IOCB_FLAGS)).nonzero().when(takes_buffer),
        arg("aio_resfd", RESFD).when(|cx| {
            let is_set = cx.field("aio_resfd") != 0 || cx.field("aio_flags") & IOCB_FLAG_RESFD.v() != 0;
            is_set && takes_buffer(cx)
        }),
    ],
);
/// `struct iocb` as `io_cancel` looks at it.
static CANCELLED_IOCB: Record = record(
    "iocb",
    &[
        AIO_DATA,
        AIO_KEY,
        arg("aio_rw_flags", Flags(W4, &RWF_FLAGS)).nonzero(),
        AIO_OPCODE,
        AIO_REQPRIO,
        AIO_FILDES,
        pad(32),
        arg("aio_flags", X32).when(|_| false),
        pad(4),
    ],
);
/// Pointers to operations, of which there may not be a negative number.
static IOCBS: Ty = If(|cx| sign_extend(cx.arg(1), cx.word() as u32) >= 0, &Array(&AT_IOCB, Len::Arg(1)));
static AT_IOCB: Ty = At(In, &Struct(&IOCB));
/// `struct io_event` (io_getevents(2)).
static EVENT: Record =
    record("io_event", &[arg("data", X64), arg("obj", X64), arg("res", S64), arg("res2", S64)]);

/// `struct __aio_sigset` (io_pgetevents(2)): a set of signals and its size.
static SIGSET: Record = record(
    "__aio_sigset",
    &[arg("sigmask", At(In, &Form(Len::Field("sigsetsize"), show_sigset_at))), arg("sigsetsize", ULONG)],
);

/// An `aio_context_t`, which is an address.
const CTX_ID: Arg = arg("ctx_id", Addr);
const MIN_NR: Arg = arg("min_nr", LONG);
const NR: Arg = arg("nr", LONG);
/// The numbers as x32 has them, whose `long` is shorter than the register.
const X32_MIN_NR: Arg = arg("min_nr", INT);
const X32_NR: Arg = arg("nr", INT);
const EVENTS: Ty = At(Out, &EVENT_ARRAY);
static EVENT_ARRAY: Ty = Array(&Struct(&EVENT), Len::Ret);

pub(crate) static ROWS: &[Syscall] = &[
    syscall("io_setup", MEMORY, Ret::Dec, &[arg("nr_events", UINT), arg("ctx_idp", At(Out, &Addr))]),
    syscall("io_destroy", MEMORY, Ret::Dec, &[CTX_ID]),
    syscall("io_submit", NONE, Ret::Dec, &[CTX_ID, NR, arg("iocbpp", At(In, &IOCBS))]),
    syscall("io_submit", NONE, Ret::Dec, &[CTX_ID, X32_NR, arg("iocbpp", At(In, &IOCBS))]).only(&[Abi::X32]),
    syscall(
        "io_cancel",
        NONE,
        Ret::Dec,
        &[CTX_ID, arg("iocb", At(In, &Struct(&CANCELLED_IOCB))), arg("result", At(Out, &Struct(&EVENT)))],
    ),
    syscall(
        "io_getevents",
        NONE,
        Ret::Dec,
        &[CTX_ID, MIN_NR, NR, arg("events", EVENTS), arg("timeout", At(In, &Struct(&TIMESPEC)))],
    ),
    syscall(
        "io_getevents",
        NONE,
        Ret::Dec,
        &[CTX_ID, X32_MIN_NR, X32_NR, arg("events", EVENTS), arg("timeout", At(In, &Struct(&TIMESPEC)))],
    )
    .only(&[Abi::X32]),
    syscall(
        "io_pgetevents",
        NONE,
        Ret::Dec,
        &[
            CTX_ID,
            MIN_NR,
            NR,
            arg("events", EVENTS),
            arg("timeout", At(In, &Struct(&TIMESPEC))),
            arg("sig", At(In, &Struct(&SIGSET))),
        ],
    ),
    syscall(
        "io_pgetevents",
        NONE,
        Ret::Dec,
        &[
            CTX_ID,
            X32_MIN_NR,
            X32_NR,
            arg("events", EVENTS),
            arg("timeout", At(In, &Struct(&TIMESPEC))),
            arg("sig", At(In, &Struct(&SIGSET))),
        ],
    )
    .only(&[Abi::X32]),
    syscall(
        "io_pgetevents_time64",
        NONE,
        Ret::Dec,
        &[
            CTX_ID,
            MIN_NR,
            NR,
            arg("events", EVENTS),
            arg("timeout", At(In, &Struct(&TIMESPEC64))),
            arg("sig", At(In, &Struct(&SIGSET))),
        ],
    ),
    syscall("io_uring_setup", DESC, Ret::Fd, &[arg("entries", UINT), arg("params", uring::PARAMS)]),
    syscall(
        "io_uring_enter",
        DESC | SIGNAL,
        Ret::Dec,
        &[
            arg("fd", Fd),
            arg("to_submit", UINT),
            arg("min_complete", UINT),
            arg("flags", Flags(W4, &uring::ENTER_FLAGS)),
        ],
    )
    .switch_masked(3, uring::ARG_BITS, uring::ENTER_CASES, uring::ENTER_OTHER),
    syscall(
        "io_uring_register",
        DESC | MEMORY,
        Ret::Dec,
        &[arg("fd", register::RING_FD), arg("opcode", register::OPERATION)],
    )
    .switch_masked(1, register::COMMAND, register::CASES, register::OTHER),
];
