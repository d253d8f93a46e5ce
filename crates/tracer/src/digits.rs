//! Numbers appended to text, without the formatting machinery: each line may have several.

/// Appends a decimal number of `width` digits at least, with zeroes before it.
pub(crate) fn zero_padded(text: &mut String, number: u64, width: usize) {
    padded(text, number, width, '0');
}

/// Appends a decimal number of `width` characters at least, with `fill` before it.
pub(crate) fn padded(text: &mut String, number: u64, width: usize, fill: char) {
    let mut buffer = [0; 20];
    let digits = render::decimal_digits(number, &mut buffer);
    text.extend(std::iter::repeat_n(fill, width.saturating_sub(digits.len())));
    text.push_str(std::str::from_utf8(digits).unwrap_or_default());
}

/// Appends a decimal number.
pub(crate) fn decimal(text: &mut String, number: u64) {
    padded(text, number, 0, '0');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agree_with_std() {
        for number in [0, 1, 9, 10, 99, 1_000_000_000, u64::MAX] {
            let mut text = String::new();
            decimal(&mut text, number);
            zero_padded(&mut text, number, 6);
            padded(&mut text, number, 6, ' ');
            assert_eq!(text, format!("{number}{number:06}{number:6}"));
        }
    }
}
