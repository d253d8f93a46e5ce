//! What a run of a command costs.

use crate::Result;
use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::unistd::Pid;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The cost of one run, or of several on average.
#[derive(Clone, Debug, Default)]
pub(super) struct Cost {
    /// Seconds from start to end.
    pub(super) wall: f64,
    /// Seconds of CPU time in user space, of the process itself without its children: of a tracer, not of what it
    /// traces.
    pub(super) user: f64,
    /// The most memory that the process itself had, in KB; 0 where nobody watched it.
    pub(super) peak: u64,
    /// The number that the command printed, if it printed one.
    pub(super) said: Option<f64>,
}

/// How a run is watched.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Watch {
    /// Finds out how much memory it takes, at the price of a look every few milliseconds.
    pub(super) memory: bool,
    /// Reads what it prints.
    pub(super) output: bool,
}

/// Runs a command to its end.
///
/// # Errors
/// It can't be started, or fails.
pub(super) fn run(command: &[String], folder: &Path, watch: Watch) -> Result<Cost> {
    let (program, args) = command.split_first().ok_or("no command")?;
    let start = Instant::now();
    let mut child = Command::new(program)
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(if watch.output { Stdio::piped() } else { Stdio::null() })
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("{program}: {error}"))?;
    let pid = child.id();
    let watcher = watch.memory.then(|| std::thread::spawn(move || peak_memory(pid)));
    let mut output = String::new();
    if let Some(mut stdout) = child.stdout.take() {
        stdout.read_to_string(&mut output)?;
    }
    // What there is to know of its CPU time goes when it is reaped.
    let ended = WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT;
    waitid(Id::Pid(Pid::from_raw(pid.cast_signed())), ended)?;
    let wall = start.elapsed().as_secs_f64();
    let user = own_user_time(pid)?;
    let peak = watcher.map_or(0, |watcher| watcher.join().unwrap_or(0));
    let status = child.wait()?;
    if !status.success() {
        return Err(format!("{}: {status}", command.join(" ")).into());
    }
    Ok(Cost { wall, user, peak, said: output.trim().parse().ok() })
}

/// Ticks of `/proc/PID/stat` in a second (`USER_HZ`).
const TICKS: f64 = 100.0;

/// CPU time in user space of a process that has ended. proc_pid_stat(5), field 14.
fn own_user_time(pid: u32) -> Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The command's name, in parentheses, may contain anything.
    let (_, fields) = stat.rsplit_once(')').ok_or("no name in stat")?;
    let ticks = fields.split_ascii_whitespace().nth(11).ok_or("no time in stat")?;
    Ok(ticks.parse::<f64>()? / TICKS)
}

/// The most memory that a process has had when it ends, in KB (`VmHWM` of proc_pid_status(5)). The kernel keeps the
/// peak itself: what is missed is what comes after the last look.
fn peak_memory(pid: u32) -> u64 {
    let mut peak = 0;
    // A process that has ended has no memory, and says nothing of it.
    while let Some(now) = high_water_mark(pid) {
        peak = peak.max(now);
        std::thread::sleep(Duration::from_millis(2));
    }
    peak
}

fn high_water_mark(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

/// Runs a command several times, one after the other; the mean time of one.
///
/// # Errors
/// See [`run`].
pub(super) fn mean(times: u32, command: &[String], folder: &Path) -> Result<Cost> {
    let mut sum = Cost::default();
    for _ in 0..times {
        let cost = run(command, folder, Watch::default())?;
        sum.wall += cost.wall;
        sum.user += cost.user;
    }
    Ok(Cost { wall: sum.wall / f64::from(times), user: sum.user / f64::from(times), ..sum })
}

/// The medians over the rounds; of CPU time, which the kernel tells in coarse pieces, the mean.
pub(super) fn typical(costs: &[Cost]) -> Option<Cost> {
    let said: Option<Vec<f64>> = costs.iter().map(|cost| cost.said).collect();
    Some(Cost {
        wall: median(costs.iter().map(|cost| cost.wall).collect())?,
        user: costs.iter().map(|cost| cost.user).sum::<f64>() / costs.len() as f64,
        peak: median(costs.iter().map(|cost| cost.peak as f64).collect())? as u64,
        said: said.and_then(median),
    })
}

fn median(mut figures: Vec<f64>) -> Option<f64> {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cost_of_a_run() {
        let command = ["sh", "-c", "echo 1.5"].map(String::from);
        let cost = run(&command, Path::new("/"), Watch { memory: false, output: true }).unwrap();
        assert_eq!(cost.said, Some(1.5));
        assert!(cost.wall > 0.0 && cost.user <= cost.wall);
        assert!(run(&["false".to_owned()], Path::new("/"), Watch::default()).is_err());
    }

    #[test]
    fn figures_in_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![]), None);
        assert!(typical(&[]).is_none());
    }
}
