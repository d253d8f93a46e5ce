//! From a trace as written to one stream of whole lines for each process.
//!
//! With `-f` the lines of several processes alternate as the scheduler had it, and a call that others interrupt is
//! printed in two parts. Neither is the tracer's doing: here the parts are joined, the lines grouped by process,
//! and processes named by their place in the family (`P1.2` is the second child of the first process).

use std::collections::{BTreeMap, HashMap};

/// Ends the first part of an interrupted call.
const UNFINISHED: &str = " <unfinished ...>";

/// A line of one process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Whole {
    pub(super) text: String,
    /// Whether it was printed in parts: then the column of its result says nothing.
    pub(super) joined: bool,
}

/// What the processes printed, by name; and the name of each process by its number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Streams {
    pub(super) names: HashMap<String, String>,
    pub(super) lines: Vec<(String, Vec<Whole>)>,
}

impl Streams {
    /// Takes a trace apart. `prefixed` says that each line begins with the number of its process, as with `-f`.
    pub(super) fn new(trace: &str, prefixed: bool) -> Self {
        let mut by_pid: BTreeMap<usize, (String, Vec<&str>)> = BTreeMap::new();
        let mut order: HashMap<&str, usize> = HashMap::new();
        for line in trace.lines() {
            let (pid, text) = if prefixed { split_pid(line) } else { ("", line) };
            let next = order.len();
            let index = *order.entry(pid).or_insert(next);
            by_pid.entry(index).or_insert_with(|| (pid.to_owned(), Vec::new())).1.push(text);
        }
        let joined: Vec<(String, Vec<Whole>)> =
            by_pid.into_values().map(|(pid, lines)| (pid, join(&lines))).collect();
        let names = name(&joined);
        let mut lines: Vec<_> =
            joined.into_iter().map(|(pid, lines)| (names.get(&pid).cloned().unwrap_or(pid), lines)).collect();
        lines.sort_by_key(|(name, _)| generations(name));
        Self { names, lines }
    }
}

/// `1234  text` into the number and the text. A line without a number belongs to no process.
fn split_pid(line: &str) -> (&str, &str) {
    match line.split_once(' ') {
        Some((pid, text)) if !pid.is_empty() && pid.bytes().all(|byte| byte.is_ascii_digit()) => {
            (pid, text.trim_start_matches(' '))
        }
        _ => ("", line),
    }
}

/// Joins the parts of interrupted calls. A call that never goes on stays as it is.
fn join(lines: &[&str]) -> Vec<Whole> {
    let mut whole: Vec<Whole> = Vec::new();
    let mut open: Option<usize> = None;
    for line in lines {
        let rest = open.and_then(|index| Some((index, resumed(line, &whole[index].text)?)));
        if let Some((index, rest)) = rest {
            let text = &mut whole[index].text;
            text.truncate(text.len() - UNFINISHED.len());
            text.push_str(rest);
            whole[index].joined = true;
            open = text_is_open(rest).then_some(index);
        } else {
            if text_is_open(line) {
                open = Some(whole.len());
            }
            whole.push(Whole { text: (*line).to_owned(), joined: false });
        }
    }
    whole
}

fn text_is_open(text: &str) -> bool {
    text.ends_with(UNFINISHED)
}

/// What a line `<... NAME resumed>REST` adds to the unfinished `first`, be there times before them or not.
fn resumed<'a>(line: &'a str, first: &str) -> Option<&'a str> {
    let (_, rest) = line.split_once("<... ")?;
    let (name, rest) = rest.split_once(" resumed>")?;
    let call = first.split('(').next()?;
    call.ends_with(name).then_some(rest)
}

/// Names processes: the first to appear is `P1`, the nth that `P1` started is `P1.n`. One whose start is not in
/// the trace is `X1`, `X2`… in order of appearance.
fn name(streams: &[(String, Vec<Whole>)]) -> HashMap<String, String> {
    let mut names: HashMap<String, String> = HashMap::new();
    let mut strangers = 0;
    for (index, (pid, _)) in streams.iter().enumerate() {
        if names.contains_key(pid) || is_child(streams, pid) {
            continue;
        }
        let root = if index == 0 {
            "P1".to_owned()
        } else {
            strangers += 1;
            format!("X{strangers}")
        };
        name_family(streams, pid, root, &mut names);
    }
    names
}

fn is_child(streams: &[(String, Vec<Whole>)], pid: &str) -> bool {
    streams.iter().any(|(_, lines)| lines.iter().any(|line| started(&line.text) == Some(pid)))
}

fn name_family(
    streams: &[(String, Vec<Whole>)],
    pid: &str,
    own: String,
    names: &mut HashMap<String, String>,
) {
    if names.contains_key(pid) {
        return;
    }
    let lines = streams.iter().find(|(other, _)| other == pid).map_or(&[][..], |(_, lines)| lines);
    let children: Vec<&str> = lines.iter().filter_map(|line| started(&line.text)).collect();
    names.insert(pid.to_owned(), own.clone());
    for (index, child) in children.into_iter().enumerate() {
        name_family(streams, child, format!("{own}.{}", index + 1), names);
    }
}

/// The process that a line says was started.
fn started(line: &str) -> Option<&str> {
    let call = line.split('(').next()?.rsplit(' ').next()?;
    if !["clone", "clone3", "fork", "vfork"].contains(&call) {
        return None;
    }
    let pid = line.rsplit_once(" = ")?.1.split(' ').next()?;
    (!pid.is_empty() && pid.bytes().all(|byte| byte.is_ascii_digit())).then_some(pid)
}

/// Sorts `P1.10` behind `P1.9`.
fn generations(name: &str) -> (bool, Vec<u32>) {
    let numbers = name.get(1..).unwrap_or_default().split('.').filter_map(|number| number.parse().ok());
    (name.starts_with('X'), numbers.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts<'a>(streams: &'a Streams) -> Vec<(&'a str, Vec<&'a str>)> {
        let texts = |lines: &'a [Whole]| lines.iter().map(|line| line.text.as_str()).collect();
        streams.lines.iter().map(|(name, lines)| (name.as_str(), texts(lines))).collect()
    }

    #[test]
    fn interrupted_calls_are_joined() {
        let trace = "100   read(3,  <unfinished ...>\n\
                     101   close(1)                         = 0\n\
                     100   <... read resumed>\"a\", 1)      = 1\n\
                     101   exit(0 <unfinished ...>\n\
                     101   <... exit resumed>)              = ?\n";
        let streams = Streams::new(trace, true);
        assert_eq!(
            texts(&streams),
            [
                ("P1", vec!["read(3, \"a\", 1)      = 1"]),
                ("X1", vec!["close(1)                         = 0", "exit(0)              = ?"])
            ]
        );
        assert!(streams.lines[0].1[0].joined && !streams.lines[1].1[0].joined);
    }

    #[test]
    fn unfinished_for_ever() {
        let trace = "1 10:00:00 pause( <unfinished ...>\n1 10:00:00 +++ killed by SIGKILL +++\n";
        let streams = Streams::new(trace, true);
        assert_eq!(streams.lines[0].1.len(), 2);
    }

    #[test]
    fn joined_behind_times() {
        let trace = "7 10:00:00.000001 wait4(-1,  <unfinished ...>\n8 10:00:00.1 close(1) = 0\n\
                     7 10:00:00.2 <... wait4 resumed>NULL, 0, NULL) = 8\n";
        assert_eq!(texts(&Streams::new(trace, true))[0].1, ["10:00:00.000001 wait4(-1, NULL, 0, NULL) = 8"]);
    }

    #[test]
    fn processes_are_named_by_family() {
        let trace = "50 clone(child_stack=NULL) = 52\n52 fork() = 60\n50 vfork( <unfinished ...>\n\
                     61 exit(0) = ?\n50 <... vfork resumed>) = 61\n60 close(1) = 0\n99 close(2) = 0\n";
        let streams = Streams::new(trace, true);
        let names: Vec<&str> = streams.lines.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["P1", "P1.1", "P1.1.1", "P1.2", "X1"]);
        assert_eq!(streams.names["60"], "P1.1.1");
    }

    #[test]
    fn without_numbers() {
        let streams = Streams::new("close(1) = 0\n12 x\n", false);
        assert_eq!(texts(&streams), [("P1", vec!["close(1) = 0", "12 x"])]);
    }
}
