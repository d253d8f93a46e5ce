//! What is traced: loops that do nothing but call the kernel, and programs as people run them.

use crate::{Result, debian};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A command, and the options with which it is traced.
pub(super) struct Workload {
    pub(super) name: &'static str,
    pub(super) options: &'static [&'static str],
    pub(super) command: Vec<String>,
    pub(super) folder: PathBuf,
}

impl Workload {
    /// How the table calls it.
    pub(super) fn title(&self) -> String {
        let mut words = vec![self.name];
        words.extend(self.options);
        words.join(" ")
    }
}

/// A loop of calls that cost the kernel next to nothing.
const GETPPID: &str = "
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(int argc, char **argv) {
    for (long i = argc > 1 ? atol(argv[1]) : 50000; i > 0; i--)
        syscall(SYS_getppid);
}
";

/// Two threads that compute and call the kernel, as a server does.
const THREADS: &str = "
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>
static void *work(void *arg) {
    volatile unsigned long sum = 0;
    for (int i = 0; i < 400; i++) {
        for (int j = 0; j < 1000000; j++)
            sum += j;
        syscall(SYS_getppid);
    }
    return arg;
}
int main(void) {
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], 0, work, 0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], 0);
}
";

fn compile(folder: &Path, name: &str, source: &str, flags: &[&str]) -> Result<String> {
    let (source_path, program) = (folder.join(format!("{name}.c")), folder.join(name));
    std::fs::write(&source_path, source)?;
    debian::run(
        Command::new("cc").args(["-O1", "-pthread"]).args(flags).arg("-o").arg(&program).arg(&source_path),
    )?;
    Ok(program.display().to_string())
}

/// A small project for `make` and a repository for `git`.
fn project(folder: &Path) -> Result<PathBuf> {
    let project = folder.join("project");
    std::fs::create_dir_all(&project)?;
    let mut makefile = String::from("all:");
    for i in 0..8 {
        makefile += &format!(" f{i}.o");
        std::fs::write(
            project.join(format!("f{i}.c")),
            format!("#include <stdio.h>\nint f{i}(void) {{ return {i}; }}\n"),
        )?;
    }
    std::fs::write(project.join("Makefile"), makefile + "\n%.o: %.c\n\tcc -c -o $@ $<\n")?;
    for args in [&["init", "-q"][..], &["add", "."]] {
        debian::run(Command::new("git").args(args).current_dir(&project))?;
    }
    Ok(project)
}

/// All workloads; what they need is made in `folder`.
pub(super) fn workloads(folder: &Path) -> Result<Vec<Workload>> {
    let getppid = compile(folder, "getppid", GETPPID, &[])?;
    let threads = compile(folder, "threads", THREADS, &[])?;
    let project = project(folder)?;
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let workload =
        |name, options, command, folder: &Path| Workload { name, options, command, folder: folder.into() };
    let find = || words("find /usr/include");
    let mut all = vec![
        workload("getppid", &[][..], vec![getppid.clone()], folder),
        workload("find", &[], find(), folder),
        workload("find", &["-f", "-tt", "-T", "-y", "-v"], find(), folder),
        workload("find", &["-c"], find(), folder),
        workload("find", &["-f", "-e", "trace=openat"], find(), folder),
        workload("tar", &["-f"], words("tar cf /dev/null /usr/include/linux"), folder),
        workload("git status", &["-f"], words("git status"), &project),
        workload("make -j2", &["-f"], words("make -B -j2"), &project),
        workload("two threads", &["-f"], vec![threads], folder),
        workload("true", &[], words("/bin/true"), folder),
    ];
    if let Ok(getppid32) = compile(folder, "getppid32", GETPPID, &["-m32"]) {
        all.insert(1, workload("getppid, 32-bit", &[], vec![getppid32], folder));
    }
    Ok(all)
}
