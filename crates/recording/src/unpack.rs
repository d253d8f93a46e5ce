//! Taking the events out of a block that has been unpacked.

use crate::content::{Place, Places};
use crate::shapes::{Before, MOST_SHAPES, MOST_TASKS, Shape};
use crate::varint::Input;
use crate::writer::SHARED;
use crate::{Event, MOST_CONTENT, MOST_ITEMS, MOST_WORDS};

/// Where a reader is in a block.
#[derive(Default)]
pub(crate) struct Unpack {
    at: usize,
    before: Before,
    shapes: Vec<Shape>,
    tasks: Vec<i32>,
    shared: Vec<Place>,
    /// How many bytes the event may still have: those that stand in the block once may be told of many times.
    left: usize,
    /// The event's numbers and the places of its content.
    pub(crate) words: Vec<u64>,
    pub(crate) places: Places,
}

impl Unpack {
    /// Goes to the beginning of another block.
    pub(crate) fn restart(&mut self) {
        self.at = 0;
        self.before = Before::default();
        self.shapes.clear();
        self.tasks.clear();
        self.shared.clear();
    }

    pub(crate) fn is_at_end(&self, plain: &[u8]) -> bool {
        self.at >= plain.len()
    }

    /// The next event; `None` if what stands there is not one.
    pub(crate) fn next(&mut self, plain: &[u8]) -> Option<Event> {
        let mut input = Input::new(plain, self.at);
        let shape = self.shape(&mut input)?;
        self.before.monotonic = self.before.monotonic.wrapping_add(input.signed()? as u64);
        self.before.apart = self.before.apart.wrapping_add(input.signed()? as u64);
        let task = *self.tasks.get(self.before.task)?;
        self.take_words(&mut input, shape)?;
        self.take_content(&mut input, shape)?;
        self.at = input.position();
        let Before { monotonic, apart, .. } = self.before;
        let Shape { kind, key, .. } = self.shapes[shape];
        Some(Event { kind, key, task, monotonic, wall: monotonic.wrapping_add(apart) })
    }

    fn shape(&mut self, input: &mut Input<'_>) -> Option<usize> {
        let which = input.number()?;
        let shape = usize::try_from(which >> 1).ok()?;
        if shape == self.shapes.len() && shape < MOST_SHAPES {
            let (kind, key) = (input.byte()?, input.number()?);
            let words = input.count(MOST_WORDS)?;
            self.shapes.push(Shape::new(kind, key, words));
        }
        if which & 1 != 0 {
            let task = input.count(MOST_TASKS)?;
            if task == self.tasks.len() && task < MOST_TASKS {
                self.tasks.push(i32::try_from(input.signed()?).ok()?);
            }
            self.before.task = task;
        }
        (shape < self.shapes.len()).then_some(shape)
    }

    fn take_words(&mut self, input: &mut Input<'_>, shape: usize) -> Option<()> {
        let shape = &mut self.shapes[shape];
        let others = input.number()?;
        if others >> 1 >> shape.words != 0 {
            return None;
        }
        for (i, word) in shape.last.iter_mut().enumerate() {
            if others >> 1 >> i & 1 != 0 {
                *word = word.wrapping_add(input.signed()? as u64);
            }
        }
        self.words.clear();
        self.words.extend_from_slice(&shape.last[..shape.words]);
        if others & 1 != 0 {
            for count in &mut shape.counts {
                *count = input.count(MOST_ITEMS)?;
            }
        }
        Some(())
    }

    fn take_content(&mut self, input: &mut Input<'_>, shape: usize) -> Option<()> {
        let [texts, stretches, answers] = self.shapes[shape].counts;
        self.places.clear();
        self.left = MOST_CONTENT;
        for _ in 0..texts {
            let place = self.place(input)?;
            self.places.texts.push(place);
        }
        let mut near = 0;
        for i in 0..stretches {
            let apart = input.signed()? as u64;
            let shape = &mut self.shapes[shape];
            let addr = shape.guess(i, near).wrapping_add(apart);
            shape.remember(i, addr);
            near = addr;
            let place = self.place(input)?;
            self.places.memory.push((addr, place));
        }
        for _ in 0..answers {
            let pair = (self.place(input)?, self.place(input)?);
            self.places.answers.push(pair);
        }
        Some(())
    }

    /// The place of bytes that stand here, or have stood before.
    fn place(&mut self, input: &mut Input<'_>) -> Option<Place> {
        let which = input.number()?;
        let number = usize::try_from(which >> 1).ok()?;
        if which & 1 != 0 {
            let known = self.shared.len().checked_sub(number)?;
            let place = *self.shared.get(known)?;
            self.left = self.left.checked_sub(place.len as usize)?;
            return Some(place);
        }
        self.left = self.left.checked_sub(number)?;
        let place = Place::new(input.position(), number);
        input.bytes(number)?;
        if number >= SHARED {
            self.shared.push(place);
        }
        Some(place)
    }
}
