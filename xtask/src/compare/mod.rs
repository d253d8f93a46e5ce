//! `cargo xtask compare`: what strax prints otherwise than strace 7.2.
//!
//! A program is run untraced, under the oracle (twice, to know what is chance) and under strax, each time with the
//! same environment, working folder and addresses. The traces are made comparable (`streams`, `mask`), aligned, and
//! what differs is shown. What a program itself does, its status and its output, must be what it is untraced.

mod comparison;
mod difference;
mod invented;
mod mask;
mod options;
mod programs;
mod random;
mod replay;
mod run;
mod streams;
mod tally;
mod trace;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use comparison::{Comparison, Subject, Tracers};
use difference::Difference;
use options::Options;
use programs::Program;
use run::Bench;

use crate::Result;
use crate::{debian, suite};

/// `cargo xtask compare`.
pub(crate) fn compare(args: &[String]) -> Result<()> {
    if args.first().is_some_and(|arg| arg == "--help" || arg == "-h") {
        println!("{}", options::USAGE);
        return Ok(());
    }
    let options = Options::parse(args)?;
    if options.list {
        options
            .programs
            .iter()
            .for_each(|program| println!("{}: {}", program.name, program.command.join(" ")));
        return Ok(());
    }
    if options.replay {
        return replay::compare(&tracer(&options)?, &options);
    }
    let tracers = tracers(&options)?;
    if let Some(seed) = options.invented {
        let (rounds, only) = (options.rounds, options.only.as_deref());
        return invented::compare(&tracers, &invented::Choice { seed, rounds, only, max: options.max });
    }
    let total = if options.suite { suite(&tracers, &options)? } else { programs(&tracers, &options)? };
    total.report()
}

/// Compares the traces of the chosen programs.
fn programs(tracers: &Tracers, options: &Options) -> Result<Total> {
    let mut total = Total::default();
    for (index, program) in options.programs.iter().enumerate() {
        let bench = match Bench::new(program.setup, index) {
            Ok(bench) => bench,
            Err(error) => {
                println!("{}: left out, its set-up fails here: {error}", program.name);
                continue;
            }
        };
        for mode in &options.modes {
            let mut words = tracer_options(program, mode);
            let title = format!("{} [{}]", program.name, words.join(" "));
            words.push("--".to_owned());
            words.extend_from_slice(&program.command);
            let subject =
                Subject { words: &words, untraced: Some(&program.command), attempts: options.attempts };
            let comparison = Comparison::new(&bench, tracers, &subject)?;
            print!("{}", comparison.text(&title, options.max));
            total.add(&comparison);
        }
    }
    Ok(total)
}

/// The options for a program: the mode's and the program's own, each once.
fn tracer_options(program: &Program, mode: &str) -> Vec<String> {
    let mut words: Vec<&str> = mode.split_whitespace().collect();
    for word in program.options.split_whitespace() {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words.into_iter().map(String::from).collect()
}

/// Compares the traces that the tests of the conformance suite make. Only those that differ are named.
fn suite(tracers: &Tracers, options: &Options) -> Result<Total> {
    let calls = suite::calls(&tracers.oracle, options.only.as_deref())?;
    let queue = Mutex::new(calls.iter().enumerate());
    let next = || queue.lock().ok()?.next();
    let worker = || -> std::result::Result<BTreeMap<String, Total>, String> {
        let mut by_abi: BTreeMap<String, Total> = BTreeMap::new();
        while let Some((index, call)) = next() {
            let total = suite_call(tracers, options, call, index)
                .map_err(|error| format!("{}: {error}", call.test()))?;
            by_abi.entry(call.abi()).or_default().join(&total);
        }
        Ok(by_abi)
    };
    let mut by_abi: BTreeMap<String, Total> = BTreeMap::new();
    thread::scope(|scope| -> Result<()> {
        let workers: Vec<_> = (0..options.jobs).map(|_| scope.spawn(worker)).collect();
        for worker in workers {
            for (abi, total) in worker.join().map_err(|_| "a worker panicked")?? {
                by_abi.entry(abi).or_default().join(&total);
            }
        }
        Ok(())
    })?;
    let mut total = Total::default();
    for (abi, of_abi) in &by_abi {
        println!("{abi}: {}", of_abi.words());
        total.join(of_abi);
    }
    Ok(total)
}

/// Compares one trace that a test makes.
fn suite_call(tracers: &Tracers, options: &Options, call: &suite::Call, index: usize) -> Result<Total> {
    let bench = Bench::new("", index)?;
    let subject = Subject { words: &call.words, untraced: None, attempts: options.attempts };
    let comparison = Comparison::new(&bench, tracers, &subject)?;
    let mut total = Total::default();
    if comparison.is_refused {
        total.refused += 1;
        return Ok(total);
    }
    if !comparison.is_clean() {
        // As a whole: other threads print as well.
        let title = format!("{} [{}]", call.test(), call.words.join(" "));
        print!("{}", comparison.text(&title, options.max));
    }
    total.add(&comparison);
    Ok(total)
}

fn tracers(options: &Options) -> Result<Tracers> {
    let oracle = match &options.oracle {
        Some(path) => path.clone(),
        None => debian::oracle()?,
    };
    Ok(Tracers { oracle: absolute(&oracle)?, tracer: tracer(options)? })
}

fn tracer(options: &Options) -> Result<PathBuf> {
    let tracer = match &options.tracer {
        Some(path) => path.clone(),
        None => crate::strax::release(options.build)?,
    };
    absolute(&tracer)
}

fn absolute(path: &Path) -> Result<PathBuf> {
    fs::canonicalize(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// The figures of all comparisons.
#[derive(Default)]
struct Total {
    lines: Difference,
    traces: usize,
    clean: usize,
    /// Traces that this build of the oracle cannot make.
    refused: usize,
}

impl Total {
    fn add(&mut self, comparison: &Comparison) {
        self.lines.count(&comparison.difference);
        self.traces += 1;
        self.clean += usize::from(comparison.is_clean());
    }

    fn join(&mut self, other: &Total) {
        self.lines.count(&other.lines);
        self.traces += other.traces;
        self.clean += other.clean;
        self.refused += other.refused;
    }

    fn words(&self) -> String {
        let refused = match self.refused {
            0 => String::new(),
            n => format!("; {n} traces that this build of strace cannot make"),
        };
        format!("{} of {} traces alike; {}{refused}", self.clean, self.traces, self.lines.share())
    }

    /// Prints the figures; an error where anything differs.
    fn report(&self) -> Result<()> {
        println!("{}", self.words());
        if self.clean == self.traces { Ok(()) } else { Err("not all traces are alike".into()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_once() {
        let mut program = Program::given(&["x".to_owned()]);
        program.options = "-f";
        assert_eq!(tracer_options(&program, "-f -y"), ["-f", "-y"]);
        assert_eq!(tracer_options(&program, ""), ["-f"]);
    }
}
