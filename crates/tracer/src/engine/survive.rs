//! Calls that go on although their threads have been stopped, to attach to them or to let go of them.

use super::Session;
use super::again::Again;
use super::restart::{Cause, Interrupted, Timeout};
use super::tracee::Tracee;
use crate::config::Quiet;
use ptrace::{Signal, Stopped};

impl Session<'_> {
    /// A tracee stands for the first time after having been attached to: its call goes on, or else its user is told.
    pub(super) fn call_survives_attaching(&mut self, stopped: &Stopped) {
        let tid = stopped.tid();
        let Some(call) = self.call_that_failed(stopped, None) else { return };
        let goes_on =
            Timeout::of(call.abi, call.number).is_some() && stopped.restart_syscall().is_ok_and(|done| done);
        if !goes_on && self.teller.tells(Quiet::Attach) {
            let name = call.abi.syscall(call.number).map_or("a call", |entry| entry.name);
            let text = format!("Process {tid}: attaching has interrupted {name}, which fails with EINTR");
            self.teller.message(&text);
        }
    }

    /// A tracee has been told to stop, or is about to be let go of with `deliver`: its call goes on.
    pub(super) fn call_survives(&self, stopped: &Stopped, deliver: Option<Signal>) {
        let Some(call) = self.call_that_failed(stopped, deliver) else { return };
        if Timeout::of(call.abi, call.number).is_some() {
            // Where it is too late, the call fails as it would without this.
            let _ = stopped.restart_syscall();
        }
    }

    /// The call of a tracee that no signal has interrupted but such as it ignores.
    fn call_that_failed(&self, stopped: &Stopped, deliver: Option<Signal>) -> Option<Interrupted> {
        let tracee = self.tracees.get(stopped.tid());
        let has_failed = |tracee: &Tracee| !tracee.phase.is_untouched() || tracee.again == Again::Failed;
        if !self.config.restart_calls || tracee.is_some_and(has_failed) {
            return None;
        }
        let call = Interrupted::of(tracee, stopped)?;
        (Cause::of(stopped.tid(), deliver)? != Cause::Signal).then_some(call)
    }
}
