//! From rows to plans.

use super::{Amount, Kind, Place, Plan, Read};
use crate::cx::PATH_MAX;
use crate::layout::{Class, size_align};
use crate::ty::{Arg, Dir, Len, MAX_RECORD, Record, Ret, Start, Stretch, Ty};
use crate::variant::Variant;
use crate::walk::{in_register, is_inout, waits};
use uapi::Abi;

impl Plan {
    /// The plan of a call that goes on like this.
    pub fn of(variant: &Variant, abi: Abi) -> Plan {
        let half = |exiting| Half { variant: *variant, abi, class: Class::of(abi), exiting };
        let mut plan = Plan { names: variant.args().map(|a| a.name).collect(), ..Plan::default() };
        // Whether the walker may still be entering when it comes to an argument, and whether it may be exiting.
        let (mut may_enter, mut may_exit) = (true, false);
        for (i, arg) in variant.args().enumerate() {
            let changes = is_inout(&arg.ty);
            let stays = !waits(&arg.ty);
            if may_enter && stays {
                half(false).argument(i, arg, &mut plan.entering);
            } else {
                half(false).kept(i, arg, &mut plan.entering);
            }
            if may_exit || changes || !stays {
                half(true).argument(i, arg, &mut plan.exiting);
            }
            if may_exit {
                half(false).kept(i, arg, &mut plan.entering);
            }
            if changes || !stays {
                may_exit = true;
                // One that is not shown ends nothing.
                may_enter &= arg.when.is_some();
            }
        }
        half(true).result(&variant.ret, &mut plan.exiting);
        plan
    }
}

/// What is looked at while a call begins, or when it has returned.
struct Half {
    variant: Variant,
    abi: Abi,
    class: Class,
    exiting: bool,
}

/// The record in which something stands, and how far into the outer stretch's element that record begins.
#[derive(Clone, Copy)]
struct Around {
    record: &'static Record,
    base: u32,
}

/// Where something is that has a type.
#[derive(Clone, Copy)]
struct Spot {
    name: &'static str,
    place: Place,
    around: Option<Around>,
}

impl Half {
    fn argument(&self, i: usize, arg: &Arg, out: &mut Vec<Read>) {
        let spot = Spot { name: arg.name, place: Place::Argument(i as u8), around: None };
        self.value(&arg.ty, spot, out);
    }

    /// What is kept of data that a call changes until it is shown.
    fn kept(&self, i: usize, arg: &Arg, out: &mut Vec<Read>) {
        let Ty::At(Dir::InOut | Dir::InOutLate, inner) = &arg.ty else { return };
        let size = self.size(inner);
        if size > 0 && size as usize <= MAX_RECORD {
            let read = Read::bytes(arg.name, Place::Argument(i as u8), Amount::Const(size));
            push(out, Read { kind: kind(inner), ..read });
        }
    }

    /// What is read to tell what a result means.
    fn result(&self, ret: &Ret, out: &mut Vec<Read>) {
        match ret {
            Ret::Aux(value, _) => self.result(value, out),
            Ret::AuxHook(value, reads, _) => {
                self.result(value, out);
                // Results are no addresses: there is nothing here.
                self.code(reads, Spot { name: "result", place: Place::Within(0), around: None }, out);
            }
            Ret::Shown(reads, _) => {
                self.code(reads, Spot { name: "result", place: Place::Within(0), around: None }, out);
            }
            _ => {}
        }
    }

    fn size(&self, ty: &Ty) -> u32 {
        size_align(ty, self.class).0
    }

    /// What a value that has been loaded, or an argument, leads to.
    fn value(&self, ty: &Ty, spot: Spot, out: &mut Vec<Read>) {
        match ty {
            Ty::Path => push(out, Read::string(spot, Amount::Const(PATH_MAX as u32))),
            Ty::Str => push(out, Read::string(spot, Amount::String)),
            Ty::At(_, inner) => self.behind(inner, spot, out),
            Ty::If(_, of) | Ty::Changes(of) => self.value(of, spot, out),
            Ty::Wide(pointer) => self.value(pointer, spot, out),
            Ty::Hook(hook) | Ty::ScalarHook(_, hook) => self.code(hook.reads, spot, out),
            _ => {}
        }
    }

    /// What code says that it reads.
    fn code(&self, reads: &'static [Stretch], spot: Spot, out: &mut Vec<Read>) {
        for stretch in reads.iter().filter(|s| self.is_now(s.dir)) {
            let place = match stretch.from {
                Start::Here => spot.place,
                Start::Arg(i) => Place::Argument(i),
                Start::ArgWord(i) => Place::ArgumentWord(i, self.abi.word() as u8),
                Start::Stack => Place::Stack,
            };
            let begin = out.len();
            self.behind(&stretch.data, Spot { place, ..spot }, out);
            for read in &mut out[begin..] {
                read.beyond |= stretch.beyond;
                read.chained |= stretch.chained;
            }
        }
    }

    fn is_now(&self, dir: Option<Dir>) -> bool {
        match dir {
            None | Some(Dir::InOut) => true,
            Some(Dir::In) => !self.exiting,
            Some(Dir::Out | Dir::Late | Dir::InOutLate) => self.exiting,
        }
    }

    /// Data of a type that begins somewhere.
    fn behind(&self, ty: &Ty, spot: Spot, out: &mut Vec<Read>) {
        match ty {
            Ty::Bytes(len) | Ty::Binary(len) => {
                let len = self.amount(len, spot, out);
                push(out, Read::bytes(spot.name, spot.place, len));
            }
            Ty::CharArray(n) => {
                push(out, Read::string(spot, Amount::Least(vec![Amount::Const(*n), Amount::String])));
            }
            Ty::Array(of, len) => {
                let (len, size) = (self.amount(len, spot, out), self.size(of));
                let len = Amount::Times(Box::new(len), size);
                let read = Read { element: size, kind: kind(of), ..Read::bytes(spot.name, spot.place, len) };
                push(out, Read { inner: self.element(of), ..read });
            }
            Ty::Sized { of, size, .. } => {
                /// What the kernel takes of any struct at most.
                const PAGE: u32 = 4096;
                let known = u32::from(of.layouts[self.class as usize].size);
                let len = Amount::Least(vec![self.amount(size, spot, out), Amount::Const(known.max(PAGE))]);
                let read = Read { kind: kind(ty), ..Read::bytes(spot.name, spot.place, len) };
                let mut inner = Vec::new();
                self.members(of, 0, &mut inner);
                push(out, Read { inner, ..read });
            }
            Ty::Form(len, _) => {
                let len = self.amount(len, spot, out);
                push(out, Read::bytes(spot.name, spot.place, len));
            }
            Ty::If(_, of) => self.behind(of, spot, out),
            Ty::ByAbi(of) => self.behind(of(self.abi), spot, out),
            Ty::InPlace(of) => self.whole(of, self.size(of), &[of], spot, out),
            Ty::Filled(given, got) | Ty::Becomes(given, got) | Ty::Replaced(given, got) => {
                self.whole(given, self.size(given).max(self.size(got)), &[given, got], spot, out);
            }
            Ty::Union(_) | Ty::Inline(..) | Ty::InlineHook(_) | Ty::Pad(_) => {}
            one => {
                let size = self.size(one);
                let read =
                    Read { kind: kind(one), ..Read::bytes(spot.name, spot.place, Amount::Const(size)) };
                push(out, Read { inner: self.element(one), ..read });
            }
        }
    }

    /// So many bytes that begin somewhere and are all read, and what they lead to as values of these types.
    fn whole(&self, what: &Ty, size: u32, types: &[&Ty], spot: Spot, out: &mut Vec<Read>) {
        let read = Read { kind: kind(what), ..Read::bytes(spot.name, spot.place, Amount::Const(size)) };
        let inner = types.iter().flat_map(|ty| self.element(ty)).collect();
        push(out, Read { inner, ..read });
    }

    fn element(&self, of: &Ty) -> Vec<Read> {
        let mut inner = Vec::new();
        self.in_place(of, Spot { name: "", place: Place::Within(0), around: None }, &mut inner);
        inner
    }

    /// What stands so far into an element that is read already, and what it leads to.
    fn in_place(&self, ty: &Ty, spot: Spot, out: &mut Vec<Read>) {
        let Place::Within(at) = spot.place else { return };
        match ty {
            Ty::Struct(record) | Ty::Members(record, _) => self.members(record, at, out),
            Ty::Array(of, Len::Const(n)) => {
                let size = self.size(of);
                (0..*n).for_each(|i| {
                    self.in_place(of, Spot { place: Place::Within(at + i * size), ..spot }, out)
                });
            }
            Ty::If(_, of) | Ty::Changes(of) => self.in_place(of, spot, out),
            Ty::Union(u) => {
                u.cases.iter().for_each(|(_, ty)| self.in_place(ty, spot, out));
                self.in_place(&u.other, spot, out);
            }
            Ty::CharArray(_) | Ty::Bytes(Len::Const(_)) | Ty::Binary(Len::Const(_)) => {}
            ty if ty.is_of_any_size() => self.behind(ty, spot, out),
            Ty::InlineHook(code) => self.code(code.reads, spot, out),
            Ty::Inline(..) | Ty::Pad(_) => {}
            value => {
                let pointer = Place::Pointer { at, bytes: self.size(value) as u8 };
                self.value(value, Spot { place: pointer, ..spot }, out);
            }
        }
    }

    fn members(&self, record: &'static Record, base: u32, out: &mut Vec<Read>) {
        let offsets = &record.layouts[self.class as usize].offsets;
        for (field, offset) in record.fields.iter().zip(offsets) {
            let place = Place::Within(base + u32::from(*offset));
            let spot = Spot { name: field.name, place, around: Some(Around { record, base }) };
            self.in_place(&field.ty, spot, out);
        }
    }

    /// A length, and what has to be read to know it.
    fn amount(&self, len: &Len, spot: Spot, out: &mut Vec<Read>) -> Amount {
        match len {
            Len::Const(n) => Amount::Const(*n),
            Len::Arg(i) => Amount::Argument(*i, self.argument_bytes(*i)),
            Len::ArgInt(i) => Amount::Argument(*i, 4),
            Len::AtArg(i) => {
                let name = self.variant.get(usize::from(*i)).map_or("", |a| a.name);
                let read = Read::bytes(name, Place::Argument(*i), Amount::Const(4));
                push(out, Read { kind: Kind::Value, ..read });
                Amount::AtArgument(*i)
            }
            Len::Field(name) => self.field(name, spot.around),
            Len::Ret => Amount::Ret,
            Len::Min(a, b) => Amount::Least(vec![self.amount(a, spot, out), self.amount(b, spot, out)]),
            Len::Div(a, by) => Amount::Div(Box::new(self.amount(a, spot, out)), (*by).max(1)),
            Len::DivUp(a, by) => Amount::DivUp(Box::new(self.amount(a, spot, out)), (*by).max(1)),
        }
    }

    fn field(&self, name: &str, around: Option<Around>) -> Amount {
        let found = around.and_then(|around| {
            let i = around.record.fields.iter().position(|f| f.name == name)?;
            let field = &around.record.fields[i];
            let at = around.base + u32::from(around.record.layouts[self.class as usize].offsets[i]);
            Some(Amount::Number { name: field.name, at, bytes: self.size(&field.ty).min(8) as u8 })
        });
        found.unwrap_or(Amount::Const(0))
    }

    /// How many bytes of an argument count as a length: see [`crate::Cx::len`].
    fn argument_bytes(&self, i: u8) -> u8 {
        let bytes = self.variant.get(usize::from(i)).map_or(8, |a| match &a.ty {
            Ty::Int(width, _) => in_register(*width).bytes(self.class),
            ty => self.size(ty),
        });
        bytes.clamp(4, 8) as u8
    }
}

impl Read {
    fn bytes(name: &'static str, place: Place, len: Amount) -> Read {
        Read {
            name,
            place,
            len,
            element: 0,
            kind: Kind::Bytes,
            beyond: false,
            chained: false,
            inner: Vec::new(),
        }
    }

    fn string(spot: Spot, len: Amount) -> Read {
        Read { kind: Kind::String, ..Read::bytes(spot.name, spot.place, len) }
    }
}

fn kind(ty: &Ty) -> Kind {
    match ty {
        Ty::Struct(record) | Ty::Members(record, _) | Ty::Sized { of: record, .. } => {
            Kind::Struct(record.name)
        }
        Ty::Bytes(_) | Ty::Binary(_) | Ty::Inline(..) | Ty::InlineHook(_) => Kind::Bytes,
        Ty::CharArray(_) => Kind::String,
        Ty::Array(of, _) | Ty::InPlace(of) | Ty::If(_, of) | Ty::Changes(of) => kind(of),
        _ => Kind::Value,
    }
}

/// Adds what is not there yet: an argument may lead to the same in several ways.
fn push(out: &mut Vec<Read>, read: Read) {
    if !out.contains(&read) {
        out.push(read);
    }
}
