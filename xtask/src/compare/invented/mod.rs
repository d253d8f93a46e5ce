//! Calls that no program makes: every row with arguments and memory by chance, under both tracers.
//!
//! The calls are injected, so that none of them is executed, and both tracers see the same registers and the same
//! memory. Lines are compared as they are.

mod calls;
mod contents;
mod search;
mod sketch;
mod sockets;
mod trial;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::comparison::Tracers;
use super::run::Bench;
use super::tally::Tally;
use crate::Result;
use crate::debian;
use uapi::Abi;

/// How calls are shown, and what is injected as their result.
const MODES: [[&str; 2]; 10] = [
    ["", "retval=0"],
    ["-v", "retval=8"],
    ["-s 64", "retval=64"],
    ["", "error=EPERM"],
    ["-X verbose -v", "retval=1"],
    ["-X raw", "retval=3"],
    ["-s 200", "retval=300"],
    ["-v -s 2000", "retval=2000"],
    // Lengths and what they count change while the call runs.
    ["", "retval=2:poke_exit=@arg2=0c00000002000000,@arg3=08000000,@arg5=02000000,@arg6=14000000"],
    ["", "error=E2BIG:poke_exit=@arg1=05000000,@arg2=0c000000,@arg3=08000000,@arg4=10000000"],
];

/// What is to be compared.
pub(super) struct Choice<'a> {
    pub(super) seed: u64,
    /// How often each call with each of its commands is made.
    pub(super) rounds: usize,
    /// Which calls; all if nothing is said.
    pub(super) only: Option<&'a str>,
    /// How many examples of each kind of difference are shown.
    pub(super) max: usize,
}

/// Compares what the tracers say of invented calls; prints what differs, sorted by call, and the figures.
pub(super) fn compare(tracers: &Tracers, choice: &Choice<'_>) -> Result<()> {
    let bench = Bench::new("", 0)?;
    let mut tally = Tally::default();
    for (abi, title) in [(Abi::X86_64, "x86_64"), (Abi::I386, "i386"), (Abi::X32, "x32")] {
        let probe = probe(abi, choice, bench.path())?;
        for mode in MODES {
            let [oracle, tracer] =
                [&tracers.oracle, &tracers.tracer].map(|one| trace(&bench, one, mode, &probe));
            let (oracle, tracer) = (oracle?, tracer?);
            tally.add(&format!("{title} {} {}", mode[0], mode[1]), &oracle, &tracer);
        }
    }
    tally.report(choice.max)
}

/// Builds the program that makes the calls.
fn probe(abi: Abi, choice: &Choice<'_>, folder: &Path) -> Result<PathBuf> {
    let wanted = |name: &str| choice.only.is_none_or(|only| only.split(',').any(|one| one == name));
    let plan = folder.join("plan");
    fs::write(&plan, calls::plan(abi, choice.seed, choice.rounds, &wanted))?;
    let (source, program) = (folder.join("probe.c"), folder.join("probe"));
    fs::write(&source, include_str!("probe.c"))?;
    let mut cc = Command::new("cc");
    cc.arg(if abi == Abi::I386 { "-m32" } else { "-m64" });
    cc.args(["-O1", "-static", "-nostdlib", "-fno-pie", "-no-pie", "-fno-stack-protector"]);
    cc.arg("-fno-tree-loop-distribute-patterns");
    cc.arg(format!("-DPLAN=\"{}\"", plan.display()));
    cc.arg("-Wl,--section-start=.arena=0x10000000,--build-id=none");
    debian::run(cc.arg("-o").args([&program, &source]))?;
    Ok(program)
}

/// The lines of a trace of the probe, but for its start.
fn trace(bench: &Bench, tracer: &Path, [options, outcome]: [&str; 2], probe: &Path) -> Result<Vec<String>> {
    let mut words: Vec<String> = options.split_whitespace().map(String::from).collect();
    words.extend(sockets::injections(outcome).into_iter().flat_map(|injection| ["-e".to_owned(), injection]));
    words.push(probe.display().to_string());
    let trace = bench.trace_confined(tracer, &words)?;
    Ok(String::from_utf8_lossy(&trace).lines().skip(1).map(String::from).collect())
}
