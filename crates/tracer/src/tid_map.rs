//! A table of threads by their ids.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Threads by their ids.
pub(crate) type TidMap<T> = HashMap<ptrace::Tid, T, BuildHasherDefault<TidHasher>>;

/// A quick hash, for a look-up at each stop. The kernel gives ids out, so that nobody can pick colliding ones.
#[derive(Default)]
pub(crate) struct TidHasher(u64);

impl Hasher for TidHasher {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_i32(byte.into()));
    }

    fn write_i32(&mut self, id: i32) {
        // Fibonacci hashing: the odd number next to 2^64 divided by the golden ratio.
        self.0 = (self.0 ^ u64::from(id as u32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
