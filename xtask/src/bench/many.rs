//! What a call costs, and a tracee in memory, the more threads are traced.

use super::measure::{self, Watch, typical};
use super::options::Options;
use super::tracers::{Role, Tracer};
use super::workloads::{Programs, thousands};
use super::{Report, time};
use crate::Result;
use std::path::Path;

/// How the command line calls it.
pub(super) const NAME: &str = "threads";

/// How many calls the threads make between them.
const CALLS: u32 = 10_000;

/// The most memory that a tracee shall cost, in bytes.
const PER_TRACEE: f64 = 1024.0;

/// What one tracer needs for a number of threads.
struct Figures {
    threads: u32,
    /// Seconds for a call.
    call: f64,
    /// Seconds from start to end.
    wall: f64,
    /// The most memory, in KB.
    peak: u64,
}

/// Measures strace 7.2 and strax with more and more threads.
///
/// # Errors
/// One of them fails.
pub(super) fn measure(
    report: &mut Report,
    programs: &Programs,
    tracers: &[Tracer],
    options: &Options,
    folder: &Path,
) -> Result<()> {
    report.add(&format!(
        "\nThreads that make {} calls between them, with `-f`:\n\n\
         | threads | strace 7.2: a call | start to end | peak memory | strax: a call | start to end | peak memory |\n\
         |---|---|---|---|---|---|---|\n",
        thousands(CALLS)
    ));
    let of = |role| tracers.iter().find(move |tracer| tracer.role == role).ok_or("no tracer");
    let pair = [of(Role::Reference)?, of(Role::Strax)?];
    let mut counts: Vec<u32> = [10, 100, 1000].into_iter().filter(|&n| n < options.threads).collect();
    counts.push(options.threads);
    let mut all = Vec::new();
    for threads in counts {
        let command = programs.command("threads", &[threads, CALLS]);
        let figures = compare(threads, &command, pair, options.rounds, folder)?;
        let mut line = format!("| {} |", thousands(threads));
        for f in &figures {
            line +=
                &format!(" {:.1} µs | {} | {} KB |", f.call * 1e6, time(f.wall), thousands(f.peak as u32));
        }
        report.add(&(line + "\n"));
        all.push(figures);
    }
    if let (Some(first), Some(last)) = (all.first(), all.last()) {
        report.add(&verdicts(first, last));
    }
    Ok(())
}

/// Runs a command under both tracers in turn.
fn compare(
    threads: u32,
    command: &[String],
    tracers: [&Tracer; 2],
    rounds: usize,
    folder: &Path,
) -> Result<[Figures; 2]> {
    let watch = Watch { memory: true, output: true };
    let mut costs = [vec![], vec![]];
    for _ in 0..rounds {
        for (tracer, costs) in tracers.iter().zip(&mut costs) {
            let words = tracer.run(&["-f"], command, &folder.join("trace")).ok_or("no such options")?;
            costs.push(measure::run(&words, folder, watch)?);
        }
    }
    let [strace, strax] = costs.map(|costs| {
        let cost = typical(&costs).ok_or("no rounds")?;
        let seconds = cost.said.ok_or("the threads did not say how long they took")?;
        // Each thread returns from its wait for the others at the start, which is half a call.
        let calls = f64::from(CALLS / threads * threads) + f64::from(threads) / 2.0;
        Ok(Figures { threads, call: seconds / calls, wall: cost.wall, peak: cost.peak })
    });
    strace.and_then(|strace| Ok([strace, strax?]))
}

/// Whether memory is within its bounds, and what many threads make of the cost of a call.
fn verdicts(few: &[Figures; 2], many: &[Figures; 2]) -> String {
    let per_tracee = |i: usize| {
        let grown = many[i].peak.saturating_sub(few[i].peak) as f64 * 1024.0;
        grown / f64::from((many[i].threads - few[i].threads).max(1))
    };
    let is_met = |met| if met { "met" } else { "**not met**" };
    let ratio = many[1].peak as f64 / many[0].peak as f64;
    let mut text = format!(
        "\nPeak memory with {} threads, strax / strace: {ratio:.2} (≤ 1.00: {}).",
        thousands(many[0].threads),
        is_met(ratio <= 1.0)
    );
    if many[0].threads > few[0].threads {
        text += &format!(
            " A tracee's share: strace {:.0} bytes, strax {:.0} bytes (< {PER_TRACEE}: {}). A call with {} threads \
             costs strace {:.2} times what it costs with {}, and strax {:.2} times.",
            per_tracee(0),
            per_tracee(1),
            is_met(per_tracee(1) < PER_TRACEE),
            thousands(many[0].threads),
            many[0].call / few[0].call,
            few[0].threads,
            many[1].call / few[1].call,
        );
    }
    text + "\n"
}
