//! strace's text.

mod stack;

use crate::color::{Joined, Palette, RESET, Role, is_plain, joined};
use crate::number::{decimal, hex, hex_digits, octal, octal_digits, padded, signed};
use crate::quote::{Escape, quote};
use crate::{Abandon, CallName, Head, Partial, PidForm, Render, Tail};
use decode::{AT_FDCWD, Base, Kind, Named, Part, Sink, Text as Form};
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr};

/// How values with names are shown (`-X`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Symbols {
    /// By name.
    #[default]
    Abbrev,
    /// By number.
    Raw,
    /// By number, with the name as a comment.
    Verbose,
}

/// The user's taste.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// How values with names are shown.
    pub symbols: Symbols,
    /// How strings are escaped.
    pub escape: Escape,
    /// Arguments are named (`-N`).
    pub arg_names: bool,
    /// The column of the `=` before return values (`-a`).
    pub columns: usize,
    /// Digits of the seconds' fraction in `<…>` (`-T`).
    pub spent_digits: usize,
}

impl Default for Style {
    fn default() -> Self {
        Style {
            symbols: Symbols::Abbrev,
            escape: Escape::Octal,
            arg_names: false,
            columns: 40,
            spent_digits: 6,
        }
    }
}

/// Renders in strace's format, in colour or not.
///
/// Colours are escape sequences between the same bytes; without them no code is there that would ask.
#[derive(Debug)]
pub struct Text<const COLOR: bool = false> {
    style: Style,
    out: Vec<u8>,
    /// How much of the current line has been passed on, and where in `out` the rest begins.
    taken: usize,
    line: usize,
    /// Whether the group at hand has a member before the next.
    comma: bool,
    /// What stands between members: terms are never groups themselves, so that one level is enough.
    separator: &'static str,
    /// Whether an aux part stands before the next.
    aux_comma: bool,
    /// Whether what follows is itself a remark, on the return value.
    in_aux: bool,
    palette: Palette,
    /// How many bytes of the line are escape sequences.
    invisible: usize,
    /// Whether what follows has but one colour.
    muted: bool,
    /// Whether a return value has been begun whose colour has no end yet.
    in_value: bool,
}

impl Text {
    /// An empty output.
    pub fn new(style: Style) -> Text {
        Text::with(style, Palette::default())
    }
}

impl Text<true> {
    /// An empty output that will be coloured.
    pub fn colored(style: Style, palette: Palette) -> Text<true> {
        Text::with(style, palette)
    }
}

impl<const COLOR: bool> Text<COLOR> {
    fn with(style: Style, palette: Palette) -> Self {
        Text {
            style,
            out: Vec::with_capacity(8192),
            taken: 0,
            line: 0,
            comma: false,
            separator: ", ",
            aux_comma: false,
            in_aux: false,
            palette,
            invisible: 0,
            muted: false,
            in_value: false,
        }
    }

    /// Switches to the colour of `role`.
    fn color(&mut self, role: Role) {
        if COLOR && !self.muted {
            let code = self.palette.code(role);
            self.out.extend_from_slice(code.as_bytes());
            self.invisible += code.len();
        }
    }

    /// Ends all colours.
    fn reset(&mut self) {
        if COLOR && !self.muted {
            self.put(RESET);
            self.invisible += RESET.len();
        }
    }

    /// Writes text in a colour; values follow.
    fn put_as(&mut self, role: Role, text: &str) {
        self.color(role);
        self.put(text);
        self.color(Role::ArgVal);
    }

    fn punct(&mut self, text: &str) {
        self.put_as(Role::Punct, text);
    }

    /// Ends the arguments of a call or of what looks like one.
    fn close_call(&mut self) {
        self.color(Role::Punct);
        self.put(")");
        self.reset();
    }

    /// Writes text about the return value.
    fn about_value(&mut self, text: &str) {
        self.end_value();
        self.put(" ");
        self.color(Role::RetVal);
        self.put(text);
        self.reset();
    }

    /// Ends the colour of the return value.
    fn end_value(&mut self) {
        if std::mem::take(&mut self.in_value) {
            self.reset();
        }
    }

    fn put(&mut self, s: &str) {
        self.out.extend_from_slice(s.as_bytes());
    }

    /// Bytes written since the line began.
    fn column(&self) -> usize {
        self.taken + self.out.len() - self.line - self.invisible
    }

    fn begin_line(&mut self, head: &Head<'_>) {
        self.taken = 0;
        self.line = self.out.len();
        self.invisible = 0;
        self.pid_prefix(head);
        if let Some(context) = head.context {
            self.context(context);
            self.put(" ");
        }
        self.put(head.stamp);
        if let Some(number) = head.number {
            self.punct("[");
            let _ = write!(self.out, "{number:4}");
            self.punct("]");
            self.put(" ");
        }
        match head.ip {
            Some((Some(ip), digits)) => {
                self.punct("[");
                hex_digits(&mut self.out, ip, usize::from(digits));
                self.punct("]");
                self.put(" ");
            }
            Some((None, digits)) => {
                self.punct("[");
                self.out.resize(self.out.len() + usize::from(digits), b'?');
                self.punct("]");
                self.put(" ");
            }
            None => {}
        }
    }

    fn pid_prefix(&mut self, head: &Head<'_>) {
        match head.form {
            PidForm::None => {}
            PidForm::Bracketed => {
                self.punct("[");
                let _ = write!(self.out, "pid {:5}", head.pid);
                self.comm(head);
                self.punct("]");
                self.put(" ");
            }
            PidForm::Plain => {
                // Ids are padded so that what follows them is aligned; behind a name it isn't anyhow.
                let start = self.out.len();
                signed(&mut self.out, head.pid.into());
                let width = if head.comm.is_some() { 0 } else { 5 };
                let padded = self.out.len().max(start + width);
                self.out.resize(padded, b' ');
                self.comm(head);
                self.put(" ");
            }
        }
    }

    fn comm(&mut self, head: &Head<'_>) {
        if let Some(comm) = head.comm {
            self.about(Some(comm));
        }
    }

    fn end_line(&mut self) {
        self.end_value();
        self.reset();
        self.out.push(b'\n');
        self.taken = 0;
        self.invisible = 0;
        self.line = self.out.len();
    }

    /// `[a security context]`.
    fn context(&mut self, context: &[u8]) {
        self.out.push(b'[');
        self.out.extend_from_slice(context);
        self.out.push(b']');
    }

    /// `<what a descriptor or process is>`.
    fn about(&mut self, about: Option<&[u8]>) {
        if let Some(about) = about {
            self.punct("<");
            self.bracketed(about);
            // What is removed is marked behind the bracket, which such a text closes itself.
            if !about.ends_with(b">(deleted)") {
                self.punct(">");
            }
        }
    }

    /// Text in which there may be further brackets, or members in braces.
    fn bracketed(&mut self, text: &[u8]) {
        if !COLOR {
            return self.out.extend_from_slice(text);
        }
        let in_braces = text.starts_with(b"{");
        for (i, &byte) in text.iter().enumerate() {
            match byte {
                b'<' => self.punct("<"),
                // An arrow is none.
                b'>' if i == 0 || text[i - 1] != b'-' => self.punct(">"),
                b'{' if in_braces => {
                    self.punct("{");
                    self.color(Role::ArgName);
                }
                b'=' if in_braces => self.punct("="),
                b'}' if in_braces => self.punct("}"),
                b',' if in_braces => {
                    self.color(Role::Punct);
                    self.put(",");
                }
                b' ' if in_braces => {
                    self.put(" ");
                    self.color(Role::ArgVal);
                    self.color(Role::ArgName);
                }
                _ => self.out.push(byte),
            }
        }
    }

    fn number(&mut self, v: u64, base: Base) {
        match base {
            Base::Dec => signed(&mut self.out, v as i64),
            Base::Udec => decimal(&mut self.out, v),
            Base::Addr if v == 0 => self.put("NULL"),
            Base::Hex | Base::Addr => hex(&mut self.out, v),
            Base::SignedHex => {
                if (v as i64) < 0 {
                    self.out.push(b'-');
                }
                hex(&mut self.out, (v as i64).unsigned_abs());
            }
            Base::Oct => mode(&mut self.out, v),
        }
    }

    fn part(&mut self, part: Part) {
        match part {
            Part::Name(name) => self.put(name),
            Part::Call(name) => {
                self.put("__NR_");
                self.put(name);
            }
            Part::Hex(v) => hex(&mut self.out, v),
            Part::Dec(v) => decimal(&mut self.out, v),
            Part::Oct(v) => mode(&mut self.out, v),
            Part::Member(v, name) => self.member(v, name),
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
                    self.note(about);
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
                self.note(name);
            }
        }
    }

    fn member(&mut self, v: u64, name: &str) {
        match self.style.symbols {
            Symbols::Abbrev => self.put(name),
            Symbols::Raw => decimal(&mut self.out, v),
            Symbols::Verbose => {
                decimal(&mut self.out, v);
                self.note(name);
            }
        }
    }

    fn named(&mut self, number: Named) {
        match number.name {
            Some(name) => self.put(name),
            None => {
                hex(&mut self.out, number.value);
                self.note(number.unknown);
            }
        }
    }

    fn parts(&mut self, parts: &[Part]) {
        for (i, part) in parts.iter().enumerate() {
            if i > 0 {
                self.out.push(b'|');
            }
            self.part(*part);
        }
    }

    /// As [`Text::parts`], each name as the constant that it is; within a remark on a number, `remark`, most are
    /// plain.
    fn constants(&mut self, parts: &[Part], remark: bool) {
        let first = match parts.first() {
            Some(Part::Name(name)) if COLOR => joined(name),
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
                        Part::Name(name) if !COLOR || !(plain || is_plain(name)) => {
                            self.put_as(Role::Const, name);
                        }
                        _ => self.part(*part),
                    }
                }
            }
        }
    }

    fn separate(&mut self) {
        if std::mem::replace(&mut self.comma, true) {
            self.punct(self.separator);
        }
    }

    fn named_member(&mut self, name: &str) {
        if !name.is_empty() {
            self.field(name);
        }
    }

    /// A value of which the bytes are its number: `htons(80)` is `"\x00\x50"`.
    fn encode(&mut self, bytes: &[u8], meaning: impl FnOnce(&mut Self)) {
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
    fn call_of(&mut self, function: &str, argument: std::fmt::Arguments<'_>) {
        self.open_call(function);
        let _ = self.out.write_fmt(argument);
        self.close_call();
    }

    /// `if_nametoindex("NAME")`.
    fn if_nametoindex(&mut self, name: &str) {
        self.open_call("if_nametoindex");
        quote(&mut self.out, name.as_bytes(), Escape::Octal);
        self.close_call();
    }

    /// `inet_pton(AF_INET6, "ADDRESS"`.
    fn open_inet_pton(&mut self, address: std::net::Ipv6Addr) {
        self.open_call("inet_pton");
        self.put_as(Role::Const, "AF_INET6");
        self.punct(", ");
        let _ = match address.segments() {
            // As `inet_ntop(3)` has it, an address that ends in an IPv4 address shows that.
            [0, 0, 0, 0, 0, 0, high, _] if high != 0 => {
                let [.., a, b, c, d] = address.octets();
                write!(self.out, "\"::{a}.{b}.{c}.{d}\"")
            }
            _ => write!(self.out, "\"{address}\""),
        };
    }

    fn begin_note(&mut self) {
        self.color(Role::Comment);
        self.put(" /* ");
    }

    fn end_note(&mut self) {
        self.color(Role::Comment);
        self.put(" */");
        self.color(Role::ArgVal);
    }

    /// Bytes as a hardware address is written: `01:02:03`.
    fn octets(&mut self, bytes: &[u8]) {
        for (i, &byte) in bytes.iter().enumerate() {
            if i > 0 {
                self.put(":");
            }
            hex_digits(&mut self.out, u64::from(byte), 2);
        }
    }

    fn spent(&mut self, spent: std::time::Duration) {
        let digits = self.style.spent_digits.min(9);
        self.end_value();
        self.put(" ");
        self.color(Role::RetVal);
        self.punct("<");
        decimal(&mut self.out, spent.as_secs());
        if digits > 0 {
            self.put(".");
            padded(&mut self.out, (spent.subsec_nanos() / 10_u32.pow(9 - digits as u32)).into(), digits);
        }
        self.punct(">");
        self.reset();
    }
}

/// Permission bits: three octal digits at least.
fn mode(out: &mut Vec<u8>, v: u64) {
    let zeroes: &[u8] = match v {
        0..0o10 => b"00",
        0o10..0o100 => b"0",
        _ => b"",
    };
    // A mode is written with the leading zero of an octal constant, which counts as one of the three.
    if v >= 0o100 {
        out.push(b'0');
    }
    out.extend_from_slice(zeroes);
    octal_digits(out, v);
}

impl<const COLOR: bool> Sink for Text<COLOR> {
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
        self.encode(bytes, |text| text.call_of("inet_addr", format_args!("\"{ip}\"")));
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
                self.encode(&v4.octets(), |text| text.call_of("inet_addr", format_args!("\"{v4}\"")));
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

    fn interface(&mut self, index: u32, name: Option<&str>) {
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

impl<const COLOR: bool> Render for Text<COLOR> {
    fn buffer(&self) -> &[u8] {
        &self.out
    }

    fn taken(&mut self) {
        // What has gone out of the open line still counts for its columns.
        self.taken = self.column();
        self.invisible = 0;
        self.out.clear();
        self.line = 0;
    }

    fn call_drop(&mut self) {
        self.out.truncate(self.line);
        self.taken = 0;
        self.invisible = 0;
    }

    fn call_begin(&mut self, head: &Head<'_>, call: &CallName<'_>) {
        self.begin_line(head);
        self.color(Role::Syscall);
        self.put(call.name);
        self.punct("(");
    }

    fn call_pause(&mut self) -> Partial {
        self.reset();
        Partial { comma: self.comma, ..Partial::default() }
    }

    fn call_interrupt(&mut self) {
        self.put(" <unfinished ...>");
        self.end_line();
    }

    fn call_resume(&mut self, head: &Head<'_>, call: &CallName<'_>, kept: Partial, interrupted: bool) {
        self.comma = kept.comma;
        if interrupted {
            self.begin_line(head);
            self.put("<... ");
            self.put(call.name);
            self.put(" resumed>");
        }
    }

    fn args_end(&mut self) {
        self.close_call();
        let column = self.column();
        let blanks = self.style.columns.saturating_sub(column).max(1);
        self.out.resize(self.out.len() + blanks, b' ');
        self.color(Role::Punct);
        self.put("=");
        self.reset();
        self.reset();
        self.put(" ");
        self.color(Role::RetVal);
        self.in_value = COLOR;
    }

    fn error(&mut self, errno: u32) {
        match crate::restart_meaning(errno) {
            Some(meaning) => {
                self.put("?");
                self.error_text(uapi::errno::name_of(errno).unwrap_or_default(), meaning);
            }
            None => self.plain_error(errno),
        }
    }

    fn no_value(&mut self) {
        self.put("?");
    }

    fn call_end(&mut self, tail: &Tail) {
        match (tail.injected, tail.poked) {
            (true, true) => self.about_value("(INJECTED: args, retval)"),
            (true, false) => self.about_value("(INJECTED)"),
            (false, true) => self.about_value("(INJECTED: args)"),
            (false, false) => {}
        }
        if tail.delayed {
            self.about_value("(DELAYED)");
        }
        if let Some(spent) = tail.spent {
            self.spent(spent);
        }
        self.end_line();
    }

    fn call_abandon(
        &mut self,
        head: &Head<'_>,
        call: &CallName<'_>,
        kept: Partial,
        interrupted: bool,
        why: Abandon,
    ) {
        self.call_resume(head, call, kept, interrupted);
        match why {
            Abandon::Ended { complete } => {
                if !complete {
                    self.put(" <unfinished ...>");
                }
                self.args_end();
                self.no_value();
            }
            Abandon::Detached => self.put(" <detached ...>"),
            Abandon::Renamed(id) => {
                let _ = write!(self.out, " <pid changed to {id} ...>");
            }
        }
        self.end_line();
    }

    fn signal(&mut self, head: &Head<'_>, signal: i32, info: Option<crate::ShowInfo<'_>>) {
        self.begin_line(head);
        self.put("--- ");
        self.signal_name(signal);
        match info {
            Some(show) => {
                self.put(" ");
                show(self);
            }
            None => self.put(" ()"),
        }
        self.put(" ---");
        self.end_line();
    }

    fn stopped(&mut self, head: &Head<'_>, signal: i32) {
        self.begin_line(head);
        self.put("--- stopped by ");
        self.signal_name(signal);
        self.put(" ---");
        self.end_line();
    }

    fn exited(&mut self, head: &Head<'_>, status: i32) {
        self.remark(head, &format!("+++ exited with {status} +++"));
    }

    fn killed(&mut self, head: &Head<'_>, signal: i32, core: bool) {
        self.begin_line(head);
        self.put("+++ killed by ");
        self.signal_name(signal);
        self.put(if core { " (core dumped) +++" } else { " +++" });
        self.end_line();
    }

    fn superseded(&mut self, head: &Head<'_>, by: i32) {
        self.remark(head, &format!("+++ superseded by execve in pid {by} +++"));
    }

    fn stack(&mut self, stack: &crate::Stack<'_>) {
        self.stack_lines(stack);
    }

    fn message(&mut self, text: &str) {
        self.put(text);
        self.end_line();
    }

    fn remark(&mut self, head: &Head<'_>, text: &str) {
        self.begin_line(head);
        self.put(text);
        self.end_line();
    }
}

impl<const COLOR: bool> Text<COLOR> {
    /// `FUNCTION(`.
    fn open_call(&mut self, function: &str) {
        self.color(Role::Call);
        self.put(function);
        self.punct("(");
    }

    /// Writes a time as a remark; nothing where `write` can't.
    fn point_in_time(&mut self, write: impl FnOnce(&mut Vec<u8>) -> Option<()>) {
        let (start, invisible) = (self.out.len(), self.invisible);
        if !self.in_aux {
            self.begin_note();
        }
        if write(&mut self.out).is_none() {
            self.invisible = invisible;
            return self.out.truncate(start);
        }
        if !self.in_aux {
            self.end_note();
        }
    }

    fn signal_name(&mut self, signal: i32) {
        self.put(&crate::signal_name(signal));
    }

    fn plain_error(&mut self, errno: u32) {
        self.put("-1");
        self.errno(errno);
    }

    /// ` NAME (MESSAGE)`.
    fn error_text(&mut self, name: &str, message: &str) {
        self.end_value();
        self.put(" ");
        self.color(Role::Error);
        self.put(name);
        self.reset();
        self.put(" ");
        self.color(Role::Error);
        self.put("(");
        self.put(message);
        self.put(")");
        self.reset();
    }

    fn errno(&mut self, errno: u32) {
        match uapi::errno::name_of(errno) {
            Some(name) => self.error_text(name, crate::errno_message(errno)),
            None => {
                self.end_value();
                self.put(" ");
                self.color(Role::Error);
                self.put("(errno ");
                decimal(&mut self.out, u64::from(errno));
                self.put(")");
                self.reset();
            }
        }
    }
}
