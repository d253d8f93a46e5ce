//! bpf and seccomp.

use decode::prelude::*;

pub(crate) static ROWS: &[Syscall] = &[];
