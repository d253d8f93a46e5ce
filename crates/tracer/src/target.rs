//! The stopped tracee as the walker sees it.

use crate::fds::Describer;
use crate::output::Passage;
use crate::sys;
use decode::{FdOwner, Labelled, PidKind, Target};
use ptrace::{Addr, Memory, Tid};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A stopped tracee: its memory, and what its descriptors stand for.
pub(crate) struct Live<'a> {
    tid: Tid,
    memory: Memory,
    stack_pointer: Option<u64>,
    pages: &'a mut Pages,
    describer: &'a mut Describer,
    /// Where the beginning of a call's line goes before the tracer may have to wait.
    passage: Option<Passage>,
    /// What to tell the user about memory that could not be read.
    pub(crate) notes: Vec<String>,
}

impl<'a> Live<'a> {
    /// The tracee as of its present stop.
    pub(crate) fn new(
        tid: Tid,
        stack_pointer: Option<u64>,
        pages: &'a mut Pages,
        describer: &'a mut Describer,
    ) -> Live<'a> {
        pages.forget();
        Live {
            tid,
            memory: Memory::of(tid),
            stack_pointer,
            pages,
            describer,
            passage: None,
            notes: Vec::new(),
        }
    }

    /// What is shown goes there before memory is read.
    pub(crate) fn passing_on(self, passage: Option<Passage>) -> Live<'a> {
        Live { passage, ..self }
    }
}

/// Bytes per page, or a part of one on machines with larger pages.
const PAGE: usize = 4096;
/// How many pages are kept.
const KEPT: usize = 4;

/// Pages of a stopped tracee that have been read already: records, and the strings that they point to, mostly stand
/// side by side on its stack.
pub(crate) struct Pages {
    pages: [Page; KEPT],
    /// The page that the next one takes the place of.
    oldest: usize,
}

/// A page, as far as it can be read.
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

    fn may_hang(&self, addr: u64, len: usize) -> bool {
        self.passage.is_some() && !self.pages.has(addr, len)
    }

    fn pass_on(&mut self, shown: &[u8]) {
        if let Some(passage) = &self.passage {
            passage.push(shown);
        }
    }

    fn cut_off(&mut self, addr: u64, got: usize, wanted: usize) {
        self.notes.push(format!("umovestr: short read ({got} < {wanted}) @{addr:#x}: Bad address"));
    }

    fn describe_fd(&mut self, fd: i32, out: &mut Vec<u8>) -> bool {
        self.describer.fd(self.tid, fd, out)
    }

    fn describe_fd_of(&mut self, owner: FdOwner, fd: i32, out: &mut Vec<u8>) -> bool {
        self.describer.fd_of(self.tid, owner, fd, out)
    }

    fn describe_context(&mut self, of: Labelled<'_>, out: &mut Vec<u8>) -> bool {
        self.describer.context(self.tid, of, out)
    }

    fn describe_cwd(&mut self, out: &mut Vec<u8>) -> bool {
        self.describer.cwd(self.tid, out)
    }

    fn translate_pid(&mut self, kind: PidKind, id: i32) -> Option<i32> {
        self.describer.translate_pid(self.tid, kind, id)
    }

    fn describe_pid(&mut self, kind: PidKind, id: i32, out: &mut Vec<u8>) -> bool {
        self.describer.pid(self.tid, kind, id, out)
    }

    fn entered_namespace(&mut self, process: Option<i32>, kind: &str) -> Option<String> {
        self.describer.entered_namespace(self.tid, process, kind)
    }

    fn vcpu_state(&mut self, fd: i32) -> Option<u64> {
        self.describer.vcpu(self.tid, fd).map(|(_, at)| at)
    }

    fn stack_pointer(&mut self) -> Option<u64> {
        self.stack_pointer
    }

    fn interface(&mut self, index: u32) -> Option<Vec<u8>> {
        sys::interface_name(index)
    }

    fn anonymous_inode(&mut self, fd: i32) -> Option<String> {
        let link = std::fs::read_link(format!("/proc/{}/fd/{fd}", self.tid)).ok()?;
        Some(link.to_str()?.strip_prefix("anon_inode:")?.to_owned())
    }

    fn boot_time(&mut self) -> Option<Duration> {
        let uptime = std::fs::read_to_string("/proc/uptime").ok()?;
        let uptime: f64 = uptime.split_whitespace().next()?.parse().ok()?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
        now.checked_sub(Duration::try_from_secs_f64(uptime).ok()?)
    }

    fn is_terminal(&mut self, fd: i32) -> bool {
        is_terminal(self.tid, fd)
    }

    fn socket_protocol(&mut self, fd: i32) -> Option<String> {
        self.describer.socket_protocol(self.tid, fd)
    }

    fn netlink_protocol(&mut self, fd: i32) -> Option<u32> {
        self.describer.netlink_protocol(self.tid, fd)
    }

    fn generic_family(&mut self, id: u16) -> Option<String> {
        self.describer.generic_family(id)
    }
}

/// Whether a descriptor of a thread is one of a terminal: told by the kind of device, so that nothing is opened.
fn is_terminal(tid: Tid, fd: i32) -> bool {
    /// The devices of terminals: consoles, `/dev/tty` and its like, pseudo-terminals, and lines of several drivers.
    /// Source: `Documentation/admin-guide/devices.txt` of the kernel.
    const CONSOLE: u32 = 4;
    const ALTERNATE: u32 = 5;
    const PSEUDO: std::ops::RangeInclusive<u32> = 136..=143;
    const LINES: [u32; 4] = [166, 188, 204, 229];
    let Ok(file) = std::fs::metadata(format!("/proc/{tid}/fd/{fd}")) else { return false };
    let major = libc::major(file.rdev());
    let is_kind = [CONSOLE, ALTERNATE].contains(&major) || PSEUDO.contains(&major) || LINES.contains(&major);
    file.file_type().is_char_device() && is_kind
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
