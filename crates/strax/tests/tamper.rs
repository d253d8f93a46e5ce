//! Tampering: what is injected goes into the calls that were chosen, and into no other.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The rules that `tests/tracees/tamper.c` knows of.
const RULES: [&str; 6] = [
    "getpgid:error=EXDEV:when=3+5",
    "getsid:retval=424242:when=2..20+6",
    "writev:retval=8:when=4+4",
    "getpriority:error=EPERM:signal=USR2:when=5+5",
    "getcwd:poke_exit=@arg1=2f74616d706572656400:when=2+2",
    "sched_yield:delay_enter=50:when=7+7",
];

/// What each thread's lines must have, and how often: of 30 calls each.
const MARKS: [(&str, &str, usize); 6] = [
    ("getpgid", " = -1 EXDEV (Invalid cross-device link) (INJECTED)", 6),
    ("getsid", " = 424242 (INJECTED)", 4),
    ("writev", " = 8 (INJECTED)", 7),
    ("getpriority", " = -1 EPERM (Operation not permitted) (INJECTED)", 6),
    ("getcwd", " (INJECTED: args)", 15),
    ("sched_yield", " = 0 (DELAYED)", 4),
];

/// Threads, in both generations of them.
const THREADS: usize = 16;

/// Ways to trace that must not make a difference.
const WAYS: [&[&str]; 4] =
    [&[], &["--seccomp-bpf"], &["--colocate=never"], &["--colocate=always", "--seccomp-bpf"]];

fn temporary(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// Compiles the tracee; `None` if the compiler can't (`-m32`).
fn compile(test: &str, flags: &[&str]) -> Option<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tracees/tamper.c");
    let program = temporary(&format!("{test}.program"));
    let output =
        Command::new("cc").args(["-O1", "-pthread"]).args(flags).arg("-o").arg(&program).arg(source).output();
    output.expect("cc").status.success().then_some(program)
}

fn trace(program: &Path, log: &Path, way: &[&str]) -> Output {
    let mut strax = Command::new(env!("CARGO_BIN_EXE_strax"));
    strax.args(["-f", "-o"]).arg(log).args(way).args(["-e", "signal=none"]);
    strax.args(["-e", "trace=getpgid,getsid,writev,getpriority,getcwd,sched_yield"]);
    for rule in RULES {
        strax.args(["-e", &format!("inject={rule}")]);
    }
    strax.arg(program).stdin(Stdio::null()).output().expect("strax starts")
}

/// Whether a line shows a call's end: as a whole, or resumed.
fn ends(line: &str, name: &str) -> bool {
    let Some((_, call)) = line.split_once(' ') else { return false };
    let call = call.trim_start();
    let begins = |prefix: &str| call.strip_prefix(prefix).is_some_and(|rest| rest.starts_with(name));
    !call.ends_with("<unfinished ...>") && (begins("") || begins("<... "))
}

fn rounds() -> usize {
    std::env::var("STRAX_TAMPER_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(20)
}

/// Runs the tracee again and again. It checks by itself what its calls gave; the trace must say the same.
fn nothing_is_lost_or_misplaced(program: &Path, test: &str) {
    let log = temporary(&format!("{test}.log"));
    for round in 0..rounds() {
        let way = WAYS[round % WAYS.len()];
        let output = trace(program, &log, way);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "round {round}, {way:?}: {}: {said}", output.status);
        assert_eq!(output.stdout, b"done\n", "round {round}, {way:?}");
        let trace = std::fs::read_to_string(&log).expect("a trace");
        for (name, mark, each) in MARKS {
            let of_call = || trace.lines().filter(|line| ends(line, name));
            let marked = of_call().filter(|line| line.ends_with(mark)).count();
            assert_eq!(marked, THREADS * each, "round {round}, {way:?}: {name}");
            let any = of_call().filter(|line| line.contains("INJECTED") || line.contains("DELAYED")).count();
            assert_eq!(any, marked, "round {round}, {way:?}: {name}");
        }
    }
}

#[test]
fn eight_threads_with_signals() {
    let program = compile("eight_threads", &[]).expect("cc");
    nothing_is_lost_or_misplaced(&program, "eight_threads");
}

#[test]
#[cfg(target_arch = "x86_64")]
fn eight_threads_with_signals_on_i386() {
    if let Some(program) = compile("eight_threads_i386", &["-m32"]) {
        nothing_is_lost_or_misplaced(&program, "eight_threads_i386");
    }
}
