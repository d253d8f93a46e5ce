//! A thread that executes a program takes its process's id, and the leader is no more: what the lines of both say where
//! calls are chosen by how they end, and where the lines tell more than the call.

use std::path::{Path, PathBuf};
use std::process::Command;

fn temporary(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// What is said of the process and of its thread that executes a program, without the ids; the other threads just end.
fn trace(test: &str, options: &[&str]) -> Vec<String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tracees/engine_threads.c");
    let program = temporary(&format!("thread_exec.{test}.program"));
    let compiled = Command::new("cc").args(["-O1", "-pthread", "-o"]).arg(&program).arg(source).status();
    assert!(compiled.expect("cc").success());
    let log = temporary(&format!("thread_exec.{test}.log"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_strax"));
    command.args(["-f", "-a1", "-o"]).arg(&log).args(options).arg(program).args(["x", "y"]);
    assert_eq!(command.output().expect("strax starts").status.code(), Some(3));
    let text = std::fs::read_to_string(&log).expect("a trace");
    let superseded = text.lines().find(|line| line.contains("superseded")).expect("a leader");
    let leader = superseded.split_whitespace().next().expect("an id");
    let thread = superseded.split_whitespace().rev().nth(1).expect("an id");
    let of_both = text.lines().filter_map(|line| {
        let (id, rest) = line.split_once(' ')?;
        let who = if id == leader { "LEADER" } else { "THREAD" };
        let rest = rest.trim_start().replace(leader, "LEADER").replace(thread, "THREAD");
        (id == leader || id == thread).then(|| format!("{who} {rest}"))
    });
    of_both.collect()
}

/// A line, up to what differs from run to run.
fn begins(lines: &[String], expected: &[&str]) {
    assert_eq!(lines.len(), expected.len(), "{lines:?}");
    for (line, begin) in lines.iter().zip(expected) {
        assert!(line.starts_with(begin), "{begin}: {lines:?}");
    }
}

#[test]
fn a_call_that_changes_its_id_counts_as_one_of_a_detached_tracee() {
    let lines = trace("detached", &["--status=detached", "-e", "trace=execve"]);
    let end = ["LEADER +++ superseded by execve in pid THREAD +++", "LEADER +++ exited with 3 +++"];
    begins(&lines, &["THREAD execve(", end[0], end[1]]);
    assert!(lines[0].ends_with(" <pid changed to LEADER ...>"), "{lines:?}");
    for status in ["failed", "unfinished", "unavailable"] {
        begins(&trace(status, &["--status", status, "-e", "trace=execve"]), &end);
    }
}

#[test]
fn the_rest_of_the_call_stands_in_a_line_of_its_own() {
    let end = ["LEADER <... execve resumed>) = 0", "LEADER +++ exited with 3 +++"];
    let superseded = "LEADER +++ superseded by execve in pid THREAD +++";
    let lines = trace("successful", &["-z", "-e", "trace=execve"]);
    begins(&lines, &["LEADER execve(", superseded, end[0], end[1]]);
    let lines = trace("both", &["--status=successful,detached", "-e", "trace=execve"]);
    begins(&lines, &["LEADER execve(", "THREAD execve(", superseded, end[0], end[1]]);
    let counted = trace("counted", &["-z", "-C", "-e", "trace=execve"]);
    assert_eq!(counted[1..], lines[2..], "the same with a table of counts");
}

#[test]
fn a_program_of_which_nothing_is_shown_ends_unnoticed() {
    let superseded = "LEADER +++ superseded by execve in pid THREAD +++";
    let end = "LEADER +++ exited with 3 +++";
    assert_eq!(trace("unnoticed", &["-z", "--signal=none", "-e", "trace=readv"]), [superseded]);
    assert_eq!(trace("named", &["--status=detached", "-e", "trace=readv"]), [superseded, end]);
    assert_eq!(trace("all", &["-e", "trace=readv"]), [superseded, end]);
    // Where it does something, its end is told of too.
    let lines = trace("noticed", &["-z", "-e", "trace=brk"]);
    let at = lines.iter().position(|line| line == superseded).expect("a leader");
    assert!(lines[at + 1].starts_with("LEADER brk("), "{lines:?}");
    assert_eq!(lines.last().map(String::as_str), Some(end), "{lines:?}");
}

#[test]
fn the_leader_ends_where_the_program_begins_and_in_the_threads_call() {
    let lines = trace("place", &["-in", "-e", "trace=execve"]);
    let place = |part: &str| {
        let line = lines.iter().find(|line| line.contains(part)).expect(part);
        line.split_once(part).expect(part).0.to_owned()
    };
    assert_eq!(place("+++ superseded"), place("<... execve resumed>"), "{lines:?}");
}
