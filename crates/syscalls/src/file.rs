//! Files by name and descriptor: opening, linking, renaming, removing, permissions, sizes.

use decode::prelude::*;

pub(crate) static ROWS: &[Syscall] = &[];
