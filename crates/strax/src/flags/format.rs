//! Where lines go and how they look.

use super::{Flag, Section, Value, choose, invalid, set_text, text, valid};
use crate::args::Args;
use crate::error::Error;
use crate::getopt::{Given, Name};
use std::ffi::OsStr;
use tracer::config::{Clock, Escape, FdDetail, Format, PidDetail, Precision, Quiet, Symbols};
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
        ..NEW
    },
    Flag {
        long: &["format"],
        value: Value::Required("FORMAT"),
        help: &["the language of the trace: text (default) or json, with one", "object per line"],
        apply: |args, given| {
            let formats = [("text", Format::Text), ("json", Format::Json)];
            args.format = valid(given, choose(text(given)?, &formats))?;
            Ok(())
        },
        ..NEW
    },
    Flag {
        long: &["output-separately"],
        help: &["write the trace of each process into FILE.PID"],
        apply: |args, _| {
            args.separately = true;
            Ok(())
        },
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
                &["no messages; besides those above there are path-resolution", "and thread-execve"],
            ),
        ],
        apply: |args, given| {
            match (given.name, given.value) {
                (Name::Short(_), _) => args.quiet_count += 1,
                (_, None) => args.quiet = Some(Set::of(&[Quiet::Attach, Quiet::Personality])),
                (_, Some(_)) => args.quiet = Some(Set::parse(&set_text(given))?),
            }
            Ok(())
        },
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
        ..NEW
    },
    Flag {
        short: Some(b'x'),
        help: &["show strings with non-ASCII bytes in hexadecimal"],
        forms: &[("-xx", &["show all strings in hexadecimal"])],
        apply: |args, _| {
            args.hex_count += 1;
            Ok(())
        },
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
        ..NEW
    },
    Flag {
        short: Some(b'y'),
        help: &["show the paths of descriptors"],
        forms: &[("-yy", &["show all that is known of descriptors"])],
        apply: |args, _| {
            args.fd_count += 1;
            Ok(())
        },
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
        ..NEW
    },
    Flag {
        short: Some(b'Y'),
        help: &["show the command names of process ids"],
        apply: |args, _| {
            args.style.decode_pids = Set::of(&[PidDetail::Comm]);
            Ok(())
        },
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
        ..NEW
    },
    Flag {
        long: &["pidns-translation"],
        help: &["as --decode-pids=pidns"],
        apply: |args, _| {
            args.style.decode_pids = Set::of(&[PidDetail::PidNs]);
            Ok(())
        },
        ..NEW
    },
    Flag {
        long: &["always-show-pid"],
        help: &["show the process id also while there is but one process"],
        apply: |args, _| {
            args.style.always_show_pid = true;
            Ok(())
        },
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
