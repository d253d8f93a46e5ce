//! Writing a recording, event by event.

use crate::block::{self, Holds};
use crate::content::{Content, Place, View};
use crate::index::{self, Entry};
use crate::shapes::{Before, MOST_SHAPES, MOST_TASKS, Shape};
use crate::varint::{put, put_signed};
use crate::{Error, Event, Head, MOST_WORDS};
use std::collections::HashMap;
use std::io::Write;
use std::time::{Duration, Instant};

/// A block ends when it has so many bytes...
const FULL: usize = 1 << 20;
/// ...or when its first event is so long ago: what is not in a whole block is lost if the writer is killed.
const OLD: Duration = Duration::from_secs(1);

/// The fewest bytes that are worth being looked up.
pub(crate) const SHARED: usize = 4;

/// Writes a recording to a file or a pipe. What [`Writer::finish`] is not called for is a recording that was cut short.
pub struct Writer<W: Write> {
    to: W,
    offset: u64,
    events: u64,
    block: Block,
    index: Vec<Entry>,
    room: Vec<u8>,
    /// It could not be written to, and what comes now would stand behind a gap.
    failed: bool,
}

/// The block that events go to.
#[derive(Default)]
struct Block {
    plain: Vec<u8>,
    before: Before,
    /// When its first event was, by the clock that only goes forward.
    began: u64,
    /// When that was added.
    since: Option<Instant>,
    shapes: Vec<Shape>,
    /// Where the shape of a kind, a key and a count of numbers is.
    by_key: HashMap<(u8, u64, usize), usize>,
    tasks: Vec<i32>,
    by_task: HashMap<i32, usize>,
    shared: Shared,
}

/// Bytes that are in the block already.
#[derive(Default)]
struct Shared {
    places: Vec<Place>,
    /// By a part of the checksum, one more than the place that was last put or found; 0 for none. Where bytes meet at a
    /// part, the earlier are forgotten: only room is lost.
    by_sum: Vec<u32>,
}

/// How many parts of checksums are told apart; a power of two.
const PARTS: usize = 1 << 16;

impl<W: Write> Writer<W> {
    /// Begins a recording.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn new(mut to: W, head: &Head) -> Result<Writer<W>, Error> {
        let offset = head.write(&mut to).map_err(Error::Write)?;
        Ok(Writer {
            to,
            offset,
            events: 0,
            block: Block::default(),
            index: Vec::new(),
            room: Vec::new(),
            failed: false,
        })
    }

    /// Adds an event; of its numbers, [`MOST_WORDS`] at most.
    ///
    /// # Errors
    /// [`Error::Write`]: what stands in the blocks before this one can be read. It is told of once.
    pub fn write(&mut self, event: &Event, words: &[u64], content: &Content) -> Result<(), Error> {
        if self.failed {
            return Ok(());
        }
        let words = &words[..words.len().min(MOST_WORDS)];
        let is_old = event.monotonic.saturating_sub(self.block.began) > OLD.as_nanos() as u64;
        if self.block.is_full() || is_old && !self.block.plain.is_empty() {
            self.flush()?;
        }
        if self.block.plain.is_empty() {
            let first = self.events;
            self.block.began = event.monotonic;
            self.block.since = Some(Instant::now());
            self.index.push(Entry { offset: self.offset, first, wall: event.wall, tasks: Vec::new() });
        }
        self.block.add(event, words, content.view());
        self.events += 1;
        Ok(())
    }

    /// Ends the block at hand, so that what has been added can be read whatever comes.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn flush(&mut self) -> Result<(), Error> {
        if self.failed || self.block.plain.is_empty() {
            return Ok(());
        }
        if let Some(entry) = self.index.last_mut() {
            entry.tasks.clone_from(&self.block.tasks);
            entry.tasks.sort_unstable();
        }
        let written = block::write(&mut self.to, Holds::Events, &self.block.plain, &mut self.room);
        self.block.clear();
        self.offset += written.map_err(|error| self.fail(error))?;
        Ok(())
    }

    /// Ends the block at hand if it is old: for where no event comes that does.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn flush_if_old(&mut self) -> Result<(), Error> {
        let is_old = self.block.since.is_some_and(|since| since.elapsed() > OLD);
        if is_old { self.flush() } else { Ok(()) }
    }

    /// Whether events wait for their block to end.
    pub fn is_pending(&self) -> bool {
        !self.block.plain.is_empty()
    }

    /// Writes what is left, and the index.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn finish(mut self) -> Result<(), Error> {
        self.flush()?;
        if self.failed {
            return Ok(());
        }
        let mut plain = Vec::new();
        index::put_entries(&mut plain, &self.index);
        if plain.len() > crate::MOST_BLOCK || self.index.len() > index::MOST_ENTRIES {
            // It would not be read, and the events can be read without it.
            plain.clear();
            index::put_entries(&mut plain, &[]);
        }
        let end = block::write(&mut self.to, Holds::Index, &plain, &mut self.room)
            .and_then(|_| index::write_trailer(&mut self.to, self.offset));
        end.map_err(|error| self.fail(error))
    }

    fn fail(&mut self, error: std::io::Error) -> Error {
        self.failed = true;
        Error::Write(error)
    }
}

impl Block {
    fn is_full(&self) -> bool {
        self.plain.len() >= FULL || self.shapes.len() >= MOST_SHAPES || self.tasks.len() >= MOST_TASKS
    }

    /// Keeps the room that it has taken.
    fn clear(&mut self) {
        self.plain.clear();
        self.before = Before::default();
        self.since = None;
        self.shapes.clear();
        self.by_key.clear();
        self.tasks.clear();
        self.by_task.clear();
        self.shared.clear();
    }

    fn add(&mut self, event: &Event, words: &[u64], content: View<'_>) {
        let shape = self.put_shape(event, words.len());
        let apart = event.wall.wrapping_sub(event.monotonic);
        put_signed(&mut self.plain, event.monotonic.wrapping_sub(self.before.monotonic) as i64);
        put_signed(&mut self.plain, apart.wrapping_sub(self.before.apart) as i64);
        (self.before.monotonic, self.before.apart) = (event.monotonic, apart);
        let counts = content.places.counts();
        let shape = &mut self.shapes[shape];
        put_words(&mut self.plain, shape, words, counts);
        let (out, shared) = (&mut self.plain, &mut self.shared);
        for &place in &content.places.texts {
            shared.put(out, content.at(place));
        }
        let mut near = 0;
        for (i, &(addr, place)) in content.places.memory.iter().enumerate() {
            put_signed(out, addr.wrapping_sub(shape.guess(i, near)) as i64);
            shape.remember(i, addr);
            near = addr;
            shared.put(out, content.at(place));
        }
        for &(question, answer) in &content.places.answers {
            shared.put(out, content.at(question));
            shared.put(out, content.at(answer));
        }
    }

    /// Says which kind, key and count of numbers the event has, and which thread it is about.
    fn put_shape(&mut self, event: &Event, words: usize) -> usize {
        let known = self.tasks.get(self.before.task) == Some(&event.task);
        let next = self.shapes.len();
        let shape = *self.by_key.entry((event.kind, event.key, words)).or_insert(next);
        put(&mut self.plain, (shape as u64) << 1 | u64::from(!known));
        if shape == next {
            self.shapes.push(Shape::new(event.kind, event.key, words));
            self.plain.push(event.kind);
            put(&mut self.plain, event.key);
            put(&mut self.plain, words as u64);
        }
        if !known {
            let next = self.tasks.len();
            let task = *self.by_task.entry(event.task).or_insert(next);
            put(&mut self.plain, task as u64);
            if task == next {
                self.tasks.push(event.task);
                put_signed(&mut self.plain, event.task.into());
            }
            self.before.task = task;
        }
        shape
    }
}

/// Puts those numbers that are others than the last time, behind a word that says which ones those are, and how many
/// texts, stretches and answers there are, if that has changed.
fn put_words(out: &mut Vec<u8>, shape: &mut Shape, words: &[u64], counts: [usize; 3]) {
    let others = words.iter().zip(&shape.last).map(|(word, last)| u64::from(word != last));
    let others = others.enumerate().fold(0, |all, (i, other)| all | other << (i + 1));
    put(out, others | u64::from(counts != shape.counts));
    for (word, last) in words.iter().zip(&mut shape.last).filter(|(word, last)| word != last) {
        put_signed(out, word.wrapping_sub(*last) as i64);
        *last = *word;
    }
    if counts != shape.counts {
        counts.iter().for_each(|&count| put(out, count as u64));
        shape.counts = counts;
    }
}

impl Shared {
    fn clear(&mut self) {
        self.places.clear();
        self.by_sum.fill(0);
    }

    /// Puts bytes, or where in the block they are.
    fn put(&mut self, out: &mut Vec<u8>, bytes: &[u8]) {
        if bytes.len() < SHARED {
            put(out, (bytes.len() as u64) << 1);
            return out.extend_from_slice(bytes);
        }
        self.by_sum.resize(PARTS, 0);
        let part = crc32fast::hash(bytes) as usize % PARTS;
        let next = self.places.len();
        if let Some(known) = self.known(part, out, bytes) {
            return put(out, ((next - known) as u64) << 1 | 1);
        }
        self.by_sum[part] = next as u32 + 1;
        put(out, (bytes.len() as u64) << 1);
        self.places.push(Place::new(out.len(), bytes.len()));
        out.extend_from_slice(bytes);
    }

    /// The place that has these bytes, if it is the one for that part.
    fn known(&self, part: usize, out: &[u8], bytes: &[u8]) -> Option<usize> {
        let known = (self.by_sum[part] as usize).checked_sub(1)?;
        let Place { start, len } = *self.places.get(known)?;
        let there = out.get(start as usize..start as usize + len as usize)?;
        (there == bytes).then_some(known)
    }
}
