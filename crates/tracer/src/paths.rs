//! Calls on certain paths and descriptors only (`-P`, `--trace-fds`).

use crate::call::Call;
use crate::config::{Config, Quiet};
use crate::filter::FdSet;
use decode::{Arg, Ty};
use ptrace::{Addr, Memory, Tid};
use std::os::unix::ffi::OsStrExt;

/// Which paths and descriptors calls must be about.
#[derive(Debug)]
pub(crate) struct PathFilter {
    /// Absent: all calls.
    active: bool,
    /// The paths as given, and what they resolve to.
    paths: Vec<Vec<u8>>,
    fds: Option<FdSet>,
    /// What to tell the user about resolved paths.
    pub(crate) notes: Vec<String>,
}

impl PathFilter {
    pub(crate) fn new(config: &Config) -> PathFilter {
        let filters = &config.filters;
        let mut filter = PathFilter {
            active: !filters.paths.is_empty() || filters.trace_fds.is_some(),
            paths: Vec::new(),
            fds: filters.trace_fds.clone(),
            notes: Vec::new(),
        };
        for path in &filters.paths {
            filter.add(path.as_bytes());
            let Ok(real) = std::fs::canonicalize(path) else { continue };
            if filter.add(real.as_os_str().as_bytes()) && !config.quiet.contains(Quiet::PathResolution) {
                let (path, real) = (path.to_string_lossy(), real.to_string_lossy());
                filter.notes.push(format!("Requested path '{path}' resolved into '{real}'"));
            }
        }
        filter
    }

    /// Adds a path; false if it is there already.
    fn add(&mut self, path: &[u8]) -> bool {
        let new = !self.paths.iter().any(|p| p == path);
        if new {
            self.paths.push(path.to_vec());
        }
        new
    }

    /// Whether a call is about one of the paths or descriptors.
    pub(crate) fn admits(&self, tid: Tid, call: &Call) -> bool {
        if !self.active {
            return true;
        }
        call.described_args()
            .enumerate()
            .any(|(i, arg)| self.matches(tid, arg, call.args.get(i).copied().unwrap_or(0)))
    }

    fn matches(&self, tid: Tid, arg: &Arg, value: u64) -> bool {
        match arg.ty {
            Ty::Path => self.is_path(tid, value),
            Ty::Fd | Ty::DirFd => self.is_fd(tid, value as i32),
            _ => false,
        }
    }

    fn is_path(&self, tid: Tid, address: u64) -> bool {
        if self.paths.is_empty() {
            return false;
        }
        let mut path = [0; decode::PATH_MAX];
        let read = Memory::of(tid).read(Addr(address), &mut path).unwrap_or(0);
        let Some(end) = path[..read].iter().position(|&b| b == 0) else { return false };
        self.paths.iter().any(|p| p == &path[..end])
    }

    fn is_fd(&self, tid: Tid, fd: i32) -> bool {
        if self.fds.as_ref().is_some_and(|set| set.contains(fd)) {
            return true;
        }
        if self.paths.is_empty() || fd < 0 {
            return false;
        }
        let Ok(target) = std::fs::read_link(format!("/proc/{tid}/fd/{fd}")) else { return false };
        self.paths.iter().any(|p| p == target.as_os_str().as_bytes())
    }
}
