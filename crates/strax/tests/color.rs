//! Colours: the text stays what it is, the sequences are strace's, and nothing of a tracee's gets through.

use std::process::{Command, Output, Stdio};

/// strax with a plain environment.
fn strax(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_strax"));
    command.env_remove("STRACE_COLORS").env_remove("NO_COLOR").args(args).stdin(Stdio::null());
    command
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

fn trace(args: &[&str]) -> String {
    stderr(&strax(args).output().expect("strax starts"))
}

/// Text without escape sequences, which must all be of colours.
fn strip(text: &str) -> String {
    let mut parts = text.split('\x1b');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (code, rest) = part.split_once('m').expect("the end of a sequence");
        let code = code.strip_prefix('[').expect("a control sequence");
        assert!(code.bytes().all(|byte| byte.is_ascii_digit() || byte == b';'), "{code:?}");
        plain += rest;
    }
    plain
}

/// Text in which what differs from run to run does not: addresses, ids and times.
fn constant(text: &str) -> String {
    let mut out = String::new();
    let mut in_number = false;
    for c in text.chars() {
        let is_digit = c.is_ascii_digit() || (in_number && c.is_ascii_hexdigit()) || (in_number && c == 'x');
        if !is_digit {
            out.push(c);
        } else if !in_number {
            out.push('0');
        }
        in_number = is_digit;
    }
    // Where a value is shorter, more blanks follow.
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What is the same in each run but for numbers.
const CALLS: &str = "trace=execve,openat,chdir,write,newfstatat,rt_sigaction,kill,dup2,fcntl,exit_group";

const SCRIPT: &str =
    "cd /; cd /nowhere 2>/dev/null; echo marmot >/dev/null; trap : TERM; kill -TERM $$; exit 3";

#[test]
fn without_its_colours_a_trace_is_the_same() {
    for options in [
        &[][..],
        &["-yy", "-v", "-s", "3"],
        &["-X", "verbose", "-N", "-n", "-i"],
        &["-X", "raw", "-T", "-tt", "-r", "--always-show-pid"],
        &["-e", "inject=chdir:error=EIO:delay_enter=1"],
    ] {
        let run = |color| trace(&[options, &[color, "-e", CALLS, "sh", "-c", SCRIPT]].concat());
        let plain = run("--color=never");
        let colored = run("--color=always");
        assert!(!plain.contains('\x1b'));
        assert!(colored.contains('\x1b'));
        for (colored, plain) in strip(&colored).lines().zip(plain.lines()) {
            assert_eq!(constant(colored), constant(plain), "{options:?}");
        }
        assert_eq!(colored.lines().count(), plain.lines().count(), "{options:?}");
    }
}

#[test]
fn sequences() {
    let text = trace(&["--color=always", "-e", "chdir", "sh", "-c", "cd /; cd /nowhere; exit 3"]);
    let blanks = " ".repeat(29);
    let expected = format!(
        "\x1b[33mchdir\x1b[0m(\x1b[35m\"/\"\x1b[0m\x1b[0m)\x1b[0m{blanks} \x1b[0m=\x1b[0m\x1b[0m \x1b[32m0\x1b[0m\x1b[0m\n"
    );
    assert!(text.starts_with(&expected), "{text:?}");
    let error =
        " \x1b[32m-1\x1b[0m \x1b[31mENOENT\x1b[0m \x1b[31m(No such file or directory)\x1b[0m\x1b[0m\n";
    assert!(text.contains(error), "{text:?}");
    assert!(text.ends_with("+++ exited with 3 +++\x1b[0m\n"), "{text:?}");
}

#[test]
fn flags_structs_comments_and_descriptors() {
    let colors = "const=1:punct=2:comment=4:argname=5:argval=7:syscall=9";
    let args = ["--color=always", "-y", "-e", "openat,execve", "sh", "-c", ": >>/dev/null"];
    let text = stderr(&strax(&args).env("STRACE_COLORS", colors).output().expect("strax starts"));
    assert!(text.contains("\x1b[1mO_WRONLY|O_CREAT|O_APPEND\x1b[7m\x1b[2m, \x1b[7m0666"), "{text:?}");
    assert!(text.contains("\x1b[1mAT_FDCWD\x1b[7m\x1b[2m<\x1b[7m/"), "{text:?}");
    assert!(text.contains(" vars\x1b[4m */\x1b[7m"), "{text:?}");
    assert!(text.contains("\x1b[9mexecve\x1b[2m(\x1b[7m\""), "{text:?}");
}

#[test]
fn what_is_malformed_changes_nothing() {
    let args = ["--color=always", "-e", "chdir", "sh", "-c", "cd /"];
    let usual = trace(&args);
    for colors in
        ["", "syscall", "syscall=", "syscall=red", "nothing=1", "syscall=1,2", "=1", ":::", "\x1b[2J"]
    {
        let text = stderr(&strax(&args).env("STRACE_COLORS", colors).output().expect("strax starts"));
        assert_eq!(text, usual, "{colors:?}");
    }
}

#[test]
fn where_there_is_no_terminal_there_is_no_colour() {
    for args in
        [&["-e", "chdir", "sh", "-c", "cd /"][..], &["--color=auto", "-e", "chdir", "sh", "-c", "cd /"]]
    {
        assert!(!trace(args).contains('\x1b'));
    }
}

/// What strax writes to a terminal of this kind; `None` where no terminal can be had.
fn on_terminal(environment: &[(&str, &str)]) -> Option<String> {
    let command = format!("{} -e chdir sh -c 'cd /'", env!("CARGO_BIN_EXE_strax"));
    let output = Command::new("script")
        .args(["-qec", &command, "/dev/null"])
        .env_remove("STRACE_COLORS")
        .env_remove("NO_COLOR")
        .env_remove("TERM")
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .output()
        .ok()?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn terminals() {
    for (environment, colored) in [
        (&[("TERM", "xterm")][..], true),
        (&[("TERM", "dumb")], false),
        (&[], false),
        (&[("TERM", "xterm"), ("NO_COLOR", "")], false),
    ] {
        let Some(text) = on_terminal(environment) else { return };
        assert!(text.contains("chdir"), "{text:?}");
        assert_eq!(text.contains('\x1b'), colored, "{environment:?}: {text:?}");
    }
}

#[test]
fn what_a_tracee_says_is_escaped() {
    let hostile = "printf '\\033[2J\\033]0;title\\007\\r'; cd \"$(printf '/\\033[31m')\"";
    let text = trace(&["--color=always", "-e", "write,chdir", "sh", "-c", hostile]);
    assert!(text.contains("\\33[2J\\33]0;title\\7\\r"), "{text:?}");
    assert!(text.contains("/\\33[31m"), "{text:?}");
    let plain = strip(&text);
    assert!(plain.bytes().all(|byte| byte == b'\n' || (0x20..0x7f).contains(&byte)), "{plain:?}");
}

#[test]
fn json_has_no_colours() {
    assert!(!trace(&["--color=always", "--format=json", "-e", "chdir", "sh", "-c", "cd /"]).contains('\x1b'));
}
