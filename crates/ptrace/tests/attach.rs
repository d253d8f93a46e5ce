//! Taking hold of running processes, and letting them go.

mod common;

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader},
    process::{Child, ChildStdout, Command as Process, Stdio},
    thread,
    time::Duration,
};

use common::{drain, send, status_line, tracee};
use strax_ptrace::{
    Next, Options, Resume, Running, Session, Signal, Stop, Tid, attach, seize_process, threads_of,
};

/// A program of this thread's own, running; killed in the end, whatever becomes of the test.
struct Program {
    child: Child,
    output: BufReader<ChildStdout>,
    tid: Tid,
}

impl Program {
    fn start(name: &str, user: &str, args: &[&str]) -> Program {
        let mut child = Process::new(tracee(name, user)).args(args).stdout(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let tid = Tid::from_raw(child.id() as i32);
        Program { child, output, tid }
    }

    /// One that sleeps until a signal comes.
    fn asleep(user: &str) -> Program {
        let mut program = Program::start("signals", user, &["pause"]);
        assert_eq!(program.line(), "ready\n");
        program
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // A tracer may have seen it to its end already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until something is so that will be so.
fn until(mut is_so: impl FnMut() -> bool) {
    while !is_so() {
        thread::sleep(Duration::from_millis(1));
    }
}

const SUM: &str = "sum 619800\n";

#[test]
fn all_threads_are_seized_and_all_live_on() {
    let mut program = Program::start("workers", "seized", &["100000"]);
    let tid = program.tid;
    until(|| threads_of(tid).unwrap().len() == 5);
    let mut session = Session::new();
    session.seize(tid, Options::FOLLOW).unwrap();
    let expected: BTreeSet<Tid> = threads_of(tid).unwrap().into_iter().collect();
    let (mut seen, mut calls) = (BTreeSet::new(), 0);
    while seen != expected || calls < 20 {
        let Some(event) = session.next_event().unwrap() else { panic!("ended") };
        seen.insert(event.tid);
        calls += usize::from(matches!(event.stop, Stop::SyscallEnter(_)));
        session.resume(event, Resume::Syscall).unwrap();
    }
    session.detach().unwrap();
    assert_eq!(status_line(tid, "TracerPid"), "0");
    send(tid, libc::SIGUSR1);
    assert_eq!(program.line(), SUM);
    assert!(program.child.wait().unwrap().success());
}

#[test]
fn seizing_does_not_stop() {
    let mut program = Program::start("workers", "running", &["1000"]);
    let tid = program.tid;
    let seized = seize_process(tid, Options::NONE).unwrap();
    assert!(seized.contains(&Running::assume(tid)));
    assert_eq!(program.line(), SUM);
    // Nobody but the tracer can see its threads to their ends, without which it has none itself.
    assert_eq!(drain(&mut Session::new(), Resume::Cont).last(), Some(&(tid, Stop::Exited { status: 0 })));
}

#[test]
fn a_stopped_process_stays_stopped_when_it_is_let_go() {
    let program = Program::asleep("stopped");
    let tid = program.tid;
    send(tid, libc::SIGSTOP);
    until(|| status_line(tid, "State").starts_with('T'));
    let mut session = Session::new();
    session.seize(tid, Options::NONE).unwrap();
    let event = session.next_event().unwrap().unwrap();
    assert_eq!(event.stop, Stop::GroupStop(Signal::STOP));
    session.resume(event, Resume::Syscall).unwrap();
    session.detach().unwrap();
    until(|| status_line(tid, "State").starts_with('T'));
}

#[test]
fn a_signal_on_its_way_is_not_lost_by_letting_go() {
    use std::os::unix::process::ExitStatusExt;
    let mut program = Program::asleep("pending");
    let tid = program.tid;
    let mut session = Session::new();
    session.seize(tid, Options::NONE).unwrap();
    let event = session.next_event().unwrap().unwrap();
    send(tid, libc::SIGTERM);
    session.resume(event, Resume::Cont).unwrap();
    session.detach().unwrap();
    assert_eq!(program.child.wait().unwrap().signal(), Some(libc::SIGTERM));
}

#[test]
fn waiting_ends_when_its_time_is_over() {
    let program = Program::asleep("timed");
    let tid = program.tid;
    let mut session = Session::new();
    session.seize(tid, Options::NONE).unwrap();
    let event = session.next_event().unwrap().unwrap();
    session.resume(event, Resume::Cont).unwrap();
    assert_eq!(session.next_event_within(Duration::from_millis(10)).unwrap(), Next::TimedOut);
    drop(session);
}

#[test]
fn the_old_way() {
    let program = Program::asleep("old");
    let tid = program.tid;
    let event = attach(tid).unwrap().wait().unwrap();
    assert_eq!(event.stop, Stop::SignalDelivery(Signal::STOP));
    let tracee = event.into_tracee().unwrap();
    tracee.set_options(Options::EXIT).unwrap();
    // Under the old way a group-stop has the same wait status as the signal itself.
    let event = tracee.cont(Some(Signal::STOP)).unwrap().wait().unwrap();
    assert_eq!(event.stop, Stop::GroupStop(Signal::STOP));
    let running = event.into_tracee().unwrap().cont(None).unwrap();
    send(tid, libc::SIGTERM);
    let event = running.wait().unwrap();
    assert_eq!(event.stop, Stop::SignalDelivery(Signal::TERM));
    let event = event.into_tracee().unwrap().cont(Some(Signal::TERM)).unwrap().wait().unwrap();
    assert!(matches!(event.stop, Stop::Exit { .. }));
    let end = event.into_tracee().unwrap().cont(None).unwrap().wait().unwrap();
    assert_eq!(end.stop, Stop::Killed { signal: Signal::TERM, core: false });
}

#[test]
fn nobody_cannot_be_seized() {
    let nobody = Tid::from_raw(i32::MAX);
    assert!(strax_ptrace::seize(nobody, Options::NONE).unwrap_err().is_gone());
    assert!(seize_process(nobody, Options::NONE).unwrap_err().is_gone());
    let own = strax_ptrace::seize(Tid::current(), Options::NONE).unwrap_err();
    assert_eq!(own.raw_os_error(), Some(libc::EPERM));
}
