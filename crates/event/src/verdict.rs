//! What an observer makes of an event.

/// How the task goes on after an event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Verdict {
    /// As it would without anybody watching.
    #[default]
    Go,
    /// The call fails with this errno: at its entry, without being made; at its exit, although it was.
    Fail(u32),
    /// The call returns this: at its entry, without being made; at its exit, in place of what it returned.
    Return(i64),
    /// Something of the call is another.
    Change(Box<Change>),
    /// The process is killed.
    Kill,
    /// The task goes on, and nothing more is told of it.
    Leave,
    /// The trace is over: all tasks go on, and nothing more is told of any.
    End,
}

/// What of a call is to be another. What a call did not have a tracer can't see to: a pointer to memory that is not
/// there stays one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// The number of the call; at its entry only.
    pub number: Option<u64>,
    /// Argument registers, by their position; at its entry only.
    pub registers: [Option<u64>; 6],
    /// Bytes to be written into the task's memory, and where to.
    pub memory: Vec<(u64, Vec<u8>)>,
}
