//! Makes one configuration of all options, and says which of them don't go together.

use crate::args::{Args, Stamps, SummaryKind};
use crate::command;
use crate::error::Error;
use crate::user;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use tracer::config::{
    Clock, Column, Command, Config, Daemonize, Escape, FdDetail, Interruptible, Output, OutputTo, Precision,
    Quiet, Record, RecordTo, ReplayFrom, SeccompBpf, Stamp, Start, Style, Summary,
};
use tracer::filter::Set;

/// What a message calls `-c` and `-C` together.
const SUMMARY: &str = "(-c/--summary-only or -C/--summary)";

impl Args {
    /// The configuration that the options mean; `program` is the name by which strax was called.
    ///
    /// # Errors
    /// They don't go together, or what they name is not there. `warnings` are there all the same.
    pub(crate) fn resolve(&mut self, program: String) -> Result<Config, Error> {
        self.check_start()?;
        self.check_forms()?;
        let seccomp_bpf = self.seccomp_bpf();
        self.check_summary()?;
        self.warn();
        let credentials = self.user.as_deref().map(user::credentials).transpose()?;
        self.check_output()?;
        self.check_quiet().map_err(|error| command::create_output(self).err().unwrap_or(error))?;
        let command = command::resolve(self, credentials)?;
        Ok(Config {
            program,
            follow_forks: self.follow_forks(),
            output: self.output(),
            style: self.style(),
            quiet: self.quiet_set(command.is_some()),
            filters: self.filters.clone(),
            summary: self.summary(),
            interruptible: self.interruptible(command.as_ref()),
            forward_signals: self.forward_signals,
            detach_on_execve: self.detach_on_execve,
            detach_on_ptrace: self.detach_on_ptrace,
            restart_calls: self.restart_calls,
            daemonize: self.daemonize(),
            kill_on_exit: self.kill_on_exit
                || (seccomp_bpf == SeccompBpf::Followed && self.attach.is_empty()),
            seccomp_bpf,
            colocate: self.colocate,
            keeper: self.keeper,
            syscall_limit: self.syscall_limit,
            inject: std::mem::take(&mut self.inject),
            inject_rules: self.inject_rules,
            record: self.record(),
            stack_trace: self.stack_trace(),
            debug: self.debug,
            start: Start { command, attach: std::mem::take(&mut self.attach) },
        })
    }

    /// The recording that is to be made.
    fn record(&self) -> Option<Record> {
        let to = match self.record.as_deref()? {
            place if place == "-" => RecordTo::Stdout,
            path => RecordTo::File(path.into()),
        };
        let strings = self.record_strings.unwrap_or(Record::STRINGS);
        Some(Record { to, strings, command_line: std::env::args_os().collect() })
    }

    /// The recording that is to be shown.
    ///
    /// # Errors
    /// An option is about a program that runs.
    pub(crate) fn replay(&self) -> Result<Option<ReplayFrom>, Error> {
        let Some(place) = self.replay.as_deref() else { return Ok(None) };
        let live = [
            (!self.command.is_empty(), "PROG"),
            (!self.attach.is_empty(), "-p/--attach"),
            (self.record.is_some(), "--record"),
            (self.record_strings.is_some(), "--record-strings"),
            (!self.inject.is_empty(), "-e inject/--inject and -e fault/--fault"),
            (!self.env.is_empty(), "-E/--env"),
            (self.user.is_some(), "-u/--user"),
            (self.argv0.is_some(), "--argv0"),
            (self.detach_on_execve || self.detach_on_ptrace, "-b/--detach-on"),
            (self.daemonize().is_some(), "-D/--daemonize"),
            (self.interruptible.is_some(), "-I/--interruptible"),
            (self.forward_signals, "--forward-signals"),
            (self.kill_on_exit, "--kill-on-exit"),
            (self.seccomp_bpf != SeccompBpf::default(), "--seccomp-bpf"),
        ];
        if let Some((_, option)) = live.iter().find(|(given, _)| *given) {
            return Err(Error::usage(format!("--replay and {option} are mutually exclusive")));
        }
        Ok(Some(match place {
            place if place == "-" => ReplayFrom::Stdin,
            path => ReplayFrom::File(path.into()),
        }))
    }

    /// There must be something to trace, and a command for what is about one.
    fn check_start(&self) -> Result<(), Error> {
        if self.replay.is_some() {
            return Ok(());
        }
        if self.record.is_none() && self.record_strings.is_some() {
            return Err(Error::usage("--record-strings must be given with --record"));
        }
        if self.command.is_empty() {
            if self.attach.is_empty() {
                return Err(Error::usage("must have PROG [ARGS] or -p PID"));
            }
            if self.argv0.is_some() {
                return Err(Error::usage("PROG [ARGS] must be specified with --argv0"));
            }
            if self.forward_signals {
                return Err(Error::usage("PROG [ARGS] must be specified with --forward-signals"));
            }
        }
        exclusive(self.daemonize_count, self.daemonize.is_some(), "-D and --daemonize")?;
        if self.command.is_empty() && self.daemonize().is_some() {
            return Err(Error::usage("PROG [ARGS] must be specified with -D/--daemonize"));
        }
        if self.daemonize_count > 3 {
            let count = self.daemonize_count;
            return Err(Error::usage(format!("Too many -D's ({count}), maximum supported -D count is 3")));
        }
        Ok(())
    }

    /// An option's short and long form, of which each says what the other may not.
    fn check_forms(&self) -> Result<(), Error> {
        exclusive(self.stamp_count, self.stamp.given, "-t and --absolute-timestamps")?;
        exclusive(self.hex_count, self.hex.is_some(), "-x and --strings-in-hex")?;
        exclusive(self.fd_count, self.fds.is_some(), "-y and --decode-fds")?;
        exclusive(self.follow_count, self.follow, "-f and --follow-forks")
    }

    /// Options about a summary need one.
    fn check_summary(&mut self) -> Result<(), Error> {
        match self.vfork_count {
            0 => {}
            _ if self.follow || self.follow_count > 0 => self.warn_of("deprecated option -F ignored"),
            _ => self.warn_of("option -F is deprecated, please use -f/--follow-forks instead"),
        }
        if self.summary.is_some() {
            if self.separately() {
                return Err(Error::usage(format!(
                    "{SUMMARY} and -ff/--output-separately are mutually exclusive"
                )));
            }
            return Ok(());
        }
        if self.wall_clock {
            return Err(Error::usage(format!("-w/--summary-wall-clock must be given with {SUMMARY}")));
        }
        if self.columns.is_some() {
            return Err(Error::usage(format!("-U/--summary-columns must be given with {SUMMARY}")));
        }
        if self.sort_by.is_some() {
            self.warn_of(&format!("-S/--summary-sort-by has no effect without {SUMMARY}"));
        }
        Ok(())
    }

    /// Options that have no effect.
    fn warn(&mut self) {
        if self.summary == Some(SummaryKind::Only) {
            let style = &self.style;
            let idle = [
                (style.instruction_pointer, "-i/--instruction-pointer"),
                (self.stack_lines.is_some(), "-k/--stack-trace"),
                (style.syscall_number, "-n/--syscall-number"),
                (style.arg_names, "-N/--arg-names"),
                (style.relative.is_some(), "-r/--relative-timestamps"),
                (self.stamp().is_some(), "-t/--absolute-timestamps"),
                (style.spent.is_some(), "-T/--syscall-times"),
                (!self.fd_details().is_empty(), "-y/--decode-fds"),
            ];
            for (_, option) in idle.iter().filter(|(given, _)| *given) {
                self.warn_of(&format!("{option} has no effect with -c/--summary-only"));
            }
        }
        if self.output.is_none() {
            if self.separately() && self.follow_count + self.vfork_count == 0 {
                self.warn_of("--output-separately has no effect without -o/--output");
            }
            if self.append {
                self.warn_of("-A/--output-append-mode has no effect without -o/--output");
            }
        }
        if self.successful_only && self.failed_only {
            self.warn_of(
                "Only the last of -z/--successful-only/-Z/--failed-only options will take effect. \
                 See status qualifier for more complex filters.",
            );
        }
        if self.stack_frames.is_some() && self.stack_lines.is_none() {
            self.warn_of("--stack-trace-frame-limit has no effect without -k/--stack-trace");
        }
    }

    fn warn_of(&mut self, warning: &str) {
        self.warnings.push(warning.to_owned());
    }

    /// When to use a seccomp filter; says why there is none where one was asked for.
    fn seccomp_bpf(&mut self) -> SeccompBpf {
        let wish = self.seccomp_bpf;
        if !matches!(wish, SeccompBpf::Followed | SeccompBpf::Always) {
            return wish;
        }
        if wish == SeccompBpf::Followed && !self.follow_forks() {
            self.warn_of("--seccomp-bpf cannot be used without -f/--follow-forks, disabling");
            return SeccompBpf::Never;
        }
        if self.detach_on_execve || self.detach_on_ptrace {
            self.warn_of("--seccomp-bpf is not enabled because it is not compatible with -b");
            return SeccompBpf::Never;
        }
        if self.syscall_limit.is_some() {
            self.warn_of("--seccomp-bpf is not enabled because it is not compatible with --syscall-limit");
            return SeccompBpf::Never;
        }
        if !self.attach.is_empty() {
            self.warn_of("--seccomp-bpf is not enabled for processes attached with -p");
        }
        if self.filters.trace.is_all() {
            self.warn_of(
                "Seccomp filter is requested but there are no syscalls to filter.  See -e trace to filter syscalls.",
            );
        }
        wish
    }

    fn check_quiet(&self) -> Result<(), Error> {
        exclusive(self.quiet_count, self.quiet.is_some(), "-q and -e quiet/--quiet")
    }

    fn check_output(&self) -> Result<(), Error> {
        if self.kill_on_exit && !self.attach.is_empty() {
            return Err(Error::failure("--kill-on-exit and -p/--attach are mutually exclusive options"));
        }
        let piped = self.output.as_deref().is_some_and(|output| pipe_command(output).is_some());
        if piped && self.separately() {
            return Err(Error::usage("piping the output and -ff/--output-separately are mutually exclusive"));
        }
        Ok(())
    }

    fn follow_forks(&self) -> bool {
        self.follow || self.follow_count > 0 || self.vfork_count > 1
    }

    /// Whether each tracee has a file of its own: a single `-f` takes back what `--output-separately` asks for.
    fn separately(&self) -> bool {
        match self.follow_count {
            0 => self.separately,
            count => count > 1,
        }
    }

    fn daemonize(&self) -> Option<Daemonize> {
        match self.daemonize_count {
            0 => self.daemonize,
            1 => Some(Daemonize::Grandchild),
            2 => Some(Daemonize::ProcessGroup),
            _ => Some(Daemonize::Session),
        }
    }

    fn output(&self) -> Output {
        let to = match self.output.as_deref() {
            None if self.replay.is_some() => OutputTo::Stdout,
            // Who records asks for lines separately.
            None if self.record.is_some() && self.format.is_none() && self.summary.is_none() => {
                OutputTo::Nowhere
            }
            None => OutputTo::Stderr,
            Some(output) => match pipe_command(output) {
                Some(command) => OutputTo::Pipe(command.to_owned()),
                None => OutputTo::File { path: output.into(), append: self.append },
            },
        };
        let separately = self.separately() && matches!(to, OutputTo::File { .. });
        Output { to, separately, format: self.format.unwrap_or_default() }
    }

    fn style(&self) -> Style {
        Style {
            stamp: self.stamp(),
            escape: match self.hex_count {
                0 => self.hex.unwrap_or_default(),
                1 => Escape::HexIfNonAscii,
                _ => Escape::HexAll,
            },
            decode_fds: self.fd_details(),
            ..self.style.clone()
        }
    }

    fn stamp(&self) -> Option<Stamp> {
        let Stamps { clock, precision, .. } = self.stamp;
        Some(match self.stamp_count {
            0 => Stamp { clock: clock?, precision: precision.unwrap_or(Precision::Seconds) },
            1 => Stamp { clock: Clock::TimeOfDay, precision: Precision::Seconds },
            2 => Stamp { clock: Clock::TimeOfDay, precision: Precision::Micros },
            _ => Stamp { clock: Clock::Unix, precision: Precision::Micros },
        })
    }

    fn fd_details(&self) -> Set<FdDetail> {
        match self.fd_count {
            0 => self.fds.unwrap_or(Set::EMPTY),
            1 => Set::of(&[FdDetail::Path]),
            _ => Set::ALL,
        }
    }

    /// The messages that are not wanted. A command's attachment is no news for who reads a file, unless messages were
    /// chosen one by one.
    fn quiet_set(&self, has_command: bool) -> Set<Quiet> {
        use Quiet::{Attach, Exit, Personality, Privileges};
        let replays = self.replay.is_some();
        let is_implied = (has_command || replays) && self.output.is_some();
        match (self.quiet, self.quiet_count) {
            (Some(chosen), _) => chosen,
            (None, 0) if is_implied => Set::of(&[Attach, Personality]),
            // Whoever shows a recording attaches to nobody.
            (None, 0) if replays => Set::of(&[Attach]),
            (None, 0) => Set::EMPTY,
            (None, 1) => Set::of(&[Attach, Personality, Privileges]),
            (None, 2) => Set::of(&[Attach, Personality, Privileges, Exit]),
            (None, _) => Set::ALL,
        }
    }

    fn interruptible(&self, command: Option<&Command>) -> Interruptible {
        self.interruptible.unwrap_or(match (command, &self.output, self.daemonize()) {
            (_, _, Some(_)) => Interruptible::NeverTstp,
            (Some(_), Some(_), None) => Interruptible::Never,
            _ => Interruptible::Waiting,
        })
    }

    fn summary(&mut self) -> Option<Summary> {
        Some(Summary {
            with_trace: self.summary? == SummaryKind::WithTrace,
            sort_by: self.sort_by.unwrap_or(Some(Column::TotalTime)),
            columns: self.columns.take().unwrap_or_else(|| Summary::COLUMNS.to_vec()),
            wall_clock: self.wall_clock,
            overhead: self.overhead,
        })
    }
}

/// The shell command that the value of `-o` is, if it is one.
pub(crate) fn pipe_command(output: &OsStr) -> Option<&OsStr> {
    match output.as_bytes() {
        [b'|' | b'!', command @ ..] => Some(OsStr::from_bytes(command)),
        _ => None,
    }
}

fn exclusive(short: u32, long: bool, what: &str) -> Result<(), Error> {
    if short > 0 && long {
        return Err(Error::failure(format!("{what} cannot be provided simultaneously")));
    }
    Ok(())
}
