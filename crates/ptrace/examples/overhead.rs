//! What does tracing cost? A loop of `getppid`, untraced, traced, and traced behind a seccomp filter that lets it pass.
//!
//! ```text
//! $ cargo run -p strax-ptrace --release --example overhead
//! 100000 calls of getppid      stops       time   per call
//! untraced                           0      11 ms     113 ns
//! traced                        200260     877 ms    8776 ns
//! traced behind seccomp              4      11 ms     117 ns
//! ```
//!
//! (Where the tracer and the tracee run matters more than anything else: on two idle processors, each stop wakes one
//! of them up, at several times this cost.)

use std::{
    env,
    hint::black_box,
    time::{Duration, Instant},
};

use strax_ptrace::{Abi, Command, Filter, Options, Result, Resume, Session, Stop};

const CALLS: u32 = 100_000;

fn main() -> Result<()> {
    if env::args().nth(1).as_deref() == Some("loop") {
        call_in_a_loop();
        return Ok(());
    }
    let untraced = run(&mut this_program(), Resume::Cont)?;
    let traced = run(&mut this_program(), Resume::Syscall)?;
    // The tracer wants to hear of openat; all other calls do not stop.
    let filter = Filter::trace(&[(Abi::X86_64, &[libc::SYS_openat as u32])]);
    let filtered = run(this_program().seccomp(filter), Resume::Cont)?;

    println!("{CALLS} calls of getppid      stops       time   per call");
    row("untraced", untraced);
    row("traced", traced);
    row("traced behind seccomp", filtered);
    Ok(())
}

fn this_program() -> Command {
    let mut command = Command::new("/proc/self/exe");
    command.arg("loop");
    command
}

fn call_in_a_loop() {
    for _ in 0..CALLS {
        // The C library asks the kernel each time.
        black_box(std::os::unix::process::parent_id());
    }
}

/// Runs the program, resuming it in one way: how often it stopped for a system call, and how long it took.
fn run(command: &mut Command, how: Resume) -> Result<(u32, Duration)> {
    let mut session = Session::new();
    session.spawn(command, Options::NONE)?;
    let (start, mut stops) = (Instant::now(), 0);
    while let Some(event) = session.next_event()? {
        if let Stop::SyscallEnter(_) | Stop::SyscallExit(_) | Stop::Seccomp { .. } = event.stop {
            stops += 1;
        }
        session.resume(event, how)?;
    }
    Ok((stops, start.elapsed()))
}

fn row(name: &str, (stops, time): (u32, Duration)) {
    let per_call = time.as_nanos() / u128::from(CALLS);
    println!("{name:<25} {stops:>10} {:>7} ms {per_call:>7} ns", time.as_millis());
}
