//! What the tracer itself sees, for those who look for its faults (`-d`).

use ptrace::{Options, Signal, Tid, Waited};

/// What the kernel shall report of tracees.
pub(super) fn options(options: Options) -> String {
    format!("ptrace_setoptions = {:#x}", options.to_request())
}

/// Whether what the kernel was asked for works.
pub(super) fn feature(name: &str, works: bool) -> String {
    format!("{name} {}", if works { "works" } else { "does not work" })
}

/// There is another tracee; `count` of them in all.
pub(super) fn added(tid: Tid, count: usize) -> String {
    format!("new tcb for pid {tid}, active tcbs:{count}")
}

/// There is one tracee less; `count` of them are left.
pub(super) fn removed(tid: Tid, count: usize) -> String {
    format!("dropped tcb for pid {tid}, {count} remain")
}

/// A call that the kernel does not have.
pub(super) fn unknown_call(tid: Tid, number: u64) -> String {
    format!("pid {tid} invalid syscall {number:#x}")
}

/// What the kernel has reported.
pub(super) fn waited(waited: &Waited) -> String {
    let raw = waited.status.raw();
    format!("[wait({raw:#08x}) = {}] {}", waited.tid, describe(raw))
}

/// A status word, in the words of wait(2) and ptrace(2).
fn describe(raw: i32) -> String {
    if libc::WIFEXITED(raw) {
        return format!("WIFEXITED,exitcode={}", libc::WEXITSTATUS(raw));
    }
    if libc::WIFSIGNALED(raw) {
        let core = if libc::WCOREDUMP(raw) { " (core dumped)" } else { "" };
        return format!("WIFSIGNALED,sig={}{core}", signal(libc::WTERMSIG(raw)));
    }
    if libc::WIFCONTINUED(raw) {
        return "WIFCONTINUED".to_owned();
    }
    let event = raw >> 16;
    let name = match event {
        0 => return format!("WIFSTOPPED,sig={}", signal(libc::WSTOPSIG(raw))),
        libc::PTRACE_EVENT_FORK => "FORK",
        libc::PTRACE_EVENT_VFORK => "VFORK",
        libc::PTRACE_EVENT_CLONE => "CLONE",
        libc::PTRACE_EVENT_EXEC => "EXEC",
        libc::PTRACE_EVENT_VFORK_DONE => "VFORK_DONE",
        libc::PTRACE_EVENT_EXIT => "EXIT",
        libc::PTRACE_EVENT_SECCOMP => "SECCOMP",
        libc::PTRACE_EVENT_STOP => "STOP",
        _ => "?",
    };
    format!("WIFSTOPPED,sig={},EVENT_{name} ({event})", signal(libc::WSTOPSIG(raw)))
}

/// A signal's name; its number where it has none, as at a syscall-stop.
fn signal(number: i32) -> String {
    Signal::new(number).map_or_else(|| number.to_string(), |signal| signal.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_words() {
        assert_eq!(describe(0x700), "WIFEXITED,exitcode=7");
        assert_eq!(describe(9), "WIFSIGNALED,sig=SIGKILL");
        assert_eq!(describe(0x8b), "WIFSIGNALED,sig=SIGSEGV (core dumped)");
        assert_eq!(describe(0xffff), "WIFCONTINUED");
        assert_eq!(describe(0x857f), "WIFSTOPPED,sig=133");
        assert_eq!(describe(0x137f), "WIFSTOPPED,sig=SIGSTOP");
        assert_eq!(describe(0x80057f), "WIFSTOPPED,sig=SIGTRAP,EVENT_STOP (128)");
        assert_eq!(describe(0x3057f), "WIFSTOPPED,sig=SIGTRAP,EVENT_CLONE (3)");
    }
}
