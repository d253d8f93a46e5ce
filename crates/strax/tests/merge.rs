//! The merger of traces: `--merge`, and its own name.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// An empty directory for the test called `test`.
fn directory(test: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("merge.{test}"));
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).expect("a directory");
    path
}

fn merge(directory: &Path, prefix: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_strax"))
        .args(["--merge", prefix])
        .current_dir(directory)
        .output()
        .expect("strax starts")
}

/// What is merged of these files.
fn merged(test: &str, files: &[(&str, &str)]) -> String {
    let directory = directory(test);
    for (name, text) in files {
        std::fs::write(directory.join(name), text).expect("a file");
    }
    let output = merge(&directory, "log");
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn by_time_then_by_file_then_by_line() {
    let text = merged(
        "time",
        &[
            ("log.12", "10:00:00.000001 a\n10:00:00.000003 b\n10:00:00.000003 c\n"),
            ("log.345", "10:00:00.000002 d\n10:00:00.000003 e\n"),
            ("log.7", "10:00:00.000003 f"),
        ],
    );
    let expected = "12  10:00:00.000001 a\n345 10:00:00.000002 d\n12  10:00:00.000003 b\n12  10:00:00.000003 c\n\
                    345 10:00:00.000003 e\n7   10:00:00.000003 f\n";
    assert_eq!(text, expected);
}

#[test]
fn files_that_are_not_in_order() {
    let text = merged("disorder", &[("log.1", "5.0 a\n3.0 b\n4.0 c\n1.0 d\n"), ("log.2", "2.0 e\n3.5 f\n")]);
    assert_eq!(text, "1 1.0 d\n2 2.0 e\n1 3.0 b\n2 3.5 f\n1 4.0 c\n1 5.0 a\n");
}

#[test]
fn what_has_no_stamp_is_left_out() {
    let text = merged(
        "stamps",
        &[
            ("log.1", "1.0 a\n | 00000  61\n\n1:2:3 b\n 1.5 c\n2.0 d\n"),
            ("log.notes", "0.5 x\n"),
            ("log.2x", "0.5 x\n"),
            ("other.3", "0.5 x\n"),
            ("log.12345", ""),
        ],
    );
    assert_eq!(text, "1     1.0 a\n1     2.0 d\n");
}

#[test]
fn seconds_are_numbers() {
    assert_eq!(
        merged("seconds", &[("log.1", "1700000000.5 a\n"), ("log.2", "900000000.5 b\n")]),
        "2 900000000.5 b\n1 1700000000.5 a\n"
    );
}

#[test]
fn lines_longer_than_what_is_read_at_once() {
    let long = "x".repeat(100_000);
    let text = merged(
        "long",
        &[("log.1", &format!("1.0 {long}\n3.0 {long}y\n")), ("log.2", &format!("2.0 {long}z"))],
    );
    assert_eq!(text, format!("1 1.0 {long}\n2 2.0 {long}z\n1 3.0 {long}y\n"));
}

#[test]
fn bytes_stay_what_they_are() {
    let directory = directory("bytes");
    std::fs::write(directory.join("log.1"), b"1.0 \xff\0\r\n").expect("a file");
    assert_eq!(merge(&directory, "log").stdout, b"1 1.0 \xff\0\r\n");
}

#[test]
fn more_files_than_may_be_open() {
    let directory = directory("many");
    let mut expected = String::new();
    for pid in 10_000..12_000 {
        std::fs::write(directory.join(format!("log.{pid}")), format!("1.0 a\n{pid}.0 b\n")).expect("a file");
        expected += &format!("{pid} 1.0 a\n");
    }
    for pid in 10_000..12_000 {
        expected += &format!("{pid} {pid}.0 b\n");
    }
    let script = r#"ulimit -n 64; exec "$0" --merge log"#;
    let output = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_strax")])
        .current_dir(&directory)
        .output()
        .expect("a shell");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(output.stdout == expected.as_bytes());
}

#[test]
fn what_is_not_there() {
    let directory = directory("missing");
    let error = |prefix: &str| {
        let output = merge(&directory, prefix);
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(1), &b""[..]));
        let text = String::from_utf8(output.stderr).expect("text");
        text.trim_end().rsplit_once("strax: ").expect("a message").1.to_owned()
    };
    assert_eq!(error("log"), "log: strax output not found");
    assert_eq!(error("no/where"), "no/where: strax output not found");
    assert_eq!(error(""), ": strax output not found");
    std::fs::write(directory.join("log.1"), "close(3) = 0\n").expect("a file");
    assert_eq!(error("log"), "log.* files do not look like log files produced by 'strax -tt'");
}

#[test]
fn a_name_of_its_own() {
    let directory = directory("name");
    std::fs::write(directory.join("log.1"), "1.0 a\n").expect("a file");
    let merger = directory.join("strace-log-merge");
    symlink(env!("CARGO_BIN_EXE_strax"), &merger).expect("a link");
    let run = |args: &[&str]| {
        let output = Command::new(&merger).args(args).current_dir(&directory).output().expect("it starts");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    assert_eq!(run(&["log"]), (Some(0), "1 1.0 a\n".into(), String::new()));
    let (status, usage, errors) = run(&["--help"]);
    assert_eq!((status, errors.as_str()), (Some(0), ""));
    assert!(usage.starts_with("Usage: strace-log-merge PREFIX\n"), "{usage}");
    for args in [&[][..], &["a", "b"]] {
        assert_eq!(run(args), (Some(1), String::new(), usage.clone()));
    }
    assert_eq!(run(&["--version"]).0, Some(1));
}

#[test]
fn a_trace_of_several_processes() {
    let directory = directory("trace");
    let status = Command::new(env!("CARGO_BIN_EXE_strax"))
        .args(["-ff", "-ttt", "-o", "log", "-e", "trace=chdir", "sh", "-c", "cd /; (cd /tmp; exit); cd /dev"])
        .current_dir(&directory)
        .stdin(Stdio::null())
        .status()
        .expect("strax starts");
    assert!(status.success());
    let output = merge(&directory, "log");
    let text = String::from_utf8(output.stdout).expect("text");
    let place = |part: &str| text.find(part).unwrap_or_else(|| panic!("no {part} in\n{text}"));
    assert!(place("chdir(\"/\")") < place("chdir(\"/tmp\")"));
    assert!(place("chdir(\"/tmp\")") < place("chdir(\"/dev\")"));
    assert_eq!(text.matches("+++ exited with 0 +++").count(), 2, "{text}");
}
