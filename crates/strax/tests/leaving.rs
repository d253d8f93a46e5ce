//! How a trace ends before its tracees do: strax never hangs, whatever the tracees are at, and they run on.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

const STRAX: &str = env!("CARGO_BIN_EXE_strax");

/// Longer than anything takes that does not hang.
const FOR_EVER: Duration = Duration::from_secs(60);

/// Compiles `tests/tracees/NAME.c` of a crate for a test.
fn compile_of(of: &str, name: &str, test: &str) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(format!("../{of}/tests/tracees"))
        .join(name)
        .with_extension("c");
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{test}.program"));
    let mut cc = Command::new("cc");
    // A program that is running can't be written to, but be replaced.
    let new = program.with_extension(std::process::id().to_string());
    cc.args(["-O1", "-pthread", "-w", "-o"]).arg(&new).arg(source).arg("-lutil");
    assert!(cc.status().expect("cc").success());
    std::fs::rename(new, &program).expect("the new program");
    program
}

fn compile(name: &str, test: &str) -> PathBuf {
    compile_of("strax", name, test)
}

fn send(signal: &str, pid: u32) {
    let sent = Command::new("kill").args(["-s", signal, &pid.to_string()]).status();
    assert!(sent.expect("kill").success());
}

/// A process with all its ends in hand. It is killed in the end if it is still there.
struct Process {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    messages: BufReader<ChildStderr>,
}

impl Process {
    fn start(command: &mut Command) -> Process {
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().expect("it starts");
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().expect("piped"));
        let messages = BufReader::new(child.stderr.take().expect("piped"));
        Process { child, input, output, messages }
    }

    /// strax, tracing a command.
    fn traced(options: &[&str], command: &[&str]) -> Process {
        // Whoever starts the tests may ignore signals (nohup, a job in the background): strax and the command would too.
        Process::start(Command::new("env").args(["--default-signal", STRAX]).args(options).args(command))
    }

    /// strax, tracing a shell's script.
    fn script(options: &[&str], script: &str) -> Process {
        Process::traced(options, &["sh", "-c", script])
    }

    fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its next line of output.
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("a line");
        line
    }

    /// Its next message that says this.
    fn message(&mut self, part: &str) -> String {
        let mut line = String::new();
        while !line.contains(part) {
            line.clear();
            assert!(self.messages.read_line(&mut line).expect("a line") > 0, "it does not say {part}");
        }
        line
    }

    fn send(&self, signal: &str) {
        send(signal, self.id());
    }

    /// Sends a line, which is what it has been waiting for.
    fn go_on(&mut self) {
        let mut input = self.input.take().expect("once");
        input.write_all(b"word\n").expect("somebody reads");
    }

    /// How it ends, which it must.
    fn end(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            match self.child.try_wait().expect("a child") {
                Some(status) => return status,
                None if start.elapsed() > FOR_EVER => panic!("it hangs"),
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        }
    }

    /// What all that have its output still write to it until they end.
    fn rest(&mut self) -> String {
        let mut text = String::new();
        self.output.read_to_string(&mut text).expect("text");
        text
    }

    fn other_messages(&mut self) -> String {
        let mut text = String::new();
        self.messages.read_to_string(&mut text).expect("text");
        text
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_parent_of_a_vfork_does_not_hold_up_the_end() {
    let program = compile("vforks", "leaving_vfork");
    let program = program.to_str().expect("text");
    for signal in ["INT", "TERM"] {
        let mut tracer = Process::traced(&["-f", "-e", "trace=all"], &[program]);
        assert_eq!(tracer.line(), "ready\n");
        tracer.send(signal);
        // The child has not executed anything, and does not before it is told to.
        assert_eq!(tracer.end().signal(), Some(if signal == "INT" { 2 } else { 15 }));
        tracer.go_on();
        assert_eq!(tracer.rest(), "child ended with 0\n");
        let messages = tracer.other_messages();
        assert_eq!(messages.matches(" detached\n").count(), 2, "{messages}");
    }
}

#[test]
fn nor_where_it_was_attached_to() {
    let program = compile("vforks", "leaving_attached_vfork");
    let mut tracee = Process::start(&mut Command::new(program));
    assert_eq!(tracee.line(), "ready\n");
    let (parent, mut child) = (tracee.id(), String::new());
    let children = format!("/proc/{parent}/task/{parent}/children");
    while child.is_empty() {
        child = std::fs::read_to_string(&children).expect("its children").trim().to_owned();
    }
    let pids = format!("{parent},{child}");
    let mut tracer = Process::traced(&["-f", "-p", &pids], &[]);
    tracer.message(&format!("Process {child} attached"));
    tracer.send("INT");
    assert_eq!(tracer.end().signal(), Some(2));
    tracee.go_on();
    assert_eq!(tracee.rest(), "child ended with 0\n");
}

#[test]
fn a_limit_that_is_reached_in_a_vfork_ends_the_trace() {
    let program = compile("vforks", "leaving_limit");
    let program = program.to_str().expect("text");
    // The second is a call of the child's.
    let mut tracer = Process::traced(&["-f", "-e", "trace=vfork,write", "--syscall-limit=1"], &[program]);
    assert_eq!(tracer.line(), "ready\n");
    assert_eq!(tracer.end().code(), Some(0));
    tracer.go_on();
    assert_eq!(tracer.rest(), "child ended with 0\n");
}

#[test]
fn a_second_signal_ends_the_wait_for_those_who_would_be_killed() {
    let program = compile("vforks", "leaving_twice");
    let program = program.to_str().expect("text");
    let mut tracer = Process::traced(&["-f", "--kill-on-exit"], &[program]);
    assert_eq!(tracer.line(), "ready\n");
    tracer.send("INT");
    tracer.message(" detached");
    tracer.send("INT");
    assert_eq!(tracer.end().signal(), Some(2));
    tracer.go_on();
    // The parent can't have told of it.
    assert_eq!(tracer.rest(), "");
}

#[test]
fn the_end_of_one_that_was_let_go_is_ignored() {
    let program = compile("vforks", "leaving_unknown");
    // The shell ends of the signal, while what it runs still holds up strax.
    let script = format!("exec 3<&0; {} <&3 & wait", program.display());
    for (options, tells) in [(&["-q"][..], true), (&["-qq"], false)] {
        let options = [options, &["-f", "--kill-on-exit", "-e", "trace=all"]].concat();
        let mut tracer = Process::script(&options, &script);
        assert_eq!(tracer.line(), "ready\n");
        tracer.send("INT");
        if tells {
            let message = tracer.message(" of unknown pid ");
            assert!(message.contains(": Termination of unknown pid "), "{message}");
        }
        while !is_alone(tracer.id()) {
            std::thread::sleep(Duration::from_millis(5));
        }
        tracer.send("INT");
        assert_eq!(tracer.end().signal(), Some(2));
        tracer.go_on();
        assert_eq!(tracer.rest(), "");
        assert!(!tracer.other_messages().contains(" of unknown pid "));
    }
}

/// Whether a tracer has no children but its keeper.
fn is_alone(pid: u32) -> bool {
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).expect("its children");
    let name = |child: &str| std::fs::read_to_string(format!("/proc/{child}/comm")).unwrap_or_default();
    children.split_whitespace().all(|child| name(child) == "strax-keeper\n")
}

#[test]
fn threads_that_execute_a_program_do_not_hold_up_the_end() {
    let program = compile("execs_itself", "leaving_exec");
    let program = program.to_str().expect("text");
    for round in 0..20 {
        let mut tracer = Process::traced(&["-f", "-I2", "-o", "/dev/null"], &[program]);
        assert_eq!(tracer.line(), "ready\n");
        std::thread::sleep(Duration::from_micros(700) * round);
        tracer.send("INT");
        assert_eq!(tracer.end().signal(), Some(2));
        tracer.go_on();
        assert_eq!(tracer.rest(), "end\n");
    }
}

#[test]
fn nor_the_beginning() {
    let program = compile_of("ptrace", "execs_when_traced", "leaving_seized");
    for _ in 0..10 {
        let mut tracee = Process::start(Command::new(&program).arg("500"));
        assert_eq!(tracee.line(), "ready\n");
        let mut tracer = Process::traced(&["-f", "-o", "/dev/null", "-p", &tracee.id().to_string()], &[]);
        assert_eq!(tracer.end().code(), Some(0), "{}", tracer.other_messages());
        assert_eq!(tracee.end().code(), Some(7));
    }
}

/// It says "ready", waits for a line, and makes calls and children.
const SURVIVOR: &str =
    "trap '' INT TERM; echo ready; read word; cd /; (cd /; exit 0); (cd /); echo end $word";

#[test]
fn whatever_ends_the_trace_leaves_tracees_alive() {
    let numbers =
        [("USR1", 10), ("ABRT", 6), ("XCPU", 24), ("SEGV", 11), ("SYS", 31), ("RTMIN+3", 37), ("TERM", 15)];
    for (signal, number) in numbers {
        for options in [
            &["-f", "-e", "trace=chdir"][..],
            &["-f", "-e", "trace=all"],
            &["-I1", "-e", "trace=chdir", "--seccomp-bpf=always"],
        ] {
            let mut tracer = Process::script(options, SURVIVOR);
            assert_eq!(tracer.line(), "ready\n");
            tracer.send(signal);
            tracer.message(" detached");
            tracer.go_on();
            assert_eq!(tracer.rest(), "end word\n", "{signal} {options:?}");
            assert_eq!(tracer.end().signal(), Some(number), "{options:?}");
        }
    }
}

#[test]
fn nothing_more_is_told_after_the_end() {
    let mut tracer = Process::script(&["-f", "-e", "trace=chdir"], SURVIVOR);
    assert_eq!(tracer.line(), "ready\n");
    tracer.send("TERM");
    tracer.message(" detached");
    tracer.go_on();
    assert_eq!(tracer.end().signal(), Some(15));
    let messages = tracer.other_messages();
    // That it waits for a process is all that it may say.
    assert!(messages.lines().all(|line| line.contains("Waiting for a process left")), "{messages}");
}

#[test]
fn who_reads_the_trace_may_wait_for_a_tracee() {
    let fifo = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("leaving.fifo.{}", std::process::id()));
    assert!(Command::new("mkfifo").arg(&fifo).status().expect("mkfifo").success());
    let fifo = fifo.to_str().expect("text");
    // The reader can't open the file for writing before the child, which outlives the command, has made a call.
    let child = "while kill -0 $$ 2>/dev/null; do sleep 0.01; done; cd /; cat";
    let script = format!("({child} {fifo} >/dev/null; echo end) 2>&1 &");
    let output = format!("|cat >{fifo}");
    let options = ["-e", "trace=chdir", "--seccomp-bpf=always", "-o", &output];
    let mut tracer = Process::script(&options, &script);
    assert_eq!(tracer.end().code(), Some(0));
    assert_eq!(tracer.rest(), "end\n");
    let _ = std::fs::remove_file(fifo);
}

#[test]
fn a_file_that_may_not_grow_is_a_write_error() {
    let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join("leaving.full");
    let calls = "i=0; while [ $i -lt 2000 ]; do cd /; i=$((i+1)); done; echo end";
    let limited = format!("ulimit -f 8; exec {STRAX} -f -e trace=chdir -o \"$0\" sh -c '{calls}'");
    let mut tracer = Process::start(Command::new("sh").arg("-c").arg(limited).arg(&log));
    assert_eq!(tracer.rest(), "end\n");
    assert_eq!(tracer.end().code(), Some(0));
    let messages = tracer.other_messages();
    assert!(messages.contains("File too large"), "{messages}");
    let _ = std::fs::remove_file(log);
}

#[test]
fn signals_that_a_shell_has_ignored_for_its_background_end_the_trace() {
    for (signal, number) in [("INT", 2), ("QUIT", 3), ("TERM", 15)] {
        let mut tracee = Process::start(&mut Command::new("cat"));
        let script = format!("trap '' INT QUIT TERM; exec {STRAX} -p {}", tracee.id());
        let mut tracer = Process::start(Command::new("sh").args(["-c", &script]));
        tracer.message(" attached");
        tracer.send(signal);
        assert_eq!(tracer.end().signal(), Some(number));
        tracee.go_on();
        assert_eq!(tracee.rest(), "word\n");
    }
}

#[test]
fn the_command_ignores_what_strax_was_told_to_ignore() {
    let ask = |prefix: &str| {
        let script = format!("trap '' INT QUIT USR1; exec {prefix} grep SigIgn: /proc/self/status");
        let mut process = Process::start(Command::new("sh").args(["-c", &script]));
        process.rest()
    };
    let untraced = ask("");
    assert!(untraced.starts_with("SigIgn:"), "{untraced}");
    assert_eq!(ask(&format!("{STRAX} -o /dev/null")), untraced);
    assert_eq!(ask(&format!("{STRAX} --forward-signals -D -o /dev/null")), untraced);
}

#[test]
fn a_limit_is_told_of_where_attaching_is() {
    let told = |options: &[&str], command: &[&str]| {
        let options = [options, &["-e", "trace=getppid,read", "--syscall-limit=1"]].concat();
        let mut tracer = Process::traced(&options, command);
        tracer.go_on();
        assert_eq!(tracer.end().code(), Some(0));
        tracer.other_messages().contains("System call limit has been reached, detaching tracees\n")
    };
    assert!(told(&[], &["cat"]));
    assert!(!told(&["-q"], &["cat"]));
    assert!(!told(&["-e", "quiet=attach"], &["cat"]));
    assert!(!told(&["-o", "/dev/null"], &["cat"]));
    assert!(told(&["-o", "/dev/null", "-e", "quiet=exit"], &["cat"]));
}

#[test]
fn the_command_gets_the_signals_that_are_forwarded() {
    let program = compile("exits_at_signals", "leaving_forward");
    let program = program.to_str().expect("text");
    let numbers = [("INT", 2), ("TERM", 15), ("HUP", 1), ("QUIT", 3), ("USR1", 10), ("USR2", 12)];
    for (signal, number) in numbers {
        for options in [&["-f"][..], &["-f", "-e", "trace=none"], &["-I1", "-o", "/dev/null"]] {
            let options = [options, &["--forward-signals"]].concat();
            let mut tracer = Process::traced(&options, &[program]);
            assert_eq!(tracer.line(), "ready\n");
            tracer.send(signal);
            assert_eq!(tracer.end().code(), Some(number), "{signal} {options:?}");
        }
    }
}

#[test]
fn strax_ends_as_a_command_does_that_a_forwarded_signal_kills() {
    let mut tracer = Process::script(&["--forward-signals"], "echo ready; exec sleep 60");
    assert_eq!(tracer.line(), "ready\n");
    tracer.send("TERM");
    assert_eq!(tracer.end().signal(), Some(15));
    let messages = tracer.other_messages();
    assert!(messages.contains("+++ killed by SIGTERM +++\n"), "{messages}");
}

#[test]
fn signals_are_the_tracers_again_when_the_command_has_ended() {
    let script = "sleep 60 >/dev/null 2>&1 & echo $!";
    let mut tracer = Process::script(&["-f", "--forward-signals", "-e", "trace=all"], script);
    let left = tracer.line();
    let status = "+++ exited with 0 +++";
    tracer.message(status);
    tracer.send("TERM");
    let ending = tracer.end().signal();
    // It runs on.
    send("KILL", left.trim().parse().expect("an id"));
    assert_eq!(ending, Some(15));
}

#[test]
fn what_the_terminal_sends_comes_once() {
    let terminal = compile("terminal", "leaving_terminal");
    let program = compile("counts_interrupts", "leaving_counts");
    let output = Command::new(terminal)
        .args([STRAX, "--forward-signals", "-e", "trace=none"])
        .arg(program)
        .stdin(Stdio::null())
        .output()
        .expect("it starts");
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn forwarding_is_for_commands() {
    let mut tracer = Process::traced(&["--forward-signals", "-p", "1"], &[]);
    assert_eq!(tracer.end().code(), Some(1));
    let messages = tracer.other_messages();
    assert!(messages.contains("PROG [ARGS] must be specified with --forward-signals"), "{messages}");
}
