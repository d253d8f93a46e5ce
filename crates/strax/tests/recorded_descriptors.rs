//! What is recorded of descriptors is what they stand for at that moment, however they come and go.

use std::path::Path;
use std::process::{Command, Stdio};

/// Descriptors get other files, devices and pipes; files get other names, and lose them.
const PROGRAM: &str = "cd $1
    echo a >file
    exec 3<file 4<&3 5>&1
    read x <&3
    mv file other
    read x <&3
    exec 3</dev/null
    read x <&3
    exec 3<&4
    read x <&4
    rm other
    read x <&3
    echo a | read x
    exec 4<&- 3</dev/zero 4<$1
    exec 3<'there (deleted)'
    read x <&3
    read x <&4
    (exec 3</dev/null; read x <&3)
    read x <&3
    exec cat <&3 4</dev/null";

#[test]
fn a_replay_tells_of_descriptors_as_the_trace_does() {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("recorded_descriptors");
    std::fs::create_dir_all(&directory).expect("a directory");
    std::fs::write(directory.join("there (deleted)"), "b\n").expect("a file");
    let [recording, live, again] = ["recording", "live", "again"].map(|name| directory.join(name));
    for (follow, tells_of) in [("-f", "/dev/zero"), ("-q", "/dev/null")] {
        let status = Command::new(env!("CARGO_BIN_EXE_strax"))
            .args([follow, "-yy", "-o"])
            .arg(&live)
            .arg(format!("--record={}", recording.display()))
            .args(["sh", "-c", PROGRAM, "sh"])
            .arg(&directory)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status()
            .expect("strax starts");
        assert!(status.success(), "{status}");
        let status = Command::new(env!("CARGO_BIN_EXE_strax"))
            .args([follow, "-yy", "-o"])
            .arg(&again)
            .arg(format!("--replay={}", recording.display()))
            .status()
            .expect("strax starts");
        assert!(status.success(), "{status}");
        let text = |path| String::from_utf8_lossy(&std::fs::read(path).expect("a trace")).into_owned();
        let (live, replayed) = (text(&live), text(&again));
        for (live, replayed) in live.lines().zip(replayed.lines()) {
            assert_eq!(live, replayed);
        }
        assert_eq!(live.lines().count(), replayed.lines().count());
        for text in [tells_of, "<char", "(deleted)", "other>", "file>", "pipe:["] {
            assert!(live.contains(text), "{text}");
        }
    }
    std::fs::remove_dir_all(&directory).expect("the directory is there");
}
