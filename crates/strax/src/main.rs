//! The `strax` command: traces system calls and signals.

mod args;
mod command;
mod completions;
mod error;
mod exit;
mod flags;
mod getopt;
mod help;
mod man;
mod merge;
mod resolve;
#[cfg(test)]
mod tests;
mod tips;
mod user;
mod version;

use args::{Args, Generate};
use completions::Shell;
use error::Error;
use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::process::ExitCode;
use tracer::config::{Config, ReplayFrom};
use uapi::Abi;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os();
    let program = arguments.next().unwrap_or_else(|| OsString::from("strax"));
    let arguments: Vec<_> = arguments.collect();
    if merge::is_merger(&program) {
        return merger(&program, &arguments);
    }
    let mut args = Args::new(&class_of);
    let task = task(&mut args, &program, &arguments);
    for warning in &args.warnings {
        say(&program, OsStr::new(warning));
    }
    match task {
        Ok(Task::Show(text)) => show(&text),
        Ok(Task::Merge(prefix)) => merge_logs(&program, &prefix),
        Ok(Task::Tip(text)) => {
            write_stderr(&text);
            ExitCode::SUCCESS
        }
        Ok(Task::Trace(config, tip)) => end(&program, tracer::run(*config), &tip),
        Ok(Task::Replay(config, from, tip)) => end(&program, tracer::replay(*config, &from), &tip),
        Err(error) => fail(&program, &error),
    }
}

/// What a command line asks for.
enum Task {
    /// A text about strax itself.
    Show(String),
    /// The files of a trace in one.
    Merge(OsString),
    /// A tip, and nothing else.
    Tip(String),
    /// A trace, and a tip at its end.
    Trace(Box<Config>, String),
    /// A recording to be shown, and a tip at its end.
    Replay(Box<Config>, ReplayFrom, String),
}

fn task(args: &mut Args, program: &OsStr, arguments: &[OsString]) -> Result<Task, Error> {
    args.parse(arguments)?;
    if args.help {
        return Ok(Task::Show(help::usage()));
    }
    if args.version {
        return Ok(Task::Show(version::version()));
    }
    if let Some(what) = args.generate {
        return Ok(Task::Show(generate(what)));
    }
    if let Some(prefix) = args.merge.take() {
        return Ok(Task::Merge(prefix));
    }
    let tip = args.tips.map(|tips| tips.text()).unwrap_or_default();
    let replay = args.replay()?;
    if args.command.is_empty() && args.attach.is_empty() && replay.is_none() && !tip.is_empty() {
        return Ok(Task::Tip(tip));
    }
    let config = Box::new(args.resolve(render::visible(program.as_bytes()))?);
    Ok(match replay {
        Some(from) => Task::Replay(config, from, tip),
        None => Task::Trace(config, tip),
    })
}

/// A text made from the flag table.
fn generate(what: Generate) -> String {
    match Shell::of(what) {
        Some(shell) => completions::script(shell),
        None => man::page(),
    }
}

/// Does what the merger of logs is asked for that has a name of its own.
fn merger(program: &OsStr, arguments: &[OsString]) -> ExitCode {
    match merge::asked(arguments) {
        merge::Asked::Help => show(&merge::usage(program)),
        merge::Asked::Prefix(prefix) => merge_logs(program, &prefix),
        merge::Asked::Wrong => {
            write_stderr(&merge::usage(program));
            ExitCode::FAILURE
        }
    }
}

fn merge_logs(program: &OsStr, prefix: &OsStr) -> ExitCode {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    match merge::merge(prefix, &mut out) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(program, &error),
    }
}

/// Ends as a trace has ended.
fn end(program: &OsStr, ended: Result<tracer::Ending, tracer::Error>, tip: &str) -> ExitCode {
    match ended {
        Ok(ending) => {
            write_stderr(tip);
            exit::end(ending)
        }
        Err(error) => {
            // Each process that could not be attached to has been named already.
            if !matches!(error, tracer::Error::NobodyAttached) {
                say(program, OsStr::new(&error.to_string()));
            }
            ExitCode::FAILURE
        }
    }
}

/// The classes of a call by its row.
fn class_of(abi: Abi, nr: u64) -> decode::Classes {
    syscalls::row(abi, nr).map_or(decode::class::NONE, |row| row.classes)
}

fn show(text: &str) -> ExitCode {
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn fail(program: &OsStr, error: &Error) -> ExitCode {
    say(program, &error.message);
    if error.usage {
        let program = render::visible(program.as_bytes());
        write_stderr(&format!("Try '{program} -h' for more information.\n"));
    }
    ExitCode::FAILURE
}

/// Writes a line to standard error behind the program's name. Whatever bytes of others a message has, they reach no
/// terminal as commands.
fn say(program: &OsStr, message: &OsStr) {
    let [program, message] = [program, message].map(|text| render::visible(text.as_bytes()));
    write_stderr(&format!("{program}: {message}\n"));
}

/// Writes in one piece. Where there is no standard error, nobody is there to be told.
fn write_stderr(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}
