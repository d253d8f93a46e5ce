//! What of all that happens is shown.

use super::{Flag, Section, Value, set_text};
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
        ..NEW
    },
];
