//! Calls by chance, guided by the rows: which is what it takes to get beyond the first number without a name.

use decode::{Arg, Len, Syscall, Ty, Width};
use uapi::Abi;

use super::files;
use super::memory::{Arena, Random};
use super::netlink;
use super::processes;
use super::sockets::Maker;

/// A call that the probe makes; `struct call` of `probe.c`.
pub(super) struct Call {
    nr: u64,
    args: [u64; 6],
    memory: Vec<u8>,
}

impl Call {
    fn write(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(&self.nr.to_ne_bytes());
        self.args.iter().for_each(|arg| to.extend_from_slice(&arg.to_ne_bytes()));
        to.extend_from_slice(&self.memory);
    }
}

/// A plan for the probe: `rounds` times each call of an ABI whose name `wanted` takes, and each of its commands.
pub(super) fn plan(abi: Abi, seed: u64, rounds: usize, wanted: &dyn Fn(&str) -> bool) -> Vec<u8> {
    let mut random = Random::new(seed);
    let mut plan = Vec::new();
    for (name, args) in netlink::setup() {
        let nr = abi.number(name).unwrap_or(0);
        Call { nr, args, memory: netlink::setup_memory() }.write(&mut plan);
    }
    for entry in
        abi.syscalls().iter().filter(|entry| wanted(entry.name) && processes::is_known(abi, entry.name))
    {
        let nr = u64::from(entry.nr);
        let Some(row) = syscalls::row(abi, nr) else { continue };
        for command in commands(row, abi) {
            for _ in 0..rounds {
                call(row, nr, command, abi, &mut random).write(&mut plan);
            }
        }
    }
    if wanted("netlink") {
        let rows = netlink::OVER_SOCKETS.iter().filter_map(|name| Some((name, abi.number(name)?)));
        for (name, nr) in rows.flat_map(|row| std::iter::repeat_n(row, NETLINK_ROUNDS * rounds)) {
            let mut arena = Arena::new(abi, &mut random);
            let mut args = [0; 6];
            netlink::call(name, abi, &mut arena, &mut args, &mut random);
            Call { nr, args, memory: arena.bytes }.write(&mut plan);
        }
    }
    plan
}

/// How many messages over netlink there are of each call in each round.
const NETLINK_ROUNDS: usize = 4;

/// A way that a call goes on.
#[derive(Clone, Copy)]
struct Command {
    key: Option<u64>,
    tail: &'static [Arg],
}

fn commands(row: &'static Syscall, abi: Abi) -> Vec<Command> {
    let Some(switch) = &row.switch else { return vec![Command { key: None, tail: &[] }; 3] };
    let cases = switch.cases.iter().flat_map(|case| case.keys.iter().map(|key| (key, case.tail)));
    let requests = syscalls::requests().filter(|_| row.name == "ioctl");
    let requests = requests.map(|request| (&request.code, request.argument.as_slice()));
    let known = cases.chain(requests).map(|(key, tail)| Command { key: key.on(abi), tail });
    known.chain([Command { key: None, tail: switch.other }; 3]).collect()
}

fn call(row: &'static Syscall, nr: u64, command: Command, abi: Abi, random: &mut Random) -> Call {
    let mut arena = Arena::new(abi, random);
    let args: Vec<&Arg> = row.args.iter().chain(command.tail).take(6).collect();
    let mut values: Vec<u64> = args.iter().map(|arg| arena.value(&arg.ty, random, 0)).collect();
    values.resize_with(6, || random.word());
    processes::arrange(row.name, command.key, abi, &mut arena, &mut values, random);
    if let (Some(switch), Some(key)) = (&row.switch, command.key) {
        values[usize::from(switch.on)] = key;
    }
    for arg in &args {
        if !random.once_in(4) {
            fit(&arg.ty, abi, &mut values, random);
        }
    }
    if !random.once_in(3) {
        files::shape(row.name, abi, &mut values, &mut arena, random);
    }
    if netlink::CALLS.contains(&row.name) && random.once_in(2) {
        netlink::call(row.name, abi, &mut arena, &mut values, random);
    } else {
        Maker { abi, arena: &mut arena, random }.arrange(row.name, &mut values);
    }
    Call { nr, args: registers(&args, &values, abi), memory: arena.bytes }
}

/// Sets the argument that says how large another one is to what it would be.
fn fit(ty: &Ty, abi: Abi, values: &mut [u64], random: &mut Random) {
    match ty {
        Ty::At(_, Ty::Sized { of, size: Len::Arg(i) | Len::ArgInt(i), .. }) => {
            values[usize::from(*i)] = of.size(abi) as u64 + random.of(&[0, 0, 0, 4, 8]);
        }
        Ty::At(_, Ty::Array(_, Len::Arg(i) | Len::ArgInt(i))) => {
            values[usize::from(*i)] = random.below(6) as u64;
        }
        Ty::At(_, Ty::Bytes(Len::Arg(i) | Len::ArgInt(i))) => {
            values[usize::from(*i)] = random.below(48) as u64;
        }
        _ => {}
    }
}

/// The arguments in registers: a 64-bit number takes two of an i386 call's.
fn registers(args: &[&Arg], values: &[u64], abi: Abi) -> [u64; 6] {
    let mut words = Vec::new();
    for (i, value) in values.iter().enumerate() {
        words.push(*value);
        let is_wide = args.get(i).is_some_and(|arg| {
            matches!(
                arg.ty,
                Ty::Int(Width::W8, _)
                    | Ty::Flags(Width::W8, _)
                    | Ty::Enum(Width::W8, _)
                    | Ty::Scalar(Width::W8, _)
            )
        });
        if is_wide && abi == Abi::I386 {
            words.push(*value >> 32);
        }
    }
    std::array::from_fn(|i| words[i])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers of the calls in a plan.
    fn numbers(plan: &[u8]) -> Vec<u64> {
        let calls = plan.chunks_exact(7 * size_of::<u64>() + Arena::SIZE);
        calls.map(|call| u64::from_ne_bytes(call[..8].try_into().expect("eight bytes"))).collect()
    }

    #[test]
    fn a_seed_makes_a_plan() {
        let of = |seed| plan(Abi::X86_64, seed, 1, &|name| name == "openat2");
        assert_eq!(of(7), of(7));
        assert_ne!(of(7), of(8));
    }

    #[test]
    fn all_calls_are_made() {
        for abi in [Abi::X86_64, Abi::I386, Abi::X32] {
            let made = numbers(&plan(abi, 1, 1, &|name| name != "ioctl"));
            let wanted = abi.syscalls().iter().filter(|entry| {
                let is_known = processes::is_known(abi, entry.name) && entry.name != "ioctl";
                is_known && syscalls::row(abi, entry.nr.into()).is_some()
            });
            let missing: Vec<_> =
                wanted.filter(|entry| !made.contains(&entry.nr.into())).map(|entry| entry.name).collect();
            assert!(missing.is_empty(), "{abi:?}: {missing:?}");
        }
    }
}
