//! Breakpoints, in one thread and in many.

#![cfg(target_arch = "x86_64")]

mod common;

use std::{collections::BTreeMap, fs, path::Path};

use common::compile;
use object::{Object, ObjectSymbol};
use strax_ptrace::{
    Addr, Breakpoints, Command, Options, Registers, Resume, Session, Signal, StepOver, Stop, Tid,
};

/// The address of a function in a program that is not position-independent.
fn address_of(function: &str, program: &Path) -> Addr {
    let bytes = fs::read(program).unwrap();
    let file = object::File::parse(&bytes[..]).unwrap();
    Addr(file.symbols().find(|symbol| symbol.name() == Ok(function)).unwrap().address())
}

fn workers(user: &str) -> (std::path::PathBuf, Addr) {
    let program = compile("workers", user, &["-O1", "-pthread", "-no-pie"]);
    let address = address_of("worked", &program);
    (program, address)
}

#[test]
fn every_call_in_every_thread_is_caught() {
    let (program, address) = workers("threads");
    let (mut session, mut breakpoints) = (Session::new(), Breakpoints::new());
    let tid = session.spawn(&mut Command::new(&program), Options::FOLLOW).unwrap();
    let mut calls: BTreeMap<Tid, Vec<(u64, u64)>> = BTreeMap::new();
    while let Some(event) = session.next_event().unwrap() {
        if let Stop::Exec { .. } = event.stop {
            breakpoints.insert(event.tracee().unwrap(), address).unwrap();
        }
        if event.stop == Stop::SignalDelivery(Signal::TRAP) {
            assert_eq!(breakpoints.hit(event.tracee().unwrap()).unwrap(), Some(address));
            let Registers::X86_64(registers) = event.tracee().unwrap().registers().unwrap() else { panic!() };
            calls.entry(event.tid).or_default().push((registers.rdi, registers.rsi));
            session.step_over(event, &breakpoints, Resume::Cont).unwrap();
            continue;
        }
        if let Stop::Exited { status } = event.stop {
            assert_eq!(status, 0);
        }
        session.resume(event, Resume::Cont).unwrap();
    }
    assert_eq!(calls.len(), 4);
    assert!(!calls.contains_key(&tid));
    for calls in calls.into_values() {
        let thread = calls[0].0;
        assert_eq!(calls, (0..100).map(|round| (thread, round)).collect::<Vec<_>>());
    }
}

#[test]
fn a_removed_breakpoint_is_not_hit_and_what_was_there_is_there_again() {
    let (program, address) = workers("removed");
    let tracee = Command::new(&program).spawn(Options::NONE).unwrap().exec().unwrap();
    let mut breakpoints = Breakpoints::new();
    let byte = |memory: strax_ptrace::Memory| {
        let mut byte = [0];
        memory.read_exact(address, &mut byte).map(|()| byte[0])
    };
    let before = byte(tracee.memory()).unwrap();
    breakpoints.insert(&tracee, address).unwrap();
    breakpoints.insert(&tracee, address).unwrap();
    assert_eq!(byte(tracee.memory()).unwrap(), 0xcc);
    breakpoints.remove_all(&tracee).unwrap();
    assert!(!breakpoints.contains(address));
    assert_eq!(byte(tracee.memory()).unwrap(), before);
    assert!(breakpoints.insert(&tracee, Addr(16)).is_err());
    let end = tracee.cont(None).unwrap().wait().unwrap();
    assert_eq!(end.stop, Stop::Exited { status: 0 });
}

#[test]
fn a_signal_waits_until_the_step_is_done() {
    let (program, address) = workers("signalled");
    let (mut session, mut breakpoints) = (Session::new(), Breakpoints::new());
    session.spawn(&mut Command::new(&program), Options::FOLLOW).unwrap();
    let (mut hits, mut signals) = (0, 0);
    while let Some(event) = session.next_event().unwrap() {
        match event.stop {
            Stop::Exec { .. } => breakpoints.insert(event.tracee().unwrap(), address).unwrap(),
            Stop::SignalDelivery(Signal::TRAP) => {
                assert!(breakpoints.hit(event.tracee().unwrap()).unwrap().is_some());
                hits += 1;
                // To this thread, so that it is pending here and now.
                // SAFETY: tgkill touches no memory.
                unsafe { libc::syscall(libc::SYS_tkill, event.tid.raw(), libc::SIGURG) };
                session.step_over(event, &breakpoints, Resume::Cont).unwrap();
                continue;
            }
            Stop::SignalDelivery(Signal::URG) => signals += 1,
            _ => {}
        }
        session.resume(event, Resume::Cont).unwrap();
    }
    assert_eq!((hits, signals), (400, 400));
}

#[test]
fn a_single_thread_steps_by_itself() {
    let program = compile("family", "stepped", &["-O1", "-pthread", "-no-pie"]);
    let address = address_of("main", &program);
    let tracee = Command::new(&program).spawn(Options::NONE).unwrap().exec().unwrap();
    let mut breakpoints = Breakpoints::new();
    breakpoints.insert(&tracee, address).unwrap();
    let event = tracee.cont(None).unwrap().wait().unwrap();
    assert_eq!(event.stop, Stop::SignalDelivery(Signal::TRAP));
    let tracee = event.into_tracee().unwrap();
    assert_eq!(breakpoints.hit(&tracee).unwrap(), Some(address));
    let StepOver::Done(tracee) = breakpoints.step_over(tracee).unwrap() else { panic!() };
    assert_eq!(tracee.cont(None).unwrap().wait().unwrap().stop, Stop::Exited { status: 7 });
}

#[test]
fn a_vfork_child_is_brought_over_it_while_its_parent_cannot_stop() {
    let program = compile("family", "vforked", &["-O1", "-pthread", "-no-pie"]);
    let address = address_of("called", &program);
    let (mut session, mut breakpoints) = (Session::new(), Breakpoints::new());
    let parent = session.spawn(Command::new(&program).arg("vfork"), Options::FOLLOW).unwrap();
    let mut hits = Vec::new();
    while let Some(event) = session.next_event().unwrap() {
        match event.stop {
            Stop::Exec { .. } => breakpoints.insert(event.tracee().unwrap(), address).unwrap(),
            Stop::SignalDelivery(Signal::TRAP) => {
                assert_eq!(breakpoints.hit(event.tracee().unwrap()).unwrap(), Some(address));
                hits.push(event.tid == parent);
                session.step_over(event, &breakpoints, Resume::Cont).unwrap();
                continue;
            }
            Stop::Exited { status } => assert_eq!(status, if event.tid == parent { 0 } else { 4 }),
            _ => {}
        }
        session.resume(event, Resume::Cont).unwrap();
    }
    assert_eq!(hits, [false, true]);
}

#[test]
fn a_trap_of_the_programs_own_is_none_of_ours() {
    let mut session = Session::new();
    session.spawn(Command::new("sh").args(["-c", "kill -TRAP $$"]), Options::NONE).unwrap();
    while let Some(event) = session.next_event().unwrap() {
        if event.stop == Stop::SignalDelivery(Signal::TRAP) {
            assert_eq!(Breakpoints::new().hit(event.tracee().unwrap()).unwrap(), None);
        }
        session.resume(event, Resume::Cont).unwrap();
    }
}
