//! Decodes and renders recorded calls, over and over, with no tracee: what `cargo xtask bench --instructions` counts.
//!
//! ```console
//! $ recorded_calls text fstat 1000    # the call named fstat, a thousand times, as text
//! $ recorded_calls json all 1         # all of them, once, as JSON
//! $ recorded_calls names              # what there is
//! ```
//!
//! What is done for each is what the tracer does at the two stops of a call: find its row, walk its arguments on
//! entering and on exiting, render the line. `show` in the place of the number prints the lines.
#![forbid(unsafe_code)]

mod calls;

use calls::{CALLS, Recorded};
use decode::{Options, Outcome, Pending, Scratch, Target};
use render::tell::{self, Call, Means};
use render::{Head, Json, Render, Style, Tail, Text};
use std::io::Write;
use std::process::ExitCode;
use uapi::Abi;

const USAGE: &str = "usage: recorded_calls text|json NAME|all TIMES|show\n       recorded_calls names";

/// The memory of a recorded call.
struct Memory {
    of: &'static Recorded,
    exiting: bool,
}

impl Target for Memory {
    fn read(&mut self, addr: u64, buf: &mut [u8]) -> usize {
        let all = self.of.memory.iter();
        let mut stretches = all.map(|m| (m.addr, if self.exiting { m.after } else { m.before }));
        let holds = |&(start, bytes): &(u64, &[u8])| addr >= start && addr - start < bytes.len() as u64;
        let Some((start, bytes)) = stretches.find(holds) else { return 0 };
        let rest = &bytes[(addr - start) as usize..];
        let n = rest.len().min(buf.len());
        buf[..n].copy_from_slice(&rest[..n]);
        n
    }
}

/// The ABI of the recorded calls.
const ABI: Abi = Abi::X86_64;

/// Decodes the call with this number, as at its two stops.
fn replay(number: u64, recorded: &'static Recorded, out: &mut dyn Render, scratch: &mut Scratch) {
    let Some(row) = strax_syscalls::row(ABI, number) else { return };
    let (options, mut pending) = (Options::default(), Pending::default());
    let mut memory = Memory { of: recorded, exiting: false };
    let call = Call::of(row, number, ABI, recorded.registers, &options);
    let head = Head { pid: 1, ..Head::default() };
    tell::enter(out, &head, &call, &mut Means { target: &mut memory, pending: &mut pending, scratch });
    let kept = out.call_pause();

    memory.exiting = true;
    out.call_resume(&head, &call.name, kept, false);
    let outcome = match recorded.result {
        error @ -4095..=-1 => Outcome::Error(error.unsigned_abs() as u32),
        value => Outcome::Value(value),
    };
    tell::exit(out, &call, outcome, &mut Means { target: &mut memory, pending: &mut pending, scratch });
    out.call_end(&Tail::default());
}

fn run(format: &str, name: &str, times: &str) -> Option<()> {
    let mut out: Box<dyn Render> = match format {
        "text" => Box::new(Text::new(Style::default())),
        "json" => Box::new(Json::new()),
        _ => return None,
    };
    let show = times == "show";
    let times: u64 = if show { 1 } else { times.parse().ok()? };
    let wanted = CALLS.iter().filter(|call| name == "all" || name == call.name);
    let wanted: Vec<_> = wanted.filter_map(|call| Some((ABI.number(call.name)?, call))).collect();
    wanted.first()?;
    let mut scratch = Scratch::default();
    for _ in 0..times {
        for &(number, call) in &wanted {
            replay(number, call, &mut *out, &mut scratch);
            if show {
                let _ = std::io::stdout().write_all(out.buffer());
            }
            std::hint::black_box(out.buffer());
            out.taken();
        }
    }
    Some(())
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["names"] => {
            CALLS.iter().for_each(|call| println!("{}", call.name));
            Some(())
        }
        [format, name, times] => run(format, name, times),
        _ => None,
    };
    match done {
        Some(()) => ExitCode::SUCCESS,
        None => {
            eprintln!("{USAGE}");
            ExitCode::FAILURE
        }
    }
}
