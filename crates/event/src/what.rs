//! An event: when, to whom, what.

use crate::moment::{CpuTime, Moment};
use decode::{Call, Outcome};
use std::time::Duration;
use uapi::Abi;

/// Something that has happened to a task.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    /// When.
    pub at: Moment,
    /// To whom.
    pub task: &'a Task,
    /// What.
    pub what: What<'a>,
}

/// A thread that is traced, as of an event. What it is called and whose rights it has, the event's target answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Task {
    /// Its id, as the tracer knows it. An id comes round again once its thread has ended; a thread that executes a
    /// program gets that of its process's leader ([`What::Renamed`]).
    pub tid: i32,
    /// The ABI of the call that it is in, or else of its last one.
    pub abi: Abi,
    /// The number of that call, whether or not it was told of.
    pub number: u64,
    /// Where it stands in its program, if that can be known.
    pub ip: Option<u64>,
    /// CPU time that it has used, if asked for.
    pub cpu: CpuTime,
}

/// What has happened.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum What<'a> {
    /// The task is there: the first that is told of it.
    Attached(Origin),
    /// It is about to make a call.
    Enter(&'a Call),
    /// A call has returned, or has been kept from being made.
    Exit(&'a Call, Return),
    /// The return of a call that was told of will not be.
    Unfinished(&'a Call, Cut),
    /// A signal is about to be delivered.
    Signal {
        /// Its number.
        number: i32,
        /// Its `siginfo_t`, in the layout of the machine's own ABI.
        info: Option<&'a [u8]>,
    },
    /// Its process has stopped, by this signal.
    GroupStop(i32),
    /// It makes calls of another ABI than before: its task tells which. Its number is still that of the call before.
    Personality,
    /// It has executed a program.
    Executed,
    /// It is about to go on under the id of its process's leader, since it has executed a program. If the leader was
    /// traced, the leader's [`What::Superseded`] follows, and the new id is the task's from then on.
    Renamed {
        /// The leader's id.
        to: i32,
        /// The call that it is in, if that was told of.
        call: Option<&'a Call>,
    },
    /// The task is no more: another thread of its process has executed a program, and goes on under this id.
    Superseded {
        /// The former id of that thread.
        by: i32,
    },
    /// It has exited with this status, 0 to 255: the last that is told of it.
    Exited(i32),
    /// A signal has killed it: the last that is told of it.
    Killed {
        /// The signal.
        signal: i32,
        /// Whether its memory has been dumped.
        core: bool,
    },
    /// It is about to be let go of, since somebody else is to trace it.
    HandedOver {
        /// Who, and how: `for its parent to trace (PTRACE_TRACEME)`.
        why: &'a str,
    },
    /// It goes on unwatched: the last that is told of it.
    Detached,
    /// So many events are missing here, since there was no room for them.
    Lost(u64),
    /// What the engine tells its user, about no event of a task's own.
    Message(&'a str),
}

/// How a task came to be traced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It is the command that was started in order to be traced.
    Command,
    /// It was running already.
    Running,
    /// A task has made it.
    Followed,
}

/// How a call has returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Return {
    /// What it came to, as the task sees it.
    pub outcome: Outcome,
    /// How long it took, if asked for. The time that telling of its beginning took is no part of it.
    pub spent: Option<Duration>,
    /// What was done to it.
    pub tampering: Tampering,
}

/// What was done to a call by whoever traces it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tampering {
    /// It was not made as asked for, or its result is another.
    pub injected: bool,
    /// What its arguments point to was changed.
    pub poked: bool,
    /// It has had to wait.
    pub delayed: bool,
}

/// Why the return of a call is not told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// The task ends.
    Ended,
    /// The task is let go of.
    Detached,
}
