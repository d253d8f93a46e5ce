//! The tracer as a grandchild of the command (`-D`, `-DD`, `-DDD`), which stays what it would be without a tracer: a
//! direct child of who started it.
//!
//! The process that is there becomes the command. Its child makes the tracer and exits at once, so that the tracer is
//! nobody's child that the command could wait for. The tracer seizes the process and gives it the word to execute.

use super::start;
use crate::config::{Command, Config, Daemonize};
use crate::error::Error;
use crate::status::Status;
use crate::sys::{self, Forked};
use ptrace::{Running, SharedWords, Tid};
use std::io::{self, Write};
use std::process;
use std::time::Duration;

/// What the tracer has of the process from which it has split off.
pub(super) struct Split {
    pub(super) process: Tid,
    pub(super) word: Word,
    /// The process, which waits for the word, or why it can't be traced.
    pub(super) seized: ptrace::Result<Running>,
}

/// Splits the tracer off, and returns in the tracer.
///
/// # Errors
/// There can be no new process.
pub(super) fn split(how: Daemonize, command: &Command, config: &Config) -> Result<Split, Error> {
    let words = SharedWords::new().map_err(Error::Start)?;
    let process = Tid::from_raw(process::id() as i32);
    // Where the Yama security module asks for it: a descendant may trace the process.
    sys::permit_tracer(true);
    match sys::fork().map_err(Error::Daemonize)? {
        Forked::Parent(child) => {
            sys::reap(child);
            become_command(command, &config.program, &words);
        }
        Forked::Child => {}
    }
    match sys::fork() {
        Ok(Forked::Child) => {}
        Ok(Forked::Parent(tracer)) => {
            words.set(TRACER, tracer as u32);
            sys::exit(0)
        }
        Err(_) => sys::exit(0),
    }
    let word = Word(words);
    sys::leave(how == Daemonize::ProcessGroup, how == Daemonize::Session);
    Ok(Split { process, word, seized: ptrace::seize(process, start::options(config)) })
}

/// The tracer's word to the process. Dropped without being given, it tells it to exit.
pub(super) struct Word(SharedWords);

impl Word {
    /// Lets the process execute the command.
    pub(super) fn give(self) {
        self.0.set(WORD, EXECUTE);
    }
}

impl Drop for Word {
    fn drop(&mut self) {
        if self.0.get(WORD) != EXECUTE {
            self.0.set(WORD, EXIT);
        }
    }
}

/// The place of the tracer's word.
const WORD: usize = 0;
const EXECUTE: u32 = 1;
const EXIT: u32 = 2;
/// The place of the tracer's id, 0 if it could not be made.
const TRACER: usize = 1;
/// How often the process looks whether its tracer is still there.
const LOOK: Duration = Duration::from_millis(100);

/// Waits for the word, and executes the command. `program`: the tracer's name, for a message.
fn become_command(command: &Command, program: &str, words: &SharedWords) -> ! {
    let tracer = words.get(TRACER) as i32;
    let has_tracer =
        || tracer != 0 && sys::is_there(tracer) && Status::of(tracer).is_none_or(|status| !status.has_ended);
    let word = loop {
        match words.wait(WORD, LOOK) {
            0 if has_tracer() => {}
            // It may have given the word as its last deed.
            0 => break words.get(WORD),
            word => break word,
        }
    };
    sys::permit_tracer(false);
    if word == EXECUTE {
        let error = start::child(command).exec();
        // Why the execve itself failed, the tracer sees, and tells it.
        if matches!(error, ptrace::Error::Setup { .. }) {
            let _ = writeln!(io::stderr(), "{program}: {}", Error::Start(error));
        }
    }
    sys::exit(start::EXEC_FAILED)
}
