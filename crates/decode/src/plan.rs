//! Which memory a call may be looked at in, as data: compiled from its row, the types of its arguments and what its
//! hooks say of themselves. Whoever captures calls knows from it what to keep, without running a decoder.

mod compile;
mod extents;
mod words;

pub use extents::{Extents, Seen};

/// The memory that a call may be looked at in.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// While the call begins.
    pub entering: Vec<Read>,
    /// When it has returned.
    pub exiting: Vec<Read>,
    /// The arguments' names.
    pub names: Vec<&'static str>,
}

/// A stretch of memory that may be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// The argument or member that leads there; empty for an element or a result.
    pub name: &'static str,
    /// Where it begins.
    pub place: Place,
    /// How many bytes it has at most.
    pub len: Amount,
    /// The size of one of its elements; 0 if it is but one.
    pub element: u32,
    /// What is there.
    pub kind: Kind,
    /// How much is read of it only its contents can tell: it is to be kept whole.
    pub beyond: bool,
    /// The 64-bit pointer that it begins with leads to the next of its kind.
    pub chained: bool,
    /// What each of its elements leads to.
    pub inner: Vec<Read>,
}

/// Where a stretch begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Where an argument points to.
    Argument(u8),
    /// Where an argument points to, if only so many of its bytes count.
    ArgumentWord(u8, u8),
    /// At the stack pointer.
    Stack,
    /// Where the pointer of so many bytes points to that is `at` bytes into an element of the outer stretch.
    Pointer {
        /// Its offset.
        at: u32,
        /// Its size.
        bytes: u8,
    },
    /// So many bytes from the beginning of an element of the outer stretch.
    Within(u32),
}

/// How many bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Amount {
    /// So many.
    Const(u32),
    /// The value of so many bytes of an argument.
    Argument(u8, u8),
    /// The 32-bit number that an argument points to.
    AtArgument(u8),
    /// What the call returned.
    Ret,
    /// The number that is so far into the element of the outer stretch.
    Number {
        /// The name of the field that it is.
        name: &'static str,
        /// Its offset.
        at: u32,
        /// Its size.
        bytes: u8,
    },
    /// One more than strings may have: see [`crate::Options::strings`].
    String,
    /// The least of them.
    Least(Vec<Amount>),
    /// So many times.
    Times(Box<Amount>, u32),
    /// A quotient, rounded down.
    Div(Box<Amount>, u32),
    /// A quotient, rounded up.
    DivUp(Box<Amount>, u32),
}

/// What is in a stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Bytes.
    Bytes,
    /// Bytes up to a NUL.
    String,
    /// A number or an address.
    Value,
    /// A struct.
    Struct(&'static str),
}
