//! The registers of a processor as unwinding sees them: by their DWARF numbers.

use ptrace::Registers;

/// A kind of processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(any(target_arch = "x86_64", target_arch = "x86", test)),
    expect(dead_code, reason = "no threads of these are traced there")
)]
pub(crate) enum Machine {
    /// x86-64, and x32 (System V psABI of x86-64, figure 3.36).
    X86_64,
    /// i386 (System V psABI of i386, table 2.14).
    I386,
}

impl Machine {
    /// Bytes of a register that is saved on the stack.
    pub(crate) const fn word(self) -> usize {
        match self {
            Self::X86_64 => 8,
            Self::I386 => 4,
        }
    }

    /// The number of the stack pointer.
    pub(crate) const fn stack_pointer(self) -> usize {
        match self {
            Self::X86_64 => 7,
            Self::I386 => 4,
        }
    }

    /// The number of the frame pointer.
    pub(crate) const fn frame_pointer(self) -> usize {
        match self {
            Self::X86_64 => 6,
            Self::I386 => 5,
        }
    }

    /// How many registers there are; the return address has the next number.
    pub(crate) const fn count(self) -> usize {
        match self {
            Self::X86_64 => 16,
            Self::I386 => 8,
        }
    }

    /// What of a number a register can hold.
    pub(crate) const fn truncate(self, value: u64) -> u64 {
        match self {
            Self::X86_64 => value,
            Self::I386 => value as u32 as u64,
        }
    }
}

/// Registers of a frame, as far as they are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) machine: Machine,
    /// The instruction pointer.
    pub(crate) pc: u64,
    registers: [Option<u64>; 16],
}

impl State {
    /// A frame of which only this is known.
    pub(crate) fn new(machine: Machine, pc: u64) -> Self {
        Self { machine, pc: machine.truncate(pc), registers: [None; 16] }
    }

    /// The registers of a stopped thread; `None` for a machine that can't be unwound.
    #[cfg(any(target_arch = "x86_64", target_arch = "x86"))]
    pub(crate) fn of(registers: &Registers) -> Option<Self> {
        match registers {
            Registers::X86_64(r) => {
                let mut state = Self::new(Machine::X86_64, r.rip);
                state.registers = [
                    r.rax, r.rdx, r.rcx, r.rbx, r.rsi, r.rdi, r.rbp, r.rsp, r.r8, r.r9, r.r10, r.r11, r.r12,
                    r.r13, r.r14, r.r15,
                ]
                .map(Some);
                Some(state)
            }
            Registers::I386(r) => {
                let mut state = Self::new(Machine::I386, r.eip.into());
                let values = [r.eax, r.ecx, r.edx, r.ebx, r.esp, r.ebp, r.esi, r.edi];
                values.iter().enumerate().for_each(|(i, &value)| state.set(i, Some(value.into())));
                Some(state)
            }
        }
    }

    /// The registers of a stopped thread; `None` for a machine that can't be unwound.
    #[cfg(not(any(target_arch = "x86_64", target_arch = "x86")))]
    pub(crate) fn of(_: &Registers) -> Option<Self> {
        None
    }

    /// A register by its DWARF number.
    pub(crate) fn get(&self, number: usize) -> Option<u64> {
        if number == self.machine.count() {
            return Some(self.pc);
        }
        *self.registers.get(number)?
    }

    /// Sets a register; one that does not exist is ignored.
    pub(crate) fn set(&mut self, number: usize, value: Option<u64>) {
        if number < self.machine.count() {
            self.registers[number] = value.map(|value| self.machine.truncate(value));
        }
    }

    /// The stack pointer.
    pub(crate) fn stack_pointer(&self) -> Option<u64> {
        self.get(self.machine.stack_pointer())
    }
}
