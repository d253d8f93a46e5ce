//! System V and POSIX inter-process communication.

use decode::prelude::*;

pub(crate) static ROWS: &[Syscall] = &[];
