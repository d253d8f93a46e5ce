//! Lines that are no calls: signals, stops, ends, changes.

use crate::about::Live;
use crate::config::Quiet;
use crate::stacks;
use crate::tracee::Tracee;
use crate::view::View;
use decode::{Cx, Options, Outcome, Pending};
use ptrace::{SigInfo, Signal, Stopped, Tid};
use render::{Head, Line, Render, tell};
use uapi::Abi;

/// Writes one line about a tracee.
fn line(view: &mut View<'_>, tracee: &mut Tracee, write: impl FnOnce(&mut dyn Render, &Head<'_>)) {
    let subject = tracee.subject(view.tracees);
    let head = view.heads.next(&subject);
    let stack = tracee.stack.take();
    let sheet = tracee.sheet.as_deref_mut().unwrap_or(view.output.shared());
    write(sheet.line(), &head);
    if let Some(stack) = &stack {
        stacks::show(stack, sheet.render());
    }
    sheet.settle();
}

/// A signal is about to be delivered.
pub(crate) fn signal(
    view: &mut View<'_>,
    tracee: &mut Tracee,
    stopped: &Stopped,
    signal: Signal,
    info: Option<&SigInfo>,
) {
    if view.silent || tracee.is_hidden() || !view.config.filters.signals.contains(signal.number()) {
        return;
    }
    tracee.is_unnoticed = false;
    stacks::take(view, tracee, stopped);
    let subject = tracee.subject(view.tracees);
    let head = view.heads.next(&subject);
    let sheet = tracee.sheet.as_deref_mut().unwrap_or(view.output.shared());
    let options = Options { strings: view.config.style.string_limit, ..Options::default() };
    let mut target = Live::new(tracee.tid, tracee.stack_pointer, &mut view.pages, &mut view.describer);
    let scratch = &mut view.scratch;
    match info {
        Some(info) => {
            let show = |sink: &mut dyn decode::Sink| {
                let mut pending = Pending::default();
                // The kernel gives a siginfo in the tracer's layout.
                let mut cx = Cx::new(
                    crate::host_abi(),
                    [0; 6],
                    Outcome::Running,
                    &options,
                    &mut target,
                    sink,
                    &mut pending,
                    scratch,
                );
                syscalls::show_siginfo(&mut cx, info.as_bytes());
            };
            tell::signal(sheet.line(), &head, signal.number(), Some(show));
        }
        None => sheet.line().line(&head, Line::Signal(signal.number())),
    }
    if let Some(stack) = tracee.stack.take() {
        stacks::show(&stack, sheet.render());
    }
    sheet.settle();
}

/// The tracee's process has stopped.
pub(crate) fn stopped(view: &mut View<'_>, tracee: &mut Tracee, stopped: &Stopped, signal: Signal) {
    let wanted = view.config.filters.signals.contains(signal.number());
    if !view.silent && !tracee.is_hidden() && wanted {
        tracee.is_unnoticed = false;
        stacks::take(view, tracee, stopped);
        line(view, tracee, |render, head| render.line(head, Line::Stopped(signal.number())));
    }
}

/// The tracee has exited.
pub(crate) fn exited(view: &mut View<'_>, tracee: &mut Tracee, status: i32) {
    tracee.ip = None;
    if !view.silent && !tracee.is_unnoticed && view.tells(Quiet::Exit) {
        line(view, tracee, |render, head| render.line(head, Line::Exited(status)));
    } else {
        stacks::show_alone(view, tracee);
    }
}

/// A signal has killed the tracee.
pub(crate) fn killed(view: &mut View<'_>, tracee: &mut Tracee, signal: Signal, core: bool) {
    tracee.ip = None;
    let wanted = view.config.filters.signals.contains(signal.number());
    if !view.silent && !tracee.is_unnoticed && wanted && view.tells(Quiet::Exit) {
        line(view, tracee, |render, head| render.line(head, Line::Killed(signal.number(), core)));
    } else {
        stacks::show_alone(view, tracee);
    }
}

/// The thread that was `by` has executed a program and taken the id of `tracee`, which is no more.
pub(crate) fn superseded(view: &mut View<'_>, tracee: &mut Tracee, by: Tid) {
    stacks::show_alone(view, tracee);
    if !view.silent && view.tells(Quiet::ThreadExecve) {
        line(view, tracee, |render, head| render.line(head, Line::Superseded(by.raw())));
    }
}

/// The tracee makes calls of another ABI than before.
pub(crate) fn personality(view: &mut View<'_>, tracee: &mut Tracee) {
    if !view.tells(Quiet::Personality) || tracee.is_hidden() {
        return;
    }
    let mode = mode(tracee.abi);
    let pid = tracee.tid;
    line(view, tracee, |render, head| {
        render.line(head, Line::Remark(&format!("[ Process PID={pid} runs in {mode} mode. ]")));
    });
}

/// The tracee is let go of, to have another tracer.
pub(crate) fn handed_over(view: &mut View<'_>, tracee: &mut Tracee, why: &str) {
    if view.silent || tracee.is_hidden() {
        return;
    }
    let pid = tracee.tid;
    line(view, tracee, |render, head| {
        render.line(head, Line::Remark(&format!("[ Process PID={pid} detached {why}. ]")));
    });
}

/// What a user calls an ABI.
pub(crate) fn mode(abi: Abi) -> &'static str {
    match abi {
        Abi::X86_64 | Abi::Aarch64 | Abi::Riscv64 => "64 bit",
        Abi::I386 => "32 bit",
        Abi::X32 => "x32",
    }
}
