//! What is said of a call, as it is kept: the same words, with places in stores where those borrow.

use decode::{
    Aux, Base, Change, Context, Extent, FdInfo, Index, Kind, More, Part, Remark, Role, Scalar, Sink, Text,
};
use std::net::IpAddr;

/// Where something stands in a store: the first and the one behind the last.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    start: u32,
    end: u32,
}

/// The most bytes that are kept of a call. What goes beyond is left out: a call that tells more is not a call that
/// anybody reads.
const MOST_BYTES: usize = 64 << 20;

/// Bytes, terms of numbers, and what descriptors stand for.
#[derive(Clone, Debug, Default)]
pub(super) struct Stores {
    bytes: Vec<u8>,
    parts: Vec<Part>,
    descriptors: Vec<FdInfo<'static>>,
    contexts: Vec<Context<'static>>,
}

/// A thing that has been said.
#[derive(Clone, Copy, Debug)]
pub(super) enum Entry {
    Arg(Span, bool),
    Scalar(KeptScalar),
    Remark(KeptRemark),
    /// A group begins, which ends at this entry.
    Open {
        group: Group,
        end: usize,
    },
    Close(Group),
    Member(Span, bool),
    Element(KeptIndex),
    Rest(KeptMore),
    /// In a change: the value after the call follows.
    After,
    /// In what the result means: another part.
    Part(Span),
}

/// What entries may stand in.
#[derive(Clone, Copy, Debug)]
pub(super) enum Group {
    Kind(KeptKind),
    Change,
    Aux,
}

/// [`Scalar`], kept.
#[derive(Clone, Copy, Debug)]
pub(super) enum KeptScalar {
    /// One that borrows nothing.
    Plain(Scalar<'static>),
    Word(Span),
    /// What it stands for is found at this place.
    Fd(i32, Option<usize>),
    Cwd(Option<Span>),
    Pid(i32, Option<Span>),
    Named {
        value: u64,
        base: Base,
        parts: Span,
        unknown: Span,
        role: Role,
    },
    Spelled {
        value: u64,
        base: Base,
        name: Span,
    },
    Bytes {
        bytes: Span,
        text: Text,
        more: bool,
    },
    Set {
        inverted: bool,
        members: Span,
    },
    Ip {
        member: Span,
        ip: IpAddr,
        bytes: Option<Span>,
    },
    Network {
        function: Span,
        bytes: Span,
        value: u64,
    },
    Encoded(Span, Span),
    Hardware(Span),
    Interface(u32, Option<Span>),
}

/// [`Remark`], kept.
#[derive(Clone, Copy, Debug)]
pub(super) enum KeptRemark {
    Plain(Remark<'static>),
    Note(Span),
    Meaning(Span),
    Count {
        count: u64,
        noun: Span,
        extent: Extent,
    },
    Times(u64, Span),
    /// At this place.
    Context(usize),
}

/// [`Kind`], kept.
#[derive(Clone, Copy, Debug)]
pub(super) enum KeptKind {
    Plain(Kind<'static>),
    Macro(Span),
    Composed(Span, u64, Base),
    Wrap(Span),
    Named(Span),
    BitMap(Span),
}

/// [`Index`], kept.
#[derive(Clone, Copy, Debug)]
pub(super) enum KeptIndex {
    Next,
    Name(Span),
    Number(u64, Span, Span),
}

/// [`More`], kept.
#[derive(Clone, Copy, Debug)]
pub(super) enum KeptMore {
    Hidden,
    Unreadable(u64),
    Beyond { from: u64, to: u64, bytes: Option<Span>, more: bool },
}

/// Keeping.
impl Stores {
    pub(super) fn text(&mut self, text: &str) -> Span {
        self.keep(text.as_bytes())
    }

    fn keep(&mut self, bytes: &[u8]) -> Span {
        let start = self.bytes.len();
        if start + bytes.len() <= MOST_BYTES {
            self.bytes.extend_from_slice(bytes);
        }
        span(start, self.bytes.len())
    }

    fn keep_if(&mut self, bytes: Option<&[u8]>) -> Option<Span> {
        bytes.map(|bytes| self.keep(bytes))
    }

    fn parts(&mut self, parts: &[Part]) -> Span {
        let start = self.parts.len();
        self.parts.extend_from_slice(parts);
        span(start, self.parts.len())
    }

    pub(super) fn scalar(&mut self, value: Scalar<'_>) -> KeptScalar {
        match value {
            Scalar::Word(word) => KeptScalar::Word(self.text(word)),
            Scalar::Fd(fd, info) => {
                let place = info.map(|_| self.descriptors.len());
                self.descriptors.extend(info.map(|info| info.clone().into_owned()));
                KeptScalar::Fd(fd, place)
            }
            Scalar::Cwd(path) => KeptScalar::Cwd(self.keep_if(path)),
            Scalar::Pid(pid, about) => KeptScalar::Pid(pid, self.keep_if(about)),
            Scalar::Named { value, base, parts, unknown, role } => {
                let (parts, unknown) = (self.parts(parts), self.text(unknown));
                KeptScalar::Named { value, base, parts, unknown, role }
            }
            Scalar::Spelled { value, base, name } => {
                KeptScalar::Spelled { value, base, name: self.text(name) }
            }
            Scalar::Bytes { bytes, text, more } => {
                let kept = self.keep(bytes);
                KeptScalar::Bytes { bytes: kept, text, more: more || kept.len() < bytes.len() }
            }
            Scalar::Set { inverted, members } => KeptScalar::Set { inverted, members: self.parts(members) },
            Scalar::Ip { member, ip, bytes } => {
                KeptScalar::Ip { member: self.text(member), ip, bytes: self.keep_if(bytes) }
            }
            Scalar::Network { function, bytes, value } => {
                KeptScalar::Network { function: self.text(function), bytes: self.keep(bytes), value }
            }
            Scalar::Encoded(bytes, text) => KeptScalar::Encoded(self.keep(bytes), self.text(text)),
            Scalar::Hardware(address) => KeptScalar::Hardware(self.keep(address)),
            Scalar::Interface(index, name) => KeptScalar::Interface(index, self.keep_if(name)),
            Scalar::Int(v) => KeptScalar::Plain(Scalar::Int(v)),
            Scalar::Uint(v) => KeptScalar::Plain(Scalar::Uint(v)),
            Scalar::Hex(v) => KeptScalar::Plain(Scalar::Hex(v)),
            Scalar::Padded(v, digits) => KeptScalar::Plain(Scalar::Padded(v, digits)),
            Scalar::Oct(v) => KeptScalar::Plain(Scalar::Oct(v)),
            Scalar::Mode(v) => KeptScalar::Plain(Scalar::Mode(v)),
            Scalar::Addr(v) => KeptScalar::Plain(Scalar::Addr(v)),
            Scalar::ResultAddr(v) => KeptScalar::Plain(Scalar::ResultAddr(v)),
            Scalar::Unread(v) => KeptScalar::Plain(Scalar::Unread(v)),
            Scalar::Unknown => KeptScalar::Plain(Scalar::Unknown),
            Scalar::Errno(errno) => KeptScalar::Plain(Scalar::Errno(errno)),
            Scalar::Failure(v, errno) => KeptScalar::Plain(Scalar::Failure(v, errno)),
            Scalar::Missing => KeptScalar::Plain(Scalar::Missing),
        }
    }

    pub(super) fn remark(&mut self, remark: Remark<'_>) -> KeptRemark {
        match remark {
            Remark::Note(text) => KeptRemark::Note(self.text(text)),
            Remark::Meaning(text) => KeptRemark::Meaning(self.text(text)),
            Remark::Count { count, noun, extent } => {
                KeptRemark::Count { count, noun: self.text(noun), extent }
            }
            Remark::Times(count, name) => KeptRemark::Times(count, self.text(name)),
            Remark::Context(context) => {
                self.contexts.push(context.clone().into_owned());
                KeptRemark::Context(self.contexts.len() - 1)
            }
            Remark::Elsewhere(id) => KeptRemark::Plain(Remark::Elsewhere(id)),
            Remark::Time { sec, nsec, digits } => KeptRemark::Plain(Remark::Time { sec, nsec, digits }),
            Remark::Seconds { value, digits } => KeptRemark::Plain(Remark::Seconds { value, digits }),
            Remark::From(address) => KeptRemark::Plain(Remark::From(address)),
            Remark::Bytes(first, last) => KeptRemark::Plain(Remark::Bytes(first, last)),
            Remark::Shifted(bits) => KeptRemark::Plain(Remark::Shifted(bits)),
        }
    }

    pub(super) fn kind(&mut self, kind: Kind<'_>) -> KeptKind {
        match kind {
            Kind::Macro(name) => KeptKind::Macro(self.text(name)),
            Kind::Composed(name, value, base) => KeptKind::Composed(self.text(name), value, base),
            Kind::Wrap(name) => KeptKind::Wrap(self.text(name)),
            Kind::Named(name) => KeptKind::Named(self.text(name)),
            Kind::BitMap(words) => {
                let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
                KeptKind::BitMap(self.keep(&bytes))
            }
            Kind::Struct => KeptKind::Plain(Kind::Struct),
            Kind::Array => KeptKind::Plain(Kind::Array),
            Kind::Deref => KeptKind::Plain(Kind::Deref),
            Kind::Terms => KeptKind::Plain(Kind::Terms),
            Kind::Shift => KeptKind::Plain(Kind::Shift),
            Kind::Sum => KeptKind::Plain(Kind::Sum),
            Kind::Members => KeptKind::Plain(Kind::Members),
            Kind::Set => KeptKind::Plain(Kind::Set),
            Kind::Parts(value, base) => KeptKind::Plain(Kind::Parts(value, base)),
        }
    }

    pub(super) fn index(&mut self, index: Index<'_>) -> KeptIndex {
        match index {
            Index::Next => KeptIndex::Next,
            Index::Name(name) => KeptIndex::Name(self.text(name)),
            Index::Number(number, parts, unknown) => {
                KeptIndex::Number(number, self.parts(parts), self.text(unknown))
            }
        }
    }

    pub(super) fn more(&mut self, more: More<'_>) -> KeptMore {
        match more {
            More::Hidden => KeptMore::Hidden,
            More::Unreadable(address) => KeptMore::Unreadable(address),
            More::Beyond { from, to, bytes, more } => {
                KeptMore::Beyond { from, to, bytes: self.keep_if(bytes), more }
            }
        }
    }
}

fn span(start: usize, end: usize) -> Span {
    let place = |at| u32::try_from(at).unwrap_or(u32::MAX);
    Span { start: place(start), end: place(end) }
}

impl Span {
    fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// Giving back.
impl Stores {
    pub(super) fn bytes_at(&self, span: Span) -> &[u8] {
        self.bytes.get(span.range()).unwrap_or_default()
    }

    pub(super) fn text_at(&self, span: Span) -> &str {
        std::str::from_utf8(self.bytes_at(span)).unwrap_or_default()
    }

    pub(super) fn parts_at(&self, span: Span) -> &[Part] {
        self.parts.get(span.range()).unwrap_or_default()
    }

    fn bytes_if(&self, span: Option<Span>) -> Option<&[u8]> {
        span.map(|span| self.bytes_at(span))
    }

    pub(super) fn scalar_of(&self, kept: KeptScalar) -> Scalar<'_> {
        match kept {
            KeptScalar::Plain(value) => value,
            KeptScalar::Word(word) => Scalar::Word(self.text_at(word)),
            KeptScalar::Fd(fd, place) => Scalar::Fd(fd, place.and_then(|place| self.descriptors.get(place))),
            KeptScalar::Cwd(path) => Scalar::Cwd(self.bytes_if(path)),
            KeptScalar::Pid(pid, about) => Scalar::Pid(pid, self.bytes_if(about)),
            KeptScalar::Named { value, base, parts, unknown, role } => {
                let (parts, unknown) = (self.parts_at(parts), self.text_at(unknown));
                Scalar::Named { value, base, parts, unknown, role }
            }
            KeptScalar::Spelled { value, base, name } => {
                Scalar::Spelled { value, base, name: self.text_at(name) }
            }
            KeptScalar::Bytes { bytes, text, more } => {
                Scalar::Bytes { bytes: self.bytes_at(bytes), text, more }
            }
            KeptScalar::Set { inverted, members } => {
                Scalar::Set { inverted, members: self.parts_at(members) }
            }
            KeptScalar::Ip { member, ip, bytes } => {
                Scalar::Ip { member: self.text_at(member), ip, bytes: self.bytes_if(bytes) }
            }
            KeptScalar::Network { function, bytes, value } => {
                Scalar::Network { function: self.text_at(function), bytes: self.bytes_at(bytes), value }
            }
            KeptScalar::Encoded(bytes, text) => Scalar::Encoded(self.bytes_at(bytes), self.text_at(text)),
            KeptScalar::Hardware(address) => Scalar::Hardware(self.bytes_at(address)),
            KeptScalar::Interface(index, name) => Scalar::Interface(index, self.bytes_if(name)),
        }
    }

    pub(super) fn remark_of(&self, kept: KeptRemark) -> Remark<'_> {
        match kept {
            KeptRemark::Plain(remark) => remark,
            KeptRemark::Note(text) => Remark::Note(self.text_at(text)),
            KeptRemark::Meaning(text) => Remark::Meaning(self.text_at(text)),
            KeptRemark::Count { count, noun, extent } => {
                Remark::Count { count, noun: self.text_at(noun), extent }
            }
            KeptRemark::Times(count, name) => Remark::Times(count, self.text_at(name)),
            KeptRemark::Context(place) => match self.contexts.get(place) {
                Some(context) => Remark::Context(context),
                None => Remark::Note(""),
            },
        }
    }

    /// Gives the kind to `body`: the words of a bit map are put together for it.
    fn with_kind(&self, kept: KeptKind, body: impl FnOnce(Kind<'_>)) {
        match kept {
            KeptKind::Plain(kind) => body(kind),
            KeptKind::Macro(name) => body(Kind::Macro(self.text_at(name))),
            KeptKind::Composed(name, value, base) => body(Kind::Composed(self.text_at(name), value, base)),
            KeptKind::Wrap(name) => body(Kind::Wrap(self.text_at(name))),
            KeptKind::Named(name) => body(Kind::Named(self.text_at(name))),
            KeptKind::BitMap(words) => {
                let (words, _) = self.bytes_at(words).as_chunks();
                let words: Vec<u64> = words.iter().map(|word| u64::from_le_bytes(*word)).collect();
                body(Kind::BitMap(&words));
            }
        }
    }

    fn index_of(&self, kept: KeptIndex) -> Index<'_> {
        match kept {
            KeptIndex::Next => Index::Next,
            KeptIndex::Name(name) => Index::Name(self.text_at(name)),
            KeptIndex::Number(number, parts, unknown) => {
                Index::Number(number, self.parts_at(parts), self.text_at(unknown))
            }
        }
    }

    fn more_of(&self, kept: KeptMore) -> More<'_> {
        match kept {
            KeptMore::Hidden => More::Hidden,
            KeptMore::Unreadable(address) => More::Unreadable(address),
            KeptMore::Beyond { from, to, bytes, more } => {
                More::Beyond { from, to, bytes: self.bytes_if(bytes), more }
            }
        }
    }
}

impl Entry {
    /// Says it again.
    pub(super) fn tell(self, stores: &Stores, sink: &mut dyn Sink) {
        match self {
            Entry::Arg(name, labelled) => sink.arg(stores.text_at(name), labelled),
            Entry::Scalar(value) => sink.scalar(stores.scalar_of(value)),
            Entry::Remark(remark) => sink.remark(stores.remark_of(remark)),
            Entry::Open { group: Group::Kind(kind), .. } => stores.with_kind(kind, |kind| sink.open(kind)),
            Entry::Open { group: Group::Change, .. } => sink.change(Change::Begin),
            Entry::Open { group: Group::Aux, .. } => sink.aux(Aux::Begin),
            Entry::Close(Group::Kind(kind)) => stores.with_kind(kind, |kind| sink.close(kind)),
            Entry::Close(Group::Change) => sink.change(Change::End),
            Entry::Close(Group::Aux) => sink.aux(Aux::End),
            Entry::Member(name, named) => sink.member(stores.text_at(name), named),
            Entry::Element(index) => sink.element(stores.index_of(index)),
            Entry::Rest(more) => sink.rest(stores.more_of(more)),
            Entry::After => sink.change(Change::After),
            Entry::Part(name) => sink.aux(Aux::Part(stores.text_at(name))),
        }
    }
}
