//! Clocks, timers and sleeping.

use crate::common::{SIGNAL, TIMESPEC, TIMESPEC64, TIMEVAL, note_time};
use decode::class::{CLOCK, DESC, NONE};
use decode::prelude::*;
use uapi::consts::*;

/// Gone from the kernel, its number still taken.
const CLOCK_SGI_CYCLE: Const = crate::common::uncommon("CLOCK_SGI_CYCLE", 10);

pub(crate) static CLOCKS: Names = names(
    "CLOCK_???",
    &[
        CLOCK_REALTIME,
        CLOCK_MONOTONIC,
        CLOCK_PROCESS_CPUTIME_ID,
        CLOCK_THREAD_CPUTIME_ID,
        CLOCK_MONOTONIC_RAW,
        CLOCK_REALTIME_COARSE,
        CLOCK_MONOTONIC_COARSE,
        CLOCK_BOOTTIME,
        CLOCK_REALTIME_ALARM,
        CLOCK_BOOTTIME_ALARM,
        CLOCK_SGI_CYCLE,
        CLOCK_TAI,
    ],
);
static TIMER_FLAGS: Names = names("TIMER_???", &[TIMER_ABSTIME]);
static ITIMERS: Names = names("ITIMER_???", &[ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF]);
static SIGEV: Names = names("SIGEV_???", &[SIGEV_SIGNAL, SIGEV_NONE, SIGEV_THREAD, SIGEV_THREAD_ID]);
static TFD_FLAGS: Names =
    names("TFD_???", &[TFD_TIMER_ABSTIME, TFD_TIMER_CANCEL_ON_SET, TFD_CLOEXEC, TFD_NONBLOCK]);
static ADJ_MODES: Names = names(
    "ADJ_???",
    &[
        ADJ_OFFSET_SS_READ,
        ADJ_OFFSET_SINGLESHOT,
        ADJ_OFFSET,
        ADJ_FREQUENCY,
        ADJ_MAXERROR,
        ADJ_ESTERROR,
        ADJ_STATUS,
        ADJ_TIMECONST,
        ADJ_TAI,
        ADJ_SETOFFSET,
        ADJ_MICRO,
        ADJ_NANO,
        ADJ_TICK,
    ],
);
static ADJ_STATUS_BITS: Names = names(
    "STA_???",
    &[
        STA_PLL,
        STA_PPSFREQ,
        STA_PPSTIME,
        STA_FLL,
        STA_INS,
        STA_DEL,
        STA_UNSYNC,
        STA_FREQHOLD,
        STA_PPSSIGNAL,
        STA_PPSJITTER,
        STA_PPSWANDER,
        STA_PPSERROR,
        STA_CLOCKERR,
        STA_NANO,
        STA_MODE,
        STA_CLK,
    ],
);
static ADJ_STATES: Names = names("", &[TIME_OK, TIME_INS, TIME_DEL, TIME_OOP, TIME_WAIT, TIME_ERROR]);

static TIMEZONE: Record = record("timezone", &[arg("tz_minuteswest", INT), arg("tz_dsttime", INT)]);
static ITIMERVAL: Record =
    record("itimerval", &[arg("it_interval", Struct(&TIMEVAL)), arg("it_value", Struct(&TIMEVAL))]);
static ITIMERSPEC: Record =
    record("itimerspec", &[arg("it_interval", Struct(&TIMESPEC)), arg("it_value", Struct(&TIMESPEC))]);
static ITIMERSPEC64: Record = record(
    "__kernel_itimerspec",
    &[arg("it_interval", Struct(&TIMESPEC64)), arg("it_value", Struct(&TIMESPEC64))],
);

static TIMEX: Record = record(
    "timex",
    &[
        arg("modes", Flags(W4, &ADJ_MODES)),
        arg("offset", KLONG),
        arg("freq", KLONG),
        arg("maxerror", KLONG),
        arg("esterror", KLONG),
        arg("status", Flags(W4, &ADJ_STATUS_BITS)),
        arg("constant", KLONG),
        arg("precision", KLONG),
        arg("tolerance", KLONG),
        arg("time", Struct(&TIMEVAL)),
        arg("tick", KLONG),
        arg("ppsfreq", KLONG),
        arg("jitter", KLONG),
        arg("shift", INT),
        arg("stabil", KLONG),
        arg("jitcnt", KLONG),
        arg("calcnt", KLONG),
        arg("errcnt", KLONG),
        arg("stbcnt", KLONG),
        arg("tai", INT),
        pad(11 * 4),
    ],
);
static TIMEX_TIMEVAL: Record = record("__kernel_timex_timeval", &[arg("tv_sec", S64), arg("tv_usec", U64)]);
/// The kernel pads each `int` to eight bytes, whatever the ABI's alignment.
static TIMEX64: Record = record(
    "__kernel_timex",
    &[
        arg("modes", Flags(W4, &ADJ_MODES)),
        pad(4),
        arg("offset", S64),
        arg("freq", S64),
        arg("maxerror", S64),
        arg("esterror", S64),
        arg("status", Flags(W4, &ADJ_STATUS_BITS)),
        pad(4),
        arg("constant", S64),
        arg("precision", S64),
        arg("tolerance", S64),
        arg("time", Struct(&TIMEX_TIMEVAL)),
        arg("tick", S64),
        arg("ppsfreq", S64),
        arg("jitter", S64),
        arg("shift", INT),
        pad(4),
        arg("stabil", S64),
        arg("jitcnt", S64),
        arg("calcnt", S64),
        arg("errcnt", S64),
        arg("stbcnt", S64),
        arg("tai", INT),
        pad(11 * 4),
    ],
);

/// Shows a `union sigval` of which nobody knows what it holds.
fn show_sigval(cx: &mut Plain<'_>, offset: u64) {
    let word = cx.word();
    let v = cx.load(offset as usize, word);
    cx.out.open(Kind::Struct);
    cx.out.field("sival_int");
    cx.out.int(i64::from(v as i32));
    cx.out.field("sival_ptr");
    cx.out.addr(v);
    cx.out.close(Kind::Struct);
}

fn notifies(cx: &Plain<'_>, how: Const) -> bool {
    cx.is(cx.field("sigev_notify"), how)
}

/// `struct sigevent` as far as it is used: whom to tell, and how.
pub(crate) static SIGEVENT: Record = record(
    "sigevent_used",
    &[
        arg("sigev_value", Inline([8, 4, 4], 4, show_sigval)).nonzero(),
        // A signal is sent by these only; with others the number means nothing.
        arg(
            "sigev_signo",
            Scalar(W4, |cx, v| {
                let signals = [SIGEV_SIGNAL, SIGEV_THREAD, SIGEV_THREAD_ID];
                if signals.iter().any(|how| notifies(cx, *how)) {
                    cx.value(&SIGNAL, v);
                } else {
                    cx.out.uint(v);
                }
            }),
        ),
        arg("sigev_notify", Enum(W4, &SIGEV)),
        // These three share their bytes.
        arg(
            "sigev_notify_thread_id",
            Inline([0, 0, 0], 1, |cx, offset| {
                let tid = cx.load(offset as usize, 4);
                cx.pid(PidKind::Tid, tid as i32);
            }),
        )
        .when(|c| notifies(c, SIGEV_THREAD_ID)),
        arg(
            "sigev_notify_function",
            Inline([0, 0, 0], 1, |cx, _| {
                let word = cx.word();
                let at = cx.load(word + 8, word);
                cx.out.addr(at);
            }),
        )
        .when(|c| notifies(c, SIGEV_THREAD)),
        arg(
            "sigev_notify_attributes",
            Inline([0, 0, 0], 1, |cx, _| {
                let word = cx.word();
                let at = cx.load(2 * word + 8, word);
                cx.out.addr(at);
            }),
        )
        .when(|c| notifies(c, SIGEV_THREAD)),
        arg("", Inline([16, 8, 8], 1, |_, _| {})).when(|_| false),
    ],
);

static REMAINING: Ty = Struct(&TIMESPEC);
static REMAINING64: Ty = Struct(&TIMESPEC64);

/// What is left of a sleep: told only if a signal broke it off.
macro_rules! remaining {
    ($of:expr, $told:expr) => {
        Hook(&decode::Hook {
            dir: Late,
            show: |cx, addr| {
                let told: fn(&Plain<'_>) -> bool = $told;
                if interrupted(cx) && told(cx) {
                    cx.at(In, &$of, addr);
                } else {
                    cx.out.addr(addr);
                }
            },
            reads: &[decode::Stretch::here(16)],
        })
    };
}

/// Whether a signal broke the call off.
fn interrupted(cx: &Plain<'_>) -> bool {
    const ERESTARTSYS: u32 = 512;
    const ERESTART_RESTARTBLOCK: u32 = 516;
    cx.error().is_some_and(|e| (ERESTARTSYS..=ERESTART_RESTARTBLOCK).contains(&e))
}

/// Whether `clock_nanosleep` was to sleep for, not until, some time.
fn is_relative(cx: &Plain<'_>) -> bool {
    cx.arg(1) as u32 == 0
}

/// Shows seconds since the epoch, of a `__kernel_old_time_t`.
fn show_seconds(cx: &mut Plain<'_>, v: u64) {
    let bytes = cx.size_of(&KLONG) as u32;
    cx.out.int(sign_extend(v, bytes));
    note_time(cx, v as i64, 0);
}
const SECONDS: Ty = Scalar(KLong, show_seconds);

static SECONDS_TOLD: Ret = Ret::Aux(&Ret::Dec, |cx| {
    let seconds = cx.ret();
    if seconds != 0 {
        cx.aux(|cx| {
            cx.out.aux_part("");
            cx.out.time(seconds, 0);
        });
    }
});
/// What state the clock is in: told of a call whose data, a pointer to `of`, can be read.
fn clock_state(cx: &mut Cx<'_>, addr: u64, of: &'static Record) {
    if addr == 0 || !cx.options.verbose || !cx.with_record(of, addr, |_| {}) {
        return;
    }
    if let Some(name) = ADJ_STATES.find(cx.ret() as u64, u64::MAX, cx.abi) {
        cx.aux(|cx| {
            cx.out.aux_part("");
            cx.out.word(name);
        });
    }
}
static ADJTIMEX_STATE: Ret = Ret::AuxHook(&Ret::Dec, &[Stretch::to(Start::Arg(0), Struct(&TIMEX))], |cx| {
    clock_state(cx, cx.arg(0), &TIMEX)
});
static CLOCK_STATE: Ret = Ret::AuxHook(&Ret::Dec, &[Stretch::to(Start::Arg(1), Struct(&TIMEX))], |cx| {
    clock_state(cx, cx.arg(1), &TIMEX)
});
static CLOCK_STATE64: Ret = Ret::AuxHook(&Ret::Dec, &[Stretch::to(Start::Arg(1), Struct(&TIMEX64))], |cx| {
    clock_state(cx, cx.arg(1), &TIMEX64)
});

const CLOCKID: Arg = arg("clockid", Enum(W4, &CLOCKS));
const TIMERID: Arg = arg("timerid", INT);
const FD: Arg = arg("fd", Fd);
const FLAGS: Arg = arg("flags", Flags(W4, &TIMER_FLAGS));
const TFD: Arg = arg("flags", Flags(W4, &TFD_FLAGS));

pub(crate) static ROWS: &[Syscall] = &[
    syscall(
        "nanosleep",
        NONE,
        Ret::Dec,
        &[arg("req", At(In, &Struct(&TIMESPEC))), arg("rem", remaining!(REMAINING, |_| true))],
    ),
    syscall(
        "clock_nanosleep",
        NONE,
        Ret::Dec,
        &[
            CLOCKID,
            FLAGS,
            arg("request", At(In, &Struct(&TIMESPEC))),
            arg("remain", remaining!(REMAINING, is_relative)),
        ],
    ),
    syscall(
        "clock_nanosleep_time64",
        NONE,
        Ret::Dec,
        &[
            CLOCKID,
            FLAGS,
            arg("request", At(In, &Struct(&TIMESPEC64))),
            arg("remain", remaining!(REMAINING64, is_relative)),
        ],
    ),
    syscall("clock_gettime", CLOCK, Ret::Dec, &[CLOCKID, arg("tp", At(Out, &Struct(&TIMESPEC)))]),
    syscall("clock_gettime64", CLOCK, Ret::Dec, &[CLOCKID, arg("tp", At(Out, &Struct(&TIMESPEC64)))]),
    syscall("clock_settime", CLOCK, Ret::Dec, &[CLOCKID, arg("tp", At(In, &Struct(&TIMESPEC)))]),
    syscall("clock_settime64", CLOCK, Ret::Dec, &[CLOCKID, arg("tp", At(In, &Struct(&TIMESPEC64)))]),
    syscall("clock_getres", CLOCK, Ret::Dec, &[CLOCKID, arg("tp", At(Out, &Struct(&TIMESPEC)))]),
    syscall("clock_getres_time64", CLOCK, Ret::Dec, &[CLOCKID, arg("tp", At(Out, &Struct(&TIMESPEC64)))]),
    syscall("clock_adjtime", CLOCK, CLOCK_STATE, &[CLOCKID, arg("buf", At(Out, &Struct(&TIMEX)))]),
    syscall("clock_adjtime64", CLOCK, CLOCK_STATE64, &[CLOCKID, arg("buf", At(Out, &Struct(&TIMEX64)))]),
    syscall("adjtimex", CLOCK, ADJTIMEX_STATE, &[arg("buf", At(Out, &Struct(&TIMEX)))]),
    syscall(
        "gettimeofday",
        CLOCK,
        Ret::Dec,
        &[arg("tv", At(Out, &Struct(&TIMEVAL))), arg("tz", At(Out, &Struct(&TIMEZONE)))],
    ),
    syscall(
        "settimeofday",
        CLOCK,
        Ret::Dec,
        &[arg("tv", At(In, &Struct(&TIMEVAL))), arg("tz", At(In, &Struct(&TIMEZONE)))],
    ),
    syscall("time", CLOCK, SECONDS_TOLD, &[arg("tloc", At(Out, &SECONDS))]),
    syscall("stime", NONE, SECONDS_TOLD, &[arg("tloc", At(Out, &SECONDS))]),
    syscall(
        "getitimer",
        NONE,
        Ret::Dec,
        &[arg("which", Enum(W4, &ITIMERS)), arg("curr_value", At(Out, &Struct(&ITIMERVAL)))],
    ),
    syscall(
        "setitimer",
        NONE,
        Ret::Dec,
        &[
            arg("which", Enum(W4, &ITIMERS)),
            arg("new_value", At(In, &Struct(&ITIMERVAL))),
            arg("old_value", At(Out, &Struct(&ITIMERVAL))),
        ],
    ),
    syscall(
        "timer_create",
        NONE,
        Ret::Dec,
        &[CLOCKID, arg("sevp", At(In, &Struct(&SIGEVENT))), arg("timerid", At(Out, &INT))],
    ),
    syscall(
        "timer_settime",
        NONE,
        Ret::Dec,
        &[
            TIMERID,
            FLAGS,
            arg("new_value", At(In, &Struct(&ITIMERSPEC))),
            arg("old_value", At(Out, &Struct(&ITIMERSPEC))),
        ],
    ),
    syscall(
        "timer_settime64",
        NONE,
        Ret::Dec,
        &[
            TIMERID,
            FLAGS,
            arg("new_value", At(In, &Struct(&ITIMERSPEC64))),
            arg("old_value", At(Out, &Struct(&ITIMERSPEC64))),
        ],
    ),
    syscall("timer_gettime", NONE, Ret::Dec, &[TIMERID, arg("curr_value", At(Out, &Struct(&ITIMERSPEC)))]),
    syscall(
        "timer_gettime64",
        NONE,
        Ret::Dec,
        &[TIMERID, arg("curr_value", At(Out, &Struct(&ITIMERSPEC64)))],
    ),
    syscall("timer_getoverrun", NONE, Ret::Dec, &[TIMERID]),
    syscall("timer_delete", NONE, Ret::Dec, &[TIMERID]),
    syscall("timerfd_create", DESC, Ret::Fd, &[CLOCKID, TFD]),
    syscall(
        "timerfd_settime",
        DESC,
        Ret::Dec,
        &[
            FD,
            TFD,
            arg("new_value", At(In, &Struct(&ITIMERSPEC))),
            arg("old_value", At(Out, &Struct(&ITIMERSPEC))),
        ],
    ),
    syscall(
        "timerfd_settime64",
        DESC,
        Ret::Dec,
        &[
            FD,
            TFD,
            arg("new_value", At(In, &Struct(&ITIMERSPEC64))),
            arg("old_value", At(Out, &Struct(&ITIMERSPEC64))),
        ],
    ),
    syscall("timerfd_gettime", DESC, Ret::Dec, &[FD, arg("curr_value", At(Out, &Struct(&ITIMERSPEC)))]),
    syscall("timerfd_gettime64", DESC, Ret::Dec, &[FD, arg("curr_value", At(Out, &Struct(&ITIMERSPEC64)))]),
];
