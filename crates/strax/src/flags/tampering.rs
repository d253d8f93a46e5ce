//! Changing what calls do.

use super::{Flag, Hint, Section, Value, choose, set_text, text, valid};
use crate::args::Args;
use crate::error::Error;
use crate::getopt::Given;
use tracer::config::InjectKind;
use tracer::config::{InjectRule, InjectRules};

const NEW: Flag = Flag { section: Section::Tampering, ..Flag::NEW };

pub(super) static FLAGS: &[Flag] = &[
    Flag {
        long: &["inject"],
        qualifiers: &["inject"],
        value: Value::Required("CALLS:ACTION[:ACTION]..."),
        help: &[
            "tamper with these calls; an ACTION is one of",
            "error=ERRNO             fail instead of being run",
            "retval=VALUE            return VALUE instead of being run",
            "syscall=NAME            run this call instead of none",
            "signal=SIGNAL           get a signal on entering",
            "delay_enter=TIME        wait before the call",
            "delay_exit=TIME         wait after the call",
            "poke_enter=@argN=HEX    write these bytes where it points to",
            "poke_exit=@argN=HEX     the same after the call",
            "when=FIRST[..LAST][+[STEP]]  not every time",
            "TIME is in microseconds, or a number with s, ms, us or ns",
        ],
        apply: |args, given| inject(args, given, InjectKind::Inject),
        hint: Hint::Inject,
        manual: &[
            "Changes what these calls do. Parts are separated by colons; at least one besides `when` is \
                needed. A call that was changed has `(INJECTED)` or `(DELAYED)` at the end of its line.",
            "- `error=`_ERRNO_: the call is not run and fails with this error, given by name or number",
            "- `retval=`_VALUE_: the call is not run and returns _VALUE_",
            "- `syscall=`_NAME_: with one of those, this call without side effects is run in its place; \
                by default a number that no call has",
            "- `signal=`_SIGNAL_: the process gets this signal as it enters the call",
            "- `delay_enter=`_TIME_: the call is held up before it is run; microseconds, or with a unit",
            "- `delay_exit=`_TIME_: it is held up before it returns",
            "- `poke_enter=@arg`_N_`=`_HEX_: writes these bytes to where the call's _N_th argument points \
                before it is run; several are separated by commas",
            "- `poke_exit=@arg`_N_`=`_HEX_: the same when it has been run",
            "- `when=`_FIRST_[`..`_LAST_][`+`[_STEP_]]: counts the calls of each process in the set and \
                tampers only with some: the _FIRST_, up to the _LAST_, every _STEP_th of them",
            "Several rules may be given. Of those for the same call only the last one counts, unless \
                `--inject-rules=each` is given. Whatever is injected happens to the process alone; strax \
                doesn't pretend.",
        ],
        ..NEW
    },
    Flag {
        long: &["fault"],
        qualifiers: &["fault"],
        value: Value::Required("CALLS[:ACTION]..."),
        help: &[
            "let these calls fail, with ENOSYS or what error= says; only",
            "error=, syscall= and when= may be given",
        ],
        apply: |args, given| inject(args, given, InjectKind::Fault),
        hint: Hint::Inject,
        manual: &["As `-e inject=` for failures: without `error=` the call fails with ENOSYS."],
        ..NEW
    },
    Flag {
        long: &["inject-rules"],
        value: Value::Required("WHICH"),
        help: &[
            "of several rules for a call, the last one replaces the others",
            "(last, the default), or each counts by its own when= (each)",
        ],
        apply: |args, given| {
            let ways = [("last", InjectRules::Last), ("each", InjectRules::Each)];
            args.inject_rules = valid(given, choose(text(given)?, &ways))?;
            Ok(())
        },
        hint: Hint::Words(&["last", "each"]),
        manual: &[
            "Which of several `-e inject=` and `-e fault=` rules for the same call takes effect.",
            "- `last`: the last one, at the calls that its `when` means; those before it are without \
                effect. This is the default, and what strace does",
            "- `each`: each one at the calls that its own `when` means; where several mean the same call, \
                the last of them. So `--inject-rules=each -e inject=openat:error=ENOENT:when=2 -e \
                inject=openat:error=EIO:when=4` lets the second openat(2) fail and the fourth",
        ],
        ..NEW
    },
];

fn inject(args: &mut Args, given: &Given<'_>, kind: InjectKind) -> Result<(), Error> {
    let rule = InjectRule::parse(&set_text(given), kind, args.class_of)?;
    args.warnings.extend(rule.warning());
    args.inject.push(rule);
    Ok(())
}
