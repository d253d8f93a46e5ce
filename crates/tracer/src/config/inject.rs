//! Rules for tampering: `CALLS[:ACTION]…`.

use super::{InjectOutcome, InjectRule, Poke, When};
use crate::filter::list::{self, Invalid};
use crate::filter::number::{is_space, leading, time, unsigned};
use crate::filter::{ClassOf, SyscallSet, host_abis, signals};
use decode::class;
use uapi::errno;

/// The error of a `fault` rule that names none.
const ENOSYS: u32 = 38;
/// The greatest errno: results above the address space, less this, are errors.
const MAX_ERRNO: u64 = 4095;
/// The most bytes that one poke writes.
const MAX_POKE: usize = 1024;
/// The greatest number of a call in `when=`.
const MAX_COUNT: u32 = 65535;

/// How a rule is introduced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InjectKind {
    /// `inject=`: there must be an action.
    Inject,
    /// `fault=`: the call fails, with `ENOSYS` if nothing else is said; no other actions.
    Fault,
}

impl InjectRule {
    /// The rule that `text` means.
    ///
    /// # Errors
    /// The calls or the actions are malformed, given twice, or of no effect.
    pub fn parse(text: &str, kind: InjectKind, class_of: ClassOf<'_>) -> Result<Self, Invalid> {
        let (calls, actions) = text.split_once(':').unwrap_or((text, ""));
        let mut rule = Self {
            calls: SyscallSet::parse(calls, class_of)?,
            when: When::ALWAYS,
            outcome: None,
            instead: None,
            signal: None,
            delay_enter: None,
            delay_exit: None,
            poke_enter: Vec::new(),
            poke_exit: Vec::new(),
        };
        let fits = actions
            .split(':')
            .filter(|action| !action.is_empty())
            .all(|action| rule.apply(action, kind, class_of).is_some());
        if kind == InjectKind::Fault && rule.outcome.is_none() {
            rule.outcome = Some(InjectOutcome::Error(ENOSYS));
        }
        if fits && rule.acts() {
            return Ok(rule);
        }
        let option = match kind {
            InjectKind::Inject => "inject",
            InjectKind::Fault => "fault",
        };
        Err(Invalid::Rule { option, rule: text.to_owned() })
    }

    /// What is doubtful about the value that it makes calls return, if anything is.
    #[must_use]
    pub fn warning(&self) -> Option<String> {
        let Some(InjectOutcome::Value(value)) = self.outcome else { return None };
        let value = value as u64;
        let error = |negated: u64| (1..=MAX_ERRNO).contains(&negated).then_some(negated);
        if let Some(error) = error(value.wrapping_neg()) {
            return Some(format!("Inadvertent injection of error {error} is possible for retval={value}"));
        }
        if host_abis().len() < 2 {
            return None;
        }
        let clipped = value as u32;
        if let Some(error) = error(u64::from(clipped.wrapping_neg())) {
            return Some(format!(
                "Inadvertent injection of error {error} is possible in compat personality for retval={value}"
            ));
        }
        (u64::from(clipped) != value).then(|| {
            format!("Injected return value {value} will be clipped to {clipped} in compat personality")
        })
    }

    /// Whether it does anything.
    fn acts(&self) -> bool {
        self.outcome.is_some()
            || self.signal.is_some()
            || self.delay_enter.is_some()
            || self.delay_exit.is_some()
            || !self.poke_enter.is_empty()
            || !self.poke_exit.is_empty()
    }

    /// Adds one action; `None` if it is malformed or may not be there.
    fn apply(&mut self, action: &str, kind: InjectKind, class_of: ClassOf<'_>) -> Option<()> {
        let (name, value) = action.split_once('=')?;
        match name {
            "when" => self.when = when(value)?,
            "error" => self.set_outcome(InjectOutcome::Error(error(value)?))?,
            "syscall" => set(&mut self.instead, harmless(value, class_of)?)?,
            _ if kind == InjectKind::Fault => return None,
            "retval" => self.set_outcome(InjectOutcome::Value(retval(value)?))?,
            "signal" => set(&mut self.signal, signal(value)?)?,
            "delay_enter" => set(&mut self.delay_enter, time(value)?)?,
            "delay_exit" => set(&mut self.delay_exit, time(value)?)?,
            "poke_enter" => set_pokes(&mut self.poke_enter, value)?,
            "poke_exit" => set_pokes(&mut self.poke_exit, value)?,
            _ => return None,
        }
        Some(())
    }

    fn set_outcome(&mut self, outcome: InjectOutcome) -> Option<()> {
        set(&mut self.outcome, outcome)
    }
}

/// Fills an empty slot; `None` if it is filled already.
fn set<T>(slot: &mut Option<T>, value: T) -> Option<()> {
    slot.is_none().then(|| *slot = Some(value))
}

/// An errno by number or name.
fn error(text: &str) -> Option<u32> {
    if let Some(number) = unsigned(text, MAX_ERRNO) {
        return u32::try_from(number).ok().filter(|number| *number > 0);
    }
    let is_named = |number: &u32| errno::name_of(*number).is_some_and(|name| name.eq_ignore_ascii_case(text));
    (1..=MAX_ERRNO as u32).find(is_named)
}

/// A 64-bit value in any of C's notations, negative or not.
fn retval(text: &str) -> Option<i64> {
    let text = text.trim_start_matches(is_space);
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (radix, digits) = match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        Some(digits) => (16, digits),
        None if digits.len() > 1 && digits.starts_with('0') => (8, &digits[1..]),
        None => (10, digits),
    };
    // `from_str_radix` would take another sign.
    if !digits.starts_with(|c: char| c.is_ascii_hexdigit()) {
        return None;
    }
    let value = u64::from_str_radix(digits, radix).ok()?;
    Some(if negative { value.wrapping_neg() } else { value } as i64)
}

fn signal(text: &str) -> Option<i32> {
    let number = match list::number(text) {
        Some(number) => i32::try_from(number).ok()?,
        None => signals::by_name(text)? as i32,
    };
    (1..=uapi::signal::SIGRTMAX as i32).contains(&number).then_some(number)
}

/// The name of a call that changes nothing, on whatever ABI.
fn harmless(name: &str, class_of: ClassOf<'_>) -> Option<String> {
    let is_pure = |abi: uapi::Abi| abi.number(name).is_some_and(|nr| class_of(abi, nr) & class::PURE != 0);
    host_abis().iter().all(|abi| is_pure(*abi)).then(|| name.to_owned())
}

/// `FIRST[..LAST][+[STEP]]`.
fn when(text: &str) -> Option<When> {
    let count = |text, max| {
        let (number, rest) = leading(text)?;
        let number = u32::try_from(number).ok().filter(|number| (1..=max).contains(number))?;
        Some((number, rest))
    };
    let (first, rest) = count(text, MAX_COUNT)?;
    let (last, rest) = match rest.strip_prefix("..") {
        Some(rest) => count(rest, MAX_COUNT - 1).map(|(last, rest)| (Some(last), rest))?,
        None => (None, rest),
    };
    let (step, rest) = match rest.strip_prefix('+') {
        Some("") => (Some(1), ""),
        Some(rest) => count(rest, MAX_COUNT).map(|(step, rest)| (Some(step), rest))?,
        None => (None, rest),
    };
    let when = match (last, step) {
        (None, None) => When { first, last: first, step: 0 },
        (None, Some(step)) => When { first, last: u32::MAX, step },
        (Some(last), step) => When { first, last, step: step.unwrap_or(1) },
    };
    (rest.is_empty() && first <= when.last).then_some(when)
}

/// Fills an empty list of pokes from `@argN=HEX[,@argN=HEX]…`.
fn set_pokes(slot: &mut Vec<Poke>, text: &str) -> Option<()> {
    if !slot.is_empty() || text.is_empty() {
        return None;
    }
    for item in text.split(',').filter(|item| !item.is_empty()) {
        let poke = poke(item)?;
        if slot.iter().any(|other| other.arg == poke.arg) {
            return None;
        }
        slot.push(poke);
    }
    Some(())
}

fn poke(item: &str) -> Option<Poke> {
    let (number, hex) = item.strip_prefix("@arg")?.split_once('=')?;
    let arg = match number.as_bytes() {
        [digit @ b'1'..=b'7'] => usize::from(digit - b'1'),
        _ => return None,
    };
    let hex = hex.as_bytes();
    if hex.is_empty() || hex.len() % 2 != 0 || hex.len() > 2 * MAX_POKE {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let byte = |pair: &[u8]| u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok();
    let data = hex.chunks_exact(2).map(byte).collect::<Option<_>>()?;
    Some(Poke { arg, data })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use uapi::Abi;

    fn class_of(abi: Abi, nr: u64) -> decode::Classes {
        match abi.syscall(nr) {
            Some(entry) if entry.name.starts_with("get") => class::PURE,
            _ => class::NONE,
        }
    }

    fn inject(actions: &str) -> Result<InjectRule, Invalid> {
        InjectRule::parse(&format!("chdir:{actions}"), InjectKind::Inject, &class_of)
    }

    #[test]
    fn outcomes() {
        for (action, outcome) in [
            ("error=ENOENT", InjectOutcome::Error(2)),
            ("error=enoent", InjectOutcome::Error(2)),
            ("error=4095", InjectOutcome::Error(4095)),
            ("error=ERESTARTSYS", InjectOutcome::Error(512)),
            ("retval=-1", InjectOutcome::Value(-1)),
            ("retval=0x10", InjectOutcome::Value(16)),
            ("retval=010", InjectOutcome::Value(8)),
            ("retval=18446744073709551615", InjectOutcome::Value(-1)),
        ] {
            assert_eq!(inject(action).unwrap().outcome, Some(outcome), "{action}");
        }
    }

    #[test]
    fn whens() {
        let all = When::ALWAYS.last;
        for (text, (first, last, step)) in [
            ("3", (3, 3, 0)),
            ("+3", (3, 3, 0)),
            ("3+", (3, all, 1)),
            ("3+2", (3, all, 2)),
            ("3..5", (3, 5, 1)),
            ("3..5+", (3, 5, 1)),
            ("3..5+2", (3, 5, 2)),
            ("3..+5", (3, 5, 1)),
            ("65535+65535", (65535, all, 65535)),
        ] {
            assert_eq!(when(text), Some(When { first, last, step }), "{text}");
        }
        for not in ["", "0", "65536", "1+0", "1+65536", "2..1", "1..65535", "1..", "1+..2", "1x", "..", "-1"]
        {
            assert_eq!(when(not), None, "{not}");
        }
    }

    #[test]
    fn when_holds() {
        let holds = |text| (1..=8).filter(|n| when(text).unwrap().holds(*n)).collect::<Vec<u64>>();
        assert_eq!(holds("3"), [3]);
        assert_eq!(holds("6+"), [6, 7, 8]);
        assert_eq!(holds("2+3"), [2, 5, 8]);
        assert_eq!(holds("2..6+2"), [2, 4, 6]);
        assert!((1..=8).all(|n| When::ALWAYS.holds(n)));
    }

    #[test]
    fn other_actions() {
        let rule = inject("signal=RT_1:delay_enter=1ms:delay_exit=2:poke_exit=@arg1=dEaD,@arg7=00").unwrap();
        assert_eq!(rule.signal, Some(33));
        assert_eq!(rule.delay_enter, Some(Duration::from_millis(1)));
        assert_eq!(rule.delay_exit, Some(Duration::from_micros(2)));
        let pokes = [Poke { arg: 0, data: vec![0xde, 0xad] }, Poke { arg: 6, data: vec![0] }];
        assert_eq!(rule.poke_exit, pokes);
        assert_eq!(inject("error=1:syscall=getpid").unwrap().instead.as_deref(), Some("getpid"));
    }

    #[test]
    fn errors() {
        for not in [
            "",
            "error=",
            "error=foo",
            "error=0",
            "error=4096",
            "error=-1",
            "error=EWOULDBLOCK",
            "error=1x",
            "error=1:error=2",
            "error=1:retval=2",
            "retval=",
            "retval=foo",
            "retval=0x",
            "retval=--1",
            "retval=18446744073709551616",
            "signal=0",
            "signal=65",
            "signal=foo",
            "signal=1:signal=2",
            "when=1",
            "delay_enter=-1",
            "delay_enter=1:delay_enter=2",
            "syscall=getpid",
            "error=1:syscall=read",
            "error=1:syscall=39",
            "poke_enter=@arg0=00",
            "poke_enter=@arg8=00",
            "poke_enter=@arg01=00",
            "poke_enter=@arg1=0",
            "poke_enter=@arg1=",
            "poke_enter=@arg1=xx",
            "poke_enter=arg1=00",
            &format!("poke_enter=@arg1={}", "00".repeat(MAX_POKE + 1)),
            "poke_enter=@arg1=00,@arg1=01",
            "foo=1",
            "foo",
            "ERROR=1",
        ] {
            let error = inject(not).unwrap_err();
            assert_eq!(error.to_string(), format!("invalid inject argument 'chdir:{not}'"));
        }
    }

    #[test]
    fn faults() {
        let fault = |text| InjectRule::parse(text, InjectKind::Fault, &class_of);
        assert_eq!(fault("chdir").unwrap().outcome, Some(InjectOutcome::Error(ENOSYS)));
        assert_eq!(fault("chdir:error=EPERM:when=2").unwrap().outcome, Some(InjectOutcome::Error(1)));
        assert_eq!(
            fault("chdir:signal=1").unwrap_err().to_string(),
            "invalid fault argument 'chdir:signal=1'"
        );
        assert_eq!(fault("foo").unwrap_err().to_string(), "invalid system call 'foo'");
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn warnings() {
        let warning = |value: &str| inject(&format!("retval={value}")).unwrap().warning().unwrap_or_default();
        assert_eq!(warning("1"), "");
        assert_eq!(
            warning("-1"),
            "Inadvertent injection of error 1 is possible for retval=18446744073709551615"
        );
        assert_eq!(
            warning("4294967295"),
            "Inadvertent injection of error 1 is possible in compat personality for retval=4294967295"
        );
        assert_eq!(
            warning("8589934591"),
            "Inadvertent injection of error 1 is possible in compat personality for retval=8589934591"
        );
        assert_eq!(
            warning("4294967296"),
            "Injected return value 4294967296 will be clipped to 0 in compat personality"
        );
    }
}
