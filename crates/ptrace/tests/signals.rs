//! Signals: delivered, suppressed, replaced; group-stops; ends by signals.

mod common;

use common::{drain, of, send, status_line, trace, tracee};
use strax_ptrace::{Command, Event, Options, Resume, Session, Signal, SignalSet, Stop};

const LAST: Signal = Signal::new(64).unwrap();

/// Runs `tests/tracees/signals.c` up to the delivery of `signal`.
fn up_to(session: &mut Session, what: &str, signal: Signal) -> Event {
    session.spawn(Command::new(tracee("signals", what)).arg(what), Options::NONE).unwrap();
    loop {
        let event = session.next_event().unwrap().unwrap();
        if event.stop == Stop::SignalDelivery(signal) {
            return event;
        }
        session.resume(event, Resume::Cont).unwrap();
    }
}

#[test]
fn a_realtime_signal_is_delivered_with_what_came_with_it() {
    let mut session = Session::new();
    let event = up_to(&mut session, "realtime", LAST);
    let info = event.tracee().unwrap().siginfo().unwrap();
    assert_eq!((info.signal(), info.pid()), (Some(LAST), event.tid.raw()));
    assert_eq!((info.code(), info.value() as i32), (libc::SI_QUEUE, 42));
    session.resume(event, Resume::Cont).unwrap();
    assert!(matches!(drain(&mut session, Resume::Cont)[..], [(_, Stop::Exited { status: 42 })]));
}

#[test]
fn a_signal_can_be_suppressed_and_changed() {
    let mut session = Session::new();
    let event = up_to(&mut session, "realtime", LAST);
    event.into_tracee().unwrap().cont(None).unwrap();
    assert!(matches!(drain(&mut session, Resume::Cont)[..], [(_, Stop::Exited { status: 0 })]));

    let event = up_to(&mut session, "realtime", LAST);
    let tracee = event.into_tracee().unwrap();
    let mut bytes = *tracee.siginfo().unwrap().as_bytes();
    let value = bytes.iter().rposition(|byte| *byte == 42).unwrap();
    bytes[value] = 43;
    tracee.set_siginfo(&strax_ptrace::SigInfo::from_bytes(bytes)).unwrap();
    tracee.cont(Some(LAST)).unwrap();
    assert!(matches!(drain(&mut session, Resume::Cont)[..], [(_, Stop::Exited { status: 43 })]));

    let event = up_to(&mut session, "realtime", LAST);
    event.into_tracee().unwrap().cont(Some(Signal::TERM)).unwrap();
    assert!(matches!(
        drain(&mut session, Resume::Cont)[..],
        [(_, Stop::Killed { signal: Signal::TERM, .. })]
    ));
}

#[test]
fn a_group_stop_lasts_until_sigcont() {
    let mut session = Session::new();
    let event = up_to(&mut session, "stop", Signal::STOP);
    let tid = event.tid;
    session.resume(event, Resume::Cont).unwrap();
    let event = session.next_event().unwrap().unwrap();
    assert_eq!(event.stop, Stop::GroupStop(Signal::STOP));
    session.resume(event, Resume::Cont).unwrap(); // listens
    assert!(status_line(tid, "State").starts_with('t'));
    send(tid, libc::SIGCONT);
    let seen = of(tid, &drain(&mut session, Resume::Cont));
    let expected = [Stop::EventStop, Stop::SignalDelivery(Signal::CONT), Stop::Exited { status: 5 }];
    assert_eq!(seen, expected);
}

#[test]
fn a_signal_that_kills_is_told_twice() {
    let (tid, seen) = trace(Command::new(tracee("signals", "segv")).arg("segv"), Options::NONE, Resume::Cont);
    let stops = of(tid, &seen);
    let [.., Stop::SignalDelivery(Signal::SEGV), Stop::Killed { signal: Signal::SEGV, .. }] = stops[..]
    else {
        panic!("{stops:?}")
    };
}

#[test]
fn a_fault_tells_its_address() {
    let mut session = Session::new();
    let event = up_to(&mut session, "segv", Signal::SEGV);
    assert_eq!(event.tracee().unwrap().siginfo().unwrap().address().0, 16);
}

#[test]
fn the_mask_is_read_and_set() {
    let tracee = Command::new("true").spawn(Options::NONE).unwrap().exec().unwrap();
    let before = tracee.signal_mask().unwrap();
    let mask = before.with(Signal::USR2).with(LAST);
    tracee.set_signal_mask(mask).unwrap();
    assert_eq!(tracee.signal_mask().unwrap(), mask);
    assert_eq!(status_line(tracee.tid(), "SigBlk"), format!("{:016x}", mask.bits()));
    assert_ne!(mask, SignalSet::EMPTY);
    tracee.kill().unwrap().wait().unwrap();
}
