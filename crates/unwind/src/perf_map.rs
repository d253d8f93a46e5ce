//! Names of code that was made at run time, as its makers tell them to `perf` and others: in `/tmp/perf-PID.map`, a line
//! for each function, `START SIZE NAME`, where the numbers are hexadecimal (`tools/perf/Documentation/jit-interface.txt`
//! in the sources of Linux).
//!
//! The file is the traced program's, in its own `/tmp` and with its own number. It grows while the program runs; what
//! has been read of it is kept, and a later line counts more than an earlier one about the same code.

use crate::debug_file;
use std::collections::{BTreeMap, HashMap};
use std::fs::{File, Metadata};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use ptrace::Tid;

/// The most bytes of a file that are read.
const LONGEST: u64 = 64 << 20;
/// The most functions of a file.
const FUNCTIONS: usize = 1 << 20;
/// The most bytes of a name.
const NAME: usize = 4096;
/// The most bytes that are read at once; a longer line is skipped.
const PIECE: usize = 1 << 20;
/// The most bytes that the maps of all processes take, about, and how many of them are kept.
const KEPT: usize = 256 << 20;
const FILES: usize = 256;
/// How much of what has been read last is compared, to see whether the file is still the same.
const TAIL: usize = 64;

/// Code that has a name.
struct Function {
    /// The address behind it, or behind the part of it that is left.
    end: u64,
    /// Where it begins, which may be before the part that is left.
    start: u64,
    name: Rc<[u8]>,
}

/// What a file has said so far.
#[derive(Default)]
pub(crate) struct PerfMap {
    /// By the address of what is left of each.
    functions: BTreeMap<u64, Function>,
    names: usize,
    /// How much of the file has been read, and how that ended.
    read: u64,
    tail: Vec<u8>,
    /// Whether that was within a line that is too long.
    is_amid_line: bool,
    /// The file's size and time of its last change then.
    state: (u64, i64, i64),
}

impl PerfMap {
    /// The function that an address is in: its name and where it begins.
    pub(crate) fn find(&self, address: u64) -> Option<(&Rc<[u8]>, u64)> {
        let (_, function) = self.functions.range(..=address).next_back()?;
        (address < function.end).then_some((&function.name, function.start))
    }

    /// Reads what has come since the last time.
    fn update(&mut self, file: &File, about: &Metadata) -> io::Result<()> {
        let size = about.len().min(LONGEST);
        let state = (size, about.mtime(), about.mtime_nsec());
        if state == self.state {
            return Ok(());
        }
        if size < self.read || !self.is_still_there(file) {
            *self = PerfMap::default();
        }
        self.state = state;
        let mut buffer = Vec::new();
        while self.read < size && self.functions.len() < FUNCTIONS {
            buffer.resize(PIECE.min((size - self.read) as usize), 0);
            let got = file.read_at(&mut buffer, self.read)?;
            if !self.add(&buffer[..got]) {
                break;
            }
        }
        Ok(())
    }

    /// Takes what stands next in the file; false if that is no whole line yet.
    fn add(&mut self, piece: &[u8]) -> bool {
        let whole = piece.iter().rposition(|&b| b == b'\n').map_or(0, |newline| newline + 1);
        let taken = if whole == 0 && piece.len() == PIECE { PIECE } else { whole };
        let lines = piece[..whole].split(|&b| b == b'\n').skip(self.is_amid_line.into());
        lines.for_each(|line| self.add_line(line));
        if taken > 0 {
            self.is_amid_line = whole == 0;
            self.read += taken as u64;
            self.tail = piece[taken.saturating_sub(TAIL)..taken].to_vec();
        }
        taken > 0
    }

    /// Whether what was read last stands where it stood.
    fn is_still_there(&self, file: &File) -> bool {
        let mut now = vec![0; self.tail.len()];
        file.read_exact_at(&mut now, self.read - self.tail.len() as u64).is_ok() && now == self.tail
    }

    fn add_line(&mut self, line: &[u8]) {
        if let Some((start, size, name)) = function(line)
            && let Some(end) = start.checked_add(size)
            && self.functions.len() < FUNCTIONS
        {
            self.make_room(start, end);
            self.names += name.len();
            self.functions.insert(start, Function { end, start, name: name.into() });
        }
    }

    /// Takes away what earlier functions have of these addresses.
    fn make_room(&mut self, start: u64, end: u64) {
        while let Some((&from, last)) = self.functions.range(..end).next_back().filter(|(_, f)| f.end > start)
        {
            let rest = (last.end > end).then(|| Function { name: Rc::clone(&last.name), ..*last });
            if from < start {
                self.functions.entry(from).and_modify(|function| function.end = start);
            } else if let Some(taken) = self.functions.remove(&from) {
                self.names -= taken.name.len().min(self.names);
            }
            if let Some(rest) = rest {
                self.functions.insert(end, rest);
            }
        }
    }

    /// Bytes of memory it takes, about.
    fn bytes(&self) -> usize {
        self.names + self.functions.len() * 128
    }
}

/// Takes a line apart. Some write `0x` before numbers.
fn function(line: &[u8]) -> Option<(u64, u64, &[u8])> {
    let mut parts = line.splitn(3, |&b| b == b' ');
    let mut number = || {
        let text = std::str::from_utf8(parts.next()?).ok()?;
        let digits = text.strip_prefix("0x").unwrap_or(text);
        // A sign would be taken for a part of the number.
        let is_number = digits.starts_with(|c: char| c.is_ascii_hexdigit());
        is_number.then(|| u64::from_str_radix(digits, 16).ok())?
    };
    let (start, size) = (number()?, number()?);
    let name = parts.next()?;
    (size > 0 && !name.is_empty()).then(|| (start, size, &name[..name.len().min(NAME)]))
}

/// The files of all processes that have been read, by device and inode.
#[derive(Default)]
pub(crate) struct PerfMaps {
    maps: HashMap<(u64, u64), PerfMap>,
}

impl PerfMaps {
    /// The map of a thread's process as it is now, if there is one.
    pub(crate) fn of(&mut self, tid: Tid, process: &Traced) -> Option<&PerfMap> {
        let (file, about) = process.open(tid)?;
        if self.maps.len() > FILES || self.maps.values().map(PerfMap::bytes).sum::<usize>() > KEPT {
            self.maps.clear();
        }
        let map = self.maps.entry((about.dev(), about.ino())).or_default();
        map.update(&file, &about).ok()?;
        Some(map)
    }
}

/// Whose map it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Traced {
    /// The process's number to itself.
    pid: u32,
    /// The users that may have written for it.
    users: Vec<u32>,
}

impl Traced {
    /// What `/proc` says of a thread.
    pub(crate) fn of(tid: Tid) -> Option<Traced> {
        Traced::parse(&std::fs::read_to_string(format!("/proc/{tid}/status")).ok()?)
    }

    fn parse(status: &str) -> Option<Traced> {
        let numbers = |key| {
            let line = status.lines().find_map(|line| line.strip_prefix(key))?;
            line.split_ascii_whitespace().map(|number| number.parse().ok()).collect::<Option<Vec<u32>>>()
        };
        // The last of its numbers is the one in its own namespace. Whoever it runs as, its map may be root's.
        let pid = *numbers("NStgid:").or_else(|| numbers("Tgid:"))?.last()?;
        let mut users = numbers("Uid:")?;
        users.push(0);
        Some(Traced { pid, users })
    }

    /// What the process calls the file.
    pub(crate) fn path(&self) -> String {
        format!("/tmp/perf-{}.map", self.pid)
    }

    /// Opens the file, if it is an ordinary one of somebody who may speak for the process.
    fn open(&self, tid: Tid) -> Option<(File, Metadata)> {
        // A link might lead out of the process's root.
        let folder = not_a_link(Path::new(&format!("/proc/{tid}/root/tmp")), debug_file::open_folder)?;
        let mut path = PathBuf::from(format!("/proc/self/fd/{}", folder.as_raw_fd()));
        path.push(format!("perf-{}.map", self.pid));
        let file = not_a_link(&path, debug_file::open)?;
        let about = file.metadata().ok()?;
        self.users.contains(&about.uid()).then_some((file, about))
    }
}

/// What is at a path itself, and not where a link there leads to.
fn not_a_link(path: &Path, open: impl Fn(&Path) -> io::Result<File>) -> Option<File> {
    let identity = |about: &Metadata| (about.dev(), about.ino());
    let seen = std::fs::symlink_metadata(path).ok()?;
    let file = open(path).ok()?;
    (identity(&file.metadata().ok()?) == identity(&seen)).then_some(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn parsed(text: &[u8]) -> PerfMap {
        let mut map = PerfMap::default();
        text.split(|&b| b == b'\n').for_each(|line| map.add_line(line));
        map
    }

    fn found(map: &PerfMap, address: u64) -> Option<(String, u64)> {
        map.find(address).map(|(name, start)| (String::from_utf8_lossy(name).into_owned(), start))
    }

    fn named(name: &str, start: u64) -> Option<(String, u64)> {
        Some((name.to_owned(), start))
    }

    #[test]
    fn lines() {
        assert_eq!(function(b"7f00 1f f"), Some((0x7f00, 0x1f, &b"f"[..])));
        assert_eq!(function(b"0x7f00 0x1F JS:*f a.js:1"), Some((0x7f00, 0x1f, &b"JS:*f a.js:1"[..])));
        assert_eq!(function(b"1 1 \xff"), Some((1, 1, &b"\xff"[..])));
        for line in
            ["", "1", "1 2", "1 2 ", "1 0 f", "x 1 f", "1 x f", "+1 1 f", "1  1 f", "-1 1 f", "0x 1 f"]
        {
            assert_eq!(function(line.as_bytes()), None, "{line}");
        }
        assert_eq!(function(b"12345678123456781 1 f"), None);
        let long = [b"1 1 ".as_slice(), &[b'x'; 2 * NAME]].concat();
        assert_eq!(function(&long).map(|(_, _, name)| name.len()), Some(NAME));
    }

    #[test]
    fn later_lines_count_more() {
        let map = parsed(b"100 100 outer\n180 10 inner\n1f0 20 behind\nffffffffffffffff 2 wraps\n");
        assert_eq!(found(&map, 0xff), None);
        assert_eq!(found(&map, 0x17f), named("outer", 0x100));
        assert_eq!(found(&map, 0x180), named("inner", 0x180));
        assert_eq!(found(&map, 0x190), named("outer", 0x100));
        assert_eq!(found(&map, 0x1f0), named("behind", 0x1f0));
        assert_eq!(found(&map, 0x210), None);
        assert_eq!(found(&map, u64::MAX), None);
        let covered = parsed(b"100 10 a\n110 10 b\n120 10 c\n108 20 new\n");
        assert_eq!(found(&covered, 0x107), named("a", 0x100));
        assert_eq!(found(&covered, 0x108), named("new", 0x108));
        assert_eq!(found(&covered, 0x127), named("new", 0x108));
        assert_eq!(found(&covered, 0x128), named("c", 0x120));
    }

    fn temporary(name: &str) -> (PathBuf, File) {
        let path = std::env::temp_dir().join(format!("strax-perf-map-{}-{name}", std::process::id()));
        let file = File::options().create(true).truncate(true).read(true).write(true).open(&path);
        (path, file.expect("a file"))
    }

    #[test]
    fn files_grow_and_are_written_anew() {
        let (path, mut file) = temporary("grows");
        std::fs::remove_file(path).expect("it is there");
        let mut map = PerfMap::default();
        let mut write = |file: &mut File, text: &[u8]| {
            file.write_all(text).expect("it is written");
            map.update(file, &file.metadata().expect("a file")).expect("it is read");
            [0x10, 0x20, 0x30].map(|address| found(&map, address).map(|(name, _)| name))
        };
        let some = |name: &str| Some(name.to_owned());
        assert_eq!(write(&mut file, b"10 8 first\n20 8 sec"), [some("first"), None, None]);
        assert_eq!(write(&mut file, b"ond\n"), [some("first"), some("second"), None]);
        file.set_len(0).expect("it is emptied");
        std::io::Seek::rewind(&mut file).expect("the beginning");
        let longer = b"30 8 another\n20 8 again\n40 8 and more than there was\n";
        assert_eq!(write(&mut file, longer), [None, some("again"), some("another")]);
    }

    #[test]
    fn lines_that_are_too_long_are_skipped() {
        let (path, mut file) = temporary("long");
        std::fs::remove_file(path).expect("it is there");
        file.write_all(b"10 8 f\n").expect("it is written");
        file.write_all(&vec![b'1'; 2 * PIECE]).expect("it is written");
        file.write_all(b"0 8 rest\n20 8 g\n").expect("it is written");
        let mut map = PerfMap::default();
        map.update(&file, &file.metadata().expect("a file")).expect("it is read");
        assert_eq!(found(&map, 0x10), named("f", 0x10));
        assert_eq!(found(&map, 0x20), named("g", 0x20));
        assert_eq!(map.functions.len(), 2);
    }

    #[test]
    fn functions_are_limited() {
        let name: Rc<[u8]> = (*b"f").into();
        let starts = (1..FUNCTIONS as u64).map(|i| 16 * i);
        let functions =
            starts.map(|start| (start, Function { end: start + 8, start, name: Rc::clone(&name) }));
        let mut map = PerfMap { functions: functions.collect(), ..PerfMap::default() };
        map.add_line(b"0 8 last");
        map.add_line(b"8 8 beyond");
        assert_eq!(map.functions.len(), FUNCTIONS);
        assert_eq!((found(&map, 0), found(&map, 8)), (named("last", 0), None));
    }

    #[test]
    fn whose_file_it_is() {
        let status = "Name:\tsh\nTgid:\t42\nUid:\t7\t8\t8\t8\nNStgid:\t42\t3\n";
        let process = Traced::parse(status).expect("a process");
        assert_eq!(process, Traced { pid: 3, users: vec![7, 8, 8, 8, 0] });
        assert_eq!(process.path(), "/tmp/perf-3.map");
        assert_eq!(Traced::parse("Tgid:\t42\nUid:\t0\t0\t0\t0\n").map(|process| process.pid), Some(42));
        assert_eq!(Traced::parse("Name:\tsh\n"), None);
    }

    #[test]
    fn links_are_not_followed() {
        let (path, _) = temporary("target");
        let link = path.with_extension("link");
        std::os::unix::fs::symlink(&path, &link).expect("a link");
        assert!(not_a_link(&path, debug_file::open).is_some());
        assert!(not_a_link(&link, debug_file::open).is_none());
        for path in [link, path] {
            std::fs::remove_file(path).expect("it is there");
        }
    }
}
