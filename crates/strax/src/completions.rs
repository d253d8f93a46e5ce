//! Completions for shells, made from the flag table.
//!
//! A template in each shell's language has what doesn't depend on options; what does is put in its places.

use crate::args::Generate;
use crate::flags::{Flag, Hint, Value, documented};
use uapi::Abi;

/// A shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shell {
    Bash,
    Zsh,
    Fish,
}

impl Shell {
    /// The shell that this asks completions for, if it does.
    pub(crate) fn of(what: Generate) -> Option<Self> {
        match what {
            Generate::Manual => None,
            Generate::Bash => Some(Self::Bash),
            Generate::Zsh => Some(Self::Zsh),
            Generate::Fish => Some(Self::Fish),
        }
    }
}

/// A script for `shell`.
pub(crate) fn script(shell: Shell) -> String {
    let script = match shell {
        Shell::Bash => bash(),
        Shell::Zsh => zsh(),
        Shell::Fish => fish(),
    };
    // Names have letters, digits and underscores, so that no shell takes them for anything else.
    script
        .replace("@CALLS@", &calls())
        .replace("@SIGNALS@", &signals())
        .replace("@ERRORS@", &errors())
        .replace("@PURE@", &pure_calls())
        .replace("@QUALIFIERS@", &qualifiers())
}

fn bash() -> String {
    let valued = |flag: &&Flag| matches!(flag.value, Value::Required(_));
    let values: Vec<String> =
        documented().filter(|flag| flag.hint != Hint::None).filter_map(bash_value).collect();
    let options: Vec<String> = documented().flat_map(options).collect();
    let long: Vec<String> = documented().filter(valued).flat_map(long_names).collect();
    let short: String = documented().filter(valued).filter_map(|flag| flag.short).map(char::from).collect();
    include_str!("completions/bash.template")
        .replace("@VALUES@", &values.join("\n"))
        .replace("@OPTIONS@", &options.join(" "))
        .replace("@LONG_VALUED@", &long.join(" | "))
        .replace("@SHORT_VALUED@", &short)
}

/// The branch for an option's value, `None` if there is nothing to offer.
fn bash_value(flag: &Flag) -> Option<String> {
    let action = match flag.hint {
        Hint::None | Hint::Any => return None,
        Hint::File => r#"_strax_files "$2""#.to_owned(),
        Hint::Pid => r#"_strax_pids "$2""#.to_owned(),
        Hint::User => r#"_strax_offer "$2" $(compgen -u)"#.to_owned(),
        Hint::Variable => r#"_strax_offer "$2" $(compgen -e)"#.to_owned(),
        Hint::Words(words) => format!(r#"_strax_offer "$2" {}"#, words.join(" ")),
        Hint::List(words) => format!(r#"_strax_list "$2" {}"#, words.join(" ")),
        Hint::Calls => r#"_strax_calls "$2""#.to_owned(),
        Hint::Signals => r#"_strax_signals "$2""#.to_owned(),
        Hint::Inject => r#"_strax_inject "$2""#.to_owned(),
        Hint::Expression => r#"_strax_expression "$2""#.to_owned(),
    };
    let short = match flag.value {
        Value::Required(_) => flag.short.map(|letter| format!("-{}", char::from(letter))),
        Value::None | Value::Optional(_) => None,
    };
    let qualifiers = flag.qualifiers.iter().map(|name| format!("'-e {name}'"));
    let names: Vec<String> = short.into_iter().chain(long_names(flag)).chain(qualifiers).collect();
    Some(format!("        {}) {action} ;;", names.join(" | ")))
}

fn long_names(flag: &Flag) -> impl Iterator<Item = String> {
    flag.long.iter().map(|name| format!("--{name}"))
}

/// All ways to write an option, those that want a value with a `=` at their end.
fn options(flag: &Flag) -> Vec<String> {
    let short = flag.short.map(|letter| format!("-{}", char::from(letter)));
    let bare = long_names(flag).filter(|_| !matches!(flag.value, Value::Required(_)));
    let with_value = long_names(flag).filter(|_| flag.value != Value::None).map(|name| name + "=");
    short.into_iter().chain(bare).chain(with_value).collect()
}

fn zsh() -> String {
    let arguments: Vec<String> = documented().flat_map(zsh_arguments).collect();
    let qualified = documented().filter(|flag| !flag.qualifiers.is_empty() && flag.hint != Hint::Any);
    let values: Vec<String> = qualified
        .map(|flag| format!("            {}) {} ;;", flag.qualifiers.join(" | "), zsh_action(flag.hint)))
        .collect();
    include_str!("completions/zsh.template")
        .replace("@ARGUMENTS@\n", &arguments.concat())
        .replace("@QUALIFIER_VALUES@", &values.join("\n"))
}

/// The specifications of an option, a line for each name.
fn zsh_arguments(flag: &'static Flag) -> Vec<String> {
    let help: String = summary(flag)
        .chars()
        .flat_map(|c| match c {
            '[' | ']' | ':' | '\\' => vec!['\\', c],
            '\'' => "'\\''".chars().collect(),
            c => vec![c],
        })
        .collect();
    let action = zsh_action(flag.hint);
    let action = if action.starts_with("compadd ") || action.starts_with("_strax_list ") {
        // An action with arguments of its own, in front of which `_arguments` puts none.
        format!("{{{action}}}")
    } else {
        action
    };
    let value = |optional| match flag.value {
        Value::None => String::new(),
        _ => format!("{optional}:value:{action}"),
    };
    let short = flag.short.map(|letter| {
        let letter = char::from(letter);
        match flag.value {
            Value::Required(_) => format!("'*-{letter}+[{help}]{}'", value("")),
            Value::None | Value::Optional(_) => format!("'*-{letter}[{help}]'"),
        }
    });
    let long = flag.long.iter().map(|name| match flag.value {
        Value::None => format!("'*--{name}[{help}]'"),
        Value::Required(_) => format!("'*--{name}=[{help}]{}'", value("")),
        Value::Optional(_) => format!("'*--{name}=-[{help}]{}'", value(":")),
    });
    short.into_iter().chain(long).map(|specification| format!("        {specification} \\\n")).collect()
}

/// What completes a value in zsh.
fn zsh_action(hint: Hint) -> String {
    match hint {
        Hint::None | Hint::Any => " ".to_owned(),
        Hint::File => "_files".to_owned(),
        Hint::Pid => "_pids".to_owned(),
        Hint::User => "_users".to_owned(),
        Hint::Variable => "_parameters -g \"*export*\"".to_owned(),
        Hint::Words(words) => format!("compadd {}", words.join(" ")),
        Hint::List(words) => format!("_strax_list {}", words.join(" ")),
        Hint::Calls => "_strax_calls".to_owned(),
        Hint::Signals => "_strax_signals".to_owned(),
        Hint::Inject => "_strax_inject".to_owned(),
        Hint::Expression => "_strax_expression".to_owned(),
    }
}

fn fish() -> String {
    let options: Vec<String> = documented().map(fish_option).collect();
    let qualified = documented().filter(|flag| !flag.qualifiers.is_empty() && flag.hint != Hint::Any);
    let values: Vec<String> = qualified
        .map(|flag| {
            let patterns: Vec<String> = flag.qualifiers.iter().map(|name| format!("'{name}=*'")).collect();
            format!("        case {}\n            {}", patterns.join(" "), fish_action(flag.hint))
        })
        .collect();
    let valued = documented().filter(|flag| matches!(flag.value, Value::Required(_)));
    let names: Vec<String> = valued
        .flat_map(|flag| {
            flag.short.map(|letter| format!("-{}", char::from(letter))).into_iter().chain(long_names(flag))
        })
        .collect();
    let clusters: Vec<String> = documented()
        .filter(|flag| matches!(flag.value, Value::Required(_)))
        .filter_map(|flag| flag.short)
        .map(|letter| format!("'-*{}'", char::from(letter)))
        .collect();
    include_str!("completions/fish.template")
        .replace("@QUALIFIER_VALUES@", &values.join("\n"))
        .replace("@OPTIONS@", &options.concat())
        .replace("@VALUED@", &names.join(" "))
        .replace("@SHORT_CLUSTERS@", &clusters.join(" "))
}

fn fish_option(flag: &'static Flag) -> String {
    let mut line = String::from("complete -c strax -n __strax_no_command");
    if let Some(letter) = flag.short {
        line += &format!(" -s {}", char::from(letter));
    }
    for name in flag.long {
        line += &format!(" -l {name}");
    }
    match (flag.value, flag.hint) {
        (Value::None, _) => {}
        (Value::Required(_), Hint::File) => line += " -r -F",
        (Value::Required(_), Hint::Any) => line += " -x",
        (Value::Required(_), hint) => line += &format!(" -x -a '({})'", fish_action(hint)),
        (Value::Optional(_), hint) => line += &format!(" -a '({})'", fish_action(hint)),
    }
    let help = summary(flag).replace('\\', "\\\\").replace('\'', "\\'");
    line + &format!(" -d '{help}'\n")
}

/// What completes a value in fish.
fn fish_action(hint: Hint) -> String {
    match hint {
        Hint::None | Hint::Any | Hint::File => "true".to_owned(),
        Hint::Pid => "__fish_complete_pids".to_owned(),
        Hint::User => "__fish_complete_users".to_owned(),
        Hint::Variable => "set -nx".to_owned(),
        Hint::Words(words) => format!("printf \"%s\\n\" {}", words.join(" ")),
        Hint::List(words) => format!("__strax_list {}", words.join(" ")),
        Hint::Calls => "__strax_calls".to_owned(),
        Hint::Signals => "__strax_signals".to_owned(),
        Hint::Inject => "__strax_inject".to_owned(),
        Hint::Expression => "__strax_expression".to_owned(),
    }
}

/// What an option does, in a line.
fn summary(flag: &'static Flag) -> &'static str {
    let lines = flag.help.iter().chain(flag.forms.iter().flat_map(|(_, help)| *help));
    lines.copied().next().unwrap_or_default().trim_end_matches([',', ';', ':'])
}

/// The names of all calls of this machine, and of classes.
fn calls() -> String {
    const CLASSES: [&str; 19] = [
        "all", "none", "%clock", "%creds", "%desc", "%file", "%fstat", "%fstatfs", "%ipc", "%lstat",
        "%memory", "%net", "%process", "%pure", "%signal", "%stat", "%%stat", "%statfs", "%%statfs",
    ];
    let names = Abi::X86_64.syscalls().iter().map(|entry| entry.name);
    CLASSES.into_iter().chain(names).collect::<Vec<_>>().join(" ")
}

fn pure_calls() -> String {
    let pure = syscalls::all_rows().filter(|row| row.classes & decode::class::PURE != 0).map(|row| row.name);
    pure.collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(" ")
}

fn signals() -> String {
    (1..uapi::signal::SIGRTMIN).filter_map(uapi::signal::name_of).collect::<Vec<_>>().join(" ")
}

fn errors() -> String {
    (1..=133).filter_map(uapi::errno::name_of).collect::<Vec<_>>().join(" ")
}

fn qualifiers() -> String {
    let names = documented().filter_map(|flag| flag.qualifiers.first()).map(|name| format!("{name}="));
    names.collect::<Vec<_>>().join(" ")
}
