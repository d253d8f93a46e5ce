//! What the user asked for: the whole of the command line, parsed and checked, as plain data.
//!
//! The command fills it in; the engine reads it and never changes it. Every field has the meaning that the
//! manual page of strace 7.2 gives the option named at it.

mod inject;

pub use self::inject::InjectKind;

use crate::filter::{FdSet, Set, SignalSet, SyscallSet, member};
use decode::{Wanted, WantedContext};
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

/// The whole of what was asked for. [`Config::default`] is what an empty command line means.
#[derive(Clone, Debug)]
pub struct Config {
    /// The name by which the program was called, for its messages: `NAME: Process 1234 attached`.
    pub program: String,
    /// What to trace.
    pub start: Start,
    /// Trace new processes and threads as well (`-f`).
    pub follow_forks: bool,
    /// Where the trace goes.
    pub output: Output,
    /// The look of a line.
    pub style: Style,
    /// Messages that are not wanted (`-q`, `-e quiet=`).
    pub quiet: Set<Quiet>,
    /// What to show of what happens.
    pub filters: Filters,
    /// Count calls and print a table at the end (`-c`, `-C`).
    pub summary: Option<Summary>,
    /// When signals may end the tracer (`-I`, or the default for how it was called).
    pub interruptible: Interruptible,
    /// The command gets the signals that are sent to the tracer (`--forward-signals`).
    pub forward_signals: bool,
    /// Detach from a tracee that calls `execve` or `execveat` (`-b execve`).
    pub detach_on_execve: bool,
    /// Detach from a tracee that is about to have another tracer (`-b ptrace`).
    pub detach_on_ptrace: bool,
    /// Run the tracer as a grandchild of the command (`-D`, `-DD`, `-DDD`).
    pub daemonize: Option<Daemonize>,
    /// Kill all tracees if the tracer dies (`--kill-on-exit`; also set by `--seccomp-bpf` without `-p`).
    pub kill_on_exit: bool,
    /// Stop only at wanted calls by means of a seccomp filter (`--seccomp-bpf`).
    pub seccomp_bpf: SeccompBpf,
    /// When tracer and tracee share a CPU (`--colocate`).
    pub colocate: Colocate,
    /// Whether a process that outlives the tracer looks after the trace (`--keeper`).
    pub keeper: Keeping,
    /// Make calls again that nothing but the tracer, or a signal that the tracee ignores, has interrupted
    /// (`--restart-calls`).
    pub restart_calls: bool,
    /// Detach from all tracees after this many calls have been shown (`--syscall-limit`).
    pub syscall_limit: Option<u64>,
    /// Tampering with calls (`-e inject=`, `-e fault=`), in the order given.
    pub inject: Vec<InjectRule>,
    /// What holds of several rules for a call (`--inject-rules`).
    pub inject_rules: InjectRules,
    /// Record the trace (`--record`).
    pub record: Option<Record>,
    /// Show the stack of each event (`-k`).
    pub stack_trace: Option<StackTrace>,
    /// Tell on standard error what the tracer does (`-d`).
    pub debug: bool,
}

/// A recording to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Where to.
    pub to: RecordTo,
    /// The most bytes that are kept of a string (`--record-strings`).
    pub strings: usize,
    /// The command line, which the recording tells.
    pub command_line: Vec<OsString>,
}

impl Record {
    /// The most bytes of a string where nothing else is asked for.
    pub const STRINGS: usize = 4096;
}

/// A place for a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordTo {
    /// Standard output. What the command writes there goes to standard error.
    Stdout,
    /// A file.
    File(PathBuf),
}

/// Where a recording comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplayFrom {
    /// Standard input.
    Stdin,
    /// A file.
    File(PathBuf),
}

/// What to show of stacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StackTrace {
    /// The most frames of a stack (`--stack-trace-frame-limit`).
    pub frames: usize,
    /// Lines of the source as well (`-kk`).
    pub lines: bool,
}

impl StackTrace {
    /// The most frames where nothing else is asked for.
    pub const FRAMES: usize = 256;
}

impl Default for Config {
    fn default() -> Self {
        Self {
            program: "strax".to_owned(),
            start: Start::default(),
            follow_forks: false,
            output: Output::default(),
            style: Style::default(),
            quiet: Set::EMPTY,
            filters: Filters::default(),
            summary: None,
            interruptible: Interruptible::Waiting,
            forward_signals: false,
            detach_on_execve: false,
            detach_on_ptrace: false,
            daemonize: None,
            kill_on_exit: false,
            seccomp_bpf: SeccompBpf::Auto,
            colocate: Colocate::Auto,
            keeper: Keeping::Auto,
            restart_calls: true,
            syscall_limit: None,
            inject: Vec::new(),
            inject_rules: InjectRules::Last,
            record: None,
            stack_trace: None,
            debug: false,
        }
    }
}

/// When tracer and tracee share a CPU. They take turns, so that a second one only costs time for waking it up; the
/// tracee does not see it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colocate {
    /// While one tracee does the talking.
    #[default]
    Auto,
    /// Whenever a tracee has stopped.
    Always,
    /// Never.
    Never,
}

/// Whether a small process outlives the tracer: it writes what the tracer no longer can, and gives a tracee that shares
/// its CPU its own CPUs back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keeping {
    /// Where there is something to look after.
    #[default]
    Auto,
    /// Never.
    Never,
}

/// When a seccomp filter spares the command the stops that nobody asked for. There is none for what is attached to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SeccompBpf {
    /// Never.
    Never,
    /// Where nobody notices it but by the time it saves.
    #[default]
    Auto,
    /// From the start, and tracees are killed at the latest when the tracer ends: strace's own option, which goes
    /// with [`Config::follow_forks`].
    Followed,
    /// From the start. Children that are not to be traced are under it too, and traced unseen.
    Always,
}

/// What to trace: a new process, running ones, or both. At least one is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Start {
    /// The command to run.
    pub command: Option<Command>,
    /// Ids of processes or threads to attach to (`-p`), positive, in the order given. One that comes twice is
    /// refused the second time.
    pub attach: Vec<i32>,
}

/// A command to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// The file to execute: found in `PATH` already, so that it has a slash.
    pub path: PathBuf,
    /// Its arguments from `argv[0]` on; never empty.
    pub argv: Vec<OsString>,
    /// Changes to the environment (`-E`), in order.
    pub env: Vec<EnvEdit>,
    /// Whose rights it runs with (`-u`).
    pub credentials: Option<Credentials>,
}

/// A change to an environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnvEdit {
    /// `-E NAME=VALUE`: set.
    Set(OsString, OsString),
    /// `-E NAME`: remove.
    Remove(OsString),
}

/// Whose rights a command runs with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// Real, effective and saved user id.
    pub uid: u32,
    /// Real, effective and saved group id.
    pub gid: u32,
    /// The supplementary groups.
    pub groups: Vec<u32>,
}

/// Where the trace goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    /// The place.
    pub to: OutputTo,
    /// Each tracee has a file of its own, `FILE.PID` (`--output-separately`, `-ff`). Only with
    /// [`OutputTo::File`].
    pub separately: bool,
    /// Text or JSON (`--format`).
    pub format: Format,
}

/// A place for the trace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum OutputTo {
    /// Standard error.
    #[default]
    Stderr,
    /// Standard output: for a recording that is shown.
    Stdout,
    /// None: for a recording that is made. Messages go to standard error.
    Nowhere,
    /// A file (`-o FILE`).
    File {
        /// Its path.
        path: PathBuf,
        /// Write at its end instead of emptying it first (`-A`).
        append: bool,
    },
    /// The standard input of a shell command (`-o '|COMMAND'` or `-o '!COMMAND'`).
    Pipe(OsString),
}

/// The language of the trace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// strace's text.
    #[default]
    Text,
    /// One JSON object per line.
    Json,
}

/// The look of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Style {
    /// Wall-clock time at the line's start (`-t`, `-tt`, `-ttt`).
    pub stamp: Option<Stamp>,
    /// Time since the previous line's event (`-r`).
    pub relative: Option<Precision>,
    /// Time spent in the call (`-T`).
    pub spent: Option<Precision>,
    /// The instruction pointer (`-i`).
    pub instruction_pointer: bool,
    /// The call's number (`-n`).
    pub syscall_number: bool,
    /// Names of the arguments (`-N`).
    pub arg_names: bool,
    /// The pid at each line, also while there is but one tracee (`--always-show-pid`; implied by `-f -o`).
    pub always_show_pid: bool,
    /// The column of the return value (`-a`).
    pub columns: usize,
    /// The most bytes of a string (`-s`).
    pub string_limit: usize,
    /// Hexadecimal in strings (`-x`, `-xx`).
    pub escape: Escape,
    /// Names of constants (`-X`).
    pub symbols: Symbols,
    /// What to say of descriptors (`-y`, `-yy`).
    pub decode_fds: Set<FdDetail>,
    /// What to say of process ids (`-Y`).
    pub decode_pids: Set<PidDetail>,
    /// Security contexts, and what of them (`--secontext`).
    pub contexts: Option<Set<ContextDetail>>,
    /// Namespaces that a tracee enters (`-e namespace=new`).
    pub new_namespaces: bool,
    /// What to tell of virtual processors (`-e kvm=`).
    pub vcpu: VcpuDetail,
    /// Colours (`--color`).
    pub color: Color,
}

impl Style {
    /// What is wanted of answers to questions.
    pub(crate) fn wanted(&self) -> Wanted {
        let fds = |detail| self.decode_fds.contains(detail);
        Wanted {
            paths: fds(FdDetail::Path),
            sockets: fds(FdDetail::Socket),
            devices: fds(FdDetail::Dev),
            eventfds: fds(FdDetail::EventFd),
            signalfds: fds(FdDetail::SignalFd),
            pidfds: fds(FdDetail::PidFd),
            commands: self.decode_pids.contains(PidDetail::Comm),
            translations: self.decode_pids.contains(PidDetail::PidNs),
            contexts: self.contexts.map(|details| WantedContext {
                whole: details.contains(ContextDetail::Full),
                expected: details.contains(ContextDetail::Mismatch),
            }),
            namespaces: self.new_namespaces,
            vcpus: self.vcpu != VcpuDetail::Nothing,
        }
    }
}

impl Default for Style {
    fn default() -> Self {
        Self {
            stamp: None,
            relative: None,
            spent: None,
            instruction_pointer: false,
            syscall_number: false,
            arg_names: false,
            always_show_pid: false,
            columns: 40,
            string_limit: 32,
            escape: Escape::Octal,
            symbols: Symbols::Abbrev,
            decode_fds: Set::EMPTY,
            decode_pids: Set::EMPTY,
            contexts: None,
            new_namespaces: false,
            vcpu: VcpuDetail::Nothing,
            color: Color::Auto,
        }
    }
}

/// When text is coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Color {
    /// Where it goes to a terminal that shows colours, and the user's environment doesn't ask for none.
    #[default]
    Auto,
    /// In any case.
    Always,
    /// In no case.
    Never,
}

/// A wall-clock time stamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// How it counts.
    pub clock: Clock,
    /// Its digits.
    pub precision: Precision,
}

/// How a time stamp counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// `HH:MM:SS`, local time.
    TimeOfDay,
    /// Seconds since the epoch.
    Unix,
}

/// The digits of a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// Whole seconds.
    Seconds,
    /// Three digits behind the point.
    Millis,
    /// Six digits behind the point.
    Micros,
    /// Nine digits behind the point.
    Nanos,
}

impl Precision {
    /// How many digits stand behind the decimal point; for 0 there is no point either.
    #[must_use]
    pub const fn digits(self) -> usize {
        match self {
            Self::Seconds => 0,
            Self::Millis => 3,
            Self::Micros => 6,
            Self::Nanos => 9,
        }
    }
}

/// Hexadecimal in strings (`--strings-in-hex`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Escape {
    /// Escapes are octal (`none`, the default).
    #[default]
    Octal,
    /// Escapes are hexadecimal (`non-ascii-chars`).
    Hex,
    /// Strings with a byte that is not ASCII are all hexadecimal escapes (`non-ascii`, `-x`).
    HexIfNonAscii,
    /// All strings are hexadecimal escapes (`all`, `-xx`).
    HexAll,
}

impl Escape {
    /// The same for those who write text.
    pub(crate) fn rendered(self) -> render::Escape {
        match self {
            Escape::Octal => render::Escape::Octal,
            Escape::Hex => render::Escape::NonAsciiChars,
            Escape::HexIfNonAscii => render::Escape::NonAscii,
            Escape::HexAll => render::Escape::All,
        }
    }
}

/// Names of constants and flags (`-X`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Symbols {
    /// Numbers only.
    Raw,
    /// Names.
    #[default]
    Abbrev,
    /// The number with the names in a comment.
    Verbose,
}

/// What to show of what happens.
#[derive(Clone, Debug)]
pub struct Filters {
    /// Calls to show (`-e trace=`).
    pub trace: SyscallSet,
    /// Calls of which structs are abbreviated (`-e abbrev=`; `-v` is none).
    pub abbrev: SyscallSet,
    /// Calls of which structs are decoded (`-e verbose=`).
    pub verbose: SyscallSet,
    /// Calls of which arguments are not decoded (`-e raw=`).
    pub raw: SyscallSet,
    /// Only calls on these descriptors (`--trace-fds`); joined with `paths` by *or*.
    pub trace_fds: Option<FdSet>,
    /// Only calls on these paths (`-P`): as given; the engine resolves them.
    pub paths: Vec<OsString>,
    /// Descriptors of which the data read is dumped (`-e read=`).
    pub read: FdSet,
    /// Descriptors of which the data written is dumped (`-e write=`).
    pub write: FdSet,
    /// Signals to show (`-e signal=`).
    pub signals: SignalSet,
    /// Outcomes to show (`-e status=`, `-z`, `-Z`).
    pub status: Set<Status>,
}

impl Default for Filters {
    fn default() -> Self {
        let all = SyscallSet::all();
        Self {
            trace: all.clone(),
            abbrev: all.clone(),
            verbose: all,
            raw: SyscallSet::none(),
            trace_fds: None,
            paths: Vec::new(),
            read: FdSet::none(),
            write: FdSet::none(),
            signals: SignalSet::ALL,
            status: Set::ALL,
        }
    }
}

member! {
    /// Messages that may be suppressed (`-e quiet=`).
    pub enum Quiet("quiet") {
        /// Attaching to and detaching from processes.
        Attach = "attach",
        /// A process's exit.
        Exit = "exit" | "exits",
        /// What a path given by `-P` was resolved into.
        PathResolution = "path-resolution",
        /// A process's change to another ABI.
        Personality = "personality",
        /// A program that runs without the rights that it would have untraced.
        Privileges = "privileges",
        /// A process superseded by an execve in another thread.
        ThreadExecve = "thread-execve" | "superseded",
    }
}

member! {
    /// The outcome of a call (`-e status=`).
    pub enum Status("status") {
        /// It returned no error.
        Successful = "successful",
        /// It returned an error.
        Failed = "failed",
        /// It did not return.
        Unfinished = "unfinished",
        /// It returned, but its result could not be fetched.
        Unavailable = "unavailable",
        /// The tracer detached before it returned.
        Detached = "detached",
    }
}

member! {
    /// What to say of a descriptor (`--decode-fds`).
    pub enum FdDetail("decode-fds") {
        /// Its path.
        Path = "path",
        /// Addresses of a socket.
        Socket = "socket",
        /// Numbers of a device.
        Dev = "dev",
        /// The process of a pidfd.
        PidFd = "pidfd",
        /// The state of an eventfd.
        EventFd = "eventfd",
        /// The mask of a signalfd.
        SignalFd = "signalfd",
    }
}

member! {
    /// What to say of a process id (`--decode-pids`).
    pub enum PidDetail("decode-pids") {
        /// The command name.
        Comm = "comm",
        /// The id in the tracer's PID namespace.
        PidNs = "pidns",
    }
}

member! {
    /// What to say of a security context (`--secontext`) beside its type.
    pub enum ContextDetail("secontext") {
        /// All of it.
        Full = "full",
        /// For a file, also what the policy says, where it is something else.
        Mismatch = "mismatch",
    }
}

/// What to tell of a virtual processor that has run (`-e kvm=`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VcpuDetail {
    /// Nothing.
    #[default]
    Nothing,
    /// Why it has stopped (`vcpu`).
    Reason,
    /// That, and in text its state before and after (`vcpu+`).
    State,
}

/// When signals may end the tracer (`-I`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interruptible {
    /// At any time.
    Anywhere,
    /// While it waits for tracees (the default).
    Waiting,
    /// Never (the default for `-o FILE COMMAND`).
    Never,
    /// Never, and `SIGTSTP` is ignored too (the default for `-D`).
    NeverTstp,
}

/// How far a tracer that runs as the command's grandchild goes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Daemonize {
    /// It stays in the process group (`-D`).
    Grandchild,
    /// A process group of its own (`-DD`).
    ProcessGroup,
    /// A session of its own (`-DDD`).
    Session,
}

/// The table of counts at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Show the calls as well (`-C`).
    pub with_trace: bool,
    /// By what the rows are sorted (`-S`); `None` leaves them unsorted.
    pub sort_by: Option<Column>,
    /// The columns from left to right (`-U`); there is a [`Column::Name`] among them.
    pub columns: Vec<Column>,
    /// Times are wall-clock times (`-w`), not CPU times of the kernel.
    pub wall_clock: bool,
    /// The tracer's own share of each call's time (`-O`); `None` leaves it to an estimate.
    pub overhead: Option<Duration>,
}

impl Summary {
    /// The columns where `-U` is not given.
    pub const COLUMNS: [Column; 6] = [
        Column::TimePercent,
        Column::TotalTime,
        Column::AvgTime,
        Column::Calls,
        Column::Errors,
        Column::Name,
    ];
}

/// A column of the summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Column {
    /// The share of all time.
    TimePercent,
    /// Time in all calls.
    TotalTime,
    /// The shortest call.
    MinTime,
    /// The longest call.
    MaxTime,
    /// The mean of all calls.
    AvgTime,
    /// Wall-clock time in all calls.
    WallTotal,
    /// The shortest call by the wall clock.
    WallMin,
    /// The longest call by the wall clock.
    WallMax,
    /// The mean of all calls by the wall clock.
    WallAvg,
    /// How many calls.
    Calls,
    /// How many failed.
    Errors,
    /// The call's name.
    Name,
}

/// Tampering with calls: one `-e inject=` or `-e fault=`.
#[derive(Clone, Debug)]
pub struct InjectRule {
    /// The calls.
    pub calls: SyscallSet,
    /// Which of them, counted per call and tracee.
    pub when: When,
    /// What the call returns instead of being run.
    pub outcome: Option<InjectOutcome>,
    /// The call that is run instead of none where `outcome` is set (`syscall=`), by its name.
    pub instead: Option<String>,
    /// A signal, from 1 to 64, delivered on entering.
    pub signal: Option<i32>,
    /// A delay on entering.
    pub delay_enter: Option<Duration>,
    /// A delay on exiting.
    pub delay_exit: Option<Duration>,
    /// Memory written on entering.
    pub poke_enter: Vec<Poke>,
    /// Memory written on exiting.
    pub poke_exit: Vec<Poke>,
}

/// What holds of several rules for a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InjectRules {
    /// The last one replaces those before it, whether it is its turn or not.
    #[default]
    Last,
    /// Each one whose turn it is; of several, the last one.
    Each,
}

/// What a call returns without having been run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InjectOutcome {
    /// This errno, from 1 to 4095.
    Error(u32),
    /// This value.
    Value(i64),
}

/// Which of a tracee's calls are tampered with: those numbered `first`, `first + step`… up to `last`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When {
    /// The first one, from 1.
    pub first: u32,
    /// The last one that may be; [`u32::MAX`] for no end.
    pub last: u32,
    /// From one to the next; 0 where `first` alone is meant (and `last` equals it).
    pub step: u32,
}

impl When {
    /// All calls.
    pub const ALWAYS: Self = Self { first: 1, last: u32::MAX, step: 1 };

    /// Whether the `n`th call (from 1) is meant.
    #[must_use]
    pub const fn holds(self, n: u64) -> bool {
        let (first, last) = (self.first as u64, self.last as u64);
        let beyond = self.last != u32::MAX && n > last;
        if n < first || beyond {
            return false;
        }
        if self.step == 0 { n == first } else { (n - first).is_multiple_of(self.step as u64) }
    }
}

/// Bytes written to where an argument points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Poke {
    /// The argument's index, from 0.
    pub arg: usize,
    /// The bytes.
    pub data: Vec<u8>,
}
