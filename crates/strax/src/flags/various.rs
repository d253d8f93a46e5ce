//! `-e`, and what belongs nowhere else.

use super::{Flag, Section, Value, text, valid};

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
        short: Some(b'd'),
        long: &["debug"],
        help: &["tell on standard error what strax itself does"],
        apply: |args, _| {
            args.debug = true;
            Ok(())
        },
        ..NEW
    },
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
        help: &["with -f, let the kernel stop tracees only at wanted calls"],
        apply: |args, _| {
            args.seccomp_bpf = true;
            Ok(())
        },
        ..NEW
    },
    Flag {
        long: &["tips"],
        value: Value::Optional("[ID][,FORMAT]"),
        help: &[
            "show a tip at the end: a number or random (default), and its",
            "format: none, compact (default) or full",
        ],
        apply: |args, given| {
            let tips = args.tips.unwrap_or_default();
            args.tips = Some(valid(given, tips.with(text(given)?))?);
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
