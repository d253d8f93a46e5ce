//! Two words of memory that a process shares with its children: how both sides of a `fork` agree on when to go on.
//!
//! It takes no descriptor, since the tracer may have few, and leaves none in the child: the memory goes with the
//! `execve`.

use std::{
    io,
    ptr::NonNull,
    sync::atomic::{AtomicU32, Ordering::SeqCst},
    time::Duration,
};

use crate::{Error, Result};

type Words = [AtomicU32; 2];

/// Two words, 0 at first, that stay shared with all children made after them.
#[derive(Debug)]
pub struct SharedWords(NonNull<Words>);

// SAFETY: the words are atomic, and the mapping stays until the value is dropped, by whatever thread.
unsafe impl Send for SharedWords {}
// SAFETY: as above.
unsafe impl Sync for SharedWords {}

impl SharedWords {
    /// Two new words.
    ///
    /// # Errors
    ///
    /// There is no memory.
    pub fn new() -> Result<SharedWords> {
        let (access, kind) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED | libc::MAP_ANONYMOUS);
        // SAFETY: a new mapping, at a place of the kernel's choice.
        let page = unsafe { libc::mmap(std::ptr::null_mut(), size_of::<Words>(), access, kind, -1, 0) };
        match NonNull::new(page.cast()) {
            Some(words) if page != libc::MAP_FAILED => Ok(SharedWords(words)),
            _ => Err(Error::Io { what: "mmap", source: io::Error::last_os_error() }),
        }
    }

    /// Reads a word, the first or the second.
    pub fn get(&self, index: usize) -> u32 {
        self.words()[index].load(SeqCst)
    }

    /// Sets a word, and wakes up who waits for it. Async-signal-safe.
    pub fn set(&self, index: usize, value: u32) {
        let word = &self.words()[index];
        word.store(value, SeqCst);
        let (everyone, null) = (i32::MAX, std::ptr::null::<libc::timespec>());
        // SAFETY: the word stays mapped for the call, which reads nothing but its address.
        unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE, everyone, null) };
    }

    /// Waits while a word is 0, at most this long, and gives it as it is then. Async-signal-safe.
    pub fn wait(&self, index: usize, at_most: Duration) -> u32 {
        let word = &self.words()[index];
        // SAFETY: an all-zero timespec is a valid one.
        let mut timeout: libc::timespec = unsafe { std::mem::zeroed() };
        timeout.tv_sec = at_most.as_secs() as libc::time_t;
        timeout.tv_nsec = at_most.subsec_nanos() as libc::c_long;
        // SAFETY: the word stays mapped for the call, and the time-out is initialised.
        unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAIT, 0, &raw const timeout) };
        word.load(SeqCst)
    }

    fn words(&self) -> &Words {
        // SAFETY: the mapping is aligned to a page, as large as the words, and there until `self` is dropped.
        unsafe { self.0.as_ref() }
    }
}

impl Drop for SharedWords {
    fn drop(&mut self) {
        // SAFETY: the mapping was made with this length, and nobody refers to it any more.
        unsafe { libc::munmap(self.0.as_ptr().cast(), size_of::<Words>()) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_ends_with_the_word_or_the_time() {
        let words = SharedWords::new().unwrap();
        assert_eq!(words.wait(0, Duration::from_millis(1)), 0);
        std::thread::scope(|scope| {
            let waiter = scope.spawn(|| {
                while words.wait(1, Duration::from_secs(60)) == 0 {}
                words.get(1)
            });
            words.set(1, 7);
            assert_eq!(waiter.join().unwrap(), 7);
        });
        assert_eq!(words.wait(1, Duration::from_secs(60)), 7);
        assert_eq!(words.get(0), 0);
    }
}
