//! The seccomp filter that spares tracees the stops that nobody asked for, and what it takes that nobody notices it.

mod disguise;
mod install;
mod plan;
mod unwanted;

pub(super) use self::disguise::{Answer, Disguise, is_its_own, process_of, skip};
pub(super) use self::install::{Later, knows_ptrace};
pub(super) use self::plan::{Plan, Rights};
pub(super) use self::unwanted::Unwanted;
