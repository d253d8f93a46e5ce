//! Files read piece by piece, and not too much of them.

use object::{ReadCache, ReadRef};
use std::cell::Cell;
use std::io::{Read, Seek};

/// The most bytes of one table.
const PIECE: u64 = 256 << 20;
/// The most bytes of one file.
const TOTAL: u64 = 512 << 20;

/// A file of which no more is read than a tracer can hold: a sparse one may claim any size.
pub(crate) struct Bounded<F: Read + Seek> {
    cache: ReadCache<F>,
    left: Cell<u64>,
}

impl<F: Read + Seek> Bounded<F> {
    pub(crate) fn new(file: F) -> Self {
        Self { cache: ReadCache::new(file), left: Cell::new(TOTAL) }
    }

    /// Accounts for bytes that are about to be held.
    pub(crate) fn spend(&self, size: u64) -> Result<(), ()> {
        if size > PIECE {
            return Err(());
        }
        self.left.set(self.left.get().checked_sub(size).ok_or(())?);
        Ok(())
    }
}

impl<'a, F: Read + Seek> ReadRef<'a> for &'a Bounded<F> {
    fn len(self) -> Result<u64, ()> {
        (&self.cache).len()
    }

    fn read_bytes_at(self, offset: u64, size: u64) -> Result<&'a [u8], ()> {
        self.spend(size)?;
        (&self.cache).read_bytes_at(offset, size)
    }

    fn read_bytes_at_until(self, range: std::ops::Range<u64>, delimiter: u8) -> Result<&'a [u8], ()> {
        (&self.cache).read_bytes_at_until(range, delimiter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn too_much_is_refused() {
        let file = Bounded::new(Cursor::new(vec![7; 100]));
        assert_eq!((&file).read_bytes_at(98, 2), Ok(&[7, 7][..]));
        assert_eq!((&file).read_bytes_at(98, 3), Err(()));
        assert_eq!((&file).read_bytes_at(0, PIECE + 1), Err(()));
        file.left.set(1);
        assert_eq!((&file).read_bytes_at(0, 2), Err(()));
    }
}
