//! What is shown of namespaces, virtual machines and security contexts.

use super::{Flag, Hint, Section, Value, set_text};
use crate::error::{Error, quoting};
use crate::getopt::Given;
use tracer::config::VcpuDetail;
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
    hint: Hint::List(&["full", "mismatch"]),
    manual: &[
        "Shows SELinux security contexts in brackets: of the process in front of each line, of files behind \
            their names, of what is open behind descriptors. Without a value it is their types only.",
        "- `full`: contexts in full",
        "- `mismatch`: where a file's context is not the one that the policy has for its path, both, with \
            `!!` between them",
    ],
    ..NEW
};

const NAMESPACE: Flag = Flag {
    long: &["namespace"],
    qualifiers: &["namespace"],
    value: Value::Required("WHICH"),
    help: &["new: show the namespaces that a tracee enters"],
    apply: |args, given| {
        args.style.new_namespaces = one_of(given, "namespace", &[("new", true)])?;
        Ok(())
    },
    hint: Hint::Words(&["new"]),
    manual: &[
        "With `new`, shows the namespaces that a tracee is in after a call that has taken it to others, such \
            as unshare(2), setns(2) or clone(2).",
    ],
    ..NEW
};

const KVM: Flag = Flag {
    long: &["kvm"],
    qualifiers: &["kvm"],
    value: Value::Required("WHAT"),
    help: &["vcpu: show why a virtual processor stops", "vcpu+: show its state before and after, too"],
    apply: |args, given| {
        args.style.vcpu =
            one_of(given, "kvm", &[("vcpu", VcpuDetail::Reason), ("vcpu+", VcpuDetail::State)])?;
        Ok(())
    },
    hint: Hint::Words(&["vcpu", "vcpu+"]),
    manual: &[
        "Shows why a virtual processor of KVM has stopped, behind the ioctl(2) that ran it (`vcpu`), and its \
            state before and after as well (`vcpu+`).",
    ],
    ..NEW
};

/// What the option's value stands for.
fn one_of<T: Copy>(given: &Given<'_>, qualifier: &str, values: &[(&str, T)]) -> Result<T, Error> {
    let value = given.value.unwrap_or_default();
    let found = values.iter().find(|(name, _)| value == *name).map(|(_, meant)| *meant);
    found.ok_or_else(|| Error::failure(quoting(&format!("invalid -e {qualifier}= argument:"), value)))
}
