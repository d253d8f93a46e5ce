//! Records and their members.

use super::is_shown;
use crate::cx::{Cx, Frame};
use crate::layout::Class;
use crate::sink::{Kind, Text};
use crate::ty::{Arg, Len, Record, Ty, Union};

impl Cx<'_> {
    /// Shows a record at `addr`, of which the tracee gives `size` bytes, and after its fields those bytes beyond it
    /// that are not zero.
    pub fn sized(&mut self, record: &'static Record, addr: u64, size: u64, min: usize) {
        let known = record.size(self.abi) as u64;
        if size < min as u64 {
            return self.out.addr(addr);
        }
        let len = known.min(size) as usize;
        let Some(start) = self.push(addr, len) else { return self.out.addr(addr) };
        self.out.open(Kind::Struct);
        self.members(record, start, len, addr);
        self.scratch.stack.truncate(start);
        self.beyond(addr, known, size);
        self.out.close(Kind::Struct);
    }

    /// Shows, as a struct's last member, the bytes from `known` up to `size` of what is at `addr`, unless they
    /// are all zero: for structs that grow from version to version.
    pub fn beyond(&mut self, addr: u64, known: u64, size: u64) {
        /// A page, which is what the kernel takes of any struct at most.
        const MOST: u64 = 4096;
        let size = size.min(MOST);
        if known >= size {
            return;
        }
        let Some(start) = self.push(addr.wrapping_add(known), (size - known) as usize) else {
            return self.out.beyond(known, size, None, false);
        };
        let bytes = &self.plain.scratch.stack[start..];
        if bytes.iter().any(|&b| b != 0) {
            let shown = bytes.len().min(self.options.strings);
            self.plain.out.beyond(known, size, Some(&bytes[..shown]), shown < bytes.len());
        }
        self.scratch.stack.truncate(start);
    }

    /// Shows the first `len` bytes of a record at `addr`, or the address.
    pub fn record_at(&mut self, record: &'static Record, addr: u64, len: usize) {
        match self.push(addr, len) {
            Some(start) => {
                self.fields(record, start, len, addr);
                self.scratch.stack.truncate(start);
            }
            None => self.out.addr(addr),
        }
    }

    /// Shows the value at `addr` as a member of a struct is shown, without what marks a pointer; the address if it
    /// can't be read.
    pub fn in_place(&mut self, ty: &'static Ty, addr: u64) {
        match self.push(addr, self.size_of(ty)) {
            Some(start) => {
                self.show_in_place(ty, start, addr);
                self.scratch.stack.truncate(start);
            }
            None => self.out.addr(addr),
        }
    }

    /// Shows a record at `addr`, or the address.
    pub fn deref_record(&mut self, record: &'static Record, addr: u64) {
        if !self.options.verbose {
            return self.out.addr(addr);
        }
        self.record_at(record, addr, record.size(self.abi));
    }

    /// Shows a record whose bytes are at hand: `addr` is where they came from.
    pub fn record_from(&mut self, record: &'static Record, bytes: &[u8], addr: u64) {
        let start = self.scratch.stack.len();
        self.scratch.stack.extend_from_slice(bytes);
        self.fields(record, start, bytes.len(), addr);
        self.scratch.stack.truncate(start);
    }

    /// Shows only the members of a record at hand, inside a struct that the caller opened.
    pub fn members_from(&mut self, record: &'static Record, bytes: &[u8], addr: u64) {
        let start = self.scratch.stack.len();
        self.scratch.stack.extend_from_slice(bytes);
        self.members(record, start, bytes.len(), addr);
        self.scratch.stack.truncate(start);
    }

    /// Runs `body` with a record's bytes at hand, so that [`Cx::field`] and [`Cx::raw`] see them; false, and
    /// nothing run, if they can't be read.
    pub fn with_record(&mut self, record: &'static Record, addr: u64, body: impl FnOnce(&mut Self)) -> bool {
        let len = record.size(self.abi);
        let Some(start) = self.push(addr, len) else { return false };
        let outer = self.frame.replace(Frame { record, start, len, addr });
        body(self);
        self.frame = outer;
        self.scratch.stack.truncate(start);
        true
    }

    fn fields(&mut self, record: &'static Record, start: usize, len: usize, addr: u64) {
        self.out.open(Kind::Struct);
        self.members(record, start, len, addr);
        self.out.close(Kind::Struct);
    }

    /// Shows some members of a record whose bytes are at `start` of the scratch stack.
    fn part(&mut self, record: &'static Record, names: &[&str], start: usize, addr: u64) {
        self.out.open(Kind::Struct);
        self.part_members(record, names, start, addr);
        self.out.close(Kind::Struct);
    }

    fn part_members(&mut self, record: &'static Record, names: &[&str], start: usize, addr: u64) {
        let frame = Frame { record, start, len: record.size(self.abi), addr };
        let outer = self.frame.replace(frame);
        self.show_members(names);
        self.frame = outer;
    }

    /// Shows the members of a struct whose bytes are at `start` of the scratch stack, inside a struct that is open.
    pub(super) fn members_of(&mut self, ty: &'static Ty, start: usize, addr: u64) {
        match ty {
            Ty::Members(record, names) => self.part_members(record, names, start, addr),
            Ty::Struct(record) => self.members(record, start, record.size(self.abi), addr),
            _ => {}
        }
    }

    /// Shows the value of member `i` of a record whose bytes are at `start` of the scratch stack, without its name.
    pub(super) fn member_value(&mut self, record: &'static Record, i: usize, start: usize, addr: u64) {
        let frame = Frame { record, start, len: record.size(self.abi), addr };
        let outer = self.frame.replace(frame);
        let offset = usize::from(record.layout(self.abi).offsets[i]);
        self.member(&record.fields[i], start, offset, addr);
        self.frame = outer;
    }

    fn members(&mut self, record: &'static Record, start: usize, len: usize, addr: u64) {
        let frame = Frame { record, start, len, addr };
        let outer = self.frame.replace(frame);
        let mut left_out = false;
        for (i, field) in record.fields.iter().enumerate() {
            // That more than one is left out makes no difference.
            if !(left_out && self.leaves_out(field)) {
                left_out |= self.member_at(&frame, i);
            }
        }
        if left_out {
            self.out.more();
        }
        self.frame = outer;
    }

    /// Shows these members of the record at hand (see [`Cx::with_record`]), in this order: for calls that tell some
    /// of a struct's members before they return and others after, or in an order of their own.
    pub fn show_members(&mut self, names: &[&str]) {
        let Some(frame) = self.frame else { return };
        let mut left_out = false;
        for name in names {
            let member = frame.record.find(name);
            debug_assert!(member.is_some(), "{} has no {name}", frame.record.name);
            left_out |= member.is_some_and(|i| self.member_at(&frame, i));
        }
        if left_out {
            self.out.more();
        }
    }

    /// Whether a field is not shown where it is one of the record's.
    fn leaves_out(&self, field: &Arg) -> bool {
        field.elided || field.verbose && self.abbrev()
    }

    /// Shows a member of the record at hand; true if it is left out because not everything is to be shown.
    #[inline]
    fn member_at(&mut self, frame: &Frame, i: usize) -> bool {
        let field = &frame.record.fields[i];
        let layout = frame.record.layout(self.abi);
        let (offset, size) = (usize::from(layout.offsets[i]), usize::from(layout.sizes[i]));
        if matches!(field.ty, Ty::Pad(_)) || offset + size > frame.len || !is_shown(self, field) {
            return false;
        }
        if field.nonzero && self.is_zero(offset, size) {
            return false;
        }
        if self.leaves_out(field) {
            return true;
        }
        if !field.name.is_empty() {
            self.out.field(field.name);
        }
        self.member(field, frame.start, offset, frame.addr);
        false
    }

    fn member(&mut self, field: &'static Arg, start: usize, offset: usize, addr: u64) {
        match &field.ty {
            Ty::Inline(_, _, show) => show(self.plain(), offset as u64),
            Ty::InlineHook(code) => (code.show)(self, offset as u64),
            ty => self.show_in_place(ty, start + offset, addr.wrapping_add(offset as u64)),
        }
    }

    fn is_zero(&self, offset: usize, size: usize) -> bool {
        self.raw(offset, size).iter().all(|&b| b == 0)
    }

    /// Shows a value whose bytes are at `start` of the scratch stack and came from `addr`.
    #[inline]
    pub(super) fn show_in_place(&mut self, ty: &'static Ty, start: usize, addr: u64) {
        match ty {
            // Most members are numbers.
            Ty::Int(width, _) | Ty::Flags(width, _) | Ty::Enum(width, _) | Ty::Scalar(width, _) => {
                let v = self.scratch.stack.number(start, width.bytes(Class::of(self.abi)) as usize);
                self.plain.value(ty, v);
            }
            _ => self.show_other_in_place(ty, start, addr),
        }
    }

    #[inline(never)]
    fn show_other_in_place(&mut self, ty: &'static Ty, start: usize, addr: u64) {
        match ty {
            Ty::Struct(record) => self.fields(record, start, record.size(self.abi), addr),
            Ty::Members(record, names) => self.part(record, names, start, addr),
            Ty::Array(of, Len::Const(n)) => self.array_in_place(of, *n as usize, start, addr),
            Ty::CharArray(n) => {
                let bytes = &self.plain.scratch.stack[start..start + *n as usize];
                // Where there is no NUL the last byte should have been it, and is not shown.
                let end = bytes.iter().position(|&b| b == 0);
                let shown = &bytes[..end.unwrap_or(bytes.len().saturating_sub(1))];
                self.plain.out.bytes(shown, Text::Plain, end.is_none());
            }
            Ty::Bytes(Len::Const(n)) => {
                self.plain.out.bytes(
                    &self.plain.scratch.stack[start..start + *n as usize],
                    Text::Plain,
                    false,
                );
            }
            Ty::Binary(Len::Const(n)) => {
                self.plain.out.bytes(
                    &self.plain.scratch.stack[start..start + *n as usize],
                    Text::Binary,
                    false,
                );
            }
            Ty::Changes(of) => {
                // What it becomes is shown behind it.
                if !self.exiting() {
                    self.out.change_begin();
                }
                self.show_in_place(of, start, addr);
            }
            Ty::Union(u) => {
                let ty = self.choose(u);
                self.show_in_place(ty, start, addr);
            }
            Ty::Inline(..) | Ty::InlineHook(_) | Ty::Pad(_) => {}
            ty if ty.is_of_any_size() => self.deref(ty, addr),
            scalar => {
                let size = self.size_of(scalar);
                let v = self.scratch.stack.number(start, size);
                self.show(scalar, v);
            }
        }
    }

    fn choose(&self, u: &'static Union) -> &'static Ty {
        let key = self.field(u.on);
        let hit = u.cases.iter().find(|(c, _)| self.is(key, *c));
        hit.map_or(&u.other, |(_, ty)| ty)
    }

    fn array_in_place(&mut self, of: &'static Ty, n: usize, start: usize, addr: u64) {
        let size = self.size_of(of);
        self.out.open(Kind::Array);
        for i in 0..n {
            if self.abbrev() && i >= self.options.strings {
                self.out.more();
                break;
            }
            self.out.item();
            self.show_in_place(of, start + i * size, addr.wrapping_add((i * size) as u64));
        }
        self.out.close(Kind::Array);
    }
}
