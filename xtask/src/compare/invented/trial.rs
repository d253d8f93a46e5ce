//! What is said of a call, found out by telling it in this process: which of several calls is worth making, and what
//! memory it depends on. So what code does with memory is found by trying, and need not be described.

use decode::{Answer, Options, Outcome, Pending, Question, Scratch, Target};
use render::tell::{self, Means, Shown};
use render::{CallName, Escape, Head, Render, Style, Tail, Text};
use uapi::Abi;

use super::sketch::Page;
use super::sockets;

/// What a call returns that is tried.
pub(super) const RESULT: i64 = 64;
/// The most bytes that a line may have: lists of lists may be as long as one likes.
const LONGEST: usize = 8192;
/// The most names in a set of signals: the oracle dies of more with `-X verbose`.
const MOST_SIGNALS: usize = 20;

/// What came of a trial.
pub(super) struct Told {
    /// What was said: see [`parts`].
    pub(super) parts: Vec<u16>,
    /// The stretches of the page that were read.
    pub(super) reads: Vec<(usize, usize)>,
}

/// Tells a call; `None` where the oracle had better not be asked.
pub(super) fn tell(abi: Abi, nr: u64, registers: [u64; 6], page: &Page) -> Option<Told> {
    let mut memory = Watched { page, reads: Vec::new() };
    let line = line(abi, nr, registers, &mut memory)?;
    is_fair(&String::from_utf8_lossy(&line)).then(|| Told { parts: parts(&line), reads: memory.reads })
}

/// What is said of a call that succeeds.
fn line(abi: Abi, nr: u64, registers: [u64; 6], memory: &mut Watched<'_>) -> Option<Vec<u8>> {
    let options = Options { abbrev: false, ..Options::default() };
    let call = syscalls::identify(abi, nr, registers, memory);
    let row = call.row?;
    let name = CallName { name: row.name, number: nr, abi };
    let told = tell::Call { name, args: call.args, shown: Shown::Row(row), options: &options };
    let (mut pending, mut scratch) = (Pending::default(), Scratch::default());
    let mut means = Means { target: memory, pending: &mut pending, scratch: &mut scratch };
    // In hexadecimal there is no quote in a text.
    let mut output: Text = Text::new(Style { escape: Escape::All, ..Style::default() });
    tell::enter(&mut output, &Head::default(), &told, &mut means);
    tell::exit(&mut output, &told, Outcome::Value(RESULT), &mut means);
    output.call_end(&Tail::default());
    Some(output.buffer().to_vec())
}

/// Whether the oracle says of such a call what another program can say as well: it tells of an unknown speculation what
/// it told before, counts the characters of what a `poll` came to, shows the end of an empty set after others, dies of
/// long sets of signals with `-X verbose`, and goes on and on where a message says that it has more than there is.
fn is_fair(line: &str) -> bool {
    let sets = line.split('[').filter_map(|rest| rest.split(']').next());
    let mut signals = sets.filter(|set| !set.contains([',', '=', '"'])).map(|set| set.split(' ').count());
    let lengths =
        line.split("len=").skip(1).filter_map(|rest| rest.split([',', '}', ')']).next()?.parse().ok());
    line.len() <= LONGEST
        && signals.all(|count| count <= MOST_SIGNALS)
        && !(line.contains("msg_") && lengths.max().is_some_and(|most: u64| most > Page::SIZE as u64))
        && !(line.contains("poll(") && line.matches("{fd=").count() > 4)
        && !(line.contains("select") && line.contains("[]"))
        && !line.starts_with("prctl(PR_GET_SPECULATION_CTRL, 0x")
}

/// The words of a line, each with the name that it belongs to, as short hashes. All numbers are alike, all texts are,
/// and signals are like numbers.
fn parts(line: &[u8]) -> Vec<u16> {
    let (mut all, mut member, mut name, mut at) = (Vec::new(), 0, 0, 0);
    while let Some(first) = line.get(at) {
        let len = line[at..].iter().take_while(|c| c.is_ascii_alphanumeric() || **c == b'_').count();
        let word = &line[at..at + len.max(1)];
        at += word.len();
        let is_name = word.iter().any(|c| *c == b'_' || c.is_ascii_lowercase()) && !word.starts_with(b"RT_");
        let part = match first {
            b'"' => {
                let rest = line[at..].iter().position(|c| *c == b'"');
                at += rest.map_or(0, |end| end + 1);
                hash(name, word)
            }
            b'{' | b'[' | b'/' | b'?' | b'~' => hash(name, word),
            _ if len == 0 => continue,
            _ if first.is_ascii_digit() || !is_name => hash(name, b"#"),
            _ => {
                name = hash(0, word);
                if line.get(at) == Some(&b'=') {
                    member = name;
                }
                hash(member, word)
            }
        };
        all.push((part ^ part >> 16 ^ part >> 32 ^ part >> 48) as u16);
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// FNV-1a, from any beginning.
fn hash(from: u64, word: &[u8]) -> u64 {
    word.iter().fold(from ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
    })
}

/// A call's memory, and what has been read of it.
struct Watched<'a> {
    page: &'a Page,
    reads: Vec<(usize, usize)>,
}

impl Target for Watched<'_> {
    fn read(&mut self, addr: u64, buf: &mut [u8]) -> usize {
        let offset = addr.wrapping_sub(Page::BASE) as usize;
        let Some(from) = self.page.bytes.get(offset..) else { return 0 };
        let count = from.len().min(buf.len());
        buf[..count].copy_from_slice(&from[..count]);
        if count > 0 {
            self.reads.push((offset, count));
        }
        count
    }

    fn ask(&mut self, question: &Question<'_>) -> Option<Answer<'_>> {
        match *question {
            Question::StackPointer => Some(Answer::Number(Page::addr(Page::STACK))),
            Question::SocketProtocol(fd) => sockets::protocol(fd).map(|_| Answer::Name(b"NETLINK".into())),
            Question::NetlinkProtocol(fd) => sockets::protocol(fd).map(Answer::Number),
            Question::GenericFamily(sockets::CONTROL) => Some(Answer::Name(b"nlctrl".into())),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_line() {
        let all = |line: &str| parts(line.as_bytes());
        assert_eq!(all(r#"f(1, {a="x, b=2"}, [HUP])"#), all(r#"f(20, {a="y"}, [INT TERM])"#));
        for other in ["f(1, {a=1})", "f(1, {b=A_})", "f(1, {a=B_})", "f(1, a=A_)"] {
            assert_ne!(all("f(1, {a=A_})"), all(other));
        }
    }

    #[test]
    fn what_the_oracle_is_not_asked() {
        let set = |count| format!("f([{}], {{a=[A, B]}})", vec!["HUP"; count].join(" "));
        assert!(is_fair(&set(MOST_SIGNALS)) && !is_fair(&set(MOST_SIGNALS + 1)));
        assert!(is_fair("f({msg_iovlen=4096})") && !is_fair("f({msg_iovlen=4097})"));
    }
}
