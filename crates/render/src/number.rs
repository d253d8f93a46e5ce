//! Numbers as bytes, without the formatting machinery: this is the hot path.

/// The decimal digits of all numbers below 100.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut i = 0;
    while i < 100 {
        pairs[i] = [b'0' + (i / 10) as u8, b'0' + (i % 10) as u8];
        i += 1;
    }
    pairs
};

/// The hexadecimal digits of all bytes.
const BYTES: [[u8; 2]; 256] = {
    let digits = b"0123456789abcdef";
    let mut pairs = [[0; 2]; 256];
    let mut i = 0;
    while i < 256 {
        pairs[i] = [digits[i >> 4], digits[i & 15]];
        i += 1;
    }
    pairs
};

/// The decimal digits of a number, in ASCII, at the end of `buffer`.
pub fn decimal_digits(v: u64, buffer: &mut [u8; 20]) -> &[u8] {
    let mut at = buffer.len();
    let mut rest = v;
    while rest >= 100 {
        at -= 2;
        buffer[at..at + 2].copy_from_slice(&PAIRS[(rest % 100) as usize]);
        rest /= 100;
    }
    let [tens, ones] = PAIRS[rest as usize];
    at -= 1;
    buffer[at] = ones;
    if rest >= 10 {
        at -= 1;
        buffer[at] = tens;
    }
    &buffer[at..]
}

/// Appends a decimal number.
#[inline]
pub(crate) fn decimal(out: &mut Vec<u8>, v: u64) {
    match v {
        0..10 => out.push(b'0' + v as u8),
        10..100 => out.extend_from_slice(&PAIRS[v as usize]),
        _ => out.extend_from_slice(decimal_digits(v, &mut [0; 20])),
    }
}

/// Appends a decimal number of `width` digits at least.
pub(crate) fn padded(out: &mut Vec<u8>, v: u64, width: usize) {
    let digits = v.checked_ilog10().unwrap_or(0) as usize + 1;
    out.resize(out.len() + width.saturating_sub(digits), b'0');
    decimal(out, v);
}

/// Appends the first `digits` (9 at most) of the nine digits of a second's nanoseconds.
pub(crate) fn fraction(out: &mut Vec<u8>, nanos: u32, digits: usize) {
    let pair = |v: u32| PAIRS[(v % 100) as usize];
    let all = [
        pair(nanos / 10_000_000),
        pair(nanos / 100_000),
        pair(nanos / 1_000),
        pair(nanos / 10),
        pair(nanos % 10 * 10),
    ];
    let end = out.len() + digits.min(9);
    out.extend_from_slice(all.as_flattened());
    out.truncate(end);
}

/// Appends the bytes of an IPv4 address as decimal numbers with dots between them.
pub(crate) fn dotted(out: &mut Vec<u8>, [first, rest @ ..]: [u8; 4]) {
    decimal(out, first.into());
    for byte in rest {
        out.push(b'.');
        decimal(out, byte.into());
    }
}

/// Appends a signed decimal number.
#[inline]
pub(crate) fn signed(out: &mut Vec<u8>, v: i64) {
    if v < 0 {
        out.push(b'-');
    }
    decimal(out, v.unsigned_abs());
}

/// Appends hexadecimal digits, `width` of them at least.
pub(crate) fn hex_digits(out: &mut Vec<u8>, v: u64, width: usize) {
    let digits = hex_len(v);
    out.resize(out.len() + width.saturating_sub(digits), b'0');
    append_hex(out, v, digits);
}

/// How many hexadecimal digits a number has.
fn hex_len(v: u64) -> usize {
    (64 - (v | 1).leading_zeros() as usize).div_ceil(4)
}

/// Appends the `digits` hexadecimal digits that a number has.
fn append_hex(out: &mut Vec<u8>, v: u64, digits: usize) {
    let mut all = [[0; 2]; 8];
    for (place, byte) in all.iter_mut().zip((v << (64 - 4 * digits)).to_be_bytes()) {
        *place = BYTES[usize::from(byte)];
    }
    // As many as there may be are a few moves; nothing is called to copy them.
    let end = out.len() + digits;
    out.extend_from_slice(all.as_flattened());
    out.truncate(end);
}

/// Appends a byte as two hexadecimal digits.
#[inline]
pub(crate) fn hex_byte(out: &mut Vec<u8>, v: u8) {
    out.extend_from_slice(&BYTES[usize::from(v)]);
}

/// Appends `0x…`, or `0` for zero.
#[inline]
pub(crate) fn hex(out: &mut Vec<u8>, v: u64) {
    if v == 0 {
        return out.push(b'0');
    }
    out.extend_from_slice(b"0x");
    append_hex(out, v, hex_len(v));
}

/// Appends `0…` in octal, or `0` for zero.
pub(crate) fn octal(out: &mut Vec<u8>, v: u64) {
    if v != 0 {
        out.push(b'0');
    }
    octal_digits(out, v);
}

/// Appends octal digits without a leading zero.
pub(crate) fn octal_digits(out: &mut Vec<u8>, v: u64) {
    let digits = (64 - (v | 1).leading_zeros() as usize).div_ceil(3);
    for i in (0..digits).rev() {
        out.push(b'0' + (v >> (3 * i) & 7) as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(f: impl Fn(&mut Vec<u8>, u64), v: u64) -> String {
        let mut out = Vec::new();
        f(&mut out, v);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn agree_with_std() {
        for shift in 0..64 {
            for v in [1u64 << shift, (1u64 << shift) - 1, u64::MAX >> shift] {
                assert_eq!(with(decimal, v), v.to_string());
                assert_eq!(with(octal_digits, v), format!("{v:o}"));
                assert_eq!(with(|out, v| hex_digits(out, v, 9), v), format!("{v:09x}"));
                assert_eq!(with(|out, v| hex_digits(out, v, 20), v), format!("{v:020x}"));
                if v != 0 {
                    assert_eq!(with(hex, v), format!("{v:#x}"));
                    assert_eq!(with(octal, v), format!("0{v:o}"));
                }
            }
        }
        for v in 0..1100 {
            assert_eq!(with(decimal, v), v.to_string());
        }
        assert_eq!(with(|out, v| padded(out, v, 3), 0), "000");
        assert_eq!(with(|out, v| padded(out, v, 3), 99), "099");
        assert_eq!(with(|out, v| padded(out, v, 3), 1234), "1234");
        for (nanos, digits) in [0, 1, 999_999_999, 123_456_789, 10_020_030].into_iter().zip([9, 9, 6, 3, 0]) {
            let expected = format!("{nanos:09}")[..digits].to_owned();
            assert_eq!(with(|out, nanos| fraction(out, nanos as u32, digits), nanos), expected);
        }
        assert_eq!(with(hex, 0), "0");
        assert_eq!(with(octal, 0), "0");
    }
}
