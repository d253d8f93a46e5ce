//! A seccomp filter for a command that is running already, where its children are not to be traced.
//!
//! A child inherits the filter, and must then be traced, if only unseen: it can't be debugged, and the tracer has to
//! outlive it. So the filter comes only when it pays, and to a command that seems to have no use for children: one
//! that has made many calls that nobody asked for, but no thread and no process, and that knows nothing of `ptrace`.
//! It calls `seccomp` in the place of such a call, by the tracer's hand, and makes that call right after.

use crate::engine::abi::abi_of;
use ptrace::{Addr, Filter, Registers, Stopped, SyscallEntry, Tid};
use std::collections::HashSet;
use uapi::Abi;

/// After so many calls that nobody asked for, a filter pays.
const MANY: u32 = 1000;

/// Calls that make children, or make use of them as a tracer does, or set filters, which does not go well with setting
/// one unseen.
const AGAINST: [&str; 6] = ["clone", "clone3", "fork", "vfork", "ptrace", "seccomp"];
/// What sets a filter by `prctl` (`linux/prctl.h`).
const PR_SET_SECCOMP: u32 = 22;

/// What `seccomp` is called with (`linux/seccomp.h`).
const SET_MODE_FILTER: u64 = 1;

/// What the System V ABI of x86-64 lets functions use below the stack pointer. i386 has none of that.
const RED_ZONE: u64 = 128;
/// Room for `struct sock_fprog` (`linux/filter.h`).
const HEAD: usize = 16;

/// A filter that has yet to come.
pub(in crate::engine) struct Later {
    filter: Filter,
    against: HashSet<(Abi, u64)>,
    unasked: u32,
    pub(in crate::engine) installing: Option<Installing>,
}

/// What the tracee had before it was made to call `seccomp`.
pub(in crate::engine) struct Installing {
    registers: Registers,
    call: SyscallEntry,
    address: Addr,
    memory: Vec<u8>,
}

impl Later {
    pub(in crate::engine) fn new(filter: Filter) -> Later {
        let calls = |abi: Abi| AGAINST.iter().filter_map(move |name| Some((abi, abi.number(name)?)));
        let against = crate::filter::host_abis().iter().copied().flat_map(calls).collect();
        Later { filter, against, unasked: 0, installing: None }
    }

    pub(in crate::engine) fn is_installing(&self) -> bool {
        self.installing.is_some()
    }

    /// Whether a call tells that the filter would be noticed.
    pub(in crate::engine) fn is_against(&self, abi: Abi, at: &SyscallEntry) -> bool {
        let by_prctl = || abi.number("prctl") == Some(at.nr) && at.args[0] as u32 == PR_SET_SECCOMP;
        self.against.contains(&(abi, at.nr)) || by_prctl()
    }

    /// A call that nobody asked for has been made: whether there have been enough of them.
    pub(in crate::engine) fn has_seen_another(&mut self) -> bool {
        self.unasked += 1;
        self.unasked >= MANY
    }

    /// Makes the tracee call `seccomp` instead of what it is about to call; `None` if that can't be.
    pub(in crate::engine) fn install(&mut self, stopped: &Stopped, at: &SyscallEntry) -> Option<()> {
        let registers = stopped.registers().ok()?;
        let abi = if registers.arch() == at.arch { abi_of(at)? } else { return None };
        let number = abi.number("seccomp")?;
        let program = self.filter.to_bytes();
        let len = u16::try_from(self.filter.instructions().len()).ok()?;
        let address = at.stack_pointer.checked_sub(RED_ZONE + (HEAD + program.len()) as u64)? & !15;
        // The program's length, and a pointer to it, which stands at a multiple of its size.
        let pointer = (address + HEAD as u64).to_ne_bytes();
        let mut bytes = len.to_ne_bytes().to_vec();
        bytes.resize(abi.word(), 0);
        bytes.extend(&pointer[..abi.word()]);
        bytes.resize(HEAD, 0);
        bytes.extend(program);
        let (memory, address) = (stopped.memory(), Addr(address));
        let mut former = vec![0; bytes.len()];
        memory.read_exact(address, &mut former).ok()?;
        let installing = Installing { registers, call: *at, address, memory: former };
        let call = SyscallEntry {
            nr: number,
            args: [SET_MODE_FILTER, Filter::FLAGS.into(), address.0, 0, 0, 0],
            ..*at
        };
        if memory.write_exact(address, &bytes).is_err() || stopped.set_syscall_entry(&call).is_err() {
            installing.restore_memory(stopped);
            return None;
        }
        self.installing = Some(installing);
        Some(())
    }
}

impl Installing {
    fn restore_memory(&self, stopped: &Stopped) {
        // Of a tracee that is being killed, nobody sees the memory.
        let _ = stopped.memory().write_exact(self.address, &self.memory);
    }

    /// Takes the tracee back to before its own call.
    pub(in crate::engine) fn restart(&self, stopped: &Stopped) -> ptrace::Result<()> {
        self.restore_memory(stopped);
        stopped.rewind_syscall(&self.registers, &self.call)
    }
}

/// Whether a program has a symbol `ptrace`, so that it may want to trace its children. Of one that can't be looked at,
/// or would take long to, it must be thought.
pub(in crate::engine) fn knows_ptrace(tid: Tid) -> bool {
    let path = format!("/proc/{tid}/exe");
    let is_small = std::fs::metadata(&path).is_ok_and(|file| file.len() <= MOST_BYTES);
    match std::fs::read(&path) {
        Ok(bytes) if is_small => bytes.windows(SYMBOL.len()).any(|window| window == SYMBOL),
        _ => true,
    }
}

/// As it stands in a table of strings.
const SYMBOL: &[u8] = b"\0ptrace\0";
/// A file with more is not looked at.
const MOST_BYTES: u64 = 32 << 20;
