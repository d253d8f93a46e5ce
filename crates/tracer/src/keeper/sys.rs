//! What tracer and keeper share, and the system calls that they need.

use crate::affinity::CpuSet;
use ptrace::Tid;
use std::mem::offset_of;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicI32, AtomicI64, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

/// How long text waits for the keeper, about.
pub(super) const PERIOD: Duration = Duration::from_millis(40);

/// Who writes: the holder of the lock.
const NOBODY: u32 = 0;
pub(super) const TRACER: u32 = 1;
pub(super) const KEEPER: u32 = 2;

/// How many bytes of text and heads of records there is room for.
pub(super) const ROOM: usize = 256 << 10;

/// Memory that tracer and keeper share. All-zero bytes are its initial state, but for `writing.fd`.
#[repr(C)]
pub(super) struct Shared {
    pub(super) tracer: Life,
    pub(super) keeper: Life,
    /// The tracer needs the keeper no more.
    pub(super) over: AtomicU32,
    /// A place took no more when the keeper wrote to it.
    pub(super) refused: AtomicU32,
    writer: AtomicU32,
    /// How many bytes have been put in and taken out.
    pub(super) head: AtomicU64,
    pub(super) tail: AtomicU64,
    pub(super) writing: Writing,
    pub(super) pin: Pin,
}

/// What is being written: to which descriptor, how much, and where its file stood before; -1 for no descriptor and for
/// a file that has no positions.
#[repr(C)]
pub(super) struct Writing {
    pub(super) fd: AtomicI32,
    pub(super) position: AtomicI64,
    pub(super) len: AtomicU64,
}

/// Whether a process lives: its id in a word that the kernel marks when it dies. The other members are what the kernel
/// wants to know where the word is (`struct robust_list_head` of `linux/futex.h`, a list of one).
#[repr(C)]
pub(super) struct Life {
    /// The head of the list: its first element, where the word is from there, and an operation under way, of none here.
    first: AtomicUsize,
    offset: AtomicUsize,
    pending: AtomicUsize,
    /// The element: the next, which is the head.
    next: AtomicUsize,
    word: AtomicU32,
}

const WAITERS: u32 = libc::FUTEX_WAITERS;
const DIED: u32 = libc::FUTEX_OWNER_DIED;

impl Life {
    /// The word is the calling thread's from now on.
    pub(super) fn claim(&self) -> Option<()> {
        let head = ptr::from_ref(&self.first);
        self.first.store(ptr::from_ref(&self.next).addr(), Ordering::Relaxed);
        self.next.store(head.addr(), Ordering::Relaxed);
        self.offset.store(offset_of!(Life, word) - offset_of!(Life, next), Ordering::Relaxed);
        self.word.store(Tid::current().raw() as u32, Ordering::SeqCst);
        let len = 3 * size_of::<usize>();
        // SAFETY: the three words from `first` on are a robust_list_head, whose list is the one element behind it. They
        // stay mapped as long as the process lives, since nobody unmaps what is shared.
        let set = unsafe { libc::syscall(libc::SYS_set_robust_list, head, len) };
        (set == 0).then_some(())
    }

    pub(super) fn has_died(&self) -> bool {
        self.word.load(Ordering::Acquire) & DIED != 0
    }
}

/// The thread that has a makeshift mask, or 0, its own mask, the CPU of the makeshift, and since when it has it.
#[repr(C)]
pub(super) struct Pin {
    tid: AtomicI32,
    cpu: AtomicU32,
    since: AtomicU64,
    own: [AtomicU64; CpuSet::WORDS],
}

impl Pin {
    pub(super) fn set(&self, tid: Tid, own: &CpuSet, cpu: usize) {
        self.clear();
        self.own.iter().zip(own.words()).for_each(|(kept, word)| kept.store(*word, Ordering::Relaxed));
        self.cpu.store(cpu as u32, Ordering::Relaxed);
        self.since.store(time_since_boot(), Ordering::Relaxed);
        self.tid.store(tid.raw(), Ordering::Release);
    }

    pub(super) fn clear(&self) {
        self.tid.store(0, Ordering::Release);
    }

    pub(super) fn get(&self) -> Option<(Tid, CpuSet, usize, u64)> {
        let tid = self.tid.load(Ordering::Acquire);
        let own = CpuSet::from_words(std::array::from_fn(|i| self.own[i].load(Ordering::Relaxed)));
        let (cpu, since) = (self.cpu.load(Ordering::Relaxed), self.since.load(Ordering::Relaxed));
        (tid != 0).then(|| (Tid::from_raw(tid), own, cpu as usize, since))
    }
}

impl Shared {
    /// Where the text begins.
    fn text(&self) -> *mut u8 {
        ptr::from_ref(self).cast_mut().cast::<u8>().wrapping_add(size_of::<Shared>())
    }

    /// Copies bytes to this position of the ring, at most [`ROOM`].
    pub(super) fn copy_in(&self, at: u64, bytes: &[u8]) {
        let at = (at % ROOM as u64) as usize;
        let (first, rest) = bytes.split_at(bytes.len().min(ROOM - at));
        let rest = &rest[..rest.len().min(at)];
        // SAFETY: the mapping has ROOM bytes behind the struct, and both parts lie within them. Nobody reads or writes
        // them at the same time: the producer's are not published yet, the consumer's are its own under the lock.
        unsafe {
            ptr::copy_nonoverlapping(first.as_ptr(), self.text().add(at), first.len());
            ptr::copy_nonoverlapping(rest.as_ptr(), self.text(), rest.len());
        }
    }

    /// Copies bytes from this position of the ring, at most [`ROOM`].
    pub(super) fn copy_out(&self, at: u64, bytes: &mut [u8]) {
        let at = (at % ROOM as u64) as usize;
        let parts = bytes.split_at_mut(bytes.len().min(ROOM - at));
        let len = parts.1.len().min(at);
        // SAFETY: as in `copy_in`; the bytes have been published, and are the consumer's.
        unsafe {
            ptr::copy_nonoverlapping(self.text().add(at), parts.0.as_mut_ptr(), parts.0.len());
            ptr::copy_nonoverlapping(self.text(), parts.1.as_mut_ptr(), len);
        }
    }

    /// Wakes the keeper if it sleeps until it is needed.
    pub(super) fn wake_keeper(&self) {
        let word = &self.tracer.word;
        let value = word.load(Ordering::SeqCst);
        if value & WAITERS != 0 {
            word.store(value & !WAITERS, Ordering::SeqCst);
            futex_wake(word);
        }
    }

    /// The keeper is needed no more: it ends at once, so that nobody waits for it who waits for the end of a pipe that
    /// tracer and keeper had open.
    pub(super) fn dismiss_keeper(&self) {
        self.over.store(1, Ordering::SeqCst);
        // Another value, so that it does not fall asleep any more.
        self.tracer.word.store(0, Ordering::SeqCst);
        futex_wake(&self.tracer.word);
    }

    /// The keeper sleeps until something waits, or the tracer dies.
    pub(super) fn sleep_until_needed(&self) {
        let word = &self.tracer.word;
        let awake = word.load(Ordering::SeqCst);
        let asleep = awake | WAITERS;
        let falls_asleep =
            |awake| word.compare_exchange(awake, asleep, Ordering::SeqCst, Ordering::SeqCst).is_ok();
        if awake & DIED != 0 || awake != asleep && !falls_asleep(awake) {
            return;
        }
        let needed = self.over.load(Ordering::SeqCst) != 0
            || self.head.load(Ordering::SeqCst) != self.tail.load(Ordering::SeqCst);
        if !needed {
            futex_wait(word, asleep, None);
        }
    }

    /// The keeper sleeps for a time, or less.
    pub(super) fn sleep_for(&self, time: Duration) {
        let word = &self.tracer.word;
        let value = word.load(Ordering::SeqCst);
        if value & DIED == 0 && self.over.load(Ordering::SeqCst) == 0 {
            futex_wait(word, value, Some(time));
        }
    }

    /// Takes the right to write. If the other, whose life that is, has it, waits for it or for that one's death, unless
    /// `patiently` is false.
    pub(super) fn lock(&self, who: u32, patiently: bool, other: &Life) -> bool {
        loop {
            let Err(holder) = self.writer.compare_exchange(NOBODY, who, Ordering::Acquire, Ordering::Relaxed)
            else {
                return true;
            };
            if holder == who {
                return false;
            }
            if other.has_died() {
                self.writer.store(who, Ordering::Release);
                return true;
            }
            if !patiently {
                return false;
            }
            futex_wait(&self.writer, holder, Some(Duration::from_millis(20)));
        }
    }

    pub(super) fn unlock(&self) {
        self.writer.store(NOBODY, Ordering::Release);
        futex_wake(&self.writer);
    }
}

/// Where [`Shared`] and the text are.
pub(super) struct Mapping(NonNull<Shared>);

impl Mapping {
    pub(super) fn new() -> Option<Mapping> {
        let len = size_of::<Shared>() + ROOM;
        let (protection, flags) =
            (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED | libc::MAP_ANONYMOUS);
        // SAFETY: a new mapping, which touches no memory that is there.
        let address = unsafe { libc::mmap(ptr::null_mut(), len, protection, flags, -1, 0) };
        let address = (address != libc::MAP_FAILED).then_some(address)?;
        let mapping = Mapping(NonNull::new(address.cast())?);
        mapping.shared().writing.fd.store(-1, Ordering::Relaxed);
        Some(mapping)
    }

    pub(super) fn shared(&self) -> &Shared {
        // SAFETY: the mapping begins at a page, has all bytes of the struct, whose members are atomics, for which any
        // bytes are a valid value, and is never unmapped.
        unsafe { self.0.as_ref() }
    }
}

fn futex_wait(word: &AtomicU32, value: u32, time: Option<Duration>) {
    let time = time.map(|time| libc::timespec {
        tv_sec: time.as_secs() as libc::time_t,
        tv_nsec: time.subsec_nanos() as libc::c_long,
    });
    let time = time.as_ref().map_or(ptr::null(), ptr::from_ref);
    // SAFETY: the word is there for as long as the process, and the time for as long as the call.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAIT, value, time) };
}

fn futex_wake(word: &AtomicU32) {
    // SAFETY: the word is there for as long as the process.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE, 1) };
}

/// Where the caller of [`fork`] goes on.
pub(super) enum Forked {
    Tracer { keeper: i32 },
    Keeper,
}

/// Makes a process that shares the descriptors and gets no signals. `None` if there can be none.
pub(super) fn fork() -> Option<Forked> {
    let (all, mut before) = (u64::MAX, 0u64);
    let len = size_of::<u64>();
    // SAFETY: both are sets of signals as the kernel has them, 64 bits, as the size says.
    unsafe {
        libc::syscall(libc::SYS_rt_sigprocmask, libc::SIG_SETMASK, &raw const all, &raw mut before, len)
    };
    let forked = match fork_sharing_files() {
        Some(0) => return Some(Forked::Keeper),
        made => made.map(|keeper| Forked::Tracer { keeper }),
    };
    // SAFETY: as above.
    unsafe {
        libc::syscall(
            libc::SYS_rt_sigprocmask,
            libc::SIG_SETMASK,
            &raw const before,
            ptr::null_mut::<u64>(),
            8,
        )
    };
    forked
}

/// Gives the child's id, and 0 to the child. Its end sends no signal.
fn fork_sharing_files() -> Option<i32> {
    let flags = libc::c_long::from(libc::CLONE_FILES);
    // No stack of its own, no ids to be written, no thread-local storage.
    let none: libc::c_long = 0;
    // SAFETY: memory is copied, not shared, and there is one thread, so that the child finds no lock held by a thread
    // that it does not have. The C library's own state about a thread is not used by what the child does.
    let pid = unsafe { libc::syscall(libc::SYS_clone, flags, none, none, none, none) };
    i32::try_from(pid).ok().filter(|&pid| pid >= 0)
}

/// Waits for the keeper's end.
pub(super) fn reap(keeper: i32) {
    // SAFETY: no status is to be written.
    while unsafe { libc::waitpid(keeper, ptr::null_mut(), libc::__WCLONE) } == -1
        && std::io::Error::last_os_error().kind() == std::io::ErrorKind::Interrupted
    {}
}

/// The keeper is on its own: Ctrl-C and the end of a terminal's session are not its affair, and no directory is kept
/// busy. People see its name.
pub(super) fn settle_down() {
    // SAFETY: the strings end with NUL; nothing else touches memory. Nothing depends on success.
    unsafe {
        libc::setsid();
        libc::chdir(c"/".as_ptr());
        libc::prctl(libc::PR_SET_NAME, c"strax-keeper".as_ptr());
    }
}

fn exit(status: i32) -> ! {
    crate::sys::exit(status)
}

/// Ends the keeper.
pub(super) fn end() -> ! {
    exit(0)
}

/// Ends the process when it is dropped.
pub(super) struct EndOfProcess;

impl Drop for EndOfProcess {
    fn drop(&mut self) {
        exit(1)
    }
}

/// Where a file stands; `None` for one that has no positions.
pub(super) fn position(fd: i32) -> Option<i64> {
    // SAFETY: it touches no memory.
    let position = unsafe { libc::lseek(fd, 0, libc::SEEK_CUR) };
    (position >= 0).then_some(position)
}

/// Writes all, or what the place takes at present; says how much.
pub(super) fn write(fd: i32, bytes: &[u8]) -> usize {
    let mut done = 0;
    while done < bytes.len() {
        let rest = &bytes[done..];
        // SAFETY: `rest` has as many bytes as are told.
        let written = unsafe { libc::write(fd, rest.as_ptr().cast(), rest.len()) };
        match usize::try_from(written) {
            Ok(written) if written > 0 => done += written,
            _ => break,
        }
    }
    done
}

/// Nanoseconds since the machine was started.
fn time_since_boot() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a timespec to be filled in.
    unsafe { libc::clock_gettime(libc::CLOCK_BOOTTIME, &raw mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// How long a tick is, the unit of times in `/proc`.
pub(super) fn nanos_per_tick() -> u64 {
    // SAFETY: it touches no memory.
    let ticks = unsafe { libc::sysconf(libc::_SC_CLK_TCK) };
    1_000_000_000 / u64::try_from(ticks).unwrap_or(100).max(1)
}
