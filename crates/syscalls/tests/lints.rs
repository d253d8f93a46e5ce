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

/// Calls `visit` with every type that can be reached from `ty` by data on these ABIs, and with those of what code reads.
fn visit_all(ty: &'static Ty, abis: &[Abi], visit: &mut dyn FnMut(&'static Ty)) {
    for &abi in abis {
        ty.visit_on(abi, &mut |ty| {
            visit(ty);
            ty.reads().iter().for_each(|stretch| visit_all(&stretch.data, &[abi], visit));
        });
    }
}

/// Calls `visit` with every type that can be reached from a row by data, and the row's name; of `ioctl`, that of the
/// request.
fn every_type(mut visit: impl FnMut(&'static str, &'static Ty)) {
    for row in strax_syscalls::all_rows() {
        for arg in argument_lists(row).into_iter().flatten() {
            visit_all(&arg.ty, &Abi::ALL, &mut |ty| visit(row.name, ty));
        }
    }
    for request in strax_syscalls::requests() {
        if let Some(arg) = &request.argument {
            visit_all(&arg.ty, &Abi::ALL, &mut |ty| visit(request.code.name, ty));
        }
    }
}

/// The constants of `uapi` by name: their values on the ABIs, or the one that they all have.
fn constants() -> BTreeMap<String, Vec<u64>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../uapi/src/generated");
    let mut constants = BTreeMap::new();
    for file in std::fs::read_dir(folder).expect("the folder of constants") {
        let path = file.expect("a file").path();
        let is_source = path.file_name().is_some_and(|n| n.to_string_lossy().starts_with("consts_"));
        if !is_source {
            continue;
        }
        for line in std::fs::read_to_string(path).expect("constants").lines() {
            let Some((name, value)) = line.trim().trim_end_matches(';').split_once(" = ") else { continue };
            let digits = |text: &str| {
                let text = text
                    .trim_start_matches("> [")
                    .trim()
                    .trim_start_matches("Some(")
                    .trim_end_matches([')', ']']);
                text.strip_prefix("0x").map_or_else(
                    || text.parse().ok(),
                    |hex| u64::from_str_radix(&hex.replace('_', ""), 16).ok(),
                )
            };
            constants.insert(name.to_owned(), value.split([',', '=']).filter_map(digits).collect());
        }
    }
    constants
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
            assert!(
                list.iter().all(|a| a.implied || !a.name.is_empty()),
                "{}: an argument has no name",
                row.name
            );
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
            Len::Div(a, _) | Len::DivUp(a, _) => indexes(a, out),
            Len::Const(_) | Len::Field(_) | Len::Ret => {}
        }
    }
    let check = |name: &str, count: usize, ty: &'static Ty| {
        let mut used = Vec::new();
        match ty {
            Ty::Bytes(len)
            | Ty::Binary(len)
            | Ty::Form(len, _)
            | Ty::Array(_, len)
            | Ty::Sized { size: len, .. } => indexes(len, &mut used),
            _ => {}
        }
        assert!(used.iter().all(|&i| usize::from(i) < count), "{name}: a length names argument {used:?}");
    };
    for row in strax_syscalls::all_rows() {
        let most = argument_lists(row).iter().map(Vec::len).max().unwrap_or(0);
        for arg in argument_lists(row).into_iter().flatten() {
            visit_all(&arg.ty, &Abi::ALL, &mut |ty| check(row.name, most, ty));
        }
    }
    // A request is the second of three arguments.
    for request in strax_syscalls::requests() {
        if let Some(arg) = &request.argument {
            visit_all(&arg.ty, &Abi::ALL, &mut |ty| check(request.code.name, 3, ty));
        }
    }
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

/// The types of the headers by their tags, and their members that are structs: `bpf_attr.batch`.
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
                if let Some((outer, member)) = name.rsplit_once('.') {
                    let begin = fact.offsets.get(outer).cloned().unwrap_or_default();
                    let distance = |(at, begin): (Option<u16>, &Option<u16>)| at?.checked_sub((*begin)?);
                    let offset = numbers(offset).into_iter().zip(&begin).map(distance).collect();
                    let inner = facts.entry(format!("{current}.{outer}")).or_default();
                    inner.offsets.insert(member.to_owned(), offset);
                }
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
    let (facts, own) = (facts(), own_records());
    let (mut checked, mut wrong) = (0, Vec::new());
    for (record, classes) in records_by_class().into_values() {
        let name = own.get(record.name).copied().flatten().unwrap_or(record.name);
        let Some(fact) = facts.get(name) else { continue };
        check(record, fact, &classes, &mut wrong);
        checked += 1;
    }
    assert!(checked > 300, "only {checked} records were found in the headers");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// All records by their places, and the classes of those ABIs on which they are used.
fn records_by_class() -> BTreeMap<usize, (&'static Record, Vec<Class>)> {
    let mut found = BTreeMap::new();
    for abi in ABIS {
        let mut add = |ty: &'static Ty| {
            if let Some(record) = ty.record() {
                let classes: &mut (_, Vec<Class>) =
                    found.entry(std::ptr::from_ref(record) as usize).or_insert((record, Vec::new()));
                classes.1.push(Class::of(abi));
            }
        };
        for row in strax_syscalls::all_rows().filter(|r| r.holds_on(abi) && abi.number(r.name).is_some()) {
            argument_lists(row).into_iter().flatten().for_each(|arg| visit_all(&arg.ty, &[abi], &mut add));
        }
        for request in strax_syscalls::requests().filter(|r| r.code.on(abi).is_some()) {
            request.argument.iter().for_each(|arg| visit_all(&arg.ty, &[abi], &mut add));
        }
        for record in strax_syscalls::inner_records() {
            let classes =
                &mut found.entry(std::ptr::from_ref(record) as usize).or_insert((record, Vec::new())).1;
            classes.push(Class::of(abi));
        }
    }
    found
}

/// A record may leave trailing fields out, so its size may be less than the struct's; what it has must be in place.
fn check(record: &'static Record, fact: &Fact, only: &[Class], wrong: &mut Vec<String>) {
    for (i, class) in CLASSES.into_iter().enumerate() {
        if !only.contains(&class) {
            continue;
        }
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

#[test]
fn every_call_has_a_row() {
    for abi in ABIS {
        let calls = abi.syscalls().iter();
        let missing: Vec<_> =
            calls.filter(|e| strax_syscalls::row(abi, u64::from(e.nr)).is_none()).map(|e| e.name).collect();
        assert!(missing.is_empty(), "{abi:?}: without a row: {missing:?}");
    }
}

/// Lines of a list kept beside the tests: the first word of each, without comments.
fn listed(text: &'static str) -> BTreeSet<&'static str> {
    text.lines().filter(|l| !l.starts_with('#')).flat_map(str::split_whitespace).collect()
}

#[test]
fn names_and_values_are_those_of_the_headers() {
    let known = constants();
    let mut elsewhere = listed(include_str!("lists/not-in-headers.txt"));
    let (mut tables, mut wrong) = (BTreeSet::new(), BTreeSet::new());
    every_type(|_, ty| {
        let (Ty::Flags(_, table) | Ty::Enum(_, table)) = ty else { return };
        tables.insert(std::ptr::from_ref(*table) as usize);
        for entry in table.entries {
            match known.get(entry.name) {
                Some(values) if values.contains(&entry.value) => {}
                Some(_) => drop(wrong.insert(format!("{} has another value", entry.name))),
                None if elsewhere.contains(entry.name) => {}
                None => drop(wrong.insert(format!("{} is not in uapi", entry.name))),
            }
        }
    });
    assert!(tables.len() > 200, "only {} tables were found", tables.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
    elsewhere.retain(|name| known.contains_key(*name));
    assert!(elsewhere.is_empty(), "in uapi, and listed as if they were not: {elsewhere:?}");
}

#[test]
fn values_have_one_name() {
    every_type(|name, ty| {
        let Ty::Enum(_, table) = ty else { return };
        for (i, entry) in table.entries.iter().enumerate() {
            let is_same = |other: &&uapi::Const| ABIS.iter().all(|&abi| other.on(abi) == entry.on(abi));
            let first = table.entries[..i].iter().find(is_same);
            assert!(first.is_none(), "{name}: {} is never shown, for {first:?} comes first", entry.name);
        }
    });
}

/// An argument that is an address and nothing more has no direction. There are few, and they are listed.
#[test]
fn pointers_have_a_direction() {
    let mut listed = listed(include_str!("lists/addresses.txt"));
    let mut found = BTreeSet::new();
    for row in strax_syscalls::all_rows() {
        for arg in argument_lists(row).into_iter().flatten().filter(|arg| matches!(arg.ty, Ty::Addr)) {
            found.insert(format!("{}.{}", row.name, arg.name));
        }
    }
    let missing: Vec<_> = found.iter().filter(|name| !listed.contains(name.as_str())).collect();
    assert!(missing.is_empty(), "addresses whose data nobody describes: {missing:?}");
    listed.retain(|name| !found.contains(*name));
    assert!(listed.is_empty(), "listed, but described or gone: {listed:?}");
}

/// Members that are shown in an order of their own are members of their struct, and none is shown twice.
#[test]
fn members_are_those_of_their_struct() {
    every_type(|name, ty| {
        let Ty::Members(record, members) = ty else { return };
        for (i, member) in members.iter().enumerate() {
            let is_known = record.fields.iter().any(|field| field.name == *member);
            assert!(is_known, "{name}: {} has no {member}", record.name);
            assert!(!members[..i].contains(member), "{name}: {member} of {} twice", record.name);
        }
    });
}

/// A member that may change is the last that is shown of what is given, so that what has become of it stands behind it.
#[test]
fn changes_come_last() {
    fn changes(ty: &'static Ty) -> Vec<&'static str> {
        let changing = |field: &&Arg| matches!(field.ty, Ty::Changes(_));
        ty.record().map_or(Vec::new(), |r| r.fields.iter().filter(changing).map(|f| f.name).collect())
    }
    every_type(|name, ty| {
        let Ty::At(dir, inner) = ty else { return };
        if let Ty::Filled(given, _) = inner {
            let shown: Vec<_> = match given {
                Ty::Members(_, members) => members.to_vec(),
                _ => given.record().into_iter().flat_map(|r| r.fields).map(|f| f.name).collect(),
            };
            let last = shown.iter().rev().find(|name| !name.is_empty());
            assert!(changes(given).iter().all(|c| !shown.contains(c) || last == Some(c)), "{name}");
        } else {
            assert!(*dir == decode::Dir::InOut || changes(inner).is_empty(), "{name}: nothing changes it");
        }
    });
}

/// What a request's number says of its argument's size is what must be there for the argument to be shown.
#[test]
fn exchanges_are_as_large_as_the_request_says() {
    let mut wrong = Vec::new();
    for request in strax_syscalls::requests() {
        let Some(Arg { ty: Ty::At(_, Ty::Filled(given, got) | Ty::Becomes(given, got)), .. }) =
            request.argument
        else {
            continue;
        };
        let size = |ty| decode::size_align(ty, Class::Lp64).0;
        let (whole, said) = (size(given).max(size(got)), request.code.v() as u32 >> 16 & 0x3fff);
        if said != 0 && said != whole {
            wrong.push(format!("{}: {whole} bytes, and its number says {said}", request.code.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a pointer points to has a size that is known before it is read.
#[test]
fn data_has_a_size() {
    every_type(|name, ty| {
        let &Ty::At(_, mut inner) = ty else { return };
        while let Ty::If(_, of) = inner {
            inner = of;
        }
        let size = decode::size_align(inner, Class::Lp64).0;
        assert!(inner.is_of_any_size() || size > 0, "{name}: a pointer to nothing");
    });
}

/// A hook of an argument says what memory it reads, so that whoever records a call knows what to keep.
#[test]
fn hooks_declare_what_they_read() {
    let mut silent = BTreeSet::new();
    for row in strax_syscalls::all_rows() {
        for arg in argument_lists(row).into_iter().flatten() {
            if matches!(arg.ty, Ty::Hook(hook) if hook.reads.is_empty()) {
                silent.insert(format!("{}.{}", row.name, arg.name));
            }
        }
    }
    for request in strax_syscalls::requests() {
        if matches!(request.argument, Some(Arg { ty: Ty::Hook(hook), .. }) if hook.reads.is_empty()) {
            silent.insert(request.code.name.to_owned());
        }
    }
    assert!(silent.is_empty(), "{silent:?}");
}

/// Records that are no struct of the headers, with the type of the headers that has their members, if one has.
fn own_records() -> BTreeMap<&'static str, Option<&'static str>> {
    let words = listed(include_str!("lists/own-records.txt")).into_iter();
    words.map(|word| word.split_once(':').map_or((word, None), |(name, of)| (name, Some(of)))).collect()
}

/// A record that is no struct of the headers has a name of its own, and is one of few.
#[test]
fn records_are_in_the_headers() {
    let facts = facts();
    let mut listed = own_records();
    let unknown: Vec<_> = listed.values().flatten().filter(|name| !facts.contains_key(**name)).collect();
    assert!(unknown.is_empty(), "the headers have no {unknown:?}");
    let mut own = BTreeSet::new();
    every_type(|_, ty| {
        let Some(record) = ty.record() else { return };
        if !facts.contains_key(record.name) {
            own.insert(record.name);
        }
    });
    let inner = strax_syscalls::inner_records().map(|record| record.name);
    own.extend(inner.filter(|name| !facts.contains_key(*name)));
    let missing: Vec<_> = own.iter().filter(|name| !listed.contains_key(*name)).collect();
    assert!(missing.is_empty(), "not in the headers: {missing:?}");
    listed.retain(|name, _| !own.contains(name));
    assert!(listed.is_empty(), "listed, but in the headers or gone: {listed:?}");
}
