//! CPU affinity: on which CPUs a thread may run.

use ptrace::Tid;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};

/// A set of CPUs, in the kernel's form. It holds more than any machine has (`CONFIG_NR_CPUS` is 8192 at most).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct CpuSet {
    words: [u64; CpuSet::WORDS],
}

impl CpuSet {
    pub(crate) const WORDS: usize = 8192 / 64;

    pub(crate) fn words(&self) -> &[u64; CpuSet::WORDS] {
        &self.words
    }

    pub(crate) fn from_words(words: [u64; CpuSet::WORDS]) -> CpuSet {
        CpuSet { words }
    }

    /// One CPU.
    pub(crate) fn of(cpu: usize) -> CpuSet {
        let mut set = CpuSet { words: [0; CpuSet::WORDS] };
        if let Some(word) = set.words.get_mut(cpu / 64) {
            *word |= 1 << (cpu % 64);
        }
        set
    }

    pub(crate) fn contains(&self, cpu: usize) -> bool {
        self.words.get(cpu / 64).is_some_and(|word| word >> (cpu % 64) & 1 != 0)
    }

    /// The CPUs in both.
    pub(crate) fn and(&self, other: &CpuSet) -> CpuSet {
        let mut set = *self;
        set.words.iter_mut().zip(other.words).for_each(|(word, other)| *word &= other);
        set
    }

    /// How many CPUs there are.
    pub(crate) fn len(&self) -> u32 {
        self.words.iter().map(|word| word.count_ones()).sum()
    }

    /// The first CPU.
    pub(crate) fn first(&self) -> Option<usize> {
        let i = self.words.iter().position(|&word| word != 0)?;
        Some(i * 64 + self.words[i].trailing_zeros() as usize)
    }

    /// Where a thread may run; `None` if it is gone. `sched_getaffinity(2)`.
    pub(crate) fn of_thread(tid: Tid) -> Option<CpuSet> {
        let mut set = CpuSet { words: [0; CpuSet::WORDS] };
        let size = std::mem::size_of_val(&set.words);
        // SAFETY: the kernel writes at most `size` bytes to `words`, which has as many.
        let got = unsafe { libc::sched_getaffinity(tid.raw(), size, set.words.as_mut_ptr().cast()) };
        (got == 0).then_some(set)
    }

    /// Makes a thread run there; false if it is gone, or the kernel does not want it. `sched_setaffinity(2)`.
    pub(crate) fn apply(&self, tid: Tid) -> bool {
        let size = std::mem::size_of_val(&self.words);
        // SAFETY: the kernel reads `size` bytes from `words`, which has as many.
        unsafe { libc::sched_setaffinity(tid.raw(), size, self.words.as_ptr().cast()) == 0 }
    }
}

/// The CPU that the calling thread is running on.
pub(crate) fn current_cpu() -> Option<usize> {
    // SAFETY: it has no arguments.
    usize::try_from(unsafe { libc::sched_getcpu() }).ok()
}

/// The thread that has a makeshift mask, or 0, and its own mask: what a signal handler needs to give it back.
static PINNED: AtomicI32 = AtomicI32::new(0);
static OWN: [AtomicU64; CpuSet::WORDS] = [const { AtomicU64::new(0) }; CpuSet::WORDS];

/// From now on, if a signal that can be caught kills the tracer, the thread gets this mask first.
pub(crate) fn insure(tid: Tid, own: &CpuSet) {
    OWN.iter().zip(own.words).for_each(|(kept, word)| kept.store(word, Ordering::Relaxed));
    PINNED.store(tid.raw(), Ordering::Release);
}

/// The thread has its own mask again.
pub(crate) fn lapse() {
    PINNED.store(0, Ordering::Relaxed);
}

/// Gives the thread its own mask, if it has a makeshift one. For signal handlers, which may have little stack.
pub(crate) fn hand_back() {
    let tid = PINNED.swap(0, Ordering::Acquire);
    if tid != 0 {
        // SAFETY: the kernel reads as many bytes as `OWN` has; an atomic integer looks like a plain one.
        unsafe { libc::sched_setaffinity(tid, size_of_val(&OWN), (&raw const OWN).cast()) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets() {
        let set = CpuSet::of(65);
        assert!(set.contains(65) && !set.contains(1) && !set.contains(1 << 20));
        assert_eq!((set.len(), set.first()), (1, Some(65)));
        assert_eq!(set.and(&CpuSet::of(2)).first(), None);
        let own = CpuSet::of_thread(Tid::current()).expect("this thread lives");
        assert!(own.len() > 0 && own.apply(Tid::current()));
    }
}
