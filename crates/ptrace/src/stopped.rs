//! A tracee that stands still, and one that runs.
//!
//! Almost every ptrace request needs its tracee to be stopped, and some set it running again. The two types here say
//! so: requests that resume take the [`Stopped`] and give back a [`Running`]; only waiting gives a [`Stopped`] again.
//! Asking a running thread for its registers, or resuming one twice, does not compile:
//!
//! ```compile_fail
//! # fn wrong(tracee: strax_ptrace::Stopped) -> strax_ptrace::Result<()> {
//! let running = tracee.cont(None)?;
//! tracee.registers()?; // error[E0382]: borrow of moved value: `tracee`
//! # Ok(())
//! # }
//! ```

use crate::{
    Error, Event, Memory, Options, Registers, Result, SigInfo, Signal, SignalSet, Stop, SyscallEntry,
    SyscallExit, SyscallInfo, Tid, WaitFlags, regs, request::Request, siginfo, syscall_info, wait::wait_tid,
};

/// How a tracee goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Resume {
    /// Until something other than a system call happens (`PTRACE_CONT`).
    Cont,
    /// Until it enters or leaves a system call as well (`PTRACE_SYSCALL`).
    Syscall,
    /// For one instruction (`PTRACE_SINGLESTEP`).
    Step,
}

/// Which end of a system call, for [`Stopped::syscall_info_from_registers`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SyscallStop {
    /// About to be made.
    Enter,
    /// Made.
    Exit,
    /// Before that: a seccomp filter has said `SECCOMP_RET_TRACE`.
    Seccomp,
}

/// A tracee in a ptrace-stop: it can be looked at, changed, and resumed.
///
/// Every request may answer [`Error::Gone`], because a `SIGKILL` ends a ptrace-stop from outside. Dropping a
/// `Stopped` leaves the thread stopped.
#[derive(PartialEq, Eq, Debug)]
#[must_use = "the tracee stays stopped until it is resumed or detached"]
pub struct Stopped {
    tid: Tid,
}

/// A tracee that is not known to be stopped: it can only be interrupted, killed, or waited for.
#[derive(PartialEq, Eq, Debug)]
pub struct Running {
    tid: Tid,
}

impl Running {
    /// Takes the caller's word that `tid` is a tracee of the calling thread.
    ///
    /// For tracers that keep their own table of threads. A wrong word is answered by the kernel with
    /// [`Error::Gone`]; nothing worse happens.
    pub const fn assume(tid: Tid) -> Running {
        Running { tid }
    }

    /// Its id.
    pub const fn tid(&self) -> Tid {
        self.tid
    }

    /// Asks it to stop (`PTRACE_INTERRUPT`): a [`Stop::EventStop`] follows, unless it stops for another reason first.
    /// Only seized tracees can be interrupted. A system call it sleeps in is restarted unseen.
    pub fn interrupt(&self) -> Result<()> {
        Request::INTERRUPT.plain(self.tid, 0, 0)
    }

    /// Kills its process (`SIGKILL`). The end is then to be waited for.
    pub fn kill(&self) -> Result<()> {
        kill(self.tid)
    }

    /// Waits for its next stop, or its end. Waits again when a signal to the tracer interrupts it.
    pub fn wait(self) -> Result<Event> {
        loop {
            match wait_tid(self.tid, WaitFlags::BLOCK) {
                Ok(Some(waited)) => match Stop::read(waited) {
                    Ok(stop) => return Ok(Event::new(waited, stop)),
                    // Killed in the middle of a stop: its end comes next.
                    Err(Error::Gone(_)) => {}
                    Err(error) => return Err(error),
                },
                Ok(None) | Err(Error::Interrupted) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Its memory, which can also be read while it runs.
    pub const fn memory(&self) -> Memory {
        Memory::of(self.tid)
    }
}

/// Resuming: requests that take the tracee.
impl Stopped {
    /// Takes the caller's word that `tid` is a tracee of the calling thread, and stopped.
    ///
    /// For tracers that work on wait statuses and keep their own table of threads: call it when a [`crate::Waited`]
    /// said that the thread stopped, once per stop. A wrong word is answered by the kernel with [`Error::Gone`];
    /// nothing worse happens.
    pub const fn assume(tid: Tid) -> Stopped {
        Stopped { tid }
    }

    /// Goes on until something other than a system call happens. `deliver` is the signal to go on with: the one of a
    /// [`Stop::SignalDelivery`] to let it through, another to replace it, `None` to suppress it.
    pub fn cont(self, deliver: Option<Signal>) -> Result<Running> {
        self.resume(Resume::Cont, deliver)
    }

    /// Goes on until the next syscall-stop or other stop. `deliver`: as for [`Self::cont`].
    pub fn syscall(self, deliver: Option<Signal>) -> Result<Running> {
        self.resume(Resume::Syscall, deliver)
    }

    /// Goes on for one instruction; a [`Signal::TRAP`] follows. From within a system call (at its entry, or at an event
    /// such as [`Stop::Exec`]) the step is the rest of the call. `deliver`: as for [`Self::cont`].
    pub fn step(self, deliver: Option<Signal>) -> Result<Running> {
        self.resume(Resume::Step, deliver)
    }

    /// Goes on as `how` says. `deliver`: as for [`Self::cont`].
    #[inline]
    pub fn resume(self, how: Resume, deliver: Option<Signal>) -> Result<Running> {
        let request = match how {
            Resume::Cont => Request::CONT,
            Resume::Syscall => Request::SYSCALL,
            Resume::Step => Request::SINGLESTEP,
        };
        request.plain(self.tid, 0, Signal::or_zero(deliver))?;
        Ok(Running { tid: self.tid })
    }

    /// Out of a group-stop, keeping it stopped as its user wants it, until `SIGCONT` (`PTRACE_LISTEN`).
    /// Only at a [`Stop::GroupStop`] or a [`Stop::EventStop`] of a seized tracee.
    pub fn listen(self) -> Result<Running> {
        Request::LISTEN.plain(self.tid, 0, 0)?;
        Ok(Running { tid: self.tid })
    }

    /// Lets it go on untraced. `deliver`: as for [`Self::cont`].
    pub fn detach(self, deliver: Option<Signal>) -> Result<()> {
        Request::DETACH.plain(self.tid, 0, Signal::or_zero(deliver))
    }

    /// Kills its process (`SIGKILL`). The end is then to be waited for.
    pub fn kill(self) -> Result<Running> {
        kill(self.tid)?;
        Ok(Running { tid: self.tid })
    }
}

/// Looking at it and changing it.
impl Stopped {
    /// Its id.
    pub const fn tid(&self) -> Tid {
        self.tid
    }

    /// Its memory.
    pub const fn memory(&self) -> Memory {
        Memory::of(self.tid)
    }

    /// The system call it is in, and at which end. [`Error::Unsupported`] before Linux 5.3.
    #[inline(always)]
    pub fn syscall_info(&self) -> Result<SyscallInfo> {
        syscall_info::get(self.tid)
    }

    /// The same from the registers, for kernels that cannot tell: the caller has counted the stops and knows which
    /// end it is at. An `int $0x80` from 64-bit x86 code is then taken for a 64-bit call.
    pub fn syscall_info_from_registers(&self, at: SyscallStop) -> Result<SyscallInfo> {
        let info = regs::syscall_info(&self.registers()?, at);
        Ok(match (at, info) {
            (SyscallStop::Seccomp, SyscallInfo::Entry(call)) => {
                SyscallInfo::Seccomp { call, data: self.event_message()? as u32 }
            }
            (_, info) => info,
        })
    }

    /// Changes the call it is about to make: `nr` and `args` of `call`. At a syscall-enter or seccomp stop.
    ///
    /// By `PTRACE_SET_SYSCALL_INFO` (Linux 6.16) or else by the registers.
    pub fn set_syscall_entry(&self, call: &SyscallEntry) -> Result<()> {
        // The kernel asks which kind of stop this is meant for; it knows, so a wrong guess is simply corrected.
        match syscall_info::set_entry(self.tid, call, false) {
            Err(Error::Request { source, .. }) if source.raw_os_error() == Some(libc::EINVAL) => {
                syscall_info::set_entry(self.tid, call, true)
            }
            Err(Error::Unsupported { .. }) => regs::set_entry(self.tid, call),
            made => made,
        }
    }

    /// Changes the result of the call it has made: `rval` and `is_error` of `exit`. At a syscall-exit-stop.
    ///
    /// By `PTRACE_SET_SYSCALL_INFO` (Linux 6.16) or else by the registers.
    pub fn set_syscall_exit(&self, exit: &SyscallExit) -> Result<()> {
        match syscall_info::set_exit(self.tid, exit) {
            Err(Error::Unsupported { .. }) => regs::set_exit(self.tid, exit),
            made => made,
        }
    }

    /// Keeps it from making the call it is about to make, and answers `rval` (−errno for an error) in the kernel's
    /// place. At a syscall-enter or seccomp stop.
    pub fn skip_syscall(&self, rval: i64) -> Result<()> {
        regs::skip(self.tid, rval)
    }

    /// Takes it back to before a call, which it makes once more when it goes on: what the kernel does to restart one.
    /// `call` is the call, and `registers` are what [`Self::registers`] said as it was about to be made. At the
    /// syscall-exit-stop of whatever was made in its place.
    pub fn rewind_syscall(&self, registers: &Registers, call: &SyscallEntry) -> Result<()> {
        regs::rewind(self.tid, *registers, call)
    }

    /// What came with an event (`PTRACE_GETEVENTMSG`): the new tid, the exit status, the former tid. [`Stop::read`]
    /// asks for it by itself.
    pub fn event_message(&self) -> Result<u64> {
        let mut message: libc::c_ulong = 0;
        // SAFETY: the kernel writes one unsigned long to `data`.
        unsafe { Request::GETEVENTMSG.make(self.tid, 0, &raw mut message as usize) }?;
        #[allow(clippy::unnecessary_cast, reason = "an unsigned long is 32 bits wide elsewhere")]
        Ok(message as u64)
    }

    /// What came with the signal it is about to take. `EINVAL` in a group-stop.
    pub fn siginfo(&self) -> Result<SigInfo> {
        siginfo::get(self.tid)
    }

    /// Changes what comes with the signal it is about to take.
    pub fn set_siginfo(&self, info: &SigInfo) -> Result<()> {
        siginfo::set(self.tid, info)
    }

    /// The signals it blocks (`PTRACE_GETSIGMASK`).
    pub fn signal_mask(&self) -> Result<SignalSet> {
        let mut bits = 0_u64;
        // SAFETY: the kernel writes `addr` bytes, the size of its sigset, to `data`.
        unsafe { Request::GETSIGMASK.make(self.tid, size_of::<u64>(), &raw mut bits as usize) }?;
        Ok(SignalSet::from_bits(bits))
    }

    /// Sets the signals it blocks (`PTRACE_SETSIGMASK`).
    pub fn set_signal_mask(&self, mask: SignalSet) -> Result<()> {
        let bits = mask.bits();
        // SAFETY: the kernel reads `addr` bytes, the size of its sigset, from `data`.
        unsafe { Request::SETSIGMASK.make(self.tid, size_of::<u64>(), &raw const bits as usize) }.map(drop)
    }

    /// Its general registers.
    pub fn registers(&self) -> Result<Registers> {
        regs::read(self.tid)
    }

    /// Sets its general registers. The layout must be that of the mode it runs in: that of [`Self::registers`].
    pub fn set_registers(&self, registers: &Registers) -> Result<()> {
        regs::write(self.tid, registers)
    }

    /// Changes what it reports (`PTRACE_SETOPTIONS`).
    pub fn set_options(&self, options: Options) -> Result<()> {
        Request::SETOPTIONS.plain(self.tid, 0, options.to_request())
    }
}

fn kill(tid: Tid) -> Result<()> {
    // SAFETY: kill touches no memory of ours.
    if unsafe { libc::kill(tid.raw(), libc::SIGKILL) } == 0 {
        return Ok(());
    }
    let source = std::io::Error::last_os_error();
    match source.raw_os_error() {
        Some(libc::ESRCH) => Err(Error::Gone(tid)),
        _ => Err(Error::Request { request: "kill", tid, source }),
    }
}
