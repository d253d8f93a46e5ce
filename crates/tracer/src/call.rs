//! One system call: from its entry by way of filter and decoder to its line, and to the line's end.

use crate::about::Live;
use crate::config::Status;
use crate::filter::SyscallSet;
use crate::inject::{self, Next};
use crate::kernel_time::KernelTime;
use crate::stacks;
use crate::tracee::{Phase, Start, Tracee};
use crate::vcpu::Vcpu;
use crate::view::{Pen, View};
use decode::{CutOff, Cx, Outcome, Pending, Scalar, Syscall};
use ptrace::{Stopped, SyscallEntry, SyscallExit, Tid};
use render::{Abandon, CallName, Head, Partial, Tail};
use std::time::{Duration, Instant};
use uapi::{Abi, X32_SYSCALL_BIT};

/// A call that a tracee is in.
pub(crate) struct Call {
    pub(crate) abi: Abi,
    /// The number as the tracee gave it.
    pub(crate) number: u64,
    /// The argument registers.
    pub(crate) registers: [u64; 6],
    /// The arguments by their place in the row.
    pub(crate) args: [u64; 6],
    pub(crate) row: Option<&'static Syscall>,
    /// The row, whether or not the call is shown by it.
    described: Option<&'static Syscall>,
    /// The kernel's own entry; `None` for a number that it has no call for.
    pub(crate) entry: Option<&'static uapi::SyscallEntry>,
    /// The name of the call that it stands for, where it stands for another.
    stands_for: Option<&'static str>,
    options: decode::Options,
    pending: Pending,
    partial: Partial,
    /// When it began, where that counts.
    entered: Option<Instant>,
    /// CPU time spent in the kernel before, where that counts.
    kernel_time: KernelTime,
    /// The rule by which it is tampered with, by its place in the configuration.
    rule: Option<usize>,
    pub(crate) injected: bool,
    pub(crate) poked: bool,
    pub(crate) delayed: bool,
    /// Its draft has ended where its thread took its process's id: the rest stands in a line of its own.
    renamed: bool,
    /// The virtual processor that it runs, if that is to be told.
    vcpu: Option<Vcpu>,
}

impl Call {
    fn new(
        view: &mut View<'_>,
        tid: Tid,
        abi: Abi,
        at: &SyscallEntry,
        entry: Option<&'static uapi::SyscallEntry>,
    ) -> Call {
        let filters = &view.config.filters;
        let raw = entry.is_none() || filters.raw.contains(abi, at.nr);
        let registers = mask_registers(abi, at.nr, at.args);
        // Only 32-bit x86 has calls that stand for others.
        let other = entry.filter(|_| abi == Abi::I386).and_then(|entry| {
            let mut target = Live::new(tid, None, &mut view.pages, &mut view.describer);
            syscalls::stands_for(abi, entry.name, registers, &mut target)
        });
        let (row, args) = match other {
            Some((row, args)) => (Some(row), args),
            None => {
                let row = syscalls::row(abi, at.nr);
                (row, row.map_or(registers, |row| decode::arguments(row, abi, registers)))
            }
        };
        Call {
            abi,
            number: at.nr,
            registers,
            args: if raw && other.is_none() { registers } else { args },
            row: if raw { None } else { row },
            described: row,
            entry,
            stands_for: other.map(|(row, _)| row.name),
            options: decode::Options {
                strings: view.config.style.string_limit,
                abbrev: filters.abbrev.contains(abi, at.nr),
                verbose: filters.verbose.contains(abi, at.nr),
                raw,
            },
            pending: Pending::default(),
            partial: Partial::default(),
            entered: None,
            kernel_time: KernelTime::default(),
            rule: None,
            injected: false,
            poked: false,
            delayed: false,
            renamed: false,
            vcpu: None,
        }
    }

    /// Runs `body` with the call's name.
    fn named<R>(&self, body: impl FnOnce(&CallName<'_>) -> R) -> R {
        match self.name() {
            Some(name) => body(&CallName { name, number: self.number, abi: self.abi }),
            None => {
                let name = match only_wide(self.abi, self.number) {
                    Some(entry) => format!("{}#64", entry.name),
                    None => format!("syscall_{:#x}", self.number),
                };
                body(&CallName { name: &name, number: self.number, abi: self.abi })
            }
        }
    }

    /// The name in the kernel's table; that of the call it stands for, where it stands for another.
    pub(crate) fn name(&self) -> Option<&'static str> {
        self.stands_for.or(self.entry.map(|entry| entry.name))
    }

    /// The arguments that may be pointers to poke at: the registers, but for a call that stands for another. Those of
    /// such a call are in memory, or, of `ipc`, in the four registers behind the first.
    pub(crate) fn pointers(&self) -> &[u64] {
        let Some(entry) = self.entry else { return &self.registers };
        let described = || self.described_args().count().min(self.args.len());
        match (self.stands_for, self.described) {
            (Some(_), _) if entry.name == "ipc" => &self.registers[1..5],
            (Some(_), Some(_)) => &self.args[..described()],
            // The kernel no longer has the call, or this one has not; what it took is known.
            (None, Some(_)) if entry.args.is_empty() => &self.registers[..described()],
            _ => &self.registers[..entry.args.len()],
        }
    }

    /// How much of it is shown.
    pub(crate) fn options(&self) -> &decode::Options {
        &self.options
    }

    /// Whether the call is in a set: one that stands for another as that other, if that could be told.
    pub(crate) fn is_in(&self, set: &SyscallSet) -> bool {
        let which = self.registers[0] as u32;
        match (self.stands_for, self.entry.map(|entry| entry.name)) {
            (Some(_), Some("socketcall")) => set.contains_socketcall(which),
            (Some(_), Some("ipc")) => set.contains_ipc(which & 0xffff),
            _ => set.contains(self.abi, self.number),
        }
    }

    /// A number that no other call has on the ABI: one that stands for another has its own.
    pub(crate) fn place(&self) -> u64 {
        let which = if self.stands_for.is_some() { self.registers[0] & 0xffff } else { 0 };
        self.number | which << 32
    }

    /// The arguments of the call's description, whether or not it is shown by it.
    pub(crate) fn described_args(&self) -> impl Iterator<Item = &'static decode::Arg> {
        self.described.into_iter().flat_map(|row| decode::arguments_of(row, self.abi, &self.args))
    }

    fn outcome(&self, exit: &SyscallExit) -> Outcome {
        if exit.is_error {
            return Outcome::Error(exit.rval.unsigned_abs() as u32);
        }
        // A 32-bit call's result is 32 bits wide, whatever the register holds.
        Outcome::Value(if self.abi == Abi::I386 { i64::from(exit.rval as u32) } else { exit.rval })
    }
}

/// Boxes for calls, used again and again: a call stays where it is while its tracee is inside, and nothing is allocated
/// for it.
#[derive(Default)]
pub(crate) struct Calls {
    #[expect(clippy::vec_box, reason = "boxes change hands: what is in them stays where it is")]
    spare: Vec<Box<Call>>,
}

impl Calls {
    /// As many as calls are likely to be open at the same time; the boxes of more are given back.
    const MOST: usize = 64;

    fn keep(&mut self, call: Call) -> Box<Call> {
        match self.spare.pop() {
            Some(mut spare) => {
                *spare = call;
                spare
            }
            None => Box::new(call),
        }
    }

    fn spare(&mut self, call: Box<Call>) {
        if self.spare.len() < Calls::MOST {
            self.spare.push(call);
        }
    }
}

/// The registers of a 32-bit call as 32 bits.
fn mask_registers(abi: Abi, number: u64, registers: [u64; 6]) -> [u64; 6] {
    let is_narrow = abi == Abi::I386 || abi == Abi::X32 && is_compat(number & !X32_SYSCALL_BIT);
    if is_narrow { registers.map(|r| r & 0xffff_ffff) } else { registers }
}

/// Whether an x32 call is what 32-bit processes call (`COMPAT_SYSCALL_DEFINE`): those with numbers of their own in
/// `arch/x86/entry/syscalls/syscall_64.tbl` are, but for the four that take a 64-bit offset in one register.
fn is_compat(number: u64) -> bool {
    const OFFSETS: [u64; 4] = [534, 535, 546, 547];
    (512..548).contains(&number) && !OFFSETS.contains(&number)
}

/// The ABI of a call, in the words of `uapi`; `None` for one that strax has no tables of.
pub(crate) fn abi_of(entry: &SyscallEntry) -> Option<Abi> {
    Some(match entry.abi() {
        ptrace::Abi::X86_64 => Abi::X86_64,
        ptrace::Abi::X32 => Abi::X32,
        ptrace::Abi::I386 => Abi::I386,
        ptrace::Abi::Aarch64 => Abi::Aarch64,
        ptrace::Abi::Riscv64 => Abi::Riscv64,
        _ => return None,
    })
}

/// The tracee is about to make a call; returns how it goes on.
pub(crate) fn enter(view: &mut View<'_>, tracee: &mut Tracee, stopped: &Stopped, at: &SyscallEntry) -> Next {
    let abi = abi_of(at).unwrap_or(tracee.abi);
    tracee.again.entered();
    tracee.ip = Some(at.instruction_pointer);
    tracee.stack_pointer = Some(at.stack_pointer);
    if tracee.start == Start::Waiting && abi.syscall(at.nr).is_some_and(|entry| entry.name == "execve") {
        tracee.start = Start::Pending;
    }
    if abi != tracee.abi {
        tracee.abi = abi;
        // The line's head has the number of the call before, as strace has it.
        crate::lines::personality(view, tracee);
    }
    tracee.number = at.nr;
    stacks::entering(view, tracee, abi, at.nr);
    tracee.phase = Phase::Skipping;
    let entry = abi.syscall(at.nr);
    if view.config.debug && entry.is_none() {
        view.output.message(&crate::debug::unknown_call(tracee.tid, at.nr));
    }
    if tracee.is_hidden() || !is_wanted(view, abi, at, entry) {
        return Next::default();
    }
    let call = Call::new(view, tracee.tid, abi, at, entry);
    if is_undecided(abi, at, entry) && !call.is_in(&view.config.filters.trace) {
        return Next::default();
    }
    if !view.paths.admits(tracee.tid, &mut view.describer, &call) {
        return Next::default();
    }
    let mut call = view.calls.keep(call);
    let next = tamper(view, tracee, stopped, at, &mut call);
    call.kernel_time = view.kernel_time(tracee);
    if !view.silent {
        show_entry(view, tracee, &mut call);
        stacks::keep(view, tracee, stopped);
        call.vcpu = Vcpu::about_to_run(view, tracee.tid, &call);
    }
    call.entered = view.timed.then(Instant::now);
    tracee.phase = Phase::Inside(call);
    next
}

fn tamper(
    view: &mut View<'_>,
    tracee: &mut Tracee,
    stopped: &Stopped,
    at: &SyscallEntry,
    call: &mut Call,
) -> Next {
    let rules = &view.config.inject;
    // How the command is started is not the command's doing.
    if rules.is_empty() || tracee.start != Start::Done {
        return Next::default();
    }
    let place = (call.abi, call.place());
    let which = view.config.inject_rules;
    let Some(i) = inject::rule(rules, which, &mut tracee.injections, place, |set| call.is_in(set)) else {
        return Next::default();
    };
    call.rule = Some(i);
    let mut complaints = Vec::new();
    let next = inject::on_entry(&rules[i], call, stopped, at, &mut complaints);
    complaints.iter().for_each(|line| view.output.message(line));
    next
}

/// Whether a call is one of i386's `socketcall` that stands for another, if its arguments can be read.
fn is_undecided(abi: Abi, at: &SyscallEntry, entry: Option<&uapi::SyscallEntry>) -> bool {
    let is_known = (1..=20).contains(&(at.args[0] as u32));
    abi == Abi::I386 && is_known && entry.is_some_and(|entry| entry.name == "socketcall")
}

/// Whether a call is shown. One that the kernel does not know is in no set, and always shown.
fn is_wanted(
    view: &View<'_>,
    abi: Abi,
    at: &SyscallEntry,
    entry: Option<&'static uapi::SyscallEntry>,
) -> bool {
    let wanted = &view.config.filters.trace;
    let which = at.args[0] as u32;
    match entry.map(|entry| entry.name) {
        None => true,
        Some(_) if abi != Abi::I386 => wanted.contains(abi, at.nr),
        // Those that stand for others are selected by those.
        Some("socketcall") if is_undecided(abi, at, entry) => {
            wanted.contains_socketcall(which) || wanted.contains(abi, at.nr)
        }
        Some("ipc") if matches!(which & 0xffff, 1..=4 | 11..=14 | 21..=24) => {
            wanted.contains_ipc(which & 0xffff)
        }
        Some(_) => wanted.contains(abi, at.nr),
    }
}

fn show_entry(view: &mut View<'_>, tracee: &mut Tracee, call: &mut Call) {
    let subject = tracee.subject(view.tracees);
    let restarts = call.entry.is_some_and(|entry| entry.name == "restart_syscall");
    let restarting = tracee.restarting;
    if !restarts {
        tracee.restarting = call.entry.map(|_| (call.abi, call.number));
    }
    let head = view.heads.next(&subject);
    let sheet = tracee.sheet.as_deref_mut().unwrap_or(view.output.shared());
    let mut pen = Pen::new(&mut tracee.draft, sheet);
    call.named(|name| pen.line().call_begin(&head, name));
    let Call { abi, args, row, entry, options, ref mut pending, .. } = *call;
    let target = Live::new(tracee.tid, tracee.stack_pointer, &mut view.pages, &mut view.describer);
    let mut target = target.after(restarting);
    // To read the tracee's memory may take for ever, and then people want to know in which call.
    let passage = pen.passage();
    let mut pass_on = passage.map(|passage| move |shown: &[u8]| passage.push(shown));
    let sink = pen.render();
    let mut cx =
        Cx::new(abi, args, Outcome::Running, &options, &mut target, sink, pending, &mut view.scratch);
    if let Some(pass_on) = &mut pass_on {
        cx.passing_on(pass_on);
    }
    match (row, entry) {
        (Some(row), _) => decode::enter(&mut cx, row),
        (None, Some(entry)) if !entry.args.is_empty() => decode::raw(&mut cx, entry.args.iter().copied()),
        // What the kernel has no more is known by its row only.
        (None, Some(_)) => {
            let args = syscalls::row(abi, call.number).map_or(&[][..], |row| row.args);
            decode::raw(&mut cx, args.iter().filter(|arg| !arg.implied).map(|arg| arg.name));
        }
        (None, None) => match only_wide(abi, call.number) {
            Some(entry) => decode::raw(&mut cx, entry.args.iter().copied()),
            None => decode::raw(&mut cx, UNKNOWN_ARGS.into_iter()),
        },
    }
    call.partial = pen.pause(tracee.tid);
    tell_cut_off(view);
}

/// The call of 64-bit programs that has this number, where an x32 program calls it though x32 has one of its own.
fn only_wide(abi: Abi, number: u64) -> Option<&'static uapi::SyscallEntry> {
    let is_unknown = abi == Abi::X32 && abi.syscall(number).is_none();
    is_unknown.then(|| Abi::X86_64.syscall(number & !X32_SYSCALL_BIT)).flatten()
}

/// What the arguments of a call without a description are called.
const UNKNOWN_ARGS: [&str; 6] = ["arg1", "arg2", "arg3", "arg4", "arg5", "arg6"];

/// Tells of strings in the call shown last that went on where nothing can be read.
fn tell_cut_off(view: &mut View<'_>) {
    for CutOff { addr, got, wanted } in view.scratch.cut_off() {
        view.output.message(&format!("umovestr: short read ({got} < {wanted}) @{addr:#x}: Bad address"));
    }
}

/// The tracee's call has returned; returns how it goes on.
pub(crate) fn exit(view: &mut View<'_>, tracee: &mut Tracee, stopped: &Stopped, at: &SyscallExit) -> Next {
    tracee.ip = Some(at.instruction_pointer);
    let Phase::Inside(mut call) = std::mem::replace(&mut tracee.phase, Phase::Outside) else {
        return Next::default();
    };
    let spent = call.entered.map_or(Duration::ZERO, |entered| entered.elapsed());
    let rule = call.rule.map(|i| &view.config.inject[i]);
    let mut complaints = Vec::new();
    let injected = rule.and_then(|rule| inject::on_exit(rule, &mut call, stopped, at, &mut complaints));
    complaints.iter().for_each(|line| view.output.message(line));
    let outcome = injected.unwrap_or_else(|| call.outcome(at));
    let failed = matches!(outcome, Outcome::Error(_));
    let wanted = view.wants(if failed { Status::Failed } else { Status::Successful });
    if wanted {
        tracee.is_unnoticed = false;
        view.captured += 1;
        let now = view.kernel_time(tracee);
        if let Some(table) = &mut view.summary {
            let system = now.since(call.kernel_time);
            table.count(call.abi, call.number, system, spent, failed);
        }
    }
    if !view.silent {
        if wanted {
            stacks::take(view, tracee, stopped);
        }
        show_exit(view, tracee, &mut call, outcome, spent, wanted);
    }
    view.calls.spare(call);
    Next { signal: None, delay: rule.and_then(|rule| rule.delay_exit) }
}

fn show_exit(
    view: &mut View<'_>,
    tracee: &mut Tracee,
    call: &mut Call,
    outcome: Outcome,
    spent: Duration,
    wanted: bool,
) {
    let subject = tracee.subject(view.tracees);
    let stack = tracee.stack.take();
    let sheet = tracee.sheet.as_deref_mut().unwrap_or(view.output.shared());
    let mut pen = Pen::new(&mut tracee.draft, sheet);
    resume(&mut pen, &mut view.heads, &subject, tracee.tid, call);
    let Call { abi, args, row, options, ref mut pending, .. } = *call;
    let mut target = Live::new(tracee.tid, tracee.stack_pointer, &mut view.pages, &mut view.describer);
    let sink = pen.render();
    let mut cx = Cx::new(abi, args, outcome, &options, &mut target, sink, pending, &mut view.scratch);
    if let Some(row) = row {
        decode::exit(&mut cx, row);
    }
    pen.render().args_end();
    match outcome {
        Outcome::Error(errno) => pen.render().scalar(Scalar::Errno(errno)),
        Outcome::Value(value) => {
            let sink = pen.render();
            let mut cx = Cx::new(abi, args, outcome, &options, &mut target, sink, pending, &mut view.scratch);
            match row {
                Some(row) => decode::result(&mut cx, row),
                None if options.raw => cx.out.hex(value as u64),
                None => cx.out.uint(value as u64),
            }
        }
        Outcome::Running => pen.render().scalar(Scalar::Missing),
    }
    let spent = view.config.style.spent.map(|_| spent);
    pen.render().call_end(&Tail { injected: call.injected, poked: call.poked, delayed: call.delayed, spent });
    if let (Some(stack), false) = (&stack, view.is_text) {
        stacks::show(stack, pen.render());
    }
    pen.end(wanted);
    tell_cut_off(view);
    if wanted && view.is_text {
        crate::dump::data(view, tracee, call, outcome);
        if let Some(vcpu) = call.vcpu.take() {
            vcpu.show(view, tracee, call, outcome);
        }
        tracee.stack = stack;
        stacks::show_alone(view, tracee);
    }
}

/// Goes on with the call's line; its time stamp is taken only if it needs a new one.
fn resume(
    pen: &mut Pen<'_>,
    heads: &mut crate::stamp::Heads,
    subject: &crate::stamp::Subject,
    tid: Tid,
    call: &mut Call,
) {
    let kept = std::mem::take(&mut call.partial);
    let interrupted = call.renamed || !pen.is_open_for(tid);
    let head = if interrupted { heads.next(subject) } else { Head::default() };
    call.named(|name| pen.resume(tid, &head, name, kept, interrupted));
}

/// What stops a call from returning to the tracer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// The tracee has ended.
    Ended,
    /// The tracer lets go of it.
    Detached,
}

/// The call will not return to the tracer: ends its line.
pub(crate) fn abandon(view: &mut View<'_>, tracee: &mut Tracee, why: Cut) {
    let phase = std::mem::replace(&mut tracee.phase, Phase::Outside);
    let Phase::Inside(mut call) = phase else {
        tracee.phase = phase;
        return;
    };
    if view.silent {
        return;
    }
    let (status, why) = match why {
        Cut::Ended => (Status::Unfinished, Abandon::Ended { complete: call.pending.is_complete() }),
        Cut::Detached => (Status::Detached, Abandon::Detached),
    };
    let wanted = view.wants(status);
    let subject = tracee.subject(view.tracees);
    let sheet = tracee.sheet.as_deref_mut().unwrap_or(view.output.shared());
    let mut pen = Pen::new(&mut tracee.draft, sheet);
    let interrupted = call.renamed || !pen.is_open_for(tracee.tid);
    if interrupted && why == Abandon::Detached && view.is_text {
        // The line has its end already, as unfinished, and nothing is to be added.
        return;
    }
    let kept = std::mem::take(&mut call.partial);
    let head = if interrupted { view.heads.next(&subject) } else { Head::default() };
    call.named(|name| pen.resumed(interrupted).call_abandon(&head, name, kept, interrupted, why));
    pen.end(wanted);
}

/// The thread goes on under the id of its process's leader, which its `execve` has given it: says so in its line, if
/// that is the one at hand. A draft ends here, like that of a tracee that is let go of.
pub(crate) fn mark_renamed(view: &mut View<'_>, tracee: &mut Tracee, to: Tid) {
    let Phase::Inside(call) = &mut tracee.phase else { return };
    let sheet = tracee.sheet.as_deref_mut().unwrap_or(view.output.shared());
    if !view.is_text || view.silent || !(view.drafts || sheet.is_open_for(tracee.tid)) {
        return;
    }
    call.renamed = view.drafts;
    let kept = std::mem::take(&mut call.partial);
    let mut pen = Pen::new(&mut tracee.draft, sheet);
    call.named(|name| {
        pen.render().call_abandon(&Head::default(), name, kept, false, Abandon::Renamed(to.raw()));
    });
    pen.end(view.config.filters.status.contains(Status::Detached));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registers_have_32_bits_in_the_calls_of_32_bit_processes() {
        let masked = |abi, number| mask_registers(abi, number, [0x1_0000_0002; 6])[2];
        let [wide, narrow] = [0x1_0000_0002, 2];
        assert_eq!([masked(Abi::I386, 3), masked(Abi::X86_64, 514)], [narrow, wide]);
        let x32 = |number| masked(Abi::X32, X32_SYSCALL_BIT | number);
        assert_eq!([x32(0), x32(514), x32(534), x32(545), x32(547)], [wide, narrow, wide, narrow, wide]);
    }
}
