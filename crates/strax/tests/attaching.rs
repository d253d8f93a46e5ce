//! Attaching: to what is there of a process, to nobody who must not be traced, and with a reason where it fails.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

const STRAX: &str = env!("CARGO_BIN_EXE_strax");

fn temporary(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// Compiles `tests/tracees/NAME.c` for a test.
fn tracee(name: &str, test: &str) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/tracees/{name}.c"));
    let program = temporary(&format!("{test}.program"));
    let status = Command::new("cc")
        .args(["-O1", "-pthread", "-w", "-o"])
        .arg(&program)
        .arg(source)
        .status()
        .expect("cc");
    assert!(status.success(), "cc: {status}");
    program
}

/// A process that is killed when the test ends, however it does.
struct Running(Child);

impl Running {
    fn start(command: &mut Command) -> Running {
        Running(command.spawn().expect("a process"))
    }

    fn pid(&self) -> String {
        self.0.id().to_string()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn sleeper() -> Running {
    Running::start(Command::new("sleep").arg("60").stdin(Stdio::null()))
}

/// A line of `/proc/PID/status`, without its name.
fn status(pid: &str, name: &str) -> String {
    let text = std::fs::read(format!("/proc/{pid}/status")).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.trim().to_owned()
}

fn until(mut is_so: impl FnMut() -> bool) {
    while !is_so() {
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn strax(args: &[&str]) -> Output {
    Command::new(STRAX).arg0("strax").args(args).stdin(Stdio::null()).output().expect("strax starts")
}

/// Nothing is attached to: what is said instead, without the program's name.
fn refusal(args: &[&str]) -> Vec<String> {
    let output = strax(args);
    assert_eq!(output.status.code(), Some(1), "{args:?}");
    lines(&output)
}

fn lines(output: &Output) -> Vec<String> {
    let text = String::from_utf8(output.stderr.clone()).expect("text");
    text.lines().map(|line| line.strip_prefix("strax: ").unwrap_or(line).to_owned()).collect()
}

fn not_permitted(pid: &str) -> String {
    format!("attach: ptrace(PTRACE_SEIZE, {pid}): Operation not permitted")
}

/// A process whose main thread has ended and whose two others wait for standard input.
fn ended_leader(test: &str, args: &[&str]) -> Running {
    let mut command = Command::new(tracee("ended_leader", test));
    let process = Running::start(command.args(args).stdin(Stdio::piped()));
    let pid = process.pid();
    let threads = || std::fs::read_dir(format!("/proc/{pid}/task")).map_or(0, Iterator::count);
    until(|| status(&pid, "State:").starts_with('Z') && threads() == 3);
    process
}

/// Traces that process from its standard input's line to its end, with these options; gives the trace.
fn trace_ended_leader(test: &str, args: &[&str], attached: &[String], code: i32) -> String {
    let mut process = ended_leader(test, args);
    let log = temporary(&format!("{test}.log"));
    let mut strax = Command::new(STRAX);
    strax.arg0("strax").args(["-f", "-e", "trace=getppid", "-o"]).arg(&log).args(["-p", &process.pid()]);
    let mut tracer = Running::start(strax.stdin(Stdio::null()).stderr(Stdio::piped()));
    let mut told = BufReader::new(tracer.0.stderr.take().expect("a pipe")).lines().map(Result::unwrap);
    let pid = process.pid();
    assert_eq!(told.next().unwrap(), format!("strax: Process {pid} attached with 2 threads"));
    process.0.stdin.take().expect("a pipe").write_all(b"xx").unwrap();
    assert_eq!(process.0.wait().unwrap().code(), Some(code));
    assert_eq!(tracer.0.wait().unwrap().code(), Some(0));
    let rest: Vec<_> = told.collect();
    let expected: Vec<_> = attached.iter().map(|line| line.replace("PID", &pid)).collect();
    assert_eq!(rest, expected);
    let trace = std::fs::read_to_string(&log).expect("a trace");
    let _ = std::fs::remove_file(log);
    trace.replace(&pid, "PID")
}

#[test]
fn threads_that_outlive_the_main_thread_are_attached_to() {
    let trace = trace_ended_leader("outlive", &[], &[], 0);
    let calls = trace.lines().filter(|line| line.contains("getppid") && line.contains(" = ")).count();
    assert_eq!(calls, 10, "{trace}");
    assert_eq!(trace.matches("+++ exited with 0 +++").count(), 2, "{trace}");
}

#[test]
fn a_thread_that_outlives_the_main_thread_may_execute() {
    let again = ["strax: Process PID attached".to_owned()];
    let trace = trace_ended_leader("outlive_exec", &["exec"], &again, 7);
    // Ids stand in a column.
    let superseded = |line: &str| {
        line.strip_prefix("PID")?.trim_start().strip_prefix("+++ superseded by execve in pid ").map(drop)
    };
    assert!(trace.lines().any(|line| superseded(line).is_some()), "{trace}");
    assert!(trace.trim_end().ends_with("+++ exited with 7 +++"), "{trace}");
}

#[test]
fn an_ended_main_thread_alone_is_refused() {
    let process = ended_leader("ended_alone", &[]);
    let pid = process.pid();
    let why = format!("The main thread of process {pid} has ended; -f attaches to the threads that run on");
    assert_eq!(refusal(&["-p", &pid]), [not_permitted(&pid), why]);
}

#[test]
fn zombies_are_refused() {
    let process = Running::start(&mut Command::new("true"));
    let pid = process.pid();
    until(|| status(&pid, "State:").starts_with('Z'));
    let why = format!("Process {pid} has ended, and remains as a zombie until its parent waits for it");
    for options in [&["-p"][..], &["-f", "-p"]] {
        assert_eq!(refusal(&[options, &[&pid]].concat()), [not_permitted(&pid), why.clone()]);
    }
}

#[test]
fn who_is_traced_already_is_refused_with_its_tracer() {
    // A name that would act on a terminal.
    let program = temporary("already \u{1b}[1m");
    let _ = std::fs::remove_file(&program);
    std::os::unix::fs::symlink(STRAX, &program).unwrap();
    let process = sleeper();
    let pid = process.pid();
    let log = temporary("already.log");
    let first = Running::start(
        Command::new(&program)
            .arg("-o")
            .arg(&log)
            .args(["-p", &pid])
            .stdin(Stdio::null())
            .stderr(Stdio::null()),
    );
    until(|| status(&pid, "TracerPid:") == first.pid());
    let tracer = first.pid();
    let why = format!(r"Process {pid} is already being traced by pid {tracer} (already \033[1m)");
    assert_eq!(refusal(&["-p", &pid]), [not_permitted(&pid), why.clone()]);
    assert_eq!(refusal(&["-f", "-p", &pid]), [not_permitted(&pid), why]);
    let _ = std::fs::remove_file(program);
}

#[test]
fn kernel_threads_are_refused() {
    let pids =
        std::fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    // In a container there are none.
    let Some(pid) = pids.into_iter().find(|pid| status(pid, "Kthread:") == "1") else { return };
    let told = refusal(&["-p", &pid]);
    assert_eq!(told[0], not_permitted(&pid));
    assert_eq!(told.last(), Some(&format!("Process {pid} is a kernel thread")));
}

#[test]
fn tracers_of_the_tracer_are_refused() {
    let program = tracee("traced_tracer", "circle");
    for (distance, option) in [("near", None), ("far", None), ("near", Some("-f")), ("far", Some("-f"))] {
        let output = Command::new(&program).args([distance, STRAX]).args(option).output().expect("a process");
        let pid = String::from_utf8(output.stdout.clone()).unwrap();
        let why = format!(
            "attach: process {} traces this tracer, and the two would wait for each other for ever",
            pid.trim()
        );
        assert_eq!(lines(&output), [why], "{distance} {option:?}");
        assert_eq!(output.status.code(), Some(1), "{distance} {option:?}");
    }
}

fn is_root() -> bool {
    status("self", "Uid:").split_whitespace().nth(1) == Some("0")
}

#[test]
fn processes_of_other_users_are_refused() {
    if !is_root() {
        return;
    }
    let process = sleeper();
    let pid = process.pid();
    let mut strax = Command::new(STRAX);
    // Where the program is, another user may not come.
    let Ok(output) = strax.arg0("strax").args(["-p", &pid]).uid(65534).gid(65534).output() else { return };
    let why = format!("process {pid} may be owned by a different user");
    assert_eq!(lines(&output), [not_permitted(&pid), why]);
}

/// What is said of a refusal while `/proc/sys/kernel/yama/ptrace_scope` has this content; `None` where it can't be given
/// one.
fn under_yama(content: &str, pid: &str) -> Option<Vec<String>> {
    let script = "mount --make-rprivate / && mount -t tmpfs none /proc/sys && mkdir -p /proc/sys/kernel/yama \
                  && printf '%s' \"$1\" >/proc/sys/kernel/yama/ptrace_scope || exit 77; shift; exec \"$@\"";
    let program = tracee("traced_tracer", "yama");
    let output = Command::new("unshare")
        .args(["-m", "sh", "-c", script, "sh", content])
        .arg(program)
        .args(["alone", STRAX, "-p", pid])
        .output()
        .ok()?;
    let text = String::from_utf8(output.stderr).expect("text");
    let told = text.lines().map(|line| line.replacen(&format!("{STRAX}: "), "", 1)).collect();
    (output.status.code() == Some(1) && text.contains("attach:")).then_some(told)
}

#[test]
fn yama_is_named_where_it_may_be_the_reason() {
    if !is_root() {
        return;
    }
    let process = sleeper();
    let pid = process.pid();
    for (content, scope) in [("0\n", None), ("1\n", Some(1)), ("2\n", Some(2)), ("3", Some(3)), ("x\n", None)]
    {
        let Some(told) = under_yama(content, &pid) else { return };
        let why = scope
            .map(|scope| format!("sysctl kernel.yama.ptrace_scope = {scope} may be restricting this attach"));
        let expected: Vec<_> = [not_permitted(&pid)].into_iter().chain(why).collect();
        assert_eq!(told, expected, "{content:?}");
    }
}
