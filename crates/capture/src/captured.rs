//! The memory and the answers of one event, as they were.

use crate::wire;
use decode::{Answer, FdInfo, Question, Target};
use recording::View;
use std::borrow::Cow;

/// A target made of what was noted down.
pub struct Captured<'a> {
    content: View<'a>,
    /// The bytes of the question that is asked.
    question: Vec<u8>,
    /// The answers in order of the bytes of their questions, where they are many.
    order: Vec<usize>,
}

/// So many answers are looked at one by one.
const FEW: usize = 32;

impl<'a> Captured<'a> {
    /// What is noted in `content`.
    pub fn new(content: View<'a>) -> Captured<'a> {
        Captured { content, question: Vec::new(), order: Vec::new() }
    }

    /// The number of the answer to the question at hand.
    fn find(&mut self) -> Option<usize> {
        let (content, question) = (self.content, self.question.as_slice());
        let count = content.answer_count();
        if count <= FEW {
            return (0..count).find(|&i| content.question(i) == question);
        }
        if self.order.is_empty() {
            self.order.extend(0..count);
            self.order.sort_by_key(|&i| content.question(i));
        }
        let found = self.order.binary_search_by_key(&question, |&i| content.question(i)).ok()?;
        Some(self.order[found])
    }
}

/// What the kernel's link for a descriptor says.
fn link(info: FdInfo<'_>) -> Cow<'_, [u8]> {
    match info {
        FdInfo::Path { path, deleted: true } => Cow::Owned([&*path, b" (deleted)"].concat()),
        info => info.into_path(),
    }
}

impl Target for Captured<'_> {
    fn read(&mut self, addr: u64, buf: &mut [u8]) -> usize {
        let mut done = 0;
        while done < buf.len() {
            let Some(at) = addr.checked_add(done as u64) else { break };
            let there = self.content.bytes_at(at);
            if there.is_empty() {
                break;
            }
            let got = there.len().min(buf.len() - done);
            buf[done..done + got].copy_from_slice(&there[..got]);
            done += got;
        }
        done
    }

    fn ask(&mut self, question: &Question<'_>) -> Option<Answer<'_>> {
        // The link is known by what it stands for, which has been asked for in any case.
        if let Question::FdPath(fd) = question {
            return match self.ask(&Question::Fd(*fd))? {
                Answer::Fd(info) => Some(Answer::Path(link(info))),
                _ => None,
            };
        }
        self.question.clear();
        wire::put_question(&mut self.question, question);
        let found = self.find()?;
        wire::answer(self.content.answer(found))
    }
}
