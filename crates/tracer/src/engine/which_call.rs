//! Which call a stopped tracee is at, and at which end: the kernel says it, or else the registers and what is known of
//! the tracee.
//!
//! Kernels before 5.3 have no `PTRACE_GET_SYSCALL_INFO`, and sandboxes may refuse it.

use super::tracee::Phase;
use ptrace::{Stopped, SyscallInfo, SyscallStop};

/// Whom to ask.
#[derive(Debug, Default)]
pub(super) struct WhichCall {
    /// The kernel has not answered once, and never will.
    by_registers: bool,
}

impl WhichCall {
    /// What the tracee is at: `stop` is where it must be if the kernel does not tell.
    pub(super) fn read(&mut self, stopped: &Stopped, stop: SyscallStop) -> ptrace::Result<SyscallInfo> {
        if !self.by_registers {
            match stopped.syscall_info() {
                Err(ptrace::Error::Unsupported { .. }) => self.by_registers = true,
                info => return info,
            }
        }
        stopped.syscall_info_from_registers(stop)
    }
}

/// At which end of a call a tracee must be that has come to a syscall-stop in this phase.
pub(super) fn end_of(phase: &Phase) -> SyscallStop {
    match phase {
        Phase::Inside(_) | Phase::Skipping => SyscallStop::Exit,
        Phase::Outside | Phase::Unknown => SyscallStop::Enter,
    }
}
