//! Runs a program, traced or not, under circumstances that are the same each time.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::UNIX_EPOCH;

use crate::Result;
use crate::debian;

/// How long a program may take, in seconds.
const LIMIT: &str = "60";

/// The environment of each run, beside `HOME`.
const ENVIRONMENT: [(&str, &str); 5] = [
    ("PATH", "/usr/local/bin:/usr/bin:/bin"),
    ("LANG", "C.UTF-8"),
    ("TERM", "dumb"),
    ("PYTHONHASHSEED", "0"),
    ("PYTHONDONTWRITEBYTECODE", "1"),
];

/// What a program did, as far as its parent can see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Behaviour {
    /// The status that `wait` gave.
    pub(super) status: i32,
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
}

impl Behaviour {
    /// Whether its messages have this text.
    pub(super) fn says(&self, text: &str) -> bool {
        String::from_utf8_lossy(&self.stderr).contains(text)
    }

    /// What another run has otherwise, in words.
    pub(super) fn differing(&self, other: &Self) -> Vec<String> {
        let mut all: Vec<String> = self.differing_status(other).into_iter().collect();
        for (name, one, two) in
            [("stdout", &self.stdout, &other.stdout), ("stderr", &self.stderr, &other.stderr)]
        {
            if one != two {
                let same = one.iter().zip(two).take_while(|(a, b)| a == b).count();
                let shown = String::from_utf8_lossy(&two[same..two.len().min(same + 80)]).into_owned();
                all.push(format!("{name} from byte {same} on: {shown:?}"));
            }
        }
        all
    }

    /// The status of another run, in words, where it is another.
    pub(super) fn differing_status(&self, other: &Self) -> Option<String> {
        let text = || format!("wait status {:#06x}, not {:#06x}", other.status, self.status);
        (self.status != other.status).then(text)
    }
}

/// What files hold, by what their names end in.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// A folder for the runs of one program. Removed on drop.
pub(super) struct Bench {
    path: PathBuf,
    start: u64,
}

impl Bench {
    /// Makes the folder, and in it what the program works on.
    ///
    /// # Errors
    ///
    /// When the set-up fails.
    pub(super) fn new(setup: &str, index: usize) -> Result<Self> {
        let path = std::env::temp_dir().join(format!("xtask-compare-{}-{index}", std::process::id()));
        let bench = Self { path, start: UNIX_EPOCH.elapsed()?.as_secs() };
        fs::create_dir_all(bench.input())?;
        let mut shell = Command::new("sh");
        shell.args(["-e", "-c", setup]).current_dir(bench.input()).env("HOME", bench.input());
        debian::run(shell.stdin(Stdio::null()))?;
        Ok(bench)
    }

    /// A folder for files of the comparison itself.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// When the folder was made, in seconds since the Epoch.
    pub(super) fn began(&self) -> u64 {
        self.start
    }

    fn input(&self) -> PathBuf {
        self.path.join("input")
    }

    /// Runs a program untraced.
    pub(super) fn run(&self, command: &[String]) -> Result<Behaviour> {
        self.start(command)
    }

    /// Runs `tracer` with options, a program and its arguments; what it did, and the trace.
    pub(super) fn trace(&self, tracer: &Path, words: &[String]) -> Result<(Behaviour, String)> {
        // Messages begin with the name by which a tracer was called, and that name has to be the same.
        let link = self.path.join("strace");
        let _ = fs::remove_file(&link);
        symlink(tracer, &link)?;
        let output = self.path.join("trace");
        let _ = fs::remove_file(&output);
        let mut command = vec![link.display().to_string(), "-o".to_owned(), output.display().to_string()];
        command.extend_from_slice(words);
        let behaviour = self.start(&command)?;
        let trace = fs::read(&output).unwrap_or_default();
        Ok((behaviour, String::from_utf8_lossy(&trace).into_owned()))
    }

    /// The trace of a program that should have no rights, see no other process and no network, should one of its calls
    /// be executed though all are injected. What it finds does not depend on where its stack is. One that is too long,
    /// since the oracle follows some lengths beyond all bounds, ends as if the tracer had died.
    pub(super) fn trace_confined(&self, tracer: &Path, words: &[String]) -> Result<Vec<u8>> {
        const LONGEST: u64 = 300_000_000;
        let output = self.path.join("trace");
        let _ = fs::remove_file(&output);
        let mut command = Command::new("unshare");
        command.args(["--user", "--pid", "--net", "--fork", "--kill-child"]);
        command.arg("prlimit").arg(format!("--fsize={LONGEST}"));
        command.args(["timeout", "--kill-after=5", "300", "setarch", "--addr-no-randomize"]);
        command.arg(tracer).arg("-o").arg(&output).args(words);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        let mut trace = fs::read(&output)?;
        if trace.len() as u64 >= LONGEST {
            let whole = trace.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
            trace.truncate(whole);
            trace.extend_from_slice(b" <detached ...>\n");
        }
        Ok(trace)
    }

    /// Runs a program with its trace recorded as well, and plays the recording back: the files of the trace and those
    /// of the replay, by what their names end in. There is one alone, but where each process has its own.
    pub(super) fn record(
        &self,
        tracer: &Path,
        options: &[String],
        command: &[String],
    ) -> Result<(Files, Files)> {
        let [live, replayed, recording] = ["live", "replayed", "recording"].map(|name| self.path.join(name));
        let words = |first: [String; 3], last: &[String]| [&first, options, last].concat();
        let tracer = tracer.display().to_string();
        let output = |path: &Path| format!("--output={}", path.display());
        let record = [tracer.clone(), output(&live), format!("--record={}", recording.display())];
        let separator = ["--".to_owned()];
        self.start(&words(record, &[&separator, command].concat()))?;
        let replay = [tracer, output(&replayed), format!("--replay={}", recording.display())];
        let shown = self.start(&words(replay, &[]))?;
        if shown.status != 0 || !shown.stderr.is_empty() {
            return Err(format!("a replay fails: {}", String::from_utf8_lossy(&shown.stderr)).into());
        }
        Ok((self.take(&live)?, self.take(&replayed)?))
    }

    /// Reads the files whose names begin like `path`, and removes them.
    fn take(&self, path: &Path) -> Result<Files> {
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?.path();
            let end = entry.to_str().and_then(|entry| entry.strip_prefix(path.to_str()?));
            if let Some(end) = end {
                files.insert(end.to_owned(), fs::read(&entry)?);
                fs::remove_file(&entry)?;
            }
        }
        Ok(files)
    }

    /// Runs a command without address randomisation, in a fresh copy of its input.
    fn start(&self, words: &[String]) -> Result<Behaviour> {
        let work = self.path.join("work");
        let _ = fs::remove_dir_all(&work);
        debian::run(Command::new("cp").arg("-a").args([&self.input(), &work]))?;
        let files = [self.path.join("stdout"), self.path.join("stderr")];
        let mut command = Command::new("timeout");
        command.args(["--kill-after=5", LIMIT, "setarch", "--addr-no-randomize"]);
        command.args(words);
        command.current_dir(&work).env_clear().envs(ENVIRONMENT).env("HOME", &work);
        command.stdin(Stdio::null()).stdout(File::create(&files[0])?).stderr(File::create(&files[1])?);
        let status = command.status()?.into_raw();
        Ok(Behaviour { status, stdout: fs::read(&files[0])?, stderr: fs::read(&files[1])? })
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}
