//! An engine whose events are those of a recording.

use crate::captured::Captured;
use crate::frames::{self, Happened};
use crate::inside::Inside;
use decode::{Call, CutDown, Wanted};
use event::{Ending, Engine, Error, Event, Observer, Verdict, What};
use recording::{Frame, Head, Reader};
use std::io::Read;

/// The most threads that are in a call at the same time: more are in none that has been recorded.
const MOST_CALLS: usize = 1 << 16;

/// Plays a recording back.
pub struct Replay<R: Read> {
    reader: Reader<R>,
    calls: Calls,
}

/// The calls that threads are in; `None` for one that the observer does not want to know of.
type Calls = Inside<Option<Call>>;

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
        Ok(Replay { reader: Reader::new(from)?, calls: Calls::default() })
    }

    /// Where and how the recording was made.
    pub fn head(&self) -> &Head {
        self.reader.head()
    }

    fn play(&mut self, observer: &mut dyn Observer) -> Result<(), Error> {
        let wanted = observer.needs().answers;
        loop {
            if self.reader.is_between_blocks() {
                // Somebody may be recording at this moment, and what there is so far is of interest.
                observer.idle();
            }
            let Some(frame) = self.reader.next()? else { break };
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
            calls.begin(task.tid, None);
            return Ok(Verdict::Go);
        }
        let verdict = observer.on(&Event { at, task: &task, what: What::Enter(&call) }, target)?;
        calls.begin(task.tid, Some(call));
        return Ok(verdict);
    }
    let target = &mut CutDown::new(&mut captured, wanted);
    let mut told = |what: What<'_>| observer.on(&Event { at, task: &task, what }, target);
    match happened {
        Happened::Exit(returned) => match calls.end(task.tid).ok_or(NO_CALL)? {
            Some(call) => told(What::Exit(&call, returned)),
            None => Ok(Verdict::Go),
        },
        Happened::Unfinished(cut) => match calls.end(task.tid).ok_or(NO_CALL)? {
            Some(call) => told(What::Unfinished(&call, cut)),
            None => Ok(Verdict::Go),
        },
        Happened::Renamed(to) => {
            let verdict = told(What::Renamed { to, call: calls.get(task.tid).and_then(Option::as_ref) });
            calls.rename(task.tid, to);
            verdict
        }
        Happened::Enter(_) => Ok(Verdict::Go),
        Happened::Other(what) => {
            match what {
                What::Exited(_) | What::Killed { .. } | What::Detached => calls.forget(task.tid),
                What::Superseded { .. } => calls.succeed(task.tid),
                _ => {}
            }
            told(what)
        }
    }
}
