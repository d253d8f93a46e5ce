//! Blocks: bytes that are packed, with their sizes and a checksum before them.

use crate::MOST_BLOCK;
use std::io::{self, Read, Write};

/// What a block holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    Events = b'E' as isize,
    Index = b'I' as isize,
}

/// The bytes before a block's: what it holds, how it is packed, its sizes as it is stored and unpacked, a checksum of
/// all that and of what is stored.
const HEAD: usize = 14;

/// How a block's bytes are stored.
const AS_THEY_ARE: u8 = 0;
const LZ4: u8 = 1;

/// Why there is no block.
#[derive(Debug)]
pub(crate) enum Missing {
    Read(io::Error),
    /// The file ends within the block, or before it.
    Cut,
    Damaged(&'static str),
}

/// Writes a block; `room` is reused. Returns how many bytes that takes.
pub(crate) fn write(to: &mut dyn Write, holds: Holds, plain: &[u8], room: &mut Vec<u8>) -> io::Result<u64> {
    room.clear();
    room.resize(HEAD + lz4_flex::block::get_maximum_output_size(plain.len()), 0);
    let packed = lz4_flex::block::compress_into(plain, &mut room[HEAD..]).ok();
    let (how, len) = match packed.filter(|&len| len < plain.len()) {
        Some(len) => (LZ4, len),
        None => {
            room[HEAD..HEAD + plain.len()].copy_from_slice(plain);
            (AS_THEY_ARE, plain.len())
        }
    };
    room.truncate(HEAD + len);
    room[0] = holds as u8;
    room[1] = how;
    room[2..6].copy_from_slice(&(len as u32).to_le_bytes());
    room[6..10].copy_from_slice(&(plain.len() as u32).to_le_bytes());
    let sum = checksum(&room[..10], &room[HEAD..]);
    room[10..14].copy_from_slice(&sum.to_le_bytes());
    // In one write, so that less of it is torn.
    to.write_all(room)?;
    to.flush()?;
    Ok(room.len() as u64)
}

fn checksum(head: &[u8], stored: &[u8]) -> u32 {
    let mut sum = crc32fast::Hasher::new();
    sum.update(head);
    sum.update(stored);
    sum.finalize()
}

/// Reads a block into `plain`; `room` is reused. Returns what it holds, and how many bytes it took.
pub(crate) fn read(
    from: &mut dyn Read,
    plain: &mut Vec<u8>,
    room: &mut Vec<u8>,
) -> Result<(Holds, u64), Missing> {
    take(from, HEAD, room)?;
    let mut head = [0; HEAD];
    head.copy_from_slice(room);
    let word = |i: usize| u32::from_le_bytes([head[i], head[i + 1], head[i + 2], head[i + 3]]);
    let (stored, len, sum) = (word(2) as usize, word(6) as usize, word(10));
    let holds = match head[0] {
        b'E' => Holds::Events,
        b'I' => Holds::Index,
        _ => return Err(Missing::Damaged("no block where one should begin")),
    };
    if len > MOST_BLOCK || stored > len {
        return Err(Missing::Damaged("a block of an impossible size"));
    }
    take(from, stored, room)?;
    if checksum(&head[..10], room) != sum {
        return Err(Missing::Damaged("the checksum of a block"));
    }
    plain.clear();
    match head[1] {
        AS_THEY_ARE if stored == len => plain.extend_from_slice(room),
        LZ4 => {
            // LZ4 makes at most 255 bytes of one.
            if len / 255 > stored {
                return Err(Missing::Damaged("a block of an impossible size"));
            }
            plain.resize(len, 0);
            if !lz4_flex::block::decompress_into(room, plain).is_ok_and(|got| got == len) {
                return Err(Missing::Damaged("a block that can't be unpacked"));
            }
        }
        _ => return Err(Missing::Damaged("a block that can't be unpacked")),
    }
    Ok((holds, (HEAD + stored) as u64))
}

/// Reads so many bytes. What is read grows with what is there, not with what a file says of itself.
fn take(from: &mut dyn Read, len: usize, room: &mut Vec<u8>) -> Result<(), Missing> {
    room.clear();
    from.take(len as u64).read_to_end(room).map_err(Missing::Read)?;
    if room.len() < len { Err(Missing::Cut) } else { Ok(()) }
}
