//! Ids of processes in other PID namespaces (`--pidns-translation`): what the tracee calls 1, the tracer calls 2185.
//!
//! `/proc/PID/status` lists a process's ids from the namespace of the mounted `/proc` down to its own
//! (`pid_namespaces(7)`), so that the process that is meant can be looked for, and is remembered once found. The one
//! that the kernel names (`ioctl_nsfs(2)`, Linux 6.11) is tried first.

use crate::status;
use crate::sys;
use decode::PidKind;
use ptrace::Tid;
use std::collections::HashMap;
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::process;

/// Translates ids.
#[derive(Debug, Default)]
pub(crate) struct PidNamespaces {
    /// Where the tracer is, once that has been asked.
    own: Option<Place>,
    /// Namespace, kind of id and id, and the number in `/proc` of a thread that has it.
    known: HashMap<(Namespace, &'static str, i32), i32>,
}

/// The most ids that are remembered.
const REMEMBERED: usize = 4096;

/// A namespace, as far as it can be told from others while it lives: device and inode of the file that stands for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Namespace {
    device: u64,
    inode: u64,
}

/// A namespace, and where it stands in the lists of ids in `/proc/PID/status`.
#[derive(Clone, Copy, Debug)]
struct Place {
    namespace: Namespace,
    /// How many ids a thread has down to this namespace; at least 1, for that of the mounted `/proc`.
    depth: usize,
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
        let own = self.own()?;
        let tracee = self.in_proc(tid)?;
        if Namespace::of(tracee)? == own.namespace {
            return None;
        }
        let owner = self.find(own, tracee, kind, id)?;
        ids(&owner.to_string(), key(kind))?.get(own.depth - 1).copied()
    }

    /// The number in `/proc` of a thread that tracee `tid` knows as `id`.
    pub(crate) fn known_as(&mut self, tid: Tid, kind: PidKind, id: i32) -> Option<i32> {
        let own = self.own()?;
        let tracee = self.in_proc(tid)?;
        if own.depth == 1 && Namespace::of(tracee)? == own.namespace {
            return Some(id);
        }
        self.find(own, tracee, kind, id)
    }

    /// The number in `/proc` of the thread that is `tid` to the tracer. `/proc` may be that of a namespace above the
    /// tracer's own, and number processes as that one does.
    pub(crate) fn in_proc(&mut self, tid: Tid) -> Option<i32> {
        let own = self.own()?;
        if own.depth == 1 {
            return Some(tid.raw());
        }
        self.owner(process::id() as i32, own, PidKind::Tid, tid.raw())
    }

    fn own(&mut self) -> Option<Place> {
        if self.own.is_none() {
            self.own = Place::of("self");
        }
        self.own
    }

    /// The number in `/proc` of a thread that has this id in the namespace of `tracee`, a number in `/proc` too.
    fn find(&mut self, own: Place, tracee: i32, kind: PidKind, id: i32) -> Option<i32> {
        let place = Place::of(&tracee.to_string())?;
        // What the kernel says is a number of the tracer's namespace, which is one of `/proc` if they are the same.
        let named = (own.depth == 1).then(|| named_by_kernel(tracee, id)).flatten();
        self.owner(named.unwrap_or(tracee), place, kind, id)
    }

    /// The number in `/proc` of a thread that has this id in a namespace. `likely` is tried before all others.
    fn owner(&mut self, likely: i32, place: Place, kind: PidKind, id: i32) -> Option<i32> {
        let wanted = (place.namespace, key(kind), id);
        // Its owner may have ended, and its number be another's by now.
        if let Some(&known) = self.known.get(&wanted)
            && place.knows_as(known, kind, id)
        {
            return Some(known);
        }
        let mut candidates = std::iter::once(likely).chain(threads(kind));
        let found = candidates.find(|&candidate| place.knows_as(candidate, kind, id))?;
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        self.known.insert(wanted, found);
        Some(found)
    }
}

impl Namespace {
    /// That of a thread in `/proc`.
    fn of(thread: i32) -> Option<Namespace> {
        Namespace::at(&thread.to_string())
    }

    fn at(entry: &str) -> Option<Namespace> {
        let meta = fs::metadata(format!("/proc/{entry}/ns/pid")).ok()?;
        Some(Namespace { device: meta.dev(), inode: meta.ino() })
    }

    fn behind(file: &File) -> Option<Namespace> {
        let meta = file.metadata().ok()?;
        Some(Namespace { device: meta.dev(), inode: meta.ino() })
    }
}

impl Place {
    fn of(entry: &str) -> Option<Place> {
        Some(Place { namespace: Namespace::at(entry)?, depth: ids(entry, "NSpid:")?.len() })
    }

    /// Whether a thread has this id here.
    fn knows_as(self, candidate: i32, kind: PidKind, id: i32) -> bool {
        let entry = candidate.to_string();
        let Some(ids) = ids(&entry, key(kind)) else { return false };
        ids.get(self.depth - 1) == Some(&id) && self.is_above(&entry, ids.len() - self.depth)
    }

    /// Whether this is the namespace `levels` above that of an entry of `/proc`.
    fn is_above(self, entry: &str, levels: usize) -> bool {
        let ancestor = || {
            let own = File::open(format!("/proc/{entry}/ns/pid")).ok()?;
            let ancestor =
                (0..levels).try_fold(own, |below, _| sys::parent_namespace(&below).map(File::from))?;
            Namespace::behind(&ancestor)
        };
        ancestor() == Some(self.namespace)
    }
}

/// What the kernel says that `id` is, in the namespace of a thread in `/proc`, to the tracer.
fn named_by_kernel(thread: i32, id: i32) -> Option<i32> {
    let namespace = File::open(format!("/proc/{thread}/ns/pid")).ok()?;
    sys::translate_tid(&namespace, id)
}

/// The ids of one kind, from the outermost namespace to the innermost.
fn ids(entry: &str, key: &str) -> Option<Vec<i32>> {
    parse(&status::text(entry)?, key)
}

fn parse(status: &str, key: &str) -> Option<Vec<i32>> {
    let ids: Vec<i32> =
        status::field(status, key)?.split_ascii_whitespace().map_while(|id| id.parse().ok()).collect();
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
