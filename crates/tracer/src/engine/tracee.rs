//! What the engine knows of one tracee between its stops.

use super::again::Again;
use super::fate::Fate;
use super::seccomp::Disguise;
use super::turns::Counts;
use super::wait_order::Turn;
use crate::by_tid::ByTid;
use crate::config::InjectOutcome;
use decode::Call;
use event::{CpuTime, Origin, Tampering, Task};
use ptrace::Tid;
use std::time::Duration;
use uapi::Abi;

/// Where a tracee is.
pub(super) enum Phase {
    /// It has not been seen at a syscall-stop, so that the next may be an exit.
    Unknown,
    /// In user space: the next syscall-stop is an entry.
    Outside,
    /// In a call that is not told of: the next syscall-stop is its exit.
    Skipping,
    /// In a call that is told of.
    Inside(Inside),
}

/// A call that a tracee is in, and what the engine has done and will do to it.
pub(super) struct Inside {
    pub(super) call: Call,
    /// When it was made by [`crate::sys::monotonic`], where that counts.
    pub(super) since: Option<Duration>,
    pub(super) tampering: Tampering,
    /// What is to become of it yet, which of most calls is nothing.
    pub(super) planned: Option<Box<Planned>>,
}

impl Inside {
    /// What is to become of it yet.
    pub(super) fn plan(&mut self) -> &mut Planned {
        self.planned.get_or_insert_default()
    }
}

/// What is to become of a call, once it has been made or not.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Planned {
    /// The rule by which it is tampered with, by its place in the configuration.
    pub(super) rule: Option<usize>,
    /// What it returns, if it was kept from being made.
    pub(super) result: Option<InjectOutcome>,
    /// The argument registers as they were, if they are others now.
    pub(super) former: Option<[u64; 6]>,
}

impl Phase {
    /// Whether the call that it is in, if any, is the one that it asked for.
    pub(super) fn is_untouched(&self) -> bool {
        !matches!(self, Phase::Inside(inside) if inside.tampering.injected)
    }
}

/// How far the command has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// It is the tracer's own doing until it calls `execve`.
    Waiting,
    /// It has not executed its program, and the next call that counts is its `execve`.
    Pending,
    /// It could not: nothing more that it does is the command's doing.
    Failed,
    /// It has.
    Done,
}

/// The tracees.
pub(super) type Tracees = ByTid<Tracee>;

/// A tracee.
pub(super) struct Tracee {
    pub(super) tid: Tid,
    pub(super) origin: Origin,
    pub(super) start: Start,
    /// How it goes on at its next stop.
    pub(super) fate: Fate,
    pub(super) phase: Phase,
    /// What is told of it with each event.
    pub(super) task: Task,
    /// If it is under the tracer's seccomp filter.
    pub(super) disguise: Option<Disguise>,
    /// Where its stack ended when it entered or left its last call.
    pub(super) stack_pointer: Option<u64>,
    /// Its last call that was told of, or that it was in when it was attached to: what `restart_syscall` restarts.
    pub(super) restarting: Option<(Abi, u64)>,
    /// Whether it makes a call once more that being traced has interrupted.
    pub(super) again: Again,
    /// Whether it is in a call that changes what is mapped.
    pub(super) remaps: bool,
    /// What to tell of the program that it has just executed, behind the call's line.
    pub(super) note: Option<Box<str>>,
    /// How often it has made the calls that are tampered with.
    pub(super) injections: Counts,
    /// When it was last let go on, where there are many.
    pub(super) turn: Turn,
}

impl Tracee {
    pub(super) fn new(tid: Tid, origin: Origin) -> Tracee {
        Tracee {
            tid,
            origin,
            start: match origin {
                Origin::Command => Start::Pending,
                Origin::Running | Origin::Followed => Start::Done,
            },
            fate: Fate::GoOn,
            phase: Phase::Unknown,
            task: Task { tid: tid.raw(), abi: crate::host_abi(), number: 0, ip: None, cpu: CpuTime::Unknown },
            disguise: None,
            stack_pointer: None,
            restarting: None,
            again: Again::default(),
            remaps: false,
            note: None,
            injections: Counts::default(),
            turn: Turn::default(),
        }
    }

    /// It goes on under another id.
    pub(super) fn rename(&mut self, tid: Tid) {
        self.tid = tid;
        self.task.tid = tid.raw();
    }

    /// Whether it may run up to the next call at which the filter stops it.
    pub(super) fn runs_free(&self) -> bool {
        let Some(disguise) = self.disguise.as_ref().filter(|disguise| !disguise.sees_all()) else {
            return false;
        };
        match self.phase {
            Phase::Inside(_) => false,
            Phase::Skipping => self.start != Start::Pending && !disguise.awaits_exit(),
            Phase::Outside | Phase::Unknown => true,
        }
    }

    /// Whether what it does is hidden, because it is no longer, or not yet, the command.
    pub(super) fn is_hidden(&self) -> bool {
        matches!(self.start, Start::Failed | Start::Waiting)
    }
}

/// There may be thousands. With its place in the table, its file's buffer aside, a tracee takes less than 1 KB.
const _: () = assert!(size_of::<Tracee>() <= 768);
