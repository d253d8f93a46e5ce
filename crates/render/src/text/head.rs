//! How lines begin and end: times, ids, names of commands, padding.

use super::Text;
use crate::number::{hex_digits, signed};
use crate::{Head, PidForm};
use std::io::Write as _;

impl<const COLOR: bool> Text<COLOR> {
    #[inline(always)]
    pub(super) fn begin_line(&mut self, head: &Head<'_>) {
        self.taken = 0;
        self.line = self.out.len();
        self.invisible = 0;
        let is_untimed = head.stamp.is_empty() && head.number.is_none() && head.ip.is_none();
        if !is_untimed || head.form != PidForm::None || head.context.is_some() {
            self.head(head);
        }
    }

    #[inline(never)]
    fn head(&mut self, head: &Head<'_>) {
        self.pid_prefix(head);
        if let Some(context) = head.context {
            self.context(context);
            self.put(" ");
        }
        self.put(head.stamp);
        if let Some(number) = head.number {
            self.punct("[");
            match number {
                // No call has this one: a tracer that makes a call no call sets it, and shows that so.
                u64::MAX => self.put("???"),
                number => {
                    let _ = write!(self.out, "{number:4}");
                }
            }
            self.punct("]");
            self.put(" ");
        }
        match head.ip {
            Some((Some(ip), digits)) => {
                self.punct("[");
                hex_digits(&mut self.out, ip, usize::from(digits));
                self.punct("]");
                self.put(" ");
            }
            Some((None, digits)) => {
                self.punct("[");
                self.out.resize(self.out.len() + usize::from(digits), b'?');
                self.punct("]");
                self.put(" ");
            }
            None => {}
        }
    }

    fn pid_prefix(&mut self, head: &Head<'_>) {
        match head.form {
            PidForm::None => {}
            PidForm::Bracketed => {
                self.punct("[");
                let _ = write!(self.out, "pid {:5}", head.pid);
                self.comm(head);
                self.punct("]");
                self.put(" ");
            }
            PidForm::Plain => {
                // Ids are padded so that what follows them is aligned; behind a name it isn't anyhow.
                let start = self.out.len();
                signed(&mut self.out, head.pid.into());
                let width = if head.comm.is_some() { 0 } else { 5 };
                let padded = self.out.len().max(start + width);
                self.out.resize(padded, b' ');
                self.comm(head);
                self.put(" ");
            }
        }
    }

    fn comm(&mut self, head: &Head<'_>) {
        if let Some(comm) = head.comm {
            self.name(comm);
        }
    }

    pub(super) fn end_line(&mut self) {
        self.end_value();
        self.reset();
        self.out.push(b'\n');
        self.taken = 0;
        self.invisible = 0;
        self.line = self.out.len();
    }
}
