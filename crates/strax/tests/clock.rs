//! Time of day that is set while a trace goes on.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A library under which the time of day is too late and too early in turn, by an hour more each time.
const JUMPING: &str = "
    #define _GNU_SOURCE
    #include <sys/syscall.h>
    #include <time.h>
    #include <unistd.h>

    int clock_gettime(clockid_t clock, struct timespec *time)
    {
        static int reads;
        int result = syscall(SYS_clock_gettime, clock, time);
        if (clock == CLOCK_REALTIME) {
            reads++;
            time->tv_sec += reads * (reads % 2 ? 3600 : -3600);
        }
        return result;
    }
";

fn library(name: &str) -> PathBuf {
    let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("clock.{name}.so"));
    let source = library.with_extension("c");
    std::fs::write(&source, JUMPING).expect("a source");
    let compiled =
        Command::new("cc").args(["-shared", "-fPIC", "-w", "-o"]).arg(&library).arg(source).status();
    assert!(compiled.expect("a compiler").success());
    library
}

/// The trace of a shell while the time of day jumps.
fn trace(library: &Path, options: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_strax"))
        .args(["-E", "LD_PRELOAD"])
        .args(options)
        .args(["sh", "-c", "cd /; cd /nowhere 2>/dev/null; cd /"])
        .env("LD_PRELOAD", library)
        .output();
    String::from_utf8(output.expect("strax starts").stderr).expect("UTF-8")
}

/// Longer than any of this takes, and shorter than what the clock jumps.
const LONG: f64 = 1800.0;

#[test]
fn spans_do_not_jump_with_the_time_of_day() {
    let library = library("spans");
    let lines = trace(&library, &["--format=json", "-ttt", "-r", "-T", "-e", "trace=chdir"]);
    let objects: Vec<Value> =
        lines.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    let number = |object: &Value, name: &str| object.get(name)?.as_str()?.parse::<f64>().ok();
    let times: Vec<f64> = objects.iter().filter_map(|object| number(object, "time")).collect();
    let jumps = times.windows(2).filter(|pair| (pair[1] - pair[0]).abs() > LONG).count();
    if jumps == 0 && cfg!(target_feature = "crt-static") {
        return eprintln!("skipped: a static strax takes its clock from no library");
    }
    assert_eq!(jumps, times.len() - 1, "{times:?}");
    for name in ["since", "spent"] {
        let spans: Vec<f64> = objects.iter().filter_map(|object| number(object, name)).collect();
        assert!(spans.len() >= 3, "{name}: {lines}");
        assert!(spans.iter().all(|span| (0.0..LONG).contains(span)), "{name}: {spans:?}");
    }
}

#[test]
fn times_of_counted_calls_do_not_jump_with_the_time_of_day() {
    let table = trace(&library("counts"), &["-c", "-w", "-U", "max-time,calls,name", "-e", "trace=chdir"]);
    let row = table.lines().find(|line| line.ends_with(" chdir")).expect("a row");
    let longest: f64 = row.split_ascii_whitespace().next().expect("a cell").parse().expect("seconds");
    assert!((0.0..LONG).contains(&longest), "{table}");
}
