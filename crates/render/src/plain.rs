//! Bytes that stand for themselves between quotes, in C's strings and in JSON's: eight are looked at in one go.

/// One in each byte.
const ONES: u64 = u64::from_ne_bytes([1; 8]);
/// The highest bit of each byte.
const HIGH: u64 = ONES << 7;

/// Bytes that must be escaped: what is not printable ASCII, the quote, and the backslash.
const SPECIAL: [bool; 256] = {
    let mut special = [true; 256];
    let mut b = 0x20;
    while b < 0x7f {
        special[b] = b == b'"' as usize || b == b'\\' as usize;
        b += 1;
    }
    special
};

/// How many bytes at the beginning stand for themselves.
#[inline]
pub(crate) fn plain_prefix(bytes: &[u8]) -> usize {
    let mut done = 0;
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        let special = special(u64::from_le_bytes(*word));
        if special != 0 {
            return done + special.trailing_zeros() as usize / 8;
        }
        done += 8;
    }
    // The rest is looked at with what stands before it, which is plain, as far as there is a word.
    match bytes.last_chunk::<8>() {
        _ if rest.is_empty() => done,
        Some(last) => match special(u64::from_le_bytes(*last)) {
            0 => bytes.len(),
            special => bytes.len() - 8 + special.trailing_zeros() as usize / 8,
        },
        None => rest.iter().position(|&b| SPECIAL[usize::from(b)]).unwrap_or(rest.len()),
    }
}

/// Where the first angle bracket is.
pub(crate) fn bracket_in(bytes: &[u8]) -> Option<usize> {
    let (words, rest) = bytes.as_chunks::<8>();
    for (i, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let brackets = (equal(word, b'<') | equal(word, b'>')) & HIGH;
        if brackets != 0 {
            return Some(i * 8 + brackets.trailing_zeros() as usize / 8);
        }
    }
    rest.iter().position(|b| matches!(b, b'<' | b'>')).map(|i| words.len() * 8 + i)
}

/// The highest bit is set of bytes that are this one; of those, and of others, above the first that is.
fn equal(word: u64, byte: u8) -> u64 {
    let differs = word ^ (ONES * u64::from(byte));
    differs.wrapping_sub(ONES) & !differs
}

/// Whether a byte must be escaped.
#[inline]
pub(crate) fn is_special(b: u8) -> bool {
    SPECIAL[usize::from(b)]
}

/// Whether all bytes stand for themselves.
#[inline]
pub(crate) fn is_plain(bytes: &[u8]) -> bool {
    match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        // Most are names, which two words that overlap cover.
        (Some(first), Some(last)) if bytes.len() <= 16 => {
            special(u64::from_le_bytes(*first)) | special(u64::from_le_bytes(*last)) == 0
        }
        (Some(_), _) => plain_prefix(bytes) == bytes.len(),
        _ => special(few(bytes)) == 0,
    }
}

/// A word with all of fewer than eight bytes, some of them more than once, and blanks.
#[inline]
fn few(bytes: &[u8]) -> u64 {
    match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>(), bytes) {
        (Some(first), Some(last), _) => {
            u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last))
        }
        (_, _, [first, .., last]) => {
            let middle = bytes[bytes.len() / 2];
            u64::from_le_bytes([*first, middle, *last, b' ', b' ', b' ', b' ', b' '])
        }
        (_, _, [one]) => ONES * u64::from(*one),
        _ => ONES * u64::from(b' '),
    }
}

/// The lowest bit that is set is in the first byte, from the lowest on, that must be escaped. (Above it there may be bits
/// set for other bytes, because subtractions borrow.)
fn special(word: u64) -> u64 {
    let is_control = word.wrapping_sub(ONES * 0x20) & !word;
    (is_control | equal(word, b'"') | equal(word, b'\\') | equal(word, 0x7f) | word) & HIGH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_at_every_place() {
        for byte in 0..=255 {
            let is_special = !(0x20..0x7f).contains(&byte) || byte == b'"' || byte == b'\\';
            for len in 1..20 {
                for place in 0..len {
                    let mut bytes = vec![b'a'; len];
                    bytes[place] = byte;
                    let expected = if is_special { place } else { len };
                    assert_eq!(plain_prefix(&bytes), expected, "{byte} at {place} of {len}");
                    assert_eq!(is_plain(&bytes), !is_special);
                    let is_bracket = matches!(byte, b'<' | b'>');
                    assert_eq!(bracket_in(&bytes), is_bracket.then_some(place));
                    // What is special behind it does not hide it.
                    bytes[place..].fill(byte);
                    assert_eq!(plain_prefix(&bytes), expected);
                }
            }
        }
    }
}
