//! Call frame information: from a frame's registers to its caller's (DWARF 5, section 6.4; `.eh_frame` as of the
//! Linux Standard Base).

use crate::elf::{Piece, RELATIVE_POINTER};
use crate::machine::State;
use crate::memory::Memory;
use gimli::{
    BaseAddresses, CfaRule, CieOrFde, CommonInformationEntry, DebugFrame, EhFrame, Encoding, EndianSlice,
    Evaluation, EvaluationResult, FrameDescriptionEntry, LittleEndian, Location, RegisterRule, UnwindContext,
    UnwindExpression, UnwindSection, UnwindTableRow, Value,
};
use std::cell::OnceCell;
use std::collections::HashMap;

type Slice<'a> = EndianSlice<'a, LittleEndian>;

/// Room for gimli to run the rows of a table in.
pub(crate) type Context = UnwindContext<usize>;

/// The most bytes of one function's information. Compilers need some thousands for the largest.
const LONGEST: usize = 256 << 10;
/// The most operations of an expression. Those of PLT entries have ten.
const OPERATIONS: u32 = 1000;
/// The most functions in an index.
const FUNCTIONS: usize = 4 << 20;

/// How a frame leads to its caller.
#[derive(Debug, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "it lives for one step, and a box would be an allocation for each"
)]
pub(crate) enum Step {
    /// The caller; and whether this frame was made by a signal, so that the caller was interrupted and did not call.
    Caller(State, bool),
    /// There is no caller.
    Bottom,
    /// What should lead to it can't be read, or makes no sense.
    Broken,
}

/// The call frame information of a file, from one of its sections.
pub(crate) struct Cfi {
    section: Piece,
    /// Whether it is `.debug_frame` instead of `.eh_frame`.
    debug: bool,
    address_size: u8,
    bases: BaseAddresses,
    /// `.eh_frame_hdr`: the functions sorted by address.
    table: Option<Piece>,
    /// Made where there is no such table: the first and the last address of each function, and where its entry is.
    index: OnceCell<Vec<(u64, u64, usize)>>,
}

impl Cfi {
    /// `.eh_frame`, with its table; the addresses of `.text` and `.got` are what some pointers are relative to.
    pub(crate) fn eh_frame(section: Piece, hdr: Option<Piece>, text: u64, got: u64, address_size: u8) -> Cfi {
        let mut bases = BaseAddresses::default().set_eh_frame(section.address).set_text(text).set_got(got);
        if let Some(hdr) = &hdr {
            bases = bases.set_eh_frame_hdr(hdr.address);
        }
        let table = hdr.filter(|hdr| entries(hdr).is_some());
        Cfi { section, debug: false, address_size, bases, table, index: OnceCell::new() }
    }

    /// `.debug_frame`.
    pub(crate) fn debug_frame(section: Piece, address_size: u8) -> Cfi {
        let bases = BaseAddresses::default();
        Cfi { section, debug: true, address_size, bases, table: None, index: OnceCell::new() }
    }

    /// Bytes of memory it takes.
    pub(crate) fn bytes(&self) -> usize {
        self.section.bytes.len() + self.table.as_ref().map_or(0, |table| table.bytes.len())
    }

    /// The step from a frame at `address` of the file, of which all is `bias` higher in memory. `None` if nothing is
    /// known of the address.
    pub(crate) fn step(
        &self,
        address: u64,
        bias: u64,
        state: &State,
        memory: &mut dyn Memory,
        context: &mut Context,
    ) -> Option<Step> {
        let mut frame = Frame { state, bias, memory };
        if self.debug {
            let mut section = DebugFrame::new(&self.section.bytes, LittleEndian);
            section.set_address_size(self.address_size);
            self.step_in(&section, address, &mut frame, context)
        } else {
            let mut section = EhFrame::new(&self.section.bytes, LittleEndian);
            section.set_address_size(self.address_size);
            self.step_in(&section, address, &mut frame, context)
        }
    }

    fn step_in<'a, S: UnwindSection<Slice<'a>>>(
        &self,
        section: &S,
        address: u64,
        frame: &mut Frame<'_>,
        context: &mut Context,
    ) -> Option<Step> {
        let offset = match &self.table {
            Some(table) => look_up(table, address)?.checked_sub(self.section.address)? as usize,
            None => self.index(section, address)?,
        };
        if offset >= self.section.bytes.len() {
            return None;
        }
        let fde = section.fde_from_offset(&self.bases, S::Offset::from(offset), S::cie_from_offset).ok()?;
        if !fde.contains(address) {
            return None;
        }
        if fde.entry_len() > LONGEST || fde.cie().entry_len() > LONGEST {
            return Some(Step::Broken);
        }
        let Ok(row) = fde.unwind_info_for_address(section, &self.bases, context, address) else {
            return Some(Step::Broken);
        };
        Some(frame.caller(section, &fde, row).unwrap_or(Step::Broken))
    }

    /// Where the entry of an address's function is.
    fn index<'a, S: UnwindSection<Slice<'a>>>(&self, section: &S, address: u64) -> Option<usize> {
        let index = self.index.get_or_init(|| self.make_index(section));
        let i = index.partition_point(|(start, ..)| *start <= address).checked_sub(1)?;
        let &(_, last, offset) = index.get(i)?;
        (address <= last).then_some(offset)
    }

    fn make_index<'a, S: UnwindSection<Slice<'a>>>(&self, section: &S) -> Vec<(u64, u64, usize)> {
        let mut cies: HashMap<usize, gimli::Result<CommonInformationEntry<Slice<'a>>>> = HashMap::new();
        let mut index = Vec::new();
        let mut all = section.entries(&self.bases);
        while index.len() < FUNCTIONS
            && let Ok(Some(entry)) = all.next()
        {
            let CieOrFde::Fde(fde) = entry else { continue };
            let parsed = fde.parse(|section, bases, offset| {
                let parse = || section.cie_from_offset(bases, offset);
                cies.entry(gimli::UnwindOffset::into(offset)).or_insert_with(parse).clone()
            });
            if let Ok(fde) = parsed
                && let Some(more) = fde.len().checked_sub(1)
            {
                let start = fde.initial_address();
                index.push((start, start.saturating_add(more), fde.offset()));
            }
        }
        index.sort_unstable();
        index
    }
}

/// Bytes of `.eh_frame_hdr` before its first entry.
const HEAD: usize = 12;

/// The sorted entries of an `.eh_frame_hdr` of the one form that linkers write: version 1, a count of 4 bytes, and
/// pairs of 4 signed bytes relative to the table's own address: of a function and of its entry.
fn entries(hdr: &Piece) -> Option<&[[u8; 8]]> {
    let [1, RELATIVE_POINTER, 0x03, 0x3b, _, _, _, _, a, b, c, d, ..] = *hdr.bytes else { return None };
    let count = u32::from_le_bytes([a, b, c, d]) as usize;
    let (entries, _) = hdr.bytes.get(HEAD..)?.as_chunks();
    entries.get(..count).filter(|entries| !entries.is_empty())
}

/// The address of the entry of an address's function: of the last one that does not begin behind it.
fn look_up(hdr: &Piece, address: u64) -> Option<u64> {
    let entries = entries(hdr)?;
    let absolute = |bytes: &[u8]| {
        let distance = bytes.first_chunk().map_or(0, |bytes| i32::from_le_bytes(*bytes));
        hdr.address.wrapping_add_signed(distance.into())
    };
    let i = entries.partition_point(|entry| absolute(entry) <= address).checked_sub(1)?;
    Some(absolute(&entries[i][4..]))
}

/// A frame that is to be left.
struct Frame<'a> {
    state: &'a State,
    bias: u64,
    memory: &'a mut dyn Memory,
}

impl Frame<'_> {
    /// The caller by a row of the frame's table; `None` if something in it can't be found out.
    fn caller<'a, S: UnwindSection<Slice<'a>>>(
        &mut self,
        section: &S,
        fde: &FrameDescriptionEntry<Slice<'a>>,
        row: &UnwindTableRow<usize>,
    ) -> Option<Step> {
        let machine = self.state.machine;
        let encoding = fde.cie().encoding();
        let cfa = match row.cfa() {
            CfaRule::RegisterAndOffset { register, offset } => {
                self.state.get(register.0.into())?.wrapping_add_signed(*offset)
            }
            CfaRule::Expression(expression) => self.evaluate(section, expression, encoding, None)?,
        };
        let cfa = machine.truncate(cfa);
        let mut caller = *self.state;
        caller.set(machine.stack_pointer(), Some(cfa));
        let mut returns_to = None;
        for (register, rule) in row.registers() {
            let value = self.value(section, rule, register.0.into(), cfa, encoding);
            if *register == fde.cie().return_address_register() {
                returns_to = Some(machine.truncate(value?));
            } else {
                caller.set(register.0.into(), value);
            }
        }
        // Where a thread begins, its return address is said to be undefined, or it is 0.
        let Some(pc) = returns_to.filter(|pc| *pc != 0) else { return Some(Step::Bottom) };
        caller.pc = pc;
        Some(Step::Caller(caller, fde.is_signal_trampoline()))
    }

    /// The value of a register in the caller.
    fn value<'a, S: UnwindSection<Slice<'a>>>(
        &mut self,
        section: &S,
        rule: &RegisterRule<usize>,
        register: usize,
        cfa: u64,
        encoding: Encoding,
    ) -> Option<u64> {
        let machine = self.state.machine;
        match rule {
            RegisterRule::SameValue => self.state.get(register),
            RegisterRule::Offset(offset) => self.saved(cfa.wrapping_add_signed(*offset)),
            RegisterRule::ValOffset(offset) => Some(cfa.wrapping_add_signed(*offset)),
            RegisterRule::Register(other) => self.state.get(other.0.into()),
            RegisterRule::Expression(expression) => {
                let address = self.evaluate(section, expression, encoding, Some(cfa))?;
                self.saved(address)
            }
            RegisterRule::ValExpression(expression) => {
                self.evaluate(section, expression, encoding, Some(cfa)).map(|value| machine.truncate(value))
            }
            RegisterRule::Constant(value) => Some(*value),
            _ => None,
        }
    }

    fn saved(&mut self, address: u64) -> Option<u64> {
        let machine = self.state.machine;
        self.memory.number(machine.truncate(address), machine.word())
    }

    /// Computes an expression, with `initial` on its stack.
    fn evaluate<'a, S: UnwindSection<Slice<'a>>>(
        &mut self,
        section: &S,
        expression: &UnwindExpression<usize>,
        encoding: Encoding,
        initial: Option<u64>,
    ) -> Option<u64> {
        let mut run: Evaluation<Slice<'a>> = expression.get(section).ok()?.evaluation(encoding);
        run.set_max_iterations(OPERATIONS);
        if let Some(initial) = initial {
            run.set_initial_value(initial);
        }
        let mut result = run.evaluate().ok()?;
        for _ in 0..OPERATIONS {
            result = match result {
                EvaluationResult::Complete => {
                    return match run.as_result().first()?.location {
                        Location::Address { address } => Some(address),
                        Location::Value { value } => value.to_u64(u64::MAX).ok(),
                        _ => None,
                    };
                }
                EvaluationResult::RequiresMemory { address, size, .. } => {
                    let address = self.state.machine.truncate(address);
                    let value = self.memory.number(address, size.into())?;
                    run.resume_with_memory(Value::Generic(value)).ok()?
                }
                EvaluationResult::RequiresRegister { register, .. } => {
                    let value = self.state.get(register.0.into())?;
                    run.resume_with_register(Value::Generic(value)).ok()?
                }
                EvaluationResult::RequiresCallFrameCfa => run.resume_with_call_frame_cfa(initial?).ok()?,
                EvaluationResult::RequiresRelocatedAddress(address) => {
                    run.resume_with_relocated_address(address.wrapping_add(self.bias)).ok()?
                }
                _ => return None,
            };
        }
        None
    }
}

#[cfg(test)]
mod tests;
