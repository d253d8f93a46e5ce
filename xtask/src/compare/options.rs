//! The options of `cargo xtask compare`.

use std::path::PathBuf;

use super::programs::{self, Program};
use super::replay;
use crate::Result;

pub(super) const USAGE: &str = "\
usage: cargo xtask compare [OPTION...] [-- COMMAND [ARG...]]
Traces programs with strax and with strace 7.2, and shows what the traces have otherwise. Without a command, a list
of programs is traced, each with few options and with many.
  --opts \"OPTION...\"  options of the tracers (those of the list, or none)
  --only NAME[,NAME]  only these programs of the list
  --replay            compare with replays of recordings instead of strace, with many sets of options
  --suite             trace what the conformance suite traces, as it does (--only NAME[,NAME] chooses tests; !NAME)
  --invented SEED     trace calls that no program makes (--only NAME[,NAME] chooses calls)
  --rounds N          how often each of those is made (3)
  --list              print the list
  --tracer PATH       instead of strax's release build, which is built first
  --no-build          take the release build as it is
  --oracle PATH       instead of strace 7.2
  --attempts N        repetitions until a difference counts (3)
  --jobs N            with --suite: traces at a time (one more than there are CPUs: some sleep)
  --max LINES         how much of a difference to show (40)";

/// What a comparison is asked to do.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) programs: Vec<Program>,
    /// Sets of options for the tracers, of which each program is traced with each.
    pub(super) modes: Vec<String>,
    pub(super) tracer: Option<PathBuf>,
    pub(super) oracle: Option<PathBuf>,
    pub(super) build: bool,
    pub(super) attempts: usize,
    pub(super) jobs: usize,
    pub(super) max: usize,
    pub(super) list: bool,
    pub(super) suite: bool,
    pub(super) replay: bool,
    /// The seed of invented calls.
    pub(super) invented: Option<u64>,
    pub(super) rounds: usize,
    /// Which programs, or tests of the suite.
    pub(super) only: Option<String>,
}

impl Options {
    /// Parses the words after `cargo xtask compare`.
    ///
    /// # Errors
    ///
    /// The usage, and what is wrong.
    pub(super) fn parse(args: &[String]) -> Result<Self> {
        let split = args.iter().position(|arg| arg == "--");
        let (own, command) = args.split_at(split.unwrap_or(args.len()));
        let mut options = Self::of_list();
        if command.len() > 1 {
            options.programs = vec![Program::given(&command[1..])];
            options.modes = vec![String::new()];
        }
        if own.iter().any(|word| word == "--replay") {
            options.modes = replay::SETS.map(String::from).to_vec();
        }
        let mut words = own.iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().cloned().ok_or_else(|| format!("{word} needs a value\n{USAGE}"));
            match word.as_str() {
                "--opts" => options.modes = vec![value()?],
                "--only" => options.only = Some(value()?),
                "--suite" => options.suite = true,
                "--replay" => options.replay = true,
                "--invented" => options.invented = Some(value()?.parse()?),
                "--rounds" => options.rounds = value()?.parse()?,
                "--tracer" => options.tracer = Some(value()?.into()),
                "--oracle" => options.oracle = Some(value()?.into()),
                "--attempts" => options.attempts = value()?.parse()?,
                "--jobs" => options.jobs = value()?.parse::<usize>()?.max(1),
                "--max" => options.max = value()?.parse()?,
                "--no-build" => options.build = false,
                "--list" => options.list = true,
                _ => return Err(format!("unknown option {word}\n{USAGE}").into()),
            }
        }
        if !options.suite && options.invented.is_none() {
            options.keep()?;
        }
        Ok(options)
    }

    fn of_list() -> Self {
        Self {
            programs: programs::builtin(),
            modes: vec![String::new(), "-f -tt -T -y -v".to_owned()],
            tracer: None,
            oracle: None,
            build: true,
            attempts: 3,
            jobs: std::thread::available_parallelism().map_or(2, |n| n.get()) + 1,
            max: 40,
            list: false,
            suite: false,
            replay: false,
            invented: None,
            rounds: 3,
            only: None,
        }
    }

    /// Leaves only the chosen programs.
    fn keep(&mut self) -> Result<()> {
        if let Some(names) = &self.only {
            let names: Vec<&str> = names.split(',').collect();
            self.programs.retain(|program| names.contains(&program.name.as_str()));
        }
        if self.programs.is_empty() { Err("--only: no such program".into()) } else { Ok(()) }
    }
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
        let options = parse("--max 3 -- ls -l").expect("valid");
        assert_eq!((options.programs.len(), options.modes.len(), options.max), (1, 1, 3));
        assert_eq!(options.programs[0].command, ["ls", "-l"]);
        let options = parse("--only ls,m32").expect("valid");
        assert_eq!((options.programs.len(), options.modes.len()), (2, 2));
        let options = parse("--opts -y --replay --only ls").expect("valid");
        assert_eq!((options.replay, options.modes), (true, vec!["-y".to_owned()]));
        assert!(parse("--replay").expect("valid").modes.len() > 20);
        assert!(parse("--suite --only read*").expect("valid").suite);
    }

    #[test]
    fn refused() {
        for line in ["ls", "--only nothing", "--max", "--max x"] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
