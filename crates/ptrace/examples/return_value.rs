//! A program asks for its process id, and is told another one.
//!
//! ```text
//! $ cargo run -p strax-ptrace --example return_value sh -c 'echo $$'
//! 42
//! ```

use std::{env, process::ExitCode};

use strax_ptrace::{Abi, Command, Options, Result, Resume, Session, Stop, SyscallEntry, SyscallExit};

/// What programs are told: few are as important.
const TOLD: i64 = 42;

fn main() -> ExitCode {
    let args: Vec<_> = env::args_os().skip(1).collect();
    let [program, args @ ..] = &args[..] else {
        eprintln!("usage: return_value PROGRAM [ARGUMENT]...");
        return ExitCode::FAILURE;
    };
    match run(Command::new(program).args(args)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("return_value: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &mut Command) -> Result<()> {
    let mut session = Session::new();
    // Children are not followed: they are told the truth. So there is one thread, and one call at a time.
    session.spawn(command, Options::NONE)?;
    let mut asks = false;
    while let Some(event) = session.next_event()? {
        match event.stop {
            Stop::SyscallEnter(call) => asks = is_getpid(&call),
            Stop::SyscallExit(exit) if asks => {
                let changed = SyscallExit { rval: TOLD, is_error: false, ..exit };
                event.tracee()?.set_syscall_exit(&changed)?;
            }
            _ => {}
        }
        session.resume(event, Resume::Syscall)?;
    }
    Ok(())
}

fn is_getpid(call: &SyscallEntry) -> bool {
    const I386_GETPID: u32 = 20;
    match call.abi() {
        Abi::I386 => call.number() == I386_GETPID,
        _ => i64::from(call.number()) == libc::SYS_getpid,
    }
}
