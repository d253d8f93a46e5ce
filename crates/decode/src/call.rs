//! What a call is: its ABI, its number and its registers, and the row that describes it.

use crate::cx::Outcome;
use crate::ty::{Arg, Syscall};
use crate::variant::arguments_of;
use crate::walk::arguments;
use uapi::{Abi, SyscallEntry, X32_SYSCALL_BIT};

/// A call that a task makes.
#[derive(Clone, Copy)]
pub struct Call {
    /// Its ABI.
    pub abi: Abi,
    /// The number as the task gave it.
    pub number: u64,
    /// The argument registers, as wide as the ABI's are.
    pub registers: [u64; 6],
    /// The arguments by their place in the row; the registers where there is none.
    pub args: [u64; 6],
    /// What describes it: the row of the call that it stands for, where it stands for another.
    pub row: Option<&'static Syscall>,
    /// The kernel's own entry; `None` for a number that it has no call for.
    pub entry: Option<&'static SyscallEntry>,
    stands_for: bool,
}

/// A call of i386's that the first argument of another selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Multiplexed {
    /// Of `socketcall`: `SYS_SOCKET` and so on.
    Socketcall(u32),
    /// Of `ipc`: `SEMOP` and so on.
    Ipc(u32),
}

impl Call {
    /// The call with this number and these registers, as `row` describes it.
    #[inline]
    pub fn new(abi: Abi, number: u64, registers: [u64; 6], row: Option<&'static Syscall>) -> Call {
        let entry = abi.syscall(number);
        let mut call = Call { abi, number, registers, args: registers, row, entry, stands_for: false };
        if matches!(abi, Abi::I386 | Abi::X32) {
            call.narrow();
        }
        call
    }

    /// Takes notice of no more of the registers than the call does.
    #[inline(never)]
    fn narrow(&mut self) {
        self.registers = mask_registers(self.abi, self.number, self.registers);
        self.args = self.row.map_or(self.registers, |row| arguments(row, self.abi, self.registers));
    }

    /// The same call as one that stands for another, which has this row and these arguments.
    pub fn standing_for(self, row: &'static Syscall, args: [u64; 6]) -> Call {
        Call { row: Some(row), args, stands_for: true, ..self }
    }

    /// The name in the kernel's table; that of the call it stands for, where it stands for another.
    #[inline]
    pub fn name(&self) -> Option<&'static str> {
        match self.row {
            Some(row) if self.stands_for => Some(row.name),
            _ => self.entry.map(|entry| entry.name),
        }
    }

    /// Runs `body` with the name by which it is shown: a call without one is shown by its number.
    #[inline]
    pub fn with_name<R>(&self, body: impl FnOnce(&str) -> R) -> R {
        match self.name() {
            Some(name) => body(name),
            None => body(&self.substitute()),
        }
    }

    /// What a call without a name is called.
    #[cold]
    fn substitute(&self) -> String {
        match self.only_wide() {
            Some(entry) => format!("{}#64", entry.name),
            None => format!("syscall_{:#x}", self.number),
        }
    }

    /// Whether it stands for another, whose row and arguments it has.
    pub fn stands_for_another(&self) -> bool {
        self.stands_for
    }

    /// What its first argument selects, if it is one that has no number of its own.
    pub fn multiplexed(&self) -> Option<Multiplexed> {
        let which = self.registers[0] as u32;
        match self.entry?.name {
            "socketcall" if self.stands_for => Some(Multiplexed::Socketcall(which)),
            "ipc" if self.stands_for => Some(Multiplexed::Ipc(which & 0xffff)),
            _ => None,
        }
    }

    /// The call of 64-bit programs that has this number, where an x32 program calls it though x32 has one of its own.
    pub fn only_wide(&self) -> Option<&'static SyscallEntry> {
        let is_unknown = self.abi == Abi::X32 && self.entry.is_none();
        is_unknown.then(|| Abi::X86_64.syscall(self.number & !X32_SYSCALL_BIT)).flatten()
    }

    /// A number that no other call has on the ABI: one that stands for another has its own.
    pub fn place(&self) -> u64 {
        let which = if self.stands_for { self.registers[0] & 0xffff } else { 0 };
        self.number | which << 32
    }

    /// Its arguments, as its row describes them.
    pub fn described_args(&self) -> impl Iterator<Item = &'static Arg> {
        self.row.into_iter().flat_map(|row| arguments_of(row, self.abi, &self.args))
    }

    /// The arguments that may be pointers: the registers, but for a call that stands for another. Those of such a call
    /// are in memory, or, of `ipc`, in the four registers behind the first.
    pub fn pointers(&self) -> &[u64] {
        let Some(entry) = self.entry else { return &self.registers };
        let described = || self.described_args().count().min(self.args.len());
        match (self.stands_for, self.row) {
            (true, _) if entry.name == "ipc" => &self.registers[1..5],
            (true, Some(_)) => &self.args[..described()],
            // The kernel no longer has the call, or this one has not; what it took is known.
            (false, Some(_)) if entry.args.is_empty() => &self.registers[..described()],
            _ => &self.registers[..entry.args.len()],
        }
    }

    /// What it came to, by its result.
    #[inline]
    pub fn outcome(&self, result: i64, is_error: bool) -> Outcome {
        match self.abi {
            _ if is_error => Outcome::Error(result.unsigned_abs() as u32),
            // A 32-bit call's result is 32 bits wide, whatever the register holds.
            Abi::I386 => Outcome::Value(i64::from(result as u32)),
            _ => Outcome::Value(result),
        }
    }
}

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("Call");
        self.with_name(|name| shown.field("name", &name).field("abi", &self.abi));
        shown.field("number", &self.number).field("args", &self.args).finish_non_exhaustive()
    }
}

/// The registers of a 32-bit call as 32 bits.
fn mask_registers(abi: Abi, number: u64, registers: [u64; 6]) -> [u64; 6] {
    let is_narrow = abi == Abi::I386 || abi == Abi::X32 && is_compat(number & !X32_SYSCALL_BIT);
    if is_narrow { registers.map(|r| r & 0xffff_ffff) } else { registers }
}

/// Whether an x32 call is what 32-bit processes call (`COMPAT_SYSCALL_DEFINE`): those with numbers of their own in
/// `arch/x86/entry/syscalls/syscall_64.tbl` are, but for the four that take a 64-bit offset in one register.
fn is_compat(number: u64) -> bool {
    const OFFSETS: [u64; 4] = [534, 535, 546, 547];
    (512..548).contains(&number) && !OFFSETS.contains(&number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registers_have_32_bits_in_the_calls_of_32_bit_processes() {
        let masked = |abi, number| mask_registers(abi, number, [0x1_0000_0002; 6])[2];
        let [wide, narrow] = [0x1_0000_0002, 2];
        assert_eq!([masked(Abi::I386, 3), masked(Abi::X86_64, 514)], [narrow, wide]);
        let x32 = |number| masked(Abi::X32, X32_SYSCALL_BIT | number);
        assert_eq!([x32(0), x32(514), x32(534), x32(545), x32(547)], [wide, narrow, wide, narrow, wide]);
    }

    #[test]
    fn calls_without_names_have_one_to_be_shown_by() {
        let name = |abi, number| Call::new(abi, number, [0; 6], None).with_name(str::to_owned);
        assert_eq!(name(Abi::X86_64, 0), "read");
        assert_eq!(name(Abi::X86_64, 0x1234), "syscall_0x1234");
        // x32 has an execve of its own, so that the number of the 64-bit one is unknown to it.
        assert_eq!(name(Abi::X32, X32_SYSCALL_BIT | 59), "execve#64");
    }

    #[test]
    fn results_are_as_wide_as_registers() {
        let outcome = |abi, result| Call::new(abi, 0, [0; 6], None).outcome(result, false);
        assert_eq!(outcome(Abi::I386, -1), Outcome::Value(0xffff_ffff));
        assert_eq!(outcome(Abi::X86_64, -1), Outcome::Value(-1));
        assert_eq!(Call::new(Abi::I386, 0, [0; 6], None).outcome(-13, true), Outcome::Error(13));
    }
}
