//! The seccomp filter that spares tracees the stops that nobody asked for: what programs find, and what is shown, must
//! be the same with and without it.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

fn temporary(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// Compiles `tests/tracees/SOURCE.c`; `None` if the compiler can't (`-m32`).
fn compile(source: &str, program: &str, flags: &[&str]) -> Option<String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/tracees/{source}.c"));
    let program = temporary(program);
    let mut cc = Command::new("cc");
    cc.args(["-O1", "-pthread", "-w"]).args(flags).arg("-o").arg(&program).arg(source);
    let compiled = cc.output().expect("cc").status.success();
    compiled.then(|| program.to_str().expect("a name").to_owned())
}

/// The program that has a part for each test.
fn program() -> &'static str {
    static PROGRAM: OnceLock<String> = OnceLock::new();
    PROGRAM.get_or_init(|| compile("seccomp", "seccomp.program", &[]).expect("cc"))
}

fn strax(options: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_strax"));
    command.args(options);
    command
}

/// What a program said, and what was shown of it, in order of the text: ids and addresses, CPU times, and which process
/// was faster, differ from run to run.
#[derive(PartialEq, Eq, Debug)]
struct Seen {
    status: Option<i32>,
    stdout: String,
    stderr: String,
    trace: Vec<String>,
}

/// Leaves out the CPU times of a child that has ended, with the remark in seconds that those have that are not zero.
fn without_times(line: &str) -> String {
    match (line.find(", si_utime="), line.rfind('}')) {
        (Some(from), Some(to)) if from < to => format!("{}{}", &line[..from], &line[to..]),
        _ => line.to_owned(),
    }
}

/// Puts `N` for each number that may be an id or an address.
fn without_ids(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let len = rest[at..].find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len() - at);
        let number = &rest[at..at + len];
        text.push_str(&rest[..at]);
        text.push_str(if number.len() > 2 { "N" } else { number });
        rest = &rest[at + len..];
    }
    text.push_str(rest);
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

fn see(test: &str, options: &[&str], command: &[&str]) -> Seen {
    let directory = temporary(&format!("seccomp.traces.{test}{}", options.concat().replace('/', "_")));
    // Of a former run.
    let _ = std::fs::remove_dir_all(&directory);
    std::fs::create_dir(&directory).expect("a place for traces");
    let log = directory.join("log");
    let output = strax(options).arg("-o").arg(log).args(command).output().expect("strax starts");
    let logs = std::fs::read_dir(&directory).expect("traces").map(|entry| entry.expect("a trace").path());
    let texts: Vec<String> = logs.map(|log| std::fs::read_to_string(log).expect("text")).collect();
    let lines = texts.iter().flat_map(|text| text.lines());
    let mut trace: Vec<String> = lines.map(|line| without_ids(&without_times(line))).collect();
    trace.sort();
    Seen {
        status: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("text"),
        stderr: String::from_utf8(output.stderr).expect("text").lines().map(without_ids).collect(),
        trace,
    }
}

/// With the filter from the start (`-ff`, so that no call comes between the two ends of another's), with the one that
/// comes later, or, if the program makes no calls before, does not, and without, a part of the program finds the same
/// as it does alone, and the same is shown.
fn finds_the_same(part: &str) {
    for warm in [&[][..], &["warm"]] {
        let command = [&[program(), part], warm].concat();
        let alone = Command::new(command[0]).args(&command[1..]).output().expect("it starts").stdout;
        let alone = String::from_utf8(alone).expect("text");
        for follow in [&[][..], &["-ff"]] {
            let options = [follow, &["-e", "trace=chdir,getuid"]].concat();
            let test = format!("{part}{}", warm.concat());
            let with = see(&test, &options, &command);
            assert_eq!(with.stdout, alone, "{options:?} {command:?}");
            let without = see(&test, &[&options[..], &["--seccomp-bpf=never"]].concat(), &command);
            assert_eq!(with, without, "{options:?} {command:?}");
        }
    }
}

#[test]
fn children_of_all_kinds_can_make_all_calls() {
    finds_the_same("children");
}

#[test]
fn children_that_are_not_followed_can_too() {
    let alone = Command::new(program()).arg("children").output().expect("it starts").stdout;
    let seen = see("always", &["--seccomp-bpf=always", "-e", "trace=chdir"], &[program(), "children"]);
    assert_eq!(seen.stdout.as_bytes(), alone);
    // Nothing is shown of them.
    let calls = seen.trace.iter().filter(|line| line.starts_with("chdir(")).count();
    assert_eq!(calls, 1, "{:?}", seen.trace);
}

#[test]
fn a_program_that_asks_finds_no_filter() {
    finds_the_same("asks");
}

#[test]
fn a_program_with_a_filter_of_its_own() {
    finds_the_same("filters");
}

#[test]
fn a_program_that_may_not_set_filters() {
    finds_the_same("refused");
}

#[test]
fn a_filter_for_all_threads() {
    finds_the_same("threads");
}

#[test]
fn strict_mode() {
    finds_the_same("strict");
}

#[test]
fn a_program_that_traces_another() {
    for warm in [&[][..], &["warm"]] {
        let command = [&[program(), "traces"], warm].concat();
        let seen = see("traces", &["-e", "trace=chdir"], &command);
        assert_eq!(seen.stdout, "stopped 1\ntracee 0\nend 0\n");
    }
}

#[test]
fn calls_of_all_abis() {
    finds_the_same("abis");
}

#[test]
fn a_program_of_another_abi() {
    let flags = ["-m32", "-nostdlib", "-static", "-fno-pic", "-no-pie"];
    let Some(program) = compile("engine_i386", "seccomp.i386", &flags) else {
        return eprintln!("no compiler for i386");
    };
    let show = |options: &[&str]| {
        let output = strax(options).arg(&program).output().expect("strax starts");
        let text = String::from_utf8(output.stderr).expect("text");
        (output.status.code(), text.lines().map(without_ids).collect::<Vec<_>>())
    };
    for options in [&["-e", "trace=write"][..], &["-f", "-e", "trace=write"], &["-f", "-e", "trace=none"]] {
        let with = show(options);
        assert_eq!(with, show(&[options, &["--seccomp-bpf=never"]].concat()), "{options:?}");
        assert!(with.1[0].ends_with(" runs in 32 bit mode. ]"), "{with:?}");
    }
}

#[test]
fn options_see_the_same_calls() {
    let script = "cd /; cd /nonexistent 2>/dev/null; (cd /dev; exit 2); kill -USR1 $$; exit 3";
    let command = ["sh", "-c", script];
    for options in [
        &["-e", "trace=chdir"][..],
        &["-f", "-e", "trace=chdir,execve"],
        &["-f", "-e", "trace=none"],
        &["-f", "-z", "-e", "trace=%file"],
        &["-f", "-Z", "-e", "trace=%file"],
        &["-f", "-e", "trace=chdir", "-e", "status=successful"],
        &["-f", "-e", "trace=chdir", "-P", "/dev"],
        &["-f", "-e", "trace=chdir", "-e", "fault=chdir:error=EIO:when=2"],
        &["-f", "-e", "trace=chdir", "-e", "inject=chdir:retval=0:signal=CHLD"],
        &["-f", "-n", "-e", "trace=chdir"],
        &["-f", "-e", "trace=chdir", "-e", "signal=none", "-e", "quiet=exit"],
        &["-e", "trace=chdir", "--syscall-limit=1"],
        &["-f", "-b", "execve", "-e", "trace=chdir"],
        &["-I1", "-f", "-e", "trace=chdir"],
    ] {
        let with = see("options", options, &command);
        let without = see("options", &[options, &["--seccomp-bpf=never"]].concat(), &command);
        assert_eq!(with, without, "{options:?}");
    }
    let all_but = ["-f", "-e", "trace=!getrandom"];
    let without = see("all_but", &[&all_but[..], &["--seccomp-bpf=never"]].concat(), &["true"]);
    assert_eq!(see("all_but", &all_but, &["true"]), without);
}

#[test]
fn there_is_a_filter_where_it_leaves_calls_out() {
    let modes = |options: &[&str]| {
        let script = "grep Seccomp: /proc/self/status";
        let command = ["sh", "-c", script];
        see("modes", options, &command).stdout
    };
    assert_eq!(modes(&["-f", "-e", "trace=chdir"]), "Seccomp:\t2\n");
    assert_eq!(modes(&["-f"]), "Seccomp:\t0\n");
    assert_eq!(modes(&["-f", "-e", "trace=chdir", "--seccomp-bpf=never"]), "Seccomp:\t0\n");
    assert_eq!(modes(&["-e", "trace=chdir"]), "Seccomp:\t0\n");
    assert_eq!(modes(&["-e", "trace=chdir", "--seccomp-bpf=always"]), "Seccomp:\t2\n");
}

/// A program that waits for a word, with all its ends in hand, and the tracer of it.
fn survivor(options: &[&str]) -> (Child, BufReader<std::process::ChildStdout>) {
    let mut tracer = strax(options)
        .args(["-e", "trace=chdir", program(), "survives"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("strax starts");
    let mut said = BufReader::new(tracer.stdout.take().expect("piped"));
    let mut line = String::new();
    said.read_line(&mut line).expect("a line");
    assert_eq!(line, "ready 0\n");
    (tracer, said)
}

#[test]
fn a_tracer_that_is_killed_takes_tracees_with_it() {
    for (options, survives) in [(&["-f"][..], false), (&["-f", "--seccomp-bpf=never"], true), (&[], true)] {
        let (mut tracer, mut said) = survivor(options);
        let mut word = tracer.stdin.take().expect("piped");
        tracer.kill().expect("it is there");
        assert_eq!(tracer.wait().expect("it ends").signal(), Some(9));
        if survives {
            word.write_all(b"x").expect("somebody reads");
        }
        // Until all who could write have ended.
        let mut rest = String::new();
        said.read_to_string(&mut rest).expect("text");
        assert_eq!(rest, if survives { "wanted 0\nend 0\n" } else { "" }, "{options:?}");
    }
}

#[test]
fn tracees_outlive_a_signal_to_the_tracer_unharmed() {
    for options in [&["-f"][..], &["--seccomp-bpf=always"], &["--seccomp-bpf=never"]] {
        let (mut tracer, mut said) = survivor(options);
        Command::new("kill").args(["-TERM", &tracer.id().to_string()]).status().expect("kill");
        let mut messages = BufReader::new(tracer.stderr.take().expect("piped"));
        let mut line = String::new();
        while !line.contains(" detached\n") {
            line.clear();
            assert!(messages.read_line(&mut line).expect("a line") > 0, "it said nothing of letting go");
        }
        tracer.stdin.take().expect("piped").write_all(b"x").expect("somebody reads");
        let mut rest = String::new();
        said.read_to_string(&mut rest).expect("text");
        assert_eq!(rest, "wanted 0\nend 0\n", "{options:?}");
        assert_eq!(tracer.wait().expect("it ends").signal(), Some(15), "{options:?}");
    }
}
