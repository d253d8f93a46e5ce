//! Waiting for children, and what is told of their ends and stops.

use crate::common::signal_name;
use crate::resource::RUSAGE;
use crate::siginfo::SIGINFO;
use decode::class::PROCESS;
use decode::prelude::*;
use std::fmt::{self, Write as _};
use uapi::consts::*;

static WAIT_OPTIONS: Names =
    names("W???", &[WNOHANG, WEXITED, WSTOPPED, WCONTINUED, WNOWAIT, __WCLONE, __WALL, __WNOTHREAD]);

static ID_TYPES: Names = names("P_???", &[P_ALL, P_PID, P_PGID, P_PIDFD]);

/// The ptrace events that a wait status may carry above its low 16 bits.
pub(crate) static PTRACE_EVENTS: Names = names(
    "PTRACE_EVENT_???",
    &[
        PTRACE_EVENT_FORK,
        PTRACE_EVENT_VFORK,
        PTRACE_EVENT_CLONE,
        PTRACE_EVENT_EXEC,
        PTRACE_EVENT_VFORK_DONE,
        PTRACE_EVENT_EXIT,
        PTRACE_EVENT_SECCOMP,
        PTRACE_EVENT_STOP,
    ],
);

/// A line of text on the stack, long enough for any status.
struct Line {
    bytes: [u8; 96],
    len: usize,
}

impl fmt::Write for Line {
    fn write_str(&mut self, s: &str) -> fmt::Result {
        let room = self.bytes.get_mut(self.len..self.len + s.len()).ok_or(fmt::Error)?;
        room.copy_from_slice(s.as_bytes());
        self.len += s.len();
        Ok(())
    }
}

impl Line {
    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.len]).unwrap_or("")
    }
}

/// A signal's name, or its number.
struct SignalName(u32);

impl fmt::Display for SignalName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match signal_name(u64::from(self.0)) {
            Some(name) => f.write_str(name),
            None => write!(f, "{}", self.0),
        }
    }
}

/// Says a wait status as the tests of the C library's macros that hold for it; returns the bits that are then
/// still unsaid. `None` if no test holds.
fn describe_status(status: u32, line: &mut Line) -> Option<u32> {
    let (low, signal, code) = (status & 0x7f, SignalName(status & 0x7f), status >> 8 & 0xff);
    let done = if low == 0 {
        let _ = write!(line, "{{WIFEXITED(s) && WEXITSTATUS(s) == {code}}}");
        0xff00
    } else if status == 0xffff {
        line.write_str("{WIFCONTINUED(s)}").ok()?;
        0xffff
    } else if status & 0xff == 0x7f {
        let (signal, mark) = (SignalName(code & 0x7f), if code & 0x80 != 0 { " | 0x80" } else { "" });
        let _ = write!(line, "{{WIFSTOPPED(s) && WSTOPSIG(s) == {signal}{mark}}}");
        0xffff
    } else if low != 0x7f {
        let core = if status & 0x80 != 0 { " && WCOREDUMP(s)" } else { "" };
        let _ = write!(line, "{{WIFSIGNALED(s) && WTERMSIG(s) == {signal}{core}}}");
        0xff
    } else {
        return None;
    };
    Some(status & !done)
}

/// Shows a wait status.
pub(crate) fn show_status(cx: &mut Plain<'_>, status: u64) {
    let mut line = Line { bytes: [0; 96], len: 0 };
    let Some(rest) = describe_status(status as u32, &mut line) else { return cx.out.hex(status) };
    if rest == 0 {
        return cx.out.word(line.as_str());
    }
    cx.out.open(Kind::Terms);
    cx.out.item();
    cx.out.word(line.as_str());
    if rest >> 16 != 0 {
        cx.out.item();
        cx.enumerated(W4, &PTRACE_EVENTS, u64::from(rest >> 16));
        cx.out.shifted(16);
    }
    if rest & 0xffff != 0 {
        cx.out.item();
        cx.out.hex(u64::from(rest & 0xffff));
    }
    cx.out.close(Kind::Terms);
}

/// Whether there was a child of which the kernel tells.
fn is_reaped(cx: &Plain<'_>) -> bool {
    cx.ret() > 0
}

static STATUS_WORD: Ty = Scalar(W4, show_status);
static USAGE_RECORD: Ty = Struct(&RUSAGE);

const STATUS: Arg = arg("status", At(Out, &REAPED_STATUS));
static REAPED_STATUS: Ty = If(is_reaped, &STATUS_WORD);
const USAGE: Ty = At(Out, &REAPED_USAGE);
static REAPED_USAGE: Ty = If(is_reaped, &USAGE_RECORD);
const OPTIONS: Arg = arg("options", Flags(W4, &WAIT_OPTIONS));

pub(crate) static ROWS: &[Syscall] = &[
    syscall(
        "wait4",
        PROCESS,
        Ret::Pid(PidKind::Tgid),
        &[arg("pid", TGID), STATUS, OPTIONS, arg("usage", USAGE)],
    ),
    syscall("waitpid", PROCESS, Ret::Pid(PidKind::Tgid), &[arg("pid", TGID), STATUS, OPTIONS]),
    syscall(
        "waitid",
        PROCESS,
        Ret::Dec,
        &[
            arg("idtype", Enum(W4, &ID_TYPES)),
            arg("id", Scalar(W4, show_id)),
            arg("siginfo", At(Out, &SIGINFO)),
            OPTIONS,
            arg("usage", At(Out, &Struct(&RUSAGE))),
        ],
    ),
];

/// What `waitid` waits for is a process, a group or a descriptor.
fn show_id(cx: &mut Plain<'_>, id: u64) {
    let kind = cx.arg(0);
    if cx.is(kind, P_PIDFD) {
        cx.fd(id as i32);
    } else if cx.is(kind, P_PID) {
        cx.pid(PidKind::Tgid, id as i32);
    } else if cx.is(kind, P_PGID) {
        cx.pid(PidKind::Pgid, id as i32);
    } else {
        cx.out.int(i64::from(id as i32));
    }
}
