//! Signals and sets of them, real-time ones included.

use std::fmt;

/// A signal number the kernel can deliver: 1 to 64.
///
/// Real-time signals are signals like any other here. The numbers are the kernel's: its first real-time signal is
/// 32, whatever a C library keeps for itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signal(u8);

/// The first real-time signal of the kernel (`__SIGRTMIN` of `asm/signal.h`).
const FIRST_REALTIME: u8 = 32;
/// The highest signal number (`_NSIG`) of the architectures this crate is built for.
const LAST: u8 = 64;

macro_rules! signals {
    ($($short:ident $libc:ident $text:literal),* $(,)?) => {
        impl Signal {
            $(#[doc = concat!("`", stringify!($libc), "`")]
            pub const $short: Signal = Signal(libc::$libc as u8);)*

            /// The standard name, such as `SIGTERM`; `None` for real-time signals, which have only numbers.
            pub const fn name(self) -> Option<&'static str> {
                match self {
                    $(Signal::$short => Some($text),)*
                    _ => None,
                }
            }
        }
    };
}

signals! {
    HUP SIGHUP "SIGHUP", INT SIGINT "SIGINT", QUIT SIGQUIT "SIGQUIT", ILL SIGILL "SIGILL",
    TRAP SIGTRAP "SIGTRAP", ABRT SIGABRT "SIGABRT", BUS SIGBUS "SIGBUS", FPE SIGFPE "SIGFPE",
    KILL SIGKILL "SIGKILL", USR1 SIGUSR1 "SIGUSR1", SEGV SIGSEGV "SIGSEGV", USR2 SIGUSR2 "SIGUSR2",
    PIPE SIGPIPE "SIGPIPE", ALRM SIGALRM "SIGALRM", TERM SIGTERM "SIGTERM", STKFLT SIGSTKFLT "SIGSTKFLT",
    CHLD SIGCHLD "SIGCHLD", CONT SIGCONT "SIGCONT", STOP SIGSTOP "SIGSTOP", TSTP SIGTSTP "SIGTSTP",
    TTIN SIGTTIN "SIGTTIN", TTOU SIGTTOU "SIGTTOU", URG SIGURG "SIGURG", XCPU SIGXCPU "SIGXCPU",
    XFSZ SIGXFSZ "SIGXFSZ", VTALRM SIGVTALRM "SIGVTALRM", PROF SIGPROF "SIGPROF", WINCH SIGWINCH "SIGWINCH",
    IO SIGIO "SIGIO", PWR SIGPWR "SIGPWR", SYS SIGSYS "SIGSYS",
}

impl Signal {
    /// The signal of this number, or `None` if no kernel delivers it (0, negative, above 64).
    pub const fn new(number: i32) -> Option<Signal> {
        if number >= 1 && number <= LAST as i32 { Some(Signal(number as u8)) } else { None }
    }

    /// The number, as `kill(2)` takes it.
    pub const fn number(self) -> i32 {
        self.0 as i32
    }

    /// Whether it is a real-time signal: queued, numbered, without a name of its own.
    pub const fn is_realtime(self) -> bool {
        self.0 >= FIRST_REALTIME
    }

    /// Whether its default action is to stop the process: `SIGSTOP`, `SIGTSTP`, `SIGTTIN`, `SIGTTOU`.
    pub const fn is_job_stop(self) -> bool {
        matches!(self, Signal::STOP | Signal::TSTP | Signal::TTIN | Signal::TTOU)
    }

    /// The number for a request that takes a signal or 0 for none.
    pub(crate) fn or_zero(signal: Option<Signal>) -> usize {
        signal.map_or(0, |signal| usize::from(signal.0))
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(name),
            None => write!(f, "SIGRT_{}", self.0 - FIRST_REALTIME),
        }
    }
}

impl fmt::Debug for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A set of signals as the kernel keeps it: bit *n* − 1 stands for signal *n*.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct SignalSet(u64);

impl SignalSet {
    /// No signal.
    pub const EMPTY: SignalSet = SignalSet(0);
    /// Every signal.
    pub const ALL: SignalSet = SignalSet(u64::MAX);

    /// The set of these bits.
    pub const fn from_bits(bits: u64) -> SignalSet {
        SignalSet(bits)
    }

    /// Its bits.
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// Whether `signal` is in the set.
    pub const fn contains(self, signal: Signal) -> bool {
        self.0 & SignalSet::bit(signal) != 0
    }

    /// The set with `signal` in it.
    #[must_use]
    pub const fn with(self, signal: Signal) -> SignalSet {
        SignalSet(self.0 | SignalSet::bit(signal))
    }

    /// The set without `signal`.
    #[must_use]
    pub const fn without(self, signal: Signal) -> SignalSet {
        SignalSet(self.0 & !SignalSet::bit(signal))
    }

    /// Its signals, lowest number first.
    pub fn iter(self) -> impl Iterator<Item = Signal> {
        (1..=LAST).map(Signal).filter(move |signal| self.contains(*signal))
    }

    const fn bit(signal: Signal) -> u64 {
        1 << (signal.0 - 1)
    }
}

impl FromIterator<Signal> for SignalSet {
    fn from_iter<I: IntoIterator<Item = Signal>>(signals: I) -> SignalSet {
        signals.into_iter().fold(SignalSet::EMPTY, SignalSet::with)
    }
}

impl fmt::Debug for SignalSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_outside_the_range_are_no_signals() {
        assert_eq!(Signal::new(0), None);
        assert_eq!(Signal::new(65), None);
        assert_eq!(Signal::new(-1), None);
        assert_eq!(Signal::new(15), Some(Signal::TERM));
        assert_eq!(Signal::new(64).map(|s| s.to_string()).as_deref(), Some("SIGRT_32"));
    }

    #[test]
    fn a_set_gives_back_what_was_put_in() {
        let set: SignalSet = [Signal::HUP, Signal::new(64).unwrap()].into_iter().collect();
        assert_eq!(set.bits(), 1 | 1 << 63);
        assert_eq!(set.without(Signal::HUP).iter().map(Signal::number).collect::<Vec<_>>(), [64]);
    }
}
