//! What options do to a trace: messages, dumps, ends of the trace's reader, texts about strax itself.

use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The name by which the program is called.
const NAME: &str = "./strax";

fn strax(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_strax"));
    command.arg0(NAME).args(args).stdin(Stdio::null()).output().expect("strax starts")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

fn temporary(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// The lines of standard error that begin with the program's name, without it.
fn messages(output: &Output) -> Vec<String> {
    let start = format!("{NAME}: ");
    stderr(output).lines().filter_map(|line| line.strip_prefix(&start)).map(str::to_owned).collect()
}

#[test]
fn a_file_implies_quietness_unless_messages_are_chosen() {
    let log = temporary("quietness.log");
    let log = log.to_str().unwrap();
    let run = |options: &[&str]| {
        let args = [&["-f", "-o", log, "-e", "trace=none"], options, &["sh", "-c", "true & wait"]].concat();
        messages(&strax(&args)).iter().filter(|line| line.ends_with(" attached")).count()
    };
    assert_eq!(run(&[]), 0);
    assert_eq!(run(&["-q"]), 0);
    assert_eq!(run(&["--quiet=none"]), 1);
    assert_eq!(run(&["--quiet=personality"]), 1);
    assert_eq!(run(&["--quiet=attach"]), 0);
}

#[test]
fn deaths_by_signals_that_are_not_shown() {
    let run = |signals: &str| stderr(&strax(&["-e", "trace=none", "-e", signals, "sh", "-c", "kill $$"]));
    assert!(run("signal=TERM").ends_with("+++ killed by SIGTERM +++\n"));
    assert_eq!(run("signal=INT"), "");
    assert_eq!(run("signal=none"), "");
}

#[test]
fn resolved_paths_are_told() {
    let run = |options: &[&str]| {
        let args = [options, &["-P", "/dev/../dev/null", "-e", "trace=none", "true"]].concat();
        messages(&strax(&args))
    };
    let told = r#"Requested path "/dev/../dev/null" resolved into "/dev/null""#;
    assert_eq!(run(&[]), [told]);
    assert!(run(&["-e", "quiet=path-resolution"]).is_empty());
}

#[test]
fn dumps_show_what_was_to_be_written() {
    let args = ["-e", "trace=write", "-e", "signal=none", "-e", "write=1", "-e", "inject=write:error=EIO"];
    let output = strax(&[&args[..], &["sh", "-c", "echo hello"]].concat());
    let expected = "\
write(1, \"hello\\n\", 6)                  = -1 EIO (Input/output error) (INJECTED)
 | 00000  68 65 6c 6c 6f 0a                                 hello.           |
";
    assert!(stderr(&output).starts_with(expected), "{}", stderr(&output));
}

#[test]
fn injected_values_are_as_wide_as_results() {
    let rule = ["-e", "trace=chdir", "-e", "inject=chdir:retval=-5000"];
    let output = strax(&[&rule[..], &["sh", "-c", "cd /; exit 4"]].concat());
    let expected = format!("{:40}= 18446744073709546616 (INJECTED)\n", "chdir(\"/\")");
    assert!(stderr(&output).contains(&expected), "{}", stderr(&output));
    assert_eq!(output.status.code(), Some(4));
}

#[test]
fn a_reader_that_goes_away() {
    // Until nobody reads, whenever that is; a trace that no signal may end goes on.
    let script = "for i in 1 2 3 4 5 6 7 8 9; do sleep 0.1; kill -0 $$; done";
    let calls = ["-e", "trace=kill", "sh", "-c", script];
    let output = strax(&[&["-o", "|exec 0<&-"], &calls[..]].concat());
    assert_eq!(output.status.code(), Some(0));
    let told = messages(&output);
    assert!(told.last().is_some_and(|line| line == "|exec 0<&-: Broken pipe"), "{told:?}");

    let output = strax(&[&["-I2", "-o", "|exec 0<&-"], &calls[..]].concat());
    assert_eq!(output.status.signal(), Some(libc::SIGPIPE), "{}", stderr(&output));
}

#[test]
fn names_of_its_own_do_not_change_abbreviations() {
    let log = temporary("abbreviated.log");
    let output = strax(&["--fo", "--out=x", "true"]);
    let ambiguous = "option '--out=x' is ambiguous; possibilities: '--output-append-mode' '--output-separately' \
                     '--output'";
    assert_eq!(messages(&output)[0], ambiguous);
    let output = strax(&["--fo", "-o", log.to_str().unwrap(), "-e", "trace=none", "sh", "-c", "true & wait"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let text = std::fs::read_to_string(log).unwrap();
    assert_eq!(text.lines().filter(|line| line.ends_with("+++ exited with 0 +++")).count(), 2, "{text}");
}

#[test]
fn a_process_is_attached_to_once() {
    let mut sleeper = Command::new("sleep").arg("60").spawn().expect("sleep");
    let pid = sleeper.id().to_string();
    let output = strax(&["-p", &pid, "-p", &pid, "-e", "trace=none", "kill", &pid]);
    sleeper.wait().unwrap();
    let told = messages(&output);
    let refused = format!("attach: ptrace(PTRACE_SEIZE, {pid}): Operation not permitted");
    assert!(told.contains(&format!("Process {pid} attached")) && told.contains(&refused), "{told:?}");
}

#[test]
fn tips() {
    let output = strax(&["--tips=0"]);
    assert!(output.status.success() && output.stdout.is_empty());
    let tip = stderr(&output);
    assert!(tip.starts_with("  ___") && tip.contains("--format=json"), "{tip}");
    // At the end of a trace, and the command's status is kept.
    let output = strax(&["--tips=0", "-e", "trace=none", "sh", "-c", "exit 3"]);
    assert_eq!((output.status.code(), stderr(&output)), (Some(3), format!("+++ exited with 3 +++\n{tip}")));
    assert_eq!(strax(&["--tips=none"]).status.code(), Some(1));
    assert_eq!(messages(&strax(&["--tips=x"]))[0], "invalid --tips argument: 'x'");
}

#[test]
fn debugging_output() {
    let told = messages(&strax(&["-d", "-e", "trace=none", "sh", "-c", "exit 3"]));
    let begins = |start: &str| told.iter().any(|line| line.starts_with(start));
    assert!(begins("ptrace_setoptions = 0x51") && begins("PTRACE_GET_SYSCALL_INFO "), "{told:?}");
    assert!(begins("new tcb for pid ") && begins("dropped tcb for pid "), "{told:?}");
    assert!(told.iter().any(|line| line.ends_with("] WIFEXITED,exitcode=3")), "{told:?}");
}
