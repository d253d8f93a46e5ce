//! Recordings from machines of every architecture are shown on any, and calls are chosen of them by all that chooses.

use recording::{Content, Event, Head, Writer};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The numbers of ABIs in recordings, and of their `getpid`.
const GETPID: [(u64, u64); 5] = [(0, 39), (1, 20), (2, 39 | 0x4000_0000), (3, 172), (4, 172)];

/// A recording of one call without arguments, which returns 7.
fn recording(abi: u64, number: u64) -> PathBuf {
    const ENTER: u8 = 2;
    const EXIT: u8 = 3;
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("foreign.{abi}"));
    let head = Head { strings: 32, ..Head::default() };
    let mut writer = Writer::new(std::fs::File::create(&path).expect("a file"), &head).expect("a file");
    let mut write = |kind, more: &[u64]| {
        let words = [&[abi << 8, number, 0, 0], more].concat();
        let event = Event { kind, key: 1, task: 5, ..Event::default() };
        writer.write(&event, &words, &Content::default()).expect("a file");
    };
    write(ENTER, &[0; 6]);
    write(EXIT, &[0, 7, 0]);
    writer.finish().expect("a file");
    path
}

fn shown(path: &Path, options: &[&str]) -> String {
    let replay = format!("--replay={}", path.display());
    let output = Command::new(env!("CARGO_BIN_EXE_strax")).arg(replay).args(options).output();
    let output = output.expect("strax starts");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn calls_of_every_abi_are_chosen_by_what_chooses() {
    for (abi, number) in GETPID {
        let path = recording(abi, number);
        let line = shown(&path, &[]);
        assert!(line.starts_with("getpid()") && line.ends_with("= 7\n"), "{abi}: {line}");
        for with in ["getpid", "/^getp", "%pure", "all", "!openat", "!%file"] {
            assert_eq!(shown(&path, &["-e", &format!("trace={with}")]), line, "{abi}: {with}");
        }
        for without in ["!getpid", "!/^getp", "!%pure", "none", "openat", "%file"] {
            assert_eq!(shown(&path, &["-e", &format!("trace={without}")]), "", "{abi}: {without}");
        }
        std::fs::remove_file(&path).expect("a file");
    }
}
