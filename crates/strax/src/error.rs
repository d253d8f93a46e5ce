//! Why a command line can't be carried out.

use std::ffi::{OsStr, OsString};

/// A message for the user, and whether to point to the usage text. The exit status is 1.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Error {
    /// The message, without the program's name.
    pub(crate) message: OsString,
    /// The command line itself is malformed, so that its usage helps.
    pub(crate) usage: bool,
}

impl Error {
    /// Something that the command line asks for can't be had.
    pub(crate) fn failure(message: impl Into<OsString>) -> Self {
        Self { message: message.into(), usage: false }
    }

    /// The command line is malformed.
    pub(crate) fn usage(message: impl Into<OsString>) -> Self {
        Self { message: message.into(), usage: true }
    }
}

impl From<tracer::filter::Invalid> for Error {
    fn from(invalid: tracer::filter::Invalid) -> Self {
        let usage = matches!(invalid, tracer::filter::Invalid::Personality { .. });
        Self { message: invalid.to_string().into(), usage }
    }
}

/// `PREFIX 'VALUE'`, whatever bytes the value has.
pub(crate) fn quoting(prefix: &str, value: &OsStr) -> OsString {
    let mut message = OsString::from(prefix);
    message.push(" '");
    message.push(value);
    message.push("'");
    message
}
