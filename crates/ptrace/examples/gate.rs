//! Every system call is checked before it may run: whatever would remove or rename a file in a given folder fails with
//! EPERM, in the program, in its threads and in its children; everything else runs.
//!
//! (To show how: a thread that changes the path after the check gets past it. Landlock is the tool for walls.)
//!
//! ```text
//! $ touch keep/letter
//! $ cargo run -p strax-ptrace --example gate keep sh -c 'cd keep; rm -f letter; mv letter ..; ls'
//! gate: 14245 may not touch /home/me/keep/letter
//! rm: cannot remove 'letter': Operation not permitted
//! gate: 14247 may not touch /home/me/keep/letter
//! gate: 14247 may not touch /home/me/keep/letter
//! mv: cannot move 'letter' to '../letter': Operation not permitted
//! letter
//! ```

use std::{
    env,
    ffi::OsString,
    fs,
    os::unix::ffi::OsStringExt,
    path::{Path, PathBuf},
    process::ExitCode,
};

use strax_ptrace::{
    Abi, Addr, Command, Event, Options, Result, Resume, Session, Stop, Stopped, SyscallEntry, UnlessGone,
};

fn main() -> ExitCode {
    let args: Vec<OsString> = env::args_os().skip(1).collect();
    let [folder, program, args @ ..] = &args[..] else {
        eprintln!("usage: gate FOLDER PROGRAM [ARGUMENT]...");
        return ExitCode::FAILURE;
    };
    match fs::canonicalize(folder).map(|folder| run(&folder, Command::new(program).args(args))) {
        Ok(Ok(status)) => ExitCode::from(status),
        Ok(Err(error)) => failure(&error),
        Err(error) => failure(&error),
    }
}

fn failure(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("gate: {error}");
    ExitCode::FAILURE
}

/// Runs the program to its end behind the gate; its exit status.
fn run(folder: &Path, command: &mut Command) -> Result<u8> {
    let mut session = Session::new();
    let program = session.spawn(command, Options::FOLLOW | Options::EXIT_KILL)?;
    let mut status = 1;
    while let Some(event) = session.next_event()? {
        match event.stop {
            Stop::SyscallEnter(call) => {
                check(&event, &call, folder).unless_gone()?;
            }
            Stop::Exited { status: of_program } if event.tid == program => status = of_program as u8,
            _ => {}
        }
        session.resume(event, Resume::Syscall)?;
    }
    Ok(status)
}

/// Refuses the call if one of the paths it would remove or rename lies within the folder.
fn check(event: &Event, call: &SyscallEntry, folder: &Path) -> Result<()> {
    let tracee = event.tracee()?;
    for (dir, path) in removed(call).into_iter().flatten() {
        let Ok(path) = tracee.memory().read_cstring(path, libc::PATH_MAX as usize) else { continue };
        let path = absolute(tracee, dir, PathBuf::from(OsString::from_vec(path)));
        if path.starts_with(folder) {
            eprintln!("gate: {} may not touch {}", event.tid, path.display());
            return tracee.skip_syscall(-i64::from(libc::EPERM));
        }
    }
    Ok(())
}

/// The directory descriptors and paths of the names that a call takes away or overwrites.
fn removed(call: &SyscallEntry) -> [Option<(i32, Addr)>; 2] {
    let name = |dir: usize, path: usize| Some((call.args[dir] as i32, Addr(call.args[path])));
    let here = |path: usize| Some((libc::AT_FDCWD, Addr(call.args[path])));
    // unlink and rmdir, rename, unlinkat, renameat and renameat2: those of the architectures in turn.
    match (call.abi(), call.number()) {
        (Abi::X86_64, 84 | 87) | (Abi::I386, 10 | 40) => [here(0), None],
        (Abi::X86_64, 82) | (Abi::I386, 38) => [here(0), here(1)],
        (Abi::X86_64, 263) | (Abi::I386, 301) | (Abi::Aarch64 | Abi::Riscv64, 35) => [name(0, 1), None],
        (Abi::X86_64, 264 | 316) | (Abi::I386, 302 | 353) | (Abi::Aarch64 | Abi::Riscv64, 38 | 276) => {
            [name(0, 1), name(2, 3)]
        }
        _ => [None, None],
    }
}

/// The path as seen from the root: all directories resolved, the last name, which the call acts upon, as it is.
fn absolute(tracee: &Stopped, dir: i32, path: PathBuf) -> PathBuf {
    let proc = PathBuf::from(format!("/proc/{}", tracee.tid()));
    let base = if dir == libc::AT_FDCWD { proc.join("cwd") } else { proc.join(format!("fd/{dir}")) };
    let path = base.join(path);
    match (path.parent().map(fs::canonicalize), path.file_name()) {
        (Some(Ok(parent)), Some(name)) => parent.join(name),
        _ => path,
    }
}
