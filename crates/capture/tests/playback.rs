//! Whoever is told of a replay is told what happened, with the same memory and answers.

use decode::{Answer, Call, FdInfo, Outcome, Question, Target, Wanted};
use event::{
    CpuTime, Cut, Ending, Engine, Error, Event, Moment, Needs, Observer, Origin, Return, Tampering, Task,
    Verdict, What,
};
use recording::{Content, Head, Writer};
use std::time::Duration;
use strax_capture::{Recorder, Replay};
use uapi::Abi;

/// A tracee with a path in memory, and a descriptor.
struct Tracee;

impl Tracee {
    const PATH: u64 = 0x1000;
}

impl Target for Tracee {
    fn read(&mut self, addr: u64, buf: &mut [u8]) -> usize {
        let memory = b"/etc/passwd\0and what is behind it";
        let rest = addr.checked_sub(Tracee::PATH).and_then(|from| memory.get(from as usize..));
        buf.iter_mut().zip(rest.unwrap_or_default()).map(|(to, from)| *to = *from).count()
    }

    fn ask(&mut self, question: &Question<'_>) -> Option<Answer<'_>> {
        match question {
            Question::Fd(3) => {
                Some(Answer::Fd(FdInfo::Path { path: b"/tmp/gone"[..].into(), deleted: true }))
            }
            Question::WorkingDirectory => Some(Answer::Path(b"/root"[..].into())),
            _ => None,
        }
    }
}

/// Writes down what it is told, and what it finds in memory.
#[derive(Default)]
struct Log {
    lines: Vec<String>,
    /// Calls of this name are not wanted.
    unwanted: &'static str,
    finished: usize,
}

impl Observer for Log {
    fn needs(&self) -> Needs {
        Needs { answers: Wanted::EVERYTHING, ..Needs::default() }
    }

    fn wants(&mut self, _: &Task, call: &Call, _: &mut dyn Target) -> bool {
        call.name() != Some(self.unwanted)
    }

    fn on(&mut self, event: &Event<'_>, target: &mut dyn Target) -> Result<Verdict, Error> {
        let mut path = [0; 12];
        let got = target.read(Tracee::PATH, &mut path);
        let answers = [Question::Fd(3), Question::WorkingDirectory, Question::BootTime]
            .map(|question| target.ask(&question).map(Answer::into_owned));
        let seen = match event.what {
            What::Enter(_) | What::Exit(..) => format!(" sees {} {answers:?}", path[..got].escape_ascii()),
            _ => String::new(),
        };
        self.lines.push(format!("{:?} {:?} {:?}{seen}", event.at, event.task, event.what));
        Ok(Verdict::Go)
    }

    fn finish(&mut self) -> Result<(), Error> {
        self.finished += 1;
        Ok(())
    }
}

fn call(name: &str, args: [u64; 6]) -> Call {
    let number = (0..500).find(|&n| Abi::X86_64.syscall(n).is_some_and(|entry| entry.name == name));
    Call::new(Abi::X86_64, number.expect("a call"), args, syscalls::row(Abi::X86_64, number.unwrap_or(0)))
}

fn at(nanos: u64) -> Moment {
    let time = Duration::from_nanos(nanos);
    Moment { wall: Some(Duration::from_secs(1_700_000_000) + time), monotonic: Some(time) }
}

fn task(tid: i32, call: &Call) -> Task {
    let cpu = CpuTime::OfThread(Duration::from_nanos(17));
    Task { tid, abi: call.abi, number: call.number, ip: Some(0x40_1000), cpu }
}

fn done(value: i64) -> Return {
    Return {
        outcome: Outcome::Value(value),
        spent: Some(Duration::from_nanos(950)),
        tampering: Tampering { injected: false, poked: true, delayed: false },
    }
}

/// A trace in which everything happens that can.
fn tell(observer: &mut dyn Observer) {
    let openat = call("openat", [-100i64 as u64, Tracee::PATH, 0, 0, 0, 0]);
    let fstat = call("fstat", [3, 16, 0, 0, 0, 0]);
    let failed = Return { outcome: Outcome::Error(2), spent: None, tampering: Tampering::default() };
    let info = [7; 128];
    let events = [
        (1, What::Attached(Origin::Command)),
        (1, What::Enter(&openat)),
        (2, What::Attached(Origin::Followed)),
        (2, What::Enter(&fstat)),
        (1, What::Exit(&openat, done(3))),
        (2, What::Exit(&fstat, failed)),
        (1, What::Enter(&openat)),
        (1, What::Exit(&openat, Return { outcome: Outcome::Running, ..failed })),
        (1, What::Signal { number: 17, info: Some(&info) }),
        (1, What::Signal { number: 9, info: None }),
        (1, What::GroupStop(19)),
        (1, What::Personality),
        (1, What::Enter(&fstat)),
        (2, What::Enter(&openat)),
        (2, What::Renamed { to: 1, call: Some(&openat) }),
        (1, What::Unfinished(&fstat, Cut::Ended)),
        (1, What::Superseded { by: 2 }),
        (1, What::Executed),
        (1, What::Exit(&openat, done(-1))),
        (1, What::Lost(12)),
        (0, What::Message("a message\n")),
        (3, What::Attached(Origin::Running)),
        (3, What::Enter(&fstat)),
        (3, What::Unfinished(&fstat, Cut::Detached)),
        (3, What::HandedOver { why: "for whom it may concern" }),
        (3, What::Detached),
        (1, What::Enter(&fstat)),
        (1, What::Unfinished(&fstat, Cut::Ended)),
        (1, What::Exited(7)),
        (4, What::Killed { signal: 11, core: true }),
    ];
    for (i, (tid, what)) in events.into_iter().enumerate() {
        let (task, at) = (task(tid, &openat), at(1000 * i as u64));
        let task = match &what {
            What::Enter(call) => Task { number: call.number, ..task },
            What::Message(_) => Task { ip: None, cpu: CpuTime::Unknown, ..task },
            _ => task,
        };
        let at = if i == 3 { Moment::default() } else { at };
        if let What::Enter(call) = &what {
            assert!(observer.wants(&task, call, &mut Tracee) || call.name() == Some("fstat"));
        }
        observer.on(&Event { at, task: &task, what }, &mut Tracee).expect("the observer goes on");
    }
    observer.finish().expect("the observer ends");
}

/// What is recorded of the trace, and what the observer behind the recorder was told.
fn recorded() -> (Vec<u8>, Log) {
    let (mut file, mut log) = (Vec::new(), Log::default());
    let writer = Writer::new(&mut file, &Head::default()).unwrap();
    let mut recorder = Recorder::new(writer, 4096, Wanted::EVERYTHING, &mut log, Box::new(|_, _| ()));
    assert_eq!(recorder.needs(), Needs { stacks: false, ..Needs::ALL });
    tell(&mut recorder);
    drop(recorder);
    (file, log)
}

#[test]
fn a_replay_tells_what_happened() {
    let mut plain = Log::default();
    tell(&mut plain);
    let (file, behind) = recorded();
    assert_eq!(plain.lines, behind.lines);
    let mut log = Log::default();
    let ending = Replay::new(file.as_slice()).unwrap().run(&mut log).unwrap();
    assert_eq!((ending, log.finished), (Ending::Exit(0), 1));
    let seen = |line: &String| line.split(" sees ").next().unwrap_or_default().to_owned();
    assert_eq!(
        plain.lines.iter().map(seen).collect::<Vec<_>>(),
        log.lines.iter().map(seen).collect::<Vec<_>>()
    );
    // What the call is about comes with it; where it is about something else, memory is not there.
    let openat = log.lines.iter().find(|line| line.contains("Enter") && line.contains("openat")).unwrap();
    assert!(
        openat.contains("/etc/passwd\\x00 ") && openat.contains("Path([47, 114, 111, 111, 116])"),
        "{openat}"
    );
    let fstat = log.lines.iter().find(|line| line.contains("Enter") && line.contains("fstat")).unwrap();
    assert!(fstat.contains("deleted: true") && !fstat.contains("passwd"), "{fstat}");
    // What stands behind a path is not kept.
    assert!(!file.windows(8).any(|bytes| bytes == b"what is "));
}

#[test]
fn calls_that_are_not_wanted_are_not_told_of() {
    let (file, _) = recorded();
    let mut log = Log { unwanted: "fstat", ..Log::default() };
    Replay::new(file.as_slice()).unwrap().run(&mut log).unwrap();
    assert!(!log.lines.iter().any(|line| line.contains("fstat")));
    assert!(log.lines.iter().any(|line| line.contains("openat")));
}

#[test]
fn what_a_cut_recording_has_is_told_before_the_error() {
    let (file, plain) = recorded();
    let mut log = Log::default();
    let error = Replay::new(&file[..file.len() - 1]).unwrap().run(&mut log).unwrap_err();
    assert_eq!(error.to_string(), format!("the recording is cut short after {} events", plain.lines.len()));
    assert_eq!((log.lines.len(), log.finished), (plain.lines.len(), 1));
}

/// A disk without room.
struct Full(usize);

impl std::io::Write for Full {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(std::io::ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_recording_that_fails_is_told_of_once_and_the_trace_goes_on() {
    let mut log = Log::default();
    let writer = Writer::new(Full(100), &Head::default()).unwrap();
    let mut recorder = Recorder::new(writer, 32, Wanted::EVERYTHING, &mut log, Box::new(|_, _| ()));
    tell(&mut recorder);
    tell(&mut recorder);
    drop(recorder);
    let complaint = "Message(\"can't write the recording: no storage space\")";
    assert_eq!(log.lines.iter().filter(|line| line.contains(complaint)).count(), 1);
    assert_eq!(log.lines.len() % 2, 1);
    assert_eq!(log.finished, 2);
}

/// A recording of one event of this kind and these numbers.
fn made_up(kind: u8, words: &[u64]) -> Result<Ending, Error> {
    let mut file = Vec::new();
    let mut writer = Writer::new(&mut file, &Head::default()).unwrap();
    let event = recording::Event { kind, ..recording::Event::default() };
    writer.write(&event, words, &Content::default()).unwrap();
    writer.finish().unwrap();
    Replay::new(file.as_slice()).unwrap().run(&mut Log::default())
}

#[test]
fn what_cannot_be_is_an_error() {
    let error = |kind, words: &[u64]| made_up(kind, words).unwrap_err().to_string();
    let strange = "the recording tells what can't be: an event without what belongs to it";
    for kind in 0..20 {
        assert_eq!(error(kind, &[]), strange);
        assert_eq!(error(kind, &[99 << 8, 0, 0, 0]), strange);
    }
    // A kind that is not known yet says nothing to this version.
    assert!(made_up(99, &[0, 0, 0, 0]).is_ok());
    assert_eq!(error(2, &[0, 0, 0, 0, 1, 2, 3]), strange);
    let no_call = "the recording tells what can't be: the end of a call that has not begun";
    assert_eq!([error(3, &[0, 0, 0, 0, 0, 0, 0]), error(4, &[0, 0, 0, 0, 1])], [no_call; 2]);
}
