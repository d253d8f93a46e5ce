//! From a plan to addresses: what may be read of one call, by its arguments and its memory.

use super::{Amount, Place, Plan, Read};
use crate::cx::{Outcome, mask};
use crate::question::{Answer, Question};
use crate::target::Target;
use std::collections::HashSet;

/// A call at one of its two moments.
pub struct Seen<'a> {
    /// Its arguments.
    pub args: [u64; 6],
    /// What it came to.
    pub outcome: Outcome,
    /// The most bytes that are shown of a string.
    pub strings: usize,
    /// Its memory.
    pub target: &'a mut dyn Target,
}

/// Stretches of memory by their addresses.
#[derive(Clone, Debug, Default)]
pub struct Extents {
    /// First and last address, in order, none touching another.
    stretches: Vec<(u64, u64)>,
}

impl Extents {
    /// Whether these bytes are all in it. None always are.
    pub fn contain(&self, addr: u64, len: usize) -> bool {
        let Some(last) = (len as u64).checked_sub(1).map(|more| addr.saturating_add(more)) else {
            return true;
        };
        let at = self.stretches.partition_point(|&(first, _)| first <= addr);
        at.checked_sub(1).is_some_and(|i| last <= self.stretches[i].1)
    }

    fn of(mut stretches: Vec<(u64, u64)>) -> Extents {
        stretches.sort_unstable();
        let mut merged: Vec<(u64, u64)> = Vec::new();
        for (first, last) in stretches {
            match merged.last_mut() {
                Some(before) if first <= before.1.saturating_add(1) => before.1 = before.1.max(last),
                _ => merged.push((first, last)),
            }
        }
        Extents { stretches: merged }
    }
}

impl Plan {
    /// What may be read of this call: while it begins, or when it has returned, as `seen` says.
    pub fn extents(&self, seen: &mut Seen<'_>) -> Extents {
        let reads = if seen.outcome == Outcome::Running { &self.entering } else { &self.exiting };
        let mut search = Search { seen, found: Vec::new(), visited: HashSet::new() };
        reads.iter().for_each(|read| search.chain(read));
        Extents::of(search.found)
    }
}

/// The most elements that are looked at of an array.
const MOST_ELEMENTS: u64 = 1 << 18;

/// What a stretch consists of.
#[derive(Clone, Copy)]
struct Element {
    addr: u64,
    /// How many bytes of it there are.
    len: u64,
}

struct Search<'s, 'a> {
    seen: &'s mut Seen<'a>,
    found: Vec<(u64, u64)>,
    /// What has been looked at: arrays within arrays may all be the same few bytes.
    visited: HashSet<(*const Read, u64, u64)>,
}

/// The most links that are looked at of a chain.
const MOST_LINKS: usize = 1 << 10;

impl Search<'_, '_> {
    /// Adds a stretch that no other leads to, and those of its kind that it leads to.
    fn chain(&mut self, read: &Read) {
        self.read(read, None);
        if !read.chained {
            return;
        }
        let mut link = self.start(read.place, None);
        for _ in 0..MOST_LINKS {
            let Some(next) = link.and_then(|link| self.number(link, 8)).filter(|&next| next != 0) else {
                return;
            };
            self.read_at(read, next, None);
            link = Some(next);
        }
    }

    /// Adds a stretch, and those that its elements lead to. `outer` is the element in which it stands.
    fn read(&mut self, read: &Read, outer: Option<Element>) {
        if let Some(start) = self.start(read.place, outer) {
            self.read_at(read, start, outer);
        }
    }

    fn read_at(&mut self, read: &Read, start: u64, outer: Option<Element>) {
        let len = self.amount(&read.len, outer);
        if len == 0 || !self.visited.insert((std::ptr::from_ref(read), start, len)) {
            return;
        }
        self.add(start, len);
        if read.inner.is_empty() {
            return;
        }
        let count = if read.element == 0 { 1 } else { len.div_ceil(u64::from(read.element)) };
        let step = u64::from(read.element.max(1));
        for i in 0..count.min(MOST_ELEMENTS) {
            let addr = start.wrapping_add(i.wrapping_mul(step));
            if self.number(addr, 1).is_none() {
                return;
            }
            let len = if read.element == 0 { len } else { step };
            read.inner.iter().for_each(|inner| self.read(inner, Some(Element { addr, len })));
        }
    }

    /// A stretch goes on at zero behind the end of all addresses, as the members of a struct do that a tracee says to be
    /// there. A length that is nothing but nonsense ends there.
    fn add(&mut self, start: u64, len: u64) {
        const MOST_WRAPPED: u64 = 1 << 20;
        let (last, wrapped) = start.overflowing_add(len - 1);
        self.found.push((start, if wrapped { u64::MAX } else { last }));
        if wrapped && len <= MOST_WRAPPED {
            self.found.push((0, last));
        }
    }

    fn start(&mut self, place: Place, outer: Option<Element>) -> Option<u64> {
        match place {
            Place::Argument(i) => self.seen.args.get(usize::from(i)).copied(),
            Place::ArgumentWord(i, bytes) => {
                self.seen.args.get(usize::from(i)).map(|v| v & mask(u32::from(bytes)))
            }
            Place::Stack => match self.seen.target.ask(&Question::StackPointer)? {
                Answer::Number(at) => Some(at),
                _ => None,
            },
            Place::Pointer { at, bytes } => self.number_within(outer?, at, bytes),
            Place::Within(at) => Some(outer?.addr.wrapping_add(u64::from(at))),
        }
    }

    /// A number in an element: what the tracee does not give of that is zero.
    fn number_within(&mut self, outer: Element, at: u32, bytes: u8) -> Option<u64> {
        let given = outer.len.saturating_sub(at.into()).min(bytes.into());
        self.number(outer.addr.wrapping_add(at.into()), given as u8)
    }

    fn number(&mut self, addr: u64, bytes: u8) -> Option<u64> {
        let mut raw = [0; 8];
        let wanted = raw.get_mut(..usize::from(bytes))?;
        (self.seen.target.read(addr, wanted) == usize::from(bytes)).then(|| u64::from_le_bytes(raw))
    }

    fn amount(&mut self, amount: &Amount, outer: Option<Element>) -> u64 {
        match amount {
            Amount::Const(n) => u64::from(*n),
            Amount::Argument(i, bytes) => {
                self.seen.args.get(usize::from(*i)).map_or(0, |v| v & mask(u32::from(*bytes)))
            }
            Amount::AtArgument(i) => {
                let addr = self.seen.args.get(usize::from(*i)).copied();
                addr.and_then(|addr| self.number(addr, 4)).unwrap_or(0)
            }
            Amount::Ret => match self.seen.outcome {
                // As the walker takes it: one that is injected may be anything.
                Outcome::Value(v) => v as u64,
                _ => 0,
            },
            Amount::Number { at, bytes, .. } => {
                outer.and_then(|outer| self.number_within(outer, *at, *bytes)).unwrap_or(0)
            }
            Amount::String => self.seen.strings as u64 + 1,
            Amount::Least(of) => of.iter().map(|a| self.amount(a, outer)).min().unwrap_or(0),
            Amount::Times(a, by) => self.amount(a, outer).saturating_mul(u64::from(*by)),
            Amount::Div(a, by) => self.amount(a, outer) / u64::from((*by).max(1)),
            Amount::DivUp(a, by) => self.amount(a, outer).div_ceil(u64::from((*by).max(1))),
        }
    }
}
