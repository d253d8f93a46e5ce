//! Why there is no trace.

use render::{error_message, visible};
use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::OsStrExt;
use thiserror::Error;

/// A failure that ends the tracer, in strace's words. The command puts its name before them.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The output file can't be opened.
    #[error("Can't fopen '{}': {}", visible(path.as_bytes()), error_message(source))]
    Output {
        /// Its path.
        path: OsString,
        /// What the kernel said.
        source: io::Error,
    },
    /// The file of a recording can't be opened.
    #[error("Can't open recording '{}': {}", visible(path.as_bytes()), error_message(source))]
    Recording {
        /// Its path.
        path: OsString,
        /// What the kernel said.
        source: io::Error,
    },
    /// A recording can't be written or read.
    #[error("{0}")]
    Format(#[from] recording::Error),
    /// A recording lacks what is asked for.
    #[error("{0}")]
    NotRecorded(String),
    /// The output file of a tracee would have too long a name.
    #[error("{}: File name too long", visible(.0.as_bytes()))]
    OutputName(OsString),
    /// The shell of `-o '|COMMAND'` can't be started.
    #[error("popen: {}", error_message(.0))]
    Pipe(io::Error),
    /// The command can't be started.
    #[error("{}", words(.0))]
    Start(ptrace::Error),
    /// Tracees can't be made to end with the tracer (`--kill-on-exit`).
    #[error("PTRACE_O_EXITKILL is not supported by the kernel")]
    NoExitKill,
    /// A guest could not attach to this process.
    #[error("can't attach to process {0}")]
    Attach(i32, #[source] event::Error),
    /// None of the processes to attach to could be attached to; why has been told for each.
    #[error("no process to trace")]
    NobodyAttached,
    /// The tracer's own grandchild could not be made.
    #[error("fork: {}", error_message(.0))]
    Daemonize(io::Error),
    /// Who is told of events can't go on.
    #[error("{0}")]
    Observer(event::Error),
    /// The kernel refused what a tracer can't do without.
    #[error("{}", words(.0))]
    Trace(#[from] ptrace::Error),
}

impl Error {
    /// What an observer says: one of these errors, or one of its own.
    pub(crate) fn from_observer(error: event::Error) -> Error {
        error.downcast().map_or_else(Error::Observer, |error| *error)
    }
}

/// What [`ptrace`] says, with the words of the kernel where the standard library has put its number behind them.
fn words(error: &ptrace::Error) -> String {
    if let ptrace::Error::Exec { program, source } = error {
        return format!("{}: {}", visible(program.as_os_str().as_bytes()), error_message(source));
    }
    let text = error.to_string();
    let source =
        std::error::Error::source(error).and_then(<dyn std::error::Error>::downcast_ref::<io::Error>);
    let shortened = source.and_then(|source| {
        Some(format!("{}{}", text.strip_suffix(&source.to_string())?, error_message(source)))
    });
    shortened.unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStringExt;

    #[test]
    fn the_kernels_words_have_no_number() {
        let source = || io::Error::from_raw_os_error(libc::EPERM);
        let tid = ptrace::Tid::from_raw(7);
        let refused = ptrace::Error::Request { request: "PTRACE_SEIZE", tid, source: source() };
        assert_eq!(Error::Trace(refused).to_string(), "PTRACE_SEIZE, thread 7: Operation not permitted");
        let failed = ptrace::Error::Io { what: "fork", source: source() };
        assert_eq!(Error::Start(failed).to_string(), "fork: Operation not permitted");
        assert_eq!(Error::Trace(ptrace::Error::NoTracee).to_string(), "no tracee to wait for");
        let own = ptrace::Error::Io { what: "fork", source: io::Error::other("no room") };
        assert_eq!(Error::Trace(own).to_string(), "fork: no room");
    }

    #[test]
    fn paths_are_fit_to_be_seen() {
        let path = OsString::from_vec(b"/\xff\x1b\n".to_vec());
        let source = io::Error::from_raw_os_error(libc::ENOENT);
        let unopened = Error::Output { path: path.clone(), source };
        let expected = "Can't fopen '/\\377\\033\\012': No such file or directory";
        assert_eq!(unopened.to_string(), expected);
        assert_eq!(Error::OutputName(path.clone()).to_string(), "/\\377\\033\\012: File name too long");
        let source = io::Error::from_raw_os_error(libc::ENOENT);
        let unstarted = Error::Start(ptrace::Error::Exec { program: path.into(), source });
        assert_eq!(unstarted.to_string(), "/\\377\\033\\012: No such file or directory");
    }
}
