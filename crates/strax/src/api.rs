//! The library: what stands in `lib.rs`, by its parts.

mod call;
mod error;
mod event;
mod place;
mod trace;
mod verdict;
mod watch;

pub use call::Call;
pub use error::Error;
pub use event::{Ending, Event, Origin, What};
pub use place::Place;
pub use trace::Trace;
pub use verdict::{Answer, Change, Errno, Verdict};
