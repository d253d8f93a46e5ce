//! Sets: of calls, signals, descriptors, and of named things; and how they are written on a command line.
//!
//! All of them share one form: members with commas between them, `all`, `none`, and a leading `!` for everything
//! but those. `list` takes that form apart; each kind of set knows its own members.

mod fds;
pub(crate) mod list;
mod named;
pub(crate) mod number;
mod regex;
mod roster;
pub(crate) mod signals;
mod syscalls;

pub use fds::FdSet;
pub use list::Invalid;
pub(crate) use named::member;
pub use named::{Member, Set};
pub use number::{time, unsigned};
pub(crate) use regex::Regex;
pub use signals::SignalSet;
pub use syscalls::{ClassOf, SyscallSet, host_abis};
