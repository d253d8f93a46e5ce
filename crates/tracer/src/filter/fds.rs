//! Sets of descriptors.

use super::list::{Invalid, List};
use super::number::unsigned;

/// A set of descriptors, from 0 to [`i32::MAX`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FdSet {
    /// In ascending order, each once.
    fds: Vec<i32>,
    /// All descriptors but those.
    negated: bool,
}

impl FdSet {
    /// No descriptor.
    #[must_use]
    pub const fn none() -> Self {
        Self { fds: Vec::new(), negated: false }
    }

    /// Whether `fd` is in it; a negative number never is.
    #[must_use]
    pub fn contains(&self, fd: i32) -> bool {
        fd >= 0 && self.fds.binary_search(&fd).is_ok() != self.negated
    }

    /// Whether no descriptor is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fds.is_empty() && !self.negated
    }

    /// Whether all that are in it are in `other` as well.
    #[must_use]
    pub fn is_subset(&self, other: &Self) -> bool {
        match (self.negated, other.negated) {
            (false, _) => self.fds.iter().all(|&fd| other.contains(fd)),
            (true, true) => other.fds.iter().all(|fd| self.fds.binary_search(fd).is_ok()),
            (true, false) => false,
        }
    }

    /// The set that `expression` means.
    ///
    /// # Errors
    /// A member is no descriptor.
    pub fn parse(expression: &str) -> Result<Self, Invalid> {
        let kind = "descriptor";
        let List { negated, members } = List::parse(expression, kind)?;
        let mut fds = Vec::with_capacity(members.len());
        for member in members {
            let fd = unsigned(member, i32::MAX as u64).map(|fd| fd as i32);
            fds.push(fd.ok_or_else(|| Invalid::Member { kind, member: member.to_owned() })?);
        }
        fds.sort_unstable();
        fds.dedup();
        Ok(Self { fds, negated })
    }
}

/// An expression that means it.
impl std::fmt::Display for FdSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let fds: Vec<_> = self.fds.iter().map(i32::to_string).collect();
        match (self.negated, fds.is_empty()) {
            (true, true) => f.write_str("all"),
            (false, true) => f.write_str("none"),
            (negated, false) => write!(f, "{}{}", if negated { "!" } else { "" }, fds.join(",")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subsets_and_expressions() {
        let sets = ["none", "3", "3,5", "!3", "!3,5", "all"].map(|set| FdSet::parse(set).unwrap());
        let subsets = sets.each_ref().map(|set| sets.iter().filter(|of| set.is_subset(of)).count());
        assert_eq!(subsets, [6, 3, 2, 2, 3, 1]);
        for set in &sets {
            assert_eq!(FdSet::parse(&set.to_string()).as_ref(), Ok(set));
        }
    }

    #[test]
    fn members() {
        let set = FdSet::parse("5,3,3").unwrap();
        assert!(set.contains(3) && set.contains(5) && !set.contains(4) && !set.contains(-1));
    }

    #[test]
    fn everything_else() {
        let set = FdSet::parse("!3").unwrap();
        assert!(!set.contains(3) && set.contains(i32::MAX) && !set.contains(-1));
        assert!(FdSet::parse("none").unwrap().is_empty() && !set.is_empty());
        assert!(FdSet::parse("all").unwrap().contains(0));
    }

    #[test]
    fn no_descriptors() {
        for not in ["-1", "x", "0x3", "3-4", "2147483648", "1 "] {
            let error = FdSet::parse(not).unwrap_err();
            assert_eq!(error.to_string(), format!("invalid descriptor '{not}'"));
        }
    }
}
