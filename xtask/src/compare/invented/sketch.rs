//! A first version of a call, as its plan says: what it leads to is there, and lengths are what they are.

use decode::Variant;
use decode::plan::{Amount, Kind, Place, Plan, Read};
use uapi::Abi;

use super::super::random::Random;
use super::contents::{self, numbers};
use super::trial::RESULT;

/// The memory of a call: one page at a fixed address, with nothing behind it.
#[derive(Clone)]
pub(super) struct Page {
    pub(super) bytes: Vec<u8>,
    /// Where the next object goes.
    next: usize,
}

impl Page {
    /// An address that 32-bit programs can have too; as in `probe.c`.
    pub(super) const BASE: u64 = 0x1000_0000;
    /// Where the stack is during a call; as in `probe.c`.
    pub(super) const STACK: usize = 0x100;
    /// In bytes.
    pub(super) const SIZE: usize = 4096;

    /// A page that begins with these bytes.
    pub(super) fn new(bytes: &[u8]) -> Self {
        let mut page = Self { bytes: vec![0; Self::SIZE], next: 0 };
        page.put(0, bytes);
        page
    }

    /// Room for an object, now and then so close to the end of the page that it is cut off: its offset.
    fn room(&mut self, size: usize, random: &mut Random) -> usize {
        if random.once_in(25) {
            return Self::SIZE - random.below(size + 9).clamp(1, Self::SIZE);
        }
        let at = if self.next + size > Self::SIZE { 0 } else { self.next };
        self.next = (at + size + random.of(&[0, 0, 4])).next_multiple_of(8);
        at
    }

    /// Writes bytes, as far as there is room.
    pub(super) fn put(&mut self, at: usize, bytes: &[u8]) {
        self.bytes.iter_mut().skip(at).zip(bytes).for_each(|(to, from)| *to = *from);
    }

    /// Writes a number of so many bytes.
    pub(super) fn put_number(&mut self, at: usize, value: u64, width: usize) {
        self.put(at, &value.to_le_bytes()[..width.min(8)]);
    }

    /// The address of an offset.
    pub(super) fn addr(offset: usize) -> u64 {
        Self::BASE + offset as u64
    }
}

/// A call: its arguments by their place in the row, and its memory.
#[derive(Clone)]
pub(super) struct Sketch {
    pub(super) args: [u64; 6],
    pub(super) page: Page,
}

/// The most bytes that are made of a stretch whose length is a limit, and the most elements that lead further.
const ENOUGH: usize = 400;
const ELEMENTS: usize = 6;

impl Sketch {
    /// A call that goes on like this, in a page full of anything.
    pub(super) fn new(variant: &Variant, plan: &Plan, page: &Page, abi: Abi, random: &mut Random) -> Self {
        let mut args = [0; 6];
        args.fill_with(|| random.word());
        for (arg, value) in variant.args().zip(&mut args) {
            *value = contents::argument(&arg.ty, abi, random);
        }
        let mut hand = Hand { call: Self { args, page: page.clone() }, is_set: [false; 6], abi, random };
        hand.lay(&plan.entering, 0);
        hand.lay(&plan.exiting, 0);
        hand.call
    }
}

/// What makes a sketch.
struct Hand<'a> {
    call: Sketch,
    /// Which arguments have been decided on.
    is_set: [bool; 6],
    abi: Abi,
    random: &'a mut Random,
}

impl Hand<'_> {
    /// Makes what is read. `outer` is where the element begins in which it stands.
    fn lay(&mut self, reads: &[Read], outer: usize) {
        // What an argument leads to in several ways is made in one of them.
        let first = self.random.below(reads.len());
        for read in reads[first..].iter().chain(&reads[..first]) {
            let size = self.amount(&read.len, outer, None).min(ENOUGH);
            let Some(at) = self.place(read.place, size, outer) else { continue };
            let bytes = match read.kind {
                _ if matches!(read.place, Place::Within(_)) => Vec::new(),
                Kind::String => contents::text(self.random),
                Kind::Bytes => contents::bytes(size, self.abi, self.random),
                Kind::Value | Kind::Struct(_) => numbers(size, self.random),
            };
            self.call.page.put(at, &bytes);
            let step = read.element as usize;
            let count = size.checked_div(step).unwrap_or(1).min(ELEMENTS);
            (0..count).for_each(|i| self.lay(&read.inner, at + i * step));
        }
    }

    /// Where a stretch of so many bytes is, if there is a new one.
    fn place(&mut self, place: Place, size: usize, outer: usize) -> Option<usize> {
        match place {
            Place::Stack => return Some(Page::STACK),
            Place::Within(at) => return Some(outer + at as usize),
            // Nothing is there.
            _ if self.random.once_in(16) => return None,
            Place::Argument(i) | Place::ArgumentWord(i, _) if self.decide(i)? => return None,
            _ => {}
        }
        let to = self.call.page.room(size, self.random);
        match place {
            Place::Pointer { at, bytes } => {
                self.call.page.put_number(outer + at as usize, Page::addr(to), bytes.into());
            }
            Place::Argument(i) | Place::ArgumentWord(i, _) => {
                self.call.args[usize::from(i)] = Page::addr(to);
            }
            Place::Stack | Place::Within(_) => {}
        }
        Some(to)
    }

    /// Whether an argument has been decided on before; it is from now on.
    fn decide(&mut self, i: u8) -> Option<bool> {
        Some(std::mem::replace(self.is_set.get_mut(usize::from(i))?, true))
    }

    /// How many bytes, or elements of so many bytes, there are; what says so says so from now on.
    fn amount(&mut self, amount: &Amount, outer: usize, element: Option<u32>) -> usize {
        let count = if element.is_some() { self.random.below(ELEMENTS) } else { self.random.size() };
        match amount {
            Amount::Const(n) => return *n as usize,
            Amount::Ret => return RESULT as usize,
            Amount::Argument(i, _) => {
                let is_set = self.decide(*i);
                let Some(arg) = self.call.args.get_mut(usize::from(*i)) else { return 0 };
                if is_set == Some(false) {
                    *arg = count as u64;
                }
                return *arg as usize;
            }
            Amount::AtArgument(i) => {
                if let Some(at) = self.place(Place::Argument(*i), 4, outer) {
                    self.call.page.put_number(at, count as u64, 4);
                }
            }
            Amount::Number { at, bytes, .. } => {
                self.call.page.put_number(outer + *at as usize, count as u64, (*bytes).into());
            }
            Amount::String => {}
            Amount::Least(of) => {
                return of.iter().map(|one| self.amount(one, outer, element)).min().unwrap_or(0);
            }
            Amount::Times(of, by) => return self.amount(of, outer, Some(*by)).saturating_mul(*by as usize),
            Amount::Div(of, by) => return self.amount(of, outer, element) / (*by as usize).max(1),
            Amount::DivUp(of, by) => return self.amount(of, outer, element).div_ceil((*by as usize).max(1)),
        }
        count
    }
}
