//! The tracer as a grandchild of the command (`-D`, `-DD`, `-DDD`), which stays what it would be without a tracer: a
//! direct child of who started it.
//!
//! The process that is there becomes the command. Its child makes the tracer and exits at once, so that the tracer is
//! nobody's child that the command could wait for. The tracer seizes the process and gives it the word to execute.

use crate::config::{Command, Credentials, Daemonize, EnvEdit};
use crate::error::Error;
use crate::sys::{self, Forked};
use ptrace::{Options, Running, StartState, Tid};
use std::io::{PipeReader, PipeWriter, Read, Write};
use std::os::unix::process::CommandExt;
use std::process;

/// Splits the tracer off, and returns in the tracer with the seized process, which waits for its word.
///
/// # Errors
/// There can be no new process, or the old one can't be seized.
pub(crate) fn split(how: Daemonize, command: &Command, options: Options) -> Result<(Running, Word), Error> {
    let (reader, writer) = std::io::pipe().map_err(Error::Daemonize)?;
    let process = Tid::from_raw(process::id() as i32);
    match sys::fork().map_err(Error::Daemonize)? {
        Forked::Parent(child) => {
            drop(writer);
            sys::reap(child);
            become_command(command, reader);
        }
        Forked::Child => {}
    }
    match sys::fork() {
        Ok(Forked::Child) => {}
        Ok(Forked::Parent(_)) | Err(_) => sys::exit(0),
    }
    drop(reader);
    sys::leave(how == Daemonize::ProcessGroup, how == Daemonize::Session);
    let running = ptrace::seize(process, options).map_err(Error::Start)?;
    Ok((running, Word(writer)))
}

/// The tracer's word to the process that it has seized. Dropped without being given, it tells it to exit.
#[derive(Debug)]
pub(crate) struct Word(PipeWriter);

impl Word {
    /// Lets the process execute the command.
    pub(crate) fn give(mut self) {
        // A process that has been killed meanwhile needs no word.
        let _ = self.0.write_all(b"x");
    }
}

/// Waits for the word, and executes the command.
fn become_command(command: &Command, mut word: PipeReader) -> ! {
    if word.read_exact(&mut [0]).is_err() {
        sys::exit(1);
    }
    let mut image = process::Command::new(&command.path);
    if let Some((first, rest)) = command.argv.split_first() {
        image.arg0(first).args(rest);
    }
    for edit in &command.env {
        match edit {
            EnvEdit::Set(name, value) => image.env(name, value),
            EnvEdit::Remove(name) => image.env_remove(name),
        };
    }
    let credentials = command.credentials.clone();
    let prepare = move || restore(credentials.as_ref());
    // SAFETY: there is one thread, so that the closure may do whatever it likes.
    unsafe { image.pre_exec(prepare) };
    // The tracer sees why it failed, and tells it.
    let _ = image.exec();
    sys::exit(1)
}

/// Sets what the command would have been started with, and the rights that it shall have.
fn restore(credentials: Option<&Credentials>) -> std::io::Result<()> {
    let state = StartState::of_process();
    state.ignored.iter().for_each(|signal| sys::set_disposition(signal.number(), sys::Disposition::Ignore));
    sys::set_signal_mask(state.mask.bits());
    match credentials {
        Some(Credentials { uid, gid, groups }) => sys::set_credentials(*uid, *gid, groups),
        None => Ok(()),
    }
}
