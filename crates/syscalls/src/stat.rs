//! File and file system status.

use decode::prelude::*;

pub(crate) static ROWS: &[Syscall] = &[];
