//! Starting the command, and attaching to what runs.

use crate::config::{Colocate, Command, Config, EnvEdit};
use crate::error::{Error, message};
use crate::filter::host_abis;
use ptrace::{Filter, Options, Running, Stopped, Tid};

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

/// Starts the command. It stands still; its next syscall-stop is the entry of its `execve`. True: it is under a
/// seccomp filter, so that it stops at wanted calls without being asked to.
///
/// # Errors
/// There can be no new process, or the rights that it shall have are not the tracer's to give.
pub(crate) fn launch(command: &Command, config: &Config) -> Result<(Stopped, bool), Error> {
    if let Some(filter) = seccomp_filter(config) {
        // Where there can be no filter, the kernel just stops the command more often than needed.
        if let Ok(spawned) = child(command).seccomp(filter).spawn(options(config)) {
            return Ok((spawned.into_parts().0, true));
        }
    }
    let spawned = child(command).spawn(options(config)).map_err(Error::Start)?;
    Ok((spawned.into_parts().0, false))
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

/// Calls at which tracees stop even if nobody wants to see them: `execve` tells of the command's start.
fn needed(abi: uapi::Abi, config: &Config) -> impl Iterator<Item = u64> {
    let starts = ["execve", "execveat"].into_iter();
    let revealing = crate::colocate::REVEALING.into_iter().filter(|_| config.colocate != Colocate::Never);
    starts.chain(revealing).filter_map(move |name| abi.number(name))
}

/// A filter that lets the kernel stop tracees only at calls that are wanted; `None` where all are.
fn seccomp_filter(config: &Config) -> Option<Filter> {
    let wanted = &config.filters.trace;
    if !config.seccomp_bpf || wanted.is_all() {
        return None;
    }
    let picked: Vec<(ptrace::Abi, Vec<u32>)> = host_abis()
        .iter()
        .map(|&abi| {
            let bare = |nr: u64| (nr & !uapi::X32_SYSCALL_BIT) as u32;
            (kernel_abi(abi), wanted.numbers(abi).chain(needed(abi, config)).map(bare).collect())
        })
        .collect();
    let slices: Vec<(ptrace::Abi, &[u32])> = picked.iter().map(|(abi, nrs)| (*abi, nrs.as_slice())).collect();
    Some(Filter::trace(&slices))
}

fn kernel_abi(abi: uapi::Abi) -> ptrace::Abi {
    match abi {
        uapi::Abi::X86_64 => ptrace::Abi::X86_64,
        uapi::Abi::I386 => ptrace::Abi::I386,
        uapi::Abi::X32 => ptrace::Abi::X32,
        uapi::Abi::Aarch64 => ptrace::Abi::Aarch64,
        uapi::Abi::Riscv64 => ptrace::Abi::Riscv64,
    }
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
        ptrace::Error::Request { source, .. } => message(source),
        error => error
            .raw_os_error()
            .map_or_else(|| error.to_string(), |code| message(&std::io::Error::from_raw_os_error(code))),
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
