//! Text on its way to files, in memory that tracer and keeper share: the tracer puts records in, and whoever holds the
//! lock takes them out.

use super::sys::{self, Shared};
use std::sync::atomic::Ordering;

/// So many bytes, with the records' heads, are a large piece: the tracer writes them itself.
pub(super) const PIECE: u64 = 128 << 10;

/// A record's head; its text follows.
#[derive(Clone, Copy)]
struct Record {
    fd: i32,
    key: u32,
    len: u32,
    /// How much of it has been written.
    written: u32,
    /// How much of a line without an end stands before it.
    unfinished: u32,
}

/// How many bytes a head has.
const HEAD: u64 = 20;

impl Record {
    fn to_bytes(self) -> [u8; HEAD as usize] {
        let words = [self.fd as u32, self.key, self.len, self.written, self.unfinished];
        let mut bytes = [0; HEAD as usize];
        bytes
            .chunks_exact_mut(4)
            .zip(words)
            .for_each(|(chunk, word)| chunk.copy_from_slice(&word.to_ne_bytes()));
        bytes
    }

    fn from_bytes(bytes: [u8; HEAD as usize]) -> Record {
        let word = |at: usize| u32::from_ne_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        Record { fd: word(0) as i32, key: word(4), len: word(8), written: word(12), unfinished: word(16) }
    }

    fn rest(&self) -> usize {
        self.len.saturating_sub(self.written) as usize
    }
}

/// Whose text it is that has been gathered, and how much of a line without an end stands before it.
pub(super) struct Text {
    pub(super) fd: i32,
    pub(super) key: usize,
    pub(super) unfinished: u64,
    /// How many bytes it has.
    pub(super) len: usize,
    /// Where it ends, if there is no other text before that.
    all_to: Option<u64>,
}

/// The ring. Positions count all bytes that have ever been put in, and wrap where memory ends.
#[derive(Clone, Copy)]
pub(super) struct Ring<'s> {
    shared: &'s Shared,
}

impl<'s> Ring<'s> {
    pub(super) fn of(shared: &'s Shared) -> Ring<'s> {
        Ring { shared }
    }

    pub(super) fn used(&self) -> u64 {
        self.shared.head.load(Ordering::Acquire).wrapping_sub(self.shared.tail.load(Ordering::Acquire))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.used() == 0
    }

    /// Puts text in; false if there is no room. Only the tracer does.
    pub(super) fn append(&self, fd: i32, key: u32, bytes: &[u8], unfinished: u32) -> bool {
        let Ok(len) = u32::try_from(bytes.len()) else { return false };
        if self.used() + HEAD + u64::from(len) > sys::ROOM as u64 {
            return false;
        }
        let head = self.shared.head.load(Ordering::Relaxed);
        self.shared.copy_in(head, &Record { fd, key, len, written: 0, unfinished }.to_bytes());
        self.shared.copy_in(head + HEAD, bytes);
        // Before the tracer looks whether the keeper sleeps.
        self.shared.head.store(head + HEAD + u64::from(len), Ordering::SeqCst);
        true
    }

    /// The records and where they stand. What follows is for the holder of the lock.
    fn records(self) -> impl Iterator<Item = (u64, Record)> + 's {
        let end = self.shared.head.load(Ordering::Acquire);
        let mut at = self.shared.tail.load(Ordering::Acquire);
        std::iter::from_fn(move || {
            if at >= end {
                return None;
            }
            let mut bytes = [0; HEAD as usize];
            self.shared.copy_out(at, &mut bytes);
            let record = Record::from_bytes(bytes);
            let here = at;
            at += HEAD + u64::from(record.len);
            Some((here, record))
        })
    }

    /// Gathers all text for the descriptor that comes first, or for that of `only`; `None` if there is nothing more.
    pub(super) fn next_text(&self, only: Option<u32>, bytes: &mut Vec<u8>) -> Option<Text> {
        bytes.clear();
        self.release();
        let is_next = |record: &Record| record.rest() > 0 && only.is_none_or(|key| record.key == key);
        let (at, first) = self.records().find(|(_, record)| is_next(record))?;
        let unfinished = self.unfinished(at, &first, bytes);
        let (mut end, mut is_all) = (at, true);
        for (at, record) in self.records().filter(|(_, record)| record.rest() > 0) {
            end = at + HEAD + u64::from(record.len);
            if record.fd == first.fd {
                let begun = bytes.len();
                bytes.resize(begun + record.rest(), 0);
                self.shared.copy_out(at + HEAD + u64::from(record.written), &mut bytes[begun..]);
            } else {
                is_all = false;
            }
        }
        let all_to = is_all.then_some(end);
        Some(Text { fd: first.fd, key: first.key as usize, unfinished, len: bytes.len(), all_to })
    }

    /// How much of a line without an end stands before what is left of a record.
    fn unfinished(&self, at: u64, record: &Record, scratch: &mut Vec<u8>) -> u64 {
        scratch.resize(record.written as usize, 0);
        self.shared.copy_out(at + HEAD, scratch);
        let unfinished = unfinished(record.unfinished.into(), scratch);
        scratch.clear();
        unfinished
    }

    /// Text is about to be written: who comes after a death finds out how far that went.
    pub(super) fn begin(&self, text: &Text) {
        let writing = &self.shared.writing;
        writing.position.store(sys::position(text.fd).unwrap_or(-1), Ordering::Relaxed);
        writing.len.store(text.len as u64, Ordering::Relaxed);
        writing.fd.store(text.fd, Ordering::Release);
    }

    /// So many bytes of a text have been written.
    pub(super) fn end(&self, text: &Text, written: usize) {
        match text.all_to {
            Some(end) if written == text.len => self.shared.tail.store(end, Ordering::Release),
            _ => self.mark(text.fd, written),
        }
        self.shared.writing.fd.store(-1, Ordering::Release);
        self.release();
    }

    /// Notes in the records of a descriptor that so many bytes more have been written.
    fn mark(&self, fd: i32, mut written: usize) {
        for (at, record) in self.records().filter(|(_, record)| record.fd == fd) {
            let part = written.min(record.rest());
            if part > 0 {
                written -= part;
                let record = Record { written: record.written + part as u32, ..record };
                self.shared.copy_in(at, &record.to_bytes());
            }
        }
    }

    /// Whoever held the lock before may have died in the midst of writing: what is in the file is not written twice.
    pub(super) fn recover(&self) {
        let writing = &self.shared.writing;
        let fd = writing.fd.load(Ordering::Acquire);
        if fd < 0 {
            return;
        }
        let before = writing.position.load(Ordering::Relaxed);
        let len = writing.len.load(Ordering::Relaxed);
        let advanced =
            sys::position(fd).filter(|_| before >= 0).and_then(|now| u64::try_from(now - before).ok());
        self.mark(fd, advanced.filter(|&advanced| advanced <= len).unwrap_or(0) as usize);
        writing.fd.store(-1, Ordering::Release);
    }

    /// Makes room: gives up the records in front that have been written.
    fn release(&self) {
        let head = self.shared.head.load(Ordering::Acquire);
        let written = self.records().find(|(_, record)| record.rest() > 0).map_or(head, |(at, _)| at);
        self.shared.tail.store(written, Ordering::Release);
    }
}

/// How much of a line without an end stands behind these bytes, where so much stands before them.
pub(crate) fn unfinished(before: u64, bytes: &[u8]) -> u64 {
    match bytes.iter().rposition(|&byte| byte == b'\n') {
        Some(end) => (bytes.len() - end - 1) as u64,
        None => before + bytes.len() as u64,
    }
}

#[cfg(test)]
mod tests {
    use super::super::sys::Mapping;
    use super::*;

    /// Takes all text out, for one key or for all, as if so much of each had been written.
    fn take(ring: Ring<'_>, only: Option<u32>, most: usize, into: &mut [Vec<u8>]) {
        let mut bytes = Vec::new();
        while let Some(text) = ring.next_text(only, &mut bytes) {
            let written = bytes.len().min(most);
            ring.begin(&text);
            into[text.key].extend_from_slice(&bytes[..written]);
            ring.end(&text, written);
        }
    }

    #[test]
    fn text_comes_out_as_it_went_in() {
        let mapping = Mapping::new().expect("memory");
        let ring = Ring::of(mapping.shared());
        let (mut put, mut got) = (vec![Vec::new(); 3], vec![Vec::new(); 3]);
        for round in 0..5000usize {
            let key = round % 7 % 3;
            let bytes = format!("{round}:{}\n", "x".repeat(round % 97));
            assert!(ring.append(1000 + key as i32, key as u32, bytes.as_bytes(), 0));
            put[key].extend_from_slice(bytes.as_bytes());
            match round % 1000 {
                250 => take(ring, Some(1), usize::MAX, &mut got),
                500 => take(ring, None, 777, &mut got),
                750 => take(ring, None, usize::MAX, &mut got),
                _ => {}
            }
        }
        take(ring, None, usize::MAX, &mut got);
        assert!(put == got && ring.is_empty());
    }

    #[test]
    fn what_finds_no_room_stays_out() {
        let mapping = Mapping::new().expect("memory");
        let ring = Ring::of(mapping.shared());
        let bytes = vec![b'x'; 100_000];
        assert!(ring.append(1000, 0, &bytes, 0) && ring.append(1000, 0, &bytes, 0));
        assert!(!ring.append(1000, 0, &bytes, 0));
        let mut got = [Vec::new()];
        take(ring, None, usize::MAX, &mut got);
        assert_eq!(got[0].len(), 200_000);
        assert!(ring.append(1000, 0, &bytes, 0));
    }

    #[test]
    fn a_line_that_has_begun_is_measured() {
        let mapping = Mapping::new().expect("memory");
        let ring = Ring::of(mapping.shared());
        assert!(ring.append(1000, 0, b"one\ntwo", 5));
        let mut bytes = Vec::new();
        let text = ring.next_text(None, &mut bytes).expect("text");
        assert_eq!((text.unfinished, &bytes[..]), (5, &b"one\ntwo"[..]));
        ring.end(&text, 5);
        let text = ring.next_text(None, &mut bytes).expect("the rest");
        assert_eq!((text.unfinished, &bytes[..]), (1, &b"wo"[..]));
    }
}
