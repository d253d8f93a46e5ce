//! Numbers and their names, and what is said about them.

use super::{Separator, Symbols, Text, mode};
use crate::about::{self, Ink};
use crate::color::{Joined, Role, is_plain, joined};
use crate::number::{decimal, dotted, fraction, hex, hex_digits, signed};
use crate::quote::{Escape, bracketed, push_hex, quote};
use decode::{Base, Context, FdInfo, Named, Part, Remark, Sink};
use std::io::Write as _;

impl<const COLOR: bool> Ink for Text<COLOR> {
    fn bytes(&mut self) -> &mut Vec<u8> {
        &mut self.out
    }

    fn color(&mut self, role: Role) {
        Text::color(self, role);
    }

    fn punct(&mut self, mark: &str) {
        Text::punct(self, mark);
    }
}

impl<const COLOR: bool> Text<COLOR> {
    /// `[a security context]`.
    pub(super) fn context(&mut self, context: &Context<'_>) {
        self.out.push(b'[');
        about::context(&mut self.out, context);
        self.out.push(b']');
    }

    /// `<what a descriptor is>`.
    pub(super) fn descriptor(&mut self, info: &FdInfo<'_>) {
        self.punct("<");
        let escape = self.style.escape;
        about::descriptor(self, info, escape);
        self.punct(">");
        if matches!(info, FdInfo::Path { deleted: true, .. }) {
            self.put("(deleted)");
        }
    }

    /// `<the name of a file or a command>`.
    pub(super) fn name(&mut self, name: &[u8]) {
        self.punct("<");
        bracketed(&mut self.out, name, self.style.escape);
        self.punct(">");
    }

    #[inline(never)]
    pub(super) fn int(&mut self, v: i64) {
        signed(&mut self.out, v);
    }

    #[inline(never)]
    pub(super) fn uint(&mut self, v: u64) {
        decimal(&mut self.out, v);
    }

    #[inline(never)]
    pub(super) fn hex(&mut self, v: u64) {
        hex(&mut self.out, v);
    }

    #[inline(never)]
    pub(super) fn addr(&mut self, v: u64) {
        if v == 0 { self.put("NULL") } else { hex(&mut self.out, v) }
    }

    pub(super) fn number(&mut self, v: u64, base: Base) {
        match base {
            Base::Dec => self.int(v as i64),
            Base::Udec => self.uint(v),
            Base::Addr => self.addr(v),
            Base::Hex => self.hex(v),
            Base::SignedHex => {
                if (v as i64) < 0 {
                    self.out.push(b'-');
                }
                hex(&mut self.out, (v as i64).unsigned_abs());
            }
            Base::Oct => mode(&mut self.out, v),
        }
    }

    #[inline(never)]
    pub(super) fn symbolic(&mut self, v: u64, base: Base, parts: &[Part], unknown: &str) {
        if parts.is_empty() {
            self.number(v, base);
            if !unknown.is_empty() && self.style.symbols != Symbols::Raw {
                self.remark(Remark::Note(unknown));
            }
            return;
        }
        match self.style.symbols {
            Symbols::Abbrev => {
                if base == Base::SignedHex && (v as i64) < 0 {
                    self.put("-");
                }
                self.constants(parts, false);
            }
            Symbols::Raw => self.number(v, base),
            Symbols::Verbose => {
                self.number(v, base);
                self.begin_note();
                self.constants(parts, true);
                self.end_note();
            }
        }
    }

    pub(super) fn part(&mut self, part: &Part) {
        match *part {
            Part::Name(name) => self.put(name),
            Part::Call(name) => {
                self.put("__NR_");
                self.put(name);
            }
            Part::Hex(v) => hex(&mut self.out, v),
            Part::Dec(v) => decimal(&mut self.out, v),
            Part::Oct(v) => mode(&mut self.out, v),
            Part::Member(v, name) => self.dec_member(v, name),
            Part::HexMember(v, name) => self.hex_member(v, name),
            Part::Shifted(v, name) => {
                decimal(&mut self.out, v);
                self.put("<<");
                self.put(name);
            }
            Part::HexShifted(v, name) => {
                hex(&mut self.out, v);
                self.put("<<");
                self.put(name);
            }
            Part::Joined(first, second) => {
                self.put(first);
                self.put(second);
            }
            Part::BitBefore(name) => {
                self.put("1<<(");
                self.put(name);
                self.put("-1)");
            }
            Part::Plus(name, v) => {
                self.put(name);
                self.put("+");
                decimal(&mut self.out, v);
            }
            Part::NamedPlus(start, name, v) => {
                self.hex_member(start, name);
                self.put("+");
                decimal(&mut self.out, v);
            }
            Part::Negative(name) => {
                self.put("-");
                self.put(name);
            }
            Part::Times(n, unit) => {
                decimal(&mut self.out, n);
                self.put("*");
                decimal(&mut self.out, unit);
            }
            Part::Unknown(v, about) => {
                hex(&mut self.out, v);
                if self.style.symbols != Symbols::Raw {
                    self.remark(Remark::Note(about));
                }
            }
            Part::MacroOf(name, a, b) => {
                self.open_call(name);
                self.named(a);
                self.punct(", ");
                self.named(b);
                self.close_call();
            }
            Part::Macro(name, a, b) => {
                self.open_call(name);
                hex(&mut self.out, a);
                self.punct(", ");
                hex(&mut self.out, b);
                self.close_call();
            }
        }
    }

    fn hex_member(&mut self, v: u64, name: &str) {
        match self.style.symbols {
            Symbols::Abbrev => self.put(name),
            Symbols::Raw => hex(&mut self.out, v),
            Symbols::Verbose => {
                hex(&mut self.out, v);
                self.remark(Remark::Note(name));
            }
        }
    }

    fn dec_member(&mut self, v: u64, name: &str) {
        match self.style.symbols {
            Symbols::Abbrev => self.put(name),
            Symbols::Raw => decimal(&mut self.out, v),
            Symbols::Verbose => {
                decimal(&mut self.out, v);
                self.remark(Remark::Note(name));
            }
        }
    }

    fn named(&mut self, number: Named) {
        match number.name {
            Some(name) => self.put(name),
            None => {
                hex(&mut self.out, number.value);
                self.remark(Remark::Note(number.unknown));
            }
        }
    }

    pub(super) fn parts(&mut self, parts: &[Part]) {
        for (i, part) in parts.iter().enumerate() {
            if i > 0 {
                self.out.push(b'|');
            }
            match part {
                Part::Name(name) => self.put(name),
                other => self.part(other),
            }
        }
    }

    /// As [`Text::parts`], each name as the constant that it is; within a remark on a number, `remark`, most are
    /// plain.
    pub(super) fn constants(&mut self, parts: &[Part], remark: bool) {
        if !COLOR {
            return self.parts(parts);
        }
        let first = match parts.first() {
            Some(Part::Name(name)) => joined(name),
            _ => Joined::Each,
        };
        match first {
            Joined::Plain => self.parts(parts),
            Joined::AsOne if remark => self.parts(parts),
            Joined::AsOne => {
                self.color(Role::Const);
                self.parts(parts);
                self.color(Role::ArgVal);
            }
            Joined::Each | Joined::EachAlways => {
                let plain = remark && first == Joined::Each;
                for (i, part) in parts.iter().enumerate() {
                    if i > 0 {
                        self.punct("|");
                    }
                    match part {
                        Part::Name(name) if !(plain || is_plain(name)) => {
                            self.put_as(Role::Const, name);
                        }
                        _ => self.part(part),
                    }
                }
            }
        }
    }

    #[inline(never)]
    pub(super) fn separate(&mut self) {
        if std::mem::replace(&mut self.comma, true) {
            self.put_separator();
        }
    }

    #[inline(always)]
    pub(super) fn put_separator(&mut self) {
        // Of one length, so that nothing is called to copy it.
        match self.separator {
            Separator::Comma => self.punct(Separator::Comma.text()),
            other => self.punct(other.text()),
        }
    }

    pub(super) fn named_member(&mut self, name: &str) {
        if !name.is_empty() {
            self.member(name, true);
        }
    }

    /// A value of which the bytes are its number: `htons(80)` is `"\x00\x50"`.
    pub(super) fn encode(&mut self, bytes: &[u8], meaning: impl FnOnce(&mut Self)) {
        if self.style.symbols != Symbols::Abbrev {
            quote(&mut self.out, bytes, Escape::All);
        }
        match self.style.symbols {
            Symbols::Abbrev => meaning(self),
            Symbols::Raw => {}
            Symbols::Verbose => {
                self.begin_note();
                meaning(self);
                self.end_note();
            }
        }
    }

    /// `FUNCTION(ARGUMENT)`.
    pub(super) fn call_of(&mut self, function: &str, argument: u64) {
        self.open_call(function);
        decimal(&mut self.out, argument);
        self.close_call();
    }

    /// `if_nametoindex("NAME")`.
    pub(super) fn if_nametoindex(&mut self, name: &[u8]) {
        self.open_call("if_nametoindex");
        quote(&mut self.out, name, self.style.escape);
        self.close_call();
    }

    /// `inet_addr("ADDRESS")`.
    pub(super) fn inet_addr(&mut self, address: std::net::Ipv4Addr) {
        self.open_call("inet_addr");
        self.quoted(|out| dotted(out, address.octets()));
        self.close_call();
    }

    /// Text that needs no escapes as a string, which may be one of hexadecimal escapes all the same.
    fn quoted(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        self.put("\"");
        let start = self.out.len();
        write(&mut self.out);
        if self.style.escape == Escape::All {
            let plain = self.out.split_off(start);
            plain.iter().for_each(|&b| push_hex(&mut self.out, b));
        }
        self.put("\"");
    }

    /// `inet_pton(AF_INET6, "ADDRESS"`.
    pub(super) fn open_inet_pton(&mut self, address: std::net::Ipv6Addr) {
        self.open_call("inet_pton");
        self.put_as(Role::Const, "AF_INET6");
        self.punct(", ");
        match address.segments() {
            // As `inet_ntop(3)` has it, an address that ends in an IPv4 address shows that.
            [0, 0, 0, 0, 0, 0, high, _] if high != 0 => {
                let [.., a, b, c, d] = address.octets();
                self.quoted(|out| {
                    out.extend_from_slice(b"::");
                    dotted(out, [a, b, c, d]);
                });
            }
            _ => self.quoted(|out| {
                let _ = write!(out, "{address}");
            }),
        }
    }

    pub(super) fn begin_note(&mut self) {
        self.color(Role::Comment);
        self.put(" /* ");
    }

    pub(super) fn end_note(&mut self) {
        self.color(Role::Comment);
        self.put(" */");
        self.color(Role::ArgVal);
    }

    /// Bytes as a hardware address is written: `01:02:03`.
    pub(super) fn octets(&mut self, bytes: &[u8]) {
        for (i, &byte) in bytes.iter().enumerate() {
            if i > 0 {
                self.put(":");
            }
            hex_digits(&mut self.out, u64::from(byte), 2);
        }
    }

    pub(super) fn spent(&mut self, spent: std::time::Duration) {
        let digits = self.style.spent_digits.min(9);
        self.end_value();
        self.put(" ");
        self.color(Role::RetVal);
        self.punct("<");
        decimal(&mut self.out, spent.as_secs());
        if digits > 0 {
            self.put(".");
            fraction(&mut self.out, spent.subsec_nanos(), digits);
        }
        self.punct(">");
        self.reset();
    }
}
