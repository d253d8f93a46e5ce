//! Command lines that can't be carried out: what is said of them, and the exit status.

use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

/// The name by which the program is called.
const NAME: &str = "./strax";
const HINT: &str = "Try './strax -h' for more information.";

/// Runs strax; gives its standard error and exit status.
fn run(arguments: &[&str]) -> (String, Option<i32>) {
    let output = Command::new(env!("CARGO_BIN_EXE_strax"))
        .arg0(NAME)
        .args(arguments)
        .env("PATH", "/usr/bin:/bin")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    (String::from_utf8(output.stderr).unwrap(), output.status.code())
}

/// Only this is said, with the program's name before it, and the status is 1.
#[track_caller]
fn refused(arguments: &[&str], message: &str) {
    assert_eq!(run(arguments), (format!("{NAME}: {message}\n"), Some(1)), "{arguments:?}");
}

/// The same, with a hint to the usage text.
#[track_caller]
fn misused(arguments: &[&str], message: &str) {
    assert_eq!(run(arguments), (format!("{NAME}: {message}\n{HINT}\n"), Some(1)), "{arguments:?}");
}

#[test]
fn nothing_to_trace() {
    for arguments in [&[][..], &["--"], &["-f"], &["-p", ""], &["-p", ","], &["-w"], &["-DDDD"]] {
        misused(arguments, "must have PROG [ARGS] or -p PID");
    }
    misused(&["-D", "-p1"], "PROG [ARGS] must be specified with -D/--daemonize");
    misused(&["--argv0=x", "-p1"], "PROG [ARGS] must be specified with --argv0");
}

#[test]
fn malformed_options() {
    misused(&["-1"], "invalid option -- '1'");
    misused(&["--foo"], "unrecognized option '--foo'");
    misused(&["-o"], "option requires an argument -- 'o'");
    misused(&["--output"], "option '--output' requires an argument");
    misused(&["--follow-forks=x"], "option '--follow-forks' doesn't allow an argument");
    misused(&["--vers", "--ver"], "option '--ver' is ambiguous; possibilities: '--version' '--verbose'");
}

#[test]
fn values_of_which_there_are_few() {
    for value in ["", "vcpu++", "vcpu,vcpu+", "none"] {
        refused(&[&format!("--kvm={value}"), "true"], &format!("invalid -e kvm= argument: '{value}'"));
    }
    for value in ["", "all", "!new", "new,new"] {
        refused(
            &["-e", &format!("namespace={value}"), "true"],
            &format!("invalid -e namespace= argument: '{value}'"),
        );
    }
    refused(&["--secontext=foo", "true"], "invalid secontext 'foo'");
    misused(&["--namespace"], "option '--namespace' requires an argument");
}

#[test]
fn numbers() {
    for value in ["x", "-1", "", "10x", "0x10", "99999999999"] {
        misused(&["-s", value, "true"], &format!("invalid -s argument: '{value}'"));
        misused(&["-a", value, "true"], &format!("invalid -a argument: '{value}'"));
        misused(&["-O", &format!("{value}q"), "true"], &format!("invalid -O argument: '{value}q'"));
    }
    misused(&["-s", "1073741824", "true"], "invalid -s argument: '1073741824'");
    misused(&["--string-limit=x", "true"], "invalid --string-limit argument: 'x'");
    misused(&["--syscall-limit=0", "true"], "invalid --syscall-limit argument: '0'");
}

#[test]
fn words() {
    misused(&["-I", "5", "true"], "invalid -I argument: '5'");
    misused(&["-X", "RAW", "true"], "invalid -X argument: 'RAW'");
    misused(&["-S", "x", "true"], "invalid sortby: 'x'");
    misused(&["-U", "calls,x", "true"], "unknown column name: 'x'");
    misused(
        &["-U", "calls,name,count,x", "true"],
        "call summary column has been provided more than once: 'count' (-U option residual: 'count,x')",
    );
    misused(&["--daemonize=x", "true"], "invalid --daemonize argument: 'x'");
    misused(&["--strings-in-hex=x", "true"], "invalid --strings-in-hex argument: 'x'");
    misused(&["--timestamps=unix,x", "true"], "invalid --timestamps argument: 'unix,x'");
    misused(&["--format=xml", "true"], "invalid --format argument: 'xml'");
    refused(&["-b", "fork", "true"], "Syscall 'fork' for -b isn't supported");
}

#[test]
fn sets() {
    refused(&["-e", "trace=foo", "true"], "invalid system call 'foo'");
    refused(&["-e", "foo=read", "true"], "invalid system call 'foo=read'");
    refused(&["-e", "raw=read,none", "true"], "invalid system call 'none'");
    misused(
        &["-e", "read@foo", "true"],
        "incorrect personality designator 'foo' in qualification 'read@foo'",
    );
    refused(&["-e", "signal=SIGFOO", "true"], "invalid signal 'SIGFOO'");
    refused(&["-e", "read=-1", "true"], "invalid descriptor '-1'");
    refused(&["--silent=foo", "true"], "invalid quiet 'foo'");
    refused(&["-e", "status=", "true"], "invalid status ''");
    refused(&["-e", "decode-fd=foo", "true"], "invalid decode-fds 'foo'");
    refused(&["--decode-pids=foo", "true"], "invalid decode-pids 'foo'");
    refused(&["-e", "inject=read", "true"], "invalid inject argument 'read'");
    refused(&["--fault=read:retval=1", "true"], "invalid fault argument 'read:retval=1'");
}

#[test]
fn options_that_do_not_go_together() {
    let summary = "(-c/--summary-only or -C/--summary)";
    misused(&["-c", "-C"], "-c/--summary-only and -C/--summary are mutually exclusive");
    misused(&["-c", "-ff", "true"], &format!("{summary} and -ff/--output-separately are mutually exclusive"));
    misused(&["-w", "true"], &format!("-w/--summary-wall-clock must be given with {summary}"));
    misused(&["-U", "calls", "true"], &format!("-U/--summary-columns must be given with {summary}"));
    misused(
        &["-o", "|cat", "-ff", "true"],
        "piping the output and -ff/--output-separately are mutually exclusive",
    );
    misused(&["-DDDD", "true"], "Too many -D's (4), maximum supported -D count is 3");
    refused(&["--kill-on-exit", "-p", "1"], "--kill-on-exit and -p/--attach are mutually exclusive options");
    for (short, long, full) in [
        ("-D", "--daemonize", "--daemonize"),
        ("-f", "--follow-forks", "--follow-forks"),
        ("-t", "--timestamps", "--absolute-timestamps"),
        ("-x", "--strings-in-hex", "--strings-in-hex"),
        ("-y", "--decode-fds", "--decode-fds"),
        ("-q", "--silent", "-e quiet/--quiet"),
    ] {
        let message = format!("{short} and {full} cannot be provided simultaneously");
        refused(&[short, long, "true"], &message);
    }
}

#[test]
fn processes() {
    for pid in ["x", "0", "-1", "99999999999", "1x"] {
        refused(&["-p", pid], &format!("Invalid process id: '{pid}'"));
    }
    // Greater than any process id may be.
    refused(&["-p", "2147483647"], "attach: ptrace(PTRACE_SEIZE, 2147483647): No such process");
}

#[test]
fn users() {
    refused(&["-u", "no such user", "true"], "Cannot find user 'no such user'");
    refused(&["-u", "1:", "true"], "Invalid UID:GID pair '1:'");
}

#[test]
fn commands_that_are_not_there() {
    refused(&["no-such-command"], "Cannot find executable 'no-such-command'");
    refused(&[""], "Cannot find executable ''");
    refused(&["./no/such"], "Cannot stat './no/such': No such file or directory");
    refused(&["/bin/sh/x"], "Cannot stat '/bin/sh/x': Not a directory");
}

#[test]
fn outputs_that_can_not_be_opened() {
    refused(&["-o", "/no/such", "true"], "Can't fopen '/no/such': No such file or directory");
    refused(&["-o", "/", "true"], "Can't fopen '/': Is a directory");
    refused(&["-o", "", "true"], "Can't fopen '': No such file or directory");
    refused(&["-o", "/no/such", "no-such-command"], "Can't fopen '/no/such': No such file or directory");
    let long = " ".repeat(4084);
    refused(&["-ff", "-o", &long, "true"], &format!("{long}: File name too long"));
}

#[test]
fn a_command_without_a_trace_is_not_run() {
    let directory = std::env::temp_dir().join(format!("strax-no-trace-{}", std::process::id()));
    let witness = directory.display().to_string();
    let (messages, status) = run(&["-ff", "-o", "/no/such/trace", "mkdir", &witness]);
    assert!(messages.starts_with(&format!("{NAME}: Can't fopen '/no/such/trace.")), "{messages}");
    assert_eq!((status, directory.exists()), (Some(1), false));
}

#[test]
fn texts_about_itself() {
    let run = |option| Command::new(env!("CARGO_BIN_EXE_strax")).arg(option).output().unwrap();
    for (option, begins) in [("-h", "Usage: strax "), ("-V", "strax -- version ")] {
        let output = run(option);
        assert!(output.status.success() && output.stderr.is_empty());
        assert!(String::from_utf8(output.stdout).unwrap().starts_with(begins));
    }
}
