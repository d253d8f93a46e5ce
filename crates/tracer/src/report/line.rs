//! The line of a call: written straight to the trace, or to a draft first.

use crate::output::{Passage, Stream};
use render::{CallName, Head, Partial, Render};

/// What a call's line is written with: straight to the trace, or to a draft first.
pub(super) enum CallLine<'a> {
    /// The trace.
    Trace(&'a mut Stream),
    /// A draft, and the trace that it may go to.
    Draft(&'a mut dyn Render, &'a mut Stream),
}

impl<'a> CallLine<'a> {
    pub(super) fn new(draft: &'a mut Option<Box<dyn Render>>, stream: &'a mut Stream) -> CallLine<'a> {
        match draft {
            Some(draft) => CallLine::Draft(&mut **draft, stream),
            None => CallLine::Trace(stream),
        }
    }

    /// The renderer for a new line.
    pub(super) fn line(&mut self) -> &mut dyn Render {
        match self {
            CallLine::Trace(stream) => stream.line(),
            CallLine::Draft(draft, _) => {
                draft.taken();
                *draft
            }
        }
    }

    /// The renderer for the line at hand.
    pub(super) fn render(&mut self) -> &mut dyn Render {
        match self {
            CallLine::Trace(stream) => stream.render(),
            CallLine::Draft(draft, _) => *draft,
        }
    }

    /// A way for the beginning of the line at hand.
    pub(super) fn passage(&self) -> Option<Passage> {
        match self {
            CallLine::Trace(stream) => stream.passage(),
            CallLine::Draft(..) => None,
        }
    }

    /// The tracee is inside its call.
    pub(super) fn pause(&mut self, tid: i32) -> Partial {
        match self {
            CallLine::Trace(stream) => stream.pause(tid),
            CallLine::Draft(draft, _) => draft.call_pause(),
        }
    }

    /// Goes on with the tracee's line.
    pub(super) fn resume(
        &mut self,
        tid: i32,
        head: &Head<'_>,
        call: &CallName<'_>,
        kept: Partial,
        interrupted: bool,
    ) {
        match self {
            CallLine::Trace(stream) => stream.resume(tid, head, call, kept),
            CallLine::Draft(draft, _) => draft.call_resume(head, call, kept, interrupted),
        }
    }

    /// Whether the tracee's line still is the one at hand.
    pub(super) fn is_open_for(&self, tid: i32) -> bool {
        match self {
            CallLine::Trace(stream) => stream.is_open_for(tid),
            CallLine::Draft(..) => true,
        }
    }

    /// The renderer to go on with the tracee's line, which was interrupted or not.
    pub(super) fn resumed(&mut self, interrupted: bool) -> &mut dyn Render {
        if interrupted { self.line() } else { self.render() }
    }

    /// The line has got its end; a draft goes to the trace if it is `wanted`.
    pub(super) fn end(self, wanted: bool) {
        match self {
            CallLine::Trace(stream) => {
                stream.close();
                stream.settle();
            }
            CallLine::Draft(draft, stream) => {
                if wanted {
                    stream.line();
                    stream.push(draft.buffer());
                }
                draft.taken();
            }
        }
    }
}
