//! How a trace ends before its tracees do: they are let go of.

use super::Session;
use crate::call::Cut;
use crate::config::Quiet;
use crate::ending::Ending;
use crate::error::Error;
use crate::{call, sys};
use ptrace::{Running, Signal, Status, Stopped, Tid, UnlessGone, WaitFlags};
use std::time::Duration;

impl Session<'_> {
    /// A signal asks the tracer to end: attached processes go on without it, the command gets the signal too.
    pub(super) fn end_by(&mut self, signal: i32) -> Result<(), Error> {
        self.detach_all(Some(signal))?;
        self.ending = Ending::Signal(signal);
        Ok(())
    }

    pub(super) fn detach_all(&mut self, signal: Option<i32>) -> Result<(), Error> {
        let mut tids: Vec<Tid> = self.tracees.keys().copied().collect();
        tids.sort_unstable();
        for tid in tids {
            if let (Some(signal), true) = (signal, self.command == Some(tid)) {
                sys::kill(tid.raw(), libc::SIGCONT);
                sys::kill(tid.raw(), signal);
            }
            if let Some(screen) = self.tracees.get(&tid).and_then(|tracee| tracee.screen.clone()) {
                self.fade(tid, screen)?;
            } else if let Some(stopped) = self.halt(tid)? {
                let (stopped, deliver) = stopped;
                self.let_go(stopped, deliver)?;
            }
        }
        Ok(())
    }

    /// Makes a tracee stop, wherever it is; with the signal that it is about to get. `None` if it has ended.
    fn halt(&mut self, tid: Tid) -> Result<Option<(Stopped, Option<Signal>)>, Error> {
        if let Some(i) = self.delayed.iter().position(|(_, stopped, _)| stopped.tid() == tid) {
            let (_, stopped, signal) = self.delayed.swap_remove(i);
            return Ok(Some((stopped, signal)));
        }
        let queued = self.queue.iter().position(|(waited, _)| waited.tid == tid);
        let mut next = queued.and_then(|i| self.queue.remove(i)).map(|(waited, _)| waited);
        if next.is_none() && Running::assume(tid).interrupt().unless_gone()?.is_none() {
            self.remove(tid);
            return Ok(None);
        }
        loop {
            let waited = match next.take() {
                Some(waited) => waited,
                None => match ptrace::wait_tid(tid, WaitFlags::BLOCK) {
                    Ok(Some(waited)) => waited,
                    Ok(None) | Err(ptrace::Error::Interrupted) => continue,
                    Err(ptrace::Error::NoTracee) => {
                        self.remove(tid);
                        return Ok(None);
                    }
                    Err(error) => return Err(error.into()),
                },
            };
            return Ok(match waited.status.status() {
                Status::Continued => continue,
                Status::Exited { .. } | Status::Killed { .. } => {
                    self.handle(waited, Duration::ZERO)?;
                    None
                }
                Status::Signal(signal) => Some((Stopped::assume(tid), Some(signal))),
                _ => Some((Stopped::assume(tid), None)),
            });
        }
    }

    /// Lets go of a tracee, which goes on as if there had been no tracer.
    pub(super) fn let_go(&mut self, stopped: Stopped, deliver: Option<Signal>) -> Result<(), Error> {
        let tid = stopped.tid();
        // It gets its own CPUs back while it stands.
        self.colocation.leave(tid);
        self.call_survives(&stopped, deliver);
        stopped.detach(deliver).unless_gone()?;
        self.forget(tid);
        Ok(())
    }

    /// Shows no more of a tracee that goes on.
    pub(super) fn forget(&mut self, tid: Tid) {
        self.forget_saying(tid, &format!("Process {tid} detached"));
    }

    /// The same in other words.
    pub(super) fn forget_saying(&mut self, tid: Tid, message: &str) {
        self.colocation.leave(tid);
        let Some(mut tracee) = self.remove(tid) else { return };
        if self.view.tells(Quiet::Attach) {
            self.view.output.message(message);
        }
        call::abandon(&mut self.view, &mut tracee, Cut::Detached);
        if let Some(sheet) = &mut tracee.sheet {
            sheet.flush();
        }
    }
}
