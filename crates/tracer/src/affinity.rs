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

/// From now on, if a signal kills the tracer, the thread gets this mask first.
pub(crate) fn insure(tid: Tid, own: &CpuSet) {
    OWN.iter().zip(own.words).for_each(|(kept, word)| kept.store(word, Ordering::Relaxed));
    PINNED.store(tid.raw(), Ordering::Release);
}

/// The thread has its own mask again.
pub(crate) fn lapse() {
    PINNED.store(0, Ordering::Relaxed);
}

/// Makes [`insure`] work, for all signals that would kill the tracer on the spot and that can be caught.
pub(crate) fn catch_deadly_signals() {
    let harmless = [libc::SIGCHLD, libc::SIGCONT, libc::SIGURG, libc::SIGWINCH];
    let stops = [libc::SIGTSTP, libc::SIGTTIN, libc::SIGTTOU];
    let uncatchable = [libc::SIGKILL, libc::SIGSTOP];
    let spared = [&harmless[..], &stops, &uncatchable].concat();
    // SAFETY: an all-zero signal set is a valid one, to be filled in.
    let mut before: libc::sigset_t = unsafe { std::mem::zeroed() };
    // SAFETY: as above.
    let mut all: libc::sigset_t = unsafe { std::mem::zeroed() };
    // No signal shall come while its handler is being looked at.
    // SAFETY: both sets live through the calls.
    unsafe {
        libc::sigfillset(&mut all);
        libc::sigprocmask(libc::SIG_SETMASK, &all, &mut before);
    }
    // Those between belong to the C library.
    let signals = (1..32).chain(libc::SIGRTMIN()..=libc::SIGRTMAX());
    signals.filter(|signal| !spared.contains(signal)).for_each(catch_if_deadly);
    // SAFETY: `before` was filled in above, and the old one is not wanted.
    unsafe { libc::sigprocmask(libc::SIG_SETMASK, &before, std::ptr::null_mut()) };
}

fn catch_if_deadly(signal: i32) {
    // SAFETY: an all-zero sigaction is a valid one: no flags, an empty mask, SIG_DFL.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    let mut present = action;
    action.sa_sigaction = on_death as extern "C" fn(libc::c_int) as libc::sighandler_t;
    // The default effect is back when the handler runs, and comes when it returns.
    action.sa_flags = libc::SA_RESETHAND;
    // SAFETY: both are initialised, and the handler does nothing but use atomics and make bare system calls.
    unsafe { libc::sigaction(signal, &action, &mut present) };
    if present.sa_sigaction != libc::SIG_DFL {
        // It is ignored, or handled already.
        // SAFETY: `present` is what the kernel has just given.
        unsafe { libc::sigaction(signal, &present, std::ptr::null_mut()) };
    }
}

extern "C" fn on_death(signal: libc::c_int) {
    let tid = PINNED.swap(0, Ordering::Acquire);
    if tid != 0 {
        let own = CpuSet { words: std::array::from_fn(|i| OWN[i].load(Ordering::Relaxed)) };
        own.apply(Tid::from_raw(tid));
    }
    // SAFETY: handlers may call raise; the signal is blocked until this one returns.
    unsafe { libc::raise(signal) };
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
