//! Recording a trace, and playing a recording back.

use super::{Flag, Hint, Section, Value, text, valid};
use std::ffi::OsStr;
use tracer::filter::unsigned;

const NEW: Flag = Flag { section: Section::Recording, ..Flag::NEW };

/// The most bytes of a string that can be kept.
const MOST_STRINGS: u64 = 1 << 20;

pub(super) static FLAGS: &[Flag] = &[
    Flag {
        long: &["record"],
        value: Value::Required("FILE"),
        help: &[
            "record the trace to FILE, or - for standard output; lines are",
            "only written with -o, --format, -c or -C",
        ],
        apply: |args, given| {
            args.record = given.value.map(OsStr::to_owned);
            Ok(())
        },
        hint: Hint::File,
        manual: &[
            "Records all that the trace shows, with the memory and the answers that any options about output could \
                ask for, so that `--replay` can show it again in any other way. A _FILE_ of `-` is standard output. \
                What is traced, and which calls, the other options say as ever. Lines are written only with `-o`, \
                `--format`, `-c` or `-C`.",
            "Stacks are recorded only with `-k`, and whole data that are read and written only with `-e read=` and \
                `-e write=`. A recording that is cut short, since strax was killed or a disk is full, can be played \
                back up to about a second before.",
        ],
        ..NEW
    },
    Flag {
        long: &["record-strings"],
        value: Value::Required("BYTES"),
        help: &["keep at most BYTES of a string (default 4096)"],
        apply: |args, given| {
            args.record_strings = Some(valid(given, unsigned(text(given)?, MOST_STRINGS))? as usize);
            Ok(())
        },
        hint: Hint::Any,
        manual: &["Keeps at most that many bytes of each string in a recording: `-s` can't show more of it."],
        ..NEW
    },
    Flag {
        long: &["replay"],
        value: Value::Required("FILE"),
        help: &["show the recording FILE, or - for standard input"],
        apply: |args, given| {
            args.replay = given.value.map(OsStr::to_owned);
            Ok(())
        },
        hint: Hint::File,
        manual: &[
            "Traces nothing, but shows a recording that `--record` has made as a trace with the same options about \
                output, filters and summaries would have shown it, on standard output unless `-o` says where. A \
                _FILE_ of `-` is standard input.",
            "What has not been recorded can't be shown: an option that needs more than there is ends strax with a \
                message.",
        ],
        ..NEW
    },
];
