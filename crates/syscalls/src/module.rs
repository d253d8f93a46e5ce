//! Kernel modules and kexec.

use decode::prelude::*;

pub(crate) static ROWS: &[Syscall] = &[];
