//! Whether a call that has been interrupted is made once more.

use std::time::{Duration, Instant};

/// Where a tracee is with a call that has been interrupted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Again {
    #[default]
    No,
    /// It has failed, and been told of.
    Failed,
    /// It is about to be made again, and was interrupted first at this time.
    Due(Instant),
    /// It has been made again.
    Made(Instant),
}

impl Again {
    /// The tracee makes a call.
    #[inline]
    pub(super) fn entered(&mut self) {
        if *self != Again::No {
            *self = match *self {
                Again::Due(since) => Again::Made(since),
                Again::No | Again::Failed | Again::Made(_) => Again::No,
            };
        }
    }

    /// Whether a call that may take `length` is to be made again.
    pub(super) fn interrupted(&mut self, length: Option<Duration>, now: Instant) -> bool {
        let since = match *self {
            Again::Due(since) | Again::Made(since) => since,
            Again::No | Again::Failed => now,
        };
        let lasts = length.is_none_or(|length| now.duration_since(since) <= length);
        *self = if lasts { Again::Due(since) } else { Again::Failed };
        lasts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_made_again_for_as_long_as_it_may_take() {
        let begin = Instant::now();
        let [second, two] = [1, 2].map(Duration::from_secs);
        let mut again = Again::default();
        assert!(again.interrupted(Some(second), begin));
        again.entered();
        assert!(again.interrupted(Some(second), begin + second));
        again.entered();
        assert!(!again.interrupted(Some(second), begin + two));
        // Another call has its own time, and one without a time-out has all of it.
        again.entered();
        assert!(again.interrupted(Some(second), begin + two));
        again.entered();
        again.entered();
        assert!(again.interrupted(Some(second), begin + 2 * two));
        again.entered();
        assert!(again.interrupted(None, begin + 9 * two));
    }
}
