//! From a frame to its caller where nothing describes it.

use crate::machine::State;
use crate::memory::Memory;

/// The most bytes of a frame that is found by its frame pointer: what holds none may hold any number.
const LARGEST: u64 = 1 << 20;

/// The caller by the frame pointer, if it can be one: the saved frame pointer and the return address stand where it
/// points to. `is_code` says whether something can return to an address.
pub(crate) fn by_frame_pointer(
    state: &State,
    memory: &mut dyn Memory,
    is_code: impl Fn(u64) -> bool,
) -> Option<State> {
    let machine = state.machine;
    let word = machine.word();
    let at = state.get(machine.frame_pointer())?;
    let above = at.checked_sub(state.stack_pointer()?)?;
    if above > LARGEST || at % word as u64 != 0 {
        return None;
    }
    let saved = memory.number(at, word)?;
    let pc = memory.number(at.checked_add(word as u64)?, word)?;
    if !is_code(pc) {
        return None;
    }
    let mut caller = *state;
    caller.pc = pc;
    caller.set(machine.frame_pointer(), Some(saved));
    caller.set(machine.stack_pointer(), at.checked_add(2 * word as u64));
    Some(caller)
}
