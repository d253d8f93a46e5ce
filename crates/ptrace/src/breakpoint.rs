//! Software breakpoints: an instruction of the tracee is overwritten by one that traps.

use std::collections::BTreeMap;

use crate::{
    Addr, Error, Event, Remote, Result, Signal, SignalSet, Stop, Stopped,
    regs::{AFTER_BREAKPOINT, BREAKPOINT},
};

/// What a breakpoint takes the place of.
type Original = [u8; BREAKPOINT.len()];

/// The breakpoints of one process: of one address space, whichever of its threads runs into them.
///
/// A thread that hits one stops with [`Stop::SignalDelivery`] of [`Signal::TRAP`]; [`Self::hit`] tells which it was.
/// To go on, it has to be brought over the original instruction: [`crate::Session::step_over`] keeps the other threads
/// still meanwhile, so that none slips through; [`Self::step_over`] is for processes with one thread, and for tracers
/// that stop the others themselves.
///
/// A child made by `fork` has the trapping instructions in its copy of the memory: clone the set for it, or remove
/// them from it. An `execve` starts with none: drop the set. Remove all before detaching.
#[derive(Clone, Debug, Default)]
pub struct Breakpoints {
    originals: BTreeMap<Addr, Original>,
}

/// How a step over a breakpoint ended.
#[derive(PartialEq, Eq, Debug)]
pub enum StepOver {
    /// Behind the instruction, stopped, to be resumed without a signal.
    Done(Stopped),
    /// Something else came first: a fault of the instruction itself, a system call it makes, an event, the end. If
    /// the thread is still before the instruction, it will hit the breakpoint again.
    Instead(Event),
}

/// `SI_KERNEL` and `TRAP_BRKPT` of `asm-generic/siginfo.h`: the codes of a trap by a breakpoint instruction.
const TRAP_CODES: [i32; 2] = [0x80, 1];
/// `TRAP_TRACE`: of a single step; x86 gives `TRAP_BRKPT` too where the step ends a system call.
const STEP_CODES: [i32; 2] = [2, 1];

impl Breakpoints {
    /// None yet.
    pub fn new() -> Breakpoints {
        Breakpoints::default()
    }

    /// Puts a breakpoint at `address`, which must be the start of an instruction. Nothing if there is one already.
    ///
    /// # Errors
    ///
    /// [`Error::Fault`] if there is no memory.
    pub fn insert(&mut self, tracee: &Stopped, address: Addr) -> Result<()> {
        if self.contains(address) {
            return Ok(());
        }
        let original = tracee.memory().read_value(Remote::<Original>::new(address))?;
        tracee.memory().write_forced(address, &BREAKPOINT)?;
        self.originals.insert(address, original);
        Ok(())
    }

    /// Takes the breakpoint at `address` away. Nothing if there is none.
    pub fn remove(&mut self, tracee: &Stopped, address: Addr) -> Result<()> {
        let Some(original) = self.originals.get(&address) else { return Ok(()) };
        tracee.memory().write_forced(address, original)?;
        self.originals.remove(&address);
        Ok(())
    }

    /// Takes all breakpoints away.
    pub fn remove_all(&mut self, tracee: &Stopped) -> Result<()> {
        while let Some((&address, _)) = self.originals.first_key_value() {
            self.remove(tracee, address)?;
        }
        Ok(())
    }

    /// Whether there is a breakpoint at `address`.
    pub fn contains(&self, address: Addr) -> bool {
        self.originals.contains_key(&address)
    }

    /// Which breakpoint the thread has just hit, if its stop is a [`Signal::TRAP`]. Its instruction pointer is then
    /// set back to the breakpoint.
    pub fn hit(&self, tracee: &Stopped) -> Result<Option<Addr>> {
        let mut registers = tracee.registers()?;
        let address = Addr(registers.instruction_pointer().wrapping_sub(AFTER_BREAKPOINT));
        if !self.contains(address) || !is_trap(tracee, &TRAP_CODES)? {
            return Ok(None);
        }
        registers.set_instruction_pointer(address.0);
        tracee.set_registers(&registers)?;
        Ok(Some(address))
    }

    /// Brings a thread over the breakpoint it stands before, after a [`Self::hit`]. Other threads that come by
    /// meanwhile are not stopped by it.
    ///
    /// Signals that are pending wait until the step is done.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] on architectures that cannot single-step (RISC-V).
    pub fn step_over(&self, tracee: Stopped) -> Result<StepOver> {
        let address = Addr(tracee.registers()?.instruction_pointer());
        let Some(original) = self.originals.get(&address) else { return Ok(StepOver::Done(tracee)) };
        let memory = tracee.memory();
        memory.write_forced(address, original)?;
        let stepped = step_undisturbed(tracee);
        match memory.write_forced(address, &BREAKPOINT) {
            // Gone: then so is the memory the breakpoint was in.
            Ok(()) | Err(Error::Gone(_) | Error::Fault { .. }) => stepped,
            Err(error) => Err(error),
        }
    }
}

/// Steps with all signals blocked that the instruction itself does not raise.
fn step_undisturbed(tracee: Stopped) -> Result<StepOver> {
    const OWN: [Signal; 6] = [Signal::TRAP, Signal::SEGV, Signal::BUS, Signal::ILL, Signal::FPE, Signal::SYS];
    let mask = tracee.signal_mask()?;
    let others = OWN.into_iter().filter(|own| !mask.contains(*own)).fold(SignalSet::ALL, SignalSet::without);
    tracee.set_signal_mask(others)?;
    let event = tracee.step(None).map_err(no_single_step)?.wait()?;
    let (tid, stop) = (event.tid, event.stop);
    let Some(tracee) = event.into_tracee() else { return Ok(StepOver::Instead(Event::ended(tid, stop))) };
    tracee.set_signal_mask(mask)?;
    let done = stop == Stop::SignalDelivery(Signal::TRAP) && is_trap(&tracee, &STEP_CODES)?;
    Ok(if done { StepOver::Done(tracee) } else { StepOver::Instead(Event::at(tracee, stop)) })
}

fn is_trap(tracee: &Stopped, codes: &[i32]) -> Result<bool> {
    let info = tracee.siginfo()?;
    Ok(info.signal() == Some(Signal::TRAP) && codes.contains(&info.code()))
}

fn no_single_step(error: Error) -> Error {
    match error {
        Error::Request { request, ref source, .. } if source.raw_os_error() == Some(libc::EIO) => {
            Error::Unsupported { request }
        }
        error => error,
    }
}
