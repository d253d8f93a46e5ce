//! The memory of a stopped process.

use ptrace::{Pages, Tid};

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

/// The memory of a stopped tracee, a few pages of it at hand: frames stand close together. To be made anew for each stop.
pub(crate) struct Tracee {
    memory: ptrace::Memory,
    pages: Pages<8>,
}

impl Tracee {
    pub(crate) fn new(tid: Tid) -> Self {
        Self { memory: ptrace::Memory::of(tid), pages: Pages::default() }
    }
}

impl Memory for Tracee {
    fn read(&mut self, address: u64, buffer: &mut [u8]) -> bool {
        self.pages.read(self.memory, address, buffer) == buffer.len()
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
