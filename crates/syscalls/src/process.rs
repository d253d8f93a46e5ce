//! Processes: starting, executing, waiting, ending.

use decode::prelude::*;

pub(crate) static ROWS: &[Syscall] = &[];
