//! Whose turn it is: which of a tracee's calls a rule tampers with.

use crate::config::{InjectRule, InjectRules};
use crate::filter::SyscallSet;
use uapi::Abi;

/// How often a tracee has made each call that is tampered with.
#[derive(Debug, Default)]
pub(super) struct Counts(Vec<((Abi, u64), u64)>);

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

/// The rule, by its index, for a call that is being made, if it is to be tampered with. The call has its own `place`
/// among those of its ABI, and is in those sets for which `is_in` says so.
pub(super) fn rule(
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{InjectOutcome, When};

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
