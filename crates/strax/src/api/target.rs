//! A stopped thread's memory, and what else is known of it.

use decode::{Answer, Question, Target, Wanted};
use ptrace::Tid;
use tracer::about::{Describer, Live, TraceePages};
use uapi::Abi;

/// Answers about threads, with room that is used again.
pub(super) struct Answers {
    describer: Describer,
    pages: TraceePages,
}

impl Answers {
    pub(super) fn new(wanted: Wanted) -> Answers {
        Answers { describer: Describer::new(wanted), pages: TraceePages::default() }
    }

    /// A thread as of its present stop.
    pub(super) fn of(&mut self, tid: Tid) -> Stop<'_> {
        Stop { live: Live::new(tid, None, &mut self.pages, &mut self.describer), last: None }
    }

    /// A thread at a call that it makes or has made with this stack pointer, after another call.
    pub(super) fn at_call(&mut self, tid: Tid, stack_pointer: u64, last: Option<(Abi, u64)>) -> Stop<'_> {
        Stop { live: Live::new(tid, Some(stack_pointer), &mut self.pages, &mut self.describer), last }
    }
}

/// A thread that stands still.
pub(super) struct Stop<'a> {
    live: Live<'a>,
    /// The call that it made before: what `restart_syscall` goes on with.
    last: Option<(Abi, u64)>,
}

impl Target for Stop<'_> {
    fn read(&mut self, addr: u64, buf: &mut [u8]) -> usize {
        self.live.read(addr, buf)
    }

    fn ask(&mut self, question: &Question<'_>) -> Option<Answer<'_>> {
        match question {
            Question::InterruptedCall => self.last.map(|(abi, number)| Answer::Call(abi, number)),
            _ => self.live.ask(question),
        }
    }
}
