//! Points in time as local time.

use chrono::{Local, TimeZone};

/// A time since the epoch in the form of ISO 8601, as in `2024-02-29T12:00:00.000000001+0100`; the fraction
/// only if there is one. `None` if there is no such time.
pub fn local(sec: i64, nsec: u32) -> Option<String> {
    let time = Local.timestamp_opt(sec, nsec).single()?;
    let format = if nsec == 0 { "%Y-%m-%dT%H:%M:%S%z" } else { "%Y-%m-%dT%H:%M:%S.%9f%z" };
    Some(time.format(format).to_string())
}
