//! Calls on certain paths and descriptors only (`-P`, `--trace-fds`).

use crate::config::{Config, Quiet};
use crate::filter::FdSet;
use decode::{Answer, Arg, Call, Question, Target, Ty};
use render::{quote, visible};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use uapi::Abi;

/// Which paths and descriptors calls must be about.
#[derive(Debug)]
pub(super) struct PathFilter {
    /// Absent: all calls.
    active: bool,
    /// The paths as given, and what they resolve to.
    paths: Vec<Vec<u8>>,
    fds: Option<FdSet>,
}

/// The most descriptors of a call that are looked at (`RLIMIT_NOFILE` is at most `NR_OPEN`).
const MAX_FDS: u64 = 1 << 20;

impl PathFilter {
    /// What `config` asks for, and what to tell the user about resolved paths.
    pub(super) fn new(config: &Config) -> (PathFilter, Vec<String>) {
        let mut notes = Vec::new();
        let filters = &config.filters;
        let mut filter = PathFilter {
            active: !filters.paths.is_empty() || filters.trace_fds.is_some(),
            paths: Vec::new(),
            fds: filters.trace_fds.clone(),
        };
        for path in &filters.paths {
            filter.add(path.as_bytes());
            let Ok(real) = std::fs::canonicalize(path) else { continue };
            if filter.add(real.as_os_str().as_bytes()) && !config.quiet.contains(Quiet::PathResolution) {
                let quoted = |path: &OsStr| {
                    let mut text = Vec::new();
                    quote(&mut text, path.as_bytes(), config.style.escape.rendered());
                    visible(&text)
                };
                let (path, real) = (quoted(path), quoted(real.as_os_str()));
                notes.push(format!("Requested path {path} resolved into {real}"));
            }
        }
        (filter, notes)
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
    #[inline]
    pub(super) fn admits(&self, call: &Call, target: &mut dyn Target) -> bool {
        !self.active || self.is_about(call, target)
    }

    #[inline(never)]
    fn is_about(&self, call: &Call, target: &mut dyn Target) -> bool {
        let names = |i| call.name().is_some_and(|name| !names_no_file(name, i));
        let mut args = call.described_args().zip(call.args).enumerate();
        if args.any(|(i, (arg, value))| names(i) && self.matches(target, arg, value)) {
            return true;
        }
        let [first, second, ..] = call.args;
        match (call.name(), call.abi) {
            // The kernel takes an unsigned int, whatever else its register holds.
            (Some("poll" | "ppoll" | "ppoll_time64"), _) => self.is_polled(target, first, second as u32),
            (Some("select"), Abi::I386) => {
                packed_args(target, first).is_some_and(|args| self.is_selecting(target, call.abi, &args))
            }
            (Some("mmap"), Abi::I386) => {
                packed_args(target, first).is_some_and(|args| self.is_fd(target, args[4] as i32))
            }
            (Some("select" | "_newselect" | "pselect6" | "pselect6_time64"), abi) => {
                self.is_selecting(target, abi, &call.args)
            }
            _ => false,
        }
    }

    /// Whether a descriptor in one of the three sets of a `select` is wanted.
    fn is_selecting(&self, target: &mut dyn Target, abi: Abi, args: &[u64; 6]) -> bool {
        args[1..4].iter().any(|&set| self.is_selected(target, abi, set, args[0] as i32))
    }

    /// Whether one of `count` pollfds at `address` is wanted.
    fn is_polled(&self, target: &mut dyn Target, address: u64, count: u32) -> bool {
        for i in 0..u64::from(count).min(MAX_FDS) {
            // int fd, short events, short revents. One that can be read in part only does not count.
            let mut raw = [0; 8];
            if target.read(address.wrapping_add(i * raw.len() as u64), &mut raw) < raw.len() {
                return false;
            }
            let [a, b, c, d, ..] = raw;
            if self.is_fd(target, i32::from_ne_bytes([a, b, c, d])) {
                return true;
            }
        }
        false
    }

    /// Whether one of the descriptors below `count` in the fd_set at `address` is wanted.
    fn is_selected(&self, target: &mut dyn Target, abi: Abi, address: u64, count: i32) -> bool {
        let count = u64::try_from(count).unwrap_or(0).min(MAX_FDS);
        // The kernel reads targetle words.
        let word = abi.word();
        let mut set = vec![0; word * count.div_ceil(8 * word as u64) as usize];
        if target.read(address, &mut set) < set.len() {
            return false;
        }
        let bits = set.iter().flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1 != 0));
        bits.zip(0..count as i32).any(|(is_set, fd)| is_set && self.is_fd(target, fd))
    }

    fn matches(&self, target: &mut dyn Target, arg: &Arg, value: u64) -> bool {
        match arg.ty {
            Ty::Path => self.is_path(target, value),
            Ty::Fd | Ty::DirFd | Ty::FdLike(..) => self.is_fd(target, value as i32),
            _ => false,
        }
    }

    fn is_path(&self, target: &mut dyn Target, address: u64) -> bool {
        if self.paths.is_empty() {
            return false;
        }
        let mut path = [0; decode::PATH_MAX];
        let read = target.read(address, &mut path).min(path.len());
        let Some(end) = path[..read].iter().position(|&b| b == 0) else { return false };
        self.paths.iter().any(|p| p == &path[..end])
    }

    fn is_fd(&self, target: &mut dyn Target, fd: i32) -> bool {
        if self.fds.as_ref().is_some_and(|set| set.contains(fd)) {
            return true;
        }
        if self.paths.is_empty() || fd < 0 {
            return false;
        }
        let Some(Answer::Path(path)) = target.ask(&Question::FdPath(fd)) else { return false };
        self.paths.iter().any(|p| *p == *path)
    }
}

/// The arguments of one of i386's old calls, which has them all behind its only argument. The last one may be a number
/// that is no argument, since such calls have five or six.
fn packed_args(target: &mut dyn Target, address: u64) -> Option<[u64; 6]> {
    let mut raw = [0; 24];
    let got = target.read(address, &mut raw);
    let mut words =
        raw.chunks_exact(4).map(|word| u64::from(u32::from_le_bytes([word[0], word[1], word[2], word[3]])));
    (got >= 20).then(|| std::array::from_fn(|_| words.next().unwrap_or(0)))
}

/// Whether an argument that is a path names no file that the call is about: a queue has a name of its own, and what a
/// symbolic link points to need not exist.
fn names_no_file(call: &str, arg: usize) -> bool {
    arg == 0 && matches!(call, "symlink" | "symlinkat" | "mq_open" | "mq_unlink")
}
