//! Showing a recording (`--replay`).

use crate::config::{Config, ReplayFrom};
use crate::error::Error;
use crate::filter::FdSet;
use crate::record::note;
use crate::report::Reporter;
use capture::Replay;
use decode::{Answer, Call, Question, Target};
use event::{Ending, Engine, Event, Needs, Observer, Task, Verdict, What};
use recording::Head;
use std::fs::File;
use std::io::Read;

/// Shows a recording as `config` says.
///
/// # Errors
/// It can't be read, it is damaged or cut short, or it lacks what `config` asks for.
pub fn replay(config: Config, from: &ReplayFrom) -> Result<Ending, Error> {
    let place: Box<dyn Read> = match from {
        ReplayFrom::Stdin => Box::new(std::io::stdin()),
        ReplayFrom::File(path) => Box::new(
            File::open(path)
                .map_err(|source| Error::Recording { path: path.as_os_str().to_owned(), source })?,
        ),
    };
    let mut engine = Replay::new(place)?;
    let head = engine.head();
    check(&config, head).map_err(Error::NotRecorded)?;
    let follow_forks = config.follow_forks || head.note(note::FOLLOW).is_some();
    let config = Config { follow_forks, ..config };
    let mut told = Told { reporter: Reporter::new(&config)?, config: &config };
    engine.run(&mut told).map_err(Error::from_observer)
}

/// Says what is missing of what is asked for.
fn check(config: &Config, head: &Head) -> Result<(), String> {
    let strings = config.style.string_limit;
    if strings as u64 > head.strings {
        let kept = head.strings;
        return Err(format!(
            "the recording has {kept} bytes of a string at most, -s {strings} needs --record-strings={strings}"
        ));
    }
    if config.style.contexts.is_some() && head.note(note::CONTEXTS).is_none() {
        return Err(
            "the recording has no security contexts: --secontext must be given when it is made".to_owned()
        );
    }
    if let Some(stacks) = config.stack_trace {
        let Some(frames) = head.note(note::FRAMES) else {
            return Err("the recording has no stacks: -k must be given when it is made".to_owned());
        };
        if stacks.lines && head.note(note::LINES).is_none() {
            return Err("the recording has no lines of sources: -kk must be given when it is made".to_owned());
        }
        let frames = std::str::from_utf8(frames).ok().and_then(|frames| frames.parse().ok()).unwrap_or(0);
        if stacks.frames > frames {
            return Err(format!("the recording has {frames} frames of a stack at most"));
        }
    }
    let filters = &config.filters;
    for (name, fds) in [(note::READ, &filters.read), (note::WRITE, &filters.write)] {
        let recorded = head.note(name).and_then(|set| std::str::from_utf8(set).ok());
        let recorded = recorded.and_then(|set| FdSet::parse(set).ok()).unwrap_or_default();
        if !fds.is_subset(&recorded) {
            return Err(format!(
                "the recording lacks data for -e {name}={fds}: that must be given when it is made"
            ));
        }
    }
    Ok(())
}

/// The reporter, told what lines are made of.
struct Told<'c> {
    reporter: Reporter<'c>,
    config: &'c Config,
}

impl Observer for Told<'_> {
    fn needs(&self) -> Needs {
        self.reporter.needs()
    }

    fn wants(&mut self, task: &Task, call: &Call, target: &mut dyn Target) -> bool {
        self.reporter.wants(task, call, target)
    }

    fn on(&mut self, event: &Event<'_>, target: &mut dyn Target) -> Result<Verdict, event::Error> {
        // What the tracer told its user then is no line of the trace.
        if matches!(event.what, What::Message(_)) {
            return Ok(Verdict::Go);
        }
        self.reporter.on(event, &mut Cut { target, config: self.config })
    }

    fn idle(&mut self) -> bool {
        self.reporter.idle()
    }

    fn finish(&mut self) -> Result<(), event::Error> {
        self.reporter.finish()
    }
}

/// A target whose stacks have as many frames as are asked for, and lines of sources only if those are.
struct Cut<'a> {
    target: &'a mut dyn Target,
    config: &'a Config,
}

impl Target for Cut<'_> {
    fn read(&mut self, addr: u64, buf: &mut [u8]) -> usize {
        self.target.read(addr, buf)
    }

    fn read_text(&mut self, addr: u64, buf: &mut [u8]) -> usize {
        self.target.read_text(addr, buf)
    }

    fn ask(&mut self, question: &Question<'_>) -> Option<Answer<'_>> {
        let mut answer = self.target.ask(question)?;
        if let (Answer::Stack(stack), Some(wanted)) = (&mut answer, self.config.stack_trace) {
            stack.truncated |= stack.frames.len() > wanted.frames;
            stack.frames.truncate(wanted.frames);
            if !wanted.lines {
                stack.frames.iter_mut().for_each(|frame| frame.source = None);
            }
        }
        Some(answer)
    }
}
