//! A trace: what is traced, which calls are told of, and who is told.

use super::call::Call;
use super::error::{Error, Other};
use super::event::{Ending, Event, What};
use super::verdict::{Answer, Verdict};
use super::watch::{Asked, Watcher};
use capture::Replay;
use decode::Options;
use ptrace::Command;
use std::ffi::{OsStr, OsString};
use std::io::Read;
use tracer::Ptrace;
use tracer::config::{Colocate, Config, Keeping, SeccompBpf};
use tracer::filter::SyscallSet;

/// A trace that is to be: what is traced, and which calls are told of. Nothing is started or attached to before
/// [`Trace::run`] or [`Trace::each_call`].
///
/// ```no_run
/// use strax::{Errno, Trace, Value, Verdict};
///
/// Trace::command(["make", "-j8"]).follow_forks().only(["openat", "connect"])?.each_call(|call| {
///     match call.arg("pathname").and_then(Value::path) {
///         Some(path) if path.starts_with("/etc") => Verdict::Fail(Errno::EACCES),
///         _ => Verdict::Go,
///     }
/// })?;
/// # Ok::<(), strax::Error>(())
/// ```
#[must_use = "nothing is traced before `run` or `each_call`"]
pub struct Trace {
    subject: Subject,
    calls: Option<SyscallSet>,
    strings: usize,
    descriptors: bool,
    follow_forks: bool,
    kill_on_drop: bool,
}

/// What is traced, as it was given.
enum Subject {
    Command(Box<Command>),
    Process(i32),
    Recording(Box<dyn Read>),
}

impl Trace {
    /// Traces a program from its first instruction on. The first word is the program, found in `PATH` if it has no
    /// slash; the others are its arguments. It has the caller's environment, directory and standard streams;
    /// [`Trace::of`] is for other ones.
    pub fn command<S: AsRef<OsStr>>(words: impl IntoIterator<Item = S>) -> Trace {
        let mut words = words.into_iter();
        let mut command = match words.next() {
            Some(program) => Command::new(program),
            None => Command::new(""),
        };
        command.args(words);
        Trace::of(command)
    }

    /// As [`Trace::command`], with an environment, a directory, or other rights of its own.
    pub fn of(command: Command) -> Trace {
        Trace::new(Subject::Command(Box::new(command)))
    }

    /// Traces a process that runs, with all threads that it has. It goes on when the trace ends, however that comes
    /// about.
    ///
    /// The kernel lets a process be traced by its user, by one tracer at a time, and in some settings by nobody but its
    /// ancestors or the administrator (`/proc/sys/kernel/yama/ptrace_scope`).
    pub fn attach(pid: i32) -> Trace {
        Trace::new(Subject::Process(pid))
    }

    /// Tells of a recording that the command has made (`strax --record=FILE`), as if the program ran again. Nobody runs:
    /// of verdicts only [`Verdict::End`] does something, and paths can't be followed. Strings have at most as many bytes
    /// as the recording has of them, and descriptors are told of with [`Trace::descriptors`].
    pub fn replay(recording: impl Read + 'static) -> Trace {
        Trace::new(Subject::Recording(Box::new(recording)))
    }

    fn new(subject: Subject) -> Trace {
        Trace {
            subject,
            calls: None,
            strings: 4096,
            descriptors: false,
            follow_forks: false,
            kill_on_drop: true,
        }
    }

    /// Traces the threads and processes as well that those which are traced make, and those that these make in turn.
    pub fn follow_forks(mut self) -> Trace {
        self.follow_forks = true;
        self
    }

    /// Tells of these calls only. Each word is what `-e trace=` of the command takes: a name (`openat`), a class
    /// (`%file`, `%network`, `%desc`, …), a regular expression (`/^rename`), a number; with a `?` before it, it need not
    /// exist. A name means the calls of all ABIs that have it. The other calls are made as ever.
    ///
    /// # Errors
    /// [`Error::Calls`]: there is no such call, or the word is malformed.
    pub fn only<S: AsRef<str>>(mut self, words: impl IntoIterator<Item = S>) -> Result<Trace, Error> {
        let words: Vec<S> = words.into_iter().collect();
        let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
        let class_of =
            |abi, number| syscalls::row(abi, number).map_or(decode::class::NONE, |row| row.classes);
        let set = SyscallSet::parse(&words.join(","), &class_of);
        self.calls = Some(set.map_err(|invalid| Error::Calls(invalid.to_string()))?);
        Ok(self)
    }

    /// Decodes at most so many bytes of each string and buffer, paths excepted, which are always whole: 4096 unless said
    /// otherwise. Of a longer one, [`Value::is_cut`](crate::Value::is_cut) says so.
    pub fn strings(mut self, most: usize) -> Trace {
        self.strings = most;
        self
    }

    /// Finds out what descriptors stand for: files, devices, sockets with their addresses
    /// ([`Value::stands_for`](crate::Value::stands_for)). It takes some µs for each descriptor that a call has, more for
    /// sockets, and is not done unless asked for.
    pub fn descriptors(mut self) -> Trace {
        self.descriptors = true;
        self
    }

    /// Whether a program that was started is killed, with all that it has made, if the trace ends before it by an error,
    /// a panic of the callback, or the end of the tracer: true unless said otherwise. If not, it goes on unwatched, with
    /// the call that it was at. What was attached to always goes on.
    pub fn kill_on_drop(mut self, kill: bool) -> Trace {
        self.kill_on_drop = kill;
        self
    }

    /// Traces, and tells of all that happens: of each call at its entry and at its exit, of signals, of new threads and
    /// processes, of their ends. Returns when there is nobody left to trace, or the callback has ended the trace.
    ///
    /// The callback may return a [`Verdict`], nothing, or a `Result`: see [`Answer`].
    ///
    /// # Errors
    /// The program can't be started or the process not be attached to, the kernel refuses to go on, or the callback has
    /// given an error.
    pub fn run<A: Answer>(self, mut on: impl FnMut(&Event<'_>) -> A) -> Result<Ending, Error> {
        self.drive(true, |event| on(event).verdict())
    }

    /// Traces, and tells of each call at its entry, before it is made, and of nothing else. The rest is as with
    /// [`Trace::run`].
    ///
    /// # Errors
    /// As with [`Trace::run`].
    pub fn each_call<A: Answer>(self, mut on: impl FnMut(&Call<'_>) -> A) -> Result<Ending, Error> {
        self.drive(false, |event| match &event.what {
            What::Enter(call) => on(call).verdict(),
            _ => Ok(Verdict::Go),
        })
    }

    fn drive(
        self,
        exits: bool,
        mut callback: impl FnMut(&Event<'_>) -> Result<Verdict, Other>,
    ) -> Result<Ending, Error> {
        let mut options = Options { strings: self.strings, abbrev: false, ..Options::default() };
        let is_live = !matches!(self.subject, Subject::Recording(_));
        let mut config = guest(self.follow_forks);
        let mut program = OsString::new();
        let mut engine: Box<dyn event::Engine> = match self.subject {
            Subject::Command(command) => {
                program = command.get_program().to_owned();
                let engine = Ptrace::new(&config).as_guest().with_command(*command);
                Box::new(if self.kill_on_drop { engine.kill_on_failure() } else { engine })
            }
            Subject::Process(pid) => {
                config.start.attach.push(pid);
                Box::new(Ptrace::new(&config).as_guest())
            }
            Subject::Recording(from) => {
                let engine = Replay::new(from).map_err(|error| Error::Recording(error.into()))?;
                let kept = usize::try_from(engine.head().strings).unwrap_or(usize::MAX);
                options.strings = options.strings.min(kept);
                Box::new(engine)
            }
        };
        // An error of the callback's own is told from one of the engine's by where it comes from.
        let mut failed = None;
        let asked = Asked { calls: self.calls, exits, options, is_live, descriptors: self.descriptors };
        let mut watcher = Watcher::new(asked, |event: &Event<'_>| {
            callback(event).map_err(|error| {
                failed = Some(error);
                Other::from("the callback has failed")
            })
        });
        let run = engine.run(&mut watcher);
        let ending = watcher.ending;
        match (run, failed) {
            (Ok(_), _) => Ok(ending),
            (Err(_), Some(error)) => Err(Error::Callback(error)),
            (Err(error), None) if !is_live => Err(Error::Recording(error)),
            (Err(error), None) => Err(why(error, program)),
        }
    }
}

/// How the library traces: nothing but what is asked for, and nothing of the host's is touched.
///
/// Every call stops its thread, wanted or not: who is under a seccomp filter can't be let go of.
fn guest(follow_forks: bool) -> Config {
    Config {
        follow_forks,
        seccomp_bpf: SeccompBpf::Never,
        colocate: Colocate::Never,
        keeper: Keeping::Never,
        ..Config::default()
    }
}

/// Why there is no trace, or no more of it.
fn why(error: Other, program: OsString) -> Error {
    match error.downcast().map(|error| *error) {
        Ok(tracer::Error::Start(error)) => Error::Start(program, reason(error)),
        Ok(tracer::Error::Attach(pid, error)) => match error.downcast() {
            Ok(error) => Error::Attach(pid, reason(*error)),
            Err(error) => Error::Attach(pid, error),
        },
        Ok(error) => Error::Trace(error.into()),
        Err(error) => Error::Trace(error),
    }
}

/// What the kernel has said, where it has: without the tracer's own words for what it was doing.
fn reason(error: ptrace::Error) -> Other {
    match error.raw_os_error() {
        Some(errno) => Box::new(std::io::Error::from_raw_os_error(errno)),
        None => Box::new(error),
    }
}
