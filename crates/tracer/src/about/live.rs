//! The stopped tracee as the walker sees it.

use super::Describer;
use decode::{Answer, Question, Target};
use ptrace::{Addr, Memory, Tid};

/// A stopped tracee: its memory, and answers about it.
pub struct Live<'a> {
    tid: Tid,
    memory: Memory,
    stack_pointer: Option<u64>,
    pages: &'a mut Pages,
    describer: &'a mut Describer,
}

impl<'a> Live<'a> {
    /// The tracee as of its present stop.
    pub fn new(
        tid: Tid,
        stack_pointer: Option<u64>,
        pages: &'a mut Pages,
        describer: &'a mut Describer,
    ) -> Live<'a> {
        pages.forget();
        Live { tid, memory: Memory::of(tid), stack_pointer, pages, describer }
    }
}

/// Bytes per page, or a part of one on machines with larger pages.
const PAGE: usize = 4096;
/// How many pages are kept.
const KEPT: usize = 4;

/// Pages of a stopped tracee that have been read already: records, and the strings that they point to, mostly stand
/// side by side on its stack.
#[derive(Debug)]
pub struct Pages {
    pages: [Page; KEPT],
    /// The page that the next one takes the place of.
    oldest: usize,
}

/// A page, as far as it can be read.
#[derive(Debug)]
struct Page {
    start: u64,
    bytes: Box<[u8; PAGE]>,
    len: usize,
    /// Whether this is what is there now.
    valid: bool,
}

impl Default for Pages {
    fn default() -> Self {
        let page = || Page { start: 0, bytes: Box::new([0; PAGE]), len: 0, valid: false };
        Pages { pages: std::array::from_fn(|_| page()), oldest: 0 }
    }
}

impl Pages {
    /// Forgets everything, since the tracee has run.
    fn forget(&mut self) {
        self.pages.iter_mut().for_each(|page| page.valid = false);
    }

    /// Whether these bytes are in one page that is kept.
    fn has(&self, addr: u64, len: usize) -> bool {
        let offset = addr % PAGE as u64;
        let is_kept = |page: &Page| page.valid && page.start == addr - offset;
        offset as usize + len <= PAGE && self.pages.iter().any(is_kept)
    }

    /// What can be read of the page that begins at `start`.
    fn page(&mut self, memory: Memory, start: u64) -> &[u8] {
        let kept = self.pages.iter().position(|page| page.valid && page.start == start);
        let i = kept.unwrap_or_else(|| {
            let i = self.oldest;
            self.oldest = (i + 1) % KEPT;
            let page = &mut self.pages[i];
            page.len = memory.read(Addr(start), &mut page.bytes[..]).unwrap_or(0);
            (page.start, page.valid) = (start, true);
            i
        });
        let page = &self.pages[i];
        &page.bytes[..page.len]
    }

    /// Fills `buf` from `addr` on, as far as there is memory; returns how far.
    fn read(&mut self, memory: Memory, addr: u64, buf: &mut [u8]) -> usize {
        let mut done = 0;
        while done < buf.len() {
            let Some(at) = addr.checked_add(done as u64) else { break };
            let offset = (at % PAGE as u64) as usize;
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
}

impl Target for Live<'_> {
    fn read(&mut self, addr: u64, buf: &mut [u8]) -> usize {
        if buf.len() > PAGE {
            return self.memory.read(Addr(addr), buf).unwrap_or(0);
        }
        self.pages.read(self.memory, addr, buf)
    }

    fn ask(&mut self, question: &Question<'_>) -> Option<Answer<'_>> {
        match *question {
            Question::StackPointer => self.stack_pointer.map(Answer::Number),
            Question::MayHang { addr, len } => (!self.pages.has(addr, len)).then_some(Answer::Yes),
            _ => self.describer.ask(self.tid, question),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_across_pages_and_up_to_what_is_there() {
        let data: Vec<u8> = (0..4 * PAGE).map(|i| i as u8).collect();
        let memory = Memory::of(Tid::current());
        let mut pages = Pages::default();
        let mut buf = [0; PAGE];
        for offset in [0, 100, PAGE, 3 * PAGE - 7, 0] {
            assert_eq!(pages.read(memory, data.as_ptr() as u64 + offset as u64, &mut buf), PAGE);
            assert_eq!(buf[..], data[offset..offset + PAGE]);
        }
        assert_eq!(pages.read(memory, 16, &mut buf), 0);
        assert_eq!(pages.read(memory, u64::MAX - 8, &mut buf), 0);
    }
}
