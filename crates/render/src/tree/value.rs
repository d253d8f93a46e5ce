//! One value of a kept call, and the way through those inside of it.

use super::Tree;
use super::kept::{Entry, Group, KeptIndex, KeptKind, KeptMore, KeptScalar};
use crate::text::Text;
use crate::{Render, Style};
use decode::{AT_FDCWD, Base, FdInfo, Kind, Part, Scalar};
use std::borrow::Cow;
use std::ffi::OsStr;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// A decoded value: a number with its names, bytes, an address, a descriptor, a struct, an array, …
///
/// Each question that can be asked of it is a method, which answers `None` where the value is nothing of that kind. What
/// a pointer points to stands in the pointer's place; a pointer that can't or needn't be followed is an
/// [`address`](Value::address). `Display` shows a value as strace does.
#[derive(Clone, Copy)]
pub struct Value<'t> {
    tree: &'t Tree,
    /// The entry of a scalar, or the one at which a group begins.
    at: usize,
}

/// A number of either sign.
enum Number {
    Signed(i64),
    Unsigned(u64),
}

/// What is asked of one value.
impl<'t> Value<'t> {
    /// The number that it is, or stands for: an integer, a flag word, a descriptor, an id, an address, a port in the
    /// order of this machine. `None` if it is nothing of that kind, or doesn't fit.
    pub fn int(self) -> Option<i64> {
        match self.number()? {
            Number::Signed(v) => Some(v),
            Number::Unsigned(v) => i64::try_from(v).ok(),
        }
    }

    /// As [`Value::int`], for numbers that are not negative.
    pub fn uint(self) -> Option<u64> {
        match self.number()? {
            Number::Signed(v) => u64::try_from(v).ok(),
            Number::Unsigned(v) => Some(v),
        }
    }

    fn number(self) -> Option<Number> {
        let core = self.core();
        match core.entry()? {
            Entry::Scalar(kept) => scalar_number(self.tree.stores.scalar_of(kept)),
            Entry::Open { group: Group::Kind(kind), .. } => core.group_number(kind),
            _ => None,
        }
    }

    fn group_number(self, kind: KeptKind) -> Option<Number> {
        match kind {
            KeptKind::Plain(Kind::Parts(v, base)) | KeptKind::Composed(_, v, base) => Some(of_base(v, base)),
            KeptKind::Plain(kind @ (Kind::Terms | Kind::Shift | Kind::Sum)) => {
                let mut terms = self.members().map(|(_, term)| term.uint());
                let first = terms.next()??;
                let whole = terms.try_fold(first, |all, term| match kind {
                    Kind::Terms => Some(all | term?),
                    Kind::Shift => all.checked_shl(u32::try_from(term?).ok()?),
                    _ => Some(all.wrapping_add(term?)),
                });
                whole.map(Number::Unsigned)
            }
            _ => None,
        }
    }

    /// The kernel's names for the number, such as `O_RDWR` and `O_CREAT`: those of all bits that have one.
    pub fn names(self) -> Vec<Cow<'t, str>> {
        let mut names = Vec::new();
        self.collect_names(&mut names);
        names
    }

    fn collect_names(self, names: &mut Vec<Cow<'t, str>>) {
        let stores = &self.tree.stores;
        match self.entry() {
            Some(Entry::Scalar(KeptScalar::Cwd(_))) => names.push("AT_FDCWD".into()),
            Some(Entry::Scalar(KeptScalar::Spelled { name, .. })) => names.push(stores.text_at(name).into()),
            Some(Entry::Scalar(KeptScalar::Named { parts, .. } | KeptScalar::Set { members: parts, .. })) => {
                names.extend(stores.parts_at(parts).iter().filter_map(part_name));
            }
            Some(Entry::Open { group: Group::Kind(KeptKind::Named(name)), .. }) => {
                names.push(stores.text_at(name).into());
            }
            Some(Entry::Open { group, .. }) if is_one_number(group) => {
                self.members().for_each(|(_, term)| term.collect_names(names));
            }
            Some(Entry::Open { .. }) if self.core().at != self.at => self.core().collect_names(names),
            _ => {}
        }
    }

    /// Whether this is one of its [names](Value::names).
    pub fn has(self, name: &str) -> bool {
        self.names().iter().any(|known| known == name)
    }

    /// The bytes that it is: a path, a string, the contents of a buffer; without the NUL that ends it.
    pub fn bytes(self) -> Option<&'t [u8]> {
        match self.scalar()? {
            Scalar::Bytes { bytes, .. } | Scalar::Hardware(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The bytes that it is, as a path, if all of them are there.
    pub fn path(self) -> Option<&'t Path> {
        match self.scalar()? {
            Scalar::Bytes { bytes, more: false, .. } => Some(Path::new(OsStr::from_bytes(bytes))),
            _ => None,
        }
    }

    /// Whether there is more than is given: of bytes, of an array, of a struct.
    pub fn is_cut(self) -> bool {
        let core = self.core();
        match core.entry() {
            Some(Entry::Scalar(KeptScalar::Bytes { more, .. })) => more,
            Some(Entry::Open { end, .. }) => core.has_rest(end),
            _ => false,
        }
    }

    fn has_rest(self, end: usize) -> bool {
        let entries = &self.tree.entries;
        let mut at = self.at + 1;
        while at < end.min(entries.len()) {
            match entries[at] {
                Entry::Rest(KeptMore::Hidden | KeptMore::Unreadable(_) | KeptMore::Beyond { .. }) => {
                    return true;
                }
                Entry::Open { end, .. } => at = end.max(at),
                _ => {}
            }
            at = at.saturating_add(1);
        }
        false
    }

    /// The pointer that it is, where what it points to is not told: it can't be read, nobody knows what it is, or
    /// the call has yet to fill it.
    pub fn address(self) -> Option<u64> {
        match self.scalar()? {
            Scalar::Addr(v) | Scalar::ResultAddr(v) | Scalar::Unread(v) => Some(v),
            _ => None,
        }
    }

    /// The descriptor that it is; `AT_FDCWD` (-100) for the working directory.
    pub fn fd(self) -> Option<i32> {
        match self.scalar()? {
            Scalar::Fd(fd, _) => Some(fd),
            Scalar::Cwd(_) => Some(AT_FDCWD),
            _ => None,
        }
    }

    /// What the descriptor stands for, if that has been asked for and is known.
    pub fn stands_for(self) -> Option<&'t FdInfo<'t>> {
        match self.scalar()? {
            Scalar::Fd(_, info) => info,
            _ => None,
        }
    }

    /// The id that it is, of a process, thread, group or session, as the program sees it.
    pub fn pid(self) -> Option<i32> {
        match self.scalar()? {
            Scalar::Pid(pid, _) => Some(pid),
            _ => None,
        }
    }

    /// The word that it is, where no number stands behind it: `true`.
    pub fn word(self) -> Option<&'t str> {
        match self.scalar()? {
            Scalar::Word(word) => Some(word),
            _ => None,
        }
    }

    /// The IP address that it is.
    pub fn ip(self) -> Option<IpAddr> {
        match self.scalar()? {
            Scalar::Ip { ip, .. } => Some(ip),
            _ => None,
        }
    }

    /// The address and port that it is, if it is a socket's address of an Internet protocol.
    pub fn socket_address(self) -> Option<SocketAddr> {
        let ip = self.members().find_map(|(_, value)| value.ip())?;
        let port = self.members().find(|(name, _)| name.ends_with("_port"))?.1.uint()?;
        Some(SocketAddr::new(ip, u16::try_from(port).ok()?))
    }

    /// Where a call changes the value: what it is afterwards. The value itself is what it was before.
    pub fn after(self) -> Option<Value<'t>> {
        let Some(Entry::Open { group: Group::Change, end }) = self.entry() else { return None };
        let mut at = self.at + 1;
        while at < end.min(self.tree.entries.len()) {
            match self.tree.entries[at] {
                Entry::After => return Members::new(self.tree, at, end).next().map(|(_, value)| value),
                Entry::Open { end, .. } => at = end.max(at),
                _ => {}
            }
            at = at.saturating_add(1);
        }
        None
    }
}

/// What is inside of a value.
impl<'t> Value<'t> {
    /// Whether it is a struct: what is inside of it has names.
    pub fn is_struct(self) -> bool {
        matches!(self.core().kind(), Some(KeptKind::Plain(Kind::Struct | Kind::Members)))
    }

    /// Whether it is an array.
    pub fn is_array(self) -> bool {
        matches!(self.core().kind(), Some(KeptKind::Plain(Kind::Array | Kind::Set)))
    }

    /// The members of a struct with their names, the elements of an array, the arguments of a macro; nothing, if it is
    /// none of those. Elements have the names of their indices, if these have any, and else none.
    pub fn members(self) -> Members<'t> {
        let core = self.core();
        match core.entry() {
            Some(Entry::Open { end, .. }) => Members::new(self.tree, core.at + 1, end),
            _ => Members::new(self.tree, 0, 0),
        }
    }

    /// The member of a struct that has this name.
    pub fn get(self, name: &str) -> Option<Value<'t>> {
        self.members().find(|(of, _)| *of == name).map(|(_, value)| value)
    }

    /// The element of an array at this index, from 0.
    pub fn at(self, index: usize) -> Option<Value<'t>> {
        self.members().nth(index).map(|(_, value)| value)
    }

    fn entry(self) -> Option<Entry> {
        self.tree.entries.get(self.at).copied()
    }

    fn kind(self) -> Option<KeptKind> {
        match self.entry()? {
            Entry::Open { group: Group::Kind(kind), .. } => Some(kind),
            _ => None,
        }
    }

    /// The value without what is only put around it: the brackets of a pointer's target, a macro that adds nothing.
    fn core(self) -> Value<'t> {
        let mut value = self;
        while let Some(Entry::Open { group, end }) = value.entry() {
            let is_wrapper = match group {
                Group::Change => true,
                Group::Kind(KeptKind::Wrap(_) | KeptKind::Named(_) | KeptKind::BitMap(_)) => true,
                Group::Kind(KeptKind::Plain(Kind::Deref)) => true,
                Group::Kind(_) | Group::Aux => false,
            };
            match Members::new(value.tree, value.at + 1, end).next() {
                Some((_, inner)) if is_wrapper => value = inner,
                _ => break,
            }
        }
        value
    }

    fn scalar(self) -> Option<Scalar<'t>> {
        match self.core().entry()? {
            Entry::Scalar(kept) => Some(self.tree.stores.scalar_of(kept)),
            _ => None,
        }
    }
}

/// As strace shows it.
impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = match self.entry() {
            Some(Entry::Open { end, .. }) => end.saturating_add(1),
            _ => self.at + 1,
        };
        let is_remark = |entry: &&Entry| matches!(entry, Entry::Remark(_));
        let rest = self.tree.entries.get(end..).unwrap_or_default();
        let end = end.min(self.tree.entries.len()) + rest.iter().take_while(is_remark).count();
        let mut text = Text::new(Style::default());
        self.tree.tell(self.at, end, &mut text);
        f.write_str(&String::from_utf8_lossy(text.buffer()))
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Values that stand side by side, with their names; empty for those without.
#[derive(Clone, Debug)]
pub struct Members<'t> {
    tree: &'t Tree,
    at: usize,
    end: usize,
}

impl<'t> Members<'t> {
    pub(super) fn new(tree: &'t Tree, at: usize, end: usize) -> Members<'t> {
        Members { tree, at, end: end.min(tree.entries.len()) }
    }
}

impl<'t> Iterator for Members<'t> {
    type Item = (&'t str, Value<'t>);

    fn next(&mut self) -> Option<Self::Item> {
        let stores = &self.tree.stores;
        let mut name = "";
        while self.at < self.end {
            let at = self.at;
            self.at += 1;
            let value = Value { tree: self.tree, at };
            match self.tree.entries[at] {
                Entry::Arg(of, _) | Entry::Member(of, _) | Entry::Part(of) => name = stores.text_at(of),
                Entry::Element(KeptIndex::Name(of)) => name = stores.text_at(of),
                Entry::Element(KeptIndex::Number(_, parts, _)) => {
                    name = stores.parts_at(parts).iter().find_map(plain_name).unwrap_or("");
                }
                Entry::Element(KeptIndex::Next) => name = "",
                Entry::Scalar(KeptScalar::Ip { member, .. }) if !stores.text_at(member).is_empty() => {
                    return Some((stores.text_at(member), value));
                }
                Entry::Scalar(_) => return Some((name, value)),
                Entry::Open { group, end } => {
                    self.at = end.saturating_add(1);
                    if !matches!(group, Group::Aux) {
                        return Some((name, value));
                    }
                }
                Entry::Remark(_) | Entry::Close(_) | Entry::Rest(_) | Entry::After => {}
            }
        }
        None
    }
}

/// Whether what is inside of a group are the terms of one number.
fn is_one_number(group: Group) -> bool {
    let Group::Kind(kind) = group else { return false };
    let is_sum = |kind| matches!(kind, Kind::Terms | Kind::Shift | Kind::Sum | Kind::Parts(..));
    matches!(kind, KeptKind::Composed(..)) || matches!(kind, KeptKind::Plain(kind) if is_sum(kind))
}

fn scalar_number(scalar: Scalar<'_>) -> Option<Number> {
    Some(match scalar {
        Scalar::Int(v) => Number::Signed(v),
        Scalar::Uint(v) | Scalar::Hex(v) | Scalar::Padded(v, _) | Scalar::Oct(v) | Scalar::Mode(v) => {
            Number::Unsigned(v)
        }
        Scalar::Addr(v) | Scalar::ResultAddr(v) | Scalar::Unread(v) => Number::Unsigned(v),
        Scalar::Network { value, .. } => Number::Unsigned(value),
        Scalar::Interface(index, _) => Number::Unsigned(index.into()),
        Scalar::Failure(v, _) => Number::Unsigned(v),
        Scalar::Fd(v, _) | Scalar::Pid(v, _) => Number::Signed(v.into()),
        Scalar::Cwd(_) => Number::Signed(AT_FDCWD.into()),
        Scalar::Named { value, base, .. } | Scalar::Spelled { value, base, .. } => of_base(value, base),
        _ => return None,
    })
}

fn of_base(v: u64, base: Base) -> Number {
    match base {
        Base::Dec | Base::SignedHex => Number::Signed(v as i64),
        _ => Number::Unsigned(v),
    }
}

/// The name that a term is, whole.
fn plain_name(part: &Part) -> Option<&'static str> {
    match *part {
        Part::Name(name) | Part::Member(_, name) | Part::HexMember(_, name) | Part::Call(name) => Some(name),
        _ => None,
    }
}

/// The name that a term is, or has in it.
fn part_name<'t>(part: &Part) -> Option<Cow<'t, str>> {
    match *part {
        Part::Joined(a, b) => Some(format!("{a}{b}").into()),
        Part::Negative(name) | Part::Plus(name, _) | Part::NamedPlus(_, name, _) => Some(name.into()),
        Part::Macro(name, ..) | Part::MacroOf(name, ..) => Some(name.into()),
        _ => plain_name(part).map(Into::into),
    }
}
