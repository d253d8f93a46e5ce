//! Signal numbers: the same on all ABIs of [`Abi`](crate::Abi).
//!
//! Source: `asm/signal.h`. Real-time signals, from [`SIGRTMIN`] to [`SIGRTMAX`], have no names of their own.

use crate::generated::signal::{ALIASES, NAMES};

/// The first real-time signal, as the kernel counts (C libraries keep some for themselves).
pub const SIGRTMIN: u32 = 32;

/// The last real-time signal (`_NSIG`).
pub const SIGRTMAX: u32 = 64;

/// The name of signal `number`, such as `"SIGINT"`, from 1 to 31.
#[must_use]
pub fn name_of(number: u32) -> Option<&'static str> {
    NAMES.binary_search_by_key(&number, |entry| entry.0).ok().map(|index| NAMES[index].1)
}

/// The number of the signal called `name`, with its `SIG`; aliases such as `SIGIOT` included.
#[must_use]
pub fn number(name: &str) -> Option<u32> {
    NAMES.iter().chain(ALIASES).find(|entry| entry.1 == name).map(|entry| entry.0)
}
