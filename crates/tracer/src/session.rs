//! The loop: who stopped, why, and what to do about it.

mod begin;
mod handover;
mod later;
mod leave;
mod restart;
mod stops;
mod unseen;
mod which_call;

use self::handover::Handover;
use self::later::Later;
use self::leave::Leaving;
pub(crate) use self::restart::Again;
use self::unseen::Unseen;
use self::which_call::WhichCall;
use crate::call::{self, Cut};
use crate::colocate::Colocation;
use crate::config::{Config, Quiet};
use crate::ending::Ending;
use crate::error::Error;
use crate::keeper::Keeper;
use crate::kernel_time::KernelTime;
use crate::privileges::Privileges;
use crate::screen::Screen;
use crate::sweep::Sweep;
use crate::tracee::{Origin, Tracee, Tracees};
use crate::view::View;
use crate::{debug, lines, probe, signals, start, sys};
use ptrace::{PtraceEvent, Resume, Signal, Status, Stopped, Tid, UnlessGone, WaitFlags, Waited};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// A trace, from its start to its end.
pub(crate) struct Session<'c> {
    config: &'c Config,
    view: View<'c>,
    tracees: Tracees,
    /// Stops that have been reported and not been handled, oldest first, with the CPU time spent in the kernel.
    queue: VecDeque<(Waited, KernelTime)>,
    colocation: Colocation,
    /// Tracees that stand still until some time, and the signal that they get then.
    delayed: Vec<(Instant, Stopped, Option<Signal>)>,
    /// Whether the command is under a seccomp filter, and whatever it makes.
    filtered: bool,
    /// Who is traced for the filter's sake only.
    unseen: Unseen,
    /// Who is about to have another tracer.
    handover: Handover,
    /// The filter that may come yet.
    later: Option<Box<Later>>,
    /// Set when the trace is ending before its tracees do.
    leaving: Option<Leaving>,
    /// Who runs without rights for being traced.
    privileges: Privileges,
    /// How it is found out which call a tracee is at.
    which_call: WhichCall,
    /// The command's process.
    command: Option<Tid>,
    ending: Ending,
    /// Whether the timer runs that keeps files up to date.
    ticking: bool,
    /// Where tracees are many: who is likely to have stopped.
    sweep: Sweep,
}

impl<'c> Session<'c> {
    /// Opens the output, starts the command, and attaches to what is to be attached to.
    ///
    /// # Errors
    /// There is nothing to trace, or nowhere to write to.
    pub(crate) fn new(config: &'c Config) -> Result<Session<'c>, Error> {
        let keeper = Rc::new(Keeper::new(config.keeper));
        let mut view = View::new(config, &keeper)?;
        for note in std::mem::take(&mut view.paths.notes) {
            view.output.message(&note);
        }
        let mut session = Session {
            config,
            view,
            tracees: Tracees::default(),
            queue: VecDeque::new(),
            colocation: Colocation::new(config.colocate, config.follow_forks, keeper),
            delayed: Vec::new(),
            filtered: false,
            unseen: Unseen::default(),
            handover: Handover::default(),
            later: None,
            leaving: None,
            privileges: Privileges::default(),
            which_call: WhichCall::default(),
            command: None,
            ending: Ending::Exit(0),
            ticking: false,
            sweep: Sweep::default(),
        };
        if config.kill_on_exit {
            let works = probe::exit_kill();
            session.debug(|| debug::feature("PTRACE_O_EXITKILL", works));
            if !works {
                return Err(Error::NoExitKill);
            }
        }
        session.debug(|| debug::options(start::options(config)));
        session.debug(|| debug::feature("PTRACE_GET_SYSCALL_INFO", probe::syscall_info()));
        session.launch()?;
        // What only the command has open shall be closed when it ends.
        sys::release_stdio();
        session.attach()?;
        Ok(session)
    }

    /// Takes note of a tracee.
    ///
    /// # Errors
    /// What is told of it can't be written; it is traced nevertheless.
    fn add(&mut self, mut tracee: Tracee) -> Result<(), Error> {
        let equipped = self.view.equip(&mut tracee);
        let (tid, count) = (tracee.tid, self.tracees.len() + 1);
        self.tracees.insert(tid, Box::new(tracee));
        self.view.tracees = count;
        self.debug(|| debug::added(tid, count));
        equipped
    }

    /// Tells what the tracer does, if the user wants to know.
    fn debug(&mut self, text: impl FnOnce() -> String) {
        if self.config.debug {
            self.view.output.message(&text());
        }
    }

    fn remove(&mut self, tid: Tid) -> Option<Box<Tracee>> {
        let tracee = self.tracees.remove(&tid);
        if let Some(stacks) = &mut self.view.stacks {
            stacks.forget(tid);
        }
        self.view.tracees = self.tracees.len();
        if tracee.is_some() {
            let count = self.tracees.len();
            self.debug(|| debug::removed(tid, count));
        }
        tracee
    }

    /// Traces until nobody is left, or a signal ends it.
    ///
    /// # Errors
    /// The kernel refused what a tracer can't do without.
    pub(crate) fn run(mut self) -> Result<Ending, Error> {
        self.handle_queued()?;
        while !self.tracees.is_empty() {
            if let Some(signal) = sys::interrupted_by() {
                self.end_by(signal)?;
                break;
            }
            if self.is_over_limit() {
                if self.view.tells(Quiet::Attach) {
                    self.view.output.message("System call limit has been reached, detaching tracees");
                }
                self.detach_all(None)?;
                break;
            }
            if !self.gather()? {
                break;
            }
            self.handle_queued()?;
        }
        self.finish();
        self.outlive()?;
        Ok(self.ending)
    }

    fn handle_queued(&mut self) -> Result<(), Error> {
        while let Some((waited, kernel_time)) = self.queue.pop_front() {
            self.handle(waited, kernel_time)?;
        }
        Ok(())
    }

    fn is_over_limit(&self) -> bool {
        self.config.syscall_limit.is_some_and(|limit| self.view.captured >= limit)
    }

    fn finish(&mut self) {
        if let Some(table) = &self.view.summary {
            let text = table.text();
            self.view.output.shared().push(text.as_bytes());
        }
        sys::run_timer(false);
        self.view.output.finish();
    }

    /// Waits, and then takes all stops that there are, so that a busy tracee leaves the others their turn; the stop of a
    /// lone tracee is handled at once. False if there is nobody to wait for.
    fn gather(&mut self) -> Result<bool, Error> {
        if !self.delayed.is_empty() {
            self.release()?;
        }
        let flags = if self.delayed.is_empty() { WaitFlags::BLOCK } else { WaitFlags::NO_HANG };
        match self.wait(flags) {
            // There is nobody else who could have stopped.
            Ok(Some((waited, kernel_time))) if self.tracees.len() + self.unseen.len() == 1 => {
                self.handle(waited, kernel_time)?;
            }
            Ok(Some(stop)) => self.queue.push_back(stop),
            Ok(None) => {
                std::thread::sleep(POLL);
                self.release()?;
            }
            Err(ptrace::Error::Interrupted) => {
                self.tick();
                return Ok(true);
            }
            Err(ptrace::Error::NoTracee) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        if !self.queue.is_empty() {
            self.gather_others();
        }
        if sys::ticked() {
            self.tick();
        }
        Ok(true)
    }

    /// Takes the stops that there are; where tracees are many, mostly just those that are found quickly.
    fn gather_others(&mut self) {
        let many = Sweep::pays(self.tracees.len());
        let all = !many || self.sweep.is_due();
        loop {
            if many {
                self.sweep();
            }
            if !all {
                break;
            }
            match self.wait(WaitFlags::NO_HANG) {
                Ok(Some(stop)) => self.queue.push_back(stop),
                _ => break,
            }
        }
    }

    /// Takes the stops of those that are likely to have stopped.
    fn sweep(&mut self) {
        let Session { sweep, tracees, queue, config, view, .. } = self;
        sweep.run(|tid, turn| {
            tracees.get(&tid).filter(|tracee| tracee.turn == turn)?;
            let stop = ptrace::wait_tid(tid, WaitFlags::NO_HANG).ok()?;
            if let Some(waited) = stop.as_ref().filter(|_| config.debug) {
                view.output.message(&debug::waited(waited));
            }
            queue.extend(stop.map(|waited| (waited, KernelTime::Unknown)));
            Some(stop.is_some())
        });
    }

    fn wait(&mut self, flags: WaitFlags) -> ptrace::Result<Option<(Waited, KernelTime)>> {
        if flags == WaitFlags::BLOCK && !self.ticking && self.needs_ticks() {
            self.ticking = true;
            sys::run_timer(true);
        }
        // Of many, the kernel would take long to tell.
        let timed = self.view.counts_kernel_time && !Sweep::pays(self.tracees.len());
        let stop = wait_any(flags, timed)?;
        if let Some((waited, _)) = &stop {
            self.debug(|| debug::waited(waited));
        }
        Ok(stop)
    }

    /// Whether there is something to write, or somebody to let go of, should no stop come.
    fn needs_ticks(&self) -> bool {
        self.view.output.is_waiting() || self.colocation.has_guest()
    }

    /// Brings files up to date. The timer goes on while there is something to write.
    fn tick(&mut self) {
        self.colocation.tick();
        let busy = self.view.output.flush();
        if !busy && !self.needs_ticks() && sys::interrupted_by().is_none() {
            self.ticking = false;
            sys::run_timer(false);
        }
    }

    fn handle(&mut self, waited: Waited, kernel_time: KernelTime) -> Result<(), Error> {
        let tid = waited.tid;
        let status = waited.status.status();
        if let Some(tracee) = self.tracees.get_mut(&tid) {
            tracee.kernel_time = kernel_time;
            if std::mem::take(&mut tracee.remaps)
                && let Some(stacks) = &mut self.view.stacks
            {
                stacks.mappings_changed();
            }
        } else if (self.filtered && self.unseen_stop(waited)?) || !self.adopt(tid, status, None) {
            return Ok(());
        }
        let stopped = Stopped::assume(tid);
        if self.handover.awaits(tid, status) && self.hand_over(tid, status)? {
            return Ok(());
        }
        match status {
            Status::Syscall | Status::Event(PtraceEvent::Seccomp) => {
                self.colocation.stopped(tid, self.tracees.len() == 1);
                self.syscall_stop(stopped, status != Status::Syscall)
            }
            Status::Signal(signal) => self.signal_stop(stopped, signal),
            Status::GroupStop(signal) => self.group_stop(stopped, signal),
            Status::Event(event) => self.event_stop(stopped, event),
            Status::Exited { status } => {
                self.ended(tid, Ending::Exit(status), |view, tracee| lines::exited(view, tracee, status));
                self.settle_handover(tid)
            }
            Status::Killed { signal, core } => {
                let ending = Ending::Signal(signal.number());
                self.ended(tid, ending, |view, tracee| lines::killed(view, tracee, signal, core));
                self.settle_handover(tid)
            }
            Status::Continued | Status::Unknown => Ok(()),
        }
    }

    /// Meets a thread that the kernel has made a tracee: `parent` has made it. False if it is none of ours.
    fn adopt(&mut self, tid: Tid, status: Status, parent: Option<Tid>) -> bool {
        let ended = matches!(status, Status::Exited { .. } | Status::Killed { .. } | Status::Continued);
        if self.view.output.is_reader(tid) {
            return false;
        }
        if ended {
            if status != Status::Continued && self.view.tells(Quiet::Exit) {
                let end = if matches!(status, Status::Killed { .. }) { "Termination" } else { "Exit" };
                self.view.output.message(&format!("{end} of unknown pid {tid} ignored"));
            }
            return false;
        }
        if !self.config.follow_forks {
            // A tracee has asked for its child to be traced as well (CLONE_PTRACE); nobody else did.
            let deliver = if let Status::Signal(signal) = status { Some(signal) } else { None };
            let _ = Stopped::assume(tid).detach(deliver);
            if self.view.tells(Quiet::Attach) {
                self.view.output.message(&format!("Detached unknown pid {tid}"));
            }
            return false;
        }
        let mut tracee = Tracee::new(tid, Origin::Followed);
        if let Some(parent) = parent.and_then(|parent| self.tracees.get(&parent)) {
            tracee.abi = parent.abi;
            tracee.start = parent.start;
            tracee.screen = parent.screen.as_ref().map(Screen::of_child);
        } else if self.filtered {
            tracee.screen = Some(Screen::unknown());
        }
        if self.view.tells(Quiet::Attach) {
            self.view.output.message(&format!("Process {tid} attached"));
        }
        if let Err(error) = self.add(tracee) {
            self.view.output.message(&error.to_string());
        }
        true
    }

    /// Lets a tracee go on, up to the next stop that counts.
    fn resume(&mut self, stopped: Stopped, deliver: Option<Signal>) -> Result<(), Error> {
        let how = if self.filtered { self.way_on(stopped.tid()) } else { Resume::Syscall };
        if Sweep::pays(self.tracees.len()) {
            self.remember(stopped.tid());
        }
        stopped.resume(how, deliver).unless_gone()?;
        Ok(())
    }

    /// One of many goes on, and may stop any time.
    fn remember(&mut self, tid: Tid) {
        let Session { sweep, tracees, .. } = self;
        let is_current = |tid, turn| tracees.get(&tid).is_some_and(|tracee| tracee.turn == turn);
        let turn = sweep.resumed(tid, tracees.len(), is_current);
        if let Some(tracee) = tracees.get_mut(&tid) {
            tracee.turn = turn;
        }
    }

    /// Lets those go on that have waited long enough.
    fn release(&mut self) -> Result<(), Error> {
        let now = Instant::now();
        while let Some(i) = self.delayed.iter().position(|(until, ..)| *until <= now) {
            let (_, stopped, signal) = self.delayed.swap_remove(i);
            self.resume(stopped, signal)?;
        }
        Ok(())
    }

    fn ended(&mut self, tid: Tid, ending: Ending, show: impl FnOnce(&mut View<'_>, &mut Tracee)) {
        let Some(tracee) = self.tracees.get_mut(&tid) else { return };
        if self.command == Some(tid) {
            // Who reads of its end may send a signal that is for the tracer.
            signals::stop_forwarding(self.config);
        }
        call::abandon(&mut self.view, tracee, Cut::Ended);
        show(&mut self.view, tracee);
        if let Some(sheet) = &mut tracee.sheet {
            sheet.flush();
        }
        if self.command == Some(tid) {
            self.ending = ending;
        }
        self.colocation.leave(tid);
        self.view.heads.forget(tid.raw());
        self.remove(tid);
        self.release_early();
    }
}

/// Waits for any tracee; with the CPU time that it has spent in the kernel, if that is to be told.
fn wait_any(flags: WaitFlags, timed: bool) -> ptrace::Result<Option<(Waited, KernelTime)>> {
    if timed {
        let stop = ptrace::wait_any_with_usage(flags)?;
        return Ok(stop.map(|(waited, usage)| (waited, KernelTime::OfProcess(usage.system))));
    }
    Ok(ptrace::wait_any(flags)?.map(|waited| (waited, KernelTime::Unknown)))
}

/// How long the tracer sleeps between two looks at its tracees while it delays one of them.
const POLL: Duration = Duration::from_micros(200);
