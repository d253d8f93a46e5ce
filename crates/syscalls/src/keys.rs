//! The kernel key ring.

use decode::prelude::*;

pub(crate) static ROWS: &[Syscall] = &[];
