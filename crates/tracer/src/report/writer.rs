//! All that writing takes, apart from the thread that a line is about.

use super::heads::Heads;
use super::summary::Table;
use super::thread::Thread;
use crate::config::{Config, Format, OutputTo, Quiet, Status, VcpuDetail};
use crate::error::Error;
use crate::keeper::Keeper;
use crate::output::Output;
use decode::Scratch;
use event::Needs;
use ptrace::Tid;
use std::rc::Rc;

/// See the module's documentation.
pub(super) struct Writer<'c> {
    pub(super) config: &'c Config,
    pub(super) output: Output,
    pub(super) heads: Heads,
    pub(super) scratch: Scratch,
    pub(super) summary: Option<Table>,
    /// Lines are text.
    pub(super) is_text: bool,
    /// Only counts: no line is written.
    pub(super) silent: bool,
    /// Calls are shown once they are over, if they ended as wanted.
    pub(super) drafts: bool,
    /// Data of some descriptors are shown.
    pub(super) dumps: bool,
    /// Stacks are shown.
    pub(super) stacks: bool,
    /// The state of virtual processors is shown when they have run.
    pub(super) vcpus: bool,
    /// How many threads there are.
    pub(super) threads: usize,
    /// How many calls have been shown.
    pub(super) captured: u64,
}

impl<'c> Writer<'c> {
    /// Opens the output and gets everything ready.
    ///
    /// # Errors
    /// See [`Output::open`].
    pub(super) fn new(config: &'c Config, keeper: &Rc<Keeper>) -> Result<Writer<'c>, Error> {
        let summary = config.summary.as_ref();
        let is_nowhere = config.output.to == OutputTo::Nowhere;
        let silent = is_nowhere || summary.is_some_and(|summary| !summary.with_trace);
        Ok(Writer {
            config,
            output: Output::open(config, keeper)?,
            heads: Heads::new(config),
            scratch: Scratch::default(),
            summary: summary.map(Table::new),
            is_text: config.output.format == Format::Text,
            silent,
            drafts: !config.filters.status.is_all(),
            dumps: !(config.filters.read.is_empty() && config.filters.write.is_empty()),
            stacks: config.stack_trace.is_some() && !silent,
            vcpus: config.style.vcpu == VcpuDetail::State && config.output.format == Format::Text,
            threads: 0,
            captured: 0,
        })
    }

    /// What is to come with events.
    pub(super) fn needs(&self) -> Needs {
        let (style, summary) = (&self.config.style, self.config.summary.as_ref());
        Needs {
            wall: style.stamp.is_some(),
            monotonic: style.relative.is_some(),
            spent: style.spent.is_some() || summary.is_some(),
            ip: style.instruction_pointer,
            cpu: summary.is_some_and(|summary| !summary.wall_clock),
            answers: style.wanted(),
            stacks: self.stacks,
        }
    }

    /// Whether a message of this kind is wanted.
    pub(super) fn tells(&self, kind: Quiet) -> bool {
        !self.config.quiet.contains(kind)
    }

    /// Whether calls of this outcome are wanted.
    pub(super) fn wants(&self, status: Status) -> bool {
        self.config.filters.status.contains(status)
    }

    /// A new thread, with what it needs to be written about. Where its file can't be opened, what it does is dropped.
    pub(super) fn thread(&mut self, tid: Tid) -> (Thread, Result<(), Error>) {
        let draft = self.drafts.then(|| self.output.draft());
        let (own, outcome) = match self.output.separate(tid) {
            Ok(stream) => (stream, Ok(())),
            Err(error) => (Some(self.output.nowhere()), Err(error)),
        };
        (Thread { own, draft, ..Thread::default() }, outcome)
    }

    /// Writes what is left, and the table of counts.
    pub(super) fn finish(&mut self) {
        if let Some(table) = &self.summary {
            let text = table.text();
            self.output.shared().push(text.as_bytes());
        }
        self.output.finish();
    }
}
