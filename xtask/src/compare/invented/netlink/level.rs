//! Attributes by chance: levels that tell which hold others, and how large those are that hold structs.

use super::super::memory::Random;
use uapi::Const;

/// Attributes that may stand together. Those that no row tells of are as large as a number, most of them.
pub(super) struct Level {
    /// The largest number that is known; a few beyond it are tried too.
    pub(super) most: u16,
    /// Those whose size a number's wouldn't be.
    pub(super) rows: &'static [(Const, Holds)],
    /// What those hold that have no row.
    pub(super) other: Holds,
}

/// What an attribute holds.
#[derive(Clone, Copy)]
pub(super) enum Holds {
    /// A number.
    Number,
    /// Structs that have one of these sizes.
    Sizes(&'static [usize]),
    /// A text, with or without its NUL.
    Text,
    /// Attributes.
    Nest(&'static Level),
    /// A struct of a size, and attributes.
    Then(usize, &'static Level),
    /// An address of one of the families.
    Address,
    /// Numbers of a size up to the end.
    Array(usize),
    /// Anything: a number, a text, attributes.
    Any,
    /// What code makes.
    Code(fn(&mut Random, usize) -> Vec<u8>),
}

/// A level; see [`Level`].
pub(super) const fn level(most: u16, rows: &'static [(Const, Holds)]) -> Level {
    Level { most, rows, other: Holds::Number }
}

/// A level whose attributes are numbered, and hold all the same.
pub(super) const fn numbered(other: Holds) -> Level {
    Level { most: 8, rows: &[], other }
}

/// Attributes of which nothing is known.
pub(super) static ANY: Level = Level { most: 24, rows: &[], other: Holds::Any };

/// The most bytes that attributes of one level have together, about.
const ENOUGH: usize = 700;
/// What a type may have beside its number: `NLA_F_NESTED` and `NLA_F_NET_BYTEORDER`.
const TYPE_FLAGS: [u16; 3] = [0x8000, 0x4000, 0xc000];
/// Levels in one another.
const DEPTH: usize = 6;

/// A few attributes of a level.
pub(super) fn attributes(level: &Level, random: &mut Random, depth: usize) -> Vec<u8> {
    let mut all = Vec::new();
    let count = if depth == 0 { random.of(&[0, 1, 2, 3, 5, 8]) } else { random.of(&[0, 1, 1, 2, 3]) };
    for _ in 0..count {
        let row = level.rows.get(random.below(level.rows.len() * 2));
        let number =
            row.map_or_else(|| random.below(usize::from(level.most) + 4) as u16, |row| row.0.v() as u16);
        let row = level.rows.iter().find(|row| row.0.v() == u64::from(number));
        let payload = payload(row.map_or(level.other, |row| row.1), random, depth);
        attribute(number, &payload, &mut all, random);
        if all.len() > ENOUGH {
            break;
        }
    }
    if random.once_in(40) {
        let more = random.below(6);
        all.extend((0..more).map(|_| random.next() as u8));
    }
    all
}

/// Adds an attribute; now and then something of its header is wrong.
pub(super) fn attribute(number: u16, payload: &[u8], to: &mut Vec<u8>, random: &mut Random) {
    let mut kind = number;
    if random.once_in(12) {
        kind |= random.of(&TYPE_FLAGS);
    }
    if random.once_in(60) {
        kind = random.word() as u16;
    }
    to.extend_from_slice(&(lie(4 + payload.len(), random) as u16).to_le_bytes());
    to.extend_from_slice(&kind.to_le_bytes());
    to.extend_from_slice(payload);
    let padding = if random.once_in(4) { random.next() as u8 } else { 0 };
    to.resize(to.len().next_multiple_of(4), padding);
}

/// A length, now and then another than the right one.
pub(super) fn lie(right: usize, random: &mut Random) -> usize {
    match random.below(90) {
        0 => random.below(6),
        1 | 2 => right.wrapping_add(random.below(9)).wrapping_sub(4),
        3 => random.word() as usize,
        _ => right,
    }
}

/// What an attribute holds: mostly what it should.
pub(super) fn payload(holds: Holds, random: &mut Random, depth: usize) -> Vec<u8> {
    let holds = match holds {
        Holds::Any => random.of(&[Holds::Number, Holds::Number, Holds::Text, Holds::Nest(&ANY)]),
        _ if random.once_in(12) => Holds::Number,
        _ => holds,
    };
    let mut bytes = match holds {
        Holds::Number => {
            let size = random.of(&[1, 1, 2, 2, 4, 4, 4, 8, 8, 0, 3, 5, 6, 12, 16, 20, 32]);
            values(size, random)
        }
        Holds::Sizes(sizes) => values(random.of(sizes), random),
        Holds::Text => text(random),
        Holds::Nest(level) if depth < DEPTH => attributes(level, random, depth + 1),
        Holds::Then(size, level) if depth < DEPTH => {
            let mut bytes = values(size, random);
            bytes.extend(attributes(level, random, depth + 1));
            bytes
        }
        Holds::Nest(_) | Holds::Then(..) | Holds::Any => Vec::new(),
        Holds::Address => {
            let size = random.of(&[4, 4, 16, 16, 6, 3, 15, 20]);
            values(size, random)
        }
        Holds::Array(size) => {
            let count = random.of(&[0, 1, 2, 3, 7, 34, 70]);
            values((size * count).min(ENOUGH), random)
        }
        Holds::Code(make) => make(random, depth),
    };
    match random.below(30) {
        0 => bytes.truncate(bytes.len().saturating_sub(1)),
        1 => bytes.push(random.next() as u8),
        2 => bytes.extend(values(4, random)),
        3 => bytes.truncate(random.below(bytes.len() + 1)),
        4 => bytes.clear(),
        _ => {}
    }
    bytes
}

/// Numbers that mean something somewhere: families, Ethernet types, protocols, tables, versions, sizes.
const KNOWN: [u16; 42] = [
    1, 2, 7, 10, 16, 17, 28, 38, 40, 43, 44, 45, 128, 129, 252, 253, 254, 255, 256, 262, 132, 136, 58, 6,
    0x0800, 0x86dd, 0x8100, 0x88a8, 0x0806, 0x0008, 0xdd86, 0x0081, 0xa888, 0x0a00, 0x0200, 0x0303, 0x0304,
    51, 52, 57, 800, 1000,
];

/// So many bytes of numbers of all widths.
pub(super) fn values(size: usize, random: &mut Random) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(size + 8);
    let plain = random.once_in(6);
    while bytes.len() < size {
        let word = match random.below(5) {
            _ if plain => 0,
            0 => u64::from(random.of(&KNOWN)),
            1 => u64::from(random.of(&KNOWN).swap_bytes()),
            _ => random.word(),
        };
        let width = random.of(&[1, 2, 4, 4, 8]);
        bytes.extend_from_slice(&word.to_le_bytes()[..width]);
    }
    bytes.truncate(size);
    bytes
}

/// Words that are names of something.
const WORDS: [&str; 8] =
    ["eth0", "bridge", "tun", "can", "pfifo_fast", "cubic", "a name that is longer than most", ""];

fn text(random: &mut Random) -> Vec<u8> {
    let mut text = random.of(&WORDS).as_bytes().to_vec();
    match random.below(10) {
        0 => {}
        1 => text.push(random.next() as u8),
        2 => text.extend_from_slice(b"\0\0\0"),
        3 => text.extend_from_slice(b"\0more\0"),
        _ => text.push(0),
    }
    text
}
