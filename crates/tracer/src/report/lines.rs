//! Lines that are no calls: signals, stops, ends, changes.

use super::stacks;
use super::summary::mode;
use super::thread::Thread;
use super::writer::Writer;
use crate::config::Quiet;
use decode::{Cx, Options, Outcome, Pending, Target};
use event::Event;
use render::{Head, Line, Render, tell};

/// Writes one line about a thread, and its stack, if there is one.
fn line(
    writer: &mut Writer<'_>,
    thread: &mut Thread,
    event: &Event<'_>,
    target: &mut dyn Target,
    write: impl FnOnce(&mut dyn Render, &Head<'_>),
) {
    let head = writer.heads.next(event, writer.threads, target);
    let stack = thread.stack.take();
    let stream = thread.own.as_deref_mut().unwrap_or(writer.output.shared());
    write(stream.line(), &head);
    if let Some(stack) = &stack {
        stacks::show(stack, stream.render());
    }
    stream.settle();
}

/// A signal is about to be delivered.
pub(super) fn signal(
    writer: &mut Writer<'_>,
    thread: &mut Thread,
    event: &Event<'_>,
    signal: i32,
    info: Option<&[u8]>,
    target: &mut dyn Target,
) {
    if writer.silent || !writer.config.filters.signals.contains(signal) {
        return;
    }
    thread.is_unnoticed = false;
    stacks::take(writer, thread, target);
    let head = writer.heads.next(event, writer.threads, target);
    let stream = thread.own.as_deref_mut().unwrap_or(writer.output.shared());
    let options = Options { strings: writer.config.style.string_limit, ..Options::default() };
    let scratch = &mut writer.scratch;
    let mut pending = Pending::default();
    let show = info.map(|info| {
        move |sink: &mut dyn decode::Sink| {
            // The kernel gives a siginfo in the tracer's layout.
            let abi = crate::host_abi();
            let mut cx =
                Cx::new(abi, [0; 6], Outcome::Running, &options, target, sink, &mut pending, scratch);
            syscalls::show_siginfo(&mut cx, info);
        }
    });
    tell::signal(stream.line(), &head, signal, show);
    if let Some(stack) = thread.stack.take() {
        stacks::show(&stack, stream.render());
    }
    stream.settle();
}

/// The thread's process has stopped.
pub(super) fn stopped(
    writer: &mut Writer<'_>,
    thread: &mut Thread,
    event: &Event<'_>,
    signal: i32,
    target: &mut dyn Target,
) {
    if !writer.silent && writer.config.filters.signals.contains(signal) {
        thread.is_unnoticed = false;
        stacks::take(writer, thread, target);
        line(writer, thread, event, target, |render, head| render.line(head, Line::Stopped(signal)));
    }
}

/// The thread has exited.
pub(super) fn exited(
    writer: &mut Writer<'_>,
    thread: &mut Thread,
    event: &Event<'_>,
    status: i32,
    target: &mut dyn Target,
) {
    if !writer.silent && !thread.is_unnoticed && writer.tells(Quiet::Exit) {
        line(writer, thread, event, target, |render, head| render.line(head, Line::Exited(status)));
    } else {
        stacks::show_alone(writer, thread);
    }
}

/// A signal has killed the thread.
pub(super) fn killed(
    writer: &mut Writer<'_>,
    thread: &mut Thread,
    event: &Event<'_>,
    signal: i32,
    core: bool,
    target: &mut dyn Target,
) {
    let wanted = writer.config.filters.signals.contains(signal);
    if !writer.silent && !thread.is_unnoticed && wanted && writer.tells(Quiet::Exit) {
        line(writer, thread, event, target, |render, head| render.line(head, Line::Killed(signal, core)));
    } else {
        stacks::show_alone(writer, thread);
    }
}

/// The thread that was `by` has executed a program and taken the id of this one, which is no more.
pub(super) fn superseded(
    writer: &mut Writer<'_>,
    thread: &mut Thread,
    event: &Event<'_>,
    by: i32,
    target: &mut dyn Target,
) {
    stacks::show_alone(writer, thread);
    if !writer.silent && writer.tells(Quiet::ThreadExecve) {
        line(writer, thread, event, target, |render, head| render.line(head, Line::Superseded(by)));
    }
}

/// The thread makes calls of another ABI than before.
pub(super) fn personality(
    writer: &mut Writer<'_>,
    thread: &mut Thread,
    event: &Event<'_>,
    target: &mut dyn Target,
) {
    if writer.tells(Quiet::Personality) {
        let (pid, mode) = (event.task.tid, mode(event.task.abi));
        line(writer, thread, event, target, |render, head| {
            render.line(head, Line::Remark(&format!("[ Process PID={pid} runs in {mode} mode. ]")));
        });
    }
}

/// The thread is let go of, to have another tracer.
pub(super) fn handed_over(
    writer: &mut Writer<'_>,
    thread: &mut Thread,
    event: &Event<'_>,
    why: &str,
    target: &mut dyn Target,
) {
    if !writer.silent {
        let pid = event.task.tid;
        line(writer, thread, event, target, |render, head| {
            render.line(head, Line::Remark(&format!("[ Process PID={pid} detached {why}. ]")));
        });
    }
}

/// So many events are missing.
pub(super) fn lost(writer: &mut Writer<'_>, thread: &mut Thread, events: u64) {
    if !writer.silent {
        let stream = thread.own.as_deref_mut().unwrap_or(writer.output.shared());
        stream.line().lost(events, "the source of events ran over");
        stream.settle();
    }
}
