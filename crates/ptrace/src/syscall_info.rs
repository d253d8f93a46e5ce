//! What a thread is asking of the kernel, or has been answered.

use std::{fmt, io, mem};

use crate::{
    Abi, Arch, Result, Tid,
    arch::X32_BIT,
    request::{Request, unsupported},
};

/// What the kernel knows about the system call a stopped thread is in (`PTRACE_GET_SYSCALL_INFO`, `ptrace(2)`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SyscallInfo {
    /// A syscall-enter-stop.
    Entry(SyscallEntry),
    /// A syscall-exit-stop.
    Exit(SyscallExit),
    /// A seccomp stop: about to be made, before any syscall-enter-stop.
    Seccomp {
        /// The call.
        call: SyscallEntry,
        /// The `SECCOMP_RET_DATA` part of what the filter returned.
        data: u32,
    },
    /// Not in a system call that concerns the tracer.
    None {
        /// The architecture the thread is running as.
        arch: Arch,
        /// Where it stands.
        instruction_pointer: u64,
        /// Its stack pointer.
        stack_pointer: u64,
    },
}

/// A system call about to be made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SyscallEntry {
    /// The architecture of the instruction that makes the call.
    pub arch: Arch,
    /// The address after that instruction.
    pub instruction_pointer: u64,
    /// The stack pointer.
    pub stack_pointer: u64,
    /// The syscall number as the thread gave it, with the x32 bit where it has one.
    pub nr: u64,
    /// The argument registers; zero-extended where the ABI's are 32 bits wide. Those the call does not take hold
    /// whatever they happen to hold.
    pub args: [u64; 6],
}

/// A system call that has been made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SyscallExit {
    /// The architecture of the instruction that made the call. A `rt_sigreturn` or an `execve` may have changed it.
    pub arch: Arch,
    /// Where the thread goes on.
    pub instruction_pointer: u64,
    /// The stack pointer.
    pub stack_pointer: u64,
    /// What the call returned: −errno if `is_error`.
    pub rval: i64,
    /// Whether it failed.
    pub is_error: bool,
}

/// A positive `errno`, which may be one of the kernel's own (512 and above: the call will be restarted).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Errno(pub i32);

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        io::Error::from_raw_os_error(self.0).fmt(f)
    }
}

impl SyscallEntry {
    /// The ABI of the call.
    pub const fn abi(&self) -> Abi {
        self.arch.abi(self.nr)
    }

    /// The number to look up in the table of [`Self::abi`]: without the x32 bit.
    pub const fn number(&self) -> u32 {
        match self.abi() {
            Abi::X32 => self.nr as u32 & !X32_BIT,
            _ => self.nr as u32,
        }
    }

    /// Whether it is no instruction that makes the call: the kernel emulates one of the functions of the vsyscall page,
    /// where the thread has jumped to (`arch/x86/entry/vsyscall`). A seccomp filter can stop it there, but neither
    /// syscall-enter-stop nor syscall-exit-stop follows, and a change of the call is punished with `SIGSYS`.
    pub const fn is_vsyscall(&self) -> bool {
        /// `VSYSCALL_ADDR` of `asm/vsyscall.h`.
        const PAGE: u64 = 0xffff_ffff_ff60_0000;
        matches!(self.arch, Arch::X86_64) && self.instruction_pointer & !0xfff == PAGE
    }
}

impl SyscallExit {
    /// The value, or the error.
    pub const fn result(&self) -> std::result::Result<u64, Errno> {
        if self.is_error { Err(Errno((self.rval as i32).wrapping_neg())) } else { Ok(self.rval as u64) }
    }
}

impl SyscallInfo {
    /// The architecture; see the variants.
    pub const fn arch(&self) -> Arch {
        match self {
            SyscallInfo::Entry(call) | SyscallInfo::Seccomp { call, .. } => call.arch,
            SyscallInfo::Exit(exit) => exit.arch,
            SyscallInfo::None { arch, .. } => *arch,
        }
    }

    /// The instruction pointer.
    pub const fn instruction_pointer(&self) -> u64 {
        match self {
            SyscallInfo::Entry(call) | SyscallInfo::Seccomp { call, .. } => call.instruction_pointer,
            SyscallInfo::Exit(exit) => exit.instruction_pointer,
            SyscallInfo::None { instruction_pointer, .. } => *instruction_pointer,
        }
    }

    /// The stack pointer.
    pub const fn stack_pointer(&self) -> u64 {
        match self {
            SyscallInfo::Entry(call) | SyscallInfo::Seccomp { call, .. } => call.stack_pointer,
            SyscallInfo::Exit(exit) => exit.stack_pointer,
            SyscallInfo::None { stack_pointer, .. } => *stack_pointer,
        }
    }
}

/// `struct ptrace_syscall_info` of `linux/ptrace.h`: the union as the words it is made of.
#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Raw {
    op: u8,
    reserved: [u8; 3],
    arch: u32,
    instruction_pointer: u64,
    stack_pointer: u64,
    words: [u64; 8],
}

const OP_ENTRY: u8 = 1;
const OP_EXIT: u8 = 2;
const OP_SECCOMP: u8 = 3;

impl Raw {
    #[inline(always)]
    fn entry(&self) -> SyscallEntry {
        let arch = Arch(self.arch);
        // A 32-bit call from 64-bit code leaves the upper halves of its registers in, of which the kernel takes no
        // notice either.
        let width = if arch.is_64_bit() { u64::MAX } else { u32::MAX.into() };
        let [nr, a, b, c, d, e, f, _] = self.words;
        SyscallEntry {
            arch,
            instruction_pointer: self.instruction_pointer,
            stack_pointer: self.stack_pointer,
            nr,
            args: [a, b, c, d, e, f].map(|arg| arg & width),
        }
    }

    fn first_byte_of(word: u64) -> u8 {
        word.to_ne_bytes()[0]
    }

    #[inline(always)]
    fn info(&self) -> SyscallInfo {
        match self.op {
            OP_ENTRY => SyscallInfo::Entry(self.entry()),
            OP_EXIT => SyscallInfo::Exit(SyscallExit {
                arch: Arch(self.arch),
                instruction_pointer: self.instruction_pointer,
                stack_pointer: self.stack_pointer,
                rval: self.words[0] as i64,
                is_error: Raw::first_byte_of(self.words[1]) != 0,
            }),
            OP_SECCOMP => {
                let bytes = self.words[7].to_ne_bytes();
                let data = u32::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
                SyscallInfo::Seccomp { call: self.entry(), data }
            }
            _ => SyscallInfo::None {
                arch: Arch(self.arch),
                instruction_pointer: self.instruction_pointer,
                stack_pointer: self.stack_pointer,
            },
        }
    }
}

#[inline(always)]
pub(crate) fn get(tid: Tid) -> Result<SyscallInfo> {
    let mut raw = Raw::default();
    let data = &raw mut raw as usize;
    // SAFETY: the kernel writes at most `addr` bytes to `data`, which is as large; any bytes make a valid `Raw`.
    unsafe { Request::GET_SYSCALL_INFO.make(tid, mem::size_of::<Raw>(), data) }.map_err(unsupported)?;
    Ok(raw.info())
}

/// Sets number and arguments at a syscall-enter-stop. Linux 6.16 and later.
pub(crate) fn set_entry(tid: Tid, call: &SyscallEntry, seccomp: bool) -> Result<()> {
    let [a, b, c, d, e, f] = call.args;
    // The kernel wants the number as a sign-extended int, so that -1 means "skip".
    let nr = i64::from(call.nr as i32) as u64;
    let op = if seccomp { OP_SECCOMP } else { OP_ENTRY };
    set(tid, &Raw { op, words: [nr, a, b, c, d, e, f, 0], ..Raw::default() })
}

/// Sets the result at a syscall-exit-stop. Linux 6.16 and later.
pub(crate) fn set_exit(tid: Tid, exit: &SyscallExit) -> Result<()> {
    let is_error = u64::from_ne_bytes([exit.is_error.into(), 0, 0, 0, 0, 0, 0, 0]);
    set(tid, &Raw { op: OP_EXIT, words: [exit.rval as u64, is_error, 0, 0, 0, 0, 0, 0], ..Raw::default() })
}

fn set(tid: Tid, raw: &Raw) -> Result<()> {
    // SAFETY: the kernel reads `addr` bytes from `data`, which is as large.
    let made =
        unsafe { Request::SET_SYSCALL_INFO.make(tid, mem::size_of::<Raw>(), raw as *const Raw as usize) };
    made.map(drop).map_err(unsupported)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layout_is_the_kernels() {
        assert_eq!(mem::size_of::<Raw>(), 88);
        assert_eq!(mem::offset_of!(Raw, words), 24);
    }

    #[test]
    fn calls_of_the_vsyscall_page_are_told_by_where_they_are_made() {
        let at = |arch, instruction_pointer| {
            SyscallEntry { arch, instruction_pointer, stack_pointer: 0, nr: 201, args: [0; 6] }.is_vsyscall()
        };
        assert!(at(Arch::X86_64, 0xffff_ffff_ff60_0000) && at(Arch::X86_64, 0xffff_ffff_ff60_0800));
        assert!(!at(Arch::X86_64, 0xffff_ffff_ff60_1000) && !at(Arch::X86_64, 0x40_1000));
        assert!(!at(Arch::AARCH64, 0xffff_ffff_ff60_0000));
    }

    #[test]
    fn a_result_is_a_value_or_an_errno() {
        let exit = SyscallExit {
            arch: Arch::X86_64,
            instruction_pointer: 0,
            stack_pointer: 0,
            rval: -2,
            is_error: true,
        };
        assert_eq!(exit.result(), Err(Errno(libc::ENOENT)));
        assert_eq!(SyscallExit { rval: -2, is_error: false, ..exit }.result(), Ok(-2_i64 as u64));
    }
}
