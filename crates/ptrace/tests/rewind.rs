//! A call that is taken back, and made once more.

#![cfg(target_arch = "x86_64")]

mod common;

use common::{compile, drain, tracee};
use std::path::PathBuf;
use strax_ptrace::{Command, Event, Options, Resume, Session, Stop, SyscallEntry, Tid};

/// Runs a program up to its next call `number`.
fn up_to(session: &mut Session, number: u32) -> (Event, SyscallEntry) {
    loop {
        let event = session.next_event().unwrap().expect("an event");
        match event.stop {
            Stop::SyscallEnter(call) if call.number() == number => return (event, call),
            _ => session.resume(event, Resume::Syscall).unwrap(),
        }
    }
}

/// Has a program make another call in the place of its next one of this number, and that one right after.
fn rewound(program: PathBuf, number: u32, other: u64) -> (Tid, Stop) {
    let mut session = Session::new();
    let tid = session.spawn(&mut Command::new(program), Options::NONE).unwrap();
    let (event, call) = up_to(&mut session, number);
    let tracee = event.tracee().unwrap();
    let registers = tracee.registers().unwrap();
    tracee.set_syscall_entry(&SyscallEntry { nr: other, args: [0; 6], ..call }).unwrap();
    session.resume(event, Resume::Syscall).unwrap();
    let event = session.next_event().unwrap().expect("an event");
    let Stop::SyscallExit(_) = event.stop else { panic!("{:?}", event.stop) };
    event.tracee().unwrap().rewind_syscall(&registers, &call).unwrap();
    session.resume(event, Resume::Syscall).unwrap();
    let event = session.next_event().unwrap().expect("an event");
    assert_eq!(event.stop, Stop::SyscallEnter(call));
    session.resume(event, Resume::Cont).unwrap();
    (tid, drain(&mut session, Resume::Cont).pop().expect("an end").1)
}

#[test]
fn of_a_64_bit_program() {
    let (_, end) = rewound(tracee("int80", "rewind"), libc::SYS_getpid as u32, libc::SYS_getppid as u64);
    assert_eq!(end, Stop::Exited { status: 0 });
}

#[test]
fn of_a_32_bit_program() {
    const WRITE: u32 = 4;
    const GETPPID: u64 = 64;
    let flags = ["-m32", "-nostdlib", "-static", "-ffreestanding", "-fno-pic", "-fno-stack-protector"];
    let (tid, end) = rewound(compile("i386", "rewind", &flags), WRITE, GETPPID);
    // Its status is what it takes for its id.
    assert_eq!(end, Stop::Exited { status: tid.raw() & 0xff });
}
