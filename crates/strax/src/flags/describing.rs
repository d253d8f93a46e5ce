//! What is shown of namespaces, virtual machines and security contexts.

use super::{Flag, Section, Value, set_text};
use crate::error::{Error, quoting};
use crate::getopt::Given;
use tracer::filter::Set;

const NEW: Flag = Flag { section: Section::Format, ..Flag::NEW };

pub(super) static FLAGS: &[Flag] = &[SECONTEXT, NAMESPACE, KVM];

const SECONTEXT: Flag = Flag {
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
};

const NAMESPACE: Flag = Flag {
    long: &["namespace"],
    qualifiers: &["namespace"],
    value: Value::Required("WHICH"),
    help: &["new: show the namespaces that a tracee enters"],
    apply: |args, given| {
        args.style.new_namespaces = true;
        only(given, "namespace", "new")
    },
    ..NEW
};

const KVM: Flag = Flag {
    long: &["kvm"],
    qualifiers: &["kvm"],
    value: Value::Required("WHAT"),
    help: &["vcpu: show why a virtual processor stops"],
    apply: |args, given| {
        args.style.vcpu_exits = true;
        only(given, "kvm", "vcpu")
    },
    ..NEW
};

/// The option has this value, and could have no other.
fn only(given: &Given<'_>, qualifier: &str, value: &str) -> Result<(), Error> {
    if given.value.is_some_and(|given| given == value) {
        return Ok(());
    }
    let prefix = format!("invalid -e {qualifier}= argument:");
    Err(Error::failure(quoting(&prefix, given.value.unwrap_or_default())))
}
