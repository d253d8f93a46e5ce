//! Calls that no program makes: every row with arguments and memory by chance, under both tracers.
//!
//! The calls are injected, so that none of them is executed, and both tracers see the same registers and the same
//! memory. Lines are compared as they are.

mod files;
mod memory;
mod netlink;
mod plan;
mod processes;
mod sockets;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::comparison::Tracers;
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
    let folder = Folder(std::env::temp_dir().join(format!("xtask-invented-{}", std::process::id())));
    fs::create_dir_all(&folder.0)?;
    let folder = &folder.0;
    let mut tally = Tally::default();
    for (abi, title) in [(Abi::X86_64, "x86_64"), (Abi::I386, "i386"), (Abi::X32, "x32")] {
        let probe = probe(abi, choice, folder)?;
        for mode in MODES {
            let oracle = trace(&tracers.oracle, mode, &probe, &folder.join("oracle"))?;
            let tracer = trace(&tracers.tracer, mode, &probe, &folder.join("tracer"))?;
            tally.add(&format!("{title} {} {}", mode[0], mode[1]), &oracle, &tracer);
        }
    }
    tally.report(choice.max)
}

/// Where plans, probes and traces are. Removed on drop.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The most bytes of a trace: the oracle follows some lengths beyond all bounds.
const LONGEST: u64 = 300_000_000;

/// Builds the program that makes the calls.
fn probe(abi: Abi, choice: &Choice<'_>, folder: &Path) -> Result<PathBuf> {
    let wanted = |name: &str| choice.only.is_none_or(|only| only.split(',').any(|one| one == name));
    let plan = folder.join("plan");
    fs::write(&plan, plan::plan(abi, choice.seed, choice.rounds, &wanted))?;
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
fn trace(tracer: &Path, [options, outcome]: [&str; 2], probe: &Path, output: &Path) -> Result<Vec<String>> {
    let _ = fs::remove_file(output);
    // Should a call be executed after all, it has no rights, sees no other process, and no network.
    let mut command = Command::new("unshare");
    command.args(["--user", "--pid", "--net", "--fork", "--kill-child"]);
    command.arg("prlimit").arg(format!("--fsize={LONGEST}"));
    command.args(["timeout", "--kill-after=5", "300"]);
    // Nor does what it finds depend on where its stack is.
    command.args(["setarch", "-R"]).arg(tracer).arg("-o").arg(output).args(options.split_whitespace());
    command.args(injections(outcome).iter().flat_map(|injection| ["-e", injection])).arg(probe);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    if fs::metadata(output)?.len() >= LONGEST {
        return Err(
            format!("{options} {outcome}: the trace is too long; fewer --rounds, or --only some").into()
        );
    }
    let text = String::from_utf8_lossy(&fs::read(output)?).into_owned();
    Ok(text.lines().skip(1).map(String::from).collect())
}

/// What makes `outcome` the result of all calls but of those by which the probe's sockets come to be.
fn injections(outcome: &str) -> Vec<String> {
    let counted =
        netlink::SETUP_CALLS.map(|(name, times)| format!("inject={name}:{outcome}:when={}+", times + 1));
    let names = netlink::SETUP_CALLS.map(|(name, _)| name).join(",");
    [vec![format!("inject=!socket,{names}:{outcome}")], counted.to_vec()].concat()
}

/// What has been found.
#[derive(Default)]
struct Tally {
    identical: usize,
    /// The tracer's lines from where the oracle died.
    left_out: usize,
    /// By call and command: the mode, the oracle's line and the tracer's.
    differing: BTreeMap<String, Vec<[String; 3]>>,
}

impl Tally {
    fn add(&mut self, title: &str, oracle: &[String], tracer: &[String]) {
        // An oracle that dies (of a long set of signals with `-X verbose`) says so in its last line.
        let died = oracle.iter().position(|line| line.ends_with(" <detached ...>"));
        let end = died.unwrap_or(oracle.len().max(tracer.len()));
        self.left_out += tracer.len().saturating_sub(end);
        for i in 0..end {
            let line = |lines: &[String]| lines.get(i).cloned().unwrap_or_else(|| "(no line)".to_owned());
            let (oracle, tracer) = (line(oracle), line(tracer));
            if oracle == tracer {
                self.identical += 1;
            } else {
                self.differing.entry(key(&oracle)).or_default().push([title.to_owned(), oracle, tracer]);
            }
        }
    }

    fn report(&self, max: usize) -> Result<()> {
        for (key, pairs) in &self.differing {
            println!("{key}: {} lines", pairs.len());
            for [title, oracle, tracer] in pairs.iter().take(max) {
                println!("  [{title}]\n  - {oracle}\n  + {tracer}");
            }
        }
        let differing: usize = self.differing.values().map(Vec::len).sum();
        let all = self.identical + differing;
        let share = (self.identical * 10_000).checked_div(all).unwrap_or(10_000);
        if self.left_out > 0 {
            println!("{} lines not compared: the oracle had died", self.left_out);
        }
        println!("{} of {all} lines identical ({}.{:02}%)", self.identical, share / 100, share % 100);
        if differing == 0 { Ok(()) } else { Err("not all lines are alike".into()) }
    }
}

/// By what differences are sorted: the call, and what stands in for its command.
fn key(line: &str) -> String {
    let call = line.rsplit_once(") ").map_or(line, |(call, _)| call);
    let (name, rest) = call.split_once('(').unwrap_or((call, ""));
    let symbol = |word: &&str| word.starts_with(|c: char| c.is_ascii_uppercase());
    let words = rest.split([',', ' ', '(', ')', '|', '{']).filter(symbol);
    format!("{name} {}", words.take(1).collect::<String>())
}
