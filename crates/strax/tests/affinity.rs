//! One CPU for a conversation: tracees never see it, and get their own CPUs back whatever ends it.
//!
//! On a machine with a single CPU there is nothing to hide, and these tests show only that nothing breaks.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const STRAX: &str = env!("CARGO_BIN_EXE_strax");

/// Compiles `tests/tracees/NAME.c` for the test called `test`; `None` if the compiler can't (`-m32`).
fn compile(test: &str, name: &str, flags: &[&str]) -> Option<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/tracees/{name}.c"));
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{test}.program"));
    let output =
        Command::new("cc").args(["-O1", "-pthread"]).args(flags).arg("-o").arg(&program).arg(source).output();
    output.expect("cc").status.success().then_some(program)
}

/// What a command writes to its standard output.
fn output_of(command: &mut Command) -> String {
    let output = command.output().expect("it starts");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// The command sees the same whether it is traced or not.
fn sees_the_same(command: &[&str]) {
    let untraced = output_of(Command::new(command[0]).args(&command[1..]));
    for mode in ["--colocate=always", "--colocate=auto"] {
        for options in [
            &["-f"][..],
            &[],
            &["-f", "-c"],
            &["-D", "-f"],
            &["-f", "--seccomp-bpf", "-e", "trace=openat"],
            &["-f", "-e", "trace=none"],
        ] {
            let mut strax = Command::new(STRAX);
            let traced = output_of(strax.arg(mode).args(options).args(["-o", "/dev/null"]).args(command));
            assert_eq!(traced, untraced, "{mode} {options:?}");
        }
    }
}

#[test]
fn threads_and_children_see_their_own_masks() {
    let program = compile("affinity_seen", "affinity", &[]).expect("cc");
    sees_the_same(&[program.to_str().unwrap()]);
}

#[test]
fn so_do_those_of_32_bits() {
    if let Some(program) = compile("affinity_seen_32", "affinity", &["-m32"]) {
        sees_the_same(&[program.to_str().unwrap()]);
    }
}

#[test]
fn programs_count_all_their_cpus() {
    sees_the_same(&["nproc"]);
    sees_the_same(&["sh", "-c", "nproc; (nproc)"]);
}

/// Where a thread may run, as the kernel tells others.
fn cpus_of(tid: u32) -> String {
    let status = std::fs::read_to_string(format!("/proc/{tid}/status")).expect("it lives");
    let cpus = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
    cpus.expect("a list").trim().to_owned()
}

fn first_of(cpus: &str) -> &str {
    cpus.split([',', '-']).next().unwrap_or_default()
}

/// A process that calls the kernel for ever, and is killed in the end.
struct Talker(Child);

impl Talker {
    fn new(test: &str) -> Talker {
        let program = compile(test, "talker", &[]).expect("cc");
        Talker(Command::new(program).spawn().expect("it starts"))
    }

    fn id(&self) -> u32 {
        self.0.id()
    }

    fn cpus(&self) -> String {
        cpus_of(self.id())
    }
}

impl Drop for Talker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// strax, at work on a process that is in the midst of a conversation.
fn attach(pid: u32, options: &[&str]) -> (Child, impl Read) {
    // Whoever starts the tests may ignore signals (nohup, a job in the background): strax would too.
    let mut child = Command::new("env")
        .args(["--default-signal", STRAX, "--colocate=always", "-p", &pid.to_string()])
        .args(options)
        .stderr(Stdio::piped())
        .spawn()
        .expect("strax starts");
    let mut trace = BufReader::new(child.stderr.take().expect("piped"));
    let mut line = String::new();
    for _ in 0..200 {
        assert_ne!(trace.read_line(&mut line).expect("a line"), 0, "{line}");
    }
    (child, trace)
}

fn send(signal: &str, pid: u32) {
    let sent = Command::new("kill").args(["-s", signal, &pid.to_string()]).status();
    assert!(sent.expect("kill").success());
}

/// Ends a tracer, whose trace must not fill its pipe meanwhile.
fn end(mut tracer: Child, mut trace: impl Read, signal: &str) {
    send(signal, tracer.id());
    let _ = trace.read_to_end(&mut Vec::new());
    tracer.wait().expect("strax ends");
}

#[test]
fn whatever_ends_the_tracer_gives_the_mask_back() {
    let talker = Talker::new("affinity_ends");
    let own = talker.cpus();
    for (signal, options) in [
        ("INT", &[][..]),
        ("TERM", &[]),
        ("HUP", &["-f"]),
        ("QUIT", &[]),
        // These end it on the spot.
        ("USR1", &[]),
        ("ABRT", &[]),
        ("RTMIN+3", &[]),
        ("TERM", &["-I", "anywhere"]),
    ] {
        let (tracer, trace) = attach(talker.id(), options);
        assert_eq!(talker.cpus(), cpus_of(tracer.id()));
        let several = own != first_of(&own);
        assert!(!several || talker.cpus() == first_of(&talker.cpus()), "they share {}", talker.cpus());
        end(tracer, trace, signal);
        assert_eq!(talker.cpus(), own, "{signal} {options:?}");
    }
}

#[test]
fn a_limit_of_calls_gives_the_mask_back() {
    let talker = Talker::new("affinity_limit");
    let own = talker.cpus();
    let id = talker.id().to_string();
    let limit = ["--colocate=always", "--syscall-limit=300", "-o", "/dev/null", "-p", &id];
    output_of(Command::new(STRAX).args(limit));
    assert_eq!(talker.cpus(), own);
}

#[test]
fn a_mask_that_others_set_is_left_alone() {
    let talker = Talker::new("affinity_others");
    let own = talker.cpus();
    let (tracer, trace) = attach(talker.id(), &[]);
    let shared = talker.cpus();
    let ends = [first_of(&own), own.rsplit([',', '-']).next().unwrap_or_default()];
    // On a single CPU there is no other.
    let other = ends.into_iter().find(|&cpu| cpu != shared).unwrap_or(&shared).to_owned();
    output_of(Command::new("taskset").args(["-cp", &other, &talker.id().to_string()]));
    end(tracer, trace, "INT");
    assert_eq!(talker.cpus(), other);
}
