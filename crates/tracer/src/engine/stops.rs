//! What to do about each kind of stop.

use super::abi::abi_of;
use super::again::Again;
use super::fate::Fate;
use super::handover::Claim;
use super::restart;
use super::seccomp::{self, Answer, Disguise};
use super::tamper::Next;
use super::teller::Teller;
use super::tracee::{Phase, Start, Tracee};
use super::which_call::{WhichCall, end_of};
use super::{Session, calls};
use crate::config::Quiet;
use crate::error::Error;
use crate::sys;
use event::{Cut, Origin, What};
use ptrace::{
    CallStop, PtraceEvent, Signal, Status, Stopped, SyscallEntry, SyscallExit, SyscallInfo, SyscallStop, Tid,
    UnlessGone,
};
use render::errno_message;
use std::time::Instant;

impl Session<'_> {
    /// A tracee is at a call: at a syscall-stop, or at the event of a seccomp filter.
    #[inline(always)]
    pub(super) fn syscall_stop(&mut self, stopped: Stopped, stop: CallStop) -> Result<(), Error> {
        if self.later.as_ref().is_some_and(|later| later.is_installing()) {
            return self.filter_came(stopped);
        }
        let Some(tracee) = self.tracees.get_mut(stopped.tid()) else { return Ok(()) };
        if matches!(tracee.phase, Phase::Skipping)
            && tracee.start != Start::Pending
            && tracee.disguise.is_none()
        {
            tracee.phase = Phase::Outside;
            return self.resume(stopped, None);
        }
        match self.which_call.ask(&stopped) {
            Ok(info) => self.at_call(stopped, stop, info),
            Err(error) => self.at_untold_call(stopped, stop, error),
        }
    }

    /// The kernel has not told which call a tracee is at.
    #[cold]
    fn at_untold_call(
        &mut self,
        stopped: Stopped,
        stop: CallStop,
        error: ptrace::Error,
    ) -> Result<(), Error> {
        let info = match error {
            ptrace::Error::Unsupported { .. } => {
                let Some(tracee) = self.tracees.get(stopped.tid()) else { return Ok(()) };
                let is_seccomp = stop == CallStop::Seccomp;
                let end = if is_seccomp { SyscallStop::Seccomp } else { end_of(&tracee.phase) };
                self.which_call.guess(&stopped, end)
            }
            error => Err(error),
        };
        match info.unless_gone()? {
            Some(info) => self.at_call(stopped, stop, info),
            None => self.resume(stopped, None),
        }
    }

    #[inline(always)]
    fn at_call(&mut self, stopped: Stopped, stop: CallStop, info: SyscallInfo) -> Result<(), Error> {
        match info {
            SyscallInfo::Entry(entry) => self.call_begins(stopped, &entry, stop),
            SyscallInfo::Exit(mut exit) => self.call_ends(stopped, &mut exit),
            SyscallInfo::Seccomp { call, data } => match self.beside_calls(&stopped, &call, data) {
                None => self.call_begins(stopped, &call, stop),
                Some(Answer::Go) => self.resume(stopped, None),
                Some(Answer::Kill) => kill(stopped),
            },
            SyscallInfo::None { .. } => self.resume(stopped, None),
        }
    }

    /// What becomes of a tracee that a filter has stopped, if that stop begins no call.
    fn beside_calls(&self, stopped: &Stopped, call: &SyscallEntry, data: u32) -> Option<Answer> {
        if seccomp::is_its_own(data) {
            seccomp::skip(stopped, call);
            return Some(Answer::Go);
        }
        let tracee = self.tracees.get(stopped.tid())?;
        // Without a filter there is no stop in the page of vsyscalls, and with one there is no other.
        if call.is_vsyscall() {
            let is_forbidden = tracee.disguise.as_ref().is_some_and(Disguise::is_strict);
            return Some(if is_forbidden { Answer::Kill } else { Answer::Go });
        }
        // It has been told of already: it stops at all calls, and the filter stops it once more.
        (!matches!(tracee.phase, Phase::Outside | Phase::Unknown)).then_some(Answer::Go)
    }

    /// A tracee is about to make a call.
    fn call_begins(&mut self, stopped: Stopped, entry: &SyscallEntry, stop: CallStop) -> Result<(), Error> {
        let Some(tracee) = self.tracees.get_mut(stopped.tid()) else { return Ok(()) };
        let abi = abi_of(entry);
        if let Some(abi) = abi {
            self.colocation.entering(stopped.tid(), abi, entry);
        }
        let mut next = calls::enter(
            self.config,
            &mut self.teller,
            tracee,
            &stopped,
            entry,
            abi.unwrap_or(tracee.task.abi),
        );
        let mut claim = None;
        if self.config.detach_on_ptrace && tracee.phase.is_untouched() {
            claim = Claim::of(&stopped, tracee.task.abi, entry);
        }
        if let Some(disguise) = &mut tracee.disguise {
            if tracee.phase.is_untouched()
                && disguise.entering(&stopped, entry, tracee.task.abi) == Answer::Kill
            {
                return kill(stopped);
            }
        } else if self.later.is_some() {
            self.consider_filter(&stopped, entry)?;
        }
        // A tracee that goes on from a seccomp event gets no signal with that.
        if stop == CallStop::Seccomp
            && let Some(signal) = next.signal.take()
        {
            sys::signal_thread(stopped.tid().raw(), signal.number());
        }
        match claim {
            Some(claim) if next.fate == Fate::GoOn => self.claim(stopped, claim, next),
            _ => self.go_on_as(stopped, next),
        }
    }

    /// A tracee's call has returned.
    fn call_ends(&mut self, stopped: Stopped, exit: &mut SyscallExit) -> Result<(), Error> {
        let Some(tracee) = self.tracees.get_mut(stopped.tid()) else { return Ok(()) };
        if self.config.restart_calls {
            restart::at_exit(tracee, &stopped, exit);
        }
        let shares = tracee.disguise.as_mut().is_some_and(|disguise| disguise.leaving(&stopped, exit));
        let failed_start = tracee.start == Start::Pending && exit.is_error;
        let next = calls::exit(self.config, &mut self.teller, tracee, &stopped, exit);
        if tracee.note.is_some() {
            let note = tracee.note.take().unwrap_or_default();
            self.teller.message(&note);
        }
        if failed_start {
            tracee.start = Start::Failed;
            let why = errno_message(exit.rval.unsigned_abs() as u32);
            self.teller.message(&format!("exec: {why}"));
        }
        if shares {
            self.share_filters(stopped.tid())?;
        }
        self.go_on_as(stopped, next)
    }

    /// A tracee goes on from its call.
    #[inline(always)]
    fn go_on_as(&mut self, stopped: Stopped, next: Next) -> Result<(), Error> {
        match (next.fate, next.delay) {
            (Fate::GoOn, None) => self.resume_now(stopped, next.signal),
            (Fate::GoOn, Some(delay)) => {
                self.delayed.push((Instant::now() + delay, stopped, next.signal));
                Ok(())
            }
            (fate, _) => self.go_on(stopped, next.signal, fate),
        }
    }

    pub(super) fn signal_stop(&mut self, stopped: Stopped, signal: Signal) -> Result<(), Error> {
        let Some(tracee) = self.tracees.get_mut(stopped.tid()) else { return Ok(()) };
        locate(&mut self.which_call, &self.teller, tracee, &stopped);
        let info = stopped.siginfo().ok();
        if self.config.restart_calls {
            restart::at_signal(tracee, &stopped, signal);
        }
        if tracee.is_hidden() {
            return self.resume(stopped, Some(signal));
        }
        let info = info.as_ref().map(|info| info.as_bytes().as_slice());
        let verdict = self.teller.tell(tracee, What::Signal { number: signal.number(), info });
        self.go_on(stopped, Some(signal), Fate::of(&verdict))
    }

    pub(super) fn group_stop(&mut self, stopped: Stopped, signal: Signal) -> Result<(), Error> {
        let Some(tracee) = self.tracees.get_mut(stopped.tid()) else { return Ok(()) };
        // A stop ends its call without a tracer too.
        tracee.again = Again::Failed;
        locate(&mut self.which_call, &self.teller, tracee, &stopped);
        let fate = if tracee.is_hidden() {
            Fate::GoOn
        } else {
            Fate::of(&self.teller.tell(tracee, What::GroupStop(signal.number())))
        };
        if fate != Fate::GoOn {
            return self.go_on(stopped, None, fate);
        }
        stopped.listen().unless_gone()?;
        Ok(())
    }

    pub(super) fn event_stop(&mut self, stopped: Stopped, event: PtraceEvent) -> Result<(), Error> {
        let tid = stopped.tid();
        match event {
            PtraceEvent::Fork | PtraceEvent::Vfork | PtraceEvent::Clone => {
                let child = stopped.event_message().unless_gone()?;
                self.child_made(&stopped, child);
            }
            PtraceEvent::Exec => {
                let former = stopped.event_message().unless_gone()?;
                self.executed(&stopped, former);
                self.tell_of_privileges(tid);
                let matters = self.teller.tells(Quiet::Personality);
                if let Some(disguise) = self.disguise_of(tid) {
                    disguise.executed(matters);
                }
                let fate = self.tell_executed(tid);
                if self.config.detach_on_execve && !self.is_commands_start(tid) {
                    return self.let_go(stopped, None);
                }
                if fate != Fate::GoOn {
                    return self.go_on(stopped, None, fate);
                }
            }
            PtraceEvent::Exit => {
                self.teller.remember(tid);
                if let Some(tracee) = self.tracees.get_mut(tid) {
                    self.teller.abandon(tracee, Cut::Ended);
                }
            }
            PtraceEvent::Stop => {
                self.first_stop(&stopped);
                if let Some(disguise) = self.disguise_of(tid) {
                    disguise.has_stopped();
                    self.call_survives(&stopped, None);
                }
            }
            PtraceEvent::Seccomp | PtraceEvent::VforkDone | PtraceEvent::Other(_) => {}
        }
        self.resume(stopped, None)
    }

    /// Tells that a tracee has executed a program; returns how it goes on.
    fn tell_executed(&mut self, tid: Tid) -> Fate {
        match self.tracees.get(tid).filter(|tracee| !tracee.is_hidden()) {
            Some(tracee) => Fate::of(&self.teller.tell(tracee, What::Executed)),
            None => Fate::GoOn,
        }
    }

    /// What hides the filter from a tracee, if it is under it.
    fn disguise_of(&mut self, tid: Tid) -> Option<&mut Disguise> {
        self.tracees.get_mut(tid)?.disguise.as_mut()
    }

    /// A program has been executed that may have given its process rights, were it not for the tracer.
    fn tell_of_privileges(&mut self, tid: Tid) {
        if !self.teller.tells(Quiet::Privileges) {
            return;
        }
        let Some(note) = self.privileges.lost_by(tid, self.filtered) else { return };
        match self.tracees.get_mut(tid) {
            Some(tracee) if matches!(tracee.phase, Phase::Inside(_)) => tracee.note = Some(note.into()),
            _ => self.teller.message(&note),
        }
    }

    /// A process that is attached to may stand in a call that will be restarted.
    fn first_stop(&mut self, stopped: &Stopped) {
        let attached =
            |tracee: &Tracee| tracee.origin == Origin::Running && matches!(tracee.phase, Phase::Unknown);
        if !self.tracees.get(stopped.tid()).is_some_and(attached) {
            return;
        }
        self.call_survives_attaching(stopped);
        let Some(tracee) = self.tracees.get_mut(stopped.tid()) else { return };
        let Ok(registers) = stopped.registers() else { return };
        tracee.phase = Phase::Outside;
        let abi = match registers.arch() {
            ptrace::Arch::I386 => uapi::Abi::I386,
            _ => crate::host_abi(),
        };
        tracee.restarting = Some((abi, registers.syscall_number()));
    }

    /// A tracee, which stands at its call, has made another.
    pub(super) fn child_made(&mut self, parent: &Stopped, child: Option<u64>) {
        let Some(child) = child.and_then(|tid| i32::try_from(tid).ok()) else { return };
        let child = Tid::from_raw(child);
        if self.filtered && self.child_of_filtered(parent, child) {
            return;
        }
        let abi = self.tracees.get(parent.tid()).map(|parent| parent.task.abi);
        match self.tracees.get_mut(child) {
            // It has stopped before its parent could tell of it.
            Some(tracee) if matches!(tracee.phase, Phase::Unknown) => {
                tracee.task.abi = abi.unwrap_or(tracee.task.abi);
            }
            Some(_) => {}
            None => {
                self.adopt(child, Status::Event(PtraceEvent::Stop), Some(parent.tid()));
            }
        }
    }

    /// Whether the command has yet to get through its own first `execve`.
    fn is_commands_start(&mut self, tid: Tid) -> bool {
        self.tracees.get_mut(tid).is_some_and(|tracee| {
            let first = tracee.start == Start::Pending;
            tracee.start = Start::Done;
            first
        })
    }

    /// A thread has executed a program. If it was not the leader, it has taken the leader's id.
    fn executed(&mut self, stopped: &Stopped, former: Option<u64>) {
        let tid = stopped.tid();
        if !self.config.detach_on_execve {
            self.is_commands_start(tid);
        }
        let former = former.and_then(|former| i32::try_from(former).ok()).map_or(tid, Tid::from_raw);
        if former == tid {
            return;
        }
        self.teller.mappings_changed();
        self.colocation.rename(former, tid);
        let Some(mut thread) = self.remove(former) else { return self.unwanted.forget(former) };
        let call = match &thread.phase {
            Phase::Inside(inside) => Some(&inside.call),
            _ => None,
        };
        self.teller.tell(&thread, What::Renamed { to: tid.raw(), call });
        if let Some(mut leader) = self.remove(tid) {
            self.teller.abandon(&mut leader, Cut::Ended);
            leader.task.number = thread.task.number;
            locate(&mut self.which_call, &self.teller, &mut leader, stopped);
            self.teller.tell(&leader, What::Superseded { by: former.raw() });
            thread.origin = leader.origin;
        }
        thread.rename(tid);
        self.tracees.insert(tid, thread);
    }
}

/// A tracee's process ends.
#[cold]
fn kill(stopped: Stopped) -> Result<(), Error> {
    stopped.kill().unless_gone()?;
    Ok(())
}

/// Finds out where a tracee stands, which is at no call, if lines tell.
fn locate(which_call: &mut WhichCall, teller: &Teller<'_>, tracee: &mut Tracee, stopped: &Stopped) {
    if teller.needs.ip {
        let info = which_call.at(stopped, SyscallStop::Exit).ok().flatten();
        tracee.task.ip = info.map(|info| info.instruction_pointer());
    }
}
