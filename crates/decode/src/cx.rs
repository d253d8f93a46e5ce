//! The context of one call being decoded: what rows' hooks work with.

use crate::layout::{Class, size_align};
use crate::names::{Names, Part, Parts};
use crate::question::{Answer, Question};
use crate::scratch::Scratch;
use crate::sink::{Aux, Base, Sink};
use crate::target::Target;
use crate::ty::{Record, Ty, Width};
use crate::variant::Variant;
use std::ops::{Deref, DerefMut};
use uapi::{Abi, Const};

/// How much the user wants to see of a call.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The most bytes of a string, and elements of an abbreviated array (`-s`).
    pub strings: usize,
    /// Structs and arrays are shortened (no `-v`).
    pub abbrev: bool,
    /// Structs are decoded at all (`-e verbose=`).
    pub verbose: bool,
    /// Arguments are bare hexadecimal numbers (`-e raw=`).
    pub raw: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options { strings: 32, abbrev: true, verbose: true, raw: false }
    }
}

/// What a call came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It has not returned.
    Running,
    /// It returned a value.
    Value(i64),
    /// It failed with this errno (a positive number).
    Error(u32),
}

/// What is kept of a call between its syscall-enter-stop and its syscall-exit-stop.
#[derive(Clone, Debug, Default)]
pub struct Pending {
    /// Index of the argument where exiting goes on.
    pub(crate) next: u8,
    /// The argument at `next` is half shown.
    pub(crate) open: bool,
    /// All arguments have been shown.
    pub(crate) complete: bool,
    /// Which way of its row the call goes, once that has been found out.
    pub(crate) variant: Option<Variant>,
    /// Bit `i`: `saved[i]` holds what argument `i` pointed to on entering.
    pub(crate) saved_ok: u8,
    /// Per argument, a word kept from entering: see [`Cx::save`].
    pub(crate) saved: [u64; 6],
    /// More than those words hold, for the few calls that need it: see [`Cx::keep`].
    pub(crate) kept: Vec<u64>,
}

impl Pending {
    /// Whether all arguments have been shown.
    pub fn is_complete(&self) -> bool {
        self.complete
    }
}

/// A string whose end can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CutOff {
    /// Where it begins.
    pub addr: u64,
    /// How many bytes can be read.
    pub got: usize,
    /// How many were to be read, at most.
    pub wanted: usize,
}

/// The record whose fields are being shown.
#[derive(Clone, Copy)]
pub(crate) struct Frame {
    pub(crate) record: &'static Record,
    pub(crate) start: usize,
    pub(crate) len: usize,
    pub(crate) addr: u64,
}

/// Takes what is shown of a call so far.
type Passage<'a> = &'a mut dyn FnMut(&[u8]);

/// One call being decoded, as code sees it that shows a value: all but the tracee's memory.
pub struct Plain<'a> {
    /// The call's ABI.
    pub abi: Abi,
    /// The arguments by their index in the row; on entering and exiting alike as they were on entering.
    pub args: [u64; 6],
    /// What it came to.
    pub outcome: Outcome,
    /// How much to show.
    pub options: &'a Options,
    /// Where it goes.
    pub out: &'a mut dyn Sink,
    pub(crate) target: &'a mut dyn Target,
    pub(crate) pending: &'a mut Pending,
    pub(crate) scratch: &'a mut Scratch,
    pub(crate) frame: Option<Frame>,
    /// The argument being shown.
    pub(crate) at_arg: u8,
    /// What the return value means is being shown.
    pub(crate) in_aux: bool,
    /// The descriptor of the directory that the next path begins at.
    pub(crate) directory: Option<i32>,
    /// Takes what is shown so far before a read that may take for ever.
    passage: Option<Passage<'a>>,
    /// How many elements of arrays may still be shown: arrays within arrays may all be the same few bytes, over and
    /// over again.
    pub(crate) elements: usize,
}

/// One call being decoded.
pub struct Cx<'a> {
    pub(crate) plain: Plain<'a>,
}

impl<'a> Deref for Cx<'a> {
    type Target = Plain<'a>;

    fn deref(&self) -> &Plain<'a> {
        &self.plain
    }
}

impl<'a> DerefMut for Cx<'a> {
    fn deref_mut(&mut self) -> &mut Plain<'a> {
        &mut self.plain
    }
}

/// The most elements of arrays that are shown of a call on entering, and on exiting.
const MOST_ELEMENTS: usize = 1 << 18;

/// In place of a directory's descriptor: the working directory.
pub const AT_FDCWD: i32 = -100;

/// The longest path, with its terminating NUL (`PATH_MAX`).
pub const PATH_MAX: usize = 4096;

impl<'a> Cx<'a> {
    /// A context for a call with these registers.
    #[expect(clippy::too_many_arguments, reason = "one borrow for each thing a decoder may touch")]
    pub fn new(
        abi: Abi,
        args: [u64; 6],
        outcome: Outcome,
        options: &'a Options,
        target: &'a mut dyn Target,
        out: &'a mut dyn Sink,
        pending: &'a mut Pending,
        scratch: &'a mut Scratch,
    ) -> Self {
        let plain = Plain {
            abi,
            args,
            outcome,
            options,
            out,
            target,
            pending,
            scratch,
            frame: None,
            at_arg: 0,
            in_aux: false,
            directory: None,
            passage: None,
            elements: MOST_ELEMENTS,
        };
        Cx { plain }
    }
}

impl Plain<'_> {
    /// The value of argument `i` of the row.
    pub fn arg(&self, i: usize) -> u64 {
        self.args.get(i).copied().unwrap_or(0)
    }

    /// The low 32 bits of argument `i`, as an `int`.
    pub fn arg_int(&self, i: usize) -> i32 {
        self.arg(i) as i32
    }

    /// Whether the call has returned.
    pub fn exiting(&self) -> bool {
        self.outcome != Outcome::Running
    }

    /// Whether the call has failed.
    pub fn failed(&self) -> bool {
        matches!(self.outcome, Outcome::Error(_))
    }

    /// The errno, if the call has failed.
    pub fn error(&self) -> Option<u32> {
        match self.outcome {
            Outcome::Error(e) => Some(e),
            _ => None,
        }
    }

    /// What the call returned; 0 if it has not, or has failed.
    pub fn ret(&self) -> i64 {
        match self.outcome {
            Outcome::Value(v) => v,
            _ => 0,
        }
    }

    /// Whether structs and arrays are shortened.
    pub fn abbrev(&self) -> bool {
        self.options.abbrev
    }

    /// The size of a `long` and of a pointer, in bytes.
    pub fn word(&self) -> usize {
        self.abi.word()
    }

    /// The size of a type on the call's ABI, in bytes.
    #[inline]
    pub fn size_of(&self, ty: &Ty) -> usize {
        let class = Class::of(self.abi);
        // Most are numbers.
        match ty {
            Ty::Int(width, _) | Ty::Flags(width, _) | Ty::Enum(width, _) | Ty::Scalar(width, _) => {
                width.bytes(class) as usize
            }
            _ => size_align(ty, class).0 as usize,
        }
    }

    /// Whether `value`, an `int`-sized argument or field, is this constant here.
    pub fn is(&self, value: u64, c: Const) -> bool {
        c.on(self.abi).is_some_and(|v| v as u32 == value as u32)
    }

    /// Whether `value` has all bits of this constant.
    pub fn has(&self, value: u64, c: Const) -> bool {
        c.on(self.abi).is_some_and(|v| value & v == v)
    }

    /// Keeps a word of the argument being shown until the call returns.
    pub fn save(&mut self, word: u64) {
        self.save_for(usize::from(self.at_arg), word);
    }

    /// Keeps a word for argument `i` until the call returns; also for an argument that the call does not have.
    pub fn save_for(&mut self, i: usize, word: u64) {
        let i = i.min(5);
        self.pending.saved[i] = word;
        self.pending.saved_ok |= 1 << i;
    }

    /// The word kept for argument `i` on entering.
    pub fn saved(&self, i: usize) -> Option<u64> {
        (self.pending.saved_ok & 1 << i != 0).then(|| self.pending.saved[i])
    }

    /// Drops the word kept for argument `i`: in-out data behind it is shown as its address.
    pub fn forget(&mut self, i: usize) {
        self.pending.saved_ok &= !(1 << i.min(5));
    }

    /// Keeps numbers until the call returns: for what is not one word per argument.
    pub fn keep(&mut self, numbers: Vec<u64>) {
        self.pending.kept = numbers;
    }

    /// The numbers kept on entering.
    pub fn kept(&self) -> &[u64] {
        &self.pending.kept
    }

    /// The index of the argument being shown.
    pub fn at_arg(&self) -> usize {
        usize::from(self.at_arg)
    }

    /// The word kept for the argument being shown.
    pub fn saved_here(&self) -> Option<u64> {
        self.saved(usize::from(self.at_arg))
    }

    /// Whether a pointer of the ABI's can hold this address: not even nothing can be read where it can't.
    pub(crate) fn reaches(&self, addr: u64) -> bool {
        addr <= mask(self.word() as u32)
    }

    // The record being shown.

    /// The value of a field of the record being shown, zero-extended; 0 where the tracee gave fewer bytes.
    pub fn field(&self, name: &str) -> u64 {
        let Some(frame) = &self.frame else { return 0 };
        let Some(i) = frame.record.find(name) else { return 0 };
        let layout = frame.record.layout(self.abi);
        self.load(usize::from(layout.offsets[i]), usize::from(layout.sizes[i]))
    }

    /// The offset of a field of the record being shown, in bytes.
    pub fn offset(&self, name: &str) -> usize {
        self.frame.map_or(0, |frame| frame.record.offset(name, self.abi))
    }

    /// `len` bytes at `offset` of the record being shown; short where there are fewer.
    pub fn raw(&self, offset: usize, len: usize) -> &[u8] {
        let Some(frame) = self.frame else { return &[] };
        let from = offset.min(frame.len);
        let to = (offset + len).min(frame.len);
        &self.scratch.stack[frame.start + from..frame.start + to]
    }

    /// An unsigned number of `bytes` bytes at `offset` of the record being shown.
    #[inline]
    pub fn load(&self, offset: usize, bytes: usize) -> u64 {
        match &self.frame {
            Some(frame) if offset <= frame.len => {
                self.scratch.stack.number(frame.start + offset, bytes.min(frame.len - offset))
            }
            _ => 0,
        }
    }

    /// The address of the record being shown.
    pub fn record_addr(&self) -> u64 {
        self.frame.map_or(0, |f| f.addr)
    }

    /// How many bytes of the record being shown there are.
    pub fn record_len(&self) -> usize {
        self.frame.map_or(0, |f| f.len)
    }

    // Scalars.

    /// Shows a flag word.
    pub fn flags(&mut self, width: Width, table: &Names, v: u64) {
        let mask = self.mask(width);
        let mut parts = Parts::new();
        let rest = parts.push_flags(v, mask, table, self.abi);
        self.parts_rest(v & mask, &mut parts, rest, table.unknown);
    }

    /// Shows `v` as `parts`, and `rest`, the bits of it that no part names.
    #[inline]
    pub fn flags_rest(&mut self, v: u64, mut parts: Parts, rest: u64, unknown: &str) {
        self.parts_rest(v, &mut parts, rest, unknown);
    }

    /// As [`Cx::flags_rest`], without moving the parts, which are large.
    fn parts_rest(&mut self, v: u64, parts: &mut Parts, rest: u64, unknown: &str) {
        if rest != 0 && !parts.is_empty() {
            parts.push(Part::Hex(rest));
        }
        let unknown = if v == 0 { "" } else { unknown };
        self.out.symbolic(v, Base::Hex, parts.as_slice(), unknown);
    }

    /// Shows one of several named values.
    pub fn enumerated(&mut self, width: Width, table: &Names, v: u64) {
        let mask = self.mask(width);
        match table.find(v, mask, self.abi) {
            Some(name) => self.named(v & mask, Base::Hex, name),
            None => self.out.symbolic(v & mask, Base::Hex, &[], table.unknown),
        }
    }

    /// Shows a number that has this name.
    pub fn named(&mut self, v: u64, base: Base, name: &'static str) {
        self.out.symbolic(v, base, &[Part::Name(name)], "");
    }

    /// Shows what the return value means: `body` writes parts with [`Aux::Part`].
    pub fn aux(&mut self, body: impl FnOnce(&mut Self)) {
        self.aux_begin();
        body(self);
        self.aux_end();
    }

    fn aux_begin(&mut self) {
        self.out.aux(Aux::Begin);
        self.in_aux = true;
    }

    fn aux_end(&mut self) {
        self.in_aux = false;
        self.out.aux(Aux::End);
    }

    /// The bits that a width has on the call's ABI.
    pub fn mask(&self, width: Width) -> u64 {
        mask(width.bytes(Class::of(self.abi)))
    }
}

impl<'a> Cx<'a> {
    /// What is shown so far goes to `passage` before a read that may take for ever.
    pub fn passing_on(&mut self, passage: Passage<'a>) {
        self.passage = Some(passage);
    }

    /// The call without the tracee's memory.
    pub fn plain(&mut self) -> &mut Plain<'a> {
        &mut self.plain
    }

    /// As [`Plain::aux`], for code that reads memory.
    pub fn aux(&mut self, body: impl FnOnce(&mut Self)) {
        self.aux_begin();
        body(self);
        self.aux_end();
    }
}

/// The tracee's memory.
impl Cx<'_> {
    /// Fills `buf` from the tracee's memory; false if any byte can't be read.
    pub fn read(&mut self, addr: u64, buf: &mut [u8]) -> bool {
        self.reaches(addr) && self.fetch(addr, buf) == buf.len()
    }

    fn fetch(&mut self, addr: u64, buf: &mut [u8]) -> usize {
        self.pass_on(addr, buf.len());
        self.target.read(addr, buf)
    }

    /// Passes on what is shown so far, if to read there may take for ever.
    fn pass_on(&mut self, addr: u64, len: usize) {
        let Plain { passage, target, out, .. } = &mut self.plain;
        let Some(passage) = passage else { return };
        if target.ask(&Question::MayHang { addr, len }) == Some(Answer::Yes) {
            out.pass_on(passage);
        }
    }

    /// Notes that of a string of up to `wanted` bytes only `got` can be read, without its end.
    pub(crate) fn note_cut_off(&mut self, addr: u64, got: usize, wanted: usize) {
        // There is no end of them in what an array of pointers may say.
        const MOST: usize = 1 << 12;
        if self.scratch.cut_off.len() < MOST {
            self.scratch.cut_off.push(CutOff { addr, got, wanted });
        }
    }

    /// Reads as much as there is; returns how many bytes.
    pub fn read_some(&mut self, addr: u64, buf: &mut [u8]) -> usize {
        if self.reaches(addr) { self.fetch(addr, buf).min(buf.len()) } else { 0 }
    }

    /// Reads what is there of `len` bytes and shows nothing. Where the end of an array can't be read, it may have less
    /// behind it than one that is cut short before: so that whoever cuts it later finds what that takes.
    pub fn skim(&mut self, addr: u64, len: u64) {
        const PIECE: u64 = 4096;
        const MOST: u64 = 1 << 20;
        let len = len.min(MOST);
        for done in (0..len).step_by(PIECE as usize) {
            let piece = &mut [0; PIECE as usize][..PIECE.min(len - done) as usize];
            if self.read_some(addr.wrapping_add(done), piece) < piece.len() {
                return;
            }
        }
    }

    /// Reads an unsigned number of `bytes` (1 to 8) bytes.
    pub fn read_uint(&mut self, addr: u64, bytes: usize) -> Option<u64> {
        let mut raw = [0; 8];
        self.read(addr, &mut raw[..bytes]).then(|| u64::from_le_bytes(raw))
    }

    /// Reads a 32-bit number.
    pub fn read_u32(&mut self, addr: u64) -> Option<u32> {
        self.read_uint(addr, 4).map(|v| v as u32)
    }

    /// Reads a `long` or a pointer.
    pub fn read_word(&mut self, addr: u64) -> Option<u64> {
        self.read_uint(addr, self.word())
    }

    /// Reads `len` bytes onto the scratch stack; `None`, and nothing pushed, if any can't be read.
    pub(crate) fn push(&mut self, addr: u64, len: usize) -> Option<usize> {
        let start = self.scratch.stack.len();
        if self.push_some(addr, len) < len || !self.reaches(addr) {
            self.scratch.stack.truncate(start);
            return None;
        }
        Some(start)
    }

    /// Reads up to `len` bytes onto the scratch stack; returns how many.
    pub(crate) fn push_some(&mut self, addr: u64, len: usize) -> usize {
        self.push_by(addr, len, |target, buf| target.read(addr, buf))
    }

    /// As [`Cx::push_some`], of a text that ends with a NUL: what stands behind that may be missing.
    pub(crate) fn push_text(&mut self, addr: u64, len: usize) -> usize {
        self.push_by(addr, len, |target, buf| target.read_text(addr, buf))
    }

    fn push_by(
        &mut self,
        addr: u64,
        len: usize,
        read: impl FnOnce(&mut dyn Target, &mut [u8]) -> usize,
    ) -> usize {
        if !self.reaches(addr) {
            return 0;
        }
        self.pass_on(addr, len);
        let Plain { target, scratch, .. } = &mut self.plain;
        scratch.stack.fill(len, |buf| read(*target, buf))
    }

    /// Lends at least `len` bytes of memory that is used again, with anything in them; it comes back by
    /// [`Cx::give_back`]. So no array has to be cleared for the few bytes that are needed.
    pub fn lend(&mut self, len: usize) -> Vec<u8> {
        let mut buf = std::mem::take(&mut self.scratch.spare);
        if buf.len() < len {
            buf.resize(len, 0);
        }
        buf
    }

    /// Takes back what [`Cx::lend`] has lent.
    pub fn give_back(&mut self, buf: Vec<u8>) {
        self.scratch.spare = buf;
    }

    /// The target itself.
    pub fn target(&mut self) -> &mut dyn Target {
        self.target
    }
}

/// The bits of a number of this many bytes.
pub(crate) const fn mask(bytes: u32) -> u64 {
    if bytes >= 8 { u64::MAX } else { (1 << (bytes * 8)) - 1 }
}
