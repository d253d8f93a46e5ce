//! inotify and fanotify.

use decode::prelude::*;

pub(crate) static ROWS: &[Syscall] = &[];
