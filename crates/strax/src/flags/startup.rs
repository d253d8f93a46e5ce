//! What is traced.

use super::{Flag, Hint, Section, Value};
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
        hint: Hint::Variable,
        manual: &[
            "Puts _VAR_ with the value _VAL_ into the environment of the command; _VAR_ alone takes it \
                out of there. The environment of strax itself is not touched, and later changes win over \
                earlier ones.",
        ],
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
        hint: Hint::Pid,
        manual: &[
            "Attaches to a process that is running already: with `-f` to all its threads, also where its \
                main thread has ended before the others, else to the one with this id. Several ids may be \
                given in one _PID_, separated by commas, blanks or newlines, so that `-p \"$(pidof httpd)\"` \
                works, and the option may be repeated. It can be combined with a command. Interrupting strax \
                (CTRL-C) lets go of the process, which runs on as before.",
            "Attaching needs the rights to do so: the same user and no more privileges than the tracer's, \
                and where the Yama security module asks for it, being an ancestor or having CAP_SYS_PTRACE.",
        ],
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
        hint: Hint::User,
        manual: &[
            "Runs the command as this user: with its user id, its group id and its further groups. A pair \
                of numbers _UID_`:`_GID_ is taken as it is, without a look at the user database and without \
                further groups. Only root may do so. It makes it possible to trace set-user-ID programs \
                properly, when strax itself is run by root.",
        ],
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
        hint: Hint::Any,
        manual: &[
            "Gives the command _NAME_ as its own name (`argv[0]`), while the file that is run stays the \
                one named on the command line.",
        ],
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
