//! Ends the process the way the command ended.

use std::process::ExitCode;
use tracer::Ending;

/// Ends like that: does not return if it was by a signal that ends this process too.
pub(crate) fn end(ending: Ending) -> ExitCode {
    match ending {
        Ending::Exit(status) => ExitCode::from(status as u8),
        Ending::Signal(signal) => {
            die_of(signal);
            // The signal does not end a process: end as a shell would tell of it.
            ExitCode::from(128u8.wrapping_add(signal as u8))
        }
    }
}

/// Sends this process a signal, with nothing to keep it away, and no second core dump beside the command's.
fn die_of(signal: i32) {
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
