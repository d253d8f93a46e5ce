//! Waiting for descriptors: poll, select, epoll.

use decode::prelude::*;

pub(crate) static ROWS: &[Syscall] = &[];
