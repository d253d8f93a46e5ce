//! A file for each tracee (`-ff`): none overwrites another, and none needs a descriptor of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const STRAX: &str = env!("CARGO_BIN_EXE_strax");

/// Compiles `tests/tracees/NAME.c` for the test called `test`.
fn compile(name: &str, test: &str) -> PathBuf {
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

/// An empty directory for the test called `test`.
fn directory(test: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("separate.{test}"));
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).expect("a directory");
    path
}

#[test]
fn an_id_that_comes_round_again_gets_another_file() {
    let (program, directory) = (compile("same_id", "same_id"), directory("same_id"));
    for _ in 0..10 {
        let output = Command::new(STRAX)
            .args(["-ff", "-tt", "-e", "trace=getuid,getgid", "-o"])
            .arg(directory.join("log"))
            .arg(&program)
            .output()
            .expect("strax");
        if output.status.code() == Some(77) {
            continue;
        }
        assert_eq!(output.status.code(), Some(0));
        let id = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        let text = |name: String| std::fs::read_to_string(directory.join(name)).expect("a trace");
        let (first, second) = (text(format!("log.{id}")), text(format!("log.{id}.1")));
        assert!(first.contains(" getuid()") && first.ends_with("+++ exited with 0 +++\n"), "{first}");
        assert!(second.contains(" getgid()") && second.ends_with("+++ exited with 0 +++\n"), "{second}");
        let merged = Command::new(STRAX).arg("--merge").arg(directory.join("log")).output().expect("strax");
        let merged = String::from_utf8_lossy(&merged.stdout);
        let calls: Vec<_> = merged.lines().filter(|line| line.contains(" get")).collect();
        assert_eq!(calls.len(), 2, "{merged}");
        assert!(calls.iter().all(|line| line.starts_with(&id)), "{merged}");
        return;
    }
    eprintln!("skipped: no process with a chosen id can be made (CAP_CHECKPOINT_RESTORE)");
}

#[test]
fn files_need_no_descriptors_of_their_own() {
    let (program, directory) = (compile("many_processes", "few_descriptors"), directory("few"));
    let output = Command::new("sh")
        .args([
            "-c",
            "ulimit -n 20; exec \"$@\"",
            "sh",
            STRAX,
            "-ff",
            "-e",
            "trace=getppid",
            "-e",
            "signal=none",
            "-o",
        ])
        .arg(directory.join("log"))
        .arg(program)
        .args(["60", "20", "60"])
        .stdin(Stdio::null())
        .output()
        .expect("sh");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let files: Vec<_> =
        std::fs::read_dir(&directory).expect("a directory").map(|file| file.expect("a file")).collect();
    assert_eq!(files.len(), 61);
    let mut calls = 0;
    for file in files {
        let text = std::fs::read_to_string(file.path()).expect("a trace");
        let lines: Vec<_> = text.lines().collect();
        let (end, rest) = lines.split_last().expect("lines");
        assert!(end.starts_with("+++ exited with "), "{text}");
        assert!(rest.iter().all(|line| line.starts_with("getppid()") && line.contains(" = ")), "{text}");
        calls += rest.len();
    }
    assert_eq!(calls, 60 * 20);
}
