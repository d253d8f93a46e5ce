//! What only a guest in somebody else's program is asked for: a command that is given as such, processes with all their
//! threads, and tracees that are not to outlive a trace that has failed.

use super::tracee::{Phase, Start, Tracee};
use super::{Session, circle, start};
use crate::error::Error;
use crate::status::Status as ThreadStatus;
use event::Origin;
use ptrace::{Options, Running, Status, Stopped, Tid, UnlessGone, WaitFlags, Waited};
use std::collections::HashSet;
use std::time::Instant;

/// See the module's documentation.
#[derive(Default)]
pub(super) struct Guest {
    /// What is to be started.
    pub(super) command: Option<ptrace::Command>,
    /// Tracees are killed if the trace can't go on.
    pub(super) kills: bool,
}

impl Session<'_> {
    pub(super) fn be_guest(&mut self, guest: Guest) {
        if guest.kills {
            self.teller.kill_on_failure();
        }
        self.guest = guest;
    }

    /// What the kernel is to report of tracees that are under no filter.
    pub(super) fn options(&self) -> Options {
        let options = start::options(self.config);
        if self.guest.kills { options | Options::EXIT_KILL } else { options }
    }

    /// Starts a command, up to before its program's first instruction.
    pub(super) fn launch_for_guest(&mut self, mut command: ptrace::Command) -> Result<(), Error> {
        let spawned = command.spawn(self.options()).map_err(Error::Start)?;
        let stopped = spawned.exec().map_err(Error::Start)?;
        let tid = stopped.tid();
        self.command = Some(tid);
        // The next that it comes to is the end of its `execve`.
        let (start, phase) = (Start::Done, Phase::Skipping);
        self.insert(Tracee { start, phase, ..Tracee::new(tid, Origin::Command) });
        // It waits where it is found should the observer fail.
        self.delayed.push((Instant::now(), stopped, None));
        self.announce(tid)
    }

    pub(super) fn attach_for_guest(&mut self, pid: i32) -> Result<(), Error> {
        if circle::would_close(pid) {
            return Err(Error::Attach(pid, "it traces this tracer".into()));
        }
        let threads = start::seize_all(Tid::from_raw(pid), self.options());
        self.attached(pid, &threads.map_err(|error| Error::Attach(pid, error.into()))?)
    }

    /// The trace can't go on.
    #[cold]
    pub(super) fn fail(&mut self) {
        if self.guest.kills { self.kill_all() } else { self.abort() }
    }

    /// Kills all tracees, and sees them to their ends.
    fn kill_all(&mut self) {
        self.teller.mute();
        let mut left: HashSet<Tid> = self.tracees.tids().collect();
        for &tid in &left {
            // Of one that has gone the end is yet to come.
            let _ = Running::assume(tid).kill();
        }
        for (waited, _) in std::mem::take(&mut self.queue) {
            see_to_its_end(waited, &mut left);
        }
        while !left.is_empty() {
            match self.host.wait(WaitFlags::BLOCK, false, true, &mut self.cpu) {
                Ok(Some(waited)) => see_to_its_end(waited, &mut left),
                Ok(None) => {}
                // The end of a leader comes with that of the last of its threads.
                Err(ptrace::Error::Interrupted) => left.retain(|tid| exists(*tid)),
                Err(_) => break,
            }
        }
    }
}

/// One that is being killed, or has just been made by one that is, has stopped or ended.
fn see_to_its_end(waited: Waited, left: &mut HashSet<Tid>) {
    match waited.status.status() {
        Status::Exited { .. } | Status::Killed { .. } => drop(left.remove(&waited.tid)),
        Status::Continued | Status::Unknown => {}
        _ => {
            left.insert(waited.tid);
            let _ = Stopped::assume(waited.tid).kill();
            let _ = Stopped::assume(waited.tid).cont(None).unless_gone();
        }
    }
}

fn exists(tid: Tid) -> bool {
    ThreadStatus::of(tid.raw()).is_some()
}
