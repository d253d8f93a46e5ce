//! What is known of one tracee between its stops.

use crate::call::Call;
use crate::inject::Counts;
use crate::output::Sheet;
use crate::stamp::Subject;
use crate::sweep::Turn;
use ptrace::Tid;
use render::Render;
use std::time::Duration;
use uapi::Abi;

/// Where a tracee is.
#[expect(clippy::large_enum_variant, reason = "it stays in place, and a box would be an allocation per call")]
pub(crate) enum Phase {
    /// It has not been seen at a syscall-stop, so that the next may be an exit.
    Unknown,
    /// In user space: the next syscall-stop is an entry.
    Outside,
    /// In a call that is not shown: the next syscall-stop is its exit.
    Skipping,
    /// In a call that is shown or counted.
    Inside(Call),
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
    /// Where it stands.
    pub(crate) ip: Option<u64>,
    /// Where its stack ended when it entered or left its last call.
    pub(crate) stack_pointer: Option<u64>,
    /// The call that was interrupted when it was attached to, or by a signal, and that `restart_syscall` restarts.
    pub(crate) restarting: Option<(Abi, u64)>,
    /// The file of its own.
    pub(crate) sheet: Option<Box<Sheet>>,
    /// Where a call is written that is shown only if it ends as wanted.
    pub(crate) draft: Option<Box<dyn Render>>,
    /// CPU time it has spent in the kernel, as of its last stop.
    pub(crate) system_time: Duration,
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
            ip: None,
            stack_pointer: None,
            restarting: None,
            sheet: None,
            draft: None,
            system_time: Duration::ZERO,
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

    /// Whether what it does is hidden, because it is no longer, or not yet, the command.
    pub(crate) fn is_hidden(&self) -> bool {
        matches!(self.start, Start::Failed | Start::Waiting)
    }
}

/// There may be thousands. With its place in the table, its file's buffer aside, a tracee takes less than 1 KB.
const _: () = assert!(size_of::<Tracee>() <= 768);
