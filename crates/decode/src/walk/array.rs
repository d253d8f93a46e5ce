//! Arrays.

use crate::cx::Cx;
use crate::sink::Kind;
use crate::ty::Ty;

/// The most bytes read of an array at a time.
const CHUNK: usize = 4096;

impl Cx<'_> {
    /// Shows `len` elements from `addr` on, as far as they can be read.
    pub fn array(&mut self, of: &'static Ty, addr: u64, len: u64) {
        self.array_with(addr, len, self.size_of(of), |cx, _, offset, at| cx.show_in_place(of, offset, at));
    }

    /// Shows `len` elements of `size` bytes from `addr` on with a function, which gets each element's index,
    /// where its bytes are ([`Cx::element`]), and its address.
    pub fn array_with(
        &mut self,
        addr: u64,
        len: u64,
        size: usize,
        mut show: impl FnMut(&mut Self, u64, usize, u64),
    ) {
        if addr == 0 {
            return self.out.addr(addr);
        }
        // That nothing is there is known without a look.
        if len == 0 || size == 0 {
            self.out.open(Kind::Array);
            return self.out.close(Kind::Array);
        }
        if !self.options.verbose {
            return self.out.addr(addr);
        }
        // No array goes beyond the end of all addresses.
        if len.checked_mul(size as u64).and_then(|bytes| addr.checked_add(bytes)).is_none() {
            return self.out.addr(addr);
        }
        // As strace does, the low half of the length decides whether an array is shortened.
        let strings = self.options.strings as u64;
        let limit = if self.abbrev() && len & 0xffff_ffff > strings { strings } else { len };
        let per_chunk = (CHUNK / size).max(1) as u64;
        let (mut done, mut opened) = (0, false);
        if limit == 0 && self.read_uint(addr, 1).is_none() {
            return self.out.addr(addr);
        }
        while done < limit {
            if self.elements == 0 {
                if !opened {
                    self.out.open(Kind::Array);
                }
                self.out.more();
                return self.out.close(Kind::Array);
            }
            let count = per_chunk.min(limit - done);
            let start = self.scratch.stack.len();
            let chunk_addr = addr.wrapping_add(done.wrapping_mul(size as u64));
            let got = self.push_some(chunk_addr, count as usize * size) / size;
            if got == 0 && !opened {
                return self.out.addr(addr);
            }
            if !opened {
                self.out.open(Kind::Array);
                opened = true;
            }
            self.elements = self.elements.saturating_sub(got);
            for i in 0..got {
                self.out.item();
                let at = chunk_addr.wrapping_add((i * size) as u64);
                show(self, done + i as u64, start + i * size, at);
            }
            self.scratch.stack.truncate(start);
            done += got as u64;
            if (got as u64) < count {
                self.out.more_at(addr.wrapping_add(done.wrapping_mul(size as u64)));
                return self.out.close(Kind::Array);
            }
        }
        if !opened {
            self.out.open(Kind::Array);
        }
        if limit < len {
            // An element that is left out must still be there.
            let next = addr.wrapping_add(limit.wrapping_mul(size as u64));
            match self.push(next, size) {
                Some(start) => {
                    self.scratch.stack.truncate(start);
                    self.out.more();
                }
                None => self.out.more_at(next),
            }
        }
        self.out.close(Kind::Array);
    }

    /// The bytes of an element that [`Cx::array_with`] is showing.
    pub fn element(&self, offset: usize, size: usize) -> &[u8] {
        &self.scratch.stack[offset..offset + size]
    }
}
