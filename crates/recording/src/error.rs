//! What can be wrong with a recording.

use std::io;

/// Why a recording can't be written or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It can't be written.
    #[error("can't write the recording: {}", words(.0))]
    Write(#[source] io::Error),
    /// It can't be read.
    #[error("can't read the recording: {}", words(.0))]
    Read(#[source] io::Error),
    /// The file is something else.
    #[error("not a recording of strax's")]
    Foreign,
    /// A later strax has written it.
    #[error("the recording has format {0}, and this strax reads formats up to {VERSION}", VERSION = crate::VERSION)]
    Newer(u32),
    /// It ends before its end: what stands in its whole blocks has been read.
    #[error("the recording is cut short after {0} events")]
    Cut(u64),
    /// A part of it is not what was written, or never was a recording's: what stands before has been read.
    #[error("the recording is damaged after {events} events: {what}")]
    Damaged {
        /// How many events can be read.
        events: u64,
        /// What is wrong.
        what: &'static str,
    },
}

/// What the kernel says, without the number that the standard library puts behind it.
fn words(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error ").next().unwrap_or_default().to_owned()
}
