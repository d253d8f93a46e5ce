//! How tracees are followed and let go.

use super::{Flag, Hint, Section, Value, choose, text, valid};
use crate::error::{Error, quoting};
use tracer::config::{Colocate, Daemonize, Interruptible, Keeping};
use tracer::filter::unsigned;

const NEW: Flag = Flag { section: Section::Tracing, ..Flag::NEW };

pub(super) static FLAGS: &[Flag] = &[
    Flag {
        short: Some(b'b'),
        long: &["detach-on"],
        value: Value::Required("execve"),
        help: &["let go of a process that calls execve"],
        forms: &[(
            "-b ptrace, --detach-on=ptrace",
            &["let go of a thread that a debugger or tracer in the trace is", "about to trace"],
        )],
        apply: |args, given| {
            let name = given.value.unwrap_or_default();
            match name.as_encoded_bytes() {
                b"execve" => args.detach_on_execve = true,
                b"ptrace" => args.detach_on_ptrace = true,
                _ => {
                    let mut message = quoting("Syscall", name);
                    message.push(" for -b isn't supported");
                    return Err(Error::failure(message));
                }
            }
            Ok(())
        },
        hint: Hint::Words(&["execve", "ptrace"]),
        manual: &[
            "Lets go of a process as soon as it executes another program with execve(2); the call itself \
                is still shown. Of use to trace what a program does until it hands over to the next.",
            "A thread has one tracer at most, so that debuggers, tracers and leak checkers fail among \
                tracees. With `-b ptrace` they work: a tracee is let go of, with a line that says why, \
                before it asks its parent to trace it (`PTRACE_TRACEME`), and before another tracee attaches \
                to it (`PTRACE_ATTACH`, `PTRACE_SEIZE`), which waits for that, a second at most. A process \
                that makes a child with `CLONE_UNTRACED`, as leak checkers do to be traced by it, is let go \
                of as a whole. What was let go of is not traced again. Both forms can be given.",
        ],
        ..NEW
    },
    Flag {
        short: Some(b'D'),
        long: &["daemonize", "daemonised", "daemonized"],
        value: Value::Optional("grandchild"),
        help: &["trace from a grandchild, so that the command is the child of", "the calling process"],
        forms: &[
            ("-DD, --daemonize=pgroup", &["and put the tracer into a process group of its own"]),
            ("-DDD, --daemonize=session", &["and put the tracer into a session of its own"]),
        ],
        apply: |args, given| {
            if given.name == crate::getopt::Name::Short(b'D') {
                args.daemonize_count += 1;
                return Ok(());
            }
            let ways = [
                ("grandchild", Daemonize::Grandchild),
                ("pgroup", Daemonize::ProcessGroup),
                ("pgrp", Daemonize::ProcessGroup),
                ("session", Daemonize::Session),
            ];
            args.daemonize = Some(match given.value {
                None => Daemonize::Grandchild,
                Some(_) => valid(given, choose(text(given)?, &ways))?,
            });
            Ok(())
        },
        hint: Hint::Words(&["grandchild", "pgroup", "session"]),
        manual: &["Makes the tracer a grandchild of the calling process, so that the command is its child \
                directly, as it would be without strax; waiting for it and its process id then mean what \
                they would mean. The forms with `pgroup` and `session` take the tracer out of the process \
                group and the session too, so that no signal that the terminal sends to those reaches it."],
        ..NEW
    },
    Flag {
        short: Some(b'f'),
        long: &["follow-forks"],
        help: &["trace the processes and threads that tracees create"],
        forms: &[(
            "-ff, --follow-forks --output-separately",
            &["and write the trace of each into a file of its own"],
        )],
        apply: |args, given| {
            match given.name {
                crate::getopt::Name::Short(_) => args.follow_count += 1,
                _ => args.follow = true,
            }
            Ok(())
        },
        manual: &[
            "Traces also the processes and threads that tracees create with fork(2), vfork(2) and \
                clone(2). Lines then say which process they belong to. With `-p` it means all threads of the \
                process, not only the one with that id, and those that are yet to come.",
            "Twice, together with `-o` _FILE_, each process gets a file of its own, _FILE_`.`_PID_. \
                `strax --merge` _FILE_ puts such files together again.",
        ],
        ..NEW
    },
    Flag {
        short: Some(b'F'),
        help: &["deprecated: twice is as -f"],
        apply: |args, _| {
            args.vfork_count += 1;
            Ok(())
        },
        manual: &[
            "An old name of `-f`, from times when following vfork(2) was another matter. Don't use it: \
                given once it has no effect besides a remark.",
        ],
        ..NEW
    },
    Flag {
        short: Some(b'I'),
        long: &["interruptible"],
        value: Value::Required("WHEN"),
        help: &[
            "when a signal such as that of CTRL-C ends the trace:",
            "1, anywhere:   at any time",
            "2, waiting:    not while a call is decoded (default)",
            "3, never:      never (default with -o FILE and a command)",
            "4, never_tstp: never, nor does CTRL-Z stop it (default with -D)",
        ],
        apply: |args, given| {
            let times = [
                ("anywhere", Interruptible::Anywhere),
                ("always", Interruptible::Anywhere),
                ("waiting", Interruptible::Waiting),
                ("never", Interruptible::Never),
                ("never_tstp", Interruptible::NeverTstp),
            ];
            let by_number = || match unsigned(text(given).ok()?, 4)? {
                1 => Some(Interruptible::Anywhere),
                2 => Some(Interruptible::Waiting),
                3 => Some(Interruptible::Never),
                4 => Some(Interruptible::NeverTstp),
                _ => None,
            };
            args.interruptible = Some(valid(given, choose(text(given)?, &times).or_else(by_number))?);
            Ok(())
        },
        hint: Hint::Words(&["1", "anywhere", "2", "waiting", "3", "never", "4", "never_tstp"]),
        manual: &[
            "Chooses when signals that ask strax to end (SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM) are \
                heeded. It lets go of tracees then.",
            "- `anywhere`: at any time, even in the midst of a line",
            "- `waiting`: while it waits for a tracee, so that lines stay whole; this is the default",
            "- `never`: not at all, so that such a signal is a matter of the command alone; the default \
                where a command is run with `-o`",
            "- `never_tstp`: as before, and SIGTSTP (CTRL-Z) doesn't stop it either; the default with \
                `-D`",
            "Other signals that would end strax let go of tracees too, but with `anywhere`, where strax ends on \
                the spot. See `--forward-signals` for signals that are meant for the command.",
        ],
        ..NEW
    },
    Flag {
        long: &["forward-signals"],
        help: &["pass signals that are sent to strax on to the command"],
        apply: |args, _| {
            args.forward_signals = true;
            Ok(())
        },
        manual: &[
            "Passes SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1 and SIGUSR2 on to the command when they are \
                sent to strax, whatever `-I` says. The command ends as it would if it had been sent them \
                itself, its trace goes on until then, and strax ends with its status: so a service manager, \
                or timeout(1), can run the command under strax. What the terminal sends (CTRL-C) is not \
                passed on, since the command gets it from there. Once the command has ended, such a signal \
                ends the trace of what it has left running.",
        ],
        ..NEW
    },
    Flag {
        long: &["kill-on-exit"],
        help: &["kill all tracees if the tracer is killed"],
        apply: |args, _| {
            args.kill_on_exit = true;
            Ok(())
        },
        manual: &[
            "Has the kernel kill all tracees when strax ends for whatever reason, be it killed itself. \
                Without it tracees run on.",
        ],
        ..NEW
    },
    Flag {
        long: &["keeper"],
        value: Value::Required("WHEN"),
        help: &[
            "have a process look after the trace that outlives strax:",
            "auto (default) where it is written to files, or never",
        ],
        apply: |args, given| {
            let when = [("auto", Keeping::Auto), ("never", Keeping::Never)];
            args.keeper = valid(given, choose(text(given)?, &when))?;
            Ok(())
        },
        hint: Hint::Words(&["auto", "never"]),
        manual: &[
            "Chooses whether a small process, `strax-keeper`, stands by. It writes what strax has printed to files \
                within 50 ms, even if strax waits for memory of a tracee that never comes, or is killed by \
                SIGKILL; and then it gives a tracee that shares strax's CPU its own CPUs back. With `never` strax \
                writes everything itself: what it has not yet written when it is killed by SIGKILL is lost.",
        ],
        ..NEW
    },
    Flag {
        long: &["colocate"],
        value: Value::Required("WHEN"),
        help: &[
            "keep tracer and tracee on one CPU, which makes tracing faster:",
            "auto (default) while one tracee does the talking, always, or",
            "never; tracees don't see it",
        ],
        apply: |args, given| {
            let when = [("auto", Colocate::Auto), ("always", Colocate::Always), ("never", Colocate::Never)];
            args.colocate = valid(given, choose(text(given)?, &when))?;
            Ok(())
        },
        hint: Hint::Words(&["auto", "always", "never"]),
        manual: &[
            "Chooses whether strax and its tracee share a CPU. Handing over to the same CPU is several \
                times faster than waking up another one, at the price that the two can't run at once. `auto` \
                does so while a single tracee makes the calls and stops when several run. What tracees see \
                and set as their CPU affinity is theirs all the while.",
        ],
        ..NEW
    },
    Flag {
        long: &["restart-calls"],
        value: Value::Required("WHEN"),
        help: &[
            "make calls again that nothing has interrupted but the tracer or",
            "a signal that the tracee ignores: auto (default) or never",
        ],
        apply: |args, given| {
            args.restart_calls = valid(given, choose(text(given)?, &[("auto", true), ("never", false)]))?;
            Ok(())
        },
        hint: Hint::Words(&["auto", "never"]),
        manual: &[
            "Some calls, such as epoll_wait(2), semop(2), sigtimedwait(2), io_getevents(2) and those of \
                sockets with a time-out, fail with `EINTR` whenever their thread is stopped (signal(7)), and \
                so when a tracer attaches or detaches; and a traced thread is woken by signals that it \
                ignores (`SIGCHLD`, `SIGURG` and `SIGWINCH` unless it has a handler) as it is not when \
                nobody traces it. With `auto` such a call is made again unless another signal is due. Where \
                its end is shown, it is shown as that of a call that is made again \
                (`? ERESTARTNOHAND (To be restarted if no handler)`).",
            "A time-out begins anew with that; a call that has been going on for longer than its time-out \
                fails when it is interrupted again. Other calls that attaching makes fail with `EINTR` are \
                told of in a message. On arm64 and riscv64 a call during which strax attaches still fails, as \
                does one that is not shown. `never` leaves all that to the kernel, as strace does.",
        ],
        ..NEW
    },
];
