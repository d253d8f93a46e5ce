//! What stands before each line: who, when, which call, where in the program.

use crate::about::{Contexts, PidNamespaces, command_name};
use crate::config::{Clock, Config, OutputTo, PidDetail, Precision, Stamp};
use crate::digits::{decimal, padded, zero_padded};
use crate::sys;
use decode::{Context, WantedContext};
use ptrace::Tid;
use render::{Head, PidForm};
use std::collections::HashMap;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Whom a line is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject {
    /// The tracee's thread id.
    pub(crate) pid: i32,
    /// The number of its last call.
    pub(crate) number: u64,
    /// Where it stands, if that can be known.
    pub(crate) ip: Option<u64>,
    /// Digits of its addresses.
    pub(crate) ip_digits: u8,
    /// Whether there are other tracees.
    pub(crate) among_others: bool,
}

/// Makes the heads of lines.
#[derive(Debug)]
pub(crate) struct Heads {
    stamp: Option<Stamp>,
    relative: Option<Precision>,
    with_number: bool,
    with_ip: bool,
    with_comm: bool,
    /// The form of a pid for a lone tracee, and among several.
    alone: PidForm,
    among: PidForm,
    /// When the previous line was made.
    previous: Option<Instant>,
    /// The last second that was turned into local time, and what it gave.
    second: Option<(u64, (i32, i32, i32))>,
    text: String,
    comm: Vec<u8>,
    wanted_context: Option<WantedContext>,
    contexts: Contexts,
    context: Option<Context<'static>>,
    namespaces: PidNamespaces,
    /// Command names of threads that are ending.
    names: HashMap<i32, Vec<u8>>,
}

impl Heads {
    pub(crate) fn new(config: &Config) -> Heads {
        let style = &config.style;
        let to_stderr = config.output.to == OutputTo::Stderr;
        let several = config.start.attach.len() + usize::from(config.start.command.is_some()) > 1;
        let always = style.always_show_pid || (!to_stderr && (config.follow_forks || several));
        let (alone, among) = match (config.output.separately, always, to_stderr) {
            (true, _, _) => (PidForm::None, PidForm::None),
            (_, true, _) => (PidForm::Plain, PidForm::Plain),
            (_, false, true) => (PidForm::None, PidForm::Bracketed),
            (_, false, false) => (PidForm::None, PidForm::None),
        };
        Heads {
            stamp: style.stamp,
            relative: style.relative,
            with_number: style.syscall_number,
            with_ip: style.instruction_pointer,
            with_comm: style.decode_pids.contains(PidDetail::Comm),
            alone,
            among,
            previous: None,
            second: None,
            text: String::new(),
            comm: Vec::new(),
            wanted_context: style.wanted().contexts,
            contexts: Contexts::default(),
            context: None,
            namespaces: PidNamespaces::default(),
            names: HashMap::new(),
        }
    }

    /// Whether lines tell where the tracee stands.
    pub(crate) fn wants_ip(&self) -> bool {
        self.with_ip
    }

    /// The head of the line that is about to be written.
    pub(crate) fn next(&mut self, subject: &Subject) -> Head<'_> {
        let time = self.stamp.map(|_| SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default());
        let since = self.relative.map(|_| self.since_previous());
        self.write_stamp(time, since);
        let form = if subject.among_others { self.among } else { self.alone };
        // JSON names the tracee in any case.
        let comm = self.with_comm && self.read_comm(subject.pid);
        self.context = self.wanted_context.and_then(|wanted| {
            let process = self.in_proc(subject.pid);
            self.contexts.process(process, wanted)
        });
        Head {
            pid: subject.pid,
            form,
            comm: comm.then_some(self.comm.as_slice()),
            context: self.context.as_ref(),
            stamp: &self.text,
            time,
            since,
            number: self.with_number.then_some(subject.number),
            ip: self.with_ip.then_some((subject.ip, subject.ip_digits)),
        }
    }

    /// Keeps the command name of a thread that is about to end, when it will be too late to ask for it.
    pub(crate) fn remember(&mut self, pid: i32) {
        let process = if self.with_comm { self.in_proc(pid) } else { pid };
        if self.with_comm
            && let Some(name) = command_name(process)
        {
            self.names.insert(pid, name);
        }
    }

    /// Drops what [`Heads::remember`] has kept.
    pub(crate) fn forget(&mut self, pid: i32) {
        self.names.remove(&pid);
    }

    /// The number in `/proc` of a tracee.
    fn in_proc(&mut self, pid: i32) -> i32 {
        self.namespaces.in_proc(Tid::from_raw(pid)).unwrap_or(pid)
    }

    fn read_comm(&mut self, pid: i32) -> bool {
        match self.names.get(&pid) {
            Some(name) => {
                self.comm.clone_from(name);
                true
            }
            None => {
                let name = command_name(self.in_proc(pid));
                let is_known = name.is_some();
                self.comm = name.unwrap_or_default();
                is_known
            }
        }
    }

    fn since_previous(&mut self) -> Duration {
        let now = Instant::now();
        let previous = self.previous.replace(now).unwrap_or(now);
        now.duration_since(previous)
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
                        zero_padded(&mut self.text, part.unsigned_abs().into(), 2);
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

    fn local(&mut self, seconds: u64) -> (i32, i32, i32) {
        match self.second {
            Some((same, parts)) if same == seconds => parts,
            _ => {
                let parts = sys::local_time(seconds as i64);
                self.second = Some((seconds, parts));
                parts
            }
        }
    }
}
