//! Signal numbers: the same on all ABIs of [`Abi`](crate::Abi).
//!
//! Source: `asm/signal.h`. Real-time signals, from [`SIGRTMIN`] to [`SIGRTMAX`], have no names of their own:
//! those of [`spelled`] are what tracers call them.

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

/// The name of signal `number`, also of real-time signals: `"SIGRTMIN"`, `"SIGRT_1"`.
#[must_use]
pub fn spelled(number: u32) -> Option<&'static str> {
    name_of(number).or_else(|| REALTIME.get(number.checked_sub(SIGRTMIN)? as usize).copied())
}

/// From [`SIGRTMIN`] to [`SIGRTMAX`].
static REALTIME: [&str; 33] = [
    "SIGRTMIN", "SIGRT_1", "SIGRT_2", "SIGRT_3", "SIGRT_4", "SIGRT_5", "SIGRT_6", "SIGRT_7", "SIGRT_8",
    "SIGRT_9", "SIGRT_10", "SIGRT_11", "SIGRT_12", "SIGRT_13", "SIGRT_14", "SIGRT_15", "SIGRT_16",
    "SIGRT_17", "SIGRT_18", "SIGRT_19", "SIGRT_20", "SIGRT_21", "SIGRT_22", "SIGRT_23", "SIGRT_24",
    "SIGRT_25", "SIGRT_26", "SIGRT_27", "SIGRT_28", "SIGRT_29", "SIGRT_30", "SIGRT_31", "SIGRT_32",
];

/// The number of the signal called `name`, with its `SIG`; aliases such as `SIGIOT` included.
#[must_use]
pub fn number(name: &str) -> Option<u32> {
    NAMES.iter().chain(ALIASES).find(|entry| entry.1 == name).map(|entry| entry.0)
}
