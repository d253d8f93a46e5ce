//! Why a process can't be attached to.

use crate::status::{self, Status};
use crate::sys;
use ptrace::Tid;
use render::{errno_message, error_message, visible};

/// What to tell of a process that would trace its own tracer's tracer.
pub(super) fn circle(pid: i32) -> Vec<String> {
    vec![format!("attach: process {pid} traces this tracer, and the two would wait for each other for ever")]
}

/// What to tell of a process that the kernel refuses: what it says, and the reason, if one can be seen. `follows`: all
/// of its threads were to be attached to.
pub(super) fn lines(pid: i32, error: &ptrace::Error, follows: bool) -> Vec<String> {
    let mut lines = vec![first_line(pid, error)];
    if error.raw_os_error() != Some(libc::EPERM) {
        return lines;
    }
    // Where `/proc` shows another PID namespace, its ids mean others.
    let is_own = status::own_id() == Some(std::process::id() as i32);
    let id = if is_own { Some(pid) } else { status::id_in_proc(pid) };
    let status = id.and_then(Status::of).unwrap_or_default();
    let living = id.filter(|_| status.has_ended).and_then(living_thread);
    let subject = match living.as_ref().filter(|_| follows) {
        Some(thread) => thread,
        None => &status,
    };
    lines.extend(traced_already(pid, subject).or_else(|| others(pid)).or_else(yama));
    lines.extend(kind(pid, subject, living.is_some()));
    lines
}

/// What to tell of the command's process, which has been given up, if the kernel has refused it.
pub(super) fn of_command(error: &ptrace::Error) -> Option<Vec<String>> {
    let ptrace::Error::Request { tid, .. } = error else { return None };
    // Who has traced it since it was made traces its parent as well.
    let parent = status::own_id().and_then(Status::of).unwrap_or_default();
    let reason = traced_already(tid.raw(), &parent).or_else(yama);
    Some([first_line(tid.raw(), error)].into_iter().chain(reason).collect())
}

fn first_line(pid: i32, error: &ptrace::Error) -> String {
    let text = match error {
        ptrace::Error::Request { source, .. } => error_message(source),
        error => error
            .raw_os_error()
            .map_or_else(|| error.to_string(), |code| errno_message(code.unsigned_abs()).to_owned()),
    };
    format!("attach: ptrace(PTRACE_SEIZE, {pid}): {text}")
}

// The reasons in strace's words and its order; it gives the first that holds.

fn traced_already(pid: i32, status: &Status) -> Option<String> {
    let tracer = status.tracer?;
    let name = Status::of(tracer).map_or(String::new(), |status| format!(" ({})", visible(&status.name)));
    Some(format!("Process {pid} is already being traced by pid {tracer}{name}"))
}

fn others(pid: i32) -> Option<String> {
    (!sys::may_signal(pid)).then(|| format!("process {pid} may be owned by a different user"))
}

fn yama() -> Option<String> {
    let scope = std::fs::read_to_string("/proc/sys/kernel/yama/ptrace_scope").ok()?;
    let scope = scope.trim().parse::<i32>().ok().filter(|&scope| scope > 0)?;
    Some(format!("sysctl kernel.yama.ptrace_scope = {scope} may be restricting this attach"))
}

/// What it is that nobody could trace; `has_threads`: its main thread has ended, and others run on.
fn kind(pid: i32, status: &Status, has_threads: bool) -> Option<String> {
    Some(match status {
        _ if status.has_ended && has_threads => {
            format!("The main thread of process {pid} has ended; -f attaches to the threads that run on")
        }
        _ if status.has_ended => {
            format!("Process {pid} has ended, and remains as a zombie until its parent waits for it")
        }
        _ if status.is_kernel_thread => format!("Process {pid} is a kernel thread"),
        _ => return None,
    })
}

/// A thread of a process that has not ended, if there is one.
fn living_thread(pid: i32) -> Option<Status> {
    let threads = ptrace::threads_of(Tid::from_raw(pid)).ok()?;
    threads.into_iter().filter_map(|tid| Status::of(tid.raw())).find(|status| !status.has_ended)
}
