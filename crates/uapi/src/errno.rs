//! Error numbers: the same on all ABIs of [`Abi`](crate::Abi).
//!
//! Sources: `asm-generic/errno-base.h` and `asm-generic/errno.h` for those that programs see, `include/linux/errno.h`
//! for those that only a tracer does (`ERESTARTSYS` and its kin, from 512).

use crate::generated::errno::{ALIASES, NAMES};

/// The name of error `number` (positive), such as `"ENOENT"`. Of several names the one that the headers give the
/// number, not the one they define by it: `EAGAIN`, not `EWOULDBLOCK`.
#[must_use]
pub fn name_of(number: u32) -> Option<&'static str> {
    NAMES.binary_search_by_key(&number, |entry| entry.0).ok().map(|index| NAMES[index].1)
}

/// The number of the error called `name`; aliases such as `EWOULDBLOCK` included.
#[must_use]
pub fn number(name: &str) -> Option<u32> {
    NAMES.iter().chain(ALIASES).find(|entry| entry.1 == name).map(|entry| entry.0)
}
