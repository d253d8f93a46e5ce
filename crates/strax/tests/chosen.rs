//! `-e trace-fds=` and `-P` look for descriptors and paths where the call has them: in the arguments that its command
//! gives it, and behind pointers.

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

fn program() -> &'static str {
    static PROGRAM: OnceLock<String> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tracees/chosen.c");
        let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("chosen.program");
        let mut cc = Command::new("cc");
        assert!(cc.arg("-w").arg("-o").arg(&program).arg(source).status().expect("cc").success());
        program.to_str().expect("a name").to_owned()
    })
}

const CALLS: &str = "trace=poll,ppoll,quotactl,ioctl,fanotify_mark,io_uring_register";

/// What is shown of each call, up to its first argument that differs from machine to machine.
fn shown(options: &[&str]) -> Vec<String> {
    let strax = Command::new(env!("CARGO_BIN_EXE_strax"))
        .args(["-qq", "-e", CALLS])
        .args(options)
        .arg(program())
        .output()
        .expect("strax starts");
    let text = String::from_utf8(strax.stderr).expect("text");
    let call = |line: &str| line.split(" = ").next().unwrap_or(line).trim_end().to_owned();
    text.lines().map(call).collect()
}

/// Of `poll` and `ppoll`: how many of them are shown whose descriptors are these.
fn polls(lines: &[String], fds: &str) -> usize {
    lines.iter().filter(|line| line.contains("poll(") && line.contains(fds)).count()
}

/// How many of them the program makes of each kind: there is no `poll` on newer architectures.
fn both() -> usize {
    if std::env::consts::ARCH == "x86_64" { 2 } else { 1 }
}

#[test]
fn as_many_descriptors_are_polled_as_the_kernel_takes_it_for() {
    for options in [&["-e", "trace-fds=40"][..], &["-P", "/dev/full"], &["-f", "-e", "trace-fds=40"]] {
        let lines = shown(options);
        assert_eq!(lines.iter().filter(|line| line.contains("poll(")).count(), both(), "{lines:?}");
        assert_eq!(polls(&lines, "{fd=40, events=POLLIN}], 3,"), both(), "{lines:?}");
    }
    let lines = shown(&["-e", "trace-fds=!40"]);
    assert_eq!(polls(&lines, "{fd=1, events=POLLIN}], 2,"), both(), "{lines:?}");
    assert_eq!(lines.iter().filter(|line| line.contains("poll(")).count(), 2 * both(), "{lines:?}");
}

#[test]
fn descriptors_among_the_arguments_that_a_command_has() {
    let others = |options: &[&str]| {
        let lines = shown(options);
        lines.into_iter().filter(|line| !line.contains("poll(")).collect::<Vec<_>>()
    };
    let by_fd = ["ioctl(-1, LOOP_SET_FD, 40)", "fanotify_mark(-1, FAN_MARK_ADD, FAN_OPEN, 40, NULL)"];
    let ring = "io_uring_register(40, 0x7ffffff /* IORING_REGISTER_??? */, NULL, 0)";
    assert_eq!(others(&["-e", "trace-fds=40"]), [by_fd[0], by_fd[1], ring]);
    let quota = r#"quotactl(QCMD(Q_QUOTAON, GRPQUOTA), "/nonexistent/device", QFMT_VFS_V0, "/dev/full")"#;
    assert_eq!(others(&["-P", "/dev/full"]), [quota, by_fd[0], by_fd[1], ring]);
    assert_eq!(others(&["-f", "-P", "/dev/full", "-e", "trace=quotactl"]), [quota]);
    let paths = others(&["-P", "/nonexistent/file"]);
    assert_eq!(paths.len(), 2, "{paths:?}");
    assert!(paths.iter().all(|line| line.ends_with(r#""/nonexistent/file")"#)), "{paths:?}");
}
