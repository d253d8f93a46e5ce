//! Every row over arbitrary registers and memory: no panic, bounded output, nothing that a terminal acts on, and
//! JSON that is JSON. `fuzz/` does the same with numbers that a fuzzer finds.

mod case;

use case::{ABIS, Case, Numbers, check, outputs};

/// xorshift64*: the same numbers each time.
struct Random(u64);

impl Numbers for Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
}

/// How often a row is walked: once is enough for most, but for those that go on by a command.
fn times(row: &decode::Syscall) -> usize {
    const MOST: usize = 100;
    let cases = row.switch.as_ref().map_or(1, |switch| switch.cases.len());
    if row.name == "ioctl" { MOST } else { cases.clamp(1, MOST) }
}

#[test]
fn every_row_stands_every_tracee() {
    // More rounds, for a long run: `HOSTILE_ROUNDS=1000 cargo test --release -p strax-syscalls --test hostile`.
    let rounds = std::env::var("HOSTILE_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(1);
    // Another number gives other calls.
    let seed =
        std::env::var("HOSTILE_SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(0x5eed_5eed_5eed_5eed);
    let mut random = Random(std::cmp::max(seed, 1));
    let mut texts = outputs();
    for _ in 0..rounds {
        for row in strax_syscalls::all_rows() {
            for abi in ABIS.into_iter().filter(|&abi| row.holds_on(abi)) {
                for _ in 0..times(row) {
                    let case = Case::new(row, abi, &mut random);
                    check(&case, &mut random, &mut texts);
                }
            }
        }
    }
}
