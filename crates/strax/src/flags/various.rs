//! `-e`, and what belongs nowhere else.

use super::{Flag, Section, Value, choose, text, valid};
use tracer::config::SeccompBpf;

pub(super) static GENERAL: &[Flag] = &[Flag {
    short: Some(b'e'),
    value: Value::Required("EXPR"),
    help: &[
        "OPTION=SET for one of the options below that show -e, or a",
        "set of calls to trace; a SET is all, none, [!]VAL1[,VAL2...]",
    ],
    apply: |args, given| args.qualify(given.value.unwrap_or_default()),
    ..Flag::NEW
}];

const NEW: Flag = Flag { section: Section::Various, ..Flag::NEW };

pub(super) static FLAGS: &[Flag] = &[
    Flag {
        short: Some(b'h'),
        long: &["help"],
        help: &["show this text"],
        apply: |args, _| {
            args.help = true;
            Ok(())
        },
        ..NEW
    },
    Flag {
        long: &["seccomp-bpf"],
        value: Value::Optional("WHEN"),
        help: &[
            "let the kernel stop the command only at wanted calls: auto",
            "(default) where nobody notices, always, or never; without WHEN",
            "as strace does it: with -f, and tracees die with the tracer",
        ],
        apply: |args, given| {
            let when =
                [("auto", SeccompBpf::Auto), ("always", SeccompBpf::Always), ("never", SeccompBpf::Never)];
            args.seccomp_bpf = match given.value {
                None => SeccompBpf::Followed,
                Some(_) => valid(given, choose(text(given)?, &when))?,
            };
            Ok(())
        },
        ..NEW
    },
    Flag {
        short: Some(b'V'),
        long: &["version"],
        help: &["show the version"],
        apply: |args, _| {
            args.version = true;
            Ok(())
        },
        ..NEW
    },
];
