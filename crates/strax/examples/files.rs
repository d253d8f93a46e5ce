//! Which files does a build read, and which does it write? Prints them as JSON when the program has ended.
//!
//! ```console
//! $ cargo run -p strax --example files -- cc -c hello.c
//! {
//!   "read": ["/etc/ld.so.cache", "/home/me/hello.c", "/usr/include/stdio.h", …],
//!   "written": ["/home/me/hello.o", "/tmp/ccqu2fCJ.s"]
//! }
//! ```
//!
//! Told are files that were opened, executed, or put in place by a rename, by their absolute paths.

use serde_json::json;
use std::collections::{BTreeSet, HashMap};
use std::process::ExitCode;
use strax::{Call, Ending, Error, FdInfo, Trace, Value, What};

/// Files by what is done to them.
#[derive(Default)]
struct Files {
    read: BTreeSet<String>,
    written: BTreeSet<String>,
}

fn main() -> ExitCode {
    let command = Vec::from_iter(std::env::args_os().skip(1));
    let mut files = Files::default();
    match run(&command, &mut files) {
        Ok(ending) => {
            let files = json!({ "read": files.read, "written": files.written });
            println!("{files:#}");
            ExitCode::from(if let Ending::Exited(status) = ending { status as u8 } else { 1 })
        }
        Err(error) => {
            eprintln!("files: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &[std::ffi::OsString], files: &mut Files) -> Result<Ending, Error> {
    let calls = ["?open", "openat", "openat2", "?creat", "/^rename", "/^execve"];
    // What threads are about to execute: many tries come to nothing, while a program is looked for.
    let mut tried = HashMap::new();
    Trace::command(command).follow_forks().descriptors().only(calls)?.run(|event| match &event.what {
        What::Enter(call) if call.name().starts_with("execve") => {
            tried.insert(event.tid, named(call, "pathname"));
        }
        What::Executed => files.read.extend(tried.remove(&event.tid).flatten()),
        What::Exit(call) if matches!(call.result(), Some(Ok(_))) => match call.returned() {
            Some(descriptor) if descriptor.fd().is_some() => opened(call, descriptor, files),
            _ => files.written.extend(named(call, "newpath")),
        },
        _ => {}
    })
}

/// Takes note of a file that has been opened, by what its descriptor stands for.
fn opened(call: &Call<'_>, descriptor: Value<'_>, files: &mut Files) {
    let Some(FdInfo::Path { path, .. }) = descriptor.stands_for() else { return };
    let path = String::from_utf8_lossy(path).into_owned();
    let how = call.arg("how").and_then(|how| how.get("flags"));
    let flags = call.arg("flags").or(how).map(Value::names).unwrap_or_default();
    let has = |name| flags.iter().any(|flag| flag == name);
    if has("O_DIRECTORY") || has("O_PATH") {
        return;
    }
    if call.is("creat") || has("O_WRONLY") || has("O_RDWR") {
        files.written.insert(path.clone());
    }
    if has("O_RDONLY") || has("O_RDWR") {
        files.read.insert(path);
    }
}

/// The file that a path among the arguments names.
fn named(call: &Call<'_>, argument: &str) -> Option<String> {
    call.place(argument).ok().map(|place| place.path().to_string_lossy().into_owned())
}
