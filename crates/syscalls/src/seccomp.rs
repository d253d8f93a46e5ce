//! See the rows.

use decode::prelude::*;

pub(crate) static ROWS: &[Syscall] = &[];
