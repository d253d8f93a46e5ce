//! The stopped tracee as the walker sees it.

use crate::fds::Describer;
use crate::stamp::read_comm;
use crate::sys;
use decode::{PidKind, Target};
use ptrace::{Addr, Memory, Tid};

/// A stopped tracee: its memory, and what its descriptors stand for.
pub(crate) struct Live<'a> {
    tid: Tid,
    memory: Memory,
    stack_pointer: Option<u64>,
    pages: &'a mut Pages,
    describer: &'a mut Describer,
}

impl<'a> Live<'a> {
    /// The tracee as of its present stop.
    pub(crate) fn new(
        tid: Tid,
        stack_pointer: Option<u64>,
        pages: &'a mut Pages,
        describer: &'a mut Describer,
    ) -> Live<'a> {
        pages.len = 0;
        Live { tid, memory: Memory::of(tid), stack_pointer, pages, describer }
    }
}

/// Bytes per page, or a part of one on machines with larger pages.
const PAGE: u64 = 4096;
/// How many pages are kept. What a call points to mostly is together, and may cross the end of a page.
const KEPT: usize = 2 * PAGE as usize;

/// Memory of a stopped tracee that has been read already: records, and the strings that they point to, mostly stand
/// side by side on its stack.
pub(crate) struct Pages {
    start: u64,
    len: usize,
    bytes: Box<[u8; KEPT]>,
}

impl Default for Pages {
    fn default() -> Self {
        Pages { start: 0, len: 0, bytes: Box::new([0; KEPT]) }
    }
}

impl Pages {
    /// The bytes kept from `addr` on.
    fn kept(&self, addr: u64) -> &[u8] {
        match addr.checked_sub(self.start) {
            Some(offset) if offset < self.len as u64 => &self.bytes[offset as usize..self.len],
            _ => &[],
        }
    }

    /// Reads the pages on which `len` bytes at `addr` are.
    fn fill(&mut self, memory: Memory, addr: u64, len: usize) {
        self.start = addr & !(PAGE - 1);
        let end = addr.saturating_add(len as u64).saturating_add(PAGE - 1) & !(PAGE - 1);
        let wanted = KEPT.min((end - self.start) as usize);
        self.len = memory.read(Addr(self.start), &mut self.bytes[..wanted]).unwrap_or(0);
    }
}

impl Target for Live<'_> {
    fn read(&mut self, addr: u64, buf: &mut [u8]) -> usize {
        if buf.len() > PAGE as usize || addr.checked_add(buf.len() as u64).is_none() {
            return self.memory.read(Addr(addr), buf).unwrap_or(0);
        }
        if self.pages.kept(addr).len() < buf.len() {
            self.pages.fill(self.memory, addr, buf.len());
        }
        let kept = self.pages.kept(addr);
        let got = kept.len().min(buf.len());
        buf[..got].copy_from_slice(&kept[..got]);
        got
    }

    fn describe_fd(&mut self, fd: i32, out: &mut Vec<u8>) -> bool {
        self.describer.fd(self.tid, fd, out)
    }

    fn describe_cwd(&mut self, out: &mut Vec<u8>) -> bool {
        self.describer.cwd(self.tid, out)
    }

    fn describe_pid(&mut self, _: PidKind, id: i32, out: &mut Vec<u8>) -> bool {
        self.describer.wants_comm() && id > 0 && read_comm(id, out)
    }

    fn stack_pointer(&mut self) -> Option<u64> {
        self.stack_pointer
    }

    fn interface(&mut self, index: u32) -> Option<String> {
        sys::interface_name(index)
    }

    fn socket_protocol(&mut self, fd: i32) -> Option<String> {
        self.describer.socket_protocol(self.tid, fd)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_across_pages_and_up_to_what_is_there() {
        let data: Vec<u8> = (0..3 * PAGE).map(|i| i as u8).collect();
        let memory = Memory::of(Tid::current());
        let mut pages = Pages::default();
        let addr = data.as_ptr() as u64 + 100;
        pages.fill(memory, addr, PAGE as usize);
        assert_eq!(&pages.kept(addr)[..PAGE as usize], &data[100..100 + PAGE as usize]);
        assert!(pages.kept(addr.wrapping_sub(2 * PAGE)).is_empty());
        pages.fill(memory, 16, 8);
        assert!(pages.kept(16).is_empty());
        pages.fill(memory, u64::MAX - 8, 8);
        assert!(pages.kept(u64::MAX - 8).is_empty());
    }
}
