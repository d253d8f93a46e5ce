//! prctl and arch_prctl.

use decode::prelude::*;

pub(crate) static ROWS: &[Syscall] = &[];
