//! What may stand in memory: numbers, texts, and records one after the other.

use decode::{Names, Ty};
use uapi::Abi;

use super::super::random::Random;
use super::sketch::Page;

/// An argument that leads nowhere, by its type.
pub(super) fn argument(ty: &Ty, abi: Abi, random: &mut Random) -> u64 {
    match ty {
        _ if random.once_in(20) => random.word(),
        Ty::Flags(_, names) => {
            let flags = |word, _| word | named(names, abi, random).unwrap_or(0);
            let word = [(); 3].into_iter().fold(0, flags);
            if random.once_in(5) { word ^ random.word() } else { word }
        }
        Ty::Enum(_, names) if !random.once_in(4) => named(names, abi, random).unwrap_or(0),
        Ty::Fd | Ty::FdLike(..) => random.below(40) as u64,
        Ty::Addr if random.once_in(2) => Page::addr(random.below(Page::SIZE)) & !7,
        Ty::DirFd if random.once_in(2) => decode::AT_FDCWD as u64,
        _ => number(random),
    }
}

/// One of the values that a table names, now and then none of them. There are tables without any.
fn named(names: &Names, abi: Abi, random: &mut Random) -> Option<u64> {
    names.entries.get(random.below(names.entries.len() + 1))?.on(abi)
}

/// A number, or where something is.
pub(super) fn number(random: &mut Random) -> u64 {
    if random.once_in(8) { Page::addr(random.below(Page::SIZE)) & !7 } else { random.word() }
}

/// Numbers as the members of a struct are.
pub(super) fn numbers(size: usize, random: &mut Random) -> Vec<u8> {
    let (mut bytes, widths) = (Vec::with_capacity(size + 8), random.of(&[[4; 4], [8; 4], [1, 2, 4, 8]]));
    while bytes.len() < size {
        let value = if random.once_in(3) { 0 } else { number(random) };
        bytes.extend_from_slice(&value.to_le_bytes()[..random.of(&widths)]);
    }
    bytes.truncate(size);
    bytes
}

/// Anything of about so many bytes.
pub(super) fn bytes(size: usize, abi: Abi, random: &mut Random) -> Vec<u8> {
    match random.below(6) {
        0 => text(random),
        1 | 2 => numbers(size, random),
        3 => records(size, 1, abi, random),
        _ => records(size, 0, abi, random),
    }
}

/// Records one after the other, each with its length in its header: messages, attributes in one another, directory
/// entries.
fn records(size: usize, depth: usize, abi: Abi, random: &mut Random) -> Vec<u8> {
    // How large a header is, where in it the length stands and how wide that is, and where a kind stands.
    let (word, attribute, message) = (abi.word(), (4, 0, 2, 2), (16, 0, 4, 4));
    let control = (word + 8, 0, word, word);
    let entry = random.of(&[(19, 16, 2, 8), (2 * word + 2, 2 * word, 2, 0)]);
    let forms = [message, message, message, control, control, attribute, entry];
    let (header, at, width, kind) = if depth > 0 { attribute } else { random.of(&forms) };
    let mut all = Vec::new();
    while all.len() < size {
        let (start, inner) = (all.len(), random.size().min(size));
        all.extend(numbers(header, random));
        match random.below(4) {
            0 | 1 if depth < 5 => {
                // A struct, and more records behind it.
                let fixed = random.of(&[0, 4, 4, 8, 12, 12, 16, 20, 72]);
                all.extend(numbers(if depth > 0 { 0 } else { fixed }, random));
                all.extend(records(inner, depth + 1, abi, random));
            }
            2 => all.extend(text(random)),
            _ => all.extend(numbers(inner, random)),
        }
        let len = random.about(all.len() - start).to_le_bytes();
        all[start + at..start + at + width].copy_from_slice(&len[..width]);
        let is_control = (header, kind) == (word + 8, word);
        let most = random.of(if is_control { &[2, 300, 300, 2] } else { &[30, 80, 80, 300] });
        all[start + kind..start + kind + 2].copy_from_slice(&(random.below(most) as u16).to_le_bytes());
        all.resize(all.len().next_multiple_of(4), 0);
    }
    all
}

/// A short text; not always one that ends.
pub(super) fn text(random: &mut Random) -> Vec<u8> {
    /// Words that are names of something.
    const WORDS: [&[u8]; 5] =
        [b"eth0", b"bridge", b"tun", b"libudev\0\xfe\xed\xca\xfe", b"security.capability"];
    let mut text = random.of(&WORDS).to_vec();
    if !random.once_in(3) {
        text = (0..random.below(40))
            .map(|_| random.of(b"abcdefghijklmno/") | (random.word() as u8 & 0x80))
            .collect();
    }
    if !random.once_in(8) {
        text.push(0);
    }
    text
}
