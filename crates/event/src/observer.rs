//! Who tells of events, and who is told.

use crate::verdict::Verdict;
use crate::what::{Event, Task};
use decode::{Call, Target, Wanted};

/// Any failure of an engine or an observer. Those who know more of it can `downcast` it.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// A source of events: a program that is traced, or a recording of one.
pub trait Engine {
    /// Tells `observer` of everything that happens, until nothing more does.
    ///
    /// # Errors
    /// There is nothing to tell of, the source of events has failed, or the observer has.
    fn run(&mut self, observer: &mut dyn Observer) -> Result<Ending, Error>;
}

/// Who is told of events: what writes lines, counts, records, or decides.
///
/// Only [`Observer::on`] must be written. An engine asks for [`Observer::needs`] first; then come the events of each
/// task in their order, those of several tasks as they happen; at last comes [`Observer::finish`].
pub trait Observer {
    /// What is to come with events.
    fn needs(&self) -> Needs {
        Needs::default()
    }

    /// Whether a call that is about to be made is of interest. Of one that is not, nothing is told; asked before
    /// anybody tampers with the call.
    fn wants(&mut self, task: &Task, call: &Call, target: &mut dyn Target) -> bool {
        let _ = (task, call, target);
        true
    }

    /// Something has happened. The task stands still meanwhile, if it is one that can.
    ///
    /// # Errors
    /// The observer can't do its part. Whether the trace goes on without it, the engine decides: it ends the trace,
    /// unless all that failed was to get ready for a task that somebody else has made.
    fn on(&mut self, event: &Event<'_>, target: &mut dyn Target) -> Result<Verdict, Error>;

    /// Some time has passed: what was put off can be done. Says whether there was something; as long as there is, or
    /// [`Observer::is_waiting`], this is called every now and then, whether or not there are events.
    fn idle(&mut self) -> bool {
        false
    }

    /// Whether something is put off until [`Observer::idle`].
    fn is_waiting(&self) -> bool {
        false
    }

    /// Whether a process is a child of the observer's own, so that a wait for tracees that comes upon it should let it
    /// be.
    fn is_helper(&self, pid: i32) -> bool {
        let _ = pid;
        false
    }

    /// Whether the engine should stay until a helper has ended; asked after [`Observer::finish`].
    fn has_helper(&mut self) -> bool {
        false
    }

    /// Nothing more is told.
    ///
    /// # Errors
    /// What was put off can't be done.
    fn finish(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

/// What is to come with events, beyond what costs nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The time of day: [`crate::Moment::wall`].
    pub wall: bool,
    /// The time that passes: [`crate::Moment::monotonic`].
    pub monotonic: bool,
    /// How long calls take: [`crate::Return::spent`].
    pub spent: bool,
    /// Where the task stands, also where it is at no call: [`Task::ip`].
    pub ip: bool,
    /// CPU time, at the ends of calls: [`Task::cpu`].
    pub cpu: bool,
    /// Of answers that are asked for only to tell more: how much of them.
    pub answers: Wanted,
    /// Stacks, which the target of an event gives on request.
    pub stacks: bool,
}

impl Needs {
    /// Everything.
    pub const ALL: Needs = Needs {
        wall: true,
        monotonic: true,
        spent: true,
        ip: true,
        cpu: true,
        answers: Wanted::EVERYTHING,
        stacks: true,
    };
}

/// How a trace ends: what an engine's own exit should tell its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// By exiting with this status, 0 to 255.
    Exit(i32),
    /// By this signal.
    Signal(i32),
}
