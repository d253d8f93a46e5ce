//! Recordings of traces: a file of events, each with the memory and the answers that telling of it may need.
//!
//! This crate knows bytes, not meanings: what an event's kind, its numbers and its texts stand for is the business of
//! whoever records and replays. What it cares for is size, and that a file can be trusted:
//!
//! - **Head.** A magic number, the version of the format, and a [`Head`]: where and how the recording was made.
//! - **Blocks.** Events in compressed blocks, each with a checksum, and each to be read without those before it. What is
//!   cut short, by a crash or a full disk, can be read up to its last whole block.
//! - **Index.** At the end, what each block begins with ([`Entry`]); and a mark by which the whole is told from the cut.
//!   A reader of a pipe does without.
//!
//! Numbers are told by how they differ from those of the last event of the same kind and key, bytes that the block has
//! already by their place there ([`Writer`]). Every byte of a recording is hostile to the [`Reader`]: counts and sizes
//! are checked before anything is made of them, and memory is bounded ([`MOST_BLOCK`]).
//!
//! ```
//! use strax_recording::{Content, Event, Head, Reader, Writer};
//! let mut file = Vec::new();
//! let mut writer = Writer::new(&mut file, &Head::default())?;
//! let mut content = Content::default();
//! content.stretch(0x7ffd_0000, b"/etc/passwd\0");
//! let event = Event { kind: 1, key: 257, task: 42, monotonic: 1_000, wall: 2_000 };
//! writer.write(&event, &[0x7ffd_0000, 0], &content)?;
//! writer.finish()?;
//!
//! let mut reader = Reader::new(file.as_slice())?;
//! let frame = reader.next()?.expect("an event");
//! assert_eq!((frame.event, frame.words), (event, &[0x7ffd_0000, 0][..]));
//! assert_eq!(frame.content.memory().next(), Some((0x7ffd_0000, &b"/etc/passwd\0"[..])));
//! assert!(reader.next()?.is_none());
//! # Ok::<(), strax_recording::Error>(())
//! ```
#![forbid(unsafe_code)]

mod block;
mod content;
mod error;
mod head;
mod index;
mod reader;
mod shapes;
mod unpack;
pub mod varint;
mod writer;

pub use content::{Content, View};
pub use error::Error;
pub use head::{Head, VERSION};
pub use index::Entry;
pub use reader::Reader;
pub use writer::Writer;

/// What happened, to whom, and when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// The kind of event.
    pub kind: u8,
    /// What makes events of a kind alike, such as the number of a call: numbers are told by how they differ from those
    /// of the last event of the same kind and key.
    pub key: u64,
    /// The thread.
    pub task: i32,
    /// Nanoseconds of a clock that only goes forward.
    pub monotonic: u64,
    /// Nanoseconds since the epoch.
    pub wall: u64,
}

/// An event as it stands in a recording.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// What happened.
    pub event: Event,
    /// The numbers that belong to it.
    pub words: &'a [u64],
    /// The texts, memory and answers that belong to it.
    pub content: View<'a>,
}

/// The most numbers of an event.
pub const MOST_WORDS: usize = 32;

/// The most bytes of an event's texts, memory and answers together. A [`Content`] that is full takes no more.
pub const MOST_CONTENT: usize = 16 << 20;

/// The most texts, stretches of memory and answers of an event.
pub const MOST_ITEMS: usize = 1 << 19;

/// The most bytes of a block once it is unpacked, which is what a reader takes of memory, and some more for tables.
pub const MOST_BLOCK: usize = 48 << 20;
