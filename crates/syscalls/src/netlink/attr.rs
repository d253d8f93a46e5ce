//! Attributes: `struct nlattr` of `linux/netlink.h`, tables that tell what they hold, and the walker over them.

use super::chain::{Data, Link, show_chain, show_with_data};
use decode::prelude::*;
use uapi::consts::*;

/// What an attribute holds.
#[derive(Clone, Copy)]
pub(super) enum Is {
    /// Bytes of which nothing more is known.
    Raw,
    /// A value; where there are fewer bytes than it has, they are shown as bytes.
    Value(Ty),
    /// A string; a NUL at its end is left out.
    Text,
    /// Attributes.
    Nest(&'static Set),
    /// Values of one type up to the end.
    Array(Ty),
    /// As [`Is::Array`], with a name for each index.
    Indexed(Ty, &'static Index),
    /// A struct that has grown from version to version of the kernel: it has one of these sizes, or at least the last.
    Versions(&'static Record, &'static [u64]),
    /// A value, and behind it something else.
    Then(Ty, &'static Is),
    /// What code shows; false, and nothing shown: bytes.
    Code(fn(&mut Cx<'_>, Data, &mut Scope) -> bool),
}

/// The names of an array's indices.
pub(super) struct Index {
    /// By number.
    pub(super) names: Names,
    /// What the first index has in the table of names.
    pub(super) first: u64,
    /// What stands behind a name: `-1` where indices are one less than what the names stand for.
    pub(super) suffix: &'static str,
}

/// Attributes that may stand together: their names, and what they hold.
pub(super) struct Set {
    /// What an attribute without a name is called in a comment, such as `IFLA_???`. Empty: no comment.
    pub(super) unknown: &'static str,
    /// The attributes that are known.
    pub(super) rows: &'static [(Const, Is)],
    /// Names of attributes beyond those: nothing is known of what they hold.
    pub(super) names: Option<&'static Names>,
    /// Another set that names those beyond them.
    pub(super) names_of: Option<&'static Set>,
    /// What an attribute holds that has no row.
    pub(super) other: Is,
}

/// A set of attributes; see [`Set`].
pub(super) const fn set(unknown: &'static str, rows: &'static [(Const, Is)]) -> Set {
    Set { unknown, rows, names: None, names_of: None, other: Is::Raw }
}

/// A set whose attributes are numbered, and hold all the same.
pub(super) const fn numbered(each: Is) -> Set {
    Set { unknown: "", rows: &[], names: None, names_of: None, other: each }
}

impl Set {
    /// As this set, with names for attributes that have no row.
    pub(super) const fn named(mut self, names: &'static Names) -> Set {
        self.names = Some(names);
        self
    }

    /// As this set, with the names of another for attributes that have no row.
    pub(super) const fn named_as(mut self, set: &'static Set) -> Set {
        self.names_of = Some(set);
        self
    }

    fn row(&self, cx: &Plain<'_>, number: u64) -> Option<&'static (Const, Is)> {
        self.rows.iter().find(|(name, _)| cx.is(number, *name))
    }

    fn show_number(&self, cx: &mut Cx<'_>, number: u64) {
        match (self.row(cx, number), self.names) {
            (Some((known, _)), _) => cx.named(number, Base::Hex, known.name),
            (None, Some(names)) => cx.enumerated(W2, names, number),
            (None, None) if self.names_of.is_some() => {
                if let Some(set) = self.names_of {
                    set.show_number(cx, number);
                }
            }
            (None, None) => cx.out.symbolic(number, Base::Hex, &[], self.unknown),
        }
    }
}

/// What the attributes of a message depend on beyond their own set.
#[derive(Clone, Copy, Default)]
pub(super) struct Scope {
    /// The address family that the message is about.
    pub(super) family: u64,
    /// The kind of link that has been named.
    pub(super) kind: KindName,
    /// The kind of its master that has been named.
    pub(super) slave_kind: KindName,
    /// The operations of the generic family that has been named, if they are known.
    pub(super) operations: Option<&'static Names>,
    /// How many sets the one at hand stands in.
    pub(super) depth: u8,
}

/// The name of a kind of link or of a generic family: as much of it as the kernel's own have.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct KindName([u8; KindName::MOST]);

impl KindName {
    const MOST: usize = 16;

    /// Reads a name; none if it can't be read.
    pub(super) fn read(cx: &mut Cx<'_>, data: Data) -> KindName {
        let mut name = [0; KindName::MOST];
        let len = data.len.min(KindName::MOST as u64) as usize;
        let got = cx.read_some(data.addr, &mut name[..len]);
        let end = name[..got].iter().position(|&b| b == 0).unwrap_or(got);
        name[end..].fill(0);
        KindName(name)
    }

    /// Whether it is this name.
    pub(super) fn is(&self, name: &str) -> bool {
        let end = self.0.iter().position(|&b| b == 0).unwrap_or(self.0.len());
        &self.0[..end] == name.as_bytes()
    }
}

/// The most sets in one another: what goes deeper is shown as bytes. No protocol has half as many.
const MAX_DEPTH: u8 = 24;

/// The size of `struct nlattr`.
const HEADER: usize = 4;
/// The bits of an attribute's type that are no part of its number.
static TYPE_FLAGS: [Const; 2] = [NLA_F_NESTED, NLA_F_NET_BYTEORDER];

/// Shows a set of attributes.
pub(super) fn show_attributes(cx: &mut Cx<'_>, data: Data, set: &'static Set, scope: &mut Scope) {
    if scope.depth >= MAX_DEPTH {
        return show_raw(cx, data);
    }
    scope.depth += 1;
    let length = |header: &[u8; HEADER]| u64::from(u16::from_le_bytes([header[0], header[1]]));
    show_chain(cx, data, length, |cx, attribute| show_attribute(cx, attribute, set, scope));
    scope.depth -= 1;
}

fn show_attribute(cx: &mut Cx<'_>, attribute: Link<HEADER>, set: &'static Set, scope: &mut Scope) {
    let [len0, len1, type0, type1] = attribute.header;
    let kind = u64::from(u16::from_le_bytes([type0, type1]));
    let flags = NLA_F_NESTED.v() | NLA_F_NET_BYTEORDER.v();
    let number = kind & !flags;
    let header = |cx: &mut Cx<'_>| {
        cx.out.open(Kind::Struct);
        cx.out.field("nla_len");
        cx.out.uint(u64::from(u16::from_le_bytes([len0, len1])));
        cx.out.field("nla_type");
        show_type(cx, kind & flags, number, set);
        cx.out.close(Kind::Struct);
    };
    let is = set.row(cx, number).map_or(&set.other, |(_, is)| is);
    show_with_data(cx, attribute.data, header, |cx| show_payload(cx, attribute.data, is, scope));
}

fn show_type(cx: &mut Cx<'_>, flags: u64, number: u64, set: &Set) {
    if flags == 0 {
        return set.show_number(cx, number);
    }
    cx.out.open(Kind::Terms);
    for flag in TYPE_FLAGS.iter().filter(|flag| flags & flag.v() != 0) {
        cx.out.item();
        cx.named(flag.v(), Base::Hex, flag.name);
    }
    cx.out.item();
    set.show_number(cx, number);
    cx.out.close(Kind::Terms);
}

/// Shows what an attribute holds.
pub(super) fn show_payload(cx: &mut Cx<'_>, data: Data, is: &'static Is, scope: &mut Scope) {
    match is {
        Is::Raw => show_raw(cx, data),
        Is::Value(ty) if data.len >= cx.size_of(ty) as u64 => cx.in_place(ty, data.addr),
        Is::Value(_) => show_raw(cx, data),
        Is::Text => show_text(cx, data),
        Is::Nest(set) => show_attributes(cx, data, set, scope),
        Is::Array(ty) | Is::Indexed(ty, _) if data.len < cx.size_of(ty) as u64 => show_raw(cx, data),
        Is::Array(ty) => cx.array(ty, data.addr, data.len / cx.size_of(ty).max(1) as u64),
        Is::Indexed(ty, index) => show_indexed(cx, data, ty, index),
        Is::Versions(record, sizes) => show_version(cx, data, record, sizes),
        Is::Then(ty, rest) => {
            let size = cx.size_of(ty) as u64;
            if data.len < size {
                return show_raw(cx, data);
            }
            cx.in_place(ty, data.addr);
            if data.len > size {
                cx.out.item();
                show_payload(cx, data.after(size), rest, scope);
            }
        }
        Is::Code(show) => {
            if !show(cx, data, scope) {
                show_raw(cx, data);
            }
        }
    }
}

/// Shows a string that should end with a NUL.
pub(super) fn show_text(cx: &mut Cx<'_>, data: Data) {
    let len = data.len.min(cx.options.strings as u64).min(u64::from(u16::MAX)) as usize;
    let mut bytes = vec![0; len];
    if !cx.read(data.addr, &mut bytes) {
        return cx.out.addr(data.addr);
    }
    match bytes.strip_suffix(b"\0") {
        Some(text) => cx.out.bytes(text, Text::Ended, false),
        None => cx.out.bytes(&bytes, Text::Plain, true),
    }
}

/// Shows bytes as such.
pub(super) fn show_raw(cx: &mut Cx<'_>, data: Data) {
    cx.buffer(data.addr, data.len, Text::Binary);
}

/// Shows an array whose indices have names: each element is a number.
fn show_indexed(cx: &mut Cx<'_>, data: Data, ty: &'static Ty, index: &'static Index) {
    let size = cx.size_of(ty).clamp(1, 8);
    let count = data.len / size as u64;
    let shown = if cx.abbrev() { count.min(cx.options.strings as u64) } else { count };
    let mut at = data.addr;
    for i in 0..shown {
        let Some(v) = cx.read_uint(at, size) else {
            if i == 0 {
                return cx.out.addr(at);
            }
            cx.out.more_at(at);
            return cx.out.close(Kind::Array);
        };
        if i == 0 {
            cx.out.open(Kind::Array);
        }
        match index.names.find(i + index.first, u64::MAX, cx.abi) {
            Some(name) => cx.out.index_named(i, &[Part::Joined(name, index.suffix)], ""),
            None => cx.out.index_named(i, &[], index.names.unknown),
        }
        cx.show(ty, v);
        at = at.wrapping_add(size as u64);
    }
    if shown < count {
        cx.out.more();
    }
    cx.out.close(Kind::Array);
}

fn show_version(cx: &mut Cx<'_>, data: Data, record: &'static Record, sizes: &[u64]) {
    let last = sizes.last().copied().unwrap_or(0);
    if data.len < last && !sizes.contains(&data.len) {
        return show_raw(cx, data);
    }
    cx.record_at(record, data.addr, data.len.min(last) as usize);
}
