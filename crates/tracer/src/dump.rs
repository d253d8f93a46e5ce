//! Data that was read and written, in hexadecimal (`-e read=`, `-e write=`).

use crate::call::Call;
use crate::tracee::Tracee;
use crate::view::View;
use decode::Outcome;
use ptrace::{Addr, Memory};
use std::fmt::Write as _;
use uapi::Abi;

/// Where the data of a call is.
#[derive(Clone, Copy)]
enum Layout {
    /// At argument 1, as much as was transferred.
    Buffer,
    /// In the `iovec`s at argument 1, of which argument 2 says how many there are.
    Vector,
    /// In the `msghdr` at argument 1.
    Message,
    /// In the `mmsghdr`s at argument 1, of which the result says how many there are.
    Messages,
}

/// The calls with data: whether they read, and where.
const CALLS: &[(&str, bool, Layout)] = &[
    ("read", true, Layout::Buffer),
    ("pread64", true, Layout::Buffer),
    ("recv", true, Layout::Buffer),
    ("recvfrom", true, Layout::Buffer),
    ("mq_timedreceive", true, Layout::Buffer),
    ("mq_timedreceive_time64", true, Layout::Buffer),
    ("readv", true, Layout::Vector),
    ("preadv", true, Layout::Vector),
    ("preadv2", true, Layout::Vector),
    ("recvmsg", true, Layout::Message),
    ("recvmmsg", true, Layout::Messages),
    ("recvmmsg_time64", true, Layout::Messages),
    ("write", false, Layout::Buffer),
    ("pwrite64", false, Layout::Buffer),
    ("send", false, Layout::Buffer),
    ("sendto", false, Layout::Buffer),
    ("mq_timedsend", false, Layout::Buffer),
    ("mq_timedsend_time64", false, Layout::Buffer),
    ("writev", false, Layout::Vector),
    ("pwritev", false, Layout::Vector),
    ("pwritev2", false, Layout::Vector),
    ("vmsplice", false, Layout::Vector),
    ("sendmsg", false, Layout::Message),
    ("sendmmsg", false, Layout::Messages),
];

/// Shows the data of a call that has returned, if it is wanted.
pub(crate) fn data(view: &mut View<'_>, tracee: &mut Tracee, call: &Call, outcome: Outcome) {
    let filters = &view.config.filters;
    if filters.read.is_empty() && filters.write.is_empty() {
        return;
    }
    let Some(name) = call.name() else { return };
    let Some(&(_, reads, layout)) = CALLS.iter().find(|(n, ..)| *n == name) else { return };
    let fds = if reads { &filters.read } else { &filters.write };
    let Outcome::Value(result) = outcome else { return };
    if !fds.contains(call.args[0] as i32) {
        return;
    }
    let mut dump = Dump { memory: Memory::of(tracee.tid), abi: call.abi, text: String::new() };
    // A queue's message is sent whole, and the result says nothing of it.
    let size = if name.starts_with("mq_timedsend") { call.args[2] } else { result.max(0) as u64 };
    match layout {
        Layout::Buffer => dump.bytes(call.args[1], size),
        Layout::Vector => dump.vector(call.args[1], call.args[2], size),
        Layout::Message => dump.message(call.args[1], size),
        Layout::Messages => dump.messages(call.args[1], result.max(0) as u64),
    }
    let sheet = tracee.sheet.as_deref_mut().unwrap_or(view.output.shared());
    sheet.push(dump.text.as_bytes());
}

struct Dump {
    memory: Memory,
    abi: Abi,
    text: String,
}

/// The most elements of a vector (`UIO_MAXIOV` of the kernel).
const MAX_VECTOR: u64 = 1024;
/// How many digits offsets have in a dump of so many bytes: as many as the last one needs, five at least.
fn offset_digits(size: u64) -> usize {
    let bits = u64::BITS - size.saturating_sub(1).leading_zeros();
    (bits as usize).div_ceil(4).max(5)
}

/// Bytes per line.
const LINE: usize = 16;

impl Dump {
    /// The bytes at `address`, as far as they can be read.
    fn bytes(&mut self, address: u64, size: u64) {
        let mut chunk = [0; 4096];
        let mut done = 0;
        let width = offset_digits(size);
        while done < size {
            let want = chunk.len().min((size - done) as usize);
            let got = self.memory.read(Addr(address.wrapping_add(done)), &mut chunk[..want]).unwrap_or(0);
            for (i, line) in chunk[..got].chunks(LINE).enumerate() {
                self.line(done + (i * LINE) as u64, width, line);
            }
            done += got as u64;
            if got < want {
                return;
            }
        }
    }

    fn line(&mut self, offset: u64, width: usize, bytes: &[u8]) {
        let _ = write!(self.text, " | {offset:0width$x} ");
        for i in 0..LINE {
            if i % 8 == 0 {
                self.text.push(' ');
            }
            let _ = match bytes.get(i) {
                Some(b) => write!(self.text, "{b:02x} "),
                None => write!(self.text, "   "),
            };
        }
        self.text.push(' ');
        for i in 0..LINE {
            self.text.push(match bytes.get(i) {
                Some(&b @ b' '..=b'~') => char::from(b),
                Some(_) => '.',
                None => ' ',
            });
        }
        self.text.push_str(" |\n");
    }

    fn vector(&mut self, address: u64, count: u64, mut size: u64) {
        let word = self.abi.word() as u64;
        for i in 0..count.min(MAX_VECTOR) {
            let at = address.wrapping_add(i * 2 * word);
            let (Some(base), Some(len)) = (self.word(at), self.word(at.wrapping_add(word))) else { return };
            let len = len.min(size);
            if len == 0 {
                return;
            }
            let _ = writeln!(self.text, " * {len} bytes in buffer {i}");
            self.bytes(base, len);
            size -= len;
        }
    }

    fn message(&mut self, address: u64, size: u64) {
        let word = self.abi.word() as u64;
        // msg_name, msg_namelen (padded to a word), msg_iov, msg_iovlen.
        let vector = self.word(address.wrapping_add(2 * word));
        let count = self.word(address.wrapping_add(3 * word));
        if let (Some(vector), Some(count)) = (vector, count) {
            self.vector(vector, count, size);
        }
    }

    fn messages(&mut self, address: u64, count: u64) {
        let word = self.abi.word() as u64;
        let header = 7 * word;
        // A msghdr, and an unsigned int padded to a word.
        let stride = header + word;
        for i in 0..count.min(MAX_VECTOR) {
            let at = address.wrapping_add(i * stride);
            let Some(size) = self.uint(at.wrapping_add(header), 4) else { return };
            let _ = writeln!(self.text, " = {i} buffers in vector {i}");
            self.message(at, size);
        }
    }

    fn word(&self, address: u64) -> Option<u64> {
        self.uint(address, self.abi.word())
    }

    fn uint(&self, address: u64, bytes: usize) -> Option<u64> {
        let mut raw = [0; 8];
        self.memory.read_exact(Addr(address), &mut raw[..bytes]).ok()?;
        Some(u64::from_le_bytes(raw))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ptrace::Tid;

    #[test]
    fn lines_are_aligned() {
        let mut dump = Dump { memory: Memory::of(Tid::current()), abi: Abi::X86_64, text: String::new() };
        let bytes = b"hello\n";
        dump.bytes(bytes.as_ptr() as u64, bytes.len() as u64);
        let expected = " | 00000  68 65 6c 6c 6f 0a                                 hello.           |\n";
        assert_eq!(dump.text, expected);
    }
}
