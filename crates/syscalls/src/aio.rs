//! Asynchronous I/O: aio and io_uring.

use decode::prelude::*;

pub(crate) static ROWS: &[Syscall] = &[];
