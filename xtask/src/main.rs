//! `cargo xtask TASK`: developer tasks.

mod bench;
mod compare;
mod debian;
mod docs;
mod fuzz;
mod strax;
mod suite;
mod uapi;

use std::process::ExitCode;

/// What a task gives: nothing, or the reason why it failed.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let task = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    let outcome = match task.as_str() {
        "bench" => bench::bench(&rest),
        "compare" => compare::compare(&rest),
        "docs" => docs::docs(&rest),
        "fuzz" => fuzz::fuzz(&rest),
        "fetch" => debian::fetch(&rest),
        "suite" => suite::suite(&rest),
        "uapi" => uapi::run(&rest),
        _ => Err("usage: cargo xtask TASK [ARG...]".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}
