//! fcntl and locks.

use decode::prelude::*;

pub(crate) static ROWS: &[Syscall] = &[];
