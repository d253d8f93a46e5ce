//! Tampering with calls (`-e inject=`, `-e fault=`): other results, signals, delays, memory.

use crate::call::Call;
use crate::config::{InjectOutcome, InjectRule, InjectRules, Poke};
use crate::filter::SyscallSet;
use decode::Outcome;
use ptrace::{Addr, Memory, Signal, Stopped, SyscallEntry, SyscallExit};
use std::time::Duration;
use uapi::Abi;

/// How often a tracee has made each call that is tampered with.
#[derive(Debug, Default)]
pub(crate) struct Counts(Vec<((Abi, u64), u64)>);

impl Counts {
    /// Counts a call, and returns its number from 1.
    fn next(&mut self, abi: Abi, number: u64) -> u64 {
        let key = (abi, number);
        match self.0.iter_mut().find(|(known, _)| *known == key) {
            Some((_, count)) => {
                *count += 1;
                *count
            }
            None => {
                self.0.push((key, 1));
                1
            }
        }
    }
}

/// What is to happen when a tracee goes on.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Next {
    /// A signal that it gets.
    pub(crate) signal: Option<Signal>,
    /// How long it has to wait.
    pub(crate) delay: Option<Duration>,
}

/// The rule, by its index, for a call that is being made, if it is to be tampered with. The call has its own `place`
/// among those of its ABI, and is in those sets for which `is_in` says so.
pub(crate) fn rule(
    rules: &[InjectRule],
    which: InjectRules,
    counts: &mut Counts,
    (abi, place): (Abi, u64),
    is_in: impl Fn(&SyscallSet) -> bool,
) -> Option<usize> {
    let last = rules.iter().rposition(|rule| is_in(&rule.calls))?;
    // All rules for the call have seen it as often: one count serves them all.
    let n = counts.next(abi, place);
    let holds = |rule: &InjectRule| rule.when.holds(n);
    match which {
        InjectRules::Last => holds(&rules[last]).then_some(last),
        InjectRules::Each => rules[..=last].iter().rposition(|rule| holds(rule) && is_in(&rule.calls)),
    }
}

/// Tampers with a call that is being made, before it is decoded.
pub(crate) fn on_entry(
    rule: &InjectRule,
    call: &mut Call,
    stopped: &Stopped,
    at: &SyscallEntry,
    complaints: &mut Vec<String>,
) -> Next {
    call.poked |= poke(&rule.poke_enter, call, stopped, complaints);
    if rule.outcome.is_some() {
        let instead = rule.instead.as_deref().and_then(|name| call.abi.number(name));
        // -1 is no system call, so that the kernel does nothing.
        let nr = instead.unwrap_or(u64::MAX);
        call.injected = stopped.set_syscall_entry(&SyscallEntry { nr, ..*at }).is_ok();
    }
    call.delayed = rule.delay_enter.is_some() || rule.delay_exit.is_some();
    Next { signal: rule.signal.and_then(Signal::new), delay: rule.delay_enter }
}

/// Tampers with a call that has returned, before that is decoded; returns what the tracee takes for its result.
pub(crate) fn on_exit(
    rule: &InjectRule,
    call: &mut Call,
    stopped: &Stopped,
    at: &SyscallExit,
    complaints: &mut Vec<String>,
) -> Option<Outcome> {
    call.poked |= poke(&rule.poke_exit, call, stopped, complaints);
    let (rval, is_error, outcome) = match rule.outcome.filter(|_| call.injected)? {
        InjectOutcome::Error(errno) => (-i64::from(errno), true, Outcome::Error(errno)),
        // Registers of a 32-bit tracee take no more.
        InjectOutcome::Value(value) if call.abi == Abi::I386 => {
            (value, false, Outcome::Value(i64::from(value as u32)))
        }
        InjectOutcome::Value(value) => (value, false, Outcome::Value(value)),
    };
    let set = stopped.set_syscall_exit(&SyscallExit { rval, is_error, ..*at });
    call.injected = set.is_ok();
    call.injected.then_some(outcome)
}

/// Writes to where arguments point; returns whether anything was written. What could not be goes to `complaints`.
fn poke(pokes: &[Poke], call: &Call, stopped: &Stopped, complaints: &mut Vec<String>) -> bool {
    let tid = stopped.tid();
    let mut any = false;
    // Where pointers overlap, the first poke that was asked for is the one that remains.
    for poke in pokes.iter().rev() {
        let arguments = call.pointers();
        let Some(&address) = arguments.get(poke.arg) else {
            let name = call.name().unwrap_or("unknown");
            complaints.push(format!(
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
                complaints.push(format!("poke_tcb: Failed to tamper with process {tid}: couldn't poke"));
            }
            written => {
                any = true;
                complaints.push(format!("upoken: pid:{tid} short write ({written} < {size}) @{address:#x}"));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::When;

    #[test]
    fn the_last_rule_holds_and_calls_are_counted_apart() {
        let calls = |text: &str| SyscallSet::parse(text, &|_, _| 0).unwrap();
        let all = InjectRule {
            calls: calls("read,write"),
            when: When { first: 2, last: 2, step: 0 },
            outcome: Some(InjectOutcome::Error(5)),
            instead: None,
            signal: None,
            delay_enter: None,
            delay_exit: None,
            poke_enter: Vec::new(),
            poke_exit: Vec::new(),
        };
        let last = InjectRule { calls: calls("write"), when: When::ALWAYS, ..all.clone() };
        let rules = [all, last];
        let mut counts = Counts::default();
        let mut hit = |nr| {
            let is_in = |set: &SyscallSet| set.contains(Abi::X86_64, nr);
            rule(&rules, InjectRules::Last, &mut counts, (Abi::X86_64, nr), is_in).is_some()
        };
        assert_eq!([hit(0), hit(1), hit(0), hit(0), hit(2)], [false, true, true, false, false]);
    }

    #[test]
    fn each_rule_has_its_turns() {
        let calls = |text: &str| SyscallSet::parse(text, &|_, _| 0).unwrap();
        let with = |text: &str, first, step| InjectRule {
            calls: calls(text),
            when: When { first, last: if step == 0 { first } else { u32::MAX }, step },
            outcome: Some(InjectOutcome::Error(5)),
            instead: None,
            signal: None,
            delay_enter: None,
            delay_exit: None,
            poke_enter: Vec::new(),
            poke_exit: Vec::new(),
        };
        // Calls 0 and 1 are read and write.
        let rules = [with("read,write", 2, 3), with("read", 4, 0), with("read", 5, 0), with("close", 1, 1)];
        let turns = |which, nr| {
            let mut counts = Counts::default();
            let is_in = |set: &SyscallSet| set.contains(Abi::X86_64, nr);
            let mut next = |_| rule(&rules, which, &mut counts, (Abi::X86_64, nr), is_in);
            (1..=6).map(&mut next).collect::<Vec<_>>()
        };
        assert_eq!(turns(InjectRules::Each, 0), [None, Some(0), None, Some(1), Some(2), None]);
        assert_eq!(turns(InjectRules::Last, 0), [None, None, None, None, Some(2), None]);
        for which in [InjectRules::Each, InjectRules::Last] {
            assert_eq!(turns(which, 1), [None, Some(0), None, None, Some(0), None]);
            assert_eq!(turns(which, 2), [None; 6]);
        }
    }
}
