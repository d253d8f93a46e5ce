//! A tracer of many, for those who do not want to keep the books themselves.

use std::{
    collections::{HashMap, VecDeque},
    thread,
    time::{Duration, Instant},
};

use crate::{
    Attendance, Breakpoints, Command, Error, Event, Options, Result, Resume, Running, Signal, Status,
    StepOver, Stop, Stopped, SyscallStop, Tid, UnlessGone, WaitFlags, Waited,
    attach::seize_process,
    wait::{wait_any, wait_tid},
};

/// All tracees of the calling thread, and the loop over their stops.
///
/// ```
/// use strax_ptrace::{Command, Options, Resume, Session, Stop};
///
/// let mut session = Session::new();
/// session.spawn(&mut Command::new("true"), Options::FOLLOW)?;
/// let mut calls = 0;
/// while let Some(event) = session.next_event()? {
///     if let Stop::SyscallEnter(_) = event.stop {
///         calls += 1;
///     }
///     session.resume(event, Resume::Syscall)?;
/// }
/// assert!(calls > 1);
/// # Ok::<(), strax_ptrace::Error>(())
/// ```
///
/// A session belongs to the thread that made it, as ptrace itself binds tracees to one thread; it waits for all
/// tracees *and children* of that thread, and there can be one per thread. Dropping it kills the programs it spawned,
/// with their descendants as far as these are traced, and lets go of what it seized.
///
/// Costs: per stop, one `wait4`, one request for what the status does not say, one look-up in a table, one resume.
#[derive(Debug, Default)]
pub struct Session {
    tracees: HashMap<Tid, Tracee>,
    ready: VecDeque<Event>,
    counts_stops: bool,
    /// Neither `Send` nor `Sync`: the kernel would answer any other thread with `ESRCH`.
    of_thread: std::marker::PhantomData<*const ()>,
}

/// What is known of a tracee.
#[derive(Clone, Copy, Debug)]
struct Tracee {
    origin: Origin,
    state: State,
    /// How it was last resumed.
    how: Resume,
    /// Between a syscall-enter-stop and its exit; kept for kernels that cannot tell one from the other.
    in_syscall: bool,
    /// An interrupt was sent for this session's own ends, and may still show.
    interrupted: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Origin {
    Spawned,
    Seized,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Running,
    /// Its stop has been reported; this signal is what it would go on with.
    Stopped(Option<Signal>),
}

/// What [`Session::next_event_within`] found.
#[derive(PartialEq, Eq, Debug)]
pub enum Next {
    /// A stop or an end.
    Event(Event),
    /// Nothing in that time.
    TimedOut,
    /// There is nobody left to wait for.
    NobodyLeft,
}

impl Tracee {
    const fn new(origin: Origin) -> Tracee {
        let (state, how) = (State::Running, Resume::Cont);
        Tracee { origin, state, how, in_syscall: false, interrupted: false }
    }
}

/// Taking tracees in, and leaving them.
impl Session {
    /// No tracees yet.
    pub fn new() -> Session {
        Session::default()
    }

    /// For kernels older than Linux 5.3, which cannot tell a syscall-enter-stop from a syscall-exit-stop: counts.
    /// Chosen by itself where the kernel cannot; to be called before the first tracee, to see that it works.
    pub fn count_syscall_stops(&mut self) {
        self.counts_stops = true;
    }

    /// Starts a program; its [`Stop::Exec`], before its first instruction, is the first event.
    ///
    /// # Errors
    ///
    /// Those of [`Command::spawn`] and [`crate::Spawned::exec`].
    pub fn spawn(&mut self, command: &mut Command, options: Options) -> Result<Tid> {
        let tracee = command.spawn(options)?.exec()?;
        let tid = tracee.tid();
        self.add(tid, Origin::Spawned);
        self.take_in(Event::at(tracee, Stop::Exec { former: tid }));
        Ok(tid)
    }

    /// Seizes a running process with all its threads. Each is interrupted once, so that the caller can resume it as
    /// wanted: a [`Stop::EventStop`] is its first event, unless it stops for another reason first.
    ///
    /// # Errors
    ///
    /// Those of [`seize_process`].
    pub fn seize(&mut self, pid: Tid, options: Options) -> Result<()> {
        let attendance = Attendance::begin();
        let seized = seize_process(pid, options);
        let reports = attendance.end();
        for running in seized.iter().flatten() {
            self.add(running.tid(), Origin::Seized);
        }
        reports.into_iter().try_for_each(|waited| self.take_report(waited))?;
        for running in seized? {
            running.interrupt().unless_gone()?;
        }
        Ok(())
    }

    /// Lets one thread go, at a stop: it goes on as it would untraced, and nothing more is told of it but, if it is a
    /// child of the calling thread, its end. Its process's other threads stay tracees. Nothing to do at an end.
    pub fn let_go(&mut self, event: Event) -> Result<()> {
        let deliver = event.stop.signal_to_deliver();
        self.tracees.remove(&event.tid);
        match event.into_tracee() {
            Some(tracee) => tracee.detach(deliver).unless_gone().map(drop),
            None => Ok(()),
        }
    }

    /// Lets all tracees go: what runs runs on, what was stopped by its user stays so. Breakpoints must have been
    /// removed.
    pub fn detach(mut self) -> Result<()> {
        self.release(|_| Leave::Detach)
    }

    fn add(&mut self, tid: Tid, origin: Origin) {
        self.tracees.entry(tid).or_insert(Tracee::new(origin)).origin = origin;
    }
}

/// The loop.
impl Session {
    /// Waits for the next stop or end of any tracee. `None` when there is nobody left to wait for.
    pub fn next_event(&mut self) -> Result<Option<Event>> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Ok(Some(event));
            }
            match self.wait(WaitFlags::BLOCK) {
                Ok(_) | Err(Error::Interrupted) => {}
                Err(Error::NoTracee) => return Ok(None),
                Err(error) => return Err(error),
            }
        }
    }

    /// The same, for at most `time`. ptrace has no such wait: this looks again and again, at first after 50 µs, then
    /// less and less often, and at least every 5 ms.
    pub fn next_event_within(&mut self, time: Duration) -> Result<Next> {
        let deadline = Instant::now() + time;
        let mut pause = Duration::from_micros(50);
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Ok(Next::Event(event));
            }
            match self.wait(WaitFlags::NO_HANG) {
                Ok(true) => continue,
                Ok(false) | Err(Error::Interrupted) => {}
                Err(Error::NoTracee) => return Ok(Next::NobodyLeft),
                Err(error) => return Err(error),
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(Next::TimedOut);
            }
            thread::sleep(pause.min(left));
            pause = (pause * 2).min(Duration::from_millis(5));
        }
    }

    /// Sets a tracee going again, so that it does not notice: a signal is delivered, a group-stop goes on being one,
    /// all else goes on as `how` says. Nothing to do at an end, or if the tracee has been killed meanwhile.
    ///
    /// To do otherwise (suppress a signal, for one), take [`Event::into_tracee`] and resume it by hand.
    pub fn resume(&mut self, event: Event, how: Resume) -> Result<()> {
        let stop = event.stop;
        let Some(tracee) = event.into_tracee() else { return Ok(()) };
        if let Some(known) = self.tracees.get_mut(&tracee.tid()) {
            (known.state, known.how) = (State::Running, how);
            known.in_syscall &= how == Resume::Syscall;
        }
        let resumed = match stop {
            Stop::GroupStop(_) => tracee.listen(),
            stop => tracee.resume(how, stop.signal_to_deliver()),
        };
        resumed.unless_gone().map(drop)
    }

    /// Sets a tracee going again that has [hit](Breakpoints::hit) a breakpoint: brings it over the original
    /// instruction while all other threads that share its memory stand still, and then resumes it as `how` says.
    ///
    /// Stops that these other threads come to meanwhile are not lost: they are the next events.
    pub fn step_over(&mut self, event: Event, breakpoints: &Breakpoints, how: Resume) -> Result<()> {
        let Some(tracee) = event.into_tracee() else { return Ok(()) };
        let held = self.hold_sharers_of(tracee.tid())?;
        let stepped = self.step_undisturbed(tracee, breakpoints).unless_gone();
        for tracee in held {
            let how = self.tracees.get(&tracee.tid()).map_or(Resume::Cont, |known| known.how);
            tracee.resume(how, None).unless_gone()?;
        }
        match stepped? {
            Some(StepOver::Done(tracee)) => self.resume(Event::at(tracee, Stop::EventStop), how),
            Some(StepOver::Instead(event)) => {
                self.take_in(event);
                Ok(())
            }
            None => Ok(()),
        }
    }
}

/// Keeping the books.
impl Session {
    /// Waits once; whether there was something.
    fn wait(&mut self, flags: WaitFlags) -> Result<bool> {
        let Some(waited) = wait_any(flags | WaitFlags::OWN_THREAD)? else { return Ok(false) };
        self.take_report(waited)?;
        Ok(true)
    }

    /// Takes what was reported of a tracee: it is the next event, unless it is nothing to be told.
    fn take_report(&mut self, waited: Waited) -> Result<()> {
        let Some(stop) = self.read(waited)? else { return Ok(()) };
        let event = Event::new(waited, stop);
        let known = self.tracees.get_mut(&waited.tid);
        match known.filter(|known| known.interrupted && stop == Stop::EventStop) {
            // The late answer to an interrupt of this session's own.
            Some(known) => {
                known.interrupted = false;
                let how = known.how;
                self.resume(event, how)?;
            }
            None => self.take_in(event),
        }
        Ok(())
    }

    /// The stop behind a status; `None` if the tracee was killed in the middle of it.
    fn read(&mut self, waited: Waited) -> Result<Option<Stop>> {
        if waited.status.status() != Status::Syscall {
            return Stop::read(waited).unless_gone();
        }
        if !self.counts_stops {
            match Stop::read(waited) {
                Err(Error::Unsupported { .. }) => self.counts_stops = true,
                read => return read.unless_gone(),
            }
        }
        let in_syscall = self.tracees.get(&waited.tid).is_some_and(|known| known.in_syscall);
        let at = if in_syscall { SyscallStop::Exit } else { SyscallStop::Enter };
        let info = Stopped::assume(waited.tid).syscall_info_from_registers(at);
        Ok(info.unless_gone()?.map(Stop::from))
    }

    /// Notes an event, and puts it in the queue.
    fn take_in(&mut self, event: Event) {
        let (tid, stop) = (event.tid, event.stop);
        if stop.is_end() {
            self.tracees.remove(&tid);
            self.ready.push_back(event);
            return;
        }
        if let Stop::Exec { former } = stop
            && former != tid
            && let Some(known) = self.tracees.remove(&former)
        {
            self.tracees.insert(tid, known);
        }
        // Whoever reports before the event that announces it is a child of someone here: its origin comes with it.
        let known = self.tracees.entry(tid).or_insert(Tracee::new(Origin::Seized));
        known.in_syscall = is_within_syscall(&stop);
        known.state = State::Stopped(stop.signal_to_deliver());
        let origin = known.origin;
        if let Some(child) = stop.new_child() {
            self.add(child, origin);
        }
        self.ready.push_back(event);
    }

    /// Steps, and steps again if all that came was the late answer to an interrupt of this session's own.
    fn step_undisturbed(&mut self, mut tracee: Stopped, breakpoints: &Breakpoints) -> Result<StepOver> {
        loop {
            let event = match breakpoints.step_over(tracee)? {
                StepOver::Instead(event) if event.stop == Stop::EventStop => event,
                stepped => return Ok(stepped),
            };
            let known = self.tracees.get_mut(&event.tid);
            if !known.is_some_and(|known| std::mem::take(&mut known.interrupted)) {
                return Ok(StepOver::Instead(event));
            }
            let tid = event.tid;
            tracee = event.into_tracee().ok_or(Error::Gone(tid))?;
        }
    }

    /// Stops all running tracees that share the memory of `tid`. Those that stop for another reason than being
    /// asked to have their events queued; the others are given back.
    fn hold_sharers_of(&mut self, tid: Tid) -> Result<Vec<Stopped>> {
        let sharers: Vec<Tid> = self
            .tracees
            .iter()
            .filter(|(other, known)| **other != tid && known.state == State::Running)
            .map(|(other, _)| *other)
            .filter(|other| shares_memory(tid, *other))
            .collect();
        for &sharer in &sharers {
            Running::assume(sharer).interrupt().unless_gone()?;
        }
        let mut held = Vec::new();
        for sharer in sharers {
            held.extend(self.hold(sharer)?);
        }
        Ok(held)
    }

    /// Waits for the answer of a tracee to an interrupt; `None` if it is held by a stop of its own, or cannot run.
    fn hold(&mut self, tid: Tid) -> Result<Option<Stopped>> {
        loop {
            match wait_tid(tid, WaitFlags::NO_HANG) {
                Ok(Some(waited)) => {
                    let Some(stop) = self.read(waited)? else { continue };
                    let event = Event::new(waited, stop);
                    if stop == Stop::EventStop {
                        return Ok(event.into_tracee());
                    }
                    self.mark_interrupted(tid);
                    self.take_in(event);
                    return Ok(None);
                }
                // Asleep in the kernel, such as the parent of a vfork: it executes nothing until it stops.
                Ok(None) if cannot_run(tid) => {
                    self.mark_interrupted(tid);
                    return Ok(None);
                }
                Ok(None) => thread::yield_now(),
                Err(Error::Interrupted) => {}
                Err(Error::NoTracee) => return Ok(None),
                Err(error) => return Err(error),
            }
        }
    }

    fn mark_interrupted(&mut self, tid: Tid) {
        if let Some(known) = self.tracees.get_mut(&tid) {
            known.interrupted = true;
        }
    }
}

/// What becomes of a tracee when the session ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leave {
    Kill,
    Detach,
}

/// Ending.
impl Session {
    /// Kills or detaches every tracee, and sees those killed to their end.
    fn release(&mut self, fate: impl Fn(Origin) -> Leave) -> Result<()> {
        self.ready.clear();
        let tids: Vec<Tid> = self.tracees.keys().copied().collect();
        for tid in tids {
            self.ask_to_leave(tid, &fate)?;
        }
        while !self.tracees.is_empty() {
            match wait_any(WaitFlags::OWN_THREAD) {
                Ok(Some(waited)) => self.leave(waited, &fate)?,
                Ok(None) | Err(Error::Interrupted) => {}
                Err(Error::NoTracee) => break,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn ask_to_leave(&mut self, tid: Tid, fate: &impl Fn(Origin) -> Leave) -> Result<()> {
        let Some(known) = self.tracees.get(&tid).copied() else { return Ok(()) };
        if fate(known.origin) == Leave::Kill {
            return Running::assume(tid).kill().unless_gone().map(drop);
        }
        if let State::Stopped(signal) = known.state
            && Stopped::assume(tid).detach(signal).unless_gone()?.is_some()
        {
            self.tracees.remove(&tid);
            return Ok(());
        }
        // Running, as far as known: it leaves at its next stop. If it is gone, so much the better.
        Running::assume(tid).interrupt().unless_gone().map(drop)
    }

    /// Handles a status of one that was asked to leave, or is new.
    fn leave(&mut self, waited: Waited, fate: &impl Fn(Origin) -> Leave) -> Result<()> {
        let Some(tracee) = waited.stopped() else {
            self.tracees.remove(&waited.tid);
            return Ok(());
        };
        let stop = if waited.status.status() == Status::Syscall {
            Stop::EventStop
        } else {
            match Stop::read(waited).unless_gone()? {
                Some(stop) => stop,
                None => return Ok(()),
            }
        };
        let origin = self.tracees.get(&waited.tid).map_or(Origin::Seized, |known| known.origin);
        if let Some(child) = stop.new_child() {
            self.add(child, origin);
        }
        if let Stop::Exec { former } = stop
            && former != waited.tid
        {
            self.tracees.remove(&former);
        }
        if fate(origin) == Leave::Kill {
            tracee.kill().unless_gone()?;
            Stopped::assume(waited.tid).cont(None).unless_gone()?;
        } else if tracee.detach(stop.signal_to_deliver()).unless_gone()?.is_some() {
            self.tracees.remove(&waited.tid);
        }
        Ok(())
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // There is nobody to tell of an error; whatever it is, the kernel detaches when the tracer ends.
        let _ = self.release(|origin| match origin {
            Origin::Spawned => Leave::Kill,
            Origin::Seized => Leave::Detach,
        });
    }
}

/// Whether a syscall-exit-stop follows, if the tracee is resumed so.
const fn is_within_syscall(stop: &Stop) -> bool {
    matches!(
        stop,
        Stop::SyscallEnter(_)
            | Stop::Fork { .. }
            | Stop::Vfork { .. }
            | Stop::VforkDone { .. }
            | Stop::Clone { .. }
            | Stop::Exec { .. }
    )
}

/// Whether two threads share their memory, by `kcmp(2)`; yes if the kernel does not tell.
fn shares_memory(one: Tid, other: Tid) -> bool {
    const KCMP_VM: libc::c_int = 1;
    let none: libc::c_ulong = 0;
    // SAFETY: kcmp touches no memory of ours.
    let compared = unsafe { libc::syscall(libc::SYS_kcmp, one.raw(), other.raw(), KCMP_VM, none, none) };
    matches!(compared, 0 | -1)
}

/// Whether a thread will not execute anything by itself, by `/proc/TID/stat`: in an uninterruptible sleep, or dead.
fn cannot_run(tid: Tid) -> bool {
    let Ok(stat) = std::fs::read(format!("/proc/{tid}/stat")) else { return true };
    // The name, which may hold anything, ends with the last parenthesis.
    let state = stat.iter().rposition(|byte| *byte == b')').and_then(|end| stat.get(end + 2));
    matches!(state, Some(b'D' | b'Z' | b'X'))
}
