//! The stack of an event, as a member of its object.

use super::{Document, Json};
use crate::number::hex;
use crate::{Stack, StackFrame};

impl Json {
    /// Adds the stack to the object that has been finished last.
    pub(super) fn add_stack(&mut self, stack: &Stack<'_>) {
        if stack.frames.is_empty() || !self.lines.ends_with(b"}\n") {
            return;
        }
        self.lines.truncate(self.lines.len() - 2);
        let out = std::mem::take(&mut self.lines);
        let mut doc = Document { out, closers: vec![b'}'], comma: true, owes_value: false };
        doc.key("stack");
        doc.open(b'[', b']');
        for frame in stack.frames {
            doc.separate();
            doc.frame(frame);
        }
        doc.close();
        if stack.truncated {
            doc.flag("stack_truncated");
        }
        doc.close_to(0);
        self.lines = doc.out;
        self.lines.push(b'\n');
    }
}

impl Document {
    fn frame(&mut self, frame: &StackFrame<'_>) {
        self.open(b'{', b'}');
        if let Some(binary) = frame.binary {
            self.raw_text("binary", binary);
        }
        if let Some(symbol) = frame.symbol {
            self.raw_text("symbol", symbol);
            self.key("offset");
            crate::number::decimal(self.value(), frame.offset);
        }
        self.key("address");
        let out = self.value();
        out.push(b'"');
        hex(out, frame.address);
        out.push(b'"');
        if let Some((file, line)) = frame.source {
            self.raw_text("file", file);
            self.number("line", line.into());
        }
        self.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Head, Render};

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
        json.exited(&head, 0);
        json.stack(&Stack { frames: &[known, nowhere], truncated: true, kept: false });
        let expected = concat!(
            r#"{"type":"exited","pid":7,"status":0,"stack":[{"binary":"/bin/a\\377","symbol":"f(\"x\")","offset":10,"#,
            r#""address":"0x1234","file":"a\u202e.c","line":3},{"address":"0x10"}],"stack_truncated":true}"#,
            "\n"
        );
        assert_eq!(String::from_utf8_lossy(json.buffer()), expected);
        json.taken();
        json.stack(&Stack { frames: &[nowhere], truncated: false, kept: false });
        assert!(json.buffer().is_empty(), "there is no event that it belongs to");
    }
}
