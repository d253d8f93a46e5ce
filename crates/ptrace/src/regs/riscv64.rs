//! RISC-V, 64 bits.

use super::{Buffer, Layout};
use crate::{Arch, Error, Result, SyscallEntry, Tid};

/// The registers of a thread (`struct user_regs_struct` of `asm/ptrace.h`).
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Riscv64Registers {
    /// The instruction pointer.
    pub pc: u64,
    /// `x1` to `x31`: the stack pointer is `x2`, at index 1; `a0` to `a7` are at indices 9 to 16.
    pub x: [u64; 31],
}

/// The index of `sp` (`x2`) in [`Riscv64Registers::x`].
const SP: usize = 1;
/// The index of `a0` (`x10`).
const A0: usize = 9;
/// The length of `ecall`, which has no compressed form.
const ECALL: u64 = 4;
/// The index of `a7` (`x17`), which holds the syscall number.
const A7: usize = 16;

// SAFETY: 32 u64 in a repr(C) struct, without padding.
unsafe impl Layout for Riscv64Registers {}

/// The general registers of a stopped thread.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Registers {
    /// 64-bit mode.
    Riscv64(Riscv64Registers),
}

/// The instruction a software breakpoint is made of (`c.ebreak`).
pub(crate) const BREAKPOINT: [u8; 2] = 0x9002_u16.to_le_bytes();
/// How far behind a breakpoint's address the instruction pointer is once it was hit.
pub(crate) const AFTER_BREAKPOINT: u64 = 0;

/// Here the number is a register like the others.
pub(super) fn commit_syscall_number(_: Tid, _: u64) -> Result<()> {
    Ok(())
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
        (length == 256).then(|| Registers::Riscv64(buffer.get()))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        let Registers::Riscv64(registers) = self;
        registers.bytes()
    }

    /// The architecture of the mode the thread runs in.
    pub const fn arch(&self) -> Arch {
        Arch::RISCV64
    }

    /// The address of the next instruction.
    pub const fn instruction_pointer(&self) -> u64 {
        let Registers::Riscv64(registers) = self;
        registers.pc
    }

    /// Makes the thread go on at `address`.
    pub const fn set_instruction_pointer(&mut self, address: u64) {
        let Registers::Riscv64(registers) = self;
        registers.pc = address;
    }

    /// The stack pointer.
    pub const fn stack_pointer(&self) -> u64 {
        let Registers::Riscv64(registers) = self;
        registers.x[SP]
    }

    /// Sets the stack pointer.
    pub const fn set_stack_pointer(&mut self, address: u64) {
        let Registers::Riscv64(registers) = self;
        registers.x[SP] = address;
    }

    /// The register that holds the syscall number.
    pub const fn syscall_number(&self) -> u64 {
        let Registers::Riscv64(registers) = self;
        registers.x[A7] as i32 as i64 as u64
    }

    /// Sets that register; `u64::MAX` makes the call none.
    pub const fn set_syscall_number(&mut self, nr: u64) {
        let Registers::Riscv64(registers) = self;
        registers.x[A7] = nr as i32 as i64 as u64;
    }

    /// The argument registers of a call.
    pub const fn syscall_args(&self, _: Arch) -> [u64; 6] {
        let Registers::Riscv64(registers) = self;
        let x = &registers.x;
        [x[A0], x[A0 + 1], x[A0 + 2], x[A0 + 3], x[A0 + 4], x[A0 + 5]]
    }

    /// Sets the argument registers of a call.
    pub fn set_syscall_args(&mut self, _: Arch, args: [u64; 6]) {
        let Registers::Riscv64(registers) = self;
        registers.x[A0..A0 + 6].copy_from_slice(&args);
    }

    /// Whether a call's result takes the place of its first argument.
    pub const RESULT_REPLACES_ARGUMENT: bool = true;

    /// Takes the thread, which was about to make `call` when it had these registers, back to before it. The number is
    /// where it was; the first argument comes from `call`, since the kernel shows -ENOSYS in its place inside a call.
    pub fn rewind_syscall(&mut self, call: &SyscallEntry) {
        self.set_instruction_pointer(self.instruction_pointer().wrapping_sub(ECALL));
        self.set_syscall_args(call.arch, call.args);
    }

    /// The register in which system calls and functions leave their result.
    pub const fn return_value(&self) -> i64 {
        let Registers::Riscv64(registers) = self;
        registers.x[A0] as i64
    }

    /// Sets the register of [`Self::return_value`].
    pub const fn set_return_value(&mut self, value: i64) {
        let Registers::Riscv64(registers) = self;
        registers.x[A0] = value as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layout_has_the_kernels_size() {
        assert_eq!(size_of::<Riscv64Registers>(), 256);
    }

    #[test]
    fn arguments_come_back_as_set_and_the_result_replaces_the_first() {
        let args = [1, 2, 3, 4, 5, 6];
        let mut registers = Registers::Riscv64(Riscv64Registers::default());
        registers.set_syscall_args(Arch::RISCV64, args);
        assert_eq!((registers.arch(), registers.syscall_args(Arch::RISCV64)), (Arch::RISCV64, args));
        registers.set_return_value(-2);
        assert_eq!(registers.return_value(), -2);
        assert_eq!(registers.syscall_args(Arch::RISCV64)[1..], args[1..]);
        assert_eq!(registers.syscall_args(Arch::RISCV64)[0] != args[0], Registers::RESULT_REPLACES_ARGUMENT);
    }

    #[test]
    fn a_rewound_call_is_made_again() {
        let call = SyscallEntry {
            arch: Arch::RISCV64,
            instruction_pointer: 0x1004,
            stack_pointer: 0x2000,
            nr: 56,
            args: [1, 2, 3, 4, 5, 6],
        };
        let mut inside = Riscv64Registers { pc: 0x1004, ..Default::default() };
        (inside.x[SP], inside.x[A0], inside.x[A7]) = (0x2000, -38_i64 as u64, 56);
        let mut registers = Registers::Riscv64(inside);
        registers.rewind_syscall(&call);
        let mut before = Riscv64Registers { pc: 0x1000, ..inside };
        before.x[A0..A0 + 6].copy_from_slice(&call.args);
        assert_eq!(registers, Registers::Riscv64(before));
        assert_eq!(registers.syscall_number(), 56);
    }
}
