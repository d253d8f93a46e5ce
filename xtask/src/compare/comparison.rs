//! One program under two tracers.

use std::path::PathBuf;

use super::difference::Difference;
use super::run::{Behaviour, Bench};
use super::trace;
use crate::Result;

/// The two programs that are compared.
pub(super) struct Tracers {
    pub(super) oracle: PathBuf,
    pub(super) tracer: PathBuf,
}

/// What to trace, and how often at most.
pub(super) struct Subject<'a> {
    /// Options of the tracers, the program and its arguments.
    pub(super) words: &'a [String],
    /// The program and its arguments, where what it does is to be what it does untraced. Otherwise only its status
    /// is looked at.
    pub(super) untraced: Option<&'a [String]>,
    pub(super) attempts: usize,
}

/// How the tracer did with one program.
#[derive(Debug)]
pub(super) struct Comparison {
    pub(super) difference: Difference,
    /// What the program did otherwise than it should.
    pub(super) behaviour: Vec<String>,
    /// The oracle was built without what the options ask for.
    pub(super) is_refused: bool,
}

impl Comparison {
    /// Runs everything, and repeats it while there are differences: what differs by chance does not differ always.
    pub(super) fn new(bench: &Bench, tracers: &Tracers, subject: &Subject<'_>) -> Result<Self> {
        let prefixed = follows_forks(subject.words);
        let lines = |text: &str| trace::lines(text, prefixed, bench.began());
        let untraced = subject.untraced.map(|command| bench.run(command)).transpose()?;
        let (by_oracle, text) = bench.trace(&tracers.oracle, subject.words)?;
        let mut oracle = vec![lines(&text)];
        let mut best: Option<Self> = None;
        for attempt in 0..=subject.attempts.max(1) {
            // Traces that are alike at once need no second opinion.
            if attempt > 0 {
                oracle.insert(0, lines(&bench.trace(&tracers.oracle, subject.words)?.1));
            }
            let (behaviour, text) = bench.trace(&tracers.tracer, subject.words)?;
            let difference = Difference::new(&oracle, &lines(&text), bench.path())?;
            let behaviour = otherwise(untraced.as_ref(), &by_oracle, &behaviour);
            let is_refused = by_oracle.says("is not supported by this build of strace");
            let attempt = Self { difference, behaviour, is_refused };
            let is_clean = attempt.is_clean();
            if best.as_ref().is_none_or(|best| attempt.rank() < best.rank()) {
                best = Some(attempt);
            }
            if is_clean || is_refused {
                break;
            }
        }
        best.ok_or_else(|| "no attempt was made".into())
    }

    /// Whether nothing differs.
    pub(super) fn is_clean(&self) -> bool {
        self.rank() == (0, 0)
    }

    /// Less is better.
    fn rank(&self) -> (usize, usize) {
        (self.behaviour.len(), self.difference.differing)
    }

    /// How many lines are the same, and up to `max` lines that are not.
    pub(super) fn text(&self, title: &str, max: usize) -> String {
        let mut text = format!("{title}: {}\n", self.difference.share());
        for behaviour in &self.behaviour {
            text += &format!("  the program behaves otherwise: {behaviour}\n");
        }
        let lines = &self.difference.text;
        lines.iter().take(max).for_each(|line| text += &format!("  {line}\n"));
        if lines.len() > max {
            text += &format!("  … {} more lines\n", lines.len() - max);
        }
        text
    }
}

/// What a traced program did otherwise than untraced, unless it does so under the oracle too.
fn otherwise(untraced: Option<&Behaviour>, oracle: &Behaviour, traced: &Behaviour) -> Vec<String> {
    match untraced {
        _ if traced == oracle => Vec::new(),
        Some(untraced) => untraced.differing(traced),
        None => oracle.differing_status(traced).into_iter().collect(),
    }
}

/// Whether the lines of a trace to a file begin with the number of their process.
fn follows_forks(words: &[String]) -> bool {
    // Letters after one that takes an argument are that argument.
    let is_flag = |letter: &char| !"abeEIoOpPsSuUX".contains(*letter);
    let short = |word: &str| {
        let letters = word.strip_prefix('-').filter(|letters| !letters.starts_with('-'));
        letters.is_some_and(|letters| letters.chars().take_while(is_flag).any(|letter| letter == 'f'))
    };
    words.iter().take_while(|word| *word != "--").any(|word| word == "--follow-forks" || short(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixed() {
        let follows = |line: &str| {
            let words: Vec<String> = line.split(' ').map(String::from).collect();
            follows_forks(&words)
        };
        for line in ["-y -f a", "--follow-forks", "-qf"] {
            assert!(follows(line), "{line}");
        }
        for line in ["-y --no-abbrev --fork", "-efault", "-y -- a -f"] {
            assert!(!follows(line), "{line}");
        }
    }
}
