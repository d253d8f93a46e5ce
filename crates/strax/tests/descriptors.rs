//! What is told of descriptors, processes, namespaces, virtual processors and security contexts of real programs.
//!
//! A program that may not do what it is to show ends with status 77, and its test shows nothing.

use std::path::{Path, PathBuf};
use std::process::Command;

/// What a traced program printed, and its trace.
struct Traced {
    printed: String,
    trace: Vec<String>,
}

impl Traced {
    /// The lines of the trace that have `part`.
    fn with(&self, part: &str) -> Vec<&str> {
        self.trace.iter().map(String::as_str).filter(|line| line.contains(part)).collect()
    }
}

/// A directory of the test's own, empty.
fn directory(test: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("descriptors.{test}"));
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).expect("a directory");
    path.canonicalize().expect("a directory")
}

/// Traces `tests/tracees/NAME.c`; `None` if it may not do what it is to show.
fn trace(test: &str, name: &str, options: &[&str]) -> Option<Traced> {
    let directory = directory(test);
    let (program, log) = (directory.join(name), directory.join("trace"));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/tracees/{name}.c"));
    let status = Command::new("cc").args(["-O1", "-w", "-o"]).arg(&program).arg(source).status().expect("cc");
    assert!(status.success(), "cc: {status}");
    let output = Command::new(env!("CARGO_BIN_EXE_strax"))
        .args(options)
        .arg("-o")
        .arg(&log)
        .arg(&program)
        .current_dir(&directory)
        .output()
        .expect("strax starts");
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
    if output.status.code() == Some(77) {
        return None;
    }
    assert!(output.status.success(), "{}: {}", output.status, text(&output.stderr));
    let trace = std::fs::read_to_string(&log).expect("a trace").lines().map(str::to_owned).collect();
    Some(Traced { printed: text(&output.stdout), trace })
}

#[test]
fn descriptors_of_all_kinds() {
    let traced = trace("kinds", "descriptors", &["-yy", "-Y", "-a0", "-e", "trace=fcntl"]).unwrap();
    let expected: Vec<String> =
        traced.printed.lines().map(|about| format!("fcntl(100{about}, F_GETFD) = 0")).collect();
    let shown = traced.with("F_GETFD");
    assert!(expected.len() > 15, "{expected:#?}");
    assert_eq!(shown, expected);
}

#[test]
fn no_more_than_is_wanted() {
    for (details, wanted) in
        [("none", vec![]), ("path", vec!["<anon_inode:[eventfd]>"]), ("eventfd", vec!["eventfd-count"])]
    {
        let options = ["-e", "trace=fcntl", "-e", &format!("decode-fds={details}")];
        let traced = trace(&format!("wanted.{details}"), "descriptors", &options).unwrap();
        let shown = traced.with("F_GETFD");
        assert!(shown.len() > 15);
        assert_eq!(shown.iter().any(|line| line.contains('<')), details != "none", "{shown:#?}");
        for part in wanted {
            assert_eq!(shown.iter().filter(|line| line.contains(part)).count(), 1, "{part}: {shown:#?}");
        }
    }
}

#[test]
fn descriptors_of_another_process() {
    let Some(traced) = trace("other", "other_process", &["-yy", "-a0", "-e", "trace=kcmp,pidfd_getfd"])
    else {
        return;
    };
    let compared = traced.with("kcmp(");
    assert!(compared[0].contains("</dev/null<char 1:3>>, 42</dev/zero<char 1:5>>)"), "{compared:#?}");
    assert!(compared[1].contains("KCMP_FILE, 42</dev/zero<char 1:5>>, 42)"), "{compared:#?}");
    assert!(compared[2].contains("</dev/null<char 1:3>>, 42)"), "{compared:#?}");
    let taken = traced.with("pidfd_getfd(");
    assert!(taken[0].contains(">, 42</dev/zero<char 1:5>>, 0)"), "{taken:#?}");
    assert!(taken[1].contains(">, 43, 0) = -1 EBADF"), "{taken:#?}");
    assert!(taken[2].contains(">, 42, 0) = -1 "), "{taken:#?}");
}

#[test]
fn ids_of_a_namespace_among_others() {
    let options =
        ["-f", "-a0", "--pidns-translation", "-e", "trace=kill,getpid,getppid", "-e", "signal=none"];
    let Some(traced) = trace("pidns", "pid_namespaces", &options) else { return };
    let number = |line: &str| line.split_whitespace().next().unwrap().to_owned();
    let note = |id: &str| format!("/* {id} in strace's PID NS */");
    let second = number(traced.with("kill(2 ")[0]);
    let first = number(traced.with("getpid() = 1 ")[0]);
    assert_eq!(traced.with("getpid() = 1 "), [format!("{first:<5} getpid() = 1 {}", note(&first))]);
    assert_eq!(traced.with("kill(1 "), [format!("{second:<5} kill(1 {}, 0) = 0", note(&first))]);
    assert_eq!(traced.with("kill(2 "), [format!("{second:<5} kill(2 {}, 0) = 0", note(&second))]);
    // Somebody has this id in other namespaces, but nobody in this one.
    assert_eq!(traced.with("kill(3"), [format!("{second:<5} kill(3, 0) = -1 ESRCH (No such process)")]);
    assert_eq!(traced.with("getppid("), [format!("{second:<5} getppid() = 1 {}", note(&first))]);
}

#[test]
fn namespaces_that_are_entered() {
    let options = ["-a0", "-e", "namespace=new", "-e", "trace=unshare"];
    let Some(traced) = trace("entered", "enter_namespaces", &options) else { return };
    let [ipc, user, uts] = traced.printed.lines().collect::<Vec<_>>().try_into().unwrap();
    let calls = traced.with("unshare(");
    assert!(calls[0].ends_with(&format!(" = 0 ({ipc}, {user}, {uts})")), "{}", calls[0]);
    assert!(calls[1].ends_with("unshare(CLONE_FS) = 0"), "{}", calls[1]);
    assert!(calls[2].ends_with("= -1 EINVAL (Invalid argument)"), "{}", calls[2]);
}

#[test]
fn virtual_processors() {
    let options = ["-a0", "-e", "kvm=vcpu+", "-e", "trace=ioctl"];
    let Some(traced) = trace("vcpu", "vcpu", &options) else { return };
    let from = traced.trace.iter().position(|line| line.contains("KVM_RUN")).expect("KVM_RUN");
    let lines = &traced.trace[from..];
    assert!(lines[0].ends_with("KVM_RUN, 0) = 0 (KVM_EXIT_IO)"), "{lines:#?}");
    assert!(lines[1].starts_with(" VCPU:0< {request_interrupt_window=0, immediate_exit=0, exit_reason=0 "));
    assert!(lines[2].starts_with(" VCPU:0> {"), "{lines:#?}");
    assert!(lines[2].contains("io={direction=KVM_EXIT_IO_OUT, size=1, port=0x3f8, count=1, "), "{lines:#?}");
    assert!(lines[2].ends_with(", data=[0xa]}}}"), "{lines:#?}");
    assert!(lines[3].ends_with("KVM_RUN, 0) = 0 (KVM_EXIT_HLT)"), "{lines:#?}");
    assert!(lines[5].contains("exit_reason=5 /* KVM_EXIT_HLT */"), "{lines:#?}");
}

#[test]
fn security_contexts() {
    let of = |option: &str| {
        let options = ["-a0", option, "-e", "trace=openat,read,access"];
        trace(&format!("contexts.{}", option.len()), "labelled", &options)
    };
    for (option, shown) in [("--secontext", "tmp_t"), ("--secontext=full", "system_u:object_r:tmp_t:s0")] {
        let Some(traced) = of(option) else { return };
        let opened = traced.with(", \"labelled\" [");
        assert!(
            opened[0].ends_with(&format!(", \"labelled\" [{shown}], O_RDONLY) = 4 [{shown}]")),
            "{opened:#?}"
        );
        assert!(traced.with("read(")[1..].iter().any(|line| line.contains(&format!("read(4 [{shown}], "))));
        assert!(
            traced
                .with("access(")
                .iter()
                .any(|line| line.ends_with(&format!("(\"labelled\" [{shown}], R_OK) = 0")))
        );
        assert!(traced.with("access(").iter().any(|line| line.contains("(\"nowhere\", R_OK) = -1 ENOENT")));
    }
}
