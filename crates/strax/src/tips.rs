//! Tips (`--tips`): what one can do with strax, a piece at a time.

use std::fmt::Write as _;
use std::hash::{BuildHasher, Hasher, RandomState};
use tracer::filter::unsigned;

/// Which tip is shown, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tips {
    /// Its number; any of them if there is none.
    id: Option<usize>,
    format: Format,
}

/// How a tip is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Format {
    /// Not at all.
    None,
    /// In a box of its own size.
    #[default]
    Compact,
    /// The same, with a picture.
    Full,
}

impl Tips {
    /// What `[ID][,FORMAT]` makes of it: `[id:]NUMBER`, `[id:]random`, `[format:]none`, `compact` or `full`, of which
    /// the last one holds. `None` if it is something else.
    pub(crate) fn with(mut self, text: &str) -> Option<Self> {
        for item in text.split(',').filter(|item| !item.is_empty()) {
            if let Some(id) = item.strip_prefix("id:") {
                self.id = parse_id(id)?;
            } else if let Some(format) = item.strip_prefix("format:") {
                self.format = parse_format(format)?;
            } else if let Some(id) = parse_id(item) {
                self.id = id;
            } else {
                self.format = parse_format(item)?;
            }
        }
        Some(self)
    }

    /// The tip, in lines; nothing if it is not to be shown.
    pub(crate) fn text(self) -> String {
        let id = self.id.unwrap_or_else(|| RandomState::new().build_hasher().finish() as usize);
        let tip = TIPS[id % TIPS.len()];
        match self.format {
            Format::None => String::new(),
            Format::Compact => boxed(tip, &[]),
            Format::Full => boxed(tip, &PICTURE),
        }
    }
}

/// `Some(None)` for any of them.
fn parse_id(text: &str) -> Option<Option<usize>> {
    if text.eq_ignore_ascii_case("random") {
        return Some(None);
    }
    unsigned(text, i32::MAX as u64).map(|id| Some(id as usize))
}

fn parse_format(text: &str) -> Option<Format> {
    let formats = [("none", Format::None), ("compact", Format::Compact), ("full", Format::Full)];
    formats.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|(_, format)| *format)
}

/// The room for a line of text.
const WIDTH: usize = 56;

/// A box around lines of text, with a picture to the right of it.
fn boxed(tip: &[&str], picture: &[&str]) -> String {
    let edge = |fill: &str| fill.repeat(WIDTH + 2);
    let mut lines = vec![format!("  {} ", edge("_")), format!(" /{}\\", edge(" "))];
    lines.extend(tip.iter().map(|line| format!(" | {line:WIDTH$} |")));
    lines.push(format!(" \\{}/", edge("_")));
    let mut text = String::new();
    for i in 0..lines.len().max(picture.len()) {
        let (left, right) = (lines.get(i).map_or("", |line| line), picture.get(i).unwrap_or(&""));
        let line = format!("{left:indent$}{right}", indent = WIDTH + 7);
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// A crab with a magnifying glass.
const PICTURE: [&str; 8] = [
    r"             ___",
    r"  \_/ o o   /   \",
    r"   \_(---)_ \___/",
    r"    /     \__/",
    r"   |       |",
    r"    \_____/",
    r"    / / \ \",
    r"   ' '   ' '",
];

/// The tips; their numbers are their places.
static TIPS: &[&[&str]] = &[
    &[
        "strax --format=json writes one object per line, which",
        "programs can read without taking lines of text apart.",
    ],
    &[
        "A trace of few calls costs little with",
        "",
        "    strax -f --seccomp-bpf -e trace=%file make",
        "",
        "since the kernel stops tracees at those calls only.",
    ],
    &[
        "How does a program cope with a full disk? Let the third",
        "write fail:",
        "",
        "    strax -e inject=write:error=ENOSPC:when=3 PROG",
    ],
    &[
        "-y shows the paths of file descriptors, -yy also the",
        "addresses of sockets and the numbers of devices.",
    ],
    &["Only what goes wrong, of all processes:", "", "    strax -f -Z PROG"],
    &[
        "Which calls take most of the time by the clock on the",
        "wall, and how long does the longest one take?",
        "",
        "    strax -cw -U name,calls,wall-total,wall-max PROG",
    ],
    &[
        "-P PATH shows only calls on that path, whether they name",
        "it or have a descriptor of it. --trace-fds=3,4 picks",
        "descriptors by number.",
    ],
    &[
        "All that a program reads from its standard input, as a",
        "dump of bytes:",
        "",
        "    strax -e trace=read -e read=0 PROG",
    ],
    &[
        "With -ff -o FILE each process and thread has a trace of",
        "its own, FILE.PID, however much they talk at once.",
    ],
    &[
        "-D lets the command be the child of the calling process,",
        "as it is without a tracer; strax is its grandchild.",
    ],
    &["Sets of calls take regular expressions:", "", "    strax -e trace='/^(p?read|p?write)' PROG"],
    &["-X verbose shows the numbers behind the names of flags,", "-X raw the numbers alone."],
];

#[cfg(test)]
mod tests {
    use super::*;

    fn tips(text: &str) -> Option<Tips> {
        Tips::default().with(text)
    }

    #[test]
    fn ids_and_formats() {
        let of = |id, format| Some(Tips { id, format });
        assert_eq!(tips(""), of(None, Format::Compact));
        assert_eq!(tips("3,full"), of(Some(3), Format::Full));
        assert_eq!(tips("FORMAT:none"), None);
        assert_eq!(tips("format:none,id:7"), of(Some(7), Format::None));
        assert_eq!(tips("1,random,Full,,compact"), of(None, Format::Compact));
        for not in ["x", "id:", "format:", "id:full", "format:1", "-1"] {
            assert_eq!(tips(not), None, "{not}");
        }
    }

    #[test]
    fn tips_fit_their_box() {
        for (id, tip) in TIPS.iter().enumerate() {
            assert!(tip.iter().all(|line| line.len() <= WIDTH), "{tip:?}");
            let text = Tips { id: Some(id), format: Format::Compact }.text();
            assert_eq!(text.lines().count(), tip.len() + 3);
        }
        assert!(Tips { id: None, format: Format::None }.text().is_empty());
        let full = Tips { id: Some(TIPS.len()), format: Format::Full }.text();
        assert!(full.lines().count() >= PICTURE.len() && full.contains(TIPS[0][0]));
    }
}
