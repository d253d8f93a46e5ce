//! What can go wrong, and what only looks so.

use std::{io, path::PathBuf};

use crate::{Addr, Tid};

/// The result of a request.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a request was not fulfilled.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The thread is no more, or no longer stands still (`ESRCH`).
    ///
    /// A `SIGKILL` may come at any moment, from anyone, and from then on every request fails this way. For a tracer
    /// this is no failure: it drops what it was doing for this thread and waits for the end, which is on its way.
    /// See [`UnlessGone`].
    #[error("thread {0} is gone or not stopped")]
    Gone(Tid),
    /// There is nobody to wait for (`ECHILD`).
    #[error("no tracee to wait for")]
    NoTracee,
    /// A signal to the tracer itself ended the wait (`EINTR`).
    #[error("the wait was interrupted by a signal")]
    Interrupted,
    /// The memory at this address of the tracee cannot be read, or not be written.
    #[error("no access to tracee memory at {address}")]
    Fault {
        /// The first byte that was out of reach.
        address: Addr,
    },
    /// This kernel or this architecture does not know the request.
    #[error("{request} is not supported here")]
    Unsupported {
        /// The name of the request.
        request: &'static str,
    },
    /// The kernel refused a request: `EPERM` when seizing a foreign or already traced process, for one.
    #[error("{request}, thread {tid}: {source}")]
    Request {
        /// The name of the request.
        request: &'static str,
        /// The thread it was for.
        tid: Tid,
        /// What the kernel said.
        source: io::Error,
    },
    /// The child could not be prepared; no program was started.
    #[error("{step}: {source}")]
    Setup {
        /// What it was doing.
        step: Step,
        /// What the kernel (or the caller's closure) said.
        source: io::Error,
    },
    /// The program could not be executed: `execve(2)` failed, or no directory in `PATH` has it.
    #[error("{}: {source}", program.display())]
    Exec {
        /// The program as it was asked for, or where it was found.
        program: PathBuf,
        /// What the kernel said.
        source: io::Error,
    },
    /// Another system call of the tracer's failed.
    #[error("{what}: {source}")]
    Io {
        /// The call or the file.
        what: &'static str,
        /// What the kernel said.
        source: io::Error,
    },
}

impl Error {
    /// Whether this says no more than that the thread has gone: see [`Error::Gone`].
    pub fn is_gone(&self) -> bool {
        matches!(self, Error::Gone(_))
    }

    /// The `errno` behind it, if there is one.
    pub fn raw_os_error(&self) -> Option<i32> {
        match self {
            Error::Gone(_) => Some(libc::ESRCH),
            Error::NoTracee => Some(libc::ECHILD),
            Error::Interrupted => Some(libc::EINTR),
            Error::Fault { .. } => Some(libc::EFAULT),
            Error::Unsupported { .. } => None,
            Error::Request { source, .. }
            | Error::Setup { source, .. }
            | Error::Exec { source, .. }
            | Error::Io { source, .. } => source.raw_os_error(),
        }
    }

    /// The error of a call of the tracer's own that has just failed, by `errno`.
    pub(crate) fn last(what: &'static str) -> Error {
        Error::Io { what, source: io::Error::last_os_error() }
    }
}

/// What a child does between `fork` and `execve`, for [`Error::Setup`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Step {
    /// Closing the standard streams that were closed when the tracer started.
    Stdio,
    /// Setting the supplementary groups.
    Groups,
    /// Setting the group ids.
    Gid,
    /// Setting the user ids.
    Uid,
    /// Changing the working directory.
    CurrentDir,
    /// One of the caller's own closures.
    PreExec,
    /// Setting `no_new_privs` and the seccomp filter.
    Seccomp,
    /// Standing still for the tracer.
    Stop,
    /// The `execve` itself.
    Exec,
}

impl Step {
    pub(crate) fn from_raw(raw: u8) -> Step {
        const ALL: [Step; 9] = [
            Step::Stdio,
            Step::Groups,
            Step::Gid,
            Step::Uid,
            Step::CurrentDir,
            Step::PreExec,
            Step::Seccomp,
            Step::Stop,
            Step::Exec,
        ];
        ALL.get(usize::from(raw)).copied().unwrap_or(Step::Exec)
    }
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Step::Stdio => "closing the standard streams",
            Step::Groups => "setgroups",
            Step::Gid => "setresgid",
            Step::Uid => "setresuid",
            Step::CurrentDir => "chdir",
            Step::PreExec => "preparing the child",
            Step::Seccomp => "installing the seccomp filter",
            Step::Stop => "stopping the child",
            Step::Exec => "execve",
        })
    }
}

/// Reads [`Error::Gone`] as "nothing more to do" rather than as a failure.
///
/// ```
/// use strax_ptrace::{Error, Tid, UnlessGone};
///
/// let answer: Result<u64, Error> = Err(Error::Gone(Tid::from_raw(7)));
/// assert_eq!(answer.unless_gone()?, None);
/// # Ok::<(), Error>(())
/// ```
pub trait UnlessGone<T> {
    /// `Some` answer; `None` if the thread is gone; or a true error.
    fn unless_gone(self) -> Result<Option<T>>;
}

impl<T> UnlessGone<T> for Result<T> {
    #[inline]
    fn unless_gone(self) -> Result<Option<T>> {
        match self {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.is_gone() => Ok(None),
            Err(error) => Err(error),
        }
    }
}
