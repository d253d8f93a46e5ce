//! The language in which system calls are described, and the walker that reads a tracee by it.
//!
//! A call is a row ([`Syscall`]), a struct is a [`Record`]; both are plain `const` data. The walker
//! ([`enter`], [`exit`], [`result`]) reads a [`Target`]'s memory by that description and tells a [`Sink`]
//! what it finds. What the language can't say, a hook says in code, with a [`Cx`] in its hands.
//!
//! ```
//! use strax_decode::prelude::*;
//! static TIMESPEC: Record = record("timespec", &[arg("tv_sec", KLONG), arg("tv_nsec", KULONG)]);
//! static NANOSLEEP: Syscall = syscall("nanosleep", class::NONE, Ret::Dec, &[
//!     arg("rqtp", At(In, &Struct(&TIMESPEC))),
//!     arg("rmtp", At(Out, &Struct(&TIMESPEC))),
//! ]);
//! assert_eq!(TIMESPEC.size(uapi::Abi::I386), 8);
//! # let _ = &NANOSLEEP;
//! ```
#![forbid(unsafe_code)]

mod ask;
mod call;
mod cx;
mod layout;
mod names;
mod parts;
pub mod plan;
mod question;
mod scratch;
mod sink;
mod target;
mod ty;
mod variant;
mod walk;
mod wanted;

pub use call::{Call, Multiplexed};
pub use cx::{AT_FDCWD, CutOff, Cx, Options, Outcome, PATH_MAX, Pending, Plain};
pub use layout::{Class, Layout, size_align};
pub use names::{Named, Names, Part, Parts, names};
pub use question::{
    Answer, Context, DeviceKind, Ends, FdInfo, FdOwner, Frame, Labelled, NamespaceKind, PidKind, Question,
    Socket, SocketProtocol, Stack,
};
pub use scratch::Scratch;
pub use sink::{Aux, Base, Change, Extent, Index, Kind, More, Remark, Role, Scalar, Sink, Text};
pub use target::{NoTarget, Target};
pub use ty::*;
pub use variant::{Variant, arguments_of};
pub use walk::{arguments, enter, exit, named_int, plain_result, raw, result, sign_extend};
pub use wanted::{CutDown, Wanted, WantedContext};

/// All that a file of rows needs, with short names for the usual types.
pub mod prelude {
    pub use crate::Dir::{In, InOut, InOutLate, Late, Out};
    pub use crate::Show::{Dec, Hex, Mode, Oct, Udec};
    pub use crate::Ty::{
        Addr, Array, At, Becomes, Binary, ByAbi, Bytes, Changes, CharArray, DirFd, Enum, Fd, FdLike, Filled,
        Flags, Form, Hook, If, InPlace, Inline, InlineHook, Int, Members, Path, Pid, Replaced, Scalar,
        ScalarHook, Sized, Str, Struct, Union, Wide,
    };
    pub use crate::Width::{self, KLong, Long, W1, W2, W4, W8};
    pub use crate::{
        Arg, Base, Case, Cx, FdOwner, Kind, Len, Names, Outcome, Part, Parts, PidKind, Plain, Record, Remark,
        Ret, Sink, Start, Stretch, Syscall, Text, Ty, aligned, arg, case, class, names, packed, pad, record,
        sign_extend, syscall,
    };
    pub use uapi::{Abi, Const};

    /// `int`, decimal.
    pub const INT: Ty = Int(W4, Dec);
    /// `unsigned int`, decimal.
    pub const UINT: Ty = Int(W4, Udec);
    /// `unsigned int`, hexadecimal.
    pub const X32: Ty = Int(W4, Hex);
    /// `long`, decimal.
    pub const LONG: Ty = Int(Long, Dec);
    /// `unsigned long` or `size_t`, decimal.
    pub const ULONG: Ty = Int(Long, Udec);
    /// `unsigned long`, hexadecimal.
    pub const XLONG: Ty = Int(Long, Hex);
    /// `__kernel_long_t`, decimal.
    pub const KLONG: Ty = Int(KLong, Dec);
    /// `__kernel_ulong_t`, decimal.
    pub const KULONG: Ty = Int(KLong, Udec);
    /// A signed byte.
    pub const S8: Ty = Int(W1, Dec);
    /// An unsigned byte.
    pub const U8: Ty = Int(W1, Udec);
    /// A byte in hexadecimal.
    pub const X8: Ty = Int(W1, Hex);
    /// A signed 16-bit number.
    pub const S16: Ty = Int(W2, Dec);
    /// An unsigned 16-bit number.
    pub const U16: Ty = Int(W2, Udec);
    /// A 16-bit number in hexadecimal.
    pub const X16: Ty = Int(W2, Hex);
    /// A signed 64-bit number.
    pub const S64: Ty = Int(W8, Dec);
    /// An unsigned 64-bit number.
    pub const U64: Ty = Int(W8, Udec);
    /// A 64-bit number in hexadecimal.
    pub const X64: Ty = Int(W8, Hex);
    /// A file mode's permission bits.
    pub const MODE: Ty = Int(W4, Mode);
    /// An id of a process.
    pub const TGID: Ty = Pid(PidKind::Tgid);
    /// An id of a thread.
    pub const TID: Ty = Pid(PidKind::Tid);
}
