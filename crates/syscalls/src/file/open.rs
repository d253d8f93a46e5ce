//! The flags of `open`.

use decode::prelude::*;
use uapi::consts::*;

/// How a file is opened: the two lowest bits, a number rather than flags.
pub(crate) static ACCESS_MODES: Names = names("O_???", &[O_RDONLY, O_WRONLY, O_RDWR, O_ACCMODE]);

/// The other flags. Those of several bits stand before their parts.
pub(crate) static OPEN_FLAGS: Names = names(
    "O_???",
    &[
        O_CREAT,
        O_EXCL,
        O_NOCTTY,
        O_TRUNC,
        O_APPEND,
        O_NONBLOCK,
        O_SYNC,
        __O_SYNC,
        O_DSYNC,
        O_DIRECT,
        O_LARGEFILE,
        O_NOFOLLOW,
        O_NOATIME,
        O_CLOEXEC,
        O_PATH,
        O_TMPFILE,
        __O_TMPFILE,
        O_DIRECTORY,
        O_EMPTYPATH,
        FASYNC,
    ],
);

/// `openat2` takes flags beyond the 32 bits that the other calls have.
static OPENAT2_FLAGS: Names = names("O_???", &[OPENAT2_REGULAR]);

/// `openat2`'s limits on how a path is followed.
pub(crate) static RESOLVE_FLAGS: Names = names(
    "RESOLVE_???",
    &[
        RESOLVE_NO_XDEV,
        RESOLVE_NO_MAGICLINKS,
        RESOLVE_NO_SYMLINKS,
        RESOLVE_BENEATH,
        RESOLVE_IN_ROOT,
        RESOLVE_CACHED,
    ],
);

/// Shows the flags of `open`: how, and then the rest.
pub(crate) fn show_open_flags(cx: &mut Plain<'_>, flags: u64) {
    let (parts, rest) = open_flags(cx.abi, flags);
    cx.flags_rest(flags, parts, rest, "");
}

/// Shows the flags of `openat2`.
pub(super) fn show_openat2_flags(cx: &mut Plain<'_>, flags: u64) {
    let (mut parts, rest) = open_flags(cx.abi, flags);
    let rest = parts.push_flags(rest, u64::MAX, &OPENAT2_FLAGS, cx.abi);
    cx.flags_rest(flags, parts, rest, "");
}

/// The names of flags, and the bits that have none.
pub(crate) fn open_flags(abi: Abi, flags: u64) -> (Parts, u64) {
    let mut parts = Parts::new();
    let how = flags & O_ACCMODE.v();
    if let Some(name) = ACCESS_MODES.find(how, O_ACCMODE.v(), abi) {
        parts.push(Part::Name(name));
    }
    let rest = parts.push_flags(flags & !O_ACCMODE.v(), u64::MAX, &OPEN_FLAGS, abi);
    (parts, rest)
}

/// Whether these flags make the call take a mode.
pub(crate) fn creates(flags: u64) -> bool {
    flags & (O_CREAT.v() | __O_TMPFILE.v()) != 0
}
