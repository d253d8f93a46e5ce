//! What one trace has otherwise than another, and how much of that is chance.
//!
//! The oracle is run more than once. Where its own traces differ from each other, a line, a value or the presence
//! of a line says nothing about the tracer, and is dropped from the comparison.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::trace::Line;
use crate::Result;

/// A step from one trace to another, by index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// Lines of the same shape.
    Both(usize, usize),
    /// A line of the first trace only.
    Left(usize),
    /// A line of the second trace only.
    Right(usize),
}

/// How a trace differs from the oracle's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Difference {
    /// Lines that say the same.
    pub(super) identical: usize,
    /// Lines that do not: missing, additional or changed.
    pub(super) differing: usize,
    /// Lines in which the oracle differs from itself, and was therefore not asked.
    pub(super) dropped: usize,
    /// What differs: lines of the oracle with `-`, of the tracer with `+`, and one of context with two spaces.
    pub(super) text: Vec<String>,
}

impl Difference {
    /// Compares a trace with the first of `oracle`, whose others tell what is chance. `scratch` is an existing
    /// folder.
    ///
    /// # Errors
    ///
    /// When `diff` cannot be run.
    pub(super) fn new(oracle: &[Vec<Line>], trace: &[Line], scratch: &Path) -> Result<Self> {
        let Some((first, others)) = oracle.split_first() else { return Ok(Self::default()) };
        let mut chance = Chance { values: vec![Vec::new(); first.len()], ..Chance::default() };
        for other in others {
            chance.learn(first, other, &align(first, other, scratch)?);
        }
        let steps = align(first, trace, scratch)?;
        let mut difference = Self::default();
        let mut hunks = hunks(first, trace, &steps, &chance);
        difference.dropped = drop_moved(first, trace, &mut hunks);
        for hunk in hunks {
            difference.add(first, trace, &hunk, &chance);
        }
        Ok(difference)
    }

    /// Adds the figures of another comparison.
    pub(super) fn count(&mut self, other: &Self) {
        self.identical += other.identical;
        self.differing += other.differing;
        self.dropped += other.dropped;
    }

    /// The share of lines that are identical, in words.
    pub(super) fn share(&self) -> String {
        let Self { identical, differing, dropped, .. } = self;
        let compared = identical + differing;
        // Rounded down: 100% means all.
        let share = (identical * 10_000).checked_div(compared).unwrap_or(10_000);
        let dropped = if *dropped == 0 { String::new() } else { format!(", {dropped} left out as chance") };
        format!("{identical} of {compared} lines identical ({}.{:02}%){dropped}", share / 100, share % 100)
    }

    fn add(&mut self, oracle: &[Line], trace: &[Line], hunk: &Hunk, chance: &Chance) {
        if hunk.kind == HunkKind::Same {
            self.identical += hunk.left.len();
            return;
        }
        let lines = hunk.left.len().max(hunk.right.len());
        if lines == 0 {
            return;
        }
        if hunk.kind == HunkKind::Unmatched && chance.explains(hunk) {
            self.dropped += lines;
            return;
        }
        self.differing += lines;
        let context = hunk.start.checked_sub(1).and_then(|index| oracle.get(index));
        self.text.extend(context.map(|line| format!("  {}", line.shown())));
        self.text.extend(hunk.left.iter().map(|index| format!("- {}", oracle[*index].shown())));
        self.text.extend(hunk.right.iter().map(|index| format!("+ {}", trace[*index].shown())));
    }
}

/// How the lines of a hunk relate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum HunkKind {
    /// They say the same.
    Same,
    /// They have the same shape, but other values.
    Changed,
    /// They are in one of the traces only.
    Unmatched,
}

/// A stretch of lines of one kind.
#[derive(Debug)]
struct Hunk {
    kind: HunkKind,
    /// Before which line of the oracle it is.
    start: usize,
    left: Vec<usize>,
    right: Vec<usize>,
}

/// Gathers steps to hunks.
fn hunks(oracle: &[Line], trace: &[Line], steps: &[Step], chance: &Chance) -> Vec<Hunk> {
    let mut hunks: Vec<Hunk> = Vec::new();
    let mut start = 0;
    for step in steps {
        let kind = match *step {
            Step::Both(left, right) => {
                let differing = oracle[left].differing(&trace[right]);
                let by_chance = differing.iter().all(|value| chance.values[left].contains(value));
                if by_chance { HunkKind::Same } else { HunkKind::Changed }
            }
            _ => HunkKind::Unmatched,
        };
        if hunks.last().is_none_or(|hunk| hunk.kind != kind) {
            hunks.push(Hunk { kind, start, left: Vec::new(), right: Vec::new() });
        }
        let Some(hunk) = hunks.last_mut() else { break };
        if let Step::Both(left, _) | Step::Left(left) = *step {
            hunk.left.push(left);
            start = left + 1;
        }
        if let Step::Both(_, right) | Step::Right(right) = *step {
            hunk.right.push(right);
        }
    }
    hunks
}

/// Takes out of the hunks the lines that both traces have, but whose place is up to the scheduler; how many.
fn drop_moved(oracle: &[Line], trace: &[Line], hunks: &mut [Hunk]) -> usize {
    let is_unmatched = |hunk: &&mut Hunk| hunk.kind == HunkKind::Unmatched;
    let mut additional: HashMap<String, usize> = HashMap::new();
    for hunk in hunks.iter_mut().filter(is_unmatched) {
        for key in hunk.right.iter().filter_map(|index| trace[*index].wandering()) {
            *additional.entry(key).or_default() += 1;
        }
    }
    let mut moved: HashMap<String, usize> = HashMap::new();
    for hunk in hunks.iter_mut().filter(is_unmatched) {
        hunk.left.retain(|index| match oracle[*index].wandering() {
            Some(key) if take(&mut additional, &key) => {
                *moved.entry(key).or_default() += 1;
                false
            }
            _ => true,
        });
    }
    let dropped = moved.values().sum();
    for hunk in hunks.iter_mut().filter(is_unmatched) {
        hunk.right.retain(|index| !trace[*index].wandering().is_some_and(|key| take(&mut moved, &key)));
    }
    dropped
}

/// Takes one from a count, if there is one.
fn take(counts: &mut HashMap<String, usize>, key: &str) -> bool {
    match counts.get_mut(key) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        _ => false,
    }
}

/// Where runs of the oracle differ from its first one, by index of the first one's lines.
#[derive(Debug, Default)]
struct Chance {
    /// Which values of each line.
    values: Vec<Vec<usize>>,
    /// Lines that another run has not.
    missing: HashSet<usize>,
    /// Before which lines another run has additional ones.
    additional: BTreeSet<usize>,
}

impl Chance {
    fn learn(&mut self, first: &[Line], other: &[Line], steps: &[Step]) {
        let mut next = 0;
        for step in steps {
            match *step {
                Step::Both(left, right) => self.values[left].extend(first[left].differing(&other[right])),
                Step::Left(left) => _ = self.missing.insert(left),
                Step::Right(_) => _ = self.additional.insert(next),
            }
            if let Step::Both(left, _) | Step::Left(left) = *step {
                next = left + 1;
            }
        }
    }

    /// Whether another run of the oracle has something else too where the hunk is.
    fn explains(&self, hunk: &Hunk) -> bool {
        let end = hunk.start + hunk.left.len();
        let additional = || self.additional.range(hunk.start..=end).next().is_some();
        hunk.left.iter().all(|index| self.missing.contains(index)) && (hunk.right.is_empty() || additional())
    }
}

/// Aligns two traces by the shape of their lines.
fn align(left: &[Line], right: &[Line], scratch: &Path) -> Result<Vec<Step>> {
    let files = [scratch.join("left"), scratch.join("right")];
    for (file, lines) in files.iter().zip([left, right]) {
        let text: String = lines.iter().map(|line| line.shape() + "\n").collect();
        fs::write(file, text)?;
    }
    // One character for each line, in the order of both files.
    let formats = ["--unchanged-line-format==", "--old-line-format=-", "--new-line-format=+"];
    let output =
        Command::new("diff").arg("--text").args(formats).args(files).stderr(Stdio::inherit()).output()?;
    let (mut old, mut new) = (0..left.len(), 0..right.len());
    let step = |mark: &u8| match mark {
        b'=' => Some(Step::Both(old.next()?, new.next()?)),
        b'-' => old.next().map(Step::Left),
        _ => new.next().map(Step::Right),
    };
    let steps: Vec<Step> = output.stdout.iter().map_while(step).collect();
    if old.next().is_some() || new.next().is_some() {
        return Err("diff: did not account for every line".into());
    }
    Ok(steps)
}

#[cfg(test)]
mod tests {
    use super::super::trace::lines;
    use super::*;

    fn compare(name: &str, oracle: &[&str], trace: &str) -> Difference {
        let scratch = std::env::temp_dir().join(format!("xtask-difference-{name}-{}", std::process::id()));
        fs::create_dir_all(&scratch).expect("a folder");
        let oracle: Vec<Vec<Line>> = oracle.iter().map(|text| lines(text, false, 0)).collect();
        let difference = Difference::new(&oracle, &lines(trace, false, 0), &scratch).expect("diff runs");
        fs::remove_dir_all(&scratch).expect("the folder is ours");
        difference
    }

    #[test]
    fn equal() {
        let trace = "brk(NULL) = 0x55555\nclose(3) = 0\n";
        let expected = Difference { identical: 2, ..Difference::default() };
        assert_eq!(compare("equal", &[trace, trace], trace), expected);
    }

    #[test]
    fn values_that_differ() {
        let (one, two) = ("a(10001, 20001) = 0\n", "a(10002, 20001) = 0\n");
        assert_eq!(compare("values", &[one, two], "a(10003, 20001) = 0\n").identical, 1);
        let difference = compare("values", &[one, two], "a(10001, 20002) = 0\n");
        assert_eq!((difference.identical, difference.differing), (0, 1));
        assert_eq!(difference.text, ["- P1 a(10001, 20001) = 0", "+ P1 a(10001, 20002) = 0"]);
    }

    #[test]
    fn lines_that_come_by_chance() {
        let (one, two) = ("a() = 0\nb() = 0\nz() = 0\n", "a() = 0\nc() = 0\nz() = 0\n");
        let difference = compare("lines", &[one, two], "a() = 0\nd() = 0\nz() = 0\n");
        assert_eq!((difference.identical, difference.dropped, difference.differing), (2, 1, 0));
        let difference = compare("lines", &[one, two], "b() = 0\nz() = 0\n");
        assert_eq!((difference.identical, difference.dropped, difference.differing), (2, 0, 1));
    }

    #[test]
    fn signals_wander() {
        let oracle = "a() = 0\n--- SIGCHLD {} ---\nrt_sigreturn({mask=[]}) = 7\nb() = 0\n";
        let trace = "a() = 0\nb() = 0\n--- SIGCHLD {} ---\nrt_sigreturn({mask=[]}) = 0\n";
        let difference = compare("signals", &[oracle, oracle], trace);
        assert_eq!((difference.identical, difference.dropped, difference.differing), (2, 2, 0));
        let difference = compare("signals", &[oracle, oracle], "a() = 0\nb() = 0\n--- SIGCHLD {} ---\n");
        assert_eq!((difference.identical, difference.dropped, difference.differing), (2, 1, 1));
    }

    #[test]
    fn shares_are_rounded_down() {
        let difference = Difference { identical: 99_999, differing: 1, ..Difference::default() };
        assert_eq!(difference.share(), "99999 of 100000 lines identical (99.99%)");
    }

    #[test]
    fn padding_counts() {
        let difference = compare("padding", &["a()  = 0\n"], "a()   = 0\n");
        assert_eq!((difference.identical, difference.differing), (0, 1));
    }
}
