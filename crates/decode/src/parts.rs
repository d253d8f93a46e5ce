//! What a type is made of: for whoever looks at descriptions rather than at calls.

use crate::ty::{Record, Ty};

impl Ty {
    /// Calls `visit` with this type and every type that can be reached from it by data.
    pub fn visit(&'static self, visit: &mut dyn FnMut(&'static Ty)) {
        visit(self);
        match self {
            Ty::At(_, inner) | Ty::Array(inner, _) | Ty::InPlace(inner) => inner.visit(visit),
            Ty::Filled(given, got) | Ty::Becomes(given, got) | Ty::Replaced(given, got) => {
                given.visit(visit);
                got.visit(visit);
            }
            Ty::Union(union) => {
                union.cases.iter().for_each(|(_, ty)| ty.visit(visit));
                union.other.visit(visit);
            }
            _ => {
                if let Some(record) = self.record() {
                    record.fields.iter().for_each(|field| field.ty.visit(visit));
                }
            }
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
