//! Ids of processes in other PID namespaces (`--pidns-translation`): what the tracee calls 1, the tracer calls 2185.
//!
//! `/proc/PID/status` lists a process's ids from the namespace of the mounted `/proc` down to its own
//! (`pid_namespaces(7)`), so that the process that is meant can be looked for, and is remembered once found.

use decode::PidKind;
use ptrace::Tid;
use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

/// Translates ids.
#[derive(Debug, Default)]
pub(crate) struct PidNamespaces {
    /// Namespace, kind of id and id, and a thread that has it.
    known: HashMap<(PathBuf, &'static str, i32), i32>,
}

/// The line of `/proc/PID/status` with ids of this kind.
fn key(kind: PidKind) -> &'static str {
    match kind {
        PidKind::Tid => "NSpid:",
        PidKind::Tgid => "NStgid:",
        PidKind::Pgid => "NSpgid:",
        PidKind::Sid => "NSsid:",
    }
}

impl PidNamespaces {
    /// What `id`, in the eyes of tracee `tid`, is in the tracer's own namespace; `None` if that is the tracee's too, or
    /// nobody has the id.
    pub(crate) fn translate(&mut self, tid: Tid, kind: PidKind, id: i32) -> Option<i32> {
        if id <= 0 {
            return None;
        }
        let namespace = fs::read_link(format!("/proc/{tid}/ns/pid")).ok()?;
        if namespace == fs::read_link("/proc/self/ns/pid").ok()? {
            return None;
        }
        let depth = ids(tid.raw(), "NSpid:")?.len();
        let key = key(kind);
        let wanted = (namespace, key, id);
        let owner = self.known.get(&wanted).copied().and_then(|owner| matching(owner, key, depth, id));
        if owner.is_some() {
            return owner;
        }
        // The tracee itself is meant more often than anyone else.
        let everyone = std::iter::once(tid.raw()).chain(threads(kind));
        for candidate in everyone.filter(|&candidate| is_inside(candidate, &wanted.0, depth)) {
            if let Some(translated) = matching(candidate, key, depth, id) {
                self.known.insert(wanted, candidate);
                return Some(translated);
            }
        }
        None
    }
}

/// The thread's id of this kind in the tracer's namespace, if it is `id` at this depth.
fn matching(candidate: i32, key: &str, depth: usize, id: i32) -> Option<i32> {
    let ids = ids(candidate, key)?;
    (*ids.get(depth.checked_sub(1)?)? == id).then(|| ids[0])
}

/// Whether a thread is in this namespace, which is `depth` deep, or in one below it.
fn is_inside(candidate: i32, namespace: &PathBuf, depth: usize) -> bool {
    let own = fs::read_link(format!("/proc/{candidate}/ns/pid"));
    // Which namespace is above which, only an open descriptor could tell; a deeper one is taken for one below.
    own.is_ok_and(|own| own == *namespace) || ids(candidate, "NSpid:").is_some_and(|ids| ids.len() > depth)
}

/// The ids of one kind, from the outermost namespace to the innermost.
fn ids(tid: i32, key: &str) -> Option<Vec<i32>> {
    parse(&fs::read_to_string(format!("/proc/{tid}/status")).ok()?, key)
}

fn parse(status: &str, key: &str) -> Option<Vec<i32>> {
    let line = status.lines().find_map(|line| line.strip_prefix(key))?;
    let ids: Vec<i32> = line.split_ascii_whitespace().map_while(|id| id.parse().ok()).collect();
    (!ids.is_empty()).then_some(ids)
}

/// All processes; all threads, where threads are meant.
fn threads(kind: PidKind) -> impl Iterator<Item = i32> {
    let processes = numbers("/proc");
    processes.into_iter().flat_map(move |pid| match kind {
        PidKind::Tid => numbers(&format!("/proc/{pid}/task")),
        PidKind::Tgid | PidKind::Pgid | PidKind::Sid => vec![pid],
    })
}

/// The entries of a directory whose names are numbers.
fn numbers(directory: &str) -> Vec<i32> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_lines() {
        let status = "Name:\tsh\nNStgid:\t2185\t1\nNSpid:\t2186\t2\n";
        assert_eq!(parse(status, "NSpid:"), Some(vec![2186, 2]));
        assert_eq!(parse(status, "NStgid:"), Some(vec![2185, 1]));
        assert_eq!(parse(status, "NSsid:"), None);
    }

    #[test]
    fn nothing_to_translate_in_the_same_namespace() {
        let own = Tid::current();
        assert_eq!(PidNamespaces::default().translate(own, PidKind::Tid, own.raw()), None);
    }
}
