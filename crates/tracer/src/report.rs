//! Events in; lines, a table and files out.

mod call;
mod dump;
mod heads;
mod line;
mod lines;
mod stacks;
mod summary;
mod thread;
mod vcpu;
mod writer;

pub(crate) use self::dump::dumped;
use self::thread::Threads;
pub(crate) use self::vcpu::Vcpu;
use self::writer::Writer;
use crate::config::{Config, Quiet};
use crate::error::Error;
use crate::keeper::Keeper;
use crate::select::Selection;
use decode::{Call, Target};
use event::{Event, Needs, Observer, Task, Verdict, What};
use ptrace::Tid;
use std::rc::Rc;

/// Writes what a [`Config`] asks for of the events that it is told of.
pub struct Reporter<'c> {
    selection: Selection<'c>,
    writer: Writer<'c>,
    threads: Threads,
}

impl<'c> Reporter<'c> {
    /// Opens the output.
    ///
    /// # Errors
    /// There is nowhere to write to.
    pub fn new(config: &'c Config) -> Result<Reporter<'c>, Error> {
        Reporter::with_keeper(config, &Rc::new(Keeper::new(config.keeper)))
    }

    /// One that shares its keeper with the engine.
    pub(crate) fn with_keeper(config: &'c Config, keeper: &Rc<Keeper>) -> Result<Reporter<'c>, Error> {
        let mut writer = Writer::new(config, keeper)?;
        let (selection, notes) = Selection::new(config);
        notes.iter().for_each(|note| writer.output.message(note));
        Ok(Reporter { selection, writer, threads: Threads::default() })
    }

    /// A thread that nobody has told of before.
    fn meet(&mut self, tid: Tid) -> Result<(), event::Error> {
        let (thread, opened) = self.writer.thread(tid);
        self.threads.insert(tid, Box::new(thread));
        self.writer.threads = self.threads.len();
        Ok(opened?)
    }

    /// Nothing more is told of a thread.
    fn forget(&mut self, tid: Tid) {
        if let Some(mut thread) = self.threads.remove(tid) {
            thread.flush();
        }
        self.writer.threads = self.threads.len();
    }

    /// Events other than calls.
    fn beside_calls(&mut self, event: &Event<'_>, target: &mut dyn Target) -> Result<(), event::Error> {
        let tid = Tid::from_raw(event.task.tid);
        match event.what {
            What::Message(text) => {
                self.writer.output.message(text);
                return Ok(());
            }
            What::Attached(_) => return self.meet(tid),
            What::Executed => return Ok(()),
            _ => {}
        }
        if !self.threads.contains(tid) {
            self.meet(tid)?;
        }
        let Reporter { writer, threads, .. } = self;
        let Some(thread) = threads.get_mut(tid) else { return Ok(()) };
        match event.what {
            What::Unfinished(call, why) => call::unfinished(writer, thread, event, call, why, target),
            What::Signal { number, info } => lines::signal(writer, thread, event, number, info, target),
            What::GroupStop(signal) => lines::stopped(writer, thread, event, signal, target),
            What::Personality => lines::personality(writer, thread, event, target),
            What::Renamed { to, call } => {
                call::renamed(writer, thread, tid.raw(), to, call);
                let to = Tid::from_raw(to);
                if !threads.contains(to) {
                    threads.rename(tid, to);
                }
            }
            What::Superseded { by } => {
                lines::superseded(writer, thread, event, by, target);
                threads.succeed(tid, Tid::from_raw(by));
                writer.threads = threads.len();
            }
            What::Exited(status) => {
                lines::exited(writer, thread, event, status, target);
                self.forget(tid);
            }
            What::Killed { signal, core } => {
                lines::killed(writer, thread, event, signal, core, target);
                self.forget(tid);
            }
            What::HandedOver { why } => lines::handed_over(writer, thread, event, why, target),
            What::Detached => self.forget(tid),
            What::Lost(count) => lines::lost(writer, thread, count),
            _ => {}
        }
        Ok(())
    }

    /// Whether enough calls have been shown.
    fn is_enough(&mut self) -> bool {
        let config = self.writer.config;
        if config.syscall_limit.is_none_or(|limit| self.writer.captured < limit) {
            return false;
        }
        if self.writer.tells(Quiet::Attach) {
            self.writer.output.message("System call limit has been reached, detaching tracees");
        }
        true
    }
}

impl Observer for Reporter<'_> {
    fn needs(&self) -> Needs {
        self.writer.needs()
    }

    fn wants(&mut self, _: &Task, call: &Call, target: &mut dyn Target) -> bool {
        self.selection.wants(call, target)
    }

    fn on(&mut self, event: &Event<'_>, target: &mut dyn Target) -> Result<Verdict, event::Error> {
        let tid = Tid::from_raw(event.task.tid);
        let Reporter { writer, threads, .. } = self;
        let is_enough = match (&event.what, threads.get_mut(tid)) {
            (What::Enter(call), Some(thread)) => {
                call::enter(writer, thread, event, call, target);
                false
            }
            (What::Exit(call, ret), Some(thread)) => {
                call::exit(writer, thread, event, call, ret, target) && self.is_enough()
            }
            (What::Enter(_) | What::Exit(..), None) => {
                self.meet(tid)?;
                return self.on(event, target);
            }
            _ => {
                self.beside_calls(event, target)?;
                false
            }
        };
        Ok(if is_enough { Verdict::End } else { Verdict::Go })
    }

    fn idle(&mut self) -> bool {
        self.writer.output.flush()
    }

    fn is_waiting(&self) -> bool {
        self.writer.output.is_waiting()
    }

    fn is_helper(&self, pid: i32) -> bool {
        self.writer.output.is_reader(Tid::from_raw(pid))
    }

    fn has_helper(&mut self) -> bool {
        self.writer.output.is_being_read()
    }

    fn finish(&mut self) -> Result<(), event::Error> {
        self.writer.finish();
        Ok(())
    }
}
