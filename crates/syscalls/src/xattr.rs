//! Extended attributes.

use crate::file::NOFOLLOW_EMPTY_FLAGS;
use decode::class::{DESC, FILE};
use decode::prelude::*;
use uapi::consts::*;

static SET_FLAGS: Names = names("XATTR_???", &[XATTR_CREATE, XATTR_REPLACE]);

/// `struct xattr_args` with the value to set (setxattrat(2)).
static SET_ARGS: Record = record(
    "xattr_args",
    &[
        arg("value", Wide(&At(In, &Form(Len::Field("size"), show_value)))),
        arg("size", UINT),
        arg("flags", Flags(W4, &SET_FLAGS)),
    ],
);
/// `struct xattr_args` with the room for a value.
static GET_ARGS: Record = record(
    "xattr_args",
    &[
        arg("value", Wide(&At(Late, &If(has_value, &Form(Len::Ret, show_value))))),
        arg("size", UINT),
        arg("flags", Flags(W4, &SET_FLAGS)),
    ],
);

/// Whether the kernel has put a value where the struct says: without room for any it only tells its size.
fn has_value(cx: &Plain<'_>) -> bool {
    matches!(cx.outcome, Outcome::Value(_)) && cx.field("size") != 0
}

/// Shows a value of `size` bytes. Many are strings with their NUL, which then goes without saying.
fn show_value(cx: &mut Cx<'_>, addr: u64, size: u64) {
    if size > XATTR_SIZE_MAX.v() {
        return cx.out.addr(addr);
    }
    let shown = size.min(cx.options.strings as u64);
    let ended = shown > 0 && addr != 0 && cx.read_uint(addr.wrapping_add(shown - 1), 1) == Some(0);
    cx.buffer(addr, if ended { shown - 1 } else { size }, Text::Plain);
}

static SET_VALUE: Ty = Form(Len::Arg(3), show_value);
/// A value that the kernel gave; without room for any it only tells its size.
static GOT_VALUE: Ty = If(|cx| cx.arg(3) != 0, &Form(Len::Ret, show_value));

/// The list of names that the kernel gave, each with its NUL.
static GOT_LIST: Ty = If(|cx| cx.arg(2) != 0, &Bytes(Len::Ret));
static GOT_LIST_AT: Ty = If(|cx| cx.arg(4) != 0, &Bytes(Len::Ret));

const DIRFD: Arg = arg("dirfd", DirFd);
const PATHNAME: Arg = arg("pathname", Path);
const FD: Arg = arg("fd", Fd);
const NAME: Arg = arg("name", Str);
const SIZE: Arg = arg("size", KULONG);
const FLAGS: Arg = arg("flags", Flags(W4, &SET_FLAGS));
const AT: Arg = arg("flags", Flags(W4, &NOFOLLOW_EMPTY_FLAGS));

pub(crate) static ROWS: &[Syscall] = &[
    syscall("setxattr", FILE, Ret::Dec, &[PATHNAME, NAME, arg("value", At(In, &SET_VALUE)), SIZE, FLAGS]),
    syscall("lsetxattr", FILE, Ret::Dec, &[PATHNAME, NAME, arg("value", At(In, &SET_VALUE)), SIZE, FLAGS]),
    syscall("fsetxattr", DESC, Ret::Dec, &[FD, NAME, arg("value", At(In, &SET_VALUE)), SIZE, FLAGS]),
    syscall(
        "setxattrat",
        DESC | FILE,
        Ret::Dec,
        &[
            DIRFD,
            PATHNAME,
            AT,
            NAME,
            arg("args", At(In, &Sized { of: &SET_ARGS, size: Len::Arg(5), min: 16 })),
            SIZE,
        ],
    ),
    syscall("getxattr", FILE, Ret::Dec, &[PATHNAME, NAME, arg("value", At(Out, &GOT_VALUE)), SIZE]),
    syscall("lgetxattr", FILE, Ret::Dec, &[PATHNAME, NAME, arg("value", At(Out, &GOT_VALUE)), SIZE]),
    syscall("fgetxattr", DESC, Ret::Dec, &[FD, NAME, arg("value", At(Out, &GOT_VALUE)), SIZE]),
    syscall(
        "getxattrat",
        DESC | FILE,
        Ret::Dec,
        &[
            DIRFD,
            PATHNAME,
            AT,
            NAME,
            arg("args", At(Late, &Sized { of: &GET_ARGS, size: Len::Arg(5), min: 16 })),
            SIZE,
        ],
    ),
    syscall("listxattr", FILE, Ret::Dec, &[PATHNAME, arg("list", At(Out, &GOT_LIST)), SIZE]),
    syscall("llistxattr", FILE, Ret::Dec, &[PATHNAME, arg("list", At(Out, &GOT_LIST)), SIZE]),
    syscall("flistxattr", DESC, Ret::Dec, &[FD, arg("list", At(Out, &GOT_LIST)), SIZE]),
    syscall(
        "listxattrat",
        DESC | FILE,
        Ret::Dec,
        &[DIRFD, PATHNAME, AT, arg("list", At(Out, &GOT_LIST_AT)), SIZE],
    ),
    syscall("removexattr", FILE, Ret::Dec, &[PATHNAME, NAME]),
    syscall("lremovexattr", FILE, Ret::Dec, &[PATHNAME, NAME]),
    syscall("fremovexattr", DESC, Ret::Dec, &[FD, NAME]),
    syscall("removexattrat", DESC | FILE, Ret::Dec, &[DIRFD, PATHNAME, AT, NAME]),
];
