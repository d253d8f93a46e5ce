//! Directories: reading, changing, making.

use decode::prelude::*;

pub(crate) static ROWS: &[Syscall] = &[];
