//! User and group ids, capabilities.

use decode::prelude::*;

pub(crate) static ROWS: &[Syscall] = &[];
