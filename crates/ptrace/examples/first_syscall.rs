//! What is the first system call that `ls` makes?
//!
//! ```text
//! $ cargo run -p strax-ptrace --example first_syscall
//! The first system call of ls is number 12: brk, at 0x7f6ce6b6a0bb.
//! ```

use strax_ptrace::{Command, Options, Result, Resume, Session, Stop};

fn main() -> Result<()> {
    let mut session = Session::new();
    // The first event is the end of the execve that turned a copy of this program into ls.
    session.spawn(&mut Command::new("ls"), Options::NONE)?;
    while let Some(event) = session.next_event()? {
        if let Stop::SyscallEnter(call) = event.stop {
            let (number, at) = (call.number(), call.instruction_pointer);
            println!("The first system call of ls is number {number}: {}, at {at:#x}.", name(number));
            break;
        }
        session.resume(event, Resume::Syscall)?;
    }
    // The session ends here, and with it what it has spawned: ls never lists anything.
    Ok(())
}

/// The name of the few calls that a program may reasonably start with.
fn name(number: u32) -> &'static str {
    match libc::c_long::from(number) {
        libc::SYS_brk => "brk",
        libc::SYS_mmap => "mmap",
        libc::SYS_openat => "openat",
        libc::SYS_set_tid_address => "set_tid_address",
        _ => "one that this example has no name for",
    }
}
