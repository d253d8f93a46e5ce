//! What the engine makes of real programs: lines, who owns them, ends, signals, other ids.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

fn temporary(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// Compiles `tests/tracees/NAME.c` for the test called `test`; `None` if the compiler can't (`-m32`).
fn compile(test: &str, name: &str, flags: &[&str]) -> Option<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/tracees/{name}.c"));
    let program = temporary(&format!("{test}.program"));
    let output =
        Command::new("cc").args(["-O1", "-pthread"]).args(flags).arg("-o").arg(&program).arg(source).output();
    output.expect("cc").status.success().then_some(program)
}

fn strax(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_strax")).args(args).output().expect("strax starts")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

/// The place of the first line from `from` on that has all of `parts`.
fn find(lines: &[&str], from: usize, parts: &[&str]) -> usize {
    let hit = |line: &&str| parts.iter().all(|part| line.contains(part));
    let found = lines[from..].iter().position(hit);
    from + found.unwrap_or_else(|| panic!("no {parts:?} in\n{}", lines[from..].join("\n")))
}

#[test]
fn the_command_ends_and_so_does_strax() {
    let output = strax(&["-e", "trace=exit_group", "sh", "-c", "exit 3"]);
    assert_eq!(output.status.code(), Some(3));
    let expected = format!("{:40}= ?\n+++ exited with 3 +++\n", "exit_group(3)");
    assert_eq!(stderr(&output), expected);

    let output = strax(&["-e", "trace=none", "sh", "-c", "kill -TERM $$"]);
    assert_eq!(output.status.signal(), Some(15));
    let text = stderr(&output);
    assert!(text.starts_with("--- SIGTERM {si_signo=SIGTERM, si_code=SI_USER, si_pid="), "{text}");
    assert!(text.ends_with("+++ killed by SIGTERM +++\n"), "{text}");
}

#[test]
fn a_command_that_cannot_be_executed() {
    let output = strax(&["-e", "trace=execve", "/dev/null"]);
    assert_eq!(output.status.code(), Some(1));
    let text = stderr(&output);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert!(lines[0].starts_with("execve(\"/dev/null\", [\"/dev/null\"], "), "{text}");
    assert!(lines[0].ends_with(" = -1 EACCES (Permission denied)"), "{text}");
    assert!(lines[1].ends_with(": exec: Permission denied"), "{text}");
    assert_eq!(lines[2], "+++ exited with 1 +++");
}

#[test]
fn a_thread_that_executes_a_program_takes_the_leaders_place() {
    let program = compile("superseded", "engine_threads", &[]).expect("cc");
    let log = temporary("superseded.log");
    let (log_name, program_name) = (log.to_str().unwrap(), program.to_str().unwrap());
    let args = ["-f", "-o", log_name, "-e", "trace=execve,pause", program_name, "x", "y"];
    assert_eq!(strax(&args).status.code(), Some(3));
    let text = std::fs::read_to_string(&log).expect("a trace");
    let lines: Vec<&str> = text.lines().collect();
    let leader = lines[0].split_once(' ').expect("an id").0.to_owned();
    let by = find(&lines, 0, &["+++ superseded by execve in pid "]);
    assert!(lines[by].starts_with(&leader), "{text}");
    let thread = lines[by].split_ascii_whitespace().rev().nth(1).expect("its former id").to_owned();
    find(&lines[..by], 0, &[&thread, "execve(", " <"]);
    // The leader waited in a call, or was about to; the other threads just exit.
    let others = lines[..by].iter().filter(|line| line.ends_with("+++ exited with 0 +++")).count();
    assert_eq!(others, 2, "{text}");
    let resumed = find(&lines, by, &[&leader, "<... execve resumed>", "= 0"]);
    find(&lines, resumed, &[&leader, "+++ exited with 3 +++"]);
}

#[test]
fn all_threads_end_with_their_process() {
    let program = compile("threads_end", "engine_threads", &[]).expect("cc");
    let output = strax(&["-f", "-e", "trace=exit_group", program.to_str().unwrap(), "x", "exit"]);
    assert_eq!(output.status.code(), Some(7));
    let text = stderr(&output);
    assert_eq!(text.matches("+++ exited with 7 +++").count(), 3, "{text}");
    // Alone again, the last one needs no id.
    assert!(text.ends_with("\n+++ exited with 7 +++\n"), "{text}");
}

#[test]
fn stops_and_continuations() {
    let script = "kill -STOP $$; exit 0";
    let mut child = Command::new(env!("CARGO_BIN_EXE_strax"))
        .args(["-e", "trace=none", "sh", "-c", script])
        .stderr(Stdio::piped())
        .spawn()
        .expect("strax starts");
    let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines().map_while(Result::ok);
    let pid = lines.next().and_then(|line| {
        let pid = line.split_once("si_pid=")?.1.split(',').next()?.to_owned();
        line.starts_with("--- SIGSTOP {").then_some(pid)
    });
    let pid = pid.expect("the signal");
    assert_eq!(lines.next().as_deref(), Some("--- stopped by SIGSTOP ---"));
    Command::new("kill").args(["-CONT", &pid]).status().expect("kill");
    assert!(lines.next().is_some_and(|line| line.starts_with("--- SIGCONT {")));
    assert_eq!(lines.next().as_deref(), Some("+++ exited with 0 +++"));
    assert_eq!(child.wait().expect("strax ends").code(), Some(0));
}

/// A process that says a line once it is there, and then waits for its standard input to end.
fn waiting_process() -> (Child, String) {
    let mut child = Command::new("sh")
        .args(["-c", "echo $$; exec cat"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("sh");
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().expect("piped")).read_line(&mut line).expect("its id");
    (child, line.trim().to_owned())
}

#[test]
fn attached_processes_live_on() {
    let (mut process, pid) = waiting_process();
    let mut tracer = Command::new(env!("CARGO_BIN_EXE_strax"))
        .args(["-p", &pid])
        .stderr(Stdio::piped())
        .spawn()
        .expect("strax starts");
    let mut said = BufReader::new(tracer.stderr.take().expect("piped"));
    let mut text = String::new();
    // The call that the process is in becomes visible while it lasts.
    while !text.ends_with("read(0") {
        let mut byte = [0];
        said.read_exact(&mut byte).expect("more");
        text.push(char::from(byte[0]));
    }
    assert!(text.contains(&format!(": Process {pid} attached\n")), "{text}");
    Command::new("kill").args(["-TERM", &tracer.id().to_string()]).status().expect("kill");
    said.read_to_string(&mut text).expect("the rest");
    assert!(text.ends_with(&format!(": Process {pid} detached\n <detached ...>\n")), "{text}");
    assert_eq!(tracer.wait().expect("strax ends").signal(), Some(15));
    drop(process.stdin.take());
    assert_eq!(process.wait().expect("cat ends").code(), Some(0));
}

#[test]
fn nobody_to_attach_to() {
    // Beyond the largest id that the kernel gives (PID_MAX_LIMIT).
    let output = strax(&["-p", "4194305"]);
    assert_eq!(output.status.code(), Some(1));
    let text = stderr(&output);
    assert!(text.ends_with(": attach: ptrace(PTRACE_SEIZE, 4194305): No such process\n"), "{text}");
}

#[test]
fn a_file_for_each_process() {
    let base = temporary("separate.log");
    let name = base.to_str().unwrap();
    let output =
        strax(&["-ff", "-o", name, "-e", "trace=exit_group", "sh", "-c", "echo $$; (exit 4); exit 5"]);
    assert_eq!(output.status.code(), Some(5));
    let pid = String::from_utf8(output.stdout).expect("text");
    let text = std::fs::read_to_string(format!("{name}.{}", pid.trim())).expect("the shell's trace");
    assert!(text.starts_with("--- SIGCHLD {"), "{text}");
    assert!(text.ends_with("+++ exited with 5 +++\n"), "{text}");
    let of_child =
        text.split_once("si_pid=").and_then(|(_, rest)| rest.split(',').next()).expect("the child");
    let text = std::fs::read_to_string(format!("{name}.{of_child}")).expect("the child's trace");
    assert!(text.ends_with("+++ exited with 4 +++\n"), "{text}");
}

#[test]
fn the_command_is_nobodys_grandchild() {
    let log = temporary("daemon.log");
    let log_name = log.to_str().unwrap();
    let child = Command::new(env!("CARGO_BIN_EXE_strax"))
        .args(["-D", "-o", log_name, "-e", "trace=execve", "sh", "-c", "echo $$; exit 6"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("strax starts");
    let pid = child.id();
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(6));
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), pid.to_string());
}

#[test]
fn tampering() {
    let script = "echo $PPID; exit 0";
    let output = strax(&["-e", "trace=getppid", "-e", "inject=getppid:retval=42", "sh", "-c", script]);
    assert_eq!(output.stdout, b"42\n");
    let expected = format!("{:40}= 42 (INJECTED)\n+++ exited with 0 +++\n", "getppid()");
    assert_eq!(stderr(&output), expected);

    let output = strax(&["-e", "trace=none", "-e", "fault=chdir:error=EIO", "sh", "-c", "cd / || exit 9"]);
    assert_eq!(output.status.code(), Some(0), "a call that is not traced is left alone");
    let output = strax(&["-e", "trace=chdir", "-e", "fault=chdir:error=EIO", "sh", "-c", "cd / || exit 9"]);
    assert_eq!(output.status.code(), Some(9));
}

#[test]
fn outcomes_that_are_not_wanted() {
    let script = "cd /nonexistent 2>/dev/null; cd /";
    let output = strax(&["-Z", "-e", "trace=chdir", "sh", "-c", script]);
    let text = stderr(&output);
    assert!(text.contains("chdir(\"/nonexistent\") ") && !text.contains("chdir(\"/\")"), "{text}");
    let output = strax(&["-z", "-e", "trace=chdir", "sh", "-c", script]);
    let text = stderr(&output);
    assert!(!text.contains("nonexistent") && text.contains("chdir(\"/\") "), "{text}");
}

#[test]
fn a_filter_in_the_kernel_shows_the_same() {
    let show = |options: &[&str]| {
        let args =
            [options, &["-f", "-e", "trace=chdir,execve", "sh", "-c", "cd /; (cd /dev; exit 2); exit 3"]];
        let output = strax(&args.concat());
        assert_eq!(output.status.code(), Some(3));
        let text = stderr(&output);
        // Ids and addresses differ from run to run.
        text.lines().filter(|line| line.contains("chdir(\"/")).count()
    };
    assert_eq!(show(&["--seccomp-bpf"]), 2);
    assert_eq!(show(&[]), 2);
}

#[test]
fn counts() {
    let log = temporary("counts.log");
    let args = [
        "-c",
        "-o",
        log.to_str().unwrap(),
        "-e",
        "trace=chdir",
        "sh",
        "-c",
        "cd /; cd /dev; cd /nonexistent",
    ];
    strax(&args);
    let text = std::fs::read_to_string(&log).expect("a table");
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split_ascii_whitespace().collect()).collect();
    assert_eq!(lines[0], ["%", "time", "seconds", "usecs/call", "calls", "errors", "syscall"]);
    assert_eq!(lines[2][3..], ["3", "1", "chdir"]);
    assert_eq!(lines[4][3..], ["3", "1", "total"]);
}

#[test]
fn a_program_of_another_abi() {
    let Some(program) =
        compile("i386", "engine_i386", &["-m32", "-nostdlib", "-static", "-fno-pic", "-no-pie"])
    else {
        return eprintln!("no compiler for i386");
    };
    let output = strax(&[program.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(3));
    let text = stderr(&output);
    let lines: Vec<&str> = text.lines().skip(1).collect();
    assert!(
        lines[0].starts_with("[ Process PID=") && lines[0].ends_with(" runs in 32 bit mode. ]"),
        "{text}"
    );
    let rest = [
        format!("{:40}= -1 EBADF (Bad file descriptor)", "write(-1, \"hi\", 2)"),
        "syscall_0x1ff(0x1, 0x2, 0x3, 0, 0, ".to_owned(),
        format!("{:40}= ?", "exit(3)"),
        "+++ exited with 3 +++".to_owned(),
    ];
    for (line, expected) in lines[1..].iter().zip(rest) {
        assert!(line.starts_with(&expected), "{line}\n{expected}");
    }
}

#[test]
fn descriptors_are_told() {
    let output = strax(&["-yy", "-e", "trace=dup2", "sh", "-c", "exec 5</dev/null"]);
    let text = stderr(&output);
    // Before the call, the other descriptor stands for nothing.
    assert!(text.contains("</dev/null<char 1:3>>, 5) "), "{text}");
    assert!(text.contains("= 5</dev/null<char 1:3>>\n"), "{text}");
}
