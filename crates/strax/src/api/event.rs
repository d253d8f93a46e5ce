//! What a callback is told.

use super::call::Call;
use std::time::Duration;

/// Something that has happened to a thread, which stands still until the callback has answered.
#[derive(Debug)]
#[non_exhaustive]
pub struct Event<'a> {
    /// When, by the wall clock: since the epoch.
    pub time: Duration,
    /// To which thread, by its id for the tracer. Ids come round again once their threads have ended.
    pub tid: i32,
    /// What.
    pub what: What<'a>,
    pub(super) is_live: bool,
}

impl<'a> Event<'a> {
    /// The process that the thread belongs to. A process's first thread has its id. `None` if it is gone already, and in
    /// recordings.
    pub fn pid(&self) -> Option<i32> {
        self.is_live.then(|| super::place::process_of(self.tid)).flatten()
    }

    /// The call, if the event is its entry or its exit.
    pub fn call(&self) -> Option<&Call<'a>> {
        match &self.what {
            What::Enter(call) | What::Exit(call) => Some(call),
            _ => None,
        }
    }
}

/// What has happened.
#[derive(Debug)]
#[non_exhaustive]
pub enum What<'a> {
    /// The thread is there: the first that is told of it. It has done nothing yet, unless it was attached to.
    Started(Origin),
    /// It is about to make a call. What the call fills is not there yet: such arguments are addresses.
    Enter(Call<'a>),
    /// A call has returned, or has been kept from being made.
    Exit(Call<'a>),
    /// A call that was told of will not return: its thread has ended.
    Unfinished(Call<'a>),
    /// This signal is about to be delivered to the thread: a number, as in `signal(7)`.
    Signal(i32),
    /// The thread's process has been stopped by this signal (`SIGSTOP`, or Ctrl-Z), until it gets a `SIGCONT`.
    Stopped(i32),
    /// The process executes another program, whose first instruction comes next. All its other threads are gone, and
    /// this one has the process's id now.
    Executed,
    /// It has exited with this status, from 0 to 255: the last that is told of it.
    Exited(i32),
    /// A signal has killed it: the last that is told of it.
    Killed {
        /// Which.
        signal: i32,
        /// Whether the process's memory has been dumped.
        core: bool,
    },
    /// It is no more, since another thread of its process has executed a program: the last that is told of it.
    Superseded,
    /// It goes on unwatched: the last that is told of it.
    Detached,
    /// So many events are missing here: a recording had no room for them.
    Lost(u64),
}

/// How a thread came to be traced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// It is the program that was started in order to be traced.
    Command,
    /// It was running already.
    Running,
    /// A thread that is traced has made it.
    Followed,
}

/// How a trace has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ending {
    /// The program, or the process that was attached to, has exited with this status, from 0 to 255.
    Exited(i32),
    /// This signal has killed it.
    Killed(i32),
    /// It goes on without being traced, or ends so.
    Left,
}
