//! Numbers by chance, and a tracee's memory made of them.

use decode::{Class, Len, Names, Record, Ty, size_align};
use uapi::Abi;

/// xorshift64*: the same numbers for the same seed.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `n`.
    pub(super) fn below(&mut self, n: usize) -> usize {
        (self.next() >> 16) as usize % n.max(1)
    }

    /// True once in `n` times.
    pub(super) fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// One of several.
    pub(super) fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    /// A number as programs use them: small, one bit, all ones, an address, or anything.
    pub(super) fn word(&mut self) -> u64 {
        match self.below(10) {
            0 => 0,
            1..=3 => self.below(16) as u64,
            4 => self.below(300) as u64,
            5 => u64::MAX - self.below(3) as u64,
            6 => Arena::BASE + self.below(Arena::SIZE) as u64,
            7 => 1 << self.below(64),
            8 => u64::from(self.next() as u32 & self.next() as u32 & self.next() as u32),
            _ => self.next(),
        }
    }
}

/// The memory of a call: one page at a fixed address, with nothing behind it.
pub(super) struct Arena {
    pub(super) bytes: Vec<u8>,
    abi: Abi,
    /// Where the next object goes.
    next: usize,
}

impl Arena {
    /// An address that 32-bit programs can have too; as in `probe.c`.
    pub(super) const BASE: u64 = 0x1000_0000;
    /// In bytes.
    pub(super) const SIZE: usize = 4096;

    /// A page full of anything.
    pub(super) fn new(abi: Abi, random: &mut Random) -> Self {
        let mut bytes = Vec::with_capacity(Self::SIZE + 8);
        while bytes.len() < Self::SIZE {
            let word = random.word().to_le_bytes();
            bytes.extend_from_slice(&word[..random.of(&[1, 2, 4, 4, 4, 8])]);
        }
        bytes.truncate(Self::SIZE);
        Self { bytes, abi, next: 0 }
    }

    /// Room for an object, now and then so close to the end of the page that it is cut off: its offset.
    pub(super) fn room(&mut self, size: usize, random: &mut Random) -> usize {
        if random.once_in(25) {
            return Self::SIZE - random.below(size + 9).clamp(1, Self::SIZE);
        }
        if self.next + size > Self::SIZE {
            self.next = 0;
        }
        let at = self.next;
        self.next = (at + size + random.of(&[0, 0, 4])).next_multiple_of(8);
        at
    }

    /// Writes bytes, as far as there is room.
    pub(super) fn put(&mut self, at: usize, bytes: &[u8]) {
        for (to, from) in self.bytes.iter_mut().skip(at).zip(bytes) {
            *to = *from;
        }
    }

    /// Makes an object of type `ty` and gives its address.
    pub(super) fn object(&mut self, ty: &Ty, random: &mut Random, depth: usize) -> u64 {
        let count = random.below(6);
        let (size, times) = match ty {
            Ty::Array(of, Len::Const(n)) => (size_align(of, Class::of(self.abi)).0, *n as usize),
            Ty::Array(of, _) => (size_align(of, Class::of(self.abi)).0, count),
            Ty::Sized { of, .. } => (of.size(self.abi) as u32, 1),
            Ty::InPlace(of) | Ty::If(_, of) => return self.object(of, random, depth),
            Ty::ByAbi(of) => return self.object(of(self.abi), random, depth),
            Ty::Form(..) => return Self::BASE + self.room(256, random) as u64,
            Ty::Filled(given, got) | Ty::Becomes(given, got) | Ty::Replaced(given, got) => {
                let size = |ty| size_align(ty, Class::of(self.abi)).0;
                return self.object(if size(given) < size(got) { got } else { given }, random, depth);
            }
            Ty::Path | Ty::Str | Ty::Bytes(_) | Ty::Binary(_) => return self.text(random),
            _ => (size_align(ty, Class::of(self.abi)).0, 1),
        };
        let element = match ty {
            Ty::Array(of, _) => of,
            _ => ty,
        };
        let at = self.room(size as usize * times.max(1), random);
        for i in 0..times.min(64) {
            self.fill(element, at + i * size as usize, random, depth);
        }
        Self::BASE + at as u64
    }

    /// A short text and its address; not always one that ends.
    pub(super) fn text(&mut self, random: &mut Random) -> u64 {
        let len = random.below(40);
        let at = self.room(len + 1, random);
        let letter = |random: &mut Random| match random.below(12) {
            0 => random.next() as u8,
            1 => b'/',
            _ => b'a' + random.below(26) as u8,
        };
        let mut text: Vec<u8> = (0..len).map(|_| letter(random)).collect();
        if !random.once_in(8) {
            text.push(0);
        }
        self.put(at, &text);
        Self::BASE + at as u64
    }

    /// Fills a stretch with what a value of type `ty` may look like.
    fn fill(&mut self, ty: &Ty, at: usize, random: &mut Random, depth: usize) {
        let class = Class::of(self.abi);
        match ty {
            Ty::Struct(record) | Ty::Members(record, _) => self.record(record, at, random, depth),
            Ty::Sized { of, .. } => self.record(of, at, random, depth),
            Ty::Array(of, Len::Const(n)) => {
                let size = size_align(of, class).0 as usize;
                (0..*n as usize).for_each(|i| self.fill(of, at + i * size, random, depth));
            }
            Ty::Union(union) => {
                let case = random.below(union.cases.len() + 1);
                let ty = union.cases.get(case).map_or(&union.other, |(_, ty)| ty);
                self.fill(ty, at, random, depth);
            }
            // Anything is there already.
            Ty::CharArray(_) | Ty::Bytes(_) | Ty::Binary(_) | Ty::Inline(..) | Ty::Array(..) => {}
            Ty::Pad(n) if random.once_in(2) => self.put(at, &vec![0; *n as usize]),
            Ty::Pad(_) => {}
            _ => {
                let value = self.value(ty, random, depth + 1).to_le_bytes();
                let size = size_align(ty, class).0.min(8) as usize;
                self.put(at, &value[..size]);
            }
        }
    }

    fn record(&mut self, record: &Record, at: usize, random: &mut Random, depth: usize) {
        let layout = record.layout(self.abi);
        for (field, offset) in record.fields.iter().zip(layout.offsets) {
            self.fill(&field.ty, at + usize::from(offset), random, depth);
        }
        // What chooses members of a union is a value that it knows, most of the time.
        for field in record.fields {
            let Ty::Union(union) = &field.ty else { continue };
            let key = record.fields.iter().position(|other| other.name == union.on);
            let case = union.cases.get(random.below(union.cases.len() + 1));
            if let (Some(key), Some((value, ty))) = (key, case)
                && let Some(value) = value.on(self.abi)
            {
                let size = size_align(&record.fields[key].ty, Class::of(self.abi)).0.min(8) as usize;
                self.put(at + usize::from(layout.offsets[key]), &value.to_le_bytes()[..size]);
                let of_field = record.fields.iter().zip(layout.offsets);
                let offset = of_field.filter(|(other, _)| other.name == field.name).map(|(_, offset)| offset);
                offset.for_each(|offset| self.fill(ty, at + usize::from(offset), random, depth));
            }
        }
    }

    /// A value of a type that is shown in place: a number, or the address of an object made for it.
    pub(super) fn value(&mut self, ty: &Ty, random: &mut Random, depth: usize) -> u64 {
        if random.once_in(20) {
            return random.word();
        }
        match ty {
            Ty::Flags(_, names) => flags(names, self.abi, random),
            Ty::Enum(_, names) => {
                let known = named(names, self.abi, random);
                known.filter(|_| !random.once_in(4)).unwrap_or_else(|| random.word())
            }
            Ty::Fd | Ty::FdLike(..) => random.below(40) as u64,
            Ty::DirFd if random.once_in(2) => -100_i64 as u64,
            Ty::At(..) | Ty::Path | Ty::Str if random.once_in(12) => 0,
            Ty::At(_, of) if depth < 4 => self.object(of, random, depth),
            Ty::At(..) | Ty::Hook(_) if random.once_in(2) => Self::BASE + self.room(256, random) as u64,
            Ty::Path | Ty::Str => self.text(random),
            _ => random.word(),
        }
    }
}

/// A flag word: a few flags that have names, and now and then others.
fn flags(names: &Names, abi: Abi, random: &mut Random) -> u64 {
    let mut word = 0;
    for _ in 0..random.below(4) {
        word |= named(names, abi, random).unwrap_or(0);
    }
    if random.once_in(5) { word ^ random.word() } else { word }
}

/// One of the values that a table names. There are tables without any: no value is known yet.
fn named(names: &Names, abi: Abi, random: &mut Random) -> Option<u64> {
    names.entries.get(random.below(names.entries.len()))?.on(abi)
}
