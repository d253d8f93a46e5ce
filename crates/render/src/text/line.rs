//! What tracers say: calls, signals, ends.

use super::Text;
use crate::color::Role;
use crate::number::{decimal, signed};
use crate::{Abandon, CallName, Head, Line, Partial, Render, Tail};
use std::io::Write as _;

impl<const COLOR: bool> Render for Text<COLOR> {
    fn buffer(&self) -> &[u8] {
        &self.out
    }

    fn taken(&mut self) {
        // What has gone out of the open line still counts for its columns.
        self.taken = self.column();
        self.invisible = 0;
        self.out.clear();
        self.line = 0;
    }

    fn call_begin(&mut self, head: &Head<'_>, call: &CallName<'_>) {
        self.begin_line(head);
        self.color(Role::Syscall);
        self.put(call.name);
        self.punct("(");
        self.comma = false;
    }

    fn call_pause(&mut self) -> Partial {
        self.reset();
        Partial { word: u64::from(self.comma), held: Vec::new() }
    }

    fn call_interrupt(&mut self) {
        self.put(" <unfinished ...>");
        self.end_line();
    }

    fn call_resume(&mut self, head: &Head<'_>, call: &CallName<'_>, kept: Partial, interrupted: bool) {
        self.comma = kept.word != 0;
        if interrupted {
            self.begin_line(head);
            self.put("<... ");
            self.put(call.name);
            self.put(" resumed>");
        }
    }

    fn args_end(&mut self) {
        self.close_call();
        let column = self.column();
        let blanks = self.style.columns.saturating_sub(column);
        if blanks > 1 {
            self.out.resize(self.out.len() + blanks - 1, b' ');
        }
        self.put(" ");
        self.color(Role::Punct);
        self.put("=");
        self.reset();
        self.reset();
        self.put(" ");
        self.color(Role::RetVal);
        self.in_value = COLOR;
    }

    fn call_end(&mut self, tail: &Tail) {
        if tail.injected || tail.poked || tail.delayed || tail.spent.is_some() {
            self.tail(tail);
        }
        self.end_line();
    }

    fn call_abandon(
        &mut self,
        head: &Head<'_>,
        call: &CallName<'_>,
        kept: Partial,
        interrupted: bool,
        why: Abandon,
    ) {
        self.call_resume(head, call, kept, interrupted);
        match why {
            Abandon::Ended { complete } => {
                if !complete {
                    self.put(" <unfinished ...>");
                }
                self.args_end();
                self.put("?");
            }
            Abandon::Detached => self.put(" <detached ...>"),
            Abandon::Renamed(id) => {
                let _ = write!(self.out, " <pid changed to {id} ...>");
            }
        }
        self.end_line();
    }

    fn line(&mut self, head: &Head<'_>, line: Line<'_>) {
        match line {
            Line::Start => return,
            Line::Stack(stack) => return self.stack_lines(stack),
            Line::Message(_) | Line::Lost(..) | Line::InfoEnd => {}
            _ => self.begin_line(head),
        }
        match line {
            Line::Signal(signal) => self.about_signal("--- ", signal, " () ---"),
            Line::SignalInfo(signal) => return self.about_signal("--- ", signal, " "),
            Line::InfoEnd => self.put(" ---"),
            Line::Stopped(signal) => self.about_signal("--- stopped by ", signal, " ---"),
            Line::Exited(status) => {
                self.put("+++ exited with ");
                signed(&mut self.out, status.into());
                self.put(" +++");
            }
            Line::Killed(signal, true) => self.about_signal("+++ killed by ", signal, " (core dumped) +++"),
            Line::Killed(signal, false) => self.about_signal("+++ killed by ", signal, " +++"),
            Line::Superseded(by) => {
                let _ = write!(self.out, "+++ superseded by execve in pid {by} +++");
            }
            Line::Remark(text) | Line::Message(text) => self.put(text),
            Line::Lost(lines, why) => {
                let noun = if lines == 1 { "line" } else { "lines" };
                let _ = write!(self.out, "--- {lines} {noun} lost: {why} ---");
            }
            Line::Start | Line::Stack(_) => {}
        }
        self.end_line();
    }
}

impl<const COLOR: bool> Text<COLOR> {
    /// What was done to a call, and how long it took.
    #[inline(never)]
    fn tail(&mut self, tail: &Tail) {
        match (tail.injected, tail.poked) {
            (true, true) => self.about_value("(INJECTED: args, retval)"),
            (true, false) => self.about_value("(INJECTED)"),
            (false, true) => self.about_value("(INJECTED: args)"),
            (false, false) => {}
        }
        if tail.delayed {
            self.about_value("(DELAYED)");
        }
        if let Some(spent) = tail.spent {
            self.spent(spent);
        }
    }

    /// `FUNCTION(`.
    pub(super) fn open_call(&mut self, function: &str) {
        self.color(Role::Call);
        self.put(function);
        self.punct("(");
    }

    /// Writes a time as a remark; nothing where `write` can't.
    pub(super) fn point_in_time(&mut self, write: impl FnOnce(&mut Vec<u8>) -> Option<()>) {
        let (start, invisible) = (self.out.len(), self.invisible);
        if !self.in_aux {
            self.begin_note();
        }
        if write(&mut self.out).is_none() {
            self.invisible = invisible;
            return self.out.truncate(start);
        }
        if !self.in_aux {
            self.end_note();
        }
    }

    fn about_signal(&mut self, before: &str, signal: i32, behind: &str) {
        self.put(before);
        self.put(&crate::signal_name(signal));
        self.put(behind);
    }

    /// The result of a failed call.
    pub(super) fn failed(&mut self, errno: u32) {
        match crate::restart_meaning(errno) {
            Some(meaning) => {
                self.put("?");
                self.error_text(uapi::errno::name_of(errno).unwrap_or_default(), meaning);
            }
            None => {
                self.put("-1");
                self.errno(errno);
            }
        }
    }

    /// ` NAME (MESSAGE)`.
    fn error_text(&mut self, name: &str, message: &str) {
        self.end_value();
        self.put(" ");
        self.color(Role::Error);
        self.put(name);
        self.reset();
        self.put(" ");
        self.color(Role::Error);
        self.put("(");
        self.put(message);
        self.put(")");
        self.reset();
    }

    pub(super) fn errno(&mut self, errno: u32) {
        match uapi::errno::name_of(errno) {
            Some(name) => self.error_text(name, crate::errno_message(errno)),
            None => {
                self.end_value();
                self.put(" ");
                self.color(Role::Error);
                self.put("(errno ");
                decimal(&mut self.out, u64::from(errno));
                self.put(")");
                self.reset();
            }
        }
    }
}
