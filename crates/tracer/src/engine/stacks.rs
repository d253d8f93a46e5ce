//! Stack traces (`-k`): taken when somebody asks for one.

use super::tracee::Tracee;
use crate::config::{Config, SeccompBpf};
use ptrace::{Stopped, Tid};
use uapi::Abi;
use unwind::{Frame, Unwinder};

/// The stacks of all tracees.
pub(super) struct Stacks {
    unwinder: Unwinder,
    /// Calls that change mappings may go unnoticed.
    is_blind: bool,
}

impl Stacks {
    /// What `config` asks for.
    pub(super) fn new(config: &Config) -> Option<Stacks> {
        let wanted = config.stack_trace?;
        let options = unwind::Options { frames: wanted.frames, lines: wanted.lines };
        // A filter lets those pass that nobody asked for.
        let is_blind = config.seccomp_bpf != SeccompBpf::Never && !config.filters.trace.is_all();
        Some(Stacks { unwinder: Unwinder::new(options), is_blind })
    }

    /// A tracee that has changed its mappings has stopped again.
    pub(super) fn mappings_changed(&mut self) {
        self.unwinder.mappings_changed();
    }

    /// A tracee has ended.
    pub(super) fn forget(&mut self, tid: Tid) {
        self.unwinder.forget(tid);
    }

    /// The stack of a tracee that stands.
    pub(super) fn take(&mut self, stopped: &Stopped) -> decode::Stack {
        if self.is_blind {
            self.unwinder.mappings_changed();
        }
        let unwind::Stack { frames, truncated } = self.unwinder.stack(stopped);
        decode::Stack { frames: frames.into_iter().map(told).collect(), truncated }
    }
}

fn told(frame: Frame) -> decode::Frame {
    let Frame { address, binary, function, offset, source } = frame;
    let source = source.map(|source| (source.file.as_bytes().into(), source.line));
    decode::Frame { address, binary, function, offset, source }
}

/// The calls that change what is mapped as code.
const REMAPPING: &[&str] = &[
    "execve",
    "execveat",
    "ipc",
    "mmap",
    "mmap2",
    "mprotect",
    "mremap",
    "munmap",
    "pkey_mprotect",
    "remap_file_pages",
    "shmat",
    "shmdt",
];

/// The tracee enters a call: notes whether its mappings will be others afterwards, where stacks are taken.
pub(super) fn entering(tracee: &mut Tracee, abi: Abi, number: u64) {
    tracee.remaps = abi.syscall(number).is_some_and(|entry| REMAPPING.contains(&entry.name));
}
