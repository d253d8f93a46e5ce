//! The ways in which a call goes on: what a row's command chooses.

use crate::ty::{Arg, Found, Ret, Switch, Syscall, Ty, Width};
use uapi::{Abi, Const};

/// The arguments of a call, and what it returns, as its row and its command say.
#[derive(Clone, Copy, Debug)]
pub struct Variant {
    /// The arguments that all the row's variants share.
    pub head: &'static [Arg],
    /// Those that are its own.
    pub tail: &'static [Arg],
    /// What it returns.
    pub ret: Ret,
}

impl Variant {
    /// The variant that a call with these arguments is.
    #[inline]
    pub fn of(row: &'static Syscall, abi: Abi, args: &[u64; 6]) -> Variant {
        match &row.switch {
            None => Variant { head: row.args, tail: &[], ret: row.ret },
            Some(switch) => Variant::chosen(row, switch, abi, args),
        }
    }

    /// The variant that a call's command chooses.
    fn chosen(row: &'static Syscall, switch: &Switch, abi: Abi, args: &[u64; 6]) -> Variant {
        let on = usize::from(switch.on);
        // Of a long, all counts, and no command has more than 32 bits.
        if args[on] >> 32 != 0 && row.args.get(on).is_some_and(|a| is_long(&a.ty)) {
            return Variant::other(row);
        }
        let key = args[on] as u32 & switch.mask;
        if let Some(found) = switch.find.and_then(|find| find(abi, key)) {
            return Variant::found(row, found);
        }
        let hit =
            switch.cases.iter().find(|c| c.keys.iter().any(|k| k.on(abi).is_some_and(|v| v as u32 == key)));
        hit.map_or(Variant::other(row), |case| Variant { head: row.args, tail: case.tail, ret: case.ret })
    }

    /// The variant of a call whose command is looked up: see [`crate::Find`].
    pub fn found(row: &'static Syscall, found: Found) -> Variant {
        Variant { head: row.args, tail: found.tail, ret: found.ret }
    }

    /// The variant of a call without a command, or whose command is none of those that are known.
    pub fn other(row: &'static Syscall) -> Variant {
        Variant { head: row.args, tail: row.switch.as_ref().map_or(&[], |switch| switch.other), ret: row.ret }
    }

    /// The variants that a row lists, each with its commands, but for those that are looked up.
    pub fn listed(row: &'static Syscall) -> impl Iterator<Item = (&'static [Const], Variant)> {
        let cases = row.switch.as_ref().map_or(&[][..], |switch| switch.cases);
        cases.iter().map(|case| (case.keys, Variant { head: row.args, tail: case.tail, ret: case.ret }))
    }

    /// The argument at this index.
    #[inline]
    pub fn get(&self, i: usize) -> Option<&'static Arg> {
        match self.head.get(i) {
            // Most calls have nothing that is but a variant's.
            None if self.tail.is_empty() => None,
            None => self.tail.get(i - self.head.len()),
            found => found,
        }
    }

    /// All its arguments.
    pub fn args(&self) -> impl Iterator<Item = &'static Arg> + use<> {
        self.head.iter().chain(self.tail)
    }
}

/// The arguments of a call that is made with `args`: those that all its variants share, and those of the variant that
/// this is. Whoever wants to know what a call is about asks here, so that it is what is shown as well.
pub fn arguments_of(row: &'static Syscall, abi: Abi, args: &[u64; 6]) -> impl Iterator<Item = &'static Arg> {
    Variant::of(row, abi, args).args()
}

fn is_long(ty: &Ty) -> bool {
    matches!(
        ty,
        Ty::Int(Width::Long, _)
            | Ty::Flags(Width::Long, _)
            | Ty::Enum(Width::Long, _)
            | Ty::Scalar(Width::Long, _)
            | Ty::ScalarHook(Width::Long, _)
            | Ty::FdLike(Width::Long, _)
    )
}
