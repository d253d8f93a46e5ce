//! Tampering with calls: what the user's rules say (`-e inject=`, `-e fault=`), and what the observer answers.

use super::fate::Fate;
use super::teller::Teller;
use super::tracee::{Inside, Phase, Planned, Start, Tracee};
use super::turns;
use crate::config::{Config, InjectOutcome, Poke};
use decode::{Call, Outcome};
use event::{Change, Verdict};
use ptrace::{Addr, Memory, Registers, Signal, Stopped, SyscallEntry, SyscallExit};
use std::time::Duration;

/// What is to happen when a tracee goes on.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Next {
    /// A signal that it gets.
    pub(super) signal: Option<Signal>,
    /// How long it has to wait.
    pub(super) delay: Option<Duration>,
    pub(super) fate: Fate,
}

/// The rule for the call that a tracee is about to make, if there is one and it is its turn.
#[inline]
pub(super) fn rule(config: &Config, tracee: &mut Tracee) -> Option<usize> {
    // How the command is started is not the command's doing.
    if config.inject.is_empty() || tracee.start != Start::Done {
        return None;
    }
    let Phase::Inside(Inside { call, .. }) = &tracee.phase else { return None };
    let place = (call.abi, call.place());
    turns::rule(&config.inject, config.inject_rules, &mut tracee.injections, place, |set| {
        set.contains_call(call)
    })
}

/// Tampers with a call that is being made, by a rule, before it is told of.
#[cold]
pub(super) fn on_entry(
    config: &Config,
    teller: &mut Teller<'_>,
    rule: usize,
    inside: &mut Inside,
    stopped: &Stopped,
    at: &SyscallEntry,
) -> Next {
    inside.plan().rule = Some(rule);
    let rule = &config.inject[rule];
    inside.tampering.poked |= poke(&rule.poke_enter, &inside.call, stopped, teller);
    if let Some(result) = rule.outcome {
        let instead = rule.instead.as_deref().and_then(|name| inside.call.abi.number(name));
        answer_for(inside, result, instead, stopped, at);
    }
    inside.tampering.delayed = rule.delay_enter.is_some() || rule.delay_exit.is_some();
    Next { signal: rule.signal.and_then(Signal::new), delay: rule.delay_enter, fate: Fate::GoOn }
}

/// Has the kernel make another call in place of this one, or none, and lets it return this.
fn answer_for(
    inside: &mut Inside,
    result: InjectOutcome,
    instead: Option<u64>,
    stopped: &Stopped,
    at: &SyscallEntry,
) {
    // -1 is no system call, so that the kernel does nothing.
    let nr = instead.unwrap_or(u64::MAX);
    inside.plan().result = Some(result);
    inside.tampering.injected = stopped.set_syscall_entry(&SyscallEntry { nr, ..*at }).is_ok();
}

/// Does what the observer has answered to the entry of a call.
#[inline]
pub(super) fn heed_at_entry(
    verdict: Verdict,
    inside: &mut Inside,
    next: &mut Next,
    stopped: &Stopped,
    at: &SyscallEntry,
) {
    match verdict {
        Verdict::Go | Verdict::End => {}
        Verdict::Kill | Verdict::Leave => next.fate = Fate::of(&verdict),
        Verdict::Fail(errno) => answer_for(inside, InjectOutcome::Error(errno), None, stopped, at),
        Verdict::Return(value) => answer_for(inside, InjectOutcome::Value(value), None, stopped, at),
        Verdict::Change(change) => change_entry(&change, inside, stopped, at),
    }
}

#[cold]
fn change_entry(change: &Change, inside: &mut Inside, stopped: &Stopped, at: &SyscallEntry) {
    match write_all(change, stopped) {
        Some(any) => inside.tampering.poked |= any,
        None => return answer_for(inside, InjectOutcome::Error(libc::EFAULT as u32), None, stopped, at),
    }
    if change.number.is_none() && change.registers.iter().all(Option::is_none) {
        return;
    }
    // What a rule keeps from being made stays so.
    let number = if inside.tampering.injected { Some(u64::MAX) } else { change.number };
    let args: [u64; 6] = std::array::from_fn(|i| change.registers[i].unwrap_or(at.args[i]));
    let entry = SyscallEntry { nr: number.unwrap_or(at.nr), args, ..*at };
    if stopped.set_syscall_entry(&entry).is_ok() {
        inside.tampering.injected = true;
        inside.plan().former = (args != at.args).then_some(at.args);
    }
}

/// Writes what is to be changed in memory; says whether anything was. `None` if there is no such memory.
fn write_all(change: &Change, stopped: &Stopped) -> Option<bool> {
    let memory = stopped.memory();
    let all = change.memory.iter().all(|(address, bytes)| write(&memory, *address, bytes) == bytes.len());
    all.then_some(!change.memory.is_empty())
}

/// Tampers with a call that has returned, before that is told of; returns what it has come to as the tracee sees it, and
/// how long the tracee has to wait.
#[inline]
pub(super) fn on_exit(
    config: &Config,
    teller: &mut Teller<'_>,
    inside: &mut Inside,
    stopped: &Stopped,
    at: &SyscallExit,
) -> (Outcome, Option<Duration>) {
    let outcome = inside.call.outcome(at.rval, at.is_error);
    match inside.planned.take() {
        Some(planned) => as_planned(config, teller, inside, *planned, outcome, stopped, at),
        None => (outcome, None),
    }
}

#[cold]
fn as_planned(
    config: &Config,
    teller: &mut Teller<'_>,
    inside: &mut Inside,
    Planned { rule, result, former }: Planned,
    outcome: Outcome,
    stopped: &Stopped,
    at: &SyscallExit,
) -> (Outcome, Option<Duration>) {
    let rule = rule.map(|rule| &config.inject[rule]);
    if let Some(rule) = rule {
        inside.tampering.poked |= poke(&rule.poke_exit, &inside.call, stopped, teller);
    }
    if let Some(former) = former {
        put_back(former, inside, stopped, at);
    }
    let injected = result.filter(|_| inside.tampering.injected).and_then(|result| {
        let injected = inject(result, &inside.call, stopped, at);
        inside.tampering.injected = injected.is_some();
        injected
    });
    (injected.unwrap_or(outcome), rule.and_then(|rule| rule.delay_exit))
}

/// Makes this the result of a call, and returns what the tracee sees of it.
fn inject(result: InjectOutcome, call: &Call, stopped: &Stopped, at: &SyscallExit) -> Option<Outcome> {
    let (rval, is_error) = match result {
        InjectOutcome::Error(errno) => (-i64::from(errno), true),
        InjectOutcome::Value(value) => (value, false),
    };
    stopped.set_syscall_exit(&SyscallExit { rval, is_error, ..*at }).ok()?;
    Some(call.outcome(rval, is_error))
}

/// Gives a tracee its argument registers back: a call leaves them as they are. Not those of another program, or of what a
/// signal had interrupted.
fn put_back(former: [u64; 6], inside: &Inside, stopped: &Stopped, at: &SyscallExit) {
    let replaces_all = ["execve", "execveat", "rt_sigreturn", "sigreturn"];
    if !at.is_error && inside.call.name().is_some_and(|name| replaces_all.contains(&name)) {
        return;
    }
    let Ok(mut registers) = stopped.registers() else { return };
    let mut args = former;
    if Registers::RESULT_REPLACES_ARGUMENT {
        args[0] = registers.syscall_args(at.arch)[0];
    }
    registers.set_syscall_args(at.arch, args);
    // Of a tracee that is being killed, nobody sees the registers.
    let _ = stopped.set_registers(&registers);
}

/// Does what the observer has answered to the return of a call.
#[inline]
pub(super) fn heed_at_exit(
    verdict: Verdict,
    call: &Call,
    next: &mut Next,
    stopped: &Stopped,
    at: &SyscallExit,
) {
    match verdict {
        Verdict::Go | Verdict::End => {}
        Verdict::Kill | Verdict::Leave => next.fate = Fate::of(&verdict),
        Verdict::Fail(errno) => drop(inject(InjectOutcome::Error(errno), call, stopped, at)),
        Verdict::Return(value) => drop(inject(InjectOutcome::Value(value), call, stopped, at)),
        Verdict::Change(change) => {
            if write_all(&change, stopped).is_none() {
                inject(InjectOutcome::Error(libc::EFAULT as u32), call, stopped, at);
            }
        }
    }
}

/// Writes to where arguments point; returns whether anything was written. The user is told what could not be.
fn poke(pokes: &[Poke], call: &Call, stopped: &Stopped, teller: &mut Teller<'_>) -> bool {
    let tid = stopped.tid();
    let mut any = false;
    // Where pointers overlap, the first poke that was asked for is the one that remains.
    for poke in pokes.iter().rev() {
        let arguments = call.pointers();
        let Some(&address) = arguments.get(poke.arg) else {
            let name = call.name().unwrap_or("unknown");
            teller.message(&format!(
                "poke_tcb: Failed to tamper with process {tid}: requested to tamper with argument #{}, but system call \
                 '{name}' has only {} arguments",
                poke.arg + 1,
                arguments.len()
            ));
            continue;
        };
        let size = poke.data.len();
        match write(&stopped.memory(), address, &poke.data) {
            written if written == size => any = true,
            0 => {
                teller.message(&format!("poke_tcb: Failed to tamper with process {tid}: couldn't poke"));
            }
            written => {
                any = true;
                teller.message(&format!("upoken: pid:{tid} short write ({written} < {size}) @{address:#x}"));
            }
        }
    }
    any
}

/// Writes also where the tracee itself could not: its constants. Returns how much was written.
fn write(memory: &Memory, address: u64, data: &[u8]) -> usize {
    let written = memory.write(Addr(address), data).unwrap_or(0);
    let (at, rest) = (Addr(address.wrapping_add(written as u64)), &data[written..]);
    if rest.is_empty() || memory.write_forced(at, rest).is_err() { written } else { data.len() }
}
