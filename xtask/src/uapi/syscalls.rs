//! Syscall tables: numbers and names from the kernel's `.tbl` files, argument names from its `SYSCALL_DEFINE`s.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::abi::Abi;
use super::{Generated, HEADER, Inputs};
use crate::Result;

/// Set in x32 numbers as the tracee passes them.
const X32_SYSCALL_BIT: u32 = 0x4000_0000;

pub(super) fn generate(inputs: &Inputs) -> Result<Vec<Generated>> {
    let definitions = Definitions::read(&inputs.linux)?;
    Abi::ALL
        .iter()
        .map(|&abi| {
            let table = table(inputs, abi)?;
            check_against_headers(inputs, abi, &table)?;
            Ok((format!("src/generated/{}.rs", abi.module()), render(abi, &table, &definitions)?))
        })
        .collect()
}

/// One line of a `.tbl` file.
struct Row {
    nr: u32,
    name: String,
    /// The kernel function that is called, such as `sys_openat`; `None` for numbers kept free.
    entry: Option<String>,
}

/// The file of an ABI's table, and which values of its second column the ABI takes.
///
/// Source of the values: `syscall_abis_*` in `scripts/Makefile.asm-headers` and `arch/*/kernel/Makefile.syscalls`,
/// and for x86 `arch/x86/entry/syscalls/Makefile`; [`check_against_headers`] would notice a change.
fn table_file(abi: Abi) -> (&'static str, &'static [&'static str]) {
    match abi {
        Abi::X86_64 => ("arch/x86/entry/syscalls/syscall_64.tbl", &["common", "64"]),
        Abi::X32 => ("arch/x86/entry/syscalls/syscall_64.tbl", &["common", "x32"]),
        Abi::I386 => ("arch/x86/entry/syscalls/syscall_32.tbl", &["i386"]),
        Abi::Aarch64 => ("scripts/syscall.tbl", &["common", "64", "renameat", "rlimit", "memfd_secret"]),
        Abi::Riscv64 => ("scripts/syscall.tbl", &["common", "64", "riscv", "rlimit", "memfd_secret"]),
    }
}

fn table(inputs: &Inputs, abi: Abi) -> Result<Vec<Row>> {
    let (file, columns) = table_file(abi);
    let text = fs::read_to_string(inputs.linux.join(file))?;
    let mut rows = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [nr, column, name, ref entry @ ..] = words[..] else { continue };
        if columns.contains(&column) {
            let bit = if abi == Abi::X32 { X32_SYSCALL_BIT } else { 0 };
            let entry = entry.first().map(|&entry| entry.to_owned());
            rows.push(Row { nr: nr.parse::<u32>()? | bit, name: name.to_owned(), entry });
        }
    }
    rows.sort_by_key(|row| row.nr);
    Ok(rows)
}

/// Fails unless the table has just the numbers that the ABI's UAPI header gives to user space.
fn check_against_headers(inputs: &Inputs, abi: Abi, table: &[Row]) -> Result<()> {
    let file = match abi {
        Abi::I386 => "unistd_32.h",
        Abi::X32 => "unistd_x32.h",
        _ => "unistd_64.h",
    };
    let path = inputs.headers.join("lib/linux/uapi").join(abi.arch()).join("asm").join(file);
    let text = fs::read_to_string(path)?;
    let headers: BTreeSet<(u32, &str)> = text
        .lines()
        .filter_map(|line| {
            let (name, value) = line.strip_prefix("#define __NR_")?.split_once(' ')?;
            let number = value.trim_matches(['(', ')']).strip_prefix("__X32_SYSCALL_BIT + ");
            let bit = if number.is_some() { X32_SYSCALL_BIT } else { 0 };
            Some((number.unwrap_or(value).parse::<u32>().ok()? | bit, name))
        })
        .collect();
    let table: BTreeSet<(u32, &str)> = table.iter().map(|row| (row.nr, row.name.as_str())).collect();
    match table.symmetric_difference(&headers).next() {
        None => Ok(()),
        Some(difference) => Err(format!("{abi:?}: the table and {file} disagree on {difference:?}").into()),
    }
}

fn render(abi: Abi, table: &[Row], definitions: &Definitions) -> Result<String> {
    let mut text = String::from(HEADER);
    text += "use crate::SyscallEntry;\n\n/// The system calls, by number.\npub(crate) static SYSCALLS: &[SyscallEntry] = &[\n";
    for Row { nr, name, entry } in table {
        let args = match entry {
            Some(entry) => definitions.args(abi, entry)?,
            None => Vec::new(),
        };
        let nr = if abi == Abi::X32 { format!("{nr:#x}") } else { nr.to_string() };
        writeln!(text, "    SyscallEntry {{ nr: {nr}, name: {name:?}, args: &{args:?} }},")?;
    }
    text += "];\n";
    Ok(text)
}

/// A definition of a system call in the kernel's source.
struct Definition {
    file: PathBuf,
    args: Vec<String>,
}

/// All definitions by the name of the function they define, such as `compat_sys_openat`.
struct Definitions(HashMap<String, Vec<Definition>>);

/// Functions that tables name and nothing defines any more.
const GONE: [(&str, &[&str]); 2] = [("sys_ni_syscall", &[]), ("sys_uselib", &["library"])];

/// Functions that several configurations define with different arguments, and that no rule of [`Definitions::args`]
/// decides between; an ABI's module name, or `""` for all others.
///
/// Source: `CONFIG_CLONE_BACKWARDS` (`kernel/fork.c`) is set on i386, arm64 and riscv, and not on x86-64;
/// `CONFIG_OLD_SIGSUSPEND3` (`kernel/signal.c`) is set on x86.
const CHOICES: [(&str, &str, &[&str]); 4] = [
    ("sys_clone", "x86_64", &["clone_flags", "newsp", "parent_tidptr", "child_tidptr", "tls"]),
    ("sys_clone", "x32", &["clone_flags", "newsp", "parent_tidptr", "child_tidptr", "tls"]),
    ("sys_clone", "", &["clone_flags", "newsp", "parent_tidptr", "tls", "child_tidptr"]),
    ("sys_sigsuspend", "", &["unused1", "unused2", "mask"]),
];

impl Definitions {
    fn read(linux: &Path) -> Result<Self> {
        let mut found: HashMap<String, Vec<Definition>> = HashMap::new();
        let mut folders = vec![linux.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder)? {
                let path = entry?.path();
                if path.is_dir() && !path.is_symlink() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "c") {
                    let text = String::from_utf8_lossy(&fs::read(&path)?).into_owned();
                    for (function, args) in definitions(&text) {
                        let file = path.strip_prefix(linux)?.to_owned();
                        found.entry(function).or_default().push(Definition { file, args });
                    }
                }
            }
        }
        Ok(Self(found))
    }

    /// The argument names of the function that serves a system call on `abi`.
    fn args(&self, abi: Abi, function: &str) -> Result<Vec<&str>> {
        let mut distinct: BTreeMap<Vec<&str>, &Path> = BTreeMap::new();
        for definition in self.candidates(abi, function) {
            let args = definition.args.iter().map(String::as_str).collect();
            distinct.entry(args).or_insert(&definition.file);
        }
        let choice = |module| CHOICES.iter().find(|choice| choice.0 == function && choice.1 == module);
        if let Some((.., choice)) = choice(abi.module()).or_else(|| choice("")) {
            distinct.retain(|args, _| args == choice);
        }
        match (distinct.len(), GONE.iter().find(|gone| gone.0 == function)) {
            (0, Some((_, args))) => Ok(args.to_vec()),
            (0, None) => Err(format!("{abi:?}: no definition of {function}").into()),
            (1, _) => Ok(distinct.pop_first().map_or_else(Vec::new, |(args, _)| args)),
            _ => Err(format!("{abi:?}: {function} is defined in several ways: {distinct:?}").into()),
        }
    }

    /// The definitions of a function that may be the one in a kernel for `abi`: the architecture's own if there is
    /// one, else the common ones. Those for user-mode Linux and for machines without an MMU are none. On 32-bit
    /// machines `SYSCALL32_DEFINE` goes before `SYSCALL_DEFINE`.
    fn candidates(&self, abi: Abi, function: &str) -> Vec<&Definition> {
        let own = Path::new("arch").join(abi.arch());
        let function32 = function.replacen("sys_", "sys32_", 1);
        let all = (self.0.get(&function32).filter(|_| abi == Abi::I386)).or_else(|| self.0.get(function));
        let usable = |definition: &&Definition| {
            let file = &definition.file;
            let other_machine =
                file.starts_with("arch") && !file.starts_with(&own) || file.starts_with(own.join("um"));
            !other_machine && !file.ends_with("nommu.c")
        };
        let (own, common): (Vec<_>, Vec<_>) = all
            .into_iter()
            .flatten()
            .filter(usable)
            .partition(|definition| definition.file.starts_with(&own));
        if own.is_empty() { common } else { own }
    }
}

/// The function name and the argument names of every `SYSCALL_DEFINEn(name, type, arg, …)` in a source file.
fn definitions(text: &str) -> Vec<(String, Vec<String>)> {
    const DEFINE: &str = "_DEFINE";
    let mut found = Vec::new();
    for (at, _) in text.match_indices(DEFINE) {
        let start = text[..at].rfind(|c: char| !c.is_ascii_alphanumeric() && c != '_').map_or(0, |i| i + 1);
        // SYSCALL_DEFINE3, COMPAT_SYSCALL_DEFINE3, SYSCALL32_DEFINE3; not their own #define.
        let prefix = match &text[start..at] {
            "SYSCALL" => "sys_",
            "SYSCALL32" => "sys32_",
            "COMPAT_SYSCALL" => "compat_sys_",
            _ => continue,
        };
        let rest = &text[at + DEFINE.len()..];
        let Some(arity) = rest.bytes().next().filter(u8::is_ascii_digit) else { continue };
        let Some(inner) = rest[1..].strip_prefix('(').and_then(balanced) else { continue };
        let parts = split_arguments(&strip_comments(inner));
        if let Some((name, pairs)) = parts.split_first() {
            let args = argument_names(pairs);
            if pairs.is_empty() == (arity == b'0') {
                found.push((format!("{prefix}{name}"), args));
            }
        }
    }
    found
}

/// Names in a list of alternating types and names. `SC_ARG64(x)` and `compat_arg_u64_dual(x)` stand for two pairs, the
/// halves of a 64-bit value.
fn argument_names(mut parts: &[String]) -> Vec<String> {
    let mut names = Vec::new();
    while let Some((first, rest)) = parts.split_first() {
        let dual = ["SC_ARG64(", "compat_arg_u64_dual("].iter().find_map(|prefix| first.strip_prefix(prefix));
        if let Some(name) = dual {
            names.extend(["lo", "hi"].map(|half| format!("{}_{half}", name.trim_end_matches(')'))));
            parts = rest;
        } else {
            names.extend(rest.first().cloned());
            parts = rest.get(1..).unwrap_or_default();
        }
    }
    names
}

/// What stands before the parenthesis that closes the one just before `text`.
fn balanced(text: &str) -> Option<&str> {
    let mut depth = 1;
    let end = text.find(|c| {
        depth += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        depth == 0
    })?;
    Some(&text[..end])
}

fn split_arguments(text: &str) -> Vec<String> {
    let mut depth = 0;
    let parts = text.split(|c| {
        depth += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        c == ',' && depth == 0
    });
    parts.map(|part| part.trim().to_owned()).collect()
}

fn strip_comments(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("/*") {
        out += before;
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_in_a_source_file() {
        let text = "#define SYSCALL_DEFINEx(x) 1\nSYSCALL_DEFINE0(getpid)\n{ return f(); }\n\
                    SYSCALL_DEFINE3(read, unsigned int, fd, char __user *, buf, /* n, m */ size_t, count)\n\
                    COMPAT_SYSCALL_DEFINE2(truncate64, const char __user *, path, compat_arg_u64_dual(len))\n";
        let expected = [
            ("sys_getpid", vec![]),
            ("sys_read", vec!["fd", "buf", "count"]),
            ("compat_sys_truncate64", vec!["path", "len_lo", "len_hi"]),
        ];
        let found = definitions(text);
        let found: Vec<_> = found
            .iter()
            .map(|(f, a)| (f.as_str(), a.iter().map(String::as_str).collect::<Vec<_>>()))
            .collect();
        assert_eq!(found, expected);
    }
}
