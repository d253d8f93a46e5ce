//! What a callback answers.

use super::error::Other;
use std::fmt;

/// How a thread goes on after an event.
///
/// `Fail`, `Return` and `Change` are for calls. At any other event they mean [`Verdict::Go`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// As it would without anybody watching.
    #[default]
    Go,
    /// The call fails with this error. At its entry: it is not made. At its exit: it has been made, but the program
    /// takes it for one that failed.
    Fail(Errno),
    /// The call returns this number; at its entry without being made. Numbers from -4095 to -1 are what the kernel
    /// returns for errors, and programs take them for that.
    Return(i64),
    /// Something about the call is another.
    Change(Change),
    /// The process is killed (`SIGKILL`). At its entry, the call is not made. The end of the process is told.
    Kill,
    /// The thread goes on, and nothing more is told of it. Its process's other threads are still traced.
    Leave,
    /// The trace is over. Everybody goes on, and nothing more is told of anybody.
    End,
}

/// What of a call is to be another.
///
/// ```
/// # use strax::Change;
/// // A `write` that writes at most 512 bytes: its third argument is how many.
/// let shorter = Change::new().argument(2, 512);
/// ```
///
/// What is given for a moment that it does not fit is passed over: number and arguments are of no use once a call has
/// returned. When it returns, the program finds its own arguments in its registers again; a child that the call makes
/// begins with the changed ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    pub(super) inner: event::Change,
}

impl Change {
    /// Nothing yet.
    pub fn new() -> Change {
        Change::default()
    }

    /// Another call is made: the one with this number, as the ABI of the call counts (with bit 30 set on x32). At a
    /// call's entry.
    #[must_use]
    pub fn number(mut self, number: u64) -> Change {
        self.inner.number = Some(number);
        self
    }

    /// The argument register at this position, from 0 to 5, holds this value. At a call's entry.
    ///
    /// Positions are those of registers ([`Call::registers`](crate::Call::registers)): on i386 a 64-bit argument takes
    /// two of them. A register that there is none of is passed over.
    #[must_use]
    pub fn argument(mut self, position: usize, value: u64) -> Change {
        if let Some(register) = self.inner.registers.get_mut(position) {
            *register = Some(value);
        }
        self
    }

    /// The program's memory holds these bytes from this address on, read-only memory included. Where there is no such
    /// memory the call fails with `EFAULT`, as it does if the kernel itself finds none.
    #[must_use]
    pub fn memory(mut self, address: u64, bytes: impl Into<Vec<u8>>) -> Change {
        self.inner.memory.push((address, bytes.into()));
        self
    }
}

/// An error number, as the kernel counts: the same on all ABIs.
///
/// There is a constant for each error that programs mostly meet; others are `Errno(NUMBER)`. `Display` shows the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Errno(pub u32);

macro_rules! errnos {
    ($($name:ident = $number:literal, $what:literal;)*) => {
        impl Errno {
            $(#[doc = $what] pub const $name: Errno = Errno($number);)*
        }

        #[cfg(test)]
        const CONSTANTS: &[(&str, u32)] = &[$((stringify!($name), $number),)*];
    };
}

errnos! {
    EPERM = 1, "Operation not permitted.";
    ENOENT = 2, "No such file or directory.";
    EINTR = 4, "Interrupted by a signal.";
    EIO = 5, "Input/output error.";
    EBADF = 9, "Bad file descriptor.";
    EAGAIN = 11, "Try again.";
    ENOMEM = 12, "Out of memory.";
    EACCES = 13, "Permission denied.";
    EFAULT = 14, "Bad address.";
    EBUSY = 16, "Device or resource busy.";
    EEXIST = 17, "File exists.";
    EXDEV = 18, "The two names are on different file systems.";
    ENODEV = 19, "No such device.";
    ENOTDIR = 20, "Not a directory.";
    EISDIR = 21, "Is a directory.";
    EINVAL = 22, "Invalid argument.";
    EMFILE = 24, "Too many open files.";
    ENOSPC = 28, "No space left on device.";
    EROFS = 30, "Read-only file system.";
    EPIPE = 32, "Broken pipe.";
    ENOSYS = 38, "There is no such system call.";
    EOPNOTSUPP = 95, "Operation not supported.";
    ENETUNREACH = 101, "Network is unreachable.";
    ECONNRESET = 104, "Connection reset by peer.";
    ETIMEDOUT = 110, "Timed out.";
    ECONNREFUSED = 111, "Connection refused.";
    EHOSTUNREACH = 113, "No route to host.";
}

impl Errno {
    /// Its name, such as `ENOENT`. The kernel's own errors have names too: a call that fails with `ERESTARTSYS` is
    /// made again once a signal has been handled.
    pub fn name(self) -> Option<&'static str> {
        uapi::errno::name_of(self.0)
    }

    /// The error with this name; aliases such as `EWOULDBLOCK` included.
    pub fn named(name: &str) -> Option<Errno> {
        uapi::errno::number(name).map(Errno)
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(name),
            None => write!(f, "errno {}", self.0),
        }
    }
}

/// What a callback may return: a [`Verdict`], nothing (which is [`Verdict::Go`]), or a `Result` of either, whose error
/// ends the trace.
pub trait Answer: sealed::Sealed {
    #[doc(hidden)]
    fn verdict(self) -> Result<Verdict, Other>;
}

impl Answer for Verdict {
    fn verdict(self) -> Result<Verdict, Other> {
        Ok(self)
    }
}

impl Answer for () {
    fn verdict(self) -> Result<Verdict, Other> {
        Ok(Verdict::Go)
    }
}

impl<A: Answer, E: Into<Other>> Answer for Result<A, E> {
    fn verdict(self) -> Result<Verdict, Other> {
        self.map_err(Into::into)?.verdict()
    }
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for super::Verdict {}
    impl Sealed for () {}
    impl<A, E> Sealed for Result<A, E> {}
}

impl From<Verdict> for event::Verdict {
    fn from(verdict: Verdict) -> event::Verdict {
        match verdict {
            Verdict::Go => event::Verdict::Go,
            Verdict::Fail(errno) => event::Verdict::Fail(errno.0),
            Verdict::Return(value) => event::Verdict::Return(value),
            Verdict::Change(change) => event::Verdict::Change(Box::new(change.inner)),
            Verdict::Kill => event::Verdict::Kill,
            Verdict::Leave => event::Verdict::Leave,
            Verdict::End => event::Verdict::End,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_have_the_kernels_numbers() {
        for &(name, number) in CONSTANTS {
            assert_eq!(Errno::named(name), Some(Errno(number)), "{name}");
            assert_eq!(Errno(number).to_string(), name);
        }
        assert_eq!(Errno(4000).to_string(), "errno 4000");
    }

    #[test]
    fn callbacks_may_answer_in_several_ways() {
        assert_eq!(().verdict().unwrap(), Verdict::Go);
        assert_eq!(Verdict::Kill.verdict().unwrap(), Verdict::Kill);
        assert_eq!(Ok::<_, std::io::Error>(Verdict::Leave).verdict().unwrap(), Verdict::Leave);
        assert_eq!(Err::<(), _>("no").verdict().unwrap_err().to_string(), "no");
    }
}
