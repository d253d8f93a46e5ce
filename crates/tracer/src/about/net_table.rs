//! The tables of sockets in `/proc/TID/net`.
//!
//! The kernel tells a table in parts of a page, and for most tables remembers no more between two parts than how many
//! lines it has told. Where a socket goes away meanwhile, one line is left out that has been there all the time. So who
//! isn't in a table of several parts is looked for again.

use std::fs::File;
use std::io::{self, Read};

/// What has been read of a table.
struct Table {
    text: String,
    /// Whether the kernel has told it at once, so that no line can be missing.
    whole: bool,
}

/// As much as the kernel tells at once, on machines of any page size.
const PART: usize = 64 * 1024;
/// How many times a socket is looked for. In a table of 300 sockets, with others made and closed as fast as can be, one
/// in a hundred readings has missed it.
const ATTEMPTS: usize = 5;
/// The tables for which the kernel remembers the place that it has come to.
const STEADY: [&str; 2] = ["tcp", "tcp6"];

/// What `find` makes of the table `name` of a process, by `link`, a descriptor of its in `/proc`.
pub(super) fn look_up<T>(link: &str, name: &str, find: impl Fn(&str) -> Option<T>) -> Option<T> {
    let process = link.split("/fd/").next()?;
    let path = format!("{process}/net/{name}");
    let read = || {
        let mut table = read_parts(&mut File::open(&path).ok()?).ok()?;
        table.whole |= STEADY.contains(&name);
        Some(table)
    };
    look_in(read, find)
}

fn look_in<T>(mut read: impl FnMut() -> Option<Table>, find: impl Fn(&str) -> Option<T>) -> Option<T> {
    for _ in 0..ATTEMPTS {
        let table = read()?;
        let found = find(&table.text);
        if found.is_some() || table.whole {
            return found;
        }
    }
    None
}

fn read_parts(source: &mut impl Read) -> io::Result<Table> {
    let mut part = vec![0; PART];
    let (mut text, mut parts) = (Vec::new(), 0);
    loop {
        match source.read(&mut part) {
            Ok(0) => break,
            Ok(len) => {
                text.extend_from_slice(&part[..len]);
                parts += 1;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let text = String::from_utf8(text).map_err(io::Error::other)?;
    Ok(Table { text, whole: parts <= 1 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;

    /// Gives one part at each reading, as the kernel does; `None`: the reading is interrupted.
    struct Parts(VecDeque<Option<&'static str>>);

    impl Read for Parts {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            match self.0.pop_front() {
                Some(Some(part)) => {
                    buffer[..part.len()].copy_from_slice(part.as_bytes());
                    Ok(part.len())
                }
                Some(None) => Err(io::ErrorKind::Interrupted.into()),
                None => Ok(0),
            }
        }
    }

    /// Looks for `b` in tables that are read one after the other; returns whether it was found, and how many were read.
    fn look(tables: &[&[Option<&'static str>]]) -> (bool, usize) {
        let mut read = 0;
        let next = || {
            let parts = tables.get(read).or(tables.last())?;
            read += 1;
            read_parts(&mut Parts(parts.iter().copied().collect())).ok()
        };
        let found = look_in(next, |text| text.lines().find(|&line| line == "b").map(|_| ()));
        (found.is_some(), read)
    }

    #[test]
    fn a_line_that_a_reading_missed_is_found() {
        let missed: &[_] = &[Some("a\n"), Some("c\n")];
        let whole: &[_] = &[Some("a\n"), Some("b\nc\n")];
        assert_eq!(look(&[whole]), (true, 1));
        assert_eq!(look(&[missed, whole]), (true, 2));
        assert_eq!(look(&[missed, missed, missed, missed, whole]), (true, 5));
        assert_eq!(look(&[missed]), (false, ATTEMPTS));
    }

    #[test]
    fn what_is_told_at_once_is_whole() {
        assert_eq!(look(&[&[Some("a\nc\n")]]), (false, 1));
        assert_eq!(look(&[&[]]), (false, 1));
    }

    #[test]
    fn a_signal_does_not_end_a_reading() {
        assert_eq!(look(&[&[None, Some("a\n"), None, Some("b\n")]]), (true, 1));
    }
}
