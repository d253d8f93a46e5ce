//! Text and JSON output of decoded system calls.
//!
//! A [`Render`] is a [`Sink`] for values that also knows lines: calls, signals, ends of processes,
//! messages. It appends to a buffer that the tracer takes and writes; all style lives here.
#![forbid(unsafe_code)]

mod about;
mod color;
mod errno;
mod json;
mod number;
mod plain;
mod quote;
mod stack;
pub mod tell;
mod text;
mod time;
mod tree;
mod visible;

use decode::{Context, Sink};
use std::time::Duration;

pub use color::Palette;
pub use errno::{errno_message, error_message, restart_meaning};
pub use json::{JSON_VERSION, Json};
pub use number::decimal_digits;
pub use quote::{Escape, bracketed, quote};
pub use stack::{Stack, StackFrame};
pub use text::{Style, Symbols, Text};
pub use time::time_of_day;
pub use tree::{Members, Tree, Value};
pub use visible::visible;

/// How a line names its tracee.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PidForm {
    /// Not at all.
    #[default]
    None,
    /// `[pid  1234] `: on a terminal that several tracees share.
    Bracketed,
    /// `1234  `: in a file.
    Plain,
}

/// What stands before a line's event.
#[derive(Clone, Copy, Debug, Default)]
pub struct Head<'a> {
    /// The tracee's thread id.
    pub pid: i32,
    /// How text names it.
    pub form: PidForm,
    /// Its command name, if wanted.
    pub comm: Option<&'a [u8]>,
    /// Its security context, if wanted.
    pub context: Option<&'a Context<'a>>,
    /// The time stamp as text shows it, with its trailing blank; empty for none.
    pub stamp: &'a str,
    /// When it happened, since the epoch, if wanted (`-t`, `-tt`, `-ttt`).
    pub time: Option<Duration>,
    /// Since the previous line, if wanted (`-r`).
    pub since: Option<Duration>,
    /// The syscall's number, if wanted (`-n`).
    pub number: Option<u64>,
    /// The instruction pointer, if wanted (`-i`): inner `None` where it can't be had. Second: its digits.
    pub ip: Option<(Option<u64>, u8)>,
}

/// Which call it is.
#[derive(Clone, Copy, Debug)]
pub struct CallName<'a> {
    /// Its name, or `syscall_0x…` if it has none.
    pub name: &'a str,
    /// Its number as the tracee gave it.
    pub number: u64,
    /// Its ABI.
    pub abi: uapi::Abi,
}

/// What stands behind a call's return value.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tail {
    /// The call's result was tampered with (`(INJECTED)`).
    pub injected: bool,
    /// What the call's arguments point to was tampered with (`(INJECTED: args)`).
    pub poked: bool,
    /// The call was delayed (`(DELAYED)`).
    pub delayed: bool,
    /// How long it took (`-T`).
    pub spent: Option<Duration>,
}

/// Why a call's return will not be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Abandon {
    /// The tracee ended inside the call.
    Ended {
        /// All its arguments have been shown.
        complete: bool,
    },
    /// The tracer lets go of the tracee.
    Detached,
    /// A thread's execve: the tracee goes on under this id.
    Renamed(i32),
}

/// What an output keeps of a call while the tracee is inside, in its own way: a word, and what is held back.
#[derive(Debug, Default)]
pub struct Partial {
    /// Any number.
    pub word: u64,
    /// Any bytes.
    pub held: Vec<u8>,
}

/// The name of a signal as strace writes it: `SIGINT`, `SIGRT_3`, or the bare number.
pub fn signal_name(signal: i32) -> std::borrow::Cow<'static, str> {
    match u32::try_from(signal).ok().and_then(uapi::signal::spelled) {
        Some(name) => name.into(),
        None => signal.to_string().into(),
    }
}

/// A line that is no call's.
#[derive(Clone, Copy, Debug)]
pub enum Line<'a> {
    /// The trace begins: for formats that say so.
    Start,
    /// A signal's delivery, of which no siginfo is known.
    Signal(i32),
    /// As [`Line::Signal`]; the siginfo struct follows, and then [`Line::InfoEnd`].
    SignalInfo(i32),
    /// The end of a siginfo struct, and of its line.
    InfoEnd,
    /// A group-stop by this signal.
    Stopped(i32),
    /// The tracee has exited with this status.
    Exited(i32),
    /// The tracee was killed by this signal; whether its core was dumped.
    Killed(i32, bool),
    /// A thread's execve has ended the tracee, and taken its id: the thread's former id.
    Superseded(i32),
    /// Another remark about a tracee, such as `[ Process PID=1 runs in 32 bit mode. ]`.
    Remark(&'a str),
    /// What the tracer says for itself, such as `strace: Process 1234 attached`.
    Message(&'a str),
    /// So many lines are missing here, because of this error of the place that the trace goes to.
    Lost(u64, &'a str),
    /// The stack of the event whose line or object has been ended last, and not been taken.
    Stack(&'a Stack<'a>),
}

/// An output that knows lines. See the crate's documentation.
pub trait Render: Sink {
    /// What has been written since [`Render::taken`]. Ends at a line's end unless a call is open.
    fn buffer(&self) -> &[u8];

    /// Empties the buffer, after the tracer has passed it on (or decided to drop it).
    fn taken(&mut self);

    /// Starts a call's line; its arguments follow.
    fn call_begin(&mut self, head: &Head<'_>, call: &CallName<'_>);

    /// The tracee is now inside the call. What is kept goes back in with [`Render::call_resume`].
    fn call_pause(&mut self) -> Partial;

    /// Ends a paused call's line, because another line must come before the call returns.
    fn call_interrupt(&mut self);

    /// Goes on with a paused call, on a new line if it was interrupted.
    fn call_resume(&mut self, head: &Head<'_>, call: &CallName<'_>, kept: Partial, interrupted: bool);

    /// Ends the arguments; what the call returned follows, as a value.
    fn args_end(&mut self);

    /// Ends the call's line.
    fn call_end(&mut self, tail: &Tail);

    /// Ends the line of a call whose return will not be seen; `kept` is what [`Render::call_pause`] gave.
    fn call_abandon(
        &mut self,
        head: &Head<'_>,
        call: &CallName<'_>,
        kept: Partial,
        interrupted: bool,
        why: Abandon,
    );

    /// Writes another line.
    fn line(&mut self, head: &Head<'_>, line: Line<'_>);
}

/// Lines that are about no tracee.
impl dyn Render + '_ {
    /// Writes a line of the tracer's own; see [`Line::Message`].
    pub fn message(&mut self, text: &str) {
        self.line(&Head::default(), Line::Message(text));
    }

    /// Says that lines are missing; see [`Line::Lost`].
    pub fn lost(&mut self, lines: u64, why: &str) {
        self.line(&Head::default(), Line::Lost(lines, why));
    }

    /// Adds a stack to the event before; see [`Line::Stack`].
    pub fn stack(&mut self, stack: &Stack<'_>) {
        self.line(&Head::default(), Line::Stack(stack));
    }
}
