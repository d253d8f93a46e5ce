//! A trace made comparable.

use super::mask::{Context, Kind, Masked};
use super::streams::Streams;

/// A line of a trace: whose it is, and what it says.
#[derive(Clone, Debug)]
pub(super) struct Line {
    process: String,
    masked: Masked,
    joined: bool,
}

impl Line {
    /// The text by which traces are aligned.
    pub(super) fn shape(&self) -> String {
        format!("{} {}", self.process, self.masked.text)
    }

    /// For a line whose place among the calls of its process is up to the scheduler (a signal, and the return from
    /// its handler): the line without that which depends on the place.
    pub(super) fn wandering(&self) -> Option<String> {
        let text = self.masked.text.trim_start_matches(|c: char| !c.is_ascii_graphic() || c == '.');
        if text.starts_with("--- SIG") {
            return Some(self.shape());
        }
        // What the handler returns to is the result of the interrupted call.
        let is_return = text.starts_with("rt_sigreturn(") || text.starts_with("sigreturn(");
        let (call, _) = text.rsplit_once("= ")?;
        is_return.then(|| format!("{} {}", self.process, call.trim_end()))
    }

    /// The text for people to read.
    pub(super) fn shown(&self) -> String {
        format!("{} {}", self.process, self.masked.shown())
    }

    /// Which values differ between two lines of the same shape.
    pub(super) fn differing(&self, other: &Self) -> Vec<usize> {
        let pairs = self.masked.values.iter().zip(&other.masked.values).enumerate();
        let differ = pairs.filter(|(_, (one, two))| match one.kind {
            Kind::Free => false,
            Kind::Compared => one.text != two.text,
            Kind::Padding => one.text != two.text && !self.joined && !other.joined,
        });
        differ.map(|(index, _)| index).collect()
    }
}

/// Takes a trace apart: lines grouped by process, in the order of the family. `prefixed` says that each line begins
/// with the number of its process, and `start` when the runs that are compared began, in seconds since the Epoch.
pub(super) fn lines(text: &str, prefixed: bool, start: u64) -> Vec<Line> {
    let streams = Streams::new(text, prefixed);
    let mut lines = Vec::new();
    for (process, whole) in &streams.lines {
        for line in whole {
            let context = Context { names: &streams.names, start, is_first: lines.is_empty() };
            let masked = Masked::new(&line.text, context);
            lines.push(Line { process: process.clone(), masked, joined: line.joined });
        }
    }
    lines
}
