//! Changing what calls do.

use super::{Flag, Section, Value, set_text};
use crate::args::Args;
use crate::error::Error;
use crate::getopt::Given;
use tracer::config::InjectRule;
use tracer::filter::InjectKind;

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
        ..NEW
    },
];

fn inject(args: &mut Args, given: &Given<'_>, kind: InjectKind) -> Result<(), Error> {
    let rule = InjectRule::parse(&set_text(given), kind, args.class_of)?;
    args.warnings.extend(rule.warning());
    args.inject.push(rule);
    Ok(())
}
