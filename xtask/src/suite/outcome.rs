//! What running a test gave, and the files of `conformance/` that record such results.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::io;
use std::path::Path;

use crate::Result;

/// The ABI that the test programs are compiled for. The tracer is the same 64-bit program for both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Abi {
    /// x86-64.
    Native,
    /// i386.
    M32,
}

impl Abi {
    /// Both of them, in the order in which they are run.
    pub(super) const ALL: [Self; 2] = [Self::Native, Self::M32];

    /// The folder of the upstream tree that builds and holds its tests.
    pub(super) fn folder(self) -> &'static str {
        match self {
            Self::Native => "tests",
            Self::M32 => "tests-m32",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|abi| abi.to_string() == word)
    }
}

impl fmt::Display for Abi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Native => "64",
            Self::M32 => "m32",
        })
    }
}

/// A test: its ABI, and its upstream name without `.test` or `.gen.test`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TestId {
    pub(super) abi: Abi,
    pub(super) name: String,
}

impl TestId {
    pub(super) fn parse(abi: &str, name: &str) -> Option<Self> {
        Some(Self { abi: Abi::from_word(abi)?, name: (!name.is_empty()).then(|| name.to_owned())? })
    }
}

impl fmt::Display for TestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.abi, self.name)
    }
}

/// What a test's exit status says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Pass,
    Fail,
    Skip,
    /// It failed as it does with strace 7.2, which prints otherwise than 6.1.
    Otherwise,
}

impl Outcome {
    /// The meaning of an exit status in automake's simple test protocol: 0 is a pass, 77 a skip, all else (99
    /// for a broken set-up, `None` for death by a signal) a failure.
    pub(super) fn from_status(code: Option<i32>) -> Self {
        match code {
            Some(0) => Self::Pass,
            Some(77) => Self::Skip,
            _ => Self::Fail,
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::Pass, Self::Fail, Self::Skip].into_iter().find(|outcome| outcome.to_string() == word)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pass => "PASS",
            Self::Fail => "FAIL",
            Self::Skip => "SKIP",
            Self::Otherwise => "OTHERWISE",
        })
    }
}

/// How many tests ended in which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) passed: usize,
    pub(super) failed: usize,
    pub(super) skipped: usize,
    pub(super) otherwise: usize,
}

impl Tally {
    pub(super) fn of(outcomes: impl IntoIterator<Item = Outcome>) -> Self {
        let mut tally = Self::default();
        for outcome in outcomes {
            *match outcome {
                Outcome::Pass => &mut tally.passed,
                Outcome::Fail => &mut tally.failed,
                Outcome::Skip => &mut tally.skipped,
                Outcome::Otherwise => &mut tally.otherwise,
            } += 1;
        }
        tally
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)?;
        if self.otherwise > 0 { write!(f, ", {} as strace 7.2", self.otherwise) } else { Ok(()) }
    }
}

/// The results of a run, by test.
pub(super) type Results = BTreeMap<TestId, Outcome>;

/// Reads a file of lines `ABI NAME RESULT`; no results where there is no such file.
///
/// # Errors
///
/// When a line is neither empty, nor a `#` comment, nor of that form.
pub(super) fn read_results(path: &Path) -> Result<Results> {
    let parse = |line: &str| {
        let mut words = line.split(' ');
        let id = TestId::parse(words.next()?, words.next()?)?;
        Some((id, Outcome::from_word(words.next()?)?))
    };
    let mut results = Results::new();
    for (number, line) in lines(path)? {
        let (id, outcome) = parse(&line).ok_or_else(|| malformed(path, number))?;
        results.insert(id, outcome);
    }
    Ok(results)
}

/// Writes what [`read_results`] reads, with `comment` above it.
pub(super) fn write_results(path: &Path, comment: &str, results: &Results) -> Result<()> {
    let mut text = comment_lines(comment);
    for (id, outcome) in results {
        text += &format!("{id} {outcome}\n");
    }
    Ok(fs::write(path, text)?)
}

/// The tests that are known to fail, and why.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct KnownFailures {
    comment: String,
    reasons: BTreeMap<TestId, String>,
}

impl KnownFailures {
    /// Reads a file of lines `ABI NAME — REASON`, with comments before the first of them. `None` where there is
    /// no such file.
    ///
    /// # Errors
    ///
    /// When a line has another form, or the lines are not sorted, or one has no reason.
    pub(super) fn read(path: &Path) -> Result<Option<Self>> {
        match fs::read_to_string(path) {
            Ok(text) => Self::parse(&text).map(Some).map_err(|number| malformed(path, number).into()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(format!("{}: {error}", path.display()).into()),
        }
    }

    /// The list in `text`; the number of the line in error.
    fn parse(text: &str) -> std::result::Result<Self, usize> {
        let mut list = Self::default();
        for (index, line) in text.lines().enumerate() {
            let number = index + 1;
            if let Some(comment) = line.strip_prefix('#') {
                list.comment += comment.trim();
                list.comment += "\n";
            } else if !line.trim().is_empty() {
                let (id, reason) = Self::parse_line(line).ok_or(number)?;
                if list.reasons.last_key_value().is_some_and(|(last, _)| *last >= id) {
                    return Err(number);
                }
                list.reasons.insert(id, reason);
            }
        }
        Ok(list)
    }

    fn parse_line(line: &str) -> Option<(TestId, String)> {
        let (id, reason) = line.split_once(" — ")?;
        let (abi, name) = id.split_once(' ')?;
        Some((TestId::parse(abi, name)?, (!reason.trim().is_empty()).then(|| reason.to_owned())?))
    }

    /// A list of `tests` to which a person has yet to give reasons.
    pub(super) fn unexplained(tests: impl IntoIterator<Item = TestId>) -> Self {
        let reasons = tests.into_iter().map(|id| (id, "not examined yet".to_owned())).collect();
        let comment = "Conformance tests that strax fails and strace passes: ABI TEST — REASON, sorted.\n\
                       `cargo xtask suite --ratchet` lets this list only shrink.\n";
        Self { comment: comment.to_owned(), reasons }
    }

    pub(super) fn contains(&self, id: &TestId) -> bool {
        self.reasons.contains_key(id)
    }

    pub(super) fn tests(&self) -> impl Iterator<Item = &TestId> {
        self.reasons.keys()
    }

    pub(super) fn len(&self) -> usize {
        self.reasons.len()
    }

    /// Takes `tests` off the list.
    pub(super) fn remove(&mut self, tests: &BTreeSet<TestId>) {
        self.reasons.retain(|id, _| !tests.contains(id));
    }

    pub(super) fn write(&self, path: &Path) -> Result<()> {
        Ok(fs::write(path, self.to_string())?)
    }
}

impl fmt::Display for KnownFailures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&comment_lines(&self.comment))?;
        self.reasons.iter().try_for_each(|(id, reason)| writeln!(f, "{id} — {reason}"))
    }
}

fn comment_lines(comment: &str) -> String {
    comment.lines().map(|line| format!("# {line}").trim_end().to_owned() + "\n").collect()
}

/// The numbered lines of a file that are neither empty nor comments.
pub(super) fn lines(path: &Path) -> Result<Vec<(usize, String)>> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        text => text.map_err(|error| format!("{}: {error}", path.display()))?,
    };
    let numbered = text.lines().enumerate().map(|(index, line)| (index + 1, line.trim_end().to_owned()));
    Ok(numbered.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')).collect())
}

pub(super) fn malformed(path: &Path, number: usize) -> String {
    format!("{}:{number}: malformed or out of order", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(abi: Abi, name: &str) -> TestId {
        TestId { abi, name: name.to_owned() }
    }

    #[test]
    fn statuses() {
        let codes = [Some(0), Some(77), Some(1), Some(99), None];
        let outcomes = codes.map(Outcome::from_status);
        assert_eq!(outcomes, [Outcome::Pass, Outcome::Skip, Outcome::Fail, Outcome::Fail, Outcome::Fail]);
        assert_eq!(Tally::of(outcomes).to_string(), "1 passed, 3 failed, 1 skipped");
    }

    #[test]
    fn known_failures_round_trip() {
        let text = "# Why.\n# More.\n64 a-b — no such thing\n64 c — x — y\nm32 a — z\n";
        let mut list = KnownFailures::parse(text).expect("well formed");
        assert_eq!(list.to_string(), text);
        assert!(list.contains(&id(Abi::Native, "c")) && !list.contains(&id(Abi::M32, "c")));
        list.remove(&BTreeSet::from([id(Abi::Native, "a-b"), id(Abi::M32, "a")]));
        assert_eq!(list.to_string(), "# Why.\n# More.\n64 c — x — y\n");
    }

    #[test]
    fn known_failures_are_checked() {
        for (text, line) in
            [("64 a\n", 1), ("64 a — \n", 1), ("64 b — x\n64 a — x\n", 2), ("#\n65 a — x\n", 2)]
        {
            assert_eq!(KnownFailures::parse(text), Err(line), "{text:?}");
        }
        let doubled = "64 a — x\n64 a — y\n";
        assert_eq!(KnownFailures::parse(doubled), Err(2));
    }
}
