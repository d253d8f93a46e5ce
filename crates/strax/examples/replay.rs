//! Walks a recording that the command has made, as if the program ran again: which calls took how many tries, and which
//! failed most.
//!
//! ```console
//! $ strax -f --record=make.strax make
//! $ cargo run -p strax --example replay -- make.strax
//!    calls   failed  name
//!    10217     8350  newfstatat (ENOENT)
//!     1832      211  openat (ENOENT)
//! ```
//!
//! With a second argument, only the calls whose arguments have this text in them are told, each in a line.

use std::collections::BTreeMap;
use std::fs::File;
use std::process::ExitCode;
use strax::{Call, Error, Trace, What};

/// Of calls with one name: how many, how many of them failed, and how the last of those did.
type Counts = BTreeMap<String, (u64, u64, Option<strax::Errno>)>;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let Some(path) = args.next() else {
        eprintln!("usage: replay RECORDING [TEXT]");
        return ExitCode::FAILURE;
    };
    let told = File::open(&path).map(|file| match args.next() {
        Some(text) => list(file, &text),
        None => count(file),
    });
    match told {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => failure(&path, &error),
        Err(error) => failure(&path, &error),
    }
}

fn failure(path: &str, error: &dyn std::error::Error) -> ExitCode {
    match error.source() {
        Some(source) => eprintln!("replay: {path}: {source}"),
        None => eprintln!("replay: {path}: {error}"),
    }
    ExitCode::FAILURE
}

fn list(recording: File, text: &str) -> Result<(), Error> {
    let has_text = |call: &Call<'_>| call.args().any(|(_, value)| value.to_string().contains(text));
    Trace::replay(recording).run(|event| match &event.what {
        What::Exit(call) if has_text(call) => println!("{} {call}", event.tid),
        _ => {}
    })?;
    Ok(())
}

fn count(recording: File) -> Result<(), Error> {
    let mut counts = Counts::new();
    Trace::replay(recording).run(|event| {
        if let What::Exit(call) = &event.what {
            let (calls, failed, last) = counts.entry(call.name()).or_default();
            *calls += 1;
            if let Some(Err(errno)) = call.result() {
                *failed += 1;
                *last = Some(errno);
            }
        }
    })?;
    let mut counts = Vec::from_iter(counts);
    counts.sort_by_key(|(_, (calls, failed, _))| std::cmp::Reverse((*failed, *calls)));
    println!("   calls   failed  name");
    for (name, (calls, failed, last)) in counts {
        let last = last.map(|errno| format!(" ({errno})")).unwrap_or_default();
        println!("{calls:8} {failed:8}  {name}{last}");
    }
    Ok(())
}
