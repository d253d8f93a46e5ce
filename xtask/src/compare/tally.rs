//! Lines of two tracers for the same calls, one by one: how many are alike, and what differs, sorted by call.

use std::collections::BTreeMap;

use crate::Result;

/// What has been found.
#[derive(Default)]
pub(super) struct Tally {
    identical: usize,
    /// The tracer's lines from where the oracle died.
    left_out: usize,
    /// By call and command: the mode, the oracle's line and the tracer's.
    differing: BTreeMap<String, Vec<[String; 3]>>,
}

impl Tally {
    /// Compares the lines of one run of each.
    pub(super) fn add(&mut self, title: &str, oracle: &[String], tracer: &[String]) {
        // An oracle that dies (of a long set of signals with `-X verbose`) says so in its last line.
        let died = oracle.iter().position(|line| line.ends_with(" <detached ...>"));
        let end = died.unwrap_or(oracle.len().max(tracer.len()));
        self.left_out += tracer.len().saturating_sub(end);
        for i in 0..end {
            let line = |lines: &[String]| lines.get(i).cloned().unwrap_or_else(|| "(no line)".to_owned());
            let (oracle, tracer) = (line(oracle), line(tracer));
            if oracle == tracer {
                self.identical += 1;
            } else {
                self.differing.entry(key(&oracle)).or_default().push([title.to_owned(), oracle, tracer]);
            }
        }
    }

    /// Prints up to `max` examples of each kind of difference, and the figures; an error where anything differs.
    pub(super) fn report(&self, max: usize) -> Result<()> {
        for (key, pairs) in &self.differing {
            println!("{key}: {} lines", pairs.len());
            for [title, oracle, tracer] in pairs.iter().take(max) {
                println!("  [{title}]\n  - {oracle}\n  + {tracer}");
            }
        }
        let differing: usize = self.differing.values().map(Vec::len).sum();
        let all = self.identical + differing;
        let share = (self.identical * 10_000).checked_div(all).unwrap_or(10_000);
        if self.left_out > 0 {
            println!("{} lines not compared: the oracle had died", self.left_out);
        }
        println!("{} of {all} lines identical ({}.{:02}%)", self.identical, share / 100, share % 100);
        if differing == 0 { Ok(()) } else { Err("not all lines are alike".into()) }
    }
}

/// By what differences are sorted: the call, and what stands in for its command.
fn key(line: &str) -> String {
    let call = line.rsplit_once(") ").map_or(line, |(call, _)| call);
    let (name, rest) = call.split_once('(').unwrap_or((call, ""));
    let symbol = |word: &&str| word.starts_with(|c: char| c.is_ascii_uppercase());
    let words = rest.split([',', ' ', '(', ')', '|', '{']).filter(symbol);
    format!("{name} {}", words.take(1).collect::<String>())
}
