//! The system: names, load, random numbers, reboot.

use decode::prelude::*;

pub(crate) static ROWS: &[Syscall] = &[];
