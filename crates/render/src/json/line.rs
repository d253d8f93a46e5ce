//! What tracers say: calls, signals, ends.

use super::{JSON_VERSION, Json};
use crate::{Abandon, CallName, Head, Line, Partial, Render, Tail};
use decode::{Scalar, Sink};

/// How many groups are open in a call's object beside its arguments.
const IN_CALL: usize = 1;

impl Render for Json {
    fn buffer(&self) -> &[u8] {
        &self.out
    }

    fn taken(&mut self) {
        self.out.clear();
        self.object = 0;
    }

    fn call_begin(&mut self, head: &Head<'_>, call: &CallName<'_>) {
        self.begin_call(head, call);
    }

    fn call_pause(&mut self) -> Partial {
        self.keep()
    }

    fn call_interrupt(&mut self) {}

    fn call_resume(&mut self, _: &Head<'_>, _: &CallName<'_>, kept: Partial, _: bool) {
        self.take_up(kept);
    }

    fn args_end(&mut self) {
        self.close_to(IN_CALL);
        self.put(b",\"return\":");
    }

    fn call_end(&mut self, tail: &Tail) {
        self.close_to(IN_CALL);
        if tail.injected {
            self.flag("injected");
        }
        if tail.poked {
            self.flag("poked");
        }
        if tail.delayed {
            self.flag("delayed");
        }
        if let Some(spent) = tail.spent {
            self.time("spent", spent);
        }
        self.end();
    }

    fn call_abandon(&mut self, _: &Head<'_>, _: &CallName<'_>, kept: Partial, _: bool, _: Abandon) {
        self.take_up(kept);
        self.close_to(IN_CALL);
        self.flag("unfinished");
        self.end();
    }

    fn line(&mut self, head: &Head<'_>, line: Line<'_>) {
        match line {
            Line::Stack(stack) => return self.add_stack(stack),
            Line::SignalInfo(signal) => {
                self.signal(head, signal);
                return self.key("info");
            }
            Line::InfoEnd => {}
            Line::Start => {
                self.begin_own("trace");
                self.number("schema", JSON_VERSION.into());
                self.text("tracer", concat!("strax ", env!("CARGO_PKG_VERSION")));
            }
            Line::Signal(signal) => self.signal(head, signal),
            Line::Stopped(signal) => {
                self.begin("stopped", head);
                self.text("signal", &crate::signal_name(signal));
            }
            Line::Exited(status) => {
                self.begin("exited", head);
                self.number("status", status.into());
            }
            Line::Killed(signal, core) => {
                self.begin("killed", head);
                self.text("signal", &crate::signal_name(signal));
                if core {
                    self.flag("core_dumped");
                }
            }
            Line::Superseded(by) => {
                self.begin("superseded", head);
                self.number("by", by.into());
            }
            Line::Remark(text) => {
                self.begin("remark", head);
                self.text("text", text);
            }
            Line::Message(text) => {
                self.begin_own("message");
                self.text("text", text);
            }
            Line::Lost(lines, why) => {
                self.begin_own("lost");
                self.key("lines");
                self.scalar(Scalar::Uint(lines));
                self.text("error", why);
            }
        }
        self.end();
    }
}

impl Json {
    fn signal(&mut self, head: &Head<'_>, signal: i32) {
        self.begin("signal", head);
        self.text("signal", &crate::signal_name(signal));
        self.number("number", signal.into());
    }
}
