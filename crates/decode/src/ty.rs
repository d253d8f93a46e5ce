//! The language: types, arguments, records and rows, as plain `const` data.

use crate::cx::{Cx, Plain};
use crate::layout::{Class, Layout, layout};
use crate::names::Names;
use crate::question::PidKind;
use uapi::{Abi, Const};

/// The size of a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// One byte.
    W1,
    /// Two bytes.
    W2,
    /// Four bytes.
    W4,
    /// Eight bytes; as an argument on a 32-bit ABI it takes two registers.
    W8,
    /// The ABI's `long`.
    Long,
    /// The kernel's `__kernel_long_t`: a `long`, but for x32, where it has eight bytes.
    KLong,
}

/// How an integer is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// Signed decimal.
    Dec,
    /// Unsigned decimal.
    Udec,
    /// Hexadecimal.
    Hex,
    /// Octal.
    Oct,
    /// Octal with three digits at least.
    Mode,
}

/// Which way the data behind a pointer goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dir {
    /// The tracee hands it to the kernel: read on entering.
    In,
    /// The kernel fills it in: read on exiting; its address is shown if the call failed.
    Out,
    /// Both: shown on entering, and again on exiting if the call succeeded and changed it.
    InOut,
    /// Read on exiting, whether or not the call failed.
    Late,
    /// Both, and shown on exiting: what it was and what it has become, whether or not the call failed.
    InOutLate,
}

/// How many elements or bytes; data, so that a capture plan can be compiled from it.
#[derive(Clone, Copy, Debug)]
pub enum Len {
    /// A constant.
    Const(u32),
    /// The value of an argument, by its index in the row.
    Arg(u8),
    /// As [`Len::Arg`], of an argument that is an `unsigned int`: what else its register holds doesn't count.
    ArgInt(u8),
    /// The 32-bit number that an argument points to.
    AtArg(u8),
    /// The value of a field of the record that this stands in.
    Field(&'static str),
    /// What the call returned; nothing if it failed.
    Ret,
    /// The smaller one.
    Min(&'static Len, &'static Len),
    /// A quotient, rounded down.
    Div(&'static Len, u32),
    /// A quotient, rounded up: of bits, how many words they take.
    DivUp(&'static Len, u32),
}

/// A function that shows data of a form of its own: where it is, and how many bytes it has.
pub type FormFn = fn(&mut Cx<'_>, u64, u64);

/// A function that shows a value, for which it reads no memory.
pub type ScalarFn = fn(&mut Plain<'_>, u64);

/// A function that shows an argument or a field with this value, mostly a pointer.
pub type HookFn = fn(&mut Cx<'_>, u64);

/// Code for what the language can't say.
#[derive(Debug)]
pub struct Hook {
    /// When it runs; [`Dir::InOut`] runs twice, told apart by [`Cx::exiting`].
    pub dir: Dir,
    /// Shows the argument (or field) with this value, mostly a pointer.
    pub show: HookFn,
    /// What memory it reads.
    pub reads: &'static [Stretch],
}

/// A stretch of memory that code may read: what can't be seen in the code, so that whoever captures a call knows what to
/// keep.
#[derive(Clone, Copy, Debug)]
pub struct Stretch {
    /// Where it begins.
    pub from: Start,
    /// What is there, as the walker would read it: also what pointers in it lead to.
    pub data: Ty,
    /// When it is read, if not whenever the code runs: [`Dir::In`] on entering only, [`Dir::Out`] on exiting.
    pub dir: Option<Dir>,
    /// How much is read of it only its contents can tell: it is to be kept whole.
    pub beyond: bool,
    /// What is there leads to the next of its kind, and so on: by the 64-bit pointer that it begins with.
    pub chained: bool,
}

/// Where a stretch of memory begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// At the value that the code shows; for what is shown in place, where that is.
    Here,
    /// At the value of an argument, by its index in the row.
    Arg(u8),
    /// As [`Start::Arg`], of an argument of which only as many bytes count as a `long` has.
    ArgWord(u8),
    /// At the tracee's stack pointer.
    Stack,
}

impl Stretch {
    /// What is behind the value that the code shows.
    pub const fn to(from: Start, data: Ty) -> Stretch {
        Stretch { from, data, dir: None, beyond: false, chained: false }
    }

    /// At most so many bytes behind the value that the code shows.
    pub const fn here(most: u32) -> Stretch {
        Stretch::to(Start::Here, Ty::Bytes(Len::Const(most)))
    }

    /// At most so many bytes behind an argument.
    pub const fn arg(index: u8, most: u32) -> Stretch {
        Stretch::to(Start::Arg(index), Ty::Bytes(Len::Const(most)))
    }

    /// At most so many bytes of the stack.
    pub const fn stack(most: u32) -> Stretch {
        Stretch::to(Start::Stack, Ty::Bytes(Len::Const(most)))
    }

    /// On entering only.
    pub const fn entering(mut self) -> Stretch {
        self.dir = Some(Dir::In);
        self
    }

    /// On exiting only.
    pub const fn exiting(mut self) -> Stretch {
        self.dir = Some(Dir::Out);
        self
    }

    /// The first of a chain.
    pub const fn chained(mut self) -> Stretch {
        self.chained = true;
        self
    }

    /// Whose extent only the contents can tell.
    pub const fn beyond(mut self) -> Stretch {
        self.beyond = true;
        self
    }
}

/// What an argument, a field or an element is.
#[derive(Clone, Copy, Debug)]
pub enum Ty {
    /// An integer.
    Int(Width, Show),
    /// A flag word.
    Flags(Width, &'static Names),
    /// One of several named values.
    Enum(Width, &'static Names),
    /// A value with a form of its own; no memory is read for it.
    Scalar(Width, ScalarFn),
    /// A value with a form of its own, for which code reads memory.
    ScalarHook(Width, &'static Hook),
    /// A pointer of which only the address matters.
    Addr,
    /// A descriptor.
    Fd,
    /// A directory's descriptor, or `AT_FDCWD`.
    DirFd,
    /// A descriptor, or what may stand in its place, in a form of its own; no memory is read for it.
    FdLike(Width, ScalarFn),
    /// An id of a process, thread, group or session.
    Pid(PidKind),
    /// A pointer to a NUL-terminated path; shown whole.
    Path,
    /// A pointer to a NUL-terminated string; shown up to the string limit.
    Str,
    /// A pointer to data.
    At(Dir, &'static Ty),
    /// A pointer of 64 bits on every ABI: [`Ty::Path`], [`Ty::Str`], [`Ty::At`] or [`Ty::Hook`] as if it stood in a number
    /// of that width.
    Wide(&'static Ty),
    /// Bytes, shown as a string up to the string limit. Behind [`Ty::At`], or in place with a constant length.
    Bytes(Len),
    /// As [`Ty::Bytes`], always hexadecimal.
    Binary(Len),
    /// A NUL-terminated string in a field of this many bytes.
    CharArray(u32),
    /// A struct, in place or behind [`Ty::At`].
    Struct(&'static Record),
    /// A struct of which the tracee says how many bytes there are: fields beyond `size` are not shown, fewer
    /// than `min` bytes are not decoded, and nonzero bytes beyond the record are shown as bytes.
    Sized {
        /// The record as far as it is known.
        of: &'static Record,
        /// How many bytes the tracee gives.
        size: Len,
        /// The fewest bytes that make sense.
        min: u32,
    },
    /// Some members of a struct, in this order, in place or behind [`Ty::At`]: of `VERSION` with the members `a`, `b` and
    /// `c`, `Members(&VERSION, &["c", "a"])` is shown as `{c=3, a=1}`. Reads what [`Ty::Struct`] reads: the whole struct.
    Members(&'static Record, &'static [&'static str]),
    /// Elements of one type, in place (constant length) or behind [`Ty::At`].
    Array(&'static Ty, Len),
    /// What is behind [`Ty::At`] as it would stand in a struct: a number without brackets, a [`Ty::CharArray`] as long as
    /// it is, an array with all its elements. All of its bytes are read, and if they can't be, the address is shown:
    /// `At(In, &InPlace(&Array(&U64, Len::Const(2))))` is `[1, 2]` or `0x7f00`, and nothing between the two.
    InPlace(&'static Ty),
    /// What is behind [`Ty::At`], of so many bytes at most, in a form that no other word has: the function gets its address
    /// and how many bytes the length says, and reads none but these. A signal set whose size is an argument is
    /// `Form(Len::Arg(1), show_sigset)`, in whichever direction it goes.
    Form(Len, FormFn),
    /// What is looked at only where a condition holds: of a struct that the kernel takes with a certain count only,
    /// `If(|cx| cx.arg(3) == 1, &Struct(&REGION))` shows the struct or the address. Behind [`Ty::At`], or around a pointer.
    /// Reads what its type reads, or nothing.
    If(When, &'static Ty),
    /// What is behind [`Ty::At`] where its type differs between ABIs by more than its layout does. Reads what the ABI's
    /// type reads.
    ByAbi(fn(Abi) -> &'static Ty),
    /// A struct of which the caller gives one part and the kernel another, behind [`Ty::At`] of [`Dir::InOut`]. Both are
    /// types of structs, that begin where the pointer points to. `Filled(&Members(&INPUT, &["index"]), &Members(&INPUT, &["name"]))`
    /// is shown as `{index=0, name="Camera"}`: `index` on entering, and the rest once the call has succeeded. As many
    /// bytes as the longer of the two has are read at both times.
    Filled(&'static Ty, &'static Ty),
    /// In the last member that the first part of [`Ty::Filled`] shows: a value that the call may change. With a second
    /// part that shows nothing, `count` of `{type=5, count=8 => 4}` is one. Reads what its type reads.
    Changes(&'static Ty),
    /// What the caller gives and what the kernel makes of it, behind [`Ty::At`] of [`Dir::InOut`], whether or not it
    /// differs: `Becomes(&Struct(&GIVEN), &Struct(&GOT))` is shown as `{index=0} => {name="Camera"}`, the second part once
    /// the call has succeeded. Reads what [`Ty::Filled`] reads.
    Becomes(&'static Ty, &'static Ty),
    /// As [`Ty::Becomes`], where a failure leaves nothing but an address: `{index=0} => 0x7f00`.
    Replaced(&'static Ty, &'static Ty),
    /// A member whose type depends on another field's value.
    Union(&'static Union),
    /// Bytes in place, shown by code: it gets the field's offset in the record, and finds the bytes with
    /// [`Cx::raw`]. Sizes for LP64, i386 and x32.
    Inline([u16; 3], u8, ScalarFn),
    /// As [`Ty::Inline`], for code that also reads memory, beyond these bytes or elsewhere.
    InlineHook(&'static Inlined),
    /// Bytes that are not shown.
    Pad(u32),
    /// Code.
    Hook(&'static Hook),
}

/// Bytes in place that code shows which reads memory: see [`Ty::InlineHook`].
#[derive(Debug)]
pub struct Inlined {
    /// Sizes for LP64, i386 and x32.
    pub sizes: [u16; 3],
    /// The alignment.
    pub align: u8,
    /// Shows them: it gets the field's offset in the record.
    pub show: HookFn,
    /// What memory it reads; [`Start::Here`] is where the bytes are.
    pub reads: &'static [Stretch],
}

impl Ty {
    /// Whether this is data whose size only a call tells: it has no place of its own in a record.
    pub const fn is_of_any_size(&self) -> bool {
        matches!(
            self,
            Ty::Bytes(_)
                | Ty::Binary(_)
                | Ty::Array(..)
                | Ty::Sized { .. }
                | Ty::InPlace(_)
                | Ty::Form(..)
                | Ty::ByAbi(_)
                | Ty::Filled(..)
                | Ty::Becomes(..)
                | Ty::Replaced(..)
        )
    }
}

/// A member chosen by another field.
#[derive(Debug)]
pub struct Union {
    /// The field that decides.
    pub on: &'static str,
    /// What it may be, by the field's value.
    pub cases: &'static [(Const, Ty)],
    /// What it is otherwise.
    pub other: Ty,
}

/// Whether an argument or field is shown at all.
pub type When = fn(&Plain<'_>) -> bool;

/// An argument of a call, or a field of a record.
#[derive(Clone, Copy, Debug)]
pub struct Arg {
    /// Its name in the kernel's sources.
    pub name: &'static str,
    /// Its type.
    pub ty: Ty,
    /// A condition for showing it.
    pub when: Option<When>,
    /// Shown only where abbreviation is off.
    pub verbose: bool,
    /// Not shown where its value is zero.
    pub nonzero: bool,
    /// Never shown: an ellipsis stands for it.
    pub elided: bool,
    /// An argument that is named even where names are not wanted.
    pub labelled: bool,
    /// An argument that no register holds: the kernel remembers it, or finds it on the stack.
    pub implied: bool,
}

/// An argument or a field; see [`Arg`].
pub const fn arg(name: &'static str, ty: Ty) -> Arg {
    Arg {
        name,
        ty,
        when: None,
        verbose: false,
        nonzero: false,
        elided: false,
        labelled: false,
        implied: false,
    }
}

/// Bytes of a record that are not shown.
pub const fn pad(bytes: u32) -> Arg {
    arg("", Ty::Pad(bytes))
}

impl Arg {
    /// Shown only if `w` holds.
    pub const fn when(mut self, w: When) -> Self {
        self.when = Some(w);
        self
    }

    /// Left out, with a trailing `...`, unless abbreviation is off.
    pub const fn verbose(mut self) -> Self {
        self.verbose = true;
        self
    }

    /// Named in any case, as an argument: for calls whose order of arguments differs between ABIs.
    pub const fn labelled(mut self) -> Self {
        self.labelled = true;
        self
    }

    /// Held by no register, but remembered by the kernel or found on the stack.
    pub const fn implied(mut self) -> Self {
        self.implied = true;
        self
    }

    /// Left out in any case, with a trailing `...`.
    pub const fn elided(mut self) -> Self {
        self.elided = true;
        self
    }

    /// Left out if zero.
    pub const fn nonzero(mut self) -> Self {
        self.nonzero = true;
        self
    }
}

/// The most fields that a record may have. Each record has room for so many offsets, per class of ABI.
pub const MAX_FIELDS: usize = 40;
/// The most bytes that a record may have: a page.
pub const MAX_RECORD: usize = 4096;

/// A struct: its fields, and where they are on each class of ABI.
#[derive(Debug)]
pub struct Record {
    /// The struct's tag in the kernel's headers; what layouts are tested against.
    pub name: &'static str,
    /// The fields in order.
    pub fields: &'static [Arg],
    /// Sizes and offsets per [`Class`].
    pub layouts: [Layout; 4],
    /// Per bucket of names, one more than the index of the first field whose name is in it.
    places: [u8; BUCKETS],
}

/// How many buckets the names of a record's fields are in, so that most have one to themselves.
const BUCKETS: usize = 64;

/// The bucket of a name. Names of one struct differ in their lengths and towards their ends.
const fn bucket(name: &str) -> usize {
    let bytes = name.as_bytes();
    let [middle, last] = match bytes {
        [.., last] => [bytes[bytes.len() / 2], *last],
        [] => [0; 2],
    };
    (bytes.len() * 7 + middle as usize * 5 + last as usize) % BUCKETS
}

const fn places(fields: &[Arg]) -> [u8; BUCKETS] {
    let mut places = [0; BUCKETS];
    let mut i = fields.len();
    while i > 0 {
        places[bucket(fields[i - 1].name)] = i as u8;
        i -= 1;
    }
    places
}

/// Makes a record with the layout that C's rules give its fields.
///
/// # Panics
/// At compile time, if it is too big, or a length or union names no field of it.
pub const fn record(name: &'static str, fields: &'static [Arg]) -> Record {
    assert!(fields.len() <= MAX_FIELDS, "too many fields");
    let mut i = 0;
    while i < fields.len() {
        check_names(&fields[i].ty, fields);
        i += 1;
    }
    let layouts = [
        layout(fields, Class::Lp64, false),
        layout(fields, Class::Ilp32, false),
        layout(fields, Class::I386, false),
        layout(fields, Class::X32, false),
    ];
    assert!(layouts[0].size as usize <= MAX_RECORD, "record too big: use a hook");
    Record { name, fields, layouts, places: places(fields) }
}

/// As [`record`] for a struct declared `__attribute__((packed))`.
pub const fn packed(name: &'static str, fields: &'static [Arg]) -> Record {
    let mut r = record(name, fields);
    r.layouts = [
        layout(fields, Class::Lp64, true),
        layout(fields, Class::Ilp32, true),
        layout(fields, Class::I386, true),
        layout(fields, Class::X32, true),
    ];
    r
}

/// As [`record`] for a struct whose 64-bit members are declared `__aligned_u64`: they are so on i386 too.
pub const fn aligned(name: &'static str, fields: &'static [Arg]) -> Record {
    let mut r = record(name, fields);
    r.layouts[Class::I386 as usize] = r.layouts[Class::Ilp32 as usize];
    r
}

impl Record {
    /// The layout on an ABI.
    pub const fn layout(&self, abi: Abi) -> &Layout {
        &self.layouts[Class::of(abi) as usize]
    }

    /// The index of the first field of this name.
    #[inline]
    pub fn find(&self, name: &str) -> Option<usize> {
        let first = usize::from(self.places[bucket(name)]).checked_sub(1)?;
        let is_it = |i: &usize| self.fields.get(*i).is_some_and(|field| field.name == name);
        // Mostly the first that is in the bucket.
        if is_it(&first) { Some(first) } else { (first + 1..self.fields.len()).find(is_it) }
    }

    /// The record's size on an ABI, in bytes.
    pub const fn size(&self, abi: Abi) -> usize {
        self.layout(abi).size as usize
    }

    /// The record's size, for a constant: it is the same on every ABI.
    ///
    /// # Panics
    /// At compile time, if it isn't.
    pub const fn common_size(&self) -> u64 {
        let mut i = 1;
        while i < self.layouts.len() {
            assert!(self.layouts[i].size == self.layouts[0].size, "a record whose size depends on the ABI");
            i += 1;
        }
        self.layouts[0].size as u64
    }

    /// Where a field is, for a constant: it is there on every ABI.
    ///
    /// # Panics
    /// At compile time, if it isn't, or there is no such field.
    pub const fn common_offset(&self, field: &str) -> u64 {
        let mut at = 0;
        while !same_name(self.fields[at].name, field) {
            at += 1;
        }
        let mut i = 1;
        while i < self.layouts.len() {
            let same = self.layouts[i].offsets[at] == self.layouts[0].offsets[at];
            assert!(same, "a field whose place depends on the ABI");
            i += 1;
        }
        self.layouts[0].offsets[at] as u64
    }

    /// Where a field is on an ABI; 0 if there is none.
    pub fn offset(&self, field: &str, abi: Abi) -> usize {
        self.find(field).map_or(0, |i| usize::from(self.layout(abi).offsets[i]))
    }

    /// The number that a field has in a record's bytes, zero-extended; 0 where they end before it.
    pub fn number(&self, field: &str, bytes: &[u8], abi: Abi) -> u64 {
        let Some(i) = self.find(field) else { return 0 };
        let layout = self.layout(abi);
        let (at, size) = (usize::from(layout.offsets[i]), usize::from(layout.sizes[i]).min(8));
        let bytes = bytes.get(at..at + size).unwrap_or_default();
        bytes.iter().rev().fold(0, |n, &byte| n << 8 | u64::from(byte))
    }
}

const fn check_names(ty: &Ty, fields: &[Arg]) {
    match ty {
        Ty::Bytes(l) | Ty::Binary(l) | Ty::Array(_, l) => check_len(l, fields),
        Ty::Sized { size, .. } => check_len(size, fields),
        Ty::Form(l, _) => check_len(l, fields),
        Ty::At(_, inner) | Ty::Wide(inner) | Ty::InPlace(inner) | Ty::If(_, inner) | Ty::Changes(inner) => {
            check_names(inner, fields)
        }
        Ty::Union(u) => assert!(has_field(fields, u.on), "a union's key names no field of its record"),
        _ => {}
    }
}

const fn check_len(len: &Len, fields: &[Arg]) {
    match len {
        Len::Field(name) => assert!(has_field(fields, name), "a length names no field of its record"),
        Len::Min(a, b) => {
            check_len(a, fields);
            check_len(b, fields);
        }
        Len::Div(a, _) | Len::DivUp(a, _) => check_len(a, fields),
        _ => {}
    }
}

const fn has_field(fields: &[Arg], name: &str) -> bool {
    let mut i = 0;
    while i < fields.len() {
        if same_name(fields[i].name, name) {
            return true;
        }
        i += 1;
    }
    false
}

/// Whether two names are the same: `==` for where things are computed as they are compiled.
pub const fn same_name(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// What a call returns.
#[derive(Clone, Copy, Debug)]
pub enum Ret {
    /// A signed decimal number.
    Dec,
    /// An unsigned decimal number.
    Udec,
    /// A hexadecimal number.
    Hex,
    /// An address.
    Addr,
    /// An octal number, as `umask` does.
    Mode,
    /// A new descriptor.
    Fd,
    /// An id.
    Pid(PidKind),
    /// It does not return.
    Never,
    /// A number and then what it means: the function calls [`Cx::aux`] if it has anything to say.
    Aux(&'static Ret, fn(&mut Plain<'_>)),
    /// As [`Ret::Aux`], for code that reads memory.
    AuxHook(&'static Ret, &'static [Stretch], fn(&mut Cx<'_>)),
    /// Code shows it, for which it reads memory.
    Shown(&'static [Stretch], fn(&mut Cx<'_>)),
    /// One of several, by the call's arguments.
    Pick(fn(&Plain<'_>) -> Ret),
}

/// The classes of calls that `-e trace=%CLASS` selects: a set of bits.
pub type Classes = u32;

/// The bits of [`Classes`].
pub mod class {
    /// No class.
    pub const NONE: u32 = 0;
    /// Calls that take a file name (`%file`).
    pub const FILE: u32 = 1 << 0;
    /// Calls about descriptors (`%desc`).
    pub const DESC: u32 = 1 << 1;
    /// Starting, ending and waiting for processes (`%process`).
    pub const PROCESS: u32 = 1 << 2;
    /// Networking (`%network`).
    pub const NETWORK: u32 = 1 << 3;
    /// Signals (`%signal`).
    pub const SIGNAL: u32 = 1 << 4;
    /// System V IPC (`%ipc`).
    pub const IPC: u32 = 1 << 5;
    /// Memory mapping (`%memory`).
    pub const MEMORY: u32 = 1 << 6;
    /// User and group ids, capabilities (`%creds`).
    pub const CREDS: u32 = 1 << 7;
    /// `stat` and its variants by path (`%stat`).
    pub const STAT: u32 = 1 << 8;
    /// `lstat` and its variants (`%lstat`).
    pub const LSTAT: u32 = 1 << 9;
    /// `fstat` and its variants (`%fstat`).
    pub const FSTAT: u32 = 1 << 10;
    /// All that give file status (`%%stat`).
    pub const STAT_LIKE: u32 = 1 << 11;
    /// `statfs` (`%statfs`).
    pub const STATFS: u32 = 1 << 12;
    /// `fstatfs` (`%fstatfs`).
    pub const FSTATFS: u32 = 1 << 13;
    /// All that give file system status (`%%statfs`).
    pub const STATFS_LIKE: u32 = 1 << 14;
    /// Clocks (`%clock`).
    pub const CLOCK: u32 = 1 << 15;
    /// Calls that always succeed and have no arguments (`%pure`).
    pub const PURE: u32 = 1 << 16;
}

/// One way that a call with a command argument may go on.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// The commands for which this holds.
    pub keys: &'static [Const],
    /// The arguments after those that all commands share.
    pub tail: &'static [Arg],
    /// What it returns.
    pub ret: Ret,
}

/// A [`Case`].
pub const fn case(keys: &'static [Const], tail: &'static [Arg], ret: Ret) -> Case {
    Case { keys, tail, ret }
}

/// How a call with some command goes on: what a [`Find`] gives.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    /// The arguments after those that all commands share.
    pub tail: &'static [Arg],
    /// What it returns.
    pub ret: Ret,
}

/// Finds the way a call goes on by its command: for calls with more commands than a list of cases should have.
pub type Find = fn(Abi, u32) -> Option<Found>;

/// A choice of arguments by another argument's value.
#[derive(Debug)]
pub struct Switch {
    /// The index of the argument that decides; its low 32 bits count.
    pub on: u8,
    /// Those of its bits that hold the command.
    pub mask: u32,
    /// What it may be.
    pub cases: &'static [Case],
    /// The arguments otherwise.
    pub other: &'static [Arg],
    /// Where the command is looked up first.
    pub find: Option<Find>,
}

/// One system call: a row.
#[derive(Debug)]
pub struct Syscall {
    /// Its name in the kernel's table.
    pub name: &'static str,
    /// The classes it is in.
    pub classes: Classes,
    /// What it returns, unless a case says otherwise.
    pub ret: Ret,
    /// Its arguments, or those that all cases share.
    pub args: &'static [Arg],
    /// How it goes on.
    pub switch: Option<Switch>,
    /// The ABIs for which the row holds; empty: all that have a call of this name.
    pub abis: &'static [Abi],
}

/// A row; see [`Syscall`].
pub const fn syscall(name: &'static str, classes: Classes, ret: Ret, args: &'static [Arg]) -> Syscall {
    assert!(args.len() <= MAX_ARGS, "too many arguments");
    Syscall { name, classes, ret, args, switch: None, abis: &[] }
}

/// The most arguments a row may show: one for each register.
pub const MAX_ARGS: usize = 6;

impl Syscall {
    /// Goes on by the value of argument `on`: `cases` where one holds, else `other`.
    pub const fn switch(mut self, on: u8, cases: &'static [Case], other: &'static [Arg]) -> Self {
        assert!((on as usize) < self.args.len(), "a call switches on an argument that all cases share");
        self.switch = Some(Switch { on, mask: u32::MAX, cases, other, find: None });
        self
    }

    /// Goes on as `find` says for the value of argument `on`; with `other` where it knows nothing.
    pub const fn lookup(self, on: u8, find: Find, other: &'static [Arg]) -> Self {
        let mut row = self.switch(on, &[], other);
        row.switch = Some(Switch { on, mask: u32::MAX, cases: &[], other, find: Some(find) });
        row
    }

    /// As [`Syscall::switch`], where only the bits `mask` of the argument are the command, and others are flags.
    pub const fn switch_masked(
        self,
        on: u8,
        mask: u32,
        cases: &'static [Case],
        other: &'static [Arg],
    ) -> Self {
        let mut row = self.switch(on, cases, other);
        row.switch = Some(Switch { on, mask, cases, other, find: None });
        row
    }

    /// Holds on these ABIs only.
    pub const fn only(mut self, abis: &'static [Abi]) -> Self {
        self.abis = abis;
        self
    }

    /// Whether the row holds on `abi`.
    pub const fn holds_on(&self, abi: Abi) -> bool {
        let mut i = 0;
        while i < self.abis.len() {
            if self.abis[i] as usize == abi as usize {
                return true;
            }
            i += 1;
        }
        self.abis.is_empty()
    }
}
