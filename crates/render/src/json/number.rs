//! Terms of numbers that have a spelling of their own.

use decode::{Named, Part};
use std::fmt::{Display, Formatter, Result};

/// A term as text has it.
pub(super) struct Spelled(pub(super) Part);

impl Display for Spelled {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self.0 {
            Part::Name(name) | Part::Call(name) | Part::Member(_, name) | Part::HexMember(_, name) => {
                f.write_str(name)
            }
            Part::Hex(v) | Part::Dec(v) | Part::Oct(v) | Part::Unknown(v, _) => write!(f, "{v}"),
            Part::Times(n, unit) => write!(f, "{n}*{unit}"),
            Part::HexShifted(v, name) => write!(f, "{v:#x}<<{name}"),
            Part::Shifted(v, name) => write!(f, "{v}<<{name}"),
            Part::Joined(first, second) => write!(f, "{first}{second}"),
            Part::BitBefore(name) => write!(f, "1<<({name}-1)"),
            Part::Plus(name, v) | Part::NamedPlus(_, name, v) => write!(f, "{name}+{v}"),
            Part::Negative(name) => write!(f, "-{name}"),
            Part::MacroOf(name, a, b) => write!(f, "{name}({}, {})", Operand(a), Operand(b)),
            Part::Macro(name, a, b) => write!(f, "{name}({a:#x}, {b:#x})"),
        }
    }
}

/// A macro's operand.
struct Operand(Named);

impl Display for Operand {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self.0.name {
            Some(name) => f.write_str(name),
            None => write!(f, "{:#x}", self.0.value),
        }
    }
}
