//! Tracers among the tracees: refused, unless `-b ptrace` lets go of whom they trace.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

fn temporary(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

fn program() -> &'static str {
    static PROGRAM: OnceLock<String> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tracees/inner_tracer.c");
        let program = temporary("inner_tracer.program");
        let compiled = Command::new("cc").args(["-O1", "-pthread", "-o"]).arg(&program).arg(source).status();
        assert!(compiled.expect("cc").success());
        program.to_str().expect("a name").to_owned()
    })
}

/// Traces the program with `options`; gives its output and the messages.
fn trace(options: &[&str], kind: &str) -> (String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_strax"));
    let Output { stdout, stderr, .. } =
        command.args(options).args([program(), kind]).output().expect("strax starts");
    (String::from_utf8(stdout).expect("text"), String::from_utf8(stderr).expect("text"))
}

/// How often a tracee is said to be let go of for this reason.
fn count(text: &str, why: &str) -> usize {
    text.lines().filter(|line| line.contains(" detached for ") && line.contains(why)).count()
}

#[test]
fn tracers_among_tracees_trace_whom_they_want() {
    for (kind, why, times) in [
        ("traceme", "for its parent to trace (PTRACE_TRACEME)", 1),
        ("attach", "to trace (PTRACE_ATTACH)", 2),
        ("seize", "to trace (PTRACE_SEIZE)", 2),
        ("untraced", "for a child of its own to trace (CLONE_UNTRACED)", 2),
    ] {
        let (said, text) = trace(&["-f", "-e", "trace=ptrace"], kind);
        assert_eq!((said, count(&text, "")), (format!("{kind}: refused\n"), 0), "{text}");
        // What is traced besides must not matter.
        for calls in ["trace=ptrace", "trace=none", "trace=all"] {
            let (said, text) = trace(&["-f", "-b", "ptrace", "-e", calls], kind);
            assert_eq!((said, count(&text, why)), (format!("{kind}: traced\n"), times), "{text}");
            let ends = text.contains("+++ exited with 5 +++");
            assert_eq!(ends, kind != "untraced", "the tracer is traced on: {text}");
        }
    }
}

#[test]
fn who_would_get_the_same_tracer_or_cannot_stop_is_kept() {
    for kind in ["command", "vfork"] {
        let (said, text) = trace(&["-f", "-b", "ptrace", "-e", "trace=ptrace"], kind);
        assert_eq!(said, format!("{kind}: refused\n"), "{text}");
        assert_eq!(count(&text, ""), 0, "{text}");
        assert!(text.contains(" = -1 EPERM (Operation not permitted)"), "{text}");
        assert!(text.contains("+++ exited with 5 +++"), "{text}");
    }
}

#[test]
fn a_trace_in_a_file_says_it_there() {
    let log = temporary("inner_tracer.log");
    let log_name = log.to_str().expect("a name");
    let options = ["-f", "-b", "ptrace", "-e", "trace=ptrace", "-o", log_name];
    let (said, messages) = trace(&options, "traceme");
    assert_eq!((said.as_str(), messages.as_str()), ("traceme: traced\n", ""));
    let text = std::fs::read_to_string(&log).expect("a trace");
    let lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().position(|line| line.ends_with("<detached ...>")).expect("its last call");
    assert!(lines[at].contains("ptrace(PTRACE_TRACEME"), "{text}");
    let id = lines[at].split_whitespace().next().expect("an id");
    let why = format!("[ Process PID={id} detached for its parent to trace (PTRACE_TRACEME). ]");
    assert!(lines[at + 1..].iter().any(|line| line.starts_with(id) && line.ends_with(&why)), "{text}");
}

#[test]
fn a_tracer_in_a_tracer() {
    let inner = [env!("CARGO_BIN_EXE_strax"), "-o", "/dev/stdout", "-e", "trace=chdir", "sh", "-c", "cd /"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_strax"));
    command.args(["-f", "-q", "-b", "ptrace", "-e", "trace=exit_group", "-e", "signal=none"]).args(inner);
    let Output { stdout, stderr, .. } = command.output().expect("strax starts");
    let said = String::from_utf8(stdout).expect("text");
    assert!(said.starts_with("chdir(\"/\")") && said.ends_with("+++ exited with 0 +++\n"), "{said}");
    let text = String::from_utf8(stderr).expect("text");
    assert!(text.ends_with("+++ exited with 0 +++\n"), "{text}");
}
