//! `-e`, and what belongs nowhere else.

use super::{Flag, Hint, Section, Value, choose, text, valid};
use crate::args::Generate;
use std::ffi::OsStr;
use tracer::config::SeccompBpf;

pub(super) static GENERAL: &[Flag] = &[Flag {
    short: Some(b'e'),
    value: Value::Required("EXPR"),
    help: &[
        "OPTION=SET for one of the options below that show -e, or a",
        "set of calls to trace; a SET is all, none, [!]VAL1[,VAL2...]",
    ],
    apply: |args, given| args.qualify(given.value.unwrap_or_default()),
    hint: Hint::Expression,
    manual: &["Says more about what is traced and how. An _EXPR_ is _OPTION_`=`_VALUE_, where _OPTION_ is \
            one of those that are shown with `-e` below, or a _VALUE_ alone, which then means \
            `trace=`_VALUE_. See `SETS AND EXPRESSIONS`."],
    ..Flag::NEW
}];

const NEW: Flag = Flag { section: Section::Various, ..Flag::NEW };

pub(super) static FLAGS: &[Flag] = &[
    Flag {
        long: &["generate"],
        value: Value::Required("WHAT"),
        help: &[
            "write out man (the manual page), or the completions for a",
            "shell: complete-bash, complete-zsh, complete-fish",
        ],
        apply: |args, given| {
            args.generate = Some(valid(given, choose(text(given)?, Generate::ALL))?);
            Ok(())
        },
        hint: Hint::Words(&["man", "complete-bash", "complete-zsh", "complete-fish"]),
        manual: &[
            "Writes this manual page in the language of man(7), or completions for a shell, to standard \
                output; see `FILES`.",
        ],
        ..NEW
    },
    Flag {
        short: Some(b'd'),
        long: &["debug"],
        help: &["tell on standard error what strax itself does"],
        apply: |args, _| {
            args.debug = true;
            Ok(())
        },
        manual: &[
            "Tells on standard error what strax itself does: whom it begins and ceases to trace, and each \
                stop as the kernel reports it. Of use to find faults of strax.",
        ],
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
        manual: &["Shows a summary of all options."],
        ..NEW
    },
    Flag {
        long: &["merge"],
        value: Value::Required("PREFIX"),
        help: &["merge the files PREFIX.PID of -ff by their time stamps"],
        apply: |args, given| {
            args.merge = given.value.map(OsStr::to_owned);
            Ok(())
        },
        hint: Hint::File,
        manual: &["Traces nothing, but merges the traces that `-ff -o` _PREFIX_ has written into the files \
                _PREFIX_`.`_PID_, and writes the lines of all of them to standard output in the order of \
                their time stamps, each behind the id of its process. They need `-tt` or `-ttt`; with `-tt`, \
                a trace over midnight is out of order. Lines without a time stamp at their beginning are left \
                out. A link to strax named `strace-log-merge` takes _PREFIX_ as its only argument."],
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
        hint: Hint::Words(&["auto", "always", "never"]),
        manual: &[
            "Has the kernel stop processes only at calls that the filters want, so that the others cost \
                next to nothing. Possible only for a command that strax runs itself, since the filter stays \
                with the processes for their whole life and is passed on to all that they create.",
            "SIGKILL of strax kills all that is under the filter with it, as does a crash of strax, for without \
                a tracer their calls would fail. Any other signal that ends the trace leaves them running: strax \
                stays with them, showing nothing, until they have ended, and only a second SIGINT, SIGTERM, \
                SIGHUP or SIGQUIT ends strax, and kills them. `--seccomp-bpf=never` does without, so that tracees \
                run on whatever happens to strax.",
            "- `auto`: wherever a program would not notice; this is the default",
            "- `always`: from the command's start",
            "- `never`: all calls stop their process",
            "Without _WHEN_ the option is strace's own: it needs `-f`, implies `--kill-on-exit`, and says so \
                where there can be no filter.",
        ],
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
        hint: Hint::Words(&["random", "none", "compact", "full"]),
        manual: &[
            "Shows a tip about strax at the end of the trace, or at once if nothing is to be traced: that \
                with the number _ID_, or one by chance (`random`). _FORMAT_ is `none`, `compact` (the \
                default) or `full`.",
        ],
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
        manual: &["Shows the version and what was built in."],
        ..NEW
    },
];
