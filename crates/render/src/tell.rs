//! The life of a call's line, from the registers to its end: once for tracers, replays and tests.

use crate::{CallName, Head, Line, Render};
use decode::{Cx, Options, Outcome, Pending, Scalar, Scratch, Sink, Syscall, Target};
use uapi::Abi;

/// How a call's arguments and result are shown.
#[derive(Clone, Copy, Debug)]
pub enum Shown<'a> {
    /// As its row says.
    Row(&'static Syscall),
    /// As hexadecimal numbers of these names.
    Raw(&'a [&'a str]),
}

/// A call whose line is told.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// Which call it is.
    pub name: CallName<'a>,
    /// Its arguments by their place in the row.
    pub args: [u64; 6],
    /// What they are.
    pub shown: Shown<'a>,
    /// How much of them is shown.
    pub options: &'a Options,
}

impl<'a> Call<'a> {
    /// A call with these registers that is shown by its row.
    pub fn of(
        row: &'static Syscall,
        number: u64,
        abi: Abi,
        registers: [u64; 6],
        options: &'a Options,
    ) -> Self {
        let name = CallName { name: row.name, number, abi };
        Call { name, args: decode::arguments(row, abi, registers), shown: Shown::Row(row), options }
    }
}

/// Where the beginning of a line goes.
pub type Passage<'a> = &'a mut dyn FnMut(&[u8]);

/// What is needed of the tracee and of memory while a call is told.
pub struct Means<'a> {
    /// The tracee.
    pub target: &'a mut dyn Target,
    /// What is kept of the call.
    pub pending: &'a mut Pending,
    /// Memory that is used again.
    pub scratch: &'a mut Scratch,
}

impl Means<'_> {
    #[inline]
    fn cx<'c>(&'c mut self, call: &Call<'c>, outcome: Outcome, out: &'c mut dyn Sink) -> Cx<'c> {
        let Means { target, pending, scratch } = self;
        Cx::new(call.name.abi, call.args, outcome, call.options, *target, out, pending, scratch)
    }
}

/// Begins the line of a call that is being made: all that is known before it returns. The tracee is inside when it is
/// paused ([`Render::call_pause`]).
pub fn enter(out: &mut dyn Render, head: &Head<'_>, call: &Call<'_>, means: &mut Means<'_>) {
    enter_passing(out, head, call, means, None);
}

/// The same; what is shown so far goes to `passage` before memory is read that may take for ever to read.
pub fn enter_passing(
    out: &mut dyn Render,
    head: &Head<'_>,
    call: &Call<'_>,
    means: &mut Means<'_>,
    passage: Option<Passage<'_>>,
) {
    out.call_begin(head, &call.name);
    let mut cx = means.cx(call, Outcome::Running, out);
    if let Some(passage) = passage {
        cx.passing_on(passage);
    }
    match call.shown {
        Shown::Row(row) => decode::enter(&mut cx, row),
        Shown::Raw(names) => decode::raw(&mut cx, names.iter().copied()),
    }
}

/// Shows what the call has come to, in a line that has been taken up again ([`Render::call_resume`]), up to what is left
/// for [`Render::call_end`] to say.
pub fn exit(out: &mut dyn Render, call: &Call<'_>, outcome: Outcome, means: &mut Means<'_>) {
    if let Shown::Row(row) = call.shown
        && !means.pending.is_complete()
    {
        decode::exit(&mut means.cx(call, outcome, out), row);
    }
    out.args_end();
    match outcome {
        Outcome::Error(errno) => out.scalar(Scalar::Errno(errno)),
        Outcome::Running => out.scalar(Scalar::Missing),
        Outcome::Value(value) => match call.shown {
            Shown::Row(row) => match decode::plain_result(means.pending, value) {
                Some(shown) => out.scalar(shown),
                None => decode::result(&mut means.cx(call, outcome, out), row),
            },
            _ if call.options.raw => out.scalar(Scalar::Hex(value as u64)),
            _ => out.scalar(Scalar::Uint(value as u64)),
        },
    }
}

/// A signal's delivery; `info` shows the siginfo struct.
pub fn signal(out: &mut dyn Render, head: &Head<'_>, signal: i32, info: Option<impl FnOnce(&mut dyn Sink)>) {
    let Some(info) = info else { return out.line(head, Line::Signal(signal)) };
    out.line(head, Line::SignalInfo(signal));
    info(out);
    out.line(head, Line::InfoEnd);
}
