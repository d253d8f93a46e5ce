//! Text of others in UTF-8, as people may see it: what would act on a terminal, or on how the text around it looks, is
//! escaped.

use std::io::Write as _;

/// Characters that have no look of their own, sorted: those of the categories Cf (format), Zl and Zp (separators of
/// lines and paragraphs) and Co (private use) in `UnicodeData.txt` of Unicode 16.0, and all tags and variation
/// selectors of plane 14. Those of Cc (control) are asked of the standard library.
const UNSEEN: [(char, char); 24] = [
    ('\u{ad}', '\u{ad}'),
    ('\u{600}', '\u{605}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{6dd}', '\u{6dd}'),
    ('\u{70f}', '\u{70f}'),
    ('\u{890}', '\u{891}'),
    ('\u{8e2}', '\u{8e2}'),
    ('\u{180e}', '\u{180e}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{2028}', '\u{202e}'),
    ('\u{2060}', '\u{2064}'),
    ('\u{2066}', '\u{206f}'),
    ('\u{e000}', '\u{f8ff}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{fff9}', '\u{fffb}'),
    ('\u{110bd}', '\u{110bd}'),
    ('\u{110cd}', '\u{110cd}'),
    ('\u{13430}', '\u{1343f}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e007f}'),
    ('\u{e0100}', '\u{e01ef}'),
    ('\u{f0000}', '\u{ffffd}'),
    ('\u{100000}', '\u{10fffd}'),
];

/// Whether a character must not reach a reader as it is.
pub(crate) fn is_unseen(c: char) -> bool {
    if c < UNSEEN[0].0 {
        return c.is_control();
    }
    let i = UNSEEN.partition_point(|&(_, last)| last < c);
    UNSEEN.get(i).is_some_and(|&(first, _)| first <= c)
}

/// Appends text with octal escapes for the bytes of characters that must not be seen, and for those that are not
/// UTF-8. A backslash stands for itself.
pub(crate) fn visible_into(out: &mut Vec<u8>, text: &[u8]) {
    for part in text.utf8_chunks() {
        let mut rest = part.valid();
        while let Some((i, c)) = rest.char_indices().find(|&(_, c)| is_unseen(c)) {
            let (before, behind) = rest.split_at(i);
            let (unseen, behind) = behind.split_at(c.len_utf8());
            out.extend_from_slice(before.as_bytes());
            octal(out, unseen.as_bytes());
            rest = behind;
        }
        out.extend_from_slice(rest.as_bytes());
        octal(out, part.invalid());
    }
}

/// Text of others, such as a path, for a message: with octal escapes for what a terminal would act on, and for bytes
/// that are not UTF-8.
pub fn visible(text: &[u8]) -> String {
    let mut out = Vec::with_capacity(text.len());
    visible_into(&mut out, text);
    String::from_utf8_lossy(&out).into_owned()
}

/// Appends bytes as `\ooo`.
pub(crate) fn octal(out: &mut Vec<u8>, bytes: &[u8]) {
    for byte in bytes {
        let _ = write!(out, "\\{byte:03o}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(UNSEEN.iter().all(|(first, last)| first <= last));
        assert!(UNSEEN.windows(2).all(|pair| pair[0].1 < pair[1].0));
    }

    #[test]
    fn characters_of_each_kind() {
        let controls = (0..0x20).chain(0x7f..0xa0).filter_map(char::from_u32);
        let others = "\u{ad}\u{200b}\u{200d}\u{2028}\u{2029}\u{202a}\u{202e}\u{2066}\u{2069}\u{206f}\u{feff}\u{fffb}\
            \u{e000}\u{f8ff}\u{13439}\u{e0000}\u{e0001}\u{e0041}\u{e007f}\u{e0100}\u{10fffd}";
        for c in controls.chain(others.chars()) {
            assert!(is_unseen(c), "{c:?}");
            let escaped = visible(c.encode_utf8(&mut [0; 4]).as_bytes());
            assert!(
                escaped.starts_with('\\') && escaped.bytes().all(|b| b.is_ascii_graphic()),
                "{escaped:?}"
            );
        }
        for c in " ~\u{a0}\u{ac}\u{ae}é\u{2027}\u{202f}\u{2065}日\u{dfff0}\u{fffd}\u{1f600}".chars() {
            assert!(!is_unseen(c), "{c:?}");
        }
    }

    #[test]
    fn only_strict_utf_8_passes() {
        for (text, expected) in [
            (&b"/a\x1b[31m\n\\\"'"[..], r#"/a\033[31m\012\"'"#),
            ("\u{202e}é".as_bytes(), "\\342\\200\\256é"),
            // C1, as one byte and as two.
            (b"\x9b \xc2\x9b", r"\233 \302\233"),
            // Longer than need be, a surrogate, beyond the last character, cut off.
            (b"\xc0\xaf", r"\300\257"),
            (b"\xed\xa0\x80", r"\355\240\200"),
            (b"\xf4\x90\x80\x80", r"\364\220\200\200"),
            (b"a\xe2\x82", r"a\342\202"),
        ] {
            assert_eq!(visible(text), expected);
        }
    }
}
