//! Places that take no more for a time: whole lines only, in order, and a mark where some are missing.
//!
//! `RLIMIT_FSIZE` stands for a disk that is full: the error is another, what follows from it is the same. The limit is
//! lifted by the tracee itself, by `prlimit`.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const STRAX: &str = env!("CARGO_BIN_EXE_strax");
/// What lifts the limit, in the command's script: strax is its parent.
const LIFT: &str = "prlimit --pid $PPID --fsize=unlimited:unlimited";

/// A place for the trace of a test, with nothing there.
fn place(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("lost.{name}"));
    let _ = std::fs::remove_file(&path);
    path
}

/// Calls `chdir` with each of these numbers.
fn calls(from: u32, to: u32) -> String {
    format!("i={from}; while [ $i -le {to} ]; do cd /no/$i 2>/dev/null; i=$((i+1)); done;")
}

/// Waits in the command's script until the limit is reached.
fn await_limit(log: &str) -> String {
    format!("while [ $(stat -c %s {log}) -lt 4096 ]; do sleep 0.01; done; sleep 0.2;")
}

/// Traces what a script does while files may have no more than 4096 bytes.
fn trace(options: &[&str], log: &Path, script: &str) -> Output {
    let limited = "trap '' XFSZ; ulimit -S -f 8; exec \"$@\"";
    Command::new("sh")
        .args(["-c", limited, "sh", STRAX, "-e", "trace=chdir", "-e", "signal=none"])
        .args(options)
        .arg("-o")
        .arg(log)
        .args(["sh", "-c", script])
        .stdin(Stdio::null())
        .output()
        .expect("sh")
}

/// Checks that the script ended with 7, and gives the tracer's messages.
fn messages(output: &Output) -> Vec<String> {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(7), "{stderr}");
    stderr.lines().map(str::to_owned).collect()
}

/// What a line of a trace tells.
#[derive(Debug, PartialEq, Eq)]
enum Line {
    Call(u32),
    Lost(u32),
    End,
}

fn line(text: &str) -> Line {
    if let Some(rest) = text.strip_prefix("chdir(\"/no/") {
        let (number, result) = rest.split_once('"').expect("a string");
        assert!(result.ends_with("= -1 ENOENT (No such file or directory)"), "{text}");
        return Line::Call(number.parse().expect("a number"));
    }
    if let Some(rest) = text.strip_prefix("--- ") {
        let lost = rest.strip_suffix(" lost: File too large ---").expect("the reason");
        let (count, noun) = lost.split_once(' ').expect("a count");
        assert_eq!(noun, if count == "1" { "line" } else { "lines" });
        return Line::Lost(count.parse().expect("a number"));
    }
    assert_eq!(text, "+++ exited with 7 +++");
    Line::End
}

fn object(text: &str) -> Line {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/strax.schema.json");
    let value: Value = serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"));
    match value["type"].as_str() {
        Some("syscall") => {
            let number = value["args"]["path"].as_str().or(value["args"]["filename"].as_str());
            let number = number.and_then(|path| path.strip_prefix("/no/")).expect("a path");
            Line::Call(number.parse().expect("a number"))
        }
        Some("lost") => {
            let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
            let schema = compiler.compile(path.to_str().expect("UTF-8"), &mut schemas).expect("a schema");
            schemas.validate(&value, schema).unwrap_or_else(|e| panic!("{e}: {text}"));
            assert_eq!(value["error"], "File too large");
            Line::Lost(value["lines"].as_u64().expect("a number") as u32)
        }
        _ => {
            assert_eq!(value["type"], "exited");
            Line::End
        }
    }
}

/// A trace as lines; the last has its end, too.
fn lines(log: &Path, read: fn(&str) -> Line) -> Vec<Line> {
    let text = std::fs::read_to_string(log).expect("a trace");
    assert_eq!(text.as_bytes().last(), Some(&b'\n'));
    // That a trace begins is told in JSON only.
    text.lines().filter(|line| !line.starts_with("{\"type\":\"trace\"")).map(read).collect()
}

#[test]
fn what_finds_no_room_comes_later() {
    let log = place("later");
    let script =
        [&calls(1, 300), &await_limit(&log.display().to_string()), LIFT, ";", &calls(301, 400), "exit 7"]
            .concat();
    let said = messages(&trace(&[], &log, &script));
    // There is nothing to be told unless it is told before there is room again.
    let message = format!("{STRAX}: {}: File too large", log.display());
    assert!(said.iter().all(|said| *said == message) && said.len() <= 1, "{said:?}");
    let expected: Vec<_> = (1..=400).map(Line::Call).chain([Line::End]).collect();
    assert_eq!(lines(&log, line), expected);
}

/// The lines that had no room to wait in are missing at one place, where a mark counts them, and the trace goes on.
fn has_a_gap(name: &str, options: &[&str], read: fn(&str) -> Line) {
    let log = place(name);
    // More than waits. What comes after the pause finds room.
    let script = [&calls(1, 4000), LIFT, "; sleep 0.2;", &calls(4001, 4100), "exit 7"].concat();
    let said = messages(&trace(options, &log, &script));
    assert_eq!(said.len(), 2, "{said:?}");
    let lines = lines(&log, read);
    let gap = lines.iter().position(|line| matches!(line, Line::Lost(_))).expect("a mark");
    let Line::Lost(lost) = lines[gap] else { unreachable!() };
    assert_eq!(said[1], format!("{STRAX}: {lost} lines of the trace are lost"));
    let next = gap as u32 + lost + 1;
    assert!(gap > 100 && next <= 4001, "{gap} {lost}");
    let before = (1..=gap as u32).map(Line::Call);
    let after = (next..=4100).map(Line::Call);
    let expected: Vec<_> = before.chain([Line::Lost(lost)]).chain(after).chain([Line::End]).collect();
    assert_eq!(lines, expected);
}

#[test]
fn a_mark_counts_what_is_missing() {
    has_a_gap("gap", &[], line);
}

#[test]
fn so_it_does_in_json() {
    has_a_gap("gap.json", &["--format=json"], object);
}

#[test]
fn so_it_does_in_a_file_of_its_own() {
    let log = place("each");
    let script = await_limit(&format!("{}.$$", log.display()));
    let script = ["echo $$;", &calls(1, 300), &script, LIFT, ";", &calls(301, 400), "exit 7"].concat();
    let output = trace(&["-ff"], &log, &script);
    let pid = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    assert!(messages(&output).len() <= 1);
    let log = PathBuf::from(format!("{}.{pid}", log.display()));
    let calls = lines(&log, line).into_iter().filter(|line| matches!(line, Line::Call(_)));
    assert_eq!(calls.collect::<Vec<_>>(), (1..=400).map(Line::Call).collect::<Vec<_>>());
    let _ = std::fs::remove_file(log);
}

#[test]
fn a_file_that_stays_full_has_whole_lines() {
    let log = place("full");
    let said = messages(&trace(&[], &log, &(calls(1, 1000) + "exit 7")));
    let there = lines(&log, line);
    let calls = there.iter().filter(|line| matches!(line, Line::Call(_))).count();
    assert_eq!(there[..calls], (1..=calls as u32).map(Line::Call).collect::<Vec<_>>());
    let expected = [
        format!("{STRAX}: {}: File too large", log.display()),
        format!("{STRAX}: {} lines of the trace are lost", 1001 - calls),
    ];
    assert_eq!(said, expected);
}

#[test]
fn a_device_that_is_full_is_told_of_once() {
    let output = Command::new(STRAX)
        .args(["-f", "-e", "trace=chdir", "-o", "/dev/full", "sh", "-c", &(calls(1, 100) + "exit 7")])
        .output()
        .expect("strax");
    assert_eq!(messages(&output), [format!("{STRAX}: /dev/full: No space left on device")]);
}

#[test]
fn a_reader_that_is_gone_is_told_of_once() {
    let mark = place("reader");
    std::fs::write(&mark, "").expect("a file");
    let reader = format!("|exec rm {}", mark.display());
    // The reader is gone, or about to be, when its file is.
    let script = format!("while [ -e {} ]; do :; done; sleep 0.2; {} exit 7", mark.display(), calls(1, 500));
    for options in [&["-f"][..], &["-f", "-C"], &["-f", "--format=json"]] {
        std::fs::write(&mark, "").expect("a file");
        let output = Command::new(STRAX)
            .args(options)
            .args(["-e", "trace=chdir", "-o", &reader, "sh", "-c", &script])
            .output()
            .expect("strax");
        assert_eq!(messages(&output), [format!("{STRAX}: {reader}: Broken pipe")]);
    }
}
