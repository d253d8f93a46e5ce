//! Netlink messages by chance: a header, a family's header, and a tree of attributes whose lengths mostly are right.

use super::memory::Random;

/// Numbers of `AF_*` that family headers begin with.
const FAMILIES: [u8; 8] = [0, 1, 2, 7, 10, 16, 38, 128];
/// Sizes of family headers, in bytes.
const HEADERS: [usize; 12] = [0, 4, 8, 8, 12, 12, 16, 16, 20, 24, 56, 72];
/// What a type may have beside its number: `NLA_F_NESTED` and `NLA_F_NET_BYTEORDER`.
const TYPE_FLAGS: [u16; 3] = [0x8000, 0x4000, 0xc000];

/// Some messages, one after the other.
pub(super) fn messages(random: &mut Random) -> Vec<u8> {
    let mut all = Vec::new();
    for _ in 0..random.of(&[1, 1, 1, 2, 3]) {
        let body = body(random);
        let kind = match random.below(8) {
            0 => random.below(5),
            1..=4 => 16 + random.below(110),
            5 => random.below(16) << 8 | random.below(32),
            6 => 1000 + random.below(400),
            _ => random.next() as usize,
        };
        let len = length(16 + body.len(), random);
        all.extend_from_slice(&(len as u32).to_le_bytes());
        all.extend_from_slice(&(kind as u16).to_le_bytes());
        all.extend_from_slice(&(random.next() as u16 & random.next() as u16).to_le_bytes());
        all.extend_from_slice(&(random.below(100) as u32).to_le_bytes());
        all.extend_from_slice(&(random.below(3) as u32).to_le_bytes());
        all.extend_from_slice(&body);
    }
    all
}

fn body(random: &mut Random) -> Vec<u8> {
    let mut body = vec![random.of(&FAMILIES)];
    let header = random.of(&HEADERS);
    while body.len() < header {
        let word = random.word().to_le_bytes();
        body.extend_from_slice(&word[..random.of(&[1, 2, 4])]);
    }
    body.truncate(header);
    body.extend(attributes(random, 0));
    body
}

fn attributes(random: &mut Random, depth: usize) -> Vec<u8> {
    let mut all = Vec::new();
    for _ in 0..random.below(5) {
        let payload = payload(random, depth);
        let mut kind = random.below(70) as u16;
        if random.once_in(6) {
            kind |= random.of(&TYPE_FLAGS);
        }
        all.extend_from_slice(&(length(4 + payload.len(), random) as u16).to_le_bytes());
        all.extend_from_slice(&kind.to_le_bytes());
        all.extend_from_slice(&payload);
        all.resize(all.len().next_multiple_of(4), 0);
        if all.len() > 400 {
            break;
        }
    }
    all
}

fn payload(random: &mut Random, depth: usize) -> Vec<u8> {
    let len = match random.below(9) {
        0..=2 if depth < 4 => return attributes(random, depth + 1),
        0 => 0,
        1 | 2 => 4,
        3 => random.of(&[1, 2, 6]),
        4 => 8,
        5 => random.of(&[12, 16, 20, 24, 28, 32, 36, 40, 56, 64]),
        6 => return b"tunnel0\0"[..random.of(&[4, 7, 8])].to_vec(),
        _ => random.below(90),
    };
    let mut bytes = Vec::new();
    while bytes.len() < len {
        let word = random.word().to_le_bytes();
        bytes.extend_from_slice(&word[..random.of(&[1, 2, 4, 8])]);
    }
    bytes.truncate(len);
    bytes
}

/// The length that a header says: now and then a lie.
fn length(right: usize, random: &mut Random) -> usize {
    if random.once_in(30) { right.wrapping_add(random.below(9)).wrapping_sub(4) } else { right }
}
