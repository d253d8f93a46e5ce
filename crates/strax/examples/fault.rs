//! Runs a program in which every third `write` is short: it writes half of what it should, which the kernel may do at
//! any time and hardly ever does. Programs that don't look at what `write` returns lose data.
//!
//! ```console
//! $ cargo run -p strax --example fault -- sh -c 'echo one; echo two; echo three'
//! one
//! two
//! thr
//! fault: 3 writes, 1 of them cut short
//! ```

use std::process::ExitCode;
use strax::{Change, Ending, Trace, Value, Verdict};

/// The position of `count` among the arguments of `write`.
const COUNT: usize = 2;

fn main() -> ExitCode {
    let command = Vec::from_iter(std::env::args_os().skip(1));
    let (mut writes, mut short) = (0, 0);
    let trace = Trace::command(&command).follow_forks().only(["write"]);
    let ending = trace.and_then(|trace| {
        trace.each_call(|call| {
            writes += 1;
            match call.arg("count").and_then(Value::uint) {
                Some(count) if writes % 3 == 0 && count > 1 => {
                    short += 1;
                    Verdict::Change(Change::new().argument(COUNT, count / 2))
                }
                _ => Verdict::Go,
            }
        })
    });
    eprintln!("fault: {writes} writes, {short} of them cut short");
    match ending {
        Ok(Ending::Exited(status)) => ExitCode::from(status as u8),
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("fault: {error}");
            ExitCode::FAILURE
        }
    }
}
