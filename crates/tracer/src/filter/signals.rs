//! Sets of signals.

use super::list::{self, Invalid, List};
use uapi::signal::{self, SIGRTMAX, SIGRTMIN};

/// The numbers that an expression may name; more than there are signals.
const NUMBERS: u64 = 255;

/// A set of signals, from 1 to [`SIGRTMAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignalSet {
    /// Bit `n - 1` is signal `n`, as in the kernel's `sigset_t`.
    bits: u64,
}

impl SignalSet {
    /// Every signal.
    pub const ALL: Self = Self { bits: u64::MAX };
    /// No signal.
    pub const NONE: Self = Self { bits: 0 };

    /// Whether `signal` is in it; a number that is no signal never is.
    #[must_use]
    pub const fn contains(self, signal: i32) -> bool {
        matches!(signal, 1..=64) && self.bits & 1 << (signal - 1) != 0
    }

    /// The set that `expression` means.
    ///
    /// # Errors
    /// A member is no signal.
    pub fn parse(expression: &str) -> Result<Self, Invalid> {
        let kind = "signal";
        let List { negated, members } = List::parse(expression, kind)?;
        let mut bits = 0;
        for member in members {
            let number = match list::number(member) {
                Some(number) if number <= NUMBERS => Some(number as u32),
                Some(_) => None,
                None => by_name(member),
            };
            let number = number.ok_or_else(|| Invalid::Member { kind, member: member.to_owned() })?;
            if let 1..=SIGRTMAX = number {
                bits |= 1u64 << (number - 1);
            }
        }
        Ok(Self { bits: if negated { !bits } else { bits } })
    }
}

/// The signal called `name`, with or without its `SIG`, in any case: `INT`, `sigint`, `RTMIN`, `SIGRT_3`.
pub(crate) fn by_name(name: &str) -> Option<u32> {
    let upper = name.to_ascii_uppercase();
    let short = upper.strip_prefix("SIG").unwrap_or(&upper);
    if let Some(nth) = short.strip_prefix("RT_") {
        let nth = list::number(nth).filter(|_| !nth.starts_with('0'))?;
        return u32::try_from(nth).ok().and_then(|nth| SIGRTMIN.checked_add(nth)).filter(|n| *n <= SIGRTMAX);
    }
    if short == "RTMIN" {
        return Some(SIGRTMIN);
    }
    // Aliases are not names here: a trace never shows them.
    (1..SIGRTMIN).find(|n| signal::name_of(*n).and_then(|name| name.strip_prefix("SIG")) == Some(short))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (name, number) in
            [("INT", 2), ("sigint", 2), ("SIGRTMIN", 32), ("RT_1", 33), ("SIGRT_32", 64), ("SYS", 31)]
        {
            assert_eq!(by_name(name), Some(number), "{name}");
        }
        for not in ["SIGFOO", "SIGSIGINT", "IOT", "poll", "RTMAX", "RT_0", "RT_33", "RT_01", "RTMIN+1", ""] {
            assert_eq!(by_name(not), None, "{not}");
        }
    }

    #[test]
    fn sets() {
        let set = SignalSet::parse("!int,64").unwrap();
        assert!(!set.contains(2) && set.contains(1) && !set.contains(64));
        assert!(!set.contains(0) && !set.contains(65) && !set.contains(-1));
        assert_eq!(SignalSet::parse("all"), Ok(SignalSet::ALL));
        assert_eq!(SignalSet::parse("0,255"), Ok(SignalSet::NONE));
    }

    #[test]
    fn errors() {
        for not in ["-1", "256", " 1", "%file", "INT@64"] {
            let error = SignalSet::parse(not).unwrap_err();
            assert_eq!(error.to_string(), format!("invalid signal '{not}'"));
        }
    }
}
