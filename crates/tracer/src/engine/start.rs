//! Starting the command, and attaching to what runs.

use super::seccomp::{Disguise, Plan, Rights};
use super::{circle, refusal};
use crate::config::{Command, Config, EnvEdit};
use crate::error::Error;
use crate::status::Status;
use ptrace::{Filter, Options, Running, Stopped, Tid};

/// What the kernel shall report of tracees.
pub(super) fn options(config: &Config) -> Options {
    let mut options = Options::EXEC | Options::EXIT;
    if config.follow_forks {
        options |= Options::FOLLOW;
    }
    if config.kill_on_exit {
        options |= Options::EXIT_KILL;
    }
    options
}

/// A command that has been started, and stands still; its next syscall-stop is the entry of its `execve`.
pub(super) struct Launched {
    pub(super) stopped: Stopped,
    /// If it is under a seccomp filter, so that it stops at calls without being asked to.
    pub(super) disguise: Option<Disguise>,
    /// The filter that may come later.
    pub(super) later: Option<Filter>,
}

/// Starts the command.
///
/// # Errors
/// There can be no new process, or the rights that it shall have are not the tracer's to give.
pub(super) fn launch(command: &Command, config: &Config) -> Result<Launched, Error> {
    let plan = Plan::new(command, config);
    if let Plan::AtStart(filter) = &plan {
        // Where there can be no filter, the kernel just stops the command more often than needed.
        if let Ok(spawned) = child(command).seccomp(filter.clone()).spawn(filtered_options(config)) {
            let disguise = Some(Disguise::new(Rights::of_tracer()));
            return Ok(Launched { stopped: spawned.into_parts().0, disguise, later: None });
        }
    }
    let spawned = child(command).spawn(options(config)).map_err(Error::Start)?;
    let later = if let Plan::Later(filter) = plan { Some(filter) } else { None };
    Ok(Launched { stopped: spawned.into_parts().0, disguise: None, later })
}

/// What the kernel shall report of tracees under a filter. Their children must be traced, if only to answer for the
/// filter, and no one may be left to it when the tracer is gone.
pub(super) fn filtered_options(config: &Config) -> Options {
    options(config) | Options::FOLLOW | Options::EXIT_KILL | Options::SECCOMP
}

/// The command as it is to be executed, with what the tracer was started with.
pub(super) fn child(command: &Command) -> ptrace::Command {
    let mut child = ptrace::Command::new(&command.path);
    let (arg0, args) = command
        .argv
        .split_first()
        .map_or((command.path.as_os_str(), &[][..]), |(first, rest)| (first.as_os_str(), rest));
    child.arg0(arg0).args(args).failure_status(EXEC_FAILED);
    for edit in &command.env {
        match edit {
            EnvEdit::Set(name, value) => child.env(name, value),
            EnvEdit::Remove(name) => child.env_remove(name),
        };
    }
    if let Some(credentials) = &command.credentials {
        child.groups(&credentials.groups).gid(credentials.gid).uid(credentials.uid);
    }
    child
}

/// What a command exits with that could not be executed.
pub(super) const EXEC_FAILED: i32 = 1;

/// Attaches to a process: to all its threads where new ones are followed, else to the one named. They run on.
///
/// # Errors
/// What to tell the user: there is no such process, or it is not the tracer's to trace.
pub(super) fn attach(pid: i32, config: &Config) -> Result<Vec<Running>, Vec<String>> {
    if circle::would_close(pid) {
        return Err(refusal::circle(pid));
    }
    let (tid, options) = (Tid::from_raw(pid), options(config));
    let result = if config.follow_forks {
        seize_all(tid, options)
    } else {
        ptrace::seize(tid, options).map(|thread| vec![thread])
    };
    result.map_err(|error| refusal::lines(pid, &error, config.follow_forks))
}

/// Seizes all threads of a process. The named one first: it is the one whose refusal says why, unless it is a main
/// thread that has ended before the others.
pub(super) fn seize_all(tid: Tid, options: Options) -> ptrace::Result<Vec<Running>> {
    let first = match ptrace::seize(tid, options) {
        Ok(first) => Some(first),
        Err(_) if Status::of(tid.raw()).is_some_and(|status| status.has_ended) => None,
        Err(error) => return Err(error),
    };
    let mut all = ptrace::seize_process(tid, options)?;
    all.retain(|thread| thread.tid() != tid);
    Ok(first.into_iter().chain(all).collect())
}
