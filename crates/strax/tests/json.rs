//! `--format=json`: every line is an object of the published schema.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs strax and gives what it wrote to `-o`, a line each.
fn trace(name: &str, options: &[&str], command: &[&str]) -> Vec<String> {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.jsonl"));
    // It ends as the command does, which may be by a signal.
    Command::new(env!("CARGO_BIN_EXE_strax"))
        .args(["--format=json", "-o"])
        .arg(&file)
        .args(options)
        .args(command)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status()
        .expect("strax starts");
    let text = std::fs::read_to_string(&file).expect("valid UTF-8");
    text.lines().map(str::to_owned).collect()
}

/// Checks lines against the schema, and gives them as values.
fn validated(lines: &[String]) -> Vec<Value> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/strax.schema.json");
    let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
    let schema = compiler.compile(path.to_str().expect("UTF-8"), &mut schemas).expect("a valid schema");
    let check = |line: &String| {
        let value: Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        if let Err(e) = schemas.validate(&value, schema) {
            panic!("{e}\n{line}");
        }
        value
    };
    lines.iter().map(check).collect()
}

fn of_type<'v>(values: &'v [Value], kind: &str) -> Vec<&'v Value> {
    values.iter().filter(|value| value["type"] == kind).collect()
}

#[test]
fn calls_have_named_arguments() {
    let values = validated(&trace("calls", &["-e", "trace=execve,openat"], &["cat", "/etc/passwd"]));
    let opened = of_type(&values, "syscall");
    let file = opened.iter().find(|call| call["args"]["pathname"] == "/etc/passwd").expect("cat opens it");
    assert_eq!(file["name"], "openat");
    assert_eq!(file["args"]["dirfd"]["value"], -100);
    assert_eq!(file["args"]["flags"]["names"][0], "O_RDONLY");
    assert!(file["return"].as_i64().expect("a number") > 2);
    let status = of_type(&values, "exited");
    assert_eq!(status[0]["status"], 0);
}

#[test]
fn everything_of_a_shell_and_its_children_fits_the_schema() {
    let script = "ls / | sort | head -3; kill -USR1 $$; exit 3";
    for options in [&["-f"][..], &["-f", "-tt", "-T", "-r", "-y", "-v", "-i"]] {
        let values = validated(&trace("shell", options, &["sh", "-c", script]));
        assert!(of_type(&values, "syscall").len() > 100);
        assert!(!of_type(&values, "signal").is_empty());
        assert!(!of_type(&values, "killed").is_empty(), "SIGUSR1 ends a shell that does not handle it");
    }
}

#[test]
fn bytes_are_lossless() {
    let values = validated(&trace(
        "bytes",
        &["-s", "64", "-e", "trace=write"],
        &["printf", r"\000\001\377 plain \033[31m\n"],
    ));
    let hex = values.iter().filter_map(|v| v["args"]["buf"]["hex"].as_str()).collect::<String>();
    assert_eq!(hex, "0001ff20706c61696e201b5b33316d0a");
}

#[test]
fn a_python_program_fits_the_schema() {
    let values =
        validated(&trace("python", &["-f", "-v"], &["python3", "-c", "import json, threading, socket"]));
    assert!(of_type(&values, "syscall").len() > 100);
}
