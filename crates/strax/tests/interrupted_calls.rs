//! Calls that fail with `EINTR` whenever their thread is woken: neither attaching nor detaching, nor a signal that the
//! tracee ignores, makes them fail; a signal that has a handler does.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

const CALLS: [&str; 9] = [
    "epoll_wait",
    "epoll_pwait",
    "semop",
    "semtimedop",
    "sigtimedwait",
    "recv",
    "read",
    "io_getevents",
    "nanosleep",
];

/// What the program says when a handler has run, of any of the calls.
const HANDLED: &str = "-1 EINTR 10\n";

fn temporary(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

fn program() -> &'static str {
    static PROGRAM: OnceLock<String> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tracees/interrupted.c");
        let program = temporary("interrupted.program");
        let compiled = Command::new("cc").args(["-O1", "-pthread", "-o"]).arg(&program).arg(source).status();
        assert!(compiled.expect("cc").success());
        program.to_str().expect("a name").to_owned()
    })
}

fn kill(pid: i32, signal: i32) {
    let mut command = Command::new("kill");
    // One that has ended meanwhile is no matter.
    let _ = command.args([format!("-{signal}"), pid.to_string()]).stderr(Stdio::null()).status();
}

fn child_of(pid: i32) -> Option<i32> {
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).expect("children");
    children.split_whitespace().next().map(|child| child.parse().expect("an id"))
}

/// The program, in its call: by itself, or as the command of a tracer.
struct Waiting {
    child: Child,
    said: BufReader<ChildStdout>,
    pid: i32,
}

impl Waiting {
    fn new(mut command: Command, args: &[&str]) -> Waiting {
        command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let mut said = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut line = String::new();
        said.read_line(&mut line).expect("a line");
        assert_eq!(line, "ready\n");
        let mut pid = child.id() as i32;
        // The tracer's child, or that of the shell that it traces.
        while let Some(next) = child_of(pid) {
            pid = next;
        }
        let waiting = Waiting { child, said, pid };
        waiting.until_it_sleeps();
        waiting
    }

    fn alone(args: &[&str]) -> Waiting {
        Waiting::new(Command::new(program()), args)
    }

    fn traced(options: &[&str], args: &[&str]) -> Waiting {
        let mut command = Command::new(env!("CARGO_BIN_EXE_strax"));
        command.args(options).arg(program());
        Waiting::new(command, args)
    }

    /// Until it sleeps in its call and no signal is due, or has ended.
    fn until_it_sleeps(&self) {
        let is_busy = || {
            let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid)).unwrap_or_default();
            let line = |key: &str| status.lines().find_map(|line| line.strip_prefix(key)).map(str::trim);
            let none = Some("0000000000000000");
            let sleeps = line("State:").is_some_and(|state| state.starts_with('S'));
            let ended = line("State:").is_none_or(|state| state.starts_with(['Z', 'X']));
            let is_quiet = line("SigPnd:") == none && line("ShdPnd:") == none;
            !(ended || sleeps && is_quiet)
        };
        let begin = Instant::now();
        while is_busy() {
            assert!(begin.elapsed() < Duration::from_secs(50), "it never sleeps");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn signal(&self, signal: i32) {
        kill(self.pid, signal);
    }

    fn end(mut self) -> String {
        let mut text = String::new();
        self.said.read_to_string(&mut text).expect("text");
        self.child.wait().expect("its end");
        text
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.signal(libc::SIGKILL);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Attaches to the program, and detaches while it is in its call; gives the messages.
fn attach_and_detach(waiting: &Waiting, options: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_strax"));
    command.args(options).args(["-o", "/dev/null", "-p", &waiting.pid.to_string()]);
    let mut tracer = command.stderr(Stdio::piped()).spawn().expect("strax starts");
    let mut messages = BufReader::new(tracer.stderr.take().expect("a pipe"));
    let mut text = String::new();
    messages.read_line(&mut text).expect("a line");
    assert!(text.ends_with(&format!("Process {} attached\n", waiting.pid)), "{text}");
    waiting.until_it_sleeps();
    kill(tracer.id() as i32, libc::SIGTERM);
    messages.read_to_string(&mut text).expect("text");
    tracer.wait().expect("its end");
    text
}

/// Where the kernel looks for calls to make again when the tracee has stopped for the first time.
const CAN_ATTACH: bool = cfg!(any(target_arch = "x86_64", target_arch = "x86"));

#[test]
fn attaching_and_detaching_interrupts_no_call() {
    for name in CALLS.into_iter().filter(|_| CAN_ATTACH) {
        let waiting = Waiting::alone(&[name]);
        for options in [&[][..], &["-e", "trace=none"]] {
            let text = attach_and_detach(&waiting, options);
            assert!(text.ends_with("detached\n"), "{name}: {text}");
            waiting.until_it_sleeps();
        }
        waiting.signal(libc::SIGUSR1);
        assert_eq!(waiting.end(), HANDLED, "{name}");
    }
}

#[test]
fn a_call_that_goes_on_ends_as_it_should() {
    if CAN_ATTACH {
        let mut waiting = Waiting::alone(&["epoll_wait"]);
        attach_and_detach(&waiting, &[]);
        waiting.child.stdin.take().expect("a pipe").write_all(b"x").expect("room");
        assert_eq!(waiting.end(), "1 done 0\n");
    }
}

#[test]
fn the_option_leaves_it_to_the_kernel() {
    let waiting = Waiting::alone(&["epoll_wait"]);
    attach_and_detach(&waiting, &["--restart-calls=never"]);
    assert_eq!(waiting.end(), "-1 EINTR 0\n");
    let waiting = Waiting::traced(&["--restart-calls=never", "-o", "/dev/null"], &["semop"]);
    waiting.signal(libc::SIGWINCH);
    assert_eq!(waiting.end(), "-1 EINTR 0\n");
}

/// Ways to see the calls, to see none of them, and to count them.
const WAYS: [&[&str]; 5] = [
    &[],
    &["-f", "-c"],
    &["-f", "-e", "trace=none"],
    &["-f", "-e", "trace=none", "--seccomp-bpf=never"],
    &["-z", "-e", "trace=all"],
];

#[test]
fn signals_that_are_ignored_interrupt_no_call() {
    for name in CALLS {
        for way in WAYS.into_iter().filter(|way| CAN_ATTACH || !way.contains(&"trace=none")) {
            let options = [way, &["-o", "/dev/null"]].concat();
            let waiting = Waiting::traced(&options, &[name]);
            for signal in [libc::SIGWINCH, libc::SIGCHLD, libc::SIGURG, libc::SIGWINCH] {
                waiting.signal(signal);
                waiting.until_it_sleeps();
            }
            waiting.signal(libc::SIGUSR1);
            assert_eq!(waiting.end(), HANDLED, "{name} {way:?}");
        }
    }
}

#[test]
fn calls_of_processes_under_a_filter_that_are_not_followed_go_on() {
    let options =
        ["-e", "trace=none", "--seccomp-bpf=always", "-o", "/dev/null", "sh", "-c", "\"$0\" \"$1\"; :"];
    for name in CALLS.into_iter().filter(|_| CAN_ATTACH) {
        let waiting = Waiting::traced(&options, &[name]);
        for signal in [libc::SIGWINCH, libc::SIGCHLD, libc::SIGURG, libc::SIGWINCH] {
            waiting.signal(signal);
            waiting.until_it_sleeps();
        }
        waiting.signal(libc::SIGUSR1);
        assert_eq!(waiting.end(), HANDLED, "{name}");
    }
}

#[test]
fn a_filter_that_another_thread_gives_interrupts_no_call() {
    for calls in ["trace=epoll_wait", "trace=none"] {
        let options = ["-f", "-e", calls, "-o", "/dev/null"];
        if !CAN_ATTACH && calls.ends_with("none") {
            continue;
        }
        let waiting = Waiting::traced(&options, &["beside a thread"]);
        waiting.signal(libc::SIGUSR1);
        assert_eq!(waiting.end(), HANDLED, "{calls}");
    }
}

#[test]
fn the_line_says_that_the_call_is_made_again() {
    let log = temporary("interrupted.log");
    let options = ["-e", "trace=epoll_wait", "-e", "signal=!chld", "-o", log.to_str().expect("a name")];
    let mut waiting = Waiting::traced(&options, &["epoll_wait"]);
    waiting.signal(libc::SIGWINCH);
    waiting.until_it_sleeps();
    waiting.child.stdin.take().expect("a pipe").write_all(b"x").expect("room");
    assert_eq!(waiting.end(), "1 done 0\n");
    let text = std::fs::read_to_string(&log).expect("a trace");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4, "{text}");
    assert!(lines[0].starts_with("epoll_wait("), "{text}");
    assert!(lines[0].ends_with("= ? ERESTARTNOHAND (To be restarted if no handler)"), "{text}");
    assert!(lines[1].starts_with("--- SIGWINCH {"), "{text}");
    assert!(lines[2].starts_with("epoll_wait(") && lines[2].ends_with(" = 1"), "{text}");
}

#[test]
fn a_stop_interrupts_as_without_a_tracer() {
    for options in [&["-f", "-e", "trace=none"][..], &["-e", "trace=semtimedop"]] {
        let log = temporary(&format!("interrupted.stop.{}", options.len()));
        let waiting =
            Waiting::traced(&[options, &["-o", log.to_str().expect("a name")]].concat(), &["semop"]);
        waiting.signal(libc::SIGSTOP);
        let begin = Instant::now();
        while !std::fs::read_to_string(&log).expect("a trace").contains("--- stopped by SIGSTOP ---") {
            assert!(begin.elapsed() < Duration::from_secs(50), "it does not stop");
            std::thread::sleep(Duration::from_millis(2));
        }
        waiting.signal(libc::SIGCONT);
        assert_eq!(waiting.end(), "-1 EINTR 0\n", "{options:?}");
    }
}

#[test]
fn a_call_that_is_interrupted_for_ever_ends() {
    for name in ["sigtimedwait", "epoll_pwait", "semtimedop"] {
        let waiting = Waiting::traced(&["-o", "/dev/null"], &[name, "1"]);
        let begin = Instant::now();
        let is_there = || Path::new(&format!("/proc/{}", waiting.pid)).exists();
        while is_there() {
            assert!(begin.elapsed() < Duration::from_secs(50), "{name} goes on for ever");
            waiting.signal(libc::SIGWINCH);
            std::thread::sleep(Duration::from_millis(100));
        }
        let said = waiting.end();
        assert!(["-1 EINTR 0\n", "-1 EAGAIN 0\n", "0 done 0\n"].contains(&said.as_str()), "{name}: {said}");
    }
}
