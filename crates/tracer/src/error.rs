//! Why there is no trace.

use std::ffi::OsString;
use std::io;
use thiserror::Error;

/// A failure that ends the tracer, in strace's words. The command puts its name before them.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The output file can't be opened.
    #[error("Can't fopen '{}': {}", path.display(), message(source))]
    Output {
        /// Its path.
        path: OsString,
        /// What the kernel said.
        source: io::Error,
    },
    /// The output file of a tracee would have too long a name.
    #[error("{}: File name too long", .0.display())]
    OutputName(OsString),
    /// The shell of `-o '|COMMAND'` can't be started.
    #[error("popen: {}", message(.0))]
    Pipe(io::Error),
    /// The command can't be started.
    #[error("{0}")]
    Start(ptrace::Error),
    /// Tracees can't be made to end with the tracer (`--kill-on-exit`).
    #[error("PTRACE_O_EXITKILL is not supported by the kernel")]
    NoExitKill,
    /// None of the processes to attach to could be attached to; why has been told for each.
    #[error("no process to trace")]
    NobodyAttached,
    /// The tracer's own grandchild could not be made.
    #[error("fork: {}", message(.0))]
    Daemonize(io::Error),
    /// The kernel refused what a tracer can't do without.
    #[error("{0}")]
    Trace(#[from] ptrace::Error),
}

/// The text of an operating system's error without Rust's `(os error N)`.
pub(crate) fn message(error: &io::Error) -> String {
    let text = error.to_string();
    match error.raw_os_error() {
        Some(code) => text.trim_end_matches(&format!(" (os error {code})")).to_owned(),
        None => text,
    }
}
