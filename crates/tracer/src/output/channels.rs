//! All the channels of a trace: who is written to next, whose descriptor is closed where there are few, and what the
//! user is told of lines that are lost.

use super::channel::{Channel, Mark, Taken};
use super::place::Place;
use crate::keeper::{HandedOver, Keeper, unfinished};
use crate::sys;
use render::error_message;
use std::io::{self, Write};
use std::rc::Rc;

/// A channel's place in the table.
pub(super) type Key = usize;

/// Descriptors that are left for other use than the files of tracees.
const RESERVED: usize = 16;
/// How many bytes may wait for all places together that take no more, about, and for one at least and at most.
const ROOM: usize = 4 << 20;
const LEAST_ROOM: usize = 4 << 10;
const MOST_ROOM: usize = 128 << 10;
/// So many channels may outlive their tracees because their places take no more.
const ORPHANS: usize = 64;

/// See the module's documentation.
pub(super) struct Channels {
    table: Vec<Option<Entry>>,
    free: Vec<Key>,
    /// Files that are open and may be closed for others' sake, and how many may be.
    open: usize,
    most_open: usize,
    /// Counts uses, so that the file can be found whose last use is farthest back.
    clock: u64,
    orphans: usize,
    /// Whether something waits here, and not with the keeper.
    waiting: bool,
    /// Keeps text for files.
    keeper: Rc<Keeper>,
    /// Makes the mark that stands where lines are missing.
    mark: Box<Mark>,
    /// Whether the trace goes on when nobody reads it any more.
    goes_on: bool,
    program: String,
    /// Whether the user has been told that a place takes no more.
    told: bool,
    lost: u64,
}

struct Entry {
    channel: Channel,
    /// It is one of many, so that its descriptor may be needed for another.
    is_separate: bool,
    /// Nobody writes to it any more.
    is_orphan: bool,
    used: u64,
}

impl Channels {
    pub(super) fn new(
        program: String,
        goes_on: bool,
        mark: impl Fn(u64, &str) -> Vec<u8> + 'static,
        keeper: Rc<Keeper>,
    ) -> Channels {
        Channels {
            table: Vec::new(),
            free: Vec::new(),
            open: 0,
            most_open: sys::descriptor_limit().saturating_sub(RESERVED).max(1),
            clock: 0,
            orphans: 0,
            waiting: false,
            keeper,
            mark: Box::new(mark),
            goes_on,
            program,
            told: false,
            lost: 0,
        }
    }

    /// Whether somebody keeps text for files.
    pub(super) fn are_kept(&self) -> bool {
        self.keeper.is_there()
    }

    /// Adds a place that is there as long as the trace.
    pub(super) fn add(&mut self, place: Place) -> Key {
        self.insert(place, false)
    }

    /// Adds one of many files. If there is no descriptor for it, another is closed.
    ///
    /// # Errors
    /// It can't be opened.
    pub(super) fn add_separate(&mut self, open: &dyn Fn() -> io::Result<Place>) -> io::Result<Key> {
        self.make_room();
        let mut place = open();
        while place.as_ref().is_err_and(is_out_of_descriptors) && self.close_oldest() {
            place = open();
        }
        let key = self.insert(place?, true);
        self.open += 1;
        Ok(key)
    }

    fn insert(&mut self, place: Place, is_separate: bool) -> Key {
        self.clock += 1;
        let channel = Channel::new(place);
        let entry = Some(Entry { channel, is_separate, is_orphan: false, used: self.clock });
        match self.free.pop() {
            Some(key) => {
                self.table[key] = entry;
                key
            }
            None => {
                self.table.push(entry);
                self.table.len() - 1
            }
        }
    }

    /// Passes bytes on.
    pub(super) fn push(&mut self, key: Key, bytes: &[u8]) {
        if self.hand_over(key, bytes) {
            return;
        }
        let Some(entry) = &mut self.table[key] else { return };
        if entry.channel.push(bytes, &self.mark) {
            self.write(key);
        } else {
            self.waiting = true;
        }
    }

    /// Gives bytes for a file to the keeper; false if they are to be kept here.
    fn hand_over(&mut self, key: Key, bytes: &[u8]) -> bool {
        let Some(entry) = &mut self.table[key] else { return false };
        if entry.channel.place.is_prompt() || entry.channel.is_waiting() {
            return false;
        }
        if entry.channel.place.is_closed_file() && self.open_again(key).is_err() {
            return false;
        }
        let Some(entry) = &mut self.table[key] else { return false };
        let Some(fd) = entry.channel.place.file_descriptor() else { return false };
        self.clock += 1;
        entry.used = self.clock;
        let before = entry.channel.unfinished;
        match self.keeper.hand_over(fd, key, bytes, before) {
            HandedOver::No if self.keeper.has_text() => {
                self.take_back(None, true);
                // There is room now, unless the place takes no more.
                return self.hand_over(key, bytes);
            }
            HandedOver::No => return false,
            HandedOver::Safe => entry.channel.unfinished = unfinished(before, bytes),
            HandedOver::Much => {
                entry.channel.unfinished = unfinished(before, bytes);
                self.take_back(None, false);
            }
        }
        true
    }

    /// Writes what has been handed over to the keeper. If that is at it, waits until it has written, or else lets it.
    /// `only`: what is for this channel.
    fn take_back(&mut self, only: Option<Key>, patiently: bool) {
        let keeper = Rc::clone(&self.keeper);
        keeper.take_back(only, patiently, &mut |key, bytes, before| {
            let Some(Some(entry)) = self.table.get_mut(key) else { return };
            entry.channel.unfinished = before;
            entry.channel.push(bytes, &self.mark);
            self.write(key);
        });
    }

    /// Writes all that waits for a place.
    pub(super) fn flush(&mut self, key: Key) {
        self.take_back(Some(key), true);
        self.write(key);
    }

    fn write(&mut self, key: Key) {
        let Some(entry) = &mut self.table[key] else { return };
        if !entry.channel.is_waiting() {
            return;
        }
        self.clock += 1;
        entry.used = self.clock;
        let outcome = match self.open_again(key) {
            Ok(()) => match &mut self.table[key] {
                Some(entry) => entry.channel.flush(&self.mark),
                None => Taken::All,
            },
            Err(error) => Taken::Refused(error),
        };
        if let Taken::Refused(error) = outcome {
            self.refused(key, &error);
        }
    }

    /// Writes all that waits for all places, as far as it is time to; says whether there was something.
    pub(super) fn flush_all(&mut self) -> bool {
        if !self.is_waiting() {
            return false;
        }
        self.take_back(None, true);
        self.waiting = false;
        for key in 0..self.table.len() {
            let Some(entry) = &self.table[key] else { continue };
            if entry.channel.is_due() {
                self.write(key);
            }
            let Some(entry) = &self.table[key] else { continue };
            self.waiting |= entry.channel.is_waiting();
            if entry.is_orphan && !entry.channel.is_waiting() {
                self.give_up(key);
            }
        }
        true
    }

    /// Whether something waits.
    pub(super) fn is_waiting(&self) -> bool {
        self.waiting || self.keeper.has_left_text()
    }

    /// Nobody writes there any more.
    pub(super) fn close(&mut self, key: Key) {
        self.flush(key);
        let Some(entry) = &mut self.table[key] else { return };
        if entry.channel.is_waiting() && self.orphans < ORPHANS {
            entry.is_orphan = true;
            self.orphans += 1;
        } else {
            self.give_up(key);
        }
    }

    /// The trace has ended: writes what it can, and tells what is lost.
    pub(super) fn finish(&mut self) {
        for key in 0..self.table.len() {
            self.flush(key);
            self.give_up(key);
        }
        if self.lost > 0 {
            let (lines, are) = if self.lost == 1 { ("line", "is") } else { ("lines", "are") };
            tell(&format!("{}: {} {lines} of the trace {are} lost\n", self.program, self.lost));
        }
    }

    fn give_up(&mut self, key: Key) {
        if let Some(mut entry) = self.table[key].take() {
            self.lost += entry.channel.give_up(&self.mark);
            self.orphans -= usize::from(entry.is_orphan);
            self.open -= usize::from(entry.is_separate && entry.channel.place.is_open_file());
            self.free.push(key);
        }
    }

    /// A place takes no more. One that nobody reads ends the trace, as `SIGPIPE` would, unless the user wants the
    /// trace to go on whatever signals come.
    fn refused(&mut self, key: Key, error: &io::Error) {
        let refused = self.table.iter().flatten().filter(|entry| entry.channel.is_refused()).count();
        let is_end = error.kind() == io::ErrorKind::BrokenPipe;
        let Some(entry) = &mut self.table[key] else { return };
        if let Some(name) = entry.channel.place.name()
            && (self.goes_on || !is_end)
            && !std::mem::replace(&mut self.told, true)
        {
            tell(&format!("{}: {name}: {}\n", self.program, error_message(error)));
        }
        if is_end {
            entry.channel = Channel::new(Place::Nowhere);
            if !self.goes_on {
                sys::interrupt(libc::SIGPIPE);
            }
            return;
        }
        let room = (ROOM / (refused + 1)).clamp(LEAST_ROOM, MOST_ROOM);
        entry.channel.refuse(error, room);
        self.waiting = true;
    }

    /// Opens a file that has been closed for others' sake.
    fn open_again(&mut self, key: Key) -> io::Result<()> {
        if !self.table[key].as_ref().is_some_and(|entry| entry.channel.place.is_closed_file()) {
            return Ok(());
        }
        self.make_room();
        loop {
            let Some(entry) = &mut self.table[key] else { return Ok(()) };
            match entry.channel.place.reopen() {
                Err(error) if is_out_of_descriptors(&error) && self.close_oldest() => {}
                Err(error) => return Err(error),
                Ok(()) => {
                    self.open += 1;
                    return Ok(());
                }
            }
        }
    }

    fn make_room(&mut self) {
        while self.open >= self.most_open && self.close_oldest() {}
    }

    /// Closes the file that has not been written to for the longest time; false if none is open.
    fn close_oldest(&mut self) -> bool {
        let is_open = |entry: &Entry| entry.is_separate && entry.channel.place.is_open_file();
        let entries = self.table.iter().enumerate();
        let open = entries
            .filter_map(|(key, entry)| Some((key, entry.as_ref().filter(|entry| is_open(entry))?.used)));
        let Some((oldest, _)) = open.min_by_key(|(_, used)| *used) else { return false };
        self.take_back(Some(oldest), true);
        if let Some(entry) = &mut self.table[oldest] {
            entry.channel.place.close();
            self.open -= 1;
        }
        true
    }
}

/// Tells the user in one piece, if there is somebody to be told.
fn tell(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

fn is_out_of_descriptors(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE))
}
