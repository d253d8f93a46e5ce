//! What is traced.

use super::{Flag, Section, Value};
use crate::error::{Error, quoting};
use crate::getopt::Given;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use tracer::config::EnvEdit;
use tracer::filter::unsigned;

const NEW: Flag = Flag { section: Section::Startup, ..Flag::NEW };

pub(super) static FLAGS: &[Flag] = &[
    Flag {
        short: Some(b'E'),
        long: &["env"],
        value: Value::Required("VAR=VAL"),
        help: &["give the command the environment variable VAR"],
        forms: &[("-E VAR, --env=VAR", &["keep the environment variable VAR from the command"])],
        apply: |args, given| {
            args.env.push(env_edit(given.value.unwrap_or_default()));
            Ok(())
        },
        ..NEW
    },
    Flag {
        short: Some(b'p'),
        long: &["attach"],
        value: Value::Required("PID"),
        help: &["trace the running process PID; several ids are separated by", "commas or blanks"],
        apply: |args, given| {
            args.attach.extend(pids(given)?);
            Ok(())
        },
        ..NEW
    },
    Flag {
        short: Some(b'u'),
        long: &["user"],
        value: Value::Required("USERNAME"),
        help: &[
            "run the command with the rights of this user, given by name",
            "or as UID:GID, both numbers, without further groups",
        ],
        apply: |args, given| {
            args.user = given.value.map(OsStr::to_owned);
            Ok(())
        },
        ..NEW
    },
    Flag {
        long: &["argv0"],
        value: Value::Required("NAME"),
        help: &["give the command NAME as its argv[0]"],
        apply: |args, given| {
            args.argv0 = given.value.map(OsStr::to_owned);
            Ok(())
        },
        ..NEW
    },
];

fn env_edit(text: &OsStr) -> EnvEdit {
    let bytes = text.as_bytes();
    match bytes.iter().position(|byte| *byte == b'=') {
        Some(at) => {
            let part = |bytes| OsString::from(OsStr::from_bytes(bytes));
            EnvEdit::Set(part(&bytes[..at]), part(&bytes[at + 1..]))
        }
        None => EnvEdit::Remove(text.to_owned()),
    }
}

fn pids(given: &Given<'_>) -> Result<Vec<i32>, Error> {
    let own = i32::try_from(std::process::id()).unwrap_or(0);
    let mut pids = Vec::new();
    let list = given.value.unwrap_or_default().as_bytes();
    for item in list.split(|byte| b", \t\n".contains(byte)).filter(|item| !item.is_empty()) {
        let pid = str::from_utf8(item).ok().and_then(|item| unsigned(item, i32::MAX as u64));
        match pid.map(|pid| pid as i32) {
            None | Some(0) => {
                return Err(Error::failure(quoting("Invalid process id:", OsStr::from_bytes(item))));
            }
            Some(pid) if pid == own => {
                return Err(Error::failure("I'm sorry, I can't let you do that, Dave."));
            }
            Some(pid) => pids.push(pid),
        }
    }
    Ok(pids)
}
