//! What belongs to an event: texts, stretches of the tracee's memory, answers to questions about it.

use crate::{MOST_CONTENT, MOST_ITEMS};
use std::ops::Range;

/// A stretch of bytes by where it begins and how long it is.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place {
    pub(crate) start: u32,
    pub(crate) len: u32,
}

impl Place {
    pub(crate) fn new(start: usize, len: usize) -> Place {
        Place { start: start as u32, len: len as u32 }
    }

    fn range(self) -> Range<usize> {
        let start = self.start as usize;
        start..start + self.len as usize
    }
}

/// Where each part of an event's content is; the parts' bytes stand elsewhere.
#[derive(Debug, Default)]
pub(crate) struct Places {
    pub(crate) texts: Vec<Place>,
    pub(crate) memory: Vec<(u64, Place)>,
    pub(crate) answers: Vec<(Place, Place)>,
}

impl Places {
    pub(crate) fn clear(&mut self) {
        self.texts.clear();
        self.memory.clear();
        self.answers.clear();
    }

    pub(crate) fn counts(&self) -> [usize; 3] {
        [self.texts.len(), self.memory.len(), self.answers.len()]
    }
}

/// The content of an event that is to be written. It is bounded: what does not fit is left out.
#[derive(Debug, Default)]
pub struct Content {
    bytes: Vec<u8>,
    places: Places,
}

impl Content {
    /// Empties it, for the next event.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.places.clear();
    }

    fn add(&mut self, bytes: &[u8]) -> Option<Place> {
        let items: usize = self.places.counts().iter().sum();
        if self.bytes.len() + bytes.len() > MOST_CONTENT || items >= MOST_ITEMS {
            return None;
        }
        let place = Place::new(self.bytes.len(), bytes.len());
        self.bytes.extend_from_slice(bytes);
        Some(place)
    }

    /// Adds a text: which one it is, its position says.
    pub fn text(&mut self, text: &[u8]) {
        if let Some(place) = self.add(text) {
            self.places.texts.push(place);
        }
    }

    /// Adds what stands in memory from `addr` on. What begins where the stretch before it ends is a part of that.
    pub fn stretch(&mut self, addr: u64, bytes: &[u8]) {
        if let Some((before, place)) = self.places.memory.last_mut()
            && before.checked_add(place.len.into()) == Some(addr)
            && place.range().end == self.bytes.len()
            && self.bytes.len() + bytes.len() <= MOST_CONTENT
        {
            place.len += bytes.len() as u32;
            return self.bytes.extend_from_slice(bytes);
        }
        if let Some(place) = self.add(bytes) {
            self.places.memory.push((addr, place));
        }
    }

    /// Adds the answer to a question.
    pub fn answer(&mut self, question: &[u8], answer: &[u8]) {
        if let Some(question) = self.add(question)
            && let Some(answer) = self.add(answer)
        {
            self.places.answers.push((question, answer));
        }
    }

    /// What it has.
    pub fn view(&self) -> View<'_> {
        View { bytes: &self.bytes, places: &self.places }
    }
}

/// The content of an event.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) places: &'a Places,
}

impl<'a> View<'a> {
    /// The bytes at a place: none where it is not in them, which no place that was checked is.
    pub(crate) fn at(self, place: Place) -> &'a [u8] {
        self.bytes.get(place.range()).unwrap_or_default()
    }

    /// The text at this position.
    pub fn text(self, i: usize) -> Option<&'a [u8]> {
        self.places.texts.get(i).map(|&place| self.at(place))
    }

    /// The texts.
    pub fn texts(self) -> impl Iterator<Item = &'a [u8]> {
        self.places.texts.iter().map(move |&place| self.at(place))
    }

    /// The stretches of memory: where each begins, and its bytes.
    pub fn memory(self) -> impl Iterator<Item = (u64, &'a [u8])> {
        self.places.memory.iter().map(move |&(addr, place)| (addr, self.at(place)))
    }

    /// What stands from `addr` on in the stretch that has it; nothing where there is none. Stretches are in the order of
    /// their addresses.
    pub fn bytes_at(self, addr: u64) -> &'a [u8] {
        let behind = self.places.memory.partition_point(|&(start, _)| start <= addr);
        let Some(&(start, place)) = behind.checked_sub(1).and_then(|i| self.places.memory.get(i)) else {
            return &[];
        };
        // A stretch may begin behind `addr` where a file has them in another order.
        let offset = addr.checked_sub(start).and_then(|offset| usize::try_from(offset).ok());
        offset.and_then(|offset| self.at(place).get(offset..)).unwrap_or_default()
    }

    /// How many answers there are.
    pub fn answer_count(self) -> usize {
        self.places.answers.len()
    }

    /// The `i`th question.
    pub fn question(self, i: usize) -> &'a [u8] {
        self.places.answers.get(i).map(|&(question, _)| self.at(question)).unwrap_or_default()
    }

    /// The answer to the `i`th question.
    pub fn answer(self, i: usize) -> &'a [u8] {
        self.places.answers.get(i).map(|&(_, answer)| self.at(answer)).unwrap_or_default()
    }

    /// The questions and their answers.
    pub fn answers(self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        self.places.answers.iter().map(move |&(question, answer)| (self.at(question), self.at(answer)))
    }
}
