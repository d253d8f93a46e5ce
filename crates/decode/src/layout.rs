//! Sizes and offsets, computed per class of ABI by C's rules.

use crate::ty::{Arg, Len, MAX_FIELDS, Ty, Width};
use uapi::Abi;

/// ABIs that lay structs out alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// 64-bit `long` and pointers.
    Lp64 = 0,
    /// 32-bit `long`, 64-bit integers aligned to 8.
    Ilp32 = 1,
    /// 32-bit `long`, 64-bit integers aligned to 4.
    I386 = 2,
    /// 32-bit `long` and pointers, 64-bit `__kernel_long_t`.
    X32 = 3,
}

impl Class {
    /// The class of an ABI.
    pub const fn of(abi: Abi) -> Class {
        match abi {
            Abi::X86_64 | Abi::Aarch64 | Abi::Riscv64 => Class::Lp64,
            Abi::I386 => Class::I386,
            Abi::X32 => Class::X32,
        }
    }

    const fn word(self) -> u32 {
        match self {
            Class::Lp64 => 8,
            _ => 4,
        }
    }
}

impl Width {
    /// The width in bytes.
    pub const fn bytes(self, class: Class) -> u32 {
        match self {
            Width::W1 => 1,
            Width::W2 => 2,
            Width::W4 => 4,
            Width::W8 => 8,
            Width::Long => class.word(),
            Width::KLong => match class {
                Class::Lp64 | Class::X32 => 8,
                _ => 4,
            },
        }
    }

    const fn align(self, class: Class) -> u32 {
        let bytes = self.bytes(class);
        if bytes == 8 && matches!(class, Class::I386) { 4 } else { bytes }
    }
}

/// Where a record's fields are.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// The record's size in bytes.
    pub size: u16,
    /// Its alignment.
    pub align: u16,
    /// The offset of each field.
    pub offsets: [u16; MAX_FIELDS],
    /// The size of each field in bytes.
    pub sizes: [u16; MAX_FIELDS],
}

/// The size and alignment of a type in a record, in bytes. Data behind a pointer counts as the pointer.
pub const fn size_align(ty: &Ty, class: Class) -> (u32, u32) {
    match ty {
        Ty::Int(w, _)
        | Ty::Flags(w, _)
        | Ty::Enum(w, _)
        | Ty::Scalar(w, _)
        | Ty::ScalarHook(w, _)
        | Ty::FdLike(w, _) => (w.bytes(class), w.align(class)),
        Ty::Fd | Ty::DirFd | Ty::Pid(_) => (4, 4),
        Ty::Wide(_) => (8, Width::W8.align(class)),
        Ty::Addr | Ty::Path | Ty::Str | Ty::At(..) | Ty::Hook(_) => (class.word(), class.word()),
        Ty::CharArray(n) | Ty::Pad(n) | Ty::Bytes(Len::Const(n)) | Ty::Binary(Len::Const(n)) => (*n, 1),
        Ty::Struct(r) | Ty::Members(r, _) => {
            (r.layouts[class as usize].size as u32, r.layouts[class as usize].align as u32)
        }
        Ty::Array(t, Len::Const(n)) => {
            let (size, align) = size_align(t, class);
            (size * *n, align)
        }
        Ty::If(_, of) | Ty::Changes(of) => size_align(of, class),
        Ty::Union(u) => union_size(&u.other, u.cases, class),
        Ty::Inline(sizes, align, _) => inline_size(sizes, *align, class),
        Ty::InlineHook(code) => inline_size(&code.sizes, code.align, class),
        Ty::Bytes(_)
        | Ty::Binary(_)
        | Ty::Array(..)
        | Ty::Sized { .. }
        | Ty::InPlace(_)
        | Ty::Form(..)
        | Ty::ByAbi(_)
        | Ty::Filled(..)
        | Ty::Becomes(..)
        | Ty::Replaced(..) => (0, 1),
    }
}

const fn inline_size(sizes: &[u16; 3], align: u8, class: Class) -> (u32, u32) {
    let size = match class {
        Class::Lp64 => sizes[0],
        Class::I386 | Class::Ilp32 => sizes[1],
        Class::X32 => sizes[2],
    };
    let align = if align == 8 && matches!(class, Class::I386) { 4 } else { align };
    (size as u32, align as u32)
}

const fn union_size(other: &Ty, cases: &[(uapi::Const, Ty)], class: Class) -> (u32, u32) {
    let (mut size, mut align) = size_align(other, class);
    let mut i = 0;
    while i < cases.len() {
        let (s, a) = size_align(&cases[i].1, class);
        if s > size {
            size = s;
        }
        if a > align {
            align = a;
        }
        i += 1;
    }
    (round_up(size, align), align)
}

const fn round_up(n: u32, to: u32) -> u32 {
    n.div_ceil(to) * to
}

/// Lays fields out one after the other.
pub(crate) const fn layout(fields: &[Arg], class: Class, packed: bool) -> Layout {
    let (mut offsets, mut sizes) = ([0; MAX_FIELDS], [0; MAX_FIELDS]);
    let (mut at, mut align) = (0, 1);
    let mut i = 0;
    while i < fields.len() {
        let (size, mut a) = size_align(&fields[i].ty, class);
        if packed {
            a = 1;
        }
        at = round_up(at, a);
        offsets[i] = at as u16;
        sizes[i] = size as u16;
        at += size;
        if a > align {
            align = a;
        }
        i += 1;
    }
    Layout { size: round_up(at, align) as u16, align: align as u16, offsets, sizes }
}
