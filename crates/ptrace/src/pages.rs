//! Pages of a stopped tracee's memory that have been read: what a tracer looks at mostly stands close together.

use crate::{Addr, Memory};

/// The last pages that were read of a tracee's memory, `KEPT` at most.
///
/// They are what was there when they were read: who keeps them over a stop's end must [forget](Pages::forget) them.
#[derive(Debug)]
pub struct Pages<const KEPT: usize> {
    pages: [Page; KEPT],
    /// The page that the next one takes the place of.
    oldest: usize,
}

/// A page, as far as it can be read.
#[derive(Debug, Default)]
struct Page {
    start: u64,
    /// A page's worth of bytes, once there has been one.
    bytes: Vec<u8>,
    len: usize,
    /// Whether this is what is there now.
    valid: bool,
}

impl<const KEPT: usize> Default for Pages<KEPT> {
    fn default() -> Self {
        Pages { pages: std::array::from_fn(|_| Page::default()), oldest: 0 }
    }
}

impl<const KEPT: usize> Pages<KEPT> {
    /// Bytes per page, or a part of one on machines with larger pages.
    pub const PAGE: usize = 4096;

    /// Forgets everything, since the tracee has run or is another one.
    pub fn forget(&mut self) {
        self.pages.iter_mut().for_each(|page| page.valid = false);
    }

    /// Whether these bytes are in one page that is kept.
    pub fn has(&self, addr: u64, len: usize) -> bool {
        let offset = addr % Self::PAGE as u64;
        let is_kept = |page: &Page| page.valid && page.start == addr - offset;
        offset as usize + len <= Self::PAGE && self.pages.iter().any(is_kept)
    }

    /// Fills `buf` from `addr` on, as far as there is memory; returns how far.
    pub fn read(&mut self, memory: Memory, addr: u64, buf: &mut [u8]) -> usize {
        let mut done = 0;
        while done < buf.len() {
            let Some(at) = addr.checked_add(done as u64) else { break };
            let offset = (at % Self::PAGE as u64) as usize;
            let there = self.page(memory, at - offset as u64).get(offset..).unwrap_or_default();
            let got = there.len().min(buf.len() - done);
            buf[done..done + got].copy_from_slice(&there[..got]);
            done += got;
            if got == 0 {
                break;
            }
        }
        done
    }

    /// What can be read of the page that begins at `start`.
    fn page(&mut self, memory: Memory, start: u64) -> &[u8] {
        let kept = self.pages.iter().position(|page| page.valid && page.start == start);
        let i = kept.unwrap_or_else(|| {
            let i = self.oldest;
            self.oldest = (i + 1) % KEPT;
            let page = &mut self.pages[i];
            page.bytes.resize(Self::PAGE, 0);
            page.len = memory.read(Addr(start), &mut page.bytes).unwrap_or(0);
            (page.start, page.valid) = (start, true);
            i
        });
        let page = &self.pages[i];
        &page.bytes[..page.len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tid;

    #[test]
    fn reads_across_pages_and_up_to_what_is_there() {
        const PAGE: usize = Pages::<4>::PAGE;
        let data: Vec<u8> = (0..4 * PAGE).map(|i| i as u8).collect();
        let memory = Memory::of(Tid::current());
        let mut pages = Pages::<4>::default();
        let mut buf = [0; PAGE];
        for offset in [0, 100, PAGE, 3 * PAGE - 7, 0] {
            let addr = data.as_ptr() as u64 + offset as u64;
            assert_eq!(pages.read(memory, addr, &mut buf), PAGE);
            assert_eq!(buf[..], data[offset..offset + PAGE]);
            assert!(pages.has(addr, 1));
        }
        assert_eq!(pages.read(memory, 16, &mut buf), 0);
        assert_eq!(pages.read(memory, u64::MAX - 8, &mut buf), 0);
        pages.forget();
        assert!(!pages.has(data.as_ptr() as u64, 1));
    }
}
