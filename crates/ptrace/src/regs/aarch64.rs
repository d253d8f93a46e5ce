//! ARM: the 64-bit and the 32-bit layout.

use super::{Buffer, Layout, write_set};
use crate::{Arch, Error, Result, SyscallEntry, Tid};

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

/// `PSR_T_BIT` of `asm/ptrace.h`: the thread is in the mode of 16-bit instructions.
const THUMB: u32 = 0x20;

/// `NT_ARM_SYSTEM_CALL` of `linux/elf.h`.
const NT_ARM_SYSTEM_CALL: usize = 0x404;

/// The number the kernel acts upon is no general register here, but a set of its own.
pub(super) fn commit_syscall_number(tid: Tid, nr: u64) -> Result<()> {
    write_set(tid, NT_ARM_SYSTEM_CALL, &(nr as i32).to_ne_bytes())
}

/// There is no older request here.
pub(super) fn read_by_old_request(_: Tid) -> Result<Option<Registers>> {
    Ok(None)
}

/// There is no older request here.
pub(super) fn write_by_old_request(_: Tid, _: &Registers) -> Result<()> {
    Err(Error::Unsupported { request: "PTRACE_SETREGSET" })
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

    /// Whether a call's result takes the place of its first argument.
    pub const RESULT_REPLACES_ARGUMENT: bool = true;

    /// Takes the thread, which was about to make `call` when it had these registers, back to before it. The number is
    /// where it was; the first argument may have given way to a result.
    pub fn rewind_syscall(&mut self, call: &SyscallEntry) {
        let length = match self {
            // `svc` of the 16-bit instructions.
            Registers::Arm(registers) if registers.cpsr & THUMB != 0 => 2,
            _ => 4,
        };
        self.set_instruction_pointer(self.instruction_pointer().wrapping_sub(length));
        self.set_syscall_args(call.arch, call.args);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn call(arch: Arch) -> SyscallEntry {
        SyscallEntry { arch, instruction_pointer: 0, stack_pointer: 0, nr: 56, args: [1, 2, 3, 4, 5, 6] }
    }

    #[test]
    fn the_layouts_have_the_kernels_sizes() {
        assert_eq!(size_of::<Aarch64Registers>(), 272);
        assert_eq!(size_of::<ArmRegisters>(), 72);
    }

    #[test]
    fn arguments_come_back_as_set_and_the_result_replaces_the_first() {
        let args = [1, 2, 3, 4, 5, 6];
        let mut wide = Registers::Aarch64(Aarch64Registers::default());
        let mut narrow = Registers::Arm(ArmRegisters::default());
        for (registers, arch) in [(&mut wide, Arch::AARCH64), (&mut narrow, Arch::ARM)] {
            registers.set_syscall_args(arch, args);
            assert_eq!((registers.arch(), registers.syscall_args(arch)), (arch, args));
            registers.set_return_value(-2);
            assert_eq!(registers.return_value(), -2);
            assert_eq!(registers.syscall_args(arch)[1..], args[1..]);
            assert_eq!(registers.syscall_args(arch)[0] != args[0], Registers::RESULT_REPLACES_ARGUMENT);
        }
        assert!(matches!(narrow, Registers::Arm(ArmRegisters { orig_r0: 1, .. })));
    }

    #[test]
    fn a_rewound_call_is_made_again() {
        let mut inside = Aarch64Registers { pc: 0x1004, sp: 0x2000, ..Default::default() };
        (inside.x[0], inside.x[7], inside.x[8]) = (-38_i64 as u64, 99, 56);
        let mut registers = Registers::Aarch64(inside);
        registers.rewind_syscall(&call(Arch::AARCH64));
        let mut before = Aarch64Registers { pc: 0x1000, ..inside };
        before.x[..6].copy_from_slice(&[1, 2, 3, 4, 5, 6]);
        assert_eq!(registers, Registers::Aarch64(before));
        assert_eq!(registers.syscall_number(), 56);
    }

    #[test]
    fn a_rewound_call_of_32_bit_code_is_as_long_as_its_mode_has_it() {
        for (cpsr, length) in [(0, 4), (THUMB, 2)] {
            let mut inside = ArmRegisters { cpsr, ..Default::default() };
            (inside.r[0], inside.r[7], inside.r[15]) = (-38_i32 as u32, 5, 0x1004);
            let mut registers = Registers::Arm(inside);
            registers.rewind_syscall(&call(Arch::ARM));
            assert_eq!(registers.instruction_pointer(), 0x1004 - length);
            assert_eq!(
                (registers.syscall_number(), registers.syscall_args(Arch::ARM)),
                (5, [1, 2, 3, 4, 5, 6])
            );
        }
    }
}
