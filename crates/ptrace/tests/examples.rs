//! Each example is run, and does what its page says.

mod common;

use std::{
    env,
    ffi::OsString,
    path::Path,
    process::{Command as Process, Output, Stdio},
};

/// The program of an example, which cargo builds along with the tests (but not for `--test examples` alone).
fn example(name: &str) -> Process {
    let tests = env::current_exe().unwrap();
    let program = tests.parent().and_then(Path::parent).unwrap().join("examples").join(name);
    if !program.exists() {
        let cargo = Process::new(env!("CARGO"))
            .args(["build", "--package", "strax-ptrace", "--example", name])
            .status();
        assert!(cargo.unwrap().success());
    }
    Process::new(program)
}

fn run(process: &mut Process) -> (String, String) {
    let Output { status, stdout, stderr } = process.output().unwrap();
    let (stdout, stderr) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
    assert!(status.success(), "{status}\n{stdout}{stderr}");
    (stdout, stderr)
}

#[test]
fn first_syscall() {
    let (said, _) = run(&mut example("first_syscall"));
    assert!(said.starts_with("The first system call of ls is number "), "{said}");
}

#[test]
fn attach() {
    let mut child = Process::new(common::tracee("workers", "attach"))
        .arg("100000")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (said, _) = run(example("attach").arg(child.id().to_string()));
    assert!(said.ends_with(&format!("and {} goes on\n", child.id())), "{said}");
    assert!(said.contains(" call "), "{said}");
    common::send(strax_ptrace::Tid::from_raw(child.id() as i32), libc::SIGUSR1);
    assert!(child.wait().unwrap().success());
}

#[test]
fn return_value() {
    let (said, _) = run(example("return_value").args(["sh", "-c", "echo $$"]));
    assert_eq!(said, "42\n");
}

#[test]
fn what_a_tracer_is_started_with_passes_through_it() {
    // Rust's runtime changes both for the tracer: it ignores SIGPIPE, and opens closed standard streams.
    let script = "grep SigIgn /proc/self/status; ls /proc/self/fd/0 2>/dev/null || echo closed";
    let tracer = example("return_value").get_program().to_owned();
    let started = |start: &str, tracer: Option<&OsString>| {
        let mut shell = Process::new("sh");
        shell.arg("-c").arg(format!("{start} exec \"$@\"")).arg("sh").args(tracer);
        run(shell.args(["sh", "-c", script])).0
    };
    for start in ["", "trap '' PIPE;", "exec <&-;"] {
        assert_eq!(started(start, Some(&tracer)), started(start, None));
    }
}

#[test]
#[cfg(target_arch = "x86_64")]
fn breakpoint() {
    // Position-independent, as compilers have it by default, and with threads.
    let program = common::compile("workers", "pie", &["-O1", "-pthread", "-pie", "-fPIE"]);
    let (said, _) = run(example("breakpoint").arg("worked").arg(program));
    assert_eq!(said.matches(" worked(").count(), 400, "{said}");
    assert_eq!(said.matches(" worked returns ").count(), 400, "{said}");
    assert!(said.contains(" worked returns 3099\n") && said.contains("sum 619800\n"), "{said}");
}

#[test]
fn overhead() {
    let (said, _) = run(&mut example("overhead"));
    let rows: Vec<&str> = said.lines().skip(1).collect();
    let stops = |row: &str| row.split_whitespace().rev().nth(4).unwrap().parse::<u32>().unwrap();
    let [untraced, traced, filtered] = rows[..] else { panic!("{said}") };
    assert_eq!(stops(untraced), 0);
    assert!(stops(traced) >= 200_000);
    assert!(stops(filtered) < 1000);
}
