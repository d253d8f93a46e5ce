//! What decoders say.

use super::{Symbols, Text, mode};
use crate::color::Role;
use crate::number::{decimal, hex, hex_digits, octal, signed};
use crate::quote::{Escape, quote};
use decode::{AT_FDCWD, Base, Kind, Part, Sink, Text as Form};
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr};

impl<const COLOR: bool> Sink for Text<COLOR> {
    fn pass_on(&mut self, to: &mut dyn FnMut(&[u8])) {
        if !self.out.is_empty() {
            to(&self.out);
            crate::Render::taken(self);
        }
    }

    fn arg_next(&mut self) {
        self.punct(", ");
    }

    fn arg_name(&mut self, name: &str) {
        if self.style.arg_names && !name.is_empty() {
            self.arg_label(name);
        }
    }

    fn arg_label(&mut self, name: &str) {
        self.color(Role::ArgName);
        self.put(name);
        self.punct("=");
    }

    fn int(&mut self, v: i64) {
        signed(&mut self.out, v);
    }

    fn uint(&mut self, v: u64) {
        decimal(&mut self.out, v);
    }

    fn hex(&mut self, v: u64) {
        hex(&mut self.out, v);
    }

    // As `printf("%#0*x")` does: a zero has no `0x`, and its two more digits keep the width.
    fn hex_wide(&mut self, v: u64, digits: u8) {
        let digits = usize::from(digits);
        if v == 0 {
            return hex_digits(&mut self.out, 0, digits + 2);
        }
        self.put("0x");
        hex_digits(&mut self.out, v, digits);
    }

    fn oct(&mut self, v: u64) {
        octal(&mut self.out, v);
    }

    fn mode(&mut self, v: u64) {
        mode(&mut self.out, v);
    }

    fn addr(&mut self, v: u64) {
        if v == 0 { self.put("NULL") } else { hex(&mut self.out, v) }
    }

    fn word(&mut self, w: &str) {
        self.put(w);
    }

    fn fd(&mut self, v: i32, about: Option<&[u8]>) {
        signed(&mut self.out, i64::from(v));
        self.about(about);
    }

    fn cwd(&mut self, about: Option<&[u8]>) {
        self.symbolic(AT_FDCWD as u64, Base::Dec, &[Part::Name("AT_FDCWD")], "");
        self.about(about);
    }

    fn pid(&mut self, v: i32, about: Option<&[u8]>) {
        signed(&mut self.out, i64::from(v));
        self.about(about);
    }

    fn symbolic(&mut self, v: u64, base: Base, parts: &[Part], unknown: &str) {
        if parts.is_empty() {
            self.number(v, base);
            if !unknown.is_empty() && self.style.symbols != Symbols::Raw {
                self.note(unknown);
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

    fn set(&mut self, inverted: bool, items: &mut dyn Iterator<Item = Part>) {
        let mut items = items.peekable();
        // Sets of signals are plain values, those of numbers are punctuated.
        let mute = COLOR && !matches!(items.peek(), Some(Part::Dec(_) | Part::Hex(_)));
        let muted = self.muted;
        self.muted |= mute;
        if inverted {
            self.put("~");
        }
        self.punct("[");
        for (i, item) in items.enumerate() {
            if i > 0 {
                self.punct(" ");
            }
            self.part(item);
        }
        self.punct("]");
        self.muted = muted;
    }

    fn wide_ip(&mut self, ip: Ipv4Addr, bytes: &[u8]) {
        self.encode(bytes, |text| text.inet_addr(ip));
    }

    fn ip(&mut self, name: &str, ip: IpAddr) {
        let abbrev = self.style.symbols == Symbols::Abbrev;
        match ip {
            // In the abbreviated form the function that makes an IPv6 address names the member it goes to.
            IpAddr::V6(v6) if abbrev && !name.is_empty() => {
                self.separate();
                self.open_inet_pton(v6);
                self.punct(", ");
                self.put("&");
                self.put(name);
                self.close_call();
            }
            IpAddr::V6(v6) => {
                self.named_member(name);
                self.encode(&v6.octets(), |text| {
                    text.open_inet_pton(v6);
                    text.close_call();
                });
            }
            IpAddr::V4(v4) => {
                self.named_member(name);
                self.encode(&v4.octets(), |text| text.inet_addr(v4));
            }
        }
    }

    fn network(&mut self, function: &str, bytes: &[u8], v: u64) {
        self.encode(bytes, |text| text.call_of(function, format_args!("{v}")));
    }

    fn encoded(&mut self, bytes: &[u8], text: &str) {
        if text.is_empty() {
            // Nothing to remark.
            if self.style.symbols != Symbols::Abbrev {
                quote(&mut self.out, bytes, Escape::All);
            }
            return;
        }
        self.encode(bytes, |out| out.put(text));
    }

    fn hardware_address(&mut self, bytes: &[u8]) {
        if self.style.symbols != Symbols::Abbrev {
            quote(&mut self.out, bytes, Escape::All);
        }
        match self.style.symbols {
            Symbols::Abbrev => self.octets(bytes),
            Symbols::Verbose if !bytes.is_empty() => {
                self.begin_note();
                self.octets(bytes);
                self.end_note();
            }
            _ => {}
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

    fn hex_field(&mut self, v: u64, width: u8) {
        let mark = if v == 0 { 0 } else { 2 };
        self.put(&"0x"[..mark]);
        hex_digits(&mut self.out, v, usize::from(width).saturating_sub(mark));
    }

    fn shifted(&mut self, bits: u32) {
        let _ = write!(self.out, "<<{bits}");
    }

    fn unknown(&mut self) {
        self.put("???");
    }

    fn failure(&mut self, v: u64, errno: u32) {
        decimal(&mut self.out, v);
        self.errno(errno);
    }

    fn open(&mut self, kind: Kind) {
        self.comma = false;
        self.separator = match kind {
            Kind::Terms => "|",
            Kind::Shift => "<<",
            Kind::Sum => "+",
            Kind::Set => " ",
            _ => ", ",
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
        }
    }

    fn field(&mut self, name: &str) {
        self.separate();
        self.arg_label(name);
    }

    fn unnamed(&mut self, _: &str) {
        self.separate();
    }

    fn item(&mut self) {
        self.separate();
    }

    fn index(&mut self, name: &str) {
        self.separate();
        self.punct("[");
        self.put(name);
        self.punct("]=");
    }

    fn index_named(&mut self, index: u64, parts: &[Part], unknown: &str) {
        self.separate();
        self.punct("[");
        self.symbolic(index, Base::Udec, parts, unknown);
        self.punct("]=");
    }

    fn more(&mut self) {
        self.separate();
        self.punct("...");
    }

    fn named_group(&mut self, name: &str, group: &dyn Fn(&mut dyn Sink)) {
        match self.style.symbols {
            Symbols::Abbrev => self.put(name),
            Symbols::Raw => group(self),
            Symbols::Verbose => {
                group(self);
                self.note(name);
            }
        }
    }

    fn labelled(&mut self, context: &[u8], value: &dyn Fn(&mut dyn Sink)) {
        value(self);
        self.put(" ");
        self.context(context);
    }

    fn composed(&mut self, v: u64, base: Base, parts: &dyn Fn(&mut dyn Sink)) {
        if self.style.symbols == Symbols::Raw { self.number(v, base) } else { parts(self) }
    }

    fn bit_map(&mut self, words: &[u64], set: &dyn Fn(&mut dyn Sink)) {
        if self.style.symbols != Symbols::Raw {
            set(self);
        }
        if self.style.symbols == Symbols::Abbrev {
            return;
        }
        let is_remark = self.style.symbols == Symbols::Verbose;
        if is_remark {
            self.begin_note();
        }
        self.open(Kind::Array);
        for word in words {
            self.item();
            hex(&mut self.out, *word);
        }
        self.close(Kind::Array);
        if is_remark {
            self.end_note();
        }
    }

    fn more_at(&mut self, addr: u64) {
        self.separate();
        self.punct("...");
        self.begin_note();
        hex(&mut self.out, addr);
        self.end_note();
    }

    fn beyond(&mut self, from: u64, to: u64, bytes: Option<&[u8]>, more: bool) {
        self.separate();
        match bytes {
            Some(bytes) => {
                let _ = write!(self.out, "/* bytes {from}..{} */ ", to.saturating_sub(1));
                self.bytes(bytes, Form::Binary, more);
            }
            None => self.unknown(),
        }
    }

    fn close(&mut self, kind: Kind) {
        self.comma = true;
        // A shifted number is one of several terms.
        self.separator = if kind == Kind::Shift { "|" } else { ", " };
        match kind {
            Kind::Terms | Kind::Shift | Kind::Sum | Kind::Members => {}
            Kind::Struct => self.punct("}"),
            Kind::Array | Kind::Set | Kind::Deref => self.punct("]"),
            Kind::Composed(..) if self.style.symbols == Symbols::Verbose => {
                self.close_call();
                self.end_note();
            }
            Kind::Macro(_) | Kind::Wrap(_) | Kind::Composed(..) => self.close_call(),
        }
    }

    fn change_begin(&mut self) {}

    fn changed(&mut self) {
        self.punct(" => ");
    }

    fn change_end(&mut self) {}

    fn meaning(&mut self, text: &str) {
        if self.style.symbols != Symbols::Raw {
            self.note(text);
        }
    }

    fn names(&self) -> bool {
        self.style.symbols != Symbols::Raw
    }

    fn note(&mut self, text: &str) {
        self.begin_note();
        self.put(text);
        self.end_note();
    }

    fn time(&mut self, sec: i64, nsec: u32) {
        self.point_in_time(|out| crate::time::write(out, sec, nsec, 9));
    }

    fn time_micros(&mut self, sec: i64, usec: u32) {
        self.point_in_time(|out| crate::time::write(out, sec, usec.checked_mul(1000)?, 6));
    }

    fn aux_begin(&mut self) {
        self.end_value();
        self.put(" ");
        self.color(Role::RetVal);
        self.put("(");
        self.aux_comma = false;
        self.in_aux = true;
        self.muted = true;
    }

    fn aux_part(&mut self, name: &str) {
        if std::mem::replace(&mut self.aux_comma, true) {
            self.put(", ");
        }
        if !name.is_empty() {
            self.put(name);
            self.put(" ");
        }
    }

    fn aux_names(&mut self, _: u64, parts: &[Part]) {
        if self.style.symbols != Symbols::Raw {
            self.aux_begin();
            self.parts(parts);
            self.aux_end();
        }
    }

    fn aux_end(&mut self) {
        self.in_aux = false;
        self.put(")");
        self.muted = false;
        self.reset();
    }
}
