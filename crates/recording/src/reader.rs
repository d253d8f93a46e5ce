//! Reading a recording, event by event.

use crate::block::{self, Holds, Missing};
use crate::content::View;
use crate::index::{self, Entry};
use crate::unpack::Unpack;
use crate::{Error, Frame, Head};
use std::io::Read;

/// Reads a recording from a file or a pipe.
pub struct Reader<R: Read> {
    from: R,
    head: Head,
    /// Where the next block begins.
    offset: u64,
    events: u64,
    plain: Vec<u8>,
    room: Vec<u8>,
    unpack: Unpack,
    /// What the recording has told of itself at its end.
    index: Option<Vec<Entry>>,
    /// There is no more, be it that it is damaged.
    over: bool,
}

impl<R: Read> Reader<R> {
    /// Begins to read.
    ///
    /// # Errors
    /// Any but that it can't be written.
    pub fn new(mut from: R) -> Result<Reader<R>, Error> {
        let (head, offset) = Head::read(&mut from)?;
        Ok(Reader {
            from,
            head,
            offset,
            events: 0,
            plain: Vec::new(),
            room: Vec::new(),
            unpack: Unpack::default(),
            index: None,
            over: false,
        })
    }

    /// Where and how the recording was made.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// What each block has, once the end has been reached.
    pub fn index(&self) -> Option<&[Entry]> {
        self.index.as_deref()
    }

    /// Whether the next event has to be read first, which may take for ever if it comes through a pipe.
    pub fn is_between_blocks(&self) -> bool {
        self.unpack.is_at_end(&self.plain)
    }

    /// The next event; `None` at the end. (It lends what it gives, which no `Iterator` can.)
    ///
    /// # Errors
    /// Any but that it can't be written. It is told of once: what comes afterwards is the end.
    #[expect(clippy::should_implement_trait, reason = "a frame is lent")]
    pub fn next(&mut self) -> Result<Option<Frame<'_>>, Error> {
        while !self.over && self.unpack.is_at_end(&self.plain) {
            self.next_block().inspect_err(|_| self.over = true)?;
        }
        if self.over {
            return Ok(None);
        }
        let Some(event) = self.unpack.next(&self.plain) else {
            self.over = true;
            return Err(self.damaged("what stands in a block"));
        };
        self.events += 1;
        let Reader { plain, unpack, .. } = self;
        let content = View { bytes: plain, places: &unpack.places };
        Ok(Some(Frame { event, words: &unpack.words, content }))
    }

    fn damaged(&self, what: &'static str) -> Error {
        Error::Damaged { events: self.events, what }
    }

    fn next_block(&mut self) -> Result<(), Error> {
        let block = block::read(&mut self.from, &mut self.plain, &mut self.room);
        let (holds, len) = block.map_err(|missing| match missing {
            Missing::Read(error) => Error::Read(error),
            Missing::Cut => Error::Cut(self.events),
            Missing::Damaged(what) => self.damaged(what),
        })?;
        match holds {
            Holds::Events => {
                self.unpack.restart();
                self.offset += len;
                Ok(())
            }
            Holds::Index => self.end(),
        }
    }

    /// Takes the index and checks that nothing but the mark stands behind it.
    fn end(&mut self) -> Result<(), Error> {
        let entries = index::entries(&self.plain).ok_or_else(|| self.damaged("its index"))?;
        let mut trailer = Vec::new();
        let more = index::TRAILER as u64 + 1;
        (&mut self.from).take(more).read_to_end(&mut trailer).map_err(Error::Read)?;
        let right = index::trailer(self.offset);
        if trailer.len() < right.len() && right.starts_with(&trailer) {
            return Err(Error::Cut(self.events));
        }
        if trailer != right {
            return Err(self.damaged("its end"));
        }
        self.index = Some(entries);
        self.over = true;
        Ok(())
    }
}
