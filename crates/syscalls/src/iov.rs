//! Vectored reading and writing, and moving data between descriptors.

use decode::prelude::*;

pub(crate) static ROWS: &[Syscall] = &[];
