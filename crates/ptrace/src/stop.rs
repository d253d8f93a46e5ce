//! Why a tracee stands still: every stop is one value of one enum.

use crate::{
    Error, Result, Signal, Status, Stopped, SyscallEntry, SyscallExit, SyscallInfo, Tid, WaitStatus, Waited,
    wait::PtraceEvent,
};

/// Why a tracee stopped, or how it ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Stop {
    /// About to make a system call. Number and arguments can still be changed, or the call skipped.
    SyscallEnter(SyscallEntry),
    /// Back from a system call. The result can still be changed.
    SyscallExit(SyscallExit),
    /// About to make a system call for which a seccomp filter said `SECCOMP_RET_TRACE`.
    Seccomp {
        /// The call.
        call: SyscallEntry,
        /// The `SECCOMP_RET_DATA` part of what the filter returned.
        data: u32,
    },
    /// About to take a signal, if it is resumed with it.
    SignalDelivery(Signal),
    /// Stopped by a signal, with its whole process, as it would be untraced. Resume it by [`Stopped::listen`].
    GroupStop(Signal),
    /// It has made a child by `fork`.
    Fork {
        /// The child, traced and about to stop.
        child: Tid,
    },
    /// It has made a child by `vfork`, and stands back until the child has executed a program or ended.
    Vfork {
        /// The child, traced and about to stop.
        child: Tid,
    },
    /// It has made a thread or a child by `clone`.
    Clone {
        /// The child, traced and about to stop.
        child: Tid,
    },
    /// Its `vfork` child has let go of it.
    VforkDone {
        /// The child.
        child: Tid,
    },
    /// It executes a new program, whose first instruction comes next. Whichever thread did it, its tid is now that of
    /// the process; all other threads are gone.
    Exec {
        /// The tid it had before.
        former: Tid,
    },
    /// It is about to end; registers and memory can still be read.
    Exit {
        /// How it will end.
        status: WaitStatus,
    },
    /// It has been interrupted, or is new here and has not run yet.
    EventStop,
    /// An event this crate does not know.
    Other {
        /// Its number.
        event: u8,
    },
    /// It exited: the end.
    Exited {
        /// The low 8 bits of what it gave to `exit`.
        status: i32,
    },
    /// A signal killed it: the end.
    Killed {
        /// Which signal.
        signal: Signal,
        /// Whether it left a core dump.
        core: bool,
    },
}

impl Stop {
    /// The whole reason behind a wait status.
    ///
    /// Makes at most one request to the kernel, for what the status does not say: at syscall-stops the call, at events
    /// what comes with them. [`Error::Gone`] if the thread was killed meanwhile: its end is then still to come.
    /// [`Error::Unsupported`] at a syscall-stop before Linux 5.3, where the tracer must count.
    pub fn read(waited: Waited) -> Result<Stop> {
        let tracee = Stopped::assume(waited.tid);
        match waited.status.status() {
            Status::Exited { status } => Ok(Stop::Exited { status }),
            Status::Killed { signal, core } => Ok(Stop::Killed { signal, core }),
            Status::Syscall => Stop::read_syscall(&tracee),
            Status::Signal(signal) if signal.is_job_stop() => Stop::read_job_stop(&tracee, signal),
            Status::Signal(signal) => Ok(Stop::SignalDelivery(signal)),
            Status::GroupStop(signal) => Ok(Stop::GroupStop(signal)),
            Status::Event(event) => Stop::read_event(&tracee, event),
            Status::Continued | Status::Unknown => Ok(Stop::Other { event: 0 }),
        }
    }

    /// The stop that `info` describes.
    fn read_syscall(tracee: &Stopped) -> Result<Stop> {
        tracee.syscall_info().map(Stop::from)
    }

    /// Only tracees that were not seized have both kinds of stop under one status (`ptrace(2)`, "Group-stop").
    fn read_job_stop(tracee: &Stopped, signal: Signal) -> Result<Stop> {
        match tracee.siginfo() {
            Ok(_) => Ok(Stop::SignalDelivery(signal)),
            Err(Error::Request { source, .. }) if source.raw_os_error() == Some(libc::EINVAL) => {
                Ok(Stop::GroupStop(signal))
            }
            Err(error) => Err(error),
        }
    }

    fn read_event(tracee: &Stopped, event: PtraceEvent) -> Result<Stop> {
        let tid = || Ok::<_, Error>(Tid::from_raw(tracee.event_message()? as i32));
        Ok(match event {
            PtraceEvent::Fork => Stop::Fork { child: tid()? },
            PtraceEvent::Vfork => Stop::Vfork { child: tid()? },
            PtraceEvent::Clone => Stop::Clone { child: tid()? },
            PtraceEvent::VforkDone => Stop::VforkDone { child: tid()? },
            PtraceEvent::Exec => Stop::Exec { former: tid()? },
            PtraceEvent::Exit => Stop::Exit { status: WaitStatus::from_raw(tracee.event_message()? as i32) },
            PtraceEvent::Seccomp => Stop::read_seccomp(tracee)?,
            PtraceEvent::Stop => Stop::EventStop,
            PtraceEvent::Other(event) => Stop::Other { event },
        })
    }

    fn read_seccomp(tracee: &Stopped) -> Result<Stop> {
        match tracee.syscall_info() {
            Err(Error::Unsupported { .. }) => {
                tracee.syscall_info_from_registers(crate::SyscallStop::Seccomp).map(Stop::from)
            }
            info => info.map(Stop::from),
        }
    }

    /// Whether the tracee is no more.
    pub const fn is_end(&self) -> bool {
        matches!(self, Stop::Exited { .. } | Stop::Killed { .. })
    }

    /// The new tracee, at one of the three ways to make one.
    pub const fn new_child(&self) -> Option<Tid> {
        match self {
            Stop::Fork { child } | Stop::Vfork { child } | Stop::Clone { child } => Some(*child),
            _ => None,
        }
    }

    /// The signal to resume with if the tracee is not to notice the tracer: that of a signal-delivery-stop.
    pub const fn signal_to_deliver(&self) -> Option<Signal> {
        match self {
            Stop::SignalDelivery(signal) => Some(*signal),
            _ => None,
        }
    }
}

impl From<SyscallInfo> for Stop {
    /// The stop at which the kernel says this. ([`SyscallInfo::None`] is no syscall-stop: an unknown one.)
    fn from(info: SyscallInfo) -> Stop {
        match info {
            SyscallInfo::Entry(call) => Stop::SyscallEnter(call),
            SyscallInfo::Exit(exit) => Stop::SyscallExit(exit),
            SyscallInfo::Seccomp { call, data } => Stop::Seccomp { call, data },
            SyscallInfo::None { .. } => Stop::Other { event: 0 },
        }
    }
}

/// A stop, or an end, and the tracee it is about.
#[derive(PartialEq, Eq, Debug)]
pub struct Event {
    /// Which thread.
    pub tid: Tid,
    /// Why it stopped, or how it ended.
    pub stop: Stop,
    tracee: Option<Stopped>,
}

impl Event {
    pub(crate) fn new(waited: Waited, stop: Stop) -> Event {
        Event { tid: waited.tid, stop, tracee: waited.stopped() }
    }

    pub(crate) fn ended(tid: Tid, stop: Stop) -> Event {
        Event { tid, stop, tracee: None }
    }

    pub(crate) fn at(tracee: Stopped, stop: Stop) -> Event {
        Event { tid: tracee.tid(), stop, tracee: Some(tracee) }
    }

    /// The tracee, to look at it or change it. [`Error::Gone`] if it has ended.
    pub fn tracee(&self) -> Result<&Stopped> {
        self.tracee.as_ref().ok_or(Error::Gone(self.tid))
    }

    /// The tracee, to resume it by hand. `None` if it has ended.
    pub fn into_tracee(self) -> Option<Stopped> {
        self.tracee
    }
}
