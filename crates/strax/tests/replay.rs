//! A replay shows what the trace itself showed, line by line and byte by byte, with the same options and with others.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A directory of a test's own.
fn directory(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("replay.{name}"));
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).expect("a directory");
    path
}

fn strax() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_strax"));
    command.env_remove("STRACE_COLORS").env_remove("NO_COLOR").stdin(Stdio::null());
    command
}

/// A path behind an option.
fn with(option: &str, path: &Path) -> String {
    format!("{option}{}", path.to_str().expect("UTF-8"))
}

fn words(options: &str) -> impl Iterator<Item = &str> {
    options.split(' ').filter(|word| !word.is_empty())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What is traced: processes and what they do to files, a pipe, signals, an end by a signal, a failing call.
const SCRIPT: &str = "exec 3</etc/passwd; cd /; cat <&3 >/dev/null; (kill -TERM $BASHPID; :); \
    trap 'cd /tmp' USR1; kill -USR1 $$; cd /no/such/place; (kill -KILL $BASHPID); exec true";

/// Options about what is shown, and how.
const OPTIONS: &[&str] = &[
    "",
    "-s 0",
    "-s 4096 -x",
    "-xx",
    "-X raw",
    "-X verbose -n",
    "-v",
    "-y",
    "-yy -Y",
    "-t",
    "-tt -T",
    "-ttt -r -i",
    "--absolute-timestamps=unix,ns --relative-timestamps=ns --syscall-times=ns",
    "-N -a 20",
    "-c -U name,calls,errors",
    "-C -w",
    "-z",
    "-Z -q",
    "-P /etc/passwd",
    "-P /etc",
    "--trace-fds=3",
    "-e trace=%file,wait4",
    "-e signal=USR1 -e trace=none",
    "-e raw=openat,read -e verbose=none",
    "-e abbrev=none -e quiet=exit",
    "--format=json",
    "--format=json -yy -tt -T -v",
    "--secontext=full --pidns-translation",
    "-ff",
    "--always-show-pid -e status=unfinished,failed",
    "-e trace=none -e kvm=vcpu -e namespace=new",
    "--syscall-limit=20",
    "--color=always -e trace=%desc",
];

/// Both at the same time: a trace and a recording of it. The recording shown with the same options is the trace.
#[test]
fn a_replay_is_the_trace() {
    let mut failures = Vec::new();
    for (i, options) in OPTIONS.iter().enumerate() {
        let directory = directory(&format!("same.{i}"));
        let [live, replayed, recording] = ["live", "replayed", "recording"].map(|name| directory.join(name));
        let traced = strax()
            .args((*options != "-ff").then_some("-f"))
            .args(words(options))
            .args([with("-o", &live), with("--record=", &recording)])
            .args(["bash", "-c", SCRIPT])
            .output()
            .expect("strax starts");
        let shown = strax()
            .args(words(options))
            .args([with("-o", &replayed), with("--replay=", &recording)])
            .output()
            .expect("strax starts");
        assert!(shown.status.success(), "{options}: {}", text(&shown.stderr));
        assert_eq!(text(&shown.stderr), "", "{options}");
        let files = |prefix: &str| {
            let entries = std::fs::read_dir(&directory).expect("a directory").map(|entry| entry.unwrap());
            let mut files: Vec<_> = entries
                .filter_map(|entry| {
                    let name = entry.file_name().into_string().expect("UTF-8");
                    Some((name.strip_prefix(prefix)?.to_owned(), std::fs::read(entry.path()).unwrap()))
                })
                .collect();
            files.sort();
            files
        };
        let (live, replayed) = (files("live"), files("replayed"));
        assert!(!live.is_empty(), "{options}: {}", text(&traced.stderr));
        let ends = |files: &[(String, Vec<u8>)]| files.iter().map(|(end, _)| end.clone()).collect::<Vec<_>>();
        assert_eq!(ends(&live), ends(&replayed), "{options}");
        for ((_, live), (_, replayed)) in live.iter().zip(&replayed) {
            failures.extend(first_difference(options, live, replayed));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The first line in which two texts differ.
fn first_difference(options: &str, live: &[u8], replayed: &[u8]) -> Option<String> {
    if live == replayed {
        return None;
    }
    let (live, replayed) = (text(live), text(replayed));
    let (mut a, mut b) = (live.lines(), replayed.lines());
    loop {
        let (line, other) = (a.next(), b.next());
        if line != other {
            return Some(format!(
                "{options}:\n  live   {}\n  replay {}",
                line.unwrap_or("-"),
                other.unwrap_or("-")
            ));
        }
        line?;
    }
}

/// A thread that executes a program in the place of its process, while the leader is in a call of its own.
#[test]
fn threads_that_change_their_ids() {
    let directory = directory("threads");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tracees/engine_threads.c");
    let program = directory.join("program");
    let compiled = Command::new("cc").args(["-O1", "-pthread", "-o"]).arg(&program).arg(source).status();
    assert!(compiled.expect("cc").success());
    for options in ["", "-z", "-yy -Y -T", "--format=json", "-k"] {
        let [live, replayed, recording] = ["live", "replayed", "recording"].map(|name| directory.join(name));
        let traced = strax()
            .args(words(options))
            .args(["-f", &with("-o", &live), &with("--record=", &recording)])
            .arg(&program)
            .args(["x", "y"])
            .output()
            .expect("strax starts");
        assert_eq!(traced.status.code(), Some(3));
        let shown = strax()
            .args(words(options))
            .args([with("-o", &replayed), with("--replay=", &recording)])
            .output()
            .expect("strax starts");
        assert_eq!(text(&shown.stderr), "");
        let [live, replayed] = [live, replayed].map(|path| std::fs::read(path).expect("a trace"));
        assert!(text(&live).contains("superseded"), "{}", text(&live));
        assert_eq!(first_difference(options, &live, &replayed), None);
    }
}

fn recorded(name: &str, options: &str, command: &[&str]) -> (PathBuf, Output) {
    let recording = directory(name).join("recording");
    let output = strax()
        .args(words(options))
        .arg(with("--record=", &recording))
        .args(command)
        .output()
        .expect("strax starts");
    (recording, output)
}

fn replay(recording: &Path, options: &str) -> Output {
    strax().args(words(options)).arg(with("--replay=", recording)).output().expect("strax starts")
}

/// A recording alone writes no lines, and shows them later, on standard output.
#[test]
fn one_recording_serves_many_options() {
    let (recording, output) = recorded("many", "", &["cat", "/etc/passwd"]);
    assert!(output.status.success());
    assert_eq!(text(&output.stderr), "");
    let shown = |options: &str| {
        let output = replay(&recording, options);
        assert_eq!((output.status.success(), text(&output.stderr)), (true, String::new()), "{options}");
        text(&output.stdout)
    };
    let plain = shown("");
    assert!(plain.starts_with("execve(\"") && plain.ends_with("+++ exited with 0 +++\n"), "{plain}");
    assert!(plain.contains("openat(AT_FDCWD, \"/etc/passwd\", O_RDONLY) = 3\n"), "{plain}");
    let paths = shown("-y -e trace=read -P /etc/passwd");
    assert!(paths.starts_with("read(3</etc/passwd>, \"root:"), "{paths}");
    let long = shown("-s 4096 -e trace=write");
    let short = shown("-s 4 -e trace=write");
    assert!(long.len() > 100 && short.starts_with("write(1, \"root\"..., "), "{long}{short}");
    let json = shown("--format=json -e trace=openat");
    let lines: Vec<serde_json::Value> =
        json.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert!(lines.iter().any(|line| line["name"] == "openat"), "{json}");
    let table = shown("-c");
    assert!(table.starts_with("% time") && table.contains(" openat\n"), "{table}");
}

#[test]
fn stacks_are_cut_down_to_what_is_asked_for() {
    let (recording, _) = recorded("stacks", "-k -e trace=chdir", &["sh", "-c", "cd /"]);
    let output = replay(&recording, "-k");
    if !text(&output.stdout).contains("\n > ") {
        // No stacks can be had on this machine.
        return;
    }
    let frames = |options: &str| text(&replay(&recording, options).stdout).matches("\n > ").count();
    assert!(frames("-k") > 2);
    assert_eq!(frames(""), 0);
    // One frame, and a line that says that there are more.
    assert_eq!(frames("-k --stack-trace-frame-limit=1"), 2);
    let refused = replay(&recording, "-kk");
    assert_eq!(
        one_line(&refused),
        "the recording has no lines of sources: -kk must be given when it is made"
    );
}

/// The message with which strax refuses, without its name.
fn one_line(output: &Output) -> String {
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), String::new()));
    let stderr = text(&output.stderr);
    let line = stderr.lines().next().expect("a line");
    line.split_once(": ").expect("a name").1.to_owned()
}

#[test]
fn data_are_shown_if_they_were_recorded() {
    let (recording, _) =
        recorded("data", "-e read=3 -e write=all -e trace=read,write", &["cat", "/etc/passwd"]);
    let output = replay(&recording, "-e read=3");
    assert!(text(&output.stdout).contains("\n | 00000  72 6f 6f 74 3a"), "{}", text(&output.stdout));
    assert!(!replay(&recording, "-e write=1").stdout.is_empty());
    let refused = replay(&recording, "-e read=3,4");
    assert_eq!(
        one_line(&refused),
        "the recording lacks data for -e read=3,4: that must be given when it is made"
    );
}

#[test]
fn what_a_recording_cannot_serve_is_said_in_one_line() {
    let (recording, _) = recorded("lacks", "--record-strings=100", &["true"]);
    let says = |options: &str, message: &str| {
        let output = replay(&recording, options);
        assert_eq!(one_line(&output), message, "{options}");
    };
    says("-s 101", "the recording has 100 bytes of a string at most, -s 101 needs --record-strings=101");
    assert!(replay(&recording, "-s 100").status.success());
    says("-k", "the recording has no stacks: -k must be given when it is made");
    says("-e read=0", "the recording lacks data for -e read=0: that must be given when it is made");
    says("-p 1", "--replay and -p/--attach are mutually exclusive");
    says(
        "-e inject=read:retval=0",
        "--replay and -e inject/--inject and -e fault/--fault are mutually exclusive",
    );
    says("-D", "--replay and -D/--daemonize are mutually exclusive");
    says("-b execve", "--replay and -b/--detach-on are mutually exclusive");
    let with_command = strax().arg(with("--replay=", &recording)).arg("true").output().expect("strax starts");
    assert_eq!(one_line(&with_command), "--replay and PROG are mutually exclusive");
    let alone = strax().args(["--record-strings=5", "true"]).output().expect("strax starts");
    assert_eq!(one_line(&alone), "--record-strings must be given with --record");
    let missing = strax().arg("--replay=/no/such/file").output().expect("strax starts");
    assert_eq!(one_line(&missing), "Can't open recording '/no/such/file': No such file or directory");
}

/// From one to the other through a pipe: what the command writes goes to standard error meanwhile.
#[test]
fn recordings_go_through_pipes() {
    let mut recorder = strax()
        .args(["--record=-", "sh", "-c", "echo hello; cd /"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("strax starts");
    let shown = strax()
        .args(["--replay=-", "-e", "trace=chdir"])
        .stdin(recorder.stdout.take().expect("a pipe"))
        .output()
        .expect("strax starts");
    let recorder = recorder.wait_with_output().expect("an end");
    assert_eq!((recorder.status.success(), text(&recorder.stderr)), (true, "hello\n".to_owned()));
    let lines = text(&shown.stdout);
    assert!(lines.starts_with("chdir(\"/\")") && lines.ends_with("+++ exited with 0 +++\n"), "{lines}");
}

/// The tracer's own end is that of the command; that of a replay says whether it could be shown.
#[test]
fn ends() {
    let (recording, output) = recorded("ends", "", &["sh", "-c", "exit 7"]);
    assert_eq!((output.status.code(), replay(&recording, "").status.code()), (Some(7), Some(0)));
}
