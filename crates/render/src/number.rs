//! Numbers as bytes, without the formatting machinery: this is the hot path.

/// The decimal digits of a number, in ASCII, at the end of `buffer`.
pub fn decimal_digits(v: u64, buffer: &mut [u8; 20]) -> &[u8] {
    let mut at = buffer.len();
    let mut rest = v;
    loop {
        at -= 1;
        buffer[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            return &buffer[at..];
        }
    }
}

/// Appends a decimal number.
pub(crate) fn decimal(out: &mut Vec<u8>, v: u64) {
    out.extend_from_slice(decimal_digits(v, &mut [0; 20]));
}

/// Appends a decimal number of `width` digits at least.
pub(crate) fn padded(out: &mut Vec<u8>, v: u64, width: usize) {
    let digits = v.checked_ilog10().unwrap_or(0) as usize + 1;
    out.resize(out.len() + width.saturating_sub(digits), b'0');
    decimal(out, v);
}

/// Appends a signed decimal number.
pub(crate) fn signed(out: &mut Vec<u8>, v: i64) {
    if v < 0 {
        out.push(b'-');
    }
    decimal(out, v.unsigned_abs());
}

/// Appends hexadecimal digits, `width` of them at least.
pub(crate) fn hex_digits(out: &mut Vec<u8>, v: u64, width: usize) {
    let digits = (64 - (v | 1).leading_zeros() as usize).div_ceil(4).max(width);
    for i in (0..digits).rev() {
        let nibble = if i < 16 { v >> (4 * i) & 15 } else { 0 };
        out.push(b"0123456789abcdef"[nibble as usize]);
    }
}

/// Appends `0x…`, or `0` for zero.
pub(crate) fn hex(out: &mut Vec<u8>, v: u64) {
    if v != 0 {
        out.extend_from_slice(b"0x");
    }
    hex_digits(out, v, 1);
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
                if v != 0 {
                    assert_eq!(with(hex, v), format!("{v:#x}"));
                    assert_eq!(with(octal, v), format!("0{v:o}"));
                }
            }
        }
        assert_eq!(with(|out, v| padded(out, v, 3), 0), "000");
        assert_eq!(with(|out, v| padded(out, v, 3), 99), "099");
        assert_eq!(with(|out, v| padded(out, v, 3), 1234), "1234");
        assert_eq!(with(hex, 0), "0");
        assert_eq!(with(octal, 0), "0");
    }
}
