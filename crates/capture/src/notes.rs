//! Noting down what is read of a target and what it answers.

use crate::plain::Plain;
use crate::wire;
use decode::{Answer, FdInfo, Question, Target};
use recording::{Content, MOST_CONTENT, MOST_ITEMS};
use std::collections::BTreeMap;
use std::ops::Range;

/// What has been read and answered at one event. It is bounded; what does not fit is left out.
#[derive(Debug, Default)]
pub struct Notes {
    /// The bytes of all pieces.
    bytes: Vec<u8>,
    /// The pieces of memory by their addresses: where their bytes begin, and how many those are. None overlaps another.
    pieces: BTreeMap<u64, (usize, usize)>,
    /// Questions and answers, one behind the other.
    said: Vec<u8>,
    /// Where each question begins, and its answer, and where that ends.
    answers: Vec<[usize; 3]>,
}

/// How many answers are looked at for the one to a question that has been asked before.
const LOOKED_AT: usize = 16;

/// How the kernel marks the link of a file that has no name any more.
const DELETED: &[u8] = b" (deleted)";

impl Notes {
    /// Forgets everything, for the next event.
    pub fn clear(&mut self) {
        self.bytes.clear();
        if !self.pieces.is_empty() {
            self.pieces.clear();
        }
        self.said.clear();
        self.answers.clear();
    }

    /// Adds what has been noted to the content of an event.
    pub fn put(&self, content: &mut Content) {
        for (&addr, &(start, len)) in &self.pieces {
            content.stretch(addr, &self.bytes[start..start + len]);
        }
        for &[question, answer, end] in &self.answers {
            content.answer(&self.said[question..answer], &self.said[answer..end]);
        }
    }

    /// Notes that these bytes are at `addr`, as far as that is not noted yet.
    fn read(&mut self, addr: u64, bytes: &[u8]) {
        let end = addr.saturating_add(bytes.len() as u64);
        let mut at = addr;
        while at < end {
            let before = self.pieces.range(..=at).next_back();
            if let Some((&start, &(_, len))) = before
                && at - start < len as u64
            {
                at = start + len as u64;
                continue;
            }
            let next = self.pieces.range(at..).next().map_or(end, |(&start, _)| start.min(end));
            let new = &bytes[(at - addr) as usize..(next - addr) as usize];
            if self.bytes.len() + new.len() > MOST_CONTENT || self.pieces.len() >= MOST_ITEMS {
                return;
            }
            self.pieces.insert(at, (self.bytes.len(), new.len()));
            self.bytes.extend_from_slice(new);
            at = next;
        }
    }

    fn answered(&mut self, question: &Question<'_>, answer: &Answer<'_>) {
        if self.known(question).is_none() && self.has_room() {
            self.add(question, answer);
        }
    }

    fn has_room(&self) -> bool {
        self.answers.len() < MOST_ITEMS && self.said.len() <= MOST_CONTENT
    }

    fn add(&mut self, question: &Question<'_>, answer: &Answer<'_>) {
        let start = self.said.len();
        wire::put_question(&mut self.said, question);
        let middle = self.said.len();
        wire::put_answer(&mut self.said, answer);
        self.answers.push([start, middle, self.said.len()]);
    }

    /// Where the bytes of the answer are that a question has had.
    fn known(&mut self, question: &Question<'_>) -> Option<Range<usize>> {
        let start = self.said.len();
        wire::put_question(&mut self.said, question);
        let (said, asked) = self.said.split_at(start);
        let mut recent = self.answers.iter().rev().take(LOOKED_AT);
        let found = recent.find(|&&[question, answer, _]| said[question..answer] == *asked);
        let found = found.map(|&[_, answer, end]| answer..end);
        self.said.truncate(start);
        found
    }
}

/// A target that notes down what it gives.
pub struct Noting<'a> {
    target: &'a mut dyn Target,
    notes: &'a mut Notes,
    /// The thread that is asked, and what is known of its descriptors.
    plain: Option<(i32, &'a mut Plain)>,
}

impl<'a> Noting<'a> {
    /// What `target` gives goes to `notes` as well.
    pub fn new(target: &'a mut dyn Target, notes: &'a mut Notes) -> Noting<'a> {
        Noting { target, notes, plain: None }
    }

    /// As [`Noting::new`], where this is known of the descriptors of the thread that is asked.
    pub(crate) fn knowing(
        target: &'a mut dyn Target,
        notes: &'a mut Notes,
        tid: i32,
        plain: &'a mut Plain,
    ) -> Noting<'a> {
        Noting { target, notes, plain: Some((tid, plain)) }
    }

    /// Notes the answer to a question that nobody needs to ask.
    pub fn note(&mut self, question: &Question<'_>, answer: &Answer<'_>) {
        self.notes.answered(question, answer);
    }
}

impl Target for Noting<'_> {
    fn read(&mut self, addr: u64, buf: &mut [u8]) -> usize {
        let got = self.target.read(addr, buf).min(buf.len());
        self.notes.read(addr, &buf[..got]);
        got
    }

    fn read_text(&mut self, addr: u64, buf: &mut [u8]) -> usize {
        let got = self.target.read_text(addr, buf).min(buf.len());
        let end = buf[..got].iter().position(|&byte| byte == 0).map_or(got, |nul| nul + 1);
        self.notes.read(addr, &buf[..end]);
        got
    }

    fn ask(&mut self, question: &Question<'_>) -> Option<Answer<'_>> {
        // Nobody waits for a line here.
        if matches!(question, Question::MayHang { .. }) {
            return None;
        }
        // The task stands still, so what has been answered is true yet, and to ask costs calls of the system.
        if let Some(known) = self.notes.known(question) {
            return wire::answer(&self.notes.said[known]);
        }
        let Noting { target, notes, plain } = self;
        let answer = match (question, plain) {
            (Question::Fd(fd), Some((tid, plain))) => Answer::Fd(descriptor(*target, *fd, *tid, plain)?),
            _ => target.ask(question)?,
        };
        if notes.has_room() {
            notes.add(question, &answer);
        }
        Some(answer)
    }
}

/// What a descriptor stands for: where that is known to be no device, it takes but its link to tell.
fn descriptor<'t>(target: &'t mut dyn Target, fd: i32, tid: i32, plain: &mut Plain) -> Option<FdInfo<'t>> {
    if plain.knows(tid, fd) {
        // A link that ends like that of an unlinked file has to be looked at. (What it lends can't be kept past a
        // question that follows.)
        let link = match target.ask(&Question::FdPath(fd)) {
            Some(Answer::Path(link)) if !link.ends_with(DELETED) => Some(link.into_owned()),
            _ => None,
        };
        if let Some(link) = link {
            return Some(FdInfo::Path { path: link.into(), deleted: false });
        }
    }
    match target.ask(&Question::Fd(fd))? {
        Answer::Fd(info) => {
            plain.found(tid, fd, &info);
            Some(info)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Memory in which each byte tells where it is. Each answer tells how many there have been.
    #[derive(Default)]
    struct Memory {
        asked: u64,
    }

    impl Target for Memory {
        fn read(&mut self, addr: u64, buf: &mut [u8]) -> usize {
            buf.iter_mut().zip(addr..200).map(|(byte, at)| *byte = at as u8).count()
        }

        fn ask(&mut self, question: &Question<'_>) -> Option<Answer<'_>> {
            match question {
                Question::Fd(_) => None,
                _ => {
                    self.asked += 1;
                    Some(Answer::Number(self.asked))
                }
            }
        }
    }

    fn noted(reads: &[(u64, usize)]) -> Vec<(u64, Vec<u8>)> {
        let mut notes = Notes::default();
        for &(addr, len) in reads {
            Noting::new(&mut Memory::default(), &mut notes).read(addr, &mut vec![0; len]);
        }
        let mut content = Content::default();
        notes.put(&mut content);
        content.view().memory().map(|(addr, bytes)| (addr, bytes.to_vec())).collect()
    }

    #[test]
    fn what_is_read_twice_is_noted_once() {
        let stretch = |range: std::ops::Range<u8>| (range.start.into(), range.collect::<Vec<u8>>());
        assert_eq!(noted(&[(10, 5), (10, 5), (12, 2)]), [stretch(10..15)]);
        assert_eq!(noted(&[(10, 5), (30, 5), (12, 25)]), [stretch(10..37)]);
        assert_eq!(noted(&[(30, 5), (10, 5)]), [stretch(10..15), stretch(30..35)]);
        assert_eq!(noted(&[(15, 5), (10, 5)]), [stretch(10..20)]);
        assert_eq!(noted(&[(190, 50), (u64::MAX, 5)]), [stretch(190..200)]);
    }

    #[test]
    fn a_question_is_asked_and_noted_once_and_only_with_its_answer() {
        let mut notes = Notes::default();
        let mut memory = Memory::default();
        let mut noting = Noting::new(&mut memory, &mut notes);
        for question in [Question::Fd(1), Question::StackPointer, Question::StackPointer] {
            let answer = noting.ask(&question);
            assert!(answer.is_none_or(|answer| answer == Answer::Number(1)));
        }
        let mut content = Content::default();
        notes.put(&mut content);
        assert_eq!(content.view().answers().count(), 1);
    }
}
