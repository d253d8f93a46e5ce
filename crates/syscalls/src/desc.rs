//! Descriptors: reading, writing, seeking, duplicating, closing.

use crate::common::OFF;
use crate::file::OPEN_FLAGS;
use decode::class::DESC;
use decode::prelude::*;
use uapi::consts::*;

pub(crate) static SEEK_FROM: Names = names("SEEK_???", &[SEEK_SET, SEEK_CUR, SEEK_END, SEEK_DATA, SEEK_HOLE]);
static CLOSE_RANGE_FLAGS: Names = names("CLOSE_RANGE_???", &[CLOSE_RANGE_UNSHARE, CLOSE_RANGE_CLOEXEC]);

const FD: Arg = arg("fd", Fd);
/// What a reading call has put into its buffer.
const READ_BUF: Arg = arg("buf", At(Out, &Bytes(Len::Ret)));
/// What a writing call takes from its buffer.
const WRITE_BUF: Arg = arg("buf", At(In, &Bytes(Len::Arg(2))));
const COUNT: Arg = arg("count", KULONG);
const OFFSET64: Arg = arg("offset", S64);
const WHENCE: Arg = arg("whence", Enum(W4, &SEEK_FROM));
const PIPE_FDS: Arg = arg("pipefd", At(Out, &Array(&Fd, Len::Const(2))));

/// An offset in two registers, of which the upper half comes first.
const SPLIT_OFFSET: Ty = Scalar(W4, |cx, high| {
    let low = cx.arg(2) & 0xffff_ffff;
    cx.out.int((high << 32 | low) as i64);
});

pub(crate) static ROWS: &[Syscall] = &[
    syscall("read", DESC, Ret::Dec, &[FD, READ_BUF, COUNT]),
    syscall("write", DESC, Ret::Dec, &[FD, WRITE_BUF, COUNT]),
    syscall("pread64", DESC, Ret::Dec, &[FD, READ_BUF, COUNT, OFFSET64]),
    syscall("pwrite64", DESC, Ret::Dec, &[FD, WRITE_BUF, COUNT, OFFSET64]),
    syscall("close", DESC, Ret::Dec, &[FD]),
    syscall(
        "close_range",
        class::NONE,
        Ret::Dec,
        &[arg("first", UINT), arg("last", UINT), arg("flags", Flags(W4, &CLOSE_RANGE_FLAGS))],
    ),
    syscall("lseek", DESC, Ret::Dec, &[FD, arg("offset", OFF), WHENCE]),
    syscall(
        "_llseek",
        DESC,
        Ret::Dec,
        &[
            FD,
            arg("offset", SPLIT_OFFSET),
            arg("offset_low", INT).when(|_| false),
            arg("result", At(Out, &U64)),
            WHENCE,
        ],
    ),
    syscall("dup", DESC, Ret::Fd, &[arg("oldfd", Fd)]),
    syscall("dup2", DESC, Ret::Fd, &[arg("oldfd", Fd), arg("newfd", Fd)]),
    syscall(
        "dup3",
        DESC,
        Ret::Fd,
        &[arg("oldfd", Fd), arg("newfd", Fd), arg("flags", Flags(W4, &OPEN_FLAGS))],
    ),
    syscall("pipe", DESC, Ret::Dec, &[PIPE_FDS]),
    syscall("pipe2", DESC, Ret::Dec, &[PIPE_FDS, arg("flags", Flags(W4, &OPEN_FLAGS))]),
    syscall("fsync", DESC, Ret::Dec, &[FD]),
    syscall("fdatasync", DESC, Ret::Dec, &[FD]),
    syscall("syncfs", DESC, Ret::Dec, &[FD]),
    syscall("sync", class::NONE, Ret::Dec, &[]),
];
