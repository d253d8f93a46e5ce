//! The law of recordings: what a generous reading reads is a superset. A call's line made of nothing but what was noted
//! down then is the line made of the memory itself, whatever the options and the output.

extern crate syscalls as strax_syscalls;

#[path = "../../syscalls/tests/hostile/case.rs"]
#[expect(dead_code, reason = "what holds of a call's line is a test of its own")]
mod case;
#[path = "../../syscalls/tests/hostile/rounds.rs"]
mod rounds;

use case::{ABIS, Case, Hostile, Numbers, show};
use decode::{Call, Options, Outcome, Pending, Target};
use recording::{Content, Event, Head, Reader, Writer};
use render::{Escape, Json, Render, Style, Symbols, Text};
use rounds::{Random, rounds, times};
use strax_capture::{Captured, Generous, Notes, Noting};

/// How many bytes of a string are kept.
const STRINGS: usize = 4096;

/// Options that show more and less.
fn options() -> impl Iterator<Item = Options> {
    let strings = [0, 1, 7, 32, 300, STRINGS];
    let all = strings.into_iter().flat_map(|strings| {
        [(true, true), (false, true), (true, false)].map(|(abbrev, verbose)| Options {
            strings,
            abbrev,
            verbose,
            raw: false,
        })
    });
    all.chain([Options { raw: true, ..Options::default() }])
}

/// Outputs that ask for names, for both, for numbers, and for everything.
fn outputs() -> Vec<Box<dyn Render>> {
    let style = |symbols, escape| Style { symbols, escape, arg_names: true, ..Style::default() };
    vec![
        Box::new(Text::new(style(Symbols::Abbrev, Escape::Octal))),
        Box::new(Text::new(style(Symbols::Verbose, Escape::NonAscii))),
        Box::new(Text::new(style(Symbols::Raw, Escape::All))),
        Box::new(Json::new()),
    ]
}

/// What is noted down of a call: at its beginning, and at its end.
struct Record {
    file: Vec<u8>,
}

impl Record {
    fn of(case: &Case, before: &mut dyn Target, after: &mut dyn Target, generous: &mut Generous) -> Record {
        let (mut notes, mut content) = (Notes::default(), Content::default());
        let mut pending = Pending::default();
        let mut file = Vec::new();
        let mut writer = Writer::new(&mut file, &Head::default()).expect("memory can be written");
        let mut write = |notes: &mut Notes| {
            content.clear();
            notes.put(&mut content);
            writer.write(&Event::default(), &[], &content).expect("memory can be written");
            notes.clear();
        };
        let call = Call::new(case.abi, 0, case.registers, Some(case.row));
        generous.enter(&call, &mut pending, &mut Noting::new(before, &mut notes));
        write(&mut notes);
        generous.exit(&call, case.outcome, &mut pending, &mut Noting::new(after, &mut notes));
        write(&mut notes);
        writer.finish().expect("memory can be written");
        Record { file }
    }

    /// The call's line, made of nothing else.
    fn show(&self, case: &Case, options: &Options, out: &mut dyn Render) -> Vec<u8> {
        let mut readers = [(); 2].map(|()| Reader::new(self.file.as_slice()).expect("a recording"));
        let [first, second] = &mut readers;
        second.next().expect("a frame");
        let first = first.next().expect("a recording").expect("a beginning");
        let second = second.next().expect("a recording").expect("an end");
        show(case, options, &mut Captured::new(first.content), &mut Captured::new(second.content), out)
    }
}

#[test]
fn replay_equals_live() {
    let mut random = Random(0x1eaf_5eed);
    let mut outputs = outputs();
    let mut generous = Generous::new(STRINGS);
    let mut failures = Vec::new();
    let mut compared = 0;
    for _ in 0..rounds() {
        for row in strax_syscalls::all_rows() {
            for abi in ABIS.into_iter().filter(|&abi| row.holds_on(abi)) {
                for _ in 0..times(row) {
                    let case = Case::new(row, abi, &mut random);
                    let (mut before, mut after) = (Hostile::new(&mut random), Hostile::new(&mut random));
                    let record = Record::of(&case, &mut before, &mut after, &mut generous);
                    // Some of the options for each call, all of them in turn.
                    let first = random.below(7) as usize;
                    for options in options().skip(first).step_by(7) {
                        for out in &mut outputs {
                            let live = show(&case, &options, &mut before, &mut after, &mut **out);
                            let replayed = record.show(&case, &options, &mut **out);
                            compared += 1;
                            if live != replayed {
                                failures.push(difference(&case, &options, &live, &replayed));
                            }
                        }
                    }
                }
            }
        }
    }
    assert!(compared > 10_000, "{compared} lines");
    let shown: Vec<_> = failures.iter().take(20).map(String::as_str).collect();
    assert!(failures.is_empty(), "{} of {compared} lines differ:\n{}", failures.len(), shown.join("\n"));
}

/// The two lines from a little before where they part.
fn difference(case: &Case, options: &Options, live: &[u8], replayed: &[u8]) -> String {
    let same = live.iter().zip(replayed).take_while(|(a, b)| a == b).count();
    let part = |line: &[u8]| {
        let end = line.len().min(same + 60);
        line[same.saturating_sub(60)..end].escape_ascii().to_string()
    };
    let outcome = match case.outcome {
        Outcome::Error(_) => "failed",
        _ => "done",
    };
    format!(
        "{} on {:?}, {outcome}, {options:?}:\n  live   {}\n  replay {}",
        case.row.name,
        case.abi,
        part(live),
        part(replayed)
    )
}
