//! perf_event_open and tracing aids.

use decode::prelude::*;

pub(crate) static ROWS: &[Syscall] = &[];
