//! The engine that traces programs as they run, by ptrace: who stopped, why, and what to do about it.
//!
//! It tells an observer what happens, and knows nothing of what becomes of that.

mod abi;
mod again;
mod begin;
mod calls;
mod circle;
mod colocate;
mod cpu_time;
mod daemon;
mod debug;
mod fate;
mod filtered;
mod guest;
mod handover;
mod host;
mod leave;
mod privileges;
mod probe;
mod refusal;
mod restart;
mod seccomp;
mod signals;
mod stacks;
mod start;
mod stops;
mod survive;
mod tamper;
mod teller;
mod tracee;
mod turns;
mod wait_order;
mod which_call;

use self::colocate::Colocation;
use self::fate::Fate;
use self::guest::Guest;
use self::handover::Handover;
use self::host::Host;
use self::leave::Leaving;
use self::privileges::Privileges;
use self::seccomp::{Disguise, Later, Unwanted};
use self::teller::Teller;
use self::tracee::{Tracee, Tracees};
use self::wait_order::WaitOrder;
use self::which_call::WhichCall;
use crate::config::{Config, Quiet};
use crate::error::Error;
use crate::keeper::Keeper;
use crate::sys;
use event::{CpuTime, Cut, Ending, Observer, Origin, Verdict, What};
use ptrace::{Resume, Signal, Status, Stopped, Tid, UnlessGone, WaitFlags, Waited};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Traces the command and the processes that a [`Config`] names.
pub struct Ptrace<'c> {
    config: &'c Config,
    keeper: Rc<Keeper>,
    host: Host,
    guest: Guest,
}

impl<'c> Ptrace<'c> {
    /// An engine that has yet to begin.
    pub fn new(config: &'c Config) -> Ptrace<'c> {
        Ptrace::with_keeper(config, Rc::new(Keeper::new(config.keeper)))
    }

    /// One that shares its keeper with whoever writes the trace.
    pub(crate) fn with_keeper(config: &'c Config, keeper: Rc<Keeper>) -> Ptrace<'c> {
        Ptrace { config, keeper, host: Host::Tracer, guest: Guest::default() }
    }

    /// Runs as a guest in somebody else's program: that keeps its signals, its timers and its standard streams, and its
    /// other children. The thread in which the engine is run must not wait for children of its own meanwhile. What a
    /// [`Config`] says of signals does not hold. Processes are attached to with all their threads, and one that can't be
    /// is an error.
    pub fn as_guest(self) -> Ptrace<'c> {
        Ptrace { host: Host::Guest(Instant::now()), ..self }
    }

    /// A guest's command, in place of that of the [`Config`]: the first that is told of it is that it is there, with its
    /// program executed. If that can't be, there is no trace.
    pub fn with_command(mut self, command: ptrace::Command) -> Ptrace<'c> {
        self.guest.command = Some(command);
        self
    }

    /// A guest's tracees are killed, and not let go of, if the trace can't go on or its thread ends. The call at whose
    /// entry the observer has failed is not made.
    pub fn kill_on_failure(mut self) -> Ptrace<'c> {
        self.guest.kills = true;
        self
    }
}

impl event::Engine for Ptrace<'_> {
    fn run(&mut self, observer: &mut dyn Observer) -> Result<Ending, event::Error> {
        let mut session = Session::new(self.config, Rc::clone(&self.keeper), self.host, observer);
        session.be_guest(std::mem::take(&mut self.guest));
        let outcome = catch_unwind(AssertUnwindSafe(|| session.run()));
        if !matches!(outcome, Ok(Ok(_))) {
            session.fail();
        }
        match outcome {
            Ok(outcome) => Ok(outcome?),
            Err(panic) => resume_unwind(panic),
        }
    }
}

/// A trace, from its start to its end.
struct Session<'c> {
    config: &'c Config,
    host: Host,
    guest: Guest,
    teller: Teller<'c>,
    tracees: Tracees,
    /// Stops that have been reported and not been handled, oldest first, with the CPU time spent in the kernel.
    queue: VecDeque<(Waited, CpuTime)>,
    colocation: Colocation,
    /// Tracees that stand still until some time, and the signal that they get then.
    delayed: Vec<(Instant, Stopped, Option<Signal>)>,
    /// Whether the command is under a seccomp filter, and whatever it makes.
    filtered: bool,
    /// Who is traced for the filter's sake only.
    unwanted: Unwanted,
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
    wait_order: WaitOrder,
    /// Who has stopped, and what is being done about that.
    at: Option<Waited>,
    /// The CPU time that it has spent in the kernel, if its stop has told.
    cpu: CpuTime,
}

impl<'c> Session<'c> {
    /// A trace that has yet to begin.
    fn new(
        config: &'c Config,
        keeper: Rc<Keeper>,
        host: Host,
        observer: &'c mut dyn Observer,
    ) -> Session<'c> {
        Session {
            config,
            host,
            guest: Guest::default(),
            teller: Teller::new(config, observer),
            tracees: Tracees::default(),
            queue: VecDeque::new(),
            colocation: Colocation::new(config.colocate, config.follow_forks, keeper),
            delayed: Vec::new(),
            filtered: false,
            unwanted: Unwanted::default(),
            handover: Handover::default(),
            later: None,
            leaving: None,
            privileges: Privileges::default(),
            which_call: WhichCall::default(),
            command: None,
            ending: Ending::Exit(0),
            ticking: false,
            wait_order: WaitOrder::default(),
            at: None,
            cpu: CpuTime::Unknown,
        }
    }

    /// Starts the command, and attaches to what is to be attached to.
    ///
    /// # Errors
    /// There is nothing to trace, or the observer can't be told of it.
    fn begin(&mut self) -> Result<(), Error> {
        if self.config.kill_on_exit {
            let works = probe::exit_kill();
            self.debug(|| debug::feature("PTRACE_O_EXITKILL", works));
            if !works {
                return Err(Error::NoExitKill);
            }
        }
        let options = self.options();
        self.debug(|| debug::options(options));
        self.debug(|| debug::feature("PTRACE_GET_SYSCALL_INFO", probe::syscall_info()));
        self.launch()?;
        if self.host.is_tracer() {
            // What only the command has open should be closed when it ends.
            sys::release_stdio();
        }
        self.attach()
    }

    /// Takes note of a tracee.
    ///
    /// # Errors
    /// The observer's own; the tracee is traced nevertheless.
    fn add(&mut self, tracee: Tracee) -> Result<(), Error> {
        let tid = tracee.tid;
        self.insert(tracee);
        self.announce(tid)
    }

    fn insert(&mut self, tracee: Tracee) {
        let (tid, count) = (tracee.tid, self.tracees.len() + 1);
        self.tracees.insert(tid, Box::new(tracee));
        self.debug(|| debug::added(tid, count));
    }

    /// Tells that a tracee is there. What is to become of it does at its next stop.
    ///
    /// # Errors
    /// The observer's own.
    fn announce(&mut self, tid: Tid) -> Result<(), Error> {
        let Some(tracee) = self.tracees.get_mut(tid) else { return Ok(()) };
        let told = self.teller.try_tell(tracee, What::Attached(tracee.origin));
        let verdict = told.map_err(Error::from_observer)?;
        tracee.fate = Fate::of(&verdict);
        self.teller.is_over |= matches!(verdict, Verdict::End);
        Ok(())
    }

    /// Tells what the tracer does, if the user wants to know.
    #[inline]
    fn debug(&mut self, text: impl FnOnce() -> String) {
        if self.config.debug {
            self.teller.message(&text());
        }
    }

    fn remove(&mut self, tid: Tid) -> Option<Box<Tracee>> {
        let tracee = self.tracees.remove(tid);
        self.teller.forget(tid);
        if tracee.is_some() {
            let count = self.tracees.len();
            self.debug(|| debug::removed(tid, count));
        }
        tracee
    }

    /// Traces until nobody is left, or a signal ends it.
    ///
    /// # Errors
    /// There is nothing to trace, the kernel refused what a tracer can't do without, or the observer can't go on.
    fn run(&mut self) -> Result<Ending, Error> {
        self.begin()?;
        while let Some(waited) = self.next_stop()? {
            self.handle(waited)?;
        }
        self.host.run_timer(false);
        let finished = self.teller.finish();
        if let Some(error) = self.teller.failure().or(finished.err()) {
            return Err(Error::from_observer(error));
        }
        self.stay_with_filtered()?;
        Ok(self.ending)
    }

    /// The next stop, or end, of a tracee; nothing if the trace is over.
    #[inline(always)]
    fn next_stop(&mut self) -> Result<Option<Waited>, Error> {
        loop {
            if !self.queue.is_empty() {
                return Ok(self.next_queued());
            }
            if self.tracees.is_empty() {
                return Ok(None);
            }
            if let Some(signal) = self.host.interrupted_by() {
                self.end_by(signal)?;
                return Ok(None);
            }
            if self.teller.is_over {
                return self.end_early().map(|()| None);
            }
            if !self.delayed.is_empty() {
                self.release()?;
            }
            let flags = if self.delayed.is_empty() { WaitFlags::BLOCK } else { WaitFlags::NO_HANG };
            match self.wait(flags) {
                Ok(Some(waited)) => {
                    if self.host.ticked() {
                        self.tick();
                    }
                    // There is nobody else who could have stopped.
                    if self.tracees.len() + self.unwanted.len() == 1 {
                        return Ok(Some(waited));
                    }
                    self.queue.push_back((waited, self.cpu));
                    self.gather_others();
                }
                Ok(None) => std::thread::sleep(POLL),
                Err(error) => {
                    if !self.waits_again(error)? {
                        return Ok(None);
                    }
                }
            }
        }
    }

    /// Whether a wait that has failed is to be tried again: not where there is nobody to wait for.
    #[cold]
    fn waits_again(&mut self, error: ptrace::Error) -> Result<bool, Error> {
        match error {
            ptrace::Error::Interrupted => {
                self.host.ticked();
                self.tick();
                Ok(true)
            }
            ptrace::Error::NoTracee => Ok(false),
            error => Err(error.into()),
        }
    }

    fn next_queued(&mut self) -> Option<Waited> {
        let (waited, cpu) = self.queue.pop_front()?;
        self.cpu = cpu;
        Some(waited)
    }

    /// The observer wants no more, or can't go on.
    #[cold]
    fn end_early(&mut self) -> Result<(), Error> {
        match self.teller.failure() {
            Some(error) => Err(Error::from_observer(error)),
            None => self.detach_all(None),
        }
    }

    /// Takes the stops that there are; where tracees are many, mostly just those that are found quickly.
    #[inline(never)]
    fn gather_others(&mut self) {
        let many = WaitOrder::pays(self.tracees.len());
        let all = !many || self.wait_order.is_due();
        loop {
            if many {
                self.gather_likely();
            }
            if !all {
                break;
            }
            match self.wait(WaitFlags::NO_HANG) {
                Ok(Some(waited)) => self.queue.push_back((waited, self.cpu)),
                _ => break,
            }
        }
    }

    /// Takes the stops of those that are likely to have stopped.
    fn gather_likely(&mut self) {
        let Session { wait_order, tracees, queue, config, teller, .. } = self;
        wait_order.ask(|tid, turn| {
            tracees.get(tid).filter(|tracee| tracee.turn == turn)?;
            let stop = ptrace::wait_tid(tid, WaitFlags::NO_HANG).ok()?;
            if let Some(waited) = stop.as_ref().filter(|_| config.debug) {
                teller.message(&debug::waited(waited));
            }
            queue.extend(stop.map(|waited| (waited, CpuTime::Unknown)));
            Some(stop.is_some())
        });
    }

    #[inline(always)]
    fn wait(&mut self, flags: WaitFlags) -> ptrace::Result<Option<Waited>> {
        if flags == WaitFlags::BLOCK && !self.ticking && self.needs_ticks() {
            self.ticking = true;
            self.host.run_timer(true);
        }
        // Of many, the kernel would take long to tell.
        let timed = self.teller.needs.cpu && !WaitOrder::pays(self.tracees.len());
        let Some(waited) = self.host.wait(flags, timed, self.ticking, &mut self.cpu)? else {
            return Ok(None);
        };
        if self.config.debug {
            self.teller.message(&debug::waited(&waited));
        }
        Ok(Some(waited))
    }

    /// Whether there is something to write, or somebody to let go of, should no stop come.
    fn needs_ticks(&self) -> bool {
        self.teller.is_waiting() || self.colocation.has_guest()
    }

    /// Brings files up to date. The timer goes on while there is something to write.
    fn tick(&mut self) {
        self.colocation.tick();
        let busy = self.teller.idle();
        if !busy && !self.needs_ticks() && self.host.interrupted_by().is_none() {
            self.ticking = false;
            self.host.run_timer(false);
        }
    }

    #[inline(always)]
    fn handle(&mut self, waited: Waited) -> Result<(), Error> {
        let tid = waited.tid;
        self.at = Some(waited);
        match self.tracees.get_mut(tid) {
            Some(tracee) => {
                tracee.task.cpu = self.cpu;
                if tracee.fate != Fate::GoOn && !is_end(waited.status.status()) {
                    let fate = std::mem::take(&mut tracee.fate);
                    return self.meet_fate(waited, fate);
                }
                if tracee.remaps {
                    tracee.remaps = false;
                    self.teller.mappings_changed();
                }
            }
            None => {
                let is_known = self.filtered && self.unwanted_stop(waited)?;
                if is_known || !self.adopt(tid, waited.status.status(), None) {
                    return Ok(());
                }
            }
        }
        if self.handover.is_going_on() && self.handed_over(waited)? {
            return Ok(());
        }
        match waited.status.call_stop() {
            Some(stop) => {
                self.colocation.stopped(tid, self.tracees.len() == 1);
                self.syscall_stop(Stopped::assume(tid), stop)
            }
            None => self.other_stop(waited),
        }
    }

    /// A tracee has stopped at no call, or has ended.
    #[inline(never)]
    fn other_stop(&mut self, waited: Waited) -> Result<(), Error> {
        let tid = waited.tid;
        let stopped = Stopped::assume(tid);
        match waited.status.status() {
            Status::Signal(signal) => self.signal_stop(stopped, signal),
            Status::GroupStop(signal) => self.group_stop(stopped, signal),
            Status::Event(event) => self.event_stop(stopped, event),
            Status::Exited { status } => {
                self.ended(tid, Ending::Exit(status), What::Exited(status));
                self.settle_handover(tid)
            }
            Status::Killed { signal, core } => {
                let ending = Ending::Signal(signal.number());
                self.ended(tid, ending, What::Killed { signal: signal.number(), core });
                self.settle_handover(tid)
            }
            Status::Syscall | Status::Continued | Status::Unknown => Ok(()),
        }
    }

    /// A tracee has stopped of which the observer has had enough since it was told that it is there.
    #[cold]
    fn meet_fate(&mut self, waited: Waited, fate: Fate) -> Result<(), Error> {
        let Some(stopped) = waited.stopped() else { return Ok(()) };
        let status = waited.status.status();
        let deliver = if let Status::Signal(signal) = status { Some(signal) } else { None };
        self.go_on(stopped, deliver, fate)
    }

    /// Meets a thread that the kernel has made a tracee: `parent` has made it. False if it is none of ours.
    fn adopt(&mut self, tid: Tid, status: Status, parent: Option<Tid>) -> bool {
        let ended = is_end(status) || status == Status::Continued;
        if self.teller.is_helper(tid) {
            return false;
        }
        if ended {
            if status != Status::Continued && self.teller.tells(Quiet::Exit) {
                let end = if matches!(status, Status::Killed { .. }) { "Termination" } else { "Exit" };
                self.teller.message(&format!("{end} of unknown pid {tid} ignored"));
            }
            return false;
        }
        if !self.config.follow_forks {
            // A tracee has asked for its child to be traced as well (CLONE_PTRACE); nobody else did.
            let deliver = if let Status::Signal(signal) = status { Some(signal) } else { None };
            let _ = Stopped::assume(tid).detach(deliver);
            if self.teller.tells(Quiet::Attach) {
                self.teller.message(&format!("Detached unknown pid {tid}"));
            }
            return false;
        }
        let mut tracee = Tracee::new(tid, Origin::Followed);
        if let Some(parent) = parent.and_then(|parent| self.tracees.get(parent)) {
            tracee.task.abi = parent.task.abi;
            tracee.start = parent.start;
            tracee.disguise = parent.disguise.as_ref().map(Disguise::of_child);
        } else if self.filtered {
            tracee.disguise = Some(Disguise::unknown());
        }
        if self.teller.tells(Quiet::Attach) {
            self.teller.message(&format!("Process {tid} attached"));
        }
        match self.add(tracee) {
            Err(error) if self.host.is_tracer() => self.teller.message(&error.to_string()),
            Err(error) => self.teller.fail(error.into()),
            Ok(()) => {}
        }
        true
    }

    /// Lets a tracee go on as its fate is.
    #[inline]
    fn go_on(&mut self, stopped: Stopped, deliver: Option<Signal>, fate: Fate) -> Result<(), Error> {
        match fate {
            Fate::GoOn => self.resume(stopped, deliver),
            Fate::Kill => {
                stopped.kill().unless_gone()?;
                Ok(())
            }
            Fate::Leave => self.leave_to_itself(stopped, deliver),
        }
    }

    /// Lets a tracee go on, up to the next stop that counts.
    fn resume(&mut self, stopped: Stopped, deliver: Option<Signal>) -> Result<(), Error> {
        self.resume_now(stopped, deliver)
    }

    /// The same, where it happens most often.
    #[inline(always)]
    fn resume_now(&mut self, stopped: Stopped, deliver: Option<Signal>) -> Result<(), Error> {
        let how = if self.filtered { self.way_on(stopped.tid()) } else { Resume::Syscall };
        if WaitOrder::pays(self.tracees.len()) {
            self.remember(stopped.tid());
        }
        stopped.resume(how, deliver).unless_gone()?;
        Ok(())
    }

    /// One of many goes on, and may stop any time.
    fn remember(&mut self, tid: Tid) {
        let Session { wait_order, tracees, .. } = self;
        let is_current = |tid, turn| tracees.get(tid).is_some_and(|tracee| tracee.turn == turn);
        let turn = wait_order.resumed(tid, tracees.len(), is_current);
        if let Some(tracee) = tracees.get_mut(tid) {
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

    fn ended(&mut self, tid: Tid, ending: Ending, what: What<'_>) {
        let Some(tracee) = self.tracees.get_mut(tid) else { return };
        if self.command == Some(tid) {
            // Who reads of its end may send a signal that is for the tracer.
            if self.host.is_tracer() {
                signals::stop_forwarding(self.config);
            }
        }
        self.teller.abandon(tracee, Cut::Ended);
        tracee.task.ip = None;
        self.teller.tell(tracee, what);
        if self.command == Some(tid) {
            self.ending = ending;
        }
        self.colocation.leave(tid);
        self.remove(tid);
        self.release_early();
    }
}

fn is_end(status: Status) -> bool {
    matches!(status, Status::Exited { .. } | Status::Killed { .. })
}

/// How long the tracer sleeps between two looks at its tracees while it delays one of them.
const POLL: Duration = Duration::from_micros(200);
