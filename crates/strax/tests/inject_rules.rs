//! Several rules for one call.

use std::process::{Command, Stdio};

/// The errors of six calls of chdir under these options: `ENOENT` is the kernel's own.
fn errors(options: &[&str]) -> Vec<String> {
    let script = "cd /no/1; cd /no/2; cd /no/3; cd /no/4; cd /no/5; cd /no/6; exit 0";
    let mut strax = Command::new(env!("CARGO_BIN_EXE_strax"));
    strax.args(options).args(["-e", "trace=chdir", "-e", "signal=none", "sh", "-c", script]);
    let output = strax.stdin(Stdio::null()).output().expect("strax starts");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{text}");
    let calls = text.lines().filter(|line| line.starts_with("chdir("));
    calls
        .map(|line| {
            let error = line.split_once("= -1 ").expect(line).1.split(' ').next().unwrap();
            assert_eq!(line.ends_with("(INJECTED)"), error != "ENOENT", "{line}");
            error.to_owned()
        })
        .collect()
}

const FIRST: &str = "--inject=chdir:error=EPERM:when=2+2";
const SECOND: &str = "--inject=chdir,getpid:error=EIO:when=3..4";

#[test]
fn the_last_rule_for_a_call_replaces_the_others() {
    let expected = ["ENOENT", "ENOENT", "EIO", "EIO", "ENOENT", "ENOENT"];
    assert_eq!(errors(&[FIRST, SECOND]), expected);
    assert_eq!(errors(&[FIRST, SECOND, "--inject-rules=last"]), expected);
    assert_eq!(errors(&[SECOND, FIRST]), ["ENOENT", "EPERM", "ENOENT", "EPERM", "ENOENT", "EPERM"]);
}

#[test]
fn each_rule_has_its_turns_where_asked_for() {
    let each = "--inject-rules=each";
    assert_eq!(errors(&[each, FIRST, SECOND]), ["ENOENT", "EPERM", "EIO", "EIO", "ENOENT", "EPERM"]);
    assert_eq!(errors(&[SECOND, FIRST, each]), ["ENOENT", "EPERM", "EIO", "EPERM", "ENOENT", "EPERM"]);
    // A filter of calls must not lose what only an earlier rule wants.
    assert_eq!(errors(&["-f", "--seccomp-bpf", each, FIRST, SECOND])[1], "EPERM");
}
