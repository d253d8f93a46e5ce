//! All that showing what happens needs, apart from the tracee it happens to.

use crate::about::{Describer, Pages};
use crate::call::Calls;
use crate::config::{Config, Format, Quiet, Status};
use crate::error::Error;
use crate::keeper::Keeper;
use crate::kernel_time::KernelTime;
use crate::output::{Output, Passage, Sheet};
use crate::paths::PathFilter;
use crate::stacks::Stacks;
use crate::stamp::Heads;
use crate::summary::Table;
use crate::tracee::Tracee;
use decode::Scratch;
use ptrace::Tid;
use render::{CallName, Head, Partial, Render};
use std::rc::Rc;

/// The view of a trace.
pub(crate) struct View<'c> {
    pub(crate) config: &'c Config,
    pub(crate) output: Output,
    pub(crate) heads: Heads,
    pub(crate) describer: Describer,
    pub(crate) scratch: Scratch,
    pub(crate) pages: Pages,
    /// Room for the calls that tracees are in.
    pub(crate) calls: Calls,
    pub(crate) paths: PathFilter,
    pub(crate) summary: Option<Table>,
    /// The stacks, if they are shown.
    pub(crate) stacks: Option<Stacks>,
    /// Lines are text.
    pub(crate) is_text: bool,
    /// Only counts: no line is written.
    pub(crate) silent: bool,
    /// Calls are shown once they are over, if they ended as wanted.
    pub(crate) drafts: bool,
    /// How long calls take is shown or counted.
    pub(crate) timed: bool,
    /// CPU time in the kernel is counted.
    pub(crate) counts_kernel_time: bool,
    /// How many tracees there are.
    pub(crate) tracees: usize,
    /// How many calls have been shown.
    pub(crate) captured: u64,
}

impl<'c> View<'c> {
    /// Opens the output and gets everything ready.
    ///
    /// # Errors
    /// See [`Output::open`].
    pub(crate) fn new(config: &'c Config, keeper: &Rc<Keeper>) -> Result<View<'c>, Error> {
        let summary = config.summary.as_ref();
        let silent = summary.is_some_and(|s| !s.with_trace);
        Ok(View {
            config,
            output: Output::open(config, keeper)?,
            heads: Heads::new(config),
            describer: Describer::new(config.style.wanted()),
            scratch: Scratch::default(),
            pages: Pages::default(),
            calls: Calls::default(),
            paths: PathFilter::new(config),
            summary: summary.map(Table::new),
            stacks: if silent { None } else { Stacks::new(config) },
            is_text: config.output.format == Format::Text,
            silent,
            drafts: !config.filters.status.is_all(),
            timed: config.style.spent.is_some() || summary.is_some(),
            counts_kernel_time: summary.is_some_and(|summary| !summary.wall_clock),
            tracees: 0,
            captured: 0,
        })
    }

    /// Whether a message of this kind is wanted.
    pub(crate) fn tells(&self, kind: Quiet) -> bool {
        !self.config.quiet.contains(kind)
    }

    /// CPU time that a tracee has spent in the kernel up to the stop that it is at, if that is counted.
    #[inline]
    pub(crate) fn kernel_time(&self, tracee: &Tracee) -> KernelTime {
        match tracee.kernel_time {
            KernelTime::Unknown if self.counts_kernel_time => KernelTime::of_thread(tracee.tid),
            told => told,
        }
    }

    /// Whether calls of this outcome are wanted.
    pub(crate) fn wants(&self, status: Status) -> bool {
        self.config.filters.status.contains(status)
    }

    /// Opens what the tracee needs to write to.
    ///
    /// # Errors
    /// A file can't be opened; what the tracee does is dropped.
    pub(crate) fn equip(&mut self, tracee: &mut Tracee) -> Result<(), Error> {
        tracee.draft = self.drafts.then(|| self.output.draft());
        let opened = self.output.separate(tracee.tid);
        let (sheet, outcome) = match opened {
            Ok(sheet) => (sheet, Ok(())),
            Err(error) => (Some(self.output.nowhere()), Err(error)),
        };
        tracee.sheet = sheet;
        outcome
    }
}

/// What a call's line is written with: straight to the trace, or to a draft first.
pub(crate) enum Pen<'a> {
    /// The trace.
    Sheet(&'a mut Sheet),
    /// A draft, and the trace that it may go to.
    Draft(&'a mut dyn Render, &'a mut Sheet),
}

impl<'a> Pen<'a> {
    pub(crate) fn new(draft: &'a mut Option<Box<dyn Render>>, sheet: &'a mut Sheet) -> Pen<'a> {
        match draft {
            Some(draft) => Pen::Draft(&mut **draft, sheet),
            None => Pen::Sheet(sheet),
        }
    }

    /// The renderer for a new line.
    pub(crate) fn line(&mut self) -> &mut dyn Render {
        match self {
            Pen::Sheet(sheet) => sheet.line(),
            Pen::Draft(draft, _) => {
                draft.taken();
                *draft
            }
        }
    }

    /// The renderer for the line at hand.
    pub(crate) fn render(&mut self) -> &mut dyn Render {
        match self {
            Pen::Sheet(sheet) => sheet.render(),
            Pen::Draft(draft, _) => *draft,
        }
    }

    /// A way for the beginning of the line at hand.
    pub(crate) fn passage(&self) -> Option<Passage> {
        match self {
            Pen::Sheet(sheet) => sheet.passage(),
            Pen::Draft(..) => None,
        }
    }

    /// The tracee is inside its call.
    pub(crate) fn pause(&mut self, tid: Tid) -> Partial {
        match self {
            Pen::Sheet(sheet) => {
                let kept = sheet.pause(tid);
                sheet.settle();
                kept
            }
            Pen::Draft(draft, _) => draft.call_pause(),
        }
    }

    /// Goes on with the tracee's line.
    pub(crate) fn resume(
        &mut self,
        tid: Tid,
        head: &Head<'_>,
        call: &CallName<'_>,
        kept: Partial,
        interrupted: bool,
    ) {
        match self {
            Pen::Sheet(sheet) => sheet.resume(tid, head, call, kept),
            Pen::Draft(draft, _) => draft.call_resume(head, call, kept, interrupted),
        }
    }

    /// Whether the tracee's line still is the one at hand.
    pub(crate) fn is_open_for(&self, tid: Tid) -> bool {
        match self {
            Pen::Sheet(sheet) => sheet.is_open_for(tid),
            Pen::Draft(..) => true,
        }
    }

    /// The renderer to go on with the tracee's line, which was interrupted or not.
    pub(crate) fn resumed(&mut self, interrupted: bool) -> &mut dyn Render {
        if interrupted { self.line() } else { self.render() }
    }

    /// The line has got its end; a draft goes to the trace if it is `wanted`.
    pub(crate) fn end(self, wanted: bool) {
        match self {
            Pen::Sheet(sheet) => {
                sheet.close();
                sheet.settle();
            }
            Pen::Draft(draft, sheet) => {
                if wanted {
                    sheet.line();
                    sheet.push(draft.buffer());
                }
                draft.taken();
            }
        }
    }
}
