//! Stack traces (`-k`) of real programs.

use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn temporary(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// Compiles `tests/tracees/SOURCE` to a program of this name; `None` if the compiler can't (`-m32`).
fn try_compile(name: &str, source: &str, flags: &[&str]) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tracees").join(source);
    let program = temporary(&format!("stacks.{name}"));
    let output = Command::new("cc")
        .args(["-O2", "-pthread", "-w", "-Wl,--build-id"])
        .args(flags)
        .arg("-o")
        .arg(&program)
        .arg(path)
        .output();
    output.expect("a compiler").status.success().then(|| program.to_str().expect("UTF-8").to_owned())
}

fn compile(name: &str, source: &str, flags: &[&str]) -> String {
    try_compile(name, source, flags).expect("it compiles")
}

fn strax(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_strax")).args(args).output().expect("strax starts")
}

/// What is traced of `chdir` and of ends by these options and this command: the lines.
fn trace(options: &[&str], command: &[&str]) -> Vec<String> {
    let output = strax(&[&["-k", "-e", "trace=chdir"], options, command].concat());
    let text = String::from_utf8(output.stderr).expect("text");
    assert!(!text.contains("panicked"), "{text}");
    text.lines().map(str::to_owned).collect()
}

/// The lines of frames behind the line that has `event`.
fn stack_behind<'l>(lines: &'l [String], event: &str) -> Vec<&'l str> {
    let at = lines.iter().position(|line| line.contains(event));
    let at = at.unwrap_or_else(|| panic!("no {event} in\n{}", lines.join("\n")));
    lines[at + 1..].iter().map_while(|line| line.strip_prefix(" > ")).collect()
}

/// The functions of frames in the program or library that ends with `binary`.
fn functions<'l>(stack: &[&'l str], binary: &str) -> Vec<&'l str> {
    let binary = format!("/{binary}(");
    let function = |frame: &&'l str| {
        let (_, rest) = frame.split_once(&binary)?;
        Some(rest.rsplit_once('+').map_or("", |(name, _)| name))
    };
    stack.iter().filter_map(function).collect()
}

#[test]
fn frames_stand_behind_calls() {
    let program = compile("plain", "stacks.c", &["-fomit-frame-pointer"]);
    let lines = trace(&[], &[&program, "recursion"]);
    let stack = stack_behind(&lines, "chdir(\"recursion\")");
    let expected = ["inner", "middle", "recurse", "recurse", "recurse", "recurse", "main", "_start"];
    assert_eq!(functions(&stack, "stacks.plain"), expected, "{stack:?}");
    // The call itself is in the C library, which also stands between main and _start.
    assert!(functions(&stack[..1], "libc.so.6")[0].ends_with("chdir"), "{stack:?}");
    assert_eq!(functions(&stack, "libc.so.6").len(), 3, "{stack:?}");
    for frame in stack {
        let (_, address) = frame.rsplit_once(" [0x").expect("an address");
        assert!(address.strip_suffix(']').is_some_and(|a| u64::from_str_radix(a, 16).is_ok()), "{frame}");
    }
    // The program's return value is an exit status, and its exit is not among the calls that are shown.
    assert_eq!(lines.last().map(String::as_str), Some("+++ exited with 3 +++"));
}

#[test]
fn programs_are_unwound_however_they_were_built() {
    for (name, flags) in [
        ("debug_frame", &["-fno-asynchronous-unwind-tables", "-fno-unwind-tables", "-g"][..]),
        (
            "frame_pointer",
            &["-fno-asynchronous-unwind-tables", "-fno-unwind-tables", "-fno-omit-frame-pointer"],
        ),
        ("static", &["-static"]),
        ("unoptimised", &["-O0", "-no-pie"]),
        ("no_table", &["-Wl,--no-eh-frame-hdr", "-static"]),
    ] {
        let program = compile(name, "stacks.c", flags);
        let lines = trace(&[], &[&program, "recursion", "1"]);
        let stack = stack_behind(&lines, "chdir(");
        let functions = functions(&stack, &format!("stacks.{name}"));
        let inner = functions.iter().position(|name| *name == "inner").expect("the caller");
        let expected = ["inner", "middle", "recurse", "recurse", "main"];
        assert_eq!(functions[inner..inner + 5], expected, "{name}: {stack:?}");
    }
}

#[test]
fn a_stripped_program_has_frames_without_names() {
    let program = compile("stripped", "stacks.c", &["-s"]);
    let lines = trace(&[], &[&program, "recursion"]);
    let stack = stack_behind(&lines, "chdir(");
    let nameless = stack.iter().filter(|frame| frame.contains("stacks.stripped(+0x0) [0x"));
    assert_eq!(nameless.count(), 8, "{stack:?}");
}

#[test]
fn symbols_and_lines_may_be_in_a_file_of_their_own() {
    let program = compile("split", "stacks.c", &["-g", "-gz=zlib"]);
    let link = format!("{program}.debug");
    let objcopy = |args: &[&str]| {
        assert!(Command::new("objcopy").args(args).status().expect("objcopy").success(), "{args:?}");
    };
    objcopy(&["--only-keep-debug", &program, &link]);
    objcopy(&["--strip-all", &format!("--add-gnu-debuglink={link}"), &program]);
    let lines = trace(&["-k"], &[&program, "recursion", "0"]);
    let stack = stack_behind(&lines, "chdir(");
    assert_eq!(functions(&stack, "stacks.split"), ["inner", "middle", "recurse", "main", "_start"]);
    assert!(stack[1].contains("(inner+0x") && stack[1].ends_with("/stacks.c:19"), "{stack:?}");
    assert!(stack[2].contains("(middle+0x") && stack[2].ends_with("/stacks.c:26"), "{stack:?}");
}

#[test]
fn lines_of_the_source() {
    let program = compile("source", "stacks.c", &["-g", "-O0"]);
    for option in ["-kk", "--stack-trace=source"] {
        let lines = trace(&[option], &[&program, "recursion", "0"]);
        let stack = stack_behind(&lines, "chdir(");
        let place = |i: usize| stack[i].rsplit_once('/').map_or("", |(_, place)| place);
        assert_eq!(
            [place(1), place(2), place(3)],
            ["stacks.c:19", "stacks.c:26", "stacks.c:33"],
            "{stack:?}"
        );
    }
}

#[test]
fn a_32_bit_program() {
    let Some(program) = try_compile("i386", "stacks.c", &["-m32", "-fomit-frame-pointer"]) else { return };
    let lines = trace(&[], &[&program, "handler"]);
    let stack = stack_behind(&lines, "chdir(\"handler\")");
    let expected = ["inner", "middle", "handler", "interrupted", "main", "_start"];
    assert_eq!(functions(&stack, "stacks.i386"), expected, "{stack:?}");
}

#[test]
fn handlers_lead_back_to_what_they_interrupted() {
    let program = compile("signals", "stacks.c", &["-fomit-frame-pointer"]);
    for what in ["handler", "alternate"] {
        let lines = trace(&[], &[&program, what]);
        let stack = stack_behind(&lines, "chdir(\"handler\")");
        let expected = ["inner", "middle", "handler", "interrupted", "main", "_start"];
        assert_eq!(functions(&stack, "stacks.signals"), expected, "{stack:?}");
        // The signal has a stack as well: where it arrives.
        let stack = stack_behind(&lines, "--- SIGUSR1 {");
        assert_eq!(functions(&stack, "stacks.signals"), ["interrupted", "main", "_start"], "{stack:?}");
    }
}

#[test]
fn threads_have_stacks_of_their_own() {
    let program = compile("threads", "stacks.c", &[]);
    let lines = trace(&["-f"], &[&program, "threads"]);
    let stack = stack_behind(&lines, "chdir(\"thread\")");
    assert_eq!(functions(&stack, "stacks.threads"), ["inner", "middle", "thread"], "{stack:?}");
}

#[test]
fn libraries_come_and_go() {
    let program = compile("plugins", "stacks.c", &["-ldl"]);
    let library = |name: &str| {
        compile(
            &format!("{name}.so"),
            "stacks_plugin.c",
            &["-shared", "-fPIC", &format!("-DNAME=\"{name}\"")],
        )
    };
    let (first, second) = (library("first"), library("second"));
    for options in [&[][..], &["--seccomp-bpf", "-f"]] {
        let lines = trace(options, &[&program, "plugins", &first, &second]);
        for name in ["first", "second"] {
            let stack = stack_behind(&lines, &format!("chdir(\"{name}\")"));
            assert_eq!(functions(&stack, &format!("stacks.{name}.so")), ["call_back"], "{stack:?}");
            assert_eq!(functions(&stack, "stacks.plugins"), ["inner", "middle", "plugin", "main", "_start"]);
        }
    }
}

#[test]
fn mangled_names_are_shown_as_they_were_written() {
    let program = compile("names", "stacks_names.c", &[]);
    let lines = trace(&[], &[&program]);
    let stack = stack_behind(&lines, "chdir(\"names\")");
    let expected = [
        "space::Thing::method(int) const",
        "int space::generic<space::Thing>(space::Thing)",
        "package::module::function",
        "package::module::function",
        "main",
        "_start",
    ];
    assert_eq!(functions(&stack, "stacks.names"), expected, "{stack:?}");
}

#[test]
fn code_of_no_file_ends_a_stack() {
    let program = compile("made", "stacks.c", &[]);
    let lines = trace(&[], &[&program, "made"]);
    let stack = stack_behind(&lines, "chdir(");
    assert_eq!(stack.len(), 1);
    assert!(stack[0].starts_with("unexpected_backtracing_error [0x"), "{stack:?}");
}

#[test]
fn a_program_that_has_deleted_itself() {
    let program = compile("gone", "stacks.c", &[]);
    let lines = trace(&[], &[&program, "gone"]);
    let stack = stack_behind(&lines, "chdir(\"gone\")");
    assert!(functions(&stack, "stacks.gone (deleted)").len() >= 3, "{stack:?}");
}

#[test]
fn stacks_of_calls_that_do_not_return() {
    let program = compile("ends", "stacks.c", &[]);
    // An execve's stack is that of the program that called it.
    let lines = trace(&["-e", "trace=execve,exit_group"], &[&program, "execute"]);
    let second = lines.iter().rposition(|line| line.starts_with("execve(")).expect("two of them");
    let stack = stack_behind(&lines[second..], "execve(");
    assert_eq!(functions(&stack, "stacks.ends"), ["main", "_start"], "{stack:?}");
    // An exit's stack stands behind the line of the end, whether or not that is shown.
    let stack = stack_behind(&lines, "+++ exited with 3 +++");
    assert!(functions(&stack[..1], "libc.so.6")[0].ends_with("_exit"), "{stack:?}");
    assert!(stack_behind(&lines, "exit_group(3)").is_empty());
    let quiet = trace(&["-e", "trace=exit_group", "-qqq"], &[&program, "recursion"]);
    assert_eq!(stack_behind(&quiet, "exit_group(3)"), stack);
    // Only what is shown has a stack.
    let failed = trace(&["-z"], &[&program, "recursion"]);
    assert_eq!(failed, ["+++ exited with 3 +++"]);
    let silent = trace(&["-e", "trace=none", "-e", "signal=none"], &[&program, "handler"]);
    assert_eq!(silent, ["+++ exited with 3 +++"]);
}

#[test]
fn a_thread_that_takes_the_leader_s_place() {
    let program = compile("superseded", "stacks.c", &[]);
    let lines = trace(&["-f", "-e", "trace=pause,execve,chdir"], &[&program, "supersede"]);
    // The leader's call has its end, and its stack, before the line that the leader is gone.
    let stack = stack_behind(&lines, "pause resumed>");
    assert_eq!(functions(&stack, "stacks.superseded"), ["supersede", "main", "_start"], "{stack:?}");
    assert!(stack_behind(&lines, "+++ superseded by").is_empty());
    let stack = stack_behind(&lines, "<... execve resumed>");
    assert_eq!(functions(&stack, "stacks.superseded"), ["executor"], "{stack:?}");
    // What is mapped now is another image.
    let stack = stack_behind(&lines, "chdir(\"recursion\")");
    assert_eq!(functions(&stack, "stacks.superseded"), ["inner", "middle", "recurse", "main", "_start"]);
}

#[test]
fn frames_are_limited() {
    let program = compile("limits", "stacks.c", &[]);
    let frames = |options: &[&str], depth: &str| {
        let lines = trace(options, &[&program, "recursion", depth]);
        stack_behind(&lines, "chdir(").iter().map(|&frame| frame.to_owned()).collect::<Vec<_>>()
    };
    let all = frames(&[], "100");
    let few = frames(&["--stack-trace-frame-limit=5"], "100");
    assert_eq!(few[..5], all[..5]);
    assert_eq!(few[5..], ["too many stack frames"]);
    let exact = format!("--stack-trace-frame-limit={}", all.len());
    assert_eq!(frames(&[&exact], "100"), all);
    // 256 frames are the limit where none is given.
    let deep = frames(&[], "5000");
    assert_eq!((deep.len(), deep[256].as_str()), (257, "too many stack frames"));
    assert!(frames(&["--stack-trace-frame-limit=1073741823"], "5000").len() > 5000);
}

#[test]
fn a_process_that_is_attached_to() {
    let program = compile("attached", "stacks.c", &[]);
    let log = temporary("stacks.attached.log");
    let mut tracee = Command::new(&program)
        .arg("wait")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut line = String::new();
    BufReader::new(tracee.stdout.as_mut().expect("a pipe")).read_line(&mut line).expect("a line");
    let mut tracer = Command::new(env!("CARGO_BIN_EXE_strax"))
        .args(["-k", "-e", "trace=chdir", "-o"])
        .arg(&log)
        .args(["-p", &tracee.id().to_string()])
        .stderr(Stdio::piped())
        .spawn()
        .expect("strax starts");
    line.clear();
    BufReader::new(tracer.stderr.as_mut().expect("a pipe")).read_line(&mut line).expect("a line");
    assert!(line.ends_with(" attached\n"), "{line}");
    tracee.stdin.take().expect("a pipe").write_all(b"x\n").expect("it reads");
    tracee.wait().expect("it ends");
    tracer.wait().expect("it ends");
    let text = std::fs::read_to_string(&log).expect("a trace");
    let lines: Vec<_> = text.lines().map(str::to_owned).collect();
    let stack = stack_behind(&lines, "chdir(\"waited\")");
    assert_eq!(functions(&stack, "stacks.attached"), ["inner", "middle", "main", "_start"], "{stack:?}");
}

#[test]
fn a_file_per_thread_has_the_thread_s_stacks() {
    let program = compile("files", "stacks.c", &[]);
    let directory = temporary("stacks.files.logs");
    let _ = std::fs::remove_dir_all(&directory);
    std::fs::create_dir(&directory).expect("a directory");
    let log = directory.join("log");
    strax(&["-ff", "-k", "-e", "trace=chdir", "-o", log.to_str().expect("UTF-8"), &program, "threads"]);
    let files = std::fs::read_dir(&directory).expect("a directory");
    let texts: Vec<_> =
        files.map(|file| std::fs::read_to_string(file.expect("a file").path()).expect("text")).collect();
    assert_eq!(texts.len(), 2);
    let (with, without): (Vec<_>, Vec<_>) = texts.iter().partition(|text| text.contains(" > "));
    assert!(with[0].contains("(middle+0x") && !without[0].contains("chdir"), "{texts:?}");
}

#[test]
fn objects_have_stacks_as_members() {
    let program = compile("json", "stacks.c", &["-g"]);
    let options = ["--format=json", "-kk", "--stack-trace-frame-limit=4", "-e", "trace=chdir,exit_group"];
    let output = strax(&[&options[..], &[&program, "handler"]].concat());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/strax.schema.json");
    let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
    let schema = compiler.compile(path.to_str().expect("UTF-8"), &mut schemas).expect("a valid schema");
    let text = String::from_utf8(output.stderr).expect("UTF-8");
    let values: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    for value in &values {
        schemas.validate(value, schema).unwrap_or_else(|e| panic!("{e}\n{value}"));
    }
    let of = |kind: &str| values.iter().find(|value| value["type"] == kind).expect("one");
    let call = of("syscall");
    assert_eq!((&call["name"], &call["stack"][1]["symbol"]), (&"chdir".into(), &"inner".into()));
    assert_eq!(call["stack"].as_array().map(Vec::len), Some(4));
    assert_eq!(call["stack_truncated"], true);
    let inner = &call["stack"][1];
    assert!(inner["binary"].as_str().is_some_and(|path| path.ends_with("stacks.json")), "{inner}");
    assert!(inner["file"].as_str().is_some_and(|path| path.ends_with("/stacks.c")), "{inner}");
    assert_eq!(inner["line"], 19);
    assert!(inner["offset"].is_u64() && inner["address"].is_string(), "{inner}");
    assert!(of("signal")["stack"].is_array() && of("exited")["stack"].is_array());
    let exit = values.iter().find(|value| value["name"] == "exit_group").expect("one");
    assert!(exit["stack"].is_null(), "it stands with the end");
}

#[test]
fn options_that_make_no_sense() {
    let message = |args: &[&str]| {
        let output = strax(&[args, &["-e", "trace=none", "true"]].concat());
        let text = String::from_utf8(output.stderr).expect("text");
        let first = text.lines().next().unwrap_or_default();
        (output.status.code(), first.split_once(": ").map_or(first, |(_, text)| text).to_owned())
    };
    for value in ["0", "-1", "", "x", "1073741824", "99999999999"] {
        let option = format!("--stack-trace-frame-limit={value}");
        let expected = format!("invalid --stack-trace-frame-limit argument: '{value}'");
        assert_eq!(message(&["-k", &option]), (Some(1), expected));
    }
    for value in ["foo", "SYMBOL", ""] {
        let expected = format!("invalid --stack-trace argument: '{value}'");
        assert_eq!(message(&[&format!("--stack-trace={value}")]), (Some(1), expected));
    }
    let warning = |args: &[&str], text: &str| assert_eq!(message(args), (Some(0), text.to_owned()));
    warning(
        &["--stack-trace-frame-limit=3"],
        "--stack-trace-frame-limit has no effect without -k/--stack-trace",
    );
    warning(&["-k", "-c"], "-k/--stack-trace has no effect with -c/--summary-only");
}
