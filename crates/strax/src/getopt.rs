//! Splits a command line into options, as `getopt_long` of the GNU C library does.
//!
//! Options end at the first argument that is none, or behind `--`. Long options may be abbreviated as long as
//! they are told apart. Messages are those of the C library.

use crate::error::{Error, quoting};
use crate::flags::{Flag, Value, table};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// An option as it was given.
#[derive(Debug)]
pub(crate) struct Given<'a> {
    /// What it is.
    pub(crate) flag: &'static Flag,
    /// Its name in full, with dashes; the qualifier for what comes by `-e`.
    pub(crate) name: Name,
    /// Its value, if it has one.
    pub(crate) value: Option<&'a OsStr>,
}

/// How an option was named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    /// `-x`.
    Short(u8),
    /// `--long`.
    Long(&'static str),
    /// `-e qualifier=`.
    Qualifier(&'static str),
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Short(letter) => write!(f, "-{}", char::from(*letter)),
            Self::Long(name) => write!(f, "--{name}"),
            Self::Qualifier(name) => write!(f, "-e {name}="),
        }
    }
}

/// Walks the options of a command line.
pub(crate) struct Getopt<'a> {
    /// The arguments not yet taken.
    rest: &'a [OsString],
    /// Short options that follow in the argument at hand.
    cluster: &'a [u8],
}

impl<'a> Getopt<'a> {
    /// Starts at the argument behind the program's name.
    pub(crate) fn new(arguments: &'a [OsString]) -> Self {
        Self { rest: arguments, cluster: &[] }
    }

    /// What follows the options.
    pub(crate) fn operands(&self) -> &'a [OsString] {
        self.rest
    }

    /// The next option, `None` behind the last one.
    pub(crate) fn next(&mut self) -> Result<Option<Given<'a>>, Error> {
        if self.cluster.is_empty() {
            let Some((first, rest)) = self.rest.split_first() else { return Ok(None) };
            let bytes = first.as_bytes();
            match bytes {
                b"--" => {
                    self.rest = rest;
                    return Ok(None);
                }
                [b'-', b'-', long @ ..] => {
                    self.rest = rest;
                    return self.long(first, long).map(Some);
                }
                [b'-', cluster @ ..] if !cluster.is_empty() => {
                    self.rest = rest;
                    self.cluster = cluster;
                }
                _ => return Ok(None),
            }
        }
        self.short().map(Some)
    }

    fn take_argument(&mut self) -> Option<&'a OsStr> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    fn short(&mut self) -> Result<Given<'a>, Error> {
        let (letter, rest) = (self.cluster[0], &self.cluster[1..]);
        self.cluster = rest;
        let Some(flag) = table().iter().find(|flag| flag.short == Some(letter)) else {
            return Err(Error::usage(letter_message("invalid option", letter)));
        };
        let value = match flag.value {
            Value::None | Value::Optional(_) => None,
            Value::Required(_) if rest.is_empty() => match self.take_argument() {
                Some(value) => Some(value),
                None => return Err(Error::usage(letter_message("option requires an argument", letter))),
            },
            Value::Required(_) => {
                self.cluster = &[];
                Some(OsStr::from_bytes(rest))
            }
        };
        Ok(Given { flag, name: Name::Short(letter), value })
    }

    fn long(&mut self, argument: &OsStr, text: &'a [u8]) -> Result<Given<'a>, Error> {
        let (name, inline) = match text.iter().position(|byte| *byte == b'=') {
            Some(at) => (&text[..at], Some(OsStr::from_bytes(&text[at + 1..]))),
            None => (text, None),
        };
        let (flag, name) = find_long(argument, name)?;
        let value = match (flag.value, inline) {
            (Value::None, Some(_)) => {
                return Err(Error::usage(format!("option '--{name}' doesn't allow an argument")));
            }
            (Value::Required(_), None) => match self.take_argument() {
                Some(value) => Some(value),
                None => return Err(Error::usage(format!("option '--{name}' requires an argument"))),
            },
            (_, inline) => inline,
        };
        Ok(Given { flag, name: Name::Long(name), value })
    }
}

fn letter_message(text: &str, letter: u8) -> OsString {
    quoting(&format!("{text} --"), &OsString::from_vec(vec![letter]))
}

/// The one long option that is called `name` or is the only one to begin so.
fn find_long(argument: &OsStr, name: &[u8]) -> Result<(&'static Flag, &'static str), Error> {
    let all = || table().iter().flat_map(|flag| flag.long.iter().map(move |long| (*flag, *long)));
    if let Some(exact) = all().find(|(_, long)| long.as_bytes() == name) {
        return Ok(exact);
    }
    let begin_so: Vec<_> =
        all().filter(|(flag, long)| flag.is_known_to_strace() && long.as_bytes().starts_with(name)).collect();
    let Some((first, _)) = begin_so.first() else {
        return Err(Error::usage(quoting("unrecognized option", argument)));
    };
    // Several names of one option don't make it ambiguous.
    if begin_so.iter().all(|(flag, _)| std::ptr::eq(*flag, *first)) {
        return Ok(begin_so[0]);
    }
    let mut message = quoting("option", argument);
    message.push(" is ambiguous; possibilities:");
    for (index, (flag, long)) in begin_so.iter().enumerate() {
        if index == 0 || !std::ptr::eq(*flag, *first) {
            message.push(format!(" '--{long}'"));
        }
    }
    Err(Error::usage(message))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The options with their values, and the operands.
    fn parse(arguments: &[&str]) -> Result<(Vec<String>, Vec<String>), String> {
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        let mut getopt = Getopt::new(&arguments);
        let mut options = Vec::new();
        loop {
            match getopt.next() {
                Ok(Some(given)) => options.push(match given.value {
                    Some(value) => format!("{}: {}", given.name, value.display()),
                    None => given.name.to_string(),
                }),
                Ok(None) => break,
                Err(error) => return Err(error.message.into_string().unwrap()),
            }
        }
        let operands = getopt.operands().iter().map(|operand| operand.to_str().unwrap().to_owned());
        Ok((options, operands.collect()))
    }

    fn options(arguments: &[&str]) -> Vec<String> {
        parse(arguments).unwrap().0
    }

    #[test]
    fn clusters_and_values() {
        assert_eq!(options(&["-fqs5"]), ["-f", "-q", "-s: 5"]);
        assert_eq!(options(&["-s", "5"]), ["-s: 5"]);
        assert_eq!(options(&["-feopen", "ls"]), ["-f", "-e: open"]);
        assert_eq!(options(&["-s", "-f"]), ["-s: -f"]);
    }

    #[test]
    fn long_options() {
        assert_eq!(options(&["--string-limit=5"]), ["--string-limit: 5"]);
        assert_eq!(options(&["--string-limit", "5"]), ["--string-limit: 5"]);
        assert_eq!(options(&["--string-limit="]), ["--string-limit: "]);
        assert_eq!(options(&["--follow-forks"]), ["--follow-forks"]);
    }

    #[test]
    fn optional_values_must_be_attached() {
        assert_eq!(parse(&["--quiet", "exit"]).unwrap(), (vec!["--quiet".into()], vec!["exit".into()]));
        assert_eq!(options(&["--quiet=exit"]), ["--quiet: exit"]);
    }

    #[test]
    fn abbreviations() {
        assert_eq!(options(&["--string-l=5"]), ["--string-limit: 5"]);
        assert_eq!(options(&["--summary"]), ["--summary"]);
        assert_eq!(options(&["--sile"]), ["--silent"]);
    }

    #[test]
    fn options_end_at_the_first_operand() {
        let operands = |arguments: &[&str]| parse(arguments).unwrap().1;
        assert_eq!(operands(&["-f", "ls", "-f"]), ["ls", "-f"]);
        assert_eq!(operands(&["-f", "--", "-f"]), ["-f"]);
        assert_eq!(operands(&["-"]), ["-"]);
        assert_eq!(operands(&["--", "--"]), ["--"]);
    }

    #[test]
    fn errors() {
        for (argument, message) in [
            ("-1", "invalid option -- '1'"),
            ("-f-", "invalid option -- '-'"),
            ("-s", "option requires an argument -- 's'"),
            ("--foo", "unrecognized option '--foo'"),
            ("--foo=1", "unrecognized option '--foo=1'"),
            ("--follow=1", "option '--follow-forks' doesn't allow an argument"),
            (
                "--outpu",
                "option '--outpu' is ambiguous; possibilities: '--output-append-mode' '--output-separately' '--output'",
            ),
            ("--string-l", "option '--string-limit' requires an argument"),
            (
                "--string=5",
                "option '--string=5' is ambiguous; possibilities: '--string-limit' '--strings-in-hex'",
            ),
        ] {
            assert_eq!(parse(&[argument]).err().as_deref(), Some(message), "{argument}");
        }
    }
}
