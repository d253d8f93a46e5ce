//! Recordings that are cut short, that can't be written, and that are none.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

fn temporary(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("recording.{name}"))
}

fn strax() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_strax"));
    command.stdin(Stdio::null());
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn record(name: &str, options: &[&str], command: &[&str]) -> (PathBuf, Output) {
    let path = temporary(name);
    let record = format!("--record={}", path.display());
    let output = strax().arg(record).args(options).args(command).output().expect("strax starts");
    (path, output)
}

fn replay(path: &Path) -> Output {
    strax().arg(format!("--replay={}", path.display())).output().expect("strax starts")
}

/// The message with which a replay ends, without the name of strax.
fn message(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1));
    let stderr = text(&output.stderr);
    let (line, rest) = stderr.split_once('\n').expect("a line");
    assert_eq!(rest, "");
    line.split_once(": ").expect("a name").1.to_owned()
}

#[test]
fn what_is_cut_is_shown_up_to_there_with_one_line_about_it() {
    let (path, _) = record("cut", &[], &["true"]);
    let whole = std::fs::read(&path).expect("a recording");
    let all = replay(&path).stdout;
    let cut = temporary("cut.short");
    let mut seen = 0;
    for len in (0..whole.len()).step_by(whole.len() / 40 + 1).chain([whole.len() - 1]) {
        std::fs::write(&cut, &whole[..len]).expect("a file");
        let output = replay(&cut);
        let said = message(&output);
        let is_right = said.starts_with("the recording is cut short after ")
            || len == 0 && said == "not a recording of strax's";
        assert!(is_right, "{len}: {said}");
        assert!(all.starts_with(&output.stdout), "{len}: {}", text(&output.stdout));
        seen = seen.max(output.stdout.len());
    }
    assert_eq!(seen, all.len());
}

#[test]
fn damage_is_told_in_one_line() {
    let (path, _) = record("damaged", &[], &["true"]);
    let whole = std::fs::read(&path).expect("a recording");
    let damaged = temporary("damaged.too");
    for at in (0..whole.len()).step_by(whole.len() / 40 + 1) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x11;
        std::fs::write(&damaged, bytes).expect("a file");
        let said = message(&replay(&damaged));
        let known =
            ["the recording is damaged", "the recording is cut", "not a rec", "the recording has format"];
        assert!(known.iter().any(|begin| said.starts_with(begin)), "{at}: {said}");
    }
}

#[test]
fn a_newer_version_is_refused_with_one_line() {
    let (path, _) = record("newer", &[], &["true"]);
    let mut bytes = std::fs::read(&path).expect("a recording");
    bytes[8] += 1;
    std::fs::write(&path, bytes).expect("a file");
    let output = replay(&path);
    assert_eq!(message(&output), "the recording has format 2, and this strax reads formats up to 1");
    assert!(output.stdout.is_empty());
}

#[test]
fn a_full_disk_is_told_of_before_the_command_starts() {
    let output = strax().args(["--record=/dev/full", "echo", "hello"]).output().expect("strax starts");
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stderr);
    assert!(said.ends_with(": can't write the recording: No space left on device\n"), "{said}");
    assert!(output.stdout.is_empty());
    let nowhere = strax().args(["--record=/no/such/place", "true"]).output().expect("strax starts");
    let said = text(&nowhere.stderr);
    assert!(said.ends_with(": Can't open recording '/no/such/place': No such file or directory\n"), "{said}");
}

/// A limit on the size of files stands for a disk that fills up.
#[test]
fn a_disk_that_fills_up_is_told_of_once_and_the_command_goes_on() {
    let path = temporary("full");
    let script = format!(
        "ulimit -f 40; trap '' XFSZ; exec {} --record={} \
         sh -c 'i=0; while test $i -lt 60; do cat /bin/sh >/dev/null; i=$((i+1)); done; echo done >&2'",
        env!("CARGO_BIN_EXE_strax"),
        path.display()
    );
    let output = Command::new("bash").args(["-c", &script]).stdin(Stdio::null()).output().expect("bash");
    let said = text(&output.stderr);
    assert!(output.status.success(), "{said}");
    if !said.contains("can't write") {
        // It all fitted.
        assert_eq!(said, "done\n");
        return;
    }
    assert_eq!(said.matches("can't write the recording: File too large").count(), 1, "{said}");
    assert!(said.contains("done\n"), "{said}");
    assert!(message(&replay(&path)).starts_with("the recording is cut short after "));
}

/// Ends a process that a killed tracer has left behind.
struct LeftBehind(String);

impl Drop for LeftBehind {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-9", &self.0]).stderr(Stdio::null()).status();
    }
}

#[test]
fn what_was_recorded_up_to_a_second_before_sigkill_is_there() {
    let (path, pids) = (temporary("killed"), temporary("killed.pid"));
    let _ = std::fs::remove_file(&path);
    let _ = std::fs::remove_file(&pids);
    let script = format!("echo $$ >{}; cd /; exec sleep 1000", pids.display());
    let mut tracer = strax()
        .arg(format!("--record={}", path.display()))
        .args(["sh", "-c", &script])
        .spawn()
        .expect("strax starts");
    let begun = Instant::now();
    let is_there = || text(&replay(&path).stdout).contains("chdir(\"/\")");
    while !is_there() {
        assert!(begun.elapsed() < Duration::from_secs(100), "nothing is written while nothing happens");
        std::thread::sleep(Duration::from_millis(100));
    }
    let pid = std::fs::read_to_string(&pids).expect("an id");
    let left_behind = LeftBehind(pid.trim().to_owned());
    tracer.kill().expect("a kill");
    tracer.wait().expect("an end");
    drop(left_behind);
    let output = replay(&path);
    assert!(message(&output).starts_with("the recording is cut short after "));
    let lines = text(&output.stdout);
    assert!(lines.starts_with("execve(") && lines.contains("chdir(\"/\")"), "{lines}");
}
