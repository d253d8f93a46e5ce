//! Stack traces (`-k`): when stacks are taken, and with which lines they are shown.
//!
//! As strace has it, a call's stack is taken when the call is entered, since the call may be the end of it (`execve`,
//! `exit`, `rt_sigreturn`), and shown when the call's line has its end; that of a call in which the tracee ends, with
//! the line that says so.

use crate::config::{Config, SeccompBpf};
use crate::tracee::{Start, Tracee};
use crate::view::View;
use ptrace::{Stopped, Tid};
use render::{Render, StackFrame};
use uapi::Abi;
use unwind::{Frame, Stack, Unwinder};

/// The stacks of all tracees.
pub(crate) struct Stacks {
    unwinder: Unwinder,
    /// Calls that change mappings may go unnoticed.
    is_blind: bool,
}

/// A stack that waits to be shown.
pub(crate) struct Taken {
    stack: Stack,
    /// Whether it was taken when the call was entered.
    kept: bool,
}

impl Stacks {
    /// What `config` asks for.
    pub(crate) fn new(config: &Config) -> Option<Stacks> {
        let wanted = config.stack_trace?;
        let options = unwind::Options { frames: wanted.frames, lines: wanted.lines };
        // A filter lets those pass that nobody asked for.
        let is_blind = config.seccomp_bpf != SeccompBpf::Never && !config.filters.trace.is_all();
        Some(Stacks { unwinder: Unwinder::new(options), is_blind })
    }

    /// A tracee that has changed its mappings has stopped again.
    pub(crate) fn mappings_changed(&mut self) {
        self.unwinder.mappings_changed();
    }

    /// A tracee has ended.
    pub(crate) fn forget(&mut self, tid: Tid) {
        self.unwinder.forget(tid);
    }

    fn take(&mut self, stopped: &Stopped, kept: bool) -> Taken {
        if self.is_blind {
            self.unwinder.mappings_changed();
        }
        Taken { stack: self.unwinder.stack(stopped), kept }
    }
}

/// The calls that change what is mapped as code.
const REMAPPING: &[&str] = &[
    "execve",
    "execveat",
    "ipc",
    "mmap",
    "mmap2",
    "mprotect",
    "mremap",
    "munmap",
    "pkey_mprotect",
    "remap_file_pages",
    "shmat",
    "shmdt",
];

/// The tracee enters a call: notes whether its mappings will be others afterwards.
pub(crate) fn entering(view: &View<'_>, tracee: &mut Tracee, abi: Abi, number: u64) {
    tracee.remaps =
        view.stacks.is_some() && abi.syscall(number).is_some_and(|entry| REMAPPING.contains(&entry.name));
}

/// Takes the stack of a call that will be shown, as it is entered. The command's first `execve` is the tracer's own.
pub(crate) fn keep(view: &mut View<'_>, tracee: &mut Tracee, stopped: &Stopped) {
    if let Some(stacks) = &mut view.stacks
        && tracee.start == Start::Done
    {
        tracee.stack = Some(stacks.take(stopped, true));
    }
}

/// Takes the stack of an event that will be shown now, unless there is one of the call that it ends.
pub(crate) fn take(view: &mut View<'_>, tracee: &mut Tracee, stopped: &Stopped) {
    if let Some(stacks) = &mut view.stacks
        && tracee.stack.is_none()
    {
        tracee.stack = Some(stacks.take(stopped, false));
    }
}

/// Shows a stack with the event that was rendered last.
pub(crate) fn show(taken: &Taken, render: &mut dyn Render) {
    let frames: Vec<_> = taken.stack.frames.iter().map(frame).collect();
    render.stack(&render::Stack { frames: &frames, truncated: taken.stack.truncated, kept: taken.kept });
}

/// Shows the tracee's stack, if there is one, in lines of its own; an object has none without its event.
pub(crate) fn show_alone(view: &mut View<'_>, tracee: &mut Tracee) {
    if !view.is_text {
        return;
    }
    if let Some(taken) = tracee.stack.take() {
        let sheet = tracee.sheet.as_deref_mut().unwrap_or(view.output.shared());
        show(&taken, sheet.line());
        sheet.settle();
    }
}

fn frame(frame: &Frame) -> StackFrame<'_> {
    StackFrame {
        address: frame.address,
        binary: frame.binary.as_deref(),
        symbol: frame.function.as_deref(),
        offset: frame.offset,
        source: frame.source.as_deref().map(|source| (source.file.as_bytes(), source.line)),
    }
}
