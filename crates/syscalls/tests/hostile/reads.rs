//! What decoders read, held against what their rows say that they may read: over all rows, all requests of `ioctl` and
//! all ABIs.

use crate::case::{Case, Hostile, commands, outputs, show};
use crate::rounds::{Random, rounds};
use decode::plan::{Plan, Seen};
use decode::{Answer, Outcome, Question, Target, Variant};
use std::collections::BTreeSet;
use uapi::Abi;

/// Memory that notes down what is read of it: addresses and lengths.
struct Noted<'m> {
    memory: &'m mut Hostile,
    reads: BTreeSet<(u64, usize)>,
}

impl Noted<'_> {
    fn of(memory: &mut Hostile) -> Noted<'_> {
        Noted { memory, reads: BTreeSet::new() }
    }
}

impl Target for Noted<'_> {
    fn read(&mut self, addr: u64, buf: &mut [u8]) -> usize {
        self.reads.insert((addr, buf.len()));
        self.memory.read(addr, buf)
    }

    fn ask(&mut self, question: &Question<'_>) -> Option<Answer<'_>> {
        self.memory.ask(question)
    }
}

/// Those of the reads that the plan of this call doesn't have, from the nearest argument on.
fn outside(case: &Case, outcome: Outcome, noted: Noted<'_>) -> Vec<String> {
    let args = decode::arguments(case.row, case.abi, case.registers);
    let plan = Plan::of(&Variant::of(case.row, case.abi, &args), case.abi);
    let Noted { memory, reads } = noted;
    let strings = case.options.strings;
    let extents = plan.extents(&mut Seen { args, outcome, strings, target: memory });
    let told = |&(addr, len): &(u64, usize)| {
        let near = args.iter().enumerate().filter(|(_, arg)| **arg <= addr && addr - **arg < 1 << 14);
        let near = near.max_by_key(|(_, arg)| **arg);
        let from = near.map_or(format!("{addr:#x}"), |(i, arg)| format!("argument {i} + {}", addr - arg));
        let when = if outcome == Outcome::Running { "entry" } else { "exit" };
        format!("{len} bytes at {from}, at {when}, on {:?}", case.abi)
    };
    reads.iter().filter(|(addr, len)| !extents.contain(*addr, *len)).map(told).collect()
}

/// What is read of this call though its row doesn't say so.
fn undeclared(case: &Case, random: &mut Random) -> Vec<String> {
    let (mut before, mut after) = (Hostile::new(random), Hostile::new(random));
    let (mut entering, mut exiting) = (Noted::of(&mut before), Noted::of(&mut after));
    for mut text in outputs() {
        show(case, &case.options, &mut entering, &mut exiting, &mut text);
    }
    let mut all = outside(case, Outcome::Running, entering);
    all.extend(outside(case, case.outcome, exiting));
    all
}

/// The name of a call, or of the request that it makes.
fn name(row: &decode::Syscall, abi: Abi, command: Option<u64>) -> &'static str {
    let is_it = |r: &&strax_syscalls::Request| command.is_some() && r.code.on(abi) == command;
    let request = strax_syscalls::requests().find(is_it).filter(|_| row.name == "ioctl");
    request.map_or(row.name, |request| request.code.name)
}

#[test]
fn rows_say_what_they_read() {
    let mut found = BTreeSet::new();
    for round in 0..rounds() {
        for row in strax_syscalls::all_rows() {
            // The same numbers for a row whatever the other rows are like.
            let mut random =
                Random(row.name.bytes().fold(0x5eed + round, |n, b| n.wrapping_mul(31) + u64::from(b)));
            for abi in Abi::ALL.into_iter().filter(|&abi| row.holds_on(abi)) {
                let known = commands(row, abi).into_iter().map(Some);
                for command in [None, None, None].into_iter().chain(known) {
                    let case = Case::pointing(row, abi, command, &mut random);
                    let name = name(row, abi, command);
                    found.extend(undeclared(&case, &mut random).into_iter().map(|read| (name, read)));
                }
            }
        }
    }
    if let Some(path) = std::env::var_os("HOSTILE_READS") {
        let lines: Vec<_> = found.iter().map(|(name, read)| format!("{name}: {read}")).collect();
        std::fs::write(path, lines.join("\n")).expect("writable");
    }
    assert!(found.is_empty(), "{} reads that no row declares: {found:#?}", found.len());
}
