//! Tracees that nobody asked to see, and that can't be let go because the tracer's seccomp filter is on them: children
//! that are not followed, those made with `CLONE_UNTRACED`, and all that are left when a signal ends the trace.
//!
//! They run on as if there were no tracer, but for what [`Screen`] says, and stop where the filter says so.

use super::{Again, Session, restart};
use crate::error::Error;
use crate::kernel_time::KernelTime;
use crate::screen::{self, Screen, Verdict};
use crate::tracee::Phase;
use crate::{call, signals, sys};
use ptrace::{
    PtraceEvent, Resume, Running, Signal, Status, Stopped, SyscallInfo, SyscallStop, Tid, UnlessGone, Waited,
};
use std::collections::HashMap;

/// Who is traced unseen.
#[derive(Default)]
pub(super) struct Unseen {
    screens: HashMap<Tid, Screen>,
    /// Whose calls have been interrupted.
    interrupted: HashMap<Tid, Again>,
    /// The first stops of children of which it is not known yet whether they are to be seen.
    early: Vec<Waited>,
}

impl Unseen {
    pub(super) fn len(&self) -> usize {
        self.screens.len() + self.early.len()
    }

    pub(super) fn has(&self, tid: Tid) -> bool {
        self.screens.contains_key(&tid)
    }

    /// It is to be traced unseen from now on.
    fn add(&mut self, tid: Tid, screen: Screen) {
        self.screens.insert(tid, screen);
    }

    /// Its parent has been told of: gives its first stop, if that has come before.
    fn take_early(&mut self, tid: Tid) -> Option<Waited> {
        let at = self.early.iter().position(|waited| waited.tid == tid)?;
        Some(self.early.swap_remove(at))
    }

    /// A thread has executed a program, and has taken the id of its process.
    fn rename(&mut self, former: Tid, tid: Tid) {
        if let Some(screen) = self.screens.remove(&former) {
            self.screens.insert(tid, screen);
        }
    }

    pub(super) fn forget(&mut self, tid: Tid) {
        self.screens.remove(&tid);
        self.interrupted.remove(&tid);
    }
}

impl Session<'_> {
    /// Handles the stop of a thread that is not shown; false if it is for others to handle.
    pub(super) fn unseen_stop(&mut self, waited: Waited) -> Result<bool, Error> {
        let (tid, status) = (waited.tid, waited.status.status());
        if !self.unseen.has(tid) && !self.meet_unseen(waited, status) {
            return Ok(false);
        }
        let Some(screen) = self.unseen.screens.get_mut(&tid) else { return Ok(true) };
        let stopped = Stopped::assume(tid);
        match status {
            Status::Exited { .. } | Status::Killed { .. } => {
                self.unseen.forget(tid);
                self.release_early();
            }
            Status::Signal(signal) => {
                if self.config.restart_calls {
                    let again = self.unseen.interrupted.remove(&tid).unwrap_or_default();
                    let again = restart::at_signal_unseen(again, &stopped, signal);
                    self.unseen.interrupted.extend(again.map(|again| (tid, again)));
                }
                self.resume_unseen(stopped, Some(signal))?;
            }
            Status::GroupStop(_) => {
                self.unseen.interrupted.insert(tid, Again::Failed);
                stopped.listen().unless_gone()?;
            }
            Status::Syscall => {
                let stop = screen.syscall_stop();
                self.unseen_call(stopped, stop)?;
            }
            Status::Event(PtraceEvent::Seccomp) => self.unseen_call(stopped, SyscallStop::Seccomp)?,
            Status::Event(PtraceEvent::Fork | PtraceEvent::Vfork | PtraceEvent::Clone) => {
                let child = stopped.event_message().unless_gone()?;
                self.child_made(&stopped, child);
                self.resume_unseen(stopped, None)?;
            }
            Status::Event(PtraceEvent::Exec) => {
                let former = stopped.event_message().unless_gone()?;
                if let Some(former) = former.and_then(|id| i32::try_from(id).ok()).map(Tid::from_raw) {
                    self.unseen.rename(former, tid);
                }
                self.resume_unseen(stopped, None)?;
            }
            Status::Event(event) => {
                screen.put_back(&stopped);
                if event == PtraceEvent::Stop {
                    screen.has_stopped();
                    self.call_survives(&stopped, None);
                }
                self.resume_unseen(stopped, None)?;
            }
            Status::Continued | Status::Unknown => {}
        }
        Ok(true)
    }

    /// How a tracee that is shown goes on: up to where the filter stops it, unless more than that is to be seen of it.
    pub(super) fn way_on(&mut self, tid: Tid) -> Resume {
        match self.tracees.get_mut(&tid) {
            Some(tracee) if tracee.runs_free() => {
                // It will not stop at the end of a call that is not shown.
                tracee.phase = Phase::Outside;
                Resume::Cont
            }
            _ => Resume::Syscall,
        }
    }

    /// Meets a thread that is not known: false if it is none that is to be unseen.
    fn meet_unseen(&mut self, waited: Waited, status: Status) -> bool {
        let ended = matches!(status, Status::Exited { .. } | Status::Killed { .. } | Status::Continued);
        if ended || self.view.output.is_reader(waited.tid) {
            return false;
        }
        if self.is_somebody_escaping() {
            self.unseen.early.push(waited);
            return true;
        }
        let hidden = self.leaving.is_some() || !self.config.follow_forks;
        if hidden {
            self.unseen.add(waited.tid, Screen::unknown());
        }
        hidden
    }

    /// A tracee has made a child: true if that is traced unseen.
    pub(super) fn child_of_filtered(&mut self, parent: &Stopped, child: Tid) -> bool {
        let early = self.unseen.take_early(child).map(|waited| (waited, KernelTime::Unknown));
        self.queue.extend(early);
        let shown = self.tracees.get_mut(&parent.tid());
        let is_shown = shown.is_some();
        let unseen = self.unseen.screens.get_mut(&parent.tid());
        let Some(screen) = shown.map_or(unseen, |tracee| tracee.screen.as_mut()) else {
            // The parent is not under the filter, and so the child is not.
            if let Some(tracee) = self.tracees.get_mut(&child) {
                tracee.screen = None;
            }
            return false;
        };
        let of_child = screen.of_child();
        let hidden = !is_shown || !self.config.follow_forks || screen.is_escaping();
        screen.put_back(parent);
        if hidden {
            self.unseen.add(child, of_child);
        } else if let Some(tracee) = self.tracees.get_mut(&child) {
            tracee.screen = Some(of_child);
        }
        hidden
    }

    fn is_somebody_escaping(&self) -> bool {
        let seen = self.tracees.values().filter_map(|tracee| tracee.screen.as_ref());
        seen.chain(self.unseen.screens.values()).any(Screen::is_escaping)
    }

    /// Who could have told of an early child may have ended without having done so.
    pub(super) fn release_early(&mut self) {
        if !self.unseen.early.is_empty() && !self.is_somebody_escaping() {
            let early = self.unseen.early.drain(..).map(|waited| (waited, KernelTime::Unknown));
            self.queue.extend(early);
        }
    }

    fn unseen_call(&mut self, stopped: Stopped, stop: SyscallStop) -> Result<(), Error> {
        let tid = stopped.tid();
        let Some(info) = self.which_call.read(&stopped, stop).unless_gone()? else { return Ok(()) };
        let Some(screen) = self.unseen.screens.get_mut(&tid) else { return Ok(()) };
        match info {
            SyscallInfo::Seccomp { call, data } if screen::is_its_own(data) => {
                screen::skip(&stopped, &call);
            }
            SyscallInfo::Seccomp { call, .. } if call.is_vsyscall() => {
                if screen.is_strict() {
                    stopped.kill().unless_gone()?;
                    return Ok(());
                }
            }
            SyscallInfo::Entry(entry) | SyscallInfo::Seccomp { call: entry, .. } => {
                if let Some(abi) = call::abi_of(&entry) {
                    self.colocation.entering(tid, abi, &entry);
                    if screen.entering(&stopped, &entry, abi) == Verdict::Kill {
                        stopped.kill().unless_gone()?;
                        return Ok(());
                    }
                }
            }
            SyscallInfo::Exit(mut exit) => {
                if screen.leaving(&stopped, &mut exit) {
                    self.share_filters(tid)?;
                }
            }
            SyscallInfo::None { .. } => {}
        }
        self.resume_unseen(stopped, None)
    }

    fn resume_unseen(&mut self, stopped: Stopped, deliver: Option<Signal>) -> Result<(), Error> {
        let screen = self.unseen.screens.get_mut(&stopped.tid());
        let free = screen.is_some_and(|screen| {
            let free = !screen.sees_all() && !screen.awaits_exit();
            if free {
                screen.runs_free();
            }
            free
        });
        let how = if free { Resume::Cont } else { Resume::Syscall };
        stopped.resume(how, deliver).unless_gone()?;
        Ok(())
    }

    /// A thread has given its filters to all threads of its process, which from now on stop at all calls.
    pub(super) fn share_filters(&mut self, by: Tid) -> Result<(), Error> {
        let process = screen::process_of(by);
        let seen = self.tracees.values_mut().filter_map(|tracee| Some((tracee.tid, tracee.screen.as_mut()?)));
        let unseen = self.unseen.screens.iter_mut().map(|(tid, screen)| (*tid, screen));
        for (tid, screen) in seen.chain(unseen).filter(|(tid, _)| *tid != by) {
            if process.is_none() || screen::process_of(tid) == process {
                screen.share_filters();
                // It may be on its way to a call at which the tracer's filter would not stop it any more.
                Running::assume(tid).interrupt().unless_gone()?;
            }
        }
        Ok(())
    }

    /// Shows no more of a tracee that can't be let go.
    pub(super) fn fade(&mut self, tid: Tid, screen: Screen) -> Result<(), Error> {
        self.unseen.add(tid, screen);
        if let Some(i) = self.delayed.iter().position(|(_, stopped, _)| stopped.tid() == tid) {
            let (_, stopped, signal) = self.delayed.swap_remove(i);
            self.resume_unseen(stopped, signal)?;
        }
        self.forget(tid);
        Ok(())
    }

    /// Stays with those who are under the filter until they end, or until a signal ends that as well, which kills
    /// them; and with the command that reads the trace, which may wait for one of them.
    pub(super) fn outlive(&mut self) -> Result<(), Error> {
        self.leaving.get_or_insert_default();
        sys::interrupt(0);
        // Most are about to end. If not, the user should know what is waited for.
        let mut ticks_to_message = 20;
        sys::run_timer(self.stays());
        while self.stays() || self.view.output.is_being_read() {
            let is_enough = self.stays() && sys::interrupted_by().is_some_and(signals::asks_to_end);
            if is_enough || !self.take_stop()? {
                break;
            }
            if self.stays() && sys::ticked() {
                ticks_to_message -= 1;
                if ticks_to_message == 0 {
                    sys::run_timer(false);
                    self.tell_of_unseen();
                }
            }
        }
        sys::run_timer(false);
        Ok(())
    }

    /// Whether there is somebody who must not be left.
    fn stays(&self) -> bool {
        self.unseen.len() > 0 && !self.config.kill_on_exit
    }

    fn tell_of_unseen(&mut self) {
        let whom = match self.unseen.len() {
            1 => "a process".to_owned(),
            count => format!("{count} processes"),
        };
        let why = "left under the seccomp filter (--seccomp-bpf=never does without)";
        self.view.output.message(&format!("Waiting for {whom} {why}"));
    }
}
