//! Bytes that others have chosen, in names beside values and in messages.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A file name that is not UTF-8, would colour a terminal, ends a line, and misleads readers.
const HOSTILE: &[u8] = b"b\xff\x1b[31m\"\n<\xe2\x80\xae>\xc3\xa9";

/// A fresh folder, by its real path.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("escapes").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::canonicalize(folder).expect("its path")
}

fn strax<S: AsRef<OsStr>>(args: &[S]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_strax"));
    command.arg0("strax").args(args);
    command
}

/// What strax writes to standard error.
fn said(command: &mut Command) -> Vec<u8> {
    command.output().expect("strax starts").stderr
}

fn text(command: &mut Command) -> String {
    String::from_utf8(said(command)).expect("UTF-8")
}

fn os(bytes: &[u8]) -> OsString {
    OsString::from_vec(bytes.to_vec())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect()
}

#[test]
fn paths_of_descriptors_are_escaped_as_strings_are() {
    let folder = folder("descriptors");
    let file = folder.join(os(HOSTILE));
    std::fs::write(&file, "").expect("a file");
    let plain = folder.to_str().expect("UTF-8");
    let all = hex(file.as_os_str().as_bytes());
    let octal = format!(r#"{plain}/b\377\33[31m\"\n\74\342\200\256\76\303\251"#);
    let chars = format!(r#"{plain}/b\xff\x1b[31m\"\n\x3c\xe2\x80\xae\x3e\xc3\xa9"#);
    for (option, expected) in [
        ("--strings-in-hex=none", &octal),
        ("-x", &all),
        ("--strings-in-hex=non-ascii", &all),
        ("--strings-in-hex=non-ascii-chars", &chars),
        ("-xx", &all),
    ] {
        let command = [OsStr::new("cat"), file.as_os_str()];
        let lines = text(strax(&["-y", "-e", "trace=read", option]).args(command));
        assert!(lines.contains(&format!("read(3<{expected}>, \"\", ")), "{option}: {lines}");
    }
}

#[test]
fn working_directories_and_devices_are_escaped_as_strings_are() {
    let trace = |option| {
        let mut command = strax(&["-yy", "-e", "trace=openat", option, "cat", "/dev/null"]);
        text(command.current_dir("/"))
    };
    assert!(trace("-x").contains("openat(AT_FDCWD</>, \"/dev/null\", O_RDONLY) = 3</dev/null<char 1:3>>"));
    let (null, lines) = (hex(b"/dev/null"), trace("-xx"));
    let expected = format!(r#"openat(AT_FDCWD<\x2f>, "{null}", O_RDONLY) = 3<{null}<char 1:3>>"#);
    assert!(lines.contains(&expected), "{lines}");
}

#[test]
fn command_names_are_escaped_as_strings_are() {
    let folder = folder("commands");
    let shell = folder.join(os(b"s\xff<\"\t>"));
    std::os::unix::fs::symlink("/bin/sh", &shell).expect("a link");
    for (option, name) in [
        ("--strings-in-hex=none", r#"s\377\74\"\t\76"#.to_owned()),
        ("--strings-in-hex=non-ascii-chars", r#"s\xff\x3c\"\t\x3e"#.to_owned()),
        ("-x", hex(b"s\xff<\"\t>")),
        ("-xx", hex(b"s\xff<\"\t>")),
    ] {
        let mut command =
            strax(&["-f", "--always-show-pid", "-Y", "-e", "trace=kill", "-e", "signal=none", option]);
        let lines = text(command.arg(&shell).args(["-c", "kill -0 $$"]));
        assert!(lines.lines().all(|line| line.contains(&format!("<{name}> "))), "{option}: {lines}");
        assert!(lines.contains(&format!("<{name}>, 0) = 0")), "{option}: {lines}");
    }
}

#[test]
fn json_escapes_names_whatever_strings_look_like() {
    let folder = folder("json");
    let file = folder.join(os(b"a\xff"));
    std::fs::write(&file, "").expect("a file");
    let lines = text(strax(&["-y", "-xx", "--format=json", "-e", "trace=read", "cat"]).arg(&file));
    assert!(lines.contains(r#"/a\\377"}"#), "{lines}");
}

#[test]
fn json_escapes_characters_that_are_not_seen() {
    let folder = folder("unseen");
    let file = folder.join("a\u{202e}\u{e0041}\u{9b}\u{2028}é");
    std::fs::write(&file, "").expect("a file");
    let lines = text(strax(&["--format=json", "-s", "400", "-e", "trace=openat", "cat"]).arg(&file));
    assert!(lines.contains(r#"/a\u202e\udb40\udc41\u009b\u2028é""#), "{lines}");
    for line in lines.lines() {
        serde_json::from_str::<serde_json::Value>(line).expect("JSON");
    }
}

#[test]
fn requested_paths_are_quoted() {
    let folder = folder("requested");
    std::fs::write(folder.join(os(HOSTILE)), "").expect("a file");
    let plain = folder.to_str().expect("UTF-8");
    let told = |option: &str| {
        let mut command = strax(&["-o", "/dev/null", option, "-P"]);
        text(command.arg(os(HOSTILE)).arg("true").current_dir(&folder))
    };
    let name = r#"b\377\33[31m\"\n<\342\200\256>\303\251"#;
    let expected = format!("strax: Requested path \"{name}\" resolved into \"{plain}/{name}\"\n");
    assert_eq!(told("--strings-in-hex=none"), expected);
    let (name, real) = (hex(HOSTILE), hex(folder.join(os(HOSTILE)).as_os_str().as_bytes()));
    assert_eq!(told("-x"), format!("strax: Requested path \"{name}\" resolved into \"{real}\"\n"));
}

/// What a message has in place of [`HOSTILE`].
const HARMLESS: &str = r#"b\377\033[31m"\012<\342\200\256>é"#;

#[test]
fn messages_write_no_bytes_of_others_raw() {
    let hostile = os(HOSTILE);
    let in_no_folder = Path::new("/no").join(&hostile).into_os_string();
    let with = |before: &str| {
        let mut argument = OsString::from(before);
        argument.push(&hostile);
        argument
    };
    let word = OsString::from;
    for (arguments, expected) in [
        (
            vec![word("-o"), in_no_folder.clone(), word("true")],
            format!("Can't fopen '/no/{HARMLESS}': No such file or directory"),
        ),
        (vec![hostile.clone()], format!("Cannot find executable '{HARMLESS}'")),
        (vec![in_no_folder], format!("Cannot stat '/no/{HARMLESS}': No such file or directory")),
        (vec![with("--")], format!("unrecognized option '--{HARMLESS}'")),
        (vec![word("-e"), with("trace="), word("true")], format!("invalid system call '{HARMLESS}'")),
        (vec![word("-e"), with("inject="), word("true")], format!("invalid system call '{HARMLESS}'")),
        (vec![word("-u"), hostile.clone(), word("true")], format!("Cannot find user '{HARMLESS}'")),
        (vec![word("-U"), hostile.clone(), word("true")], format!("unknown column name: '{HARMLESS}'")),
        (vec![word("-p"), hostile.clone()], format!("Invalid process id: '{}'", r#"b\377\033[31m""#)),
        (vec![with("--color="), word("true")], format!("invalid --color argument: '{HARMLESS}'")),
        (vec![with("--merge=")], format!("{HARMLESS}: strax output not found")),
    ] {
        let told = text(&mut strax(&arguments));
        assert_eq!(told.lines().next(), Some(format!("strax: {expected}").as_str()), "{told}");
    }
}

#[test]
fn the_name_of_the_program_is_escaped() {
    let told = text(strax(&["-o", "/no/where", "true"]).arg0(os(HOSTILE)));
    assert_eq!(told, format!("{HARMLESS}: Can't fopen '/no/where': No such file or directory\n"));
    // No process has this number.
    let told = text(strax(&["-p", "2147483647"]).arg0(os(HOSTILE)));
    let expected = format!("{HARMLESS}: attach: ptrace(PTRACE_SEIZE, 2147483647): No such process\n");
    assert_eq!(told, expected);
    let told = text(strax(&["--no-such-option"]).arg0(os(HOSTILE)));
    assert!(told.ends_with(&format!("\nTry '{HARMLESS} -h' for more information.\n")), "{told}");
}

#[test]
fn output_that_fails_is_named_harmlessly() {
    let folder = folder("full");
    let full = folder.join(os(HOSTILE));
    std::os::unix::fs::symlink("/dev/full", &full).expect("a link");
    let told = text(strax(&["-o"]).arg(&full).arg("true"));
    let folder = folder.to_str().expect("UTF-8");
    assert!(told.starts_with(&format!("strax: {folder}/{HARMLESS}: No space left on device")), "{told}");
    assert!(!told.contains('\x1b'), "{told}");
}
