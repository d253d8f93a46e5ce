//! What signals do to the tracer itself (`-I`).

use crate::config::{Config, Interruptible};
use crate::sys::{self, Disposition};

/// Signals that ask a program to end.
const FATAL: [i32; 5] = [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT, libc::SIGPIPE, libc::SIGTERM];

/// Sets what signals do. The command gets what the tracer was started with, whatever is set here.
pub(crate) fn install(config: &Config) {
    let mode = config.interruptible;
    // Tracees would be lost without a trace if the kernel reaped them by itself.
    sys::set_default(libc::SIGCHLD);
    sys::set_disposition(libc::SIGALRM, Disposition::Tick);
    // The tracer writes to the terminal also while the command has it to itself.
    sys::set_disposition(libc::SIGTTOU, Disposition::Ignore);
    sys::set_disposition(libc::SIGTTIN, Disposition::Ignore);
    if mode == Interruptible::NeverTstp {
        sys::set_disposition(libc::SIGTSTP, Disposition::Ignore);
    }
    for signal in FATAL {
        match mode {
            // Rust's runtime ignores SIGPIPE; a write that fails says the same.
            _ if signal == libc::SIGPIPE => {}
            // Who started the tracer under nohup meant it.
            _ if sys::is_ignored(signal) => {}
            // It ends the tracer on the spot, and tracees go on.
            Interruptible::Anywhere => {}
            Interruptible::Waiting => {
                sys::set_disposition(signal, Disposition::End);
            }
            Interruptible::Never | Interruptible::NeverTstp => {
                sys::set_disposition(signal, Disposition::Ignore);
            }
        }
    }
}
