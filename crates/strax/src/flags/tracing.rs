//! How tracees are followed and let go.

use super::{Flag, Section, Value, choose, invalid, text, valid};
use crate::error::{Error, quoting};
use tracer::config::{Colocate, Daemonize, Interruptible};
use tracer::filter::unsigned;

const NEW: Flag = Flag { section: Section::Tracing, ..Flag::NEW };

pub(super) static FLAGS: &[Flag] = &[
    Flag {
        short: Some(b'b'),
        long: &["detach-on"],
        value: Value::Required("execve"),
        help: &["let go of a process that calls execve"],
        apply: |args, given| {
            let name = given.value.unwrap_or_default();
            if name != "execve" {
                let mut message = quoting("Syscall", name);
                message.push(" for -b isn't supported");
                return Err(Error::failure(message));
            }
            args.detach_on_execve = true;
            Ok(())
        },
        ..NEW
    },
    Flag {
        short: Some(b'D'),
        long: &["daemonize", "daemonised", "daemonized"],
        value: Value::Optional("grandchild"),
        help: &["trace from a grandchild, so that the command is the child of", "the calling process"],
        forms: &[
            ("-DD, --daemonize=pgroup", &["and put the tracer into a process group of its own"]),
            ("-DDD, --daemonize=session", &["and put the tracer into a session of its own"]),
        ],
        apply: |args, given| {
            if given.name == crate::getopt::Name::Short(b'D') {
                args.daemonize_count += 1;
                return Ok(());
            }
            let ways = [
                ("grandchild", Daemonize::Grandchild),
                ("pgroup", Daemonize::ProcessGroup),
                ("pgrp", Daemonize::ProcessGroup),
                ("session", Daemonize::Session),
            ];
            args.daemonize = Some(match given.value {
                None => Daemonize::Grandchild,
                Some(_) => valid(given, choose(text(given)?, &ways))?,
            });
            Ok(())
        },
        ..NEW
    },
    Flag {
        short: Some(b'f'),
        long: &["follow-forks"],
        help: &["trace the processes and threads that tracees create"],
        forms: &[(
            "-ff, --follow-forks --output-separately",
            &["and write the trace of each into a file of its own"],
        )],
        apply: |args, given| {
            match given.name {
                crate::getopt::Name::Short(_) => args.follow_count += 1,
                _ => args.follow = true,
            }
            Ok(())
        },
        ..NEW
    },
    Flag {
        short: Some(b'F'),
        help: &["deprecated: twice is as -f"],
        apply: |args, _| {
            args.vfork_count += 1;
            Ok(())
        },
        ..NEW
    },
    Flag {
        short: Some(b'I'),
        long: &["interruptible"],
        value: Value::Required("WHEN"),
        help: &[
            "when a signal such as that of CTRL-C ends the trace:",
            "1, anywhere:   at any time",
            "2, waiting:    not while a call is decoded (default)",
            "3, never:      never (default with -o FILE and a command)",
            "4, never_tstp: never, nor does CTRL-Z stop it (default with -D)",
        ],
        apply: |args, given| {
            let times = [
                ("anywhere", Interruptible::Anywhere),
                ("always", Interruptible::Anywhere),
                ("waiting", Interruptible::Waiting),
                ("never", Interruptible::Never),
                ("never_tstp", Interruptible::NeverTstp),
            ];
            let by_number = || match unsigned(text(given).ok()?, 4)? {
                1 => Some(Interruptible::Anywhere),
                2 => Some(Interruptible::Waiting),
                3 => Some(Interruptible::Never),
                4 => Some(Interruptible::NeverTstp),
                _ => None,
            };
            args.interruptible = Some(valid(given, choose(text(given)?, &times).or_else(by_number))?);
            Ok(())
        },
        ..NEW
    },
    Flag {
        long: &["kill-on-exit"],
        help: &["kill all tracees if the tracer is killed"],
        apply: |args, _| {
            args.kill_on_exit = true;
            Ok(())
        },
        ..NEW
    },
    Flag {
        long: &["colocate"],
        value: Value::Required("WHEN"),
        help: &[
            "keep tracer and tracee on one CPU, which makes tracing faster:",
            "auto (default) while one tracee does the talking, always, or",
            "never; tracees don't see it",
        ],
        apply: |args, given| {
            let when = [("auto", Colocate::Auto), ("always", Colocate::Always), ("never", Colocate::Never)];
            args.colocate = valid(given, choose(text(given)?, &when))?;
            Ok(())
        },
        ..NEW
    },
    Flag {
        long: &["syscall-limit"],
        value: Value::Required("LIMIT"),
        help: &["let go of all tracees when LIMIT calls have been shown"],
        apply: |args, given| {
            let limit = valid(given, unsigned(text(given)?, i64::MAX as u64))?;
            if limit == 0 {
                return Err(invalid(given));
            }
            args.syscall_limit = Some(limit);
            Ok(())
        },
        ..NEW
    },
];
