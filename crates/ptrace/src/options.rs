//! What a tracee reports, chosen when it is seized.

use std::ops::{BitOr, BitOrAssign};

/// The events a tracee stops for, and how it is bound to its tracer (`PTRACE_O_*` of `linux/ptrace.h`).
///
/// Options are inherited by every tracee that is attached automatically (see [`Options::FOLLOW`]).
/// `PTRACE_O_TRACESYSGOOD` is no choice here: this crate always sets it, because without it a syscall-stop cannot be
/// told from a `SIGTRAP`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Options(u32);

impl Options {
    /// Nothing but syscall-stops, signals and the end.
    pub const NONE: Options = Options(0);
    /// Stop at `fork`; the child is traced too.
    pub const FORK: Options = Options(1 << 1);
    /// Stop at `vfork`; the child is traced too.
    pub const VFORK: Options = Options(1 << 2);
    /// Stop at `clone` (new threads, and processes that are made that way); the child is traced too.
    pub const CLONE: Options = Options(1 << 3);
    /// Stop after a successful `execve`, before the new program's first instruction.
    pub const EXEC: Options = Options(1 << 4);
    /// Stop when a `vfork` child has let go of its parent.
    pub const VFORK_DONE: Options = Options(1 << 5);
    /// Stop on the way out, while registers and memory can still be read.
    pub const EXIT: Options = Options(1 << 6);
    /// Stop when a seccomp filter says `SECCOMP_RET_TRACE`.
    pub const SECCOMP: Options = Options(1 << 7);
    /// Kill the tracee when the tracer ends.
    pub const EXIT_KILL: Options = Options(1 << 20);
    /// Suspend the tracee's seccomp filters (needs `CAP_SYS_ADMIN`).
    pub const SUSPEND_SECCOMP: Options = Options(1 << 21);
    /// Every child, by whatever call it is made: `FORK | VFORK | CLONE`.
    pub const FOLLOW: Options = Options(Options::FORK.0 | Options::VFORK.0 | Options::CLONE.0);

    const SYSGOOD: Options = Options(1);

    /// Whether all of `other` is chosen.
    pub const fn contains(self, other: Options) -> bool {
        self.0 & other.0 == other.0
    }

    /// The options as the kernel takes them, those this crate relies on included.
    pub const fn to_request(self) -> usize {
        (self.0 | Options::SYSGOOD.0) as usize
    }
}

impl BitOr for Options {
    type Output = Options;

    fn bitor(self, other: Options) -> Options {
        Options(self.0 | other.0)
    }
}

impl BitOrAssign for Options {
    fn bitor_assign(&mut self, other: Options) {
        *self = *self | other;
    }
}
