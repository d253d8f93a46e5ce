//! What happened to a traced program, as a value; who tells of it, and who is told.
//!
//! An [`Engine`] follows a program and tells an [`Observer`] of one [`Event`] after the other: of a call that begins, of
//! its return, of a signal, of an end. With each event comes a [`decode::Target`], which gives memory and answers as of
//! that event, and no longer. The observer answers with a [`Verdict`]: the program goes on, or not, or differently.
//!
//! Engines and observers know nothing of each other: a recording that is played back is told to the same observers as
//! a program that runs. An event lives on the stack and borrows all that it tells; who wants to keep something copies
//! it.
#![forbid(unsafe_code)]

mod moment;
mod observer;
mod verdict;
mod what;

pub use decode::{Call, Outcome, Target};
pub use moment::{CpuTime, Moment};
pub use observer::{Ending, Engine, Error, Needs, Observer};
pub use verdict::{Change, Verdict};
pub use what::{Cut, Event, Origin, Return, Tampering, Task, What};
