//! Points in time as local time.

use crate::number::{fraction, padded, signed};
use chrono::{DateTime, Datelike, Local, Offset, TimeZone, Timelike};

/// Appends a time since the epoch in the form of ISO 8601, as in `2024-02-29T12:00:00.000000001+0100`, with so many
/// digits of the fraction (9 at most) if there is one. Years are written as they are, without padding. `None`, and
/// nothing appended, if there is no such time.
pub(crate) fn write(out: &mut Vec<u8>, sec: i64, nsec: u32, digits: u32) -> Option<()> {
    // The library takes more for a leap second, of which the kernel never tells.
    if nsec >= 1_000_000_000 {
        return None;
    }
    let (year, time) = resolve(sec, nsec)?;
    signed(out, year.into());
    for (before, part) in [
        (b'-', time.month()),
        (b'-', time.day()),
        (b'T', time.hour()),
        (b':', time.minute()),
        (b':', time.second()),
    ] {
        out.push(before);
        padded(out, part.into(), 2);
    }
    if nsec != 0 {
        out.push(b'.');
        fraction(out, nsec, digits as usize);
    }
    let east = time.offset().fix().local_minus_utc();
    // Time zones of old have seconds: they are rounded.
    let minutes = (east.unsigned_abs() + 30) / 60;
    out.push(if east < 0 { b'-' } else { b'+' });
    padded(out, (minutes / 60).into(), 2);
    padded(out, (minutes % 60).into(), 2);
    Some(())
}

/// Hour, minute and second of a time since the epoch.
pub fn time_of_day(sec: u64) -> (u32, u32, u32) {
    let time = i64::try_from(sec).ok().and_then(|sec| resolve(sec, 0));
    time.map_or((0, 0, 0), |(_, time)| (time.hour(), time.minute(), time.second()))
}

/// Whole seconds of a number of units, of which a power of ten with so many digits is a second, and the units beyond.
pub(crate) fn seconds(value: u64, digits: u32) -> (u64, u64) {
    let unit = 10_u64.saturating_pow(digits);
    (value / unit, value % unit)
}

/// The year, which may be beyond what the library knows, and the rest of a local time.
fn resolve(sec: i64, nsec: u32) -> Option<(i32, DateTime<Local>)> {
    /// The calendar, its weekdays with it, repeats itself after so many years, and seconds.
    const CYCLE: (i64, i64) = (400, 146_097 * 86_400);
    /// As far as the library reaches, in cycles.
    const REACH: i64 = 600;
    let cycles = sec.div_euclid(CYCLE.1);
    let (beyond, sec) = if cycles.abs() < REACH { (0, sec) } else { (cycles, sec.rem_euclid(CYCLE.1)) };
    let time = Local.timestamp_opt(sec, nsec).single()?;
    let year = i32::try_from(i64::from(time.year()) + beyond * CYCLE.0).ok()?;
    Some((year, time))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(sec: i64, nsec: u32, digits: u32) -> Option<String> {
        let mut out = Vec::new();
        write(&mut out, sec, nsec, digits)?;
        String::from_utf8(out).ok()
    }

    #[test]
    fn agrees_with_the_librarys_format() {
        let there_and_back = [0, -1, 1, 86_399, 951_782_400, 4_102_444_799, 253_402_000_000];
        for sec in there_and_back.into_iter().chain((-3..32).map(|n| n * 7_654_321_987)) {
            for (nsec, digits, format) in [
                (0, 9, "%Y-%m-%dT%H:%M:%S%z"),
                (1, 9, "%Y-%m-%dT%H:%M:%S.%9f%z"),
                (987_654_321, 6, "%Y-%m-%dT%H:%M:%S.%6f%z"),
            ] {
                let time = Local.timestamp_opt(sec, nsec).single();
                assert_eq!(written(sec, nsec, digits), time.map(|time| time.format(format).to_string()));
            }
        }
    }

    #[test]
    fn years() {
        // Days in the middle of a year, which is the same in every time zone.
        let days = [
            (1_720_000_000, "2024-07-"),
            (-62_000_000_000, "5-04-"),
            (-63_000_000_000, "-27-08-"),
            (253_410_940_800, "10000-04-"),
            (320_255_973_501_901, "10150477-10-"),
            (-8_999_999_999_999, "-283229-05-"),
        ];
        for (sec, text) in days {
            let written = written(sec, 0, 9).expect("there is such a day");
            assert!(written.starts_with(text), "{sec}: {written}");
        }
    }

    #[test]
    fn no_such_time() {
        assert_eq!(written(i64::MAX, 0, 9), None);
        assert_eq!(written(i64::MIN, 0, 9), None);
        assert_eq!(written(59, 1_000_000_000, 9), None);
    }
}
