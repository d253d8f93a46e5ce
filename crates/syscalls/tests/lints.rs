//! What must hold of all rows and records, whoever wrote them.

use decode::{Arg, Class, Layout, Len, Record, Syscall, Ty};
use std::collections::{BTreeMap, BTreeSet};
use uapi::Abi;

/// The ABIs whose rows are checked.
const ABIS: [Abi; 3] = [Abi::X86_64, Abi::I386, Abi::X32];

/// All arguments that a row may show, with the case they belong to.
fn argument_lists(row: &'static Syscall) -> Vec<Vec<&'static Arg>> {
    let head = || row.args.iter();
    let Some(switch) = &row.switch else { return vec![head().collect()] };
    let tails = switch.cases.iter().map(|c| c.tail).chain([switch.other]);
    tails.map(|tail| head().chain(tail).collect()).collect()
}

/// Calls `visit` with every type that can be reached from `ty` by data.
fn types(ty: &'static Ty, visit: &mut impl FnMut(&'static Ty)) {
    visit(ty);
    match ty {
        Ty::At(_, inner) | Ty::Array(inner, _) => types(inner, visit),
        Ty::Struct(record) | Ty::Sized { of: record, .. } => record_types(record, visit),
        Ty::Union(u) => {
            u.cases.iter().for_each(|(_, ty)| types(ty, visit));
            types(&u.other, visit);
        }
        _ => {}
    }
}

fn record_types(record: &'static Record, visit: &mut impl FnMut(&'static Ty)) {
    record.fields.iter().for_each(|field| types(&field.ty, visit));
}

fn every_type(mut visit: impl FnMut(&'static Syscall, &'static Ty)) {
    for row in strax_syscalls::all_rows() {
        for arg in argument_lists(row).into_iter().flatten() {
            types(&arg.ty, &mut |ty| visit(row, ty));
        }
    }
}

#[test]
fn every_row_is_a_call_of_some_abi() {
    for row in strax_syscalls::all_rows() {
        let abis = if row.abis.is_empty() { &Abi::ALL[..] } else { row.abis };
        let known = abis.iter().filter(|abi| abi.number(row.name).is_some()).count();
        assert!(known > 0, "{}: no ABI has such a call", row.name);
        assert!(row.abis.is_empty() || known == abis.len(), "{}: not on all of {:?}", row.name, row.abis);
    }
}

#[test]
fn no_two_rows_hold_for_one_call() {
    for abi in ABIS {
        let mut seen = BTreeSet::new();
        for row in strax_syscalls::all_rows().filter(|r| r.holds_on(abi)) {
            assert!(seen.insert((row.name, row.abis.is_empty())), "{}: twice on {abi:?}", row.name);
        }
    }
}

#[test]
fn arguments_are_named_and_fit_the_registers() {
    for row in strax_syscalls::all_rows() {
        for list in argument_lists(row) {
            assert!(list.len() <= 6, "{}: {} arguments", row.name, list.len());
            assert!(list.iter().all(|a| !a.name.is_empty()), "{}: an argument has no name", row.name);
        }
    }
}

#[test]
fn lengths_name_arguments_of_their_rows() {
    fn indexes(len: &Len, out: &mut Vec<u8>) {
        match len {
            Len::Arg(i) | Len::ArgInt(i) | Len::AtArg(i) => out.push(*i),
            Len::Min(a, b) => {
                indexes(a, out);
                indexes(b, out);
            }
            Len::Div(a, _) => indexes(a, out),
            Len::Const(_) | Len::Field(_) | Len::Ret => {}
        }
    }
    every_type(|row, ty| {
        let mut used = Vec::new();
        match ty {
            Ty::Bytes(len) | Ty::Binary(len) | Ty::Array(_, len) | Ty::Sized { size: len, .. } => {
                indexes(len, &mut used)
            }
            _ => {}
        }
        let most = argument_lists(row).iter().map(Vec::len).max().unwrap_or(0);
        assert!(
            used.iter().all(|&i| usize::from(i) < most),
            "{}: a length names argument {used:?}",
            row.name
        );
    });
}

/// A type of the headers: its sizes, and its fields' offsets, on x86_64, i386 and x32.
#[derive(Default)]
struct Fact {
    sizes: Vec<Option<u16>>,
    offsets: BTreeMap<String, Vec<Option<u16>>>,
}

/// Numbers per ABI: one for all, or five of them.
fn numbers(text: &str) -> Vec<Option<u16>> {
    let mut numbers: Vec<_> = text.split('/').map(|n| n.parse().ok()).collect();
    if numbers.len() == 1 {
        numbers = vec![numbers[0]; 3];
    }
    numbers.truncate(3);
    numbers
}

fn facts() -> BTreeMap<String, Fact> {
    let source = include_str!("../../uapi/facts/layouts.tsv");
    let mut facts: BTreeMap<String, Fact> = BTreeMap::new();
    let mut current = String::new();
    for line in source.lines().filter(|l| !l.starts_with('#')) {
        let mut columns = line.split('\t');
        match columns.next() {
            Some("") => {
                let (Some(name), Some(offset)) = (columns.next(), columns.next()) else { continue };
                let fact = facts.get_mut(&current).expect("a type before its fields");
                fact.offsets.insert(name.to_owned(), numbers(offset));
            }
            Some(name) => {
                current = name.rsplit(' ').next().unwrap_or(name).to_owned();
                facts.entry(current.clone()).or_default().sizes = numbers(columns.next().unwrap_or(""));
            }
            None => {}
        }
    }
    facts
}

/// The classes of the ABIs that the facts are about, in their order.
const CLASSES: [Class; 3] = [Class::Lp64, Class::I386, Class::X32];

#[test]
fn records_are_laid_out_as_in_the_headers() {
    let facts = facts();
    let (mut checked, mut wrong) = (BTreeSet::new(), Vec::new());
    every_type(|_, ty| {
        let (Ty::Struct(record) | Ty::Sized { of: record, .. }) = ty else { return };
        let Some(fact) = facts.get(record.name) else { return };
        if checked.insert(std::ptr::from_ref::<Record>(record) as usize) {
            check(record, fact, &mut wrong);
        }
    });
    assert!(checked.len() > 20, "only {} records were found in the headers", checked.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A record may leave trailing fields out, so its size may be less than the struct's; what it has must be in place.
fn check(record: &'static Record, fact: &Fact, wrong: &mut Vec<String>) {
    for (i, class) in CLASSES.into_iter().enumerate() {
        let layout: &Layout = &record.layouts[class as usize];
        if fact.sizes.get(i).copied().flatten().is_some_and(|size| layout.size > size) {
            wrong.push(format!(
                "{} on {class:?}: {} bytes, in the headers {:?}",
                record.name, layout.size, fact.sizes
            ));
        }
        for (field, offset) in record.fields.iter().zip(layout.offsets) {
            let Some(want) = fact.offsets.get(field.name).and_then(|o| o[i]) else { continue };
            if want != offset {
                wrong.push(format!(
                    "{}.{} on {class:?}: at {offset}, in the headers {want}",
                    record.name, field.name
                ));
            }
        }
    }
}
