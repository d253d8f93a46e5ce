//! What is shown of namespaces, virtual machines and security contexts.

use super::{Flag, Section, Value, set_text};
use tracer::filter::Set;

const NEW: Flag = Flag { section: Section::Format, ..Flag::NEW };

pub(super) static FLAGS: &[Flag] = &[Flag {
    long: &["secontext"],
    qualifiers: &["secontext"],
    value: Value::Optional("WHAT"),
    help: &[
        "show SELinux contexts of processes, files and descriptors:",
        "their types; full for whole contexts, mismatch for those that",
        "the policy has for files, too, where they differ",
    ],
    apply: |args, given| {
        args.style.contexts = Some(match given.value {
            None => Set::EMPTY,
            Some(_) => Set::parse(&set_text(given))?,
        });
        Ok(())
    },
    ..NEW
}];
