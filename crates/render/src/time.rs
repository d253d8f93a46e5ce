//! Points in time as local time.

use chrono::{Datelike, Local, TimeZone};

/// A time since the epoch in the form of ISO 8601, as in `2024-02-29T12:00:00.000000001+0100`; the fraction
/// only if there is one. `None` if there is no such time.
pub fn local(sec: i64, nsec: u32) -> Option<String> {
    format(sec, nsec, "-%m-%dT%H:%M:%S.%9f%z")
}

/// As [`local`], with a fraction of six digits.
pub fn local_micros(sec: i64, usec: u32) -> Option<String> {
    format(sec, usec.checked_mul(1000)?, "-%m-%dT%H:%M:%S.%6f%z")
}

fn format(sec: i64, nsec: u32, with_fraction: &str) -> Option<String> {
    const NANOS: u32 = 1_000_000_000;
    /// The calendar, its weekdays with it, repeats itself after so many years, and seconds.
    const CYCLE: (i64, i64) = (400, 146_097 * 86_400);
    /// As far as `chrono` reaches, in cycles.
    const REACH: i64 = 600;
    if nsec >= NANOS {
        return None;
    }
    let cycles = sec.div_euclid(CYCLE.1);
    let (near, beyond) = if cycles.abs() < REACH { (sec, 0) } else { (sec.rem_euclid(CYCLE.1), cycles) };
    let time = Local.timestamp_opt(near, nsec).single()?;
    let year = i32::try_from(i64::from(time.year()) + beyond * CYCLE.0).ok()?;
    let format = if nsec == 0 { "-%m-%dT%H:%M:%S%z" } else { with_fraction };
    Some(format!("{year}{}", time.format(format)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years() {
        // Days in the middle of a year, which is the same in every time zone.
        let days = [
            (1_720_000_000, "2024-07-"),
            (253_410_940_800, "10000-04-"),
            (320_255_973_501_901, "10150477-10-"),
            (-8_999_999_999_999, "-283229-05-"),
        ];
        for (sec, text) in days {
            assert!(local(sec, 0).is_some_and(|time| time.starts_with(text)), "{sec}: {:?}", local(sec, 0));
        }
    }

    #[test]
    fn no_such_time() {
        assert_eq!(local(i64::MAX, 0), None);
        assert_eq!(local(i64::MIN, 0), None);
        assert_eq!(local(59, 1_000_000_000), None);
    }
}
