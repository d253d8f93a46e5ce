//! Seizes a running process with all its threads, prints their system calls for a second, and lets it go. It lives on.
//!
//! ```text
//! $ cargo run -p strax-ptrace --example attach 32699
//! 32699 EventStop
//! 32701 EventStop
//! 32701 call 219 [0, 0, 7fe3284dce90, 0, 0, 7ffc1beef837]
//! 32699 call 219 [0, 0, 7ffc1beef8d0, 0, 0, 7ffc1beef837]
//! 32701 = 0x0
//! 32701 call 110 [7fe3284dd9c8, 0, 0, 7fe3284f0590, 0, 7ffc1beef837]
//! 32701 = 0x7f76
//! ...
//! 32701 call 230 [0, 0, 7fe3284dce90, 0, 0, 7ffc1beef837]
//! 14 calls, and 32699 goes on
//! ```

use std::{
    env,
    process::ExitCode,
    time::{Duration, Instant},
};

use strax_ptrace::{Next, Options, Result, Resume, Session, Stop, Tid};

fn main() -> ExitCode {
    let Some(pid) = env::args().nth(1).and_then(|pid| pid.parse().ok()) else {
        eprintln!("usage: attach PID");
        return ExitCode::FAILURE;
    };
    match watch(Tid::from_raw(pid), Duration::from_secs(1)) {
        Ok(calls) => println!("{calls} calls, and {pid} goes on"),
        Err(error) => {
            eprintln!("attach: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// Prints what the threads of `pid` ask for and get; how many calls there were.
fn watch(pid: Tid, time: Duration) -> Result<usize> {
    let deadline = Instant::now() + time;
    let mut session = Session::new();
    session.seize(pid, Options::FOLLOW)?;
    let mut calls = 0;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let event = match session.next_event_within(left)? {
            Next::Event(event) if !left.is_zero() => event,
            // Whatever is stopped, is released with the rest.
            _ => break,
        };
        match event.stop {
            Stop::SyscallEnter(call) => {
                calls += 1;
                println!("{} call {} {:x?}", event.tid, call.number(), call.args);
            }
            Stop::SyscallExit(exit) => match exit.result() {
                Ok(value) => println!("{} = {value:#x}", event.tid),
                Err(errno) => println!("{} = {errno}", event.tid),
            },
            stop => println!("{} {stop:?}", event.tid),
        }
        session.resume(event, Resume::Syscall)?;
    }
    session.detach()?;
    Ok(calls)
}
