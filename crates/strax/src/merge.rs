//! Merges the files that `-ff -tt` has written, one for each process, by their time stamps (`--merge`).
//!
//! A file is read twice: first to find where its lines are in order, then as that many sorted streams, which a heap
//! merges. Of each stream that has begun and not ended one [`CHUNK`] is in memory, whatever the size of its file, and
//! files are open only while they are read from, however many there are.

use crate::error::Error;
use render::{error_message, visible};
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// How much of a stream is read at once; longer lines take more.
const CHUNK: usize = 16 << 10;

/// What a link of this name to the program does: it merges.
const NAMES: [&str; 2] = ["strace-log-merge", "strax-log-merge"];

/// Whether the program was called as the merger.
pub(crate) fn is_merger(program: &OsStr) -> bool {
    let name = Path::new(program).file_name().unwrap_or(program);
    NAMES.iter().any(|merger| name == *merger)
}

/// How the merger is used that has a name of its own.
pub(crate) fn usage(program: &OsStr) -> String {
    let name = visible(Path::new(program).file_name().unwrap_or(program).as_bytes());
    format!(
        "Usage: {name} PREFIX\n\
         \n\
         Merges the files PREFIX.PID that -ff -o PREFIX has written. Each line gets the process\n\
         id in front, and all are written to standard output in the order of their time stamps,\n\
         for which the traces must have been made with -tt or -ttt.\n"
    )
}

/// Merges the files `PREFIX.PID` into `out`.
///
/// # Errors
/// There are no such files, none of them has a line with a time stamp, or one can't be read; `out` takes no more.
pub(crate) fn merge(prefix: &OsStr, out: &mut dyn Write) -> Result<(), Error> {
    let logs = find(prefix)?;
    let width = logs.iter().map(|log| log.pid.len()).max().unwrap_or(0);
    let mut streams = Vec::new();
    for (place, log) in logs.iter().enumerate() {
        scan(log, place, &mut streams).map_err(|error| log.error(&error))?;
    }
    if streams.is_empty() {
        let mut message = prefix.to_owned();
        message.push(".* files do not look like log files produced by 'strax -tt'");
        return Err(Error::failure(message));
    }
    // The first in time comes first, and of those the first in the order of files and lines.
    let mut heap: BinaryHeap<_> = streams.into_iter().map(Reverse).collect();
    let failed = |error: io::Error| Error::failure(format!("standard output: {}", error_message(&error)));
    while let Some(Reverse(mut stream)) = heap.pop() {
        let log = &logs[stream.log];
        let line = stream.line(log).map_err(|error| log.error(&error))?;
        write!(out, "{:width$} ", log.pid).and_then(|()| out.write_all(line)).map_err(failed)?;
        out.write_all(b"\n").map_err(failed)?;
        if stream.advance(log).map_err(|error| log.error(&error))? {
            heap.push(Reverse(stream));
        }
    }
    out.flush().map_err(failed)
}

/// A file of the trace.
struct Log {
    path: PathBuf,
    pid: String,
}

impl Log {
    fn error(&self, error: &io::Error) -> Error {
        let mut message = self.path.clone().into_os_string();
        message.push(format!(": {}", error_message(error)));
        Error::failure(message)
    }
}

/// The files called `PREFIX.PID`, by name, and those of ids that have come round again.
fn find(prefix: &OsStr) -> Result<Vec<Log>, Error> {
    let missing = || {
        let mut message = prefix.to_owned();
        message.push(": strax output not found");
        Error::failure(message)
    };
    let (directory, name) = match prefix.as_bytes().iter().rposition(|byte| *byte == b'/') {
        Some(slash) => prefix.as_bytes().split_at(slash + 1),
        None => (&b"./"[..], prefix.as_bytes()),
    };
    if name.is_empty() {
        return Err(missing());
    }
    let directory = Path::new(OsStr::from_bytes(directory));
    let mut logs = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(|_| missing())? {
        let file = entry.map_err(|_| missing())?.file_name();
        let Some(pid) = file.as_bytes().strip_prefix(name).and_then(|rest| rest.strip_prefix(b".")) else {
            continue;
        };
        let path = directory.join(&file);
        if !pid.is_empty() && pid.iter().all(u8::is_ascii_digit) && path.is_file() {
            logs.push(Log { path, pid: String::from_utf8_lossy(pid).into_owned() });
        }
    }
    if logs.is_empty() {
        return Err(missing());
    }
    logs.sort_by(|a, b| a.pid.cmp(&b.pid));
    Ok(logs.into_iter().flat_map(with_later).collect())
}

/// A process's file, and those of later processes that had the same id: `PREFIX.PID.1` and so on.
fn with_later(first: Log) -> Vec<Log> {
    let later = (1..).map(|n| {
        let mut path = first.path.clone().into_os_string();
        path.push(format!(".{n}"));
        Log { path: path.into(), pid: first.pid.clone() }
    });
    let later: Vec<Log> = later.take_while(|log| log.path.is_file()).collect();
    std::iter::once(first).chain(later).collect()
}

/// When a line was written: seconds and their fraction in units of 10⁻⁹.
type Stamp = (u64, u32);

/// The time stamp that a line begins with: `12:34:56.789012` or `1700000000.123456`, and a blank.
fn stamp(line: &[u8]) -> Option<Stamp> {
    let (stamp, _) = line.split_at(line.iter().position(|byte| *byte == b' ')?);
    let (whole, fraction) = match stamp.iter().position(|byte| *byte == b'.') {
        Some(point) => (&stamp[..point], nanos(&stamp[point + 1..])?),
        None => (stamp, 0),
    };
    let fields: Vec<&[u8]> = whole.split(|byte| *byte == b':').collect();
    let seconds = match fields[..] {
        [seconds] => number(seconds)?,
        [hours, minutes] => (two(hours)? * 60 + two(minutes)?) * 60,
        [hours, minutes, seconds] => (two(hours)? * 60 + two(minutes)?) * 60 + two(seconds)?,
        _ => return None,
    };
    Some((seconds, fraction))
}

fn number(digits: &[u8]) -> Option<u64> {
    let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    is_number.then(|| str::from_utf8(digits).ok()?.parse().ok())?
}

fn two(digits: &[u8]) -> Option<u64> {
    number(digits).filter(|_| digits.len() == 2)
}

fn nanos(digits: &[u8]) -> Option<u32> {
    let mut padded = *b"000000000";
    let known = digits.len().min(padded.len());
    padded[..known].copy_from_slice(&digits[..known]);
    number(digits.get(..known).filter(|_| digits.iter().all(u8::is_ascii_digit))?)?;
    number(&padded).and_then(|nanos| u32::try_from(nanos).ok())
}

/// A part of a file whose lines are in order.
struct Stream {
    /// When its next line was written.
    next: Stamp,
    /// Its file, and where in it it began.
    log: usize,
    start: u64,
    /// How much of the file has been read, and where the stream ends.
    offset: u64,
    end: u64,
    /// What has been read and not yet taken begins at `taken`.
    buffer: Vec<u8>,
    taken: usize,
}

impl Stream {
    /// The line at hand.
    fn line(&mut self, log: &Log) -> io::Result<&[u8]> {
        let length = self.length(log)?;
        Ok(&self.buffer[self.taken..self.taken + length])
    }

    /// Goes to the next line with a time stamp; false if there is none.
    fn advance(&mut self, log: &Log) -> io::Result<bool> {
        loop {
            // Behind the line is its newline, unless it is the last one.
            let length = self.length(log)? + 1;
            self.taken = (self.taken + length).min(self.buffer.len());
            if self.taken == self.buffer.len() && self.offset == self.end {
                return Ok(false);
            }
            if let Some(stamp) = stamp(self.line(log)?) {
                self.next = stamp;
                return Ok(true);
            }
        }
    }

    /// The length of the line at hand, all of which is in the buffer then.
    fn length(&mut self, log: &Log) -> io::Result<usize> {
        let mut searched = self.taken;
        loop {
            if let Some(length) = self.buffer[searched..].iter().position(|byte| *byte == b'\n') {
                return Ok(searched + length - self.taken);
            }
            if self.offset == self.end {
                return Ok(self.buffer.len() - self.taken);
            }
            self.buffer.drain(..self.taken);
            self.taken = 0;
            searched = self.buffer.len();
            self.fill(log)?;
        }
    }

    /// Reads on. A file that has become shorter ends there.
    fn fill(&mut self, log: &Log) -> io::Result<()> {
        let old = self.buffer.len();
        let wanted = usize::try_from(self.end - self.offset).unwrap_or(CHUNK).min(CHUNK.max(old));
        self.buffer.resize(old + wanted, 0);
        let read = File::open(&log.path)?.read_at(&mut self.buffer[old..], self.offset)?;
        self.buffer.truncate(old + read);
        self.offset += read as u64;
        if read == 0 {
            self.end = self.offset;
        }
        Ok(())
    }

    fn key(&self) -> (Stamp, usize, u64) {
        (self.next, self.log, self.start)
    }
}

impl Ord for Stream {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for Stream {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Eq for Stream {}

impl PartialEq for Stream {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

/// Adds the streams of a file: as many as there are parts of it in order, which is one unless the clock was set.
fn scan(log: &Log, place: usize, streams: &mut Vec<Stream>) -> io::Result<()> {
    let mut file = BufReader::new(File::open(&log.path)?);
    let (mut offset, mut previous) = (0, None);
    let mut line = Vec::new();
    loop {
        line.clear();
        let length = file.read_until(b'\n', &mut line)? as u64;
        if length == 0 {
            break;
        }
        if let Some(stamp) = stamp(&line) {
            if previous.is_none_or(|previous| stamp < previous) {
                end_last(streams, place, offset);
                let (log, start) = (place, offset);
                let (buffer, taken) = (Vec::new(), 0);
                streams.push(Stream { next: stamp, log, start, offset, end: offset, buffer, taken });
            }
            previous = Some(stamp);
        }
        offset += length;
    }
    end_last(streams, place, offset);
    Ok(())
}

fn end_last(streams: &mut [Stream], place: usize, offset: u64) {
    if let Some(last) = streams.last_mut().filter(|stream| stream.log == place) {
        last.end = offset;
    }
}

/// The merger's own command line.
pub(crate) enum Asked {
    /// How it is used.
    Help,
    /// To merge.
    Prefix(OsString),
    /// It was not called as it should be.
    Wrong,
}

/// What the arguments of a merger with a name of its own ask for.
pub(crate) fn asked(arguments: &[OsString]) -> Asked {
    match arguments {
        [only] if only == "--help" || only == "-h" => Asked::Help,
        [only] => Asked::Prefix(only.clone()),
        _ => Asked::Wrong,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps() {
        for (line, expected) in [
            ("10:00:01.000003 close(3) = 0", Some((36001, 3000))),
            ("10:00 x", Some((36000, 0))),
            ("1700000000.5 x", Some((1_700_000_000, 500_000_000))),
            ("1700000000 x", Some((1_700_000_000, 0))),
            ("1.123456789123 x", Some((1, 123_456_789))),
            ("9:00:00 x", None),
            ("1:2:3:4 x", None),
            ("1. x", None),
            (" 1.5 x", None),
            ("1.5x y", None),
            ("1.5", None),
            ("+++ exited with 0 +++", None),
            ("99999999999999999999999 x", None),
            ("", None),
        ] {
            assert_eq!(stamp(line.as_bytes()), expected, "{line}");
        }
    }

    #[test]
    fn names() {
        assert!(is_merger(OsStr::new("/usr/bin/strace-log-merge")));
        assert!(is_merger(OsStr::new("strax-log-merge")));
        assert!(!is_merger(OsStr::new("strax")));
    }
}
