//! Stack traces (`-k`): when stacks are asked for, and with which lines they are shown.
//!
//! As strace has it, a call's stack is taken when the call is entered, since the call may be the end of it (`execve`,
//! `exit`, `rt_sigreturn`), and shown when the call's line has its end; that of a call in which the tracee ends, with
//! the line that says so.

use super::thread::{Taken, Thread};
use super::writer::Writer;
use decode::{Answer, Frame, Question, Target};
use render::{Render, StackFrame};

fn ask(target: &mut dyn Target, kept: bool) -> Option<Taken> {
    match target.ask(&Question::Stack)? {
        Answer::Stack(stack) => Some(Taken { stack, kept }),
        _ => None,
    }
}

/// Takes the stack of a call that will be shown, as it is entered.
#[inline]
pub(super) fn keep(writer: &Writer<'_>, thread: &mut Thread, target: &mut dyn Target) {
    if writer.stacks {
        thread.stack = ask(target, true);
    }
}

/// Takes the stack of an event that will be shown now, unless there is one of the call that it ends.
#[inline]
pub(super) fn take(writer: &Writer<'_>, thread: &mut Thread, target: &mut dyn Target) {
    if writer.stacks && thread.stack.is_none() {
        thread.stack = ask(target, false);
    }
}

/// Shows a stack with the event that was rendered last.
pub(super) fn show(taken: &Taken, render: &mut dyn Render) {
    let frames: Vec<_> = taken.stack.frames.iter().map(frame).collect();
    render.stack(&render::Stack { frames: &frames, truncated: taken.stack.truncated, kept: taken.kept });
}

/// Shows the thread's stack, if there is one, in lines of its own; an object has none without its event.
pub(super) fn show_alone(writer: &mut Writer<'_>, thread: &mut Thread) {
    if !writer.is_text {
        return;
    }
    if let Some(taken) = thread.stack.take() {
        let stream = thread.own.as_deref_mut().unwrap_or(writer.output.shared());
        show(&taken, stream.line());
        stream.settle();
    }
}

fn frame(frame: &Frame) -> StackFrame<'_> {
    StackFrame {
        address: frame.address,
        binary: frame.binary.as_deref(),
        symbol: frame.function.as_deref(),
        offset: frame.offset,
        source: frame.source.as_ref().map(|(file, line)| (&**file, *line)),
    }
}
