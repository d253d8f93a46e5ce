//! What becomes of a tracee that has stopped.

use event::Verdict;

/// Whether a tracee goes on, and watched or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Fate {
    /// It goes on.
    #[default]
    GoOn,
    /// Its process is killed.
    Kill,
    /// It is let go of.
    Leave,
}

impl Fate {
    /// What an observer's answer means for the tracee.
    pub(super) fn of(verdict: &Verdict) -> Fate {
        match verdict {
            Verdict::Kill => Fate::Kill,
            Verdict::Leave => Fate::Leave,
            _ => Fate::GoOn,
        }
    }
}
