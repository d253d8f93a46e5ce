//! The options: one entry says all about one of them.
//!
//! Parsing, `-h` and all that is written about options elsewhere come from [`table`]. Options with the same name
//! in short and long form that differ in whether they take a value have a value that is optional: it can be
//! given with the long form only.

mod describing;
mod filtering;
mod format;
mod recording;
mod stacks;
mod startup;
mod statistics;
mod tampering;
mod tracing;
mod various;

use crate::args::Args;
use crate::error::{Error, quoting};
use crate::getopt::Given;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::sync::OnceLock;

/// An option.
pub(crate) struct Flag {
    /// Its letter.
    pub(crate) short: Option<u8>,
    /// Its long names, the preferred one first.
    pub(crate) long: &'static [&'static str],
    /// The names by which `-e NAME=VALUE` means it.
    pub(crate) qualifiers: &'static [&'static str],
    /// Whether it takes a value.
    pub(crate) value: Value,
    /// Where the usage text has it.
    pub(crate) section: Section,
    /// What it does, in lines of the usage text.
    pub(crate) help: &'static [&'static str],
    /// Further forms of it: how it is written, and what it does then.
    pub(crate) forms: &'static [(&'static str, &'static [&'static str])],
    /// What its value may be.
    pub(crate) hint: Hint,
    /// What the manual page says of it, by paragraphs in the markup of [`crate::man`].
    pub(crate) manual: &'static [&'static str],
    /// Takes it into account.
    pub(crate) apply: fn(&mut Args, &Given<'_>) -> Result<(), Error>,
}

impl Flag {
    /// An option without anything, to be completed by the tables.
    const NEW: Self = Self {
        short: None,
        long: &[],
        qualifiers: &[],
        value: Value::None,
        section: Section::General,
        help: &[],
        forms: &[],
        hint: Hint::None,
        manual: &[],
        apply: |_, _| Ok(()),
    };
}

impl std::fmt::Debug for Flag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Flag").field("short", &self.short).field("long", &self.long).finish_non_exhaustive()
    }
}

/// Whether an option takes a value, and what usage calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// It takes none.
    None,
    /// It must have one.
    Required(&'static str),
    /// The long form may have one, the short form has none.
    Optional(&'static str),
}

/// What the value of an option may be, as far as a shell can help with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hint {
    /// There is none to give.
    None,
    /// Something that can't be known: a number, a name yet to be given.
    Any,
    /// A path.
    File,
    /// The id of a running process.
    Pid,
    /// A user's name.
    User,
    /// An environment variable.
    Variable,
    /// One of these.
    Words(&'static [&'static str]),
    /// Some of these, with commas between them.
    List(&'static [&'static str]),
    /// A set of calls and classes of calls.
    Calls,
    /// A set of signals.
    Signals,
    /// A set of calls, and after colons what to do to them.
    Inject,
    /// One of the other options' names, and its value: `trace=read`.
    Expression,
}

/// A part of the usage text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    General,
    Startup,
    Tracing,
    Filtering,
    Format,
    Statistics,
    Recording,
    StopCondition,
    Tampering,
    Various,
}

impl Section {
    /// All of them, in the order of the usage text.
    pub(crate) const ALL: [Self; 10] = [
        Self::General,
        Self::Startup,
        Self::Tracing,
        Self::Filtering,
        Self::Format,
        Self::Statistics,
        Self::Recording,
        Self::StopCondition,
        Self::Tampering,
        Self::Various,
    ];

    /// Its heading.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::General => "General",
            Self::Startup => "Startup",
            Self::Tracing => "Tracing",
            Self::Filtering => "Filtering",
            Self::Format => "Output format",
            Self::Statistics => "Statistics",
            Self::Recording => "Recording",
            Self::StopCondition => "Stop condition",
            Self::Tampering => "Tampering",
            Self::Various => "Miscellaneous",
        }
    }
}

/// strace's options that have no letter, and where it looks for them: behind this letter's.
///
/// Messages list possibilities in the order in which options are looked for.
const UNLETTERED: &[(&str, u8)] = &[
    ("output-separately", b'A'),
    ("stack-trace-frame-limit", b'k'),
    ("syscall-limit", b'k'),
    ("strings-in-hex", b'x'),
    ("decode-fds", b'y'),
    ("argv0", b'z'),
    ("kill-on-exit", b'z'),
    ("seccomp-bpf", b'z'),
    ("pidns-translation", b'z'),
    ("always-show-pid", b'z'),
    ("tips", b'z'),
    ("color", b'z'),
    ("trace", b'z'),
    ("trace-fds", b'z'),
    ("abbrev", b'z'),
    ("verbose", b'z'),
    ("raw", b'z'),
    ("read", b'z'),
    ("write", b'z'),
    ("signals", b'z'),
    ("status", b'z'),
    ("quiet", b'z'),
    ("secontext", b'z'),
    ("inject", b'z'),
    ("fault", b'z'),
    ("kvm", b'z'),
    ("namespace", b'z'),
    ("decode-pids", b'z'),
];

impl Flag {
    /// Whether strace has it too. Names of the others can't be abbreviated, so that all abbreviations mean what they
    /// mean to strace.
    pub(crate) fn is_known_to_strace(&self) -> bool {
        self.short.is_some() || self.unlettered().is_some()
    }

    /// Its place in [`UNLETTERED`].
    fn unlettered(&self) -> Option<usize> {
        UNLETTERED.iter().position(|(name, _)| self.long.first() == Some(name))
    }

    /// Where it is looked for: behind which letter, and the how manieth of those.
    fn place(&self) -> (u8, bool, usize) {
        match (self.unlettered(), self.short) {
            (Some(i), _) => (UNLETTERED[i].1.to_ascii_lowercase(), true, i + 1),
            (None, Some(letter)) => (letter.to_ascii_lowercase(), letter.is_ascii_uppercase(), 0),
            (None, None) => (u8::MAX, true, 0),
        }
    }
}

/// All options, in the order in which they are looked for.
pub(crate) fn table() -> &'static [&'static Flag] {
    static TABLE: OnceLock<Vec<&'static Flag>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut flags: Vec<_> = documented().collect();
        flags.sort_by_key(|flag| flag.place());
        flags
    })
}

/// All options in the order of their sections' files.
pub(crate) fn documented() -> impl Iterator<Item = &'static Flag> {
    [
        various::GENERAL,
        startup::FLAGS,
        tracing::FLAGS,
        filtering::FLAGS,
        format::FLAGS,
        describing::FLAGS,
        stacks::FLAGS,
        statistics::FLAGS,
        recording::FLAGS,
        statistics::STOP,
        tampering::FLAGS,
        various::FLAGS,
    ]
    .into_iter()
    .flatten()
}

/// The value of an option as text.
fn text<'a>(given: &Given<'a>) -> Result<&'a str, Error> {
    given.value.unwrap_or_default().to_str().ok_or_else(|| invalid(given))
}

/// The value of an option as text for a set, which names any member that it does not know: a value that is not
/// UTF-8 has one.
fn set_text<'a>(given: &Given<'a>) -> std::borrow::Cow<'a, str> {
    let value = given.value.unwrap_or_default();
    value.to_str().map_or_else(|| render::visible(value.as_bytes()).into(), std::borrow::Cow::from)
}

/// The value of an option is not one that it takes.
fn invalid(given: &Given<'_>) -> Error {
    Error::usage(quoting(&format!("invalid {} argument:", given.name), given.value.unwrap_or(OsStr::new(""))))
}

/// `value`, or the error that the option's value is none that it takes.
fn valid<T>(given: &Given<'_>, value: Option<T>) -> Result<T, Error> {
    value.ok_or_else(|| invalid(given))
}

/// The entry of `choices` that is called `name`, whatever its case.
fn choose<T: Copy>(name: &str, choices: &[(&str, T)]) -> Option<T> {
    choices.iter().find(|(choice, _)| choice.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::getopt::Name;
    use std::collections::HashSet;

    #[test]
    fn every_flag_has_a_name_and_says_what_it_does() {
        for flag in table() {
            assert!(flag.short.is_some() || !flag.long.is_empty(), "{flag:?}");
            assert!(!flag.help.is_empty() || !flag.forms.is_empty(), "{flag:?}");
            for line in flag.help.iter().chain(flag.forms.iter().flat_map(|(_, help)| *help)) {
                assert!(!line.is_empty() && !line.ends_with('.') && line.len() <= 63, "{flag:?}: {line}");
            }
        }
    }

    #[test]
    fn every_flag_is_in_the_manual() {
        for flag in table() {
            assert!(!flag.manual.is_empty(), "{flag:?} has no paragraph for the manual page");
            for text in flag.manual {
                assert!(
                    text.ends_with('.') || text.starts_with("- ") || text.ends_with(':'),
                    "{flag:?}: {text}"
                );
                assert!(!text.starts_with("- ") || text.contains(": "), "{flag:?}: {text}");
                assert_eq!(text.matches('`').count() % 2, 0, "{flag:?}: {text}");
            }
        }
    }

    #[test]
    fn every_value_has_a_hint() {
        for flag in table() {
            assert_eq!(flag.value == Value::None, flag.hint == Hint::None, "{flag:?}");
        }
    }

    #[test]
    fn hints_are_values_that_the_option_takes() {
        for flag in table() {
            let (Hint::Words(words) | Hint::List(words)) = flag.hint else { continue };
            let name = match (flag.long.first(), flag.qualifiers.first(), flag.short) {
                (Some(long), ..) => Name::Long(long),
                (_, Some(qualifier), _) => Name::Qualifier(qualifier),
                (_, _, letter) => Name::Short(letter.expect("a name")),
            };
            for word in words {
                let mut args = Args::new(&|_, _| decode::class::NONE);
                let given = Given { flag, name, value: Some(OsStr::new(word)) };
                assert_eq!((flag.apply)(&mut args, &given), Ok(()), "{flag:?}: {word}");
            }
        }
    }

    #[test]
    fn names_are_well_formed() {
        for flag in table() {
            assert!(flag.short.is_none_or(|letter| letter.is_ascii_alphabetic()), "{flag:?}");
            for name in flag.long {
                assert!(name.len() > 1, "{name}");
                assert!(
                    name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
                    "{name}"
                );
            }
        }
    }

    #[test]
    fn names_are_unique() {
        let (mut short, mut long, mut qualifiers) = (HashSet::new(), HashSet::new(), HashSet::new());
        for flag in table() {
            assert!(flag.short.is_none_or(|letter| short.insert(letter)), "{flag:?}");
            assert!(flag.long.iter().all(|name| long.insert(name)), "{flag:?}");
            assert!(flag.qualifiers.iter().all(|name| qualifiers.insert(name)), "{flag:?}");
        }
    }

    #[test]
    fn qualifiers_take_values() {
        for flag in table().iter().filter(|flag| !flag.qualifiers.is_empty()) {
            assert_ne!(flag.value, Value::None, "{flag:?}");
        }
    }

    #[test]
    fn tables_hold_their_sections() {
        let sections: Vec<_> = documented().map(|flag| flag.section).collect();
        let mut expected = sections.clone();
        expected.sort_by_key(|section| Section::ALL.iter().position(|s| s == section));
        assert_eq!(sections, expected);
    }
}
