//! Stacks of calls, as those who have walked them tell.

/// The stack of an event.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stack<'a> {
    /// Its frames, innermost first.
    pub frames: &'a [StackFrame<'a>],
    /// There are more of them than are told.
    pub truncated: bool,
    /// It was taken when the event began, and kept until its end.
    pub kept: bool,
}

/// A place in a program.
#[derive(Clone, Copy, Debug, Default)]
pub struct StackFrame<'a> {
    /// The offset in the file, or the address for want of a file.
    pub address: u64,
    /// The file's name; `None` for code of no file.
    pub binary: Option<&'a [u8]>,
    /// The function, if its name is known.
    pub symbol: Option<&'a [u8]>,
    /// How far the place is from the function's beginning.
    pub offset: u64,
    /// File and line of the source, if wanted and known.
    pub source: Option<(&'a [u8], u32)>,
}
