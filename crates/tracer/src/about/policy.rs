//! What the SELinux policy says that the contexts of files should be: its `file_contexts`, as text.
//!
//! A line is a regular expression for whole paths, a kind of file unless it is for all, and a context or `<<none>>`
//! (`file_contexts(5)`, `selabel_file(5)`). Of those that match, one without special characters is preferred, and
//! then the last. The expressions are Perl's; those of the policies in use are POSIX's as well, and one that is not is
//! passed over.

use crate::filter::Regex;
use std::cell::OnceCell;
use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::path::Path;

/// The expected contexts of files.
#[derive(Default)]
pub(super) struct Policy {
    /// Prefixes of paths that stand for others: `/run` for `/var/run`.
    aliases: Vec<(String, String)>,
    /// The most important last.
    specs: Vec<Spec>,
    /// What has been found for a path and a kind of file: a place in `specs`.
    known: HashMap<(String, u32), Option<usize>>,
}

/// How many answers are remembered.
const REMEMBERED: usize = 1024;

/// A line of `file_contexts`.
struct Spec {
    pattern: String,
    /// Directories that each path begins with which matches: spares most comparisons.
    stem: usize,
    /// The pattern is the path.
    is_exact: bool,
    /// `S_IFDIR` and the like; `None` for all.
    kind: Option<u32>,
    /// `None` for a file that shall have none.
    context: Option<String>,
    /// The pattern compiled, once it is needed; `None` in it if that can't be done.
    regex: OnceCell<Option<Regex>>,
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy").field("specs", &self.specs.len()).finish_non_exhaustive()
    }
}

impl Policy {
    /// Reads the files of the policy that is in use; what can't be read is as if it were empty. `root` is where
    /// SELinux has its configuration, `/etc/selinux`.
    pub(super) fn load(root: &Path) -> Policy {
        let config = fs::read_to_string(root.join("config")).unwrap_or_default();
        let named = config.lines().find_map(|line| line.trim_start().strip_prefix("SELINUXTYPE="));
        let files = root.join(named.map_or("targeted", str::trim)).join("contexts/files");
        let read = |name| fs::read_to_string(files.join(name)).unwrap_or_default();
        let aliases = ["file_contexts.subs_dist", "file_contexts.subs"].map(read);
        let specs = ["file_contexts", "file_contexts.homedirs", "file_contexts.local"].map(read);
        Policy::parse(&aliases.join("\n"), &specs.join("\n"))
    }

    fn parse(aliases: &str, specs: &str) -> Policy {
        let pair = |line: &str| {
            let mut words = words(line);
            Some((words.next()?.to_owned(), words.next()?.to_owned()))
        };
        let mut specs: Vec<Spec> = specs.lines().filter_map(Spec::parse).collect();
        specs.sort_by_key(|spec| spec.is_exact);
        Policy { aliases: aliases.lines().filter_map(pair).collect(), specs, known: HashMap::new() }
    }

    /// The context that a file should have, by its path and its mode.
    pub(super) fn context(&mut self, path: &str, mode: u32) -> Option<&str> {
        let kind = mode & libc::S_IFMT;
        let wanted = (path.to_owned(), kind);
        let found = match self.known.get(&wanted) {
            Some(&found) => found,
            None => {
                let path = self.resolve(path);
                let found = self.specs.iter().rposition(|spec| spec.matches(&path, kind));
                if self.known.len() >= REMEMBERED {
                    self.known.clear();
                }
                self.known.insert(wanted, found);
                found
            }
        };
        self.specs[found?].context.as_deref()
    }

    /// The path that one stands for.
    fn resolve(&self, path: &str) -> String {
        let replaced = self.aliases.iter().find_map(|(alias, original)| {
            let rest = path.strip_prefix(alias.as_str())?;
            (rest.is_empty() || rest.starts_with('/')).then(|| format!("{original}{rest}"))
        });
        replaced.unwrap_or_else(|| path.to_owned())
    }
}

impl Spec {
    fn parse(line: &str) -> Option<Spec> {
        let mut words = words(line);
        let (pattern, second) = (words.next()?, words.next()?);
        let (kind, context) = match words.next() {
            Some(context) => (Some(kind(second)?), context),
            None => (None, second),
        };
        let special = pattern.find(['.', '^', '$', '?', '*', '+', '|', '[', '(', '{', '\\']);
        Some(Spec {
            pattern: pattern.to_owned(),
            stem: pattern[..special.unwrap_or(pattern.len())].rfind('/').map_or(0, |slash| slash + 1),
            is_exact: special.is_none(),
            kind,
            context: (context != "<<none>>").then(|| context.to_owned()),
            regex: OnceCell::new(),
        })
    }

    fn matches(&self, path: &str, kind: u32) -> bool {
        if self.kind.is_some_and(|own| own != kind) || !path.starts_with(&self.pattern[..self.stem]) {
            return false;
        }
        if self.is_exact {
            return self.pattern == path;
        }
        let regex = self.regex.get_or_init(|| Regex::new(&format!("^({})$", self.pattern)).ok());
        regex.as_ref().is_some_and(|regex| regex.is_match(path))
    }
}

/// The words of a line that is no remark.
fn words(line: &str) -> impl Iterator<Item = &str> {
    let line = if line.trim_start().starts_with('#') { "" } else { line };
    line.split_ascii_whitespace()
}

/// The kind of file that a line is for.
fn kind(word: &str) -> Option<u32> {
    Some(match word {
        "--" => libc::S_IFREG,
        "-d" => libc::S_IFDIR,
        "-l" => libc::S_IFLNK,
        "-c" => libc::S_IFCHR,
        "-b" => libc::S_IFBLK,
        "-p" => libc::S_IFIFO,
        "-s" => libc::S_IFSOCK,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPECS: &str = "\
# A remark
/.*\tsystem_u:object_r:default_t:s0
/usr/(.*/)?bin(/.*)?  system_u:object_r:bin_t:s0
/usr/bin/passwd  --  system_u:object_r:passwd_exec_t:s0
/usr/bin/p.*  --  system_u:object_r:p_exec_t:s0
/tmp/.*  <<none>>
/var/run(/.*)?  -d  system_u:object_r:var_run_t:s0
/broken(  system_u:object_r:broken_t:s0
";

    #[test]
    fn the_most_important_line_that_matches() {
        let mut policy = Policy::parse("/run /var/run\n", SPECS);
        let mut of = |path, mode| {
            policy.context(path, mode).map(|context| context.split(':').nth(2).unwrap().to_owned())
        };
        let (file, directory) = (libc::S_IFREG | 0o644, libc::S_IFDIR | 0o755);
        for _ in 0..2 {
            assert_eq!(of("/usr/local/bin/x", file).as_deref(), Some("bin_t"));
            assert_eq!(of("/usr/bin/passwd", file).as_deref(), Some("passwd_exec_t"));
            assert_eq!(of("/usr/bin/passwd", directory).as_deref(), Some("bin_t"));
            assert_eq!(of("/usr/bin/ps", file).as_deref(), Some("p_exec_t"));
            assert_eq!(of("/tmp/x", file), None);
            assert_eq!(of("/run/x", directory).as_deref(), Some("var_run_t"));
            assert_eq!(of("/running", directory).as_deref(), Some("default_t"));
            assert_eq!(of("/broken(", file).as_deref(), Some("default_t"));
        }
        assert_eq!(Policy::default().context("/", directory), None);
    }

    #[test]
    fn a_policy_that_is_not_there_says_nothing() {
        assert_eq!(Policy::load(Path::new("/nonexistent")).context("/etc/passwd", libc::S_IFREG), None);
    }
}
