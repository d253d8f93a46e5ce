//! Runs tests: in a folder of their own, in parallel, each under a time limit.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use super::harness::{Harness, Tests};
use super::outcome::{Abi, Outcome, TestId};
use crate::Result;

/// How often a running test is looked at.
const POLL: Duration = Duration::from_millis(5);

/// The variables that tests see; all others (cargo sets `LD_LIBRARY_PATH`, for one) would change what they trace.
const ENVIRONMENT: [&str; 8] = ["PATH", "HOME", "USER", "LOGNAME", "SHELL", "TERM", "LANG", "TMPDIR"];

/// A folder in which tests run, with the test programs (hard links) and the tracer (`bin/strace`, for messages
/// begin with the name by which the tracer was called). Concurrent runs each have their own. Removed on drop.
pub(super) struct RunFolder {
    path: PathBuf,
}

impl RunFolder {
    /// Makes the folder, and removes those that dead processes left behind.
    pub(super) fn new(harness: &Harness, tracer: &Path) -> Result<Self> {
        let runs = harness.runs();
        fs::create_dir_all(&runs)?;
        remove_stale(&runs)?;
        let folder = Self { path: runs.join(std::process::id().to_string()) };
        let _ = fs::remove_dir_all(&folder.path);
        fs::create_dir_all(folder.path.join("bin"))?;
        symlink(tracer, folder.tracer())?;
        // Tests look up in the build's configuration what a tracer should offer.
        symlink(harness.sources(), folder.path.join("src"))?;
        for abi in Abi::ALL {
            link_programs(&harness.programs(abi), &folder.tests(abi))?;
        }
        Ok(folder)
    }

    fn tracer(&self) -> PathBuf {
        self.path.join("bin/strace")
    }

    fn tests(&self, abi: Abi) -> PathBuf {
        self.path.join(abi.folder())
    }

    /// What the test wrote when last run.
    pub(super) fn log(&self, id: &TestId) -> PathBuf {
        self.path.join(format!("{}-{}.log", id.abi, id.name))
    }

    /// The working folder of a test, where its traces (`log`) and expected texts (`exp`) are.
    pub(super) fn working_folder(&self, id: &TestId) -> PathBuf {
        self.tests(id.abi).join(format!("{}.dir", id.name))
    }
}

impl Drop for RunFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

fn remove_stale(runs: &Path) -> Result<()> {
    for entry in fs::read_dir(runs)? {
        let entry = entry?;
        if !Path::new("/proc").join(entry.file_name()).exists() {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    Ok(())
}

/// Links the files that tests use: programs and generated data, not what they were compiled from.
fn link_programs(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        let is_input =
            Path::new(&name).extension().is_some_and(|extension| extension == "o" || extension == "a");
        if entry.file_type()?.is_file() && !is_input {
            fs::hard_link(entry.path(), to.join(name))?;
        }
    }
    Ok(())
}

/// A test that can be started.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) id: TestId,
    command: Vec<String>,
    source: PathBuf,
}

/// The jobs of all tests of one ABI, by name.
pub(super) fn jobs(tests: &Tests) -> Vec<Job> {
    let job = |script: &String| {
        let mut command = tests.launcher.clone();
        command.push(tests.source.join(script).display().to_string());
        Job { id: tests.id(script), command, source: tests.source.clone() }
    };
    tests.scripts.iter().map(job).collect()
}

/// What came of a job.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ended {
    pub(super) outcome: Outcome,
    pub(super) duration: Duration,
}

/// Runs jobs, in the order given, `parallel` of them at a time, each for at most its `limit`. `note` is told of each
/// that ends.
pub(super) fn run(
    folder: &RunFolder,
    jobs: &[Job],
    parallel: usize,
    limit: impl Fn(&TestId) -> Duration + Sync,
    note: impl Fn(&TestId, Ended) + Sync,
) -> Result<BTreeMap<TestId, Ended>> {
    let queue = Mutex::new(jobs.iter());
    let next = || queue.lock().ok()?.next();
    let worker = || -> std::result::Result<Vec<(TestId, Ended)>, String> {
        let mut done = Vec::new();
        while let Some(job) = next() {
            let ended =
                run_one(folder, job, limit(&job.id)).map_err(|error| format!("{}: {error}", job.id))?;
            note(&job.id, ended);
            done.push((job.id.clone(), ended));
        }
        Ok(done)
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..parallel.max(1)).map(|_| scope.spawn(worker)).collect();
        let mut all = BTreeMap::new();
        for worker in workers {
            all.extend(worker.join().map_err(|_| "a worker panicked")??);
        }
        Ok(all)
    })
}

fn run_one(folder: &RunFolder, job: &Job, limit: Duration) -> Result<Ended> {
    let log = File::create(folder.log(&job.id))?;
    // Its own session: signals that a test sends to its process group do not reach us, and what a test leaves
    // behind can be told from everything else.
    let mut command = Command::new("setsid");
    command.args(&job.command).current_dir(folder.tests(job.id.abi)).env_clear();
    command.envs(ENVIRONMENT.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
    command.env("STRACE", folder.tracer()).env("srcdir", &job.source);
    command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
    let start = Instant::now();
    let mut child = command.spawn()?;
    let status = wait(&mut child, limit)?;
    let duration = start.elapsed();
    end_session(child.id())?;
    if status.is_none() {
        child.wait()?;
    }
    let outcome = Outcome::from_status(status.and_then(|status| status.code()));
    Ok(Ended { outcome, duration })
}

/// Waits for a child; nothing when `limit` passes before it ends.
fn wait(child: &mut Child, limit: Duration) -> Result<Option<ExitStatus>> {
    let start = Instant::now();
    while start.elapsed() < limit {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        thread::sleep(POLL);
    }
    Ok(None)
}

/// Kills the processes of a session that a test started. Tracees die with their tracer or after it: repeated
/// until none is left.
fn end_session(session: u32) -> Result<()> {
    for _ in 0..20 {
        let left = session_members(session)?;
        if left.is_empty() {
            break;
        }
        // Some end on their own before the signal arrives, which `kill` would report.
        let mut kill = Command::new("kill");
        kill.arg("-KILL").args(left).stderr(Stdio::null()).status()?;
        thread::sleep(POLL);
    }
    Ok(())
}

/// The processes of a session that still run, without zombies.
fn session_members(session: u32) -> Result<Vec<String>> {
    let mut members = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let pid = name.to_string_lossy();
        if pid.bytes().all(|byte| byte.is_ascii_digit())
            && fs::read(format!("/proc/{pid}/stat")).is_ok_and(|stat| session_of(&stat) == Some(session))
        {
            members.push(pid.into_owned());
        }
    }
    Ok(members)
}

/// The session in a `/proc/PID/stat` line (`PID (NAME) STATE PPID PGRP SESSION …`); none for a zombie.
fn session_of(stat: &[u8]) -> Option<u32> {
    let stat = String::from_utf8_lossy(stat);
    // The name may hold anything, parentheses and spaces too.
    let mut fields = stat.rsplit_once(") ")?.1.split(' ');
    let state = fields.next()?;
    (state != "Z").then(|| fields.nth(2)?.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn session_in_stat() {
        assert_eq!(session_of(b"12 (a) b) S 1 12 77 0 -1"), Some(77));
        assert_eq!(session_of(b"12 (a) Z 1 12 77 0 -1"), None);
        assert_eq!(session_of(b""), None);
    }
}
