//! Events with all that telling of them may need: recorded while they happen, and played back.
//!
//! A [`Recorder`] stands between an engine and an observer. For each event it lets the walker read
//! [generously](Generous), of a target that [notes down](Noting) each stretch of memory and each answer, and writes that
//! with the event. A [`Replay`] is an engine that gives it all back: whoever is told of a replay sees what it would have
//! seen of the program, with any options.
//!
//! The law is that **what a generous reading reads is a superset** of what any other options read; the hostile tests of
//! `syscalls` hold decoders to it.
#![forbid(unsafe_code)]

mod captured;
mod frames;
mod generous;
mod inside;
mod notes;
mod plain;
mod recorder;
mod replay;
mod silence;
mod wire;

pub use captured::Captured;
pub use generous::Generous;
pub use notes::{Notes, Noting};
pub use recorder::{Reading, Recorder};
pub use replay::Replay;
