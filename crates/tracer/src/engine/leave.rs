//! How a trace ends before its tracees do: they are let go of.
//!
//! A tracee may be unable to stop before others go on: the parent of a `vfork` sleeps until the child executes a
//! program, and a thread in `execve` until the other threads of its process, which stop once more on their way, have
//! ended. So all are asked to stop, stops are taken as they come, whosever they are, and each tracee is let go of at
//! its own. Who does not stop is left to the kernel, which lets go of it when the tracer ends.

use super::{Session, signals};
use crate::config::Quiet;
use crate::error::Error;
use crate::{status, sys};
use event::{CpuTime, Cut, Ending, What};
use ptrace::{PtraceEvent, Running, Signal, Status, Stopped, Tid, UnlessGone, WaitFlags, Waited};
use std::collections::HashSet;
use std::time::{Duration, Instant};

/// So long after the last tracee was let go of, those that have not stopped are left to the kernel.
const PATIENCE: Duration = Duration::from_millis(900);

/// A trace that is ending.
#[derive(Default)]
pub(super) struct Leaving {
    /// Those that nothing more is told of, and that are let go of when they stop.
    untold: HashSet<Tid>,
    /// Children that were let go of before their parents told of them.
    early: HashSet<Tid>,
}

impl Session<'_> {
    /// A signal asks the tracer to end: attached processes go on without it, the command gets the signal too.
    pub(super) fn end_by(&mut self, signal: i32) -> Result<(), Error> {
        self.detach_all(Some(signal).filter(|&signal| signals::asks_to_end(signal)))?;
        self.ending = Ending::Signal(signal);
        Ok(())
    }

    /// The trace can't go on: lets go of all tracees, and tells nobody. One that was being dealt with stands still, or has
    /// gone on.
    #[cold]
    pub(super) fn abort(&mut self) {
        self.teller.mute();
        if let Some(waited) = self.at.take()
            && self.tracees.contains(waited.tid)
            && let Some(stopped) = waited.stopped()
        {
            let deliver = match waited.status.status() {
                Status::Signal(signal) => Some(signal),
                _ => None,
            };
            let tid = waited.tid;
            match self.tracees.get(tid).and_then(|tracee| tracee.disguise.clone()) {
                Some(disguise) => {
                    let _ = self.fade(tid, disguise);
                    let _ = self.resume_unwanted(stopped, deliver);
                }
                None if stopped.detach(deliver).is_ok() => self.forget(tid),
                None => {}
            }
        }
        if self.detach_all(None).is_ok() && self.stays() {
            let _ = self.stay_with_filtered();
        }
    }

    /// Lets go of all tracees; the command gets the signal first, if there is one.
    pub(super) fn detach_all(&mut self, signal: Option<i32>) -> Result<(), Error> {
        self.leaving = Some(Leaving::default());
        // From now on another one counts.
        sys::interrupt(0);
        if let (Some(signal), Some(command)) = (signal, self.command)
            && self.tracees.contains(command)
        {
            sys::kill(command.raw(), libc::SIGCONT);
            sys::kill(command.raw(), signal);
        }
        let mut tids: Vec<Tid> = self.tracees.tids().collect();
        tids.sort_unstable();
        for tid in tids {
            if let Some(disguise) = self.tracees.get(tid).and_then(|tracee| tracee.disguise.clone()) {
                self.fade(tid, disguise)?;
            } else if let Some(i) = self.delayed.iter().position(|(_, stopped, _)| stopped.tid() == tid) {
                let (_, stopped, signal) = self.delayed.swap_remove(i);
                self.let_go(stopped, signal)?;
            } else {
                // Of one that has gone the end is yet to come.
                Running::assume(tid).interrupt().unless_gone()?;
            }
        }
        self.let_all_go()
    }

    /// Takes stops until all tracees have been let go of, or nobody seems to stop any more.
    fn let_all_go(&mut self) -> Result<(), Error> {
        self.host.run_timer(true);
        let (mut left, mut since) = (self.tracees.len(), Instant::now());
        while !self.tracees.is_empty() || self.leaving.as_ref().is_some_and(|it| !it.untold.is_empty()) {
            if self.host.interrupted_by().is_some_and(signals::asks_to_end) || !self.take_stop()? {
                break;
            }
            if self.host.ticked() {
                self.teller.idle();
                self.forget_ended_leaders();
                // The kernel would kill those that it would have to let go of.
                if since.elapsed() > PATIENCE && !self.config.kill_on_exit && !self.guest.kills {
                    break;
                }
            }
            if self.tracees.len() != left {
                (left, since) = (self.tracees.len(), Instant::now());
            }
        }
        self.host.run_timer(false);
        let rest: Vec<Tid> = self.tracees.tids().collect();
        for tid in rest {
            self.forget(tid);
            self.leaving.get_or_insert_default().untold.insert(tid);
        }
        Ok(())
    }

    /// Waits for a stop, or a signal to the tracer, and answers it. False if there is nobody to wait for.
    pub(super) fn take_stop(&mut self) -> Result<bool, Error> {
        let next = match self.queue.pop_front() {
            Some((waited, _)) => Ok(Some(waited)),
            None => self.host.wait(WaitFlags::BLOCK, false, true, &mut self.cpu),
        };
        match next {
            Ok(Some(waited)) => self.handle_leaving(waited)?,
            Ok(None) | Err(ptrace::Error::Interrupted) => {}
            Err(ptrace::Error::NoTracee) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        Ok(true)
    }

    /// As [`Session::handle`], while the trace is ending.
    fn handle_leaving(&mut self, waited: Waited) -> Result<(), Error> {
        let (tid, status) = (waited.tid, waited.status.status());
        let leaving = self.leaving.get_or_insert_default();
        let is_left = self.tracees.contains(tid) || leaving.untold.contains(&tid);
        match status {
            Status::Exited { .. } | Status::Killed { .. } if leaving.untold.remove(&tid) => Ok(()),
            Status::Exited { .. } | Status::Killed { .. } | Status::Continued | Status::Unknown => {
                self.cpu = CpuTime::Unknown;
                self.handle(waited)
            }
            _ if is_left => self.leave_at(Stopped::assume(tid), status),
            _ if self.filtered => self.unwanted_stop(waited).map(drop),
            _ if self.teller.is_helper(tid) => Ok(()),
            _ => {
                leaving.early.insert(tid);
                self.leave_at(Stopped::assume(tid), status)
            }
        }
    }

    /// Lets go of a tracee at a stop.
    fn leave_at(&mut self, stopped: Stopped, status: Status) -> Result<(), Error> {
        if let Status::Event(event) = status {
            let told = stopped.event_message().unless_gone()?;
            let other = told.and_then(|id| i32::try_from(id).ok()).map(Tid::from_raw);
            match (event, other) {
                (PtraceEvent::Fork | PtraceEvent::Vfork | PtraceEvent::Clone, Some(child)) => {
                    self.leave_child(child)?;
                }
                // It goes on as the leader, and under its id.
                (PtraceEvent::Exec, Some(former)) if former != stopped.tid() => {
                    self.forget(former);
                    self.leaving.get_or_insert_default().untold.remove(&former);
                }
                _ => {}
            }
        }
        let signal = if let Status::Signal(signal) = status { Some(signal) } else { None };
        self.let_go(stopped, signal)
    }

    /// A child has been made by one that is let go of: it will stop, or has.
    fn leave_child(&mut self, child: Tid) -> Result<(), Error> {
        let leaving = self.leaving.get_or_insert_default();
        if self.tracees.contains(child) || leaving.early.remove(&child) {
            return Ok(());
        }
        leaving.untold.insert(child);
        if self.unwanted.has(child) {
            // It was not known whose it was; its parent is not under the filter.
            self.unwanted.forget(child);
            Running::assume(child).interrupt().unless_gone()?;
        }
        Ok(())
    }

    /// A leader that has ended before its threads does not stop, and its end comes with that of the last.
    fn forget_ended_leaders(&mut self) {
        let has_ended = |tid: &Tid| status::Status::of(tid.raw()).is_some_and(|status| status.has_ended);
        let ended: Vec<Tid> = self.tracees.tids().filter(has_ended).collect();
        ended.into_iter().for_each(|tid| self.forget(tid));
    }

    /// Lets go of a tracee, which goes on as if there had been no tracer.
    pub(super) fn let_go(&mut self, stopped: Stopped, deliver: Option<Signal>) -> Result<(), Error> {
        let tid = stopped.tid();
        // It gets its own CPUs back while it stands.
        self.colocation.leave(tid);
        self.call_survives(&stopped, deliver);
        stopped.detach(deliver).unless_gone()?;
        if let Some(leaving) = &mut self.leaving {
            leaving.untold.remove(&tid);
        }
        self.forget(tid);
        Ok(())
    }

    /// Lets go of a tracee because its observer has enough of it; of one under the filter, just no more is told.
    pub(super) fn leave_to_itself(&mut self, stopped: Stopped, deliver: Option<Signal>) -> Result<(), Error> {
        let tid = stopped.tid();
        match self.tracees.get(tid).and_then(|tracee| tracee.disguise.clone()) {
            Some(disguise) => {
                self.fade(tid, disguise)?;
                self.resume_unwanted(stopped, deliver)
            }
            None => self.let_go(stopped, deliver),
        }
    }

    /// Shows no more of a tracee that goes on.
    pub(super) fn forget(&mut self, tid: Tid) {
        self.forget_saying(tid, &format!("Process {tid} detached"));
    }

    /// The same in other words.
    pub(super) fn forget_saying(&mut self, tid: Tid, message: &str) {
        self.colocation.leave(tid);
        // What is told of it is told as long as it is among the others.
        let Some(mut tracee) = self.remove(tid) else { return };
        if self.teller.tells(Quiet::Attach) {
            self.teller.message(message);
        }
        self.teller.abandon(&mut tracee, Cut::Detached);
        if let Some(note) = tracee.note.take() {
            self.teller.message(&note);
        }
        self.teller.tell(&tracee, What::Detached);
    }
}
