//! Ids of processes in other PID namespaces (`--pidns-translation`): what the tracee calls 1, the tracer calls 2185.
//!
//! `/proc/PID/status` lists a process's ids from the namespace of the mounted `/proc` down to its own
//! (`pid_namespaces(7)`), so that the process that is meant can be looked for, and is remembered once found.

use decode::PidKind;
use ptrace::Tid;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process;

/// Translates ids.
#[derive(Debug, Default)]
pub(crate) struct PidNamespaces {
    /// Namespace, kind of id and id, and the number in `/proc` of a thread that has it.
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
        // `/proc` may be that of a namespace above the tracer's own, and number processes as that one does.
        let own_depth = ids("self", "NSpid:")?.len();
        let tracee = self.in_proc(tid.raw(), own_depth)?;
        let namespace = namespace_of(&tracee.to_string())?;
        if namespace == namespace_of("self")? {
            return None;
        }
        let depth = ids(&tracee.to_string(), "NSpid:")?.len();
        let owner = self.owner(tracee, namespace, depth, kind, id)?;
        ids(&owner.to_string(), key(kind))?.get(own_depth - 1).copied()
    }

    /// The number in `/proc` of the thread that is `tid` to the tracer.
    fn in_proc(&mut self, tid: i32, own_depth: usize) -> Option<i32> {
        if own_depth == 1 {
            return Some(tid);
        }
        let namespace = namespace_of("self")?;
        let leader = process::id() as i32;
        self.owner(leader, namespace, own_depth, PidKind::Tid, tid)
    }

    /// The number in `/proc` of a thread that has this id in a namespace, which is `depth` deep. `likely` is tried
    /// before all others.
    fn owner(
        &mut self,
        likely: i32,
        namespace: PathBuf,
        depth: usize,
        kind: PidKind,
        id: i32,
    ) -> Option<i32> {
        let has_id = |candidate: i32| {
            let ids = ids(&candidate.to_string(), key(kind));
            ids.is_some_and(|ids| ids.get(depth - 1) == Some(&id)) && is_inside(candidate, &namespace, depth)
        };
        let wanted = (namespace.clone(), key(kind), id);
        if let Some(&known) = self.known.get(&wanted)
            && has_id(known)
        {
            return Some(known);
        }
        let found = std::iter::once(likely).chain(threads(kind)).find(|&candidate| has_id(candidate))?;
        self.known.insert(wanted, found);
        Some(found)
    }
}

/// The PID namespace of an entry of `/proc`.
fn namespace_of(entry: &str) -> Option<PathBuf> {
    fs::read_link(format!("/proc/{entry}/ns/pid")).ok()
}

/// Whether a thread is in this namespace, which is `depth` deep, or in one below it.
fn is_inside(candidate: i32, namespace: &Path, depth: usize) -> bool {
    let entry = candidate.to_string();
    // Which namespace is above which, only an open descriptor could tell; a deeper one is taken for one below.
    namespace_of(&entry).is_some_and(|own| own == namespace)
        || ids(&entry, "NSpid:").is_some_and(|ids| ids.len() > depth)
}

/// The ids of one kind, from the outermost namespace to the innermost.
fn ids(entry: &str, key: &str) -> Option<Vec<i32>> {
    parse(&fs::read_to_string(format!("/proc/{entry}/status")).ok()?, key)
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
