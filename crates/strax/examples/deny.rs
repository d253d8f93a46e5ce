//! Runs a program under which no file within a folder may be removed or renamed: such calls fail with EPERM, in the
//! program and in all that it starts, however the path is written and whatever ABI the call is made by.
//!
//! ```console
//! $ cargo run -p strax --example deny -- keep sh -c 'cd keep; rm -f letter; mv letter ..; ls'
//! deny: 14245 may not remove /home/me/keep/letter
//! rm: cannot remove 'letter': Operation not permitted
//! deny: 14247 may not remove /home/me/keep/letter
//! mv: cannot move 'letter' to '../letter': Operation not permitted
//! letter
//! ```
//!
//! A thread that changes the path after the look gets past it: this keeps from mistakes. For walls there is Landlock.

use std::fs::File;
use std::path::PathBuf;
use std::process::ExitCode;
use strax::{Call, Ending, Errno, Error, Trace, Verdict};

/// What takes names away, and what would do so unseen: an io_uring removes files without calls, and a mount shows the
/// folder's files in another place.
const CALLS: [&str; 10] = [
    "?unlink",
    "unlinkat",
    "?rmdir",
    "?rename",
    "?renameat",
    "renameat2",
    "io_uring_setup",
    "mount",
    "move_mount",
    "open_tree",
];

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    let (Some(folder), command) = (args.next(), Vec::from_iter(args)) else { return usage() };
    if command.is_empty() {
        return usage();
    }
    // Held open, it stays this folder, whatever it is renamed to.
    match File::open(folder).map(|folder| run(&folder, &command)) {
        Ok(Ok(Ending::Exited(status))) => ExitCode::from(status as u8),
        Ok(Ok(_)) => ExitCode::FAILURE,
        Ok(Err(error)) => failure(&error),
        Err(error) => failure(&error),
    }
}

fn usage() -> ExitCode {
    eprintln!("usage: deny FOLDER PROGRAM [ARGUMENT]...");
    ExitCode::FAILURE
}

fn failure(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("deny: {error}");
    ExitCode::FAILURE
}

fn run(folder: &File, command: &[std::ffi::OsString]) -> Result<Ending, Error> {
    Trace::command(command).follow_forks().only(CALLS)?.each_call(|call| {
        if call.is("io_uring_setup") {
            return Verdict::Fail(Errno::ENOSYS);
        }
        if ["mount", "move_mount", "open_tree"].iter().any(|name| call.is(name)) {
            return Verdict::Fail(Errno::EPERM);
        }
        match removed(call, folder) {
            Some(path) => {
                eprintln!("deny: {} may not remove {}", call.tid(), path.display());
                Verdict::Fail(Errno::EPERM)
            }
            None => Verdict::Go,
        }
    })
}

/// What within the folder a call would take away: whatever argument is a path to it. A path that leads nowhere takes
/// nothing away.
fn removed(call: &Call<'_>, folder: &File) -> Option<PathBuf> {
    let mut places = call.args().filter_map(|(name, _)| call.place(name).ok());
    places.find(|place| place.is_within(folder).unwrap_or(true)).map(|place| place.path())
}
