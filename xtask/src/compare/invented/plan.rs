//! Calls by chance, guided by the rows: which is what it takes to get beyond the first number without a name.

use decode::{Arg, Len, Syscall, Ty, Width};
use uapi::Abi;

use super::memory::{Arena, Random};
use super::netlink;
use super::processes;

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

/// The descriptors of netlink sockets, one for each protocol, that the probe's calls begin with.
const SOCKETS: u64 = 24;
/// `AF_NETLINK` and `SOCK_RAW`.
const NETLINK_RAW: [u64; 2] = [16, 3];

/// A plan for the probe: `rounds` times each call of an ABI whose name `wanted` takes, and each of its commands.
pub(super) fn plan(abi: Abi, seed: u64, rounds: usize, wanted: &dyn Fn(&str) -> bool) -> Vec<u8> {
    let mut random = Random::new(seed);
    let mut plan = Vec::new();
    for protocol in 0..SOCKETS {
        let args = [NETLINK_RAW[0], NETLINK_RAW[1], protocol, 0, 0, 0];
        let nr = abi.number("socket").unwrap_or(0);
        Call { nr, args, memory: vec![0; Arena::SIZE] }.write(&mut plan);
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
    plan
}

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
    if row.classes & decode::class::NETWORK != 0 && random.once_in(2) {
        let message = netlink::messages(random);
        let at = arena.room(message.len(), random);
        arena.put(at, &message);
        values[0] = 3 + random.below(SOCKETS as usize) as u64;
        values[1] = Arena::BASE + at as u64;
        values[2] = message.len() as u64;
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
