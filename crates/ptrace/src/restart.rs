//! Making a call once more that an interruption has ended.

use crate::{Error, Result, Stopped, SyscallExit, SyscallInfo};

/// What a call returns within the kernel that is to be made again unless a signal handler runs first, and to fail with
/// `EINTR` if one does (`linux/errno.h`).
pub const ERESTARTNOHAND: i64 = 514;

/// Whether the kernel looks for that after the stops on the way back to user space. On other architectures it has
/// looked before them, and set the registers for a call that is made again.
const LOOKS_LATE: bool = cfg!(any(target_arch = "x86_64", target_arch = "x86"));

impl Stopped {
    /// Has the kernel make the call again that the thread comes from, unless a signal handler runs before: then the
    /// call fails with `EINTR`. For calls that an interruption alone has made fail.
    ///
    /// At a syscall-exit-stop. At the stops behind that (signal-delivery-stop, [`crate::Stop::EventStop`]) only on x86;
    /// false where it is too late. The caller has made sure that the thread comes from a call.
    pub fn restart_syscall(&self) -> Result<bool> {
        match self.syscall_info() {
            Ok(SyscallInfo::Exit(exit)) => self.restart_at_exit(&exit).map(|()| true),
            Ok(_) | Err(Error::Unsupported { .. }) if LOOKS_LATE => {
                let mut registers = self.registers()?;
                registers.set_return_value(-ERESTARTNOHAND);
                self.set_registers(&registers).map(|()| true)
            }
            Ok(_) | Err(Error::Unsupported { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The same at a syscall-exit-stop that has been read.
    pub fn restart_at_exit(&self, exit: &SyscallExit) -> Result<()> {
        self.set_syscall_exit(&SyscallExit { rval: -ERESTARTNOHAND, is_error: true, ..*exit })
    }
}
