//! What the loop does about tracees under a seccomp filter: when it comes, and who stays under it unwanted.

use super::abi::abi_of;
use super::again::Again;
use super::restart;
use super::seccomp::{self, Answer, Disguise};
use super::tracee::Phase;
use super::{Session, signals, start};
use crate::error::Error;
use crate::sys;
use event::CpuTime;
use ptrace::{
    PtraceEvent, Resume, Running, Signal, Status, Stopped, SyscallEntry, SyscallInfo, SyscallStop, Tid,
    UnlessGone, Waited,
};

impl Session<'_> {
    /// The command is about to make a call: the filter may come now, or must not come any more.
    pub(super) fn consider_filter(&mut self, stopped: &Stopped, at: &SyscallEntry) -> Result<(), Error> {
        let Some(later) = self.later.as_mut() else { return Ok(()) };
        let Some(tracee) = self.tracees.get(stopped.tid()) else { return Ok(()) };
        let is_alone = self.tracees.len() == 1 && self.command == Some(stopped.tid());
        if !is_alone || later.is_against(tracee.task.abi, at) {
            self.later = None;
            return Ok(());
        }
        if !matches!(tracee.phase, Phase::Skipping) {
            return Ok(());
        }
        if !later.has_seen_another() {
            return Ok(());
        }
        if !seccomp::knows_ptrace(stopped.tid()) && later.install(stopped, at).is_some() {
            stopped.set_options(start::filtered_options(self.config)).unless_gone()?;
        } else {
            self.later = None;
        }
        Ok(())
    }

    /// The command's call of `seccomp` is done, whether it has worked or not.
    pub(super) fn filter_came(&mut self, stopped: Stopped) -> Result<(), Error> {
        let installing = self.later.take().and_then(|later| later.installing);
        let info = self.which_call.at(&stopped, SyscallStop::Exit)?;
        if let (Some(installing), Some(SyscallInfo::Exit(exit))) = (installing, info) {
            installing.restart(&stopped).unless_gone()?;
            if exit.is_error {
                stopped.set_options(start::options(self.config)).unless_gone()?;
            } else if let Some(tracee) = self.tracees.get_mut(stopped.tid()) {
                tracee.disguise = Some(Disguise::default());
                self.filtered = true;
            }
        }
        if let Some(tracee) = self.tracees.get_mut(stopped.tid()) {
            tracee.phase = Phase::Outside;
        }
        self.resume(stopped, None)
    }
}

impl Session<'_> {
    /// Handles the stop of a thread that is not shown; false if it is for others to handle.
    pub(super) fn unwanted_stop(&mut self, waited: Waited) -> Result<bool, Error> {
        let (tid, status) = (waited.tid, waited.status.status());
        if !self.unwanted.has(tid) && !self.meet_unwanted(waited, status) {
            return Ok(false);
        }
        let Some(disguise) = self.unwanted.disguises.get_mut(&tid) else { return Ok(true) };
        let stopped = Stopped::assume(tid);
        match status {
            Status::Exited { .. } | Status::Killed { .. } => {
                self.unwanted.forget(tid);
                self.release_early();
            }
            Status::Signal(signal) => {
                if self.config.restart_calls {
                    let again = self.unwanted.interrupted.remove(&tid).unwrap_or_default();
                    let again = restart::at_signal_of_unwanted(again, &stopped, signal);
                    self.unwanted.interrupted.extend(again.map(|again| (tid, again)));
                }
                self.resume_unwanted(stopped, Some(signal))?;
            }
            Status::GroupStop(_) => {
                self.unwanted.interrupted.insert(tid, Again::Failed);
                stopped.listen().unless_gone()?;
            }
            Status::Syscall => {
                let stop = disguise.syscall_stop();
                self.unwanted_call(stopped, stop)?;
            }
            Status::Event(PtraceEvent::Seccomp) => self.unwanted_call(stopped, SyscallStop::Seccomp)?,
            Status::Event(PtraceEvent::Fork | PtraceEvent::Vfork | PtraceEvent::Clone) => {
                let child = stopped.event_message().unless_gone()?;
                self.child_made(&stopped, child);
                self.resume_unwanted(stopped, None)?;
            }
            Status::Event(PtraceEvent::Exec) => {
                let former = stopped.event_message().unless_gone()?;
                if let Some(former) = former.and_then(|id| i32::try_from(id).ok()).map(Tid::from_raw) {
                    self.unwanted.rename(former, tid);
                }
                self.resume_unwanted(stopped, None)?;
            }
            Status::Event(event) => {
                disguise.put_back(&stopped);
                if event == PtraceEvent::Stop {
                    disguise.has_stopped();
                    self.call_survives(&stopped, None);
                }
                self.resume_unwanted(stopped, None)?;
            }
            Status::Continued | Status::Unknown => {}
        }
        Ok(true)
    }

    /// How a tracee that is shown goes on: up to where the filter stops it, unless more than that is to be seen of it.
    pub(super) fn way_on(&mut self, tid: Tid) -> Resume {
        match self.tracees.get_mut(tid) {
            Some(tracee) if tracee.runs_free() => {
                // It will not stop at the end of a call that is not shown.
                tracee.phase = Phase::Outside;
                Resume::Cont
            }
            _ => Resume::Syscall,
        }
    }

    /// Meets a thread that is not known: false if it is one that is wanted.
    fn meet_unwanted(&mut self, waited: Waited, status: Status) -> bool {
        let ended = matches!(status, Status::Exited { .. } | Status::Killed { .. } | Status::Continued);
        if ended || self.teller.is_helper(waited.tid) {
            return false;
        }
        if self.is_somebody_escaping() {
            self.unwanted.early.push(waited);
            return true;
        }
        let hidden = self.leaving.is_some() || !self.config.follow_forks;
        if hidden {
            self.unwanted.add(waited.tid, Disguise::unknown());
        }
        hidden
    }

    /// A tracee has made a child: true if that is traced though nobody wants to see it.
    pub(super) fn child_of_filtered(&mut self, parent: &Stopped, child: Tid) -> bool {
        let early = self.unwanted.take_early(child).map(|waited| (waited, CpuTime::Unknown));
        self.queue.extend(early);
        let shown = self.tracees.get_mut(parent.tid());
        let is_shown = shown.is_some();
        let unwanted = self.unwanted.disguises.get_mut(&parent.tid());
        let Some(disguise) = shown.map_or(unwanted, |tracee| tracee.disguise.as_mut()) else {
            // The parent is not under the filter, and so the child is not.
            if let Some(tracee) = self.tracees.get_mut(child) {
                tracee.disguise = None;
            }
            return false;
        };
        let of_child = disguise.of_child();
        let hidden = !is_shown || !self.config.follow_forks || disguise.is_escaping();
        disguise.put_back(parent);
        if hidden {
            self.unwanted.add(child, of_child);
        } else if let Some(tracee) = self.tracees.get_mut(child) {
            tracee.disguise = Some(of_child);
        }
        hidden
    }

    fn is_somebody_escaping(&self) -> bool {
        let wanted = self.tracees.values().filter_map(|tracee| tracee.disguise.as_ref());
        wanted.chain(self.unwanted.disguises.values()).any(Disguise::is_escaping)
    }

    /// Who could have told of an early child may have ended without having done so.
    pub(super) fn release_early(&mut self) {
        if !self.unwanted.early.is_empty() && !self.is_somebody_escaping() {
            let early = self.unwanted.early.drain(..).map(|waited| (waited, CpuTime::Unknown));
            self.queue.extend(early);
        }
    }

    fn unwanted_call(&mut self, stopped: Stopped, stop: SyscallStop) -> Result<(), Error> {
        let tid = stopped.tid();
        let Some(info) = self.which_call.at(&stopped, stop)? else { return Ok(()) };
        let Some(disguise) = self.unwanted.disguises.get_mut(&tid) else { return Ok(()) };
        match info {
            SyscallInfo::Seccomp { call, data } if seccomp::is_its_own(data) => {
                seccomp::skip(&stopped, &call);
            }
            SyscallInfo::Seccomp { call, .. } if call.is_vsyscall() => {
                if disguise.is_strict() {
                    stopped.kill().unless_gone()?;
                    return Ok(());
                }
            }
            SyscallInfo::Entry(entry) | SyscallInfo::Seccomp { call: entry, .. } => {
                if let Some(abi) = abi_of(&entry) {
                    self.colocation.entering(tid, abi, &entry);
                    if disguise.entering(&stopped, &entry, abi) == Answer::Kill {
                        stopped.kill().unless_gone()?;
                        return Ok(());
                    }
                }
            }
            SyscallInfo::Exit(mut exit) => {
                if disguise.leaving(&stopped, &mut exit) {
                    self.share_filters(tid)?;
                }
            }
            SyscallInfo::None { .. } => {}
        }
        self.resume_unwanted(stopped, None)
    }

    pub(super) fn resume_unwanted(&mut self, stopped: Stopped, deliver: Option<Signal>) -> Result<(), Error> {
        let disguise = self.unwanted.disguises.get_mut(&stopped.tid());
        let free = disguise.is_some_and(|disguise| {
            let free = !disguise.sees_all() && !disguise.awaits_exit();
            if free {
                disguise.runs_free();
            }
            free
        });
        let how = if free { Resume::Cont } else { Resume::Syscall };
        stopped.resume(how, deliver).unless_gone()?;
        Ok(())
    }

    /// A thread has given its filters to all threads of its process, which from now on stop at all calls.
    pub(super) fn share_filters(&mut self, by: Tid) -> Result<(), Error> {
        let process = seccomp::process_of(by);
        let wanted =
            self.tracees.values_mut().filter_map(|tracee| Some((tracee.tid, tracee.disguise.as_mut()?)));
        let unwanted = self.unwanted.disguises.iter_mut().map(|(tid, disguise)| (*tid, disguise));
        for (tid, disguise) in wanted.chain(unwanted).filter(|(tid, _)| *tid != by) {
            if process.is_none() || seccomp::process_of(tid) == process {
                disguise.share_filters();
                // It may be on its way to a call at which the tracer's filter would not stop it any more.
                Running::assume(tid).interrupt().unless_gone()?;
            }
        }
        Ok(())
    }

    /// Tells no more of a tracee that can't be let go.
    pub(super) fn fade(&mut self, tid: Tid, disguise: Disguise) -> Result<(), Error> {
        self.unwanted.add(tid, disguise);
        if let Some(i) = self.delayed.iter().position(|(_, stopped, _)| stopped.tid() == tid) {
            let (_, stopped, signal) = self.delayed.swap_remove(i);
            self.resume_unwanted(stopped, signal)?;
        }
        self.forget(tid);
        Ok(())
    }

    /// Stays with those who are under the filter until they end, or until a signal ends that as well, which kills
    /// them; and with the command that reads the trace, which may wait for one of them.
    pub(super) fn stay_with_filtered(&mut self) -> Result<(), Error> {
        self.leaving.get_or_insert_default();
        sys::interrupt(0);
        // Most are about to end. If not, the user should know what is waited for.
        let mut ticks_to_message = 20;
        self.host.run_timer(self.stays());
        while self.stays() || self.teller.has_helper() {
            let is_enough = self.stays() && self.host.interrupted_by().is_some_and(signals::asks_to_end);
            if is_enough || !self.take_stop()? {
                break;
            }
            if self.stays() && self.host.ticked() {
                ticks_to_message -= 1;
                if ticks_to_message == 0 {
                    self.host.run_timer(false);
                    self.tell_of_unwanted();
                }
            }
        }
        self.host.run_timer(false);
        Ok(())
    }

    /// Whether there is somebody who must not be left.
    pub(super) fn stays(&self) -> bool {
        self.unwanted.len() > 0 && !self.config.kill_on_exit
    }

    fn tell_of_unwanted(&mut self) {
        let whom = match self.unwanted.len() {
            1 => "a process".to_owned(),
            count => format!("{count} processes"),
        };
        let why = "left under the seccomp filter (--seccomp-bpf=never does without)";
        self.teller.message(&format!("Waiting for {whom} {why}"));
    }
}
