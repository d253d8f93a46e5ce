//! The two ends of a call: what is told of it, and what is done to it.

use super::tamper::{self, Next};
use super::teller::Teller;
use super::tracee::{Phase, Start, Tracee};
use super::{debug, stacks};
use crate::config::{Config, Quiet};
use crate::sys;
use event::What;
use ptrace::{Stopped, SyscallEntry, SyscallExit};
use uapi::Abi;

/// The tracee is about to make a call of this ABI; returns how it goes on.
pub(super) fn enter(
    config: &Config,
    teller: &mut Teller<'_>,
    tracee: &mut Tracee,
    stopped: &Stopped,
    at: &SyscallEntry,
    abi: Abi,
) -> Next {
    tracee.again.entered();
    tracee.task.ip = Some(at.instruction_pointer);
    tracee.stack_pointer = Some(at.stack_pointer);
    if tracee.start == Start::Waiting && abi.syscall(at.nr).is_some_and(|entry| entry.name == "execve") {
        tracee.start = Start::Pending;
    }
    if abi != tracee.task.abi {
        tracee.task.abi = abi;
        // It is told with the number of the call before, as strace has it.
        if teller.tells(Quiet::Personality) && !tracee.is_hidden() {
            teller.tell(tracee, What::Personality);
        }
    }
    tracee.task.number = at.nr;
    if teller.stacks.is_some() {
        stacks::entering(tracee, abi, at.nr);
    }
    tracee.phase = Phase::Skipping;
    if config.debug && abi.syscall(at.nr).is_none() {
        teller.message(&debug::unknown_call(tracee.tid, at.nr));
    }
    if tracee.is_hidden() {
        return Next::default();
    }
    if !teller.begins(tracee, at.args) {
        return Next::default();
    }
    let rule = tamper::rule(config, tracee);
    let Phase::Inside(inside) = &mut tracee.phase else { return Next::default() };
    let mut next = match rule {
        Some(rule) => tamper::on_entry(config, teller, rule, inside, stopped, at),
        None => Next::default(),
    };
    let verdict = teller.entered(tracee);
    let Phase::Inside(inside) = &mut tracee.phase else { return next };
    if inside.call.entry.is_none_or(|entry| entry.name != "restart_syscall") {
        tracee.restarting = inside.call.entry.map(|_| (abi, at.nr));
    }
    tamper::heed_at_entry(verdict, inside, &mut next, stopped, at);
    inside.since = teller.needs.spent.then(sys::monotonic);
    next
}

/// The tracee's call has returned; returns how it goes on.
pub(super) fn exit(
    config: &Config,
    teller: &mut Teller<'_>,
    tracee: &mut Tracee,
    stopped: &Stopped,
    at: &SyscallExit,
) -> Next {
    tracee.task.ip = Some(at.instruction_pointer);
    let Phase::Inside(inside) = &mut tracee.phase else {
        tracee.phase = Phase::Outside;
        return Next::default();
    };
    let (outcome, delay) = tamper::on_exit(config, teller, inside, stopped, at);
    let mut next = Next { delay, ..Next::default() };
    let verdict = teller.returned(tracee, outcome);
    if let Phase::Inside(inside) = &tracee.phase {
        tamper::heed_at_exit(verdict, &inside.call, &mut next, stopped, at);
    }
    tracee.phase = Phase::Outside;
    next
}
