//! Every kind of stop, from programs that come to it.

mod common;

use common::{drain, of, trace, tracee};
use strax_ptrace::{
    Command, Error, Options, Resume, Session, Signal, Status, Stop, Tid, Usage, WaitFlags, wait_any,
    wait_any_with_usage,
};

fn family(what: &str, options: Options) -> (Tid, Vec<(Tid, Stop)>) {
    trace(Command::new(tracee("family", what)).arg(what), options, Resume::Cont)
}

fn child_of(seen: &[(Tid, Stop)]) -> Tid {
    seen.iter().find_map(|(_, stop)| stop.new_child()).expect("a child")
}

#[test]
fn fork() {
    let (tid, seen) = family("fork", Options::FOLLOW);
    let child = child_of(&seen);
    let stops = of(tid, &seen);
    assert!(stops.contains(&Stop::Fork { child }));
    assert!(stops.contains(&Stop::SignalDelivery(Signal::CHLD)));
    assert_eq!(stops.last(), Some(&Stop::Exited { status: 0 }));
    assert_eq!(of(child, &seen), [Stop::EventStop, Stop::Exited { status: 3 }]);
}

#[test]
fn vfork() {
    let (tid, seen) = family("vfork", Options::FOLLOW | Options::VFORK_DONE);
    let child = child_of(&seen);
    let stops = of(tid, &seen);
    assert!(stops.contains(&Stop::Vfork { child }));
    assert!(stops.contains(&Stop::VforkDone { child }));
    assert_eq!(stops.last(), Some(&Stop::Exited { status: 0 }));
    assert_eq!(of(child, &seen), [Stop::EventStop, Stop::Exited { status: 4 }]);
}

#[test]
fn thread() {
    let (tid, seen) = family("thread", Options::FOLLOW);
    let child = child_of(&seen);
    assert!(of(tid, &seen).contains(&Stop::Clone { child }));
    assert_eq!(of(child, &seen), [Stop::EventStop, Stop::Exited { status: 0 }]);
}

#[test]
fn children_are_not_followed_unless_asked_for() {
    let (tid, seen) = family("fork", Options::NONE);
    assert!(seen.iter().all(|(of, _)| *of == tid));
    assert_eq!(seen.last(), Some(&(tid, Stop::Exited { status: 0 })));
}

#[test]
fn exec_from_a_thread() {
    let (tid, seen) = family("exec-from-thread", Options::FOLLOW);
    let thread = child_of(&seen);
    let stops = of(tid, &seen);
    assert!(stops.contains(&Stop::Exec { former: thread }));
    assert_eq!(stops.last(), Some(&Stop::Exited { status: 7 }));
    // The thread has become the process: it does not end, it changes its name.
    assert_eq!(of(thread, &seen), [Stop::EventStop]);
}

#[test]
fn exit() {
    let (tid, seen) = family("exit", Options::EXIT);
    let stops = of(tid, &seen);
    let [.., Stop::Exit { status }, Stop::Exited { status: 7 }] = &stops[..] else { panic!("{stops:?}") };
    assert_eq!(status.status(), Status::Exited { status: 7 });
}

#[test]
fn a_leader_that_ends_before_its_threads_ends_last() {
    let (tid, seen) = family("zombie-leader", Options::FOLLOW);
    assert_eq!(seen.last(), Some(&(tid, Stop::Exited { status: 0 })));
}

#[test]
fn every_entry_has_its_exit() {
    let program = tracee("family", "calls");
    let (_, seen) = trace(Command::new(&program).arg("fork"), Options::FOLLOW, Resume::Syscall);
    let tids: std::collections::BTreeSet<Tid> = seen.iter().map(|(tid, _)| *tid).collect();
    for tid in tids {
        let calls = of(tid, &seen);
        let entries = calls.iter().filter(|stop| matches!(stop, Stop::SyscallEnter(_))).count();
        let exits = calls.iter().filter(|stop| matches!(stop, Stop::SyscallExit(_))).count();
        // exit_group never returns; the program's first exit is that of its execve, its child's entry is missing.
        let is_program = calls.iter().any(|stop| matches!(stop, Stop::Exec { .. }));
        assert_eq!(entries, exits + usize::from(!is_program), "{calls:x?}");
    }
}

#[test]
fn counting_stops_gives_what_the_kernel_says() {
    let program = tracee("family", "counted");
    let kinds = |session: &mut Session| {
        session.spawn(Command::new(&program).arg("fork"), Options::FOLLOW).unwrap();
        let mut kinds = Vec::new();
        while let Some(event) = session.next_event().unwrap() {
            kinds.push(match event.stop {
                Stop::SyscallEnter(call) => {
                    (i64::from(call.number()), call.arch.0, event.tracee().unwrap().syscall_info().is_ok())
                }
                Stop::SyscallExit(exit) => (-1, exit.arch.0, exit.is_error),
                _ => (-2, 0, false),
            });
            session.resume(event, Resume::Syscall).unwrap();
        }
        kinds.sort_unstable();
        kinds
    };
    let mut counting = Session::new();
    counting.count_syscall_stops();
    assert_eq!(kinds(&mut counting), kinds(&mut Session::new()));
}

#[test]
fn an_interrupt_stops_what_sleeps_and_what_runs_on_does_not_notice() {
    let mut session = Session::new();
    let tid = session.spawn(Command::new("sleep").arg("0.05"), Options::NONE).unwrap();
    let event = session.next_event().unwrap().unwrap();
    let running = event.into_tracee().unwrap().cont(None).unwrap();
    running.interrupt().unwrap();
    let event = running.wait().unwrap();
    assert_eq!((event.tid, event.stop), (tid, Stop::EventStop));
    session.resume(event, Resume::Cont).unwrap();
    assert_eq!(drain(&mut session, Resume::Cont), [(tid, Stop::Exited { status: 0 })]);
}

#[test]
fn a_tracee_killed_at_a_stop_is_gone_and_then_ends() {
    let mut session = Session::new();
    let tid = session.spawn(Command::new("sleep").arg("1000"), Options::NONE).unwrap();
    let event = session.next_event().unwrap().unwrap();
    common::send(tid, libc::SIGKILL);
    // The kill may take a moment to reach it; until then the requests succeed.
    while event.tracee().unwrap().registers().is_ok() {
        std::thread::yield_now();
    }
    assert!(event.tracee().unwrap().registers().unwrap_err().is_gone());
    session.resume(event, Resume::Syscall).unwrap();
    assert_eq!(
        drain(&mut session, Resume::Syscall),
        [(tid, Stop::Killed { signal: Signal::KILL, core: false })]
    );
}

#[test]
fn the_low_level_tells_what_was_used() {
    let tracee = Command::new("true").spawn(Options::NONE).unwrap().exec().unwrap();
    let tid = tracee.tid();
    let _running = tracee.syscall(None).unwrap();
    let mut last = Usage::default();
    loop {
        let (waited, usage) = wait_any_with_usage(WaitFlags::OWN_THREAD).unwrap().unwrap();
        assert_eq!(waited.tid, tid);
        assert!(usage.user + usage.system >= last.user + last.system);
        last = usage;
        match waited.stopped() {
            Some(tracee) => tracee.syscall(None).unwrap(),
            None => break,
        };
    }
    assert!(last.max_resident_kib > 0);
    assert!(matches!(wait_any(WaitFlags::OWN_THREAD | WaitFlags::NO_HANG), Err(Error::NoTracee)));
}

#[test]
fn single_steps() {
    let tracee = Command::new("true").spawn(Options::NONE).unwrap().exec().unwrap();
    let before = tracee.registers().unwrap().instruction_pointer();
    // The first step ends the execve.
    let event = tracee.step(None).unwrap().wait().unwrap();
    assert_eq!(event.stop, Stop::SignalDelivery(Signal::TRAP));
    assert_eq!(event.tracee().unwrap().registers().unwrap().instruction_pointer(), before);
    let event = event.into_tracee().unwrap().step(None).unwrap().wait().unwrap();
    assert_eq!(event.stop, Stop::SignalDelivery(Signal::TRAP));
    assert_ne!(event.tracee().unwrap().registers().unwrap().instruction_pointer(), before);
    event.into_tracee().unwrap().kill().unwrap().wait().unwrap();
}
