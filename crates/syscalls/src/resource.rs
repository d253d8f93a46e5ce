//! Limits, usage and priorities.

use decode::prelude::*;

pub(crate) static ROWS: &[Syscall] = &[];
