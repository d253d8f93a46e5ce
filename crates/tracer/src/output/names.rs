//! The names of the files that tracees have of their own: `FILE.PID`.

use ptrace::Tid;
use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What a path may have with the number of a tracee behind it, as strace reckons.
const LONGEST: usize = libc::PATH_MAX as usize - 3 * size_of::<i32>();

/// The names given so far.
pub(super) struct Names {
    prefix: PathBuf,
    /// How often each id has come.
    given: HashMap<Tid, u32>,
}

impl Names {
    pub(super) fn new(prefix: &Path) -> Names {
        Names { prefix: prefix.to_owned(), given: HashMap::new() }
    }

    /// The name of a new tracee's file. An id that comes round again gets `FILE.PID.1`, and so on, so that nothing is
    /// overwritten.
    ///
    /// # Errors
    /// `FILE` is too long.
    pub(super) fn next(&mut self, tid: Tid) -> Result<PathBuf, OsString> {
        let mut name = self.prefix.clone().into_os_string();
        if name.len() >= LONGEST {
            return Err(name);
        }
        name.push(format!(".{tid}"));
        let before = self.given.entry(tid).or_default();
        if *before > 0 {
            name.push(format!(".{before}"));
        }
        *before += 1;
        Ok(PathBuf::from(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_come_round_again() {
        let mut names = Names::new(Path::new("dir/log"));
        let given = [7, 8, 7, 7, 8].map(|id| names.next(Tid::from_raw(id)).unwrap());
        let expected =
            ["log.7", "log.8", "log.7.1", "log.7.2", "log.8.1"].map(|name| Path::new("dir").join(name));
        assert_eq!(given, expected);
    }

    #[test]
    fn too_long_a_name() {
        let long = "x".repeat(LONGEST);
        assert_eq!(Names::new(Path::new(&long)).next(Tid::from_raw(1)), Err(long.into()));
    }
}
