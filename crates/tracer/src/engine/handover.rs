//! Tracers among the tracees (`-b ptrace`). A thread has one tracer at most, so that whoever is about to have another
//! is let go of first:
//!
//! - A tracee that calls `PTRACE_TRACEME`, at the entry of that call.
//! - A tracee that another attaches to. The other stands at the entry of its call until the first has stopped and has
//!   been let go of. A thread may be in no state to stop, waiting for the other (`vfork`), and so it stands there for
//!   [`PATIENCE`] at most; meanwhile the trace goes on.
//! - All threads of a process that makes a child with `CLONE_UNTRACED`: leak checkers and crash handlers do so to be
//!   traced by the child, of whose calls nothing is seen.

use super::tamper::Next;
use super::{Session, seccomp};
use crate::about::PidNamespaces;
use crate::config::{OutputTo, Quiet};
use crate::error::Error;
use crate::status;
use decode::PidKind;
use event::{Cut, What};
use ptrace::{Addr, PtraceEvent, Running, Signal, Status, Stopped, SyscallEntry, Tid, UnlessGone, Waited};
use std::time::{Duration, Instant};
use uapi::Abi;

/// How long a tracee waits for the one that it attaches to.
const PATIENCE: Duration = Duration::from_secs(1);

// Requests of `ptrace` (`linux/ptrace.h`), and a flag of `clone` (`linux/sched.h`).
const PTRACE_TRACEME: u64 = 0;
const PTRACE_ATTACH: u64 = 16;
const PTRACE_SEIZE: u64 = 0x4206;
const CLONE_UNTRACED: u64 = 0x0080_0000;

/// A call that asks for another tracer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Claim {
    /// The parent is to trace the caller.
    Parent,
    /// The caller is to trace the thread that it knows by this id.
    Thread { id: i32, request: &'static str },
    /// An untraced child of the caller is to trace it, and its process.
    Child,
}

impl Claim {
    /// What a call claims, if it does.
    pub(super) fn of(stopped: &Stopped, abi: Abi, at: &SyscallEntry) -> Option<Claim> {
        let number = |name: &str| abi.number(name) == Some(at.nr);
        if number("ptrace") {
            let of_thread = |request| Claim::Thread { id: at.args[1] as i32, request };
            return match at.args[0] {
                PTRACE_TRACEME => Some(Claim::Parent),
                PTRACE_ATTACH => Some(of_thread("PTRACE_ATTACH")),
                PTRACE_SEIZE => Some(of_thread("PTRACE_SEIZE")),
                _ => None,
            };
        }
        let flags = if number("clone") {
            at.args[0]
        } else if number("clone3") {
            // The first member of `struct clone_args`.
            let mut flags = [0; 8];
            stopped.memory().read_exact(Addr(at.args[0]), &mut flags).ok()?;
            u64::from_ne_bytes(flags)
        } else {
            return None;
        };
        (flags & CLONE_UNTRACED != 0).then_some(Claim::Child)
    }
}

/// Who is to be let go of, and who waits for that.
#[derive(Default)]
pub(super) struct Handover {
    targets: Vec<Target>,
    namespaces: PidNamespaces,
}

/// A tracee that has been told to stop, and is let go of when it does; or the caller, if it is let go of after the others.
struct Target {
    tid: Tid,
    caller: Tid,
    why: String,
}

impl Handover {
    /// Whether a tracee is let go of at this stop: not at events, where there may be a child to take note of.
    fn awaits(&self, tid: Tid, status: Status) -> bool {
        matches!(
            status,
            Status::Syscall | Status::Signal(_) | Status::GroupStop(_) | Status::Event(PtraceEvent::Stop)
        ) && self.targets.iter().any(|target| target.tid == tid)
    }

    /// Whether anybody waits.
    #[inline]
    pub(super) fn is_going_on(&self) -> bool {
        !self.targets.is_empty()
    }

    /// Whether a tracee stands at its call for the sake of another.
    fn is_waiting(&self, caller: Tid) -> bool {
        self.targets.iter().any(|target| target.caller == caller && target.tid != caller)
    }

    /// The caller itself, if it is to be let go of.
    fn take(&mut self, caller: Tid) -> Option<Target> {
        let at = self.targets.iter().position(|target| target.tid == caller && target.caller == caller)?;
        Some(self.targets.swap_remove(at))
    }
}

impl Session<'_> {
    /// A tracee is about to make a call that asks for another tracer.
    pub(super) fn claim(&mut self, stopped: Stopped, claim: Claim, next: Next) -> Result<(), Error> {
        let caller = stopped.tid();
        let (targets, why) = match claim {
            // It would get the tracer that it has.
            Claim::Parent if is_child_of_tracer(caller) => (Vec::new(), String::new()),
            Claim::Parent => (vec![caller], "for its parent to trace (PTRACE_TRACEME)".to_owned()),
            Claim::Thread { id, request } => {
                let target = self.thread_known_as(caller, id);
                let others = target.filter(|&target| !is_same_process(target, caller));
                (others.into_iter().collect(), format!("for process {caller} to trace ({request})"))
            }
            Claim::Child => {
                let threads = self.tracees.tids().filter(|&tid| is_same_process(tid, caller));
                (threads.collect(), "for a child of its own to trace (CLONE_UNTRACED)".to_owned())
            }
        };
        for &tid in targets.iter().filter(|&&tid| tid != caller) {
            self.ask_for(Target { tid, caller, why: why.clone() })?;
        }
        let with_caller = targets.contains(&caller);
        if self.handover.is_waiting(caller) {
            if with_caller {
                self.handover.targets.push(Target { tid: caller, caller, why });
            }
            self.delayed.push((Instant::now() + PATIENCE, stopped, next.signal));
            return Ok(());
        }
        if with_caller {
            return self.let_go_because(stopped, next.signal, &why);
        }
        match next.delay {
            Some(delay) => self.delayed.push((Instant::now() + delay, stopped, next.signal)),
            None => self.resume(stopped, next.signal)?,
        }
        Ok(())
    }

    /// The tracee that another knows by this id.
    fn thread_known_as(&mut self, caller: Tid, id: i32) -> Option<Tid> {
        let namespaces = &mut self.handover.namespaces;
        let number = namespaces.known_as(caller, PidKind::Tid, id)?;
        self.tracees.tids().find(|&tid| namespaces.in_proc(tid) == Some(number))
    }

    /// Lets go of a tracee that stands; tells another to stop.
    fn ask_for(&mut self, target: Target) -> Result<(), Error> {
        match self.take_delayed(target.tid) {
            Some((stopped, signal)) => self.let_go_because(stopped, signal, &target.why)?,
            None if Running::assume(target.tid).interrupt().unless_gone()?.is_some() => {
                self.handover.targets.push(target);
            }
            None => {}
        }
        Ok(())
    }

    fn take_delayed(&mut self, tid: Tid) -> Option<(Stopped, Option<Signal>)> {
        let at = self.delayed.iter().position(|(_, stopped, _)| stopped.tid() == tid)?;
        let (_, stopped, signal) = self.delayed.swap_remove(at);
        Some((stopped, signal))
    }

    /// A tracee that was told to stop may have done so: false if it has not, or if nobody waits for that any more.
    #[cold]
    pub(super) fn handed_over(&mut self, waited: Waited) -> Result<bool, Error> {
        let (tid, status) = (waited.tid, waited.status.status());
        if !self.handover.awaits(tid, status) {
            return Ok(false);
        }
        let delayed = &self.delayed;
        self.handover
            .targets
            .retain(|target| delayed.iter().any(|(_, stopped, _)| stopped.tid() == target.caller));
        let awaited = self.handover.targets.iter().find(|target| target.tid == tid);
        let Some(why) = awaited.map(|target| target.why.clone()) else { return Ok(false) };
        let deliver = if let Status::Signal(signal) = status { Some(signal) } else { None };
        self.let_go_because(Stopped::assume(tid), deliver, &why)?;
        self.settle_handover(tid)?;
        Ok(true)
    }

    /// A tracee is traced no more: whoever waited for that, and for nobody else, goes on.
    pub(super) fn settle_handover(&mut self, tid: Tid) -> Result<(), Error> {
        let targets = &mut self.handover.targets;
        let callers: Vec<Tid> =
            targets.iter().filter(|target| target.tid == tid).map(|target| target.caller).collect();
        targets.retain(|target| target.tid != tid);
        for caller in callers {
            if self.handover.is_waiting(caller) {
                continue;
            }
            let Some((stopped, signal)) = self.take_delayed(caller) else { continue };
            match self.handover.take(caller) {
                Some(target) => self.let_go_because(stopped, signal, &target.why)?,
                None => self.resume(stopped, signal)?,
            }
        }
        Ok(())
    }

    /// Lets go of a tracee, and says why: in the trace, where that is a file and messages of this kind are left out.
    fn let_go_because(&mut self, stopped: Stopped, deliver: Option<Signal>, why: &str) -> Result<(), Error> {
        let tid = stopped.tid();
        if let Some(tracee) = self.tracees.get_mut(tid)
            && !self.teller.tells(Quiet::Attach)
            && self.config.output.to != OutputTo::Stderr
        {
            self.teller.abandon(tracee, Cut::Detached);
            if !tracee.is_hidden() {
                self.teller.tell(tracee, What::HandedOver { why });
            }
        }
        // It gets its own CPUs back while it stands.
        self.colocation.leave(tid);
        self.call_survives(&stopped, deliver);
        stopped.detach(deliver).unless_gone()?;
        self.forget_saying(tid, &format!("Process {tid} detached {why}"));
        Ok(())
    }
}

/// Whether the tracer has made it.
fn is_child_of_tracer(tid: Tid) -> bool {
    let status = status::text(tid).unwrap_or_default();
    status::field(&status, "PPid:").and_then(|id| id.parse().ok()) == Some(std::process::id())
}

fn is_same_process(a: Tid, b: Tid) -> bool {
    let process = seccomp::process_of(a);
    process.is_some() && process == seccomp::process_of(b)
}
