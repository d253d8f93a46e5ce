//! Constants: every object-like macro and every enumerator of the headers that is an integer, for each ABI.
//!
//! The preprocessor lists them (`-dD` keeps the `#define`s, enumerators are in the text), and the compiler evaluates
//! them: one object per candidate in a section of its own. Lines it rejects are no integer constants and are dropped.
//!
//! No two headers of Linux 7.2 that can be included together give a name two values, and the generator fails should
//! two ever do. Headers that cannot be included with the others add only the names that those lack. What
//! [`kernel`](super::kernel) takes from the kernel's internal headers comes first, and replaces (`#undef`) what the
//! few headers included before it define.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use object::{Object as _, ObjectSection as _};

use super::compiler::{Compiler, Diagnostic};
use super::{Generated, HEADER};
use crate::Result;

/// The value of each constant of an ABI.
type Values = BTreeMap<String, u64>;

pub(super) fn generate(compilers: &[(Compiler, Vec<String>)]) -> Result<Vec<Generated>> {
    let mut merged: BTreeMap<String, [Option<u64>; 5]> = BTreeMap::new();
    for (compiler, units) in compilers {
        let mut values = Values::new();
        for unit in units {
            for (name, value) in evaluate(compiler, unit)? {
                values.entry(name).or_insert(value);
            }
        }
        for (name, value) in values {
            merged.entry(name).or_default()[compiler.abi as usize] = Some(value);
        }
    }
    Ok(render(&merged))
}

/// A name and the C expression it stands for, without macros.
struct Candidate {
    name: String,
    expression: String,
}

/// Evaluates all constants that a translation unit defines.
fn evaluate(compiler: &Compiler, unit: &str) -> Result<Values> {
    let mut candidates = expand(compiler, unit)?;
    loop {
        match compiler.compile(&objects(unit, &candidates), &["-c", "-fno-toplevel-reorder"])? {
            Ok(object) => {
                let file = object::File::parse(&*object)?;
                let data = file.section_by_name(SECTION).map_or(Ok(&[][..]), |section| section.data())?;
                let values = data
                    .chunks_exact(8)
                    .map(|bytes| u64::from_le_bytes(bytes.try_into().unwrap_or_default()));
                return Ok(candidates.into_iter().map(|candidate| candidate.name).zip(values).collect());
            }
            Err(errors) => {
                let before = candidates.len();
                drop_rejected(&mut candidates, &errors, compiler.source_path(), unit.lines().count() + 1);
                if candidates.len() == before {
                    let error = errors.first().map_or("", |error| &error.message);
                    return Err(format!("{:?}: constants: {error}", compiler.abi).into());
                }
            }
        }
    }
}

/// The section that holds the values, 8 bytes each.
const SECTION: &str = ".strax";

/// Lists the candidates of a translation unit, and has the preprocessor expand them, so that the compiler's complaints
/// about them are not about places in the headers.
fn expand(compiler: &Compiler, unit: &str) -> Result<Vec<Candidate>> {
    const MARK: &str = "strax_candidate";
    let names = candidates(&compiler.preprocess(unit)?, |file| compiler.is_source(file))?;
    let mut source = unit.to_owned();
    // The name in quotes is not expanded.
    for name in &names {
        writeln!(source, "{MARK} \"{name}\" {name}")?;
    }
    let text = compiler.preprocess(&source)?;
    let lines =
        text.lines().filter_map(|line| line.strip_prefix(MARK)?.trim().strip_prefix('"')?.split_once('"'));
    let lines = lines.filter(|(_, expression)| is_expression(expression));
    Ok(lines
        .map(|(name, expression)| Candidate { name: name.into(), expression: expression.trim().into() })
        .collect())
}

/// The translation unit, and after it an object in [`SECTION`] with the value of each candidate, one per line.
fn objects(unit: &str, candidates: &[Candidate]) -> String {
    let mut source = unit.to_owned();
    for (index, Candidate { expression, .. }) in candidates.iter().enumerate() {
        // The enumerator makes an error of what is no integer; conversion by way of a signed type extends signs.
        let _ = writeln!(
            source,
            "enum {{ strax_e{index} = ({expression}) }}; const unsigned long long strax_v{index} \
             __attribute__((section(\"{SECTION}\"), aligned(8))) = (long long)({expression});"
        );
    }
    source
}

/// Drops the candidates whose line has an error, and all that use an identifier that is not declared: the compiler
/// complains of each only once.
fn drop_rejected(candidates: &mut Vec<Candidate>, errors: &[Diagnostic], source: PathBuf, first_line: usize) {
    let here = errors.iter().filter(|error| error.file == source);
    let lines: BTreeSet<usize> = here.filter_map(|error| error.line.checked_sub(first_line)).collect();
    let undeclared: BTreeSet<&str> = errors
        .iter()
        .filter(|error| error.message.contains("undeclared"))
        .filter_map(|error| error.message.split('\'').nth(1))
        .collect();
    let mut index = 0..;
    candidates.retain(|candidate| {
        let mut words = candidate.expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        !index.next().is_some_and(|index| lines.contains(&index))
            && !words.any(|word| undeclared.contains(word))
    });
}

/// Names of the object-like macros and the enumerators in the output of the preprocessor.
///
/// # Errors
///
/// When two headers define a macro differently, and neither undefines it: somebody has to choose then.
fn candidates(text: &str, is_source: impl Fn(&str) -> bool) -> Result<BTreeSet<String>> {
    let mut macros: BTreeMap<&str, &str> = BTreeMap::new();
    let mut code = String::new();
    let mut wanted = false;
    for line in text.lines() {
        if let Some(marker) = line.strip_prefix("# ") {
            wanted = marker.split('"').nth(1).is_some_and(&is_source);
        } else if let Some(name) = line.strip_prefix("#undef ") {
            macros.remove(name);
        } else if let Some(define) = line.strip_prefix("#define ") {
            let (name, body) = define.split_once(' ').unwrap_or((define, ""));
            if wanted && is_name(name) && is_expression(body) {
                let previous = macros.insert(name, body).unwrap_or(body);
                if !previous.split_whitespace().eq(body.split_whitespace()) {
                    return Err(format!("{name} is defined both as {previous} and as {body}").into());
                }
            }
        } else if !line.starts_with('#') && wanted {
            code += line;
            code.push('\n');
        }
    }
    Ok(macros.into_keys().chain(enumerators(&code).filter(|name| is_name(name))).map(String::from).collect())
}

/// Whether a constant of this name is of use: a valid name in C and Rust that is written like a constant, and that is
/// not the mark of a header already included or a syscall number.
fn is_name(name: &str) -> bool {
    let valid = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let guard =
        name.starts_with('_') && (name.ends_with("_H") || name.ends_with("_H_") || name.ends_with("_H__"));
    let constant = name.bytes().any(|b| b.is_ascii_uppercase());
    let header_internal = ["__NR_", "__UAPI_DEF_", "__ASM_"].iter().any(|prefix| name.starts_with(prefix));
    valid && constant && !guard && !header_internal && name != "Self" && name != "NULL"
}

/// Whether the body of a macro can stand for an integer without upsetting what follows it.
fn is_expression(body: &str) -> bool {
    let mut depth = 0i32;
    let balanced = body.bytes().all(|b| {
        depth += i32::from(b == b'(') - i32::from(b == b')');
        depth >= 0
    });
    !body.trim().is_empty() && balanced && depth == 0 && !body.contains(['"', '{', '}', ';', '#'])
}

/// The names of all enumerators in preprocessed C.
fn enumerators(code: &str) -> impl Iterator<Item = &str> {
    let bodies = code.match_indices("enum").filter_map(|(at, keyword)| {
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let rest = &code[at + keyword.len()..];
        if code[..at].ends_with(word) || rest.starts_with(word) {
            return None;
        }
        let open = rest.find(|c: char| !word(c) && !c.is_whitespace() && c != '(' && c != ')')?;
        let body = rest[open..].strip_prefix('{')?;
        Some(&body[..body.find('}')?])
    });
    bodies.flat_map(|body| {
        let mut depth = 0i32;
        let parts = body.split(move |c| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            c == ',' && depth == 0
        });
        parts.filter_map(|part| {
            let name = part.trim_start();
            let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
            Some(&name[..end]).filter(|name| !name.is_empty())
        })
    })
}

/// The files of constants, one per first letter.
fn render(constants: &BTreeMap<String, [Option<u64>; 5]>) -> Vec<Generated> {
    let mut files: BTreeMap<char, String> = ('a'..='z').map(|letter| (letter, String::new())).collect();
    for (name, values) in constants {
        let letter = name.chars().find(char::is_ascii_alphabetic).unwrap_or('z').to_ascii_lowercase();
        let Some(file) = files.get_mut(&letter) else { continue };
        let _ = match values {
            [Some(value), rest @ ..] if rest.iter().all(|other| *other == Some(*value)) => {
                writeln!(file, "    {name} = {};", literal(*value))
            }
            values => {
                let values = values
                    .map(|value| value.map_or("None".into(), |value| format!("Some({})", literal(value))));
                writeln!(file, "    {name} = {} => [{}];", first(&values), values.join(", "))
            }
        };
    }
    let file = |(letter, lines)| {
        let text = format!("{HEADER}constants! {{\n{lines}}}\n");
        (format!("src/generated/consts_{letter}.rs"), text)
    };
    files.into_iter().map(file).collect()
}

/// The value of the first ABI that has one.
fn first(values: &[String; 5]) -> &str {
    values.iter().find_map(|value| value.strip_prefix("Some(")?.strip_suffix(')')).unwrap_or("0")
}

/// Small numbers as people count, others as bits.
fn literal(value: u64) -> String {
    if value < 1024 { value.to_string() } else { format!("{value:#x}") }
}
