//! What to do about each kind of stop.

use super::handover::Claim;
use super::restart;
use super::which_call::{WhichCall, end_of};
use super::{Again, Session};
use crate::call::Cut;
use crate::config::{self, Quiet};
use crate::error::Error;
use crate::inject::Next;
use crate::screen::{Screen, Verdict};
use crate::tracee::{Origin, Phase, Start, Tracee};
use crate::view::View;
use crate::{call, lines, screen, sys};
use ptrace::{PtraceEvent, Signal, Status, Stopped, SyscallExit, SyscallInfo, SyscallStop, Tid, UnlessGone};
use render::errno_message;
use std::time::Instant;

impl Session<'_> {
    /// A tracee is at a call: at a syscall-stop, or at the event of a seccomp filter.
    pub(super) fn syscall_stop(&mut self, stopped: Stopped, is_seccomp: bool) -> Result<(), Error> {
        if self.later.as_ref().is_some_and(|later| later.is_installing()) {
            return self.filter_came(stopped);
        }
        let Some(tracee) = self.tracees.get_mut(&stopped.tid()) else { return Ok(()) };
        if matches!(tracee.phase, Phase::Skipping)
            && tracee.start != Start::Pending
            && tracee.screen.is_none()
        {
            tracee.phase = Phase::Outside;
            return self.resume(stopped, None);
        }
        let mut claim = None;
        let stop = if is_seccomp { SyscallStop::Seccomp } else { end_of(&tracee.phase) };
        let info = self.which_call.read(&stopped, stop).unless_gone()?;
        match info.as_ref().and_then(|info| beside_calls(tracee, &stopped, info)) {
            Some(Verdict::Kill) => {
                stopped.kill().unless_gone()?;
                return Ok(());
            }
            Some(Verdict::Go) => return self.resume(stopped, None),
            None => {}
        }
        let next = match info {
            Some(info @ (SyscallInfo::Entry(entry) | SyscallInfo::Seccomp { call: entry, .. })) => {
                if let Some(abi) = call::abi_of(&entry) {
                    self.colocation.entering(stopped.tid(), abi, &entry);
                }
                let mut next = call::enter(&mut self.view, tracee, &stopped, &entry);
                if self.config.detach_on_ptrace && tracee.phase.is_untouched() {
                    claim = Claim::of(&stopped, tracee.abi, &entry);
                }
                if let Some(screen) = &mut tracee.screen {
                    if tracee.phase.is_untouched()
                        && screen.entering(&stopped, &entry, tracee.abi) == Verdict::Kill
                    {
                        stopped.kill().unless_gone()?;
                        return Ok(());
                    }
                } else if self.later.is_some() {
                    self.consider_filter(&stopped, &entry)?;
                }
                // A tracee that goes on from a seccomp event gets no signal with that.
                if matches!(info, SyscallInfo::Seccomp { .. })
                    && let Some(signal) = next.signal.take()
                {
                    sys::signal_thread(stopped.tid().raw(), signal.number());
                }
                next
            }
            Some(SyscallInfo::Exit(exit)) => {
                let (next, shares) = call_ends(&mut self.view, tracee, &stopped, exit);
                if shares {
                    self.share_filters(stopped.tid())?;
                }
                next
            }
            Some(_) | None => Next::default(),
        };
        if let Some(claim) = claim {
            return self.claim(stopped, claim, next);
        }
        match next.delay {
            Some(delay) => {
                self.delayed.push((Instant::now() + delay, stopped, next.signal));
                Ok(())
            }
            None => self.resume(stopped, next.signal),
        }
    }

    pub(super) fn signal_stop(&mut self, stopped: Stopped, signal: Signal) -> Result<(), Error> {
        let Some(tracee) = self.tracees.get_mut(&stopped.tid()) else { return Ok(()) };
        locate(&mut self.which_call, &self.view, tracee, &stopped);
        let info = stopped.siginfo().ok();
        if self.config.restart_calls {
            restart::at_signal(tracee, &stopped, signal);
        }
        lines::signal(&mut self.view, tracee, &stopped, signal, info.as_ref());
        self.resume(stopped, Some(signal))
    }

    pub(super) fn group_stop(&mut self, stopped: Stopped, signal: Signal) -> Result<(), Error> {
        let Some(tracee) = self.tracees.get_mut(&stopped.tid()) else { return Ok(()) };
        // A stop ends its call without a tracer too.
        tracee.again = Again::Failed;
        locate(&mut self.which_call, &self.view, tracee, &stopped);
        lines::stopped(&mut self.view, tracee, &stopped, signal);
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
                let matters = self.view.tells(Quiet::Personality);
                if let Some(screen) = self.tracees.get_mut(&tid).and_then(|tracee| tracee.screen.as_mut()) {
                    screen.executed(matters);
                }
                if self.config.detach_on_execve && !self.is_commands_start(tid) {
                    return self.let_go(stopped, None);
                }
            }
            PtraceEvent::Exit => {
                self.view.heads.remember(tid.raw());
                if let Some(tracee) = self.tracees.get_mut(&tid) {
                    call::abandon(&mut self.view, tracee, Cut::Ended);
                }
            }
            PtraceEvent::Stop => {
                self.first_stop(&stopped);
                if let Some(screen) = self.tracees.get_mut(&tid).and_then(|tracee| tracee.screen.as_mut()) {
                    screen.has_stopped();
                    self.call_survives(&stopped, None);
                }
            }
            PtraceEvent::Seccomp => return self.syscall_stop(stopped, true),
            PtraceEvent::VforkDone | PtraceEvent::Other(_) => {}
        }
        self.resume(stopped, None)
    }

    /// A program has been executed that may have given its process rights, were it not for the tracer.
    fn tell_of_privileges(&mut self, tid: Tid) {
        if !self.view.tells(Quiet::Privileges) {
            return;
        }
        let Some(note) = self.privileges.lost_by(tid, self.filtered) else { return };
        match self.tracees.get_mut(&tid) {
            Some(tracee) if matches!(tracee.phase, Phase::Inside(_)) => tracee.note = Some(note.into()),
            _ => self.view.output.message(&note),
        }
    }

    /// A process that is attached to may stand in a call that will be restarted.
    fn first_stop(&mut self, stopped: &Stopped) {
        let attached =
            |tracee: &Tracee| tracee.origin == Origin::Attached && matches!(tracee.phase, Phase::Unknown);
        if !self.tracees.get(&stopped.tid()).is_some_and(|tracee| attached(tracee)) {
            return;
        }
        self.call_survives_attaching(stopped);
        let Some(tracee) = self.tracees.get_mut(&stopped.tid()) else { return };
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
        let abi = self.tracees.get(&parent.tid()).map(|parent| parent.abi);
        match self.tracees.get_mut(&child) {
            // It has stopped before its parent could tell of it.
            Some(tracee) if matches!(tracee.phase, Phase::Unknown) => {
                tracee.abi = abi.unwrap_or(tracee.abi);
            }
            Some(_) => {}
            None => {
                self.adopt(child, Status::Event(PtraceEvent::Stop), Some(parent.tid()));
            }
        }
    }

    /// Whether the command has yet to get through its own first `execve`.
    fn is_commands_start(&mut self, tid: Tid) -> bool {
        self.tracees.get_mut(&tid).is_some_and(|tracee| {
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
        if let Some(stacks) = &mut self.view.stacks {
            stacks.mappings_changed();
        }
        self.colocation.rename(former, tid);
        let Some(mut thread) = self.remove(former) else { return self.unseen.forget(former) };
        thread.is_unnoticed = self.executes_unnoticed(&thread);
        call::mark_renamed(&mut self.view, &mut thread, tid);
        if let Some(mut leader) = self.remove(tid) {
            call::abandon(&mut self.view, &mut leader, Cut::Ended);
            // The survivor is counted, and the line is the leader's.
            self.view.tracees = self.tracees.len() + 1;
            leader.number = thread.number;
            locate(&mut self.which_call, &self.view, &mut leader, stopped);
            lines::superseded(&mut self.view, &mut leader, former);
            self.take_over(&mut thread, *leader);
        }
        thread.tid = tid;
        self.tracees.insert(tid, thread);
        self.view.tracees = self.tracees.len();
    }

    /// Whether a process whose thread executes a program is one whose end is not told of. strace loses all lines of such
    /// a process, if the call is not shown and calls are chosen by a status other than `detached`; here, what it does is
    /// shown, and its end then too.
    fn executes_unnoticed(&self, thread: &Tracee) -> bool {
        let loses = self.view.is_text && self.view.drafts && !self.view.wants(config::Status::Detached);
        loses && !matches!(thread.phase, Phase::Inside(_))
    }

    /// The thread goes on in the leader's place.
    fn take_over(&mut self, thread: &mut Tracee, leader: Tracee) {
        thread.origin = leader.origin;
        if let Some(sheet) = leader.sheet
            && let Some(mut old) = thread.sheet.replace(sheet)
        {
            old.flush();
        }
    }
}

/// What becomes of a tracee that a filter has stopped, if that stop begins no call.
fn beside_calls(tracee: &Tracee, stopped: &Stopped, info: &SyscallInfo) -> Option<Verdict> {
    let SyscallInfo::Seccomp { call, data } = info else { return None };
    if screen::is_its_own(*data) {
        screen::skip(stopped, call);
        return Some(Verdict::Go);
    }
    // Without a filter there is no stop in the page of vsyscalls, and with one there is no other.
    if call.is_vsyscall() {
        let is_forbidden = tracee.screen.as_ref().is_some_and(Screen::is_strict);
        return Some(if is_forbidden { Verdict::Kill } else { Verdict::Go });
    }
    // It has been told of already: it stops at all calls, and the filter stops it once more.
    (!matches!(tracee.phase, Phase::Outside | Phase::Unknown)).then_some(Verdict::Go)
}

/// A tracee's call has returned: how it goes on, and whether it has given its filters to all its threads.
fn call_ends(
    view: &mut View<'_>,
    tracee: &mut Tracee,
    stopped: &Stopped,
    mut exit: SyscallExit,
) -> (Next, bool) {
    if view.config.restart_calls {
        restart::at_exit(tracee, stopped, &mut exit);
    }
    let shares = tracee.screen.as_mut().is_some_and(|screen| screen.leaving(stopped, &mut exit));
    let failed_start = tracee.start == Start::Pending && exit.is_error;
    let next = call::exit(view, tracee, stopped, &exit);
    tracee.phase = Phase::Outside;
    if let Some(note) = tracee.note.take() {
        view.output.message(&note);
    }
    if failed_start {
        tracee.start = Start::Failed;
        let why = errno_message(exit.rval.unsigned_abs() as u32);
        view.output.message(&format!("exec: {why}"));
    }
    (next, shares)
}

/// Finds out where a tracee stands, which is at no call, if lines tell.
fn locate(which_call: &mut WhichCall, view: &View<'_>, tracee: &mut Tracee, stopped: &Stopped) {
    if view.heads.wants_ip() {
        let info = which_call.read(stopped, SyscallStop::Exit);
        tracee.ip = info.ok().map(|info| info.instruction_pointer());
    }
}
