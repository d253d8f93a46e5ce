//! `cargo xtask bench`: what tracing costs, beside strace.
//!
//! Each workload runs untraced and under each tracer, in turn, round by round, so that a machine whose speed drifts
//! slows all of them alike. What is printed are medians, their ratios to the untraced run and to strace 7.2, and
//! whether they are within the bounds that strax has set itself. The benchmark reports: it fails no build.

mod instructions;
mod many;
mod measure;
mod options;
mod target;
mod tracers;
mod workloads;

use crate::Result;
use measure::{Cost, mean, typical};
use options::Options;
use std::fmt::Write as _;
use std::path::Path;
use target::Costs;
use tracers::{Role, Tracer, tracers};
use workloads::{Programs, Workload, workloads};

/// Runs the benchmarks.
///
/// # Errors
/// A tracer or a program that is needed is missing, or fails.
pub(crate) fn bench(args: &[String]) -> Result<()> {
    let options = Options::parse(args)?;
    let folder = std::env::temp_dir().join(format!("strax-bench.{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let done = in_folder(&options, &folder);
    std::fs::remove_dir_all(&folder)?;
    match done? {
        Some(report) if options.write => write(&report),
        _ => Ok(()),
    }
}

/// Runs what is wanted in a folder of its own; gives the figures.
fn in_folder(options: &Options, folder: &Path) -> Result<Option<String>> {
    let programs = Programs::compile(folder)?;
    let workloads = workloads(folder, &programs, options)?;
    if options.list {
        for workload in &workloads {
            println!("{:14} {} {}", workload.name, workload.about, workload.options.join(" "));
        }
        println!("{:14} cost per call and memory of many threads", many::NAME);
        println!("{:14} instructions per call, by callgrind", instructions::NAME);
        return Ok(None);
    }
    let unknown = |name: &&String| {
        !workloads.iter().any(|w| w.name == **name) && **name != many::NAME && **name != instructions::NAME
    };
    if let Some(name) = options.only.iter().find(unknown) {
        return Err(format!("no workload {name}: see --list").into());
    }
    let tracers = tracers(options.build)?;
    let mut report = Report::default();
    report.add(&machine(options));
    if workloads.iter().any(|workload| options.wants(workload.name)) {
        report.add(&heading(&tracers));
        for workload in workloads.iter().filter(|workload| options.wants(workload.name)) {
            report.add(&row(workload, &tracers, options.rounds, folder)?);
        }
    }
    if options.wants(many::NAME) {
        many::measure(&mut report, &programs, &tracers, options, folder)?;
    }
    if options.wants(instructions::NAME) {
        instructions::measure(&mut report, &programs, &tracers, options, folder)?;
    }
    Ok(Some(report.text))
}

/// Figures, printed as they come and kept for the documentation.
#[derive(Default)]
struct Report {
    text: String,
}

impl Report {
    fn add(&mut self, lines: &str) {
        print!("{lines}");
        self.text += lines;
    }
}

/// Where and how it was measured.
fn machine(options: &Options) -> String {
    let cpus = std::thread::available_parallelism().map_or(1, usize::from);
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let version: Vec<&str> = release.trim().split(['.', '-']).take(2).collect();
    let rounds = options.rounds;
    format!("Linux {}, {cpus} CPUs, {rounds} rounds.\n", version.join("."))
}

fn heading(tracers: &[Tracer]) -> String {
    let mut line = String::from("\n| workload | options | untraced |");
    for tracer in tracers {
        let _ = write!(line, " {} |", tracer.name);
    }
    line += " strax / strace: wall | CPU | bounds |\n|---|---|---|";
    line += &"---|".repeat(tracers.len() + 3);
    line + "\n"
}

/// Measures a workload; gives its row of the table.
fn row(workload: &Workload, tracers: &[Tracer], rounds: usize, folder: &Path) -> Result<String> {
    let (native, traced) = run_all(workload, tracers, rounds, folder)?;
    let base = native.wall;
    let mut costs = Costs { native, ..Costs::default() };
    let options = workload.options.join(" ");
    let options = if options.is_empty() { options } else { format!("`{options}`") };
    let mut line = format!("| {} | {options} | {} |", workload.about, time(base));
    for (tracer, cost) in tracers.iter().zip(traced) {
        let cell = cost.as_ref().map(|cost| {
            let ratio = cost.wall / base;
            format!(" {} ({ratio:.*}×) |", time(cost.wall), digits(ratio))
        });
        line += cell.as_deref().unwrap_or(" – |");
        match tracer.role {
            Role::Strax => costs.strax = cost,
            Role::Reference => costs.strace = cost,
            Role::Free => costs.free = cost,
            Role::Other => {}
        }
    }
    for ratio in [costs.wall(), costs.cpu()] {
        line += &ratio.map_or(" – |".to_owned(), |ratio| format!(" {ratio:.2} |"));
    }
    let verdicts: Vec<String> = workload.targets.iter().map(|target| target.verdict(&costs)).collect();
    Ok(format!("{line} {} |\n", verdicts.join("; ")))
}

/// Runs a workload untraced and under each tracer in turn; what each typically costs, `None` for a tracer that can't do
/// it.
fn run_all(
    workload: &Workload,
    tracers: &[Tracer],
    rounds: usize,
    folder: &Path,
) -> Result<(Cost, Vec<Option<Cost>>)> {
    let trace = folder.join("trace");
    let untraced = workload.untraced();
    let mut runs: Vec<_> = tracers.iter().map(|tracer| workload.traced(tracer, &trace)).collect();
    let mut native = Vec::new();
    let mut traced: Vec<Vec<Cost>> = vec![vec![]; tracers.len()];
    let measure = |command: &[String]| mean(workload.times, command, &workload.folder);
    for _ in 0..rounds {
        native.push(measure(&untraced)?);
        for ((tracer, run), costs) in tracers.iter().zip(&mut runs).zip(&mut traced) {
            match run.as_deref().map(measure) {
                Some(Ok(cost)) => costs.push(cost),
                // Nothing depends on it.
                Some(Err(error)) if tracer.role == Role::Other => {
                    eprintln!("{}: {error}", tracer.name);
                    costs.clear();
                    *run = None;
                }
                Some(Err(error)) => return Err(error),
                None => {}
            }
        }
    }
    let native = typical(&native).ok_or("no rounds")?;
    Ok((native, traced.iter().map(|costs| typical(costs)).collect()))
}

/// Seconds, with as many digits as there is to know.
fn time(seconds: f64) -> String {
    if seconds < 0.1 { format!("{:.1} ms", seconds * 1e3) } else { format!("{seconds:.2} s") }
}

/// How many digits behind the point a ratio deserves.
fn digits(ratio: f64) -> usize {
    match ratio {
        r if r < 10.0 => 2,
        r if r < 100.0 => 1,
        _ => 0,
    }
}

/// The marks between which the figures stand in the documentation.
const BEGIN: &str = "<!-- figures -->\n";
const END: &str = "<!-- end of figures -->\n";

fn write(report: &str) -> Result<()> {
    let path = Path::new("docs/performance.md");
    let text = std::fs::read_to_string(path)?;
    let (before, rest) = text.split_once(BEGIN).ok_or("docs/performance.md has no mark for the figures")?;
    let (_, after) = rest.split_once(END).ok_or("docs/performance.md has no mark behind the figures")?;
    std::fs::write(path, format!("{before}{BEGIN}{report}{END}{after}"))?;
    Ok(())
}
