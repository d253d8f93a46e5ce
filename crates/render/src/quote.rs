//! Byte strings as C string literals. Nothing that a terminal would act on gets through.

use crate::number::hex_byte;
use crate::plain::{bracket_in, is_plain, is_special, plain_prefix};

/// Which strings are shown in hexadecimal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Escape {
    /// None: bytes that can't be printed are escaped in octal.
    #[default]
    Octal,
    /// As [`Escape::Octal`], with hexadecimal escapes for bytes that can't be printed.
    NonAsciiChars,
    /// Strings with a byte that can't be printed (`-x`).
    NonAscii,
    /// All (`-xx`).
    All,
}

/// Appends `bytes` between quotes.
#[inline]
pub fn quote(out: &mut Vec<u8>, bytes: &[u8], escape: Escape) {
    out.push(b'"');
    if escape != Escape::All && is_plain(bytes) {
        out.extend_from_slice(bytes);
    } else {
        escape_into(out, bytes, escape);
    }
    out.push(b'"');
}

/// Appends a name, of a file or a command, that will stand in angle brackets: no bracket in it stands for itself.
pub fn bracketed(out: &mut Vec<u8>, name: &[u8], escape: Escape) {
    if all_hex(name, escape) {
        return name.iter().for_each(|&b| push_hex(out, b));
    }
    let mut rest = name;
    while let Some(i) = bracket_in(rest) {
        escape_some(out, &rest[..i], rest.get(i).copied(), escape);
        escaped(out, rest[i], rest.get(i + 1).copied(), escape);
        rest = &rest[i + 1..];
    }
    escape_some(out, rest, None, escape);
}

/// Whether all bytes are shown in hexadecimal.
fn all_hex(bytes: &[u8], escape: Escape) -> bool {
    match escape {
        Escape::All => true,
        Escape::NonAscii => !bytes.iter().all(|&b| is_text(b)),
        Escape::Octal | Escape::NonAsciiChars => false,
    }
}

/// Appends `bytes` escaped.
fn escape_into(out: &mut Vec<u8>, bytes: &[u8], escape: Escape) {
    if all_hex(bytes, escape) {
        return bytes.iter().for_each(|&b| push_hex(out, b));
    }
    escape_some(out, bytes, None, escape);
}

/// Appends `bytes`, those that need it escaped one by one; `next` is the byte behind them.
fn escape_some(out: &mut Vec<u8>, bytes: &[u8], next: Option<u8>, escape: Escape) {
    let mut rest = bytes;
    while !rest.is_empty() {
        // Most of most strings needs no escape.
        let plain = plain_prefix(rest);
        out.extend_from_slice(&rest[..plain]);
        rest = &rest[plain..];
        let Some((&b, behind)) = rest.split_first() else { return };
        // One by itself, as a line's end is.
        if !behind.first().is_some_and(|&n| is_special(n)) {
            escaped(out, b, behind.first().copied().or(next), escape);
            rest = behind;
            continue;
        }
        // Where two need it, others do.
        let (some, behind) = rest.split_at(rest.len().min(RUN));
        escape_run(out, some, behind.first().copied().or(next), escape);
        rest = behind;
    }
}

/// How many bytes are escaped in one go.
const RUN: usize = 16;

/// What a byte becomes, and how many bytes that is.
type Spelling = ([u8; 4], u8);

/// What bytes become that have no octal digit behind them.
static OCTAL: [Spelling; 256] = spellings(false);
/// What bytes become where those that can't be printed are shown in hexadecimal.
static HEX: [Spelling; 256] = spellings(true);

const fn spellings(hex: bool) -> [Spelling; 256] {
    let mut all = [([0; 4], 0); 256];
    let mut i = 0;
    while i < 256 {
        all[i] = spelling(i as u8, hex);
        i += 1;
    }
    all
}

const fn spelling(b: u8, hex: bool) -> Spelling {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let (high, middle, low) = (b'0' + (b >> 6), b'0' + (b >> 3 & 7), b'0' + (b & 7));
    match (short_escape(b), b) {
        (Some(c), _) => ([b'\\', c, 0, 0], 2),
        (None, 0x20..0x7f) => ([b, 0, 0, 0], 1),
        _ if hex => ([b'\\', b'x', DIGITS[(b >> 4) as usize], DIGITS[(b & 15) as usize]], 4),
        (None, 0..0o10) => ([b'\\', low, 0, 0], 2),
        (None, 0o10..0o100) => ([b'\\', middle, low, 0], 3),
        _ => ([b'\\', high, middle, low], 4),
    }
}

/// Appends at most [`RUN`] bytes, those that need it escaped; `next` is the byte behind them.
fn escape_run(out: &mut Vec<u8>, bytes: &[u8], next: Option<u8>, escape: Escape) {
    let table = if escape == Escape::NonAsciiChars { &HEX } else { &OCTAL };
    // A spelling is written whole, whatever it is long.
    let mut run = [0; RUN * 4];
    let mut len = 0;
    for (i, &b) in bytes.iter().enumerate() {
        let (mut text, mut count) = table[usize::from(b)];
        // An octal escape of fewer than three digits would be lengthened by one behind it.
        if count < 4 && !(0x20..0x7f).contains(&b) && short_escape(b).is_none() {
            let next = bytes.get(i + 1).copied().or(next);
            if next.is_some_and(|n| matches!(n, b'0'..=b'7')) {
                text = [b'\\', b'0', b'0' + (b >> 3 & 7), b'0' + (b & 7)];
                count = 4;
            }
        }
        if let Some(place) = run.get_mut(len..len + 4) {
            place.copy_from_slice(&text);
            len += usize::from(count);
        }
    }
    out.extend_from_slice(&run[..len]);
}

/// Appends the escape of a byte that has `next` behind it.
fn escaped(out: &mut Vec<u8>, b: u8, next: Option<u8>, escape: Escape) {
    match short_escape(b) {
        Some(c) => out.extend_from_slice(&[b'\\', c]),
        None if escape == Escape::NonAsciiChars => push_hex(out, b),
        None => push_octal(out, b, next),
    }
}

/// Whether a byte is printable or white space.
fn is_text(b: u8) -> bool {
    matches!(b, 0x20..0x7f | b'\t'..=b'\r')
}

const fn short_escape(b: u8) -> Option<u8> {
    Some(match b {
        b'\\' | b'"' => b,
        b'\t' => b't',
        b'\n' => b'n',
        0x0b => b'v',
        0x0c => b'f',
        b'\r' => b'r',
        _ => return None,
    })
}

/// Appends `\xhh`.
pub(crate) fn push_hex(out: &mut Vec<u8>, b: u8) {
    out.extend_from_slice(b"\\x");
    hex_byte(out, b);
}

/// The shortest octal escape that an octal digit behind it does not lengthen.
fn push_octal(out: &mut Vec<u8>, b: u8, next: Option<u8>) {
    let [high, middle, low] = [b >> 6, b >> 3 & 7, b & 7].map(|digit| b'0' + digit);
    let is_digit = next.is_some_and(|n| matches!(n, b'0'..=b'7'));
    match b {
        0..0o10 if !is_digit => out.extend_from_slice(&[b'\\', low]),
        0o10..0o100 if !is_digit => out.extend_from_slice(&[b'\\', middle, low]),
        _ => out.extend_from_slice(&[b'\\', high, middle, low]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(bytes: &[u8], escape: Escape) -> String {
        let mut out = Vec::new();
        quote(&mut out, bytes, escape);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn forms() {
        assert_eq!(quoted(b"a\"b\\\n\x1b[0m\0", Escape::Octal), r#""a\"b\\\n\33[0m\0""#);
        assert_eq!(quoted(b"\x001\xff", Escape::Octal), r#""\0001\377""#);
        assert_eq!(quoted(b"\x008", Escape::Octal), r#""\08""#);
        assert_eq!(quoted(b"ab\t", Escape::NonAscii), r#""ab\t""#);
        assert_eq!(quoted(b"a\x80", Escape::NonAscii), r#""\x61\x80""#);
        assert_eq!(quoted(b"ab", Escape::All), r#""\x61\x62""#);
        assert_eq!(quoted(b"a\x80\n", Escape::NonAsciiChars), r#""a\x80\n""#);
    }

    #[test]
    fn names_in_brackets() {
        let escaped = |name: &[u8], escape| {
            let mut out = Vec::new();
            bracketed(&mut out, name, escape);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(escaped(b"/a b", Escape::NonAscii), "/a b");
        assert_eq!(escaped(b"<x>\"\\\t", Escape::Octal), r#"\74x\76\"\\\t"#);
        assert_eq!(escaped(b"\xc3\xa91", Escape::Octal), r"\303\2511");
        assert_eq!(escaped(b"\x011", Escape::Octal), r"\0011");
        assert_eq!(escaped(b"<\xff1", Escape::NonAsciiChars), r"\x3c\xff1");
        assert_eq!(escaped(b"<\t\"", Escape::NonAscii), r#"\74\t\""#);
        assert_eq!(escaped(b"<\xff", Escape::NonAscii), r"\x3c\xff");
        assert_eq!(escaped(b"a", Escape::All), r"\x61");
    }

    /// What a run of bytes becomes is what each becomes by itself.
    #[test]
    fn runs_are_escaped_as_single_bytes() {
        for escape in [Escape::Octal, Escape::NonAsciiChars] {
            for (a, b, c) in (0..=255).flat_map(|a| [0, 7, b'7', b'8', b'"', 255].map(|c| (a, a ^ 0x81, c))) {
                let text = [0, a, b, c, 1, 2, a, c].repeat(5);
                let mut expected = Vec::new();
                for (i, &byte) in text.iter().enumerate() {
                    match byte {
                        b' ' | b'!' | b'#'..=b'[' | b']'..=b'~' => expected.push(byte),
                        _ => super::escaped(&mut expected, byte, text.get(i + 1).copied(), escape),
                    }
                }
                assert_eq!(quoted(&text, escape).as_bytes(), [b"\"", &expected[..], b"\""].concat());
            }
        }
    }

    #[test]
    fn nothing_raw_reaches_a_terminal() {
        let every: Vec<u8> = (0..=255).collect();
        for escape in [Escape::Octal, Escape::NonAsciiChars, Escape::NonAscii, Escape::All] {
            assert!(quoted(&every, escape).bytes().all(|b| (0x20..0x7f).contains(&b)));
        }
    }
}
