//! How often each row is walked, and with what numbers: for all tests over hostile memory.

use crate::case::Numbers;

/// xorshift64*: the same numbers each time.
pub(crate) struct Random(pub(crate) u64);

impl Numbers for Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
}

/// How often a row is walked: once for each command that it has, as far as those are not too many.
pub(crate) fn times(row: &decode::Syscall) -> usize {
    const MOST: usize = 100;
    let cases = row.switch.as_ref().map_or(1, |switch| switch.cases.len());
    if row.name == "ioctl" { MOST } else { cases.clamp(1, MOST) }
}

/// More rounds, for a long run: `HOSTILE_ROUNDS=1000 cargo test --release`.
pub(crate) fn rounds() -> u64 {
    std::env::var("HOSTILE_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(1)
}
