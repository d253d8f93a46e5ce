//! Walks a row of the fuzzer's choice over registers and memory that are its input.

#![no_main]

#[path = "../../crates/syscalls/tests/hostile/case.rs"]
mod case;

use case::{ABIS, Case, Numbers, check, outputs};
use libfuzzer_sys::{Corpus, fuzz_target};

/// The fuzzer's bytes, over and over again; memory is larger than inputs are.
struct Bytes<'a> {
    given: &'a [u8],
    at: usize,
}

impl Bytes<'_> {
    fn byte(&mut self) -> u8 {
        let byte = self.given[self.at % self.given.len()];
        self.at += 1;
        byte
    }
}

impl Numbers for Bytes<'_> {
    fn next(&mut self) -> u64 {
        u64::from_le_bytes(std::array::from_fn(|_| self.byte()))
    }

    // A choice takes no more bytes than it needs, so that a changed byte changes one thing.
    fn below(&mut self, n: u64) -> u64 {
        let bytes = if n <= 1 << 8 { 1 } else { 2 };
        (0..bytes).fold(0, |number, _| number << 8 | u64::from(self.byte())) % n
    }
}

fuzz_target!(|given: &[u8]| -> Corpus {
    if given.is_empty() {
        return Corpus::Reject;
    }
    let mut bytes = Bytes { given, at: 0 };
    let rows = strax_syscalls::all_rows().count();
    let abi = ABIS[bytes.below(ABIS.len() as u64) as usize];
    let row = strax_syscalls::all_rows().nth(bytes.below(rows as u64) as usize);
    let Some(row) = row.filter(|row| row.holds_on(abi)) else { return Corpus::Reject };
    let case = Case::new(row, abi, &mut bytes);
    check(&case, &mut bytes, &mut outputs());
    Corpus::Keep
});
