//! What users meet first: every option does what its help says, completions complete, the usage text names all.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A command line with an option in it, and what comes of it: on standard output, standard error and in files.
struct Example {
    /// The options, with blanks between them. `{FILE}` is a path, `{PID}` a process that ends when it is traced.
    options: &'static str,
    /// A shell's command that is traced, none for the program itself.
    script: Option<&'static str>,
    /// What must be there.
    shows: &'static [&'static str],
    /// What must not be.
    hides: &'static [&'static str],
}

/// An example that traces a shell.
const fn sh(
    options: &'static str,
    script: &'static str,
    shows: &'static [&'static str],
    hides: &'static [&'static str],
) -> Example {
    Example { options, script: Some(script), shows, hides }
}

/// An example without a command.
const fn alone(
    options: &'static str,
    shows: &'static [&'static str],
    hides: &'static [&'static str],
) -> Example {
    Example { options, script: None, shows, hides }
}

/// At least one for each name of each option.
const EXAMPLES: &[Example] = &[
    sh("-e chdir", "cd /", &["chdir(\"/\")", "+++ exited with 0 +++"], &["execve"]),
    sh("-e trace=none -E GREETING=hello", "echo $GREETING; env", &["\nhello\n"], &[]),
    sh("-e trace=none --env=HOME", "env", &["+++"], &["\nHOME="]),
    alone("-p {PID}", &["Process {PID} attached", "+++ exited with 3 +++"], &[]),
    alone("--attach={PID}", &["Process {PID} attached", "+++ exited with 3 +++"], &[]),
    sh("-u 0:0 -e trace=none", "id -u", &["0\n"], &[]),
    sh("--user=root -e trace=none", "id -u", &["0\n"], &[]),
    sh("--argv0=other -e execve", "exit", &["[\"other\", \"-c\""], &[]),
    sh("-b execve -e trace=execve,chdir", "exec sh -c 'cd /'", &["execve(", "detached"], &["chdir("]),
    sh(
        "--detach-on=execve -e trace=execve,chdir",
        "exec sh -c 'cd /'",
        &["execve(", "detached"],
        &["chdir("],
    ),
    sh("-f -b ptrace -e chdir", "cd /; :", &["chdir(", "exited with 0"], &["detached"]),
    sh("-D -o {FILE} -e chdir", "cd /", &["chdir("], &[]),
    sh("-DD -o {FILE} -e chdir", "cd /", &["chdir("], &[]),
    sh("-DDD -o {FILE} -e chdir", "cd /", &["chdir("], &[]),
    sh("--daemonize -o {FILE} -e chdir", "cd /", &["chdir("], &[]),
    sh("-k -e chdir", "cd /", &["chdir(", "\n > /"], &[]),
    sh("-kk -e chdir", "cd /", &["chdir(", "\n > /"], &[]),
    sh("--stack-trace=symbol -e chdir", "cd /", &["chdir(", "\n > /"], &[]),
    sh("-k --stack-trace-frame-limit=1 -e chdir", "cd /", &["\n > too many stack frames"], &[]),
    sh("--secontext=full -e chdir", "cd /", &["chdir(\"/\""], &[]),
    sh("--namespace=new -e unshare,chdir", "cd /", &["chdir(\"/\""], &[]),
    sh("--kvm=vcpu -e chdir", "cd /", &["chdir(\"/\""], &[]),
    sh("-d -e chdir", "cd /", &["chdir(\"/\"", "new tcb for pid"], &[]),
    sh("--debug -e chdir", "cd /", &["chdir(\"/\"", "new tcb for pid"], &[]),
    sh("--tips=0,full -e chdir", "cd /", &["chdir(\"/\""], &[]),
    sh("-f -e chdir", "(cd /; exit); exit", &["[pid", "chdir(\"/\")"], &[]),
    sh("--follow-forks -e chdir", "(cd /; exit); exit", &["[pid", "chdir(\"/\")"], &[]),
    sh("-ff -o {FILE} -e chdir", "(cd /; exit); exit", &["chdir(\"/\")"], &["[pid"]),
    sh("-F -e chdir", "cd /", &["deprecated", "chdir("], &[]),
    sh("-I 2 -e chdir", "cd /", &["chdir("], &[]),
    sh("--interruptible=never -e chdir", "cd /", &["chdir("], &[]),
    sh(
        "--forward-signals -e chdir",
        "trap 'cd /; exit' TERM; kill -TERM $PPID; for i in $(seq 100); do sleep 0.1; done",
        &["SIGTERM", "chdir("],
        &[],
    ),
    sh("--kill-on-exit -e chdir", "cd /", &["chdir("], &[]),
    sh("--restart-calls=never -e chdir", "cd /", &["chdir("], &[]),
    sh("--colocate=never -e chdir", "cd /", &["chdir("], &[]),
    sh("--keeper=never -o {FILE} -e chdir", "cd /", &["chdir("], &[]),
    sh("-e trace=chdir", "cd /", &["chdir("], &["execve("]),
    sh("--trace=chdir", "cd /", &["chdir("], &["execve("]),
    sh("-e trace=none -e signal=!SIGCHLD", "/bin/true; kill -TERM $$", &["SIGTERM"], &["SIGCHLD"]),
    sh("--trace=none --signals=term", "/bin/true; kill -TERM $$", &["SIGTERM"], &["SIGCHLD"]),
    sh("-e status=failed -e chdir", "cd /; cd /nowhere", &["/nowhere"], &["chdir(\"/\")"]),
    sh("--status=successful -e chdir", "cd /; cd /nowhere", &["chdir(\"/\")"], &["chdir(\"/nowhere\")"]),
    sh("-e trace-fds=7 -e dup2,fcntl", "exec 7</dev/null; exec 7<&-", &["7"], &["fcntl(0"]),
    sh("--trace-fds=77 -e openat,write", "echo", &["+++ exited"], &["openat(", "write("]),
    sh("-P /dev/zero -e openat", ": </dev/zero; : </dev/null", &["/dev/zero"], &["/dev/null"]),
    sh("--trace-path=/dev/zero -e openat", ": </dev/zero; : </dev/null", &["/dev/zero"], &["/dev/null"]),
    sh("-z -e chdir", "cd /; cd /nowhere", &["chdir(\"/\")"], &["chdir(\"/nowhere\")"]),
    sh("--successful-only -e chdir", "cd /; cd /nowhere", &["chdir(\"/\")"], &["chdir(\"/nowhere\")"]),
    sh("-Z -e chdir", "cd /; cd /nowhere", &["ENOENT"], &["chdir(\"/\")"]),
    sh("--failed-only -e chdir", "cd /; cd /nowhere", &["ENOENT"], &["chdir(\"/\")"]),
    sh("-a 14 -e chdir", "cd /", &["chdir(\"/\")    = 0"], &[]),
    sh("--columns=0 -e chdir", "cd /", &["chdir(\"/\") = 0"], &[]),
    sh("--color=always -e chdir", "cd /", &["\x1b[33mchdir\x1b[0m(\x1b[35m\"/\""], &[]),
    sh("-e abbrev=none -e execve", "exit", &["PATH="], &["/* "]),
    sh("--abbrev=all -e execve", "exit", &["vars */"], &[]),
    sh("-e verbose=none -e rt_sigaction", "trap : TERM", &["rt_sigaction(SIGTERM, 0x"], &["sa_handler"]),
    sh("--verbose=none -e rt_sigaction", "trap : TERM", &["rt_sigaction(SIGTERM, 0x"], &["sa_handler"]),
    sh("-e raw=chdir -e chdir", "cd /", &["chdir(0x"], &["chdir(\"/\")"]),
    sh("--raw=chdir -e chdir", "cd /", &["chdir(0x"], &["chdir(\"/\")"]),
    sh("-f -e read=0 -e read", "echo marmot | cat", &[" | 00000  6d 61 72 6d 6f 74 0a"], &[]),
    sh("-f --read=0 -e read", "echo marmot | cat", &[" | 00000  6d 61 72 6d 6f 74 0a"], &[]),
    sh("-e write=1 -e write", "echo marmot", &[" | 00000  6d 61 72 6d 6f 74 0a"], &[]),
    sh("--write=1 -e write", "echo marmot", &[" | 00000  6d 61 72 6d 6f 74 0a"], &[]),
    sh("-i -e chdir", "cd /", &["[0000", "] chdir("], &[]),
    sh("--instruction-pointer -e chdir", "cd /", &["[0000", "] chdir("], &[]),
    sh("-n -e chdir", "cd /", &["[  80] chdir("], &[]),
    sh("--syscall-number -e chdir", "cd /", &["[  80] chdir("], &[]),
    sh("-N -e chdir", "cd /", &["chdir(path=\"/\")"], &[]),
    sh("--arg-names -e chdir", "cd /", &["chdir(path=\"/\")"], &[]),
    sh("-A -o {FILE} -e chdir", "cd /", &["chdir("], &[]),
    sh("--output-append-mode -o {FILE} -e chdir", "cd /", &["chdir("], &[]),
    sh("--format=json -e chdir", "cd /", &["\"name\":\"chdir\"", "\"path\":\"/\""], &["chdir("]),
    sh("--output-separately -o {FILE} -e chdir", "cd /", &["chdir("], &[]),
    sh("-o {FILE} -e chdir", "cd /", &["chdir("], &[]),
    sh("--output={FILE} -e chdir", "cd /", &["chdir("], &[]),
    sh("-qq -e chdir", "cd /", &["chdir("], &["exited"]),
    sh("-q -e chdir", "cd /", &["chdir(", "exited"], &[]),
    sh("-qqq -e chdir", "cd /", &["chdir("], &["exited"]),
    sh("--quiet=exit -e chdir", "cd /", &["chdir("], &["exited"]),
    sh("-e quiet=all -e chdir", "cd /", &["chdir("], &["exited"]),
    sh("-r -e chdir", "cd /", &["     0.", " chdir("], &[]),
    sh("--relative-timestamps=ns -e chdir", "cd /", &["     0.", " chdir("], &[]),
    sh("-s 3 -e chdir", "cd /tmp; echo marmot", &["chdir(\"/tmp\")"], &[]),
    sh("--string-limit=3 -e write", "echo marmot", &["\"mar\"..."], &[]),
    sh("-t -e chdir", "cd /", &[":", " chdir("], &["\nchdir("]),
    sh("-tt -e chdir", "cd /", &[":", " chdir("], &["\nchdir("]),
    sh("-ttt -e chdir", "cd /", &[".", " chdir("], &["\nchdir("]),
    sh("--absolute-timestamps=unix,ns -e chdir", "cd /", &[".", " chdir("], &["\nchdir("]),
    sh("-T -e chdir", "cd /", &["= 0 <0."], &[]),
    sh("--syscall-times=ms -e chdir", "cd /", &["= 0 <0."], &[]),
    sh("-v -e execve", "exit", &["PATH="], &["/* "]),
    sh("--no-abbrev -e execve", "exit", &["PATH="], &["/* "]),
    sh("-x -e write", "printf '\\377\\n'", &["\"\\xff\\x0a\""], &[]),
    sh("-xx -e chdir", "cd /", &["\"\\x2f\""], &[]),
    sh("--strings-in-hex=non-ascii-chars -e write", "printf 'a\\377\\n'", &["\"a\\xff\\n\""], &[]),
    sh("-X raw -e rt_sigaction", "trap : TERM", &["rt_sigaction(15, "], &["SIGTERM"]),
    sh("--const-print-style=verbose -e rt_sigaction", "trap : TERM", &["/* SIGTERM */"], &[]),
    sh("-y -e fchdir,write", "echo >/dev/null", &["write(1</dev/null>, "], &[]),
    sh("-yy -e write", "echo >/dev/null", &["write(1</dev/null<char 1:3>>, "], &[]),
    sh("--decode-fds=path -e write", "echo >/dev/null", &["write(1</dev/null>, "], &[]),
    sh("-e decode-fds=dev -e write", "echo >/dev/null", &["<char 1:3>"], &[]),
    sh("-Y -e getppid,kill", "kill -0 $$", &["<sh>, 0)"], &[]),
    sh("--decode-pids=comm -e kill", "kill -0 $$", &["<sh>, 0)"], &[]),
    sh("-e decode-pids=comm -e kill", "kill -0 $$", &["<sh>, 0)"], &[]),
    sh("--pidns-translation -e kill", "kill -0 $$", &["kill("], &[]),
    sh("--always-show-pid -e chdir", "cd /", &[" chdir("], &["\nchdir("]),
    sh("-c", "cd /", &["% time", "chdir", "total"], &["chdir("]),
    sh("--summary-only", "cd /", &["% time", "chdir", "total"], &["chdir("]),
    sh("-C -e chdir", "cd /", &["chdir(\"/\")", "% time"], &[]),
    sh("--summary -e chdir", "cd /", &["chdir(\"/\")", "% time"], &[]),
    sh("-c -O 1ms", "cd /", &["% time"], &[]),
    sh("-c --summary-syscall-overhead=1", "cd /", &["% time"], &[]),
    sh("-c -S name -e chdir,execve", "cd /", &["chdir", "execve"], &[]),
    sh("-c --summary-sort-by=calls", "cd /", &["chdir"], &[]),
    sh("-c -U calls,name", "cd /", &["calls", "chdir"], &["% time"]),
    sh("-c --summary-columns=max-time", "cd /", &["longest"], &["% time"]),
    sh("-c -w", "cd /", &["% time"], &[]),
    sh("-c --summary-wall-clock", "cd /", &["% time"], &[]),
    sh("--syscall-limit=1 -e chdir", "cd /; cd /tmp", &["chdir(\"/\")"], &["chdir(\"/tmp\")"]),
    sh("-e inject=chdir:error=EIO -e chdir", "cd /", &["= -1 EIO (Input/output error) (INJECTED)"], &[]),
    sh("--inject=chdir:retval=0 -e chdir", "cd /nowhere", &["= 0 (INJECTED)"], &[]),
    sh("-e fault=chdir -e chdir", "cd /", &["ENOSYS", "(INJECTED)"], &[]),
    sh("--fault=chdir:error=EIO -e chdir", "cd /", &["EIO", "(INJECTED)"], &[]),
    sh(
        "--inject-rules=each -e inject=chdir:error=EIO:when=1 -e inject=chdir:error=EPERM:when=2 -e chdir",
        "cd /; cd /tmp",
        &[
            "chdir(\"/\")                              = -1 EIO",
            "chdir(\"/tmp\")                           = -1 EPERM",
        ],
        &[],
    ),
    alone("--generate=man", &[".TH", "SYNOPSIS"], &[]),
    alone("-h", &["Usage: ", "--string-limit"], &[]),
    alone("--help", &["Usage: ", "--string-limit"], &[]),
    alone("--merge=/nowhere/prefix", &["/nowhere/prefix: strax output not found"], &[]),
    sh("--record=- -e chdir", "cd /", &["strax\r\n"], &["chdir("]),
    sh("--record-strings=5 --record=- -e chdir", "cd /", &["strax\r\n"], &["chdir("]),
    alone("--replay=/nowhere/file", &["Can't open recording '/nowhere/file': No such file"], &[]),
    sh("--seccomp-bpf -f -e chdir", "cd /", &["chdir("], &[]),
    alone("-V", &["-- version "], &[]),
    alone("--version", &["-- version "], &[]),
];

fn temporary(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// strax with a plain environment.
fn strax() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_strax"));
    command.env_remove("STRACE_COLORS").env_remove("NO_COLOR").stdin(Stdio::null());
    command
}

fn text(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("\n{}\n{}", text(&output.stdout), text(&output.stderr))
}

/// Attaches to a shell that waits, lets it end once it is traced, and returns its id and what was written.
fn attach(options: &str) -> (String, String) {
    let mut tracee =
        Command::new("sh").args(["-c", "read line; exit 3"]).stdin(Stdio::piped()).spawn().expect("a shell");
    let pid = tracee.id().to_string();
    let mut tracer = strax()
        .args(options.replace("{PID}", &pid).split(' '))
        .stderr(Stdio::piped())
        .spawn()
        .expect("strax starts");
    let mut stderr = BufReader::new(tracer.stderr.take().expect("a pipe"));
    let mut written = String::new();
    stderr.read_line(&mut written).expect("a message");
    drop(tracee.stdin.take());
    tracee.wait().expect("an end");
    stderr.read_to_string(&mut written).expect("text");
    tracer.wait().expect("an end");
    (pid, written)
}

fn run(place: usize, example: &Example) -> (String, String) {
    if example.options.contains("{PID}") {
        return attach(example.options);
    }
    let directory = temporary(&format!("face.{place}"));
    let _ = std::fs::remove_dir_all(&directory);
    std::fs::create_dir_all(&directory).expect("a directory");
    let file = directory.join("trace");
    let mut command = strax();
    command.args(example.options.replace("{FILE}", file.to_str().expect("UTF-8")).split(' '));
    if let Some(script) = example.script {
        command.args(["sh", "-c", script]);
    }
    let mut written = text(&command.output().expect("strax starts"));
    for entry in std::fs::read_dir(&directory).expect("a directory") {
        written += &std::fs::read_to_string(entry.expect("an entry").path()).expect("text");
    }
    (String::new(), written)
}

/// Whether the example needs to be run by root.
fn needs_root(example: &Example) -> bool {
    example.options.starts_with("-u") || example.options.starts_with("--user")
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().expect("id");
    output.stdout == b"0\n"
}

#[test]
fn every_option_does_what_its_example_says() {
    let is_root = is_root();
    let mut failures = String::new();
    for (place, example) in EXAMPLES.iter().enumerate() {
        if needs_root(example) && !is_root {
            continue;
        }
        let (pid, written) = run(place, example);
        let missing = example.shows.iter().filter(|part| !written.contains(&part.replace("{PID}", &pid)));
        let unwanted = example.hides.iter().filter(|part| written.contains(**part));
        for part in missing.chain(unwanted) {
            failures += &format!("{}: {part:?}, in:\n{written}\n", example.options);
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

/// The names of options in the usage text: `-s`, `--string-limit`.
fn names_in_usage() -> BTreeSet<String> {
    let usage = text(&strax().arg("-h").output().expect("strax starts"));
    let heads = usage.lines().filter_map(|line| line.strip_prefix("  ").filter(|line| line.starts_with('-')));
    let words = heads.flat_map(|head| {
        // What two blanks end is not help.
        head.split("  ").next().unwrap_or_default().split([' ', ',']).map(str::to_owned).collect::<Vec<_>>()
    });
    words
        .filter(|word| word.starts_with('-'))
        .map(|word| word.split(['=', '[']).next().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn every_option_has_an_example() {
    let used: BTreeSet<String> = EXAMPLES
        .iter()
        .flat_map(|example| example.options.split(' '))
        .filter(|word| word.starts_with('-'))
        .map(|word| word.split('=').next().unwrap_or_default().to_owned())
        .collect();
    let all = names_in_usage();
    assert!(all.len() > 100, "{all:?}");
    let missing: Vec<_> = all.difference(&used).collect();
    assert!(missing.is_empty(), "no example of {missing:?}");
}

#[test]
fn every_option_is_completed() {
    for shell in ["bash", "zsh", "fish"] {
        let output = strax().arg(format!("--generate=complete-{shell}")).output().expect("strax starts");
        let script = text(&output);
        for name in names_in_usage()
            .into_iter()
            .filter(|name| !["-DD", "-DDD", "-ff", "-kk", "-qq", "-qqq"].contains(&name.as_str()))
        {
            let name = name.as_str();
            if ["-tt", "-ttt", "-xx", "-yy"].contains(&name) {
                continue;
            }
            let found = match (shell, name.strip_prefix("--")) {
                ("fish", Some(long)) => script.contains(&format!(" -l {long} ")),
                ("fish", None) => script.contains(&format!(" -s {} ", &name[1..])),
                ("zsh", _) => {
                    ["[", "+[", "=[", "=-["].iter().any(|end| script.contains(&format!("'*{name}{end}")))
                }
                _ => [" ", "=", "\n"].iter().any(|end| script.contains(&format!(" {name}{end}"))),
            };
            assert!(found, "{shell} knows no {name}");
        }
    }
}

/// What bash offers for a line, with the words that it would replace.
fn bash(line: &str) -> Option<Vec<String>> {
    let script = r#"
        eval "$(command "$0" --generate=complete-bash)"
        complete -p strax >/dev/null || exit
        COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDS=($1) COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _strax
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    let output = Command::new("bash")
        .args(["--norc", "-c", script, env!("CARGO_BIN_EXE_strax"), line])
        .stdin(Stdio::null())
        .output()
        .ok()?;
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{line}");
    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    Some(words.lines().filter(|word| !word.is_empty()).map(str::to_owned).collect())
}

#[test]
fn bash_completes() {
    for (line, expected) in [
        ("strax --string-l", &["--string-limit="][..]),
        ("strax --color=a", &["auto", "always"]),
        ("strax --color a", &["auto", "always"]),
        ("strax -X ", &["raw", "abbrev", "verbose"]),
        ("strax -e dec", &["decode-fds=", "decode-pids="]),
        ("strax -e trace=openat", &["openat", "openat2"]),
        (
            "strax -e trace=!chdir,fch",
            &[
                "!chdir,fchmod",
                "!chdir,fchown",
                "!chdir,fchdir",
                "!chdir,fchmodat",
                "!chdir,fchmodat2",
                "!chdir,fchownat",
            ],
        ),
        ("strax -e inject=chdir:wh", &["when="]),
        ("strax -e inject=chdir:error=EPE", &["EPERM"]),
        ("strax -e inject=chdir:signal=SIGUSR", &["SIGUSR1", "SIGUSR2"]),
        ("strax --quiet=attach,ex", &["attach,exit"]),
        ("strax -fo Cargo.to", &["Cargo.toml"]),
        ("strax --output=Cargo.to", &["Cargo.toml"]),
        ("strax -f cat --col", &[]),
        ("strax -- tru --col", &[]),
    ] {
        let Some(mut words) = bash(line) else { return };
        words.sort();
        let mut expected: Vec<_> = expected.iter().map(|word| (*word).to_owned()).collect();
        expected.sort();
        assert_eq!(words, expected, "{line}");
    }
    let commands = bash("strax -f -o trace tru").unwrap_or_default();
    assert!(commands.contains(&"true".to_owned()), "{commands:?}");
}

/// Whether a shell takes the script for one, `None` where it is not installed.
fn accepts(shell: &str) -> Option<bool> {
    let script = strax().arg(format!("--generate=complete-{shell}")).output().expect("strax starts").stdout;
    let file = temporary(&format!("face.complete.{shell}"));
    std::fs::write(&file, script).expect("a file");
    let status = Command::new(shell).arg("-n").arg(file).stderr(Stdio::inherit()).status().ok()?;
    Some(status.success())
}

#[test]
fn shells_accept_their_scripts() {
    for shell in ["bash", "zsh", "fish"] {
        assert_ne!(accepts(shell), Some(false), "{shell}");
    }
}
