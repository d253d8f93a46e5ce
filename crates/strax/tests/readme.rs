//! The commands in the README run as they are printed, and say what it says.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A block of a terminal's lines.
struct Console {
    commands: Vec<String>,
    output: Vec<String>,
}

fn readme() -> Vec<Console> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let text = std::fs::read_to_string(path).expect("a README");
    let blocks = text.split("```console\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default());
    let console = |block: &str| {
        let commands = block.lines().filter_map(|line| line.strip_prefix("$ ")).map(str::to_owned).collect();
        let output = block.lines().filter(|line| !line.starts_with("$ ")).map(str::to_owned).collect();
        Console { commands, output }
    };
    blocks.map(console).collect()
}

fn shell(directory: &Path, command: &str) -> Command {
    let binary = Path::new(env!("CARGO_BIN_EXE_strax")).parent().expect("a directory");
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap_or_default());
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).current_dir(directory).env("PATH", path);
    shell
}

/// What a command writes.
fn run(directory: &Path, command: &str) -> String {
    if command.contains("PID") && !command.contains('#') {
        return run_on_a_process(directory, command);
    }
    let output = shell(directory, command).stdin(Stdio::null()).output().expect("a shell");
    let text = String::from_utf8_lossy(&[output.stderr, output.stdout].concat()).into_owned();
    assert!(output.status.success() || command.contains("inject"), "{command}: {text}");
    assert!(!text.contains("for more information."), "{command}: {text}");
    text
}

/// As [`run`], with the id of a process that ends once it is traced for `PID`.
fn run_on_a_process(directory: &Path, command: &str) -> String {
    let mut tracee =
        Command::new("sh").args(["-c", "read line"]).stdin(Stdio::piped()).spawn().expect("a shell");
    let command = format!("exec {}", command.replace("PID", &tracee.id().to_string()));
    let mut tracer = shell(directory, &command).stderr(Stdio::piped()).spawn().expect("a shell");
    let mut stderr = BufReader::new(tracer.stderr.take().expect("a pipe"));
    let mut text = String::new();
    stderr.read_line(&mut text).expect("a message");
    drop(tracee.stdin.take());
    tracee.wait().expect("an end");
    stderr.read_to_string(&mut text).expect("text");
    assert!(tracer.wait().expect("an end").success(), "{text}");
    assert!(text.contains(" attached"), "{text}");
    text
}

/// Text in which each number is 0.
fn without_numbers(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '0'..='9' if out.ends_with('0') => {}
            '0'..='9' => out.push('0'),
            _ => out.push(c),
        }
    }
    out
}

fn directory() -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("readme");
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).expect("a directory");
    path
}

#[test]
fn commands_run_as_printed() {
    let directory = directory();
    let mut count = 0;
    for console in readme() {
        let mut output = String::new();
        // What builds strax is how this test came to be run.
        for command in console.commands.iter().filter(|command| !command.starts_with("cargo ")) {
            output += &run(&directory, command);
            count += 1;
        }
        let output = without_numbers(&output);
        for line in &console.output {
            assert!(output.contains(&without_numbers(line)), "{line}\nis not in\n{output}");
        }
    }
    assert!(count >= 15, "{count}");
}
