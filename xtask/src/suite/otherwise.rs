//! Tests that strace 6.1 passes and 7.2 fails, for 7.2 prints otherwise: `conformance/otherwise.txt`.
//!
//! strax has to fail them as 7.2 does. What a failed test wrote is made comparable to that end: the lines that
//! differ, without the numbers that no two runs have in common, as a set, for what order they come in is up to `diff`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::Path;

use super::outcome::{TestId, lines, malformed};
use crate::Result;

/// Decimal numbers with this many digits are ids, times and sizes.
const DECIMAL: usize = 3;
/// Hexadecimal numbers with this many digits are addresses, most of them.
const HEXADECIMAL: usize = 6;

/// How a test fails: what differs from what it expects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Difference {
    /// Lines that were expected (`-`) and lines that came instead (`+`).
    lines: BTreeSet<String>,
    /// The first line of each kind.
    first: [String; 2],
}

impl Difference {
    /// The difference that a test's log shows; all of the log where it shows none.
    pub(super) fn new(log: &str) -> Self {
        let mut difference = Self::default();
        for line in log.lines() {
            let index = match line.as_bytes() {
                [b'-', b'-', b'-', ..] | [b'+', b'+', b'+', ..] => continue,
                [b'-', ..] => 0,
                [b'+', ..] => 1,
                _ => continue,
            };
            let line = masked(line);
            if difference.first[index].is_empty() {
                line[1..].clone_into(&mut difference.first[index]);
            }
            difference.lines.insert(line);
        }
        if difference.lines.is_empty() {
            difference.lines = log.lines().map(masked).collect();
        }
        difference
    }

    /// By which it is known again.
    pub(super) fn mark(&self) -> Mark {
        // FNV-1a: the standard library's hashes may change with its version.
        let bytes = self.lines.iter().flat_map(|line| line.bytes().chain([b'\n']));
        let step = |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        Mark(bytes.fold(0xcbf2_9ce4_8422_2325, step))
    }

    /// What is printed otherwise, in words: the first lines without what they have in common.
    fn reason(&self) -> String {
        let [expected, came] = &self.first;
        match (expected.is_empty(), came.is_empty()) {
            (true, true) => "fails without a difference".to_owned(),
            (true, false) => format!("7.2 adds {}", quoted(came)),
            (false, true) => format!("7.2 leaves out {}", quoted(expected)),
            (false, false) => {
                let (expected, came) = apart(expected, came);
                format!("7.2 prints {}, not {}", quoted(came), quoted(expected))
            }
        }
    }
}

/// Two lines without the words at their beginnings and ends that are the same.
fn apart<'a>(one: &'a str, two: &'a str) -> (&'a str, &'a str) {
    let is_cut = |c: char| " ,{(|".contains(c);
    let same = one.bytes().zip(two.bytes()).take_while(|(a, b)| a == b).count();
    let begin = one.char_indices().rfind(|(at, c)| *at < same && is_cut(*c)).map_or(0, |(at, _)| at + 1);
    let (one, two) = (&one[begin..], &two[begin..]);
    let is_end = |c: char| " ,})|".contains(c);
    let same = one.bytes().rev().zip(two.bytes().rev()).take_while(|(a, b)| a == b).count();
    let end = one.char_indices().find(|(at, c)| one.len() - at <= same && is_end(*c));
    let rest = end.map_or(0, |(at, _)| one.len() - at);
    (&one[..one.len() - rest], &two[..two.len() - rest])
}

fn quoted(text: &str) -> String {
    const MOST: usize = 60;
    let text = text.trim();
    if text.is_empty() {
        return "nothing".to_owned();
    }
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None => format!("`{text}`"),
    }
}

/// A line of a log with `#` for each number that says nothing, and one blank where there are several.
fn masked(line: &str) -> String {
    let mut masked = String::new();
    let mut rest = line;
    // A trace of several processes has their ids in front, which may be small.
    let (sign, text) = line.split_at(usize::from(line.starts_with(['-', '+'])));
    let unnumbered = text.trim_start_matches(|c: char| c.is_ascii_digit());
    if unnumbered.len() < text.len() && unnumbered.starts_with(' ') {
        masked = format!("{sign}#");
        rest = unnumbered;
    }
    while let Some(c) = rest.chars().next() {
        let len = if let Some(digits) = rest.strip_prefix("0x") {
            let len = digits.len() - digits.trim_start_matches(|c: char| c.is_ascii_hexdigit()).len();
            masked += if len >= HEXADECIMAL { "0x#" } else { &rest[..2 + len] };
            2 + len
        } else if c.is_ascii_digit() {
            let len = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            masked += if len >= DECIMAL { "#" } else { &rest[..len] };
            len
        } else if c == ' ' {
            masked.push(' ');
            rest.len() - rest.trim_start_matches(' ').len()
        } else {
            masked.push(c);
            c.len_utf8()
        };
        rest = &rest[len..];
    }
    masked
}

/// A hash of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark(u64);

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// By test: how 7.2 fails it, and what it prints otherwise.
pub(super) type Otherwise = BTreeMap<TestId, (Mark, String)>;

/// Reads a file of lines `ABI NAME MARK — REASON`.
///
/// # Errors
///
/// When a line has another form.
pub(super) fn read(path: &Path) -> Result<Otherwise> {
    let parse = |line: &str| {
        let (head, reason) = line.split_once(" — ")?;
        let mut words = head.split(' ');
        let id = TestId::parse(words.next()?, words.next()?)?;
        let mark = Mark(u64::from_str_radix(words.next()?, 16).ok()?);
        Some((id, (mark, reason.to_owned())))
    };
    let parsed = |(number, line): (usize, String)| parse(&line).ok_or_else(|| malformed(path, number).into());
    lines(path)?.into_iter().map(parsed).collect()
}

/// Writes what [`read`] reads: the tests that failed alike in two runs.
pub(super) fn write(path: &Path, runs: &[BTreeMap<TestId, Difference>; 2]) -> Result<()> {
    let mut text =
        "# Tests that strace 6.1 passes and 7.2 fails, which prints otherwise: ABI TEST DIFFERENCE — WHAT.\n\
                    # strax has to fail each of them with the same difference.\n\
                    # Made by `cargo xtask suite --tracer PATH --otherwise FILE` with strace 7.2.\n"
            .to_owned();
    let [one, two] = runs;
    for (id, difference) in one {
        let mark = difference.mark();
        if two.get(id).is_some_and(|other| other.mark() == mark) {
            text += &format!("{id} {mark} — {}\n", difference.reason());
        } else {
            println!("differs from run to run: {id}");
        }
    }
    Ok(fs::write(path, text)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "--- exp\n+++ out\n@@ -1 +1 @@\n 12  a() = 0\n-8807  b(1, NULL, {x=1})  = 0\n\
                       +8807  b(1, 0, {x=1}) = 0\n";

    #[test]
    fn differences() {
        let difference = Difference::new(LOG);
        assert_eq!(difference.reason(), "7.2 prints `0`, not `NULL`");
        let other = LOG.replace("8807", "99123").replace("@@ -1", "@@ -7");
        assert_eq!(Difference::new(&other).mark(), difference.mark());
        assert_ne!(Difference::new(&LOG.replace("NULL", "0x1")).mark(), difference.mark());
        assert_ne!(Difference::new("failed\n").mark(), Difference::new("failed twice\n").mark());
    }

    #[test]
    fn numbers_of_a_run() {
        assert_eq!(masked("1234 0x7f1234 0xff a1  99"), "# 0x# 0xff a1 99");
        assert_eq!(masked("+7  a(7)"), "+# a(7)");
    }

    #[test]
    fn one_sided() {
        assert_eq!(Difference::new("+new line\n").reason(), "7.2 adds `new line`");
        assert_eq!(Difference::new("-old\n").reason(), "7.2 leaves out `old`");
    }
}
