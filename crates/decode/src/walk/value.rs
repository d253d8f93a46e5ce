//! Values: arguments, and what they point to.

use super::{in_register, sign_extend};
use crate::cx::{Cx, Plain, mask};
use crate::layout::{Class, size_align};
use crate::sink::{Kind, Text};
use crate::ty::{Dir, Len, Show, Ty, Width};

impl Cx<'_> {
    /// Shows the value of an argument.
    pub(super) fn show_argument(&mut self, ty: &'static Ty, v: u64) {
        match ty {
            Ty::Int(w, show) => self.plain.int(in_register(*w), *show, v),
            Ty::Flags(w, table) => self.flags(in_register(*w), table, v),
            Ty::Enum(w, table) => self.enumerated(in_register(*w), table, v),
            Ty::Scalar(w, f) | Ty::FdLike(w, f) => {
                let v = v & self.mask(in_register(*w));
                f(self.plain(), v);
            }
            Ty::ScalarHook(w, hook) => {
                let v = v & self.mask(in_register(*w));
                self.hook(hook, v);
            }
            _ => self.show(ty, v),
        }
    }

    /// Shows a value of an argument or a field that has been loaded: a scalar, or a pointer and what is behind it.
    pub fn show(&mut self, ty: &'static Ty, v: u64) {
        match ty {
            Ty::Path => self.path(v),
            Ty::Str => self.string(v),
            Ty::At(dir, inner) => self.at(*dir, inner, v),
            Ty::Wide(pointer) => self.show(pointer, v),
            Ty::Hook(h) => self.hook(h, v),
            Ty::If(holds, of) if holds(self) => self.show(of, v),
            Ty::If(..) => self.out.addr(v),
            Ty::ScalarHook(w, hook) => {
                let v = v & self.mask(*w);
                self.hook(hook, v);
            }
            _ => self.plain.value(ty, v),
        }
    }

    fn hook(&mut self, hook: &crate::ty::Hook, v: u64) {
        if hook.dir == Dir::Out && self.failed() {
            return self.out.addr(v);
        }
        (hook.show)(self, v);
    }

    /// Shows data behind a pointer, or the address where it can't or needn't be read.
    pub fn at(&mut self, dir: Dir, ty: &'static Ty, addr: u64) {
        if addr == 0 || (dir == Dir::Out && self.failed()) {
            return self.address_of(ty, addr);
        }
        self.deref(ty, addr);
    }

    /// Shows the address of data that are not shown.
    fn address_of(&mut self, ty: &Ty, addr: u64) {
        match ty {
            Ty::Path | Ty::Str | Ty::Bytes(_) | Ty::Binary(_) | Ty::CharArray(_) => self.out.unread(addr),
            _ => self.out.addr(addr),
        }
    }

    /// Shows data at `addr`; shows the address if it can't be read.
    pub fn deref(&mut self, ty: &'static Ty, addr: u64) {
        match ty {
            Ty::Bytes(len) => {
                let len = self.len(len);
                self.buffer(addr, len, Text::Plain);
            }
            Ty::Binary(len) => {
                let len = self.len(len);
                self.buffer(addr, len, Text::Binary);
            }
            Ty::CharArray(n) => self.c_string(addr, *n as usize),
            Ty::Array(of, len) => {
                let len = self.len(len);
                self.array(of, addr, len);
            }
            Ty::Form(len, show) => {
                let len = self.len(len);
                show(self, addr, len);
            }
            Ty::If(holds, of) if holds(self) => self.deref(of, addr),
            Ty::If(..) => self.out.addr(addr),
            Ty::ByAbi(of) => self.deref(of(self.abi), addr),
            Ty::InPlace(of @ Ty::CharArray(_)) => self.in_place(of, addr),
            _ if addr == 0 || !self.options.verbose => self.out.addr(addr),
            Ty::InPlace(of) => self.in_place(of, addr),
            Ty::Members(..) => self.in_place(ty, addr),
            Ty::Filled(given, got) => self.filled(given, got, addr),
            Ty::Becomes(_, got) | Ty::Replaced(_, got) => self.deref(got, addr),
            Ty::Struct(record) => self.record_at(record, addr, record.size(self.abi)),
            Ty::Sized { of, size, min } => {
                let size = self.len(size);
                self.sized(of, addr, size, *min as usize);
            }
            Ty::Union(_) | Ty::Inline(..) | Ty::InlineHook(_) => self.out.addr(addr),
            scalar => {
                let size = self.size_of(scalar);
                match self.read_uint(addr, size.clamp(1, 8)) {
                    Some(v) => {
                        self.out.open(Kind::Deref);
                        self.show(scalar, v);
                        self.out.close(Kind::Deref);
                    }
                    None => self.out.addr(addr),
                }
            }
        }
    }

    /// The value of a length.
    pub fn len(&mut self, len: &Len) -> u64 {
        match len {
            Len::Const(n) => u64::from(*n),
            Len::Arg(i) => self.length_argument(usize::from(*i)),
            Len::ArgInt(i) => self.arg(usize::from(*i)) & 0xffff_ffff,
            Len::AtArg(i) => self.read_u32(self.arg(usize::from(*i))).map_or(0, u64::from),
            Len::Field(name) => self.field(name),
            Len::Ret => self.ret().max(0) as u64,
            Len::Min(a, b) => self.len(a).min(self.len(b)),
            Len::Div(a, by) => self.len(a) / u64::from((*by).max(1)),
            Len::DivUp(a, by) => self.len(a).div_ceil(u64::from((*by).max(1))),
        }
    }

    /// The value of argument `i` as a length: a register may hold more than its type.
    fn length_argument(&self, i: usize) -> u64 {
        let ty = self.pending.variant.as_ref().and_then(|variant| variant.get(i)).map(|a| &a.ty);
        let bytes = ty.map_or(8, |ty| match ty {
            Ty::Int(w, _) => in_register(*w).bytes(Class::of(self.abi)),
            _ => size_align(ty, Class::of(self.abi)).0,
        });
        let bytes = bytes.max(4);
        self.arg(i) & mask(bytes)
    }
}

impl Plain<'_> {
    /// Shows a value that leads nowhere, or of which no more than the address is wanted.
    pub fn value(&mut self, ty: &'static Ty, v: u64) {
        match ty {
            Ty::Int(w, show) => self.int(*w, *show, v),
            Ty::Flags(w, table) => self.flags(*w, table, v),
            Ty::Enum(w, table) => self.enumerated(*w, table, v),
            Ty::Scalar(w, f) | Ty::FdLike(w, f) => f(self, v & self.mask(*w)),
            Ty::Fd => self.fd(v as i32),
            Ty::DirFd => self.dirfd(v as i32),
            Ty::Pid(kind) => self.pid(*kind, v as i32),
            Ty::Pad(_) => {}
            // What can only be in place is an address as an argument.
            _ => self.out.addr(v),
        }
    }

    fn int(&mut self, width: Width, show: Show, v: u64) {
        let bytes = width.bytes(Class::of(self.abi));
        let v = v & mask(bytes);
        match show {
            Show::Dec => self.out.int(sign_extend(v, bytes)),
            Show::Udec => self.out.uint(v),
            Show::Hex => self.out.hex(v),
            Show::Oct => self.out.oct(v),
            Show::Mode => self.out.mode(v),
        }
    }
}
