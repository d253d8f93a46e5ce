//! Thread ids: what every request names.

use std::fmt;

/// The id of one thread, as the kernel numbers it (`gettid(2)`).
///
/// A process is named by the id of its first thread, its *leader*; everything ptrace does, it does to one thread.
/// Numbers are those of the tracer's own PID namespace.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Tid(i32);

impl Tid {
    /// The thread with this number.
    pub const fn from_raw(raw: i32) -> Tid {
        Tid(raw)
    }

    /// The number, as `kill(2)` and `/proc` know it.
    pub const fn raw(self) -> i32 {
        self.0
    }

    /// The calling thread.
    pub fn current() -> Tid {
        // SAFETY: gettid takes nothing and cannot fail.
        Tid(unsafe { libc::syscall(libc::SYS_gettid) } as i32)
    }
}

impl fmt::Display for Tid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
