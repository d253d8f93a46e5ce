//! Signal frames that no call frame information describes.
//!
//! A handler returns into a few instructions that ask the kernel to restore what was interrupted. C libraries that
//! wrote them in assembly may have left it at that; then the instructions tell, and the kernel's layout of what lies
//! on the stack (`struct rt_sigframe` and `struct sigcontext` of `arch/x86`) says where the registers are.

use crate::machine::{Machine, State};
use crate::memory::Memory;

/// A way to return from a handler: its instructions, and where the saved registers are.
struct Return {
    code: &'static [u8],
    /// From the stack pointer to the `sigcontext`.
    context: u64,
    /// Registers in the `sigcontext`: DWARF numbers from its first word on.
    registers: &'static [usize],
    /// The words from its beginning to the first of them, and to the instruction pointer.
    first: u64,
    pc: u64,
}

/// `mov $15, %rax; syscall`: the stack pointer is at the `ucontext`.
const X86_64: &[Return] = &[Return {
    code: &[0x48, 0xc7, 0xc0, 0x0f, 0, 0, 0, 0x0f, 0x05],
    context: 40,
    registers: &[8, 9, 10, 11, 12, 13, 14, 15, 5, 4, 6, 3, 1, 0, 2, 7],
    first: 0,
    pc: 16,
}];

/// The registers of an i386 `sigcontext` behind its four segment registers.
const I386_REGISTERS: &[usize] = &[7, 6, 5, 4, 3, 2, 1, 0];

const I386: &[Return] = &[
    // pop %eax; mov $119, %eax; int $0x80: the stack pointer is at the signal's number.
    Return {
        code: &[0x58, 0xb8, 0x77, 0, 0, 0, 0xcd, 0x80],
        context: 4,
        registers: I386_REGISTERS,
        first: 4,
        pc: 14,
    },
    // mov $173, %eax; int $0x80: number, two pointers, siginfo, and the head of a ucontext.
    Return {
        code: &[0xb8, 0xad, 0, 0, 0, 0xcd, 0x80],
        context: 4 + 8 + 128 + 20,
        registers: I386_REGISTERS,
        first: 4,
        pc: 14,
    },
];

/// What was interrupted by the signal from whose handler this frame returns, if it does.
pub(crate) fn interrupted(state: &State, memory: &mut dyn Memory) -> Option<State> {
    let ways = match state.machine {
        Machine::X86_64 => X86_64,
        Machine::I386 => I386,
    };
    let way = ways.iter().find(|way| {
        let mut code = [0; 9];
        let code = &mut code[..way.code.len()];
        memory.read(state.pc, code) && code == way.code
    })?;
    let word = state.machine.word();
    let context = state.stack_pointer()?.checked_add(way.context)?;
    let mut at = |index: u64| memory.number(context.checked_add(index * word as u64)?, word);
    let mut before = State::new(state.machine, at(way.pc)?);
    for (i, &register) in way.registers.iter().enumerate() {
        before.set(register, Some(at(way.first + i as u64)?));
    }
    Some(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fake(Vec<u8>);

    impl Memory for Fake {
        fn read(&mut self, address: u64, buffer: &mut [u8]) -> bool {
            let start = address as usize;
            let Some(bytes) = self.0.get(start..start + buffer.len()) else { return false };
            buffer.copy_from_slice(bytes);
            true
        }
    }

    /// Code at 0, and from 64 on a stack whose words are numbered.
    fn memory(way: &Return, word: usize) -> Fake {
        let mut bytes = way.code.to_vec();
        bytes.resize(64, 0);
        bytes.resize(64 + way.context as usize, 0xee);
        for i in 0..20_u64 {
            bytes.extend_from_slice(&(1000 + i).to_le_bytes()[..word]);
        }
        Fake(bytes)
    }

    #[test]
    fn registers_come_from_the_frame() {
        for (machine, ways) in [(Machine::X86_64, X86_64), (Machine::I386, I386)] {
            for way in ways {
                let mut state = State::new(machine, 0);
                state.set(machine.stack_pointer(), Some(64));
                let before = interrupted(&state, &mut memory(way, machine.word())).unwrap();
                assert_eq!(before.pc, 1000 + way.pc);
                let sp = if machine == Machine::X86_64 { 1015 } else { 1007 };
                assert_eq!(before.stack_pointer(), Some(sp));
                assert_eq!(before.get(0), Some(if machine == Machine::X86_64 { 1013 } else { 1011 }));
            }
        }
    }

    #[test]
    fn other_code_is_no_signal_frame() {
        let mut state = State::new(Machine::X86_64, 1);
        state.set(7, Some(64));
        assert_eq!(interrupted(&state, &mut memory(&X86_64[0], 8)), None);
        state.pc = 0;
        state.set(7, Some(u64::MAX));
        assert_eq!(interrupted(&state, &mut memory(&X86_64[0], 8)), None);
    }
}
