//! How the command is started: with what the caller has given, and with as few descriptors as can be.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const STRAX: &str = env!("CARGO_BIN_EXE_strax");

/// Ways to run a command under trace.
const WAYS: [&[&str]; 4] = [&[], &["-D"], &["-DD"], &["-DDD"]];

fn temporary(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// Compiles `tests/tracees/NAME.c` for a test.
fn tracee(name: &str, test: &str) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/tracees/{name}.c"));
    let program = temporary(&format!("{test}.program"));
    let status = Command::new("cc").args(["-O1", "-w", "-o"]).arg(&program).arg(source).status().expect("cc");
    assert!(status.success(), "cc: {status}");
    program
}

fn strax(args: &[&str]) -> Output {
    Command::new(STRAX).arg0("strax").args(args).stdin(Stdio::null()).output().expect("strax starts")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn closed_descriptors_stay_closed() {
    let (log, list) = (temporary("closed.log"), temporary("closed.list"));
    let script = "list=; for fd in 0 1 2 3 4 5 6; do [ -e /proc/$$/fd/$fd ] && list=\"$list$fd\"; done; echo $list >$LIST";
    for closed in ["", "<&-", ">&-", "2>&-", "<&- >&-", "<&- 2>&-", ">&- 2>&-", "<&- >&- 2>&-"] {
        let open_in = |tracer: &[&str]| {
            let _ = std::fs::remove_file(&list);
            let mut command = Command::new("sh");
            command.arg("-c").arg(format!("exec \"$@\" 5</dev/null {closed}")).arg("sh").args(tracer);
            let status = command.args(["sh", "-c", script]).env("LIST", &list).stdin(Stdio::null()).status();
            assert!(status.expect("sh").success(), "{closed} {tracer:?}");
            std::fs::read_to_string(&list).expect("a list")
        };
        let untraced = open_in(&[]);
        assert!(untraced.trim_end().ends_with('5'), "{untraced}");
        for way in WAYS {
            let options = ["-e", "trace=none", "-o", log.to_str().unwrap()];
            assert_eq!(open_in(&[&[STRAX], way, &options].concat()), untraced, "{closed} {way:?}");
        }
    }
}

#[test]
fn what_the_kernel_does_not_execute_no_shell_does() {
    let script = temporary("no_shebang");
    std::fs::write(&script, "echo a shell has run this\n").unwrap();
    std::fs::set_permissions(&script, PermissionsExt::from_mode(0o755)).unwrap();
    for way in WAYS {
        let args = [way, &["-e", "trace=none", script.to_str().unwrap()]].concat();
        let output = strax(&args);
        assert_eq!(output.status.code(), Some(1), "{way:?}");
        assert_eq!(output.stdout, b"", "{way:?}");
        assert!(stderr(&output).contains("strax: exec: Exec format error\n"), "{}", stderr(&output));
    }
}

#[test]
fn a_command_that_a_grandchild_cannot_trace_runs() {
    let program = tracee("traced_tracer", "denied");
    let output = Command::new(program)
        .args(["alone", STRAX, "-D", "-o", "/dev/null", "sh", "-c", "echo hello; exit 5"])
        .output()
        .expect("a process");
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(5), &b"hello\n"[..]));
    assert!(stderr(&output).contains("attach: ptrace(PTRACE_SEIZE, "), "{}", stderr(&output));
}

#[test]
fn a_command_that_cannot_be_traced_does_not_run() {
    let program = tracee("traced_tracer", "refused");
    let output =
        Command::new(program).args(["alone", STRAX, "sh", "-c", "echo hello"]).output().expect("a process");
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(1), &b""[..]));
    let told = stderr(&output);
    assert!(told.contains(": attach: ptrace(PTRACE_SEIZE, "), "{told}");
    assert!(told.lines().next().is_some_and(|line| line.ends_with("): Operation not permitted")), "{told}");
}

#[test]
fn a_tracer_under_trace_says_that_its_command_is_traced() {
    let output = strax(&["-f", "-q", "-o", "/dev/null", STRAX, "sh", "-c", "echo hello"]);
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(1), &b""[..]));
    let told = stderr(&output);
    let [first, second] = told.lines().collect::<Vec<_>>()[..] else { panic!("{told}") };
    assert!(first.ends_with("): Operation not permitted"), "{told}");
    assert!(second.contains(" is already being traced by pid ") && second.ends_with(" (strax)"), "{told}");
}

/// Where Yama restricts tracing to ancestors, a grandchild needs a permission, for no longer than it takes.
#[test]
fn a_grandchild_is_permitted_to_trace_until_it_does() {
    let log = temporary("permitted.log");
    // The tracer inside can't trace what is traced already, and says so; what it asks for is what counts.
    let options = ["-f", "-e", "trace=prctl,execve", "-e", "signal=none", "-o", log.to_str().unwrap()];
    strax(&[&options[..], &[STRAX, "-D", "-o", "/dev/null", "true"]].concat());
    let trace = std::fs::read_to_string(&log).expect("a trace");
    let of_process = trace.split_whitespace().next().expect("an id");
    let calls: Vec<_> = trace.lines().filter(|line| line.starts_with(of_process)).collect();
    let at = |text: &str| {
        let found = calls.iter().rposition(|line| line.contains(text));
        found.unwrap_or_else(|| panic!("{text} is not in\n{trace}"))
    };
    assert!(at("PR_SET_PTRACER, PR_SET_PTRACER_ANY") < at("PR_SET_PTRACER, 0"), "{trace}");
    assert!(at("PR_SET_PTRACER, 0") < at("execve("), "{trace}");
}

#[test]
fn the_command_gets_by_with_few_descriptors() {
    let log = temporary("few.log");
    let works = |limit: u32, args: &[&str]| {
        let mut command = Command::new("sh");
        command.arg("-c").arg(format!("ulimit -n {limit}; exec \"$@\"")).arg("sh").args(args);
        command.stdin(Stdio::null()).output().expect("sh").status.success()
    };
    // So many the loader takes.
    let least = (1..20).find(|&limit| works(limit, &["/bin/true"])).expect("a limit");
    let log = log.to_str().unwrap();
    for options in [
        &[][..],
        &["-f"],
        &["-c"],
        &["-o", log],
        &["-f", "-o", log],
        &["-f", "-o", log, "-e", "trace=openat"],
        &["-ff", "-o", log],
        &["-D"],
        &["-D", "-o", log],
        &["-DDD", "-f", "-o", log],
    ] {
        assert!(works(least, &[&[STRAX], options, &["/bin/true"]].concat()), "{least}: {options:?}");
    }
    for path in std::fs::read_dir(env!("CARGO_TARGET_TMPDIR")).unwrap().flatten().map(|entry| entry.path()) {
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("few.log")) {
            let _ = std::fs::remove_file(path);
        }
    }
}

#[test]
fn what_daemonizing_does_not_go_with() {
    let nobody = "PROG [ARGS] must be specified with -D/--daemonize";
    let forms = "-D and --daemonize cannot be provided simultaneously";
    for (args, message) in [
        (&["-D", "-p", "1"][..], nobody),
        (&["--daemonize=pgroup", "-p", "1"], nobody),
        (&["-DDDD", "-p", "1"], nobody),
        (&["-t", "--absolute-timestamps", "-p", "1", "-D"], nobody),
        (&["-D", "--daemonize", "-p", "1"], forms),
        (&["-D", "--daemonize", "true"], forms),
        (&["--daemonize=session", "-DD", "true"], forms),
        (&["-DDDD", "--daemonize", "true"], forms),
        (&["-D", "--daemonize", "-p", "1", "--argv0=a"], "PROG [ARGS] must be specified with --argv0"),
        (&["-D", "--daemonize"], "must have PROG [ARGS] or -p PID"),
        (&["-DDDD", "true"], "Too many -D's (4), maximum supported -D count is 3"),
        (&["-DD", "-DD", "-D", "true"], "Too many -D's (5), maximum supported -D count is 3"),
        (&["--daemonize=other", "true"], "invalid --daemonize argument: 'other'"),
    ] {
        let output = strax(args);
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        let told = stderr(&output);
        assert_eq!(told.lines().next(), Some(&format!("strax: {message}")[..]), "{args:?}");
        assert_eq!(told.lines().count() == 1, message == forms, "{args:?}: {told}");
    }
}
