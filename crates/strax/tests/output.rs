//! Lines come promptly, in order with what the tracee itself writes, and none gets lost.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const STRAX: &str = env!("CARGO_BIN_EXE_strax");

fn temporary(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// Waits until a file has a text, for as long as the process lives that should write it; a minute is long enough.
fn await_text(file: &Path, text: &str, writer: &mut Child) {
    for _ in 0..6000 {
        if std::fs::read_to_string(file).is_ok_and(|all| all.contains(text)) {
            return;
        }
        assert_eq!(writer.try_wait().expect("a child"), None, "no {text} in {}", file.display());
        std::thread::sleep(Duration::from_millis(10));
    }
    let _ = writer.kill();
    panic!("no {text} in {}", file.display());
}

/// A process that waits for its standard input to end, and repeats it.
fn repeater(command: &mut Command) -> Child {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts")
}

#[test]
fn a_file_has_the_call_that_the_tracee_waits_in() {
    let log = temporary("waits.log");
    let mut child = repeater(Command::new(STRAX).arg("-o").arg(&log).arg("cat"));
    await_text(&log, "read(0", &mut child);
    drop(child.stdin.take());
    assert!(child.wait().expect("strax").success());
}

#[test]
fn so_have_the_files_of_each_tracee() {
    let log = temporary("waits_each.log");
    let mut child =
        repeater(Command::new(STRAX).args(["-ff", "-o"]).arg(&log).args(["sh", "-c", "echo $$; exec cat"]));
    let mut id = String::new();
    BufReader::new(child.stdout.as_mut().expect("piped")).read_line(&mut id).expect("an id");
    await_text(&temporary(&format!("waits_each.log.{}", id.trim())), "read(0", &mut child);
    drop(child.stdin.take());
    assert!(child.wait().expect("strax").success());
}

#[test]
fn nothing_is_lost_when_the_tracee_is_killed() {
    let log = temporary("killed.log");
    let script = "i=0; while [ $i -lt 500 ]; do i=$((i+1)); : > /dev/null; done; kill -KILL $$";
    let options = ["-e", "trace=openat,kill", "-e", "signal=all", "-o"];
    let status = Command::new(STRAX).args(options).arg(&log).args(["sh", "-c", script]).status();
    assert_eq!(status.expect("strax").code(), None);
    let text = std::fs::read_to_string(&log).expect("a trace");
    assert_eq!(text.matches("\"/dev/null\", ").count(), 500, "{text}");
    assert!(text.contains("kill("), "{text}");
    assert!(text.ends_with("+++ killed by SIGKILL +++\n"), "{text}");
}

#[test]
fn nothing_is_lost_when_the_tracer_is_interrupted() {
    let mut process = repeater(&mut Command::new("cat"));
    for (round, signal) in ["INT", "TERM", "HUP"].into_iter().enumerate() {
        let log = temporary(&format!("interrupted_{signal}.log"));
        let _ = std::fs::remove_file(&log);
        let id = process.id().to_string();
        // Whoever starts the tests may ignore signals (nohup, a job in the background): strax would too.
        let mut tracer = Command::new("env");
        tracer.args(["--default-signal", STRAX, "-o"]).arg(&log).args(["-p", &id]);
        let mut tracer = tracer.spawn().expect("strax starts");
        await_text(&log, "read(0", &mut tracer);
        let said = format!("round {round}\n");
        process.stdin.as_mut().expect("piped").write_all(said.as_bytes()).expect("it reads");
        let mut repeated = vec![0; said.len()];
        process.stdout.as_mut().expect("piped").read_exact(&mut repeated).expect("it writes");
        let sent = Command::new("kill").args(["-s", signal, &tracer.id().to_string()]).status();
        assert!(sent.expect("kill").success());
        tracer.wait().expect("strax ends");
        let text = std::fs::read_to_string(&log).expect("a trace");
        // The tracee may have been let go of before the call was seen to return, or in the next, or between them.
        assert!(text.contains(&format!("write(1, \"round {round}\\n\", 8")), "{text}");
        assert!(text.ends_with(" = 8\n") || text.ends_with(" <detached ...>\n"), "{text}");
    }
    drop(process.stdin.take());
    assert!(process.wait().expect("cat").success());
}

#[test]
fn lines_stand_among_what_the_tracee_writes_to_the_same_place() {
    let (mut reader, writer) = std::io::pipe().expect("a pipe");
    let mut child = Command::new(STRAX)
        .args(["-e", "trace=write", "sh", "-c", "echo one; echo two"])
        .stdout(writer.try_clone().expect("a copy"))
        .stderr(writer)
        .spawn()
        .expect("strax starts");
    let mut text = String::new();
    reader.read_to_string(&mut text).expect("text");
    assert!(child.wait().expect("strax").success());
    // The call stands before what it writes, its result behind.
    let expected = "write(1, \"one\\n\", 4one\n)                    = 4\n\
                    write(1, \"two\\n\", 4two\n)                    = 4\n\
                    +++ exited with 0 +++\n";
    assert_eq!(text, expected);
}
