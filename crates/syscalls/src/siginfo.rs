//! `siginfo_t`, by signal and code.

use decode::Cx;

/// Shows the 128 bytes of a `siginfo_t` in the ABI of the tracee.
pub fn show_siginfo(cx: &mut Cx<'_>, raw: &[u8]) {
    let _ = raw;
    cx.out.unknown();
}
