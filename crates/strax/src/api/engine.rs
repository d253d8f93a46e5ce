//! A running program as a source of events.
//!
//! The command's own engine has a process to itself: it handles signals, waits for every child, gives its standard
//! streams away. A guest in somebody else's program must do nothing of that kind. This engine stands on
//! [`ptrace::Session`], which waits for what the calling thread has started or attached to and for nobody else, and
//! which lets go of everybody, or ends them, wherever the guest is thrown out.

use super::target::Answers;
use decode::{Call, Wanted};
use event::{Change, CpuTime, Cut, Ending, Error, Event, Moment, Needs, Observer, Origin, Return, Tampering};
use event::{Task, Verdict, What};
use ptrace::{
    Addr, Options, Registers, Resume, Session, Signal, Stop, Stopped, SyscallEntry, SyscallExit, Tid,
    UnlessGone,
};
use std::collections::HashMap;
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use uapi::Abi;

/// What is traced.
pub(super) enum Start {
    /// A program, from its first instruction on.
    Command(Box<ptrace::Command>),
    /// A process that runs, with all its threads.
    Process(Tid),
}

/// A running program, stop by stop.
pub(super) struct Engine {
    start: Start,
    options: Options,
    /// Whether what was started is to be killed if the trace ends before it.
    kills: bool,
    session: Option<Session>,
    threads: HashMap<Tid, Thread>,
    /// The process that the trace is about.
    first: Option<Tid>,
    ending: Ending,
    needs: Needs,
    since: Instant,
    answers: Answers,
}

/// What is known of a thread.
struct Thread {
    abi: Abi,
    number: u64,
    ip: Option<u64>,
    /// The call that it made last.
    last: Option<(Abi, u64)>,
    /// The call that it is in.
    made: Option<Made>,
}

/// A call that a thread is in.
struct Made {
    call: Call,
    /// The thread's call before: what `restart_syscall` goes on with.
    last: Option<(Abi, u64)>,
    is_told: bool,
    began: Instant,
    tampering: Tampering,
    /// The registers that its arguments were in, where those are other ones now.
    registers: Option<[u64; 6]>,
    /// It has put another program in the place of the one that made it.
    has_executed: bool,
}

/// Whether the trace goes on.
#[derive(PartialEq, Eq)]
enum Flow {
    On,
    End,
}

impl Engine {
    pub(super) fn new(start: Start, follow_forks: bool, kills: bool) -> Engine {
        let mut options = Options::EXEC;
        if follow_forks {
            options |= Options::FOLLOW;
        }
        if kills && matches!(start, Start::Command(_)) {
            options |= Options::EXIT_KILL;
        }
        Engine {
            start,
            options,
            kills,
            session: None,
            threads: HashMap::new(),
            first: None,
            ending: Ending::Exit(0),
            needs: Needs::default(),
            since: Instant::now(),
            answers: Answers::new(Wanted::default()),
        }
    }

    /// Starts the program, or attaches to the process.
    ///
    /// # Errors
    /// Those of [`Session::spawn`] and [`Session::seize`].
    pub(super) fn begin(&mut self) -> ptrace::Result<()> {
        let session = self.session.insert(Session::new());
        match &mut self.start {
            Start::Command(command) => {
                self.first = Some(session.spawn(command, self.options)?);
            }
            Start::Process(pid) => {
                self.first = Some(*pid);
                session.seize(*pid, self.options)?;
            }
        }
        Ok(())
    }

    /// The session; there is one from the beginning on.
    fn session(&mut self) -> &mut Session {
        self.session.get_or_insert_default()
    }

    fn handle(&mut self, event: ptrace::Event, observer: &mut dyn Observer) -> Result<Flow, Error> {
        let tid = event.tid;
        let is_new = !self.threads.contains_key(&tid);
        match event.stop {
            Stop::Exited { status } => return self.ended(tid, Ending::Exit(status), false, observer),
            Stop::Killed { signal, core } => {
                return self.ended(tid, Ending::Signal(signal.number()), core, observer);
            }
            Stop::Exec { former } if former != tid => self.renamed(former, tid, observer)?,
            _ if is_new => {
                let verdict = self.met(&event, observer)?;
                if !matches!(verdict, Verdict::Go) {
                    return self.answer(event, verdict);
                }
            }
            _ => {}
        }
        let verdict = match event.stop {
            Stop::SyscallEnter(entry) => self.enters(&event, &entry, observer)?,
            Stop::SyscallExit(exit) => self.exits(&event, &exit, observer)?,
            Stop::Exec { .. } if is_new => Verdict::Go,
            Stop::Exec { .. } => {
                let made = self.threads.get_mut(&tid).and_then(|thread| thread.made.as_mut());
                made.into_iter().for_each(|made| made.has_executed = true);
                self.tell(tid, What::Executed, observer)?
            }
            Stop::SignalDelivery(signal) => self.signalled(&event, signal, observer)?,
            Stop::GroupStop(signal) => self.tell(tid, What::GroupStop(signal.number()), observer)?,
            _ => Verdict::Go,
        };
        self.answer(event, verdict)
    }

    /// Sets the thread of an event going, as the verdict on it says. What is done to its call has been done.
    fn answer(&mut self, event: ptrace::Event, verdict: Verdict) -> Result<Flow, Error> {
        match verdict {
            Verdict::End => return Ok(Flow::End),
            Verdict::Leave => {
                self.threads.remove(&event.tid);
                self.session().let_go(event)?;
                return Ok(Flow::On);
            }
            Verdict::Kill => {
                let tracee = event.tracee().map(|tracee| tracee.tid());
                tracee.and_then(|tid| ptrace::Running::assume(tid).kill()).unless_gone()?;
            }
            Verdict::Go | Verdict::Fail(_) | Verdict::Return(_) | Verdict::Change(_) => {}
        }
        self.session().resume(event, Resume::Syscall)?;
        Ok(Flow::On)
    }

    /// A thread that has not been told of stops for the first time.
    fn met(&mut self, event: &ptrace::Event, observer: &mut dyn Observer) -> Result<Verdict, Error> {
        let origin = match (&self.start, self.first == Some(event.tid)) {
            (Start::Command(_), true) => Origin::Command,
            (Start::Process(pid), _) if is_thread_of(*pid, event.tid) => Origin::Running,
            _ => Origin::Followed,
        };
        let thread =
            Thread { abi: tracer::filter::host_abis()[0], number: 0, ip: None, last: None, made: None };
        self.threads.insert(event.tid, thread);
        self.tell(event.tid, What::Attached(origin), observer)
    }

    fn ended(
        &mut self,
        tid: Tid,
        ending: Ending,
        core: bool,
        observer: &mut dyn Observer,
    ) -> Result<Flow, Error> {
        if self.first == Some(tid) {
            self.ending = ending;
        }
        let Some(thread) = self.threads.get_mut(&tid) else { return Ok(Flow::On) };
        let made = thread.made.take().filter(|made| made.is_told);
        let mut verdict = Verdict::Go;
        if let Some(made) = made {
            verdict = self.tell(tid, What::Unfinished(&made.call, Cut::Ended), observer)?;
        }
        let what = match ending {
            Ending::Exit(status) => What::Exited(status),
            Ending::Signal(signal) => What::Killed { signal, core },
        };
        let last = self.tell(tid, what, observer)?;
        self.threads.remove(&tid);
        let ends = matches!(verdict, Verdict::End) || matches!(last, Verdict::End);
        Ok(if ends { Flow::End } else { Flow::On })
    }

    /// A thread that has executed a program goes on under the id of its process.
    fn renamed(&mut self, former: Tid, now: Tid, observer: &mut dyn Observer) -> Result<(), Error> {
        let call = self.threads.get(&former).and_then(|thread| thread.made.as_ref());
        let call = call.filter(|made| made.is_told).map(|made| made.call);
        self.tell(former, What::Renamed { to: now.raw(), call: call.as_ref() }, observer)?;
        if let Some(leader) = self.threads.get_mut(&now) {
            let made = leader.made.take().filter(|made| made.is_told);
            if let Some(made) = made {
                self.tell(now, What::Unfinished(&made.call, Cut::Ended), observer)?;
            }
            self.tell(now, What::Superseded { by: former.raw() }, observer)?;
        }
        if let Some(thread) = self.threads.remove(&former) {
            self.threads.insert(now, thread);
        }
        Ok(())
    }

    fn signalled(
        &mut self,
        event: &ptrace::Event,
        signal: Signal,
        observer: &mut dyn Observer,
    ) -> Result<Verdict, Error> {
        let info = event.tracee().and_then(Stopped::siginfo).unless_gone()?;
        let info = info.as_ref().map(|info| info.as_bytes().as_slice());
        self.tell(event.tid, What::Signal { number: signal.number(), info }, observer)
    }

    /// Tells of something that has happened to a thread.
    fn tell(&mut self, tid: Tid, what: What<'_>, observer: &mut dyn Observer) -> Result<Verdict, Error> {
        let Some(thread) = self.threads.get(&tid) else { return Ok(Verdict::Go) };
        let event = Event { at: self.moment(), task: thread.task(tid), what };
        observer.on(&event, &mut self.answers.of(tid))
    }

    fn moment(&self) -> Moment {
        let wall = self.needs.wall.then(|| SystemTime::now().duration_since(UNIX_EPOCH).ok()).flatten();
        Moment { wall, monotonic: self.needs.monotonic.then(|| self.since.elapsed()) }
    }
}

impl Thread {
    fn task(&self, tid: Tid) -> Task {
        Task { tid: tid.raw(), abi: self.abi, number: self.number, ip: self.ip, cpu: CpuTime::Unknown }
    }
}

/// Calls.
impl Engine {
    fn enters(
        &mut self,
        event: &ptrace::Event,
        entry: &SyscallEntry,
        observer: &mut dyn Observer,
    ) -> Result<Verdict, Error> {
        // A call of an ABI that nobody here knows is let by.
        let (tid, Some(abi)) = (event.tid, abi_of(entry)) else { return Ok(Verdict::Go) };
        let at = self.moment();
        let Some(thread) = self.threads.get_mut(&tid) else { return Ok(Verdict::Go) };
        let last = thread.last;
        let mut target = self.answers.at_call(tid, entry.stack_pointer, last);
        let call = syscalls::identify(abi, entry.nr, entry.args, &mut target);
        thread.last = Some((abi, entry.nr));
        (thread.abi, thread.number, thread.ip) = (abi, entry.nr, Some(entry.instruction_pointer));
        let task = thread.task(tid);
        let is_told = observer.wants(&task, &call, &mut target);
        let mut made = Made {
            call,
            last,
            is_told,
            began: Instant::now(),
            tampering: Tampering::default(),
            registers: None,
            has_executed: false,
        };
        let mut verdict = Verdict::Go;
        if is_told {
            verdict = observer.on(&Event { at, task, what: What::Enter(&call) }, &mut target)?;
            if let Some(tracee) = event.tracee().unless_gone()? {
                made.tamper_at_entry(tracee, entry, &verdict).unless_gone()?;
            }
        }
        if let Some(thread) = self.threads.get_mut(&tid) {
            thread.made = Some(made);
        }
        Ok(verdict)
    }

    fn exits(
        &mut self,
        event: &ptrace::Event,
        exit: &SyscallExit,
        observer: &mut dyn Observer,
    ) -> Result<Verdict, Error> {
        let tid = event.tid;
        let Some(thread) = self.threads.get_mut(&tid) else { return Ok(Verdict::Go) };
        thread.ip = Some(exit.instruction_pointer);
        let Some(mut made) = thread.made.take() else { return Ok(Verdict::Go) };
        let task = thread.task(tid);
        if let Some(tracee) = event.tracee().unless_gone()? {
            made.restore(tracee, exit).unless_gone()?;
        }
        if !made.is_told {
            return Ok(Verdict::Go);
        }
        let returned = Return {
            outcome: made.call.outcome(exit.rval, exit.is_error),
            spent: self.needs.spent.then(|| made.began.elapsed()),
            tampering: made.tampering,
        };
        let told = Event { at: self.moment(), task, what: What::Exit(&made.call, returned) };
        let verdict = observer.on(&told, &mut self.answers.at_call(tid, exit.stack_pointer, made.last))?;
        if let Some(tracee) = event.tracee().unless_gone()? {
            tamper_at_exit(tracee, exit, &verdict).unless_gone()?;
        }
        Ok(verdict)
    }
}

impl Made {
    /// Does to a call that is about to be made what the verdict on it says.
    fn tamper_at_entry(
        &mut self,
        tracee: &Stopped,
        entry: &SyscallEntry,
        verdict: &Verdict,
    ) -> ptrace::Result<()> {
        match verdict {
            Verdict::Fail(errno) => {
                self.tampering.injected = true;
                tracee.skip_syscall(-i64::from(*errno))?;
            }
            Verdict::Return(value) => {
                self.tampering.injected = true;
                tracee.skip_syscall(*value)?;
            }
            Verdict::Change(change) => self.change(tracee, entry, change)?,
            Verdict::Go | Verdict::Kill | Verdict::Leave | Verdict::End => {}
        }
        self.began = Instant::now();
        Ok(())
    }

    fn change(&mut self, tracee: &Stopped, entry: &SyscallEntry, change: &Change) -> ptrace::Result<()> {
        if !write_all(tracee, &change.memory)? {
            self.tampering.injected = true;
            return tracee.skip_syscall(-i64::from(libc::EFAULT));
        }
        self.tampering.poked = !change.memory.is_empty();
        let mut changed = *entry;
        changed.nr = change.number.unwrap_or(entry.nr);
        for (arg, new) in changed.args.iter_mut().zip(change.registers) {
            *arg = new.unwrap_or(*arg);
        }
        if changed != *entry {
            self.tampering.injected = true;
            self.registers = (changed.args != entry.args).then_some(entry.args);
            tracee.set_syscall_entry(&changed)?;
        }
        Ok(())
    }

    /// Puts arguments back into their registers: programs count on finding them there. A program that has just been
    /// executed has registers of its own.
    fn restore(&mut self, tracee: &Stopped, exit: &SyscallExit) -> ptrace::Result<()> {
        let Some(mut args) = self.registers.take().filter(|_| !self.has_executed) else { return Ok(()) };
        let mut registers = tracee.registers()?;
        if Registers::RESULT_REPLACES_ARGUMENT {
            args[0] = registers.syscall_args(exit.arch)[0];
        }
        registers.set_syscall_args(exit.arch, args);
        tracee.set_registers(&registers)
    }
}

/// Does to a call that has returned what the verdict on that says.
fn tamper_at_exit(tracee: &Stopped, exit: &SyscallExit, verdict: &Verdict) -> ptrace::Result<()> {
    let fail = |errno: i64| SyscallExit { rval: -errno, is_error: true, ..*exit };
    match verdict {
        Verdict::Fail(errno) => tracee.set_syscall_exit(&fail((*errno).into())),
        Verdict::Return(value) => {
            tracee.set_syscall_exit(&SyscallExit { rval: *value, is_error: false, ..*exit })
        }
        Verdict::Change(change) if !write_all(tracee, &change.memory)? => {
            tracee.set_syscall_exit(&fail(libc::EFAULT.into()))
        }
        _ => Ok(()),
    }
}

/// Writes to a tracee's memory, also where it could not itself; false if there is no memory.
fn write_all(tracee: &Stopped, memory: &[(u64, Vec<u8>)]) -> ptrace::Result<bool> {
    for (address, bytes) in memory {
        let (memory, at) = (tracee.memory(), Addr(*address));
        let written = match memory.write_exact(at, bytes) {
            Err(ptrace::Error::Fault { .. }) => memory.write_forced(at, bytes),
            written => written,
        };
        match written {
            Ok(()) => {}
            Err(error @ ptrace::Error::Gone(_)) => return Err(error),
            Err(_) => return Ok(false),
        }
    }
    Ok(true)
}

/// The ABI of a call, in the words of the facts.
fn abi_of(entry: &SyscallEntry) -> Option<Abi> {
    Some(match entry.abi() {
        ptrace::Abi::X86_64 => Abi::X86_64,
        ptrace::Abi::I386 => Abi::I386,
        ptrace::Abi::X32 => Abi::X32,
        ptrace::Abi::Aarch64 => Abi::Aarch64,
        ptrace::Abi::Riscv64 => Abi::Riscv64,
        _ => return None,
    })
}

fn is_thread_of(process: Tid, thread: Tid) -> bool {
    std::fs::exists(format!("/proc/{process}/task/{thread}")).unwrap_or(false)
}

impl event::Engine for Engine {
    fn run(&mut self, observer: &mut dyn Observer) -> Result<Ending, Error> {
        self.needs = observer.needs();
        self.answers = Answers::new(self.needs.answers);
        while let Some(event) = self.session().next_event()? {
            if self.handle(event, observer)? == Flow::End {
                self.kills = false;
                break;
            }
        }
        observer.finish()?;
        Ok(self.ending)
    }
}

impl Drop for Engine {
    /// Whoever is still traced ends or goes on, also where the observer has panicked.
    fn drop(&mut self) {
        if !self.kills
            && let Some(session) = self.session.take()
        {
            // There is nobody to tell of an error, and nothing more to be done: the kernel lets go of all tracees
            // when their tracer ends.
            let _ = session.detach();
        }
    }
}
