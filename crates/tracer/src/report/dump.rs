//! Data that was read and written, in hexadecimal (`-e read=`, `-e write=`).

use super::thread::Thread;
use super::writer::Writer;
use crate::config::Filters;
use decode::{Call, Outcome, Target};
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

/// Shows the data of a call that has returned, if they are wanted.
pub(super) fn data(
    writer: &mut Writer<'_>,
    thread: &mut Thread,
    tid: i32,
    call: &Call,
    outcome: Outcome,
    target: &mut dyn Target,
) {
    if let Some(text) = dumped(&writer.config.filters, tid, call, outcome, target) {
        let stream = thread.own.as_deref_mut().unwrap_or(writer.output.shared());
        stream.push(text.as_bytes());
    }
}

/// The data of a call that has returned, if they are wanted: what was read, or what was to be written, whether or not it
/// was.
pub(crate) fn dumped(
    filters: &Filters,
    tid: i32,
    call: &Call,
    outcome: Outcome,
    target: &mut dyn Target,
) -> Option<String> {
    if filters.read.is_empty() && filters.write.is_empty() {
        return None;
    }
    let name = call.name()?;
    let &(_, reads, layout) = CALLS.iter().find(|(n, ..)| *n == name)?;
    let fds = if reads { &filters.read } else { &filters.write };
    if !fds.contains(call.args[0] as i32) {
        return None;
    }
    let result = match outcome {
        Outcome::Value(result) => Some(u64::try_from(result).unwrap_or(0)),
        Outcome::Error(_) | Outcome::Running => None,
    };
    let asked = call.args[2];
    let (size, count) = match (reads, result) {
        (true, Some(result)) => (result, result),
        (true, None) => return None,
        (false, sent) => (u64::MAX, sent.unwrap_or(asked).min(asked)),
    };
    let mut dump = Dump { target, tid, abi: call.abi, text: String::new() };
    match layout {
        Layout::Buffer => dump.bytes(call.args[1], if reads { size } else { asked }),
        Layout::Vector => dump.vector(call.args[1], asked, size),
        Layout::Message => dump.message(call.args[1], size),
        Layout::Messages => dump.messages(call.args[1], count, reads),
    }
    Some(dump.text)
}

struct Dump<'a> {
    target: &'a mut dyn Target,
    tid: i32,
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
/// Bytes that are fetched at a time: all of them, or none.
const CHUNK: u64 = 64 << 10;

impl Dump<'_> {
    /// The bytes at `address`, up to the first chunk that can't be fetched. Nothing is said if that is the first one of
    /// all: the call has shown the address already.
    fn bytes(&mut self, address: u64, size: u64) {
        let mut chunk = vec![0; size.min(CHUNK) as usize];
        let mut done = 0;
        let width = offset_digits(size);
        while done < size {
            let want = (size - done).min(CHUNK) as usize;
            let at = address.wrapping_add(done);
            if self.target.read(at, &mut chunk[..want]) < want {
                if done > 0 {
                    self.missing(at, want);
                }
                return;
            }
            for (i, line) in chunk[..want].chunks(LINE).enumerate() {
                self.line(done + (i * LINE) as u64, width, line);
            }
            done += want as u64;
        }
    }

    fn missing(&mut self, at: u64, size: usize) {
        let (plural, tid) = (if size == 1 { "" } else { "s" }, self.tid);
        let _ = writeln!(self.text, " | <Cannot fetch {size} byte{plural} from pid {tid} @{at:#x}>");
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

    /// The first `size` bytes in the buffers of a vector; nothing if the vector can't be read as a whole.
    fn vector(&mut self, address: u64, count: u64, mut size: u64) {
        let word = self.abi.word();
        let mut vector = vec![0; count.min(MAX_VECTOR) as usize * 2 * word];
        if self.target.read(address, &mut vector) < vector.len() {
            return;
        }
        for (i, buffer) in vector.chunks(2 * word).enumerate() {
            let (base, len) = buffer.split_at(word);
            let (base, len) = (number(base), number(len).min(size));
            if len == 0 {
                return;
            }
            let _ = writeln!(self.text, " * {len} bytes in buffer {i}");
            self.bytes(base, len);
            size -= len;
        }
    }

    fn message(&mut self, address: u64, size: u64) {
        if let Some((vector, count)) = self.vector_of(address) {
            self.vector(vector, count, size);
        }
    }

    /// Where the vector of the `msghdr` at `address` is, and how many buffers it has.
    fn vector_of(&mut self, address: u64) -> Option<(u64, u64)> {
        let word = self.abi.word() as u64;
        // msg_name, msg_namelen (padded to a word), msg_iov, msg_iovlen.
        let vector = self.word(address.wrapping_add(2 * word))?;
        Some((vector, self.word(address.wrapping_add(3 * word))?))
    }

    /// The messages in `count` `mmsghdr`s. Of those that were received, `msg_len` says how long they are.
    fn messages(&mut self, address: u64, count: u64, received: bool) {
        let word = self.abi.word() as u64;
        let header = 7 * word;
        // A msghdr, and an unsigned int padded to a word.
        let stride = header + word;
        for i in 0..count.min(MAX_VECTOR) {
            let at = address.wrapping_add(i * stride);
            let Some((vector, buffers)) = self.vector_of(at) else { return };
            let Some(len) = self.uint(at.wrapping_add(header), 4) else { return };
            let _ = writeln!(self.text, " = {buffers} buffers in vector {i}");
            self.vector(vector, buffers, if received { len } else { u64::MAX });
        }
    }

    fn word(&mut self, address: u64) -> Option<u64> {
        self.uint(address, self.abi.word())
    }

    fn uint(&mut self, address: u64, bytes: usize) -> Option<u64> {
        let mut raw = [0; 8];
        (self.target.read(address, &mut raw[..bytes]) == bytes).then(|| u64::from_le_bytes(raw))
    }
}

/// A number of at most eight bytes in the tracee's order.
fn number(bytes: &[u8]) -> u64 {
    let mut raw = [0; 8];
    raw[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Hello(&'static [u8]);

    impl Target for Hello {
        fn read(&mut self, _: u64, buf: &mut [u8]) -> usize {
            buf.copy_from_slice(&self.0[..buf.len()]);
            buf.len()
        }
    }

    #[test]
    fn lines_are_aligned() {
        let bytes = b"hello\n";
        let mut dump = Dump { target: &mut Hello(bytes), tid: 1, abi: Abi::X86_64, text: String::new() };
        dump.bytes(0x1000, bytes.len() as u64);
        let expected = " | 00000  68 65 6c 6c 6f 0a                                 hello.           |\n";
        assert_eq!(dump.text, expected);
    }
}
