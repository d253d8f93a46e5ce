//! `docs/json.md`: its examples are run, on a trace as the page says how to make one.

use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

const DOCS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs");

/// A folder with `trace.jsonl`, of a shell that does what the examples ask for.
fn traced() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("json-page");
    std::fs::create_dir_all(&folder).expect("a folder");
    let script = "echo text > written; cat written missing; exit 0";
    Command::new(env!("CARGO_BIN_EXE_strax"))
        .current_dir(&folder)
        .args(["-f", "-y", "-T", "-ttt", "--format=json", "-o", "trace.jsonl", "sh", "-c", script])
        .output()
        .expect("strax starts");
    folder
}

/// The page's commands that read a trace.
fn examples(page: &str) -> Vec<&str> {
    let blocks = page.split("```sh\n").skip(1).filter_map(|block| block.split_once("\n```"));
    blocks.map(|(command, _)| command).filter(|command| command.starts_with("jq ")).collect()
}

/// The keys of all objects in a value.
fn keys(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(key, value)| {
            into.insert(key.clone());
            keys(value, into);
        }),
        Value::Array(elements) => elements.iter().for_each(|element| keys(element, into)),
        _ => {}
    }
}

/// The keys that a command asks for: `.args.pathname`.
fn asked(command: &str) -> impl Iterator<Item = &str> {
    let command = command.split(" trace.jsonl").next().unwrap_or_default();
    let behind_dots = command.split('.').skip(1);
    let words = behind_dots
        .map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default());
    words.filter(|word| !word.is_empty())
}

#[test]
fn the_examples_ask_for_what_there_is() {
    let page = std::fs::read_to_string(Path::new(DOCS).join("json.md")).expect("the page");
    let examples = examples(&page);
    assert!(examples.len() >= 6, "{examples:?}");
    let folder = traced();
    let trace = std::fs::read_to_string(folder.join("trace.jsonl")).expect("a trace");
    let mut known = BTreeSet::new();
    for line in trace.lines() {
        keys(&serde_json::from_str(line).expect("JSON"), &mut known);
    }
    for key in examples.iter().flat_map(|command| asked(command)) {
        assert!(known.contains(key), "{key} is in no event");
    }
    if Command::new("jq").arg("--version").output().is_err() {
        return eprintln!("the examples are not run: there is no jq");
    }
    for example in examples {
        let run = Command::new("sh").args(["-c", example]).current_dir(&folder).output().expect("sh");
        let errors = String::from_utf8_lossy(&run.stderr);
        assert!(run.status.success() && errors.is_empty(), "{example}: {errors}");
        assert!(!run.stdout.is_empty(), "{example}: nothing");
    }
}

#[test]
fn the_page_gives_the_version_that_traces_begin_with() {
    let page = std::fs::read_to_string(Path::new(DOCS).join("json.md")).expect("the page");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("json-page-head.jsonl");
    Command::new(env!("CARGO_BIN_EXE_strax"))
        .args(["--format=json", "-o"])
        .arg(&folder)
        .arg("true")
        .output()
        .expect("strax starts");
    let trace = std::fs::read_to_string(&folder).expect("a trace");
    let first = trace.lines().next().expect("a line");
    let head: Value = serde_json::from_str(first).expect("JSON");
    assert_eq!(head["type"], "trace");
    let shown = page.lines().find(|line| line.starts_with("{\"type\":\"trace\"")).expect("an example");
    let shown: Value = serde_json::from_str(shown).expect("JSON");
    assert_eq!(head["schema"], shown["schema"]);
}
