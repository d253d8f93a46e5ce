//! What becomes of a trace, and of its tracees, when the tracer is killed on the spot or hangs.
//!
//! Nothing here depends on how long anything takes: what must come is waited for.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const STRAX: &str = env!("CARGO_BIN_EXE_strax");

/// Compiles `tests/tracees/NAME.c` for the test called `test`.
fn compile(name: &str, test: &str) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/tracees/{name}.c"));
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("keeper.{test}.program"));
    let status = Command::new("cc")
        .args(["-O1", "-pthread", "-w", "-o"])
        .arg(&program)
        .arg(source)
        .status()
        .expect("cc");
    assert!(status.success(), "cc: {status}");
    program
}

/// A place for the trace of a test, with nothing there.
fn place(test: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("keeper.{test}.log"));
    let _ = std::fs::remove_file(&path);
    path
}

/// Waits until something is so; a minute is long enough.
fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..6000 {
        if is_so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("{what} does not come");
}

fn text(log: &Path) -> String {
    std::fs::read_to_string(log).unwrap_or_default()
}

/// A script that calls `chdir` with these numbers, says so, and waits for a line of its input; for each range.
fn script(ranges: &[(u32, u32)]) -> String {
    let part = |&(from, to): &(u32, u32)| {
        format!(
            "i={from}; while [ $i -le {to} ]; do cd /no/$i 2>/dev/null; i=$((i+1)); done; echo $$; read x;"
        )
    };
    ranges.iter().map(part).collect()
}

/// The numbers that the script has called `chdir` with by a trace.
fn numbers(text: &str) -> Vec<u32> {
    let number = |line: &str| line.split_once("chdir(\"/no/")?.1.split_once('"')?.0.parse().ok();
    text.lines().filter_map(number).collect()
}

/// strax at work on a script; the script's process, which outlives it, ends when its input does.
struct Trace {
    strax: Child,
    said: BufReader<std::process::ChildStdout>,
}

impl Trace {
    fn new(options: &[&str], log: &Path, script: &str) -> Trace {
        let mut strax = Command::new(STRAX)
            .args(["-e", "trace=chdir"])
            .args(options)
            .arg("-o")
            .arg(log)
            .args(["sh", "-c", script])
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("strax starts");
        let said = BufReader::new(strax.stdout.take().expect("piped"));
        Trace { strax, said }
    }

    /// Waits for the end of a range; gives the process id of the script.
    fn await_range(&mut self) -> String {
        let mut line = String::new();
        self.said.read_line(&mut line).expect("a line");
        assert!(line.ends_with('\n'), "the script has ended");
        line.trim().to_owned()
    }

    /// Lets the script go on.
    fn go_on(&mut self) {
        self.strax.stdin.as_mut().expect("piped").write_all(b"\n").expect("it reads");
    }

    fn kill(&mut self) {
        self.strax.kill().expect("it lives");
        assert_eq!(self.strax.wait().expect("strax").signal(), Some(libc::SIGKILL));
    }
}

/// The keeper of the tracer that writes there: its arguments are the tracer's.
fn keeper_of(log: &Path) -> Option<i32> {
    let log = log.to_str().expect("UTF-8");
    let is_keeper = |pid: &i32| {
        let read = |file| std::fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap_or_default();
        read("comm") == "strax-keeper\n" && read("cmdline").split('\0').any(|argument| argument == log)
    };
    let processes = std::fs::read_dir("/proc").expect("/proc");
    let mut ids = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    ids.find(is_keeper)
}

fn kill(pid: i32) {
    let sent = Command::new("kill").args(["-s", "KILL", "--", &pid.to_string()]).status();
    assert!(sent.expect("kill").success());
}

#[test]
fn a_killed_tracer_loses_nothing() {
    // Less than what the tracer would write at once, and more.
    for (test, count) in [("few", 100), ("many", 5000)] {
        let log = place(test);
        let mut trace = Trace::new(&[], &log, &script(&[(1, count)]));
        trace.await_range();
        trace.kill();
        wait_until("the last line", || text(&log).contains(&format!("chdir(\"/no/{count}\") ")));
        wait_until("the end of the keeper", || keeper_of(&log).is_none());
        assert_eq!(numbers(&text(&log)), (1..=count).collect::<Vec<_>>());
    }
}

#[test]
fn so_do_the_files_of_each_tracee() {
    let log = place("each");
    let mut trace =
        Trace::new(&["-ff"], &log, &format!("{} (cd /no/child) 2>/dev/null; read x", script(&[(1, 100)])));
    let pid = trace.await_range();
    trace.kill();
    let log_of_pid = PathBuf::from(format!("{}.{pid}", log.display()));
    wait_until("the last line", || text(&log_of_pid).contains("chdir(\"/no/100\") "));
    wait_until("the end of the keeper", || keeper_of(&log).is_none());
    assert_eq!(numbers(&text(&log_of_pid)), (1..=100).collect::<Vec<_>>());
    let _ = std::fs::remove_file(log_of_pid);
}

#[test]
fn nothing_is_lost_when_the_whole_group_is_killed() {
    let log = place("group");
    let mut trace = Trace::new(&[], &log, &script(&[(1, 100)]));
    trace.await_range();
    kill(-(trace.strax.id() as i32));
    trace.strax.wait().expect("strax");
    wait_until("the last line", || text(&log).contains("chdir(\"/no/100\") "));
    wait_until("the end of the keeper", || keeper_of(&log).is_none());
    assert_eq!(numbers(&text(&log)), (1..=100).collect::<Vec<_>>());
}

#[test]
fn nothing_is_lost_when_the_keeper_is_killed() {
    let log = place("keeper");
    let mut trace = Trace::new(&[], &log, &script(&[(1, 100), (101, 5000)]));
    trace.await_range();
    // There is none where processes without a parent would become the tracer's own.
    if let Some(keeper) = keeper_of(&log) {
        kill(keeper);
    }
    trace.go_on();
    trace.await_range();
    trace.go_on();
    assert!(trace.strax.wait().expect("strax").code().is_some());
    assert_eq!(numbers(&text(&log)), (1..=5000).collect::<Vec<_>>());
    assert!(text(&log).ends_with(" +++\n"));
}

#[test]
fn the_keeper_runs_where_it_likes_and_ends_with_the_trace() {
    let log = place("end");
    let mut trace = Trace::new(&["--colocate=always"], &log, &script(&[(1, 10)]));
    trace.await_range();
    if let Some(keeper) = keeper_of(&log) {
        // It does not share the CPU that tracer and tracee share.
        assert_eq!(cpus_of(&keeper.to_string()), cpus_of("self"));
    }
    trace.go_on();
    assert!(trace.strax.wait().expect("strax").code().is_some());
    assert_eq!(numbers(&text(&log)), (1..=10).collect::<Vec<_>>());
    wait_until("the end of the keeper", || keeper_of(&log).is_none());
}

#[test]
fn the_first_process_of_a_namespace_may_be_the_tracer() {
    let log = place("first");
    let output = Command::new("unshare")
        .args(["-pf", STRAX, "-f", "-e", "trace=chdir", "-o"])
        .arg(&log)
        .args(["sh", "-c", "cd /no/1 2>/dev/null; (cd /no/2) 2>/dev/null; exit 3"])
        .output()
        .expect("unshare");
    if output.status.code() != Some(3) && !log.exists() {
        eprintln!("skipped: no PID namespace: {}", String::from_utf8_lossy(&output.stderr));
        return;
    }
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(numbers(&text(&log)), [1, 2]);
    assert!(text(&log).ends_with("+++ exited with 3 +++\n"));
}

/// A process that calls the kernel for ever, and is killed in the end.
struct Talker(Child);

impl Talker {
    fn cpus(&self) -> String {
        cpus_of(&self.0.id().to_string())
    }
}

/// Where a process may run, as the kernel tells others.
fn cpus_of(pid: &str) -> String {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("it lives");
    let cpus = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
    cpus.expect("a list").trim().to_owned()
}

impl Drop for Talker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_killed_tracer_gives_the_mask_back() {
    let talker = Talker(Command::new(compile("talker", "mask")).spawn().expect("it starts"));
    let own = talker.cpus();
    for options in [&["-o", "/dev/null"][..], &["-c"]] {
        let mut strax = Command::new(STRAX)
            .args(["--colocate=always", "-p", &talker.0.id().to_string()])
            .args(options)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("strax starts");
        // On a machine with a single CPU there is nothing to see.
        if own.contains([',', '-']) {
            wait_until("a makeshift mask", || talker.cpus() != own);
        }
        strax.kill().expect("it lives");
        strax.wait().expect("strax");
        wait_until("its own mask", || talker.cpus() == own);
    }
}

#[test]
fn a_tracer_that_hangs_has_shown_in_which_call() {
    let log = place("hangs");
    let mut strax = Command::new(STRAX)
        .arg("-o")
        .arg(&log)
        .arg(compile("unfilled", "hangs"))
        .stdin(Stdio::null())
        .spawn()
        .expect("strax starts");
    wait_until("the call", || text(&log).ends_with("\nwrite(1000, ") || strax_has_ended(&strax));
    let shown = text(&log);
    let _ = strax.kill();
    let status = strax.wait().expect("strax");
    if status.code() == Some(77) {
        eprintln!("skipped: no userfaultfd");
        return;
    }
    assert_eq!(status.signal(), Some(libc::SIGKILL));
    assert!(shown.contains("\nchdir(\"/before\") "), "{shown}");
    assert!(shown.ends_with("\nwrite(1000, "), "{shown}");
}

fn strax_has_ended(strax: &Child) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", strax.id())).unwrap_or_default();
    stat.rsplit_once(") ").is_none_or(|(_, rest)| rest.starts_with('Z'))
}
