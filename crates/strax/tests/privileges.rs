//! Programs that would have rights of their own, and run without them because they are traced: strax says so.

use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Somebody without rights.
const NOBODY: u32 = 65534;

fn temporary(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

fn compile(name: &str) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tracees/rights.c");
    let program = temporary(name);
    let _ = std::fs::remove_file(&program);
    let status = Command::new("cc").args(["-O1", "-w", "-o"]).arg(&program).arg(source).status().expect("cc");
    assert!(status.success(), "cc: {status}");
    program
}

/// Runs as nobody; `None` where that can't be: not by root, or where nobody may come.
fn as_nobody(program: &Path, args: &[&str]) -> Option<Output> {
    let mut command = Command::new(program);
    command.args(args).uid(NOBODY).gid(NOBODY);
    command.stdin(Stdio::null()).output().ok()
}

/// What strax says when nobody runs the program, with the program's path and its id made alike.
fn told(program: &Path, options: &[&str]) -> Option<Vec<String>> {
    let path = program.to_str().unwrap();
    let strax = Path::new(env!("CARGO_BIN_EXE_strax"));
    let output = as_nobody(strax, &[options, &["-e", "trace=execve", path]].concat())?;
    let text = String::from_utf8(output.stderr).unwrap();
    let mut told = Vec::new();
    for line in text.lines().filter(|line| line.contains("without its rights")) {
        let (_, rest) = line.split_once(": Process ").expect(line);
        let (pid, rest) = rest.split_once(' ').expect(line);
        assert!(pid.parse::<u32>().is_ok(), "{line}");
        told.push(rest.replace(path, "PROGRAM"));
    }
    Some(told)
}

/// Checks what is said of a program that prints `untraced` where nobody traces it.
fn check(program: &Path, untraced: &str, rights: &str) {
    // Not so where files have no such effect.
    let Some(output) = as_nobody(program, &[]) else { return };
    if output.stdout != untraced.as_bytes() {
        return;
    }
    let expected =
        [format!("runs \"PROGRAM\" without its rights ({rights}): the tracer has no CAP_SYS_PTRACE")];
    for options in
        [&[][..], &["-f"], &["-b", "execve"], &["-f", "-c"], &["-o", "/dev/null"], &["--quiet=none"]]
    {
        assert_eq!(told(program, options).unwrap(), expected, "{options:?}");
    }
    for options in [&["-q"][..], &["-qq"], &["--quiet=privileges"], &["--quiet=all"], &["--quiet"]] {
        assert!(told(program, options).unwrap().is_empty(), "{options:?}");
    }
    let strax = Path::new(env!("CARGO_BIN_EXE_strax"));
    let by_root = Command::new(strax).args(["-o", "/dev/null"]).arg(program).output().expect("strax starts");
    assert_eq!(String::from_utf8_lossy(&by_root.stderr), "");
}

#[test]
fn set_ids_and_capabilities() {
    let grantor = compile("rights");
    for (name, owner, mode, capable, untraced, rights) in [
        ("rights.user", 1, 0o4755, false, "1 65534 0\n", "set-user-ID"),
        ("rights.group", 1, 0o2755, false, "65534 1 0\n", "set-group-ID"),
        ("rights.both", 1, 0o6755, false, "1 1 0\n", "set-user-ID, set-group-ID"),
        ("rights.capable", 1, 0o755, true, "65534 65534 1\n", "capabilities"),
    ] {
        let program = compile(name);
        if chown(&program, Some(owner), Some(owner)).is_err() {
            return;
        }
        std::fs::set_permissions(&program, PermissionsExt::from_mode(mode)).unwrap();
        if capable {
            let granted = Command::new(&grantor).arg("grant").arg(&program).status().expect("a process");
            if !granted.success() {
                continue;
            }
        }
        check(&program, untraced, rights);
        let _ = std::fs::remove_file(program);
    }
}

#[test]
fn who_has_them_anyway_loses_nothing() {
    let program = compile("rights.own");
    if chown(&program, Some(NOBODY), Some(NOBODY)).is_err() {
        return;
    }
    std::fs::set_permissions(&program, PermissionsExt::from_mode(0o6755)).unwrap();
    if let Some(told) = told(&program, &[]) {
        assert_eq!(told, [""; 0]);
    }
}
