//! Counting calls.

use super::{Flag, Hint, Section, Value, invalid, set_text, text, valid};
use crate::args::{Args, SummaryKind};
use crate::error::{Error, quoting};
use crate::getopt::Given;
use tracer::config::Column;
use tracer::filter::{time, unsigned};

const NEW: Flag = Flag { section: Section::Statistics, ..Flag::NEW };

pub(super) static FLAGS: &[Flag] = &[
    Flag {
        short: Some(b'c'),
        long: &["summary-only"],
        help: &["show no calls, but a table of times, calls and errors at the", "end"],
        apply: |args, _| summary(args, SummaryKind::Only),
        manual: &[
            "Shows no calls, but at the end a table of how often each was made, how often it failed, and \
                what time it took. Signals are not shown either. With `-f` all processes are counted \
                together.",
        ],
        ..NEW
    },
    Flag {
        short: Some(b'C'),
        long: &["summary"],
        help: &["show calls and a table"],
        apply: |args, _| summary(args, SummaryKind::WithTrace),
        manual: &["As `-c`, and shows the trace as well."],
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
        hint: Hint::Any,
        manual: &[
            "Takes this time off each call, for what tracing itself costs; of use with `-c`. A number is \
                of microseconds unless `s`, `ms`, `us` or `ns` follows it.",
        ],
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
        hint: Hint::Words(&[
            "time-percent",
            "total-time",
            "min-time",
            "max-time",
            "avg-time",
            "calls",
            "errors",
            "name",
            "nothing",
        ]),
        manual: &["Sorts the table of `-c` by this column, with the largest first (names by the alphabet); \
                `nothing` leaves it in the order of the calls' numbers."],
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
        hint: Hint::List(&[
            "time-percent",
            "total-time",
            "min-time",
            "max-time",
            "avg-time",
            "calls",
            "errors",
            "name",
        ]),
        manual: &[
            "Chooses the columns of the table of `-c` and their order. The name is always there, last if \
                it is not in the list.",
        ],
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
        manual: &["Counts the time from the beginning of a call to its end, in which the process may have \
                slept, instead of the time the CPU spent in the kernel for it."],
        ..NEW
    },
];

pub(super) static STOP: &[Flag] = &[Flag {
    long: &["syscall-limit"],
    value: Value::Required("LIMIT"),
    help: &["let go of all tracees when LIMIT calls have been shown"],
    apply: |args, given| {
        let limit = valid(given, unsigned(text(given)?, i64::MAX as u64))?;
        if limit == 0 {
            return Err(invalid(given));
        }
        args.syscall_limit = Some(limit);
        Ok(())
    },
    hint: Hint::Any,
    manual: &["Lets go of all tracees after that many calls have been shown. They run on."],
    section: Section::StopCondition,
    ..NEW
}];

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
    let list = set_text(given);
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
