//! What a decoder asks of the tracee beyond its registers.

use crate::question::{Answer, Question};

/// The tracee as the walker sees it: its memory, and answers to questions.
///
/// Every byte it gives is hostile. Replays and tests implement it over recorded memory.
pub trait Target {
    /// Reads from `addr` until `buf` is full or a byte can't be read; returns how many bytes were.
    fn read(&mut self, addr: u64, buf: &mut [u8]) -> usize;

    /// As [`Target::read`], of a text that ends with a NUL: what stands behind that does not matter.
    fn read_text(&mut self, addr: u64, buf: &mut [u8]) -> usize {
        self.read(addr, buf)
    }

    /// Answers a question; `None` where nobody knows, or nobody wants to know.
    fn ask(&mut self, question: &Question<'_>) -> Option<Answer<'_>> {
        let _ = question;
        None
    }
}

/// A target with no memory and no answers, for what is no tracee's own.
#[derive(Debug)]
pub struct NoTarget;

impl Target for NoTarget {
    fn read(&mut self, _: u64, _: &mut [u8]) -> usize {
        0
    }
}
