//! What descriptions refer to: structs and tables of names, each told once.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use decode::{Names, Record, Ty};

use super::words::Words;

/// How wide the lists of names are.
const WIDTH: usize = 118;

/// The structs and the tables of names of a page, by the headings under which they stand.
#[derive(Default)]
pub(super) struct Tables {
    names: Headed<Names>,
    records: Headed<Record>,
}

/// Things with headings. Two things that would have the same one are told apart by a number.
struct Headed<T: 'static> {
    by_heading: BTreeMap<String, &'static T>,
    headings: BTreeMap<usize, String>,
}

impl<T> Default for Headed<T> {
    fn default() -> Self {
        Self { by_heading: BTreeMap::new(), headings: BTreeMap::new() }
    }
}

impl<T> Headed<T> {
    fn add(&mut self, thing: &'static T, wanted: &str) {
        let place = std::ptr::from_ref(thing).addr();
        if self.headings.contains_key(&place) {
            return;
        }
        let numbered = (2..).map(|n| format!("{wanted} {n}"));
        let mut candidates = std::iter::once(wanted.to_owned()).chain(numbered);
        let Some(heading) = candidates.find(|heading| !self.by_heading.contains_key(heading)) else { return };
        self.headings.insert(place, heading.clone());
        self.by_heading.insert(heading, thing);
    }

    fn heading(&self, thing: &'static T) -> String {
        self.headings.get(&std::ptr::from_ref(thing).addr()).cloned().unwrap_or_default()
    }
}

impl Tables {
    /// Adds what a type refers to.
    pub(super) fn add(&mut self, ty: &'static Ty) {
        ty.visit(&mut |ty| {
            if let Ty::Flags(_, table) | Ty::Enum(_, table) = ty {
                self.names.add(table, &wanted(table));
            } else if let Some(record) = ty.record() {
                self.records.add(record, &format!("struct {}", record.name));
            }
        });
    }

    /// The heading of a table of names.
    pub(super) fn name(&self, table: &'static Names) -> String {
        self.names.heading(table)
    }

    /// The heading of a struct.
    pub(super) fn record_name(&self, record: &'static Record) -> String {
        self.records.heading(record)
    }

    /// Writes everything.
    pub(super) fn show(&self, page: &mut String, words: &Words<'_>) {
        page.push_str(
            "\n## Structs\n\nAs far as they are shown. Sizes in bytes are those on x86_64, i386 and x32.\n",
        );
        for (heading, record) in &self.records.by_heading {
            let sizes = super::ABIS.map(|(abi, _)| record.size(abi).to_string());
            let same = sizes.iter().all(|size| *size == sizes[0]);
            let sizes = if same { sizes[0].clone() } else { sizes.join("/") };
            let members = record.fields.iter().filter(|field| !matches!(field.ty, Ty::Pad(_)));
            let members: Vec<String> = members.map(|field| words.argument(field, &[])).collect();
            let _ = writeln!(page, "\n### {heading}\n\n{sizes} bytes\n\n- {}", members.join("\n- "));
        }
        page.push_str("\n## Names\n\nThe names of flags and values, in the order in which they are tried.\n");
        for (heading, table) in &self.names.by_heading {
            let names = table.entries.iter().map(|entry| entry.name);
            let _ = writeln!(page, "\n### {heading}\n\n{}", wrapped(names));
        }
    }
}

/// The heading of a table: what a value without a name is called, or what all names begin with.
fn wanted(table: &Names) -> String {
    if !table.unknown.is_empty() {
        return table.unknown.to_owned();
    }
    match table.entries {
        [] => "no names".to_owned(),
        [first, ..] => format!("{} and so on", first.name),
    }
}

/// Names with commas between, in lines.
fn wrapped<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let mut text = String::new();
    let mut column = 0;
    for name in names {
        let word = format!("`{name}`");
        if column > 0 && column + 2 + word.len() > WIDTH {
            text.push_str(",\n");
            column = 0;
        } else if column > 0 {
            text.push_str(", ");
            column += 2;
        }
        column += word.len();
        text.push_str(&word);
    }
    if text.is_empty() { "None is known.".to_owned() } else { text }
}
