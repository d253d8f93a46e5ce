//! Programs that do their worst: whatever they do, the tracer sees it through, and ends as they do.

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

/// Compiles `tests/tracees/NAME.c`.
fn tracee(name: &str) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/tracees/{name}.c"));
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let status = Command::new("cc")
        .args(["-O1", "-pthread", "-w", "-o"])
        .arg(&program)
        .arg(source)
        .status()
        .expect("cc");
    assert!(status.success(), "cc: {status}");
    program
}

/// Traces a program, and gives how strax ended and what it said.
fn trace(name: &str, options: &[&str]) -> (ExitStatus, String) {
    let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.{}", options.concat()));
    let output = Command::new(env!("CARGO_BIN_EXE_strax"))
        .args(options)
        .arg("-o")
        .arg(&log)
        .arg(tracee(name))
        .output()
        .expect("strax starts");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!stderr.contains("panicked"), "{stderr}");
    let text = std::fs::read(&log).expect("a trace");
    assert!(
        text.iter().all(|&b| b == b'\n' || (0x20..0x7f).contains(&b)),
        "a byte that a terminal would act on"
    );
    (output.status, String::from_utf8(text).expect("ASCII"))
}

#[test]
fn memory_that_vanishes() {
    let (status, text) = trace("unmap", &["-v"]);
    assert_eq!(status.signal(), Some(11));
    assert!(text.matches("munmap(").count() >= 17, "{text}");
    assert!(text.ends_with("+++ killed by SIGSEGV +++\n") || text.ends_with("(core dumped) +++\n"), "{text}");
}

#[test]
fn arguments_that_make_no_sense() {
    for options in [&["-v"][..], &["-y", "-x", "-s", "4096"], &["--format=json"]] {
        let (status, text) = trace("garbage", options);
        assert_eq!(status.code(), Some(7));
        assert!(text.lines().count() > 1900, "{} lines", text.lines().count());
    }
}

#[test]
fn a_storm_of_processes() {
    for options in
        [&["-f"][..], &["-f", "-tt", "-T", "-y", "-v"], &["-f", "-c"], &["-f", "--colocate=always"]]
    {
        let (status, text) = trace("storm", options);
        assert_eq!(status.code(), Some(5), "{options:?}");
        if !options.contains(&"-c") {
            let ends = text.lines().filter(|line| line.contains("+++ exited") || line.contains("+++ killed"));
            assert!(ends.count() > 100, "{options:?}");
        }
    }
}
