//! What stands before each line: who, when, which call, where in the program.

use crate::config::{Clock, Config, OutputTo, PidDetail, Precision, Stamp};
use crate::digits::{decimal, padded, zero_padded};
use decode::{Answer, Context, Labelled, Question, Target};
use event::Event;
use render::{Head, PidForm};
use std::time::Duration;

/// Makes the heads of lines.
#[derive(Debug)]
pub(super) struct Heads {
    stamp: Option<Stamp>,
    relative: Option<Precision>,
    with_number: bool,
    with_ip: bool,
    with_comm: bool,
    /// The form of a pid for a lone tracee, and among several.
    alone: PidForm,
    among: PidForm,
    /// When the previous line was made.
    previous: Option<Duration>,
    /// The last second that was turned into local time, and what it gave.
    second: Option<(u64, (u32, u32, u32))>,
    text: String,
    comm: Vec<u8>,
    with_context: bool,
    /// Nothing but the tracee's id is wanted.
    is_plain: bool,
    context: Option<Context<'static>>,
}

impl Heads {
    pub(super) fn new(config: &Config) -> Heads {
        let style = &config.style;
        let to_stderr = matches!(config.output.to, OutputTo::Stderr | OutputTo::Stdout);
        let several = config.start.attach.len() + usize::from(config.start.command.is_some()) > 1;
        let always = style.always_show_pid || (!to_stderr && (config.follow_forks || several));
        let (alone, among) = match (config.output.separately, always, to_stderr) {
            (true, _, _) => (PidForm::None, PidForm::None),
            (_, true, _) => (PidForm::Plain, PidForm::Plain),
            (_, false, true) => (PidForm::None, PidForm::Bracketed),
            (_, false, false) => (PidForm::None, PidForm::None),
        };
        let with_comm = style.decode_pids.contains(PidDetail::Comm);
        let with_context = style.contexts.is_some();
        let is_timed = style.stamp.is_some() || style.relative.is_some();
        Heads {
            is_plain: !is_timed
                && !with_comm
                && !with_context
                && !style.syscall_number
                && !style.instruction_pointer,
            stamp: style.stamp,
            relative: style.relative,
            with_number: style.syscall_number,
            with_ip: style.instruction_pointer,
            with_comm,
            alone,
            among,
            previous: None,
            second: None,
            text: String::new(),
            comm: Vec::new(),
            with_context,
            context: None,
        }
    }

    /// The head of a line about an event; `among`: how many threads there are.
    #[inline]
    pub(super) fn next(&mut self, event: &Event<'_>, among: usize, target: &mut dyn Target) -> Head<'_> {
        if self.is_plain {
            let form = if among > 1 { self.among } else { self.alone };
            return Head { pid: event.task.tid, form, ..Head::default() };
        }
        self.full(event, among, target)
    }

    fn full(&mut self, event: &Event<'_>, among: usize, target: &mut dyn Target) -> Head<'_> {
        let (task, time) = (event.task, event.at.wall);
        let since = self.relative.and(event.at.monotonic).map(|now| self.since_previous(now));
        let time = self.stamp.and(time);
        self.write_stamp(time, since);
        let form = if among > 1 { self.among } else { self.alone };
        // JSON names the tracee in any case.
        let comm = self.with_comm && self.ask_for_command(target);
        if self.with_context {
            self.context = match target.ask(&Question::Context(Labelled::Task)) {
                Some(Answer::Context(context)) => Some(context.into_owned()),
                _ => None,
            };
        }
        Head {
            pid: task.tid,
            form,
            comm: comm.then_some(self.comm.as_slice()),
            context: self.context.as_ref(),
            stamp: &self.text,
            time,
            since,
            number: self.with_number.then_some(task.number),
            ip: self.with_ip.then_some((task.ip, 2 * task.abi.word() as u8)),
        }
    }

    fn ask_for_command(&mut self, target: &mut dyn Target) -> bool {
        self.comm.clear();
        let Some(Answer::Name(name)) = target.ask(&Question::OwnCommand) else { return false };
        self.comm.extend_from_slice(&name);
        true
    }

    fn since_previous(&mut self, now: Duration) -> Duration {
        let previous = self.previous.replace(now).unwrap_or(now);
        now.saturating_sub(previous)
    }

    fn write_stamp(&mut self, time: Option<Duration>, since: Option<Duration>) {
        self.text.clear();
        if let (Some(stamp), Some(time)) = (self.stamp, time) {
            match stamp.clock {
                Clock::Unix => {
                    decimal(&mut self.text, time.as_secs());
                }
                Clock::TimeOfDay => {
                    let (hours, minutes, seconds) = self.local(time.as_secs());
                    for (before, part) in [("", hours), (":", minutes), (":", seconds)] {
                        self.text.push_str(before);
                        zero_padded(&mut self.text, part.into(), 2);
                    }
                }
            }
            self.fraction(time, stamp.precision);
            self.text.push(' ');
        }
        if let (Some(precision), Some(since)) = (self.relative, since) {
            let both = time.is_some();
            self.text.push_str(if both { "(+" } else { "" });
            padded(&mut self.text, since.as_secs(), 6, ' ');
            self.fraction(since, precision);
            self.text.push_str(if both { ") " } else { " " });
        }
    }

    fn fraction(&mut self, time: Duration, precision: Precision) {
        let digits = precision.digits();
        if digits > 0 {
            let unit = 10u32.pow(9 - digits as u32);
            self.text.push('.');
            zero_padded(&mut self.text, (time.subsec_nanos() / unit).into(), digits);
        }
    }

    fn local(&mut self, seconds: u64) -> (u32, u32, u32) {
        match self.second {
            Some((same, parts)) if same == seconds => parts,
            _ => {
                let parts = render::time_of_day(seconds);
                self.second = Some((seconds, parts));
                parts
            }
        }
    }
}
