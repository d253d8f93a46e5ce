//! What the manual page says besides the options.

/// A section: its title and its paragraphs.
type Prose = &'static [(&'static str, &'static [&'static str])];

/// What stands before the options.
pub(super) const BEFORE: Prose = &[
    ("NAME", &["strax - trace system calls and signals"]),
    (
        "SYNOPSIS",
        &[
            "`strax` [_OPTION_]... [`--`] _PROG_ [_ARGS_]",
            "`strax` [_OPTION_]... `-p` _PID_ [_PROG_ [_ARGS_]]",
            "`strax --merge` _PREFIX_",
        ],
    ),
    (
        "DESCRIPTION",
        &[
            "strax runs the program _PROG_, or attaches to the process _PID_, and writes down every system \
             call that it makes, with arguments and result, every signal that it gets, and how it ends. The \
             program need not be prepared for it: no source, no recompilation, no special rights over one's own \
             processes. It is for the moment when a program hangs, fails or misbehaves and doesn't say why.",
            "Its options, its text and its exit status are those of strace 7.2, in whose place it can be used. \
             What it adds, such as `--format=json`, is among the options below.",
            "Options end at the first argument that is none. Long options may be abbreviated as long as they \
             are told apart.",
        ],
    ),
    (
        "OUTPUT",
        &[
            "Each line is one event: a call, a signal, or a change in the life of a process. A call has its \
             name, its arguments, and behind the `=` what it returned:",
            "    openat(AT_FDCWD, \"/dev/null\", O_RDONLY) = 3",
            "One that failed has -1, the name of the error, and what that means:",
            "    openat(AT_FDCWD, \"/nowhere\", O_RDONLY) = -1 ENOENT (No such file or directory)",
            "A `?` stands for a result that is not known, because the call never returned. What the returned \
             number means may follow in parentheses, as the descriptors that poll(2) found ready.",
            "Arguments are shown by what they mean. Strings are cut after 32 bytes (`-s`), with `...` behind \
             them. Flags are joined by `|`. Structs are in braces with the names of their members, and `...` for \
             those that matter less (`-v`). Arrays are in brackets. Where memory can't be read, and where the call \
             has failed and not filled it, the pointer itself is shown. A value that the call has changed is \
             `[`_OLD_` => `_NEW_`]`. Sets of signals are `[INT TERM]`, without SIG, or `~[`...`]` for all but those.",
            "When a process is inside a call while another one has something to tell, the line is broken off \
             and taken up again later:",
            "    [pid 28772] select(4, [3], NULL, NULL, NULL <unfinished ...>\n    \
             [pid 28779] clock_gettime(CLOCK_REALTIME, {tv_sec=1130322148, tv_nsec=3977000}) = 0\n    \
             [pid 28772] <... select resumed>)      = 1 (in [3])",
            "A signal is a line between `---`, with what the kernel says of it; the end of a process one \
             between `+++`:",
            "    --- SIGINT {si_signo=SIGINT, si_code=SI_USER, si_pid=28772, si_uid=1000} ---\n    \
             +++ killed by SIGINT +++",
            "A call that a signal has interrupted and that will be taken up again returns one of the kernel's \
             own errors, such as ERESTARTSYS, which the process itself doesn't see.",
        ],
    ),
];

/// What stands behind the options.
pub(super) const AFTER: Prose = &[
    (
        "SETS AND EXPRESSIONS",
        &[
            "The value of many options is a set: names with commas between them, `all`, or `none`. A `!` in \
             front turns the set around: `!read,write` is all but those two. (Some shells want it quoted.) The \
             last option of a kind wins.",
            "In a set of calls a name is one of these:",
            "- _NAME_: this call, such as `openat`; or its number",
            "- `/`_REGEX_: calls whose names match an extended regular expression, such as `/^(p|)read`",
            "- `%`_CLASS_: the calls of a class",
            "- `?`_NAME_: this call, and no error if there is none of that name",
            "- _NAME_`@64`, _NAME_`@32`, _NAME_`@x32`: the call of one ABI only",
            "The classes:",
            "- `%file`: takes the name of a file",
            "- `%desc`: has to do with a descriptor",
            "- `%process`: begins, ends or waits for a process",
            "- `%network` (`%net`): has to do with the network",
            "- `%signal`: has to do with signals",
            "- `%ipc`: has to do with System V IPC",
            "- `%memory`: maps memory",
            "- `%creds`: reads or changes ids and capabilities",
            "- `%clock`: reads or changes a clock of the system",
            "- `%pure`: always succeeds and has no arguments",
            "- `%stat`, `%lstat`, `%fstat`, `%statfs`, `%fstatfs`: variants of one call; `%%stat` and \
             `%%statfs` are all variants that ask about files and about file systems",
            "An expression of `-e` is _OPTION_`=`_SET_, where _OPTION_ is `trace`, `signal`, `status`, \
             `trace-fds`, `abbrev`, `verbose`, `raw`, `read`, `write`, `quiet`, `decode-fds`, `decode-pids`, \
             `inject`, `fault` or another that is listed above. Without it, the set is of calls to trace.",
        ],
    ),
    (
        "EXIT STATUS",
        &[
            "strax ends as the command ends: with the same exit status, and if a signal killed it, by the same \
             signal. Without a command, where it was only attached, it is 0. Errors of strax's own, such as an \
             option that it doesn't know or a process that it may not attach to, are told on standard error, and \
             the exit status is 1.",
        ],
    ),
    (
        "ENVIRONMENT",
        &[
            "- `PATH`: where _PROG_ is looked for if it has no slash",
            "- `NO_COLOR`: if it is set, there are no colours unless `--color=always` is given",
            "- `TERM`: terminals called `dumb` get no colours",
            "- `STRACE_COLORS`: colours, as _KEY_`=`_CODE_ with colons between them; a code is what stands in an \
             SGR escape sequence, such as `1;34`",
            "The keys and their codes by default are `syscall=33` (the call's name), `argname=39` (names of \
             arguments and members), `argval=35` (their values), `call=33` (functions such as `htons`), `const=34` \
             (constants and flags), `comment=36`, `punct=0` (what stands between values), `retval=32`, and \
             `error=31`. Neither case nor blanks around keys and codes matter, and what is malformed is ignored.",
        ],
    ),
    (
        "FILES",
        &[
            "This page and completions for shells come out of the program itself:",
            "    strax --generate=man > /usr/local/share/man/man1/strax.1\n    \
             strax --generate=complete-bash > /etc/bash_completion.d/strax\n    \
             strax --generate=complete-zsh > /usr/local/share/zsh/site-functions/_strax\n    \
             strax --generate=complete-fish > ~/.config/fish/completions/strax.fish",
        ],
    ),
    (
        "JSON",
        &[
            "With `--format=json` each line is an object with a `type`: `syscall`, `signal`, `exited`, `killed` \
             and others. A call has its `name`, `number`, `abi`, the `pid`, its `args` by name, and `return`, or \
             `error` if it failed. Flags and constants are objects with `value` and `names`; what could not be read \
             is an address. The file `docs/strax.schema.json` of the sources is the schema.",
            "    strax --format=json -o trace.jsonl -e trace=openat cat /dev/null",
        ],
    ),
    (
        "EXAMPLES",
        &[
            "Which files does it look for and not find?",
            "    strax -f -Z -e trace=%file PROG",
            "It hangs. Where? (CTRL-C lets go of it.)",
            "    strax -f -p PID",
            "What does it say over the network?",
            "    strax -f -yy -s 200 -e trace=%network PROG",
            "Where does the time go?",
            "    strax -c -f PROG\n    strax -T -r -e 'trace=!%memory' PROG",
            "A file for each process, and all of them in the order of time:",
            "    strax -ff -tt -o trace PROG\n    strax --merge trace",
            "What if the disk is full?",
            "    strax -f -e inject=write:error=ENOSPC:when=3+ PROG",
            "What becomes of a slow network?",
            "    strax -f -e inject=connect,recvfrom:delay_exit=200ms PROG",
        ],
    ),
    (
        "NOTES",
        &[
            "A traced program runs slower, most of all one that makes many calls; `--seccomp-bpf` helps where \
             few of them matter. Set-user-ID programs run without their privileges while they are traced, unless \
             the tracer is root. A program that is traced can't be traced by another at the same time.",
        ],
    ),
    (
        "SEE ALSO",
        &["strace(1), ltrace(1), perf-trace(1), gdb(1), ptrace(2), syscalls(2), seccomp(2), proc(5)"],
    ),
];
