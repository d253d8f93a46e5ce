//! The memory of a stopped process, a page at a time.

use ptrace::{Addr, Tid};

/// Memory that words can be read from.
pub(crate) trait Memory {
    /// Fills `buffer` from `address` on; false if some of it can't be read.
    fn read(&mut self, address: u64, buffer: &mut [u8]) -> bool;

    /// A little-endian number of up to 8 bytes.
    fn number(&mut self, address: u64, size: usize) -> Option<u64> {
        let mut bytes = [0; 8];
        let part = bytes.get_mut(..size)?;
        self.read(address, part).then(|| u64::from_le_bytes(bytes))
    }
}

/// Bytes read at a time: frames stand close together.
const PAGE: u64 = 4096;
/// How many pages are kept.
const KEPT: usize = 8;

/// The memory of a stopped tracee. To be made anew for each stop.
pub(crate) struct Tracee {
    memory: ptrace::Memory,
    /// Pages that were read, as far as they can be.
    pages: Vec<(u64, Vec<u8>)>,
    /// The one to be replaced next.
    oldest: usize,
}

impl Tracee {
    pub(crate) fn new(tid: Tid) -> Self {
        Self { memory: ptrace::Memory::of(tid), pages: Vec::new(), oldest: 0 }
    }

    /// What can be read of the page that begins at `start`.
    fn page(&mut self, start: u64) -> &[u8] {
        let i = match self.pages.iter().position(|(at, _)| *at == start) {
            Some(i) => i,
            None => self.fetch(start),
        };
        &self.pages[i].1
    }

    fn fetch(&mut self, start: u64) -> usize {
        let mut bytes = vec![0; PAGE as usize];
        let len = self.memory.read(Addr(start), &mut bytes).unwrap_or(0);
        bytes.truncate(len);
        if self.pages.len() < KEPT {
            self.pages.push((start, bytes));
            return self.pages.len() - 1;
        }
        let i = self.oldest;
        self.oldest = (i + 1) % KEPT;
        self.pages[i] = (start, bytes);
        i
    }
}

impl Memory for Tracee {
    fn read(&mut self, address: u64, buffer: &mut [u8]) -> bool {
        let mut done = 0;
        while done < buffer.len() {
            let Some(at) = address.checked_add(done as u64) else { return false };
            let offset = (at % PAGE) as usize;
            let there = self.page(at - offset as u64).get(offset..).unwrap_or_default();
            let got = there.len().min(buffer.len() - done);
            if got == 0 {
                return false;
            }
            buffer[done..done + got].copy_from_slice(&there[..got]);
            done += got;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_across_pages() {
        let data: Vec<u8> = (0..64 * 1024_u32).map(|i| (i / 7) as u8).collect();
        let base = data.as_ptr() as u64;
        let mut memory = Tracee::new(Tid::current());
        for offset in [0, 1, 4093, 4095, 40_000, 8000, 0] {
            let expected = u64::from_le_bytes(data[offset..offset + 8].try_into().unwrap());
            assert_eq!(memory.number(base + offset as u64, 8), Some(expected));
        }
        assert_eq!(memory.number(8, 8), None);
        assert_eq!(memory.number(u64::MAX - 3, 8), None);
        assert_eq!(memory.number(base, 9), None);
    }
}
