//! What a type is made of: for whoever looks at descriptions rather than at calls.

use crate::ty::{Record, Stretch, Ty};
use uapi::Abi;

impl Ty {
    /// Calls `visit` with this type and every type that can be reached from it by data, on any ABI.
    pub fn visit(&'static self, visit: &mut dyn FnMut(&'static Ty)) {
        self.visit_on_each(&Abi::ALL, visit);
    }

    /// As [`Ty::visit`], on one ABI.
    pub fn visit_on(&'static self, abi: Abi, visit: &mut dyn FnMut(&'static Ty)) {
        self.visit_on_each(&[abi], visit);
    }

    fn visit_on_each(&'static self, abis: &[Abi], visit: &mut dyn FnMut(&'static Ty)) {
        visit(self);
        match self {
            Ty::At(_, inner)
            | Ty::Wide(inner)
            | Ty::Array(inner, _)
            | Ty::InPlace(inner)
            | Ty::If(_, inner)
            | Ty::Changes(inner) => inner.visit_on_each(abis, visit),
            Ty::ByAbi(of) => {
                let mut seen: Vec<&Ty> = Vec::new();
                for ty in abis.iter().map(|abi| of(*abi)) {
                    if !seen.iter().any(|other| std::ptr::eq(*other, ty)) {
                        seen.push(ty);
                        ty.visit_on_each(abis, visit);
                    }
                }
            }
            Ty::Filled(given, got) | Ty::Becomes(given, got) | Ty::Replaced(given, got) => {
                given.visit_on_each(abis, visit);
                got.visit_on_each(abis, visit);
            }
            Ty::Union(union) => {
                union.cases.iter().for_each(|(_, ty)| ty.visit_on_each(abis, visit));
                union.other.visit_on_each(abis, visit);
            }
            _ => {
                let fields = self.record().map_or(&[][..], |record| record.fields);
                fields.iter().for_each(|field| field.ty.visit_on_each(abis, visit));
            }
        }
    }

    /// What the code of this type reads.
    pub const fn reads(&self) -> &'static [Stretch] {
        match self {
            Ty::Hook(hook) | Ty::ScalarHook(_, hook) => hook.reads,
            Ty::InlineHook(code) => code.reads,
            _ => &[],
        }
    }

    /// The struct that this type shows.
    pub const fn record(&self) -> Option<&'static Record> {
        match self {
            Ty::Struct(record) | Ty::Members(record, _) | Ty::Sized { of: record, .. } => Some(record),
            _ => None,
        }
    }
}
