//! `cargo xtask TASK`: developer tasks.

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let task = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    let _ = rest;
    match task.as_str() {
        _ => {
            eprintln!("usage: cargo xtask TASK [ARG...]");
            ExitCode::FAILURE
        }
    }
}
