//! Starting the command, and attaching to what runs.

use crate::config::{Command, Config, EnvEdit};
use crate::error::Error;
use crate::plan::{Plan, Rights};
use crate::screen::Screen;
use ptrace::{Filter, Options, Running, Stopped, Tid};
use render::{errno_message, error_message};

/// What the kernel shall report of tracees.
pub(crate) fn options(config: &Config) -> Options {
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
pub(crate) struct Launched {
    pub(crate) stopped: Stopped,
    /// If it is under a seccomp filter, so that it stops at calls without being asked to.
    pub(crate) screen: Option<Screen>,
    /// The filter that may come later.
    pub(crate) later: Option<Filter>,
}

/// Starts the command.
///
/// # Errors
/// There can be no new process, or the rights that it shall have are not the tracer's to give.
pub(crate) fn launch(command: &Command, config: &Config) -> Result<Launched, Error> {
    let plan = Plan::new(command, config);
    if let Plan::AtStart(filter) = &plan {
        // Where there can be no filter, the kernel just stops the command more often than needed.
        if let Ok(spawned) = child(command).seccomp(filter.clone()).spawn(filtered_options(config)) {
            let screen = Some(Screen::new(Rights::of_tracer()));
            return Ok(Launched { stopped: spawned.into_parts().0, screen, later: None });
        }
    }
    let spawned = child(command).spawn(options(config)).map_err(Error::Start)?;
    let later = if let Plan::Later(filter) = plan { Some(filter) } else { None };
    Ok(Launched { stopped: spawned.into_parts().0, screen: None, later })
}

/// What the kernel shall report of tracees under a filter. Their children must be traced, if only to answer for the
/// filter, and no one may be left to it when the tracer is gone.
pub(crate) fn filtered_options(config: &Config) -> Options {
    options(config) | Options::FOLLOW | Options::EXIT_KILL | Options::SECCOMP
}

fn child(command: &Command) -> ptrace::Command {
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
const EXEC_FAILED: i32 = 1;

/// Attaches to a process: to all its threads where new ones are followed, else to the one named. They run on.
///
/// # Errors
/// What to tell the user: there is no such process, or it is not the tracer's to trace.
pub(crate) fn attach(pid: i32, config: &Config) -> Result<Vec<Running>, Vec<String>> {
    let tid = Tid::from_raw(pid);
    let options = options(config);
    let result = if config.follow_forks {
        // The named thread first: it is the one whose refusal says why.
        ptrace::seize(tid, options).and_then(|first| {
            let mut all = ptrace::seize_process(tid, options)?;
            all.retain(|thread| thread.tid() != tid);
            all.insert(0, first);
            Ok(all)
        })
    } else {
        ptrace::seize(tid, options).map(|thread| vec![thread])
    };
    result.map_err(|error| refusal(pid, &error))
}

fn refusal(pid: i32, error: &ptrace::Error) -> Vec<String> {
    let text = match error {
        ptrace::Error::Request { source, .. } => error_message(source),
        error => error
            .raw_os_error()
            .map_or_else(|| error.to_string(), |code| errno_message(code.unsigned_abs()).to_owned()),
    };
    let mut lines = vec![format!("attach: ptrace(PTRACE_SEIZE, {pid}): {text}")];
    if let Some(tracer) = tracer_of(pid) {
        lines.push(format!("Process {pid} is already being traced by pid {tracer}"));
    }
    lines
}

/// Who traces a thread, if someone does.
fn tracer_of(tid: i32) -> Option<i32> {
    let status = std::fs::read_to_string(format!("/proc/{tid}/status")).ok()?;
    let tracer = status.lines().find_map(|line| line.strip_prefix("TracerPid:"))?;
    tracer.trim().parse().ok().filter(|&tracer| tracer != 0)
}
