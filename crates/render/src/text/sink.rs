//! What decoders say.

use super::{Separator, Symbols, Text, mode};
use crate::color::Role as Color;
use crate::number::{decimal, hex, hex_digits, octal, signed};
use crate::quote::{Escape, quote};
use decode::{
    AT_FDCWD, Aux, Base, Change, Extent, Index, Kind, More, Part, Remark, Role, Scalar, Sink, Text as Form,
};
use std::io::Write as _;
use std::net::IpAddr;

impl<const COLOR: bool> Sink for Text<COLOR> {
    fn arg(&mut self, name: &str, labelled: bool) {
        self.member(name, labelled || self.style.arg_names && !name.is_empty());
    }

    // Each arm is a call that needs nothing kept over it, so that most values cost a jump.
    fn scalar(&mut self, value: Scalar<'_>) {
        match value {
            Scalar::Int(v) => self.int(v),
            Scalar::Uint(v) => self.uint(v),
            Scalar::Hex(v) | Scalar::ResultAddr(v) => self.hex(v),
            Scalar::Addr(v) | Scalar::Unread(v) => self.addr(v),
            Scalar::Fd(v, None) | Scalar::Pid(v, None) => self.int(i64::from(v)),
            Scalar::Named { value, base, parts, unknown, role: Role::Instead } => {
                self.symbolic(value, base, parts, unknown);
            }
            Scalar::Bytes { bytes, text, more } => self.bytes(bytes, text, more),
            other => self.rare(other),
        }
    }

    fn remark(&mut self, remark: Remark<'_>) {
        match remark {
            Remark::Context(context) => {
                self.put(" ");
                self.context(context);
            }
            Remark::Shifted(bits) => {
                self.put("<<");
                decimal(&mut self.out, bits.into());
            }
            Remark::Time { sec, nsec, digits } => {
                self.point_in_time(|out| crate::time::write(out, sec, nsec, digits))
            }
            Remark::Meaning(_) | Remark::Seconds { .. } if self.style.symbols == Symbols::Raw => {}
            other => {
                self.begin_note();
                self.remark_text(other);
                self.end_note();
            }
        }
    }

    fn open(&mut self, kind: Kind<'_>) {
        self.comma = false;
        self.separator = match kind {
            Kind::Terms => Separator::Bar,
            Kind::Shift => Separator::Shift,
            Kind::Sum => Separator::Plus,
            Kind::Set => Separator::Blank,
            _ => Separator::Comma,
        };
        match kind {
            Kind::Terms | Kind::Shift | Kind::Sum | Kind::Members => {}
            Kind::Struct => self.punct("{"),
            Kind::Array | Kind::Set | Kind::Deref => self.punct("["),
            Kind::Composed(name, v, base) => {
                if self.style.symbols == Symbols::Verbose {
                    self.number(v, base);
                    self.begin_note();
                }
                self.open_call(name);
            }
            Kind::Macro(name) | Kind::Wrap(name) => self.open_call(name),
            Kind::Named(_) | Kind::Parts(..) | Kind::BitMap(_) => {
                self.hidden.push((self.out.len(), self.invisible))
            }
        }
    }

    fn close(&mut self, kind: Kind<'_>) {
        self.comma = true;
        // A shifted number is one of several terms.
        self.separator = if matches!(kind, Kind::Shift) { Separator::Bar } else { Separator::Comma };
        match kind {
            Kind::Terms | Kind::Shift | Kind::Sum | Kind::Members => {}
            Kind::Struct => self.punct("}"),
            Kind::Array | Kind::Set | Kind::Deref => self.punct("]"),
            Kind::Composed(..) if self.style.symbols == Symbols::Verbose => {
                self.close_call();
                self.end_note();
            }
            Kind::Macro(_) | Kind::Wrap(_) | Kind::Composed(..) => self.close_call(),
            Kind::Named(_) | Kind::Parts(..) | Kind::BitMap(_) => self.close_whole(kind),
        }
    }

    fn member(&mut self, name: &str, named: bool) {
        if named { self.separate_and_label(name) } else { self.separate() }
    }

    fn element(&mut self, index: Index<'_>) {
        self.separate();
        match index {
            Index::Next => return,
            Index::Name(name) => {
                self.punct("[");
                self.put(name);
            }
            Index::Number(index, parts, unknown) => {
                self.punct("[");
                self.symbolic(index, Base::Udec, parts, unknown);
            }
        }
        self.punct("]=");
    }

    fn rest(&mut self, more: More<'_>) {
        self.separate();
        match more {
            More::Hidden => self.punct("..."),
            More::Unreadable(addr) => {
                self.punct("...");
                self.begin_note();
                hex(&mut self.out, addr);
                self.end_note();
            }
            More::Beyond { from, to, bytes: Some(bytes), more } => {
                let _ = write!(self.out, "/* bytes {from}..{} */ ", to.saturating_sub(1));
                self.bytes(bytes, Form::Binary, more);
            }
            More::Beyond { bytes: None, .. } => self.put("???"),
        }
    }

    fn change(&mut self, change: Change) {
        if change == Change::After {
            self.punct(" => ");
        }
    }

    fn aux(&mut self, aux: Aux<'_>) {
        match aux {
            Aux::Begin => {
                self.end_value();
                self.put(" ");
                self.color(Color::RetVal);
                self.put("(");
                self.aux_comma = false;
                self.in_aux = true;
                self.muted = true;
            }
            Aux::Part(name) => {
                if std::mem::replace(&mut self.aux_comma, true) {
                    self.put(", ");
                }
                if !name.is_empty() {
                    self.put(name);
                    self.put(" ");
                }
            }
            Aux::End => {
                self.in_aux = false;
                self.put(")");
                self.muted = false;
                self.reset();
            }
        }
    }

    fn names(&self) -> bool {
        self.style.symbols != Symbols::Raw
    }

    fn pass_on(&mut self, to: &mut dyn FnMut(&[u8])) {
        // What is hidden at its end can't be taken back from where it has gone.
        if !self.out.is_empty() && self.hidden.is_empty() {
            to(&self.out);
            crate::Render::taken(self);
        }
    }
}

impl<const COLOR: bool> Text<COLOR> {
    /// `NAME=`.
    #[inline(never)]
    fn separate_and_label(&mut self, name: &str) {
        if std::mem::replace(&mut self.comma, true) {
            self.put_separator();
        }
        self.label(name);
    }

    fn label(&mut self, name: &str) {
        self.color(Color::ArgName);
        self.put(name);
        self.punct("=");
    }

    /// As `printf("%#0*x")` does: a zero has no `0x`, and its two more digits keep the width.
    fn padded(&mut self, v: u64, digits: u8) {
        let digits = usize::from(digits);
        if v == 0 {
            return hex_digits(&mut self.out, 0, digits + 2);
        }
        self.put("0x");
        hex_digits(&mut self.out, v, digits);
    }

    /// Shows one of the values that few calls have.
    #[inline(never)]
    fn rare(&mut self, value: Scalar<'_>) {
        match value {
            Scalar::Oct(v) => octal(&mut self.out, v),
            Scalar::Mode(v) => mode(&mut self.out, v),
            Scalar::Word(word) => self.put(word),
            Scalar::Padded(v, digits) => self.padded(v, digits),
            Scalar::Fd(v, about) => {
                signed(&mut self.out, i64::from(v));
                if let Some(info) = about {
                    self.descriptor(info);
                }
            }
            Scalar::Pid(v, command) => {
                signed(&mut self.out, i64::from(v));
                if let Some(command) = command {
                    self.name(command);
                }
            }
            Scalar::Cwd(path) => {
                self.symbolic(AT_FDCWD as u64, Base::Dec, &[Part::Name("AT_FDCWD")], "");
                if let Some(path) = path {
                    self.name(path);
                }
            }
            Scalar::Named { parts, role: Role::Alone, .. } => self.parts(parts),
            Scalar::Named { value, base, parts, unknown, .. } => self.remarked(value, base, parts, unknown),
            Scalar::Spelled { value, base, name } => self.spelled(value, base, name),
            Scalar::Set { inverted, members } => self.set(inverted, members),
            Scalar::Ip { member, ip, bytes } => self.ip(member, ip, bytes),
            Scalar::Network { function, bytes, value } => {
                self.encode(bytes, |text| text.call_of(function, value));
            }
            Scalar::Encoded(bytes, text) if !text.is_empty() => self.encode(bytes, |out| out.put(text)),
            Scalar::Hardware(bytes) if !bytes.is_empty() => self.encode(bytes, |text| text.octets(bytes)),
            // Nothing to remark.
            Scalar::Encoded(bytes, _) | Scalar::Hardware(bytes) => {
                if self.style.symbols != Symbols::Abbrev {
                    quote(&mut self.out, bytes, Escape::All);
                }
            }
            Scalar::Interface(index, name) => self.interface(index, name),
            Scalar::Unknown => self.put("???"),
            Scalar::Errno(errno) => self.failed(errno),
            Scalar::Failure(v, errno) => {
                decimal(&mut self.out, v);
                self.errno(errno);
            }
            Scalar::Missing => self.put("?"),
            _ => debug_assert!(false, "{value:?} is shown elsewhere"),
        }
    }

    fn spelled(&mut self, v: u64, base: Base, name: &str) {
        match self.style.symbols {
            Symbols::Abbrev => self.put(name),
            Symbols::Raw => self.number(v, base),
            Symbols::Verbose => {
                self.number(v, base);
                // Comments do not nest: one within the name is left out.
                let nested =
                    name.split_once(" /* ").and_then(|(head, rest)| Some((head, rest.split_once(" */")?.1)));
                let (head, tail) = nested.unwrap_or((name, ""));
                self.begin_note();
                self.put(head);
                self.put(tail);
                self.end_note();
            }
        }
    }

    fn remarked(&mut self, v: u64, base: Base, parts: &[Part], unknown: &str) {
        self.number(v, base);
        if self.style.symbols == Symbols::Raw {
            return;
        }
        self.begin_note();
        if parts.is_empty() {
            self.put(unknown)
        } else {
            self.parts(parts)
        }
        self.end_note();
    }

    #[inline(never)]
    fn bytes(&mut self, b: &[u8], text: Form, more: bool) {
        if text == Form::Abstract {
            self.put("@");
        }
        let escape = if text == Form::Binary { Escape::All } else { self.style.escape };
        if text == Form::Ended && matches!(escape, Escape::NonAscii | Escape::All) {
            // strace takes the NUL for a character there, and the string for cut off.
            quote(&mut self.out, &[b, b"\0"].concat(), escape);
            return self.punct("...");
        }
        quote(&mut self.out, b, escape);
        if more {
            self.punct("...");
        }
    }

    fn set(&mut self, inverted: bool, members: &[Part]) {
        // Sets of signals are plain values, those of numbers are punctuated.
        let mute = COLOR && !matches!(members.first(), Some(Part::Dec(_) | Part::Hex(_)));
        let muted = self.muted;
        self.muted |= mute;
        if inverted {
            self.put("~");
        }
        self.punct("[");
        for (i, member) in members.iter().enumerate() {
            if i > 0 {
                self.punct(" ");
            }
            self.part(member);
        }
        self.punct("]");
        self.muted = muted;
    }

    fn ip(&mut self, member: &str, ip: IpAddr, bytes: Option<&[u8]>) {
        let abbrev = self.style.symbols == Symbols::Abbrev;
        match ip {
            // In the abbreviated form the function that makes an IPv6 address names the member it goes to.
            IpAddr::V6(v6) if abbrev && !member.is_empty() => {
                self.separate();
                self.open_inet_pton(v6);
                self.punct(", ");
                self.put("&");
                self.put(member);
                self.close_call();
            }
            IpAddr::V6(v6) => {
                self.named_member(member);
                self.encode(bytes.unwrap_or(&v6.octets()), |text| {
                    text.open_inet_pton(v6);
                    text.close_call();
                });
            }
            IpAddr::V4(v4) => {
                self.named_member(member);
                self.encode(bytes.unwrap_or(&v4.octets()), |text| text.inet_addr(v4));
            }
        }
    }

    fn interface(&mut self, index: u32, name: Option<&[u8]>) {
        let Some(name) = name else { return decimal(&mut self.out, u64::from(index)) };
        if self.style.symbols != Symbols::Abbrev {
            decimal(&mut self.out, u64::from(index));
        }
        match self.style.symbols {
            Symbols::Abbrev => self.if_nametoindex(name),
            Symbols::Raw => {}
            Symbols::Verbose => {
                self.begin_note();
                self.if_nametoindex(name);
                self.end_note();
            }
        }
    }

    /// Ends a group that stands for something as a whole: puts that in its place, behind it, or nowhere.
    fn close_whole(&mut self, kind: Kind<'_>) {
        let Some((start, invisible)) = self.hidden.pop() else { return };
        let symbols = self.style.symbols;
        let is_replaced = match kind {
            Kind::Named(_) => symbols == Symbols::Abbrev,
            _ => symbols == Symbols::Raw,
        };
        if is_replaced {
            self.out.truncate(start);
            self.invisible = invisible;
        }
        match (kind, symbols) {
            (Kind::Named(name), Symbols::Abbrev) => self.put(name),
            (Kind::Named(name), Symbols::Verbose) => self.remark(Remark::Note(name)),
            (Kind::Parts(v, base), Symbols::Raw) => self.number(v, base),
            (Kind::BitMap(words), Symbols::Raw) => self.words(words),
            (Kind::BitMap(words), Symbols::Verbose) => {
                self.begin_note();
                self.words(words);
                self.end_note();
            }
            _ => {}
        }
    }

    /// An array of words in hexadecimal.
    fn words(&mut self, words: &[u64]) {
        self.open(Kind::Array);
        for word in words {
            self.separate();
            hex(&mut self.out, *word);
        }
        self.close(Kind::Array);
    }

    /// What stands in a comment.
    fn remark_text(&mut self, remark: Remark<'_>) {
        let out = &mut self.out;
        let _ = match remark {
            Remark::Note(text) | Remark::Meaning(text) => out.write_all(text.as_bytes()),
            Remark::Count { count, noun, extent } => {
                let (more, end) = match extent {
                    Extent::All => ("", ""),
                    Extent::AtLeast => ("+", ""),
                    Extent::Unterminated => ("", ", unterminated"),
                };
                decimal(out, count);
                [more, " ", noun, end].iter().for_each(|text| out.extend_from_slice(text.as_bytes()));
                Ok(())
            }
            Remark::Times(count, what) => write!(out, "{count} * sizeof({what})"),
            Remark::Elsewhere(id) => write!(out, "{id} in strace's PID NS"),
            Remark::From(addr) => write!(out, "{addr:#x}"),
            Remark::Bytes(first, last) => write!(out, "bytes {first}..{last}"),
            Remark::Seconds { value, digits } => {
                let (whole, part) = crate::time::seconds(value, digits);
                write!(out, "{whole}.{part:0width$} s", width = digits as usize)
            }
            Remark::Context(_) | Remark::Shifted(_) | Remark::Time { .. } => Ok(()),
        };
    }
}
