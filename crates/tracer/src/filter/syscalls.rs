//! Sets of system calls.

use super::list::{self, Invalid, List};
use super::regex::Regex;
use super::roster::{self, Call};
use decode::Multiplexed;
use decode::{Classes, class};
use uapi::{Abi, X32_SYSCALL_BIT};

/// Gives the classes of an ABI's call, by the number that a tracee passes.
pub type ClassOf<'a> = &'a dyn Fn(Abi, u64) -> Classes;

const KIND: &str = "system call";
const ABIS: usize = Abi::ALL.len();
/// Bits per ABI; no ABI has numbers beyond (the x32 bit apart).
const NUMBERS: usize = 1024;
const WORDS: usize = NUMBERS / 64;

/// A set of system calls, for every ABI: a recording may come from another machine.
///
/// The numbers that the kernel knows no call for are in no set.
#[derive(Clone, PartialEq, Eq)]
pub struct SyscallSet {
    /// Bit `nr` of an ABI's bitmap, without the x32 bit.
    numbers: Box<[[u64; WORDS]; ABIS]>,
    /// Bit `n` is what `socketcall(n)` does.
    socketcall: u32,
    /// Bit `n` is what `ipc(n)` does.
    ipc: u32,
}

/// The ABIs that processes on this machine may use, its native one first.
#[must_use]
pub const fn host_abis() -> &'static [Abi] {
    if cfg!(target_arch = "x86_64") {
        &[Abi::X86_64, Abi::I386, Abi::X32]
    } else if cfg!(target_arch = "x86") {
        &[Abi::I386]
    } else if cfg!(target_arch = "aarch64") {
        &[Abi::Aarch64]
    } else if cfg!(target_arch = "riscv64") {
        &[Abi::Riscv64]
    } else {
        &[]
    }
}

impl SyscallSet {
    /// No call.
    #[must_use]
    pub fn none() -> Self {
        Self { numbers: Box::new([[0; WORDS]; ABIS]), socketcall: 0, ipc: 0 }
    }

    /// Every call.
    #[must_use]
    pub fn all() -> Self {
        let mut set = Self::none();
        roster::each(Abi::ALL, |abi, call, _| set.insert(abi, call));
        set
    }

    /// Whether the call that a tracee of `abi` means by `nr` is in it.
    #[inline]
    #[must_use]
    pub fn contains(&self, abi: Abi, nr: u64) -> bool {
        index(abi, nr).is_some_and(|index| self.numbers[abi as usize][index / 64] >> (index % 64) & 1 != 0)
    }

    /// Whether what `socketcall(call, …)` does is in it, for a `call` that the kernel knows (1 to 20).
    #[must_use]
    pub fn contains_socketcall(&self, call: u32) -> bool {
        call < 32 && self.socketcall >> call & 1 != 0
    }

    /// Whether what `ipc(call, …)` does is in it, for a `call` that the kernel knows (1 to 4, 11 to 14, 21 to 24).
    #[must_use]
    pub fn contains_ipc(&self, call: u32) -> bool {
        call < 32 && self.ipc >> call & 1 != 0
    }

    /// Whether a call is in it: one that stands for another as that other.
    #[inline]
    #[must_use]
    pub fn contains_call(&self, call: &decode::Call) -> bool {
        if !call.stands_for_another() {
            return self.contains(call.abi, call.number);
        }
        match call.multiplexed() {
            Some(Multiplexed::Socketcall(which)) => self.contains_socketcall(which),
            Some(Multiplexed::Ipc(which)) => self.contains_ipc(which),
            None => self.contains(call.abi, call.number),
        }
    }

    /// Whether no call is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::none()
    }

    /// Whether every call is in it.
    #[must_use]
    pub fn is_all(&self) -> bool {
        *self == Self::all()
    }

    /// The numbers of an ABI's calls in it, ascending, as a tracee passes them.
    pub fn numbers(&self, abi: Abi) -> impl Iterator<Item = u64> {
        let bit = if abi == Abi::X32 { X32_SYSCALL_BIT } else { 0 };
        (0..NUMBERS as u64).map(move |nr| nr | bit).filter(move |nr| self.contains(abi, *nr))
    }

    /// The set that `expression` means: names, numbers, `%class`, `/regex`, each with a `?` before it if it need
    /// not exist, and with `@64`, `@32` or `@x32` behind it if it is meant for one ABI only.
    ///
    /// # Errors
    /// A member matches no call of this host and has no `?`, or is malformed.
    pub fn parse(expression: &str, class_of: ClassOf<'_>) -> Result<Self, Invalid> {
        let List { negated, members } = List::parse(expression, KIND)?;
        let mut set = Self::none();
        for member in members {
            set.add(member, class_of)?;
        }
        Ok(if negated { set.complement() } else { set })
    }

    fn add(&mut self, member: &str, class_of: ClassOf<'_>) -> Result<(), Invalid> {
        let (optional, rest) = match member.strip_prefix('?') {
            Some(rest) => (true, rest),
            None => (false, member),
        };
        let (pattern, abis) = split_designator(rest)?;
        let matcher = Matcher::new(pattern)?;
        let mut found = false;
        roster::each(abis, |abi, call, name| {
            if matcher.matches(abi, call, name, class_of) {
                self.insert(abi, call);
                found |= host_abis().contains(&abi);
            }
        });
        // An empty class is a class all the same.
        if found || optional || matches!(matcher, Matcher::Class(_) | Matcher::All) {
            return Ok(());
        }
        Err(Invalid::Member { kind: KIND, member: rest.to_owned() })
    }

    fn insert(&mut self, abi: Abi, call: Call) {
        match call {
            Call::Number(nr) => {
                if let Some(index) = index(abi, nr) {
                    self.numbers[abi as usize][index / 64] |= 1 << (index % 64);
                }
            }
            Call::Socketcall(call) => self.socketcall |= 1 << call,
            Call::Ipc(call) => self.ipc |= 1 << call,
        }
    }

    fn complement(&self) -> Self {
        let mut set = Self::all();
        for (all, these) in set.numbers.iter_mut().flatten().zip(self.numbers.iter().flatten()) {
            *all &= !these;
        }
        set.socketcall &= !self.socketcall;
        set.ipc &= !self.ipc;
        set
    }
}

impl std::fmt::Debug for SyscallSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut names = Vec::new();
        roster::each(Abi::ALL, |abi, call, name| {
            let member = match call {
                Call::Number(nr) => self.contains(abi, nr),
                Call::Socketcall(call) => self.contains_socketcall(call),
                Call::Ipc(call) => self.contains_ipc(call),
            };
            if member {
                names.push(format!("{name}@{abi:?}"));
            }
        });
        f.debug_set().entries(names).finish()
    }
}

/// Where an ABI's bitmap has number `nr`.
fn index(abi: Abi, nr: u64) -> Option<usize> {
    let nr = if abi == Abi::X32 { nr & !X32_SYSCALL_BIT } else { nr };
    usize::try_from(nr).ok().filter(|nr| *nr < NUMBERS)
}

/// Takes the ABIs off the end of a member: those of this host that are meant, and their like on others.
fn split_designator(member: &str) -> Result<(&str, impl Iterator<Item = Abi>), Invalid> {
    let (pattern, designator) = match member.rsplit_once('@') {
        Some((pattern, designator)) => (pattern, Some(designator)),
        None => (member, None),
    };
    let class = |abi: &Abi| match abi {
        Abi::X86_64 | Abi::Aarch64 | Abi::Riscv64 => "64",
        Abi::I386 => "32",
        Abi::X32 => "x32",
    };
    let is_meant = move |abi: &Abi| designator.is_none_or(|designator| class(abi) == designator);
    match designator {
        Some(designator) if !host_abis().iter().any(is_meant) => {
            Err(Invalid::Personality { designator: designator.to_owned(), member: member.to_owned() })
        }
        _ => Ok((pattern, Abi::ALL.into_iter().filter(is_meant))),
    }
}

/// What a member of an expression asks for.
enum Matcher<'a> {
    All,
    Number(u64),
    Name(&'a str),
    Class(Classes),
    Regex(Regex),
}

impl<'a> Matcher<'a> {
    fn new(pattern: &'a str) -> Result<Self, Invalid> {
        if let Some(regex) = pattern.strip_prefix('/') {
            return match Regex::new(regex) {
                Ok(regex) => Ok(Self::Regex(regex)),
                Err(reason) => Err(Invalid::Regex { pattern: regex.to_owned(), reason }),
            };
        }
        if pattern == "all" {
            return Ok(Self::All);
        }
        if let Some(classes) = class_by_name(pattern) {
            return Ok(Self::Class(classes));
        }
        Ok(list::number(pattern).map_or(Self::Name(pattern), Self::Number))
    }

    fn matches(&self, abi: Abi, call: Call, name: &str, class_of: ClassOf<'_>) -> bool {
        match self {
            Self::All => true,
            Self::Number(number) => match call {
                Call::Number(nr) => index(abi, nr) == index(abi, *number),
                Call::Socketcall(_) | Call::Ipc(_) => false,
            },
            Self::Name(wanted) => *wanted == name,
            Self::Class(classes) => roster::classes(abi, call, name, class_of) & classes != 0,
            Self::Regex(regex) => regex.is_match(name),
        }
    }
}

/// The classes by name: `%` and a name, or one of the few names that need no `%`.
fn class_by_name(pattern: &str) -> Option<Classes> {
    let (bare, name) = match pattern.strip_prefix('%') {
        Some(name) => (false, name),
        None => (true, pattern),
    };
    Some(match name {
        "desc" => class::DESC,
        "file" => class::FILE,
        "ipc" => class::IPC,
        "memory" => class::MEMORY,
        "network" => class::NETWORK,
        "process" => class::PROCESS,
        "signal" => class::SIGNAL,
        _ if bare => return None,
        "net" => class::NETWORK,
        "clock" => class::CLOCK,
        "creds" => class::CREDS,
        "fstat" => class::FSTAT,
        "fstatfs" => class::FSTATFS,
        "lstat" => class::LSTAT,
        "pure" => class::PURE,
        "stat" => class::STAT,
        "%stat" => class::STAT_LIKE,
        "statfs" => class::STATFS,
        "%statfs" => class::STATFS_LIKE,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn no_class(_: Abi, _: u64) -> Classes {
        class::NONE
    }

    fn stat_class(abi: Abi, nr: u64) -> Classes {
        match abi.syscall(nr).map(|entry| entry.name) {
            Some("stat" | "stat64") => class::STAT | class::STAT_LIKE,
            Some("fstat") => class::FSTAT | class::STAT_LIKE,
            Some("readv" | "sendto") => class::DESC,
            _ => class::NONE,
        }
    }

    fn set(expression: &str) -> SyscallSet {
        SyscallSet::parse(expression, &stat_class).unwrap()
    }

    fn error(expression: &str) -> String {
        SyscallSet::parse(expression, &no_class).unwrap_err().to_string()
    }

    #[test]
    fn all_and_none() {
        assert!(set("all").is_all() && set("!none").is_all() && SyscallSet::all().is_all());
        assert!(set("none").is_empty() && set("!all").is_empty() && SyscallSet::none().is_empty());
        assert!(!set("all").contains(host_abis()[0], 0xbad));
    }

    #[test]
    fn negation_keeps_to_what_exists() {
        let set = set("!write");
        let abi = host_abis()[0];
        let number = |name| abi.number(name).unwrap();
        assert!(!set.contains(abi, number("write")) && set.contains(abi, number("read")));
        assert!(!set.contains(abi, 0xbad) && !set.contains(abi, u64::MAX));
    }

    #[test]
    fn missing_calls() {
        assert_eq!(error("foo"), "invalid system call 'foo'");
        assert_eq!(error("write,!read"), "invalid system call '!read'");
        assert_eq!(error("write,none"), "invalid system call 'none'");
        assert_eq!(error("99999"), "invalid system call '99999'");
        assert_eq!(error("/nope"), "invalid system call '/nope'");
        assert_eq!(error("%nope"), "invalid system call '%nope'");
        assert_eq!(error("write@64@32"), "invalid system call 'write@64@32'");
        assert!(set("?foo,?99999,?/nope,?%nope,?").is_empty());
    }

    #[test]
    fn unknown_abi() {
        assert_eq!(
            error("?write@foo"),
            "incorrect personality designator 'foo' in qualification 'write@foo'"
        );
    }

    #[test]
    fn bad_regex() {
        assert!(error("/[").starts_with("regcomp: [: "));
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn names_hold_for_all_abis_unless_one_is_said() {
        let abis = |expression| {
            let set = set(expression);
            Abi::ALL
                .into_iter()
                .filter(|abi| abi.number("write").is_some_and(|nr| set.contains(*abi, nr)))
                .collect::<Vec<_>>()
        };
        assert_eq!(abis("write"), Abi::ALL);
        assert_eq!(abis("write@64"), [Abi::X86_64, Abi::Aarch64, Abi::Riscv64]);
        assert_eq!(abis("write@32"), [Abi::I386]);
        assert_eq!(abis("/^write$@x32"), [Abi::X32]);
        assert_eq!(abis("1"), [Abi::X86_64, Abi::X32]);
        assert_eq!(abis("1073741825"), [Abi::X32]);
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn calls_that_x32_borrows() {
        let nr = Abi::X86_64.number("readv").unwrap() | X32_SYSCALL_BIT;
        for expression in ["readv#64", "readv#64@x32", "/readv", "%desc"] {
            assert!(set(expression).contains(Abi::X32, nr), "{expression}");
        }
        assert!(!set("readv").contains(Abi::X32, nr));
        assert_eq!(error("readv#64@64"), "invalid system call 'readv#64@64'");
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn multiplexed_calls() {
        let set = set("send,semop,%desc");
        assert!(set.contains_socketcall(9) && set.contains_ipc(1) && set.contains_socketcall(11));
        assert!(!set.contains_socketcall(1) && !set.contains_ipc(2) && !set.contains_socketcall(99));
        assert_eq!(error("send@64"), "invalid system call 'send@64'");
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn classes() {
        let numbers = |expression| set(expression).numbers(Abi::X86_64).collect::<Vec<_>>();
        assert_eq!(numbers("%stat"), [4]);
        assert_eq!(numbers("%%stat"), [4, 5]);
        assert_eq!(numbers("stat"), [4]);
        assert_eq!(numbers("?%fstat@64"), [5]);
        assert_eq!(set("stat64,%stat").numbers(Abi::X32).collect::<Vec<_>>(), [4 | X32_SYSCALL_BIT]);
    }
}
