//! An observer that records what it is told, and tells it to another.

use crate::frames;
use crate::generous::Generous;
use crate::inside::Inside;
use crate::notes::{Notes, Noting};
use crate::plain::Plain;
use decode::{Call, CutDown, NoTarget, Pending, Target, Wanted};
use event::{CpuTime, Error, Event, Moment, Needs, Observer, Task, Verdict, What};
use recording::{Content, Writer};
use std::io::Write;
use uapi::Abi;

/// Reads what an observer may ask for beside what calls are about, of a target that notes it down.
pub type Reading<'a> = Box<dyn FnMut(&Event<'_>, &mut Noting<'_>) + 'a>;

/// Records events, with all that telling of them may need.
pub struct Recorder<'a, W: Write> {
    observer: &'a mut dyn Observer,
    needs: Needs,
    /// How much the other wants of answers.
    wanted: Wanted,
    /// Gone once it has failed: what would come now would stand behind a gap.
    writer: Option<Writer<W>>,
    generous: Generous,
    reading: Reading<'a>,
    /// Why it has failed, until that is told.
    complaint: Option<String>,
    /// What is to be known at the ends of calls.
    pending: Inside<Pending>,
    /// What is known of descriptors without asking.
    plain: Plain,
    notes: Notes,
    words: Vec<u64>,
    content: Content,
}

impl<'a, W: Write> Recorder<'a, W> {
    /// Records to `writer` with strings of up to `strings` bytes and as much of answers as `kept` says, and tells
    /// `observer`. Stacks are recorded if it needs them. If the recording can't go on,
    /// it is told so in a message, once, and the trace goes on without one.
    pub fn new(
        writer: Writer<W>,
        strings: usize,
        kept: Wanted,
        observer: &'a mut dyn Observer,
        reading: Reading<'a>,
    ) -> Recorder<'a, W> {
        let wants = observer.needs();
        Recorder {
            observer,
            needs: Needs { stacks: wants.stacks, answers: kept, ..Needs::ALL },
            wanted: wants.answers,
            writer: Some(writer),
            generous: Generous::new(strings),
            reading,
            complaint: None,
            pending: Inside::default(),
            plain: Plain::new(false),
            notes: Notes::default(),
            words: Vec::new(),
            content: Content::default(),
        }
    }

    /// Every call of every thread that is told of comes as it was made, and nobody else can close their descriptors when
    /// the trace begins. So less has to be asked.
    #[must_use]
    pub fn told_of_all(self) -> Recorder<'a, W> {
        Recorder { plain: Plain::new(true), ..self }
    }

    fn record(&mut self, event: &Event<'_>, target: &mut dyn Target) {
        let Some(writer) = &mut self.writer else { return };
        self.notes.clear();
        self.content.clear();
        self.plain.heed(event);
        let mut noting = Noting::knowing(target, &mut self.notes, event.task.tid, &mut self.plain);
        read(&mut self.generous, &mut self.pending, event, &mut noting);
        (self.reading)(event, &mut noting);
        let Some(frame) = frames::pack(event, &mut self.words, &mut self.content) else { return };
        self.notes.put(&mut self.content);
        let written = writer.write(&frame, &self.words, &self.content);
        self.heed(written);
    }

    fn heed(&mut self, written: Result<(), recording::Error>) {
        if let Err(error) = written {
            self.writer = None;
            self.pending = Inside::default();
            self.complaint = Some(error.to_string());
        }
    }

    /// Tells the observer why there will be no more of the recording, if that has just come up.
    fn complain(&mut self) -> Result<(), Error> {
        let Some(text) = self.complaint.take() else { return Ok(()) };
        let task = Task { tid: 0, abi: Abi::X86_64, number: 0, ip: None, cpu: CpuTime::Unknown };
        let event = Event { at: Moment::default(), task: &task, what: What::Message(&text) };
        self.observer.on(&event, &mut NoTarget).map(drop)
    }
}

/// Reads what the call or the signal of an event is about.
fn read(generous: &mut Generous, pending: &mut Inside<Pending>, event: &Event<'_>, target: &mut dyn Target) {
    let tid = event.task.tid;
    match event.what {
        What::Enter(call) => {
            let mut kept = Pending::default();
            // What it stands for is looked up again.
            syscalls::identify(call.abi, call.number, call.registers, target);
            generous.enter(call, &mut kept, target);
            pending.begin(tid, kept);
        }
        What::Exit(call, returned) => {
            let mut kept = pending.end(tid).unwrap_or_default();
            generous.exit(call, returned.outcome, &mut kept, target);
        }
        What::Signal { info: Some(info), .. } => generous.signal(event.task.abi, info, target),
        What::Renamed { to, .. } => pending.rename(tid, to),
        What::Superseded { .. } => pending.succeed(tid),
        What::Unfinished(..) => drop(pending.end(tid)),
        What::Exited(_) | What::Killed { .. } | What::Detached => pending.forget(tid),
        _ => {}
    }
}

impl<W: Write> Observer for Recorder<'_, W> {
    fn needs(&self) -> Needs {
        self.needs
    }

    fn wants(&mut self, task: &Task, call: &Call, target: &mut dyn Target) -> bool {
        self.observer.wants(task, call, &mut CutDown::new(target, self.wanted))
    }

    fn on(&mut self, event: &Event<'_>, target: &mut dyn Target) -> Result<Verdict, Error> {
        self.record(event, target);
        self.complain()?;
        self.observer.on(event, &mut CutDown::new(target, self.wanted))
    }

    fn idle(&mut self) -> bool {
        let written = self.writer.as_mut().map_or(Ok(()), Writer::flush_if_old);
        self.heed(written);
        // Where not even that can be told, nobody is there to be told of it.
        let _ = self.complain();
        self.observer.idle()
    }

    fn is_waiting(&self) -> bool {
        self.writer.as_ref().is_some_and(Writer::is_pending) || self.observer.is_waiting()
    }

    fn is_helper(&self, pid: i32) -> bool {
        self.observer.is_helper(pid)
    }

    fn has_helper(&mut self) -> bool {
        self.observer.has_helper()
    }

    fn finish(&mut self) -> Result<(), Error> {
        let written = self.writer.take().map_or(Ok(()), Writer::finish);
        self.heed(written);
        self.complain()?;
        self.observer.finish()
    }
}
