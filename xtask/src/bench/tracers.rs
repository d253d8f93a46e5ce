//! The tracers that are compared, and how each is told what to do.

use crate::{Result, debian, strax};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How a tracer is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Language {
    /// With strace's options.
    Strace,
    /// `perf trace`.
    Perf,
    /// `lurk`.
    Lurk,
}

/// What a tracer is here for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// It is strax as it is by default.
    Strax,
    /// It is what strax is measured against.
    Reference,
    /// It is strax without colocation: where parallelism is compared.
    Free,
    /// Just to know.
    Other,
}

/// A tracer.
#[derive(Clone, Debug)]
pub(super) struct Tracer {
    pub(super) name: String,
    pub(super) role: Role,
    path: PathBuf,
    language: Language,
    options: &'static [&'static str],
}

impl Tracer {
    /// The command that runs another under this tracer, with its trace in `file`; `None` if the tracer has no such
    /// options, which are in strace's words.
    pub(super) fn run(&self, options: &[&str], command: &[String], file: &Path) -> Option<Vec<String>> {
        let mut words = vec![self.path.display().to_string()];
        words.extend(self.options.iter().map(|&option| option.to_owned()));
        words.extend(self.translate(options)?);
        words.extend([self.file_option().to_owned(), file.display().to_string()]);
        words.extend(command.iter().cloned());
        Some(words)
    }

    fn file_option(&self) -> &'static str {
        match self.language {
            Language::Strace | Language::Perf => "-o",
            Language::Lurk => "--file",
        }
    }

    /// strace's options in the tracer's own words.
    fn translate(&self, options: &[&str]) -> Option<Vec<String>> {
        let words: Vec<&str> = match (self.language, options) {
            (Language::Strace, _) => options.to_vec(),
            // It follows forks unless it is told not to.
            (Language::Perf, []) => vec!["--no-inherit"],
            (Language::Perf, ["-f"]) => vec![],
            (Language::Perf, ["-c"]) => vec!["--no-inherit", "-s"],
            (Language::Perf, ["-f", "-e", "trace=openat"]) => vec!["-e", "openat"],
            (Language::Lurk, [] | ["-f"]) => options.to_vec(),
            (Language::Lurk, ["-c"]) => vec!["--summary-only"],
            (Language::Lurk, ["-f", "-e", "trace=openat"]) => vec!["-f", "--expr", "trace=openat"],
            (Language::Perf | Language::Lurk, _) => return None,
        };
        Some(words.into_iter().map(str::to_owned).collect())
    }
}

/// The tracers that there are, strace 7.2 first; strax is built first if `build` says so. Tells of those that are
/// left out.
///
/// # Errors
/// Neither strax nor strace 7.2 can do without.
pub(super) fn tracers(build: bool) -> Result<Vec<Tracer>> {
    let strax = strax::release(build)?;
    let strace =
        |name: String, role, path| Tracer { name, role, path, language: Language::Strace, options: &[] };
    let mut tracers = vec![strace("strace 7.2".to_owned(), Role::Reference, debian::oracle()?)];
    match find("strace") {
        Some(path) => tracers.push(strace(format!("strace {}", version(&path, "-V")), Role::Other, path)),
        None => eprintln!("There is no strace of the machine's own."),
    }
    match find("perf") {
        Some(path) if may_trace(&path) => tracers.push(Tracer {
            name: "perf trace".to_owned(),
            role: Role::Other,
            path,
            language: Language::Perf,
            options: &["trace"],
        }),
        Some(_) => eprintln!("perf trace is not allowed here, and left out."),
        None => eprintln!("There is no perf."),
    }
    match find("lurk") {
        Some(path) => tracers.push(Tracer {
            name: format!("lurk {}", version(&path, "--version")),
            role: Role::Other,
            path,
            language: Language::Lurk,
            options: &[],
        }),
        None => eprintln!("There is no lurk."),
    }
    let free = strace("strax --colocate=never".to_owned(), Role::Free, strax.clone());
    tracers.push(Tracer { options: &["--colocate=never"], ..free });
    tracers.push(strace("strax".to_owned(), Role::Strax, strax));
    Ok(tracers)
}

/// A program's path, if it is installed.
pub(super) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// The first word with a digit in what a program says of its version.
fn version(path: &Path, option: &str) -> String {
    let output = Command::new(path).arg(option).stderr(Stdio::null()).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let number = text.split_ascii_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    number.unwrap_or_default().to_owned()
}

fn may_trace(perf: &Path) -> bool {
    let output = Command::new(perf).args(["trace", "-o", "/dev/null", "true"]).output();
    output.is_ok_and(|output| output.status.success())
}
