//! What is known of one tracee between its stops.

use crate::call::Call;
use crate::inject::Counts;
use crate::kernel_time::KernelTime;
use crate::output::Sheet;
use crate::screen::Screen;
use crate::session::Again;
use crate::stacks::Taken;
use crate::stamp::Subject;
use crate::sweep::Turn;
use ptrace::Tid;
use render::Render;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use uapi::Abi;

/// Where a tracee is.
pub(crate) enum Phase {
    /// It has not been seen at a syscall-stop, so that the next may be an exit.
    Unknown,
    /// In user space: the next syscall-stop is an entry.
    Outside,
    /// In a call that is not shown: the next syscall-stop is its exit.
    Skipping,
    /// In a call that is shown or counted.
    Inside(Box<Call>),
}

impl Phase {
    /// Whether the call that it is in, if any, is the one that it asked for.
    pub(crate) fn is_untouched(&self) -> bool {
        !matches!(self, Phase::Inside(call) if call.injected)
    }
}

/// How it came to be traced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// It is the command.
    Command,
    /// It was running already.
    Attached,
    /// A tracee has made it.
    Followed,
}

/// How far the command has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// It is the tracer's own doing until it calls `execve`.
    Waiting,
    /// It has not executed its program, and the next call that counts is its `execve`.
    Pending,
    /// It could not: nothing more that it does is the command's doing.
    Failed,
    /// It has.
    Done,
}

/// The tracees by their ids. Boxed, since a table grows by halves and its free places shall be small.
pub(crate) type Tracees = HashMap<Tid, Box<Tracee>, BuildHasherDefault<TidHasher>>;

/// A quick hash, for a look-up at each stop. The kernel gives ids out, so that nobody can pick colliding ones.
#[derive(Default)]
pub(crate) struct TidHasher(u64);

impl Hasher for TidHasher {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_i32(byte.into()));
    }

    fn write_i32(&mut self, id: i32) {
        // Fibonacci hashing: the odd number next to 2^64 divided by the golden ratio.
        self.0 = (self.0 ^ u64::from(id as u32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// A tracee.
pub(crate) struct Tracee {
    pub(crate) tid: Tid,
    pub(crate) origin: Origin,
    pub(crate) start: Start,
    pub(crate) phase: Phase,
    /// The ABI of its last call.
    pub(crate) abi: Abi,
    /// The number of its last call, whether shown or not.
    pub(crate) number: u64,
    /// If it is under the tracer's seccomp filter.
    pub(crate) screen: Option<Screen>,
    /// Where it stands.
    pub(crate) ip: Option<u64>,
    /// Where its stack ended when it entered or left its last call.
    pub(crate) stack_pointer: Option<u64>,
    /// Its last call that was shown, or that it was in when it was attached to: what `restart_syscall` restarts.
    pub(crate) restarting: Option<(Abi, u64)>,
    /// Whether it makes a call once more that being traced has interrupted.
    pub(crate) again: Again,
    /// Whether a thread of it has executed a program unseen, and nothing of it has been shown since.
    pub(crate) is_unnoticed: bool,
    /// The file of its own.
    pub(crate) sheet: Option<Box<Sheet>>,
    /// Where a call is written that is shown only if it ends as wanted.
    pub(crate) draft: Option<Box<dyn Render>>,
    /// CPU time spent in the kernel, as its last stop told.
    pub(crate) kernel_time: KernelTime,
    /// The stack of the event that it is at, if that will be shown with its stack.
    pub(crate) stack: Option<Taken>,
    /// Whether it is in a call that changes what is mapped.
    pub(crate) remaps: bool,
    /// What to tell of the program that it has just executed, behind the call's line.
    pub(crate) note: Option<Box<str>>,
    /// How often it has made the calls that are tampered with.
    pub(crate) injections: Counts,
    /// When it was last let go on, where there are many.
    pub(crate) turn: Turn,
}

impl Tracee {
    pub(crate) fn new(tid: Tid, origin: Origin) -> Tracee {
        Tracee {
            tid,
            origin,
            start: match origin {
                Origin::Command => Start::Pending,
                Origin::Attached | Origin::Followed => Start::Done,
            },
            phase: Phase::Unknown,
            abi: crate::host_abi(),
            number: 0,
            screen: None,
            ip: None,
            stack_pointer: None,
            restarting: None,
            again: Again::default(),
            is_unnoticed: false,
            sheet: None,
            draft: None,
            kernel_time: KernelTime::default(),
            stack: None,
            remaps: false,
            note: None,
            injections: Counts::default(),
            turn: Turn::default(),
        }
    }

    /// Whom its lines are about; `among`: how many tracees there are.
    pub(crate) fn subject(&self, among: usize) -> Subject {
        Subject {
            pid: self.tid.raw(),
            number: self.number,
            ip: self.ip,
            ip_digits: 2 * self.abi.word() as u8,
            among_others: among > 1,
        }
    }

    /// Whether it may run up to the next call at which the filter stops it.
    pub(crate) fn runs_free(&self) -> bool {
        let Some(screen) = self.screen.as_ref().filter(|screen| !screen.sees_all()) else { return false };
        match self.phase {
            Phase::Inside(_) => false,
            Phase::Skipping => self.start != Start::Pending && !screen.awaits_exit(),
            Phase::Outside | Phase::Unknown => true,
        }
    }

    /// Whether what it does is hidden, because it is no longer, or not yet, the command.
    pub(crate) fn is_hidden(&self) -> bool {
        matches!(self.start, Start::Failed | Start::Waiting)
    }
}

/// There may be thousands. With its place in the table, its file's buffer aside, a tracee takes less than 1 KB.
const _: () = assert!(size_of::<Tracee>() <= 768);
