//! How a trace begins: the command is started, and what is to be attached to is.

use super::seccomp::Later;
use super::tracee::{Start, Tracee};
use super::{Session, daemon, refusal, signals, start};
use crate::config::{Command, Daemonize, Quiet};
use crate::error::Error;
use crate::sys;
use event::{CpuTime, Origin};
use ptrace::{Attendance, Running, Tid, UnlessGone};

impl Session<'_> {
    pub(super) fn launch(&mut self) -> Result<(), Error> {
        if let Some(command) = self.guest.command.take() {
            return self.launch_for_guest(command);
        }
        let Some(command) = &self.config.start.command else {
            self.install_signals();
            return Ok(());
        };
        if let Some(how) = self.config.daemonize {
            return self.split(how, command);
        }
        self.install_signals();
        let start::Launched { stopped, disguise, later } =
            start::launch(command, self.config).map_err(|error| self.refused(error))?;
        let tid = stopped.tid();
        self.filtered = disguise.is_some();
        self.later = later.map(|filter| Box::new(Later::new(filter)));
        self.started(tid);
        if let Err(error) = self.add(Tracee { disguise, ..Tracee::new(tid, Origin::Command) }) {
            // It has done nothing yet, and shall not without being traced.
            let _ = stopped.kill();
            return Err(error);
        }
        self.resume(stopped, None)
    }

    /// Tells why the kernel lets nobody trace the command, if that is why it could not be started.
    fn refused(&mut self, error: Error) -> Error {
        let Error::Start(reason) = &error else { return error };
        let Some(lines) = refusal::of_command(reason) else { return error };
        lines.iter().for_each(|line| self.teller.message(line));
        Error::NobodyAttached
    }

    fn split(&mut self, how: Daemonize, command: &Command) -> Result<(), Error> {
        let daemon::Split { process: tid, word, seized } = daemon::split(how, command, self.config)?;
        signals::install(self.config);
        let running = match seized {
            Ok(running) => running,
            Err(error) => {
                // It runs, as under strace: who started it waits for the command, not for the trace.
                word.give();
                refusal::lines(tid.raw(), &error, false).iter().for_each(|line| self.teller.message(line));
                return Err(Error::NobodyAttached);
            }
        };
        self.started(tid);
        self.add(Tracee { start: Start::Waiting, ..Tracee::new(tid, Origin::Command) })?;
        running.interrupt().unless_gone()?;
        word.give();
        if self.teller.tells(Quiet::Attach) {
            self.teller.message(&format!("Process {tid} attached"));
        }
        Ok(())
    }

    /// The command's process is there.
    fn started(&mut self, command: Tid) {
        self.command = Some(command);
        sys::forward_to(command.raw());
    }

    /// Has signals do to the tracer what the user wants.
    fn install_signals(&self) {
        if self.host.is_tracer() {
            signals::install(self.config);
        }
    }

    pub(super) fn attach(&mut self) -> Result<(), Error> {
        let pids = &self.config.start.attach;
        // A process may execute a program while its threads are seized.
        let attendance = (!pids.is_empty()).then(Attendance::begin);
        for (i, &pid) in pids.iter().enumerate() {
            // A thread of an earlier process is traced already.
            if self.tracees.contains(Tid::from_raw(pid)) && !pids[..i].contains(&pid) {
                continue;
            }
            if !self.host.is_tracer() {
                self.attach_for_guest(pid)?;
                continue;
            }
            match start::attach(pid, self.config) {
                Ok(threads) => self.attached(pid, &threads)?,
                Err(lines) => lines.iter().for_each(|line| self.teller.message(line)),
            }
        }
        let reports = attendance.map(Attendance::end).unwrap_or_default();
        self.queue.extend(reports.into_iter().map(|waited| (waited, CpuTime::Unknown)));
        if self.tracees.is_empty() { Err(Error::NobodyAttached) } else { Ok(()) }
    }

    pub(super) fn attached(&mut self, pid: i32, threads: &[Running]) -> Result<(), Error> {
        let all = ptrace::threads_of(Tid::from_raw(pid)).map_or(0, |all| all.len());
        if all > threads.len() {
            self.colocation.end();
        }
        let known = |thread: &&Running| self.tracees.contains(thread.tid());
        let threads: Vec<_> = threads.iter().filter(|thread| !known(thread)).collect();
        for thread in &threads {
            self.insert(Tracee::new(thread.tid(), Origin::Running));
            thread.interrupt().unless_gone()?;
        }
        // Whoever is told of the first may fail; then the others are there to be let go of.
        threads.iter().try_for_each(|thread| self.announce(thread.tid()))?;
        if self.teller.tells(Quiet::Attach) && !threads.is_empty() {
            let others = match threads.len() {
                0 | 1 => String::new(),
                n => format!(" with {n} threads"),
            };
            self.teller.message(&format!("Process {pid} attached{others}"));
        }
        Ok(())
    }
}
