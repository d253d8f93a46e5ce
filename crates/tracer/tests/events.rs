//! The seam between engines and observers: events that are told, and answers that are heeded.

use decode::Target;
use event::{Call, Change, Ending, Engine, Error, Event, Observer, Outcome, Task, Verdict, What};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;
use strax_tracer::config::{Command as Program, Config, Keeping, Output, OutputTo, SeccompBpf, Start};
use strax_tracer::{self as tracer, Ptrace, Reporter};

/// Waits for children of a process are everybody's: one trace at a time.
static ONE: Mutex<()> = Mutex::new(());

/// A shell that runs a script.
fn shell(script: &str) -> Config {
    let argv = ["sh", "-c", script].map(Into::into).to_vec();
    let command = Program { path: "/bin/sh".into(), argv, env: Vec::new(), credentials: None };
    Config {
        start: Start { command: Some(command), attach: Vec::new() },
        follow_forks: true,
        keeper: Keeping::Never,
        seccomp_bpf: SeccompBpf::Never,
        ..Config::default()
    }
}

fn temporary(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("events.{name}.{}", std::process::id()))
}

/// An observer that is a function.
struct With<F>(F);

impl<F: FnMut(&Event<'_>, &mut dyn Target) -> Result<Verdict, Error>> Observer for With<F> {
    fn on(&mut self, event: &Event<'_>, target: &mut dyn Target) -> Result<Verdict, Error> {
        (self.0)(event, target)
    }
}

/// Traces a script; the observer is asked about each event.
fn trace(
    script: &str,
    observer: impl FnMut(&Event<'_>, &mut dyn Target) -> Result<Verdict, Error>,
) -> Result<Ending, Error> {
    let config = shell(script);
    Ptrace::new(&config).as_guest().run(&mut With(observer))
}

/// The call that an event begins, if it is of this name.
fn entering<'a>(event: &Event<'a>, name: &str) -> Option<&'a Call> {
    match event.what {
        What::Enter(call) if call.name() == Some(name) => Some(call),
        _ => None,
    }
}

#[test]
fn a_call_begins_and_returns() {
    let _one = ONE.lock();
    let mut told = Vec::new();
    let ending = trace("cd /; exit 7", |event, _| {
        told.push(match event.what {
            What::Attached(_) => "attached",
            What::Executed => "executed",
            What::Enter(call) if call.name() == Some("chdir") => "enter",
            What::Exit(call, ret) if call.name() == Some("chdir") && ret.outcome == Outcome::Value(0) => {
                "exit"
            }
            What::Exited(7) => "exited",
            _ => return Ok(Verdict::Go),
        });
        Ok(Verdict::Go)
    });
    assert_eq!(ending.unwrap(), Ending::Exit(7));
    assert_eq!(told, ["attached", "executed", "enter", "exit", "exited"]);
}

#[test]
fn answers_are_heeded() {
    let _one = ONE.lock();
    let at_chdir = |verdict: Verdict| {
        let mut seen = Vec::new();
        let ending = trace("cd / 2>/dev/null && exit 1; exit 2", |event, _| {
            if let What::Exit(call, ret) = event.what
                && call.name() == Some("chdir")
            {
                seen.push((ret.outcome, ret.tampering.injected));
            }
            Ok(if entering(event, "chdir").is_some() { verdict.clone() } else { Verdict::Go })
        });
        (ending.unwrap(), seen)
    };
    let failed = (Outcome::Error(13), true);
    assert_eq!(at_chdir(Verdict::Fail(13)), (Ending::Exit(2), vec![failed]));
    assert_eq!(at_chdir(Verdict::Go), (Ending::Exit(1), vec![(Outcome::Value(0), false)]));
    assert_eq!(at_chdir(Verdict::Return(0)), (Ending::Exit(1), vec![(Outcome::Value(0), true)]));
    assert_eq!(at_chdir(Verdict::Kill), (Ending::Signal(9), vec![]));
    // It goes on unwatched, and how it ends is not known.
    assert_eq!(at_chdir(Verdict::Leave).1, vec![]);
    assert_eq!(at_chdir(Verdict::End).1, vec![]);
}

#[test]
fn results_can_be_others() {
    let _one = ONE.lock();
    let ending = trace("cd / 2>/dev/null && exit 1; exit 2", |event, _| {
        let is_it = matches!(event.what, What::Exit(call, _) if call.name() == Some("chdir"));
        Ok(if is_it { Verdict::Fail(2) } else { Verdict::Go })
    });
    assert_eq!(ending.unwrap(), Ending::Exit(2));
}

#[test]
fn memory_and_registers_can_be_others() {
    let _one = ONE.lock();
    let into = |change: fn(&Call) -> Change| {
        let mut changed = false;
        trace("cd /nonexist && exit 1; exit 2", |event, _| match entering(event, "chdir") {
            Some(call) if !changed => {
                changed = true;
                Ok(Verdict::Change(Box::new(change(call))))
            }
            _ => Ok(Verdict::Go),
        })
    };
    let root = |call: &Call| Change { memory: vec![(call.args[0], b"/\0".to_vec())], ..Change::default() };
    assert_eq!(into(root).unwrap(), Ending::Exit(1));
    // `getpid`, which is the same number everywhere that this runs on or none of them: it returns no error.
    let number = |call: &Call| Change { number: call.abi.number("getppid"), ..Change::default() };
    assert_eq!(into(number).unwrap(), Ending::Exit(2));
    let nowhere = |_: &Call| {
        let mut registers = [None; 6];
        registers[0] = Some(0);
        Change { registers, ..Change::default() }
    };
    assert_eq!(into(nowhere).unwrap(), Ending::Exit(2));
}

/// What a script has written to a file, once it has.
fn written(path: &PathBuf) -> String {
    for _ in 0..500 {
        if let Ok(text) = std::fs::read_to_string(path)
            && text.ends_with('\n')
        {
            let _ = std::fs::remove_file(path);
            return text;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    panic!("{} has not been written", path.display());
}

#[test]
fn tracees_go_on_when_the_observer_cannot() {
    let _one = ONE.lock();
    let (failing, panicking) = (temporary("failing"), temporary("panicking"));
    let script = |path: &PathBuf| format!("cd /; (cd /; echo done > {})", path.display());
    let failed = trace(&script(&failing), |event, _| match entering(event, "chdir") {
        Some(_) => Err("no more".into()),
        None => Ok(Verdict::Go),
    });
    assert_eq!(failed.unwrap_err().to_string(), "no more");
    assert_eq!(written(&failing), "done\n");
    let panicked = std::panic::catch_unwind(|| {
        trace(&script(&panicking), |event, _| match entering(event, "chdir") {
            Some(_) => std::panic::resume_unwind(Box::new("no more")),
            None => Ok(Verdict::Go),
        })
    });
    assert_eq!(panicked.unwrap_err().downcast_ref(), Some(&"no more"));
    assert_eq!(written(&panicking), "done\n");
}

#[test]
fn a_guest_leaves_other_children_alone() {
    let _one = ONE.lock();
    let mut other = Command::new("true").spawn().unwrap();
    std::thread::spawn(|| {
        assert_eq!(trace("(exit 3); exit 4", |_, _| Ok(Verdict::Go)).unwrap(), Ending::Exit(4));
    })
    .join()
    .unwrap();
    assert!(other.wait().unwrap().success());
}

/// An engine that traces nothing: it tells what it was told to.
struct Told;

impl Engine for Told {
    fn run(&mut self, observer: &mut dyn Observer) -> Result<Ending, Error> {
        let abi = uapi::Abi::X86_64;
        let number = abi.number("getppid").unwrap_or(0);
        let call = syscalls::identify(abi, number, [0; 6], &mut decode::NoTarget);
        let mut tell = |tid, what| {
            let at = event::Moment { wall: Some(std::time::Duration::from_millis(1500)), monotonic: None };
            let task = Task { tid, abi, number, ip: None, cpu: event::CpuTime::Unknown };
            if !matches!(what, What::Enter(call) if !observer.wants(&task, call, &mut decode::NoTarget)) {
                observer.on(&Event { at, task: &task, what }, &mut decode::NoTarget)?;
            }
            Ok::<(), Error>(())
        };
        let ret = event::Return { outcome: Outcome::Value(1), spent: None, tampering: Default::default() };
        tell(7, What::Enter(&call))?;
        tell(7, What::Exit(&call, ret))?;
        tell(7, What::Lost(3))?;
        tell(7, What::Exited(0))?;
        observer.finish()?;
        Ok(Ending::Exit(0))
    }
}

#[test]
fn events_of_any_engine_are_reported() {
    let path = temporary("report");
    let mut config = Config { keeper: Keeping::Never, ..Config::default() };
    config.output = Output { to: OutputTo::File { path: path.clone(), append: false }, ..Output::default() };
    let stamp = tracer::config::Stamp {
        clock: tracer::config::Clock::Unix,
        precision: tracer::config::Precision::Millis,
    };
    config.style.stamp = Some(stamp);
    assert_eq!(Told.run(&mut Reporter::new(&config).unwrap()).unwrap(), Ending::Exit(0));
    let lines = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let expected = "1.500 getppid()                         = 1\n";
    assert!(lines.starts_with(expected), "{lines}");
    assert!(lines.contains("3 lines") && lines.ends_with("1.500 +++ exited with 0 +++\n"), "{lines}");
}
