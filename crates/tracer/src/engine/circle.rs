//! Tracers that must not be traced: who traces this tracer, and who traces that, and so on.
//!
//! Were one of them seized, the two would wait for each other, and no signal could end them: a process that is being
//! killed stops once more, for its tracer, which stands still for the same reason.

use crate::status::{self, Status};
use std::collections::HashSet;

/// Whether a process, or one of its threads, traces this tracer, directly or by way of others.
pub(super) fn would_close(target: i32) -> bool {
    let Some(own) = status::own_id() else { return false };
    let above = tracers_above(own, &|tid| Status::of(tid), &threads_of);
    // Nearly always.
    if above.is_empty() {
        return false;
    }
    let target = status::id_in_proc(target).unwrap_or(target);
    let process = Status::of(target).map_or(target, |status| status.process);
    above.contains(&process)
}

/// The processes that trace `process`, or one that does, directly or not. All threads of each count: any of them may be
/// traced, and any may be the tracer.
fn tracers_above(
    process: i32,
    status_of: &dyn Fn(i32) -> Option<Status>,
    threads_of: &dyn Fn(i32) -> Vec<i32>,
) -> HashSet<i32> {
    let mut above = HashSet::new();
    let mut rest = vec![process];
    while let Some(process) = rest.pop() {
        for thread in threads_of(process) {
            let Some(tracer) = status_of(thread).and_then(|status| status.tracer) else { continue };
            // A tracer that has no status is still known by its id.
            let tracer = status_of(tracer).map_or(tracer, |status| status.process);
            if above.insert(tracer) {
                rest.push(tracer);
            }
        }
    }
    above
}

fn threads_of(process: i32) -> Vec<i32> {
    let threads = ptrace::threads_of(ptrace::Tid::from_raw(process)).unwrap_or_default();
    threads.into_iter().map(ptrace::Tid::raw).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Threads as made-up texts of their status: id, process, tracer.
    fn above(threads: &[(i32, i32, i32)], own: i32) -> Vec<i32> {
        let status_of = |tid| {
            let (tid, process, tracer) = threads.iter().find(|thread| thread.0 == tid)?;
            let text = format!(
                "Name:\tx\nUmask:\t0022\nState:\tt (tracing stop)\nTgid:\t{process}\nNgid:\t0\nPid:\t{tid}\n\
                 PPid:\t1\nTracerPid:\t{tracer}\nUid:\t0\t0\t0\t0\nKthread:\t0\n"
            );
            Status::parse(text.as_bytes())
        };
        let threads_of =
            |process| threads.iter().filter(|thread| thread.1 == process).map(|thread| thread.0).collect();
        let mut above: Vec<_> = tracers_above(own, &status_of, &threads_of).into_iter().collect();
        above.sort_unstable();
        above
    }

    #[test]
    fn nobody_traces_the_tracer() {
        assert!(above(&[(10, 10, 0), (20, 20, 10), (30, 30, 20)], 10).is_empty());
        assert!(above(&[], 10).is_empty());
    }

    #[test]
    fn tracers_of_tracers() {
        let chain = [(10, 10, 20), (20, 20, 30), (30, 30, 0), (40, 40, 10), (50, 50, 0)];
        assert_eq!(above(&chain, 10), [20, 30]);
        assert_eq!(above(&chain, 40), [10, 20, 30]);
    }

    #[test]
    fn threads_count_by_their_process() {
        // The tracer is a thread of process 20; another thread of that process is traced by a thread of process 30.
        let threads = [(10, 10, 21), (20, 20, 0), (21, 20, 0), (22, 20, 31), (30, 30, 0), (31, 30, 0)];
        assert_eq!(above(&threads, 10), [20, 30]);
        // A thread of the tracer's own process is traced.
        assert_eq!(above(&[(10, 10, 0), (11, 10, 20), (20, 20, 0)], 10), [20]);
    }

    #[test]
    fn tracers_out_of_sight_and_circles_end_it() {
        assert_eq!(above(&[(10, 10, 20)], 10), [20]);
        assert_eq!(above(&[(10, 10, 20), (20, 20, 10)], 10), [10, 20]);
    }
}
