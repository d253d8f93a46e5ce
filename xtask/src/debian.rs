//! `cargo xtask fetch`: what the other tasks read, downloaded from the Debian archive and unpacked.
//!
//! Nothing is installed. apt runs with private configurations, derived from the machine's own sources with the
//! suite replaced, so that mirrors and keys are the ones the machine already trusts. Everything lives in one
//! folder, [`cache`], and each part of it appears in one rename: what exists is complete, and is not made again
//! (delete a part, or all of it, to have it fetched anew).
//!
//! | in the cache | what |
//! |---|---|
//! | `linux-libc-dev/` | the UAPI headers of all architectures: `include/{linux,asm-generic,…}`, `include/<triplet>/asm` |
//! | `linux/` | the part of the kernel's source that facts come from ([`SOURCE_MEMBERS`]) |
//! | `oracle/root/` | strace 7.2, its manual pages, and the libraries it needs |
//! | `oracle/bin/strace` | runs that strace ([`build_launcher`]) |
//! | `strace-6.1/` | source package of stable's strace, for its test suite |
//! | `VERSIONS` | `package version` of each binary package, one per line |
//! | `apt/<suite>/`, `packages/` | the private apt state, and the packages as downloaded |

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Result;

/// The suite that has Linux 7.2's headers and strace 7.2.
const UNSTABLE: &str = "sid";
/// The suite whose strace source package is the conformance suite.
const STABLE: &str = "bookworm";
/// The package of the UAPI headers.
const HEADERS: &str = "linux-libc-dev";

/// Members of the kernel's source worth keeping: syscall tables, headers, and the directories that define system
/// calls (`SYSCALL_DEFINE` gives arguments their names).
const SOURCE_MEMBERS: [&str; 22] = [
    "Makefile",
    "COPYING",
    "scripts/syscall.tbl",
    "include",
    "arch/*/entry/syscalls",
    "arch/*/kernel/syscalls",
    "arch/*/include/uapi",
    "arch/*/tools/*.tbl",
    "arch/arm64/*.[ch]",
    "arch/riscv/*.[ch]",
    "arch/x86/*.[ch]",
    "block/*.[ch]",
    "drivers/char/random.c",
    "drivers/pci/syscall.c",
    "fs/*.[ch]",
    "io_uring/*.[ch]",
    "ipc/*.[ch]",
    "kernel/*.[ch]",
    "mm/*.[ch]",
    "net/*.[ch]",
    "security/*.[ch]",
    "virt/*.[ch]",
];

/// The folder that holds what was fetched: `$STRAX_CACHE`, else `$XDG_CACHE_HOME/strax`, else `~/.cache/strax`.
pub(crate) fn cache() -> Result<PathBuf> {
    let var = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    var("STRAX_CACHE")
        .or_else(|| Some(var("XDG_CACHE_HOME")?.join("strax")))
        .or_else(|| Some(var("HOME")?.join(".cache/strax")))
        .ok_or_else(|| "none of STRAX_CACHE, XDG_CACHE_HOME and HOME is set".into())
}

/// `cargo xtask fetch`: makes whatever the cache lacks.
pub(crate) fn fetch(args: &[String]) -> Result<()> {
    if !args.is_empty() {
        return Err("usage: cargo xtask fetch".into());
    }
    let cache = cache()?;
    make(&cache.join("linux-libc-dev"), |out| unpack_headers(&cache, out))?;
    make(&cache.join("linux"), |out| unpack_kernel_source(&cache, out))?;
    oracle()?;
    suite_source()?;
    make(&cache.join("VERSIONS"), |out| versions(&cache, out))?;
    println!("{}", cache.display());
    Ok(())
}

/// The program that runs strace 7.2, made if the cache lacks it.
pub(crate) fn oracle() -> Result<PathBuf> {
    let cache = cache()?;
    let (root, program) = (cache.join("oracle/root"), cache.join("oracle/bin/strace"));
    make(&root, |out| unpack_oracle(&cache, out))?;
    make(&program, |out| build_launcher(&root, out))?;
    Ok(program)
}

/// The folder of the conformance suite's source package, made if the cache lacks it.
pub(crate) fn suite_source() -> Result<PathBuf> {
    let cache = cache()?;
    let folder = cache.join("strace-6.1");
    make(&folder, |out| unpack_suite_source(&cache, out))?;
    Ok(folder)
}

/// Runs `build` on a temporary neighbour of `path`, then renames it to `path`; does nothing where `path` exists. Of
/// several processes that want it at once one builds, and the others wait.
fn make(path: &Path, build: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    if path.exists() {
        return Ok(());
    }
    let parent = path.parent().ok_or("no parent folder")?;
    fs::create_dir_all(parent)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // apt's lists and the downloaded packages are shared: one lock for the whole cache.
    let lock = File::create(cache()?.join(".lock"))?;
    lock.lock()?;
    if path.exists() {
        return Ok(());
    }
    let partial = parent.join(format!(".{name}.{}", std::process::id()));
    eprintln!("fetch: {}", path.display());
    let outcome = build(&partial).and_then(|()| Ok(fs::rename(&partial, path)?));
    if outcome.is_err() {
        let _ = fs::remove_dir_all(&partial);
        let _ = fs::remove_file(&partial);
    }
    outcome
}

fn unpack_headers(cache: &Path, out: &Path) -> Result<()> {
    let deb = Apt::new(cache, UNSTABLE)?.download(HEADERS)?;
    let root = out.with_extension("root");
    unpack(&deb, &root)?;
    fs::create_dir_all(out)?;
    fs::rename(root.join("usr/include"), out.join("include"))?;
    // Since 6.11 the architectures' headers stand in a tree of their own, reached through links.
    if root.join("usr/lib").exists() {
        fs::rename(root.join("usr/lib"), out.join("lib"))?;
    }
    Ok(fs::remove_dir_all(root)?)
}

fn unpack_kernel_source(cache: &Path, out: &Path) -> Result<()> {
    let apt = Apt::new(cache, UNSTABLE)?;
    let package = newest_kernel_source(&apt.search("^linux-source-[0-9]")?)
        .ok_or_else(|| format!("{UNSTABLE} has no linux-source package"))?;
    let deb = apt.download(&package)?;
    fs::create_dir_all(out)?;
    let mut fsys = Command::new("dpkg-deb").arg("--fsys-tarfile").arg(deb).stdout(Stdio::piped()).spawn()?;
    let mut inner = Command::new("tar")
        .args(["-xO", &format!("./usr/src/{package}.tar.xz")])
        .stdin(fsys.stdout.take().ok_or("no pipe from dpkg-deb")?)
        .stdout(Stdio::piped())
        .spawn()?;
    let mut extract = Command::new("tar");
    extract.args(["-xJ", "--strip-components=1", "--wildcards", "-C"]).arg(out);
    extract.args(SOURCE_MEMBERS.map(|member| format!("{package}/{member}")));
    run(extract.stdin(inner.stdout.take().ok_or("no pipe from tar")?))?;
    inner.wait()?;
    fsys.wait()?;
    Ok(())
}

/// The `linux-source-X.Y` of the highest version among `packages`.
fn newest_kernel_source(packages: &[String]) -> Option<String> {
    let version = |package: &String| -> Option<(u32, u32)> {
        let (major, minor) = package.strip_prefix("linux-source-")?.split_once('.')?;
        Some((major.parse().ok()?, minor.parse().ok()?))
    };
    packages
        .iter()
        .filter(|package| version(package).is_some())
        .max_by_key(|package| version(package))
        .cloned()
}

fn unpack_oracle(cache: &Path, out: &Path) -> Result<()> {
    let apt = Apt::new(cache, UNSTABLE)?;
    for package in apt.closure("strace")? {
        unpack(&apt.download(&package)?, out)?;
    }
    Ok(())
}

/// Compiles `oracle_launcher.c` to start the strace under `root` as if it were installed.
fn build_launcher(root: &Path, out: &Path) -> Result<()> {
    let define = |name: &str, path: &str| {
        let paths: Vec<_> = path.split(':').map(|path| root.join(path).display().to_string()).collect();
        format!("-D{name}=\"{}\"", paths.join(":"))
    };
    let source = out.with_extension("c");
    fs::write(&source, include_str!("oracle_launcher.c"))?;
    run(Command::new("gcc")
        .args(["-O2", "-o"])
        .arg(out)
        .arg(&source)
        .arg(define("LOADER", "usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"))
        .arg(define("LIBRARY_PATH", "usr/lib/x86_64-linux-gnu:lib/x86_64-linux-gnu"))
        .arg(define("STRACE", "usr/bin/strace")))?;
    Ok(fs::remove_file(source)?)
}

fn unpack_suite_source(cache: &Path, out: &Path) -> Result<()> {
    let work = out.with_extension("work");
    fs::create_dir_all(&work)?;
    run(Apt::new(cache, STABLE)?
        .command("apt-get")
        .args(["--quiet", "source", "strace"])
        .current_dir(&work))?;
    fs::rename(work.join("strace-6.1"), out)?;
    Ok(fs::remove_dir_all(work)?)
}

fn versions(cache: &Path, out: &Path) -> Result<()> {
    let mut lines = Vec::new();
    for entry in fs::read_dir(cache.join("packages"))? {
        let deb = entry?.path();
        if deb.extension() == Some(OsStr::new("deb")) {
            let show = ["--show", "--showformat=${Package} ${Version}\n"];
            lines.push(output(Command::new("dpkg-deb").args(show).arg(deb))?);
        }
    }
    lines.sort();
    Ok(fs::write(out, lines.concat())?)
}

fn unpack(deb: &Path, out: &Path) -> Result<()> {
    run(Command::new("dpkg-deb").arg("--extract").arg(deb).arg(out))
}

/// apt with a private configuration: one suite, its own lists, nothing installed.
struct Apt {
    state: PathBuf,
    packages: PathBuf,
}

impl Apt {
    /// Writes the configuration of `suite`, and brings its package lists up to date.
    fn new(cache: &Path, suite: &str) -> Result<Self> {
        let apt = Self { state: cache.join("apt").join(suite), packages: cache.join("packages") };
        for folder in ["cache/archives/partial", "lists/partial"] {
            fs::create_dir_all(apt.state.join(folder))?;
        }
        fs::create_dir_all(&apt.packages)?;
        fs::write(apt.state.join("status"), "")?;
        fs::write(apt.state.join("sources.list"), sources(Path::new("/etc/apt"), suite)?)?;
        run(apt.command("apt-get").args(["--quiet", "--error-on=any", "update"]))?;
        Ok(apt)
    }

    fn command(&self, tool: &str) -> Command {
        let mut command = Command::new(tool);
        let mut option = |name: &str, value: &dyn std::fmt::Display| {
            command.arg("-o").arg(format!("{name}={value}"));
        };
        option("Dir::Etc::SourceList", &self.state.join("sources.list").display());
        option("Dir::Etc::SourceParts", &"/dev/null");
        option("Dir::Etc::Preferences", &"/dev/null");
        option("Dir::Etc::PreferencesParts", &"/dev/null");
        option("Dir::State::Lists", &self.state.join("lists").display());
        option("Dir::State::Status", &self.state.join("status").display());
        option("Dir::Cache", &self.state.join("cache").display());
        // The cache folder need not be readable by apt's unprivileged user.
        option("APT::Sandbox::User", &"root");
        command.env("LC_ALL", "C");
        command
    }

    /// Names of the packages that match the regular expression `pattern`.
    fn search(&self, pattern: &str) -> Result<Vec<String>> {
        let text = output(self.command("apt-cache").args(["search", "--names-only", pattern]))?;
        Ok(text.lines().filter_map(|line| line.split(' ').next()).map(String::from).collect())
    }

    /// `package` and all it depends on.
    fn closure(&self, package: &str) -> Result<Vec<String>> {
        let only_depends = [
            "--recurse",
            "--no-recommends",
            "--no-suggests",
            "--no-conflicts",
            "--no-breaks",
            "--no-replaces",
        ];
        let mut command = self.command("apt-cache");
        let text = output(command.arg("depends").args(only_depends).args(["--no-enhances", package]))?;
        // Dependencies are indented below the package that has them; alternatives of a virtual package are in <>.
        Ok(text.lines().filter(|line| !line.starts_with([' ', '<'])).map(String::from).collect())
    }

    /// Downloads `package` unless it is there; the path of the archive.
    fn download(&self, package: &str) -> Result<PathBuf> {
        if let Some(deb) = self.downloaded(package)? {
            return Ok(deb);
        }
        run(self.command("apt-get").args(["--quiet", "download", package]).current_dir(&self.packages))?;
        self.downloaded(package)?.ok_or_else(|| format!("apt-get downloaded no {package}").into())
    }

    fn downloaded(&self, package: &str) -> Result<Option<PathBuf>> {
        let prefix = format!("{package}_");
        for entry in fs::read_dir(&self.packages)? {
            let entry = entry?;
            let name = entry.file_name();
            if name.to_string_lossy().starts_with(&prefix) && name.to_string_lossy().ends_with(".deb") {
                return Ok(Some(entry.path()));
            }
        }
        Ok(None)
    }
}

/// One archive that apt is configured to use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Source {
    uris: Vec<String>,
    suites: Vec<String>,
    components: Vec<String>,
    signed_by: Option<String>,
}

impl Source {
    /// Whether this is the distribution's main archive, and neither its security archive nor a third party's:
    /// a plain suite name of Debian's, the component `main`, and the archive's root folder `debian`.
    fn is_debian(&self) -> bool {
        const SUITES: [&str; 8] =
            ["bullseye", "bookworm", "trixie", "forky", "sid", "stable", "testing", "unstable"];
        let suite = self.suites.iter().any(|suite| SUITES.contains(&suite.as_str()));
        let root = self.uris.iter().all(|uri| uri.trim_end_matches('/').ends_with("/debian"));
        suite && root && self.components.iter().any(|component| component == "main")
    }

    /// The lines of a `sources.list` that select `suite` of this archive.
    fn lines(&self, suite: &str) -> String {
        let options = self.signed_by.as_ref().map(|key| format!("[signed-by={key}] ")).unwrap_or_default();
        let line =
            |uri: &String| format!("deb {options}{uri} {suite} main\ndeb-src {options}{uri} {suite} main\n");
        self.uris.iter().map(line).collect()
    }
}

/// The machine's own Debian sources (`sources.list` and `sources.list.d` below `etc`), for `suite` instead.
///
/// # Errors
///
/// Where the machine has no Debian archive configured.
fn sources(etc: &Path, suite: &str) -> Result<String> {
    let mut files = vec![etc.join("sources.list")];
    if let Ok(parts) = fs::read_dir(etc.join("sources.list.d")) {
        files.extend(parts.filter_map(|entry| Some(entry.ok()?.path())));
    }
    files.sort();
    let mut found = Vec::new();
    for file in files.iter().filter(|file| file.exists()) {
        match file.extension().and_then(OsStr::to_str) {
            Some("list") => found.extend(fs::read_to_string(file)?.lines().filter_map(one_line)),
            Some("sources") => found.extend(deb822(&fs::read_to_string(file)?)),
            _ => {}
        }
    }
    // Lists may repeat an archive for each of its suites.
    let mut lines = String::new();
    for source in found.iter().filter(|source| source.is_debian()).map(|source| source.lines(suite)) {
        if !lines.contains(&source) {
            lines += &source;
        }
    }
    if lines.is_empty() { Err("apt has no Debian archive among its sources".into()) } else { Ok(lines) }
}

/// Parses a line of a classic `sources.list`: `deb [option=value…] URI SUITE COMPONENT…`.
fn one_line(line: &str) -> Option<Source> {
    let line = line.trim().strip_prefix("deb ")?.trim_start();
    let (options, rest) = match line.strip_prefix('[') {
        Some(line) => line.split_once(']')?,
        None => ("", line),
    };
    let signed_by = options.split_whitespace().find_map(|option| option.strip_prefix("signed-by="));
    let mut words = rest.split('#').next()?.split_whitespace().map(String::from);
    Some(Source {
        uris: vec![words.next()?],
        suites: vec![words.next()?],
        components: words.collect(),
        signed_by: signed_by.map(String::from),
    })
}

/// Parses a deb822 `.sources` file: paragraphs of `Field: value`, `#` comments, continuation lines indented.
fn deb822(text: &str) -> Vec<Source> {
    let text: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let paragraphs = text.split(|line| line.trim().is_empty());
    paragraphs.filter_map(deb822_paragraph).collect()
}

fn deb822_paragraph(lines: &[&str]) -> Option<Source> {
    let field = |name: &str| -> Option<Vec<String>> {
        let is_field =
            |line: &&str| line.split_once(':').is_some_and(|(key, _)| key.eq_ignore_ascii_case(name));
        let start = lines.iter().position(is_field)?;
        let more = lines[start + 1..].iter().take_while(|line| line.starts_with([' ', '\t']));
        let first = lines[start].split_once(':')?.1;
        Some(
            std::iter::once(&first)
                .chain(more)
                .flat_map(|part| part.split_whitespace())
                .map(String::from)
                .collect(),
        )
    };
    if field("Enabled").is_some_and(|value| value.iter().any(|word| word == "no")) {
        return None;
    }
    // A key given inline spans lines and is no file name; apt's default keys serve then.
    let signed_by = field("Signed-By").filter(|words| words.iter().all(|word| word.starts_with('/')));
    field("Types")?.contains(&"deb".to_owned()).then_some(())?;
    Some(Source {
        uris: field("URIs")?,
        suites: field("Suites")?,
        components: field("Components")?,
        signed_by: signed_by.map(|words| words.join(",")),
    })
}

/// Runs a command to its end.
///
/// # Errors
///
/// When it cannot be started, or fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().map_err(|error| format!("{}: {error}", command.get_program().display()))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{}: {status}", command.get_program().display()).into())
    }
}

/// Runs a command to its end; what it wrote to its standard output.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let program = command.get_program().display().to_string();
    let output = command.stderr(Stdio::inherit()).output().map_err(|error| format!("{program}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{program}: {}", output.status).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classic_line() {
        let source =
            one_line("deb [arch=amd64 signed-by=/k.gpg] http://example.net/debian bookworm main # x");
        let source = source.expect("a source");
        assert!(source.is_debian());
        assert!(
            source.lines("sid").starts_with("deb [signed-by=/k.gpg] http://example.net/debian sid main\n")
        );
        assert_eq!(one_line("# deb http://example.net/debian bookworm main"), None);
    }

    #[test]
    fn deb822_file() {
        let text = "Types: deb\n# comment\nURIs: http://example.net/debian\nSuites: bookworm\n bookworm-updates\n\
                    Components: main\nSigned-By: /k.gpg\n\nTypes: deb\nURIs: http://example.net/debian-security\n\
                    Suites: bookworm-security\nComponents: main\n\nEnabled: no\nTypes: deb\nURIs: http://x/debian\n\
                    Suites: sid\nComponents: main\n";
        let sources = deb822(text);
        assert_eq!(sources.len(), 2);
        assert_eq!(sources[0].suites, ["bookworm", "bookworm-updates"]);
        assert_eq!(sources.iter().map(Source::is_debian).collect::<Vec<_>>(), [true, false]);
    }

    #[test]
    fn third_parties_are_left_out() {
        for line in
            ["deb http://example.net/debian bookworm stable", "deb http://example.net/apt bookworm main"]
        {
            assert!(!one_line(line).expect("a source").is_debian());
        }
    }

    #[test]
    fn newest_source_package() {
        let packages = ["linux-source-7.2", "linux-source-6.12", "linux-source-7.10", "linux-source"];
        assert_eq!(newest_kernel_source(&packages.map(String::from)).as_deref(), Some("linux-source-7.10"));
    }
}
