//! The usage text, made from the flag table.

use crate::flags::{Flag, Section, Value, documented};

/// Where help texts begin.
const INDENT: usize = 17;

/// The longest line of names.
const WIDTH: usize = 77;

/// What `-h` shows.
pub(crate) fn usage() -> String {
    let mut text = String::from(
        "Usage: strax [OPTION]... [--] PROG [ARGS]\n   or: strax [OPTION]... -p PID [PROG [ARGS]]\n",
    );
    for section in Section::ALL {
        let mut flags = documented().filter(|flag| flag.section == section).peekable();
        if flags.peek().is_some() {
            text += &format!("\n{}:\n", section.title());
        }
        flags.for_each(|flag| describe(flag, &mut text));
    }
    text
}

fn describe(flag: &Flag, text: &mut String) {
    // Where forms say it all, the names alone would say nothing.
    if !flag.help.is_empty() {
        entry(&names(flag), flag.help, text);
    }
    for (form, help) in flag.forms {
        entry(form, help, text);
    }
}

/// `-s LENGTH, --string-limit=LENGTH`.
fn names(flag: &Flag) -> String {
    let (short, qualified, long) = match flag.value {
        Value::None => (String::new(), String::new(), String::new()),
        Value::Required(value) => (format!(" {value}"), format!("={value}"), format!("={value}")),
        Value::Optional(value) => (String::new(), format!("={value}"), format!("[={value}]")),
    };
    let short = flag.short.map(|letter| format!("-{}{short}", char::from(letter)));
    let qualified = flag.qualifiers.first().map(|name| format!("-e {name}{qualified}"));
    let long = flag.long.first().map(|name| format!("--{name}{long}"));
    let names: Vec<_> = [short, qualified, long].into_iter().flatten().collect();
    let line = names.join(", ");
    if line.len() <= WIDTH { line } else { names.join(",\n  ") }
}

/// One form of an option and what it does, on the same line if there is room.
fn entry(form: &str, help: &[&str], text: &mut String) {
    let head = format!("  {form}");
    let mut lines = help.iter();
    if head.len() < INDENT {
        let first = lines.next().copied().unwrap_or_default();
        *text += &format!("{head:INDENT$}{first}\n");
    } else {
        *text += &format!("{head}\n");
    }
    for line in lines {
        *text += &format!("{:INDENT$}{line}\n", "");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_is_there() {
        let usage = usage();
        for flag in documented() {
            if let Some(letter) = flag.short {
                assert!(usage.contains(&format!("  -{}", char::from(letter))), "{flag:?}");
            }
            if let Some(name) = flag.long.first() {
                assert!(usage.contains(&format!("--{name}")), "{flag:?}");
            }
        }
    }

    #[test]
    fn lines_fit_a_terminal() {
        for line in usage().lines() {
            assert!(line.len() <= 80 && line.trim_end() == line, "{line}");
        }
    }
}
