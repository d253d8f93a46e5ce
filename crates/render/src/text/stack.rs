//! Stacks in strace's format: a line for each frame behind the event's.

use super::Text;
use crate::visible::visible_into;
use crate::{Stack, StackFrame};
use std::io::Write as _;

impl<const COLOR: bool> Text<COLOR> {
    pub(super) fn stack_lines(&mut self, stack: &Stack<'_>) {
        for frame in stack.frames {
            self.put(" > ");
            self.frame(frame, stack.kept);
            self.end_line();
        }
        if stack.truncated {
            self.put(" > too many stack frames");
            self.end_line();
        }
    }

    fn frame(&mut self, frame: &StackFrame<'_>, kept: bool) {
        match frame.binary {
            Some(binary) => self.place(binary, frame, kept),
            None => self.put("unexpected_backtracing_error"),
        }
        let _ = write!(self.out, " [{:#x}]", frame.address);
        if let Some((file, line)) = frame.source {
            self.put(" ");
            visible_into(&mut self.out, file);
            let _ = write!(self.out, ":{line}");
        }
    }

    fn place(&mut self, binary: &[u8], frame: &StackFrame<'_>, kept: bool) {
        visible_into(&mut self.out, binary);
        self.put("(");
        match frame.symbol {
            Some(symbol) => {
                visible_into(&mut self.out, symbol);
                let _ = write!(self.out, "+{:#x}", frame.offset);
            }
            // strace has lost by then that there is none.
            None if kept => self.put("+0x0"),
            None => {}
        }
        self.put(")");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Head, Line, Render, Style};

    fn lines(frames: &[StackFrame<'_>], truncated: bool, kept: bool) -> String {
        let mut text = Text::new(Style::default());
        text.line(&Head::default(), Line::Stack(&Stack { frames, truncated, kept }));
        String::from_utf8(text.buffer().to_vec()).unwrap()
    }

    #[test]
    fn frames_are_written_as_strace_writes_them() {
        let named = StackFrame {
            address: 0x1234,
            binary: Some(b"/lib/x.so"),
            symbol: Some(b"ns::f(int)"),
            offset: 0x1f,
            source: None,
        };
        let unnamed = StackFrame { symbol: None, offset: 0, ..named };
        let sourced = StackFrame { source: Some((b"/src/a.c", 12)), ..named };
        let nowhere = StackFrame { address: 0x7f00, ..StackFrame::default() };
        assert_eq!(lines(&[named], false, true), " > /lib/x.so(ns::f(int)+0x1f) [0x1234]\n");
        assert_eq!(lines(&[sourced], false, true), " > /lib/x.so(ns::f(int)+0x1f) [0x1234] /src/a.c:12\n");
        assert_eq!(lines(&[unnamed], false, true), " > /lib/x.so(+0x0) [0x1234]\n");
        assert_eq!(lines(&[unnamed], false, false), " > /lib/x.so() [0x1234]\n");
        let end = " > unexpected_backtracing_error [0x7f00]\n > too many stack frames\n";
        assert_eq!(lines(&[nowhere], true, true), end);
    }

    #[test]
    fn names_do_not_reach_the_terminal_as_commands() {
        let hostile = StackFrame {
            binary: Some(b"/a\x1b[31m\xc2\x9bb\xc3\xa9\xff"),
            symbol: Some("f\u{202e}".as_bytes()),
            source: Some((b"\xe2\x80\xa8.c", 1)),
            ..StackFrame::default()
        };
        let expected =
            " > /a\\033[31m\\302\\233b\u{e9}\\377(f\\342\\200\\256+0x0) [0x0] \\342\\200\\250.c:1\n";
        assert_eq!(lines(&[hostile], false, false), expected);
    }
}
