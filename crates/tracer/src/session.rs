//! The loop: who stopped, why, and what to do about it.

mod later;
mod unseen;

use self::later::Later;
use self::unseen::Unseen;
use crate::call::{self, Cut};
use crate::colocate::Colocation;
use crate::config::{Command, Config, Daemonize, Quiet};
use crate::ending::Ending;
use crate::error::{Error, message};
use crate::inject::Next;
use crate::screen::{self, Screen, Verdict};
use crate::sweep::Sweep;
use crate::tracee::{Origin, Phase, Start, Tracee, Tracees};
use crate::view::View;
use crate::{daemon, debug, lines, signals, start, sys};
use ptrace::{
    PtraceEvent, Resume, Running, Signal, Status, Stopped, SyscallInfo, SyscallStop, Tid, UnlessGone,
    WaitFlags, Waited,
};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// A trace, from its start to its end.
pub(crate) struct Session<'c> {
    config: &'c Config,
    view: View<'c>,
    tracees: Tracees,
    /// Stops that have been reported and not been handled, oldest first, with the CPU time spent in the kernel.
    queue: VecDeque<(Waited, Duration)>,
    colocation: Colocation,
    /// Tracees that stand still until some time, and the signal that they get then.
    delayed: Vec<(Instant, Stopped, Option<Signal>)>,
    /// Whether CPU times are needed.
    timed: bool,
    /// Whether the command is under a seccomp filter, and whatever it makes.
    filtered: bool,
    /// Who is traced for the filter's sake only.
    unseen: Unseen,
    /// The filter that may come yet.
    later: Option<Box<Later>>,
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
        let mut view = View::new(config)?;
        for note in std::mem::take(&mut view.paths.notes) {
            view.output.message(&note);
        }
        let timed = view.summary.as_ref().is_some_and(crate::summary::Table::needs_system_time);
        let mut session = Session {
            config,
            view,
            tracees: Tracees::default(),
            queue: VecDeque::new(),
            colocation: Colocation::new(config.colocate, config.follow_forks),
            delayed: Vec::new(),
            timed,
            filtered: false,
            unseen: Unseen::default(),
            later: None,
            command: None,
            ending: Ending::Exit(0),
            ticking: false,
            sweep: Sweep::default(),
        };
        session.debug(|| debug::options(start::options(config)));
        session.launch()?;
        // What only the command has open shall be closed when it ends.
        sys::release_stdio();
        session.attach()?;
        Ok(session)
    }

    fn launch(&mut self) -> Result<(), Error> {
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
        self.debug(|| debug::syscall_info(&stopped));
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

    fn attach(&mut self) -> Result<(), Error> {
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
        while !self.tracees.is_empty() {
            if let Some(signal) = sys::interrupted_by() {
                self.end_by(signal)?;
                break;
            }
            if self.is_over_limit() {
                self.view.output.message("System call limit has been reached, detaching tracees");
                self.detach_all(None)?;
                break;
            }
            if !self.gather()? {
                break;
            }
            while let Some((waited, system_time)) = self.queue.pop_front() {
                self.handle(waited, system_time)?;
            }
        }
        self.finish();
        self.outlive()?;
        Ok(self.ending)
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
            Ok(Some((waited, system_time))) if self.tracees.len() + self.unseen.len() == 1 => {
                self.handle(waited, system_time)?;
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
        let Session { sweep, tracees, queue, timed, config, view, .. } = self;
        sweep.run(|tid, turn| {
            tracees.get(&tid).filter(|tracee| tracee.turn == turn)?;
            let stop = wait_for(Some(tid), WaitFlags::NO_HANG, *timed).ok()?;
            if let Some((waited, _)) = stop.as_ref().filter(|_| config.debug) {
                view.output.message(&debug::waited(waited));
            }
            queue.extend(stop);
            Some(stop.is_some())
        });
    }

    fn wait(&mut self, flags: WaitFlags) -> ptrace::Result<Option<(Waited, Duration)>> {
        if flags == WaitFlags::BLOCK && !self.ticking && self.needs_ticks() {
            self.ticking = true;
            sys::run_timer(true);
        }
        let stop = wait_for(None, flags, self.timed)?;
        if let Some((waited, _)) = &stop {
            self.debug(|| debug::waited(waited));
        }
        Ok(stop)
    }

    /// Whether there is something to write, or somebody to let go of, should no stop come.
    fn needs_ticks(&mut self) -> bool {
        self.config.output.separately || self.view.output.shared().is_waiting() || self.colocation.has_guest()
    }

    /// Brings files up to date. The timer goes on while there is something to write.
    fn tick(&mut self) {
        self.colocation.tick();
        let mut busy = self.view.output.shared().is_waiting();
        self.view.output.shared().flush();
        for sheet in self.tracees.values_mut().filter_map(|tracee| tracee.sheet.as_mut()) {
            busy |= sheet.is_waiting();
            sheet.flush();
        }
        if !busy && !self.needs_ticks() && sys::interrupted_by().is_none() {
            self.ticking = false;
            sys::run_timer(false);
        }
    }

    fn handle(&mut self, waited: Waited, system_time: Duration) -> Result<(), Error> {
        let tid = waited.tid;
        let status = waited.status.status();
        if let Some(tracee) = self.tracees.get_mut(&tid) {
            tracee.system_time = system_time;
            if std::mem::take(&mut tracee.remaps)
                && let Some(stacks) = &mut self.view.stacks
            {
                stacks.mappings_changed();
            }
        } else if (self.filtered && self.unseen_stop(waited)?) || !self.adopt(tid, status, None) {
            return Ok(());
        }
        let stopped = Stopped::assume(tid);
        match status {
            Status::Syscall | Status::Event(PtraceEvent::Seccomp) => {
                self.colocation.stopped(tid, self.tracees.len() == 1);
                self.syscall_stop(stopped)
            }
            Status::Signal(signal) => self.signal_stop(stopped, signal),
            Status::GroupStop(signal) => self.group_stop(stopped, signal),
            Status::Event(event) => self.event_stop(stopped, event),
            Status::Exited { status } => {
                self.ended(tid, Ending::Exit(status), |view, tracee| lines::exited(view, tracee, status));
                Ok(())
            }
            Status::Killed { signal, core } => {
                let ending = Ending::Signal(signal.number());
                self.ended(tid, ending, |view, tracee| lines::killed(view, tracee, signal, core));
                Ok(())
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
                self.view.output.message(&format!("Exit of unknown pid {tid} ignored"));
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

    fn syscall_stop(&mut self, stopped: Stopped) -> Result<(), Error> {
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
        let next = match syscall_info(&stopped, &tracee.phase).unless_gone()? {
            Some(SyscallInfo::Seccomp { call, data }) if screen::is_its_own(data) => {
                screen::skip(&stopped, &call);
                Next::default()
            }
            // It has been told of already: it stops at all calls, and the filter stops it once more.
            Some(SyscallInfo::Seccomp { .. }) if !matches!(tracee.phase, Phase::Outside | Phase::Unknown) => {
                Next::default()
            }
            Some(info @ (SyscallInfo::Entry(entry) | SyscallInfo::Seccomp { call: entry, .. })) => {
                if let Some(abi) = call::abi_of(&entry) {
                    self.colocation.entering(stopped.tid(), abi, &entry);
                }
                let mut next = call::enter(&mut self.view, tracee, &stopped, &entry);
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
            Some(SyscallInfo::Exit(mut exit)) => {
                let shares = tracee.screen.as_mut().is_some_and(|screen| screen.leaving(&stopped, &mut exit));
                let failed_start = tracee.start == Start::Pending && exit.is_error;
                let next = call::exit(&mut self.view, tracee, &stopped, &exit);
                tracee.phase = Phase::Outside;
                if failed_start {
                    tracee.start = Start::Failed;
                    let error = std::io::Error::from_raw_os_error(exit.rval.unsigned_abs() as i32);
                    self.view.output.message(&format!("exec: {}", message(&error)));
                }
                if shares {
                    self.share_filters(stopped.tid())?;
                }
                next
            }
            Some(_) | None => Next::default(),
        };
        match next.delay {
            Some(delay) => {
                self.delayed.push((Instant::now() + delay, stopped, next.signal));
                Ok(())
            }
            None => self.resume(stopped, next.signal),
        }
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

    fn signal_stop(&mut self, stopped: Stopped, signal: Signal) -> Result<(), Error> {
        let Some(tracee) = self.tracees.get_mut(&stopped.tid()) else { return Ok(()) };
        locate(&self.view, tracee, &stopped);
        let info = stopped.siginfo().ok();
        lines::signal(&mut self.view, tracee, &stopped, signal, info.as_ref());
        self.resume(stopped, Some(signal))
    }

    fn group_stop(&mut self, stopped: Stopped, signal: Signal) -> Result<(), Error> {
        let Some(tracee) = self.tracees.get_mut(&stopped.tid()) else { return Ok(()) };
        locate(&self.view, tracee, &stopped);
        lines::stopped(&mut self.view, tracee, &stopped, signal);
        stopped.listen().unless_gone()?;
        Ok(())
    }

    fn event_stop(&mut self, stopped: Stopped, event: PtraceEvent) -> Result<(), Error> {
        let tid = stopped.tid();
        match event {
            PtraceEvent::Fork | PtraceEvent::Vfork | PtraceEvent::Clone => {
                let child = stopped.event_message().unless_gone()?;
                self.child_made(&stopped, child);
            }
            PtraceEvent::Exec => {
                let former = stopped.event_message().unless_gone()?;
                self.executed(tid, former);
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
            PtraceEvent::Stop => self.first_stop(&stopped),
            PtraceEvent::Seccomp => return self.syscall_stop(stopped),
            PtraceEvent::VforkDone | PtraceEvent::Other(_) => {}
        }
        self.resume(stopped, None)
    }

    /// A process that is attached to may stand in a call that will be restarted.
    fn first_stop(&mut self, stopped: &Stopped) {
        let Some(tracee) = self.tracees.get_mut(&stopped.tid()) else { return };
        if tracee.origin != Origin::Attached || !matches!(tracee.phase, Phase::Unknown) {
            return;
        }
        let Ok(registers) = stopped.registers() else { return };
        tracee.phase = Phase::Outside;
        let abi = match registers.arch() {
            ptrace::Arch::I386 => uapi::Abi::I386,
            _ => crate::host_abi(),
        };
        tracee.restarting = Some((abi, registers.syscall_number()));
    }

    /// A tracee, which stands at its call, has made another.
    fn child_made(&mut self, parent: &Stopped, child: Option<u64>) {
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
    fn executed(&mut self, tid: Tid, former: Option<u64>) {
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
        call::mark_renamed(&mut self.view, &mut thread, tid);
        if let Some(mut leader) = self.remove(tid) {
            call::abandon(&mut self.view, &mut leader, Cut::Ended);
            // The survivor is counted, and the line is the leader's.
            self.view.tracees = self.tracees.len() + 1;
            leader.ip = thread.ip;
            lines::superseded(&mut self.view, &mut leader, former);
            self.take_over(&mut thread, *leader);
        }
        thread.tid = tid;
        self.tracees.insert(tid, thread);
        self.view.tracees = self.tracees.len();
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

    fn ended(&mut self, tid: Tid, ending: Ending, show: impl FnOnce(&mut View<'_>, &mut Tracee)) {
        let Some(tracee) = self.tracees.get_mut(&tid) else { return };
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

    /// A signal asks the tracer to end: attached processes go on without it, the command gets the signal too.
    fn end_by(&mut self, signal: i32) -> Result<(), Error> {
        self.detach_all(Some(signal))?;
        self.ending = Ending::Signal(signal);
        Ok(())
    }

    fn detach_all(&mut self, signal: Option<i32>) -> Result<(), Error> {
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
    fn let_go(&mut self, stopped: Stopped, deliver: Option<Signal>) -> Result<(), Error> {
        let tid = stopped.tid();
        // It gets its own CPUs back while it stands.
        self.colocation.leave(tid);
        stopped.detach(deliver).unless_gone()?;
        self.forget(tid);
        Ok(())
    }

    /// Shows no more of a tracee that goes on.
    fn forget(&mut self, tid: Tid) {
        self.colocation.leave(tid);
        let Some(mut tracee) = self.remove(tid) else { return };
        if self.view.tells(Quiet::Attach) {
            self.view.output.message(&format!("Process {tid} detached"));
        }
        call::abandon(&mut self.view, &mut tracee, Cut::Detached);
        if let Some(sheet) = &mut tracee.sheet {
            sheet.flush();
        }
    }
}

/// Waits for one tracee, or for any; with the CPU time that it has spent in the kernel, if that is needed.
fn wait_for(tid: Option<Tid>, flags: WaitFlags, timed: bool) -> ptrace::Result<Option<(Waited, Duration)>> {
    if timed {
        let stop = match tid {
            Some(tid) => ptrace::wait_tid_with_usage(tid, flags)?,
            None => ptrace::wait_any_with_usage(flags)?,
        };
        return Ok(stop.map(|(waited, usage)| (waited, usage.system)));
    }
    let stop = match tid {
        Some(tid) => ptrace::wait_tid(tid, flags)?,
        None => ptrace::wait_any(flags)?,
    };
    Ok(stop.map(|waited| (waited, Duration::ZERO)))
}

/// How long the tracer sleeps between two looks at its tracees while it delays one of them.
const POLL: Duration = Duration::from_micros(200);

/// What call the tracee is at; by its registers on kernels that have no request for it.
fn syscall_info(stopped: &Stopped, phase: &Phase) -> ptrace::Result<SyscallInfo> {
    match stopped.syscall_info() {
        Err(ptrace::Error::Unsupported { .. }) => {
            let at = match phase {
                Phase::Inside(_) | Phase::Skipping => SyscallStop::Exit,
                Phase::Outside | Phase::Unknown => SyscallStop::Enter,
            };
            stopped.syscall_info_from_registers(at)
        }
        info => info,
    }
}

/// Finds out where a tracee stands, if lines tell.
fn locate(view: &View<'_>, tracee: &mut Tracee, stopped: &Stopped) {
    if view.heads.wants_ip() {
        tracee.ip = stopped.syscall_info().ok().map(|info| info.instruction_pointer());
    }
}
