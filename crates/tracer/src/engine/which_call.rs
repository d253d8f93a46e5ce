//! Which call a stopped tracee is at, and at which end: the kernel says it, or else the registers and what is known of
//! the tracee.
//!
//! Kernels before 5.3 have no `PTRACE_GET_SYSCALL_INFO`, and sandboxes may refuse it.

use super::tracee::Phase;
use ptrace::{Stopped, SyscallInfo, SyscallStop, UnlessGone};

/// Whom to ask.
#[derive(Debug, Default)]
pub(super) struct WhichCall {
    /// The kernel has not answered once, and never will.
    by_registers: bool,
}

impl WhichCall {
    /// What the kernel says of a tracee; the error is [`ptrace::Error::Unsupported`] if it can't tell.
    #[inline(always)]
    pub(super) fn ask(&self, stopped: &Stopped) -> ptrace::Result<SyscallInfo> {
        if self.by_registers {
            return Err(ptrace::Error::Unsupported { request: "PTRACE_GET_SYSCALL_INFO" });
        }
        stopped.syscall_info()
    }

    /// What a tracee is at that must be at such a stop, where the kernel can't tell.
    pub(super) fn guess(&mut self, stopped: &Stopped, stop: SyscallStop) -> ptrace::Result<SyscallInfo> {
        self.by_registers = true;
        stopped.syscall_info_from_registers(stop)
    }

    /// What a tracee is at that must be at such a stop; nothing if it is gone.
    pub(super) fn at(&mut self, stopped: &Stopped, stop: SyscallStop) -> ptrace::Result<Option<SyscallInfo>> {
        match self.ask(stopped) {
            Err(ptrace::Error::Unsupported { .. }) => self.guess(stopped, stop),
            info => info,
        }
        .unless_gone()
    }
}

/// At which end of a call a tracee must be that has come to a syscall-stop in this phase.
pub(super) fn end_of(phase: &Phase) -> SyscallStop {
    match phase {
        Phase::Inside(_) | Phase::Skipping => SyscallStop::Exit,
        Phase::Outside | Phase::Unknown => SyscallStop::Enter,
    }
}
