//! The entries of a directory, each as long as it says.

use crate::common::{Line, uncommon};
use decode::Extent;
use decode::prelude::*;
use decode::{Hook as HookFn, Stretch};
use std::fmt::Arguments;

/// Types of directory entries (readdir(3)).
static ENTRY_TYPES: Names = names(
    "DT_???",
    &[
        uncommon("DT_UNKNOWN", 0),
        uncommon("DT_FIFO", 1),
        uncommon("DT_CHR", 2),
        uncommon("DT_DIR", 4),
        uncommon("DT_BLK", 6),
        uncommon("DT_REG", 8),
        uncommon("DT_LNK", 10),
        uncommon("DT_SOCK", 12),
        uncommon("DT_WHT", 14),
    ],
);

/// What `getdents` has read: `struct linux_dirent`, with words of the ABI's and the type in an entry's last byte.
pub(super) static DIRENTS: HookFn = HookFn {
    dir: Out,
    show: |cx, at| {
        let word = cx.size_of(&KULONG);
        show_entries(cx, at, Layout { word, type_follows: false });
    },
    reads: &[Stretch::arg(1, u32::MAX)],
};
/// What `getdents64` has read: `struct linux_dirent64`, the same on every ABI.
pub(super) static DIRENTS64: HookFn = HookFn {
    dir: Out,
    show: |cx, at| show_entries(cx, at, Layout { word: 8, type_follows: true }),
    reads: &[Stretch::arg(1, u32::MAX)],
};
/// What `readdir` has read: one `struct old_linux_dirent`.
pub(super) static OLD_DIRENT: HookFn =
    HookFn { dir: Out, show: show_old_dirent, reads: &[Stretch::arg(1, 10 + NAME_MAX as u32)] };

/// The longest name shown.
const NAME_MAX: usize = 256;
/// Bytes read at a time: room for a dozen entries and more.
const CHUNK: usize = 1024;

/// How an entry begins: its inode and offset of `word` bytes each, its length in two bytes, and maybe its type.
#[derive(Clone, Copy)]
struct Layout {
    word: usize,
    type_follows: bool,
}

impl Layout {
    fn header(self) -> usize {
        self.word * 2 + 2 + usize::from(self.type_follows)
    }
}

/// One entry's header.
struct Entry {
    ino: u64,
    off: u64,
    /// As long as the entry says it is.
    reclen: usize,
    /// As long as it can be.
    size: usize,
    kind: Option<u8>,
}

/// Memory of the tracee that is read in passing.
struct Window {
    bytes: Vec<u8>,
    start: u64,
    len: usize,
}

impl Window {
    fn new(cx: &mut Cx<'_>) -> Window {
        Window { bytes: cx.lend(CHUNK), start: 0, len: 0 }
    }

    /// `len` bytes at `addr`; fewer where they can't be read.
    fn get(&mut self, cx: &mut Cx<'_>, addr: u64, len: usize) -> &[u8] {
        let len = len.min(CHUNK);
        let mut from = addr.wrapping_sub(self.start);
        if from >= self.len as u64 || self.len - (from as usize) < len {
            self.start = addr;
            self.len = cx.read_some(addr, &mut self.bytes[..CHUNK]);
            from = 0;
        }
        let from = from as usize;
        &self.bytes[from..self.len.min(from + len)]
    }
}

/// Why the entries ended.
#[derive(PartialEq, Eq)]
enum End {
    /// With the last byte.
    Exact,
    /// Fewer bytes are left than an entry has.
    Rest(u64),
    /// The memory from there on can't be read.
    Unreadable(u64),
    /// An entry says that it is shorter than its header by so many bytes; whether there is more behind its header.
    Underflow(usize, bool),
    /// An entry says that it is longer than what is left by so many bytes.
    Overflow(usize),
}

fn show_entries(cx: &mut Cx<'_>, addr: u64, layout: Layout) {
    let total = cx.ret().max(0) as u64;
    if !cx.options.verbose || total > cx.arg(2) & 0xffff_ffff {
        return cx.out.addr(addr);
    }
    let mut window = Window::new(cx);
    show_array(cx, &mut window, addr, total, layout);
    cx.give_back(window.bytes);
}

fn show_array(cx: &mut Cx<'_>, window: &mut Window, addr: u64, total: u64, layout: Layout) {
    if cx.abbrev() {
        let (mut count, end) = (0, &mut End::Exact);
        *end = walk(cx, window, addr, total, layout, |_, _, _, _| count += 1);
        return show_count(cx, addr, count, end);
    }
    if (1..layout.header() as u64).contains(&total) {
        return cx.buffer(addr, total, Text::Binary);
    }
    if total > 0 && window.get(cx, addr, layout.header()).is_empty() {
        return cx.out.addr(addr);
    }
    cx.out.open(Kind::Array);
    match walk(cx, window, addr, total, layout, |cx, window, at, entry| {
        cx.out.item();
        show_entry(cx, window, at, entry, layout);
    }) {
        End::Rest(at) => {
            cx.out.item();
            cx.buffer(at, addr.wrapping_add(total).wrapping_sub(at), Text::Binary);
        }
        End::Unreadable(at) => cx.out.more_at(at),
        End::Exact | End::Underflow(..) | End::Overflow(_) => {}
    }
    cx.out.close(Kind::Array);
}

/// Goes over the entries in `total` bytes at `addr`. An entry has a header at least, so that it ends.
fn walk(
    cx: &mut Cx<'_>,
    window: &mut Window,
    addr: u64,
    total: u64,
    layout: Layout,
    mut each: impl FnMut(&mut Cx<'_>, &mut Window, u64, &Entry),
) -> End {
    let header = layout.header();
    let mut done = 0;
    while done < total {
        let (at, left) = (addr.wrapping_add(done), total - done);
        if left < header as u64 {
            return End::Rest(at);
        }
        let raw = window.get(cx, at, header);
        if raw.len() < header {
            return End::Unreadable(at);
        }
        let number = |from: usize, len: usize| {
            let mut number = [0; 8];
            number[..len].copy_from_slice(&raw[from..from + len]);
            u64::from_le_bytes(number)
        };
        let reclen = number(2 * layout.word, 2) as usize;
        let entry = Entry {
            ino: number(0, layout.word),
            off: number(layout.word, layout.word),
            reclen,
            size: (reclen.max(header) as u64).min(left) as usize,
            kind: layout.type_follows.then(|| raw[header - 1]),
        };
        each(cx, window, at, &entry);
        if reclen < header {
            return End::Underflow(header - reclen, left > header as u64);
        }
        if reclen as u64 > left {
            return End::Overflow(reclen - left as usize);
        }
        done += reclen as u64;
    }
    End::Exact
}

/// Says only how many entries there are.
fn show_count(cx: &mut Cx<'_>, addr: u64, count: u64, end: &End) {
    cx.out.addr(addr);
    match end {
        End::Underflow(by, _) => note(cx, format_args!("d_reclen {by} bytes underflow")),
        End::Overflow(by) => note(cx, format_args!("d_reclen {by} bytes overflow")),
        _ => {}
    }
    let extent = match end {
        End::Exact | End::Underflow(_, false) | End::Overflow(_) => Extent::All,
        _ => Extent::AtLeast,
    };
    cx.out.remark(Remark::Count { count, noun: "entries", extent });
}

fn show_entry(cx: &mut Cx<'_>, window: &mut Window, addr: u64, entry: &Entry, layout: Layout) {
    let header = layout.header();
    cx.out.open(Kind::Struct);
    cx.out.field("d_ino");
    cx.out.uint(entry.ino);
    cx.out.field("d_off");
    cx.out.uint(entry.off);
    cx.out.field("d_reclen");
    cx.out.uint(entry.reclen as u64);
    if entry.reclen < header {
        note(cx, format_args!("{} bytes underflow", header - entry.reclen));
    } else if entry.reclen > entry.size {
        note(cx, format_args!("{} bytes overflow", entry.reclen - entry.size));
    }
    let rest = entry.size - header;
    let name = addr.wrapping_add(header as u64);
    if let Some(kind) = entry.kind {
        show_type(cx, kind);
        show_name(cx, window, name, rest);
    } else if rest > 0 {
        show_name(cx, window, name, rest - 1);
        let kind = window.get(cx, addr.wrapping_add(entry.size as u64 - 1), 1).first().copied();
        if let Some(kind) = kind {
            show_type(cx, kind);
        }
    }
    cx.out.close(Kind::Struct);
}

fn show_type(cx: &mut Cx<'_>, kind: u8) {
    cx.out.field("d_type");
    cx.enumerated(W1, &ENTRY_TYPES, u64::from(kind));
}

/// Shows a name that stands in `room` bytes, the NUL included; without one its last byte is not known to be its end.
fn show_name(cx: &mut Cx<'_>, window: &mut Window, addr: u64, room: usize) {
    let room = room.min(NAME_MAX);
    if room == 0 {
        return;
    }
    cx.out.field("d_name");
    let raw = window.get(cx, addr, room);
    match raw.iter().position(|&b| b == 0) {
        Some(end) => cx.out.bytes(&raw[..end], Text::Plain, false),
        None if raw.len() == room => cx.out.bytes(&raw[..room - 1], Text::Plain, true),
        None => cx.out.addr(addr),
    }
}

/// Shows the one entry that `readdir` gives; its length is that of its name.
fn show_old_dirent(cx: &mut Cx<'_>, addr: u64) {
    const HEADER: usize = 10;
    // The struct has room for the start of a name.
    let mut raw = [0; HEADER + 2];
    if addr == 0 || !cx.options.verbose || cx.ret() == 0 || !cx.read(addr, &mut raw) {
        return cx.out.addr(addr);
    }
    let word =
        |from: usize| u64::from(u32::from_le_bytes([raw[from], raw[from + 1], raw[from + 2], raw[from + 3]]));
    let len = usize::from(u16::from_le_bytes([raw[8], raw[9]]));
    cx.out.open(Kind::Struct);
    for (name, value) in [("d_ino", word(0)), ("d_off", word(4)), ("d_reclen", len as u64)] {
        cx.out.field(name);
        cx.out.uint(value);
    }
    cx.out.field("d_name");
    // The NUL behind the name counts not as a part of it.
    let mut name = [0; NAME_MAX];
    let name = &mut name[..NAME_MAX.min(len + 1)];
    let addr = addr.wrapping_add(HEADER as u64);
    let got = cx.read_some(addr, name);
    match name[..got].iter().position(|&b| b == 0) {
        Some(end) => cx.out.bytes(&name[..end], Text::Plain, false),
        None if got == name.len() => cx.out.bytes(&name[..len.min(got)], Text::Plain, true),
        None => cx.out.addr(addr),
    }
    cx.out.close(Kind::Struct);
}

/// Adds a remark made of numbers.
fn note(cx: &mut Cx<'_>, text: Arguments<'_>) {
    cx.out.note(Line::new(text).as_str());
}
