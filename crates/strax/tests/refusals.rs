//! Seccomp filters that are not the tracer's: a tracee's own, which make calls fail that never fail, and one around the
//! tracer, which takes requests from it that it can do without.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

fn temporary(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// The program that has a part for each test: `tests/tracees/refusals.c`.
fn program() -> &'static str {
    static PROGRAM: OnceLock<String> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tracees/refusals.c");
        let program = temporary("refusals.program");
        let mut cc = Command::new("cc");
        assert!(cc.arg("-w").arg("-o").arg(&program).arg(source).status().expect("cc").success());
        program.to_str().expect("a name").to_owned()
    })
}

fn run(command: &[&str]) -> Output {
    let mut command_line = Command::new(command[0]);
    // What cargo needs of it is of no use to a program that calls what there is to show.
    command_line.args(&command[1..]).env_remove("LD_LIBRARY_PATH").output().expect("it starts")
}

/// The lines of a trace of one part of the program.
fn trace(options: &[&str], part: &[&str]) -> Vec<String> {
    let command = [&[env!("CARGO_BIN_EXE_strax")], options, &[program()], part].concat();
    let text = String::from_utf8(run(&command).stderr).expect("text");
    text.lines().map(|line| line.split_ascii_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

const NEVER_FAILING: &str = "-etrace=getppid,getuid,getgid,geteuid";

#[test]
fn calls_that_never_fail_fail_where_a_filter_says_so() {
    let failed = [
        "getppid() = -1 EPERM (Operation not permitted)",
        "getuid() = -1 (errno 4095)",
        "getgid() = -1 ENOSYS (Function not implemented)",
    ];
    for follow in [&[][..], &["-f"]] {
        let traced = |option: &str| {
            let options = [follow, &[NEVER_FAILING, "-qq", option]].concat();
            trace(&options, &["never-failing"])
        };
        let all = traced("-y");
        assert_eq!(all[..3], failed, "{all:?}");
        assert!(all.len() == 4 && all[3].starts_with("geteuid() = "), "{all:?}");
        assert_eq!(traced("-Z"), failed);
        assert_eq!(traced("-z"), all[3..]);
    }
}

#[test]
fn such_errors_are_counted_and_structured() {
    let summary = trace(&["-c", NEVER_FAILING], &["never-failing"]);
    let columns = |call: &str| {
        let line = summary.iter().find(|line| line.ends_with(call));
        let line = line.unwrap_or_else(|| panic!("{call} in {summary:?}"));
        line.split(' ').skip(3).map(str::to_owned).collect::<Vec<_>>()
    };
    for call in ["getppid", "getuid", "getgid"] {
        assert_eq!(columns(call), ["1", "1", call]);
    }
    assert_eq!(columns("geteuid"), ["1", "geteuid"]);

    let log = temporary("refusals.json");
    let to_log = ["--format=json", "-o", log.to_str().expect("a name"), NEVER_FAILING];
    trace(&to_log, &["never-failing"]);
    let text = std::fs::read_to_string(&log).expect("a trace");
    let has = |part: &str| assert!(text.contains(part), "{part} in {text}");
    has(r#""name":"getppid""#);
    has(r#""return":-1,"errno":1,"error":"EPERM""#);
    has(r#""return":-1,"errno":38,"error":"ENOSYS""#);
}

#[test]
fn functions_of_the_vsyscall_page_are_no_calls_to_a_filter_either() {
    let alone = run(&[program(), "vsyscalls"]);
    if alone.status.code() == Some(77) {
        return;
    }
    let asked = "time,gettimeofday,getcpu,getpgid";
    let shown = format!("trace={asked}");
    let changed = format!("inject={asked}:retval=5");
    for way in [&[][..], &["-f"], &["-f", "--seccomp-bpf=never"], &["--seccomp-bpf=always"]] {
        for inject in [&[][..], &["-e", &changed]] {
            let log = temporary(&format!("refusals.vsyscalls{}{}", way.concat(), inject.len()));
            let log = log.to_str().expect("a name");
            let strax = [env!("CARGO_BIN_EXE_strax"), "-qq", "--signal=none", "-o", log, "-e", &shown];
            let seen = run(&[&strax[..], way, inject, &[program(), "vsyscalls"]].concat());
            assert_eq!(seen.status.code(), Some(0), "{way:?}");
            let texts = [&seen.stdout, &alone.stdout].map(|text| String::from_utf8_lossy(text));
            assert_eq!(texts[0], texts[1], "{way:?} {inject:?}");
            let trace = std::fs::read_to_string(log).expect("a trace");
            let calls = if way.contains(&"-f") { 4 } else { 2 };
            let of_getpgid = trace.lines().filter(|line| line.contains("getpgid(0)")).count();
            assert_eq!((trace.lines().count(), of_getpgid), (calls, calls), "{way:?} {inject:?}: {trace}");
        }
    }
}

#[test]
fn they_are_not_counted() {
    if run(&[program(), "vsyscalls"]).status.code() == Some(77) {
        return;
    }
    let summary = trace(&["-f", "-c", "-e", "trace=time,getcpu,getpgid"], &["vsyscalls"]);
    assert!(summary.iter().any(|line| line.ends_with(" 4 getpgid")), "{summary:?}");
    assert!(!summary.iter().any(|line| line.ends_with(" time") || line.ends_with(" getcpu")), "{summary:?}");
}

/// `PTRACE_GET_SYSCALL_INFO`; and with it `PTRACE_SET_SYSCALL_INFO`, and `PTRACE_GETREGSET` and `PTRACE_SETREGSET` where
/// there are older requests.
fn refused() -> [&'static str; 2] {
    let is_x86 = std::env::consts::ARCH == "x86_64";
    ["0x420e", if is_x86 { "0x420e,0x4212,0x4204,0x4205" } else { "0x420e,0x4212" }]
}

/// Numbers, which may be ids or addresses, as `N`, without the times that children took; lines in order of their text.
fn without_numbers(text: &str) -> Vec<String> {
    let is_word = |c: char| c.is_ascii_alphanumeric();
    let line = |line: &str| {
        let line = line.split(", si_utime").next().unwrap_or(line);
        let words = line.split_inclusive(|c: char| !is_word(c)).map(|piece| {
            let word = piece.trim_end_matches(|c: char| !is_word(c));
            let is_number = word.starts_with(|c: char| c.is_ascii_digit());
            if is_number { piece.replace(word, "N") } else { piece.to_owned() }
        });
        words.collect::<String>().split_ascii_whitespace().collect::<Vec<_>>().join(" ")
    };
    let mut lines: Vec<String> = text.lines().map(line).collect();
    lines.sort();
    lines
}

/// What strax shows of a command with these options, with requests refused or without, and what came out of it.
fn see(
    test: &str,
    refused: Option<(&str, &str)>,
    options: &[&str],
    command: &[&str],
) -> (Option<i32>, String, Vec<String>) {
    let name = format!("refusals.{test}.{}", options.concat().replace(['/', '=', ',', ':'], "_"));
    let directory = temporary(&name);
    // Of a former run.
    let _ = std::fs::remove_dir_all(&directory);
    std::fs::create_dir(&directory).expect("a place for traces");
    let log = directory.join("log");
    let strax = [env!("CARGO_BIN_EXE_strax"), "-o", log.to_str().expect("a name")];
    let around = refused.map_or(vec![], |(error, requests)| vec![program(), "refuse", error, requests]);
    let output = run(&[&around, &strax[..], options, command].concat());
    let logs = std::fs::read_dir(&directory).expect("traces").map(|entry| entry.expect("a trace").path());
    let text: String = logs.map(|log| std::fs::read_to_string(log).expect("text")).collect();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).expect("text"), without_numbers(&text))
}

/// EIO, EPERM, ENOSYS.
const ERRORS: [&str; 3] = ["5", "1", "38"];

/// However requests are refused that have a substitute, the same is shown of a command, and it ends with this status.
fn sees_the_same(test: &str, options: &[&str], command: &[&str], status: i32) {
    let expected = see(test, None, options, command);
    assert_eq!(expected.0, Some(status), "{options:?}: {expected:?}");
    for error in ERRORS {
        for requests in refused() {
            let seen = see(test, Some((error, requests)), options, command);
            let (at, count) = (format!("{error} to {requests}, {options:?}"), expected.2.len());
            let differs = seen.2.iter().zip(&expected.2).find(|(seen, expected)| seen != expected);
            assert!(seen == expected, "{at}: {} of {count} lines, {differs:?}, {:?}", seen.2.len(), seen.1);
        }
    }
}

// A wait may be interrupted, or not, by the signal that ends it, and random numbers are random.
#[test]
fn the_trace_is_the_same_without_requests_that_have_a_substitute() {
    let ways: [&[&str]; 7] = [
        &["-ff", "--seccomp-bpf=never", "-e", "trace=!getrandom,wait4"],
        &["-ff", "-i", "-e", "trace=chdir,tgkill"],
        &["-ff", "--seccomp-bpf=never", "-e", "trace=chdir,tgkill"],
        &["-ff", "-e", "trace=chdir,fork,clone,exit_group"],
        &["-e", "trace=chdir"],
        &["--seccomp-bpf=always", "-e", "trace=chdir,execve"],
        &["-ff", "-e", "trace=chdir", "-e", "inject=chdir:error=EXDEV:when=2+"],
    ];
    for options in ways {
        sees_the_same("busy", options, &[program(), "busy"], 7);
    }
}

#[test]
fn that_of_a_32_bit_program_too() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tracees/refusals_i386.c");
    let program = temporary("refusals_i386.program");
    let mut cc = Command::new("cc");
    cc.args(["-m32", "-nostdlib", "-static", "-ffreestanding", "-fno-pic", "-fno-stack-protector"]);
    if !cc.arg("-o").arg(&program).arg(source).output().expect("cc").status.success() {
        return;
    }
    let program = [program.to_str().expect("a name")];
    sees_the_same("i386", &["-ff", "-e", "trace=!waitpid"], &program, 7);
    sees_the_same("i386", &["-e", "trace=chdir"], &program, 7);
    sees_the_same("i386", &["-ff", "-e", "trace=chdir", "-e", "inject=chdir:retval=77"], &program, 8);
}

/// What `-d` says of the kernel.
fn debug(around: &[&str], options: &[&str]) -> (Option<i32>, Vec<String>) {
    let strax = [env!("CARGO_BIN_EXE_strax"), "-d"];
    let output = run(&[around, &strax, options, &["true"]].concat());
    let text = String::from_utf8(output.stderr).expect("text");
    let said = text.lines().filter_map(|line| line.split_once(": ")).map(|(_, said)| said.to_owned());
    (output.status.code(), said.filter(|said| said.contains("PTRACE_")).collect())
}

#[test]
fn what_the_kernel_can_do_is_told_truthfully() {
    const TELLS: &str = "PTRACE_GET_SYSCALL_INFO works";
    assert_eq!(debug(&[], &[]), (Some(0), vec![TELLS.to_owned()]));
    let works = ["PTRACE_O_EXITKILL works", TELLS].map(str::to_owned).to_vec();
    assert_eq!(debug(&[], &["--kill-on-exit"]), (Some(0), works));
    for error in ERRORS {
        let does_not = vec!["PTRACE_GET_SYSCALL_INFO does not work".to_owned()];
        assert_eq!(debug(&[program(), "refuse", error, "0x420e"], &[]), (Some(0), does_not));
    }
    // PTRACE_O_EXITKILL.
    let refused = [program(), "refuse-options", "0x100000"];
    let (status, said) = debug(&refused, &["--kill-on-exit"]);
    assert_eq!(status, Some(1));
    assert_eq!(said, ["PTRACE_O_EXITKILL does not work", "PTRACE_O_EXITKILL is not supported by the kernel"]);
    // Who has not asked for it does without.
    assert_eq!(debug(&refused, &[]), (Some(0), vec![TELLS.to_owned()]));
}
