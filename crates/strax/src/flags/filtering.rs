//! What of all that happens is shown.

use super::{Flag, Hint, Section, Value, set_text};
use std::ffi::OsStr;
use tracer::config::Status;
use tracer::filter::{FdSet, Set, SignalSet, SyscallSet};

const NEW: Flag = Flag { section: Section::Filtering, ..Flag::NEW };

pub(super) static FLAGS: &[Flag] = &[
    Flag {
        long: &["trace"],
        qualifiers: &["trace", "t"],
        value: Value::Required("CALLS"),
        help: &[
            "show these calls only: names, numbers, /REGEX, all, none, or",
            "%clock %creds %desc %file %fstat %fstatfs %ipc %lstat",
            "%memory %net %process %pure %signal %stat %%stat %statfs",
            "%%statfs; ?NAME need not exist, NAME@64, @32, @x32 is of one",
            "ABI, and ! before all of them takes all others",
        ],
        apply: |args, given| {
            args.filters.trace = SyscallSet::parse(&set_text(given), args.class_of)?;
            Ok(())
        },
        hint: Hint::Calls,
        manual: &[
            "Shows only the calls in the set, which may name calls, classes of calls and regular expressions; \
                see `SETS AND EXPRESSIONS`. Signals and ends of processes are shown all the same.",
            "With `-f`, and where a lone process makes many other calls, the command is put under a seccomp \
                filter, so that only these calls stop it. Then SIGKILL of strax kills the command as well; \
                `--seccomp-bpf=never` prevents that.",
        ],
        ..NEW
    },
    Flag {
        long: &["signals"],
        qualifiers: &["signal", "signals", "s"],
        value: Value::Required("SIGNALS"),
        help: &["show these signals only"],
        apply: |args, given| {
            args.filters.signals = SignalSet::parse(&set_text(given))?;
            Ok(())
        },
        hint: Hint::Signals,
        manual: &[
            "Shows only the delivery of signals in the set, by name with or without SIG, or by number: \
                `signal=!SIGIO`, `signal=int,term`. Which signals a tracee gets is not changed.",
        ],
        ..NEW
    },
    Flag {
        long: &["status"],
        qualifiers: &["status"],
        value: Value::Required("STATUSES"),
        help: &["show only calls that end so: successful, failed, unfinished,", "unavailable, detached"],
        apply: |args, given| {
            args.filters.status = Set::parse(&set_text(given))?;
            Ok(())
        },
        hint: Hint::List(&["successful", "failed", "unfinished", "unavailable", "detached"]),
        manual: &[
            "Shows only calls that end in one of these ways. The line of a call can't be written before \
                that is known, so it appears when the call is over.",
            "- `successful`: it returned without an error",
            "- `failed`: it returned an error",
            "- `unfinished`: it never returned, as exit_group(2) or a call during which the process was \
                killed",
            "- `unavailable`: it returned, but what can't be known",
            "- `detached`: strax let go of the process before it returned",
        ],
        ..NEW
    },
    Flag {
        long: &["trace-fds"],
        qualifiers: &["trace-fds", "trace-fd", "fds", "fd"],
        value: Value::Required("FDS"),
        help: &["show only calls on these descriptors"],
        apply: |args, given| {
            args.filters.trace_fds = Some(FdSet::parse(&set_text(given))?);
            Ok(())
        },
        hint: Hint::Any,
        manual: &["Shows only calls that have one of these descriptors among their arguments. The set has \
                numbers with commas between them; `!` turns it around."],
        ..NEW
    },
    Flag {
        short: Some(b'P'),
        long: &["trace-path"],
        value: Value::Required("PATH"),
        help: &["show only calls on this path; may be repeated"],
        apply: |args, given| {
            args.filters.paths.extend(given.value.map(OsStr::to_owned));
            Ok(())
        },
        hint: Hint::File,
        manual: &[
            "Shows only calls that have to do with this path, by name or through a descriptor that is \
                open on it. It may be repeated, and paths are then looked for together. A path with symbolic \
                links is looked for in its resolved form too, about which there is a remark.",
        ],
        ..NEW
    },
    Flag {
        short: Some(b'z'),
        long: &["successful-only"],
        help: &["show only calls that return no error"],
        apply: |args, _| {
            args.successful_only = true;
            args.filters.status = Set::of(&[Status::Successful]);
            Ok(())
        },
        manual: &["Shows only calls that returned without an error; as `-e status=successful`."],
        ..NEW
    },
    Flag {
        short: Some(b'Z'),
        long: &["failed-only", "failing-only"],
        help: &["show only calls that return an error"],
        apply: |args, _| {
            args.failed_only = true;
            args.filters.status = Set::of(&[Status::Failed]);
            Ok(())
        },
        manual: &["Shows only calls that returned an error; as `-e status=failed`."],
        ..NEW
    },
];
