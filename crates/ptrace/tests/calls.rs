//! System calls, read and changed, of 64-bit and 32-bit programs.

#![cfg(target_arch = "x86_64")]

mod common;

use common::{compile, drain, tracee};
use strax_ptrace::{
    Abi, Addr, Arch, CStrEnd, Command, Errno, Error, Event, Options, Registers, Resume, Session, Stop,
    SyscallEntry, SyscallExit, SyscallInfo, SyscallStop,
};

fn next(session: &mut Session) -> Event {
    session.next_event().unwrap().expect("an event")
}

/// Runs a program up to the entry of its next call `number`.
fn up_to(session: &mut Session, number: u32) -> (Event, SyscallEntry) {
    loop {
        let event = next(session);
        match event.stop {
            Stop::SyscallEnter(call) if call.number() == number => return (event, call),
            _ => session.resume(event, Resume::Syscall).unwrap(),
        }
    }
}

fn exit_of(session: &mut Session, event: Event) -> (Event, SyscallExit) {
    session.resume(event, Resume::Syscall).unwrap();
    let event = next(session);
    let Stop::SyscallExit(exit) = event.stop else { panic!("{:?}", event.stop) };
    (event, exit)
}

fn i386(session: &mut Session, user: &str) {
    let flags = ["-m32", "-nostdlib", "-static", "-ffreestanding", "-fno-pic", "-fno-stack-protector"];
    session.spawn(&mut Command::new(compile("i386", user, &flags)), Options::NONE).unwrap();
}

const I386_WRITE: u32 = 4;
const I386_GETPID: u32 = 20;
const WRITE: u32 = libc::SYS_write as u32;
const GETPID: u32 = libc::SYS_getpid as u32;

#[test]
fn a_32_bit_program_is_seen_as_one() {
    let mut session = Session::new();
    i386(&mut session, "seen");
    let (event, call) = up_to(&mut session, I386_WRITE);
    assert_eq!((call.abi(), call.arch), (Abi::I386, Arch::I386));
    assert_eq!((call.args[0], call.args[2]), (0xffff_ffff, 0xffff_fffe));
    let tracee = event.tracee().unwrap();
    assert_eq!(tracee.memory().read_cstring(Addr(call.args[1]), 64).unwrap(), b"hello");
    let registers = tracee.registers().unwrap();
    assert!(matches!(registers, Registers::I386(_)));
    assert_eq!(tracee.syscall_info_from_registers(SyscallStop::Enter).unwrap(), SyscallInfo::Entry(call));
    let (event, exit) = exit_of(&mut session, event);
    assert_eq!(exit.result(), Err(Errno(libc::EBADF)));
    let tracee = event.tracee().unwrap();
    assert_eq!(tracee.syscall_info_from_registers(SyscallStop::Exit).unwrap(), SyscallInfo::Exit(exit));
}

#[test]
fn a_32_bit_program_is_told_another_result_and_makes_another_call() {
    let mut session = Session::new();
    i386(&mut session, "told");
    let (event, _) = up_to(&mut session, I386_GETPID);
    let (event, exit) = exit_of(&mut session, event);
    event.tracee().unwrap().set_syscall_exit(&SyscallExit { rval: 99, ..exit }).unwrap();
    session.resume(event, Resume::Cont).unwrap();
    assert!(matches!(drain(&mut session, Resume::Cont)[..], [(_, Stop::Exited { status: 99 })]));

    i386(&mut session, "told");
    let (event, call) = up_to(&mut session, I386_GETPID);
    let exit = SyscallEntry { nr: 1, args: [77, 0, 0, 0, 0, 0], ..call };
    event.tracee().unwrap().set_syscall_entry(&exit).unwrap();
    session.resume(event, Resume::Cont).unwrap();
    assert!(matches!(drain(&mut session, Resume::Cont)[..], [(_, Stop::Exited { status: 77 })]));
}

#[test]
fn a_32_bit_call_of_a_64_bit_program_is_one() {
    let mut session = Session::new();
    session.spawn(&mut Command::new(tracee("int80", "calls")), Options::NONE).unwrap();
    loop {
        let event = next(&mut session);
        if let Stop::SyscallEnter(call) = event.stop
            && call.abi() == Abi::I386
        {
            assert_eq!((call.nr, call.args[0]), (20, 1));
            assert!(matches!(event.tracee().unwrap().registers().unwrap(), Registers::X86_64(_)));
            break;
        }
        session.resume(event, Resume::Syscall).unwrap();
    }
}

/// Lets a program read its own process id, and changes that by `change`, which gets the event of the entry.
fn getpid_changed(user: &str, change: impl FnOnce(&mut Session, Event, SyscallEntry)) -> Vec<Stop> {
    let mut session = Session::new();
    session.spawn(&mut Command::new(tracee("int80", user)), Options::NONE).unwrap();
    let (event, call) = up_to(&mut session, GETPID);
    change(&mut session, event, call);
    drain(&mut session, Resume::Cont).into_iter().map(|(_, stop)| stop).collect()
}

#[test]
fn results_are_changed() {
    let changed = getpid_changed("result", |session, event, _| {
        let (event, exit) = exit_of(session, event);
        let tracee = event.tracee().unwrap();
        tracee.set_syscall_exit(&SyscallExit { rval: -5, is_error: true, ..exit }).unwrap();
        assert_eq!(tracee.registers().unwrap().return_value(), -5);
        let SyscallInfo::Exit(exit) = tracee.syscall_info().unwrap() else { panic!() };
        assert_eq!(exit.result(), Err(Errno(5)));
        session.resume(event, Resume::Cont).unwrap();
    });
    assert_eq!(changed, [Stop::Exited { status: 1 }]);
}

#[test]
fn calls_are_skipped() {
    let changed = getpid_changed("skipped", |session, event, _| {
        event.tracee().unwrap().skip_syscall(-i64::from(libc::EPERM)).unwrap();
        let (event, exit) = exit_of(session, event);
        assert_eq!(exit.result(), Err(Errno(libc::EPERM)));
        session.resume(event, Resume::Cont).unwrap();
    });
    assert_eq!(changed, [Stop::Exited { status: 1 }]);
}

#[test]
fn calls_are_replaced() {
    let changed = getpid_changed("replaced", |session, event, call| {
        let exit = SyscallEntry { nr: libc::SYS_exit_group as u64, args: [33, 0, 0, 0, 0, 0], ..call };
        event.tracee().unwrap().set_syscall_entry(&exit).unwrap();
        let SyscallInfo::Entry(now) = event.tracee().unwrap().syscall_info().unwrap() else { panic!() };
        assert_eq!(now, exit);
        session.resume(event, Resume::Cont).unwrap();
    });
    assert_eq!(changed, [Stop::Exited { status: 33 }]);
}

#[test]
fn calls_are_replaced_by_registers() {
    let changed = getpid_changed("registers", |session, event, call| {
        let tracee = event.tracee().unwrap();
        assert_eq!(tracee.syscall_info_from_registers(SyscallStop::Enter).unwrap(), SyscallInfo::Entry(call));
        let mut registers = tracee.registers().unwrap();
        assert_eq!((registers.syscall_number(), registers.arch()), (u64::from(GETPID), Arch::X86_64));
        registers.set_syscall_number(libc::SYS_exit_group as u64);
        registers.set_syscall_args(Arch::X86_64, [34, 0, 0, 0, 0, 0]);
        tracee.set_registers(&registers).unwrap();
        session.resume(event, Resume::Cont).unwrap();
    });
    assert_eq!(changed, [Stop::Exited { status: 34 }]);
}

#[test]
fn memory_is_read_up_to_the_edge_and_written() {
    let mut session = Session::new();
    session.spawn(&mut Command::new(tracee("edge", "calls")), Options::NONE).unwrap();
    let (event, call) = loop {
        let (event, call) = up_to(&mut session, WRITE);
        if call.args[0] as i32 == -1 {
            break (event, call);
        }
        session.resume(event, Resume::Syscall).unwrap();
    };
    let (memory, at) = (event.tracee().unwrap().memory(), Addr(call.args[1]));
    let mut buffer = [0; 100];
    assert_eq!(memory.read(at, &mut buffer).unwrap(), 4);
    assert_eq!(&buffer[..4], b"edge");
    let string = memory.read_cstr(at, &mut buffer).unwrap();
    assert_eq!((string.len, string.end), (4, CStrEnd::Unreadable));
    let edge = at.checked_add(4).unwrap();
    assert!(matches!(memory.read_exact(at, &mut buffer), Err(Error::Fault { address }) if address == edge));
    assert_eq!(memory.write(at, &[b'!'; 10]).unwrap(), 4);
    // Its code is not for it to write, but for a tracer.
    let code = Addr(call.instruction_pointer);
    assert_eq!(memory.write(code, &[0xcc]).unwrap(), 0);
    let mut byte = [0];
    memory.read_exact(code, &mut byte).unwrap();
    memory.write_forced(code, &byte).unwrap();
    session.resume(event, Resume::Cont).unwrap();
    assert!(matches!(drain(&mut session, Resume::Cont)[..], [(_, Stop::Exited { status: 0x21 })]));
}

#[test]
fn a_seccomp_filter_stops_what_it_picks_only() {
    let mut session = Session::new();
    let filter = strax_ptrace::Filter::trace(&[(Abi::X86_64, &[GETPID])]);
    session.spawn(Command::new(tracee("int80", "seccomp")).seccomp(filter), Options::NONE).unwrap();
    let mut stops = Vec::new();
    while let Some(event) = session.next_event().unwrap() {
        if let Stop::Seccomp { call, .. } = event.stop {
            stops.push((call.abi(), call.number()));
            let changed = SyscallEntry { nr: libc::SYS_exit_group as u64, args: [35, 0, 0, 0, 0, 0], ..call };
            if call.abi() == Abi::X86_64 {
                event.tracee().unwrap().set_syscall_entry(&changed).unwrap();
            }
        } else if let Stop::Exited { status } = event.stop {
            assert_eq!(status, 35);
        }
        session.resume(event, Resume::Cont).unwrap();
    }
    assert_eq!(stops, [(Abi::I386, I386_GETPID), (Abi::X86_64, GETPID)]);
}
