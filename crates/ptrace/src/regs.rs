//! The general registers of a stopped thread.
//!
//! One request reads them (`PTRACE_GETREGSET` with `NT_PRSTATUS`), and the *length* the kernel returns says which
//! layout they have: a 64-bit kernel shows a 32-bit tracee's registers in the 32-bit layout. [`Registers`] is that
//! choice as an enum, with the questions every tracer asks answered for each.

use std::mem;

use crate::{
    Error, Result, SyscallEntry, SyscallExit, SyscallInfo, Tid,
    request::{Request, unsupported},
    stopped::SyscallStop,
};

// The layouts are plain data: tests have all of them, whatever machine they run on.
#[cfg(any(test, target_arch = "aarch64"))]
#[cfg_attr(not(target_arch = "aarch64"), allow(dead_code, unreachable_pub, reason = "for its tests"))]
mod aarch64;
#[cfg(any(test, target_arch = "riscv64"))]
#[cfg_attr(not(target_arch = "riscv64"), allow(dead_code, unreachable_pub, reason = "for its tests"))]
mod riscv64;
#[cfg(any(test, target_arch = "x86_64", target_arch = "x86"))]
#[cfg_attr(
    not(any(target_arch = "x86_64", target_arch = "x86")),
    allow(dead_code, unreachable_pub, reason = "for its tests")
)]
mod x86;

#[cfg(target_arch = "aarch64")]
use aarch64 as machine;
#[cfg(target_arch = "riscv64")]
use riscv64 as machine;
#[cfg(any(target_arch = "x86_64", target_arch = "x86"))]
use x86 as machine;

pub use machine::*;

/// `NT_PRSTATUS` of `linux/elf.h`: the general registers.
const NT_PRSTATUS: usize = 1;

/// Room for the largest layout of any architecture, aligned for all of them.
#[repr(C, align(8))]
pub(crate) struct Buffer([u8; 512]);

impl Buffer {
    /// The registers of type `R` that start the buffer.
    pub(crate) fn get<R: Layout>(&self) -> R {
        const { assert!(mem::size_of::<R>() <= 512 && mem::align_of::<R>() <= 8) };
        // SAFETY: the buffer is as large and as aligned as `R`, and any bytes make an `R`, by `Layout`'s contract.
        unsafe { self.0.as_ptr().cast::<R>().read() }
    }
}

/// A register layout of the kernel.
///
/// # Safety
///
/// The type is `repr(C)` and made of integers only, without padding.
pub(crate) unsafe trait Layout: Copy {
    fn bytes(&self) -> &[u8] {
        // SAFETY: by the trait's contract each byte of the value is initialised.
        unsafe { std::slice::from_raw_parts((self as *const Self).cast::<u8>(), mem::size_of::<Self>()) }
    }
}

/// Reads one register set: the buffer and how much of it the kernel filled.
pub(crate) fn read_set(tid: Tid, which: usize) -> Result<(Buffer, usize)> {
    let mut buffer = Buffer([0; 512]);
    let mut part = libc::iovec { iov_base: buffer.0.as_mut_ptr().cast(), iov_len: buffer.0.len() };
    // SAFETY: `part` is an iovec over `buffer`, both of which outlive the call; the kernel updates its length.
    unsafe { Request::GETREGSET.make(tid, which, &raw mut part as usize) }.map_err(unsupported)?;
    Ok((buffer, part.iov_len))
}

/// Writes one register set.
pub(crate) fn write_set(tid: Tid, which: usize, bytes: &[u8]) -> Result<()> {
    let mut part = libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
    // SAFETY: `part` is an iovec over `bytes`, from which this request only reads.
    unsafe { Request::SETREGSET.make(tid, which, &raw mut part as usize) }.map(drop).map_err(unsupported)
}

/// The registers, by the older request where the newer one is not to be had.
pub(crate) fn read(tid: Tid) -> Result<Registers> {
    const LACKING: Error = Error::Unsupported { request: "PTRACE_GETREGSET" };
    match read_set(tid, NT_PRSTATUS) {
        Ok((buffer, length)) => Registers::from_layout(&buffer, length).ok_or(LACKING),
        Err(Error::Unsupported { .. }) => machine::read_by_old_request(tid)?.ok_or(LACKING),
        Err(error) => Err(error),
    }
}

pub(crate) fn write(tid: Tid, registers: &Registers) -> Result<()> {
    match write_set(tid, NT_PRSTATUS, registers.bytes()) {
        Err(Error::Unsupported { .. }) => machine::write_by_old_request(tid, registers),
        made => made,
    }
}

/// What `PTRACE_GET_SYSCALL_INFO` would say, made from the registers.
pub(crate) fn syscall_info(registers: &Registers, at: SyscallStop) -> SyscallInfo {
    let arch = registers.arch();
    let (instruction_pointer, stack_pointer) = (registers.instruction_pointer(), registers.stack_pointer());
    match at {
        SyscallStop::Enter | SyscallStop::Seccomp => SyscallInfo::Entry(SyscallEntry {
            arch,
            instruction_pointer,
            stack_pointer,
            nr: registers.syscall_number(),
            args: registers.syscall_args(arch),
        }),
        SyscallStop::Exit => {
            let rval = registers.return_value();
            let is_error = (-MAX_ERRNO..0).contains(&rval);
            SyscallInfo::Exit(SyscallExit { arch, instruction_pointer, stack_pointer, rval, is_error })
        }
    }
}

/// The largest number a system call returns, negated, for an error (`linux/err.h`).
const MAX_ERRNO: i64 = 4095;

/// Sets number and arguments by the registers, for kernels without `PTRACE_SET_SYSCALL_INFO`.
pub(crate) fn set_entry(tid: Tid, call: &SyscallEntry) -> Result<()> {
    let mut registers = read(tid)?;
    registers.set_syscall_args(call.arch, call.args);
    registers.set_syscall_number(call.nr);
    write(tid, &registers)?;
    machine::commit_syscall_number(tid, call.nr)
}

/// Sets the result by the registers, for kernels without `PTRACE_SET_SYSCALL_INFO`.
pub(crate) fn set_exit(tid: Tid, exit: &SyscallExit) -> Result<()> {
    let mut registers = read(tid)?;
    registers.set_return_value(exit.rval);
    write(tid, &registers)
}

/// Makes the call the thread is about to make no call at all, and `rval` its result.
pub(crate) fn skip(tid: Tid, rval: i64) -> Result<()> {
    let mut registers = read(tid)?;
    registers.set_syscall_number(NO_CALL);
    registers.set_return_value(rval);
    write(tid, &registers)?;
    machine::commit_syscall_number(tid, NO_CALL)
}

/// Takes the thread back to before `call`, as it was about to be made with these registers. It is in no call then, so
/// that the kernel does not take what is in the result's register for a call to restart.
pub(crate) fn rewind(tid: Tid, mut registers: Registers, call: &SyscallEntry) -> Result<()> {
    registers.rewind_syscall(call);
    write(tid, &registers)?;
    machine::commit_syscall_number(tid, NO_CALL)
}

/// The number of no call.
const NO_CALL: u64 = u64::MAX;
