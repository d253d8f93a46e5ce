//! Numbers by chance.

/// xorshift64*: the same numbers for the same seed.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `n`.
    pub(super) fn below(&mut self, n: usize) -> usize {
        (self.next() >> 16) as usize % n.max(1)
    }

    /// True once in `n` times.
    pub(super) fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// One of several.
    pub(super) fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    /// A number as programs use them: small, one bit, a few bits, all ones, or anything.
    pub(super) fn word(&mut self) -> u64 {
        match self.below(10) {
            0 | 1 => 0,
            2..=4 => self.below(16) as u64,
            5 => self.below(300) as u64,
            6 => u64::MAX - self.below(3) as u64 * self.below(24) as u64,
            7 => 1 << self.below(64),
            8 => u64::from(self.next() as u32 & self.next() as u32 & self.next() as u32),
            _ => self.next(),
        }
    }

    /// A size that structs and buffers have.
    pub(super) fn size(&mut self) -> usize {
        const SIZES: [usize; 24] =
            [0, 1, 2, 4, 4, 8, 8, 12, 16, 20, 24, 28, 32, 40, 48, 56, 64, 72, 88, 96, 112, 128, 144, 300];
        if self.once_in(3) { self.below(150) } else { self.of(&SIZES) }
    }

    /// A length: now and then another than the right one.
    pub(super) fn about(&mut self, right: usize) -> u64 {
        match self.below(40) {
            0 => self.below(6) as u64,
            1 | 2 => (right + self.below(9)).saturating_sub(4) as u64,
            3 => self.word(),
            _ => right as u64,
        }
    }
}
