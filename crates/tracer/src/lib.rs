//! The tracing engine: starts or seizes processes, follows them from stop to stop, and writes down what they do.
//!
//! [`run`] takes a [`config::Config`], which is all that a user can ask for, and returns how the trace ended. The way
//! of a call through it: [`ptrace`] reports a stop, the engine ([`Ptrace`]) finds the tracee and tells an event of it, the
//! reporter ([`Reporter`]) says whether the call is wanted, has [`decode`] walk its row over registers and memory and
//! [`render`] write the line, and the output passes it on. One thread does it all: a tracee belongs to the thread that
//! traces it.
//!
//! Engine and reporter know nothing of each other: what passes between them is an [`event::Event`].
//!
//! Tracees are not trusted: no number, pointer or string of theirs can stop the tracer, and one that dies at an
//! awkward moment (`ESRCH`) is waited for like any other.

pub mod about;
mod affinity;
mod by_tid;
pub mod config;
mod digits;
mod engine;
mod error;
pub mod filter;
mod keeper;
mod output;
mod record;
mod replay;
mod report;
mod select;
mod status;
mod sys;
mod tid_map;

pub use engine::Ptrace;
pub use error::Error;
pub use event::Ending;
pub use replay::replay;
pub use report::Reporter;
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
    let keeper = std::rc::Rc::new(keeper::Keeper::new(config.keeper));
    let mut reporter = Reporter::with_keeper(&config, &keeper)?;
    let mut engine = Ptrace::with_keeper(&config, keeper);
    match &config.record {
        None => event::Engine::run(&mut engine, &mut reporter),
        Some(record) => {
            let mut recorder = record::recorder(&config, record, &mut reporter)?;
            event::Engine::run(&mut engine, &mut recorder)
        }
    }
    .map_err(Error::from_observer)
}

/// Has any engine's events reported as `config` says.
///
/// # Errors
/// There is nowhere to write to, or the engine has failed.
pub fn report(engine: &mut dyn event::Engine, config: &config::Config) -> Result<Ending, Error> {
    let mut reporter = Reporter::new(config)?;
    engine.run(&mut reporter).map_err(Error::from_observer)
}

/// The ABI of the tracer itself, and of programs built for this machine.
const fn host_abi() -> uapi::Abi {
    filter::host_abis()[0]
}
