//! How a trace begins: the command is started, and what is to be attached to is.

use super::Session;
use super::later::Later;
use crate::config::{Command, Daemonize, Quiet};
use crate::error::Error;
use crate::tracee::{Origin, Start, Tracee};
use crate::{daemon, signals, start};
use ptrace::{Running, Tid, UnlessGone};

impl Session<'_> {
    pub(super) fn launch(&mut self) -> Result<(), Error> {
        let Some(command) = &self.config.start.command else {
            signals::install(self.config);
            return Ok(());
        };
        if let Some(how) = self.config.daemonize {
            return self.split(how, command);
        }
        signals::install(self.config);
        let start::Launched { stopped, screen, later } = start::launch(command, self.config)?;
        let tid = stopped.tid();
        self.filtered = screen.is_some();
        self.later = later.map(|filter| Box::new(Later::new(filter)));
        self.command = Some(tid);
        if let Err(error) = self.add(Tracee { screen, ..Tracee::new(tid, Origin::Command) }) {
            // It has done nothing yet, and shall not without being traced.
            let _ = stopped.kill();
            return Err(error);
        }
        self.resume(stopped, None)
    }

    fn split(&mut self, how: Daemonize, command: &Command) -> Result<(), Error> {
        let (running, word) = daemon::split(how, command, start::options(self.config))?;
        signals::install(self.config);
        let tid = running.tid();
        self.command = Some(tid);
        self.add(Tracee { start: Start::Waiting, ..Tracee::new(tid, Origin::Command) })?;
        running.interrupt().unless_gone()?;
        word.give();
        if self.view.tells(Quiet::Attach) {
            self.view.output.message(&format!("Process {tid} attached"));
        }
        Ok(())
    }

    pub(super) fn attach(&mut self) -> Result<(), Error> {
        let pids = &self.config.start.attach;
        for (i, &pid) in pids.iter().enumerate() {
            // A thread of an earlier process is traced already.
            if self.tracees.contains_key(&Tid::from_raw(pid)) && !pids[..i].contains(&pid) {
                continue;
            }
            match start::attach(pid, self.config) {
                Ok(threads) => self.attached(pid, &threads)?,
                Err(lines) => lines.iter().for_each(|line| self.view.output.message(line)),
            }
        }
        if self.tracees.is_empty() { Err(Error::NobodyAttached) } else { Ok(()) }
    }

    fn attached(&mut self, pid: i32, threads: &[Running]) -> Result<(), Error> {
        let all = ptrace::threads_of(Tid::from_raw(pid)).map_or(0, |all| all.len());
        if all > threads.len() {
            self.colocation.end();
        }
        for thread in threads {
            if !self.tracees.contains_key(&thread.tid()) {
                self.add(Tracee::new(thread.tid(), Origin::Attached))?;
                thread.interrupt().unless_gone()?;
            }
        }
        if self.view.tells(Quiet::Attach) {
            let others = match threads.len() {
                0 | 1 => String::new(),
                n => format!(" with {n} threads"),
            };
            self.view.output.message(&format!("Process {pid} attached{others}"));
        }
        Ok(())
    }
}
