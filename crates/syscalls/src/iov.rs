//! Scattered reads and writes, and moving data between descriptors.

use crate::common::OFF;
use crate::iovec::show_iov;
use decode::class::{DESC, NETWORK};
use decode::prelude::*;
use decode::{Hook as HookFn, Stretch};
use uapi::consts::*;

/// Flags of a single operation (readv(2)).
pub(crate) static RWF_FLAGS: Names = names(
    "RWF_???",
    &[
        RWF_HIPRI,
        RWF_DSYNC,
        RWF_SYNC,
        RWF_NOWAIT,
        RWF_APPEND,
        RWF_NOAPPEND,
        RWF_ATOMIC,
        RWF_DONTCACHE,
        RWF_NOSIGNAL,
    ],
);
static SPLICE_FLAGS: Names =
    names("SPLICE_F_???", &[SPLICE_F_MOVE, SPLICE_F_NONBLOCK, SPLICE_F_MORE, SPLICE_F_GIFT]);

/// `struct iovec` of data that the tracee gives.
static IOVEC: Record =
    record("iovec", &[arg("iov_base", At(In, &Bytes(Len::Field("iov_len")))), arg("iov_len", ULONG)]);
pub(crate) static IOVEC_TY: Ty = Struct(&IOVEC);
/// `struct iovec` of which only the addresses count.
static IOVEC_ADDRESS: Record = record("iovec", &[arg("iov_base", Addr), arg("iov_len", ULONG)]);

/// The iovecs of a reading call: what is in them is known once it has returned, if it succeeded.
static FILLED: HookFn = HookFn {
    dir: Late,
    show: |cx, at| {
        let count = cx.arg(2) & cx.mask(Long);
        match cx.outcome {
            _ if at == 0 => cx.out.addr(at),
            Outcome::Value(total) => show_iov(cx, at, count, Some(total.max(0) as u64)),
            _ => cx.array(&ADDRESSES, at, count),
        }
    },
    reads: &[Stretch::to(Start::Arg(1), Array(&IOVEC_TY, Len::Arg(2)))],
};

/// Where `sendfile` begins, and where it has ended once it has sent anything.
static SENT_OFFSET: HookFn = HookFn {
    dir: InOut,
    show: |cx, at| {
        let size = cx.size_of(&KULONG);
        show_sent_offset(cx, at, size);
    },
    reads: &[Stretch::arg(2, 8)],
};
static SENT_OFFSET64: HookFn =
    HookFn { dir: InOut, show: |cx, at| show_sent_offset(cx, at, 8), reads: &[Stretch::arg(2, 8)] };

fn show_sent_offset(cx: &mut Cx<'_>, addr: u64, size: usize) {
    if cx.exiting() {
        if cx.saved_here().is_none() {
            return;
        }
        if cx.ret() > 0
            && cx.arg(3) != 0
            && let Some(after) = cx.read_uint(addr, size)
        {
            cx.out.changed();
            cx.out.uint(after);
        }
        cx.out.close(Kind::Deref);
        return cx.out.change_end();
    }
    let before = if addr == 0 || !cx.options.verbose { None } else { cx.read_uint(addr, size) };
    let Some(before) = before else { return cx.out.addr(addr) };
    cx.save(before);
    cx.out.change_begin();
    cx.out.open(Kind::Deref);
    cx.out.uint(before);
}

/// The addresses of buffers, where no data goes with them.
pub(crate) static ADDRESSES: Ty = Struct(&IOVEC_ADDRESS);

const FD: Arg = arg("fd", Fd);
/// What a reading call has put into its buffers.
const READ_IOV: Arg = arg("iov", Hook(&FILLED));
const WRITE_IOV: Ty = At(In, &WRITE_IOVECS);
static WRITE_IOVECS: Ty = Array(&Struct(&IOVEC), Len::Arg(2));
const IOVCNT: Arg = arg("iovcnt", ULONG);
const OFFSET: Arg = arg("offset", S64);
const RWF: Arg = arg("flags", Flags(W4, &RWF_FLAGS));
const SPLICE: Arg = arg("flags", Flags(W4, &SPLICE_FLAGS));
/// A count of buffers as 32-bit ABIs have it, one of which has longer registers.
const IOVCNT32: Arg = arg("iovcnt", UINT);
/// The upper half of an offset, where the lower one has all of it.
const UNUSED: Arg = arg("pos_h", OFF).when(|_| false);
/// ABIs where an offset is one 64-bit number, in two registers or one.
const ONE_OFFSET: &[Abi] = &[Abi::I386, Abi::X32];
const AT_OFFSET: Ty = At(In, &S64);

pub(crate) static ROWS: &[Syscall] = &[
    syscall("readv", DESC, Ret::Dec, &[FD, READ_IOV, IOVCNT]),
    syscall("writev", DESC, Ret::Dec, &[FD, arg("iov", WRITE_IOV), IOVCNT]),
    syscall("preadv", DESC, Ret::Dec, &[FD, READ_IOV, IOVCNT, OFFSET]),
    syscall("pwritev", DESC, Ret::Dec, &[FD, arg("iov", WRITE_IOV), IOVCNT, OFFSET]),
    syscall("preadv2", DESC, Ret::Dec, &[FD, READ_IOV, IOVCNT, OFFSET, UNUSED, RWF]),
    syscall("pwritev2", DESC, Ret::Dec, &[FD, arg("iov", WRITE_IOV), IOVCNT, OFFSET, UNUSED, RWF]),
    syscall("preadv", DESC, Ret::Dec, &[FD, READ_IOV, IOVCNT32, OFFSET]).only(ONE_OFFSET),
    syscall("pwritev", DESC, Ret::Dec, &[FD, arg("iov", WRITE_IOV), IOVCNT32, OFFSET]).only(ONE_OFFSET),
    syscall("preadv2", DESC, Ret::Dec, &[FD, READ_IOV, IOVCNT32, OFFSET, RWF]).only(ONE_OFFSET),
    syscall("pwritev2", DESC, Ret::Dec, &[FD, arg("iov", WRITE_IOV), IOVCNT32, OFFSET, RWF]).only(ONE_OFFSET),
    syscall("vmsplice", DESC, Ret::Dec, &[FD, arg("iov", WRITE_IOV), arg("nr_segs", ULONG), SPLICE]),
    syscall(
        "process_vm_readv",
        class::NONE,
        Ret::Dec,
        &[
            arg("pid", TGID),
            arg("local_iov", Hook(&FILLED)),
            arg("liovcnt", ULONG),
            arg("remote_iov", At(In, &Array(&Struct(&IOVEC_ADDRESS), Len::Arg(4)))),
            arg("riovcnt", ULONG),
            arg("flags", ULONG),
        ],
    ),
    syscall(
        "process_vm_writev",
        class::NONE,
        Ret::Dec,
        &[
            arg("pid", TGID),
            arg("local_iov", WRITE_IOV),
            arg("liovcnt", ULONG),
            arg("remote_iov", At(In, &Array(&Struct(&IOVEC_ADDRESS), Len::Arg(4)))),
            arg("riovcnt", ULONG),
            arg("flags", ULONG),
        ],
    ),
    syscall("tee", DESC, Ret::Dec, &[arg("fd_in", Fd), arg("fd_out", Fd), arg("len", KULONG), SPLICE]),
    syscall(
        "splice",
        DESC,
        Ret::Dec,
        &[
            arg("fd_in", Fd),
            arg("off_in", AT_OFFSET),
            arg("fd_out", Fd),
            arg("off_out", AT_OFFSET),
            arg("len", KULONG),
            SPLICE,
        ],
    ),
    syscall(
        "copy_file_range",
        DESC,
        Ret::Dec,
        &[
            arg("fd_in", Fd),
            arg("off_in", AT_OFFSET),
            arg("fd_out", Fd),
            arg("off_out", AT_OFFSET),
            arg("len", KULONG),
            arg("flags", UINT),
        ],
    ),
    syscall(
        "sendfile",
        DESC | NETWORK,
        Ret::Dec,
        &[arg("out_fd", Fd), arg("in_fd", Fd), arg("offset", Hook(&SENT_OFFSET)), arg("count", KULONG)],
    ),
    syscall(
        "sendfile64",
        DESC | NETWORK,
        Ret::Dec,
        &[arg("out_fd", Fd), arg("in_fd", Fd), arg("offset", Hook(&SENT_OFFSET64)), arg("count", KULONG)],
    ),
];
