//! Colours of text: which part of a line has which.

/// What a piece of a line is, as far as colours tell it apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The name of the call.
    Syscall,
    /// The name of an argument or of a struct's member.
    ArgName,
    /// Values, and all that nothing else is said of.
    ArgVal,
    /// The name of a macro or function that stands for a value: `htons`, `makedev`.
    Call,
    /// The name of a constant or flag.
    Const,
    /// A comment.
    Comment,
    /// What stands between values and around them.
    Punct,
    /// The return value and what is said of it.
    RetVal,
    /// An error's name and message.
    Error,
}

impl Role {
    /// All of them, with the keys that `STRACE_COLORS` has for them and their colours by default.
    const ALL: [(Self, &'static str, &'static str); 9] = [
        (Self::Syscall, "syscall", "33"),
        (Self::ArgName, "argname", "39"),
        (Self::ArgVal, "argval", "35"),
        (Self::Call, "call", "33"),
        (Self::Const, "const", "34"),
        (Self::Comment, "comment", "36"),
        (Self::Punct, "punct", "0"),
        (Self::RetVal, "retval", "32"),
        (Self::Error, "error", "31"),
    ];
}

/// Puts an end to all colours.
pub(crate) const RESET: &str = "\x1b[0m";

/// The escape sequences that switch colours on, by [`Role`].
#[derive(Clone, Debug)]
pub struct Palette([String; Role::ALL.len()]);

impl Default for Palette {
    /// Colours that dark and light terminals both show well.
    fn default() -> Palette {
        Palette(Role::ALL.map(|(_, _, code)| escape(code)))
    }
}

impl Palette {
    /// The default changed by `KEY=CODE:KEY=CODE`, where a code is what stands in an SGR sequence, such as `1;34`.
    /// Case, and blanks around keys and codes, do not matter. What is malformed in it, or unknown, changes nothing.
    ///
    /// The keys: `syscall`, `argname`, `argval`, `call`, `const`, `comment`, `punct`, `retval`, `error`.
    #[must_use]
    pub fn with(mut self, changes: &str) -> Palette {
        for (key, code) in changes.split(':').filter_map(|change| change.split_once('=')) {
            let [key, code] = [key, code].map(|text| text.trim_matches(is_space));
            let place = Role::ALL.iter().position(|(_, name, _)| name.eq_ignore_ascii_case(key));
            // Nothing but a code may come between the bytes that begin and end a sequence.
            let is_code = code.bytes().any(|byte| byte.is_ascii_digit())
                && code.bytes().all(|byte| byte.is_ascii_digit() || byte == b';');
            if let (Some(place), true) = (place, is_code) {
                self.0[place] = escape(code);
            }
        }
        self
    }

    /// What switches the colour of `role` on.
    pub(crate) fn code(&self, role: Role) -> &str {
        &self.0[role as usize]
    }
}

/// What `isspace(3)` calls white space.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t'..='\r')
}

fn escape(code: &str) -> String {
    format!("\x1b[{code}m")
}

/// How names joined by `|` are coloured. strace has composed some of them as one text by the time it colours them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Joined {
    /// Each name is a constant, with punctuation between them.
    Each,
    /// As [`Joined::Each`], also where they are but a remark on their number.
    EachAlways,
    /// All of them are one constant.
    AsOne,
    /// They are a plain value.
    Plain,
}

/// How a list of names is coloured that begins with this one.
pub(crate) fn joined(first: &str) -> Joined {
    match first {
        "O_RDONLY" | "O_WRONLY" | "O_RDWR" | "O_ACCMODE" => Joined::AsOne,
        _ if is_plain(first) => Joined::Plain,
        _ if first.starts_with("MAP_") => Joined::EachAlways,
        _ => Joined::Each,
    }
}

/// Whether a name is shown as a plain value: file types, signals, and infinite limits.
pub(crate) fn is_plain(name: &str) -> bool {
    let signal = name.strip_prefix("SIG");
    name.starts_with("S_IF")
        || (name.starts_with("RLIM") && name.ends_with("INFINITY"))
        || signal.is_some_and(|rest| !rest.contains('_') || rest.starts_with("RT_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_in_the_order_of_their_table() {
        for (place, (role, ..)) in Role::ALL.into_iter().enumerate() {
            assert_eq!(role as usize, place);
        }
    }

    #[test]
    fn changes() {
        let palette = Palette::default().with("syscall=1;33:foo=2: ERROR=7:retval=:const=red:call=1\x1b[2J");
        assert_eq!(palette.code(Role::Syscall), "\x1b[1;33m");
        assert_eq!(palette.code(Role::Error), "\x1b[7m");
        assert_eq!(palette.code(Role::RetVal), "\x1b[32m");
        assert_eq!(palette.code(Role::Const), "\x1b[34m");
        assert_eq!(palette.code(Role::Call), "\x1b[33m");
    }

    #[test]
    fn case_and_blanks_do_not_matter() {
        let palette = Palette::default().with(" argval = 31 :\tSysCall\n=1;\x0b: RETVAL=;1 :const=4");
        assert_eq!(palette.code(Role::ArgVal), "\x1b[31m");
        assert_eq!(palette.code(Role::Syscall), "\x1b[1;m");
        assert_eq!(palette.code(Role::RetVal), "\x1b[;1m");
        assert_eq!(palette.code(Role::Const), "\x1b[4m");
    }

    #[test]
    fn what_is_malformed_changes_nothing() {
        let parts = [
            "bogus",
            "error",
            "error=",
            "error= ",
            "error=;",
            "error=red",
            "error=3 4",
            "error=1;3x",
            "error==3",
        ];
        for part in parts {
            let palette = Palette::default().with(&format!("{part}:const=5:{part}"));
            assert_eq!(palette.code(Role::Error), "\x1b[31m", "{part}");
            assert_eq!(palette.code(Role::Const), "\x1b[5m", "{part}");
        }
    }

    #[test]
    fn names() {
        assert_eq!(joined("O_RDONLY"), Joined::AsOne);
        assert_eq!(joined("O_CLOEXEC"), Joined::Each);
        assert_eq!(joined("S_IFREG"), Joined::Plain);
        for (name, plain) in [("SIGCHLD", true), ("SIGRT_3", true), ("SIG_DFL", false), ("SIGEV_NONE", false)]
        {
            assert_eq!(is_plain(name), plain, "{name}");
        }
    }
}
