//! The stack of an event, as a member of its object.

use super::{Bracket, Json};
use crate::number::hex;
use crate::{Stack, StackFrame};

impl Json {
    /// Adds the stack to the object that has been finished last.
    pub(super) fn add_stack(&mut self, stack: &Stack<'_>) {
        if stack.frames.is_empty() || !self.out.ends_with(b"}\n") {
            return;
        }
        self.out.truncate(self.out.len() - 2);
        self.key("stack");
        self.groups.clear();
        self.open_group(Bracket::Array);
        for frame in stack.frames {
            self.separate();
            self.frame(frame);
        }
        self.close_group();
        if stack.truncated {
            self.flag("stack_truncated");
        }
        self.put(b"}\n");
        self.object = self.out.len();
    }

    fn frame(&mut self, frame: &StackFrame<'_>) {
        self.open_group(Bracket::Own);
        if let Some(binary) = frame.binary {
            self.raw_text("binary", binary);
        }
        if let Some(symbol) = frame.symbol {
            self.raw_text("symbol", symbol);
            self.key("offset");
            self.decimal(frame.offset);
        }
        self.key("address");
        self.address_or_zero(frame.address);
        if let Some((file, line)) = frame.source {
            self.raw_text("file", file);
            self.number("line", line.into());
        }
        self.close_group();
    }

    /// An offset in a file, whose zero is no null pointer.
    fn address_or_zero(&mut self, v: u64) {
        let out = self.value();
        out.push(b'"');
        hex(out, v);
        out.push(b'"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Head, Line, Render};

    #[test]
    fn the_stack_is_a_member_of_the_event() {
        let head = Head { pid: 7, ..Head::default() };
        let nowhere = StackFrame { address: 16, ..StackFrame::default() };
        let known = StackFrame {
            address: 0x1234,
            binary: Some(b"/bin/a\xff"),
            symbol: Some(b"f(\"x\")"),
            offset: 10,
            source: Some(("a\u{202e}.c".as_bytes(), 3)),
        };
        let mut json = Json::new();
        json.line(&head, Line::Exited(0));
        let stack = Stack { frames: &[known, nowhere], truncated: true, kept: false };
        json.line(&head, Line::Stack(&stack));
        let expected = concat!(
            r#"{"type":"exited","pid":7,"status":0,"stack":[{"binary":"/bin/a\\377","symbol":"f(\"x\")","offset":10,"#,
            r#""address":"0x1234","file":"a\u202e.c","line":3},{"address":"0x10"}],"stack_truncated":true}"#,
            "\n"
        );
        assert_eq!(String::from_utf8_lossy(json.buffer()), expected);
        json.taken();
        json.line(&head, Line::Stack(&Stack { frames: &[nowhere], truncated: false, kept: false }));
        assert!(json.buffer().is_empty(), "there is no event that it belongs to");
    }
}
