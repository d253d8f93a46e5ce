//! Each example of the library is run, and does what its page says.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The program of an example, which cargo builds along with the tests (but not for `--test library_examples` alone).
fn example(name: &str) -> Command {
    let tests = std::env::current_exe().expect("a path");
    let program = tests.parent().and_then(Path::parent).expect("a folder").join("examples").join(name);
    if !program.exists() {
        let cargo =
            Command::new(env!("CARGO")).args(["build", "--package", "strax", "--example", name]).status();
        assert!(cargo.expect("cargo").success());
    }
    Command::new(program)
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("library_examples.{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::canonicalize(folder).expect("its path")
}

fn run(command: &mut Command) -> (String, String) {
    let Output { status, stdout, stderr } = command.output().expect("it starts");
    let [stdout, stderr] = [stdout, stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    assert!(status.success(), "{status}\n{stdout}\n{stderr}");
    (stdout, stderr)
}

#[test]
fn deny_holds_whatever_the_spelling_and_the_abi() {
    let folder = folder("deny");
    std::fs::create_dir_all(folder.join("keep/inner")).unwrap();
    std::fs::create_dir_all(folder.join("keep/empty")).unwrap();
    for file in ["keep/one", "keep/inner/two", "three", "other"] {
        std::fs::write(folder.join(file), file).unwrap();
    }
    std::os::unix::fs::symlink("keep/inner", folder.join("alias")).unwrap();
    let program = folder.join("removes");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tracees/removes.c");
    let compiled =
        Command::new("cc").args(["-pthread", "-no-pie", "-w", "-o"]).args([&program, &source]).status();
    assert!(compiled.expect("a compiler").success());
    let (said, told) = run(example("deny").current_dir(&folder).args(["keep", "./removes"]));
    let mut refused = 0;
    for line in said.lines() {
        let (way, outcome) = line.split_once(' ').expect("two words");
        match way {
            "outside" | "back" | "moved" => assert_eq!(outcome, "done", "{line}"),
            "io_uring" => assert_eq!(outcome, "ENOSYS", "{line}"),
            // Not all kernels have it.
            "x32" if outcome == "ENOSYS" => refused += 1,
            _ => {
                assert_eq!(outcome, "EPERM", "{line}");
                refused += 1;
            }
        }
    }
    let ways = if cfg!(target_arch = "x86_64") { 18 } else { 16 };
    assert_eq!(refused, ways, "{said}");
    assert!(told.lines().count() >= ways - 1, "{told}");
    let one = folder.join("keep/one");
    assert!(told.lines().any(|line| line.ends_with(&format!(" may not remove {}", one.display()))), "{told}");
    assert_eq!(std::fs::read_to_string(one).unwrap(), "keep/one");
    assert!(folder.join("keep/inner/two").exists() && folder.join("keep/empty").exists());
    assert!(!folder.join("three").exists() && folder.join("another").exists());
}

#[test]
fn files_tells_what_a_build_reads_and_writes() {
    let folder = folder("files");
    std::fs::write(folder.join("own.h"), "#define NUMBER 7\n").unwrap();
    std::fs::write(folder.join("main.c"), "#include \"own.h\"\nint main(void) { return NUMBER; }\n").unwrap();
    let script = "cc -c main.c -o main.tmp && mv main.tmp main.o; cat nothing 2>/dev/null; :";
    let (said, _) = run(example("files").current_dir(&folder).args(["sh", "-c", script]));
    let said: serde_json::Value = serde_json::from_str(&said[said.find('{').expect("JSON")..]).expect("JSON");
    let has = |kind: &str, file: &str| {
        let path = folder.join(file);
        said[kind].as_array().unwrap().iter().any(|name| Path::new(name.as_str().unwrap()) == path)
    };
    assert!(has("read", "main.c") && has("read", "own.h"), "{said:#}");
    assert!(has("written", "main.tmp") && has("written", "main.o"), "{said:#}");
    assert!(!has("written", "main.c") && !has("read", "nothing"), "{said:#}");
    let programs: Vec<_> = said["read"].as_array().unwrap().iter().filter_map(|name| name.as_str()).collect();
    assert!(programs.iter().any(|name| name.ends_with("/cc1")), "{said:#}");
}

#[test]
fn fault_cuts_every_third_write_short() {
    let output = example("fault")
        .args(["sh", "-c", "echo one; echo two; echo three; exit 4"])
        .stdin(Stdio::null())
        .output()
        .expect("it starts");
    assert_eq!(output.status.code(), Some(4));
    // What a shell does about it is its own affair: it may try the rest again.
    assert!(output.stdout.starts_with(b"one\ntwo\nthr"), "{output:?}");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(
        told.starts_with("fault: ") && told.contains(" writes, ") && !told.contains(" 0 of them"),
        "{told}"
    );
}

const TALKER: &str = "
    #include <arpa/inet.h>
    #include <stdlib.h>
    #include <sys/socket.h>
    #include <unistd.h>

    int main(int count, char **args)
    {
        struct sockaddr_in peer = { .sin_family = AF_INET, .sin_port = htons(atoi(args[1])) };
        peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        return connect(fd, (void *)&peer, sizeof peer) || write(fd, \"hello\", 5) != 5;
    }
";

#[test]
fn net_tells_who_talks_to_whom() {
    let folder = folder("net");
    let (source, program) = (folder.join("talks.c"), folder.join("talks"));
    std::fs::write(&source, TALKER).unwrap();
    assert!(Command::new("cc").arg("-o").args([&program, &source]).status().expect("a compiler").success());
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let listens = std::thread::spawn(move || {
        let mut heard = String::new();
        listener.accept().unwrap().0.read_to_string(&mut heard).unwrap();
        heard
    });
    let (said, _) = run(example("net").arg(&program).arg(address.port().to_string()));
    assert_eq!(listens.join().unwrap(), "hello");
    let said: serde_json::Value = serde_json::from_str(said.trim()).expect("a line of JSON");
    assert_eq!(said["peer"], address.to_string());
    assert_eq!((&said["call"], &said["program"]), (&"connect".into(), &"talks".into()));
    assert!(said["error"].is_null() && said["pid"].as_i64().unwrap() > 1);
}

#[test]
fn replay_walks_a_recording() {
    let folder = folder("replay");
    let recording = folder.join("trace");
    let mut record = Command::new(env!("CARGO_BIN_EXE_strax"));
    record.arg("-f").arg(format!("--record={}", recording.display()));
    run(record.args(["sh", "-c", "cat nothing; mkdir made; exit 0"]).current_dir(&folder));
    let (said, _) = run(example("replay").arg(&recording));
    let mut lines = said.lines();
    assert_eq!(lines.next(), Some("   calls   failed  name"));
    let open = lines.clone().find(|line| line.contains(" openat")).expect("openat");
    let numbers: Vec<u64> = open.split_whitespace().take(2).map(|number| number.parse().unwrap()).collect();
    assert!(numbers[0] > numbers[1] && numbers[1] >= 1 && open.ends_with("(ENOENT)"), "{said}");
    let (said, _) = run(example("replay").arg(&recording).arg("made"));
    assert!(said.lines().any(|line| line.contains(" mkdir(\"made\", 0777) = 0")), "{said}");
    // Cut short, it says so, after what there is of it.
    let bytes = std::fs::read(&recording).unwrap();
    std::fs::File::create(&recording).unwrap().write_all(&bytes[..bytes.len() / 2]).unwrap();
    let cut = example("replay").arg(&recording).output().unwrap();
    let told = String::from_utf8_lossy(&cut.stderr);
    assert!(!cut.status.success() && told.contains("cut short"), "{told}");
}
