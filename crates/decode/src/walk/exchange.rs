//! Data of which the caller gives one part and the kernel another.

use crate::cx::{Cx, Plain};
use crate::sink::Kind;
use crate::ty::{Record, Ty};

/// What is shown on entering, what on exiting, and how the two go together.
pub(super) struct Exchange {
    given: &'static Ty,
    got: &'static Ty,
    form: Form,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// One struct: [`Ty::Filled`].
    Filled,
    /// One value after the other: [`Ty::Becomes`].
    Becomes,
    /// The same, and an address if the call has failed: [`Ty::Replaced`].
    Replaced,
}

impl Exchange {
    /// The parts of a type that has them.
    pub(super) fn of(ty: &'static Ty) -> Option<Exchange> {
        let (given, got, form) = match ty {
            Ty::Filled(given, got) => (given, got, Form::Filled),
            Ty::Becomes(given, got) => (given, got, Form::Becomes),
            Ty::Replaced(given, got) => (given, got, Form::Replaced),
            _ => return None,
        };
        Some(Exchange { given, got, form })
    }

    /// Shows what is given. What is kept of it, so that whoever shows the rest can look at it ([`Cx::saved_here`]), is
    /// the member that may change, or else its first number, of eight bytes at most.
    pub(super) fn enter(&self, cx: &mut Cx<'_>, addr: u64) {
        let size = cx.size_of(self.given).max(cx.size_of(self.got));
        let start = if addr == 0 || !cx.options.verbose { None } else { cx.push(addr, size) };
        let Some(start) = start else { return cx.out.addr(addr) };
        let kept = match self.changing() {
            Some((record, i)) => cx.member_number(record, i, start),
            None => cx.scratch.stack.number(start, size),
        };
        cx.save(kept);
        if self.form == Form::Filled {
            cx.out.open(Kind::Struct);
            cx.members_of(self.given, start, addr);
        } else {
            cx.out.change_begin();
            cx.show_in_place(self.given, start, addr);
        }
        cx.scratch.stack.truncate(start);
    }

    /// The last member that is given, if it is one that may change.
    fn changing(&self) -> Option<(&'static Record, usize)> {
        let record = self.given.record()?;
        let last = match self.given {
            Ty::Members(_, names) => record.find(names.last()?)?,
            _ => record.fields.iter().rposition(|field| !matches!(field.ty, Ty::Pad(_)))?,
        };
        matches!(record.fields[last].ty, Ty::Changes(_)).then_some((record, last))
    }

    /// Shows what has become of the member that may change.
    fn finish_change(&self, cx: &mut Cx<'_>, addr: u64, before: u64) {
        let Some((record, i)) = self.changing() else { return };
        let start = if cx.failed() { None } else { cx.push(addr, record.size(cx.abi)) };
        if let Some(start) = start {
            if cx.member_number(record, i, start) != before {
                cx.out.changed();
                cx.member_value(record, i, start, addr);
            }
            cx.scratch.stack.truncate(start);
        }
        cx.out.change_end();
    }

    /// Shows what has been got, if anything was shown on entering, of which `kept` is known.
    pub(super) fn exit(&self, cx: &mut Cx<'_>, addr: u64, kept: u64) {
        match self.form {
            Form::Filled => {
                self.finish_change(cx, addr, kept);
                if !cx.failed() {
                    cx.rest(self.got, addr);
                }
                return cx.out.close(Kind::Struct);
            }
            Form::Replaced if cx.failed() => {
                cx.out.changed();
                cx.out.addr(addr);
            }
            Form::Becomes | Form::Replaced if !cx.failed() => {
                cx.out.changed();
                cx.deref(self.got, addr);
            }
            _ => {}
        }
        cx.out.change_end();
    }
}

impl Plain<'_> {
    /// Shows what a value was, and what it is now if that is another: for values that the call has changed and that are
    /// shown once it has returned.
    pub fn show_change(&mut self, ty: &'static Ty, before: u64, now: u64) {
        self.out.change_begin();
        self.value(ty, before);
        if now != before {
            self.out.changed();
            self.value(ty, now);
        }
        self.out.change_end();
    }
}

impl Cx<'_> {
    /// Shows members of a struct that is open, if they can be read.
    fn rest(&mut self, ty: &'static Ty, addr: u64) {
        if let Some(start) = self.push(addr, self.size_of(ty)) {
            self.members_of(ty, start, addr);
            self.scratch.stack.truncate(start);
        }
    }

    /// Shows a struct as it is when the call has returned: what was given, and what has been filled in.
    pub(super) fn filled(&mut self, given: &'static Ty, got: &'static Ty, addr: u64) {
        let size = self.size_of(given).max(self.size_of(got));
        let Some(start) = self.push(addr, size) else { return self.out.addr(addr) };
        self.out.open(Kind::Struct);
        self.members_of(given, start, addr);
        self.members_of(got, start, addr);
        self.out.close(Kind::Struct);
        self.scratch.stack.truncate(start);
    }

    /// The number that member `i` is of a record whose bytes are at `start` of the scratch stack.
    fn member_number(&self, record: &'static Record, i: usize, start: usize) -> u64 {
        let offset = usize::from(record.layout(self.abi).offsets[i]);
        self.scratch.stack.number(start + offset, self.size_of(&record.fields[i].ty))
    }
}
