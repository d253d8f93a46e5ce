//! What decoders say.

use super::{Bracket, Json, Last};
use crate::about;
use crate::number::{decimal, dotted, hex_byte};
use crate::plain::is_plain;
use decode::{
    AT_FDCWD, Aux, Base, Change, Context, Extent, Index, Kind, More, Part, Remark, Scalar, Sink, Text as Form,
};
use std::io::Write as _;
use std::net::IpAddr;

impl Sink for Json {
    #[inline]
    fn arg(&mut self, name: &str, _: bool) {
        self.key(name);
    }

    #[inline]
    fn scalar(&mut self, value: Scalar<'_>) {
        match value {
            Scalar::Int(v) => self.signed(v),
            Scalar::Uint(v) | Scalar::Hex(v) | Scalar::Padded(v, _) | Scalar::Oct(v) | Scalar::Mode(v) => {
                self.decimal(v);
            }
            Scalar::Addr(v) | Scalar::ResultAddr(v) => self.address(v),
            Scalar::Unread(0) => self.address(0),
            Scalar::Word(word) => self.string(word),
            Scalar::Fd(v, None) | Scalar::Pid(v, None) => self.signed(v.into()),
            Scalar::Named { value, base, parts, .. } => self.named(value, base, parts),
            Scalar::Bytes { bytes, text, more } => self.bytes(bytes, text, more),
            other => self.rare(other),
        }
    }

    fn remark(&mut self, remark: Remark<'_>) {
        self.add_remark(remark);
    }

    fn open(&mut self, kind: Kind<'_>) {
        match kind {
            Kind::Struct | Kind::Members => self.open_group(Bracket::Object),
            Kind::Array | Kind::Set | Kind::Shift | Kind::Sum | Kind::Terms => {
                self.open_group(Bracket::Array);
            }
            Kind::Macro(name) => {
                self.open_group(Bracket::Own);
                self.key(name);
                self.open_group(Bracket::Array);
            }
            Kind::Composed(name, v, base) => {
                self.open_group(Bracket::Own);
                self.put(b"\"value\":");
                self.based(v, base);
                self.key(name);
                self.open_group(Bracket::Array);
            }
            Kind::Named(name) => {
                self.open_group(Bracket::Own);
                self.text("name", name);
                self.put(b",\"value\":");
            }
            Kind::Parts(v, base) => {
                self.open_group(Bracket::Own);
                self.put(b"\"value\":");
                self.based(v, base);
                self.put(b",\"parts\":");
            }
            Kind::Deref | Kind::Wrap(_) | Kind::BitMap(_) => {}
        }
    }

    fn close(&mut self, kind: Kind<'_>) {
        match kind {
            Kind::Macro(_) | Kind::Composed(..) => {
                self.close_group();
                self.close_group();
            }
            Kind::Deref | Kind::Wrap(_) | Kind::BitMap(_) => {}
            _ => self.close_group(),
        }
    }

    #[inline]
    fn member(&mut self, name: &str, _: bool) {
        self.key(name);
    }

    #[inline]
    fn element(&mut self, index: Index<'_>) {
        self.end_element();
        self.separate();
        match index {
            Index::Next => return,
            Index::Name(name) => {
                self.open_group(Bracket::Element);
                self.text("index", name);
            }
            Index::Number(index, parts, _) => {
                self.open_group(Bracket::Element);
                self.put(b"\"index\":");
                self.named(index, Base::Udec, parts);
            }
        }
        self.put(b",\"value\":");
    }

    fn rest(&mut self, more: More<'_>) {
        self.end_element();
        match more {
            More::Hidden if self.is_in_array() => {
                self.separate();
                self.put(b"{\"more\":true}");
            }
            More::Hidden => self.flag("more"),
            More::Unreadable(addr) => {
                self.separate();
                self.put(b"{\"unreadable\":");
                self.address(addr);
                self.put(b"}");
            }
            More::Beyond { bytes: Some(bytes), more, .. } => {
                self.key("beyond");
                self.bytes(bytes, Form::Binary, more);
            }
            More::Beyond { bytes: None, .. } => self.key("beyond"),
        }
    }

    fn change(&mut self, change: Change) {
        match change {
            Change::Begin => {
                self.open_group(Bracket::Own);
                self.put(b"\"before\":");
            }
            Change::After => {
                self.settle();
                self.put(b",\"after\":");
            }
            Change::End => self.close_group(),
        }
    }

    fn aux(&mut self, aux: Aux<'_>) {
        match aux {
            Aux::Begin => {
                self.key("meaning");
                self.open_group(Bracket::Array);
            }
            Aux::Part(name) => {
                self.separate();
                if !name.is_empty() {
                    self.string(name);
                    self.separate();
                }
            }
            Aux::End => self.close_group(),
        }
    }
}

/// Whether text that can't be told apart from an address would be one.
fn is_like_address(bytes: &[u8]) -> bool {
    let digits = bytes.strip_prefix(b"0x");
    digits.is_some_and(|digits| digits.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
}

impl Json {
    fn is_in_array(&self) -> bool {
        self.groups.last().is_some_and(|group| group.kind == Bracket::Array)
    }

    /// A number in the form that is its own.
    #[inline]
    fn based(&mut self, v: u64, base: Base) {
        match base {
            Base::Dec | Base::SignedHex => self.signed(v as i64),
            _ => self.decimal(v),
        }
    }

    fn named(&mut self, value: u64, base: Base, parts: &[Part]) {
        let start = self.out.len();
        self.put(b"{\"value\":");
        self.based(value, base);
        if let [first, others @ ..] = parts {
            self.put(b",\"names\":[");
            self.part(first);
            for part in others {
                self.out.push(b',');
                self.part(part);
            }
            self.out.push(b']');
        }
        self.out.push(b'}');
        self.last = Last { start, is_own: true };
    }

    fn bytes(&mut self, bytes: &[u8], text: Form, more: bool) {
        let is_bare = !more && text != Form::Abstract && !is_like_address(bytes);
        if is_bare && is_plain(bytes) {
            let out = self.value();
            out.push(b'"');
            out.extend_from_slice(bytes);
            return out.push(b'"');
        }
        match std::str::from_utf8(bytes) {
            Ok(s) if is_bare => return self.string(s),
            Ok(s) => {
                self.open_group(Bracket::Own);
                self.text("text", s);
            }
            Err(_) => {
                self.open_group(Bracket::Own);
                self.key("hex");
                self.hex_string(bytes);
            }
        }
        if more {
            self.flag("truncated");
        }
        if text == Form::Abstract {
            self.flag("abstract");
        }
        self.close_group();
    }

    /// Shows one of the values that few calls have.
    fn rare(&mut self, value: Scalar<'_>) {
        match value {
            Scalar::Unread(addr) => {
                self.open_group(Bracket::Own);
                self.key("unread");
                self.address(addr);
                self.close_group();
            }
            Scalar::Fd(v, Some(info)) => self.descriptor(v, info),
            Scalar::Cwd(Some(path)) => self.annotated("fd", AT_FDCWD.into(), Some(&about::name(path))),
            Scalar::Cwd(None) => self.named(AT_FDCWD as u64, Base::Dec, &[Part::Name("AT_FDCWD")]),
            Scalar::Pid(v, command) => self.annotated("id", v.into(), command.map(about::name).as_deref()),
            Scalar::Spelled { value, base, name } => {
                self.open_group(Bracket::Own);
                self.put(b"\"value\":");
                self.based(value, base);
                self.put(b",\"names\":[");
                self.string(name);
                self.put(b"]");
                self.close_group();
            }
            Scalar::Set { inverted, members } => self.set(inverted, members),
            Scalar::Ip { member, ip, .. } => {
                if !member.is_empty() {
                    self.key(member);
                }
                let out = self.value();
                out.push(b'"');
                match ip {
                    IpAddr::V4(ip) => dotted(out, ip.octets()),
                    IpAddr::V6(ip) => {
                        let _ = write!(out, "{ip}");
                    }
                }
                out.push(b'"');
            }
            Scalar::Network { value, .. } => self.decimal(value),
            Scalar::Encoded(_, text) => self.string(text),
            Scalar::Hardware(bytes) => self.hardware(bytes),
            Scalar::Interface(index, name) => self.annotated("interface", index.into(), name),
            Scalar::Errno(errno) => {
                let is_internal = crate::restart_meaning(errno).is_some();
                self.signed(if is_internal { -i64::from(errno) } else { -1 });
                self.errno(errno);
            }
            Scalar::Failure(v, errno) => {
                self.decimal(v);
                self.errno(errno);
            }
            Scalar::Unknown | Scalar::Missing => self.value().extend_from_slice(b"null"),
            _ => debug_assert!(false, "{value:?} is shown elsewhere"),
        }
    }

    /// The error of a call, behind its result.
    fn errno(&mut self, errno: u32) {
        self.number("errno", errno.into());
        if let Some(name) = uapi::errno::name_of(errno) {
            self.text("error", name);
        }
    }

    /// A security context, in strace's words.
    pub(super) fn context(&mut self, context: &Context<'_>) {
        let mut text = Vec::new();
        about::context(&mut text, context);
        self.raw_text("context", &text);
    }

    fn annotated(&mut self, name: &str, v: i64, about: Option<&[u8]>) {
        let Some(about) = about else { return self.signed(v) };
        self.open_group(Bracket::Own);
        self.number(name, v);
        self.raw_text("about", about);
        self.close_group();
    }

    fn set(&mut self, inverted: bool, members: &[Part]) {
        self.open_group(Bracket::Own);
        if inverted {
            self.flag("all_but");
        }
        self.key("set");
        self.open_group(Bracket::Array);
        for member in members {
            self.separate();
            self.part(member);
        }
        self.close_group();
        self.close_group();
    }

    fn hardware(&mut self, bytes: &[u8]) {
        let out = self.value();
        out.push(b'"');
        for (i, &byte) in bytes.iter().enumerate() {
            if i > 0 {
                out.push(b':');
            }
            hex_byte(out, byte);
        }
        out.push(b'"');
    }

    fn part(&mut self, part: &Part) {
        match *part {
            Part::Name(name) | Part::Call(name) | Part::Member(_, name) | Part::HexMember(_, name) => {
                self.string(name);
            }
            Part::Hex(v) | Part::Dec(v) | Part::Oct(v) | Part::Unknown(v, _) => self.decimal(v),
            Part::Times(n, unit) => self.decimal(n.wrapping_mul(unit)),
            other => {
                let _ = write!(self.value(), "\"{}\"", super::number::Spelled(other));
            }
        }
    }

    /// Adds a remark to the value before it: as a member of an object of the renderer's own, which is put around a value
    /// that is none.
    fn add_remark(&mut self, remark: Remark<'_>) {
        // The point in time that a number is, is the number.
        if matches!(remark, Remark::Time { .. }) {
            return;
        }
        let start = self.reopen_last();
        match remark {
            Remark::Note(text) => self.text("note", text),
            Remark::Meaning(text) => self.text("meaning", text),
            Remark::Count { count, noun, extent } => {
                self.key("count");
                self.decimal(count);
                self.text("of", noun);
                match extent {
                    Extent::All => {}
                    Extent::AtLeast => self.flag("at_least"),
                    Extent::Unterminated => self.flag("unterminated"),
                }
            }
            Remark::Times(count, what) => {
                self.key("count");
                self.decimal(count);
                self.text("of", what);
            }
            Remark::Elsewhere(id) => self.number("tracer_id", id.into()),
            Remark::Context(context) => self.context(context),
            Remark::Seconds { value, digits } => {
                let (whole, part) = crate::time::seconds(value, digits);
                self.key("seconds");
                let width = digits as usize;
                let _ = write!(self.value(), "\"{whole}.{part:0width$}\"");
            }
            Remark::From(addr) => {
                self.key("address");
                self.address(addr);
            }
            Remark::Bytes(first, last) => {
                self.key("bytes");
                let out = self.value();
                out.push(b'[');
                decimal(out, first);
                out.push(b',');
                decimal(out, last);
                out.push(b']');
            }
            Remark::Shifted(bits) => self.number("shift", bits.into()),
            Remark::Time { .. } => {}
        }
        self.groups.push(super::Group { kind: Bracket::Own, start: (start - self.object) as u32 });
        self.close_group();
    }

    /// Makes the value before an object that has no end yet, and keys of the renderer's own; returns where it begins.
    fn reopen_last(&mut self) -> usize {
        self.settle();
        match self.out.last() {
            Some(b'{' | b'[' | b',') => {
                // There is no value: the remark stands for itself.
                let start = self.out.len();
                if self.out.last() == Some(&b'{') {
                    self.put(b"\"\":");
                }
                self.put(b"{");
                start
            }
            Some(b'}') if self.last.is_own => {
                self.out.pop();
                self.last.start
            }
            _ => {
                const WRAP: &[u8; 9] = b"{\"value\":";
                let start = self.last.start;
                self.out.splice(start..start, *WRAP);
                start
            }
        }
    }
}
