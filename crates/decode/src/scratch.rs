//! Memory reused from call to call, so that decoding allocates nothing.

use crate::cx::{CutOff, mask};
use std::ops::Deref;

/// Memory reused from call to call.
#[derive(Debug, Default)]
pub struct Scratch {
    /// Bytes of the records being shown, innermost last.
    pub(crate) stack: Stack,
    /// Strings that went on where nothing can be read.
    pub(crate) cut_off: Vec<CutOff>,
    /// What [`crate::Cx::lend`] lends.
    pub(crate) spare: Vec<u8>,
}

impl Scratch {
    /// Whether there is one that [`Scratch::cut_off`] gives.
    #[inline]
    pub fn has_cut_off(&self) -> bool {
        !self.cut_off.is_empty()
    }

    /// The strings that went on where nothing can be read, of all calls shown since this was asked last.
    pub fn cut_off(&mut self) -> impl Iterator<Item = CutOff> {
        self.cut_off.drain(..)
    }
}

/// Bytes that go in the reverse order of their coming. Room that has been used stays as it is, so that it is not
/// cleared each time before something is read into it.
#[derive(Debug, Default)]
pub(crate) struct Stack {
    room: Vec<u8>,
    len: usize,
}

impl Stack {
    /// Drops all bytes but the first `len`.
    #[inline]
    pub(crate) fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// The unsigned little-endian number in the `size` bytes at `at`. Only the first eight count, and what is not there
    /// is zero.
    #[inline]
    pub(crate) fn number(&self, at: usize, size: usize) -> u64 {
        // There is room for a whole word, whose upper bytes may be left from before.
        match self.room.get(at..).and_then(|room| room.first_chunk::<WORD>()) {
            Some(word) if at + size <= self.len => u64::from_le_bytes(*word) & mask(size as u32),
            _ => number(self.get(at..).unwrap_or_default(), size),
        }
    }

    /// Adds bytes.
    pub(crate) fn extend_from_slice(&mut self, bytes: &[u8]) {
        self.fill(bytes.len(), |room| {
            room.copy_from_slice(bytes);
            bytes.len()
        });
    }

    /// Adds those of `len` bytes that `read` says it has filled, from the first on; returns how many. What it is given
    /// to fill has any bytes in it.
    #[inline]
    pub(crate) fn fill(&mut self, len: usize, read: impl FnOnce(&mut [u8]) -> usize) -> usize {
        let end = self.len + len;
        if self.room.len() < end + WORD {
            self.room.resize(end + WORD, 0);
        }
        let got = read(&mut self.room[self.len..end]).min(len);
        self.len += got;
        got
    }
}

impl Deref for Stack {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        &self.room[..self.len]
    }
}

/// The most bytes of a number.
const WORD: usize = 8;

/// A number whose bytes may end early.
#[cold]
fn number(bytes: &[u8], size: usize) -> u64 {
    let bytes = bytes.iter().take(size.min(WORD));
    bytes.rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_no_bits_of_what_was_there_before() {
        let mut stack = Stack::default();
        stack.extend_from_slice(&[0xff; 20]);
        stack.truncate(0);
        stack.extend_from_slice(&[1, 2, 3]);
        assert_eq!([0, 1, 2, 3, 8].map(|size| stack.number(0, size)), [0, 1, 0x201, 0x3_0201, 0x3_0201]);
        assert_eq!([stack.number(1, 1), stack.number(2, 8), stack.number(3, 1)], [2, 3, 0]);
        assert_eq!(stack.number(usize::MAX - 7, 4), 0);
        stack.extend_from_slice(&[4; 9]);
        assert_eq!((stack.number(3, 12), stack.number(4, 8)), (0x0404_0404_0404_0404, 0x0404_0404_0404_0404));
    }

    #[test]
    fn what_was_there_before_is_gone() {
        let mut stack = Stack::default();
        stack.extend_from_slice(b"abcdef");
        stack.truncate(1);
        assert_eq!(
            stack.fill(4, |room| {
                room[..2].copy_from_slice(b"xy");
                2
            }),
            2
        );
        assert_eq!(&stack[..], b"axy");
        assert_eq!(stack.fill(1, |_| 7), 1);
        stack.truncate(9);
        assert_eq!(stack.len(), 4);
    }
}
