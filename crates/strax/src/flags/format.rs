//! Where lines go and how they look.

use super::{Flag, Hint, Section, Value, choose, invalid, set_text, text, valid};
use crate::args::Args;
use crate::error::Error;
use crate::getopt::{Given, Name};
use std::ffi::OsStr;
use tracer::config::{Clock, Color, Escape, FdDetail, Format, PidDetail, Precision, Quiet, Symbols};
use tracer::filter::{FdSet, Set, SyscallSet, unsigned};

const NEW: Flag = Flag { section: Section::Format, ..Flag::NEW };

/// The most bytes of a string for `-s`: half of what an `int` counts.
const MAX_STRING: u64 = i32::MAX as u64 / 2;

pub(super) static FLAGS: &[Flag] = &[
    Flag {
        short: Some(b'a'),
        long: &["columns"],
        value: Value::Required("COLUMN"),
        help: &["align return values at this column (default 40)"],
        apply: |args, given| {
            args.style.columns = valid(given, unsigned(text(given)?, i32::MAX as u64))? as usize;
            Ok(())
        },
        hint: Hint::Any,
        manual: &[
            "Puts the `=` before return values into this column, counted from 0, where the call's text is \
                short enough. 0 puts it right behind each call.",
        ],
        ..NEW
    },
    Flag {
        long: &["color"],
        value: Value::Required("WHEN"),
        help: &["colour the trace: auto (default; on terminals), always, never"],
        apply: |args, given| {
            let when = [("auto", Color::Auto), ("always", Color::Always), ("never", Color::Never)];
            args.style.color = valid(given, choose(text(given)?, &when))?;
            Ok(())
        },
        hint: Hint::Words(&["auto", "always", "never"]),
        manual: &[
            "Colours the trace. `auto`, the default, does so where the trace goes to a terminal that can \
                show it (`TERM` is set, and not to `dumb`) and `NO_COLOR` is not set; `always` and `never` ask \
                nothing. Without its colours a trace is what it would have been without this option.",
            "`STRACE_COLORS` changes them: see `ENVIRONMENT`.",
        ],
        ..NEW
    },
    Flag {
        long: &["abbrev"],
        qualifiers: &["abbrev", "a"],
        value: Value::Required("CALLS"),
        help: &["leave out less important members of structs in these calls"],
        apply: |args, given| {
            args.filters.abbrev = SyscallSet::parse(&set_text(given), args.class_of)?;
            Ok(())
        },
        hint: Hint::Calls,
        manual: &[
            "Leaves out what matters less of large structs in these calls, and shows `...` in its place. \
                The default is `abbrev=all`; `-v` is `abbrev=none`.",
        ],
        ..NEW
    },
    Flag {
        long: &["verbose"],
        qualifiers: &["verbose", "v"],
        value: Value::Required("CALLS"),
        help: &["show what structs hold in these calls"],
        apply: |args, given| {
            args.filters.verbose = SyscallSet::parse(&set_text(given), args.class_of)?;
            Ok(())
        },
        hint: Hint::Calls,
        manual: &[
            "Follows pointers to structs in these calls, and shows the address where a call is not in the \
                set. The default is `verbose=all`.",
        ],
        ..NEW
    },
    Flag {
        long: &["raw"],
        qualifiers: &["raw", "x"],
        value: Value::Required("CALLS"),
        help: &["show the arguments of these calls as bare numbers"],
        apply: |args, given| {
            args.filters.raw = SyscallSet::parse(&set_text(given), args.class_of)?;
            Ok(())
        },
        hint: Hint::Calls,
        manual: &[
            "Shows the arguments of these calls as bare numbers in hexadecimal, undecoded. Of use where \
                the decoding is doubted, or the number itself matters.",
        ],
        ..NEW
    },
    Flag {
        long: &["read"],
        qualifiers: &["read", "reads", "r"],
        value: Value::Required("FDS"),
        help: &["dump all data read from these descriptors"],
        apply: |args, given| {
            args.filters.read = FdSet::parse(&set_text(given))?;
            Ok(())
        },
        hint: Hint::Any,
        manual: &[
            "Shows all data that is read from these descriptors in full, in hexadecimal and ASCII below \
                each call, whatever `-s` says. `read=3,5`; `read=!0`; `read=all`.",
        ],
        ..NEW
    },
    Flag {
        long: &["write"],
        qualifiers: &["write", "writes", "w"],
        value: Value::Required("FDS"),
        help: &["dump all data written to these descriptors"],
        apply: |args, given| {
            args.filters.write = FdSet::parse(&set_text(given))?;
            Ok(())
        },
        hint: Hint::Any,
        manual: &["As `-e read=`, for data that is written."],
        ..NEW
    },
    Flag {
        short: Some(b'i'),
        long: &["instruction-pointer"],
        help: &["show the instruction pointer"],
        apply: |args, _| {
            args.style.instruction_pointer = true;
            Ok(())
        },
        manual: &["Shows where in the program the call was made: the instruction pointer, in brackets."],
        ..NEW
    },
    Flag {
        short: Some(b'n'),
        long: &["syscall-number"],
        help: &["show the call's number"],
        apply: |args, _| {
            args.style.syscall_number = true;
            Ok(())
        },
        manual: &["Shows the number of each call, in brackets."],
        ..NEW
    },
    Flag {
        short: Some(b'N'),
        long: &["arg-names"],
        help: &["show the names of arguments"],
        apply: |args, _| {
            args.style.arg_names = true;
            Ok(())
        },
        manual: &["Shows the names of arguments as the kernel has them: `openat(dirfd=AT_FDCWD, ...`."],
        ..NEW
    },
    Flag {
        short: Some(b'A'),
        long: &["output-append-mode"],
        help: &["append to the file of -o"],
        apply: |args, _| {
            args.append = true;
            Ok(())
        },
        manual: &["Appends to the files of `-o` instead of overwriting them."],
        ..NEW
    },
    Flag {
        long: &["format"],
        value: Value::Required("FORMAT"),
        help: &["the language of the trace: text (default) or json, with one", "object per line"],
        apply: |args, given| {
            let formats = [("text", Format::Text), ("json", Format::Json)];
            args.format = Some(valid(given, choose(text(given)?, &formats))?);
            Ok(())
        },
        hint: Hint::Words(&["text", "json"]),
        manual: &[
            "Chooses between text for people and JSON for programs. JSON has an object on each line, as \
                described under `JSON`.",
        ],
        ..NEW
    },
    Flag {
        long: &["output-separately"],
        help: &["write the trace of each process into FILE.PID"],
        apply: |args, _| {
            args.separately = true;
            Ok(())
        },
        manual: &["With `-o` _FILE_, writes the trace of each process and thread into a file of its own, \
                _FILE_`.`_PID_. If an id comes round again during the trace, the second file is \
                _FILE_`.`_PID_`.1`, and so on. Part of `-ff`."],
        ..NEW
    },
    Flag {
        short: Some(b'o'),
        long: &["output"],
        value: Value::Required("FILE"),
        help: &[
            "write the trace into FILE, or into the standard input of a",
            "command if it is |COMMAND or !COMMAND",
        ],
        apply: |args, given| {
            args.output = given.value.map(OsStr::to_owned);
            Ok(())
        },
        hint: Hint::File,
        manual: &[
            "Writes the trace into _FILE_ instead of standard error. If it begins with `|` or `!`, the \
                rest is a command for the shell, and the trace is its standard input.",
            "Where _FILE_ and a command are given, messages about attaching and detaching are left out, \
                and `-I3` is assumed.",
            "What has been printed is in _FILE_ within 50 ms, also when strax is killed on the spot or waits \
                for memory of a tracee that never comes: a small process, `strax-keeper`, sees to that, and \
                ends when strax does. To standard error and to a command each line is written when it, or its \
                beginning, is complete.",
            "If _FILE_ takes no more, because a disk is full or a limit is reached, strax says so once and \
                tries again every now and then. Lines are never cut; where some are missing stands \
                `--- `_N_` lines lost: `_reason_` ---`.",
        ],
        ..NEW
    },
    Flag {
        short: Some(b'q'),
        long: &["quiet", "silent", "silence"],
        qualifiers: &["quiet", "silent", "silence", "q"],
        value: Value::Optional("attach,personality"),
        help: &["no messages about attaching, detaching and changes of ABI"],
        forms: &[
            ("-qq, --quiet=attach,personality,exit", &["nor about exits"]),
            (
                "-qqq, --quiet=all",
                &[
                    "no messages; besides those above there are path-resolution,",
                    "privileges (left out by -q as well) and thread-execve",
                ],
            ),
        ],
        apply: |args, given| {
            match (given.name, given.value) {
                (Name::Short(_), _) => args.quiet_count += 1,
                (_, None) => {
                    args.quiet = Some(Set::of(&[Quiet::Attach, Quiet::Personality, Quiet::Privileges]))
                }
                (_, Some(_)) => args.quiet = Some(Set::parse(&set_text(given))?),
            }
            Ok(())
        },
        hint: Hint::List(&[
            "attach",
            "exit",
            "path-resolution",
            "personality",
            "privileges",
            "thread-execve",
            "all",
            "none",
        ]),
        manual: &[
            "Leaves out messages of strax's own. The set of the long form says which:",
            "- `attach`: of attaching to processes and letting go of them",
            "- `exit`: the `+++` lines about ends of processes",
            "- `path-resolution`: that a path of `-P` has been resolved to another",
            "- `personality`: that a process makes calls of another ABI than before",
            "- `privileges`: that a set-user-ID or set-group-ID program, or one with file capabilities, runs \
                without its rights because the tracer has too few; `-q` and `-qq` leave it out too",
            "- `thread-execve`: that a thread's execve(2) has replaced its whole process",
        ],
        ..NEW
    },
    Flag {
        short: Some(b'r'),
        long: &["relative-timestamps"],
        value: Value::Optional("PRECISION"),
        help: &["show the time since the previous call began; PRECISION is", "s, ms, us (default) or ns"],
        apply: |args, given| {
            args.style.relative = Some(precision_of(given)?);
            Ok(())
        },
        hint: Hint::Words(&["s", "ms", "us", "ns"]),
        manual: &[
            "Shows before each call the time since the previous one began, by a clock that setting the time of day \
                does not move.",
        ],
        ..NEW
    },
    Flag {
        short: Some(b's'),
        long: &["string-limit"],
        value: Value::Required("LENGTH"),
        help: &["show at most LENGTH bytes of a string (default 32)"],
        apply: |args, given| {
            args.style.string_limit = valid(given, unsigned(text(given)?, MAX_STRING))? as usize;
            Ok(())
        },
        hint: Hint::Any,
        manual: &[
            "Shows at most that many bytes of each string; what follows is shown as `...`. Names of files \
                are shown in full.",
        ],
        ..NEW
    },
    Flag {
        short: Some(b't'),
        long: &["absolute-timestamps", "timestamps"],
        value: Value::Optional("[[format:]FORMAT][,[precision:]PRECISION]"),
        help: &[
            "show the time of day; FORMAT is none, time (default) or unix,",
            "PRECISION is s (default), ms, us or ns",
        ],
        forms: &[
            ("-tt, --absolute-timestamps=us", &["with microseconds"]),
            ("-ttt, --absolute-timestamps=unix,us", &["in seconds since the epoch, with microseconds"]),
        ],
        apply: |args, given| match given.name {
            Name::Short(_) => {
                args.stamp_count += 1;
                Ok(())
            }
            _ => stamp(args, given),
        },
        hint: Hint::List(&["none", "time", "unix", "s", "ms", "us", "ns"]),
        manual: &[
            "Shows the time of day before each line; twice with microseconds; three times in seconds \
                since the epoch, with microseconds.",
            "The long form takes a format (`none`, `time` or `unix`) and a precision (`s`, `ms`, `us` or \
                `ns`), in any order with a comma between them; `format:` and `precision:` may stand before \
                them.",
        ],
        ..NEW
    },
    Flag {
        short: Some(b'T'),
        long: &["syscall-times"],
        value: Value::Optional("PRECISION"),
        help: &["show the time spent in each call; PRECISION as for -r"],
        apply: |args, given| {
            args.style.spent = Some(precision_of(given)?);
            Ok(())
        },
        hint: Hint::Words(&["s", "ms", "us", "ns"]),
        manual: &[
            "Shows behind each call how long it took, between angle brackets, by a clock that setting the time of \
                day does not move.",
        ],
        ..NEW
    },
    Flag {
        short: Some(b'v'),
        long: &["no-abbrev"],
        help: &["show all members of structs; as -e abbrev=none"],
        apply: |args, _| {
            args.filters.abbrev = SyscallSet::none();
            Ok(())
        },
        manual: &["Shows structs, arrays and environments in full; as `-e abbrev=none`."],
        ..NEW
    },
    Flag {
        short: Some(b'x'),
        forms: &[
            ("-x, --strings-in-hex=non-ascii", &["show strings with non-ASCII bytes in hexadecimal"]),
            ("-xx, --strings-in-hex[=all]", &["show all strings in hexadecimal"]),
        ],
        apply: |args, _| {
            args.hex_count += 1;
            Ok(())
        },
        manual: &[
            "Shows strings that have bytes outside of ASCII's printable ones in hexadecimal as a whole; \
                twice, all strings.",
        ],
        ..NEW
    },
    Flag {
        long: &["strings-in-hex"],
        value: Value::Optional("WHICH"),
        help: &[
            "none: escapes are octal; non-ascii-chars: they are",
            "hexadecimal; non-ascii: as -x; all (default): as -xx",
        ],
        apply: |args, given| {
            let ways = [
                ("none", Escape::Octal),
                ("non-ascii-chars", Escape::Hex),
                ("non-ascii", Escape::HexIfNonAscii),
                ("all", Escape::HexAll),
            ];
            args.hex = Some(match given.value {
                None => Escape::HexAll,
                Some(_) => valid(given, choose(text(given)?, &ways))?,
            });
            Ok(())
        },
        hint: Hint::Words(&["none", "non-ascii-chars", "non-ascii", "all"]),
        manual: &[
            "Chooses how strings are written.",
            "- `none`: bytes that can't be printed are escaped in octal; this is the default",
            "- `non-ascii-chars`: they are escaped in hexadecimal",
            "- `non-ascii`: strings that have such bytes are in hexadecimal as a whole, as with `-x`",
            "- `all`: all strings are, as with `-xx`; so it is without a value",
        ],
        ..NEW
    },
    Flag {
        short: Some(b'X'),
        long: &["const-print-style"],
        value: Value::Required("STYLE"),
        help: &["show constants as raw numbers, abbrev (their names), or", "verbose (both)"],
        apply: |args, given| {
            // Unlike other words this one is not matched without regard to case.
            args.style.symbols = match text(given)? {
                "raw" => Symbols::Raw,
                "abbrev" => Symbols::Abbrev,
                "verbose" => Symbols::Verbose,
                _ => return Err(invalid(given)),
            };
            Ok(())
        },
        hint: Hint::Words(&["raw", "abbrev", "verbose"]),
        manual: &["Chooses how constants and flags are written: by number (`raw`), by name (`abbrev`, the \
                default), or by number with the name as a comment (`verbose`)."],
        ..NEW
    },
    Flag {
        short: Some(b'y'),
        forms: &[
            ("-y, --decode-fds[=path]", &["show the paths of descriptors"]),
            ("-yy, --decode-fds=all", &["show all that is known of descriptors"]),
        ],
        apply: |args, _| {
            args.fd_count += 1;
            Ok(())
        },
        manual: &["Shows behind each descriptor what it is open on: `3</etc/hostname>`. Twice, all that is \
                known: addresses of sockets, numbers of devices, signals of a signalfd, the process of a \
                pidfd."],
        ..NEW
    },
    Flag {
        long: &["decode-fds"],
        qualifiers: &["decode-fds", "decode-fd"],
        value: Value::Optional("WHAT"),
        help: &[
            "what to show of descriptors: path (default), dev, socket,",
            "eventfd, pidfd, signalfd, all, none",
        ],
        apply: |args, given| {
            args.fds = Some(match given.value {
                None => Set::of(&[FdDetail::Path]),
                Some(_) => Set::parse(&set_text(given))?,
            });
            Ok(())
        },
        hint: Hint::List(&["path", "socket", "dev", "eventfd", "pidfd", "signalfd", "all", "none"]),
        manual: &[
            "Chooses what is shown of descriptors.",
            "- `path`: the file's path; as `-y`",
            "- `socket`: protocol and addresses",
            "- `dev`: major and minor number of a device",
            "- `eventfd`: its count and flags",
            "- `pidfd`: the process that it stands for",
            "- `signalfd`: its signals",
            "- `all`: all of them; as `-yy`",
        ],
        ..NEW
    },
    Flag {
        short: Some(b'Y'),
        forms: &[("-Y, --decode-pids=comm", &["show the command names of process ids"])],
        apply: |args, _| {
            args.style.decode_pids = Set::of(&[PidDetail::Comm]);
            Ok(())
        },
        manual: &["Shows behind each process id the name of its command: `1234<bash>`."],
        ..NEW
    },
    Flag {
        long: &["decode-pids"],
        qualifiers: &["decode-pids", "decode-pid"],
        value: Value::Required("WHAT"),
        help: &[
            "what to show of process ids: comm (as -Y), pidns (the id in",
            "the tracer's PID namespace), all, none",
        ],
        apply: |args, given| {
            args.style.decode_pids = Set::parse(&set_text(given))?;
            Ok(())
        },
        hint: Hint::List(&["comm", "pidns", "all", "none"]),
        manual: &["Chooses what is shown of process ids: the command's name (`comm`), and for a tracee in \
                another PID namespace the id that strax's own namespace has for it (`pidns`)."],
        ..NEW
    },
    Flag {
        long: &["pidns-translation"],
        help: &["as --decode-pids=pidns"],
        apply: |args, _| {
            args.style.decode_pids = Set::of(&[PidDetail::PidNs]);
            Ok(())
        },
        manual: &["The same as `--decode-pids=pidns`."],
        ..NEW
    },
    Flag {
        long: &["always-show-pid"],
        help: &["show the process id also while there is but one process"],
        apply: |args, _| {
            args.style.always_show_pid = true;
            Ok(())
        },
        manual: &["Shows the process id before each line even while there is but one process."],
        ..NEW
    },
];

fn precision(word: &str) -> Option<Precision> {
    let precisions = [
        ("s", Precision::Seconds),
        ("ms", Precision::Millis),
        ("us", Precision::Micros),
        ("ns", Precision::Nanos),
    ];
    choose(word, &precisions)
}

/// The precision that an option's value names; microseconds without one.
fn precision_of(given: &Given<'_>) -> Result<Precision, Error> {
    match given.value {
        None => Ok(Precision::Micros),
        Some(_) => valid(given, precision(text(given)?)),
    }
}

/// Takes in `--absolute-timestamps`. What it leaves out stays as it was, but for the format: without a value at
/// all, or where there is none yet, it is the time of day.
fn stamp(args: &mut Args, given: &Given<'_>) -> Result<(), Error> {
    let formats = [("none", None), ("time", Some(Clock::TimeOfDay)), ("unix", Some(Clock::Unix))];
    let mut clock = None;
    for word in text(given)?.split(',').filter(|word| !word.is_empty()) {
        let (kind, name) = word.split_once(':').unwrap_or(("", word));
        let (may_be_format, may_be_precision) = match kind.to_ascii_lowercase().as_str() {
            "" if !word.starts_with(':') => (true, true),
            "format" => (true, false),
            "precision" => (false, true),
            _ => return Err(invalid(given)),
        };
        match (choose(name, &formats).filter(|_| may_be_format), precision(name).filter(|_| may_be_precision))
        {
            (Some(format), _) => clock = Some(format),
            (None, Some(precision)) => args.stamp.precision = Some(precision),
            (None, None) => return Err(invalid(given)),
        }
    }
    args.stamp.given = true;
    args.stamp.clock = match clock {
        Some(clock) => clock,
        None if given.value.is_none() => Some(Clock::TimeOfDay),
        None => args.stamp.clock.or(Some(Clock::TimeOfDay)),
    };
    Ok(())
}
