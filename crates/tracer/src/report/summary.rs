//! Counts of calls, and the table of them at the end.

use crate::config::{Column, Summary};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;
use uapi::{Abi, X32_SYSCALL_BIT};

/// Times of the calls of one kind, in nanoseconds.
#[derive(Clone, Copy, Debug, Default)]
struct Times {
    total: u64,
    min: u64,
    max: u64,
}

/// What is known of the calls of one kind, or of all together.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    calls: u64,
    errors: u64,
    /// How many others had been called before.
    rank: usize,
    /// CPU time in the kernel, or wall-clock time if the user prefers that.
    time: Times,
    wall: Times,
}

impl Times {
    fn add(&mut self, nanos: u64, first: bool) {
        self.total += nanos;
        self.min = if first { nanos } else { self.min.min(nanos) };
        self.max = self.max.max(nanos);
    }

    fn merge(&mut self, other: &Times, first: bool) {
        self.total += other.total;
        self.min = if first { other.min } else { self.min.min(other.min) };
        self.max = self.max.max(other.max);
    }
}

/// The counts of a trace.
#[derive(Debug)]
pub(super) struct Table {
    settings: Summary,
    /// What tracing takes of each call's time, in nanoseconds.
    overhead: u64,
    /// By ABI and number, up to [`FEW`].
    known: [Vec<Counts>; Abi::ALL.len()],
    /// Of numbers beyond.
    odd: BTreeMap<(Abi, u64), Counts>,
    /// How many kinds of calls have been counted.
    kinds: usize,
}

/// No ABI has calls with numbers from here on, but for the bit of x32.
const FEW: usize = 1024;

impl Table {
    pub(super) fn new(settings: &Summary) -> Table {
        let overhead = nanos(settings.overhead.unwrap_or_default());
        Table {
            settings: settings.clone(),
            overhead,
            known: Default::default(),
            odd: BTreeMap::new(),
            kinds: 0,
        }
    }

    /// Counts a call.
    #[inline]
    pub(super) fn count(&mut self, abi: Abi, number: u64, system: Duration, wall: Duration, failed: bool) {
        let overhead = self.overhead;
        let net = |time: Duration| nanos(time).saturating_sub(overhead);
        let time = if self.settings.wall_clock { wall } else { system };
        let rank = self.kinds;
        let counts = self.counts(abi, number);
        let first = counts.calls == 0;
        if first {
            counts.rank = rank;
        }
        counts.calls += 1;
        counts.errors += u64::from(failed);
        counts.time.add(net(time), first);
        counts.wall.add(net(wall), first);
        self.kinds += usize::from(first);
    }

    /// The counts of calls of one kind.
    #[inline]
    fn counts(&mut self, abi: Abi, number: u64) -> &mut Counts {
        let place = (number & !X32_SYSCALL_BIT) as usize;
        if place >= FEW || (number & X32_SYSCALL_BIT != 0) != (abi == Abi::X32) {
            return self.odd.entry((abi, number)).or_default();
        }
        let known = &mut self.known[abi as usize];
        if known.len() <= place {
            known.resize(place + 1, Counts::default());
        }
        &mut known[place]
    }

    /// The tables as text, one for each ABI that calls were made of; the host's own has no heading.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for abi in Abi::ALL {
            let rows = self.rows(abi);
            if rows.is_empty() {
                continue;
            }
            if abi != crate::host_abi() {
                let _ = writeln!(text, "System call usage summary for {} mode:", mode(abi));
            }
            self.write_table(&mut text, abi, rows);
        }
        text
    }

    /// The calls of an ABI, in the order of rows that compare equal: by number, and those that the kernel does not know
    /// behind them, as they came.
    fn rows(&self, abi: Abi) -> Vec<(u64, Counts)> {
        let bit = if abi == Abi::X32 { X32_SYSCALL_BIT } else { 0 };
        let known = self.known[abi as usize].iter().enumerate().filter(|(_, counts)| counts.calls > 0);
        let known = known.map(|(place, counts)| (place as u64 | bit, *counts));
        let odd = self.odd.range((abi, 0)..=(abi, u64::MAX));
        let odd = odd.map(|((_, number), counts)| (*number, *counts));
        let mut rows: Vec<_> = known.chain(odd).collect();
        rows.sort_by_key(|(number, _)| *number);
        rows.sort_by_key(|(number, counts)| abi.syscall(*number).is_none().then_some(counts.rank));
        rows
    }

    fn write_table(&self, text: &mut String, abi: Abi, mut rows: Vec<(u64, Counts)>) {
        self.sort(abi, &mut rows);
        let all = total(&rows);
        let longest = rows.iter().map(|(number, _)| name(abi, *number).len()).max().unwrap_or(0);
        let width = |column| width(column, longest);
        self.write_row(text, width, |column| heading(column).to_owned());
        self.write_row(text, width, |column| "-".repeat(width(column)));
        for (number, counts) in &rows {
            self.write_row(text, width, |column| cell(column, counts, &all, || name(abi, *number)));
        }
        self.write_row(text, width, |column| "-".repeat(width(column)));
        self.write_row(text, width, |column| match column {
            Column::TimePercent => "100.00".to_owned(),
            column => cell(column, &all, &all, || "total".to_owned()),
        });
    }

    fn write_row(&self, text: &mut String, width: impl Fn(Column) -> usize, cell: impl Fn(Column) -> String) {
        for (i, &column) in self.settings.columns.iter().enumerate() {
            let (cell, width) = (cell(column), width(column));
            let last = i + 1 == self.settings.columns.len();
            let _ = match column {
                Column::Name if last => write!(text, "{cell}"),
                Column::Name => write!(text, "{cell:<width$}"),
                _ => write!(text, "{cell:>width$}"),
            };
            text.push(if last { '\n' } else { ' ' });
        }
    }

    fn sort(&self, abi: Abi, rows: &mut [(u64, Counts)]) {
        match self.settings.sort_by {
            None => {}
            Some(Column::Name) => rows.sort_by_key(|(number, _)| name(abi, *number)),
            Some(column) => rows.sort_by_key(|(_, counts)| Reverse(sort_key(column, counts))),
        }
    }
}

/// A time in nanoseconds, of which 64 bits hold 584 years.
#[inline]
fn nanos(time: Duration) -> u64 {
    time.as_secs().wrapping_mul(1_000_000_000).wrapping_add(time.subsec_nanos().into())
}

/// What a user calls an ABI.
pub(super) fn mode(abi: Abi) -> &'static str {
    match abi {
        Abi::X86_64 | Abi::Aarch64 | Abi::Riscv64 => "64 bit",
        Abi::I386 => "32 bit",
        Abi::X32 => "x32",
    }
}

fn total(rows: &[(u64, Counts)]) -> Counts {
    let mut all = Counts::default();
    for (i, (_, counts)) in rows.iter().enumerate() {
        all.calls += counts.calls;
        all.errors += counts.errors;
        all.time.merge(&counts.time, i == 0);
        all.wall.merge(&counts.wall, i == 0);
    }
    all
}

fn name(abi: Abi, number: u64) -> String {
    abi.syscall(number).map_or_else(|| format!("syscall_{number:#x}"), |entry| entry.name.to_owned())
}

fn sort_key(column: Column, counts: &Counts) -> u64 {
    let average = |times: &Times| times.total / counts.calls.max(1);
    match column {
        Column::TimePercent | Column::TotalTime => counts.time.total,
        Column::MinTime => counts.time.min,
        Column::MaxTime => counts.time.max,
        Column::AvgTime => average(&counts.time),
        Column::WallTotal => counts.wall.total,
        Column::WallMin => counts.wall.min,
        Column::WallMax => counts.wall.max,
        Column::WallAvg => average(&counts.wall),
        Column::Calls => counts.calls,
        Column::Errors => counts.errors,
        Column::Name => 0,
    }
}

fn heading(column: Column) -> &'static str {
    match column {
        Column::TimePercent => "% time",
        Column::TotalTime => "seconds",
        Column::MinTime => "shortest",
        Column::MaxTime => "longest",
        Column::AvgTime => "usecs/call",
        Column::WallTotal => "wall-total",
        Column::WallMin => "wall-min",
        Column::WallMax => "wall-max",
        Column::WallAvg => "wall-avg",
        Column::Calls => "calls",
        Column::Errors => "errors",
        Column::Name => "syscall",
    }
}

/// The width of a column, where the longest name of a call has so many letters.
fn width(column: Column, longest: usize) -> usize {
    match column {
        Column::TimePercent => 6,
        Column::MinTime | Column::MaxTime | Column::WallMin | Column::WallMax => 8,
        Column::Calls | Column::Errors => 9,
        Column::TotalTime | Column::AvgTime | Column::WallTotal | Column::WallAvg => 11,
        Column::Name => 16.max(longest + 1),
    }
}

fn cell(column: Column, counts: &Counts, all: &Counts, name: impl Fn() -> String) -> String {
    let seconds = |nanos: u64| format!("{:.6}", nanos as f64 / 1e9);
    let average = |times: &Times| (times.total / 1000 / counts.calls.max(1)).to_string();
    match column {
        Column::TimePercent => {
            let share =
                if all.time.total == 0 { 0.0 } else { counts.time.total as f64 / all.time.total as f64 };
            format!("{:.2}", share * 100.0)
        }
        Column::TotalTime => seconds(counts.time.total),
        Column::MinTime => seconds(counts.time.min),
        Column::MaxTime => seconds(counts.time.max),
        Column::AvgTime => average(&counts.time),
        Column::WallTotal => seconds(counts.wall.total),
        Column::WallMin => seconds(counts.wall.min),
        Column::WallMax => seconds(counts.wall.max),
        Column::WallAvg => average(&counts.wall),
        Column::Calls => counts.calls.to_string(),
        Column::Errors if counts.errors == 0 => String::new(),
        Column::Errors => counts.errors.to_string(),
        Column::Name => name(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(columns: &[Column], sort_by: Option<Column>) -> Table {
        let settings = Summary {
            with_trace: false,
            sort_by,
            columns: columns.to_vec(),
            wall_clock: false,
            overhead: Some(Duration::from_micros(1)),
        };
        let mut table = Table::new(&settings);
        let micros = Duration::from_micros;
        table.count(Abi::X86_64, 0, micros(11), micros(101), false);
        table.count(Abi::X86_64, 0, micros(31), micros(301), true);
        table.count(Abi::X86_64, 3, micros(121), micros(1), false);
        table
    }

    #[test]
    fn default_columns() {
        let text = table(&Summary::COLUMNS, Some(Column::TotalTime)).text();
        let expected = "\
% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 75.00    0.000120         120         1           close
 25.00    0.000040          20         2         1 read
------ ----------- ----------- --------- --------- ----------------
100.00    0.000160          53         3         1 total
";
        assert_eq!(text, expected);
    }

    #[test]
    fn long_names_widen_their_column() {
        let columns = [Column::Calls, Column::Name, Column::Errors];
        let mut table = table(&columns, Some(Column::Calls));
        for number in [u64::MAX, 100_000, 225, u64::MAX] {
            table.count(Abi::X86_64, number, Duration::ZERO, Duration::ZERO, true);
        }
        let expected = "    calls syscall                        errors
--------- --------------------------- ---------
        2 read                                1
        2 syscall_0xffffffffffffffff          2
        1 close                               \x20
        1 timer_getoverrun                    1
        1 syscall_0x186a0                     1
--------- --------------------------- ---------
        7 total                               5
";
        assert_eq!(table.text(), expected);
    }

    #[test]
    fn a_name_has_a_blank_behind_it() {
        let mut table = table(&[Column::Name, Column::Calls], Some(Column::Name));
        table.count(Abi::X86_64, 225, Duration::ZERO, Duration::ZERO, false);
        let expected = "\
syscall               calls
----------------- ---------
close                     1
read                      2
timer_getoverrun          1
----------------- ---------
total                     4
";
        assert_eq!(table.text(), expected);
    }

    #[test]
    fn chosen_columns() {
        let text = table(&[Column::Name, Column::MinTime, Column::Calls], Some(Column::Calls)).text();
        let expected = "\
syscall          shortest     calls
---------------- -------- ---------
read             0.000010         2
close            0.000120         1
---------------- -------- ---------
total            0.000010         3
";
        assert_eq!(text, expected);
    }
}
