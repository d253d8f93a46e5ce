//! What is traced: loops that do nothing but call the kernel, and programs as people run them.

use super::options::Options;
use super::target::Target::{self, Cpu, Free, Native, Wall};
use super::tracers::{Role, Tracer};
use crate::{Result, debian};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A command, and the options with which it is traced.
pub(super) struct Workload {
    pub(super) name: &'static str,
    /// What it is, for the table.
    pub(super) about: String,
    /// What stands before the tracer, or before the command where there is none.
    pub(super) before: &'static [&'static str],
    /// The options of the tracer, as strace has them.
    pub(super) options: &'static [&'static str],
    pub(super) command: Vec<String>,
    /// Where it runs.
    pub(super) folder: PathBuf,
    /// How many runs make a measurement, so that short ones can be told apart.
    pub(super) times: u32,
    /// Whether strax without colocation is measured as well.
    pub(super) free: bool,
    pub(super) targets: &'static [Target],
}

impl Workload {
    /// The command alone.
    pub(super) fn untraced(&self) -> Vec<String> {
        self.preceded(self.command.clone())
    }

    /// The command under a tracer, with its trace in `file`; `None` if the tracer can't do what is asked for.
    pub(super) fn traced(&self, tracer: &Tracer, file: &Path) -> Option<Vec<String>> {
        let measured = tracer.role != Role::Free || self.free;
        if measured { Some(self.preceded(tracer.run(self.options, &self.command, file)?)) } else { None }
    }

    fn preceded(&self, command: Vec<String>) -> Vec<String> {
        self.before.iter().map(|&word| word.to_owned()).chain(command).collect()
    }
}

/// What the workloads' programs are made from.
const PROGRAMS: [(&str, &str); 6] = [
    ("getppid", include_str!("programs/getppid.c")),
    ("files", include_str!("programs/files.c")),
    ("reader", include_str!("programs/reader.c")),
    ("two_threads", include_str!("programs/two_threads.c")),
    ("threads", include_str!("programs/threads.c")),
    ("processes", include_str!("programs/processes.c")),
];

/// The workloads' own programs, compiled into a folder.
pub(super) struct Programs {
    folder: PathBuf,
    /// Whether 32-bit programs can be made.
    has_32_bits: bool,
}

impl Programs {
    /// Compiles all of them.
    ///
    /// # Errors
    /// There is no C compiler, or nowhere to write to.
    pub(super) fn compile(folder: &Path) -> Result<Programs> {
        let compile = |name: &str, source: &Path, flags: &[&str]| {
            let mut cc = Command::new("cc");
            cc.args(["-O1", "-pthread"]).args(flags).arg("-o").arg(folder.join(name)).arg(source);
            cc
        };
        for (name, source) in PROGRAMS {
            let file = folder.join(format!("{name}.c"));
            std::fs::write(&file, source)?;
            debian::run(&mut compile(name, &file, &[]))?;
        }
        let has_32_bits =
            compile("getppid32", &folder.join("getppid.c"), &["-m32"]).output()?.status.success();
        Ok(Programs { folder: folder.to_owned(), has_32_bits })
    }

    /// The command that runs one of them.
    pub(super) fn command(&self, name: &str, args: &[u32]) -> Vec<String> {
        let program = self.folder.join(name).display().to_string();
        std::iter::once(program).chain(args.iter().map(u32::to_string)).collect()
    }
}

/// A small project in C for `make`, and a repository for `git`.
fn project(folder: &Path) -> Result<PathBuf> {
    let project = folder.join("project");
    std::fs::create_dir_all(&project)?;
    let mut makefile = String::from("all:");
    for i in 0..10 {
        makefile += &format!(" f{i}.o");
        std::fs::write(project.join(format!("f{i}.c")), source_file(i))?;
    }
    std::fs::write(project.join("Makefile"), makefile + "\n%.o: %.c\n\t$(CC) -O2 -c -o $@ $<\n")?;
    for args in [&["init", "-q"][..], &["add", "."]] {
        debian::run(Command::new("git").args(args).current_dir(&project))?;
    }
    Ok(project)
}

/// A file that a compiler is busy with for as long as with a small one of a real project.
fn source_file(n: u32) -> String {
    let mut text = String::from("#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n");
    for i in 0..40 {
        text += &format!(
            "int f{n}_{i}(const char *s, int n) {{\n    int sum = {i};\n    for (int i = 0; i < n; i++)\n        \
             sum += s[i] * {n} + (int) strlen(s);\n    return printf(\"%d\\n\", sum);\n}}\n"
        );
    }
    text
}

/// A shell script whose processes are short, and talk to each other.
const PIPELINES: &str = "for i in $(seq 100); do echo $i | cat | wc -c; done >/dev/null";

/// The bounds on wall clock where a lone tracee is followed.
const CHEAP: &[Target] = &[Wall(0.25), Cpu(0.7)];
/// The bounds on what runs in parallel.
const PARALLEL: &[Target] = &[Wall(1.0), Free(1.03)];
/// The bounds on short processes, few at a time.
const SHORT: &[Target] = &[Free(1.03)];

/// All workloads of whole runs; what they need is made in `folder`.
///
/// # Errors
/// What they need can't be made.
pub(super) fn workloads(folder: &Path, programs: &Programs, options: &Options) -> Result<Vec<Workload>> {
    let project = project(folder)?;
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let new = |name, about: &str, options, command| Workload {
        name,
        about: about.to_owned(),
        before: &[],
        options,
        command,
        folder: folder.to_owned(),
        times: 1,
        free: false,
        targets: &[],
    };
    let find = || words("find /usr/include");
    let storm = options.storm;
    let full = &["-f", "-tt", "-T", "-y", "-v"];
    let mut all = vec![
        Workload {
            free: true,
            targets: &[Wall(0.2), Cpu(0.7)],
            ..new("getppid", "20,000 calls of getppid", &[], programs.command("getppid", &[20_000]))
        },
        Workload {
            before: &["taskset", "-c", "0"],
            targets: &[Wall(1.0), Cpu(0.7)],
            ..new("one-cpu", "the same, all on one CPU", &[], programs.command("getppid", &[20_000]))
        },
        Workload { targets: CHEAP, ..new("find", "`find /usr/include`", &[], find()) },
        Workload { targets: CHEAP, ..new("find-f", "`find /usr/include`", &["-f"], find()) },
        Workload { targets: CHEAP, ..new("find-full", "`find /usr/include`", full, find()) },
        Workload { targets: CHEAP, ..new("find-c", "`find /usr/include`", &["-c"], find()) },
        Workload {
            targets: CHEAP,
            ..new(
                "tar",
                "`tar cf FILE /usr/include/linux`",
                &["-f"],
                words("tar cf archive /usr/include/linux"),
            )
        },
        Workload {
            folder: project.clone(),
            times: 5,
            free: true,
            targets: &[Wall(0.25), Free(1.03)],
            ..new("git-status", "`git status`", &["-f"], words("git status"))
        },
        Workload {
            targets: &[Native(1.3)],
            ..new(
                "openat",
                "20,000 reads, 10 files opened",
                &["-f", "-e", "trace=openat"],
                programs.command("reader", &[20_000]),
            )
        },
        Workload {
            folder: project,
            free: true,
            targets: PARALLEL,
            ..new("make", "`make -j2` of 10 files", &["-f"], words("make -B -j2"))
        },
        Workload {
            free: true,
            targets: PARALLEL,
            ..new(
                "two-threads",
                "two threads, computing and calling",
                &["-f"],
                programs.command("two_threads", &[]),
            )
        },
        Workload {
            times: 10,
            targets: &[Wall(1.0)],
            ..new("true", "`/bin/true`, from start to end", &[], words("/bin/true"))
        },
        new("processes", "500 processes at once", &["-f"], programs.command("processes", &[500, 500])),
        Workload {
            free: true,
            targets: SHORT,
            ..new(
                "storm",
                &format!("{} short processes", thousands(storm)),
                &["-f"],
                programs.command("processes", &[storm, 8]),
            )
        },
        Workload {
            free: true,
            targets: SHORT,
            ..new(
                "pipelines",
                "a shell's loop of 100 pipelines",
                &["-f"],
                ["sh", "-c", PIPELINES].map(str::to_owned).to_vec(),
            )
        },
    ];
    if programs.has_32_bits {
        let command = programs.command("getppid32", &[10_000]);
        all.insert(2, new("32-bit", "10,000 calls of a 32-bit program", &[], command));
    } else {
        eprintln!("There is no compiler for 32-bit programs.");
    }
    Ok(all)
}

/// A number as people write it.
pub(super) fn thousands(n: u32) -> String {
    if n < 1000 { n.to_string() } else { format!("{},{:03}", n / 1000, n % 1000) }
}
