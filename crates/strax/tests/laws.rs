//! The laws of the house, as its sources keep them: who may know of whom.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The folder of all crates.
fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The sources of a crate: their paths in its `src`, and their code without comments, strings and tests.
fn sources(name: &str) -> BTreeMap<String, String> {
    let root = crates().join(name).join("src");
    let mut found = BTreeMap::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
                if !name.split('/').any(|part| part == "tests" || part == "tests.rs") {
                    found.insert(name, bare(&fs::read_to_string(&path).unwrap()));
                }
            }
        }
    }
    assert!(!found.is_empty(), "{name}");
    found
}

/// Code without comments, literals, and the tests at its end.
fn bare(code: &str) -> String {
    let code = code.split("\n#[cfg(test)]\nmod tests").next().unwrap();
    // Who may see something is not somebody whom that names.
    let code = &code.replace("pub(in crate::", "pub(in ");
    let mut out = String::new();
    let mut rest = code.as_str();
    while let Some(first) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
        } else if first == '"' {
            let mut escaped = false;
            let end = rest[1..].find(|c| {
                let ends = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                ends
            });
            rest = &rest[end.map_or(rest.len(), |end| end + 2)..];
            out.push_str("\"\"");
        } else if rest.starts_with("'\"'") {
            rest = &rest[3..];
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    out
}

/// All paths in code, those of `use` with braces one by one: `crate::a::B`.
fn paths(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut at = 0;
    while let Some(start) = code[at..].find(is_word).map(|start| at + start) {
        let end = code[start..].find(|c| !is_word(c) && c != ':').map_or(code.len(), |end| start + end);
        let word = &code[start..end];
        let begins = code[..start].chars().next_back().is_none_or(|before| before != '.');
        if begins && word.contains("::") {
            expand("", &code[start..], &mut found);
        }
        at = end;
    }
    found
}

/// Takes apart what stands at the beginning of `code`, behind `prefix`; returns how long it is.
fn expand(prefix: &str, code: &str, found: &mut Vec<String>) -> usize {
    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let end = code.find(|c| !is_path(c)).unwrap_or(code.len());
    let path = format!("{prefix}{}", &code[..end]);
    if !path.ends_with("::") || !code[end..].starts_with('{') {
        found.push(path.trim_end_matches(':').to_owned());
        return end;
    }
    let mut at = end + 1;
    while let Some(c) = code[at..].chars().next() {
        match c {
            '}' => return at + 1,
            c if is_path(c) => at += expand(&path, &code[at..], found),
            c => at += c.len_utf8(),
        }
    }
    at
}

/// The module that a file is, as its path from the crate's root: `["engine", "stops"]`.
fn module(file: &str) -> Vec<&str> {
    let stem = file.strip_suffix(".rs").unwrap();
    let mut module: Vec<&str> = stem.split('/').collect();
    if matches!(module.last(), Some(&("lib" | "main" | "mod"))) {
        module.pop();
    }
    module
}

/// The files of a crate that each file names.
fn graph(sources: &BTreeMap<String, String>) -> BTreeMap<&str, BTreeSet<&str>> {
    let files: BTreeMap<Vec<&str>, &str> = sources.keys().map(|file| (module(file), file.as_str())).collect();
    let mut graph = BTreeMap::new();
    for (file, code) in sources {
        let here = module(file);
        let mut named = BTreeSet::new();
        for path in paths(code) {
            let mut parts: Vec<&str> = path.split("::").collect();
            let mut at = match parts[0] {
                "crate" => Vec::new(),
                "self" => here.clone(),
                "super" => here[..here.len().saturating_sub(1)].to_vec(),
                // A child, or something of another crate.
                _ => {
                    parts.insert(0, "self");
                    here.clone()
                }
            };
            for part in &parts[1..] {
                match *part {
                    "super" => drop(at.pop()),
                    part => at.push(part),
                }
            }
            while !at.is_empty() && !files.contains_key(&at) {
                at.pop();
            }
            if let Some(&other) = files.get(&at)
                && other != file
                && !at.is_empty()
            {
                named.insert(other);
            }
        }
        graph.insert(file.as_str(), named);
    }
    graph
}

/// The shortest way from one file to another that is not the direct one.
fn way_round<'a>(
    graph: &BTreeMap<&'a str, BTreeSet<&'a str>>,
    from: &'a str,
    to: &'a str,
) -> Option<Vec<&'a str>> {
    let mut ways = vec![vec![from]];
    let mut seen = BTreeSet::from([from]);
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            let last = *way.last().unwrap();
            for &next in &graph[last] {
                if (last, next) == (from, to) {
                    continue;
                }
                let further = [&way[..], &[next]].concat();
                if next == to {
                    return Some(further);
                }
                if seen.insert(next) {
                    longer.push(further);
                }
            }
        }
        ways = longer;
    }
    None
}

#[test]
fn no_circle_of_the_tracers_files_is_longer_than_two() {
    let sources = sources("tracer");
    let graph = graph(&sources);
    assert!(graph["engine.rs"].contains("engine/tracee.rs") && graph["report.rs"].contains("select.rs"));
    let mut circles = Vec::new();
    for (&file, named) in &graph {
        for &other in named {
            circles.extend(way_round(&graph, other, file));
        }
    }
    circles.sort_by_key(Vec::len);
    assert!(circles.is_empty(), "{circles:#?}");
}

/// The files of the tracer that belong to a part of it.
fn part<'a>(sources: &'a BTreeMap<String, String>, name: &str) -> Vec<(&'a str, &'a str)> {
    let of_part = |file: &str| module(file).first() == Some(&name);
    let files: Vec<_> =
        sources.iter().filter(|(file, _)| of_part(file)).map(|(file, code)| (&**file, &**code)).collect();
    assert!(!files.is_empty(), "{name}");
    files
}

#[test]
fn engine_and_report_know_nothing_of_each_other() {
    let sources = sources("tracer");
    let graph = graph(&sources);
    let strangers = [
        ("engine", &["report", "select", "output"][..]),
        ("report", &["engine", "about"]),
        ("select", &["engine", "about", "report", "output"]),
        ("output", &["engine", "about", "report", "select"]),
        ("about", &["engine", "report", "select", "output"]),
    ];
    for (name, others) in strangers {
        for (file, code) in part(&sources, name) {
            for other in &graph[file] {
                assert!(!others.contains(&module(other)[0]), "{file} names {other}");
            }
            // Whoever writes a trace knows a thread by its number, and asks a target for all else.
            if matches!(name, "report" | "select") {
                let of_ptrace = paths(code).into_iter().find(|path| {
                    path.starts_with("ptrace::") && path != "ptrace::Tid" && path != "ptrace::Tid::from_raw"
                });
                assert_eq!(of_ptrace, None, "{file}");
            }
        }
    }
}

/// What a crate depends on, by its manifest.
fn dependencies(name: &str) -> BTreeSet<String> {
    let manifest = fs::read_to_string(crates().join(name).join("Cargo.toml")).unwrap();
    let section = manifest.split("\n[dependencies]\n").nth(1).unwrap_or_default();
    let section = section.split("\n[").next().unwrap_or_default();
    let names = section.lines().filter_map(|line| line.split(['.', ' ', '=']).next());
    names.filter(|name| !name.is_empty() && !name.starts_with('#')).map(str::to_owned).collect()
}

#[test]
fn those_below_know_nothing_of_those_above() {
    let allowed: [(&str, &[&str]); 7] = [
        ("uapi", &[]),
        ("ptrace", &["libc", "thiserror"]),
        (
            "unwind",
            &[
                "addr2line",
                "cpp_demangle",
                "gimli",
                "libc",
                "miniz_oxide",
                "object",
                "ptrace",
                "rustc-demangle",
            ],
        ),
        ("decode", &["uapi"]),
        ("syscalls", &["decode", "uapi"]),
        ("event", &["decode", "uapi"]),
        ("render", &["chrono", "decode", "uapi"]),
    ];
    for (name, allowed) in allowed {
        let allowed: BTreeSet<_> = allowed.iter().map(|&name| name.to_owned()).collect();
        let too_many: Vec<_> = dependencies(name).difference(&allowed).cloned().collect();
        assert!(too_many.is_empty(), "{name} depends on {too_many:?}");
    }
}

#[test]
fn decoders_know_no_process_no_file_and_no_clock() {
    let unknown =
        ["std::fs", "std::process", "std::env", "std::thread", "std::time::Instant", "std::time::SystemTime"];
    for name in ["decode", "syscalls", "render", "event"] {
        for (file, code) in sources(name) {
            for path in paths(&code) {
                let found = unknown.iter().find(|unknown| path.starts_with(**unknown));
                assert_eq!(found, None, "{name}: {file}");
            }
        }
    }
}

/// The files beside those of `ptrace` in which there may be unsafe code, each with a reason for every block.
const UNSAFE: [&str; 5] = [
    "strax/user.rs",
    "tracer/affinity.rs",
    "tracer/filter/regex.rs",
    "tracer/keeper/sys.rs",
    "tracer/sys.rs",
];

#[test]
fn unsafe_code_has_its_places() {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(crates()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name == "ptrace" {
            continue;
        }
        for (file, code) in sources(&name) {
            let words = code.split(|c: char| !c.is_alphanumeric() && c != '_');
            if words.into_iter().any(|word| word == "unsafe") {
                found.insert(format!("{name}/{file}"));
            }
        }
    }
    let allowed = BTreeSet::from(UNSAFE.map(str::to_owned));
    assert_eq!(found, allowed);
}
