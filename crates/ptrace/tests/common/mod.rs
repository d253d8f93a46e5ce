//! What the tests share: C programs to trace, and short ways to trace them.

#![allow(dead_code, reason = "no test uses all of it")]

use std::{
    path::{Path, PathBuf},
    process::Command as Process,
};

use strax_ptrace::{Command, Options, Resume, Session, Stop, Tid};

/// Compiles `tests/tracees/NAME.c` with `flags`; the path of the program. `user` keeps tests that run at the same time
/// out of each other's way.
pub(crate) fn compile(name: &str, user: &str, flags: &[&str]) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tracees").join(name).with_extension("c");
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{user}"));
    // A program that is running cannot be written to, but be replaced.
    let new = program.with_extension(Tid::current().to_string());
    let compiled = Process::new("cc").args(flags).arg("-o").arg(&new).arg(&source).status();
    assert!(compiled.expect("a C compiler").success(), "{} does not compile", source.display());
    std::fs::rename(&new, &program).expect("the new program");
    program
}

/// The usual way to compile: with threads and symbols.
pub(crate) fn tracee(name: &str, user: &str) -> PathBuf {
    compile(name, user, &["-O1", "-pthread"])
}

/// Runs a program to its end; all that happened, by thread, and the tid of the program.
pub(crate) fn trace(command: &mut Command, options: Options, how: Resume) -> (Tid, Vec<(Tid, Stop)>) {
    let mut session = Session::new();
    let tid = session.spawn(command, options).expect("spawn");
    (tid, drain(&mut session, how))
}

/// Runs all tracees to their ends.
pub(crate) fn drain(session: &mut Session, how: Resume) -> Vec<(Tid, Stop)> {
    let mut seen = Vec::new();
    while let Some(event) = session.next_event().expect("an event") {
        seen.push((event.tid, event.stop));
        session.resume(event, how).expect("resume");
    }
    seen
}

/// The stops of one thread.
pub(crate) fn of(tid: Tid, seen: &[(Tid, Stop)]) -> Vec<Stop> {
    seen.iter().filter(|(of, _)| *of == tid).map(|(_, stop)| *stop).collect()
}

/// Whether there is still such a process, zombies included.
pub(crate) fn exists(tid: Tid) -> bool {
    Path::new(&format!("/proc/{tid}")).exists()
}

/// The signal `number` to a process.
pub(crate) fn send(tid: Tid, number: i32) {
    // SAFETY: kill touches no memory.
    assert_eq!(unsafe { libc::kill(tid.raw(), number) }, 0);
}

/// The line that starts with `key` in `/proc/TID/status`.
pub(crate) fn status_line(tid: impl std::fmt::Display, key: &str) -> String {
    let status = std::fs::read_to_string(format!("/proc/{tid}/status")).expect("a status");
    let line = status.lines().find_map(|line| line.strip_prefix(key)).expect("the line");
    line.trim_start_matches(':').trim().to_owned()
}
