//! Numbers as a command line has them.

use std::time::Duration;

/// A number in decimal digits up to `max`, as `strtol` reads it: white space and a `+` may come first.
#[must_use]
pub fn unsigned(text: &str, max: u64) -> Option<u64> {
    leading(text).filter(|(number, rest)| *number <= max && rest.is_empty()).map(|(number, _)| number)
}

/// The number at the start of `text`, as `strtol` reads it, and what follows it.
pub(crate) fn leading(text: &str) -> Option<(u64, &str)> {
    let text = text.trim_start_matches(is_space);
    let text = text.strip_prefix('+').unwrap_or(text);
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    Some((digits.parse().ok()?, rest))
}

/// White space in the C locale.
pub(crate) fn is_space(c: char) -> bool {
    c.is_ascii_whitespace() || c == '\x0b'
}

/// A time: a decimal number that is not negative, and a unit, `s`, `ms`, `us` or `ns`; microseconds without one.
/// Times that are too long for a [`Duration`] are cut.
#[must_use]
pub fn time(text: &str) -> Option<Duration> {
    let split = text.find(|c: char| !matches!(c, '0'..='9' | '.' | '+' | '-' | 'e' | 'E' | ' '));
    let (number, unit) = text.split_at(split.unwrap_or(text.len()));
    let number = number.trim_start();
    // Whole numbers are counted by the kernel's longest integer.
    let is_whole = number.bytes().all(|b| b.is_ascii_digit());
    if is_whole && number.parse::<i64>().is_err() {
        return None;
    }
    let number: f64 = number.parse().ok()?;
    let scale = match unit {
        "s" => 1.0,
        "ms" => 1e-3,
        "" | "us" => 1e-6,
        "ns" => 1e-9,
        _ => return None,
    };
    if number < 0.0 || !number.is_finite() {
        return None;
    }
    Some(Duration::try_from_secs_f64((number * scale).abs()).unwrap_or(Duration::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        assert_eq!(unsigned("10", 10), Some(10));
        assert_eq!(unsigned(" +010", 10), Some(10));
        for not in ["", "+", "-1", "11", "0x1", "1 ", "x", "99999999999999999999"] {
            assert_eq!(unsigned(not, 10), None, "{not}");
        }
    }

    #[test]
    fn times() {
        for (text, nanos) in [("1", 1000), ("1s", 1_000_000_000), ("1.5ms", 1_500_000), ("1e3us", 1_000_000)]
        {
            assert_eq!(time(text), Some(Duration::from_nanos(nanos)), "{text}");
        }
        assert_eq!(time("1e30s"), Some(Duration::MAX));
        for not in ["", "x", "ns", "-1", "nan", "inf", "1x", "1US", "1 s", "9223372036854775808"] {
            assert_eq!(time(not), None, "{not}");
        }
    }
}
