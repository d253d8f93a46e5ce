//! What a stack looks like to those who asked for it.

use std::rc::Rc;

/// The frames of a thread, innermost first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stack {
    /// The frames.
    pub frames: Vec<Frame>,
    /// Whether there are more of them than were asked for.
    pub truncated: bool,
}

/// A place in a program that a thread is at, or returns to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The place: an offset in the file, or the address where it is in none.
    pub address: u64,
    /// The file, as `/proc/PID/maps` names it (also `[vdso]`); `None` where the place is in no file's code.
    pub binary: Option<Rc<[u8]>>,
    /// The function, demangled.
    pub function: Option<Rc<[u8]>>,
    /// How far it is from the function's beginning.
    pub offset: u64,
    /// The line of the source.
    pub source: Option<Rc<Source>>,
}

/// A line of a source file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The file's path, as the compiler had it.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
}
