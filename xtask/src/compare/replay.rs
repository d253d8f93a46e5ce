//! `cargo xtask compare --replay`: whether a recording shows what the trace showed.
//!
//! Both are made of one run, so nothing is left to chance, and each byte counts.

use std::path::Path;

use super::options::Options;
use super::programs::Program;
use super::run::{Bench, Files};
use super::tracer_options;
use crate::Result;

/// Sets of options, of which each is about something else that lines may have.
pub(super) const SETS: [&str; 22] = [
    "",
    "-s 4096",
    "-x",
    "-X raw",
    "-X verbose",
    "-v",
    "-y",
    "-yy",
    "-f -Y --pidns-translation",
    "-tt",
    "-ttt -T",
    "-r",
    "-i -n",
    "-N",
    "-k",
    "-c",
    "-z",
    "-P /etc",
    "-e trace=%file,%process",
    "-e signal=CHLD,SEGV -e trace=none",
    "--format=json -yy -v -T",
    "-ff",
];

/// Lines that are the same in the trace and in the replay, and those that are not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Lines {
    same: usize,
    differing: usize,
    /// What differs, for people to read: lines of the trace with `-`, of the replay with `+`.
    text: Vec<String>,
}

impl Lines {
    /// Compares line by line: behind the first that is missing, no line is where it should be.
    fn new(live: &[u8], replayed: &[u8]) -> Lines {
        let (mut live, mut replayed) = (live.split_inclusive(is_end), replayed.split_inclusive(is_end));
        let mut lines = Lines::default();
        loop {
            let (one, other) = (live.next(), replayed.next());
            match (one, other) {
                (None, None) => return lines,
                _ if one == other => lines.same += 1,
                _ => {
                    lines.differing += 1;
                    for (sign, line) in [('-', one), ('+', other)] {
                        let line = line.map(|line| format!("{sign} {}", String::from_utf8_lossy(line)));
                        lines.text.extend(line.map(|line| line.trim_end().to_owned()));
                    }
                }
            }
        }
    }

    fn add(&mut self, other: Lines) {
        self.same += other.same;
        self.differing += other.differing;
        self.text.extend(other.text);
    }

    fn words(&self) -> String {
        format!("{} of {} lines alike", self.same, self.same + self.differing)
    }
}

fn is_end(byte: &u8) -> bool {
    *byte == b'\n'
}

/// Compares traces of the chosen programs with replays of their recordings, with each set of options.
pub(super) fn compare(tracer: &Path, options: &Options) -> Result<()> {
    let mut sets: Vec<Lines> = vec![Lines::default(); options.modes.len()];
    for (index, program) in options.programs.iter().enumerate() {
        let bench = match Bench::new(program.setup, index) {
            Ok(bench) => bench,
            Err(error) => {
                println!("{}: left out, its set-up fails here: {error}", program.name);
                continue;
            }
        };
        for (set, mode) in sets.iter_mut().zip(&options.modes) {
            let lines = one(&bench, tracer, program, mode)?;
            if lines.differing > 0 {
                println!("{} [{mode}]: {}", program.name, lines.words());
                lines.text.iter().take(options.max).for_each(|line| println!("  {line}"));
            }
            set.add(lines);
        }
    }
    for (set, mode) in sets.iter().zip(&options.modes) {
        println!("[{mode}]: {}", set.words());
    }
    let mut total = Lines::default();
    sets.into_iter().for_each(|set| total.add(set));
    println!("{}", total.words());
    match (total.same, total.differing) {
        (0, _) => Err("no line has been compared".into()),
        (_, 0) => Ok(()),
        (_, differing) => Err(format!("{differing} lines of replays are not those of the traces").into()),
    }
}

/// Compares one trace with its replay: all its files, for there may be one for each process.
fn one(bench: &Bench, tracer: &Path, program: &Program, mode: &str) -> Result<Lines> {
    let words = tracer_options(program, mode);
    let (mut live, mut replayed) = bench.record(tracer, &words, &program.command)?;
    let names: Vec<String> = live.keys().chain(replayed.keys()).cloned().collect();
    let mut lines = Lines::default();
    for name in names {
        let take = |files: &mut Files| files.remove(&name).unwrap_or_default();
        lines.add(Lines::new(&take(&mut live), &take(&mut replayed)));
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_compared_where_they_stand() {
        let figures = |live: &str, replayed: &str| {
            let lines = Lines::new(live.as_bytes(), replayed.as_bytes());
            (lines.same, lines.differing, lines.text.len())
        };
        assert_eq!(figures("a\nb\n", "a\nb\n"), (2, 0, 0));
        assert_eq!(figures("a\nb\n", "a\nc\n"), (1, 1, 2));
        assert_eq!(figures("a\nb\n", "a\n"), (1, 1, 1));
        // An end without its line's is another.
        assert_eq!(figures("a\n", "a"), (0, 1, 2));
    }
}
