//! Brackets, keys, strings and numbers.

use super::{Bracket, Group, Json, Last};
use crate::number::{decimal, hex, hex_byte, signed};
use crate::plain::{is_plain, plain_prefix};
use crate::visible::is_unseen;
use std::io::Write as _;
use std::time::Duration;

impl Json {
    #[inline]
    pub(super) fn put(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    /// A value begins here.
    #[inline]
    pub(super) fn value(&mut self) -> &mut Vec<u8> {
        self.last = Last { start: self.out.len(), is_own: false };
        &mut self.out
    }

    #[inline]
    pub(super) fn open_group(&mut self, kind: Bracket) {
        let start = (self.out.len() - self.object) as u32;
        self.groups.push(Group { kind, start });
        self.out.push(if kind == Bracket::Array { b'[' } else { b'{' });
    }

    #[inline]
    pub(super) fn close_group(&mut self) {
        self.end_element();
        self.close_one();
    }

    #[inline]
    fn close_one(&mut self) {
        if let Some(group) = self.groups.pop() {
            self.settle();
            self.out.push(group.kind.closing());
            let is_own = matches!(group.kind, Bracket::Own | Bracket::Element);
            self.last = Last { start: self.object + group.start as usize, is_own };
        }
    }

    /// Closes the element at hand, if it has brackets of its own.
    #[inline]
    pub(super) fn end_element(&mut self) {
        if self.groups.last().is_some_and(|group| group.kind == Bracket::Element) {
            self.close_one();
        }
    }

    /// Closes groups until only so many are open.
    pub(super) fn close_to(&mut self, depth: usize) {
        while self.groups.len() > depth {
            self.close_one();
        }
    }

    /// Gives a name without a value a null.
    #[inline]
    pub(super) fn settle(&mut self) {
        if self.out.last() == Some(&b':') {
            self.value().extend_from_slice(b"null");
        }
    }

    /// Starts a member or an element.
    #[inline]
    pub(super) fn separate(&mut self) {
        match self.out.last() {
            Some(b'{' | b'[') => {}
            Some(b':') => self.out.extend_from_slice(b"null,"),
            _ => self.out.push(b','),
        }
    }

    #[inline]
    pub(super) fn key(&mut self, name: &str) {
        if is_plain(name.as_bytes()) {
            match self.out.last() {
                Some(b'{' | b'[') => self.out.push(b'"'),
                Some(b':') => self.out.extend_from_slice(b"null,\""),
                _ => self.out.extend_from_slice(b",\""),
            }
            self.out.extend_from_slice(name.as_bytes());
            self.out.extend_from_slice(b"\":");
        } else {
            self.separate();
            string(&mut self.out, name);
            self.out.push(b':');
        }
    }

    #[inline]
    pub(super) fn string(&mut self, s: &str) {
        string(self.value(), s);
    }

    #[inline]
    pub(super) fn decimal(&mut self, v: u64) {
        decimal(self.value(), v);
    }

    #[inline]
    pub(super) fn signed(&mut self, v: i64) {
        signed(self.value(), v);
    }

    /// An address.
    #[inline]
    pub(super) fn address(&mut self, v: u64) {
        let out = self.value();
        if v == 0 {
            return out.extend_from_slice(b"null");
        }
        out.push(b'"');
        hex(out, v);
        out.push(b'"');
    }

    /// Bytes as a string of hexadecimal digits.
    pub(super) fn hex_string(&mut self, bytes: &[u8]) {
        let out = self.value();
        out.push(b'"');
        bytes.iter().for_each(|&b| hex_byte(out, b));
        out.push(b'"');
    }

    pub(super) fn text(&mut self, name: &str, value: &str) {
        self.key(name);
        self.string(value);
    }

    /// Text that may not be UTF-8.
    pub(super) fn raw_text(&mut self, name: &str, value: &[u8]) {
        self.key(name);
        raw_string(self.value(), value);
    }

    pub(super) fn number(&mut self, name: &str, value: i64) {
        self.key(name);
        self.signed(value);
    }

    pub(super) fn flag(&mut self, name: &str) {
        self.key(name);
        self.value().extend_from_slice(b"true");
    }

    /// Seconds as a string, which is exact for every reader: a number would have more digits than a double keeps.
    pub(super) fn time(&mut self, name: &str, time: Duration) {
        self.key(name);
        let out = self.value();
        out.push(b'"');
        decimal(out, time.as_secs());
        out.push(b'.');
        crate::number::fraction(out, time.subsec_nanos(), 9);
        out.push(b'"');
    }
}

/// Appends a JSON string.
#[inline]
fn string(out: &mut Vec<u8>, s: &str) {
    out.push(b'"');
    if is_plain(s.as_bytes()) {
        out.extend_from_slice(s.as_bytes());
    } else {
        characters(out, s);
    }
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
    let mut rest = s;
    loop {
        let (plain, other) = rest.split_at(plain_prefix(rest.as_bytes()));
        out.extend_from_slice(plain.as_bytes());
        let mut others = other.chars();
        match others.next() {
            None => return,
            Some(c @ ('"' | '\\')) => out.extend_from_slice(&[b'\\', c as u8]),
            Some('\n') => out.extend_from_slice(b"\\n"),
            Some('\t') => out.extend_from_slice(b"\\t"),
            Some(c) if is_unseen(c) => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    out.extend_from_slice(b"\\u");
                    unit.to_be_bytes().iter().for_each(|&b| hex_byte(out, b));
                }
            }
            Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
        rest = others.as_str();
    }
}
