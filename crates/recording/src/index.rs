//! The index at a recording's end.

use crate::varint::{Input, put, put_signed};
use std::io::{self, Write};

/// What a recording ends with, behind its index and where that begins.
const MAGIC: [u8; 8] = *b"strax.\r\n";

/// How many bytes stand behind the index: where it begins, a checksum of that, and a mark.
pub(crate) const TRAILER: usize = 20;

/// The most blocks in an index.
pub(crate) const MOST_ENTRIES: usize = 1 << 20;
/// The most threads that an index names of a block.
const MOST_TASKS: usize = 1 << 16;

/// What a block has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Where it begins in the file.
    pub offset: u64,
    /// The number of its first event, counted from 0.
    pub first: u64,
    /// When its first event was, in nanoseconds since the epoch.
    pub wall: u64,
    /// The threads that its events are about, in order.
    pub tasks: Vec<i32>,
}

pub(crate) fn put_entries(out: &mut Vec<u8>, entries: &[Entry]) {
    put(out, entries.len() as u64);
    let mut last = Entry::default();
    for entry in entries {
        put(out, entry.offset.wrapping_sub(last.offset));
        put(out, entry.first.wrapping_sub(last.first));
        put_signed(out, entry.wall.wrapping_sub(last.wall) as i64);
        put(out, entry.tasks.len() as u64);
        let mut before = 0;
        for &task in &entry.tasks {
            put_signed(out, i64::from(task) - before);
            before = i64::from(task);
        }
        last = Entry { tasks: Vec::new(), ..*entry };
    }
}

/// The entries of an index, or `None` if it is not one.
pub(crate) fn entries(bytes: &[u8]) -> Option<Vec<Entry>> {
    let mut input = Input::new(bytes, 0);
    let count = input.count(MOST_ENTRIES)?;
    let mut entries = Vec::new();
    let (mut offset, mut first, mut wall) = (0u64, 0u64, 0u64);
    for _ in 0..count {
        offset = offset.wrapping_add(input.number()?);
        first = first.wrapping_add(input.number()?);
        wall = wall.wrapping_add(input.signed()? as u64);
        let mut tasks = Vec::new();
        let mut task = 0i64;
        for _ in 0..input.count(MOST_TASKS)? {
            task = task.wrapping_add(input.signed()?);
            tasks.push(i32::try_from(task).ok()?);
        }
        entries.push(Entry { offset, first, wall, tasks });
    }
    input.is_empty().then_some(entries)
}

/// Writes what stands behind the index, which begins at `offset`.
pub(crate) fn write_trailer(to: &mut dyn Write, offset: u64) -> io::Result<()> {
    to.write_all(&trailer(offset))?;
    to.flush()
}

/// What stands behind an index that begins at `offset`.
pub(crate) fn trailer(offset: u64) -> [u8; TRAILER] {
    let mut out = [0; TRAILER];
    let offset = offset.to_le_bytes();
    out[..8].copy_from_slice(&offset);
    out[8..12].copy_from_slice(&crc32fast::hash(&offset).to_le_bytes());
    out[12..].copy_from_slice(&MAGIC);
    out
}
