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

    /// Adds what stands in memory from `addr` on.
    pub fn stretch(&mut self, addr: u64, bytes: &[u8]) {
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

    /// The questions and their answers.
    pub fn answers(self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        self.places.answers.iter().map(move |&(question, answer)| (self.at(question), self.at(answer)))
    }
}
