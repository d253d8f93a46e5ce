//! Error and signal numbers, which are the same on all ABIs: read from the headers' `#define` lines.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use super::{Generated, HEADER, Inputs};
use crate::Result;

pub(super) fn generate(inputs: &Inputs) -> Result<Vec<Generated>> {
    let uapi = inputs.headers.join("include");
    let read =
        |path: std::path::PathBuf| fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()));
    let errno = [
        read(uapi.join("asm-generic/errno-base.h"))?,
        read(uapi.join("asm-generic/errno.h"))?,
        read(inputs.linux.join("include/linux/errno.h"))?,
    ];
    let mut errno = Names::parse(&errno.concat(), |name| name.starts_with('E'));
    // POSIX has two names where Linux has one number; the second is in C libraries only.
    errno.alias("ENOTSUP", "EOPNOTSUPP");

    let signal = Names::parse(&read(uapi.join("asm-generic/signal.h"))?, is_signal);
    for abi in super::abi::Abi::ALL {
        let own = read(inputs.headers.join("lib/linux/uapi").join(abi.arch()).join("asm/signal.h"))?;
        if own.contains("define SIGHUP") && Names::parse(&own, is_signal) != signal {
            return Err(format!("{abi:?} has signal numbers of its own").into());
        }
    }
    Ok(vec![
        ("src/generated/errno.rs".into(), errno.render("error")),
        ("src/generated/signal.rs".into(), signal.render("signal")),
    ])
}

fn is_signal(name: &str) -> bool {
    // SIGLOST is commented out in the headers.
    name.starts_with("SIG")
        && !name.contains('_')
        && !name.starts_with("SIGRT")
        && !matches!(name, "SIGLOST" | "SIGSTKSZ")
}

/// Numbers and their names.
#[derive(Default, PartialEq, Eq)]
struct Names {
    names: BTreeMap<u32, String>,
    aliases: Vec<(u32, String)>,
}

impl Names {
    /// Takes the `#define NAME NUMBER` and `#define NAME OTHER_NAME` lines of a header. The first name of a number is
    /// its name.
    fn parse(text: &str, wanted: impl Fn(&str) -> bool) -> Self {
        let mut names = Self::default();
        for line in text.lines() {
            let mut words = line.split_whitespace();
            let (Some("#define"), Some(name), Some(value)) = (words.next(), words.next(), words.next())
            else {
                continue;
            };
            match value.parse() {
                Ok(number) if wanted(name) => {
                    if let Some(previous) = names.names.insert(number, name.into()) {
                        names.names.insert(number, previous);
                        names.aliases.push((number, name.into()));
                    }
                }
                Err(_) if wanted(name) => names.alias(name, value),
                _ => {}
            }
        }
        names
    }

    fn alias(&mut self, name: &str, of: &str) {
        let number = self.names.iter().find(|entry| entry.1 == of).map(|entry| *entry.0);
        self.aliases.extend(number.map(|number| (number, name.to_owned())));
    }

    fn render(&self, kind: &str) -> String {
        let mut text = String::from(HEADER);
        let _ = write!(
            text,
            "/// Every {kind} and its name, by number.\npub(crate) static NAMES: &[(u32, &str)] = &[\n"
        );
        for (number, name) in &self.names {
            let _ = writeln!(text, "    ({number}, {name:?}),");
        }
        text += "];\n\n/// Further names.\npub(crate) static ALIASES: &[(u32, &str)] = &[\n";
        for (number, name) in &self.aliases {
            let _ = writeln!(text, "    ({number}, {name:?}),");
        }
        text += "];\n";
        text
    }
}
