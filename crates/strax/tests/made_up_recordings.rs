//! Recordings that tell of what has never happened: whoever changes events and makes the checksums right again gets
//! lines or an error, never a panic, more memory than there should be, or what a terminal acts on.

use recording::{Content, Event, Reader, Writer};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn temporary(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("made_up.{name}"))
}

/// xorshift64*: the same numbers each time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    /// Whether something happens that does so once in `n` times.
    fn once_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn number(&mut self) -> u64 {
        let bits = self.below(65) as u32;
        self.next().checked_shr(bits).unwrap_or(0).wrapping_sub(self.below(2))
    }

    /// Changes some bytes, takes some away at the end, adds some.
    fn spoil(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        if !self.once_in(6) {
            return bytes;
        }
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len() as u64 + 1) as usize;
            match self.below(4) {
                0 => bytes.truncate(at),
                1 => bytes.insert(at, self.next() as u8),
                _ => bytes
                    .get_mut(at..)
                    .unwrap_or_default()
                    .iter_mut()
                    .take(1)
                    .for_each(|b| *b = self.next() as u8),
            }
        }
        bytes
    }
}

/// A recording like that at `path`, with events that are others, missing, or there twice; one number in so many is
/// another.
fn spoilt(path: &Path, rarely: u64, random: &mut Random) -> Vec<u8> {
    let file = std::fs::read(path).expect("a recording");
    let mut reader = Reader::new(file.as_slice()).expect("a recording");
    let mut out = Vec::new();
    let mut writer = Writer::new(&mut out, &reader.head().clone()).expect("memory");
    while let Some(frame) = reader.next().expect("a whole recording") {
        for _ in 0..if random.once_in(rarely) { [0, 2][random.below(2) as usize] } else { 1 } {
            let Event { mut kind, key, mut task, mut monotonic, mut wall } = frame.event;
            if random.once_in(rarely) {
                kind = random.below(18) as u8;
            }
            if random.once_in(rarely) {
                task = random.number() as i32;
            }
            if random.once_in(rarely) {
                (monotonic, wall) = (random.number(), random.number());
            }
            let mut words = frame.words.to_vec();
            for word in &mut words {
                *word = if random.once_in(4 * rarely) { random.number() } else { *word };
            }
            let mut content = Content::default();
            frame.content.texts().for_each(|text| content.text(&random.spoil(text)));
            for (addr, bytes) in frame.content.memory() {
                let addr = if random.once_in(20) { random.number() } else { addr };
                content.stretch(addr, &random.spoil(bytes));
            }
            for (question, answer) in frame.content.answers() {
                content.answer(&random.spoil(question), &random.spoil(answer));
            }
            writer.write(&Event { kind, key, task, monotonic, wall }, &words, &content).expect("memory");
        }
    }
    writer.finish().expect("memory");
    out
}

/// Has a recording shown by a process that may take 512 MB.
fn replay(path: &Path, options: &str) -> Output {
    let script = format!(
        "ulimit -v 524288; exec {} {options} --replay={}",
        env!("CARGO_BIN_EXE_strax"),
        path.display()
    );
    Command::new("sh").args(["-c", &script]).stdin(Stdio::null()).output().expect("a shell")
}

#[test]
fn what_never_happened_is_shown_or_refused() {
    let path = temporary("real");
    let script = "exec 3</etc/passwd; read line <&3; kill -USR1 $$; (cd /); ls -l /proc/self/fd; kill $$";
    let status = Command::new(env!("CARGO_BIN_EXE_strax"))
        .arg(format!("--record={}", path.display()))
        .args(["-f", "-k", "--secontext=full", "-e", "read=all", "sh", "-c", script])
        .stdout(Stdio::null())
        .status();
    status.expect("strax starts");
    const OPTIONS: &[&str] = &[
        "",
        "-f -yy -Y -ttt -T -r -i -n -N -v -s 4096 --secontext=full --pidns-translation",
        "-c",
        "--format=json -yy -Y -v -tt -T -k",
        "-k -X verbose -xx -z",
        "-C -w -e read=all -P /etc/passwd",
        "-e raw=all -e signal=none --syscall-limit=30",
    ];
    let mut random = Random(0x0bad_cafe);
    let made_up = temporary("made_up");
    let mut lines = 0;
    // More rounds, for a long run.
    let times = std::env::var("HOSTILE_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(1);
    for round in 0..120 * times {
        std::fs::write(&made_up, spoilt(&path, [20, 200, 2000][round / 7 % 3], &mut random)).expect("a file");
        let options = OPTIONS[round % OPTIONS.len()];
        let output = replay(&made_up, options);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(matches!(output.status.code(), Some(0 | 1)), "round {round}, {options}: {stderr}");
        let messages = stderr.lines().filter(|line| !line.contains("umovestr: short read")).count();
        assert!(messages <= 1 && !stderr.contains("panicked"), "round {round}, {options}: {stderr}");
        let is_json = options.contains("json");
        let shown = String::from_utf8(output.stdout).expect("UTF-8");
        // Text that happens to be UTF-8 stands in JSON as it is.
        let strange = shown.chars().find(|&c| c != '\n' && (c.is_control() || !(is_json || c.is_ascii())));
        assert_eq!(strange, None, "round {round}, {options}");
        lines += shown.lines().count();
    }
    assert!(lines > 2000, "{lines} lines");
}
