//! Stops a program at one of its functions, by name, in whichever thread calls it, and prints the first three arguments
//! and the value it returns.
//!
//! ```text
//! $ cat fact.c
//! #include <stdio.h>
//! long factorial(long n) { return n < 2 ? 1 : n * factorial(n - 1); }
//! int main(void) { printf("5! = %ld\n", factorial(5)); return 0; }
//! $ cc -o fact fact.c
//! $ cargo run -p strax-ptrace --example breakpoint factorial ./fact
//! 2202 factorial(5, 140721902536536, 140721902536552)
//! 2202 factorial(4, 140721902536536, 140721902536552)
//! 2202 factorial(3, 140721902536536, 140721902536552)
//! 2202 factorial(2, 140721902536536, 140721902536552)
//! 2202 factorial(1, 140721902536536, 140721902536552)
//! 2202 factorial returns 1
//! 2202 factorial returns 2
//! 2202 factorial returns 6
//! 2202 factorial returns 24
//! 2202 factorial returns 120
//! 5! = 120
//! ```

use std::{collections::HashSet, env, error::Error, fs, process::ExitCode};

use object::{Object, ObjectSymbol};
#[cfg(target_arch = "x86_64")]
use strax_ptrace::Remote;
use strax_ptrace::{
    Addr, Breakpoints, Command, Event, Options, Registers, Resume, Session, Signal, Stop, Stopped, Tid,
};

fn main() -> ExitCode {
    let args: Vec<_> = env::args().skip(1).collect();
    let [function, program, args @ ..] = &args[..] else {
        eprintln!("usage: breakpoint FUNCTION PROGRAM [ARGUMENT]...");
        return ExitCode::FAILURE;
    };
    match run(function, Command::new(program).args(args)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("breakpoint: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(function: &str, command: &mut Command) -> Result<(), Box<dyn Error>> {
    let mut session = Session::new();
    let mut breakpoints = Breakpoints::new();
    // Threads share the breakpoints of their process. (Children made by fork would need a set of their own.)
    let program = session.spawn(command, Options::CLONE | Options::EXIT_KILL)?;
    let entry = address_of(function, program)?;
    // Calls that have not returned yet, by thread and stack pointer at their return.
    let mut calls = HashSet::new();
    while let Some(event) = session.next_event()? {
        if let Stop::Exec { .. } = event.stop {
            breakpoints.insert(event.tracee()?, entry)?;
        }
        let hit = match event.stop {
            Stop::SignalDelivery(Signal::TRAP) => breakpoints.hit(event.tracee()?)?,
            _ => None,
        };
        match hit {
            Some(address) => {
                if let Some(returns_to) = report(function, &event, address == entry, &mut calls)? {
                    breakpoints.insert(event.tracee()?, returns_to)?;
                }
                session.step_over(event, &breakpoints, Resume::Cont)?;
            }
            None => session.resume(event, Resume::Cont)?,
        }
    }
    Ok(())
}

/// Prints a call or a return. For a call, the address it returns to.
fn report(
    function: &str,
    event: &Event,
    enters: bool,
    calls: &mut HashSet<(Tid, u64)>,
) -> Result<Option<Addr>, Box<dyn Error>> {
    let (tid, tracee) = (event.tid, event.tracee()?);
    let registers = tracee.registers()?;
    if enters {
        let Call { args: [a, b, c], returns_to, stack } = call(tracee, &registers)?;
        println!("{tid} {function}({a}, {b}, {c})");
        calls.insert((tid, stack));
        return Ok(Some(returns_to));
    }
    if calls.remove(&(tid, registers.stack_pointer())) {
        println!("{tid} {function} returns {}", registers.return_value());
    }
    Ok(None)
}

/// A call of a function, at its first instruction.
struct Call {
    /// Its first arguments.
    args: [u64; 3],
    /// Where it returns to, and the stack pointer then.
    returns_to: Addr,
    stack: u64,
}

/// The caller has put the address to return to on the stack.
#[cfg(target_arch = "x86_64")]
fn call(tracee: &Stopped, registers: &Registers) -> Result<Call, Box<dyn Error>> {
    let Registers::X86_64(x86) = registers else { return Err("only 64-bit programs".into()) };
    let returns_to = tracee.memory().read_value(Remote::<u64>::new(Addr(x86.rsp)))?;
    Ok(Call { args: [x86.rdi, x86.rsi, x86.rdx], returns_to: Addr(returns_to), stack: x86.rsp + 8 })
}

/// The caller has put the address to return to into the link register.
#[cfg(target_arch = "aarch64")]
fn call(_: &Stopped, registers: &Registers) -> Result<Call, Box<dyn Error>> {
    let Registers::Aarch64(arm) = registers else { return Err("only 64-bit programs".into()) };
    Ok(Call { args: [arm.x[0], arm.x[1], arm.x[2]], returns_to: Addr(arm.x[30]), stack: arm.sp })
}

/// The caller has put the address to return to into `ra`, which is `x1`; arguments begin at `x10`, and `x0` is not kept.
#[cfg(target_arch = "riscv64")]
fn call(_: &Stopped, registers: &Registers) -> Result<Call, Box<dyn Error>> {
    let Registers::Riscv64(riscv) = registers;
    let [a, b, c] = [riscv.x[9], riscv.x[10], riscv.x[11]];
    Ok(Call { args: [a, b, c], returns_to: Addr(riscv.x[0]), stack: registers.stack_pointer() })
}

/// Where the function is in the running program: its address in the file, moved by as much as the entry point was.
fn address_of(function: &str, program: Tid) -> Result<Addr, Box<dyn Error>> {
    let bytes = fs::read(format!("/proc/{program}/exe"))?;
    let file = object::File::parse(&bytes[..])?;
    let symbol = file.symbols().find(|symbol| symbol.is_definition() && symbol.name() == Ok(function));
    let in_file = symbol.ok_or_else(|| format!("no function {function}"))?.address();
    let vector = fs::read(format!("/proc/{program}/auxv"))?;
    let words: Vec<u64> =
        vector.chunks_exact(8).map(|word| u64::from_ne_bytes(word.try_into().unwrap())).collect();
    let entry = words.chunks_exact(2).find(|pair| pair[0] == libc::AT_ENTRY).ok_or("no entry point")?[1];
    Ok(Addr(in_file.wrapping_add(entry).wrapping_sub(file.entry())))
}
