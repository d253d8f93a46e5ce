//! What the keeper does.

use super::ring::Ring;
use super::sys::{self, KEEPER, PERIOD, Pin, Shared};
use crate::affinity::CpuSet;
use ptrace::Tid;
use std::sync::atomic::Ordering;

/// The keeper's life, which ends shortly after the tracer's.
pub(super) fn run(shared: &Shared) -> ! {
    // Whatever happens, it does not go on as a second tracer.
    let _end = sys::EndOfProcess;
    sys::settle_down();
    if shared.keeper.claim().is_some() {
        while shared.over.load(Ordering::SeqCst) == 0 {
            if shared.tracer.has_died() {
                put_back(&shared.pin);
                write(shared);
                break;
            }
            if Ring::of(shared).is_empty() {
                shared.sleep_until_needed();
                // More is about to come.
                shared.sleep_for(PERIOD);
            } else {
                write(shared);
                shared.sleep_for(PERIOD);
            }
        }
    }
    sys::end()
}

/// Writes all that waits, as far as it can be. What can't is left to the tracer, who tells of it.
fn write(shared: &Shared) {
    if !shared.lock(KEEPER, shared.tracer.has_died(), &shared.tracer) {
        // The tracer is about to write.
        return;
    }
    let ring = Ring::of(shared);
    ring.recover();
    let mut text = Vec::new();
    while let Some(next) = ring.next_text(None, &mut text) {
        ring.begin(&next);
        let written = sys::write(next.fd, &text);
        let refused = written < text.len();
        // The others' text can wait as well, unless there is nobody to write it.
        let is_last_chance = shared.tracer.has_died();
        ring.end(&next, if refused && is_last_chance { text.len() } else { written });
        if refused && !is_last_chance {
            shared.refused.store(1, Ordering::Relaxed);
            break;
        }
    }
    shared.unlock();
}

/// Gives the thread that shared the tracer's CPU its own mask again, if it still is that thread and has the makeshift.
fn put_back(pin: &Pin) {
    let Some((tid, own, cpu, since)) = pin.get() else { return };
    if CpuSet::of_thread(tid) == Some(CpuSet::of(cpu)) && began_before(tid, since) {
        own.apply(tid);
    }
}

/// Whether a thread began before this time since the machine was started, in nanoseconds: one that did not has got the
/// id of another.
fn began_before(tid: Tid, time: u64) -> bool {
    let Ok(stat) = std::fs::read_to_string(format!("/proc/{tid}/stat")) else { return false };
    // The name may have any characters, `)` among them; the time is the 22nd field, the 20th behind it (`proc(5)`).
    let begin = stat
        .rsplit_once(')')
        .and_then(|(_, rest)| rest.split_ascii_whitespace().nth(19)?.parse::<u64>().ok());
    begin.is_some_and(|ticks| ticks.saturating_mul(sys::nanos_per_tick()) <= time)
}
