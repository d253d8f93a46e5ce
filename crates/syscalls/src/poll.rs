//! Waiting for descriptors: `poll`, `select`, `epoll`, and `eventfd`.

use crate::common::{TIMESPEC, TIMESPEC64, TIMEVAL, show_sigset_at};
use decode::class::DESC;
use decode::prelude::*;
use uapi::consts::*;

pub(crate) static POLL_EVENTS: Names = names(
    "POLL???",
    &[
        POLLIN,
        POLLPRI,
        POLLOUT,
        POLLERR,
        POLLHUP,
        POLLNVAL,
        POLLRDNORM,
        POLLRDBAND,
        POLLWRNORM,
        POLLWRBAND,
        POLLMSG,
        POLLREMOVE,
        POLLRDHUP,
        POLL_BUSY_LOOP,
    ],
);
/// What has no name is just a number in what the kernel tells.
static READY_EVENTS: Names = names("", POLL_EVENTS.entries);
static EPOLL_EVENTS: Names = names(
    "EPOLL???",
    &[
        EPOLLIN,
        EPOLLPRI,
        EPOLLOUT,
        EPOLLERR,
        EPOLLHUP,
        EPOLLNVAL,
        EPOLLRDNORM,
        EPOLLRDBAND,
        EPOLLWRNORM,
        EPOLLWRBAND,
        EPOLLMSG,
        EPOLLRDHUP,
        EPOLLEXCLUSIVE,
        EPOLLWAKEUP,
        EPOLLONESHOT,
        EPOLLET,
    ],
);
static EPOLL_CTLS: Names = names("EPOLL_CTL_???", &[EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLL_CTL_MOD]);
static EPOLL_FLAGS: Names = names("EPOLL_???", &[EPOLL_CLOEXEC]);
static EFD_FLAGS: Names = names("EFD_???", &[EFD_SEMAPHORE, EFD_CLOEXEC, EFD_NONBLOCK]);

/// A negative descriptor asks for nothing.
fn asks(cx: &Plain<'_>) -> bool {
    cx.field("fd") as i32 >= 0
}

/// `struct pollfd` as the tracee fills it in; what the kernel adds is told behind the return value.
static POLLFD: Record = record(
    "pollfd",
    &[arg("fd", Fd), arg("events", Flags(W2, &POLL_EVENTS)).when(asks), arg("revents", Ty::Pad(2))],
);
const POLLFD_SIZE: usize = 8;

/// How long to wait: the arguments of a call after which what is left of it is told.
#[derive(Clone, Copy)]
enum Left {
    Nothing,
    Timeval,
    Timespec,
    Timespec64,
}

impl Left {
    fn record(self) -> Option<&'static Record> {
        match self {
            Left::Nothing => None,
            Left::Timeval => Some(&TIMEVAL),
            Left::Timespec => Some(&TIMESPEC),
            Left::Timespec64 => Some(&TIMESPEC64),
        }
    }

    /// Tells what is left of the time that `addr` points to.
    fn tell(self, cx: &mut Cx<'_>, addr: u64) {
        if let Some(record) = self.record()
            && addr != 0
        {
            cx.out.aux_part("left");
            cx.deref_record(record, addr);
        }
    }
}

/// What a `poll` came to: which descriptors are ready for what.
fn poll_result(cx: &mut Cx<'_>, left: Left) {
    if cx.ret() == 0 {
        return timed_out(cx);
    }
    let (fds, count) = (cx.arg(0), cx.arg(1) as u32);
    let end = fds.checked_add(u64::from(count) * POLLFD_SIZE as u64);
    if fds == 0 || count == 0 || end.is_none() || !cx.options.verbose {
        return;
    }
    let ready = first_ready(cx, fds, count);
    let told = cx.arg(2) != 0 && left.record().is_some();
    if ready.is_none() && !told {
        return;
    }
    cx.aux(|cx| {
        if let Some(first) = ready {
            cx.out.aux_part("");
            show_ready(cx, fds, first..count);
        }
        if told {
            left.tell(cx, cx.arg(2));
        }
    });
}

fn timed_out(cx: &mut Plain<'_>) {
    cx.aux(|cx| {
        cx.out.aux_part("");
        cx.out.word("Timeout");
    });
}

/// The address of an element of an array of descriptors.
fn pollfd_at(addr: u64, i: u32) -> u64 {
    addr.wrapping_add(u64::from(i) * POLLFD_SIZE as u64)
}

/// The first of `count` descriptors at `addr` that is ready, or that can't be read.
fn first_ready(cx: &mut Cx<'_>, addr: u64, count: u32) -> Option<u32> {
    let mut raw = [0; POLLFD_SIZE];
    (0..count).find(|&i| !cx.read(pollfd_at(addr, i), &mut raw) || raw[6..] != [0, 0])
}

/// Shows those descriptors of an array at `addr` that are ready.
fn show_ready(cx: &mut Cx<'_>, addr: u64, which: std::ops::Range<u32>) {
    let limit = if cx.abbrev() { cx.options.strings } else { usize::MAX };
    let mut shown = 0;
    cx.out.open(Kind::Array);
    for i in which {
        let at = pollfd_at(addr, i);
        let mut raw = [0; POLLFD_SIZE];
        if !cx.read(at, &mut raw) {
            cx.out.item();
            cx.out.addr(at);
            break;
        }
        let revents = u16::from_le_bytes([raw[6], raw[7]]);
        if revents == 0 {
            continue;
        }
        if shown == limit {
            cx.out.more();
            break;
        }
        shown += 1;
        cx.out.item();
        cx.out.open(Kind::Struct);
        cx.out.field("fd");
        cx.fd(i32::from_le_bytes([raw[0], raw[1], raw[2], raw[3]]));
        cx.out.field("revents");
        cx.flags(W2, &READY_EVENTS, u64::from(revents));
        cx.out.close(Kind::Struct);
    }
    cx.out.close(Kind::Array);
}

/// The most descriptors that a set may hold (`sysctl fs.nr_open`, by default).
const MOST_FDS: i32 = 1024 * 1024;

/// The bytes of the set of `nfds` descriptors at `addr`.
fn read_fd_set(cx: &mut Cx<'_>, nfds: i32, addr: u64) -> Option<Vec<u8>> {
    if addr == 0 || nfds <= 0 {
        return None;
    }
    let word = cx.word();
    let bytes = (nfds.min(MOST_FDS) as usize).div_ceil(8 * word) * word;
    let mut set = vec![0; bytes];
    cx.read(addr, &mut set).then_some(set)
}

/// The descriptors below `nfds` in a set.
fn members(set: &[u8], nfds: i32) -> impl Iterator<Item = i32> + '_ {
    (0..nfds.min(MOST_FDS))
        .filter(|&fd| set.get(fd as usize / 8).is_some_and(|byte| byte >> (fd % 8) & 1 != 0))
}

fn show_members(cx: &mut Plain<'_>, members: impl Iterator<Item = i32>) {
    cx.out.open(Kind::Set);
    for fd in members {
        cx.out.item();
        cx.fd(fd);
    }
    cx.out.close(Kind::Set);
}

/// Shows a set that the tracee hands over.
fn show_fd_set(cx: &mut Cx<'_>, nfds: i32, addr: u64) {
    match if cx.options.verbose { read_fd_set(cx, nfds, addr) } else { None } {
        Some(set) => show_members(cx, members(&set, nfds)),
        None => cx.out.addr(addr),
    }
}

static FD_SET: Ty = Form(Len::Const(MOST_SET), |cx, addr, _| show_fd_set(cx, cx.arg_int(0), addr));

/// The arguments of a `select`.
struct Selected {
    nfds: i32,
    sets: [u64; 3],
    timeout: u64,
}

impl Selected {
    fn of(cx: &Plain<'_>) -> Selected {
        let [_, sets @ .., timeout, _] = cx.args;
        Selected { nfds: cx.arg_int(0), sets, timeout }
    }
}

/// What a `select` came to: which descriptors are ready for what, and no more of them than it says there are.
fn select_result(cx: &mut Cx<'_>, what: &Selected, left: Left) {
    if cx.ret() == 0 {
        return timed_out(cx);
    }
    let mut ready = usize::try_from(cx.ret()).unwrap_or(usize::MAX);
    cx.aux(|cx| {
        for (name, addr) in ["in", "out", "except"].into_iter().zip(what.sets) {
            let Some(set) = read_fd_set(cx, what.nfds, addr) else { continue };
            let shown = members(&set, what.nfds).take(ready).count();
            if shown > 0 {
                cx.out.aux_part(name);
                show_members(cx, members(&set, what.nfds).take(shown));
            }
            ready -= shown;
        }
        left.tell(cx, what.timeout);
    });
}

/// The mask of a `pselect6` and its size, at one address: there was no register left for them.
static SELECT_MASK: Record = record(
    "__aux_sigset",
    &[arg("sigmask", At(In, &Form(Len::Field("sigsetsize"), show_sigset_at))), arg("sigsetsize", ULONG)],
);

/// What i386's old `select` takes: one pointer to all its arguments.
static OLD_SELECT: Record = record(
    "sel_arg_struct",
    &[arg("n", INT), arg("inp", Addr), arg("outp", Addr), arg("exp", Addr), arg("tvp", Addr)],
);

/// The arguments of an old `select`, if they can be read.
fn old_select(cx: &mut Cx<'_>) -> Option<Selected> {
    let addr = cx.arg(0);
    let mut what = None;
    cx.with_record(&OLD_SELECT, addr, |cx| {
        what = Some(Selected {
            nfds: cx.field("n") as i32,
            sets: ["inp", "outp", "exp"].map(|name| cx.field(name)),
            timeout: cx.field("tvp"),
        });
    });
    what
}

/// What an old `select` may read.
const OLD_SELECTED: Ty = Struct(&READ_OLD_SELECT);
static READ_OLD_SELECT: Record = record(
    "sel_arg_struct",
    &[
        arg("n", INT),
        arg("inp", At(In, &FD_SET)),
        arg("outp", At(In, &FD_SET)),
        arg("exp", At(In, &FD_SET)),
        arg("tvp", At(In, &AT_TIMEVAL)),
    ],
);

fn show_old_select(cx: &mut Cx<'_>, addr: u64) {
    let Some(what) = old_select(cx) else { return cx.out.addr(addr) };
    cx.out.int(i64::from(what.nfds));
    for (name, set) in ["readfds", "writefds", "exceptfds"].into_iter().zip(what.sets) {
        cx.out.arg_name(name);
        show_fd_set(cx, what.nfds, set);
    }
    cx.out.arg_name("timeout");
    cx.at(In, &AT_TIMEVAL, what.timeout);
}

/// `struct epoll_event`: packed on x86-64, and so for all of x86.
static EPOLL_EVENT_PACKED: Record =
    packed("epoll_event", &[arg("events", Flags(W4, &EPOLL_EVENTS)), arg("data", X64)]);
static EPOLL_EVENT: Record =
    record("epoll_event_unpacked", &[arg("events", Flags(W4, &EPOLL_EVENTS)), arg("data", X64)]);

/// Whether the ABI packs `struct epoll_event`.
const PACKED: &[Abi] = &[Abi::X86_64, Abi::I386, Abi::X32];
const OTHERS: &[Abi] = &[Abi::Aarch64, Abi::Riscv64];

/// Whether the event of an `epoll_ctl` is looked at: nothing reads it for a deletion.
fn has_event(cx: &Plain<'_>) -> bool {
    !cx.is(cx.arg(1), EPOLL_CTL_DEL)
}

static PPOLL_MASK: Ty = Form(Len::Arg(4), show_sigset_at);
/// What stands behind the events is shown with them, and of a failed call only as an address.
static EPOLL_MASK: Ty = Form(Len::Arg(5), show_sigset_at);

static POLLFDS: Ty = Array(&Struct(&POLLFD), Len::ArgInt(1));
const FDS: Arg = arg("fds", At(In, &POLLFDS));
const NFDS: Arg = arg("nfds", UINT);
const EPFD: Arg = arg("epfd", Fd);
const SIZE: Arg = arg("sigsetsize", ULONG);
const COUNT: Arg = arg("nfds", INT);
const READ: Arg = arg("readfds", At(In, &FD_SET));
const WRITE: Arg = arg("writefds", At(In, &FD_SET));
const EXCEPT: Arg = arg("exceptfds", At(In, &FD_SET));
static EVENT: Ty = Struct(&EPOLL_EVENT);
static EVENT_PACKED: Ty = Struct(&EPOLL_EVENT_PACKED);
static READY: Ty = Array(&EVENT, Len::Ret);
static READY_PACKED: Ty = Array(&EVENT_PACKED, Len::Ret);
static AT_TIMEVAL: Ty = Struct(&TIMEVAL);
static AT_TIMESPEC64: Ty = Struct(&TIMESPEC64);
const EVENTS: Arg = arg("events", At(Out, &READY));
const EVENTS_PACKED: Arg = arg("events", At(Out, &READY_PACKED));
const MAXEVENTS: Arg = arg("maxevents", INT);
const TIMEOUT: Arg = arg("timeout", INT);
const TIMEOUT64: Arg = arg("timeout", At(Out, &AT_TIMESPEC64));
const INITVAL: Arg = arg("initval", UINT);

/// What is looked at again once a call has returned.
const POLLED: Stretch = Stretch::to(Start::Arg(0), POLLFDS_TY);
const POLLFDS_TY: Ty = Array(&Struct(&POLLFD), Len::ArgInt(1));
const SELECTED: &[Stretch] =
    &[Stretch::arg(1, MOST_SET), Stretch::arg(2, MOST_SET), Stretch::arg(3, MOST_SET), Stretch::arg(4, 16)];
/// The most bytes that are read of a set: 2^20 descriptors.
const MOST_SET: u32 = 1 << 17;

static POLL: Ret = Ret::AuxHook(&Ret::Dec, &[POLLED], |cx| poll_result(cx, Left::Nothing));
static PPOLL: Ret =
    Ret::AuxHook(&Ret::Dec, &[POLLED, Stretch::arg(2, 16)], |cx| poll_result(cx, Left::Timespec));
static PPOLL64: Ret =
    Ret::AuxHook(&Ret::Dec, &[POLLED, Stretch::arg(2, 16)], |cx| poll_result(cx, Left::Timespec64));
static SELECT: Ret =
    Ret::AuxHook(&Ret::Dec, SELECTED, |cx| select_result(cx, &Selected::of(cx), Left::Timeval));
static PSELECT: Ret =
    Ret::AuxHook(&Ret::Dec, SELECTED, |cx| select_result(cx, &Selected::of(cx), Left::Timespec));
static PSELECT64: Ret =
    Ret::AuxHook(&Ret::Dec, SELECTED, |cx| select_result(cx, &Selected::of(cx), Left::Timespec64));
static OLD_SELECT_RET: Ret = Ret::AuxHook(&Ret::Dec, &[Stretch::to(Start::Arg(0), OLD_SELECTED)], |cx| {
    if let Some(what) = old_select(cx) {
        select_result(cx, &what, Left::Timeval);
    }
});

pub(crate) static ROWS: &[Syscall] = &[
    syscall("poll", DESC, POLL, &[FDS, NFDS, TIMEOUT]),
    syscall(
        "ppoll",
        DESC,
        PPOLL,
        &[FDS, NFDS, arg("tmo_p", At(In, &Struct(&TIMESPEC))), arg("sigmask", At(In, &PPOLL_MASK)), SIZE],
    ),
    syscall(
        "ppoll_time64",
        DESC,
        PPOLL64,
        &[FDS, NFDS, arg("tmo_p", At(In, &Struct(&TIMESPEC64))), arg("sigmask", At(In, &PPOLL_MASK)), SIZE],
    ),
    syscall("select", DESC, SELECT, &[COUNT, READ, WRITE, EXCEPT, arg("timeout", At(In, &Struct(&TIMEVAL)))]),
    syscall(
        "select",
        DESC,
        OLD_SELECT_RET,
        &[arg(
            "nfds",
            Hook(&decode::Hook {
                dir: In,
                show: show_old_select,
                reads: &[Stretch::to(Start::Here, OLD_SELECTED)],
            }),
        )],
    )
    .only(&[Abi::I386]),
    syscall(
        "_newselect",
        DESC,
        SELECT,
        &[COUNT, READ, WRITE, EXCEPT, arg("timeout", At(In, &Struct(&TIMEVAL)))],
    ),
    syscall(
        "pselect6",
        DESC,
        PSELECT,
        &[
            COUNT,
            READ,
            WRITE,
            EXCEPT,
            arg("timeout", At(In, &Struct(&TIMESPEC))),
            arg("sig", At(In, &Struct(&SELECT_MASK))),
        ],
    ),
    syscall(
        "pselect6_time64",
        DESC,
        PSELECT64,
        &[
            COUNT,
            READ,
            WRITE,
            EXCEPT,
            arg("timeout", At(In, &Struct(&TIMESPEC64))),
            arg("sig", At(In, &Struct(&SELECT_MASK))),
        ],
    ),
    syscall("epoll_create", DESC, Ret::Fd, &[arg("size", INT)]),
    syscall("epoll_create1", DESC, Ret::Fd, &[arg("flags", Flags(W4, &EPOLL_FLAGS))]),
    syscall(
        "epoll_ctl",
        DESC,
        Ret::Dec,
        &[
            EPFD,
            arg("op", Enum(W4, &EPOLL_CTLS)),
            arg("fd", Fd),
            arg("event", At(In, &If(has_event, &EVENT_PACKED))),
        ],
    )
    .only(PACKED),
    syscall(
        "epoll_ctl",
        DESC,
        Ret::Dec,
        &[
            EPFD,
            arg("op", Enum(W4, &EPOLL_CTLS)),
            arg("fd", Fd),
            arg("event", At(In, &If(has_event, &EVENT))),
        ],
    )
    .only(OTHERS),
    syscall("epoll_wait", DESC, Ret::Dec, &[EPFD, EVENTS_PACKED, MAXEVENTS, TIMEOUT]).only(PACKED),
    syscall(
        "epoll_pwait",
        DESC,
        Ret::Dec,
        &[EPFD, EVENTS_PACKED, MAXEVENTS, TIMEOUT, arg("sigmask", At(Out, &EPOLL_MASK)), SIZE],
    )
    .only(PACKED),
    syscall(
        "epoll_pwait",
        DESC,
        Ret::Dec,
        &[EPFD, EVENTS, MAXEVENTS, TIMEOUT, arg("sigmask", At(Out, &EPOLL_MASK)), SIZE],
    )
    .only(OTHERS),
    syscall(
        "epoll_pwait2",
        DESC,
        Ret::Dec,
        &[EPFD, EVENTS_PACKED, MAXEVENTS, TIMEOUT64, arg("sigmask", At(Out, &EPOLL_MASK)), SIZE],
    )
    .only(PACKED),
    syscall(
        "epoll_pwait2",
        DESC,
        Ret::Dec,
        &[EPFD, EVENTS, MAXEVENTS, TIMEOUT64, arg("sigmask", At(Out, &EPOLL_MASK)), SIZE],
    )
    .only(OTHERS),
    syscall("eventfd", DESC, Ret::Fd, &[INITVAL]),
    syscall("eventfd2", DESC, Ret::Fd, &[INITVAL, arg("flags", Flags(W4, &EFD_FLAGS))]),
];
