//! Steps by information made up for the purpose.

use super::*;
use crate::machine::Machine;

/// `DW_CFA_*` and `DW_OP_*` of DWARF 5, sections 7.24 and 7.7.
const DEF_CFA: u8 = 0x0c;
const DEF_CFA_OFFSET: u8 = 0x0e;
const DEF_CFA_EXPRESSION: u8 = 0x0f;
const UNDEFINED: u8 = 0x07;
const EXPRESSION: u8 = 0x10;
const VAL_OFFSET: u8 = 0x14;
const OFFSET: u8 = 0x80;
const ADVANCE: u8 = 0x40;
const BREG: u8 = 0x70;
const DEREF: u8 = 0x06;
const PLUS_UCONST: u8 = 0x23;
const SKIP: u8 = 0x2f;
const DUP: u8 = 0x12;

/// Where the section is, and the one function that it is about.
const SECTION: u64 = 0x1000;
const FUNCTION: u64 = 0x5000;
const LENGTH: u32 = 0x100;

/// Memory whose words are twice their addresses.
struct Doubled;

impl Memory for Doubled {
    fn read(&mut self, address: u64, buffer: &mut [u8]) -> bool {
        let readable = address < 1 << 40;
        if readable {
            buffer.copy_from_slice(&(2 * address).to_le_bytes()[..buffer.len()]);
        }
        readable
    }
}

/// An `.eh_frame` with one CIE and one FDE.
fn section(augmentation: &str, ra: u8, word: i8, initial: &[u8], function: &[u8]) -> Vec<u8> {
    let entry = |body: &[u8]| {
        let mut padded = body.to_vec();
        padded.resize(body.len().next_multiple_of(4), 0);
        [&(padded.len() as u32).to_le_bytes()[..], &padded].concat()
    };
    // Id 0, version 1, augmentation, alignment of code 1 and of data, return address, pointers of 4 bytes.
    let head =
        [&[0, 0, 0, 0, 1], augmentation.as_bytes(), &[0, 1, (-word) as u8 & 0x7f, ra, 1, 0x03]].concat();
    let mut bytes = entry(&[&head, initial].concat());
    let back = bytes.len() as u32 + 4;
    let head = [back.to_le_bytes(), (FUNCTION as u32).to_le_bytes(), LENGTH.to_le_bytes()].concat();
    bytes.extend(entry(&[&head[..], &[0], function].concat()));
    bytes.extend([0; 4]);
    bytes
}

/// For x86-64: on entry the CFA is 8 above the stack pointer, and the return address 8 below the CFA.
fn x86_64(function: &[u8]) -> Vec<u8> {
    section("zR", 16, 8, &[DEF_CFA, 7, 8, OFFSET | 16, 1], function)
}

fn state() -> State {
    let mut state = State::new(Machine::X86_64, FUNCTION + 16);
    (0..16).for_each(|i| state.set(i, Some(0x10_0000 + 0x100 * i as u64)));
    state
}

/// The stack pointer of [`state`].
const SP: u64 = 0x10_0700;

fn step(bytes: Vec<u8>, state: &State) -> Option<Step> {
    let cfi = Cfi::eh_frame(Piece { address: SECTION, bytes }, None, 0, 0, 8);
    cfi.step(FUNCTION + 16, 0, state, &mut Doubled, &mut Context::new())
}

fn caller(bytes: Vec<u8>) -> (State, bool) {
    match step(bytes, &state()) {
        Some(Step::Caller(state, signal)) => (state, signal),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_caller_of_a_function_just_entered() {
    let (caller, signal) = caller(x86_64(&[]));
    assert_eq!((caller.pc, caller.stack_pointer(), signal), (2 * SP, Some(SP + 8), false));
    assert_eq!(caller.get(3), state().get(3), "what the function does not mention, it does not change");
}

#[test]
fn rows_hold_from_their_address_on() {
    // Pushes rbx at 8; what it does at 32 is behind the address in question.
    let function = [ADVANCE | 8, DEF_CFA_OFFSET, 16, OFFSET | 3, 2, ADVANCE | 24, DEF_CFA_OFFSET, 99];
    let (caller, _) = caller(x86_64(&function));
    assert_eq!((caller.pc, caller.stack_pointer()), (2 * (SP + 8), Some(SP + 16)));
    assert_eq!(caller.get(3), Some(2 * SP));
}

#[test]
fn expressions_may_read_memory() {
    // The CFA is what lies 8 above the frame pointer, and 32 more; rbx where the CFA's own place says.
    let expression = [DEF_CFA_EXPRESSION, 5, BREG | 6, 8, DEREF, PLUS_UCONST, 32];
    let saved = [EXPRESSION, 3, 3, BREG | 7, 0x78, DEREF, VAL_OFFSET, 12, 2];
    let (caller, _) = caller(x86_64(&[&expression[..], &saved].concat()));
    let cfa = 2 * (0x10_0600 + 8) + 32;
    assert_eq!((caller.stack_pointer(), caller.pc), (Some(cfa), 2 * (cfa - 8)));
    assert_eq!(caller.get(3), Some(2 * (2 * (SP - 8))));
    assert_eq!(caller.get(12), Some(cfa - 16));
}

#[test]
fn a_thread_begins_where_the_return_address_is_undefined() {
    assert_eq!(step(x86_64(&[UNDEFINED, 16]), &state()), Some(Step::Bottom));
}

#[test]
fn signal_frames_are_told() {
    let bytes = section("zRS", 16, 8, &[DEF_CFA, 7, 8, OFFSET | 16, 1], &[]);
    assert!(caller(bytes).1);
}

#[test]
fn i386_has_words_of_4_bytes() {
    let bytes = section("zR", 8, 4, &[DEF_CFA, 4, 4, OFFSET | 8, 1], &[OFFSET | 3, 2]);
    let mut state = State::new(Machine::I386, FUNCTION + 16);
    state.set(4, Some(0x4000_0000));
    let cfi = Cfi::eh_frame(Piece { address: SECTION, bytes }, None, 0, 0, 4);
    let step = cfi.step(FUNCTION + 16, 0, &state, &mut Doubled, &mut Context::new());
    let Some(Step::Caller(caller, false)) = step else { panic!("{step:?}") };
    assert_eq!((caller.pc, caller.stack_pointer()), (0x8000_0000, Some(0x4000_0004)));
    assert_eq!(caller.get(3), Some(0x7fff_fff8), "twice 0x3ffffffc");
}

#[test]
fn what_cannot_be_read_or_known_breaks_a_stack() {
    let mut unknown = state();
    unknown.set(7, None);
    assert_eq!(step(x86_64(&[]), &unknown), Some(Step::Broken));
    unknown.set(7, Some(u64::MAX - 3));
    assert_eq!(step(x86_64(&[]), &unknown), Some(Step::Broken));
    unknown.set(7, Some(1 << 50));
    assert_eq!(step(x86_64(&[]), &unknown), Some(Step::Broken));
}

#[test]
fn expressions_come_to_an_end() {
    for endless in [
        &[DEF_CFA_EXPRESSION, 3, SKIP, 0xfd, 0xff][..],
        &[DEF_CFA_EXPRESSION, 6, BREG | 7, 0, DUP, SKIP, 0xfc, 0xff],
        &[DEF_CFA_EXPRESSION, 6, BREG | 7, 0, DEREF, SKIP, 0xfc, 0xff],
        &[DEF_CFA_EXPRESSION, 0],
        &[DEF_CFA_EXPRESSION, 1, DEREF],
    ] {
        assert_eq!(step(x86_64(endless), &state()), Some(Step::Broken), "{endless:x?}");
    }
}

#[test]
fn nothing_is_known_outside_of_functions() {
    let cfi = Cfi::eh_frame(Piece { address: SECTION, bytes: x86_64(&[]) }, None, 0, 0, 8);
    let context = &mut Context::new();
    let mut known = |address| cfi.step(address, 0, &state(), &mut Doubled, context).is_some();
    assert!(known(FUNCTION) && known(FUNCTION + u64::from(LENGTH) - 1));
    assert!(!known(FUNCTION - 1) && !known(FUNCTION + u64::from(LENGTH)) && !known(0) && !known(u64::MAX));
}

/// An `.eh_frame_hdr` at 0x800 for the section, with this table.
fn header(table: &[(i32, i32)], count: u32) -> Piece {
    let mut bytes = vec![1, RELATIVE_POINTER, 0x03, 0x3b];
    bytes.extend(((SECTION - 0x804) as i32).to_le_bytes());
    bytes.extend(count.to_le_bytes());
    for (function, entry) in table {
        bytes.extend(function.to_le_bytes());
        bytes.extend(entry.to_le_bytes());
    }
    Piece { address: 0x800, bytes }
}

#[test]
fn the_table_says_where_an_entry_is() {
    let section = x86_64(&[]);
    let entry = SECTION as i32 - 0x800 + section[0] as i32 + 4;
    let table = [(0x100, 0), (FUNCTION as i32 - 0x800, entry), (0x10_0000, 0)];
    let piece = |bytes: &[u8]| Piece { address: SECTION, bytes: bytes.to_vec() };
    let known = |hdr| {
        let cfi = Cfi::eh_frame(piece(&section), Some(hdr), 0, 0, 8);
        let used = cfi.table.is_some();
        let step = cfi.step(FUNCTION, 0, &state(), &mut Doubled, &mut Context::new());
        (used, matches!(step, Some(Step::Caller(..))))
    };
    assert_eq!(known(header(&table, 3)), (true, true));
    // A table that lies is believed, one that is none is not needed.
    assert_eq!(known(header(&[(0x100, i32::MIN)], 1)), (true, false));
    assert_eq!(known(header(&[(0x100, i32::MAX)], 1)), (true, false));
    assert_eq!(known(header(&table, 4)), (false, true));
    assert_eq!(known(header(&[], 0)), (false, true));
}

/// A sequence of numbers without order, the same each time.
fn numbers() -> impl FnMut(usize) -> usize {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    move |below| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    }
}

#[test]
fn spoilt_information_does_no_harm() {
    let expression = [DEF_CFA_EXPRESSION, 5, BREG | 6, 8, DEREF, PLUS_UCONST, 32];
    let bytes = x86_64(&[&[ADVANCE | 8, DEF_CFA_OFFSET, 16, OFFSET | 3, 2], &expression[..]].concat());
    let mut number = numbers();
    let context = &mut Context::new();
    for _ in 0..50_000 {
        let mut bytes = bytes.clone();
        for _ in 0..=number(3) {
            let at = number(bytes.len());
            bytes[at] = number(256) as u8;
        }
        bytes.truncate(bytes.len() - number(2) * number(20));
        for debug in [false, true] {
            let section = Piece { address: SECTION, bytes: bytes.clone() };
            let cfi =
                if debug { Cfi::debug_frame(section, 8) } else { Cfi::eh_frame(section, None, 0, 0, 8) };
            let _ = cfi.step(FUNCTION + 16, 0, &state(), &mut Doubled, context);
        }
    }
}
