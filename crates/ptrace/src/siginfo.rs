//! What came with a signal.

use std::fmt;

use crate::{Addr, Result, Signal, Tid, request::Request};

/// A `siginfo_t` as the tracer's own kernel ABI lays it out: 128 bytes.
///
/// Which fields mean something depends on the signal and on [`Self::code`] (`sigaction(2)`); the accessors read the
/// bytes where the named field would be, and leave it to the caller to know that it is there. The layout is the
/// tracer's also for a 32-bit tracee: the kernel converts.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(C, align(8))]
pub struct SigInfo([u8; 128]);

/// The offset of the union after `si_signo`, `si_errno` and `si_code`: aligned for pointers.
const FIELDS: usize = if size_of::<usize>() == 8 { 16 } else { 12 };
/// The offset of what follows a pair of `pid` and `uid`.
const AFTER_IDS: usize = FIELDS + 8;

impl SigInfo {
    /// The siginfo of these bytes.
    pub const fn from_bytes(bytes: [u8; 128]) -> SigInfo {
        SigInfo(bytes)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 128] {
        &self.0
    }

    /// `si_signo`.
    pub fn signal_number(&self) -> i32 {
        self.int(0)
    }

    /// `si_signo` as a signal; `None` if it is out of range.
    pub fn signal(&self) -> Option<Signal> {
        Signal::new(self.signal_number())
    }

    /// `si_errno`, which Linux hardly ever sets.
    pub fn errno(&self) -> i32 {
        self.int(4)
    }

    /// `si_code`: who sent it, or what exactly happened. Above 0, it is the kernel's own.
    pub fn code(&self) -> i32 {
        self.int(8)
    }

    /// `si_pid`: the sender (`SI_USER`, `SI_QUEUE`, `SI_TKILL`) or the child (`SIGCHLD`).
    pub fn pid(&self) -> i32 {
        self.int(FIELDS)
    }

    /// `si_uid`: the real user of that process.
    pub fn uid(&self) -> u32 {
        self.int(FIELDS + 4) as u32
    }

    /// `si_status` of a `SIGCHLD`: exit status or signal.
    pub fn status(&self) -> i32 {
        self.int(AFTER_IDS)
    }

    /// `si_value`, as the pointer-sized word that was queued with the signal.
    pub fn value(&self) -> u64 {
        self.word(AFTER_IDS)
    }

    /// `si_timerid` of a POSIX timer (`SI_TIMER`).
    pub fn timer_id(&self) -> i32 {
        self.int(FIELDS)
    }

    /// `si_overrun` of a POSIX timer.
    pub fn overrun(&self) -> i32 {
        self.int(FIELDS + 4)
    }

    /// `si_addr`: the faulting address of a `SIGSEGV`, `SIGBUS`, `SIGILL`, `SIGFPE` or `SIGTRAP`.
    pub fn address(&self) -> Addr {
        Addr(self.word(FIELDS))
    }

    /// `si_band` of a `SIGIO`.
    pub fn band(&self) -> i64 {
        self.word(FIELDS) as i64
    }

    /// `si_fd` of a `SIGIO`.
    pub fn fd(&self) -> i32 {
        self.int(FIELDS + size_of::<usize>())
    }

    /// `si_call_addr` of a `SIGSYS`: the address of the call.
    pub fn call_address(&self) -> Addr {
        Addr(self.word(FIELDS))
    }

    /// `si_syscall` of a `SIGSYS`.
    pub fn syscall(&self) -> i32 {
        self.int(FIELDS + size_of::<usize>())
    }

    /// `si_arch` of a `SIGSYS`: an `AUDIT_ARCH_*` value.
    pub fn arch(&self) -> u32 {
        self.int(FIELDS + size_of::<usize>() + 4) as u32
    }

    fn int(&self, at: usize) -> i32 {
        let mut bytes = [0; 4];
        bytes.copy_from_slice(&self.0[at..at + 4]);
        i32::from_ne_bytes(bytes)
    }

    fn word(&self, at: usize) -> u64 {
        let mut bytes = [0; size_of::<usize>()];
        bytes.copy_from_slice(&self.0[at..at + size_of::<usize>()]);
        usize::from_ne_bytes(bytes) as u64
    }
}

impl fmt::Debug for SigInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigInfo")
            .field("signal_number", &self.signal_number())
            .field("errno", &self.errno())
            .field("code", &self.code())
            .finish_non_exhaustive()
    }
}

pub(crate) fn get(tid: Tid) -> Result<SigInfo> {
    let mut info = SigInfo([0; 128]);
    // SAFETY: the kernel writes one siginfo_t, 128 bytes, to `data`.
    unsafe { Request::GETSIGINFO.make(tid, 0, &raw mut info as usize) }?;
    Ok(info)
}

pub(crate) fn set(tid: Tid, info: &SigInfo) -> Result<()> {
    // SAFETY: the kernel reads one siginfo_t, 128 bytes, from `data`.
    unsafe { Request::SETSIGINFO.make(tid, 0, info as *const SigInfo as usize) }.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_where_the_c_library_has_them() {
        // SAFETY: a siginfo_t of zeroes is a valid one.
        let mut c: libc::siginfo_t = unsafe { std::mem::zeroed() };
        assert_eq!(size_of::<libc::siginfo_t>(), 128);
        (c.si_signo, c.si_errno, c.si_code) = (17, 1, 2);
        // SAFETY: both types are 128 bytes, all of them initialised.
        let info = SigInfo(unsafe { std::mem::transmute::<libc::siginfo_t, [u8; 128]>(c) });
        assert_eq!((info.signal(), info.errno(), info.code()), (Some(Signal::CHLD), 1, 2));
        let mut bytes = *info.as_bytes();
        bytes[FIELDS..FIELDS + 4].copy_from_slice(&77_i32.to_ne_bytes());
        // SAFETY: as above, the other way; si_pid reads an int of the union, and any int is valid.
        let pid = unsafe { std::mem::transmute::<[u8; 128], libc::siginfo_t>(bytes).si_pid() };
        assert_eq!((pid, SigInfo::from_bytes(bytes).pid()), (77, 77));
    }
}
