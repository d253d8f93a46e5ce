//! Tells the observer what happens, and gives it memory and answers.

use super::stacks::Stacks;
use super::tracee::{Inside, Phase, Start, Tracee};
use crate::about::{Describer, Live, TraceePages};
use crate::config::{Config, Quiet};
use crate::sys;
use crate::tid_map::TidMap;
use decode::{Answer, NoTarget, Question, Target};
use event::{
    CpuTime, Cut, Error, Event, Moment, Needs, Observer, Outcome, Return, Tampering, Task, Verdict, What,
};
use ptrace::Tid;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// The observer, and what it is told with.
pub(super) struct Teller<'c> {
    config: &'c Config,
    observer: &'c mut dyn Observer,
    /// Nobody is told any more.
    is_mute: bool,
    /// What becomes of a tracee at whose event the observer fails.
    on_failure: Verdict,
    pub(super) needs: Needs,
    /// The beginning of the clock that nobody sets.
    begin: Instant,
    describer: Describer,
    pages: TraceePages,
    /// Command names of threads that are ending.
    names: TidMap<Vec<u8>>,
    /// The stacks, if they are asked for.
    pub(super) stacks: Option<Stacks>,
    /// The observer wants the trace to end, or can't go on.
    pub(super) is_over: bool,
    /// Why it can't go on.
    failure: Option<Error>,
}

impl<'c> Teller<'c> {
    pub(super) fn new(config: &'c Config, observer: &'c mut dyn Observer) -> Teller<'c> {
        let needs = observer.needs();
        Teller {
            config,
            needs,
            observer,
            is_mute: false,
            on_failure: Verdict::Go,
            begin: Instant::now(),
            describer: Describer::new(needs.answers),
            pages: TraceePages::default(),
            names: TidMap::default(),
            stacks: if needs.stacks { Stacks::new(config) } else { None },
            is_over: false,
            failure: None,
        }
    }

    /// Whether a message of this kind is wanted.
    pub(super) fn tells(&self, kind: Quiet) -> bool {
        !self.config.quiet.contains(kind)
    }

    /// Tells the user something, which is no event of a tracee's own.
    #[cold]
    pub(super) fn message(&mut self, text: &str) {
        let task = Task { tid: 0, abi: crate::host_abi(), number: 0, ip: None, cpu: CpuTime::Unknown };
        if self.is_mute {
            return;
        }
        let event = Event { at: Moment::default(), task: &task, what: What::Message(text) };
        let told = self.observer.on(&event, &mut NoTarget);
        self.heed(told);
    }

    /// Tells what has happened to a tracee.
    pub(super) fn tell(&mut self, tracee: &Tracee, what: What<'_>) -> Verdict {
        let told = self.try_tell(tracee, what);
        self.heed(told)
    }

    /// The same.
    ///
    /// # Errors
    /// The observer's own, which are the caller's to deal with.
    #[inline(always)]
    pub(super) fn try_tell(&mut self, tracee: &Tracee, what: What<'_>) -> Result<Verdict, Error> {
        if self.is_mute {
            return Ok(if self.failure.is_some() { self.on_failure.clone() } else { Verdict::Go });
        }
        let event = Event { at: self.now(), task: &tracee.task, what };
        let live = Live::new(tracee.tid, tracee.stack_pointer, &mut self.pages, &mut self.describer);
        let (names, stacks) = (&self.names, &mut self.stacks);
        let mut target = Stopped { live, tracee, names, stacks, what: &event.what };
        self.observer.on(&event, &mut target)
    }

    /// What the observer makes of an event. If it can't do its part, the trace is over.
    #[inline]
    fn heed(&mut self, told: Result<Verdict, Error>) -> Verdict {
        match told {
            Ok(Verdict::End) => {
                self.is_over = true;
                Verdict::Go
            }
            Ok(verdict) => verdict,
            Err(error) => {
                self.fail(error);
                self.on_failure.clone()
            }
        }
    }

    /// The observer can't go on.
    pub(super) fn fail(&mut self, error: Error) {
        self.failure.get_or_insert(error);
        self.is_mute = true;
        self.is_over = true;
    }

    /// A tracee at whose event the observer fails is killed.
    pub(super) fn kill_on_failure(&mut self) {
        self.on_failure = Verdict::Kill;
    }

    /// Tells nothing more: the observer has failed, or the engine.
    pub(super) fn mute(&mut self) {
        self.is_mute = true;
    }

    /// Why the observer can't go on, if it can't.
    pub(super) fn failure(&mut self) -> Option<Error> {
        self.failure.take()
    }

    /// Finds out what a tracee is about to call, and whether that is of interest: then the tracee is inside.
    #[inline]
    pub(super) fn begins(&mut self, tracee: &mut Tracee, registers: [u64; 6]) -> bool {
        let mut target = Live::new(tracee.tid, None, &mut self.pages, &mut self.describer);
        tracee.phase = Phase::Inside(Inside {
            call: syscalls::identify(tracee.task.abi, tracee.task.number, registers, &mut target),
            since: None,
            tampering: Tampering::default(),
            planned: None,
        });
        let Phase::Inside(Inside { call, .. }) = &tracee.phase else { return false };
        let is_wanted = self.observer.wants(&tracee.task, call, &mut target);
        if !is_wanted {
            tracee.phase = Phase::Skipping;
        }
        is_wanted
    }

    /// The tracee is inside a call that is told of.
    #[inline]
    pub(super) fn entered(&mut self, tracee: &mut Tracee) -> Verdict {
        self.look_at_cpu(tracee);
        let Phase::Inside(Inside { call, .. }) = &tracee.phase else { return Verdict::Go };
        let told = self.try_tell(tracee, What::Enter(call));
        self.heed(told)
    }

    /// The call that the tracee is in has come to this.
    #[inline]
    pub(super) fn returned(&mut self, tracee: &mut Tracee, outcome: Outcome) -> Verdict {
        self.look_at_cpu(tracee);
        let Phase::Inside(Inside { call, since, tampering, .. }) = &tracee.phase else { return Verdict::Go };
        let spent = since.map(|since| sys::monotonic().saturating_sub(since));
        let told = self.try_tell(tracee, What::Exit(call, Return { outcome, spent, tampering: *tampering }));
        self.heed(told)
    }

    /// The call that the tracee is in, if any, does not return to the tracer.
    pub(super) fn abandon(&mut self, tracee: &mut Tracee, why: Cut) {
        if let Phase::Inside(Inside { call, .. }) = &tracee.phase {
            self.tell(tracee, What::Unfinished(call, why));
            tracee.phase = Phase::Outside;
        }
    }

    /// Looks how much CPU time a tracee has had, if that is asked for and its stop has not told.
    #[inline]
    fn look_at_cpu(&self, tracee: &mut Tracee) {
        if self.needs.cpu && tracee.task.cpu == CpuTime::Unknown {
            tracee.task.cpu = super::cpu_time::of_thread(tracee.tid);
        }
    }

    #[inline]
    fn now(&self) -> Moment {
        Moment {
            wall: self.needs.wall.then(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()),
            monotonic: self.needs.monotonic.then(|| self.begin.elapsed()),
        }
    }

    /// A thread is about to end, after which nobody can be asked for its command's name.
    pub(super) fn remember(&mut self, tid: Tid) {
        if self.needs.answers.commands
            && let Some(name) = self.describer.own_command(tid)
        {
            self.names.insert(tid, name);
        }
    }

    /// A thread is traced no more.
    pub(super) fn forget(&mut self, tid: Tid) {
        self.names.remove(&tid);
        if let Some(stacks) = &mut self.stacks {
            stacks.forget(tid);
        }
    }

    /// The code of a tracee may have been mapped anew.
    pub(super) fn mappings_changed(&mut self) {
        if let Some(stacks) = &mut self.stacks {
            stacks.mappings_changed();
        }
    }

    pub(super) fn is_helper(&self, tid: Tid) -> bool {
        self.observer.is_helper(tid.raw())
    }

    pub(super) fn has_helper(&mut self) -> bool {
        !self.is_mute && self.observer.has_helper()
    }

    pub(super) fn is_waiting(&self) -> bool {
        self.observer.is_waiting()
    }

    pub(super) fn idle(&mut self) -> bool {
        !self.is_mute && self.observer.idle()
    }

    pub(super) fn finish(&mut self) -> Result<(), Error> {
        self.observer.finish()
    }
}

/// A stopped tracee, as the observer sees it.
struct Stopped<'a> {
    live: Live<'a>,
    tracee: &'a Tracee,
    names: &'a TidMap<Vec<u8>>,
    stacks: &'a mut Option<Stacks>,
    /// What is told of it.
    what: &'a What<'a>,
}

/// Whether a stack can be had of an event.
fn has_stack(tracee: &Tracee, what: &What<'_>) -> bool {
    match what {
        // The command's first `execve` is the tracer's own.
        What::Enter(_) => tracee.start == Start::Done,
        What::Exit(..) | What::Signal { .. } | What::GroupStop(_) => true,
        _ => false,
    }
}

impl Target for Stopped<'_> {
    fn read(&mut self, addr: u64, buf: &mut [u8]) -> usize {
        self.live.read(addr, buf)
    }

    #[inline]
    fn ask(&mut self, question: &Question<'_>) -> Option<Answer<'_>> {
        if self.live.may_know(question) { self.answer(question) } else { None }
    }
}

impl Stopped<'_> {
    #[inline(never)]
    fn answer(&mut self, question: &Question<'_>) -> Option<Answer<'_>> {
        match question {
            Question::InterruptedCall => {
                self.tracee.restarting.map(|(abi, number)| Answer::Call(abi, number))
            }
            Question::Stack => {
                let stacks = self.stacks.as_mut().filter(|_| has_stack(self.tracee, self.what))?;
                Some(Answer::Stack(stacks.take(&ptrace::Stopped::assume(self.tracee.tid))))
            }
            Question::OwnCommand if self.names.contains_key(&self.tracee.tid) => {
                self.names.get(&self.tracee.tid).map(|name| Answer::Name(name.into()))
            }
            question => self.live.ask(question),
        }
    }
}
