//! Sets of a few things with names.

use super::list::{Invalid, List};
use std::fmt;
use std::marker::PhantomData;

/// A thing that a [`Set`] may have: one of a fieldless enum of at most 32.
pub trait Member: Copy + fmt::Debug + 'static {
    /// What a set of them is called in messages.
    const KIND: &'static str;
    /// Each of them with all its names, the preferred one first.
    const NAMES: &'static [(Self, &'static [&'static str])];

    /// Its place among the others, from 0.
    fn index(self) -> u32;
}

/// Declares an enum whose members a [`Set`] may have, each with the names it has on a command line.
macro_rules! member {
    (
        $(#[$meta:meta])*
        pub enum $name:ident($kind:literal) {
            $($(#[$member_meta:meta])* $member:ident = $($text:literal)|+,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$member_meta])* $member,)+
        }

        impl $crate::filter::Member for $name {
            const KIND: &'static str = $kind;
            const NAMES: &'static [(Self, &'static [&'static str])] = &[$((Self::$member, &[$($text),+])),+];

            fn index(self) -> u32 {
                self as u32
            }
        }
    };
}
pub(crate) use member;

/// A set of named things.
pub struct Set<T> {
    bits: u32,
    of: PhantomData<T>,
}

impl<T> Clone for Set<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Set<T> {}

impl<T> PartialEq for Set<T> {
    fn eq(&self, other: &Self) -> bool {
        self.bits == other.bits
    }
}

impl<T> Eq for Set<T> {}

impl<T: Member> Set<T> {
    /// Nothing.
    pub const EMPTY: Self = Self::from_bits(0);
    /// Everything.
    pub const ALL: Self = Self::from_bits(u32::MAX >> (32 - T::NAMES.len()));

    const fn from_bits(bits: u32) -> Self {
        Self { bits, of: PhantomData }
    }

    /// These.
    #[must_use]
    pub fn of(members: &[T]) -> Self {
        Self::from_bits(members.iter().fold(0, |bits, member| bits | 1 << member.index()))
    }

    /// Whether `member` is in it.
    #[must_use]
    pub fn contains(self, member: T) -> bool {
        self.bits & 1 << member.index() != 0
    }

    /// Adds `member`.
    pub fn insert(&mut self, member: T) {
        self.bits |= 1 << member.index();
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.bits == 0
    }

    /// Whether everything is in it.
    #[must_use]
    pub fn is_all(self) -> bool {
        self == Self::ALL
    }

    /// The set that `expression` means; case does not matter.
    ///
    /// # Errors
    /// There is no member of that name.
    pub fn parse(expression: &str) -> Result<Self, Invalid> {
        let List { negated, members } = List::parse(expression, T::KIND)?;
        let mut set = Self::EMPTY;
        for member in members {
            set.insert(find(member)?);
        }
        Ok(if negated { Self::from_bits(Self::ALL.bits & !set.bits) } else { set })
    }
}

fn find<T: Member>(name: &str) -> Result<T, Invalid> {
    T::NAMES
        .iter()
        .find(|(_, names)| names.iter().any(|n| n.eq_ignore_ascii_case(name)))
        .map(|(member, _)| *member)
        .ok_or_else(|| Invalid::Member { kind: T::KIND, member: name.to_owned() })
}

impl<T: Member> fmt::Debug for Set<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let members = T::NAMES.iter().map(|(member, _)| *member).filter(|member| self.contains(*member));
        f.debug_set().entries(members).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Quiet, Status};

    #[test]
    fn names_and_aliases() {
        assert_eq!(Set::parse("attach,EXITS"), Ok(Set::of(&[Quiet::Attach, Quiet::Exit])));
        assert_eq!(Set::parse("superseded"), Ok(Set::of(&[Quiet::ThreadExecve])));
        assert_eq!(Set::<Quiet>::parse("all"), Ok(Set::ALL));
        assert_eq!(Set::<Quiet>::parse("!all"), Ok(Set::EMPTY));
    }

    #[test]
    fn negation() {
        let others = Set::parse("!successful,failed").unwrap();
        assert_eq!(others, Set::of(&[Status::Unfinished, Status::Unavailable, Status::Detached]));
    }

    #[test]
    fn unknown_names() {
        let error = Set::<Quiet>::parse("attach,none").unwrap_err();
        assert_eq!(error.to_string(), "invalid quiet 'none'");
    }

    #[test]
    fn debug_names_the_members() {
        assert_eq!(format!("{:?}", Set::of(&[Quiet::Exit])), "{Exit}");
    }
}
