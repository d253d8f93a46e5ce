//! Netlink messages by chance: of each protocol, with the structs and the trees of attributes that its messages have.

mod level;
mod other;
mod route;

use super::memory::{Arena, Random};
use level::{ANY, Level, attributes, lie, values};
use uapi::{Abi, consts::*};

/// The first of the descriptors of netlink sockets, one for each protocol.
const FIRST: u64 = 3;
/// How many there are.
const SOCKETS: u64 = 24;
/// The calls beside `socket` that set the sockets up, and how often each is made.
pub(super) const SETUP_CALLS: [(&str, u64); 2] = [("close", 2 * SOCKETS), ("bind", SOCKETS)];

/// The calls that open a socket for each protocol, and bind it: tracers learn a socket's protocol from the kernel's
/// list of bound ones. A protocol that the kernel doesn't have gets a socket of `NETLINK_ROUTE`, so that descriptors
/// are the same everywhere.
pub(super) fn setup() -> Vec<(&'static str, [u64; 6])> {
    let socket = |protocol| ("socket", [AF_NETLINK.v(), SOCK_RAW.v(), protocol, 0, 0, 0]);
    let close = |fd| ("close", [fd, 0, 0, 0, 0, 0]);
    let mut calls: Vec<_> = (0..SOCKETS).map(|_| socket(0)).collect();
    for protocol in 0..SOCKETS {
        // If the second has no descriptor to fill, it opens one behind the last.
        let fd = FIRST + protocol;
        calls.extend([close(fd), socket(protocol), socket(0), close(FIRST + SOCKETS)]);
    }
    calls.extend((0..SOCKETS).map(|i| ("bind", [FIRST + i, Arena::BASE, 12, 0, 0, 0])));
    calls
}

/// The memory of those calls: a `struct sockaddr_nl`.
pub(super) fn setup_memory() -> Vec<u8> {
    let mut memory = vec![0; Arena::SIZE];
    memory[..2].copy_from_slice(&(AF_NETLINK.v() as u16).to_le_bytes());
    memory
}

/// The protocols of which something is known, and one of which nothing is.
const PROTOCOLS: [u64; 16] = [0, 0, 0, 0, 0, 0, 0, 4, 4, 4, 6, 9, 12, 16, 16, 21];

/// The calls that send and receive.
pub(super) const CALLS: [&str; 7] =
    ["sendto", "recvfrom", "sendmsg", "recvmsg", "sendmmsg", "recvmmsg", "socketcall"];

/// Those of them that `--only netlink` makes, each going over a netlink socket.
pub(super) const OVER_SOCKETS: [&str; 4] = ["sendto", "recvfrom", "sendmsg", "recvmsg"];

/// Makes a call go over a netlink socket: its arguments `values`, with messages in memory.
pub(super) fn call(name: &str, abi: Abi, arena: &mut Arena, values: &mut [u64], random: &mut Random) {
    let protocol =
        if random.once_in(6) { random.below(SOCKETS as usize) as u64 } else { random.of(&PROTOCOLS) };
    let descriptor = FIRST + protocol;
    let [buffer, count] = match name {
        "sendmsg" | "recvmsg" => [header(protocol, abi, arena, 1, random), random.below(8) as u64],
        "sendmmsg" | "recvmmsg" => {
            let count = random.of(&[1, 1, 2, 3]);
            [header(protocol, abi, arena, count, random), count as u64]
        }
        _ => buffer(protocol, arena, random),
    };
    if name == "socketcall" {
        return multiplexed(descriptor, protocol, abi, arena, values, random);
    }
    values[..3].copy_from_slice(&[descriptor, buffer, count]);
    values[3] = random.below(8) as u64;
}

/// `socketcall` for calls that send and receive.
fn multiplexed(fd: u64, protocol: u64, abi: Abi, arena: &mut Arena, values: &mut [u64], random: &mut Random) {
    let number = random.of(&[SYS_SEND, SYS_RECV, SYS_SENDTO, SYS_RECVFROM, SYS_SENDMSG, SYS_RECVMSG]).v();
    let is_message = number == SYS_SENDMSG.v() || number == SYS_RECVMSG.v();
    let [at, count] = if is_message {
        [header(protocol, abi, arena, 1, random), 0]
    } else {
        buffer(protocol, arena, random)
    };
    let arguments: Vec<u8> =
        [fd, at, count, 0, 0, 0].iter().flat_map(|word| (*word as u32).to_le_bytes()).collect();
    let room = arena.room(arguments.len(), random);
    arena.put(room, &arguments);
    values[0] = number;
    values[1] = Arena::BASE + room as u64;
}

/// Messages in memory: their address and size. Now and then they go on where no memory is.
fn buffer(protocol: u64, arena: &mut Arena, random: &mut Random) -> [u64; 2] {
    let messages = messages(protocol, random);
    let at = if random.once_in(8) {
        Arena::SIZE - random.below(messages.len() + 1).clamp(1, Arena::SIZE)
    } else {
        arena.room(messages.len(), random)
    };
    arena.put(at, &messages);
    [Arena::BASE + at as u64, lie(messages.len(), random) as u64]
}

/// `struct msghdr`s, or as many `struct mmsghdr`s, in memory: their address.
fn header(protocol: u64, abi: Abi, arena: &mut Arena, count: usize, random: &mut Random) -> u64 {
    let word = if abi == Abi::X86_64 { 8 } else { 4 };
    let mut all = Vec::new();
    for _ in 0..count {
        let mut vector = Vec::new();
        let parts = random.of(&[1, 1, 1, 2]);
        for _ in 0..parts {
            for number in buffer(protocol, arena, random) {
                vector.extend_from_slice(&number.to_le_bytes()[..word]);
            }
        }
        let at = arena.room(vector.len(), random);
        arena.put(at, &vector);
        for number in [0, 0, Arena::BASE + at as u64, parts, 0, 0, 0] {
            all.extend_from_slice(&u64::to_le_bytes(number)[..word]);
        }
        if count > 1 {
            all.extend_from_slice(&random.of(&[0_u64, 100, 500]).to_le_bytes()[..word]);
        }
    }
    let at = arena.room(all.len(), random);
    arena.put(at, &all);
    Arena::BASE + at as u64
}

/// Some messages, one after the other.
fn messages(protocol: u64, random: &mut Random) -> Vec<u8> {
    if protocol == NETLINK_KOBJECT_UEVENT.v() && !random.once_in(4) {
        return event(random);
    }
    let mut all = Vec::new();
    for _ in 0..random.of(&[1, 1, 1, 1, 2, 3]) {
        message(protocol, 0, &mut all, random);
        if all.len() > 1500 {
            break;
        }
    }
    all
}

/// Adds a message.
fn message(protocol: u64, depth: usize, to: &mut Vec<u8>, random: &mut Random) {
    let mut flags = random.next() as u16 & random.next() as u16;
    if random.once_in(2) {
        flags &= 0xf00 | 1;
    }
    let (kind, body) = match random.below(16) {
        0 | 1 => (2, error(protocol, flags, depth, random)),
        2 => (3, values(random.of(&[4, 4, 4, 0, 3, 8]), random)),
        3 => (random.below(18) as u16, any(random)),
        4 => (random.word() as u16, any(random)),
        _ => body(protocol, flags, random),
    };
    let len = lie(16 + body.len(), random);
    to.extend_from_slice(&(len as u32).to_le_bytes());
    to.extend_from_slice(&kind.to_le_bytes());
    to.extend_from_slice(&flags.to_le_bytes());
    to.extend_from_slice(&(random.below(100) as u32).to_le_bytes());
    to.extend_from_slice(&(random.below(3) as u32).to_le_bytes());
    to.extend_from_slice(&body);
    to.resize(to.len().next_multiple_of(4), 0);
}

/// The type of a message, and what stands in it.
fn body(protocol: u64, flags: u16, random: &mut Random) -> (u16, Vec<u8>) {
    match protocol {
        0 => route(random),
        4 => socket(flags, random),
        6 => (16 + random.below(30) as u16, any(random)),
        7 => (16 + random.below(3) as u16, values(random.of(&[4, 4, 3, 8]), random)),
        9 => (1000 + random.below(1200) as u16, any(random)),
        12 => netfilter(random),
        16 => (random.of(&[16, 16, 16, 17, 18, 20, 30]), with(&values(4, random), &other::CONTROL, random)),
        21 => {
            let text = values(random.of(&[208, 208, 208, 207]), random);
            (16 + random.below(8) as u16, with(&text, &other::CRYPTO, random))
        }
        _ => (random.word() as u16, any(random)),
    }
}

fn any(random: &mut Random) -> Vec<u8> {
    let size = random.of(&[0, 1, 4, 8, 12, 16, 20]);
    with(&values(size, random), &ANY, random)
}

/// A struct, now and then cut off, and attributes.
fn with(fixed: &[u8], level: &Level, random: &mut Random) -> Vec<u8> {
    let mut body = fixed.to_vec();
    if random.once_in(14) {
        body.truncate(random.below(fixed.len() + 1));
        return body;
    }
    body.resize(body.len().next_multiple_of(4), 0);
    body.extend(attributes(level, random, 0));
    body
}

/// Families that routes, links and neighbours have.
const FAMILIES: [u8; 18] = [0, 2, 2, 2, 2, 10, 10, 10, 7, 7, 7, 28, 16, 17, 128, 129, 45, 255];

fn route(random: &mut Random) -> (u16, Vec<u8>) {
    let (kind, size, level) = random.of(route::MESSAGES);
    let mut fixed = values(size, random);
    fixed[0] = random.of(&FAMILIES);
    (kind + random.of(&[0, 0, 1, 2, 3]), with(&fixed, level, random))
}

fn socket(flags: u16, random: &mut Random) -> (u16, Vec<u8>) {
    let (family, sizes, levels) = random.of(other::SOCKETS);
    let which = usize::from(flags & 1 == 0);
    let mut fixed = values(sizes[which], random);
    fixed[0] = family;
    (random.of(&[20, 20, 20, 18, 19, 21, 22]), with(&fixed, levels[which], random))
}

fn netfilter(random: &mut Random) -> (u16, Vec<u8>) {
    let mut fixed = vec![random.of(&FAMILIES), random.of(&[0, 0, 1])];
    fixed.extend(random.of(&[[0, 10], [10, 0], [0, 0], [1, 2]]));
    let kind = if random.once_in(8) {
        16 + random.below(3) as u16
    } else {
        (random.below(15) << 8 | random.below(40)) as u16
    };
    (kind, with(&fixed, &ANY, random))
}

/// `struct nlmsgerr`: the message that it is about is whole, or its header alone.
fn error(protocol: u64, flags: u16, depth: usize, random: &mut Random) -> Vec<u8> {
    let errno = random.of(&[0_i32, -1, -22, -95, -200, 5, -4095]);
    let mut body = errno.to_le_bytes().to_vec();
    let mut about = Vec::new();
    if depth < 2 {
        message(protocol, depth + 1, &mut about, random);
    }
    if u64::from(flags) & NLM_F_CAPPED.v() != 0 || random.once_in(5) {
        about.truncate(16);
    }
    if random.once_in(20) {
        about.truncate(random.below(20));
    }
    body.extend(about);
    if !random.once_in(3) {
        body.extend(attributes(&other::ERROR, random, 0));
    }
    body
}

/// An event of the kernel's, or one of udev's.
fn event(random: &mut Random) -> Vec<u8> {
    let mut event = Vec::new();
    if !random.once_in(3) {
        event.extend_from_slice(b"libudev\0");
        event.extend_from_slice(&random.of(&[
            [0xfe, 0xed, 0xca, 0xfe],
            [0xfe, 0xed, 0xca, 0xfe],
            [0xca, 0xfe, 1, 2],
        ]));
        event.extend_from_slice(&values(random.of(&[28, 28, 28, 27, 12]), random));
    }
    event.extend_from_slice(random.of(&[b"add@/devices/x\0ACTION=add\0".as_slice(), b"", b"A=1\0"]));
    event
}
