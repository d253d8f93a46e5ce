//! Events as frames of a recording, and back.

use crate::wire;
use decode::{Call, Outcome};
use event::{CpuTime, Cut, Event, Moment, Origin, Return, Tampering, Task, What};
use recording::{Content, Frame};
use std::time::Duration;
use uapi::Abi;

/// The numbers of an event, beginning with those that every event has.
pub(crate) type Words = Vec<u64>;

/// How many numbers every event has: flags and the ABI, the number of the call, where the task stands, CPU time.
const COMMON: usize = 4;

const HAS_IP: u64 = 1;
const CPU_OF_PROCESS: u64 = 2;
const CPU_OF_THREAD: u64 = 4;
const HAS_WALL: u64 = 8;
const HAS_MONOTONIC: u64 = 16;
const ABI_SHIFT: u32 = 8;

/// The kinds of events in a recording.
mod kind {
    pub(super) const ATTACHED: u8 = 1;
    pub(super) const ENTER: u8 = 2;
    pub(super) const EXIT: u8 = 3;
    pub(super) const UNFINISHED: u8 = 4;
    pub(super) const SIGNAL: u8 = 5;
    pub(super) const GROUP_STOP: u8 = 6;
    pub(super) const PERSONALITY: u8 = 7;
    pub(super) const EXECUTED: u8 = 8;
    pub(super) const RENAMED: u8 = 9;
    pub(super) const SUPERSEDED: u8 = 10;
    pub(super) const EXITED: u8 = 11;
    pub(super) const KILLED: u8 = 12;
    pub(super) const HANDED_OVER: u8 = 13;
    pub(super) const DETACHED: u8 = 14;
    pub(super) const LOST: u8 = 15;
    pub(super) const MESSAGE: u8 = 16;
}

/// What an event is in a recording. Its numbers go to `words`, its texts to `content`; `None` for a kind of event that
/// recordings don't have.
pub(crate) fn pack(event: &Event<'_>, words: &mut Words, content: &mut Content) -> Option<recording::Event> {
    let Event { at, task, what } = event;
    words.clear();
    put_common(words, at, task);
    let (kind, key) = match what {
        What::Enter(call) => {
            words.extend_from_slice(&call.registers);
            (kind::ENTER, key_of(call))
        }
        What::Exit(call, returned) => {
            words.extend_from_slice(&returned_words(returned));
            (kind::EXIT, key_of(call))
        }
        What::Unfinished(call, cut) => {
            words.push(u64::from(*cut == Cut::Detached));
            (kind::UNFINISHED, key_of(call))
        }
        what => (pack_other(what, words, content)?, 0),
    };
    let [wall, monotonic] = [at.wall, at.monotonic].map(|time| time.map_or(0, nanos));
    Some(recording::Event { kind, key, task: task.tid, monotonic, wall })
}

/// Puts what belongs to an event other than a call's, and returns its kind.
fn pack_other(what: &What<'_>, words: &mut Words, content: &mut Content) -> Option<u8> {
    let mut number = |value: u64| words.push(value);
    Some(match what {
        What::Attached(origin) => {
            number(match origin {
                Origin::Command => 0,
                Origin::Running => 1,
                Origin::Followed => 2,
            });
            kind::ATTACHED
        }
        What::Signal { number: signal, info } => {
            number(*signal as u64);
            info.iter().for_each(|info| content.text(info));
            kind::SIGNAL
        }
        What::GroupStop(signal) => {
            number(*signal as u64);
            kind::GROUP_STOP
        }
        What::Personality => kind::PERSONALITY,
        What::Executed => kind::EXECUTED,
        What::Renamed { to, .. } => {
            number(*to as u64);
            kind::RENAMED
        }
        What::Superseded { by } => {
            number(*by as u64);
            kind::SUPERSEDED
        }
        What::Exited(status) => {
            number(*status as u64);
            kind::EXITED
        }
        What::Killed { signal, core } => {
            number(*signal as u64);
            number((*core).into());
            kind::KILLED
        }
        What::HandedOver { why } => {
            content.text(why.as_bytes());
            kind::HANDED_OVER
        }
        What::Detached => kind::DETACHED,
        What::Lost(count) => {
            number(*count);
            kind::LOST
        }
        What::Message(text) => {
            content.text(text.as_bytes());
            kind::MESSAGE
        }
        _ => return None,
    })
}

fn put_common(words: &mut Words, at: &Moment, task: &Task) {
    let mut flags = u64::from(wire::abi_number(task.abi)) << ABI_SHIFT;
    let mut set = |flag: u64, is: bool| flags |= if is { flag } else { 0 };
    set(HAS_IP, task.ip.is_some());
    set(HAS_WALL, at.wall.is_some());
    set(HAS_MONOTONIC, at.monotonic.is_some());
    let cpu = match task.cpu {
        CpuTime::Unknown => 0,
        CpuTime::OfProcess(time) => {
            set(CPU_OF_PROCESS, true);
            nanos(time)
        }
        CpuTime::OfThread(time) => {
            set(CPU_OF_THREAD, true);
            nanos(time)
        }
    };
    words.extend_from_slice(&[flags, task.number, task.ip.unwrap_or(0), cpu]);
}

/// What makes calls alike.
fn key_of(call: &Call) -> u64 {
    call.number.wrapping_mul(8) | u64::from(wire::abi_number(call.abi))
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

const FAILED: u64 = 1;
const RUNNING: u64 = 2;
const INJECTED: u64 = 4;
const POKED: u64 = 8;
const DELAYED: u64 = 16;
const HAS_SPENT: u64 = 32;

fn returned_words(returned: &Return) -> [u64; 3] {
    let Return { outcome, spent, tampering } = returned;
    let (kind, value) = match *outcome {
        Outcome::Value(value) => (0, value as u64),
        Outcome::Error(errno) => (FAILED, errno.into()),
        Outcome::Running => (RUNNING, 0),
    };
    let Tampering { injected, poked, delayed } = *tampering;
    let flags = [(INJECTED, injected), (POKED, poked), (DELAYED, delayed), (HAS_SPENT, spent.is_some())];
    let flags = flags.iter().fold(kind, |all, &(flag, is)| all | if is { flag } else { 0 });
    [flags, value, spent.map_or(0, nanos)]
}

/// What a frame says has happened; the call of a task is known from its beginning.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Happened<'a> {
    /// A call with these registers begins.
    Enter([u64; 6]),
    /// The call that the task is in returns.
    Exit(Return),
    /// The return of the call that the task is in will not be told of.
    Unfinished(Cut),
    /// The task is about to go on under this id.
    Renamed(i32),
    /// Something else.
    Other(What<'a>),
}

/// When, to whom and what; `None` if the frame is none that [`pack`] makes. An event of a kind that is not known yet is
/// `Some` with nothing that has happened.
pub(crate) fn unpack<'a>(frame: &Frame<'a>) -> Option<(Moment, Task, Option<Happened<'a>>)> {
    let (common, words) = frame.words.split_at_checked(COMMON)?;
    let (at, task) = common_of(frame, common)?;
    let first = || words.first().copied();
    let signed = || i32::try_from(first()? as i64).ok();
    let text = || std::str::from_utf8(frame.content.text(0)?).ok();
    let what = match frame.event.kind {
        kind::ENTER => {
            return Some((at, task, Some(Happened::Enter(words.try_into().ok()?))));
        }
        kind::EXIT => return Some((at, task, Some(Happened::Exit(returned_of(words)?)))),
        kind::UNFINISHED => {
            let cut = if first()? == 0 { Cut::Ended } else { Cut::Detached };
            return Some((at, task, Some(Happened::Unfinished(cut))));
        }
        kind::ATTACHED => What::Attached(match first()? {
            0 => Origin::Command,
            1 => Origin::Running,
            2 => Origin::Followed,
            _ => return None,
        }),
        kind::SIGNAL => What::Signal { number: signed()?, info: frame.content.text(0) },
        kind::GROUP_STOP => What::GroupStop(signed()?),
        kind::PERSONALITY => What::Personality,
        kind::EXECUTED => What::Executed,
        kind::RENAMED => return Some((at, task, Some(Happened::Renamed(signed()?)))),
        kind::SUPERSEDED => What::Superseded { by: signed()? },
        kind::EXITED => What::Exited(signed()?),
        kind::KILLED => What::Killed { signal: signed()?, core: *words.get(1)? != 0 },
        kind::HANDED_OVER => What::HandedOver { why: text()? },
        kind::DETACHED => What::Detached,
        kind::LOST => What::Lost(first()?),
        kind::MESSAGE => What::Message(text()?),
        _ => return Some((at, task, None)),
    };
    Some((at, task, Some(Happened::Other(what))))
}

fn common_of(frame: &Frame<'_>, common: &[u64]) -> Option<(Moment, Task)> {
    let &[flags, number, ip, cpu] = common else { return None };
    let abi: Abi = wire::abi(flags >> ABI_SHIFT)?;
    let time = |flag: u64, nanos: u64| (flags & flag != 0).then(|| Duration::from_nanos(nanos));
    let cpu = match flags & (CPU_OF_PROCESS | CPU_OF_THREAD) {
        CPU_OF_PROCESS => CpuTime::OfProcess(Duration::from_nanos(cpu)),
        CPU_OF_THREAD => CpuTime::OfThread(Duration::from_nanos(cpu)),
        _ => CpuTime::Unknown,
    };
    let at = Moment {
        wall: time(HAS_WALL, frame.event.wall),
        monotonic: time(HAS_MONOTONIC, frame.event.monotonic),
    };
    let tid = frame.event.task;
    Some((at, Task { tid, abi, number, ip: (flags & HAS_IP != 0).then_some(ip), cpu }))
}

fn returned_of(words: &[u64]) -> Option<Return> {
    let &[flags, value, spent] = words else { return None };
    let outcome = match flags & (FAILED | RUNNING) {
        0 => Outcome::Value(value as i64),
        FAILED => Outcome::Error(value.try_into().ok()?),
        RUNNING => Outcome::Running,
        _ => return None,
    };
    let has = |flag: u64| flags & flag != 0;
    let tampering = Tampering { injected: has(INJECTED), poked: has(POKED), delayed: has(DELAYED) };
    Some(Return { outcome, spent: has(HAS_SPENT).then(|| Duration::from_nanos(spent)), tampering })
}
