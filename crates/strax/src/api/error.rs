//! What can go wrong.

use std::error::Error as StdError;
use std::ffi::OsString;
use std::fmt;

/// Any other error, as a callback may give it.
pub(super) type Other = Box<dyn StdError + Send + Sync>;

/// Why there is no trace, or why it ended early.
///
/// When [`Trace::run`](crate::Trace::run) gives an error, nobody is traced any more: what was started has been killed,
/// or let go of ([`Trace::kill_on_drop`](crate::Trace::kill_on_drop)), what was attached to runs on.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A list of calls has a member that there is no call for, or that is malformed.
    Calls(String),
    /// The program could not be started: there is none of this name, it may not be executed, or the kernel lets nobody
    /// trace it. The source is an [`std::io::Error`] where the kernel has given a reason.
    Start(OsString, Other),
    /// The process could not be attached to: there is none, it belongs to somebody else, or it has a tracer already.
    Attach(i32, Other),
    /// A recording can't be read, is damaged, or is cut short. What it has up to there has been told of.
    Recording(Other),
    /// The kernel has refused what a tracer can't do without.
    Trace(Other),
    /// A callback has given this error.
    Callback(Other),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Calls(why) => f.write_str(why),
            Error::Start(program, _) => write!(f, "can't start {}", program.display()),
            Error::Attach(pid, _) => write!(f, "can't attach to process {pid}"),
            Error::Recording(_) => f.write_str("can't read the recording"),
            Error::Trace(_) => f.write_str("can't trace"),
            Error::Callback(error) => error.fmt(f),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Error::Calls(_) => None,
            Error::Start(_, error)
            | Error::Attach(_, error)
            | Error::Recording(error)
            | Error::Trace(error) => Some(&**error),
            Error::Callback(error) => error.source(),
        }
    }
}
