//! Plans in words, as the pages of `docs/` have them.

use super::{Amount, Kind, Place, Plan, Read};
use std::fmt::Write;

impl Plan {
    /// A line for each stretch: what leads there, what it is, and when.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        self.add(&self.entering, "", "at entry", &mut lines);
        self.add(&self.exiting, "", "at exit", &mut lines);
        merge(lines).into_iter().map(|(what, when)| format!("{what}, {when}")).collect()
    }

    fn add(&self, reads: &[Read], outer: &str, when: &'static str, lines: &mut Vec<(String, &'static str)>) {
        for read in reads {
            let path = path(outer, read);
            let line = format!("{path}: {}", self.read(read));
            if !matches!(read.place, Place::Within(_)) || read.kind != Kind::Value {
                lines.push((line, when));
            }
            let path = if read.element > 0 { format!("{path}[]") } else { path };
            self.add(&read.inner, &path, when, lines);
        }
    }

    fn read(&self, read: &Read) -> String {
        let mut text = match (read.kind, read.element) {
            (Kind::String, _) => format!("string ≤ {}", self.amount(&read.len)),
            (Kind::Bytes, _) => format!("{} bytes", self.amount(&read.len)),
            (Kind::Struct(name), 0) => format!("struct {name}, {} bytes", self.amount(&read.len)),
            (Kind::Struct(name), _) => format!("structs {name}, {} bytes", self.amount(&read.len)),
            (Kind::Value, 0) => format!("a value of {} bytes", self.amount(&read.len)),
            (Kind::Value, _) => format!("values, {} bytes", self.amount(&read.len)),
        };
        if read.beyond {
            text.push_str(" (whole)");
        }
        if read.chained {
            text.push_str(", and the next ones");
        }
        text
    }

    fn amount(&self, amount: &Amount) -> String {
        let name = |i: &u8| self.names.get(usize::from(*i)).copied().unwrap_or("?");
        match amount {
            Amount::Const(n) => n.to_string(),
            Amount::Argument(i, _) => name(i).to_owned(),
            Amount::AtArgument(i) => format!("*{}", name(i)),
            Amount::Ret => "result".to_owned(),
            Amount::Number { name, .. } => (*name).to_owned(),
            Amount::String => "limit".to_owned(),
            Amount::Least(of) => {
                let all: Vec<_> = of.iter().map(|a| self.amount(a)).collect();
                format!("min({})", all.join(", "))
            }
            Amount::Times(a, by) => format!("{} × {by}", self.amount(a)),
            Amount::Div(a, by) => format!("{} ÷ {by}", self.amount(a)),
            Amount::DivUp(a, by) => format!("⌈{} ÷ {by}⌉", self.amount(a)),
        }
    }
}

/// What leads to a stretch.
fn path(outer: &str, read: &Read) -> String {
    let mut path = outer.to_owned();
    if !outer.is_empty() && !read.name.is_empty() {
        path.push('.');
    }
    let name = if read.place == Place::Stack { "stack" } else { read.name };
    let _ = write!(path, "{name}");
    path
}

/// Joins lines that differ only in when.
fn merge(lines: Vec<(String, &'static str)>) -> Vec<(String, &'static str)> {
    let mut merged: Vec<(String, &'static str)> = Vec::new();
    for (what, when) in lines {
        match merged.iter_mut().find(|(other, _)| *other == what) {
            Some((_, moment)) if *moment != when => *moment = "at entry and exit",
            Some(_) => {}
            None => merged.push((what, when)),
        }
    }
    merged
}
