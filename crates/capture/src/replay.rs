//! An engine whose events are those of a recording.

use crate::captured::Captured;
use crate::frames::{self, Happened};
use decode::{Call, CutDown, Wanted};
use event::{Ending, Engine, Error, Event, Observer, Verdict, What};
use recording::{Frame, Head, Reader};
use std::collections::HashMap;
use std::io::Read;

/// The most threads that are in a call at the same time: more are in none that has been recorded.
const MOST_CALLS: usize = 1 << 16;

/// Plays a recording back.
pub struct Replay<R: Read> {
    reader: Reader<R>,
    calls: Calls,
}

/// The calls that threads are in, by the threads' ids; `None` for one that the observer does not want to know of.
type Calls = HashMap<i32, Option<Call>>;

/// What a recording says can't have happened.
#[derive(Debug)]
struct Impossible(&'static str);

impl std::fmt::Display for Impossible {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the recording tells what can't be: {}", self.0)
    }
}

impl std::error::Error for Impossible {}

impl<R: Read> Replay<R> {
    /// Plays back what can be read there.
    ///
    /// # Errors
    /// It is not a recording, or one that this version can't read.
    pub fn new(from: R) -> Result<Replay<R>, recording::Error> {
        Ok(Replay { reader: Reader::new(from)?, calls: HashMap::new() })
    }

    /// Where and how the recording was made.
    pub fn head(&self) -> &Head {
        self.reader.head()
    }

    fn play(&mut self, observer: &mut dyn Observer) -> Result<(), Error> {
        let wanted = observer.needs().answers;
        while let Some(frame) = self.reader.next()? {
            if tell(&mut self.calls, &frame, wanted, observer)? == Verdict::End {
                break;
            }
        }
        Ok(())
    }
}

impl<R: Read> Engine for Replay<R> {
    /// Tells of everything up to the end, or to where the recording is cut short or damaged.
    fn run(&mut self, observer: &mut dyn Observer) -> Result<Ending, Error> {
        let played = self.play(observer);
        // What has been told of is shown, whatever comes behind it.
        observer.finish()?;
        played.map(|()| Ending::Exit(0))
    }
}

/// Tells of an event; calls that the observer does not want, and what comes of them, are passed over.
fn tell(
    calls: &mut Calls,
    frame: &Frame<'_>,
    wanted: Wanted,
    observer: &mut dyn Observer,
) -> Result<Verdict, Error> {
    const STRANGE: Impossible = Impossible("an event without what belongs to it");
    const NO_CALL: Impossible = Impossible("the end of a call that has not begun");
    let (at, task, happened) = frames::unpack(frame).ok_or(STRANGE)?;
    let Some(happened) = happened else { return Ok(Verdict::Go) };
    let mut captured = Captured::new(frame.content);
    if let Happened::Enter(registers) = happened {
        let call = syscalls::identify(task.abi, task.number, registers, &mut captured);
        let target = &mut CutDown::new(&mut captured, wanted);
        if calls.len() >= MOST_CALLS {
            return Err(Impossible("more calls at the same time than there can be threads").into());
        }
        if !observer.wants(&task, &call, target) {
            calls.insert(task.tid, None);
            return Ok(Verdict::Go);
        }
        let verdict = observer.on(&Event { at, task, what: What::Enter(&call) }, target)?;
        calls.insert(task.tid, Some(call));
        return Ok(verdict);
    }
    let target = &mut CutDown::new(&mut captured, wanted);
    let mut told = |what: What<'_>| observer.on(&Event { at, task, what }, target);
    match happened {
        Happened::Exit(returned) => match calls.remove(&task.tid).ok_or(NO_CALL)? {
            Some(call) => told(What::Exit(&call, returned)),
            None => Ok(Verdict::Go),
        },
        Happened::Unfinished(cut) => match calls.remove(&task.tid).ok_or(NO_CALL)? {
            Some(call) => told(What::Unfinished(&call, cut)),
            None => Ok(Verdict::Go),
        },
        Happened::Renamed(to) => {
            let call = calls.remove(&task.tid);
            let verdict = told(What::Renamed { to, call: call.as_ref().and_then(Option::as_ref) });
            calls.extend(call.map(|call| (to, call)));
            verdict
        }
        Happened::Enter(_) => Ok(Verdict::Go),
        Happened::Other(what) => {
            if matches!(what, What::Exited(_) | What::Killed { .. } | What::Detached) {
                calls.remove(&task.tid);
            }
            told(what)
        }
    }
}
