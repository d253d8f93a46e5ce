//! Taking hold of what is running already.

use std::{collections::HashSet, fs, io};

use crate::{Error, Options, Result, Running, Tid, request::Request};

/// Seizes one thread (`PTRACE_SEIZE`): it runs on, and reports from now on.
///
/// While the thread's process executes a program, this waits until the other threads have ended. If one of those is a
/// tracee already, that takes an [`crate::Attendance`].
///
/// # Errors
///
/// [`Error::Gone`] if there is no such thread; [`Error::Request`] with `EPERM` if it is traced already, or not the
/// caller's to trace (`ptrace(2)`, "Ptrace access mode checking").
pub fn seize(tid: Tid, options: Options) -> Result<Running> {
    Request::SEIZE.plain(tid, 0, options.to_request())?;
    Ok(Running::assume(tid))
}

/// Seizes a running process with all its threads.
///
/// `pid` may be the tid of any of its threads. New threads may appear while the old ones are seized, so this looks
/// again until there are none. (With [`Options::CLONE`] those made by a seized thread are traced from birth; they are
/// in the answer too, and also report a first [`crate::Stop::EventStop`] of their own.)
///
/// The process may execute a program meanwhile, and then this waits for ever for threads that it has seized itself,
/// unless there is an [`crate::Attendance`].
///
/// # Errors
///
/// As for [`seize`], if no thread at all can be seized. Threads that end meanwhile are no errors, and are not in the
/// answer; nor is a leader that has exited before its threads, of which there is nothing left to seize.
pub fn seize_process(pid: Tid, options: Options) -> Result<Vec<Running>> {
    let mut seized = Vec::new();
    let mut seen = HashSet::new();
    let mut refused = None;
    loop {
        let threads = threads_of(pid).unwrap_or_default();
        let mut news = false;
        for tid in threads.into_iter().filter(|tid| seen.insert(*tid)) {
            news = true;
            match seize(tid, options) {
                Ok(running) => seized.push(running),
                Err(Error::Gone(_)) => {}
                Err(_) if tracer_of(tid) == Some(Tid::current()) => seized.push(Running::assume(tid)),
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        if !news {
            break;
        }
    }
    match refused {
        _ if !seized.is_empty() => Ok(seized),
        Some(error) => Err(error),
        None => Err(Error::Gone(pid)),
    }
}

/// Attaches to one thread the old way (`PTRACE_ATTACH`), which sends it a `SIGSTOP`: the first stop, to be waited for
/// and resumed without it.
///
/// [`seize`] disturbs less, and only seized tracees can be interrupted, or listened to in a group-stop. Options are
/// set at the first stop, by [`crate::Stopped::set_options`].
pub fn attach(tid: Tid) -> Result<Running> {
    Request::ATTACH.plain(tid, 0, 0)?;
    Ok(Running::assume(tid))
}

/// Makes the parent of the calling process its tracer (`PTRACE_TRACEME`), for children that start themselves.
/// A successful `execve` then raises `SIGTRAP`.
pub fn traceme() -> io::Result<()> {
    match Request::TRACEME.plain(Tid::from_raw(0), 0, 0) {
        Ok(()) => Ok(()),
        Err(Error::Request { source, .. }) => Err(source),
        Err(_) => Err(io::Error::from_raw_os_error(libc::ESRCH)),
    }
}

/// The threads of a process, by `/proc/PID/task`, in the kernel's order. `pid` may be the tid of any of them.
pub fn threads_of(pid: Tid) -> io::Result<Vec<Tid>> {
    fs::read_dir(format!("/proc/{pid}/task"))?
        .map(|entry| entry.map(|entry| entry.file_name().to_str().and_then(|name| name.parse().ok())))
        .filter_map(|tid| tid.map(|tid| tid.map(Tid::from_raw)).transpose())
        .collect()
}

/// The thread that traces `tid`, by `/proc/TID/status`.
fn tracer_of(tid: Tid) -> Option<Tid> {
    // The thread's name, which stands there too, may be of any bytes.
    let status = fs::read(format!("/proc/{tid}/status")).ok()?;
    let status = String::from_utf8_lossy(&status);
    let tracer = status.lines().find_map(|line| line.strip_prefix("TracerPid:"))?.trim().parse().ok()?;
    (tracer != 0).then_some(Tid::from_raw(tracer))
}
