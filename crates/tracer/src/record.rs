//! Recording a trace (`--record`): what goes into the recording beside what calls are about.

use crate::config::{Config, Record, RecordTo};
use crate::error::Error;
use crate::report::{Vcpu, dumped};
use crate::tid_map::TidMap;
use crate::{status, sys};
use capture::{Noting, Recorder};
use decode::{Answer, Call, FdInfo, Labelled, Options, Outcome, Question, Target, Wanted};
use event::{Event, Observer, Return, What};
use ptrace::Tid;
use recording::{Head, Writer};
use std::fs::File;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// The names of the notes in a recording's head.
pub(crate) mod note {
    /// New processes and threads were traced as well.
    pub(crate) const FOLLOW: &str = "follow";
    /// Security contexts were recorded.
    pub(crate) const CONTEXTS: &str = "contexts";
    /// The most frames of stacks, where stacks were recorded.
    pub(crate) const FRAMES: &str = "frames";
    /// Lines of the source were recorded with them.
    pub(crate) const LINES: &str = "lines";
    /// Of which descriptors all data that were read were recorded, and those that were written.
    pub(crate) const READ: &str = "read";
    pub(crate) const WRITE: &str = "write";
}

/// An observer that records what it is told as `record` says, and tells it to `observer`.
///
/// # Errors
/// The recording can't be begun.
pub(crate) fn recorder<'a>(
    config: &'a Config,
    record: &Record,
    observer: &'a mut dyn Observer,
) -> Result<Recorder<'a, Box<dyn Write>>, Error> {
    let place: Box<dyn Write> = match &record.to {
        RecordTo::Stdout => Box::new(sys::take_stdout().map_err(recording::Error::Write)?),
        RecordTo::File(path) => Box::new(
            File::create(path)
                .map_err(|source| Error::Recording { path: path.as_os_str().to_owned(), source })?,
        ),
    };
    let kept = kept(config);
    let writer = Writer::new(place, &head(config, record, kept))?;
    let mut beside = Beside::new(config, record.strings, kept.contexts.is_some());
    let reading = Box::new(move |event: &Event<'_>, target: &mut Noting<'_>| beside.read(event, target));
    let recorder = Recorder::new(writer, record.strings, kept, observer, reading);
    Ok(if sees_all(config) { recorder.told_of_all() } else { recorder })
}

/// Whether the recorder is told of every call of its command as it was made, and nobody else can close a descriptor of
/// it: who is told of calls by a seccomp filter that the tracer is under could.
fn sees_all(config: &Config) -> bool {
    let filters = &config.filters;
    let is_whole = filters.trace.is_all() && filters.trace_fds.is_none() && filters.paths.is_empty();
    let is_free = || {
        let own = status::text("self").unwrap_or_default();
        status::field(&own, "Seccomp:") == Some("0")
    };
    is_whole && config.inject.is_empty() && is_free()
}

/// What is kept of answers: all, but for security contexts where nobody has one. To ask for those of each descriptor and
/// path all the same would be the dearest part of a recording.
fn kept(config: &Config) -> Wanted {
    let has_labels = || {
        let own = std::fs::read("/proc/self/attr/current").unwrap_or_default();
        !own.is_empty() || Path::new("/sys/fs/selinux/enforce").exists()
    };
    let is_wanted = config.style.contexts.is_some() || has_labels();
    Wanted { contexts: Wanted::EVERYTHING.contexts.filter(|_| is_wanted), ..Wanted::EVERYTHING }
}

fn head(config: &Config, record: &Record, kept: Wanted) -> Head {
    let kernel = std::fs::read("/proc/sys/kernel/osrelease").unwrap_or_default();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let mut notes = Vec::new();
    let mut note = |name: &str, value: String| notes.push((name.as_bytes().to_vec(), value.into_bytes()));
    if config.follow_forks {
        note(note::FOLLOW, String::new());
    }
    if kept.contexts.is_some() {
        note(note::CONTEXTS, String::new());
    }
    if let Some(stacks) = config.stack_trace {
        note(note::FRAMES, stacks.frames.to_string());
        if stacks.lines {
            note(note::LINES, String::new());
        }
    }
    for (name, fds) in [(note::READ, &config.filters.read), (note::WRITE, &config.filters.write)] {
        if !fds.is_empty() {
            note(name, fds.to_string());
        }
    }
    Head {
        machine: std::env::consts::ARCH.as_bytes().to_vec(),
        kernel: kernel.trim_ascii_end().to_vec(),
        version: env!("CARGO_PKG_VERSION").as_bytes().to_vec(),
        command: record.command_line.iter().map(|arg| arg.as_bytes().to_vec()).collect(),
        notes,
        strings: record.strings as u64,
        began: u64::try_from(now.as_nanos()).unwrap_or(u64::MAX),
    }
}

/// Reads what lines have beside their calls: names, contexts, stacks, data, the state of virtual processors.
struct Beside<'c> {
    config: &'c Config,
    /// How virtual processors are shown at the most.
    options: Options,
    /// The command names of threads, which are asked for again when they may have changed.
    names: TidMap<Vec<u8>>,
    /// The virtual processors that threads are running.
    running: TidMap<Vcpu>,
    /// Threads whose stack is known from the beginning of their call.
    stacks: TidMap<bool>,
    /// Whether security contexts are recorded.
    has_contexts: bool,
}

impl<'c> Beside<'c> {
    fn new(config: &'c Config, strings: usize, has_contexts: bool) -> Beside<'c> {
        Beside {
            config,
            options: Options { strings, abbrev: false, verbose: true, raw: false },
            names: TidMap::default(),
            running: TidMap::default(),
            stacks: TidMap::default(),
            has_contexts,
        }
    }

    fn read(&mut self, event: &Event<'_>, target: &mut Noting<'_>) {
        let tid = Tid::from_raw(event.task.tid);
        if matches!(event.what, What::Message(_) | What::Lost(_)) {
            return;
        }
        self.name(event, target);
        if self.has_contexts {
            target.ask(&Question::Context(Labelled::Task));
        }
        match event.what {
            What::Enter(call) => {
                self.stack(tid, true, target);
                if let Some(vcpu) = Vcpu::about_to_run(call, target) {
                    self.running.insert(tid, vcpu);
                }
            }
            What::Exit(call, returned) => {
                self.stack(tid, false, target);
                self.data(tid, call, returned.outcome, target);
            }
            What::Signal { .. } | What::GroupStop(_) => self.stack(tid, false, target),
            What::Exited(_)
            | What::Killed { .. }
            | What::Renamed { .. }
            | What::Superseded { .. }
            | What::Detached => {
                self.names.remove(&tid);
                self.running.remove(&tid);
                self.stacks.remove(&tid);
            }
            _ => {}
        }
    }

    /// Notes the command name of the thread.
    fn name(&mut self, event: &Event<'_>, target: &mut Noting<'_>) {
        let tid = Tid::from_raw(event.task.tid);
        if writes_name(&event.what, target) {
            self.names.clear();
        }
        if let Some(name) = self.names.get(&tid).filter(|_| !may_rename(&event.what)) {
            return target.note(&Question::OwnCommand, &Answer::Name(name.into()));
        }
        if let Some(Answer::Name(name)) = target.ask(&Question::OwnCommand) {
            let name = name.into_owned();
            self.names.insert(tid, name);
        }
    }

    /// Has the stack noted, if stacks are recorded: that of a call when it begins, so that it needs none at its end.
    fn stack(&mut self, tid: Tid, enters: bool, target: &mut Noting<'_>) {
        if self.config.stack_trace.is_none() {
            return;
        }
        let is_known = !enters && self.stacks.remove(&tid).unwrap_or(false);
        let found = !is_known && target.ask(&Question::Stack).is_some();
        if enters {
            self.stacks.insert(tid, found);
        }
    }

    /// Reads all data of a call, if those are asked for, and the state of the virtual processor that it has run.
    fn data(&mut self, tid: Tid, call: &Call, outcome: Outcome, target: &mut Noting<'_>) {
        dumped(&self.config.filters, tid.raw(), call, outcome, target);
        if let Some(vcpu) = self.running.remove(&tid) {
            vcpu.lines(self.config.style.symbols, &self.options, outcome, target);
        }
    }
}

/// Whether somebody's command name has been written to its file in `/proc`.
fn writes_name(what: &What<'_>, target: &mut Noting<'_>) -> bool {
    /// The longest name, with a NUL or a newline.
    const MOST: i64 = 16;
    let What::Exit(call, Return { outcome: Outcome::Value(1..=MOST), .. }) = what else { return false };
    if call.name() != Some("write") {
        return false;
    }
    match target.ask(&Question::Fd(call.args[0] as i32)) {
        Some(Answer::Fd(FdInfo::Path { path, .. })) => path.ends_with(b"/comm"),
        _ => false,
    }
}

/// Whether a thread's command name may be another behind an event than before.
fn may_rename(what: &What<'_>) -> bool {
    match what {
        What::Exit(call, _) => matches!(call.name(), Some("prctl" | "execve" | "execveat")),
        What::Executed | What::Attached(_) | What::Superseded { .. } | What::Renamed { .. } => true,
        _ => false,
    }
}
