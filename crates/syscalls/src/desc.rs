//! Descriptors: reading, writing, duplicating, closing.

use crate::common::OFF;
use decode::class::DESC;
use decode::prelude::*;
use uapi::consts::*;

pub(crate) static SEEK_FROM: Names = names("SEEK_???", &[SEEK_SET, SEEK_CUR, SEEK_END, SEEK_DATA, SEEK_HOLE]);
static DUP3_FLAGS: Names = names("O_???", &[O_CLOEXEC]);
static CLOSE_RANGE_FLAGS: Names = names("CLOSE_RANGE_???", &[CLOSE_RANGE_UNSHARE, CLOSE_RANGE_CLOEXEC]);
static PIPE_FLAGS: Names = names("O_???", &[O_NONBLOCK, O_EXCL, O_DIRECT, O_CLOEXEC]);

const FD: Arg = arg("fd", Fd);
/// What a reading call has put into its buffer.
const READ_BUF: Arg = arg("buf", At(Out, &Bytes(Len::Ret)));
/// What a writing call takes from its buffer.
const WRITE_BUF: Arg = arg("buf", At(In, &Bytes(Len::Arg(2))));
const COUNT: Arg = arg("count", ULONG);

pub(crate) static ROWS: &[Syscall] = &[
    syscall("read", DESC, Ret::Dec, &[FD, READ_BUF, COUNT]),
    syscall("write", DESC, Ret::Dec, &[FD, WRITE_BUF, COUNT]),
    syscall("pread64", DESC, Ret::Dec, &[FD, READ_BUF, COUNT, arg("pos", S64)]),
    syscall("pwrite64", DESC, Ret::Dec, &[FD, WRITE_BUF, COUNT, arg("pos", S64)]),
    syscall("close", DESC, Ret::Dec, &[FD]),
    syscall("close_range", class::NONE, Ret::Dec, &[
        arg("fd", UINT),
        arg("max_fd", UINT),
        arg("flags", Flags(W4, &CLOSE_RANGE_FLAGS)),
    ]),
    syscall("lseek", DESC, Ret::Dec, &[FD, arg("offset", OFF), arg("whence", Enum(W4, &SEEK_FROM))]),
    syscall("dup", DESC, Ret::Fd, &[arg("fildes", Fd)]),
    syscall("dup2", DESC, Ret::Fd, &[arg("oldfd", Fd), arg("newfd", Fd)]),
    syscall("dup3", DESC, Ret::Fd, &[
        arg("oldfd", Fd),
        arg("newfd", Fd),
        arg("flags", Flags(W4, &DUP3_FLAGS)),
    ]),
    syscall("pipe", DESC, Ret::Dec, &[arg("fildes", At(Out, &Array(&Fd, Len::Const(2))))]),
    syscall("pipe2", DESC, Ret::Dec, &[
        arg("fildes", At(Out, &Array(&Fd, Len::Const(2)))),
        arg("flags", Flags(W4, &PIPE_FLAGS)),
    ]),
    syscall("fsync", DESC, Ret::Dec, &[FD]),
    syscall("fdatasync", DESC, Ret::Dec, &[FD]),
];
