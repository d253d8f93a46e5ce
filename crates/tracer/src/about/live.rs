//! The stopped tracee as the walker sees it.

use super::Describer;
use decode::{Answer, Question, Target};
use ptrace::{Addr, Memory, Pages, Tid};

/// A stopped tracee: its memory, and answers about it.
pub struct Live<'a> {
    tid: Tid,
    memory: Memory,
    stack_pointer: Option<u64>,
    pages: &'a mut TraceePages,
    describer: &'a mut Describer,
}

impl<'a> Live<'a> {
    /// The tracee as of its present stop.
    pub fn new(
        tid: Tid,
        stack_pointer: Option<u64>,
        pages: &'a mut TraceePages,
        describer: &'a mut Describer,
    ) -> Live<'a> {
        pages.forget();
        Live { tid, memory: Memory::of(tid), stack_pointer, pages, describer }
    }
}

impl Live<'_> {
    /// Whether an answer to a question is wanted at all.
    #[inline]
    pub(crate) fn may_know(&self, question: &Question<'_>) -> bool {
        self.describer.is_wanted(question)
    }
}

/// How many pages are kept: records, and the strings that they point to, mostly stand side by side on a stack.
const KEPT: usize = 4;

/// The pages of a tracee that have been read.
pub type TraceePages = Pages<KEPT>;

impl Target for Live<'_> {
    fn read(&mut self, addr: u64, buf: &mut [u8]) -> usize {
        if buf.len() > TraceePages::PAGE {
            return self.memory.read(Addr(addr), buf).unwrap_or(0);
        }
        self.pages.read(self.memory, addr, buf)
    }

    fn ask(&mut self, question: &Question<'_>) -> Option<Answer<'_>> {
        match *question {
            Question::StackPointer => self.stack_pointer.map(Answer::Number),
            Question::MayHang { addr, len } => (!self.pages.has(addr, len)).then_some(Answer::Yes),
            _ => self.describer.ask(self.tid, question),
        }
    }
}
