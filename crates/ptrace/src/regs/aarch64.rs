//! ARM: the 64-bit and the 32-bit layout.

use super::{Buffer, Layout, write_set};
use crate::{Arch, Result, Tid};

/// The registers of a thread in 64-bit mode (`struct user_pt_regs` of `asm/ptrace.h`).
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Aarch64Registers {
    /// `x0` to `x30`.
    pub x: [u64; 31],
    /// The stack pointer.
    pub sp: u64,
    /// The instruction pointer.
    pub pc: u64,
    /// Flags and mode.
    pub pstate: u64,
}

/// The registers of a thread in 32-bit mode (the ARM `struct user_regs`).
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ArmRegisters {
    /// `r0` to `r15`: 13 is the stack pointer, 14 the link register, 15 the instruction pointer.
    pub r: [u32; 16],
    /// Flags and mode.
    pub cpsr: u32,
    /// `r0` as it was when the call was made.
    pub orig_r0: u32,
}

// SAFETY: 34 u64 in a repr(C) struct, without padding.
unsafe impl Layout for Aarch64Registers {}
// SAFETY: 18 u32 in a repr(C) struct, without padding.
unsafe impl Layout for ArmRegisters {}

/// The general registers of a stopped thread, in the layout of the mode it runs in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Registers {
    /// 64-bit mode.
    Aarch64(Aarch64Registers),
    /// 32-bit mode.
    Arm(ArmRegisters),
}

/// The instruction a software breakpoint is made of (`brk #0`).
pub(crate) const BREAKPOINT: [u8; 4] = 0xd420_0000_u32.to_le_bytes();
/// How far behind a breakpoint's address the instruction pointer is once it was hit.
pub(crate) const AFTER_BREAKPOINT: u64 = 0;

/// `NT_ARM_SYSTEM_CALL` of `linux/elf.h`.
const NT_ARM_SYSTEM_CALL: usize = 0x404;

/// The number the kernel acts upon is no general register here, but a set of its own.
pub(super) fn commit_syscall_number(tid: Tid, nr: u64) -> Result<()> {
    write_set(tid, NT_ARM_SYSTEM_CALL, &(nr as i32).to_ne_bytes())
}

impl Registers {
    pub(super) fn from_layout(buffer: &Buffer, length: usize) -> Option<Registers> {
        match length {
            272 => Some(Registers::Aarch64(buffer.get())),
            72 => Some(Registers::Arm(buffer.get())),
            _ => None,
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Registers::Aarch64(registers) => registers.bytes(),
            Registers::Arm(registers) => registers.bytes(),
        }
    }

    /// The architecture of the mode the thread runs in.
    pub const fn arch(&self) -> Arch {
        match self {
            Registers::Aarch64(_) => Arch::AARCH64,
            Registers::Arm(_) => Arch::ARM,
        }
    }

    /// The address of the next instruction.
    pub const fn instruction_pointer(&self) -> u64 {
        match self {
            Registers::Aarch64(registers) => registers.pc,
            Registers::Arm(registers) => registers.r[15] as u64,
        }
    }

    /// Makes the thread go on at `address` (cut to 32 bits in 32-bit mode).
    pub const fn set_instruction_pointer(&mut self, address: u64) {
        match self {
            Registers::Aarch64(registers) => registers.pc = address,
            Registers::Arm(registers) => registers.r[15] = address as u32,
        }
    }

    /// The stack pointer.
    pub const fn stack_pointer(&self) -> u64 {
        match self {
            Registers::Aarch64(registers) => registers.sp,
            Registers::Arm(registers) => registers.r[13] as u64,
        }
    }

    /// Sets the stack pointer (cut to 32 bits in 32-bit mode).
    pub const fn set_stack_pointer(&mut self, address: u64) {
        match self {
            Registers::Aarch64(registers) => registers.sp = address,
            Registers::Arm(registers) => registers.r[13] = address as u32,
        }
    }

    /// The register that holds the syscall number when a call is made.
    pub const fn syscall_number(&self) -> u64 {
        match self {
            Registers::Aarch64(registers) => registers.x[8] as i32 as i64 as u64,
            Registers::Arm(registers) => registers.r[7] as i32 as i64 as u64,
        }
    }

    /// Sets that register. The call about to be made is changed by [`crate::Stopped::set_syscall_entry`] only.
    pub const fn set_syscall_number(&mut self, nr: u64) {
        match self {
            Registers::Aarch64(registers) => registers.x[8] = nr as i32 as i64 as u64,
            Registers::Arm(registers) => registers.r[7] = nr as u32,
        }
    }

    /// The argument registers of a call.
    pub const fn syscall_args(&self, _: Arch) -> [u64; 6] {
        match self {
            Registers::Aarch64(registers) => {
                let x = &registers.x;
                [x[0], x[1], x[2], x[3], x[4], x[5]]
            }
            Registers::Arm(registers) => {
                let r = &registers.r;
                [r[0] as u64, r[1] as u64, r[2] as u64, r[3] as u64, r[4] as u64, r[5] as u64]
            }
        }
    }

    /// Sets the argument registers of a call.
    pub fn set_syscall_args(&mut self, _: Arch, args: [u64; 6]) {
        match self {
            Registers::Aarch64(registers) => registers.x[..6].copy_from_slice(&args),
            Registers::Arm(registers) => {
                for (register, arg) in registers.r.iter_mut().zip(args) {
                    *register = arg as u32;
                }
                registers.orig_r0 = args[0] as u32;
            }
        }
    }

    /// The register in which system calls and functions leave their result, sign-extended.
    pub const fn return_value(&self) -> i64 {
        match self {
            Registers::Aarch64(registers) => registers.x[0] as i64,
            Registers::Arm(registers) => registers.r[0] as i32 as i64,
        }
    }

    /// Sets the register of [`Self::return_value`].
    pub const fn set_return_value(&mut self, value: i64) {
        match self {
            Registers::Aarch64(registers) => registers.x[0] = value as u64,
            Registers::Arm(registers) => registers.r[0] = value as u32,
        }
    }
}
