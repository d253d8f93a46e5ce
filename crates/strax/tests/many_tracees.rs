//! Many threads, many processes, storms of short ones: every call of every tracee is there, and nobody starves.
//!
//! `STRAX_TEST_MANY=large` in the environment makes them as many as a busy server has: 2,000 threads, 500 processes,
//! 10,000 short ones. No test depends on how long anything takes.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Compiles `tests/tracees/NAME.c` for a test.
fn tracee(name: &str, test: &str) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/tracees/{name}.c"));
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{test}.program"));
    let status = Command::new("cc")
        .args(["-O1", "-pthread", "-w", "-o"])
        .arg(&program)
        .arg(source)
        .status()
        .expect("cc");
    assert!(status.success(), "cc: {status}");
    program
}

/// How many there shall be: `few`, or as many as the environment asks for.
fn size(few: u32, many: u32) -> u32 {
    if std::env::var_os("STRAX_TEST_MANY").is_some_and(|size| size == "large") { many } else { few }
}

/// Traces a program that ends with 0 if all went as it should have, and gives the trace.
fn trace(name: &str, test: &str, options: &[&str], args: &[u32]) -> String {
    let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{test}.log"));
    let output = Command::new(env!("CARGO_BIN_EXE_strax"))
        .arg("-f")
        .args(options)
        .arg("-o")
        .arg(&log)
        .arg(tracee(name, test))
        .args(args.iter().map(u32::to_string))
        .stdin(Stdio::null())
        .output()
        .expect("strax starts");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    let text = std::fs::read_to_string(&log).expect("a trace");
    let _ = std::fs::remove_file(log);
    text
}

/// What a trace says of one tracee.
#[derive(Debug, Default, PartialEq, Eq)]
struct Life {
    /// Calls of getppid that have been entered.
    entered: u32,
    /// Those that have returned the id of a process.
    returned: u32,
    /// The status that it exited with.
    status: Option<u32>,
}

/// Reads a trace of a program whose every tracee exits, and once.
fn lives(trace: &str) -> HashMap<&str, Life> {
    let mut lives: HashMap<&str, Life> = HashMap::new();
    for line in trace.lines() {
        let (pid, event) = line.split_once(' ').expect("an id");
        let event = event.trim_start();
        let life = lives.entry(pid).or_default();
        assert_eq!(life.status, None, "something after the end: {line}");
        life.entered += u32::from(event.starts_with("getppid("));
        if event.starts_with("getppid()") || event.starts_with("<... getppid resumed>") {
            let value = event.rsplit_once("= ").and_then(|(_, value)| value.parse::<u32>().ok());
            life.returned += u32::from(value.is_some());
        }
        if let Some(status) = event.strip_prefix("+++ exited with ") {
            life.status = status.strip_suffix(" +++").and_then(|status| status.parse().ok());
        }
    }
    lives
}

/// Checks that `count` tracees made all their `calls`, and that each exited, with the statuses that `ends` counts.
fn check(trace: &str, count: u32, calls: u32, ends: &HashMap<u32, u32>) {
    let lives = lives(trace);
    let mut found: HashMap<u32, u32> = HashMap::new();
    for (pid, life) in &lives {
        let status = life.status.unwrap_or_else(|| panic!("{pid} has no end: {life:?}"));
        *found.entry(status).or_default() += 1;
        assert_eq!(life.entered, life.returned, "{pid}: {life:?}");
    }
    let complete = lives.values().filter(|life| life.entered == calls).count();
    assert_eq!(complete as u32, count, "so many made all their calls, of {}", lives.len());
    assert_eq!(lives.len() as u32, count + 1);
    assert_eq!(found, *ends);
}

/// How often each status is expected of so many children, and the first process's own.
fn statuses(count: u32) -> HashMap<u32, u32> {
    let mut ends = HashMap::from([(0, 1)]);
    (0..count).for_each(|i| *ends.entry(i % 250).or_default() += 1);
    ends
}

#[test]
fn many_threads() {
    let count = size(400, 2_000);
    for (test, options) in [("threads", &[][..]), ("threads_free", &["--colocate=never", "-e", "getppid"])] {
        let trace = trace("many_threads", test, options, &[count, 10]);
        check(&trace, count, 10, &HashMap::from([(0, count + 1)]));
    }
}

#[test]
fn many_processes_at_once() {
    let count = size(150, 500);
    let trace = trace("many_processes", "processes", &[], &[count, 10, count]);
    check(&trace, count, 10, &statuses(count));
}

#[test]
fn a_storm_of_short_processes() {
    let count = size(1_500, 10_000);
    let trace = trace("many_processes", "short", &[], &[count, 1, 16]);
    check(&trace, count, 1, &statuses(count));
}

#[test]
fn nobody_starves() {
    for (test, options, chatty) in [
        ("starving", &[][..], 8),
        ("starving_colocated", &["--colocate=always"], 8),
        ("starving_many", &[], size(100, 1_000)),
    ] {
        let rounds = size(10, 20);
        let options = [options, &["-e", "trace=getppid,getuid"]].concat();
        let trace = trace("starving", test, &options, &[rounds, chatty]);
        assert_eq!(trace.matches(" getuid(").count() as u32, rounds);
    }
}

/// `wait4` tells what the whole process has used: what others do while a call sleeps must not be counted as its own.
#[test]
fn no_more_cpu_time_is_counted_than_there_was() {
    let cpus = std::thread::available_parallelism().map_or(1, usize::from) as f64;
    let start = std::time::Instant::now();
    let table = trace("many_threads", "cpu_time", &["-c"], &[size(200, 2_000), 50]);
    let there_was = start.elapsed().as_secs_f64() * cpus;
    let total = table.lines().find(|line| line.ends_with("total")).expect("a total");
    let counted: f64 =
        total.split_whitespace().nth(1).and_then(|seconds| seconds.parse().ok()).expect("seconds");
    assert!(counted > 0.0 && counted <= there_was, "{counted} s of {there_was} s:\n{table}");
}
