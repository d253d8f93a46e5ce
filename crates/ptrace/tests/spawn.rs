//! Starting programs: what they find, and what happens if they cannot be started.

mod common;

use std::{
    fs::{self, File},
    io::{self, Read},
    os::fd::{AsRawFd, OwnedFd},
};

use common::{exists, of, trace, tracee};
use strax_ptrace::{Command, Error, Options, Resume, Signal, SignalSet, StartState, Step, Stop, SyscallInfo};

/// Runs `tests/tracees/start.c` and gives back what it says.
fn started(command: &mut Command) -> String {
    let (reader, writer) = io::pipe().unwrap();
    let writer = OwnedFd::from(writer);
    let fd = writer.as_raw_fd();
    // SAFETY: dup2 is async-signal-safe.
    unsafe {
        command.pre_exec(move || match libc::dup2(fd, 1) {
            1 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        })
    };
    let (tid, seen) = trace(command, Options::NONE, Resume::Cont);
    drop(writer);
    assert_eq!(of(tid, &seen).last(), Some(&Stop::Exited { status: 0 }));
    let mut said = String::new();
    File::from(OwnedFd::from(reader)).read_to_string(&mut said).unwrap();
    said
}

fn line<'a>(said: &'a str, key: &str) -> &'a str {
    said.lines().find_map(|line| line.strip_prefix(key)).unwrap().trim()
}

#[test]
fn a_program_finds_what_it_would_find_untraced() {
    let said = started(Command::new(tracee("start", "plain")).arg("one").arg("two three").arg0("zero"));
    assert_eq!(line(&said, "argv"), "zero one two three");
    // SAFETY: neither touches memory.
    let (group, session) = unsafe { (libc::getpgid(0), libc::getsid(0)) };
    assert_eq!(line(&said, "pgid"), group.to_string());
    assert_eq!(line(&said, "sid"), session.to_string());
    // Rust's runtime ignores SIGPIPE in this process, and the harness may have opened files.
    let numbers = |set: SignalSet| {
        let usable = set.iter().filter(|signal| !matches!(signal.number(), 32 | 33));
        usable.map(|signal| signal.number().to_string()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(line(&said, "ignored"), numbers(StartState::of_process().ignored));
    assert_eq!(line(&said, "blocked"), numbers(StartState::of_process().mask));
    assert!(StartState::now().ignored.contains(Signal::PIPE));
    assert!(!said.contains("ignored 13"));
}

#[test]
fn a_program_finds_what_it_is_given() {
    let state = StartState {
        mask: SignalSet::EMPTY.with(Signal::USR1),
        ignored: SignalSet::EMPTY.with(Signal::HUP),
        ..StartState::of_process()
    };
    let program = tracee("start", "given");
    let mut command = Command::new(&program);
    let said = started(command.env("GREETING", "hello").start_state(state));
    assert_eq!(line(&said, "GREETING"), "hello");
    assert_eq!(line(&said, "blocked"), Signal::USR1.number().to_string());
    assert_eq!(line(&said, "ignored"), Signal::HUP.number().to_string());
    let said = started(Command::new(&program).envp(["GREETING=raw"]));
    assert_eq!(line(&said, "GREETING"), "raw");
    let said = started(Command::new(&program).env("GREETING", "gone").env_remove("GREETING"));
    assert_eq!(line(&said, "GREETING"), "(none)");
}

#[test]
fn a_program_runs_as_whom_it_is_told_to() {
    // SAFETY: geteuid touches no memory.
    if unsafe { libc::geteuid() } != 0 {
        return;
    }
    // The program must be within everyone's reach.
    let program = std::env::temp_dir().join(format!("strax-ptrace-start-{}", std::process::id()));
    fs::copy(tracee("start", "ids"), &program).unwrap();
    let said = started(Command::new(&program).uid(65534).gid(65533).groups(&[]));
    fs::remove_file(&program).unwrap();
    assert_eq!((line(&said, "uid"), line(&said, "gid")), ("65534", "65533"));
}

#[test]
fn the_first_call_is_execve() {
    let spawned = Command::new("true").spawn(Options::NONE).unwrap();
    let (tracee, exec) = spawned.into_parts();
    let event = tracee.syscall(None).unwrap().wait().unwrap();
    let Stop::SyscallEnter(call) = event.stop else { panic!("{:?}", event.stop) };
    assert_eq!(i64::from(call.number()), libc::SYS_execve);
    let tracee = event.into_tracee().unwrap();
    let path = tracee.memory().read_cstring(call.args[0].into(), 4096).unwrap();
    assert_eq!(path, exec.program().as_os_str().as_encoded_bytes());
    let event = tracee.syscall(None).unwrap().wait().unwrap();
    assert!(matches!(event.stop, Stop::Exec { .. }), "{:?}", event.stop);
    let event = event.into_tracee().unwrap().syscall(None).unwrap().wait().unwrap();
    assert!(
        matches!(event.tracee().unwrap().syscall_info().unwrap(), SyscallInfo::Exit(exit) if exit.rval == 0)
    );
    assert!(exec.error().is_none());
    let ended = event.into_tracee().unwrap().kill().unwrap().wait().unwrap();
    assert_eq!(ended.stop, Stop::Killed { signal: Signal::KILL, core: false });
}

#[test]
fn a_program_that_cannot_be_executed_is_an_error_with_its_errno() {
    let errno =
        |program: &str| match Command::new(program).spawn(Options::NONE).and_then(|child| child.exec()) {
            Err(Error::Exec { source, .. }) => source.raw_os_error().unwrap(),
            other => panic!("{other:?}"),
        };
    assert_eq!(errno("/nonexistent/program"), libc::ENOENT);
    assert_eq!(errno("no-such-program-anywhere"), libc::ENOENT);
    assert_eq!(errno("/"), libc::EACCES);
    assert_eq!(errno(""), libc::ENOENT);
}

#[test]
fn a_failed_execve_can_be_watched() {
    let mut command = Command::new("/nonexistent/program");
    let (tracee, exec) = command.failure_status(1).spawn(Options::NONE).unwrap().into_parts();
    assert!(exec.error().is_none());
    let event = tracee.cont(None).unwrap().wait().unwrap();
    assert_eq!(event.stop, Stop::Exited { status: 1 });
    assert_eq!(exec.error().unwrap().raw_os_error(), Some(libc::ENOENT));
}

#[test]
fn a_preparation_that_fails_is_an_error_and_leaves_no_child() {
    let error = Command::new("true").current_dir("/nonexistent").spawn(Options::NONE).unwrap_err();
    let Error::Setup { step: Step::CurrentDir, source } = error else { panic!("{error}") };
    assert_eq!(source.raw_os_error(), Some(libc::ENOENT));
    let mut command = Command::new("true");
    // SAFETY: the closure does nothing but fail.
    unsafe { command.pre_exec(|| Err(io::Error::from_raw_os_error(libc::EDOM))) };
    let error = command.spawn(Options::NONE).unwrap_err();
    assert!(matches!(error, Error::Setup { step: Step::PreExec, .. }));
    assert_eq!(error.raw_os_error(), Some(libc::EDOM));
}

#[test]
fn nothing_is_left_of_a_session_that_is_dropped() {
    let mut session = strax_ptrace::Session::new();
    let tid = session.spawn(Command::new("sleep").arg("1000"), Options::FOLLOW).unwrap();
    assert!(exists(tid));
    drop(session);
    assert!(!exists(tid));
}
