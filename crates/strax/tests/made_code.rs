//! Names of code that was made at run time, in stack traces.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn temporary(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("made_code.{name}"))
}

fn compile(name: &str) -> String {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tracees/made_code.c");
    let program = temporary(name);
    let compiled = Command::new("cc")
        .args(["-O2", "-pthread", "-w", "-fno-omit-frame-pointer", "-o"])
        .arg(&program)
        .arg(source)
        .status();
    assert!(compiled.expect("a compiler").success());
    program.to_str().expect("UTF-8").to_owned()
}

fn trace(options: &[&str], command: &[&str]) -> Output {
    let common = ["-f", "-k", "-e", "trace=chdir", "-e", "signal=none", "-qq"];
    let mut strax = Command::new(env!("CARGO_BIN_EXE_strax"));
    strax.args(common).args(options).args(command).output().expect("strax starts")
}

fn lines(output: &Output) -> Vec<String> {
    String::from_utf8(output.stderr.clone()).expect("UTF-8").lines().map(str::to_owned).collect()
}

/// The frames behind the line that has `event`.
fn stack_behind<'l>(lines: &'l [String], event: &str) -> Vec<&'l str> {
    let at = lines.iter().position(|line| line.contains(event));
    let at = at.unwrap_or_else(|| panic!("no {event} in\n{}", lines.join("\n")));
    lines[at + 1..].iter().map_while(|line| line.strip_prefix(" > ")).collect()
}

/// The functions of frames, without the C library's.
fn functions(stack: &[&str]) -> Vec<String> {
    let own = stack.iter().filter(|frame| !frame.contains("/libc.so"));
    let function = |frame: &&str| {
        let (_, rest) = frame.split_once('(').unwrap_or(("", frame));
        rest.rsplit_once("+0x").map_or(rest, |(name, _)| name).to_owned()
    };
    own.map(function).collect()
}

#[test]
fn code_made_at_run_time_has_the_names_that_its_maker_tells() {
    let program = compile("plain");
    let lines = lines(&trace(&[], &[&program, "plain"]));
    let stack = stack_behind(&lines, "chdir(\"untold\")");
    assert!(
        stack.last().is_some_and(|frame| frame.starts_with("unexpected_backtracing_error [0x")),
        "{stack:?}"
    );
    let stack = stack_behind(&lines, "chdir(\"told\")");
    // The way goes on to those who have called it.
    assert_eq!(functions(&stack), ["here", "first name", "call", "main", "_start"], "{stack:?}");
    let frame = stack.iter().find(|frame| frame.contains("first name")).expect("a frame");
    let (map, rest) = frame.split_once("(first name+0x6) [0x").expect("the place behind its call");
    let pid = map.strip_prefix("/tmp/perf-").and_then(|rest| rest.strip_suffix(".map"));
    assert!(pid.is_some_and(|pid| pid.parse::<u32>().is_ok()), "{frame}");
    assert!(rest.ends_with("006]"), "the address is its own, as it is in no file: {frame}");
    // What comes later counts, and all threads share it.
    for event in ["chdir(\"retold\")", "chdir(\"thread\")"] {
        let stack = stack_behind(&lines, event);
        assert_eq!(functions(&stack)[..3], ["here", "second", "call"], "{stack:?}");
    }
}

#[test]
fn names_are_escaped() {
    let program = compile("hostile");
    let text = lines(&trace(&[], &[&program, "hostile"])).join("\n");
    assert!(text.contains(r"(f\033[31m\377\342\200\256+0x6) [0x"), "{text}");
    let json = lines(&trace(&["--format=json"], &[&program, "hostile"])).join("\n");
    assert!(json.contains(r#""symbol":"f\u001b[31m\\377\u202e","offset":6,"#), "{json}");
}

#[test]
fn a_mapping_with_a_name_keeps_it() {
    let program = compile("named");
    for (kind, frame) in
        [("file", "/memfd:code (deleted)(f+0x6) [0x6]"), ("named", "[anon:code](f+0x6) [0x6]")]
    {
        let output = trace(&[], &[&program, kind]);
        if output.status.code() == Some(77) {
            eprintln!("skipped: this kernel gives mappings of no file no names");
            continue;
        }
        let lines = lines(&output);
        let stack = stack_behind(&lines, "chdir(\"told\")");
        assert!(stack.contains(&frame), "{stack:?}");
    }
}

#[test]
fn what_is_no_ordinary_file_of_the_tracee_s_is_not_read() {
    let program = compile("others");
    let target = temporary("target");
    let _ = std::fs::remove_file(&target);
    for arguments in [&["link", target.to_str().expect("UTF-8")][..], &["fifo"], &["foreign"]] {
        let output = trace(&[], &[&[program.as_str()], arguments].concat());
        if output.status.code() == Some(77) {
            eprintln!("skipped: {arguments:?} takes rights that this user has not");
            continue;
        }
        let lines = lines(&output);
        let stack = stack_behind(&lines, "chdir(\"told\")");
        let last = stack.last().expect("frames");
        assert!(last.starts_with("unexpected_backtracing_error [0x"), "{arguments:?}: {stack:?}");
    }
}
