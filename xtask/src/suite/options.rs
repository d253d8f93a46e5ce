//! The options of `cargo xtask suite`.

use std::path::PathBuf;
use std::time::Duration;

use super::filter::Filter;
use super::outcome::Abi;
use crate::Result;

pub(super) const USAGE: &str = "\
usage: cargo xtask suite [OPTION...]
Runs the conformance suite: the tests of strace 6.1, with strax as the tracer.
  --abi 64|m32|both     programs of which ABI are traced (both)
  --filter NAME[,NAME]  only these tests; * stands for any text
  --jobs N              tests at a time (one more than there are CPUs: some sleep)
  --timeout SECONDS     time limit of a test (300)
  --tracer PATH         instead of strax's release build, which is built first
  --no-build            take the release build as it is
  --list-failures       print each failing test, not only unexpected ones
  --log NAME            run one test and show what it wrote, differences included
  --ratchet             fail when a test fails that is not in conformance/known-failures.txt, or one passes that is
  --update              take tests that pass off that list; write it anew where there is none
  --record FILE         write all results to FILE (how the reference results of strace were made)
  --otherwise FILE      write how tests fail that strace 6.1 passes (for strace 7.2 as the tracer)";

/// What a run is asked to do.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) abis: Vec<Abi>,
    pub(super) filter: Option<Filter>,
    pub(super) jobs: usize,
    pub(super) limit: Duration,
    pub(super) tracer: Option<PathBuf>,
    pub(super) build: bool,
    pub(super) list_failures: bool,
    pub(super) log: bool,
    pub(super) ratchet: bool,
    pub(super) update: bool,
    pub(super) record: Option<PathBuf>,
    pub(super) otherwise: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            abis: Abi::ALL.to_vec(),
            filter: None,
            jobs: std::thread::available_parallelism().map_or(2, |n| n.get()) + 1,
            limit: Duration::from_secs(300),
            tracer: None,
            build: true,
            list_failures: false,
            log: false,
            ratchet: false,
            update: false,
            record: None,
            otherwise: None,
        }
    }
}

impl Options {
    /// Parses the words after `cargo xtask suite`.
    ///
    /// # Errors
    ///
    /// The usage, and what is wrong.
    pub(super) fn parse(args: &[String]) -> Result<Self> {
        let mut options = Self::default();
        let mut words = args.iter();
        while let Some(word) = words.next() {
            let (name, inline) = word.split_once('=').map_or((word.as_str(), None), |(n, v)| (n, Some(v)));
            let mut value = || {
                let value = inline.or_else(|| words.next().map(String::as_str));
                value.ok_or_else(|| format!("{name} needs a value\n{USAGE}"))
            };
            match name {
                "--abi" => options.abis = abis(value()?)?,
                "--filter" => options.filter = Some(Filter::new(value()?)),
                "--log" => (options.filter, options.log) = (Some(Filter::new(value()?)), true),
                "--jobs" => options.jobs = number(name, value()?)?,
                "--timeout" => options.limit = Duration::from_secs(number(name, value()?)? as u64),
                "--tracer" => options.tracer = Some(value()?.into()),
                "--record" => options.record = Some(value()?.into()),
                "--otherwise" => options.otherwise = Some(value()?.into()),
                "--no-build" => options.build = false,
                "--list-failures" => options.list_failures = true,
                "--ratchet" => options.ratchet = true,
                "--update" => options.update = true,
                _ => return Err(format!("unknown option {word}\n{USAGE}").into()),
            }
        }
        Ok(options)
    }

    /// Whether all tests are run.
    pub(super) fn is_complete(&self) -> bool {
        self.filter.is_none() && self.abis == Abi::ALL
    }
}

fn abis(word: &str) -> Result<Vec<Abi>> {
    match word {
        "64" => Ok(vec![Abi::Native]),
        "m32" | "32" => Ok(vec![Abi::M32]),
        "both" => Ok(Abi::ALL.to_vec()),
        _ => Err(format!("--abi: {word}\n{USAGE}").into()),
    }
}

fn number(name: &str, word: &str) -> Result<usize> {
    word.parse().ok().filter(|n| *n > 0).ok_or_else(|| format!("{name}: {word}\n{USAGE}").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options> {
        let words: Vec<String> = line.split_whitespace().map(String::from).collect();
        Options::parse(&words)
    }

    #[test]
    fn accepted() {
        let options = parse("--abi m32 --filter=a,b* --jobs 3 --tracer /x --ratchet").expect("valid");
        assert_eq!(options.abis, [Abi::M32]);
        assert!(options.filter.as_ref().is_some_and(|filter| filter.matches("bc")));
        assert_eq!((options.jobs, options.ratchet, options.update), (3, true, false));
        assert!(!options.is_complete());
        assert!(parse("").expect("valid").is_complete());
    }

    #[test]
    fn refused() {
        for line in ["--abi x32", "--jobs 0", "--jobs", "--verbose", "a"] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
