//! What command lines mean, by families of options.

use crate::args::Args;
use crate::class_of;
use crate::error::Error;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;
use tracer::config::{
    Clock, Column, Command, Config, ContextDetail, Credentials, Daemonize, EnvEdit, Escape, FdDetail, Format,
    InjectOutcome, Interruptible, OutputTo, PidDetail, Precision, Quiet, SeccompBpf, StackTrace, Stamp,
    Status, Summary, Symbols, VcpuDetail,
};
use tracer::filter::Set;
use uapi::Abi;

/// What options mean, and what is remarked about them, for a process that is attached to.
fn resolve(options: &[&str]) -> (Result<Config, Error>, Vec<String>) {
    resolve_all(&[&["-p", "1"], options].concat())
}

fn resolve_all(arguments: &[&str]) -> (Result<Config, Error>, Vec<String>) {
    let arguments: Vec<_> = arguments.iter().map(OsString::from).collect();
    let mut args = Args::new(&class_of);
    let config = args.parse(&arguments).and_then(|()| args.resolve("strax".to_owned()));
    (config, args.warnings)
}

/// What options mean that nothing is remarked about.
fn config(options: &[&str]) -> Config {
    let (config, warnings) = resolve(options);
    assert_eq!(warnings, [""; 0], "{options:?}");
    config.unwrap_or_else(|error| panic!("{options:?}: {error:?}"))
}

/// The command of a command line.
fn command(arguments: &[&str]) -> Command {
    let (config, _) = resolve_all(arguments);
    config.unwrap().start.command.unwrap()
}

#[test]
fn nothing_but_a_pid() {
    let config = config(&[]);
    assert_eq!(config.start.attach, [1]);
    assert!(config.start.command.is_none() && config.summary.is_none() && config.quiet.is_empty());
    assert!(config.filters.trace.is_all() && config.filters.raw.is_empty());
    assert_eq!(config.output.to, OutputTo::Stderr);
    assert_eq!(config.style, tracer::config::Style::default());
}

#[test]
fn pids() {
    assert_eq!(config(&["-p", "5 6,7\t8\n,", "--attach=5"]).start.attach, [1, 5, 6, 7, 8, 5]);
}

#[test]
fn commands() {
    let plain = command(&["sh", "-c", "x"]);
    assert!(plain.path.is_absolute() && plain.path.ends_with("sh"));
    assert_eq!(plain.argv, ["sh", "-c", "x"]);
    assert_eq!(plain.credentials, None);
    assert_eq!(command(&["--argv0=busybox", "/bin/sh", "-x"]).argv, ["busybox", "-x"]);
    let nobody = Credentials { uid: 65534, gid: 65533, groups: Vec::new() };
    assert_eq!(command(&["-u", "65534:65533", "/bin/sh"]).credentials, Some(nobody));
}

#[test]
fn environment() {
    let set = |name: &str, value: &str| EnvEdit::Set(name.into(), value.into());
    let edits = [set("A", "b=c"), EnvEdit::Remove("A".into()), set("B", ""), set("", "x")];
    assert_eq!(command(&["-E", "A=b=c", "-EA", "--env=B=", "-E=x", "/bin/sh"]).env, edits);
}

#[test]
fn following() {
    for (options, follow, separately) in [
        (&["-f"][..], true, false),
        (&["-ff"], true, true),
        (&["-f", "-f"], true, true),
        (&["--follow-forks"], true, false),
        (&["--follow-forks", "--output-separately"], true, true),
        (&["--output-separately"], false, true),
        (&["--output-separately", "-f"], true, false),
    ] {
        let config = config(&[options, &["-o", "trace"]].concat());
        assert_eq!((config.follow_forks, config.output.separately), (follow, separately), "{options:?}");
    }
}

#[test]
fn daemonizing() {
    for (option, daemonize) in [
        ("-D", Daemonize::Grandchild),
        ("-DD", Daemonize::ProcessGroup),
        ("-DDD", Daemonize::Session),
        ("--daemonize", Daemonize::Grandchild),
        ("--daemonize=pgrp", Daemonize::ProcessGroup),
        ("--daemonized=SESSION", Daemonize::Session),
    ] {
        let config = config(&[option, "/bin/sh"]);
        assert_eq!(config.daemonize, Some(daemonize), "{option}");
        assert_eq!(config.interruptible, Interruptible::NeverTstp, "{option}");
    }
}

#[test]
fn interruptions() {
    for (options, interruptible) in [
        (&[][..], Interruptible::Waiting),
        (&["/bin/sh"], Interruptible::Waiting),
        (&["-o", "trace"], Interruptible::Waiting),
        (&["-o", "trace", "/bin/sh"], Interruptible::Never),
        (&["-I1", "-o", "trace", "/bin/sh"], Interruptible::Anywhere),
        (&["-I", "never_tstp"], Interruptible::NeverTstp),
        (&["--interruptible=3"], Interruptible::Never),
    ] {
        assert_eq!(config(options).interruptible, interruptible, "{options:?}");
    }
}

#[test]
fn letting_go() {
    let execve = config(&["-b", "execve"]);
    assert!(execve.detach_on_execve && !execve.detach_on_ptrace);
    let both = config(&["-bptrace", "--detach-on=execve"]);
    assert!(both.detach_on_execve && both.detach_on_ptrace);
    assert!(config(&[]).restart_calls && !config(&["--restart-calls=never"]).restart_calls);
    assert_eq!(config(&["--syscall-limit=5"]).syscall_limit, Some(5));
    let (config, _) = resolve_all(&["--kill-on-exit", "/bin/sh"]);
    assert!(config.unwrap().kill_on_exit);
}

#[test]
fn words_of_interruptible_and_columns() {
    let when = |value: &str| config(&["-I", value]).interruptible;
    for (words, expected) in [
        (["1", " +1", "anywhere", "always"], Interruptible::Anywhere),
        (["2", "02", "waiting", "Waiting"], Interruptible::Waiting),
        (["3", "+3", "never", "NEVER"], Interruptible::Never),
        (["4", "004", "never_tstp", "Never_Tstp"], Interruptible::NeverTstp),
    ] {
        assert!(words.iter().all(|word| when(word) == expected), "{words:?}");
    }
    let column = |name: &str| config(&["-c", "-S", name]).summary.unwrap().sort_by;
    for name in ["time", "time-total", "time_total", "total_time"] {
        assert!(matches!(column(name), Some(Column::TimePercent | Column::TotalTime)), "{name}");
    }
    assert_eq!(column("wall_max"), Some(Column::WallMax));
    assert_eq!(column("syscall_name"), Some(Column::Name));
    assert_eq!((column("nothing"), column("none")), (None, None));
}

#[test]
fn seccomp() {
    let of = |arguments: &[&str]| {
        let (config, warnings) = resolve_all(arguments);
        let config = config.unwrap();
        (config.seccomp_bpf, config.kill_on_exit, warnings.len())
    };
    use SeccompBpf::{Always, Auto, Followed, Never};
    assert_eq!(of(&["/bin/sh"]), (Auto, false, 0));
    assert_eq!(of(&["-f", "-bexecve", "--syscall-limit=1", "/bin/sh"]), (Auto, false, 0));
    assert_eq!(of(&["--seccomp-bpf=auto", "-p1", "/bin/sh"]), (Auto, false, 0));
    assert_eq!(of(&["--seccomp-bpf=never", "/bin/sh"]), (Never, false, 0));
    assert_eq!(of(&["--seccomp-bpf=always", "-eread", "/bin/sh"]), (Always, false, 0));
    assert_eq!(of(&["--seccomp-bpf=always", "-bexecve", "/bin/sh"]), (Never, false, 1));
    assert_eq!(of(&["--seccomp-bpf", "-f", "/bin/sh"]), (Followed, true, 1));
    assert_eq!(of(&["--seccomp-bpf", "-f", "-eread", "/bin/sh"]), (Followed, true, 0));
    assert_eq!(of(&["--seccomp-bpf", "-f", "-eread", "-p1", "/bin/sh"]), (Followed, false, 1));
    assert_eq!(of(&["--seccomp-bpf", "/bin/sh"]), (Never, false, 1));
    assert_eq!(of(&["--seccomp-bpf", "-f", "-bexecve", "/bin/sh"]), (Never, false, 1));
    assert_eq!(of(&["--seccomp-bpf", "-f", "--syscall-limit=1", "/bin/sh"]), (Never, false, 1));
}

#[test]
fn traced_calls() {
    let abi = Abi::ALL.into_iter().find(|abi| tracer::filter::host_abis().contains(abi)).unwrap();
    let number = |name| abi.number(name).unwrap();
    for options in [&["-e", "read"][..], &["-e", "trace=read"], &["-et=read"], &["--trace", "read"]] {
        let trace = config(options).filters.trace;
        assert!(trace.contains(abi, number("read")) && !trace.contains(abi, number("write")), "{options:?}");
    }
    let last = config(&["-e", "trace=read", "-e", "trace=write"]).filters.trace;
    assert!(!last.contains(abi, number("read")) && last.contains(abi, number("write")));
    let others = config(&["-e", "!read"]).filters.trace;
    assert!(!others.contains(abi, number("read")) && others.contains(abi, number("write")));
}

#[test]
fn classes_come_from_the_rows() {
    let abi = tracer::filter::host_abis()[0];
    for class in ["%file", "file"] {
        let set = config(&["-e", class]).filters.trace;
        assert!(set.contains(abi, abi.number("openat").unwrap()), "{class}");
        assert!(!set.contains(abi, abi.number("read").unwrap()), "{class}");
    }
}

#[test]
fn other_sets_of_calls() {
    assert!(config(&["-v"]).filters.abbrev.is_empty());
    assert!(config(&["-v", "-e", "abbrev=all"]).filters.abbrev.is_all());
    assert!(config(&["-e", "a=none"]).filters.abbrev.is_empty());
    assert!(config(&["-e", "verbose=none"]).filters.verbose.is_empty());
    assert!(config(&["--raw=all"]).filters.raw.is_all());
}

#[test]
fn descriptors_and_paths() {
    let filters =
        config(&["-e", "read=3", "-e", "w=!3", "--trace-fd=4", "-P", "a", "--trace-path=b"]).filters;
    assert!(filters.read.contains(3) && !filters.read.contains(4));
    assert!(!filters.write.contains(3) && filters.write.contains(4));
    assert!(filters.trace_fds.unwrap().contains(4));
    assert_eq!(filters.paths, ["a", "b"]);
}

#[test]
fn signals_and_statuses() {
    let filters = config(&["-e", "signal=int", "-e", "status=failed,detached"]).filters;
    assert!(filters.signals.contains(2) && !filters.signals.contains(1));
    assert_eq!(filters.status, Set::of(&[Status::Failed, Status::Detached]));
    assert_eq!(config(&["--signal=none", "-z"]).filters.status, Set::of(&[Status::Successful]));
    assert_eq!(config(&["-z", "-e", "status=all"]).filters.status, Set::ALL);
    assert_eq!(config(&["--failing-only"]).filters.status, Set::of(&[Status::Failed]));
}

#[test]
fn outputs() {
    let to = |options| config(options).output.to;
    let file = |append| OutputTo::File { path: PathBuf::from("trace"), append };
    assert_eq!(to(&["-o", "trace"]), file(false));
    assert_eq!(to(&["-A", "-otrace"]), file(true));
    assert_eq!(to(&["-o", "|cat"]), OutputTo::Pipe("cat".into()));
    assert_eq!(to(&["--output=!cat"]), OutputTo::Pipe("cat".into()));
    assert_eq!(config(&["--format=json"]).output.format, Format::Json);
}

#[test]
fn stamps() {
    let (day, unix) = (Clock::TimeOfDay, Clock::Unix);
    for (options, stamp) in [
        (&["-t"][..], Some((day, Precision::Seconds))),
        (&["-tt"], Some((day, Precision::Micros))),
        (&["-t", "-tttt"], Some((unix, Precision::Micros))),
        (&["--timestamps"], Some((day, Precision::Seconds))),
        (&["--timestamps="], Some((day, Precision::Seconds))),
        (&["--timestamps=ns"], Some((day, Precision::Nanos))),
        (&["--absolute-timestamps=format:unix,precision:ms"], Some((unix, Precision::Millis))),
        (&["--timestamps=MS,UNIX"], Some((unix, Precision::Millis))),
        (&["--timestamps=none,us"], None),
        (&["--timestamps=us,none,time"], Some((day, Precision::Micros))),
        (&["--timestamps=unix,ns", "--timestamps=ms"], Some((unix, Precision::Millis))),
        (&["--timestamps=unix,ns", "--timestamps"], Some((day, Precision::Nanos))),
        (&["--timestamps=none", "--timestamps=us"], Some((day, Precision::Micros))),
        (&["--timestamps=unix", "--timestamps=none"], None),
    ] {
        let stamp = stamp.map(|(clock, precision)| Stamp { clock, precision });
        assert_eq!(config(options).style.stamp, stamp, "{options:?}");
    }
}

#[test]
fn other_times() {
    let style = config(&["-r", "-T"]).style;
    assert_eq!((style.relative, style.spent), (Some(Precision::Micros), Some(Precision::Micros)));
    let style = config(&["-r", "--relative-timestamps=NS", "--syscall-times=s"]).style;
    assert_eq!((style.relative, style.spent), (Some(Precision::Nanos), Some(Precision::Seconds)));
}

#[test]
fn strings_and_constants() {
    for (option, escape) in [
        ("-x", Escape::HexIfNonAscii),
        ("-xx", Escape::HexAll),
        ("-xxx", Escape::HexAll),
        ("--strings-in-hex", Escape::HexAll),
        ("--strings-in-hex=none", Escape::Octal),
        ("--strings-in-hex=non-ascii-chars", Escape::Hex),
        ("--strings-in-hex=NON-ASCII", Escape::HexIfNonAscii),
    ] {
        assert_eq!(config(&[option]).style.escape, escape, "{option}");
    }
    let style = config(&["-s0", "-a", "+7", "-Xverbose", "-X", "raw"]).style;
    assert_eq!((style.string_limit, style.columns, style.symbols), (0, 7, Symbols::Raw));
}

#[test]
fn stacks() {
    for (options, lines) in [
        (&["-k"][..], false),
        (&["--stack-trace"], false),
        (&["--stack-trace", "--stack-trace=symbol"], false),
        (&["-k", "--stack-trace=symbol"], false),
        (&["-kk"], true),
        (&["-kkk"], true),
        (&["--stack-trace=symbol", "-k"], true),
        (&["--stack-trace=source"], true),
    ] {
        let stack_trace = config(options).stack_trace;
        assert_eq!(stack_trace, Some(StackTrace { frames: 256, lines }), "{options:?}");
    }
    let limited = config(&["-k", "--stack-trace-frame-limit=7"]).stack_trace;
    assert_eq!(limited, Some(StackTrace { frames: 7, lines: false }));
    assert_eq!(config(&[]).stack_trace, None);
}

#[test]
fn switches() {
    let style = config(&["-inN", "--always-show-pid"]).style;
    assert!(style.instruction_pointer && style.syscall_number && style.arg_names && style.always_show_pid);
}

#[test]
fn details_of_descriptors_and_processes() {
    let fds = |options| config(options).style.decode_fds;
    assert_eq!(fds(&["-y"]), Set::of(&[FdDetail::Path]));
    assert_eq!(fds(&["-yy"]), Set::ALL);
    assert_eq!(fds(&["--decode-fds"]), Set::of(&[FdDetail::Path]));
    assert_eq!(fds(&["-e", "decode-fd=dev,socket"]), Set::of(&[FdDetail::Dev, FdDetail::Socket]));
    let pids = |options| config(options).style.decode_pids;
    assert_eq!(pids(&["-Y"]), Set::of(&[PidDetail::Comm]));
    assert_eq!(pids(&["-Y", "--pidns-translation"]), Set::of(&[PidDetail::PidNs]));
    assert_eq!(pids(&["--pidns-translation", "-Y"]), Set::of(&[PidDetail::Comm]));
    assert_eq!(pids(&["-e", "decode-pids=none"]), Set::EMPTY);
}

#[test]
fn contexts_namespaces_and_virtual_processors() {
    let contexts = |options| config(options).style.contexts;
    assert_eq!(contexts(&[]), None);
    assert_eq!(contexts(&["--secontext"]), Some(Set::EMPTY));
    assert_eq!(contexts(&["-e", "secontext=!full,mismatch"]), Some(Set::EMPTY));
    assert_eq!(contexts(&["--secontext=full"]), Some(Set::of(&[ContextDetail::Full])));
    assert_eq!(contexts(&["--secontext=full,mismatch"]), Some(Set::ALL));
    assert!(config(&["-e", "namespace=new"]).style.new_namespaces);
    assert_eq!(config(&["--kvm=vcpu"]).style.vcpu, VcpuDetail::Reason);
    assert_eq!(config(&["-e", "kvm=vcpu+"]).style.vcpu, VcpuDetail::State);
}

#[test]
fn quietness() {
    let implied = Set::of(&[Quiet::Attach, Quiet::Personality]);
    let q = Set::of(&[Quiet::Attach, Quiet::Personality, Quiet::Privileges]);
    let qq = Set::of(&[Quiet::Attach, Quiet::Personality, Quiet::Privileges, Quiet::Exit]);
    for (options, quiet) in [
        (&["-q"][..], q),
        (&["--quiet"], q),
        (&["-qq"], qq),
        (&["-qqqq"], Set::ALL),
        (&["--silent=exits"], Set::of(&[Quiet::Exit])),
        (&["-e", "q=exit", "--quiet=attach"], Set::of(&[Quiet::Attach])),
        (&["-o", "trace"], Set::EMPTY),
        (&["-o", "trace", "/bin/sh"], implied),
        (&["-o", "trace", "-q", "/bin/sh"], q),
        (&["-o", "trace", "-qq", "/bin/sh"], qq),
        (&["-o", "trace", "--quiet=none", "/bin/sh"], Set::EMPTY),
    ] {
        assert_eq!(config(options).quiet, quiet, "{options:?}");
    }
}

#[test]
fn summaries() {
    let summary = |options| config(options).summary.unwrap();
    let default = Summary {
        with_trace: false,
        sort_by: Some(Column::TotalTime),
        columns: Summary::COLUMNS.to_vec(),
        wall_clock: false,
        overhead: None,
    };
    assert_eq!(summary(&["-c"]), default);
    assert!(summary(&["-C"]).with_trace && summary(&["--summary", "-w"]).wall_clock);
    assert_eq!(summary(&["-c", "-S", "none"]).sort_by, None);
    assert_eq!(summary(&["-c", "-S", "longest"]).sort_by, Some(Column::MaxTime));
    let columns = [Column::Calls, Column::WallAvg, Column::Name];
    assert_eq!(summary(&["-c", "-U", "count,avg-wall"]).columns, columns);
    assert_eq!(summary(&["-c", "-U", "name,calls"]).columns, [Column::Name, Column::Calls]);
    assert_eq!(summary(&["-c", "-O", "1.5ms"]).overhead, Some(Duration::from_micros(1500)));
}

#[test]
fn tampering() {
    let inject = config(&["-e", "inject=read:error=EINTR:when=2+", "--fault=write"]).inject;
    let outcomes: Vec<_> = inject.iter().map(|rule| rule.outcome).collect();
    assert_eq!(outcomes, [Some(InjectOutcome::Error(4)), Some(InjectOutcome::Error(38))]);
    assert!(inject[0].when.holds(3) && !inject[0].when.holds(1));
}

#[test]
fn remarks() {
    let remarks = |options: &[&str]| resolve(options).1;
    let idle = remarks(&["-c", "-y", "-T", "-t", "-r", "-N", "-n", "-i"]);
    let options: Vec<_> = idle.iter().map(|remark| &remark[..2]).collect();
    assert_eq!(options, ["-i", "-n", "-N", "-r", "-t", "-T", "-y"]);
    assert_eq!(remarks(&["-F"]), ["option -F is deprecated, please use -f/--follow-forks instead"]);
    assert_eq!(remarks(&["-Ff"]), ["deprecated option -F ignored"]);
    assert_eq!(remarks(&["-A"]), ["-A/--output-append-mode has no effect without -o/--output"]);
    assert_eq!(
        remarks(&["-z", "-Z"]),
        ["Only the last of -z/--successful-only/-Z/--failed-only options will take effect. \
          See status qualifier for more complex filters."]
    );
    assert_eq!(
        remarks(&["-e", "inject=read:retval=-1"]),
        ["Inadvertent injection of error 1 is possible for retval=18446744073709551615"]
    );
}

#[test]
fn help_and_version_stop_at_once_and_last() {
    let parse = |arguments: &[&str]| {
        let mut args = Args::new(&class_of);
        let arguments: Vec<_> = arguments.iter().map(OsString::from).collect();
        args.parse(&arguments).map(|()| (args.help, args.version))
    };
    assert_eq!(parse(&["-h", "--foo"]), Ok((true, false)));
    assert_eq!(parse(&["-V", "x"]), Ok((false, true)));
    assert!(parse(&["-V", "--foo"]).is_err());
}
