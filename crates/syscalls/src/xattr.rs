//! Extended attributes.

use crate::file::NOFOLLOW_EMPTY_FLAGS;
use decode::class::{DESC, FILE};
use decode::prelude::*;
use uapi::consts::*;

static SET_FLAGS: Names = names("XATTR_???", &[XATTR_CREATE, XATTR_REPLACE]);

/// `struct xattr_args` with the value to set (setxattrat(2)).
static SET_ARGS: Record = record("xattr_args", &[
    arg("value", Inline([8; 3], 8, |cx, offset| show_value(cx, offset, "size"))),
    arg("size", UINT),
    arg("flags", Flags(W4, &SET_FLAGS)),
]);
/// `struct xattr_args` with the room for a value.
static GET_ARGS: Record = record("xattr_args", &[
    arg("value", Inline([8; 3], 8, show_got_value)),
    arg("size", UINT),
    arg("flags", Flags(W4, &SET_FLAGS)),
]);

/// Shows the bytes behind the 64-bit pointer at `offset`, as many as field `size` says.
fn show_value(cx: &mut Cx<'_>, offset: u64, size: &str) {
    let (addr, size) = (cx.load(offset as usize, 8), cx.field(size));
    cx.buffer(addr, size, Text::Plain);
}

/// Shows the value that the kernel has put where the 64-bit pointer at `offset` points.
fn show_got_value(cx: &mut Cx<'_>, offset: u64) {
    let addr = cx.load(offset as usize, 8);
    match cx.outcome {
        Outcome::Value(len) if cx.field("size") != 0 => cx.buffer(addr, len.max(0) as u64, Text::Plain),
        _ => cx.out.addr(addr),
    }
}

const DIRFD: Arg = arg("dirfd", DirFd);
const PATHNAME: Arg = arg("pathname", Path);
const FD: Arg = arg("fd", Fd);
const NAME: Arg = arg("name", Str);
const SIZE: Arg = arg("size", ULONG);
const SET_VALUE: Arg = arg("value", At(In, &Bytes(Len::Arg(3))));
/// A value that the kernel gave. With no room for it, the call only told its size.
const GOT_VALUE: Arg = arg("value", At(Out, &Bytes(Len::Min(&Len::Ret, &Len::Arg(3)))));
const GOT_LIST: Arg = arg("list", At(Out, &Bytes(Len::Min(&Len::Ret, &Len::Arg(2)))));
const FLAGS: Arg = arg("flags", Flags(W4, &SET_FLAGS));
const AT: Arg = arg("flags", Flags(W4, &NOFOLLOW_EMPTY_FLAGS));

pub(crate) static ROWS: &[Syscall] = &[
    syscall("setxattr", FILE, Ret::Dec, &[PATHNAME, NAME, SET_VALUE, SIZE, FLAGS]),
    syscall("lsetxattr", FILE, Ret::Dec, &[PATHNAME, NAME, SET_VALUE, SIZE, FLAGS]),
    syscall("fsetxattr", DESC, Ret::Dec, &[FD, NAME, SET_VALUE, SIZE, FLAGS]),
    syscall("setxattrat", DESC | FILE, Ret::Dec, &[
        DIRFD,
        PATHNAME,
        AT,
        NAME,
        arg("args", At(In, &Sized { of: &SET_ARGS, size: Len::Arg(5), min: 16 })),
        SIZE,
    ]),
    syscall("getxattr", FILE, Ret::Dec, &[PATHNAME, NAME, GOT_VALUE, SIZE]),
    syscall("lgetxattr", FILE, Ret::Dec, &[PATHNAME, NAME, GOT_VALUE, SIZE]),
    syscall("fgetxattr", DESC, Ret::Dec, &[FD, NAME, GOT_VALUE, SIZE]),
    syscall("getxattrat", DESC | FILE, Ret::Dec, &[
        DIRFD,
        PATHNAME,
        AT,
        NAME,
        arg("args", At(Late, &Sized { of: &GET_ARGS, size: Len::Arg(5), min: 16 })),
        SIZE,
    ]),
    syscall("listxattr", FILE, Ret::Dec, &[PATHNAME, GOT_LIST, SIZE]),
    syscall("llistxattr", FILE, Ret::Dec, &[PATHNAME, GOT_LIST, SIZE]),
    syscall("flistxattr", DESC, Ret::Dec, &[FD, GOT_LIST, SIZE]),
    syscall("listxattrat", DESC | FILE, Ret::Dec, &[
        DIRFD,
        PATHNAME,
        AT,
        arg("list", At(Out, &Bytes(Len::Min(&Len::Ret, &Len::Arg(4))))),
        SIZE,
    ]),
    syscall("removexattr", FILE, Ret::Dec, &[PATHNAME, NAME]),
    syscall("lremovexattr", FILE, Ret::Dec, &[PATHNAME, NAME]),
    syscall("fremovexattr", DESC, Ret::Dec, &[FD, NAME]),
    syscall("removexattrat", DESC | FILE, Ret::Dec, &[DIRFD, PATHNAME, AT, NAME]),
];
