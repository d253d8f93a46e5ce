//! Instructions per traced call, counted by callgrind: what a clock can't tell on a busy machine.
//!
//! Each count is the difference between two runs that differ in how many calls they make, so that what is done once
//! does not count. Instructions of the kernel are not among them.

use super::options::Options;
use super::tracers::{Role, Tracer, find};
use super::workloads::Programs;
use super::{Report, digits};
use crate::{Result, debian};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How the command line calls it.
pub(super) const NAME: &str = "instructions";

/// The bound on strax's instructions to strace's: that on CPU time, which they stand for.
const BOUND: f64 = 0.7;

/// What is traced: the program, the calls it makes each time, the options.
const TRACED: [(&str, u32, &[&str]); 6] = [
    ("getppid", 1, &[]),
    ("files", 8, &[]),
    ("files", 8, &["-f", "-tt", "-T", "-y", "-v"]),
    ("files", 8, &["-c"]),
    ("files", 8, &["-e", "trace=close"]),
    ("files", 8, &["--seccomp-bpf", "-f", "-e", "trace=close"]),
];

/// How often each recorded call is replayed.
const REPLAYS: u64 = 2_000;

/// Counts instructions, if valgrind is installed.
///
/// # Errors
/// A tracer fails under valgrind, or the replay can't be built.
pub(super) fn measure(
    report: &mut Report,
    programs: &Programs,
    tracers: &[Tracer],
    options: &Options,
    folder: &Path,
) -> Result<()> {
    let Some(valgrind) = find("valgrind") else {
        eprintln!("There is no valgrind.");
        return Ok(());
    };
    let counter = Counter { valgrind, folder: folder.to_owned() };
    report.add(
        "\nInstructions in user space per call that the tracee makes, by callgrind:\n\n\
         | program | options | strace 7.2 | strax | strax / strace | bound |\n|---|---|---|---|---|---|\n",
    );
    for (program, calls, words) in TRACED {
        report.add(&traced(&counter, programs, tracers, program, calls, words)?);
    }
    report.add(
        "\nInstructions that decoding and rendering a recorded call takes, without a tracee:\n\n\
         | call | text | JSON |\n|---|---|---|\n",
    );
    replayed(report, &counter, options)
}

/// A row of the table of traced programs.
fn traced(
    counter: &Counter,
    programs: &Programs,
    tracers: &[Tracer],
    program: &str,
    calls: u32,
    options: &[&str],
) -> Result<String> {
    let per_call = |role: Role| -> Result<f64> {
        let tracer = tracers.iter().find(|tracer| tracer.role == role).ok_or("no tracer")?;
        let (few, many) = (800 / calls, 2400 / calls);
        let count = |times: u32| {
            let command = programs.command(program, &[times]);
            let mut words = tracer.run(options, &command, Path::new("/dev/null")).ok_or("no such options")?;
            if role == Role::Strax {
                // valgrind can't follow a process that shares descriptors with its parent.
                words.insert(1, "--keeper=never".to_owned());
            }
            counter.count(&words)
        };
        Ok(count(many)?.saturating_sub(count(few)?) as f64 / f64::from((many - few) * calls))
    };
    let (strace, strax) = (per_call(Role::Reference)?, per_call(Role::Strax)?);
    let ratio = strax / strace;
    let verdict = if ratio <= BOUND { "met" } else { "**not met**" };
    let options = if options.is_empty() { String::new() } else { format!("`{}`", options.join(" ")) };
    Ok(format!(
        "| {program} | {options} | {strace:.0} | {strax:.0} | {ratio:.*} | ≤ {BOUND}: {verdict} |\n",
        digits(ratio)
    ))
}

/// The table of recorded calls.
fn replayed(report: &mut Report, counter: &Counter, options: &Options) -> Result<()> {
    let replay = replay_program(options.build)?;
    let program = replay.display().to_string();
    let names = debian::output(Command::new(&replay).arg("names"))?;
    let words = |format: &str, name: &str, times: u64| {
        [program.as_str(), format, name, &times.to_string()].map(str::to_owned).to_vec()
    };
    let first = names.lines().next().ok_or("no recorded calls")?;
    let mut sums = [0, 0];
    for name in names.lines() {
        let mut line = format!("| `{name}` |");
        for (format, sum) in ["text", "json"].iter().zip(&mut sums) {
            // What is done once is much the same for all calls, and next to nothing for each of so many.
            let once = counter.count(&words(format, first, 1))?;
            let many = counter.count(&words(format, name, REPLAYS + 1))?;
            let each = many.saturating_sub(once) / REPLAYS;
            *sum += each;
            line += &format!(" {each} |");
        }
        report.add(&(line + "\n"));
    }
    let count = names.lines().count() as u64;
    report.add(&format!("| mean | {} | {} |\n", sums[0] / count, sums[1] / count));
    Ok(())
}

/// The path of the program that replays recorded calls.
fn replay_program(build: bool) -> Result<PathBuf> {
    if build {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        debian::run(Command::new(cargo).args([
            "build",
            "--quiet",
            "--release",
            "--package",
            "strax-syscalls",
            "--example",
            "recorded_calls",
        ]))?;
    }
    let this = std::env::current_exe()?;
    let target = this.ancestors().nth(2).ok_or("no target folder")?;
    Ok(target.join("release/examples/recorded_calls"))
}

/// Counts instructions with callgrind.
struct Counter {
    valgrind: PathBuf,
    /// Where the counts go; what runs from here is not counted.
    folder: PathBuf,
}

impl Counter {
    /// How many instructions a command takes in user space, whatever becomes of its children.
    fn count(&self, command: &[String]) -> Result<u64> {
        let prefix = self.folder.join("callgrind");
        let mut child = Command::new(&self.valgrind)
            // What the command executes in its own place is followed, but not what it traces.
            .args(["--quiet", "--tool=callgrind", "--trace-children=yes"])
            .arg(format!("--trace-children-skip={}/*", self.folder.display()))
            .arg(format!("--callgrind-out-file={}.%p", prefix.display()))
            .args(command)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let pid = child.id();
        child.wait()?;
        let profile = std::fs::read_to_string(format!("{}.{pid}", prefix.display()))?;
        let total = profile.lines().find_map(|line| line.strip_prefix("totals: "));
        Ok(total.ok_or_else(|| format!("callgrind has not counted {}", command.join(" ")))?.trim().parse()?)
    }
}
