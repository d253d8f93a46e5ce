//! The options as they were given, before it is known whether they go together.

use crate::error::Error;
use crate::flags::table;
use crate::getopt::{Getopt, Given, Name};
use crate::tips::Tips;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::time::Duration;
use tracer::config::{
    Clock, Colocate, Column, Daemonize, EnvEdit, Escape, FdDetail, Filters, Format, InjectRule, InjectRules,
    Interruptible, Keeping, Precision, Quiet, SeccompBpf, Style,
};
use tracer::filter::{ClassOf, Set};

/// What each option came to. Options that may be repeated are counted; those with a long form that says more
/// are kept apart from it, since the two can't be given together.
pub(crate) struct Args {
    /// `-h`: the rest of the command line was not looked at.
    pub(crate) help: bool,
    /// `-V`.
    pub(crate) version: bool,
    /// `--generate`.
    pub(crate) generate: Option<Generate>,
    /// `--merge`.
    pub(crate) merge: Option<OsString>,
    /// The command and its arguments.
    pub(crate) command: Vec<OsString>,
    /// Remarks that don't keep it from running.
    pub(crate) warnings: Vec<String>,
    /// Gives the classes of a call.
    pub(crate) class_of: ClassOf<'static>,

    pub(crate) env: Vec<EnvEdit>,
    pub(crate) attach: Vec<i32>,
    pub(crate) user: Option<OsString>,
    pub(crate) argv0: Option<OsString>,

    pub(crate) detach_on_execve: bool,
    pub(crate) detach_on_ptrace: bool,
    pub(crate) restart_calls: bool,
    pub(crate) daemonize_count: u32,
    pub(crate) daemonize: Option<Daemonize>,
    pub(crate) follow_count: u32,
    pub(crate) follow: bool,
    pub(crate) vfork_count: u32,
    pub(crate) interruptible: Option<Interruptible>,
    pub(crate) forward_signals: bool,
    pub(crate) kill_on_exit: bool,
    pub(crate) syscall_limit: Option<u64>,
    pub(crate) colocate: Colocate,
    pub(crate) keeper: Keeping,
    pub(crate) seccomp_bpf: SeccompBpf,

    pub(crate) filters: Filters,
    pub(crate) successful_only: bool,
    pub(crate) failed_only: bool,

    pub(crate) output: Option<OsString>,
    pub(crate) append: bool,
    pub(crate) separately: bool,
    pub(crate) format: Option<Format>,
    /// All of it but stamps, escapes and descriptors.
    pub(crate) style: Style,
    pub(crate) stamp_count: u32,
    pub(crate) stamp: Stamps,
    pub(crate) hex_count: u32,
    pub(crate) hex: Option<Escape>,
    pub(crate) fd_count: u32,
    pub(crate) fds: Option<Set<FdDetail>>,
    pub(crate) quiet_count: u32,
    pub(crate) quiet: Option<Set<Quiet>>,

    pub(crate) summary: Option<SummaryKind>,
    pub(crate) sort_by: Option<Option<Column>>,
    pub(crate) columns: Option<Vec<Column>>,
    pub(crate) wall_clock: bool,
    pub(crate) overhead: Option<Duration>,

    pub(crate) record: Option<OsString>,
    pub(crate) record_strings: Option<usize>,
    pub(crate) replay: Option<OsString>,

    pub(crate) inject: Vec<InjectRule>,
    pub(crate) inject_rules: InjectRules,

    /// Whether stacks are wanted, and with lines of the source.
    pub(crate) stack_lines: Option<bool>,
    pub(crate) stack_frames: Option<usize>,

    pub(crate) debug: bool,
    pub(crate) tips: Option<Tips>,
}

/// A text made from the flag table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Generate {
    /// The manual page.
    Manual,
    /// Completions for a shell.
    Bash,
    Zsh,
    Fish,
}

impl Generate {
    /// All of them by the names that `--generate` has for them.
    pub(crate) const ALL: &[(&str, Self)] = &[
        ("man", Self::Manual),
        ("complete-bash", Self::Bash),
        ("complete-zsh", Self::Zsh),
        ("complete-fish", Self::Fish),
    ];
}

/// `-c` or `-C`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SummaryKind {
    Only,
    WithTrace,
}

/// What `--absolute-timestamps` has come to: it may be given several times, and what one leaves out stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stamps {
    pub(crate) given: bool,
    pub(crate) clock: Option<Clock>,
    pub(crate) precision: Option<Precision>,
}

impl Args {
    /// No options at all.
    pub(crate) fn new(class_of: ClassOf<'static>) -> Self {
        Self {
            help: false,
            version: false,
            generate: None,
            merge: None,
            command: Vec::new(),
            warnings: Vec::new(),
            class_of,
            env: Vec::new(),
            attach: Vec::new(),
            user: None,
            argv0: None,
            detach_on_execve: false,
            detach_on_ptrace: false,
            restart_calls: true,
            daemonize_count: 0,
            daemonize: None,
            follow_count: 0,
            follow: false,
            vfork_count: 0,
            interruptible: None,
            forward_signals: false,
            kill_on_exit: false,
            syscall_limit: None,
            colocate: Colocate::default(),
            keeper: Keeping::default(),
            seccomp_bpf: SeccompBpf::default(),
            filters: Filters::default(),
            successful_only: false,
            failed_only: false,
            output: None,
            append: false,
            separately: false,
            format: None,
            style: Style::default(),
            stamp_count: 0,
            stamp: Stamps::default(),
            hex_count: 0,
            hex: None,
            fd_count: 0,
            fds: None,
            quiet_count: 0,
            quiet: None,
            summary: None,
            sort_by: None,
            columns: None,
            wall_clock: false,
            overhead: None,
            record: None,
            record_strings: None,
            replay: None,
            inject: Vec::new(),
            inject_rules: InjectRules::default(),
            stack_lines: None,
            stack_frames: None,
            debug: false,
            tips: None,
        }
    }

    /// Takes in the arguments behind the program's name.
    ///
    /// # Errors
    /// An option is unknown or malformed; `warnings` are there all the same.
    pub(crate) fn parse(&mut self, arguments: &[OsString]) -> Result<(), Error> {
        let mut getopt = Getopt::new(arguments);
        while let Some(given) = getopt.next()? {
            (given.flag.apply)(self, &given)?;
            if self.help {
                return Ok(());
            }
        }
        self.command = getopt.operands().to_vec();
        Ok(())
    }

    /// Takes in `-e EXPRESSION`: a qualifier's, or else a set of calls to trace.
    pub(crate) fn qualify(&mut self, expression: &OsStr) -> Result<(), Error> {
        use std::os::unix::ffi::OsStrExt;
        let bytes = expression.as_bytes();
        let (qualifier, value) = match bytes.iter().position(|byte| *byte == b'=') {
            Some(at) => (&bytes[..at], OsStr::from_bytes(&bytes[at + 1..])),
            None => (&[][..], expression),
        };
        let named = |name: &[u8]| {
            table().iter().find_map(|flag| {
                let name = flag.qualifiers.iter().find(|q| q.as_bytes() == name)?;
                Some((*flag, Name::Qualifier(name)))
            })
        };
        let (flag, name, value) = match named(qualifier) {
            Some((flag, name)) => (flag, name, value),
            None => match named(b"trace") {
                Some((flag, name)) => (flag, name, expression),
                None => return Ok(()),
            },
        };
        (flag.apply)(self, &Given { flag, name, value: Some(value) })
    }

    /// The file of `-o`, unless it is a pipe.
    pub(crate) fn output_file(&self) -> Option<PathBuf> {
        self.output
            .as_deref()
            .filter(|output| crate::resolve::pipe_command(output).is_none())
            .map(PathBuf::from)
    }
}
