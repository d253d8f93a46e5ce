//! From a frame to its caller where nothing describes it.

use crate::machine::State;
use crate::memory::Memory;

/// The most bytes of a frame that is found by its frame pointer: what holds none may hold any number.
const LARGEST: u64 = 1 << 20;
/// The most bytes between the beginning of a function that has no frame and where it is.
const FARTHEST: u64 = 4096;

/// The caller of a function that nothing is known of. `called`: the frame is at a call, and not anywhere. `is_code` says
/// whether an address is one of code.
///
/// In order of trust: a return address on top of the stack, behind a call of this very function; what the frame
/// pointer points to; a return address on top of the stack, behind some other call.
pub(crate) fn guess(
    state: &State,
    called: bool,
    memory: &mut dyn Memory,
    is_code: impl Fn(u64) -> bool,
) -> Option<State> {
    // Who has called, has a frame.
    let (leaf, call) = if called { None } else { leaf(state, memory, &is_code) }.unzip();
    if let Some(Call::Of(function)) = call
        && state.pc.checked_sub(function).is_some_and(|into| into < FARTHEST)
    {
        return leaf;
    }
    by_frame_pointer(state, memory, is_code).or(leaf)
}

/// The caller of a function that has put nothing on the stack, and how it was called.
fn leaf(state: &State, memory: &mut dyn Memory, is_code: impl Fn(u64) -> bool) -> Option<(State, Call)> {
    let word = state.machine.word();
    let at = state.stack_pointer()?;
    let pc = memory.number(at, word)?;
    let call = call_before(pc, state, memory).filter(|_| is_code(pc))?;
    let mut caller = *state;
    caller.pc = pc;
    caller.set(state.machine.stack_pointer(), Some(at.checked_add(word as u64)?));
    Some((caller, call))
}

/// The caller by the frame pointer: the saved frame pointer and the return address stand where it points to.
fn by_frame_pointer(state: &State, memory: &mut dyn Memory, is_code: impl Fn(u64) -> bool) -> Option<State> {
    let machine = state.machine;
    let word = machine.word();
    let at = state.get(machine.frame_pointer())?;
    let above = at.checked_sub(state.stack_pointer()?)?;
    if above > LARGEST || at % word as u64 != 0 {
        return None;
    }
    let saved = memory.number(at, word)?;
    let pc = memory.number(at.checked_add(word as u64)?, word)?;
    call_before(pc, state, memory).filter(|_| is_code(pc))?;
    let mut caller = *state;
    caller.pc = pc;
    caller.set(machine.frame_pointer(), Some(saved));
    caller.set(machine.stack_pointer(), Some(at.checked_add(2 * word as u64)?));
    Some(caller)
}

/// An instruction that calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Call {
    /// This function.
    Of(u64),
    /// One that a register or memory says.
    Indirect,
}

/// The call that stands right before an address.
fn call_before(address: u64, state: &State, memory: &mut dyn Memory) -> Option<Call> {
    let mut code = [0; 7];
    if !memory.read(address.checked_sub(code.len() as u64)?, &mut code) {
        return None;
    }
    if let [_, _, 0xe8, distance @ ..] = code {
        let function = address.wrapping_add_signed(i32::from_le_bytes(distance).into());
        return Some(Call::Of(state.machine.truncate(function)));
    }
    let is_indirect =
        (2..=code.len()).any(|length| indirect_call(&code[code.len() - length..]) == Some(length));
    is_indirect.then_some(Call::Indirect)
}

/// How long the instruction is, if it is a call by a register or memory: ff /2, with as many bytes behind it as the
/// operand takes (Intel's manual, volume 2, section 2.1.5).
fn indirect_call(code: &[u8]) -> Option<usize> {
    let [0xff, operand, more @ ..] = code else { return None };
    let (mode, register, memory) = (operand >> 6, operand >> 3 & 7, operand & 7);
    let scaled = mode != 3 && memory == 4;
    let displacement = match mode {
        0 if memory == 5 || (scaled && more.first()? & 7 == 5) => 4,
        1 => 1,
        2 => 4,
        _ => 0,
    };
    (register == 2).then_some(2 + usize::from(scaled) + displacement)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::Machine;

    /// Code from 0x1000 on and a stack from 0x8000 on.
    struct Fake {
        code: Vec<u8>,
        stack: Vec<u64>,
    }

    impl Memory for Fake {
        fn read(&mut self, address: u64, buffer: &mut [u8]) -> bool {
            let stack: Vec<u8> = self.stack.iter().flat_map(|word| word.to_le_bytes()).collect();
            let (base, bytes) = if address < 0x8000 { (0x1000, &self.code) } else { (0x8000, &stack) };
            let start = address.wrapping_sub(base) as usize;
            let Some(bytes) = start.checked_add(buffer.len()).and_then(|end| bytes.get(start..end)) else {
                return false;
            };
            buffer.copy_from_slice(bytes);
            true
        }
    }

    /// A state at 0x1100 with the stack pointer at 0x8000, and this frame pointer.
    fn state(frame_pointer: u64) -> State {
        let mut state = State::new(Machine::X86_64, 0x1100);
        state.set(7, Some(0x8000));
        state.set(6, Some(frame_pointer));
        state
    }

    /// Calls that end at 0x1010 (of 0x10f0), 0x1020 (of elsewhere) and 0x1030 (by a register).
    fn memory(stack: &[u64]) -> Fake {
        let mut code = vec![0x90; 0x200];
        code[0xb] = 0xe8;
        code[0xc..0x10].copy_from_slice(&0xe0_i32.to_le_bytes());
        code[0x1b] = 0xe8;
        code[0x1c..0x20].copy_from_slice(&0x7000_i32.to_le_bytes());
        code[0x2e..0x30].copy_from_slice(&[0xff, 0xd0]);
        Fake { code, stack: stack.to_vec() }
    }

    fn guessed(stack: &[u64], frame_pointer: u64, called: bool) -> Option<(u64, u64)> {
        let is_code = |address| (0x1000..0x1200).contains(&address);
        let caller = guess(&state(frame_pointer), called, &mut memory(stack), is_code)?;
        Some((caller.pc, caller.stack_pointer()?))
    }

    #[test]
    fn calls_are_told_by_their_operands() {
        for (code, length) in [
            (&[0xff, 0xd0][..], Some(2)),
            (&[0xff, 0x10], Some(2)),
            (&[0xff, 0x14, 0x24], Some(3)),
            (&[0xff, 0x50, 8], Some(3)),
            (&[0xff, 0x54, 0x24, 8], Some(4)),
            (&[0xff, 0x15, 1, 2, 3, 4], Some(6)),
            (&[0xff, 0x93, 1, 2, 3, 4], Some(6)),
            (&[0xff, 0x94, 0x24, 1, 2, 3, 4], Some(7)),
            (&[0xff, 0x14, 0x25, 1, 2, 3, 4], Some(7)),
            (&[0xff, 0xe0], None),
            (&[0x90, 0xd0], None),
            (&[0xff], None),
        ] {
            assert_eq!(indirect_call(code), length, "{code:x?}");
        }
    }

    #[test]
    fn a_call_of_this_function_is_the_best_evidence() {
        let stack = [0x1010, 0, 0x8020, 0x1020];
        assert_eq!(guessed(&stack, 0x8010, false), Some((0x1010, 0x8008)));
        assert_eq!(guessed(&stack, 0x8010, true), Some((0x1020, 0x8020)));
    }

    #[test]
    fn then_comes_the_frame_pointer() {
        for top in [0x1020, 0x1030, 0x1031, 0] {
            assert_eq!(guessed(&[top, 0, 0x8020, 0x1020], 0x8010, false), Some((0x1020, 0x8020)));
        }
    }

    #[test]
    fn then_any_return_address() {
        for pointer in [0, 0x7ff8, 0x8004, 0x8018, u64::MAX - 7] {
            assert_eq!(guessed(&[0x1020, 0, 0x8020, 0x1021], pointer, false), Some((0x1020, 0x8008)));
            assert_eq!(guessed(&[0x1030], pointer, false), Some((0x1030, 0x8008)));
            assert_eq!(guessed(&[0x1030], pointer, true), None);
            assert_eq!(guessed(&[0x1031], pointer, false), None);
            assert_eq!(guessed(&[3], pointer, false), None);
            assert_eq!(guessed(&[], pointer, false), None);
        }
    }
}
