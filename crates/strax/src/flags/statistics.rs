//! Counting calls.

use super::{Flag, Section, Value, text, valid};
use crate::args::{Args, SummaryKind};
use crate::error::{Error, quoting};
use crate::getopt::Given;
use tracer::config::Column;
use tracer::filter::time;

const NEW: Flag = Flag { section: Section::Statistics, ..Flag::NEW };

pub(super) static FLAGS: &[Flag] = &[
    Flag {
        short: Some(b'c'),
        long: &["summary-only"],
        help: &["show no calls, but a table of times, calls and errors at the", "end"],
        apply: |args, _| summary(args, SummaryKind::Only),
        ..NEW
    },
    Flag {
        short: Some(b'C'),
        long: &["summary"],
        help: &["show calls and a table"],
        apply: |args, _| summary(args, SummaryKind::WithTrace),
        ..NEW
    },
    Flag {
        short: Some(b'O'),
        long: &["summary-syscall-overhead"],
        value: Value::Required("TIME"),
        help: &[
            "take this off the time of each call as the tracer's own",
            "share: a number and s, ms, us (default) or ns",
        ],
        apply: |args, given| {
            args.overhead = Some(valid(given, time(text(given)?))?);
            Ok(())
        },
        ..NEW
    },
    Flag {
        short: Some(b'S'),
        long: &["summary-sort-by"],
        value: Value::Required("COLUMN"),
        help: &["sort the table by this column (default time), or nothing"],
        apply: |args, given| {
            let name = text(given).unwrap_or_default();
            args.sort_by = Some(match name {
                "nothing" | "none" => None,
                _ => match column(name) {
                    Some(column) => Some(column),
                    None => {
                        let value = given.value.unwrap_or_default();
                        return Err(Error::usage(quoting("invalid sortby:", value)));
                    }
                },
            });
            Ok(())
        },
        ..NEW
    },
    Flag {
        short: Some(b'U'),
        long: &["summary-columns"],
        value: Value::Required("COLUMNS"),
        help: &[
            "show these columns, with commas between them: time-percent,",
            "total-time, min-time, max-time, avg-time, wall-total,",
            "wall-min, wall-max, wall-avg, calls, errors, name (default",
            "time-percent,total-time,avg-time,calls,errors,name)",
        ],
        apply: |args, given| {
            args.columns = Some(columns(given)?);
            Ok(())
        },
        ..NEW
    },
    Flag {
        short: Some(b'w'),
        long: &["summary-wall-clock"],
        help: &["count the wall-clock time of calls, not their system time"],
        apply: |args, _| {
            args.wall_clock = true;
            Ok(())
        },
        ..NEW
    },
];

fn summary(args: &mut Args, kind: SummaryKind) -> Result<(), Error> {
    if args.summary.is_some_and(|earlier| earlier != kind) {
        return Err(Error::usage("-c/--summary-only and -C/--summary are mutually exclusive"));
    }
    args.summary = Some(kind);
    Ok(())
}

/// A column by any of its names, in which an underscore is as good as a hyphen.
fn column(name: &str) -> Option<Column> {
    Some(match name.replace('_', "-").as_str() {
        "time-percent" | "time" => Column::TimePercent,
        "total-time" | "time-total" => Column::TotalTime,
        "min-time" | "shortest" | "time-min" => Column::MinTime,
        "max-time" | "longest" | "time-max" => Column::MaxTime,
        "avg-time" | "time-avg" => Column::AvgTime,
        "wall-total" | "total-wall" => Column::WallTotal,
        "wall-min" | "min-wall" => Column::WallMin,
        "wall-max" | "max-wall" => Column::WallMax,
        "wall-avg" | "avg-wall" => Column::WallAvg,
        "calls" | "count" => Column::Calls,
        "errors" | "error" => Column::Errors,
        "name" | "syscall" | "syscall-name" => Column::Name,
        _ => return None,
    })
}

/// The columns of `-U`, with the name as the last one if it is not among them.
fn columns(given: &Given<'_>) -> Result<Vec<Column>, Error> {
    let list = given.value.unwrap_or_default().to_string_lossy();
    let mut columns = Vec::new();
    let mut rest = Some(list.as_ref());
    while let Some(residual) = rest {
        let (name, after) = match residual.split_once(',') {
            Some((name, after)) => (name, Some(after)),
            None => (residual, None),
        };
        let Some(column) = column(name) else {
            return Err(Error::usage(format!("unknown column name: '{name}'")));
        };
        if columns.contains(&column) {
            return Err(Error::usage(format!(
                "call summary column has been provided more than once: '{name}' (-U option residual: '{residual}')"
            )));
        }
        columns.push(column);
        rest = after;
    }
    if !columns.contains(&Column::Name) {
        columns.push(Column::Name);
    }
    Ok(columns)
}
