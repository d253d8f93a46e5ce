//! strace's text.

use crate::number::{decimal, hex, hex_digits, octal, octal_digits, signed};
use crate::quote::{Escape, quote};
use crate::{Abandon, CallName, Head, Partial, PidForm, Render, Tail};
use decode::{AT_FDCWD, Base, Kind, Named, Part, Sink, Text as Form};
use std::io::Write as _;
use std::net::IpAddr;

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

/// Renders in strace's format.
#[derive(Debug)]
pub struct Text {
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
}

impl Text {
    /// An empty output.
    pub fn new(style: Style) -> Text {
        Text {
            style,
            out: Vec::with_capacity(8192),
            taken: 0,
            line: 0,
            comma: false,
            separator: ", ",
            aux_comma: false,
            in_aux: false,
        }
    }

    fn put(&mut self, s: &str) {
        self.out.extend_from_slice(s.as_bytes());
    }

    /// Bytes written since the line began.
    fn column(&self) -> usize {
        self.taken + self.out.len() - self.line
    }

    fn begin_line(&mut self, head: &Head<'_>) {
        self.taken = 0;
        self.line = self.out.len();
        self.pid_prefix(head);
        if let Some(context) = head.context {
            self.context(context);
            self.put(" ");
        }
        self.put(head.stamp);
        if let Some(number) = head.number {
            self.put("[");
            let _ = write!(self.out, "{number:4}");
            self.put("] ");
        }
        match head.ip {
            Some((Some(ip), digits)) => {
                self.put("[");
                hex_digits(&mut self.out, ip, usize::from(digits));
                self.put("] ");
            }
            Some((None, digits)) => {
                self.put("[");
                self.out.resize(self.out.len() + usize::from(digits), b'?');
                self.put("] ");
            }
            None => {}
        }
    }

    fn pid_prefix(&mut self, head: &Head<'_>) {
        match head.form {
            PidForm::None => {}
            PidForm::Bracketed => {
                let _ = write!(self.out, "[pid {:5}", head.pid);
                self.comm(head);
                self.put("] ");
            }
            PidForm::Plain => {
                // Columns are not kept behind a command name, which has any width.
                let width = if head.comm.is_some() { 0 } else { 5 };
                let _ = write!(self.out, "{:<width$}", head.pid);
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
        self.out.push(b'\n');
        self.taken = 0;
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
            self.out.push(b'<');
            self.out.extend_from_slice(about);
            // What is removed is marked behind the bracket, which such a text closes itself.
            if !about.ends_with(b">(deleted)") {
                self.out.push(b'>');
            }
        }
    }

    fn number(&mut self, v: u64, base: Base) {
        match base {
            Base::Dec => signed(&mut self.out, v as i64),
            Base::Udec => decimal(&mut self.out, v),
            Base::Hex => hex(&mut self.out, v),
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
                self.note(about);
            }
            Part::MacroOf(name, a, b) => {
                self.put(name);
                self.put("(");
                self.named(a);
                self.put(", ");
                self.named(b);
                self.put(")");
            }
            Part::Macro(name, a, b) => {
                self.put(name);
                self.put("(");
                hex(&mut self.out, a);
                self.put(", ");
                hex(&mut self.out, b);
                self.put(")");
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

    fn separate(&mut self) {
        if std::mem::replace(&mut self.comma, true) {
            self.put(self.separator);
        }
    }

    fn named_member(&mut self, name: &str) {
        if !name.is_empty() {
            self.field(name);
        }
    }

    /// A value of which the bytes are its number: `htons(80)` is `"\x00\x50"`.
    fn encode(&mut self, bytes: &[u8], meaning: std::fmt::Arguments<'_>) {
        if self.style.symbols != Symbols::Abbrev {
            quote(&mut self.out, bytes, Escape::All);
        }
        match self.style.symbols {
            Symbols::Abbrev => {
                let _ = self.out.write_fmt(meaning);
            }
            Symbols::Raw => {}
            Symbols::Verbose => {
                let _ = write!(self.out, " /* {meaning} */");
            }
        }
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
        let digits = self.style.spent_digits;
        let nanos = format!("{:09}", spent.subsec_nanos());
        let _ = write!(self.out, " <{}", spent.as_secs());
        if digits > 0 {
            self.put(".");
            self.put(&nanos[..digits.min(9)]);
        }
        self.put(">");
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

impl Sink for Text {
    fn arg_next(&mut self) {
        self.put(", ");
    }

    fn arg_name(&mut self, name: &str) {
        if self.style.arg_names && !name.is_empty() {
            self.put(name);
            self.put("=");
        }
    }

    fn arg_label(&mut self, name: &str) {
        self.put(name);
        self.put("=");
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
            Symbols::Abbrev => self.parts(parts),
            Symbols::Raw => self.number(v, base),
            Symbols::Verbose => {
                self.number(v, base);
                self.put(" /* ");
                self.parts(parts);
                self.put(" */");
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
                self.put(" /* ");
                self.put(head);
                self.put(tail);
                self.put(" */");
            }
        }
    }

    fn remarked(&mut self, v: u64, base: Base, parts: &[Part], unknown: &str) {
        self.number(v, base);
        if self.style.symbols == Symbols::Raw {
            return;
        }
        self.put(" /* ");
        if parts.is_empty() {
            self.put(unknown)
        } else {
            self.parts(parts)
        }
        self.put(" */");
    }

    fn bytes(&mut self, b: &[u8], text: Form, more: bool) {
        if text == Form::Abstract {
            self.put("@");
        }
        let escape = if text == Form::Binary { Escape::All } else { self.style.escape };
        quote(&mut self.out, b, escape);
        if more {
            self.put("...");
        }
    }

    fn set(&mut self, inverted: bool, items: &mut dyn Iterator<Item = Part>) {
        if inverted {
            self.put("~");
        }
        self.put("[");
        for (i, item) in items.enumerate() {
            if i > 0 {
                self.put(" ");
            }
            self.part(item);
        }
        self.put("]");
    }

    fn ip(&mut self, name: &str, ip: IpAddr) {
        let abbrev = self.style.symbols == Symbols::Abbrev;
        match ip {
            // In the abbreviated form the function that makes an IPv6 address names the member it goes to.
            IpAddr::V6(v6) if abbrev && !name.is_empty() => {
                self.separate();
                let _ = write!(self.out, "inet_pton(AF_INET6, \"{v6}\", &{name})");
            }
            IpAddr::V6(v6) => {
                self.named_member(name);
                self.encode(&v6.octets(), format_args!("inet_pton(AF_INET6, \"{v6}\")"));
            }
            IpAddr::V4(v4) => {
                self.named_member(name);
                self.encode(&v4.octets(), format_args!("inet_addr(\"{v4}\")"));
            }
        }
    }

    fn network(&mut self, function: &str, bytes: &[u8], v: u64) {
        self.encode(bytes, format_args!("{function}({v})"));
    }

    fn encoded(&mut self, bytes: &[u8], text: &str) {
        self.encode(bytes, format_args!("{text}"));
    }

    fn hardware_address(&mut self, bytes: &[u8]) {
        if self.style.symbols != Symbols::Abbrev {
            quote(&mut self.out, bytes, Escape::All);
        }
        match self.style.symbols {
            Symbols::Abbrev => self.octets(bytes),
            Symbols::Raw => {}
            Symbols::Verbose => {
                self.put(" /* ");
                self.octets(bytes);
                self.put(" */");
            }
        }
    }

    fn interface(&mut self, index: u32, name: Option<&str>) {
        let Some(name) = name else { return decimal(&mut self.out, u64::from(index)) };
        if self.style.symbols != Symbols::Abbrev {
            decimal(&mut self.out, u64::from(index));
        }
        match self.style.symbols {
            Symbols::Abbrev => {
                self.put("if_nametoindex(");
                quote(&mut self.out, name.as_bytes(), Escape::Octal);
                self.put(")");
            }
            Symbols::Raw => {}
            Symbols::Verbose => {
                self.put(" /* if_nametoindex(");
                quote(&mut self.out, name.as_bytes(), Escape::Octal);
                self.put(") */");
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
        self.put(" ");
        self.errno(errno);
    }

    fn open(&mut self, kind: Kind) {
        self.comma = false;
        self.separator = match kind {
            Kind::Terms => "|",
            Kind::Shift => "<<",
            Kind::Set => " ",
            _ => ", ",
        };
        match kind {
            Kind::Terms | Kind::Shift | Kind::Members => {}
            Kind::Struct => self.put("{"),
            Kind::Array | Kind::Set | Kind::Deref => self.put("["),
            Kind::Composed(name, v, base) => {
                if self.style.symbols == Symbols::Verbose {
                    self.number(v, base);
                    self.put(" /* ");
                }
                self.put(name);
                self.put("(");
            }
            Kind::Macro(name) | Kind::Wrap(name) => {
                self.put(name);
                self.put("(");
            }
        }
    }

    fn field(&mut self, name: &str) {
        self.separate();
        self.put(name);
        self.put("=");
    }

    fn unnamed(&mut self, _: &str) {
        self.separate();
    }

    fn item(&mut self) {
        self.separate();
    }

    fn index(&mut self, name: &str) {
        self.separate();
        self.put("[");
        self.put(name);
        self.put("]=");
    }

    fn index_named(&mut self, index: u64, parts: &[Part], unknown: &str) {
        self.separate();
        self.put("[");
        self.symbolic(index, Base::Udec, parts, unknown);
        self.put("]=");
    }

    fn more(&mut self) {
        self.separate();
        self.put("...");
    }

    fn named_group(&mut self, name: &'static str, group: &dyn Fn(&mut dyn Sink)) {
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
            self.put(" /* ");
        }
        self.open(Kind::Array);
        for word in words {
            self.item();
            hex(&mut self.out, *word);
        }
        self.close(Kind::Array);
        if is_remark {
            self.put(" */");
        }
    }

    fn more_at(&mut self, addr: u64) {
        self.separate();
        self.put("... /* ");
        hex(&mut self.out, addr);
        self.put(" */");
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
            Kind::Terms | Kind::Shift | Kind::Members => {}
            Kind::Struct => self.put("}"),
            Kind::Array | Kind::Set | Kind::Deref => self.put("]"),
            Kind::Composed(..) if self.style.symbols == Symbols::Verbose => self.put(") */"),
            Kind::Macro(_) | Kind::Wrap(_) | Kind::Composed(..) => self.put(")"),
        }
    }

    fn change_begin(&mut self) {}

    fn changed(&mut self) {
        self.put(" => ");
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
        self.put(" /* ");
        self.put(text);
        self.put(" */");
    }

    fn time(&mut self, sec: i64, nsec: u32) {
        self.point_in_time(crate::time::local(sec, nsec));
    }

    fn time_micros(&mut self, sec: i64, usec: u32) {
        self.point_in_time(crate::time::local_micros(sec, usec));
    }

    fn aux_begin(&mut self) {
        self.put(" (");
        self.aux_comma = false;
        self.in_aux = true;
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
    }
}

impl Render for Text {
    fn buffer(&self) -> &[u8] {
        &self.out
    }

    fn taken(&mut self) {
        // What has gone out of the open line still counts for its columns.
        self.taken = self.column();
        self.out.clear();
        self.line = 0;
    }

    fn call_drop(&mut self) {
        self.out.truncate(self.line);
        self.taken = 0;
    }

    fn call_begin(&mut self, head: &Head<'_>, call: &CallName<'_>) {
        self.begin_line(head);
        self.put(call.name);
        self.put("(");
    }

    fn call_pause(&mut self) -> Partial {
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
        self.put(")");
        let column = self.column();
        let blanks = self.style.columns.saturating_sub(column).max(1);
        self.out.resize(self.out.len() + blanks, b' ');
        self.put("= ");
    }

    fn error(&mut self, errno: u32) {
        match crate::restart_meaning(errno) {
            Some(meaning) => {
                self.put("? ");
                self.put(uapi::errno::name_of(errno).unwrap_or_default());
                self.put(" (");
                self.put(meaning);
                self.put(")");
            }
            None => self.plain_error(errno),
        }
    }

    fn no_value(&mut self) {
        self.put("?");
    }

    fn call_end(&mut self, tail: &Tail) {
        match (tail.injected, tail.poked) {
            (true, true) => self.put(" (INJECTED: args, retval)"),
            (true, false) => self.put(" (INJECTED)"),
            (false, true) => self.put(" (INJECTED: args)"),
            (false, false) => {}
        }
        if tail.delayed {
            self.put(" (DELAYED)");
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

impl Text {
    fn point_in_time(&mut self, text: Option<String>) {
        match text {
            Some(text) if self.in_aux => self.put(&text),
            Some(text) => self.note(&text),
            None => {}
        }
    }

    fn signal_name(&mut self, signal: i32) {
        self.put(&crate::signal_name(signal));
    }

    fn plain_error(&mut self, errno: u32) {
        self.put("-1 ");
        self.errno(errno);
    }

    fn errno(&mut self, errno: u32) {
        match uapi::errno::name_of(errno) {
            Some(name) => {
                self.put(name);
                self.put(" (");
                self.put(crate::errno_message(errno));
                self.put(")");
            }
            None => {
                self.put("(errno ");
                decimal(&mut self.out, u64::from(errno));
                self.put(")");
            }
        }
    }
}
