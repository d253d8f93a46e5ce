//! The manual page, made from the flag table and the prose beside it.
//!
//! Both are written in a small markup: `` `literal` ``, `_variable_`, and by what a paragraph begins with,
//! `- TERM: TEXT` for an item of a list and four blanks for lines that are shown as they are.

mod prose;
mod roff;

use crate::flags::{Flag, Section, Value, documented};
use roff::Page;

/// When the page last changed in more than its options.
const DATE: &str = "2026-11-21";

/// The page strax(1) in the language of man(7).
pub(crate) fn page() -> String {
    let mut page = Page::new("STRAX", DATE, concat!("strax ", env!("CARGO_PKG_VERSION")));
    for (title, paragraphs) in prose::BEFORE {
        page.section(title);
        page.paragraphs(paragraphs);
    }
    page.section("OPTIONS");
    for section in Section::ALL {
        let mut flags = documented().filter(|flag| flag.section == section).peekable();
        if flags.peek().is_some() {
            page.subsection(section.title());
        }
        for flag in flags {
            page.entry(&heads(flag), flag.manual);
        }
    }
    for (title, paragraphs) in prose::AFTER {
        page.section(title);
        page.paragraphs(paragraphs);
    }
    page.finish()
}

/// All ways to write an option, in markup: one a line.
fn heads(flag: &Flag) -> Vec<String> {
    let (required, long) = match flag.value {
        Value::None => (String::new(), String::new()),
        Value::Required(value) => (variable(value), format!("`=`{}", variable(value))),
        Value::Optional(value) => (String::new(), format!("[`=`{}]", variable(value))),
    };
    let short = flag.short.map(|letter| match required.as_str() {
        "" => format!("`-{}`", char::from(letter)),
        value => format!("`-{}` {value}", char::from(letter)),
    });
    let value = match flag.value {
        Value::None => "",
        Value::Required(value) | Value::Optional(value) => value,
    };
    let qualifiers = flag.qualifiers.iter().map(|name| format!("`-e {name}=`{}", variable(value)));
    let longs = flag.long.iter().map(|name| format!("`--{name}`{long}"));
    let forms = flag.forms.iter().map(|(form, _)| format!("`{form}`"));
    short.into_iter().chain(qualifiers).chain(longs).chain(forms).collect()
}

/// A value's name, in which what is no letter stands for itself.
fn variable(value: &str) -> String {
    format!("_{value}_")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    #[test]
    fn every_name_of_every_option_is_there() {
        let page = page();
        for flag in documented() {
            let names = flag.long.iter().map(|name| format!("--{name}"));
            let qualifiers = flag.qualifiers.iter().map(|name| format!("-e {name}="));
            let short = flag.short.map(|letter| format!("-{}", char::from(letter)));
            for name in names.chain(qualifiers).chain(short) {
                let bold = format!("\\fB{}", name.replace('-', "\\-"));
                assert!(page.contains(&bold), "{name}");
            }
        }
    }

    #[test]
    fn every_section_that_readers_expect() {
        let page = page();
        for title in [
            "NAME",
            "SYNOPSIS",
            "DESCRIPTION",
            "OUTPUT",
            "OPTIONS",
            "SETS AND EXPRESSIONS",
            "EXIT STATUS",
            "ENVIRONMENT",
            "FILES",
            "JSON",
            "EXAMPLES",
            "SEE ALSO",
        ] {
            assert!(page.contains(&format!("\n.SH \"{title}\"\n")), "{title}");
        }
    }

    #[test]
    fn it_is_formatted_without_a_warning() {
        let Ok(mut groff) = Command::new("groff")
            .args(["-man", "-ww", "-z", "-Tutf8", "-Kutf8"])
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
        else {
            return;
        };
        let mut stdin = groff.stdin.take().expect("a pipe");
        std::io::Write::write_all(&mut stdin, page().as_bytes()).expect("groff reads");
        drop(stdin);
        let output = groff.wait_with_output().expect("groff ends");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    }
}
