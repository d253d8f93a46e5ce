//! The form that all sets share on a command line: `[!]MEMBER[,MEMBER]…`, `[!]all`, `[!]none`.

use thiserror::Error;

/// An expression that names no set.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Invalid {
    /// A member that there is not; the text is as strace has it.
    #[error("invalid {kind} '{member}'")]
    Member {
        /// What the set is of: `system call`, `signal`, `descriptor`, `quiet`…
        kind: &'static str,
        /// The member, or the whole expression where it has none.
        member: String,
    },
    /// A rule that is malformed.
    #[error("invalid {option} argument '{rule}'")]
    Rule {
        /// How it is introduced: `inject` or `fault`.
        option: &'static str,
        /// The whole rule.
        rule: String,
    },
    /// A suffix `@NAME` that names no ABI.
    #[error("incorrect personality designator '{designator}' in qualification '{member}'")]
    Personality {
        /// What follows the `@`.
        designator: String,
        /// The whole member.
        member: String,
    },
    /// A `/REGEX` that is none.
    #[error("regcomp: {pattern}: {reason}")]
    Regex {
        /// The pattern, without its slash.
        pattern: String,
        /// What the C library says of it.
        reason: String,
    },
}

/// An expression taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct List<'a> {
    /// It means everything but its members.
    pub(super) negated: bool,
    /// The members, none of them empty; there are none for `all` and `none`.
    pub(super) members: Vec<&'a str>,
}

impl<'a> List<'a> {
    /// Takes `expression` apart; `kind` is for the error, which arises where there is no member at all.
    pub(super) fn parse(expression: &'a str, kind: &'static str) -> Result<Self, Invalid> {
        let rest = expression.trim_start_matches('!');
        let negated = (expression.len() - rest.len()) % 2 == 1;
        match rest {
            "none" => return Ok(Self { negated, members: Vec::new() }),
            "all" => return Ok(Self { negated: !negated, members: Vec::new() }),
            _ => {}
        }
        let members: Vec<_> = rest.split(',').filter(|member| !member.is_empty()).collect();
        if members.is_empty() {
            return Err(Invalid::Member { kind, member: expression.to_owned() });
        }
        Ok(Self { negated, members })
    }
}

/// A member that is a number: decimal digits and nothing else.
pub(crate) fn number(member: &str) -> Option<u64> {
    member.bytes().all(|b| b.is_ascii_digit()).then(|| member.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(expression: &str) -> (bool, Vec<&str>) {
        let List { negated, members } = List::parse(expression, "thing").unwrap();
        (negated, members)
    }

    #[test]
    fn members_and_negation() {
        assert_eq!(parse("a,b"), (false, vec!["a", "b"]));
        assert_eq!(parse("!a,,b,"), (true, vec!["a", "b"]));
        assert_eq!(parse("!!a"), (false, vec!["a"]));
        assert_eq!(parse("a,!b"), (false, vec!["a", "!b"]));
    }

    #[test]
    fn all_and_none_stand_alone() {
        assert_eq!(parse("none"), (false, vec![]));
        assert_eq!(parse("!none"), (true, vec![]));
        assert_eq!(parse("all"), (true, vec![]));
        assert_eq!(parse("!all"), (false, vec![]));
        assert_eq!(parse("none,a"), (false, vec!["none", "a"]));
    }

    #[test]
    fn nothing_is_an_error_that_quotes_the_whole() {
        for nothing in ["", "!", ",", "!,"] {
            let error = List::parse(nothing, "thing").unwrap_err();
            assert_eq!(error.to_string(), format!("invalid thing '{nothing}'"));
        }
    }

    #[test]
    fn numbers_are_digits_only() {
        assert_eq!(number("007"), Some(7));
        for not in ["", "-1", "+1", "0x1", "1 ", "99999999999999999999"] {
            assert_eq!(number(not), None, "{not}");
        }
    }
}
