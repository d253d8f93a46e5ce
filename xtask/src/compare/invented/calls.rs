//! Which calls are made, and with which of their commands.

use decode::{Found, Syscall, Variant};
use uapi::Abi;

use super::super::random::Random;
use super::search::Search;
use super::sketch::Page;
use super::sockets;

/// A plan for the probe: in each of `rounds`, calls of an ABI whose names `wanted` takes, with each of their commands.
pub(super) fn plan(abi: Abi, seed: u64, rounds: usize, wanted: &dyn Fn(&str) -> bool) -> Vec<u8> {
    let (mut random, mut plan) = (Random::new(seed), Vec::new());
    for (name, args) in sockets::setup() {
        write(abi.number(name).unwrap_or(0), args, &sockets::memory(), &mut plan);
    }
    for entry in abi.syscalls().iter().filter(|entry| wanted(entry.name) && is_known(abi, entry.name)) {
        let nr = u64::from(entry.nr);
        let Some(row) = syscalls::row(abi, nr) else { continue };
        let commands = commands(row, nr, abi);
        let count = commands.len();
        for command in commands {
            let share = if command.fixed.is_some() { count } else { 1 };
            let most = (120 / share).clamp(2, 16) * rounds;
            let patience = (1200 / share).clamp(12, 120) * rounds;
            let search = Search::new(command, abi, &mut random);
            for (registers, page) in search.calls(rounds, most, patience) {
                write(nr, registers, &page, &mut plan);
            }
        }
    }
    plan
}

/// Adds a call: `struct call` of `probe.c`.
fn write(nr: u64, registers: [u64; 6], page: &Page, to: &mut Vec<u8>) {
    to.extend_from_slice(&nr.to_ne_bytes());
    registers.iter().for_each(|register| to.extend_from_slice(&register.to_ne_bytes()));
    to.extend_from_slice(&page.bytes);
}

/// Whether the oracle's tables have a call: they lack two of those that the kernel's have.
fn is_known(abi: Abi, name: &str) -> bool {
    !(name == "uprobe" || name == "uretprobe" && abi == Abi::X32)
}

/// A way in which a call goes on.
pub(super) struct Command {
    pub(super) nr: u64,
    pub(super) variant: Variant,
    /// The argument that has this value: a command in those of its bits that the mask has, or a descriptor.
    pub(super) fixed: Option<(usize, u64, u64)>,
}

fn commands(row: &'static Syscall, nr: u64, abi: Abi) -> Vec<Command> {
    let listed = Variant::listed(row).flat_map(|(keys, variant)| keys.iter().map(move |key| (key, variant)));
    let requests = syscalls::requests().filter(|_| row.name == "ioctl").map(|request| {
        let found = Found { tail: request.argument.as_slice(), ret: request.ret };
        (&request.code, Variant::found(row, found))
    });
    let keyed = listed.chain(requests).filter_map(|(key, variant)| {
        let switch = row.switch.as_ref()?;
        Some(Command { nr, variant, fixed: Some((switch.on.into(), key.on(abi)?, switch.mask.into())) })
    });
    let other = Variant::other(row);
    let sockets = sockets::descriptors().filter(|_| sockets::CALLS.contains(&row.name));
    let sockets = sockets.map(|fd| Command { nr, variant: other, fixed: Some((0, fd, u64::MAX)) });
    keyed.chain(sockets).chain([Command { nr, variant: other, fixed: None }]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers of the calls in a plan.
    fn numbers(plan: &[u8]) -> Vec<u64> {
        let calls = plan.chunks_exact(7 * size_of::<u64>() + Page::SIZE);
        calls.map(|call| u64::from_ne_bytes(call[..8].try_into().expect("eight bytes"))).collect()
    }

    #[test]
    fn a_seed_makes_a_plan() {
        let of = |seed| plan(Abi::X86_64, seed, 1, &|name| name == "openat2");
        assert_eq!(of(7), of(7));
        assert_ne!(of(7), of(8));
    }

    /// Of those whose names begin with a letter, which is enough.
    #[test]
    fn all_calls_are_made() {
        for abi in [Abi::X86_64, Abi::I386, Abi::X32] {
            let made = numbers(&plan(abi, 1, 1, &|name| name.starts_with('f')));
            let wanted = abi.syscalls().iter().filter(|entry| entry.name.starts_with('f'));
            let missing = wanted.filter(|entry| {
                syscalls::row(abi, entry.nr.into()).is_some() && !made.contains(&entry.nr.into())
            });
            assert_eq!(missing.map(|entry| entry.name).collect::<Vec<_>>(), [""; 0], "{abi:?}");
        }
    }
}
