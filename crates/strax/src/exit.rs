//! Ends the process the way the command ended.

use std::process::ExitCode;
use tracer::Ending;

/// Ends like that: does not return if it was by a signal that ends this process too.
pub(crate) fn end(ending: Ending) -> ExitCode {
    match ending {
        Ending::Exit(status) => ExitCode::from(status as u8),
        Ending::Signal(signal) => {
            tracer::die_of(signal);
            // The signal does not end a process: end as a shell would tell of it.
            ExitCode::from(128u8.wrapping_add(signal as u8))
        }
    }
}
