//! What may differ between two runs of a program, taken out of a line.
//!
//! The text that remains is what two traces are aligned by; the values taken out are compared later, unless they
//! differ between runs of the oracle too. So much may be taken out here, and yet little goes unchecked.

use std::collections::HashMap;

/// Stands in a masked text for a value.
const HOLE: char = '\u{1}';

/// Fields of which a single run says nothing: times and counters of the machine.
const FREE_KEYS: [&str; 11] = [
    "si_utime",
    "si_stime",
    "tms_utime",
    "tms_stime",
    "tms_cutime",
    "tms_cstime",
    "uptime",
    "freeram",
    "sharedram",
    "bufferram",
    "procs",
];

/// What a value is, for the comparison of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Differs by nature from run to run.
    Free,
    /// Equal, unless it differs between runs of the oracle.
    Compared,
    /// The spaces before a result: equal, unless the call was printed in parts.
    Padding,
}

/// A value taken out of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) kind: Kind,
    pub(super) text: String,
}

/// A line without its values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Masked {
    pub(super) text: String,
    pub(super) values: Vec<Value>,
}

/// What is known of the run that a line is from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context<'a> {
    /// Names of processes, by number.
    pub(super) names: &'a HashMap<String, String>,
    /// When the run began, in seconds since the Epoch. Later times of files are not compared.
    pub(super) start: u64,
    /// Whether the line is about the tracer's own `execve`, whose addresses are the tracer's.
    pub(super) is_first: bool,
}

impl Masked {
    /// Masks a line: wall-clock times, times spent, addresses, numbers of four digits or more, inode numbers,
    /// random bytes, names of temporary files, the padding before results. Numbers of processes become their
    /// names.
    pub(super) fn new(line: &str, context: Context<'_>) -> Self {
        let mut masked = Self::default();
        let rest = masked.take_clock(line);
        let (rest, spent) = split_spent(rest);
        let (call, padding, result) = split_result(rest);
        masked.scan(call, context);
        if !padding.is_empty() {
            masked.hole(Kind::Padding, padding);
            masked.scan(result, context);
        }
        if let Some(spent) = spent {
            masked.text.push_str(" <");
            masked.hole(Kind::Free, spent);
            masked.text.push('>');
        }
        masked
    }

    /// The line again, with the names of processes.
    pub(super) fn shown(&self) -> String {
        let mut values = self.values.iter();
        let mut shown = String::new();
        for character in self.text.chars() {
            match character {
                HOLE => shown.push_str(values.next().map_or("", |value| &value.text)),
                _ => shown.push(character),
            }
        }
        shown
    }

    fn hole(&mut self, kind: Kind, text: &str) {
        self.text.push(HOLE);
        self.values.push(Value { kind, text: text.to_owned() });
    }

    /// Takes `HH:MM:SS` or `HH:MM:SS.uuuuuu` from the front; what follows.
    fn take_clock<'a>(&mut self, line: &'a str) -> &'a str {
        let Some((clock, rest)) = line.split_once(' ') else { return line };
        let shape: String = clock.chars().map(|c| if c.is_ascii_digit() { '9' } else { c }).collect();
        if shape != "99:99:99" && shape != "99:99:99.999999" {
            return line;
        }
        let (seconds, fraction) = clock.split_at(8);
        self.hole(Kind::Free, seconds);
        if let Some(fraction) = fraction.strip_prefix('.') {
            self.text.push('.');
            self.hole(Kind::Free, fraction);
        }
        self.text.push(' ');
        rest
    }

    /// Masks the values of a text without times and padding.
    fn scan(&mut self, text: &str, context: Context<'_>) {
        let mut fields = Fields::default();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if let Some(special) = special(text, rest) {
                let (value, after) = rest.split_at(special.bytes);
                self.hole(if fields.is_recent { Kind::Free } else { special.kind }, value);
                rest = after;
            } else if is_word(first) {
                let (word, after) = rest.split_at(rest.find(|c| !is_word(c)).unwrap_or(rest.len()));
                if after.starts_with('=') {
                    fields.enter(word);
                    self.text.push_str(word);
                    rest = after;
                } else {
                    let counts = FREE_KEYS.contains(&fields.key);
                    self.word(word, &mut fields, context);
                    rest = if counts { without_comment(after) } else { after };
                }
            } else {
                // A control character cannot be mistaken for a hole.
                self.text.push(if first == HOLE { '?' } else { first });
                rest = &rest[first.len_utf8()..];
            }
        }
    }

    fn word(&mut self, word: &str, fields: &mut Fields<'_>, context: Context<'_>) {
        let is_free = fields.is_free(word, context.start) || (context.is_first && word.starts_with("0x"));
        if let Some(name) = context.names.get(word) {
            self.text.push_str(name);
        } else if is_free {
            self.hole(Kind::Free, word);
        } else if is_variable(fields.key, word) {
            self.hole(Kind::Compared, word);
        } else {
            self.text.push_str(word);
        }
        fields.key = "";
    }
}

/// Where in a structure a scan is.
#[derive(Debug, Default)]
struct Fields<'a> {
    /// The field whose value comes next.
    key: &'a str,
    /// How many of the coming `tv_` fields belong to a time of use.
    used: u32,
    /// Whether the last time of a file was in this run: its fraction and its date are not compared either.
    is_recent: bool,
}

impl<'a> Fields<'a> {
    fn enter(&mut self, key: &'a str) {
        self.key = key;
        if key == "ru_utime" || key == "ru_stime" {
            self.used = 2;
        }
    }

    /// Whether the value of the current field says nothing. Asked once for each value.
    fn is_free(&mut self, word: &str, start: u64) -> bool {
        if self.key.starts_with("tv_") && self.used > 0 {
            self.used -= 1;
            return true;
        }
        if is_time(self.key) {
            self.is_recent = word.parse().is_ok_and(|time: u64| time >= start);
            return self.is_recent;
        }
        let counter = self.key.starts_with("ru_") || FREE_KEYS.contains(&self.key);
        is_number(word) && (counter || (self.is_recent && self.key.ends_with("nsec")))
    }
}

/// A stretch at the front of a text that is one value.
struct Special {
    bytes: usize,
    kind: Kind,
}

/// Recognises values that are not single words: random bytes, names of temporary files, dates in comments.
fn special(whole: &str, rest: &str) -> Option<Special> {
    let position = whole.len() - rest.len();
    let before = &whole[..position];
    if before.ends_with("getrandom(") && rest.starts_with('"') {
        let closing = rest[1..].find('"')? + 2;
        return Some(Special { bytes: closing, kind: Kind::Free });
    }
    if before.ends_with("/tmp/") && rest.starts_with("cc") {
        // `mkstemp` fills in six characters.
        let is_random = rest.get(2..8)?.bytes().all(|byte| byte.is_ascii_alphanumeric());
        return is_random.then_some(Special { bytes: 8, kind: Kind::Free });
    }
    let date = before.ends_with("/* ") && rest.len() > 10 && rest.as_bytes()[4] == b'-';
    if date && rest.starts_with(|c: char| c.is_ascii_digit()) {
        return Some(Special { bytes: rest.find(" */")?, kind: Kind::Compared });
    }
    None
}

/// What follows the comment at the front of a text: the seconds that a count of ticks is, left out for zero.
fn without_comment(text: &str) -> &str {
    let comment = text.strip_prefix(" /* ").and_then(|comment| comment.split_once(" */"));
    comment.map_or(text, |(_, after)| after)
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

/// Whether a field is a point in time, in seconds.
fn is_time(key: &str) -> bool {
    key == "tv_sec" || (key.starts_with("st") && key.ends_with("time"))
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a word is a number that may differ between runs.
fn is_variable(key: &str, word: &str) -> bool {
    let keyed = key.ends_with("sec") || key.ends_with("time") || key == "st_ino" || key == "d_ino";
    if let Some(hex) = word.strip_prefix("0x") {
        return (keyed || hex.len() >= 5) && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    }
    is_number(word) && (keyed || word.len() >= 4)
}

/// Splits the time spent in a call, as `-T` adds it, from the end of a line.
fn split_spent(line: &str) -> (&str, Option<&str>) {
    let split = || {
        let (rest, spent) = line.strip_suffix('>')?.rsplit_once(" <")?;
        let (seconds, fraction) = spent.split_once('.')?;
        (is_number(seconds) && is_number(fraction) && fraction.len() == 6).then_some((rest, spent))
    };
    match split() {
        Some((rest, spent)) => (rest, Some(spent)),
        None => (line, None),
    }
}

/// Splits a line `call(…)   = result` around the spaces; the last two parts are empty for any other line.
fn split_result(line: &str) -> (&str, &str, &str) {
    let Some(equals) = line.rfind(" = ") else { return (line, "", "") };
    let call = line[..equals].trim_end_matches(' ');
    if call.ends_with(')') { (call, &line[call.len()..=equals], &line[equals + 1..]) } else { (line, "", "") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(line: &str) -> Masked {
        let names = HashMap::from([("1234".to_owned(), "P1".to_owned())]);
        Masked::new(line, Context { names: &names, start: 1_800_000_000, is_first: false })
    }

    fn free(line: &str) -> Vec<String> {
        let values = mask(line).values;
        values.into_iter().filter(|value| value.kind == Kind::Free).map(|value| value.text).collect()
    }

    fn compared(line: &str) -> Vec<String> {
        let values = mask(line).values;
        values.into_iter().filter(|value| value.kind == Kind::Compared).map(|value| value.text).collect()
    }

    #[test]
    fn times_are_free() {
        let line = "10:11:12.123456 close(3) = 0 <0.000012>";
        assert_eq!(free(line), ["10:11:12", "123456", "0.000012"]);
        assert_ne!(mask("10:11:12 close(3) = 0").text, mask("10:11:12.123456 close(3) = 0").text);
        assert_eq!(free("close(3) = 0 <0.00001>"), [""; 0], "not what -T prints");
    }

    #[test]
    fn usage_is_free() {
        let line = "wait4(1234, NULL, 0, {ru_utime={tv_sec=0, tv_usec=7}, ru_stime={tv_sec=1, tv_usec=0}, ru_maxrss=9}) = 1234";
        assert_eq!(free(line), ["0", "7", "1", "0", "9"]);
        assert!(mask(line).shown().starts_with("wait4(P1, NULL"));
        assert_eq!(compared("nanosleep({tv_sec=1, tv_nsec=5}, NULL) = 0"), ["1", "5"]);
    }

    #[test]
    fn ticks_are_free_with_their_comment() {
        let (none, some) = ("{si_utime=0, si_stime=0}", "{si_utime=2 /* 0.02 s */, si_stime=0}");
        assert_eq!(mask(none).text, mask(some).text);
        assert_eq!(free(some), ["2", "0"]);
    }

    #[test]
    fn random_values_are_free() {
        assert_eq!(free("getrandom(\"\\x12\\x34\", 2, 0) = 2"), ["\"\\x12\\x34\""]);
        assert_eq!(free("unlink(\"/tmp/ccAb12Zz.s\") = 0"), ["ccAb12Zz"]);
    }

    #[test]
    fn numbers_are_compared() {
        let line = "fstat(3, {st_ino=12, st_mode=S_IFREG|0644, st_size=99, st_mtime=1700000000 /* 2023-11-14T22:13:20+0000 */}) = 0";
        assert_eq!(compared(line), ["12", "0644", "1700000000", "2023-11-14T22:13:20+0000"]);
        assert_eq!(compared("mmap(NULL, 4096, 0x10) = 0x7ffff7fc0000"), ["4096", "0x7ffff7fc0000"]);
    }

    #[test]
    fn times_of_this_run_are_free() {
        let line = "{st_ctime=1800000001 /* 2027-01-15T08:00:01.5+0000 */, st_ctime_nsec=500, st_atime=5, st_atime_nsec=6}";
        assert_eq!(free(line), ["1800000001", "2027-01-15T08:00:01.5+0000", "500"]);
        assert_eq!(compared(line), ["5", "6"]);
    }

    #[test]
    fn addresses_of_the_tracer_are_free() {
        let context = Context { names: &HashMap::new(), start: 0, is_first: true };
        let masked = Masked::new("execve(\"a\", [\"a\"], 0x7ffe00000000 /* 9 vars */) = 0", context);
        assert_eq!(masked.values[0], Value { kind: Kind::Free, text: "0x7ffe00000000".to_owned() });
    }

    #[test]
    fn padding() {
        let (short, long) = (mask("close(3)                = 0"), mask("close(3) = 0"));
        assert_eq!(short.text, long.text);
        assert_eq!(long.values, [Value { kind: Kind::Padding, text: " ".to_owned() }]);
        assert_eq!(mask("+++ exited with 0 +++").values, []);
    }

    #[test]
    fn shown_is_the_line() {
        let lines = [
            "10:11:12.123456 a(0x12345678, \"x = y\")   = -1 ENOENT (No such file) <1.000000>",
            "",
            "--- SIGSEGV {si_signo=SIGSEGV, si_addr=NULL} ---",
        ];
        for line in lines {
            assert_eq!(mask(line).shown(), line);
        }
    }
}
