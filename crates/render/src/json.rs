//! JSON Lines: an object for each call, signal, end and message. The schema is `docs/strax.schema.json`.

mod stack;

use crate::number::{decimal, hex, signed};
use crate::visible::is_unseen;
use crate::{Abandon, CallName, Head, Partial, Render, Tail};
use decode::{AT_FDCWD, Base, Kind, Named, Part, Sink, Text as Form};
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

/// An object being written: valid JSON once its closers are added.
#[derive(Debug, Default)]
pub(crate) struct Document {
    out: Vec<u8>,
    /// The brackets that are open, as their closing ones, innermost last.
    closers: Vec<u8>,
    /// Whether the innermost group has a member already.
    comma: bool,
    /// Whether a name stands there without its value.
    owes_value: bool,
}

/// Renders JSON Lines.
#[derive(Debug, Default)]
pub struct Json {
    /// The object at hand.
    doc: Box<Document>,
    /// Objects of calls that are over, to be used again with their memory.
    #[expect(
        clippy::vec_box,
        reason = "they move to tracees and back, which keep as little of them as can be"
    )]
    spare: Vec<Box<Document>>,
    /// Finished lines.
    lines: Vec<u8>,
}

impl Json {
    /// An empty output.
    pub fn new() -> Json {
        Json::default()
    }
}

/// Whether a text could be taken for an address, which is what a text that can't be read is in its place.
fn is_like_address(text: &str) -> bool {
    let digits = text.strip_prefix("0x");
    digits.is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)))
}

impl Document {
    /// Empties it, but for its memory.
    fn clear(&mut self) {
        self.out.clear();
        self.closers.clear();
        self.comma = false;
        self.owes_value = false;
    }

    /// Before a value: the comma that an array's element needs is [`Sink::item`]'s affair.
    fn value(&mut self) -> &mut Vec<u8> {
        self.comma = true;
        self.owes_value = false;
        &mut self.out
    }

    fn open(&mut self, open: u8, close: u8) {
        self.value().push(open);
        self.closers.push(close);
        self.comma = false;
    }

    fn close(&mut self) {
        if let Some(close) = self.closers.pop() {
            self.settle();
            self.out.push(close);
        }
        self.comma = true;
    }

    /// Gives a name without a value a null.
    fn settle(&mut self) {
        if std::mem::take(&mut self.owes_value) {
            self.out.extend_from_slice(b"null");
        }
    }

    fn separate(&mut self) {
        self.settle();
        if self.comma {
            self.out.push(b',');
        }
        self.comma = false;
    }

    fn key(&mut self, name: &str) {
        self.separate();
        string(&mut self.out, name);
        self.out.push(b':');
        self.owes_value = true;
    }

    fn text(&mut self, name: &str, value: &str) {
        self.key(name);
        string(self.value(), value);
    }

    /// Text that may not be UTF-8.
    fn raw_text(&mut self, name: &str, value: &[u8]) {
        self.key(name);
        raw_string(self.value(), value);
    }

    fn number(&mut self, name: &str, value: i64) {
        self.key(name);
        signed(self.value(), value);
    }

    fn seconds(&mut self, name: &str, value: Duration) {
        self.key(name);
        let _ = write!(self.value(), "{}.{:09}", value.as_secs(), value.subsec_nanos());
    }

    fn flag(&mut self, name: &str) {
        self.key(name);
        self.value().extend_from_slice(b"true");
    }

    /// Closes groups until only `depth` are open.
    fn close_to(&mut self, depth: usize) {
        while self.closers.len() > depth {
            self.close();
        }
    }
}

/// Appends a JSON string.
fn string(out: &mut Vec<u8>, s: &str) {
    out.push(b'"');
    characters(out, s);
    out.push(b'"');
}

/// Appends a JSON string with octal escapes, as text has them, for bytes that are not UTF-8.
fn raw_string(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(b'"');
    for part in bytes.utf8_chunks() {
        characters(out, part.valid());
        for byte in part.invalid() {
            let _ = write!(out, "\\\\{byte:03o}");
        }
    }
    out.push(b'"');
}

/// Appends what stands in a JSON string for these characters.
fn characters(out: &mut Vec<u8>, s: &str) {
    for c in s.chars() {
        match c {
            '"' | '\\' => out.extend_from_slice(&[b'\\', c as u8]),
            '\n' => out.extend_from_slice(b"\\n"),
            '\t' => out.extend_from_slice(b"\\t"),
            c if is_unseen(c) => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
            c => {
                let mut utf8 = [0; 4];
                out.extend_from_slice(c.encode_utf8(&mut utf8).as_bytes());
            }
        }
    }
}

fn abi_name(abi: uapi::Abi) -> &'static str {
    match abi {
        uapi::Abi::X86_64 => "x86_64",
        uapi::Abi::I386 => "i386",
        uapi::Abi::X32 => "x32",
        uapi::Abi::Aarch64 => "aarch64",
        uapi::Abi::Riscv64 => "riscv64",
    }
}

/// The depth of the `args` object in a call's object.
const IN_CALL: usize = 1;

impl Sink for Json {
    fn arg_next(&mut self) {}

    fn arg_name(&mut self, name: &str) {
        self.doc.key(name);
    }

    fn int(&mut self, v: i64) {
        signed(self.doc.value(), v);
    }

    fn uint(&mut self, v: u64) {
        decimal(self.doc.value(), v);
    }

    fn hex(&mut self, v: u64) {
        decimal(self.doc.value(), v);
    }

    fn hex_wide(&mut self, v: u64, _: u8) {
        decimal(self.doc.value(), v);
    }

    fn oct(&mut self, v: u64) {
        decimal(self.doc.value(), v);
    }

    fn mode(&mut self, v: u64) {
        decimal(self.doc.value(), v);
    }

    fn addr(&mut self, v: u64) {
        let out = self.doc.value();
        if v == 0 {
            out.extend_from_slice(b"null");
        } else {
            out.push(b'"');
            hex(out, v);
            out.push(b'"');
        }
    }

    fn failure(&mut self, v: u64, errno: u32) {
        decimal(self.doc.value(), v);
        self.doc.number("errno", i64::from(errno));
        if let Some(name) = uapi::errno::name_of(errno) {
            self.doc.text("error", name);
        }
    }

    fn word(&mut self, w: &str) {
        string(self.doc.value(), w);
    }

    fn fd(&mut self, v: i32, about: Option<&[u8]>) {
        self.annotated("fd", i64::from(v), about);
    }

    fn cwd(&mut self, about: Option<&[u8]>) {
        match about {
            Some(about) => self.annotated("fd", i64::from(AT_FDCWD), Some(about)),
            None => self.symbolic(AT_FDCWD as u64, Base::Dec, &[Part::Name("AT_FDCWD")], ""),
        }
    }

    fn pid(&mut self, v: i32, about: Option<&[u8]>) {
        self.annotated("id", i64::from(v), about);
    }

    fn symbolic(&mut self, v: u64, base: Base, parts: &[Part], _: &str) {
        self.doc.open(b'{', b'}');
        self.doc.key("value");
        match base {
            Base::Dec | Base::SignedHex => signed(self.doc.value(), v as i64),
            _ => decimal(self.doc.value(), v),
        }
        if !parts.is_empty() {
            self.doc.key("names");
            self.doc.open(b'[', b']');
            for part in parts {
                self.item();
                self.part(*part);
            }
            self.doc.close();
        }
        self.doc.close();
    }

    fn spelled(&mut self, v: u64, base: Base, name: &str) {
        self.doc.open(b'{', b'}');
        self.doc.key("value");
        match base {
            Base::Dec | Base::SignedHex => signed(self.doc.value(), v as i64),
            _ => decimal(self.doc.value(), v),
        }
        self.doc.key("names");
        self.doc.open(b'[', b']');
        self.item();
        string(self.doc.value(), name);
        self.doc.close();
        self.doc.close();
    }

    fn bytes(&mut self, b: &[u8], _: Form, more: bool) {
        match std::str::from_utf8(b) {
            Ok(s) if !more && !is_like_address(s) => string(self.doc.value(), s),
            Ok(s) => {
                self.doc.open(b'{', b'}');
                self.doc.text("text", s);
                if more {
                    self.doc.flag("truncated");
                }
                self.doc.close();
            }
            Err(_) => {
                self.doc.open(b'{', b'}');
                self.doc.key("hex");
                let out = self.doc.value();
                out.push(b'"');
                b.iter().for_each(|&b| crate::number::hex_digits(out, u64::from(b), 2));
                out.push(b'"');
                if more {
                    self.doc.flag("truncated");
                }
                self.doc.close();
            }
        }
    }

    fn set(&mut self, inverted: bool, items: &mut dyn Iterator<Item = Part>) {
        self.doc.open(b'{', b'}');
        if inverted {
            self.doc.flag("all_but");
        }
        self.doc.key("set");
        self.doc.open(b'[', b']');
        for item in items {
            self.item();
            self.part(item);
        }
        self.doc.close();
        self.doc.close();
    }

    fn wide_ip(&mut self, ip: Ipv4Addr, _: &[u8]) {
        self.ip("", ip.into());
    }

    fn ip(&mut self, name: &str, ip: IpAddr) {
        if !name.is_empty() {
            self.doc.key(name);
        }
        let _ = write!(self.doc.value(), "\"{ip}\"");
    }

    fn network(&mut self, _: &str, _: &[u8], v: u64) {
        decimal(self.doc.value(), v);
    }

    fn encoded(&mut self, _: &[u8], text: &str) {
        string(self.doc.value(), text);
    }

    fn hardware_address(&mut self, bytes: &[u8]) {
        let out = self.doc.value();
        out.push(b'"');
        for (i, byte) in bytes.iter().enumerate() {
            let _ = write!(out, "{}{byte:02x}", if i > 0 { ":" } else { "" });
        }
        out.push(b'"');
    }

    fn interface(&mut self, index: u32, name: Option<&[u8]>) {
        self.annotated("interface", i64::from(index), name);
    }

    fn hex_field(&mut self, v: u64, _: u8) {
        decimal(self.doc.value(), v);
    }

    // A shifted term stands in an array of terms; its amount stands behind it there.
    fn shifted(&mut self, bits: u32) {
        self.doc.separate();
        let _ = write!(self.doc.value(), "\"<<{bits}\"");
    }

    fn unknown(&mut self) {
        self.doc.value().extend_from_slice(b"null");
    }

    fn open(&mut self, kind: Kind) {
        match kind {
            Kind::Struct | Kind::Members => self.doc.open(b'{', b'}'),
            Kind::Array | Kind::Set | Kind::Shift | Kind::Sum | Kind::Terms => self.doc.open(b'[', b']'),
            Kind::Macro(name) | Kind::Composed(name, ..) => {
                self.doc.open(b'{', b'}');
                self.doc.key(name);
                self.doc.open(b'[', b']');
            }
            Kind::Deref | Kind::Wrap(_) => {}
        }
    }

    fn field(&mut self, name: &str) {
        self.doc.key(name);
    }

    fn unnamed(&mut self, name: &str) {
        self.doc.key(name);
    }

    fn item(&mut self) {
        self.doc.separate();
    }

    fn index(&mut self, _: &str) {
        self.doc.separate();
    }

    fn index_named(&mut self, _: u64, _: &[Part], _: &str) {
        self.doc.separate();
    }

    fn more(&mut self) {
        if self.doc.closers.last() == Some(&b']') {
            self.doc.separate();
            self.doc.open(b'{', b'}');
            self.doc.flag("more");
            self.doc.close();
        } else {
            self.doc.flag("more");
        }
    }

    fn named_group(&mut self, name: &str, group: &dyn Fn(&mut dyn Sink)) {
        self.doc.open(b'{', b'}');
        self.doc.text("name", name);
        self.doc.key("value");
        group(self);
        self.doc.close();
    }

    fn labelled(&mut self, context: &[u8], value: &dyn Fn(&mut dyn Sink)) {
        self.doc.open(b'{', b'}');
        self.doc.raw_text("context", context);
        self.doc.key("value");
        value(self);
        self.doc.close();
    }

    fn composed(&mut self, _: u64, _: Base, parts: &dyn Fn(&mut dyn Sink)) {
        parts(self);
    }

    fn bit_map(&mut self, _: &[u64], set: &dyn Fn(&mut dyn Sink)) {
        set(self);
    }

    fn more_at(&mut self, addr: u64) {
        self.doc.separate();
        self.doc.open(b'{', b'}');
        self.doc.key("unreadable");
        self.addr(addr);
        self.doc.close();
    }

    fn beyond(&mut self, _: u64, _: u64, bytes: Option<&[u8]>, more: bool) {
        self.doc.key("beyond");
        match bytes {
            Some(bytes) => self.bytes(bytes, Form::Binary, more),
            None => self.unknown(),
        }
    }

    fn close(&mut self, kind: Kind) {
        match kind {
            Kind::Struct
            | Kind::Members
            | Kind::Array
            | Kind::Set
            | Kind::Shift
            | Kind::Sum
            | Kind::Terms => self.doc.close(),
            Kind::Macro(_) | Kind::Composed(..) => {
                self.doc.close();
                self.doc.close();
            }
            Kind::Deref | Kind::Wrap(_) => {}
        }
    }

    fn change_begin(&mut self) {
        self.doc.open(b'{', b'}');
        self.doc.key("before");
    }

    fn changed(&mut self) {
        self.doc.key("after");
    }

    fn change_end(&mut self) {
        self.doc.close();
    }

    fn note(&mut self, _: &str) {}

    fn time(&mut self, _: i64, _: u32) {}

    fn aux_begin(&mut self) {
        self.doc.key("meaning");
        self.doc.open(b'[', b']');
    }

    fn aux_part(&mut self, name: &str) {
        self.doc.separate();
        if !name.is_empty() {
            string(self.doc.value(), name);
            self.doc.separate();
        }
    }

    fn aux_end(&mut self) {
        self.doc.close();
    }
}

/// A macro's operand.
struct Operand(Named);

impl std::fmt::Display for Operand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0.name {
            Some(name) => f.write_str(name),
            None => write!(f, "{:#x}", self.0.value),
        }
    }
}

impl Json {
    fn part(&mut self, part: Part) {
        match part {
            Part::Name(name) | Part::Call(name) => string(self.doc.value(), name),
            Part::Hex(v) | Part::Dec(v) | Part::Oct(v) | Part::Unknown(v, _) => decimal(self.doc.value(), v),
            Part::Member(_, name) | Part::HexMember(_, name) => string(self.doc.value(), name),
            Part::HexShifted(v, name) => {
                let _ = write!(self.doc.value(), "\"{v:#x}<<{name}\"");
            }
            Part::Joined(first, second) => {
                let _ = write!(self.doc.value(), "\"{first}{second}\"");
            }
            Part::BitBefore(name) => {
                let _ = write!(self.doc.value(), "\"1<<({name}-1)\"");
            }
            Part::Plus(name, v) | Part::NamedPlus(_, name, v) => {
                let _ = write!(self.doc.value(), "\"{name}+{v}\"");
            }
            Part::Negative(name) => {
                let _ = write!(self.doc.value(), "\"-{name}\"");
            }
            Part::Times(n, unit) => decimal(self.doc.value(), n.wrapping_mul(unit)),
            Part::Shifted(v, name) => {
                let _ = write!(self.doc.value(), "\"{v}<<{name}\"");
            }
            Part::MacroOf(name, a, b) => {
                let _ = write!(self.doc.value(), "\"{name}({}, {})\"", Operand(a), Operand(b));
            }
            Part::Macro(name, a, b) => {
                let _ = write!(self.doc.value(), "\"{name}({a:#x}, {b:#x})\"");
            }
        }
    }

    fn annotated(&mut self, name: &str, v: i64, about: Option<&[u8]>) {
        let Some(about) = about else { return signed(self.doc.value(), v) };
        self.doc.open(b'{', b'}');
        self.doc.number(name, v);
        self.doc.raw_text("about", about);
        self.doc.close();
    }

    fn begin(&mut self, kind: &str, head: Option<&Head<'_>>) {
        self.doc.clear();
        self.doc.open(b'{', b'}');
        self.doc.text("type", kind);
        let Some(head) = head else { return };
        self.doc.number("pid", i64::from(head.pid));
        if let Some(context) = head.context {
            self.doc.raw_text("context", context);
        }
        if let Some(comm) = head.comm {
            self.doc.raw_text("comm", comm);
        }
        if let Some(time) = head.time {
            self.doc.seconds("time", time);
        }
        if let Some(since) = head.since {
            self.doc.seconds("since", since);
        }
        if let Some((Some(ip), _)) = head.ip {
            self.doc.key("ip");
            self.addr(ip);
        }
    }

    fn end(&mut self) {
        self.doc.close_to(0);
        self.lines.extend_from_slice(&self.doc.out);
        self.lines.push(b'\n');
        self.doc.out.clear();
    }
}

impl Render for Json {
    fn buffer(&self) -> &[u8] {
        &self.lines
    }

    fn taken(&mut self) {
        self.lines.clear();
    }

    fn call_drop(&mut self) {
        self.doc.out.clear();
    }

    fn call_begin(&mut self, head: &Head<'_>, call: &CallName<'_>) {
        self.begin("syscall", Some(head));
        self.doc.text("name", call.name);
        self.doc.number("number", call.number as i64);
        self.doc.text("abi", abi_name(call.abi));
        self.doc.key("args");
        self.doc.open(b'{', b'}');
    }

    fn call_pause(&mut self) -> Partial {
        let next = self.spare.pop().unwrap_or_default();
        Partial { json: Some(std::mem::replace(&mut self.doc, next)), comma: false }
    }

    fn call_interrupt(&mut self) {}

    fn call_resume(&mut self, _: &Head<'_>, _: &CallName<'_>, kept: Partial, _: bool) {
        if let Some(json) = kept.json {
            self.spare.push(std::mem::replace(&mut self.doc, json));
        }
    }

    fn args_end(&mut self) {
        self.doc.close_to(IN_CALL);
        self.doc.key("return");
    }

    fn error(&mut self, errno: u32) {
        signed(
            self.doc.value(),
            if crate::restart_meaning(errno).is_some() { -i64::from(errno) } else { -1 },
        );
        self.doc.number("errno", i64::from(errno));
        if let Some(name) = uapi::errno::name_of(errno) {
            self.doc.text("error", name);
        }
    }

    fn no_value(&mut self) {
        self.doc.value().extend_from_slice(b"null");
    }

    fn call_end(&mut self, tail: &Tail) {
        self.doc.close_to(IN_CALL);
        if tail.injected {
            self.doc.flag("injected");
        }
        if tail.poked {
            self.doc.flag("poked");
        }
        if tail.delayed {
            self.doc.flag("delayed");
        }
        if let Some(spent) = tail.spent {
            self.doc.seconds("spent", spent);
        }
        self.end();
    }

    fn call_abandon(
        &mut self,
        head: &Head<'_>,
        call: &CallName<'_>,
        kept: Partial,
        interrupted: bool,
        _: Abandon,
    ) {
        self.call_resume(head, call, kept, interrupted);
        self.doc.close_to(IN_CALL);
        self.doc.flag("unfinished");
        self.end();
    }

    fn signal(&mut self, head: &Head<'_>, signal: i32, info: Option<crate::ShowInfo<'_>>) {
        self.begin("signal", Some(head));
        self.doc.text("signal", &crate::signal_name(signal));
        self.doc.number("number", i64::from(signal));
        if let Some(show) = info {
            self.doc.key("info");
            show(self);
        }
        self.end();
    }

    fn stopped(&mut self, head: &Head<'_>, signal: i32) {
        self.begin("stopped", Some(head));
        self.doc.text("signal", &crate::signal_name(signal));
        self.end();
    }

    fn exited(&mut self, head: &Head<'_>, status: i32) {
        self.begin("exited", Some(head));
        self.doc.number("status", i64::from(status));
        self.end();
    }

    fn killed(&mut self, head: &Head<'_>, signal: i32, core: bool) {
        self.begin("killed", Some(head));
        self.doc.text("signal", &crate::signal_name(signal));
        if core {
            self.doc.flag("core_dumped");
        }
        self.end();
    }

    fn superseded(&mut self, head: &Head<'_>, by: i32) {
        self.begin("superseded", Some(head));
        self.doc.number("by", i64::from(by));
        self.end();
    }

    fn stack(&mut self, stack: &crate::Stack<'_>) {
        self.add_stack(stack);
    }

    fn message(&mut self, text: &str) {
        self.begin("message", None);
        self.doc.text("text", text);
        self.end();
    }

    fn remark(&mut self, head: &Head<'_>, text: &str) {
        self.begin("remark", Some(head));
        self.doc.text("text", text);
        self.end();
    }

    fn lost(&mut self, lines: u64, why: &str) {
        self.begin("lost", None);
        self.doc.number("lines", lines as i64);
        self.doc.text("error", why);
        self.end();
    }
}
