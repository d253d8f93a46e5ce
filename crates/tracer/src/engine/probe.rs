//! What the kernel can do, found out by a tracee that is made for nothing else and executes nothing.

use ptrace::{Command, Options, Stopped};

/// Whether tracees can be made to end with the tracer (`PTRACE_O_EXITKILL`). Where there can be no tracee at all, that is
/// another matter.
pub(super) fn exit_kill() -> bool {
    let refusal = ask(Options::EXIT_KILL, |_| ()).err();
    refusal.and_then(|error| error.raw_os_error()) != Some(libc::EINVAL)
}

/// Whether the kernel tells which call a tracee is at (`PTRACE_GET_SYSCALL_INFO`).
pub(super) fn syscall_info() -> bool {
    ask(Options::EXEC, |tracee| tracee.syscall_info().is_ok()).unwrap_or(false)
}

fn ask<R>(options: Options, question: impl FnOnce(&Stopped) -> R) -> ptrace::Result<R> {
    let (tracee, _) = Command::new("/").spawn(options)?.into_parts();
    let answer = question(&tracee);
    let mut running = tracee.kill()?;
    while let Some(tracee) = running.wait()?.into_tracee() {
        running = tracee.kill()?;
    }
    Ok(answer)
}
