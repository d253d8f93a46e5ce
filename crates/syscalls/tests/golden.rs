//! Golden rows: registers and memory in, text and JSON out, per ABI.
//!
//! `tests/golden/SUBSYSTEM.txt` holds entries with a blank line between them:
//!
//! ```text
//! # a comment
//! x86_64 openat(0xffffff9c, &path, 0x80000, 0) = 3
//!   options = -v
//!   path = "/etc/passwd\0"
//! text openat(AT_FDCWD, "/etc/passwd", O_RDONLY|O_CLOEXEC) = 3
//! json {"type":"syscall",…}
//! ```
//!
//! The first line gives the ABI, the call and what came of it: a value, a negative errno (`= -2`), or `?` for
//! a call that has not returned (entering only). Registers are numbers or `&NAME`, the address of a stretch of
//! memory given below; `&NAME+8` adds an offset. The first stretch is at 0x10000, the second at 0x20000 and so
//! on; nothing outside of them can be read.
//!
//! Memory is a list of: `"string"` (C escapes), bare hexadecimal bytes (`01 ff`), `u8:N u16:N u32:N u64:N`,
//! `long:N` (the ABI's `long`; also `long:&NAME`), `zero:COUNT`. `NAME' = …` is what it holds after the call.
//! `netlink = NUMBER` makes sockets speak that protocol, `inode = bpf-map` makes descriptors stand for such objects, and
//! `pids = 1000` makes the ids of processes that much higher for the tracer. Options: `-v -N -x -xx -Xraw -Xverbose -s NUMBER -raw`.
//!
//! `text` and `json` lines may be missing: only what is given is compared. With `UPDATE_GOLDEN=1` in the
//! environment they are all written anew; read the difference before you believe it.

mod kept;

use decode::{Answer, Options, Outcome, Pending, Question, Scratch, Target};
use kept::Kept;
use render::tell::{self, Call, Means};
use render::{Abandon, Escape, Head, Json, Render, Style, Symbols, Tail, Text};
use std::fmt::Write as _;
use std::path::Path;
use uapi::Abi;

struct Entry<'a> {
    comments: Vec<&'a str>,
    call: &'a str,
    settings: Vec<(&'a str, &'a str)>,
    text: Option<&'a str>,
    json: Option<&'a str>,
}

/// Memory before and after the call.
#[derive(Default)]
struct Region {
    name: String,
    before: Vec<u8>,
    after: Option<Vec<u8>>,
}

struct Memory {
    regions: Vec<Region>,
    exiting: bool,
    /// The protocol of netlink that descriptors speak, if any.
    netlink: Option<u32>,
    /// The kind of object that descriptors stand for, if any.
    inode: Option<String>,
    /// How much higher ids of processes are for the tracer, if they are other ones.
    pids: Option<i32>,
}

/// What an entry may give beside memory.
const SETTINGS: [&str; 4] = ["options", "netlink", "inode", "pids"];

impl Target for Memory {
    fn read(&mut self, addr: u64, buf: &mut [u8]) -> usize {
        let Some(region) = (addr >> 16).checked_sub(1).and_then(|i| self.regions.get(i as usize)) else {
            return 0;
        };
        let bytes = region.after.as_ref().filter(|_| self.exiting).unwrap_or(&region.before);
        let rest = bytes.get((addr & 0xffff) as usize..).unwrap_or(&[]);
        let n = rest.len().min(buf.len());
        buf[..n].copy_from_slice(&rest[..n]);
        n
    }

    fn ask(&mut self, question: &Question<'_>) -> Option<Answer<'_>> {
        match *question {
            Question::SocketProtocol(_) => self.netlink.map(|_| Answer::Name(b"NETLINK".into())),
            Question::NetlinkProtocol(_) => Some(Answer::Number(self.netlink?.into())),
            Question::AnonymousInode(_) => Some(Answer::Name(self.inode.as_ref()?.as_bytes().into())),
            Question::Translated(_, id) => Some(Answer::Id(id + self.pids?)),
            _ => None,
        }
    }
}

fn parse(block: &str) -> Entry<'_> {
    let mut entry = Entry { comments: vec![], call: "", settings: vec![], text: None, json: None };
    for line in block.lines() {
        if line.starts_with('#') {
            entry.comments.push(line);
        } else if let Some(text) = line.strip_prefix("text ") {
            entry.text = Some(text);
        } else if let Some(json) = line.strip_prefix("json ") {
            entry.json = Some(json);
        } else if line.starts_with(' ') {
            let (name, value) =
                line.trim().split_once(" = ").unwrap_or_else(|| panic!("no ` = ` in {line:?}"));
            entry.settings.push((name, value));
        } else {
            entry.call = line;
        }
    }
    entry
}

fn abi_of(name: &str) -> Abi {
    match name {
        "x86_64" => Abi::X86_64,
        "i386" => Abi::I386,
        "x32" => Abi::X32,
        other => panic!("no ABI {other:?}"),
    }
}

fn number(text: &str, regions: &[Region]) -> u64 {
    if let Some(name) = text.strip_prefix('&') {
        let (name, offset) = name.split_once('+').unwrap_or((name, "0"));
        let index =
            regions.iter().position(|r| r.name == name).unwrap_or_else(|| panic!("no memory {name:?}"));
        return ((index as u64 + 1) << 16) + number(offset, regions);
    }
    let (text, negative) = text.strip_prefix('-').map_or((text, false), |t| (t, true));
    let value = match (text.strip_prefix("0x"), text.strip_prefix('0')) {
        (Some(hex), _) => u64::from_str_radix(hex, 16),
        (None, Some(octal)) if !octal.is_empty() => u64::from_str_radix(octal, 8),
        _ => text.parse(),
    };
    let value = value.unwrap_or_else(|_| panic!("no number {text:?}"));
    if negative { value.wrapping_neg() } else { value }
}

fn c_string(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let Some(c) = chars.next() {
        match c {
            '"' => break,
            '\\' => match chars.next().expect("an escape") {
                'n' => bytes.push(b'\n'),
                't' => bytes.push(b'\t'),
                'x' => {
                    let digits: String = chars.by_ref().take(2).collect();
                    bytes.push(u8::from_str_radix(&digits, 16).expect("hexadecimal"));
                }
                d @ '0'..='7' => {
                    let mut value = d as u32 - '0' as u32;
                    while let Some(&d @ '0'..='7') = chars.peek() {
                        if value > 31 {
                            break;
                        }
                        value = value * 8 + (d as u32 - '0' as u32);
                        chars.next();
                    }
                    bytes.push(value as u8);
                }
                other => bytes.push(other as u8),
            },
            c => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    bytes
}

fn memory(text: &str, abi: Abi, regions: &[Region]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(&c) = chars.peek() {
        if c == ' ' {
            chars.next();
        } else if c == '"' {
            chars.next();
            bytes.extend(c_string(&mut chars));
        } else {
            let mut token = String::new();
            while let Some(c) = chars.next_if(|&c| c != ' ') {
                token.push(c);
            }
            push_token(&mut bytes, &token, abi, regions);
        }
    }
    bytes
}

fn push_token(bytes: &mut Vec<u8>, token: &str, abi: Abi, regions: &[Region]) {
    let Some((kind, value)) = token.split_once(':') else {
        return bytes.push(u8::from_str_radix(token, 16).unwrap_or_else(|_| panic!("no byte {token:?}")));
    };
    let value = number(value, regions);
    let size = match kind {
        "u8" => 1,
        "u16" => 2,
        "u32" => 4,
        "u64" => 8,
        "long" => abi.word(),
        "zero" => return bytes.resize(bytes.len() + value as usize, 0),
        other => panic!("no kind {other:?}"),
    };
    bytes.extend_from_slice(&value.to_le_bytes()[..size]);
}

/// The stretches of memory: addresses are known before contents, which may point anywhere.
fn regions(entry: &Entry<'_>, abi: Abi) -> Vec<Region> {
    let given = || entry.settings.iter().filter(|(name, _)| !SETTINGS.contains(name));
    let mut regions: Vec<Region> = Vec::new();
    for (name, _) in given() {
        let name = name.trim_end_matches('\'');
        if !regions.iter().any(|r| r.name == name) {
            regions.push(Region { name: name.to_owned(), ..Region::default() });
        }
    }
    for (name, value) in given() {
        let bytes = memory(value, abi, &regions);
        let plain = name.trim_end_matches('\'');
        let region = regions.iter_mut().find(|r| r.name == plain).expect("made above");
        if name.ends_with('\'') {
            region.after = Some(bytes);
        } else {
            region.before = bytes;
        }
    }
    regions
}

fn setting<'a>(entry: &Entry<'a>, name: &str) -> Option<&'a str> {
    entry.settings.iter().find(|(given, _)| *given == name).map(|(_, value)| *value)
}

fn settings(entry: &Entry<'_>) -> (Options, Style) {
    let (mut options, mut style) = (Options::default(), Style { columns: 0, ..Style::default() });
    let words = setting(entry, "options").unwrap_or("");
    let mut words = words.split_whitespace();
    while let Some(word) = words.next() {
        match word {
            "-v" => options.abbrev = false,
            "-N" => style.arg_names = true,
            "-x" => style.escape = Escape::NonAscii,
            "-xx" => style.escape = Escape::All,
            "-Xraw" => style.symbols = Symbols::Raw,
            "-Xverbose" => style.symbols = Symbols::Verbose,
            "-raw" => options.raw = true,
            "-s" => options.strings = words.next().and_then(|n| n.parse().ok()).expect("-s NUMBER"),
            other => panic!("no option {other:?}"),
        }
    }
    (options, style)
}

fn run(entry: &Entry<'_>, out: &mut impl Render) -> String {
    let (abi, rest) = entry.call.split_once(' ').expect("ABI and call");
    let abi = abi_of(abi);
    let (name, rest) = rest.split_once('(').expect("a parenthesis");
    let (args, result) = rest.rsplit_once(") = ").expect("`) = RESULT`");
    let mut memory = Memory {
        regions: regions(entry, abi),
        exiting: false,
        netlink: setting(entry, "netlink").map(|protocol| protocol.parse().expect("netlink = NUMBER")),
        inode: setting(entry, "inode").map(str::to_owned),
        pids: setting(entry, "pids").map(|higher| higher.parse().expect("pids = NUMBER")),
    };
    let mut registers = [0; 6];
    for (slot, arg) in registers.iter_mut().zip(args.split(", ").filter(|a| !a.is_empty())) {
        *slot = number(arg, &memory.regions);
    }
    let nr = abi.number(name).unwrap_or_else(|| panic!("{name} is no call of {abi:?}"));
    let row = strax_syscalls::row(abi, nr).unwrap_or_else(|| panic!("{name} has no row"));
    let (options, _) = settings(entry);
    let (mut pending, mut scratch) = (Pending::default(), Scratch::default());
    let call = Call::of(row, nr, abi, registers, &options);
    let head = Head { pid: 1, ..Head::default() };
    let mut means = Means { target: &mut memory, pending: &mut pending, scratch: &mut scratch };
    tell::enter(out, &head, &call, &mut means);
    let kept = out.call_pause();
    if result == "?" {
        out.call_abandon(&head, &call.name, kept, false, Abandon::Detached);
        return String::from_utf8(out.buffer().to_vec()).expect("UTF-8");
    }
    memory.exiting = true;
    out.call_resume(&head, &call.name, kept, false);
    let value = number(result, &memory.regions) as i64;
    let outcome =
        if (-4095..0).contains(&value) { Outcome::Error(-value as u32) } else { Outcome::Value(value) };
    let mut means = Means { target: &mut memory, pending: &mut pending, scratch: &mut scratch };
    tell::exit(out, &call, outcome, &mut means);
    out.call_end(&Tail::default());
    String::from_utf8(out.buffer().to_vec()).expect("UTF-8")
}

fn check(path: &Path) -> String {
    let source = std::fs::read_to_string(path).expect("readable");
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let (mut wrong, mut anew) = (String::new(), Vec::new());
    for block in source.split("\n\n").map(str::trim_end).filter(|b| !b.trim().is_empty()) {
        let entry = parse(block.trim_start_matches('\n'));
        if entry.call.is_empty() {
            anew.push(block.to_owned());
            continue;
        }
        let text = run(&entry, &mut Text::new(settings(&entry).1));
        let json = run(&entry, &mut Json::new());
        // What has been kept says no more and no less.
        let text_kept = run(&entry, &mut Kept::new(Text::new(settings(&entry).1)));
        let json_kept = run(&entry, &mut Kept::new(Json::new()));
        for (direct, kept) in [(&text, text_kept), (&json, json_kept)] {
            if *direct != kept {
                let call = entry.call;
                let _ = writeln!(wrong, "{}: {call}\n  kept {kept}  not  {direct}", path.display());
            }
        }
        let (text, json) = (text.trim_end(), json.trim_end());
        if let Err(e) = serde_json::from_str::<serde_json::Value>(json) {
            let _ = writeln!(wrong, "{}: {}\n  not JSON ({e}): {json}", path.display(), entry.call);
        }
        for (want, got) in [(entry.text, text), (entry.json, json)] {
            if let Some(want) = want.filter(|w| *w != got && !update) {
                let _ = writeln!(wrong, "{}: {}\n  want {want}\n  got  {got}", path.display(), entry.call);
            }
        }
        let mut block = String::new();
        entry.comments.iter().for_each(|c| block += &format!("{c}\n"));
        block += &format!("{}\n", entry.call);
        entry.settings.iter().for_each(|(n, v)| block += &format!("  {n} = {v}\n"));
        anew.push(format!("{block}text {text}\njson {json}"));
    }
    if update {
        std::fs::write(path, anew.join("\n\n") + "\n").expect("writable");
    }
    wrong
}

#[test]
fn golden_rows() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let files = std::fs::read_dir(folder).expect("the corpus").map(|f| f.expect("an entry").path());
    let (mut count, mut wrong) = (0, String::new());
    for file in files.filter(|f| f.extension().is_some_and(|e| e == "txt")) {
        count += 1;
        wrong += &check(&file);
    }
    assert!(count > 0, "no golden rows");
    assert!(wrong.is_empty(), "{wrong}");
}
