//! The tracing engine: starts or seizes processes, follows them from stop to stop, and writes down what they do.
//!
//! [`run`] takes a [`config::Config`], which is all that a user can ask for, and returns how the trace ended. The way
//! of a call through it: [`ptrace`] reports a stop, the session finds the tracee, the filters say whether the call is
//! wanted, [`decode`] walks its row over registers and memory, [`render`] writes the line, and the output passes it
//! on. One thread does it all: a tracee belongs to the thread that traces it.
//!
//! Tracees are not trusted: no number, pointer or string of theirs can stop the tracer, and one that dies at an
//! awkward moment (`ESRCH`) is waited for like any other.

mod about;
mod affinity;
mod call;
mod circle;
mod colocate;
pub mod config;
mod daemon;
mod debug;
mod digits;
mod dump;
mod ending;
mod error;
pub mod filter;
mod inject;
mod keeper;
mod kernel_time;
mod lines;
mod output;
mod paths;
mod plan;
mod privileges;
mod probe;
mod refusal;
mod screen;
mod session;
mod signals;
mod stacks;
mod stamp;
mod start;
mod status;
mod summary;
mod sweep;
mod sys;
mod tracee;
mod vcpu;
mod view;

pub use ending::Ending;
pub use error::Error;
pub use sys::die_of;

/// Whether stack traces can be had on this machine.
pub const HAS_STACK_TRACES: bool = unwind::Unwinder::is_supported();

/// Traces as `config` says, until the last tracee has ended or been let go.
///
/// The caller should end as [`Ending`] says, so that its parent sees what it would see of the command.
///
/// # Errors
/// Nothing could be traced, there was nowhere to write to, or the kernel refused what a tracer can't do without.
pub fn run(config: config::Config) -> Result<Ending, Error> {
    session::Session::new(&config)?.run()
}

/// The ABI of the tracer itself, and of programs built for this machine.
const fn host_abi() -> uapi::Abi {
    filter::host_abis()[0]
}
