//! The life of a call's line: from its beginning to its end, or to where it breaks off.

use super::heads::Heads;
use super::line::CallLine;
use super::thread::{OpenCall, Thread};
use super::vcpu::Vcpu;
use super::writer::Writer;
use super::{dump, stacks};
use crate::config::{Config, Status};
use decode::{Call, Options, Outcome, Pending, Target};
use event::{Cut, Event, Return};
use render::tell::{self, Means, Shown};
use render::{Abandon, CallName, Head, Tail};

/// How much of a call is shown.
fn options(config: &Config, call: &Call) -> Options {
    let filters = &config.filters;
    Options {
        strings: config.style.string_limit,
        abbrev: filters.abbrev.contains(call.abi, call.number),
        verbose: filters.verbose.contains(call.abi, call.number),
        raw: call.entry.is_none() || filters.raw.contains(call.abi, call.number),
    }
}

/// A call as it is shown. `names` is room for the names of its registers, which are needed rarely.
#[inline(always)]
fn told<'a>(
    call: &Call,
    name: &'a str,
    options: &'a Options,
    names: &'a mut Vec<&'static str>,
) -> tell::Call<'a> {
    let row = call.row.filter(|_| !options.raw);
    tell::Call {
        name: CallName { name, number: call.number, abi: call.abi },
        args: if options.raw && !call.stands_for_another() { call.registers } else { call.args },
        shown: row.map_or_else(|| Shown::Raw(register_names(call, names)), Shown::Row),
        options,
    }
}

/// What the arguments of a call are called that is shown without a description.
#[cold]
fn register_names<'a>(call: &Call, names: &'a mut Vec<&'static str>) -> &'a [&'static str] {
    const UNKNOWN: [&str; 6] = ["arg1", "arg2", "arg3", "arg4", "arg5", "arg6"];
    match call.entry {
        Some(entry) if !entry.args.is_empty() => entry.args,
        // What the kernel has no more is known by its row only.
        Some(_) => {
            let args = syscalls::row(call.abi, call.number).map_or(&[][..], |row| row.args);
            names.extend(args.iter().filter(|arg| !arg.implied).map(|arg| arg.name));
            names
        }
        None => call.only_wide().map_or(&UNKNOWN, |entry| entry.args),
    }
}

fn named<R>(call: &Call, body: impl FnOnce(&CallName<'_>) -> R) -> R {
    call.with_name(|name| body(&CallName { name, number: call.number, abi: call.abi }))
}

/// A call begins.
pub(super) fn enter(
    writer: &mut Writer<'_>,
    thread: &mut Thread,
    event: &Event<'_>,
    call: &Call,
    target: &mut dyn Target,
) {
    let open = &mut thread.call;
    open.is_there = true;
    open.renamed = false;
    open.cpu = event.task.cpu;
    if writer.silent {
        return;
    }
    open.options = options(writer.config, call);
    open.pending = Pending::default();
    show_entry(writer, thread, event, call, target);
    stacks::keep(writer, thread, target);
    if writer.vcpus {
        thread.call.vcpu = Vcpu::about_to_run(call, target).map(Box::new);
    }
}

fn show_entry(
    writer: &mut Writer<'_>,
    thread: &mut Thread,
    event: &Event<'_>,
    call: &Call,
    target: &mut dyn Target,
) {
    let head = writer.heads.next(event, writer.threads, target);
    let Thread { own, draft, call: open, .. } = thread;
    let stream = own.as_deref_mut().unwrap_or(writer.output.shared());
    let mut line = CallLine::new(draft, stream);
    // To read the tracee's memory may take for ever, and then people want to know in which call.
    let passage = line.passage();
    let mut pass = passage.as_ref().map(|passage| |shown: &[u8]| passage.push(shown));
    let pass = pass.as_mut().map(|pass| pass as tell::Passage<'_>);
    let OpenCall { options, pending, partial, .. } = open;
    let mut means = Means { target, pending, scratch: &mut writer.scratch };
    call.with_name(|name| {
        let mut names = Vec::new();
        let told = told(call, name, options, &mut names);
        tell::enter_passing(line.line(), &head, &told, &mut means, pass);
    });
    *partial = line.pause(event.task.tid);
    tell_of_cut_strings(writer);
}

/// Tells the user of strings without an end.
#[inline]
fn tell_of_cut_strings(writer: &mut Writer<'_>) {
    if writer.scratch.has_cut_off() {
        tell_of_each(writer);
    }
}

#[cold]
fn tell_of_each(writer: &mut Writer<'_>) {
    for cut in writer.scratch.cut_off() {
        let decode::CutOff { addr, got, wanted } = cut;
        writer.output.message(&format!("umovestr: short read ({got} < {wanted}) @{addr:#x}: Bad address"));
    }
}

/// A call has returned. True if it was wanted.
pub(super) fn exit(
    writer: &mut Writer<'_>,
    thread: &mut Thread,
    event: &Event<'_>,
    call: &Call,
    ret: &Return,
    target: &mut dyn Target,
) -> bool {
    if !thread.call.is_there {
        return false;
    }
    thread.call.is_there = false;
    let failed = matches!(ret.outcome, Outcome::Error(_));
    let wanted = writer.wants(if failed { Status::Failed } else { Status::Successful });
    if wanted {
        thread.is_unnoticed = false;
        writer.captured += 1;
        if let Some(table) = &mut writer.summary {
            let system = event.task.cpu.since(thread.call.cpu);
            table.count(call.abi, call.number, system, ret.spent.unwrap_or_default(), failed);
        }
    }
    if !writer.silent {
        if wanted {
            stacks::take(writer, thread, target);
        }
        show_exit(writer, thread, event, call, ret, target, wanted);
    }
    wanted
}

fn show_exit(
    writer: &mut Writer<'_>,
    thread: &mut Thread,
    event: &Event<'_>,
    call: &Call,
    ret: &Return,
    target: &mut dyn Target,
    wanted: bool,
) {
    let Thread { own, draft, call: open, stack, .. } = thread;
    let stack = stack.take();
    let stream = own.as_deref_mut().unwrap_or(writer.output.shared());
    let mut line = CallLine::new(draft, stream);
    resume(&mut line, &mut writer.heads, writer.threads, event, call, open, target);
    let OpenCall { options, pending, .. } = open;
    let mut means = Means { target, pending, scratch: &mut writer.scratch };
    call.with_name(|name| {
        let mut names = Vec::new();
        let told = told(call, name, options, &mut names);
        tell::exit(line.render(), &told, ret.outcome, &mut means);
    });
    let spent = writer.config.style.spent.and(ret.spent);
    let event::Tampering { injected, poked, delayed } = ret.tampering;
    line.render().call_end(&Tail { injected, poked, delayed, spent });
    if let (Some(stack), false) = (&stack, writer.is_text) {
        stacks::show(stack, line.render());
    }
    line.end(wanted);
    tell_of_cut_strings(writer);
    if wanted && writer.is_text {
        thread.stack = stack;
        show_beside(writer, thread, event, call, ret, target);
    }
}

/// What stands behind the line of a call: its data, and where it was made.
fn show_beside(
    writer: &mut Writer<'_>,
    thread: &mut Thread,
    event: &Event<'_>,
    call: &Call,
    ret: &Return,
    target: &mut dyn Target,
) {
    if writer.dumps {
        dump::data(writer, thread, event.task.tid, call, ret.outcome, target);
    }
    if let Some(vcpu) = thread.call.vcpu.take() {
        let lines = vcpu.lines(writer.config.style.symbols, &thread.call.options, ret.outcome, target);
        thread.own.as_deref_mut().unwrap_or(writer.output.shared()).push(lines.as_bytes());
    }
    if thread.stack.is_some() {
        stacks::show_alone(writer, thread);
    }
}

/// Goes on with the call's line; its head is made only if it needs a new one.
fn resume(
    line: &mut CallLine<'_>,
    heads: &mut Heads,
    threads: usize,
    event: &Event<'_>,
    call: &Call,
    open: &mut OpenCall,
    target: &mut dyn Target,
) {
    let kept = std::mem::take(&mut open.partial);
    let tid = event.task.tid;
    let interrupted = open.renamed || !line.is_open_for(tid);
    let head = if interrupted { heads.next(event, threads, target) } else { Head::default() };
    named(call, |name| line.resume(tid, &head, name, kept, interrupted));
}

/// The return of the call will not be told of: ends its line.
pub(super) fn unfinished(
    writer: &mut Writer<'_>,
    thread: &mut Thread,
    event: &Event<'_>,
    call: &Call,
    why: Cut,
    target: &mut dyn Target,
) {
    if !std::mem::take(&mut thread.call.is_there) || writer.silent {
        return;
    }
    let Thread { own, draft, call: open, .. } = thread;
    let (status, why) = match why {
        Cut::Ended => (Status::Unfinished, Abandon::Ended { complete: open.pending.is_complete() }),
        Cut::Detached => (Status::Detached, Abandon::Detached),
    };
    let wanted = writer.wants(status);
    let stream = own.as_deref_mut().unwrap_or(writer.output.shared());
    let mut line = CallLine::new(draft, stream);
    let interrupted = open.renamed || !line.is_open_for(event.task.tid);
    if interrupted && why == Abandon::Detached && writer.is_text {
        // The line has its end already, as unfinished, and nothing is to be added.
        return;
    }
    let kept = std::mem::take(&mut open.partial);
    let head = if interrupted { writer.heads.next(event, writer.threads, target) } else { Head::default() };
    named(call, |name| line.resumed(interrupted).call_abandon(&head, name, kept, interrupted, why));
    line.end(wanted);
}

/// The thread goes on under the id of its process's leader, which its `execve` has given it: says so in its line, if
/// that is the one at hand. A draft ends here, like that of a thread that is let go of.
pub(super) fn renamed(writer: &mut Writer<'_>, thread: &mut Thread, tid: i32, to: i32, call: Option<&Call>) {
    thread.is_unnoticed = executes_unnoticed(writer, thread);
    let Thread { own, draft, call: open, .. } = thread;
    let Some(call) = call.filter(|_| open.is_there) else { return };
    let wanted = writer.wants(Status::Detached);
    let stream = own.as_deref_mut().unwrap_or(writer.output.shared());
    if !writer.is_text || writer.silent || !(writer.drafts || stream.is_open_for(tid)) {
        return;
    }
    open.renamed = writer.drafts;
    let kept = std::mem::take(&mut open.partial);
    let mut line = CallLine::new(draft, stream);
    named(call, |name| {
        line.render().call_abandon(&Head::default(), name, kept, false, Abandon::Renamed(to));
    });
    line.end(wanted);
}

/// Whether a process whose thread executes a program is one whose end is not told of. strace loses all lines of such
/// a process, if the call is not shown and calls are chosen by a status other than `detached`; here, what it does is
/// shown, and its end then too.
fn executes_unnoticed(writer: &Writer<'_>, thread: &Thread) -> bool {
    let loses = writer.is_text && writer.drafts && !writer.wants(Status::Detached);
    loses && !thread.call.is_there
}
