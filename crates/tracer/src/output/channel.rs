//! Bytes on their way to a place. What people watch goes there at once, a file gets large pieces.
//!
//! A place may take no more for a time: a disk is full, a quota used up, a limit reached. Then some bytes wait, lines
//! beyond those are lost, and the place is tried again every now and then. When it takes them, the line that was cut
//! comes first, then the lines that have waited, then a mark that says how many are missing.

use super::place::Place;
use crate::keeper::unfinished;
use render::error_message;
use std::io;
use std::time::{Duration, Instant};

/// So many bytes are a large piece.
const PIECE: usize = 64 << 10;
/// A place that takes no more is tried again after this.
const PAUSE: Duration = Duration::from_millis(50);

/// Makes the mark of so many missing lines, and of why they are.
pub(super) type Mark = dyn Fn(u64, &str) -> Vec<u8>;

/// See the module's documentation.
#[derive(Debug)]
pub(super) struct Channel {
    pub(super) place: Place,
    waiting: Vec<u8>,
    /// How many bytes of a line without an end stand in the place, with what has been handed over to the keeper.
    pub(super) unfinished: u64,
    gap: Option<Gap>,
    /// Lines that have been lost, all told.
    lost: u64,
}

/// The place takes no more.
#[derive(Debug)]
struct Gap {
    why: String,
    tried: Instant,
    /// How many bytes may wait.
    room: usize,
    /// Lines that have been lost since the last that waits.
    lost: u64,
    /// The last of them has no end yet.
    cut: bool,
}

/// How a place has taken what waited.
#[derive(Debug)]
pub(super) enum Taken {
    All,
    /// It takes no more for now.
    Refused(io::Error),
}

impl Channel {
    pub(super) fn new(place: Place) -> Channel {
        Channel { place, waiting: Vec::new(), unfinished: 0, gap: None, lost: 0 }
    }

    pub(super) fn is_waiting(&self) -> bool {
        !self.waiting.is_empty() || self.gap.is_some()
    }

    /// Whether the place takes no more.
    pub(super) fn is_refused(&self) -> bool {
        self.gap.is_some()
    }

    /// Takes bytes on; says whether it is time to write.
    pub(super) fn push(&mut self, bytes: &[u8], mark: &Mark) -> bool {
        let Some(gap) = &mut self.gap else {
            self.waiting.extend_from_slice(bytes);
            return self.place.is_prompt() || self.waiting.len() >= PIECE;
        };
        let rest = gap.skip_cut_line(bytes);
        if gap.lost > 0 && !gap.cut && self.waiting.is_empty() {
            // What waited has been written, so there may be room again.
            self.lost += gap.lost;
            self.waiting = mark(std::mem::take(&mut gap.lost), &gap.why);
        }
        gap.push(&mut self.waiting, rest, self.unfinished > 0);
        gap.tried.elapsed() >= PAUSE
    }

    /// Whether it is time to try again.
    pub(super) fn is_due(&self) -> bool {
        match &self.gap {
            Some(gap) => gap.tried.elapsed() >= PAUSE,
            None => !self.waiting.is_empty(),
        }
    }

    /// Writes all that waits, as far as the place takes it.
    pub(super) fn flush(&mut self, mark: &Mark) -> Taken {
        loop {
            if let Err(error) = self.write() {
                return Taken::Refused(error);
            }
            match &mut self.gap {
                None => return Taken::All,
                // The mark comes behind the end of the lost line.
                Some(gap) if gap.cut => return Taken::All,
                Some(gap) if gap.lost > 0 => {
                    self.lost += gap.lost;
                    self.waiting = mark(std::mem::take(&mut gap.lost), &gap.why);
                }
                Some(_) => {
                    self.gap = None;
                    return Taken::All;
                }
            }
        }
    }

    fn write(&mut self) -> io::Result<()> {
        let mut done = 0;
        let mut result = Ok(());
        while done < self.waiting.len() {
            match self.place.write(&self.waiting[done..]) {
                Ok(n) => done += n,
                Err(error) => {
                    result = Err(error);
                    break;
                }
            }
        }
        self.unfinished = unfinished(self.unfinished, &self.waiting[..done]);
        if result.is_ok() {
            self.waiting.clear();
        } else {
            self.waiting.drain(..done);
        }
        result
    }

    /// The place takes no more: from now on at most so many bytes wait, and the rest of a line.
    pub(super) fn refuse(&mut self, error: &io::Error, room: usize) {
        let gap = self.gap.get_or_insert_with(|| Gap {
            why: String::new(),
            tried: Instant::now(),
            room,
            lost: 0,
            cut: false,
        });
        gap.why = error_message(error);
        gap.tried = Instant::now();
        gap.room = room;
        if gap.lost == 0 && self.waiting.len() > room {
            let waiting = std::mem::take(&mut self.waiting);
            gap.push(&mut self.waiting, &waiting, self.unfinished > 0);
        }
    }

    /// Nothing more will come, and the place still takes no more: takes back the part of a line that stands there, and
    /// puts the mark in its place if it fits. Gives how many lines have been lost, all told; 0 if all have, since the
    /// error says as much.
    pub(super) fn give_up(&mut self, mark: &Mark) -> u64 {
        let Some(gap) = self.gap.take() else { return self.lost };
        let waiting = std::mem::take(&mut self.waiting);
        let has_cut_line = gap.cut || waiting.last().is_some_and(|&byte| byte != b'\n');
        let lost = gap.lost + lines(&waiting) + u64::from(has_cut_line);
        if self.unfinished > 0 && self.place.take_back(self.unfinished) {
            self.unfinished = 0;
        }
        if self.unfinished == 0 && lost > 0 {
            self.waiting = mark(lost, &gap.why);
            if self.write().is_err() && self.unfinished > 0 {
                self.place.take_back(self.unfinished);
            }
        }
        self.waiting = Vec::new();
        if self.place.has_bytes() { self.lost + lost } else { 0 }
    }
}

impl Gap {
    /// Skips the rest of a line whose beginning has been lost.
    fn skip_cut_line<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        if !self.cut {
            return bytes;
        }
        let Some(end) = bytes.iter().position(|&byte| byte == b'\n') else { return &[] };
        self.cut = false;
        self.lost += 1;
        &bytes[end + 1..]
    }

    /// Lets bytes wait while there is room; from then on whole lines are lost. `begun`: a line without an end has been
    /// written.
    fn push(&mut self, waiting: &mut Vec<u8>, bytes: &[u8], begun: bool) {
        let kept = match self.room.saturating_sub(waiting.len()) {
            _ if self.lost > 0 || self.cut => 0,
            room if room >= bytes.len() => bytes.len(),
            room => {
                let begun = waiting.last().map_or(begun, |&byte| byte != b'\n');
                let whole = bytes[..room].iter().rposition(|&byte| byte == b'\n');
                let end = || bytes.iter().position(|&byte| byte == b'\n');
                match whole.or_else(|| end().filter(|_| begun)) {
                    Some(end) => end + 1,
                    None if begun => bytes.len(),
                    None => 0,
                }
            }
        };
        waiting.extend_from_slice(&bytes[..kept]);
        self.lose(&bytes[kept..]);
    }

    fn lose(&mut self, bytes: &[u8]) {
        self.lost += lines(bytes);
        self.cut = bytes.last().map_or(self.cut, |&byte| byte != b'\n');
    }
}

fn lines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|&&byte| byte == b'\n').count() as u64
}
