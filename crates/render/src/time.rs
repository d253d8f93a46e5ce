//! Points in time as local time.

use chrono::{Local, TimeZone};

/// A time since the epoch in the form of ISO 8601, as in `2024-02-29T12:00:00.000000001+0100`; the fraction
/// only if there is one. `None` if there is no such time.
pub fn local(sec: i64, nsec: u32) -> Option<String> {
    format(sec, nsec, "%Y-%m-%dT%H:%M:%S.%9f%z")
}

/// As [`local`], with a fraction of six digits.
pub fn local_micros(sec: i64, usec: u32) -> Option<String> {
    format(sec, usec.checked_mul(1000)?, "%Y-%m-%dT%H:%M:%S.%6f%z")
}

fn format(sec: i64, nsec: u32, with_fraction: &str) -> Option<String> {
    let time = Local.timestamp_opt(sec, nsec).single()?;
    let format = if nsec == 0 { "%Y-%m-%dT%H:%M:%S%z" } else { with_fraction };
    Some(time.format(format).to_string())
}
