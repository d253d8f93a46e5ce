//! A callback as an observer: makes of each event what the callback is told, and of its answer a verdict.

use super::call::{Begun, Call, Stage};
use super::error::Other;
use super::event::{Ending, Event, Origin, What};
use super::verdict::Verdict;
use decode::{Options, Outcome, Target, Wanted};
use event::{Needs, Observer, Task};
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use tracer::filter::SyscallSet;

/// What of a trace a callback is told, and how.
#[derive(Clone)]
pub(super) struct Asked {
    /// The calls; `None`: all of them.
    pub(super) calls: Option<SyscallSet>,
    /// Calls are told of at their exits too.
    pub(super) exits: bool,
    pub(super) options: Options,
    /// Threads are there to be looked at: it is no recording.
    pub(super) is_live: bool,
    /// What descriptors stand for is found out.
    pub(super) descriptors: bool,
}

/// Tells a callback.
pub(super) struct Watcher<F> {
    asked: Asked,
    callback: F,
    /// The calls that threads are in.
    begun: HashMap<i32, Begun>,
    /// The call of a thread that is about to have this id.
    moved: Option<(i32, Begun)>,
    /// The thread that the trace is about.
    first: Option<i32>,
    pub(super) ending: Ending,
}

impl<F: FnMut(&Event<'_>) -> Result<Verdict, Other>> Watcher<F> {
    pub(super) fn new(asked: Asked, callback: F) -> Watcher<F> {
        Watcher { asked, callback, begun: HashMap::new(), moved: None, first: None, ending: Ending::Left }
    }

    fn enter(
        &mut self,
        event: &event::Event<'_>,
        call: &decode::Call,
        target: &mut dyn Target,
    ) -> Result<Verdict, Other> {
        let begun = Begun::new(call, self.asked.options, target);
        let stage = Stage::Entry(&begun, OnceCell::new());
        let told = Call {
            tid: event.task.tid,
            is_live: self.asked.is_live,
            call,
            stage,
            target: RefCell::new(target),
        };
        let verdict = (self.callback)(&tell(event, self.asked.is_live, What::Enter(told)))?;
        if self.asked.exits && verdict != Verdict::Leave {
            self.begun.insert(event.task.tid, begun);
        }
        Ok(verdict)
    }

    fn exit(
        &mut self,
        event: &event::Event<'_>,
        call: &decode::Call,
        returned: event::Return,
        target: &mut dyn Target,
    ) -> Result<Verdict, Other> {
        if !self.asked.exits {
            return Ok(Verdict::Go);
        }
        let (tid, outcome) = (event.task.tid, returned.outcome);
        let mut begun =
            self.begun.remove(&tid).unwrap_or_else(|| Begun::new(call, self.asked.options, target));
        begun.end(call, outcome, target);
        let was_injected = returned.tampering.injected || returned.tampering.poked;
        let stage = Stage::Over { tree: &begun.tree, outcome, was_injected };
        let told = Call { tid, is_live: self.asked.is_live, call, stage, target: RefCell::new(target) };
        (self.callback)(&tell(event, self.asked.is_live, What::Exit(told)))
    }

    fn unfinished(
        &mut self,
        event: &event::Event<'_>,
        call: &decode::Call,
        target: &mut dyn Target,
    ) -> Result<Verdict, Other> {
        let Some(mut begun) = self.begun.remove(&event.task.tid) else { return Ok(Verdict::Go) };
        begun.end(call, Outcome::Error(0), target);
        let stage = Stage::Over { tree: &begun.tree, outcome: Outcome::Running, was_injected: false };
        let told = Call {
            tid: event.task.tid,
            is_live: self.asked.is_live,
            call,
            stage,
            target: RefCell::new(target),
        };
        (self.callback)(&tell(event, self.asked.is_live, What::Unfinished(told)))
    }

    /// Follows the thread that the trace is about, under whatever id.
    fn note(&mut self, event: &event::Event<'_>) {
        let tid = event.task.tid;
        match event.what {
            event::What::Attached(_) => {
                self.first.get_or_insert(tid);
            }
            // The id still is the leader's, for as long as there are things to be told of that.
            event::What::Renamed { to, .. } => {
                self.moved = self.begun.remove(&tid).map(|begun| (to, begun));
                self.first = self.first.map(|first| if first == tid { to } else { first });
            }
            event::What::Exited(status) if self.first == Some(tid) => self.ending = Ending::Exited(status),
            event::What::Killed { signal, .. } if self.first == Some(tid) => {
                self.ending = Ending::Killed(signal);
            }
            event::What::Superseded { .. } | event::What::Detached => drop(self.begun.remove(&tid)),
            _ => {}
        }
        let is_leaders = matches!(event.what, event::What::Renamed { .. } | event::What::Unfinished(..));
        if let Some((tid, begun)) = self.moved.take_if(|(to, _)| *to == tid && !is_leaders) {
            self.begun.insert(tid, begun);
        }
    }
}

impl<F: FnMut(&Event<'_>) -> Result<Verdict, Other>> Observer for Watcher<F> {
    fn needs(&self) -> Needs {
        let of_descriptors = Wanted {
            paths: true,
            sockets: true,
            devices: true,
            eventfds: true,
            signalfds: true,
            pidfds: true,
            ..Wanted::default()
        };
        let answers = if self.asked.descriptors { of_descriptors } else { Wanted::default() };
        Needs { wall: true, answers, ..Needs::default() }
    }

    fn wants(&mut self, _: &Task, call: &decode::Call, _: &mut dyn Target) -> bool {
        self.asked.calls.as_ref().is_none_or(|set| is_in(set, call))
    }

    fn on(
        &mut self,
        event: &event::Event<'_>,
        target: &mut dyn Target,
    ) -> Result<event::Verdict, event::Error> {
        self.note(event);
        if self.asked.is_live && is_of_leaving(event) {
            return Ok(event::Verdict::Go);
        }
        let what = match event.what {
            event::What::Enter(call) => return self.enter(event, call, target).map(Into::into),
            event::What::Exit(call, returned) => {
                return self.exit(event, call, returned, target).map(Into::into);
            }
            event::What::Unfinished(call, _) => return self.unfinished(event, call, target).map(Into::into),
            event::What::Attached(origin) => What::Started(match origin {
                event::Origin::Command => Origin::Command,
                event::Origin::Running => Origin::Running,
                event::Origin::Followed => Origin::Followed,
            }),
            event::What::Signal { number, .. } => What::Signal(number),
            event::What::GroupStop(signal) => What::Stopped(signal),
            event::What::Executed => What::Executed,
            event::What::Superseded { .. } => What::Superseded,
            event::What::Exited(status) => What::Exited(status),
            event::What::Killed { signal, core } => What::Killed { signal, core },
            event::What::Detached | event::What::HandedOver { .. } => What::Detached,
            event::What::Lost(count) => What::Lost(count),
            _ => return Ok(event::Verdict::Go),
        };
        (self.callback)(&tell(event, self.asked.is_live, what)).map(Into::into)
    }
}

/// Whether it tells that a thread is let go of, which the callback has asked for.
fn is_of_leaving(event: &event::Event<'_>) -> bool {
    matches!(event.what, event::What::Detached | event::What::Unfinished(_, event::Cut::Detached))
}

fn tell<'a>(event: &event::Event<'_>, is_live: bool, what: What<'a>) -> Event<'a> {
    Event { time: event.at.wall.unwrap_or_default(), tid: event.task.tid, what, is_live }
}

/// Whether a call is in a set: one that stands for another as that other.
fn is_in(set: &SyscallSet, call: &decode::Call) -> bool {
    match call.multiplexed() {
        Some(decode::Multiplexed::Socketcall(which)) => set.contains_socketcall(which),
        Some(decode::Multiplexed::Ipc(which)) => set.contains_ipc(which),
        None => set.contains(call.abi, call.number),
    }
}
