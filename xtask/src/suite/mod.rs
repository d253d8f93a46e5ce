//! `cargo xtask suite`: the upstream conformance tests, with strax as the tracer.
//!
//! The tests are those of Debian's strace 6.1. They are built and run in the cache, as they are, and never become
//! part of this repository. Each is given the tracer in `STRACE` and says by its exit status whether it passed.
//! Timing makes some of them fail at times, so an outcome that is not the expected one has to come twice, the
//! second time with nothing beside it.

mod filter;
mod harness;
mod options;
mod otherwise;
mod outcome;
mod recording;
mod runner;
mod verdict;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

pub(crate) use recording::{Call, calls};

use harness::Harness;
use options::Options;
use otherwise::Difference;
use outcome::{KnownFailures, Outcome, Results, Tally, TestId};
use runner::{Ended, Job, RunFolder};
use verdict::{Duty, Expectations, Verdict};

use crate::Result;
use crate::debian;

/// With more surprises than this, the tracer is broken and not the timing: they are not run again.
const MAX_REPEATED: usize = 150;

/// Time limit of a test that need not pass. Some repeat themselves for half an hour until the output is what they
/// expect, and where strace itself fails it never is.
const IDLE_LIMIT: Duration = Duration::from_secs(20);

/// `cargo xtask suite`.
pub(crate) fn suite(args: &[String]) -> Result<()> {
    if args.iter().any(|arg| arg == "--help" || arg == "-h") {
        println!("{}", options::USAGE);
        return Ok(());
    }
    let options = Options::parse(args)?;
    let tracer = tracer(&options)?;
    let harness = Harness::prepare()?;
    let jobs = chosen_jobs(&harness, &options)?;
    let folder = RunFolder::new(&harness, &tracer)?;
    if options.log {
        return show(&folder, &jobs, &options);
    }
    let files = Files::new();
    if let Some(path) = &options.otherwise {
        return write_otherwise(path, &files, &folder, jobs, &options);
    }
    let expectations = files.expectations(&options)?;
    let results = run(&harness, &folder, &jobs, &expectations, &options)?;
    if let Some(path) = &options.record {
        record(path, &tracer, &results)?;
    }
    let verdict = Verdict::new(&expectations, &results, options.is_complete());
    report(&results, &expectations, &verdict, &options);
    if options.update {
        update(&files, expectations, &verdict)?;
    }
    if options.ratchet && !verdict.is_clean() {
        return Err("the results are not the expected ones".into());
    }
    Ok(())
}

/// The files of `conformance/`.
struct Files {
    folder: PathBuf,
}

impl Files {
    fn new() -> Self {
        Self { folder: workspace().join("conformance") }
    }

    fn known_failures(&self) -> PathBuf {
        self.folder.join("known-failures.txt")
    }

    /// What the run is measured against: nothing but passes where strace itself is what is being run.
    fn expectations(&self, options: &Options) -> Result<Expectations> {
        if options.tracer.is_some() && !options.ratchet {
            return Ok(Expectations::default());
        }
        let references = vec![self.reference("6.1")?, self.reference("7.2")?];
        let known = KnownFailures::read(&self.known_failures())?.unwrap_or_default();
        let otherwise = otherwise::read(&self.folder.join("otherwise.txt"))?;
        Ok(Expectations { references, known, otherwise })
    }

    /// The results of a version of strace.
    fn reference(&self, version: &str) -> Result<Results> {
        outcome::read_results(&self.folder.join(format!("reference-strace-{version}.txt")))
    }
}

/// The root of the workspace.
fn workspace() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

/// The tracer to run: as asked, or strax's release build.
fn tracer(options: &Options) -> Result<PathBuf> {
    let tracer = match &options.tracer {
        Some(path) => path.clone(),
        None => crate::strax::release(options.build)?,
    };
    fs::canonicalize(&tracer).map_err(|error| format!("{}: {error}", tracer.display()).into())
}

/// The tests to run, those that took longest last time first: a long test at the end would run alone.
fn chosen_jobs(harness: &Harness, options: &Options) -> Result<Vec<Job>> {
    let mut jobs = Vec::new();
    for abi in &options.abis {
        jobs.extend(runner::jobs(&harness.tests(*abi)?));
    }
    jobs.retain(|job| options.filter.as_ref().is_none_or(|filter| filter.matches(&job.id.name)));
    if jobs.is_empty() {
        return Err("no such test".into());
    }
    let durations = fs::read_to_string(harness.durations()).unwrap_or_default();
    let durations: BTreeMap<String, u64> = durations
        .lines()
        .filter_map(|line| line.rsplit_once(' '))
        .filter_map(|(id, duration)| Some((id.to_owned(), duration.parse().ok()?)))
        .collect();
    let longest_first = |job: &Job| std::cmp::Reverse(durations.get(&job.id.to_string()).copied());
    jobs.sort_by_cached_key(longest_first);
    Ok(jobs)
}

/// Runs the tests, and those with a surprising outcome once more: only then does it count.
fn run(
    harness: &Harness,
    folder: &RunFolder,
    jobs: &[Job],
    expectations: &Expectations,
    options: &Options,
) -> Result<Results> {
    let start = Instant::now();
    let done = AtomicUsize::new(0);
    let progress = |_: &TestId, _: Ended| {
        let count = done.fetch_add(1, Ordering::Relaxed) + 1;
        if count.is_multiple_of(100) || count == jobs.len() {
            eprintln!("suite: {count} of {} tests, {} s", jobs.len(), start.elapsed().as_secs());
        }
    };
    let limit = |id: &TestId| match expectations.duty(id) {
        Duty::None => options.limit.min(IDLE_LIMIT),
        _ => options.limit,
    };
    let ended = runner::run(folder, jobs, options.jobs, limit, progress)?;
    if options.is_complete() {
        write_durations(&harness.durations(), &ended)?;
    }
    let judged = |(id, ended): (TestId, Ended)| {
        let outcome = judged(folder, expectations, &id, ended.outcome);
        (id, outcome)
    };
    let mut results: Results = ended.into_iter().map(judged).collect();
    let surprising =
        |job: &&Job| results.get(&job.id).is_some_and(|outcome| expectations.is_surprise(&job.id, *outcome));
    let again: Vec<Job> = jobs.iter().filter(surprising).cloned().collect();
    if again.len() > MAX_REPEATED {
        eprintln!("suite: {} unexpected outcomes are too many to repeat the tests", again.len());
        return Ok(results);
    }
    for (id, outcome) in runner::run(folder, &again, 1, limit, |_, _| ())?.into_iter().map(judged) {
        if !expectations.is_surprise(&id, outcome) {
            eprintln!("suite: {id}: {outcome} when repeated");
            results.insert(id, outcome);
        }
    }
    Ok(results)
}

/// The outcome of a test that has just ended: one that failed may have failed as it does with strace 7.2.
fn judged(folder: &RunFolder, expectations: &Expectations, id: &TestId, outcome: Outcome) -> Outcome {
    match expectations.duty(id) {
        Duty::Otherwise(mark) if outcome == Outcome::Fail && difference(folder, id).mark() == mark => {
            Outcome::Otherwise
        }
        _ => outcome,
    }
}

/// What differs from what a test expects, by its log.
fn difference(folder: &RunFolder, id: &TestId) -> Difference {
    let log = fs::read(folder.log(id)).unwrap_or_default();
    Difference::new(&String::from_utf8_lossy(&log))
}

/// Runs, twice, the tests that strace 6.1 passes and 7.2 fails, and writes what differs.
fn write_otherwise(
    path: &Path,
    files: &Files,
    folder: &RunFolder,
    mut jobs: Vec<Job>,
    options: &Options,
) -> Result<()> {
    let (old, new) = (files.reference("6.1")?, files.reference("7.2")?);
    let is = |results: &Results, id: &TestId, outcome| results.get(id) == Some(&outcome);
    jobs.retain(|job| is(&old, &job.id, Outcome::Pass) && is(&new, &job.id, Outcome::Fail));
    let run = || -> Result<BTreeMap<TestId, Difference>> {
        let ended = runner::run(folder, &jobs, options.jobs, |_| IDLE_LIMIT, |_, _| ())?;
        // One that was ended before its end has yet to say what it has against the tracer.
        let is_failed = |ended: &Ended| ended.outcome == Outcome::Fail && ended.duration < IDLE_LIMIT;
        let failed = ended.into_iter().filter(|(_, ended)| is_failed(ended));
        Ok(failed.map(|(id, _)| (id.clone(), difference(folder, &id))).collect())
    };
    otherwise::write(path, &[run()?, run()?])
}

fn write_durations(path: &Path, ended: &BTreeMap<TestId, Ended>) -> Result<()> {
    let line = |(id, ended): (&TestId, &Ended)| format!("{id} {}\n", ended.duration.as_millis());
    Ok(fs::write(path, ended.iter().map(line).collect::<String>())?)
}

/// Runs the chosen tests one by one and prints what they wrote.
fn show(folder: &RunFolder, jobs: &[Job], options: &Options) -> Result<()> {
    for job in jobs {
        let ended = runner::run(folder, std::slice::from_ref(job), 1, |_| options.limit, |_, _| ())?;
        print!("{}", String::from_utf8_lossy(&fs::read(folder.log(&job.id))?));
        for name in ["log", "exp", "out"] {
            print_file(&folder.working_folder(&job.id).join(name));
        }
        for (id, Ended { outcome, duration }) in ended {
            println!("== {id}: {outcome} after {:.1} s", Duration::as_secs_f64(&duration));
        }
    }
    Ok(())
}

/// Prints a file of a test's working folder, if the test left it there.
fn print_file(path: &Path) {
    if let Ok(bytes) = fs::read(path) {
        let name = path.file_name().unwrap_or_default().display().to_string();
        print!("== {name}\n{}", String::from_utf8_lossy(&bytes));
    }
}

/// Writes the results of strace itself, for later runs to be measured against.
fn record(path: &Path, tracer: &Path, results: &Results) -> Result<()> {
    let version = debian::output(Command::new(tracer).arg("--version"))?;
    let version = version.lines().next().unwrap_or_default();
    let release = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let comment = format!(
        "Conformance results of {version} on Linux {}: ABI TEST RESULT.\n\
         Made by `cargo xtask suite --tracer PATH --record FILE`.",
        release.trim()
    );
    outcome::write_results(path, &comment, results)
}

fn report(results: &Results, expectations: &Expectations, verdict: &Verdict, options: &Options) {
    if options.list_failures {
        for (id, outcome) in results.iter().filter(|(_, outcome)| **outcome == Outcome::Fail) {
            println!("{outcome} {id}");
        }
    }
    for (id, outcome) in &verdict.regressions {
        println!("unexpected {outcome}: {id}");
    }
    for id in &verdict.repaired {
        println!("listed as failing, but passes: {id}");
    }
    for id in &verdict.unknown {
        println!("listed as failing, but there is no such test: {id}");
    }
    if expectations.has_references() {
        let duties = results.iter().filter(|(id, _)| expectations.duty(id) != Duty::None);
        println!("of the tests that strace passes: {}", Tally::of(duties.map(|(_, outcome)| *outcome)));
    }
    for abi in &options.abis {
        let outcomes = results.iter().filter(|(id, _)| id.abi == *abi).map(|(_, outcome)| *outcome);
        println!("{abi}: {}", Tally::of(outcomes));
    }
    println!("{}", Tally::of(results.values().copied()));
}

/// Lets the list of known failures shrink; makes it where there is none.
fn update(files: &Files, expectations: Expectations, verdict: &Verdict) -> Result<()> {
    let path = files.known_failures();
    let mut known = expectations.known;
    if path.exists() {
        let gone: BTreeSet<TestId> = verdict.repaired.union(&verdict.unknown).cloned().collect();
        known.remove(&gone);
    } else {
        known = KnownFailures::unexplained(verdict.regressions.keys().cloned());
    }
    known.write(&path)?;
    println!("{}: {} tests", path.display(), known.len());
    Ok(())
}
