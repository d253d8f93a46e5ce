//! Stacks of calls.

use super::{Flag, Hint, Section, Value, invalid, text, valid};
use crate::args::Args;
use crate::error::Error;
use crate::getopt::{Given, Name};
use tracer::config::StackTrace;
use tracer::filter::unsigned;

const NEW: Flag = Flag { section: Section::Format, ..Flag::NEW };

/// The most frames that may be asked for: strace's limit.
const MAX_FRAMES: u64 = i32::MAX as u64 / 2;

pub(super) static FLAGS: &[Flag] = &[
    Flag {
        short: Some(b'k'),
        long: &["stack-trace"],
        value: Value::Optional("symbol|source"),
        help: &["print the stack of calls behind each call and signal"],
        forms: &[("-kk, --stack-trace=source", &["with lines of the source as well"])],
        apply: stack_trace,
        hint: Hint::Words(&["symbol", "source"]),
        manual: &[
            "Shows below each call and signal the stack of functions that led to it, a line for each: the \
                file that it is in, its name, how far into it, and the address. Twice, or with `source`, the \
                line of the source is shown as well where the file has debug information.",
            "Code that was made at run time has the names that its maker writes to `/tmp/perf-PID.map`, as Node.js \
                does with `--perf-basic-prof` and Python with `-X perf`. The file must be an ordinary one that the \
                traced process's user or root owns.",
        ],
        ..NEW
    },
    Flag {
        long: &["stack-trace-frame-limit"],
        value: Value::Required("LIMIT"),
        help: &["print no more than LIMIT frames of a stack (default 256)"],
        apply: |args, given| {
            let limit = valid(given, unsigned(text(given)?, MAX_FRAMES))?;
            if limit == 0 {
                return Err(invalid(given));
            }
            args.stack_frames = Some(limit as usize);
            Ok(())
        },
        hint: Hint::Any,
        manual: &["Shows at most that many frames of each stack; what is cut off is told in the last line."],
        ..NEW
    },
];

/// Each `-k` asks for more than there was, `--stack-trace` says how much.
fn stack_trace(args: &mut Args, given: &Given<'_>) -> Result<(), Error> {
    if !tracer::HAS_STACK_TRACES {
        let message = "Stack traces (-k/--stack-trace option) are not supported by this build of strax";
        return Err(Error::failure(message));
    }
    let lines = match given.value {
        None if given.name == Name::Short(b'k') => args.stack_lines.is_some(),
        None => false,
        Some(_) => match text(given)? {
            "symbol" => false,
            "source" => true,
            _ => return Err(invalid(given)),
        },
    };
    args.stack_lines = Some(lines);
    Ok(())
}

impl Args {
    /// What is wanted of stacks.
    pub(crate) fn stack_trace(&self) -> Option<StackTrace> {
        let frames = self.stack_frames.unwrap_or(StackTrace::FRAMES);
        self.stack_lines.map(|lines| StackTrace { frames, lines })
    }
}
