//! Scheduling.

use decode::prelude::*;

pub(crate) static ROWS: &[Syscall] = &[];
