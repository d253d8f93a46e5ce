//! What signals do to the tracer itself (`-I`, `--forward-signals`): the one place that says it, of all of them.
//!
//! Whatever can be caught ends the trace in order: tracees are let go of, with their own CPUs, and those under the
//! seccomp filter, whom the kernel would kill with the tracer, are stayed with.

use crate::config::{Config, Interruptible, SeccompBpf};
use crate::sys::{self, Disposition};
use ptrace::{Signal, StartState};

/// Signals that somebody sends to a program to have it do something.
const FORWARDED: [i32; 6] =
    [libc::SIGINT, libc::SIGTERM, libc::SIGHUP, libc::SIGQUIT, libc::SIGUSR1, libc::SIGUSR2];

/// Whether a signal asks a program to end.
pub(super) fn asks_to_end(signal: i32) -> bool {
    matches!(signal, libc::SIGHUP | libc::SIGINT | libc::SIGQUIT | libc::SIGPIPE | libc::SIGTERM)
}

/// Sets what signals do. The command gets what the tracer was started with, whatever is set here.
pub(super) fn install(config: &Config) {
    set(sys::signals().filter(|signal| !is_forwarded(config, *signal)), config);
    let forwarded = FORWARDED.iter().filter(|signal| is_forwarded(config, **signal));
    forwarded.for_each(|&signal| sys::set_disposition(signal, Disposition::Forward));
}

/// The command has ended, so that its signals are the tracer's again.
pub(super) fn stop_forwarding(config: &Config) {
    set(FORWARDED.into_iter().filter(|signal| is_forwarded(config, *signal)), config);
}

fn is_forwarded(config: &Config, signal: i32) -> bool {
    config.forward_signals && FORWARDED.contains(&signal)
}

/// When a signal may end the tracer. Whom it has put under a filter for good it must not leave on the spot.
fn mode(config: &Config) -> Interruptible {
    match config.interruptible {
        Interruptible::Anywhere if config.seccomp_bpf == SeccompBpf::Always => Interruptible::Waiting,
        mode => mode,
    }
}

fn set(signals: impl Iterator<Item = i32>, config: &Config) {
    let ignored = StartState::of_process().ignored;
    for signal in signals {
        let ignored = Signal::new(signal).is_some_and(|signal| ignored.contains(signal));
        if let Some(disposition) = disposition(signal, mode(config), ignored) {
            sys::set_disposition(signal, disposition);
        }
    }
}

/// What a signal should do to the tracer; `None`: what it does to any program. `ignored`: it was so when the tracer was
/// started.
fn disposition(signal: i32, mode: Interruptible, ignored: bool) -> Option<Disposition> {
    match signal {
        // Tracees would be lost without a trace if the kernel reaped them by itself.
        libc::SIGCHLD => Some(Disposition::Default),
        libc::SIGALRM => Some(Disposition::Tick),
        // The tracer writes to the terminal also while the command has it to itself.
        libc::SIGTTOU | libc::SIGTTIN => Some(Disposition::Ignore),
        // A write that fails says the same.
        libc::SIGPIPE | libc::SIGXFSZ => Some(Disposition::Ignore),
        libc::SIGTSTP if mode == Interruptible::NeverTstp => Some(Disposition::Ignore),
        libc::SIGKILL | libc::SIGSTOP | libc::SIGTSTP => None,
        libc::SIGCONT | libc::SIGURG | libc::SIGWINCH => None,
        // Who started the tracer under nohup meant it.
        libc::SIGHUP if ignored => Some(Disposition::Ignore),
        _ if asks_to_end(signal) => match mode {
            Interruptible::Anywhere if ignored => Some(Disposition::Ignore),
            Interruptible::Anywhere => Some(Disposition::Die),
            // A shell without job control starts all that it runs in the background with SIGINT and SIGQUIT ignored,
            // and means nothing by it.
            Interruptible::Waiting => Some(Disposition::End),
            Interruptible::Never | Interruptible::NeverTstp => Some(Disposition::Ignore),
        },
        _ if ignored => None,
        _ if mode == Interruptible::Anywhere => Some(Disposition::Die),
        _ => Some(Disposition::End),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_caught_ends_the_trace_in_order() {
        for signal in [libc::SIGUSR1, libc::SIGABRT, libc::SIGXCPU, libc::SIGSEGV, libc::SIGRTMIN()] {
            for mode in [Interruptible::Waiting, Interruptible::Never, Interruptible::NeverTstp] {
                assert_eq!(disposition(signal, mode, false), Some(Disposition::End), "{signal}");
                assert_eq!(disposition(signal, mode, true), None, "{signal}");
            }
            assert_eq!(disposition(signal, Interruptible::Anywhere, false), Some(Disposition::Die));
        }
        assert_eq!(disposition(libc::SIGXFSZ, Interruptible::Anywhere, false), Some(Disposition::Ignore));
    }

    #[test]
    fn what_asks_to_end_is_heeded_as_the_user_wants() {
        for signal in [libc::SIGINT, libc::SIGQUIT, libc::SIGTERM] {
            assert_eq!(disposition(signal, Interruptible::Waiting, true), Some(Disposition::End));
            assert_eq!(disposition(signal, Interruptible::Waiting, false), Some(Disposition::End));
            assert_eq!(disposition(signal, Interruptible::Never, false), Some(Disposition::Ignore));
            assert_eq!(disposition(signal, Interruptible::Anywhere, false), Some(Disposition::Die));
            assert_eq!(disposition(signal, Interruptible::Anywhere, true), Some(Disposition::Ignore));
        }
        assert_eq!(disposition(libc::SIGHUP, Interruptible::Waiting, true), Some(Disposition::Ignore));
        assert_eq!(disposition(libc::SIGHUP, Interruptible::Waiting, false), Some(Disposition::End));
    }

    #[test]
    fn signals_are_forwarded_if_asked_for() {
        let mut config = Config::default();
        assert!(!is_forwarded(&config, libc::SIGTERM));
        config.forward_signals = true;
        assert!(is_forwarded(&config, libc::SIGTERM) && !is_forwarded(&config, libc::SIGSEGV));
    }
}
