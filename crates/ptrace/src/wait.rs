//! Waiting: which thread stopped or ended, and why, as far as the kernel says so by itself.
//!
//! This is the low level, one `wait4(2)` per call: no table, no allocation. [`Stop::read`](crate::Stop::read) turns
//! what it yields into a [`Stop`]; [`Session`](crate::Session) does the rest.

use std::{io, mem::MaybeUninit, ops::BitOr, time::Duration};

use crate::{Error, Result, Signal, Stop, Stopped, Tid};

/// How to wait. The kernel (4.7 and later) tells of all tracees, threads or processes; of children that are not traced,
/// it tells of those only whose end sends SIGCHLD (no `__WALL`, `wait4(2)`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WaitFlags(i32);

impl WaitFlags {
    /// Until there is something to report.
    pub const BLOCK: WaitFlags = WaitFlags(0);
    /// Not at all: `None` if there is nothing to report.
    pub const NO_HANG: WaitFlags = WaitFlags(libc::WNOHANG);
    /// Only for tracees and children of the calling *thread*, so that several threads can trace (`__WNOTHREAD`).
    pub const OWN_THREAD: WaitFlags = WaitFlags(libc::__WNOTHREAD);
}

impl BitOr for WaitFlags {
    type Output = WaitFlags;

    fn bitor(self, other: WaitFlags) -> WaitFlags {
        WaitFlags(self.0 | other.0)
    }
}

/// A thread, and what became of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Waited {
    /// Which thread.
    pub tid: Tid,
    /// What became of it.
    pub status: WaitStatus,
}

impl Waited {
    /// The thread as one to make requests of; `None` if this is its end.
    pub fn stopped(&self) -> Option<Stopped> {
        match self.status.status() {
            Status::Exited { .. } | Status::Killed { .. } | Status::Continued => None,
            _ => Some(Stopped::assume(self.tid)),
        }
    }

    /// The stop in full: see [`Stop::read`].
    pub fn stop(&self) -> Result<Stop> {
        Stop::read(*self)
    }
}

/// A status as `wait4(2)` gives it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct WaitStatus(i32);

/// What a [`WaitStatus`] says by itself.
///
/// Two questions it leaves open: whether a syscall-stop is an entry or an exit ([`Stopped::syscall_info`]), and what
/// comes with an event ([`Stopped::event_message`]).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// It exited.
    Exited {
        /// The low 8 bits of what it gave to `exit`.
        status: i32,
    },
    /// A signal killed it.
    Killed {
        /// Which signal.
        signal: Signal,
        /// Whether it left a core dump.
        core: bool,
    },
    /// `SIGCONT` let it go on; only if asked for (`WCONTINUED`).
    Continued,
    /// A syscall-stop: entry or exit.
    Syscall,
    /// A signal-delivery-stop. For tracees that were *not* seized this may also be a group-stop, if the signal is one
    /// of [`Signal::is_job_stop`]: then `PTRACE_GETSIGINFO` fails with `EINVAL`.
    Signal(Signal),
    /// A group-stop of a seized tracee.
    GroupStop(Signal),
    /// A ptrace event.
    Event(PtraceEvent),
    /// Nothing this crate knows.
    Unknown,
}

/// The kind of an event, without what comes with it (`PTRACE_EVENT_*` of `linux/ptrace.h`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "each is described where its contents are: crate::Stop")]
pub enum PtraceEvent {
    Fork,
    Vfork,
    Clone,
    Exec,
    VforkDone,
    Exit,
    Seccomp,
    /// Interrupted, or the first stop of a tracee that was attached automatically.
    Stop,
    /// Of a kernel newer than this crate.
    Other(u8),
}

/// A stop at a system call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CallStop {
    /// A syscall-stop: entry or exit.
    Syscall,
    /// Before that: a seccomp filter has said `SECCOMP_RET_TRACE` ([`PtraceEvent::Seccomp`]).
    Seccomp,
}

/// `PTRACE_O_TRACESYSGOOD` marks syscall-stops so.
const SYSCALL_STOP: i32 = libc::SIGTRAP | 0x80;
const CONTINUED: i32 = 0xffff;
const EVENT_STOP: u8 = 128;

impl WaitStatus {
    /// The status of this number.
    pub const fn from_raw(raw: i32) -> WaitStatus {
        WaitStatus(raw)
    }

    /// The number.
    pub const fn raw(self) -> i32 {
        self.0
    }

    /// What it says.
    pub const fn status(self) -> Status {
        let low = self.0 & 0x7f;
        let high = self.0 >> 8 & 0xff;
        if self.0 == CONTINUED {
            Status::Continued
        } else if self.0 & 0xff == 0x7f {
            self.stop_status(high, (self.0 >> 16) as u8)
        } else if low == 0 {
            Status::Exited { status: high }
        } else {
            match Signal::new(low) {
                Some(signal) => Status::Killed { signal, core: self.0 & 0x80 != 0 },
                None => Status::Unknown,
            }
        }
    }

    /// Whether it says that the thread is at a system call: the stops that there are most of.
    #[inline]
    pub const fn call_stop(self) -> Option<CallStop> {
        const SYSCALL: i32 = SYSCALL_STOP << 8 | 0x7f;
        const SECCOMP: i32 = libc::PTRACE_EVENT_SECCOMP << 16 | libc::SIGTRAP << 8 | 0x7f;
        match self.0 {
            SYSCALL => Some(CallStop::Syscall),
            SECCOMP => Some(CallStop::Seccomp),
            _ => None,
        }
    }

    const fn stop_status(self, signal: i32, event: u8) -> Status {
        let event = match event {
            0 if signal == SYSCALL_STOP => return Status::Syscall,
            0 => {
                return match Signal::new(signal) {
                    Some(signal) => Status::Signal(signal),
                    None => Status::Unknown,
                };
            }
            1 => PtraceEvent::Fork,
            2 => PtraceEvent::Vfork,
            3 => PtraceEvent::Clone,
            4 => PtraceEvent::Exec,
            5 => PtraceEvent::VforkDone,
            6 => PtraceEvent::Exit,
            7 => PtraceEvent::Seccomp,
            // A job-control signal with this event is a group-stop; SIGTRAP is an interrupt, or a new tracee.
            EVENT_STOP => match Signal::new(signal) {
                Some(signal) if signal.is_job_stop() => return Status::GroupStop(signal),
                _ => PtraceEvent::Stop,
            },
            other => PtraceEvent::Other(other),
        };
        Status::Event(event)
    }
}

/// The resources a thread has used, as `wait4(2)` tells them (`getrusage(2)`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Usage {
    /// Time spent in user mode.
    pub user: Duration,
    /// Time spent in the kernel.
    pub system: Duration,
    /// The largest resident set so far, in KiB.
    pub max_resident_kib: u64,
}

/// Waits for any tracee or child.
///
/// `None` only with [`WaitFlags::NO_HANG`]. [`Error::NoTracee`] if there is nobody, [`Error::Interrupted`] if a signal
/// handler of the tracer's ran meanwhile.
#[inline]
pub fn wait_any(flags: WaitFlags) -> Result<Option<Waited>> {
    wait4(-1, flags, std::ptr::null_mut())
}

/// Waits for one thread. As [`wait_any`] otherwise.
pub fn wait_tid(tid: Tid, flags: WaitFlags) -> Result<Option<Waited>> {
    wait4(tid.raw(), flags, std::ptr::null_mut())
}

/// Waits for any tracee or child, and says what it has used so far. As [`wait_any`] otherwise.
#[inline]
pub fn wait_any_with_usage(flags: WaitFlags) -> Result<Option<(Waited, Usage)>> {
    wait4_with_usage(-1, flags)
}

/// Waits for one thread, and says what it has used so far. As [`wait_any`] otherwise.
pub fn wait_tid_with_usage(tid: Tid, flags: WaitFlags) -> Result<Option<(Waited, Usage)>> {
    wait4_with_usage(tid.raw(), flags)
}

#[inline]
fn wait4_with_usage(pid: i32, flags: WaitFlags) -> Result<Option<(Waited, Usage)>> {
    let mut raw = MaybeUninit::uninit();
    let waited = wait4(pid, flags, raw.as_mut_ptr())?;
    // SAFETY: where the kernel tells of a thread it has filled this in.
    Ok(waited.map(|waited| (waited, Usage::from_raw(unsafe { raw.assume_init_ref() }))))
}

/// The system call itself: C libraries refuse flags they do not know. `usage` is null, or points to room for one.
#[inline(always)]
fn wait4(pid: i32, flags: WaitFlags, usage: *mut libc::rusage) -> Result<Option<Waited>> {
    let mut status = 0_i32;
    // SAFETY: the kernel writes an int to `status` and, if not null, a rusage to `usage`, for which this file's callers
    // have room.
    let tid = unsafe {
        libc::syscall(libc::SYS_wait4, pid as libc::c_long, &raw mut status, flags.0 as libc::c_long, usage)
    };
    match tid {
        -1 => Err(wait_error(io::Error::last_os_error())),
        0 => Ok(None),
        tid => Ok(Some(Waited { tid: Tid::from_raw(tid as i32), status: WaitStatus(status) })),
    }
}

#[cold]
fn wait_error(source: io::Error) -> Error {
    match source.raw_os_error() {
        Some(libc::ECHILD) => Error::NoTracee,
        Some(libc::EINTR) => Error::Interrupted,
        _ => Error::Io { what: "wait4", source },
    }
}

impl Usage {
    #[inline]
    fn from_raw(raw: &libc::rusage) -> Usage {
        let time = |time: libc::timeval| Duration::new(time.tv_sec as u64, 1000 * time.tv_usec as u32);
        Usage {
            user: time(raw.ru_utime),
            system: time(raw.ru_stime),
            max_resident_kib: raw.ru_maxrss.max(0) as u64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stop(signal: i32, event: i32) -> Status {
        WaitStatus::from_raw(event << 16 | signal << 8 | 0x7f).status()
    }

    #[test]
    fn ends() {
        assert_eq!(WaitStatus::from_raw(3 << 8).status(), Status::Exited { status: 3 });
        assert_eq!(WaitStatus::from_raw(9).status(), Status::Killed { signal: Signal::KILL, core: false });
        assert_eq!(
            WaitStatus::from_raw(11 | 0x80).status(),
            Status::Killed { signal: Signal::SEGV, core: true }
        );
        let last = Signal::new(64).unwrap();
        assert_eq!(WaitStatus::from_raw(64).status(), Status::Killed { signal: last, core: false });
        assert_eq!(WaitStatus::from_raw(0xffff).status(), Status::Continued);
    }

    #[test]
    fn stops() {
        assert_eq!(stop(0x85, 0), Status::Syscall);
        assert_eq!(stop(5, 0), Status::Signal(Signal::TRAP));
        assert_eq!(stop(64, 0), Status::Signal(Signal::new(64).unwrap()));
        assert_eq!(stop(19, 0), Status::Signal(Signal::STOP));
        assert_eq!(stop(19, 128), Status::GroupStop(Signal::STOP));
        assert_eq!(stop(5, 128), Status::Event(PtraceEvent::Stop));
        assert_eq!(stop(5, 4), Status::Event(PtraceEvent::Exec));
        assert_eq!(stop(5, 99), Status::Event(PtraceEvent::Other(99)));
    }

    #[test]
    fn stops_at_calls_are_told_by_the_status_alone() {
        for raw in 0..=0xf_ffff {
            let status = WaitStatus::from_raw(raw);
            let expected = match status.status() {
                Status::Syscall => Some(CallStop::Syscall),
                Status::Event(PtraceEvent::Seccomp) if raw >> 8 & 0xff == libc::SIGTRAP => {
                    Some(CallStop::Seccomp)
                }
                _ => None,
            };
            assert_eq!(status.call_stop(), expected, "{raw:#x}");
        }
    }

    #[test]
    fn no_status_is_too_odd() {
        for raw in (0..=0x1_ffff).chain([i32::MIN, i32::MAX, -1, 0x7f, 0x7fff_ff7f]) {
            let _ = WaitStatus::from_raw(raw).status();
        }
    }
}
