//! Descriptors that are known, without asking, to stand for no device.
//!
//! A recording asks what each descriptor stands for, at each call. Its path has to be asked for every time: anybody may
//! rename the file. But what kind of file it is can't change while the descriptor is open, and a thread whose
//! descriptors are nobody else's only loses one by a call of its own. So that is remembered, where every call is told
//! of, up to a call that may close a descriptor; and for good no more once anybody may close another's.

use decode::{Call, FdInfo, Outcome};
use event::{Event, Origin, Return, What};
use std::collections::HashMap;
use uapi::Const;
use uapi::consts::{CLONE_FILES, F_DUPFD, F_DUPFD_CLOEXEC};

/// What is known of the descriptors of each thread.
pub(crate) struct Plain {
    /// Every call is told of, and nobody has others' descriptors.
    is_sure: bool,
    by_task: HashMap<i32, Fds>,
}

/// A set of descriptors, of the first ones: programs have few.
type Fds = [u64; 4];

/// What a call may do to descriptors that are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    /// Nothing: at most there are more.
    Keeps,
    /// The one that is its first argument is closed.
    Closes,
    /// The one that it returns is another name for its first argument.
    Doubles,
    /// Whatever it is, it is over when the call is.
    Changes,
    /// From now on others may close them, or the kernel may at any time.
    Shares,
}

/// Calls that close nothing, among those that programs make often; in order.
#[rustfmt::skip]
const KEEPING: &[&str] = &[
    "access", "arch_prctl", "brk", "chdir", "clock_gettime", "clock_nanosleep", "connect", "creat", "epoll_create1",
    "epoll_ctl", "epoll_pwait", "epoll_wait", "faccessat", "faccessat2", "fadvise64", "fchdir", "fcntl", "fcntl64",
    "fdatasync", "flock", "fstat", "fstat64", "fstatat64", "fstatfs", "fsync", "ftruncate", "futex", "getcwd",
    "getdents", "getdents64", "getegid", "geteuid", "getgid", "getpgrp", "getpid", "getppid", "getrandom",
    "getrusage", "gettid", "getuid", "getxattr", "lgetxattr", "link", "linkat", "lseek", "lstat", "lstat64",
    "madvise", "mkdir", "mkdirat", "mmap", "mmap2", "mprotect", "mremap", "munmap", "nanosleep", "newfstatat",
    "open", "openat", "openat2", "pipe", "pipe2", "poll", "ppoll", "pread64", "preadv", "prlimit64", "pselect6",
    "pwrite64", "read", "readlink", "readlinkat", "readv", "recvfrom", "recvmsg", "rename", "renameat", "renameat2",
    "rmdir", "rseq", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "select", "sendmsg", "sendto",
    "set_robust_list", "set_tid_address", "sigaltstack", "socket", "socketpair", "stat", "stat64", "statfs", "statx",
    "symlink", "symlinkat", "sysinfo", "umask", "uname", "unlink", "unlinkat", "utimensat", "wait4", "write",
    "writev",
];

/// Calls behind which descriptors may be closed by somebody else: a ring of `io_uring(7)` does so when it likes, and so
/// does who is told of calls by a seccomp filter. What flags `clone3` is made with, it reads from memory.
const SHARING: &[&str] = &["clone3", "io_uring_enter", "io_uring_register", "io_uring_setup", "seccomp"];

impl Effect {
    fn of(call: &Call) -> Effect {
        let Some(name) = call.name() else { return Effect::Changes };
        match name {
            "close" => Effect::Closes,
            "dup" => Effect::Doubles,
            "fcntl" | "fcntl64" if [F_DUPFD, F_DUPFD_CLOEXEC].map(Const::v).contains(&call.registers[1]) => {
                Effect::Doubles
            }
            "clone" if call.registers[0] & CLONE_FILES.v() != 0 => Effect::Shares,
            _ if KEEPING.binary_search(&name).is_ok() => Effect::Keeps,
            _ if SHARING.contains(&name) => Effect::Shares,
            _ => Effect::Changes,
        }
    }
}

impl Plain {
    /// `is_sure` says that every call is told of, and that nobody but the threads that are told of can close their
    /// descriptors, as far as their calls don't change that.
    pub(crate) fn new(is_sure: bool) -> Plain {
        Plain { is_sure, by_task: HashMap::new() }
    }

    /// Something has happened. It comes before questions about the event.
    pub(crate) fn heed(&mut self, event: &Event<'_>) {
        if !self.is_sure {
            return;
        }
        let tid = event.task.tid;
        match event.what {
            What::Enter(call) => self.call(tid, call, None),
            What::Exit(call, Return { outcome, .. }) => self.call(tid, call, Some(outcome)),
            What::Signal { .. } | What::GroupStop(_) | What::Personality | What::Message(_) => {}
            // Somebody may have the descriptors as well, who is not told of.
            What::Attached(Origin::Running) => self.doubt(),
            // A thread has another program, id or table, or is no more: these are not frequent.
            _ => self.by_task.clear(),
        }
    }

    fn call(&mut self, tid: i32, call: &Call, returned: Option<Outcome>) {
        let of = call.registers[0];
        match (Effect::of(call), returned) {
            (Effect::Shares, _) => self.doubt(),
            (Effect::Changes, _) => drop(self.by_task.remove(&tid)),
            (Effect::Closes, Some(_)) => self.set(tid, of as i32, false),
            (Effect::Doubles, Some(Outcome::Value(new))) if self.knows(tid, of as i32) => {
                self.set(tid, new as i32, true);
            }
            (Effect::Keeps | Effect::Closes | Effect::Doubles, _) => {}
        }
    }

    /// From now on nothing is known.
    fn doubt(&mut self) {
        self.is_sure = false;
        self.by_task.clear();
    }

    /// Whether a descriptor is known to stand for a file with a path, and no device.
    pub(crate) fn knows(&self, tid: i32, fd: i32) -> bool {
        let Some((word, bit)) = place(fd) else { return false };
        self.is_sure && self.by_task.get(&tid).is_some_and(|fds| fds[word] & bit != 0)
    }

    /// A descriptor has been found to stand for this.
    pub(crate) fn found(&mut self, tid: i32, fd: i32, info: &FdInfo<'_>) {
        if let FdInfo::Path { path, deleted: false } = info
            && self.is_sure
            && path.starts_with(b"/")
        {
            self.set(tid, fd, true);
        }
    }

    fn set(&mut self, tid: i32, fd: i32, is: bool) {
        let Some((word, bit)) = place(fd) else { return };
        if is {
            self.by_task.entry(tid).or_default()[word] |= bit;
        } else if let Some(fds) = self.by_task.get_mut(&tid) {
            fds[word] &= !bit;
        }
    }
}

/// Where a descriptor's bit is.
fn place(fd: i32) -> Option<(usize, u64)> {
    let fd = usize::try_from(fd).ok()?;
    (fd < 64 * size_of::<Fds>() / 8).then_some((fd / 64, 1 << (fd % 64)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use event::{Moment, Tampering, Task};
    use uapi::Abi;

    const TID: i32 = 7;

    fn knowing(fds: &[i32]) -> Plain {
        let mut plain = Plain::new(true);
        fds.iter().for_each(|&fd| plain.set(TID, fd, true));
        plain
    }

    fn tell(plain: &mut Plain, what: What<'_>) {
        let task = Task { tid: TID, abi: Abi::X86_64, number: 0, ip: None, cpu: event::CpuTime::Unknown };
        plain.heed(&Event { at: Moment::default(), task: &task, what });
    }

    /// Has the thread make a call that returns this.
    fn make(plain: &mut Plain, name: &str, registers: [u64; 6], value: i64) {
        let entry = Abi::X86_64.syscalls().iter().find(|entry| entry.name == name).expect("a call");
        let mut call = Call::new(Abi::X86_64, entry.nr.into(), registers, None);
        call.entry = Some(entry);
        assert_eq!(call.name(), Some(name));
        tell(plain, What::Enter(&call));
        let tampering = Tampering { injected: false, poked: false, delayed: false };
        let returned = Return { outcome: Outcome::Value(value), spent: None, tampering };
        tell(plain, What::Exit(&call, returned));
    }

    fn known(plain: &Plain) -> Vec<i32> {
        (-1..300).filter(|&fd| plain.knows(TID, fd)).collect()
    }

    #[test]
    fn calls_are_in_order() {
        assert!(KEEPING.is_sorted());
    }

    #[test]
    fn what_may_have_been_closed_is_not_known() {
        let after = |name: &str, registers: [u64; 6], value: i64| {
            let mut plain = knowing(&[3, 4, 255]);
            make(&mut plain, name, registers, value);
            known(&plain)
        };
        assert_eq!(after("read", [3, 0, 0, 0, 0, 0], 0), [3, 4, 255]);
        assert_eq!(after("close", [3, 0, 0, 0, 0, 0], 0), [4, 255]);
        assert_eq!(after("close", [255, 0, 0, 0, 0, 0], -1), [3, 4]);
        assert_eq!(after("dup", [3, 0, 0, 0, 0, 0], 5), [3, 4, 5, 255]);
        assert_eq!(after("dup", [9, 0, 0, 0, 0, 0], 5), [3, 4, 255]);
        assert_eq!(after("fcntl", [4, F_DUPFD_CLOEXEC.v(), 9, 0, 0, 0], 9), [3, 4, 9, 255]);
        assert_eq!(after("fcntl", [4, 1, 9, 0, 0, 0], 9), [3, 4, 255]);
        for name in ["dup2", "dup3", "close_range", "execve", "ioctl", "unshare", "fork"] {
            assert_eq!(after(name, [3, 4, 0, 0, 0, 0], 0), [], "{name}");
        }
    }

    #[test]
    fn nothing_is_known_any_more_once_others_may_close_descriptors() {
        for (name, flags) in
            [("clone", CLONE_FILES.v()), ("clone3", 0), ("io_uring_setup", 0), ("seccomp", 0)]
        {
            let mut plain = knowing(&[3]);
            make(&mut plain, name, [flags, 0, 0, 0, 0, 0], 0);
            plain.found(TID, 3, &FdInfo::Path { path: b"/x".into(), deleted: false });
            assert_eq!(known(&plain), [], "{name}");
        }
        let mut plain = knowing(&[3]);
        tell(&mut plain, What::Attached(Origin::Running));
        plain.found(TID, 3, &FdInfo::Path { path: b"/x".into(), deleted: false });
        assert_eq!(known(&plain), []);
    }

    #[test]
    fn only_what_has_a_path_of_its_own_is_remembered() {
        let mut plain = Plain::new(true);
        let path = |path: &'static [u8], deleted| FdInfo::Path { path: path.into(), deleted };
        plain.found(TID, 3, &path(b"/etc/passwd", false));
        plain.found(TID, 4, &path(b"/gone", true));
        plain.found(TID, 5, &path(b"anon_inode:[eventfd]", false));
        plain.found(TID, 256, &path(b"/etc/passwd", false));
        assert_eq!(known(&plain), [3]);
        tell(&mut plain, What::Executed);
        assert_eq!(known(&plain), []);
    }
}
