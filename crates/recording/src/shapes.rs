//! What the writer and the reader of a block remember of the events before: the last numbers of each kind and key, where
//! their memory was, and the threads seen.

use crate::MOST_WORDS;

/// The most kinds and keys in a block: the writer begins another before there are more.
pub(crate) const MOST_SHAPES: usize = 1 << 12;
/// The most changes of thread to one that is new in a block.
pub(crate) const MOST_TASKS: usize = 1 << 16;
/// How many stretches of memory of the last event of a shape are remembered.
const REMEMBERED: usize = 16;

/// Events of one kind and key with so many numbers.
#[derive(Debug)]
pub(crate) struct Shape {
    pub(crate) kind: u8,
    pub(crate) key: u64,
    pub(crate) words: usize,
    /// The numbers of the last one.
    pub(crate) last: [u64; MOST_WORDS],
    /// How many texts, stretches and answers the last one had.
    pub(crate) counts: [usize; 3],
    /// Where the stretches of the last one began.
    addresses: [u64; REMEMBERED],
}

impl Shape {
    pub(crate) fn new(kind: u8, key: u64, words: usize) -> Shape {
        Shape { kind, key, words, last: [0; MOST_WORDS], counts: [0; 3], addresses: [0; REMEMBERED] }
    }

    /// Where the `i`th stretch may begin: where it did the last time, or else near the one before it.
    pub(crate) fn guess(&self, i: usize, before: u64) -> u64 {
        self.addresses.get(i).copied().filter(|&address| address != 0).unwrap_or(before)
    }

    /// Remembers where the `i`th stretch begins.
    pub(crate) fn remember(&mut self, i: usize, address: u64) {
        if let Some(place) = self.addresses.get_mut(i) {
            *place = address;
        }
    }
}

/// The clocks and the thread of the event before.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Before {
    pub(crate) monotonic: u64,
    /// Wall clock less the other.
    pub(crate) apart: u64,
    pub(crate) task: usize,
}
