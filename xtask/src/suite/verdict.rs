//! What each test's outcome has to be, and whether it is.

use std::collections::{BTreeMap, BTreeSet};

use super::otherwise::{Mark, Otherwise};
use super::outcome::{KnownFailures, Outcome, Results, TestId};

/// What is known before a run: the results of strace itself, and the failures that strax is known to have.
#[derive(Debug, Default)]
pub(super) struct Expectations {
    /// Results of runs with strace as the tracer, one for each version of it.
    pub(super) references: Vec<Results>,
    pub(super) known: KnownFailures,
    /// How strace 7.2 fails tests that 6.1 passes.
    pub(super) otherwise: Otherwise,
}

/// What a test is held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Duty {
    /// strace passes it: so must we.
    Pass,
    /// Listed as failing: the list must be true.
    Fail,
    /// strace 7.2 prints otherwise than the test expects: so must we, with this difference.
    Otherwise(Mark),
    /// strace itself fails or skips it, be it for the kernel or the machine or for what a version prints.
    None,
}

impl Expectations {
    /// Whether strace's own results are known. Without them, as when they are made, only failures surprise.
    pub(super) fn has_references(&self) -> bool {
        self.references.iter().any(|results| !results.is_empty())
    }

    /// What the test is held to.
    pub(super) fn duty(&self, id: &TestId) -> Duty {
        let passes = |reference: &Results| reference.get(id).is_none_or(|outcome| *outcome == Outcome::Pass);
        if self.known.contains(id) {
            Duty::Fail
        } else if self.references.iter().all(passes) {
            Duty::Pass
        } else {
            self.otherwise.get(id).map_or(Duty::None, |(mark, _)| Duty::Otherwise(*mark))
        }
    }

    /// Whether an outcome is against what the test is held to. A skip counts as a failure: a tracer must not
    /// pass by lacking what a test asks for.
    pub(super) fn is_surprise(&self, id: &TestId, outcome: Outcome) -> bool {
        let passed = outcome == Outcome::Pass;
        match self.duty(id) {
            Duty::Pass if !self.has_references() => outcome == Outcome::Fail,
            Duty::Pass => !passed,
            Duty::Fail => passed,
            Duty::Otherwise(_) => outcome != Outcome::Otherwise,
            Duty::None => false,
        }
    }
}

/// The outcomes of a run that are against expectation.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    /// Tests that should pass and did not.
    pub(super) regressions: BTreeMap<TestId, Outcome>,
    /// Tests listed as failing that passed.
    pub(super) repaired: BTreeSet<TestId>,
    /// Tests listed as failing that do not exist. Only a run of all tests can tell.
    pub(super) unknown: BTreeSet<TestId>,
}

impl Verdict {
    /// Judges the results of a run. `complete` says that the run was of all tests of all ABIs.
    pub(super) fn new(expectations: &Expectations, results: &Results, complete: bool) -> Self {
        let mut verdict = Self::default();
        for (id, outcome) in results {
            if !expectations.is_surprise(id, *outcome) {
            } else if expectations.duty(id) == Duty::Fail {
                verdict.repaired.insert(id.clone());
            } else {
                verdict.regressions.insert(id.clone(), *outcome);
            }
        }
        if complete {
            let listed = expectations.known.tests();
            verdict.unknown = listed.filter(|id| !results.contains_key(id)).cloned().collect();
        }
        verdict
    }

    /// Whether all is as expected.
    pub(super) fn is_clean(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::otherwise::Difference;
    use super::super::outcome::Abi;
    use super::*;

    fn id(name: &str) -> TestId {
        TestId { abi: Abi::Native, name: name.to_owned() }
    }

    fn results(list: &[(&str, Outcome)]) -> Results {
        list.iter().map(|(name, outcome)| (id(name), *outcome)).collect()
    }

    #[test]
    fn ratchet() {
        use Outcome::{Fail, Pass, Skip};
        let expectations = Expectations {
            references: vec![results(&[("a", Pass), ("b", Pass), ("old", Fail)]), results(&[("b", Skip)])],
            known: KnownFailures::unexplained(["known", "mended", "gone"].map(id)),
            otherwise: Otherwise::new(),
        };
        let run = [("a", Fail), ("b", Fail), ("old", Skip), ("known", Fail), ("mended", Pass), ("new", Skip)];
        let verdict = Verdict::new(&expectations, &results(&run), true);
        assert_eq!(verdict.regressions, results(&[("a", Fail), ("new", Skip)]));
        assert_eq!(verdict.repaired, BTreeSet::from([id("mended")]));
        assert_eq!(verdict.unknown, BTreeSet::from([id("gone")]));
        assert!(!verdict.is_clean());
        assert!(Verdict::new(&expectations, &results(&[("a", Pass), ("known", Skip)]), false).is_clean());
    }

    #[test]
    fn otherwise() {
        let mark = Difference::new("+a\n").mark();
        let expectations = Expectations {
            references: vec![results(&[("a", Outcome::Fail)])],
            otherwise: Otherwise::from([(id("a"), (mark, String::new()))]),
            ..Expectations::default()
        };
        assert_eq!(expectations.duty(&id("a")), Duty::Otherwise(mark));
        let surprises = [Outcome::Pass, Outcome::Fail, Outcome::Skip, Outcome::Otherwise]
            .map(|outcome| expectations.is_surprise(&id("a"), outcome));
        assert_eq!(surprises, [true, true, true, false]);
    }

    #[test]
    fn skips_surprise_only_where_strace_is_known_to_pass() {
        let nothing = Expectations::default();
        assert!(
            !nothing.is_surprise(&id("a"), Outcome::Skip) && nothing.is_surprise(&id("a"), Outcome::Fail)
        );
        let references = vec![results(&[("a", Outcome::Pass)])];
        assert!(Expectations { references, ..nothing }.is_surprise(&id("a"), Outcome::Skip));
    }
}
