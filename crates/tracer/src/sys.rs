//! The few system calls of the tracer's own that the standard library does not offer.

use crate::affinity;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering};
use std::time::Duration;

/// The signal that asked the tracer to end, or 0. A signal handler has no other place to leave it.
static INTERRUPTED_BY: AtomicI32 = AtomicI32::new(0);
/// Whether the timer has expired.
static TICKED: AtomicBool = AtomicBool::new(false);
/// Who gets the signals that are forwarded, or 0 as long as it is not there.
static RECIPIENT: AtomicI32 = AtomicI32::new(0);
/// What came before it was there: bit `n` is signal `n`.
static EARLY: AtomicU64 = AtomicU64::new(0);
/// What Rust's runtime does at `SIGSEGV` and `SIGBUS`: it tells of a stack overflow.
static RUNTIMES: OnceLock<libc::sigaction> = OnceLock::new();

/// How often a running timer expires, in microseconds.
const TICK_US: libc::suseconds_t = 50_000;

/// The handler of all signals that are handled, with the disposition that says what to do.
type Handler = extern "C" fn(libc::c_int, *mut libc::siginfo_t, *mut libc::c_void);

extern "C" fn on_end(signal: libc::c_int, info: *mut libc::siginfo_t, _: *mut libc::c_void) {
    if is_own_fault(signal, info) {
        return die(signal, info);
    }
    INTERRUPTED_BY.store(signal, Ordering::Relaxed);
    // The signal may have come just before the tracer went to wait. The timer's will come while it waits.
    run_timer(true);
}

extern "C" fn on_death(signal: libc::c_int, info: *mut libc::siginfo_t, _: *mut libc::c_void) {
    die(signal, info);
}

extern "C" fn on_tick(_: libc::c_int, _: *mut libc::siginfo_t, _: *mut libc::c_void) {
    TICKED.store(true, Ordering::Relaxed);
}

extern "C" fn on_forward(signal: libc::c_int, info: *mut libc::siginfo_t, _: *mut libc::c_void) {
    if has_gone_to_all(signal, info) {
        return;
    }
    match RECIPIENT.load(Ordering::Relaxed) {
        0 => {
            EARLY.fetch_or(1 << signal, Ordering::Relaxed);
        }
        pid => {
            // SAFETY: the location of errno is the thread's own; whom the handler interrupts should find it as it was.
            let errno = unsafe { *libc::__errno_location() };
            kill(pid, signal);
            // SAFETY: as above.
            unsafe { *libc::__errno_location() = errno };
        }
    }
}

/// Whether a signal is of the tracer's own making and not sent by anybody: it would come again and again.
fn is_own_fault(signal: i32, info: *const libc::siginfo_t) -> bool {
    // SAFETY: the kernel gives a handler with SA_SIGINFO a siginfo; which member is valid, its code says.
    let (code, sender) = unsafe { ((*info).si_code, (*info).si_pid()) };
    match signal {
        libc::SIGSEGV | libc::SIGBUS | libc::SIGILL | libc::SIGFPE | libc::SIGTRAP | libc::SIGSYS => code > 0,
        // SAFETY: getpid touches no memory.
        libc::SIGABRT => code <= 0 && sender == unsafe { libc::getpid() },
        _ => false,
    }
}

/// Whether the kernel has sent a signal to all the foreground processes of a terminal (CTRL-C), the command among them. A hangup goes to the session's leader alone.
fn has_gone_to_all(signal: i32, info: *const libc::siginfo_t) -> bool {
    // SAFETY: the kernel gives a handler with SA_SIGINFO a siginfo; the other calls touch no memory.
    let (code, leads) = unsafe { ((*info).si_code, libc::getsid(0) == libc::getpid()) };
    code == libc::SI_KERNEL && !(signal == libc::SIGHUP && leads)
}

/// Ends the tracer on the spot by a signal that has come. The tracee that has a makeshift mask gets its own.
fn die(signal: i32, info: *const libc::siginfo_t) {
    affinity::hand_back();
    // SAFETY: the kernel gives a handler with SA_SIGINFO a siginfo.
    let is_fault = unsafe { (*info).si_code } > 0;
    if let (libc::SIGSEGV | libc::SIGBUS, true, Some(action)) = (signal, is_fault, RUNTIMES.get()) {
        // The fault comes again when the handler returns.
        // SAFETY: the action is one that the kernel has given.
        unsafe { libc::sigaction(signal, action, std::ptr::null_mut()) };
        return;
    }
    set_disposition(signal, Disposition::Default);
    // SAFETY: handlers may call raise; the signal is blocked until this one returns.
    unsafe { libc::raise(signal) };
}

/// What the clock shows that nobody sets (`CLOCK_MONOTONIC`). The standard library's own reading takes several times as
/// many instructions.
#[inline]
pub(crate) fn monotonic() -> Duration {
    let mut time = MaybeUninit::<libc::timespec>::uninit();
    // SAFETY: there is room for what is written, and nothing is to be read where nothing was.
    let time = unsafe {
        if libc::clock_gettime(libc::CLOCK_MONOTONIC, time.as_mut_ptr()) != 0 {
            return Duration::ZERO;
        }
        time.assume_init()
    };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// The signal that has asked the tracer to end, if one has.
pub(crate) fn interrupted_by() -> Option<i32> {
    Some(INTERRUPTED_BY.load(Ordering::Relaxed)).filter(|&signal| signal != 0)
}

/// Says that the tracer shall end as by this signal.
pub(crate) fn interrupt(signal: i32) {
    INTERRUPTED_BY.store(signal, Ordering::Relaxed);
}

/// Whether the timer has expired since the last time this was asked.
pub(crate) fn ticked() -> bool {
    TICKED.load(Ordering::Relaxed) && TICKED.swap(false, Ordering::Relaxed)
}

/// Who gets the signals that are forwarded, and those that have come already.
pub(crate) fn forward_to(pid: i32) {
    RECIPIENT.store(pid, Ordering::Relaxed);
    let early = EARLY.swap(0, Ordering::Relaxed);
    (1..64).filter(|signal| early >> signal & 1 != 0).for_each(|signal| kill(pid, signal));
}

/// What a signal does to the tracer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Disposition {
    /// What it does to a process that has not said anything.
    Default,
    /// Nothing.
    Ignore,
    /// It ends the trace: [`interrupted_by`] gives it.
    End,
    /// It ends the tracer on the spot.
    Die,
    /// It wakes the tracer up: [`ticked`] says so.
    Tick,
    /// It is passed on: see [`forward_to`].
    Forward,
}

/// All signals whose disposition can be set. Two of the real-time signals belong to the C library.
pub(crate) fn signals() -> impl Iterator<Item = i32> {
    (1..32).chain(libc::SIGRTMIN()..=libc::SIGRTMAX())
}

/// Sets what a signal does. A wait is interrupted by it, unless it is ignored.
pub(crate) fn set_disposition(signal: i32, disposition: Disposition) {
    // SAFETY: an all-zero sigaction is a valid one: no flags, an empty mask, SIG_DFL.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    let mut handle = |handler: Handler| {
        action.sa_sigaction = handler as libc::sighandler_t;
        // The stack may be what has overflowed. The other one is small.
        let by_fault = matches!(signal, libc::SIGSEGV | libc::SIGBUS);
        action.sa_flags = libc::SA_SIGINFO | if by_fault { libc::SA_ONSTACK } else { 0 };
    };
    match disposition {
        Disposition::Default => action.sa_sigaction = libc::SIG_DFL,
        Disposition::Ignore => action.sa_sigaction = libc::SIG_IGN,
        Disposition::End => handle(on_end),
        Disposition::Die => handle(on_death),
        Disposition::Tick => handle(on_tick),
        Disposition::Forward => handle(on_forward),
    }
    let mut before = action;
    // SAFETY: both are initialised, and the handlers do nothing but use atomics and make bare system calls.
    unsafe { libc::sigaction(signal, &action, &mut before) };
    let handlers = [on_end as Handler, on_death].map(|handler| handler as libc::sighandler_t);
    let is_new = ![libc::SIG_DFL, libc::SIG_IGN].contains(&before.sa_sigaction)
        && !handlers.contains(&before.sa_sigaction);
    if matches!(signal, libc::SIGSEGV | libc::SIGBUS) && is_new {
        let _ = RUNTIMES.set(before);
    }
}

/// Starts or stops the timer, which interrupts a wait (`SIGALRM`) every 50 ms.
pub(crate) fn run_timer(run: bool) {
    let every = libc::timeval { tv_sec: 0, tv_usec: if run { TICK_US } else { 0 } };
    let timer = libc::itimerval { it_interval: every, it_value: every };
    // SAFETY: `timer` is initialised, and the old value is not wanted.
    unsafe { libc::setitimer(libc::ITIMER_REAL, &timer, std::ptr::null_mut()) };
}

/// How many descriptors the tracer may have.
pub(crate) fn descriptor_limit() -> usize {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: `limit` is an rlimit to be filled in.
    unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) };
    usize::try_from(limit.rlim_cur).unwrap_or(usize::MAX)
}

/// Sends a signal to a process.
pub(crate) fn kill(pid: i32, signal: i32) {
    // SAFETY: kill touches no memory. That the process may have gone is all right.
    unsafe { libc::kill(pid, signal) };
}

/// Sends a signal to a thread.
pub(crate) fn signal_thread(tid: i32, signal: i32) {
    // SAFETY: tkill touches no memory. That the thread may have gone is all right.
    unsafe { libc::syscall(libc::SYS_tkill, tid, signal) };
}

/// What `fork` gave.
pub(crate) enum Forked {
    /// The caller is the parent; the child has this id.
    Parent(i32),
    /// The caller is the child.
    Child,
}

/// Makes a child process that goes on as a copy of this one.
///
/// # Errors
/// What the kernel says: too many processes, no memory.
pub(crate) fn fork() -> io::Result<Forked> {
    // SAFETY: the tracer has one thread, so that the child finds no lock held by a thread it does not have.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => Ok(Forked::Child),
        pid => Ok(Forked::Parent(pid)),
    }
}

/// Reads an extended attribute; returns how many bytes it has, or `None` where there is none that fits.
pub(crate) fn getxattr(path: &std::ffi::CStr, name: &std::ffi::CStr, value: &mut [u8]) -> Option<usize> {
    // SAFETY: both strings end with NUL, and `value` has as many bytes as are told.
    let len = unsafe { libc::getxattr(path.as_ptr(), name.as_ptr(), value.as_mut_ptr().cast(), value.len()) };
    usize::try_from(len).ok()
}

/// Whether a file is where set-user-ID bits and file capabilities have no effect. `statvfs(3)`.
pub(crate) fn is_nosuid(path: &std::ffi::CStr) -> bool {
    // SAFETY: an all-zero statvfs is a valid one.
    let mut fs: libc::statvfs = unsafe { std::mem::zeroed() };
    // SAFETY: the path ends with NUL, and `fs` is a statvfs to be filled in.
    let found = unsafe { libc::statvfs(path.as_ptr(), &raw mut fs) } == 0;
    found && fs.f_flag & libc::ST_NOSUID != 0
}

/// Reads where a symbolic link leads to into `target`, which may cut it; returns its length. `None` if it can't be read.
pub(crate) fn read_link(path: &std::ffi::CStr, target: &mut [u8]) -> Option<usize> {
    // SAFETY: the path ends with NUL, and `target` has as many bytes as are told.
    let len = unsafe { libc::readlink(path.as_ptr(), target.as_mut_ptr().cast(), target.len()) };
    usize::try_from(len).ok()
}

/// Asks the kernel over a protocol of netlink, and waits for its answer; returns the answer's length, which is cut off
/// where `answer` is too small. `None` if it can't be asked.
pub(crate) fn netlink(protocol: i32, request: &[u8], answer: &mut [u8]) -> Option<usize> {
    let socket = netlink_request(protocol, request)?;
    receive(&socket, answer)
}

/// As [`netlink`], for an answer of many parts: gives them to `part` until it says that they are enough.
pub(crate) fn netlink_dump(protocol: i32, request: &[u8], part: &mut dyn FnMut(&[u8]) -> bool) {
    // The kernel makes no larger parts (`netlink(7)`).
    let mut answer = vec![0; 32 * 1024];
    let Some(socket) = netlink_request(protocol, request) else { return };
    while let Some(len) = receive(&socket, &mut answer).filter(|&len| len > 0)
        && part(&answer[..len])
    {}
}

fn netlink_socket(protocol: i32) -> Option<OwnedFd> {
    let kind = libc::SOCK_RAW | libc::SOCK_CLOEXEC;
    // SAFETY: socket touches no memory.
    let fd = unsafe { libc::socket(libc::AF_NETLINK, kind, protocol) };
    if fd < 0 {
        return None;
    }
    // SAFETY: `fd` has just been opened and belongs to nobody else.
    Some(unsafe { OwnedFd::from_raw_fd(fd) })
}

fn netlink_request(protocol: i32, request: &[u8]) -> Option<OwnedFd> {
    let socket = netlink_socket(protocol)?;
    let fd = socket.as_raw_fd();
    // SAFETY: `request` has as many bytes as are told.
    let sent = unsafe { libc::send(fd, request.as_ptr().cast(), request.len(), 0) };
    (usize::try_from(sent).ok()? == request.len()).then_some(socket)
}

fn receive(socket: &OwnedFd, answer: &mut [u8]) -> Option<usize> {
    // SAFETY: `answer` has as many bytes as are told.
    let mut receive =
        || unsafe { libc::recv(socket.as_raw_fd(), answer.as_mut_ptr().cast(), answer.len(), 0) };
    loop {
        match usize::try_from(receive()) {
            Ok(got) => return Some(got),
            // The timer, for one, interrupts.
            Err(_) if io::Error::last_os_error().kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
}

/// The namespace above a PID or user namespace; `None` if it is out of the tracer's sight. `ioctl_nsfs(2)`.
pub(crate) fn parent_namespace(namespace: &impl AsFd) -> Option<OwnedFd> {
    /// `_IO(NSIO, 0x2)` of `linux/nsfs.h`.
    const NS_GET_PARENT: libc::c_ulong = 0xb702;
    // SAFETY: the descriptor is open, and the request takes no argument.
    let fd = unsafe { libc::ioctl(namespace.as_fd().as_raw_fd(), NS_GET_PARENT as _) };
    // SAFETY: a descriptor that is not negative has just been opened and belongs to nobody else.
    (fd >= 0).then(|| unsafe { OwnedFd::from_raw_fd(fd) })
}

/// The id in the tracer's PID namespace of the thread with this id in another; `None` if there is none, or the kernel
/// is older than 6.11. `ioctl_nsfs(2)`.
pub(crate) fn translate_tid(namespace: &impl AsFd, id: i32) -> Option<i32> {
    /// `_IOR(NSIO, 0x6, int)` of `linux/nsfs.h`.
    const NS_GET_PID_FROM_PIDNS: libc::c_ulong = 0x8004_b706;
    // SAFETY: the descriptor is open, and the request takes a number.
    let found = unsafe { libc::ioctl(namespace.as_fd().as_raw_fd(), NS_GET_PID_FROM_PIDNS as _, id) };
    (found > 0).then_some(found)
}

/// Sends this process a signal, with nothing to keep it away, and no second core dump beside the command's.
pub fn die_of(signal: i32) {
    let no_core = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the pointers are to initialised values of the types that the calls take; there is one thread, so
    // that its mask is the process's; the default action takes no handler.
    unsafe {
        libc::setrlimit(libc::RLIMIT_CORE, &raw const no_core);
        libc::signal(signal, libc::SIG_DFL);
        let mut set = std::mem::zeroed::<libc::sigset_t>();
        libc::sigemptyset(&raw mut set);
        libc::sigaddset(&raw mut set, signal);
        libc::sigprocmask(libc::SIG_UNBLOCK, &raw const set, std::ptr::null_mut());
        libc::raise(signal);
    }
}

/// Waits for a child's end.
pub(crate) fn reap(child: i32) {
    // SAFETY: there is no status to be written.
    while unsafe { libc::waitpid(child, std::ptr::null_mut(), 0) } == -1
        && io::Error::last_os_error().kind() == io::ErrorKind::Interrupted
    {}
}

/// Ends the process on the spot.
pub(crate) fn exit(status: i32) -> ! {
    // SAFETY: _exit touches no memory.
    unsafe { libc::_exit(status) }
}

/// Leaves the process group, or the session.
pub(crate) fn leave(process_group: bool, session: bool) {
    // SAFETY: neither call touches memory. They can't fail for a process that has just been made.
    unsafe {
        if process_group {
            libc::setpgid(0, 0);
        }
        if session {
            libc::setsid();
        }
    }
}

/// Lets any process that may otherwise trace this one do so, or only ancestors, where the Yama security module makes
/// that difference. `prctl(2)`.
pub(crate) fn permit_tracer(any: bool) {
    let whom: libc::c_ulong = if any { libc::PR_SET_PTRACER_ANY } else { 0 };
    // SAFETY: PR_SET_PTRACER touches no memory. Without Yama it fails, and nothing has to be permitted.
    unsafe { libc::prctl(libc::PR_SET_PTRACER, whom) };
}

/// Whether the tracer has any right at all over a process with this id: that of sending it signals. `kill(2)`.
pub(crate) fn may_signal(pid: i32) -> bool {
    // SAFETY: kill touches no memory, and 0 is no signal.
    unsafe { libc::kill(pid, 0) == 0 }
}

/// Whether there is a process with this id.
pub(crate) fn is_there(pid: i32) -> bool {
    may_signal(pid) || io::Error::last_os_error().raw_os_error() != Some(libc::ESRCH)
}

/// A descriptor of a process or, since Linux 6.9, of a thread. `pidfd_open(2)`.
pub(crate) fn pidfd(tid: i32) -> Option<OwnedFd> {
    /// `PIDFD_THREAD` of `linux/pidfd.h`.
    const THREAD: libc::c_int = libc::O_EXCL;
    [THREAD, 0].into_iter().find_map(|flags| {
        // SAFETY: pidfd_open touches no memory.
        let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, tid, flags) };
        // SAFETY: a descriptor that is not negative has just been opened and belongs to nobody else.
        (fd >= 0).then(|| unsafe { OwnedFd::from_raw_fd(fd as i32) })
    })
}

/// The name of the network interface with this index, in the tracer's own network. `if_indextoname(3)`.
pub(crate) fn interface_name(index: u32) -> Option<Vec<u8>> {
    let mut name = [0; libc::IF_NAMESIZE];
    // SAFETY: `name` has room for IF_NAMESIZE bytes, as the function wants.
    let found = unsafe { libc::if_indextoname(index, name.as_mut_ptr().cast()) };
    let end = name.iter().position(|&b| b == 0)?;
    (!found.is_null()).then(|| name[..end].to_vec())
}

/// Standard output, under a descriptor of its own: what is written to standard output from now on, by this process and
/// its children, goes to standard error.
pub(crate) fn take_stdout() -> io::Result<std::fs::File> {
    let own = io::stdout().as_fd().try_clone_to_owned()?;
    // SAFETY: both are descriptors of this process, and nothing that owns the one that is replaced is used for anything
    // but writing.
    match unsafe { libc::dup2(libc::STDERR_FILENO, libc::STDOUT_FILENO) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(own.into()),
    }
}

/// Puts `/dev/null` in the place of standard input and output, so that the tracer holds no end of a pipe.
pub(crate) fn release_stdio() {
    let Ok(null) = std::fs::OpenOptions::new().read(true).write(true).open("/dev/null") else { return };
    for fd in [libc::STDIN_FILENO, libc::STDOUT_FILENO] {
        // SAFETY: `null` is open, and nothing in this process owns the standard descriptors.
        unsafe { libc::dup2(null.as_raw_fd(), fd) };
    }
}

/// Descriptors of objects that the standard library can't make.
#[cfg(test)]
pub(crate) fn rare_descriptors() -> Vec<OwnedFd> {
    let netlink = netlink_socket(libc::NETLINK_ROUTE);
    let mut address = [0; size_of::<libc::sockaddr_nl>()];
    address[..2].copy_from_slice(&(libc::AF_NETLINK as u16).to_ne_bytes());
    let mut pipe = [0; 2];
    let signals = |set: u64| set.to_ne_bytes();
    // SAFETY: each call reads its arguments alone: a bound address of the length that is told, sets of signals of 8
    // bytes, a name that ends with NUL.
    let made = unsafe {
        if let Some(socket) = &netlink {
            libc::bind(socket.as_raw_fd(), address.as_ptr().cast(), address.len() as u32);
        }
        libc::pipe2(pipe.as_mut_ptr(), libc::O_CLOEXEC);
        let signalfd = |set| libc::syscall(libc::SYS_signalfd4, -1, signals(set).as_ptr(), 8, 0) as i32;
        [
            libc::eventfd(0, 0),
            libc::eventfd(42, libc::EFD_SEMAPHORE),
            signalfd(0b110),
            signalfd(u64::MAX),
            libc::epoll_create1(0),
            libc::timerfd_create(libc::CLOCK_MONOTONIC, 0),
            libc::memfd_create(c"a <name>".as_ptr(), 0),
            libc::inotify_init(),
            pipe[0],
            pipe[1],
        ]
    };
    // SAFETY: a descriptor that is not negative has just been opened and belongs to nobody else.
    let made = made.into_iter().filter(|&fd| fd >= 0).map(|fd| unsafe { OwnedFd::from_raw_fd(fd) });
    made.chain(netlink).chain(pidfd(std::process::id() as i32)).collect()
}
