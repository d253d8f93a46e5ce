//! A seccomp filter for a command that is running already, where its children are not to be traced.
//!
//! A child inherits the filter, and must then be traced, if only unseen: it can't be debugged, and the tracer has to
//! outlive it. So the filter comes only when it pays, and to a command that seems to have no use for children: one
//! that has made many calls that nobody asked for, but no thread and no process, and that knows nothing of `ptrace`.
//! It calls `seccomp` in the place of such a call, by the tracer's hand, and makes that call right after.

use super::Session;
use crate::error::Error;
use crate::screen::Screen;
use crate::start;
use crate::tracee::Phase;
use ptrace::{Addr, Filter, Registers, Stopped, SyscallEntry, SyscallInfo, SyscallStop, Tid, UnlessGone};
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
pub(super) struct Later {
    filter: Filter,
    against: HashSet<(Abi, u64)>,
    unasked: u32,
    installing: Option<Installing>,
}

/// What the tracee had before it was made to call `seccomp`.
struct Installing {
    registers: Registers,
    call: SyscallEntry,
    address: Addr,
    memory: Vec<u8>,
}

impl Later {
    pub(super) fn new(filter: Filter) -> Later {
        let calls = |abi: Abi| AGAINST.iter().filter_map(move |name| Some((abi, abi.number(name)?)));
        let against = crate::filter::host_abis().iter().copied().flat_map(calls).collect();
        Later { filter, against, unasked: 0, installing: None }
    }

    pub(super) fn is_installing(&self) -> bool {
        self.installing.is_some()
    }

    /// Whether a call tells that the filter would be noticed.
    fn is_against(&self, abi: Abi, at: &SyscallEntry) -> bool {
        let by_prctl = || abi.number("prctl") == Some(at.nr) && at.args[0] as u32 == PR_SET_SECCOMP;
        self.against.contains(&(abi, at.nr)) || by_prctl()
    }

    /// Makes the tracee call `seccomp` instead of what it is about to call; `None` if that can't be.
    fn install(&mut self, stopped: &Stopped, at: &SyscallEntry) -> Option<()> {
        let registers = stopped.registers().ok()?;
        let abi = if registers.arch() == at.arch { crate::call::abi_of(at)? } else { return None };
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
    fn restart(&self, stopped: &Stopped) -> ptrace::Result<()> {
        self.restore_memory(stopped);
        stopped.rewind_syscall(&self.registers, &self.call)
    }
}

impl Session<'_> {
    /// The command is about to make a call: the filter may come now, or must not come any more.
    pub(super) fn consider_filter(&mut self, stopped: &Stopped, at: &SyscallEntry) -> Result<(), Error> {
        let Some(later) = self.later.as_mut() else { return Ok(()) };
        let Some(tracee) = self.tracees.get(&stopped.tid()) else { return Ok(()) };
        let is_alone = self.tracees.len() == 1 && self.command == Some(stopped.tid());
        if !is_alone || later.is_against(tracee.abi, at) {
            self.later = None;
            return Ok(());
        }
        if !matches!(tracee.phase, Phase::Skipping) {
            return Ok(());
        }
        later.unasked += 1;
        if later.unasked < MANY {
            return Ok(());
        }
        if !knows_ptrace(stopped.tid()) && later.install(stopped, at).is_some() {
            stopped.set_options(start::filtered_options(self.config)).unless_gone()?;
        } else {
            self.later = None;
        }
        Ok(())
    }

    /// The command's call of `seccomp` is done, whether it has worked or not.
    pub(super) fn filter_came(&mut self, stopped: Stopped) -> Result<(), Error> {
        let installing = self.later.take().and_then(|later| later.installing);
        let info = self.which_call.read(&stopped, SyscallStop::Exit).unless_gone()?;
        if let (Some(installing), Some(SyscallInfo::Exit(exit))) = (installing, info) {
            installing.restart(&stopped).unless_gone()?;
            if exit.is_error {
                stopped.set_options(start::options(self.config)).unless_gone()?;
            } else if let Some(tracee) = self.tracees.get_mut(&stopped.tid()) {
                tracee.screen = Some(Screen::default());
                self.filtered = true;
            }
        }
        if let Some(tracee) = self.tracees.get_mut(&stopped.tid()) {
            tracee.phase = Phase::Outside;
        }
        self.resume(stopped, None)
    }
}

/// Whether a program has a symbol `ptrace`, so that it may want to trace its children. Of one that can't be looked at,
/// or would take long to, it must be thought.
fn knows_ptrace(tid: Tid) -> bool {
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
