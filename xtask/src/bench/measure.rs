//! What a run of a command costs.

use crate::Result;
use nix::sys::resource::{UsageWho, getrusage};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// The cost of one run, in seconds.
#[derive(Clone, Copy)]
pub(super) struct Cost {
    /// From start to end.
    pub(super) wall: f64,
    /// CPU time in user space, of the command and all that it waited for.
    pub(super) user: f64,
}

/// Runs a command to its end, whatever its status.
pub(super) fn run(command: &[String], folder: &Path) -> Result<Cost> {
    let (program, args) = command.split_first().ok_or("no command")?;
    let before = user_time()?;
    let start = Instant::now();
    Command::new(program)
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    Ok(Cost { wall: start.elapsed().as_secs_f64(), user: user_time()? - before })
}

fn user_time() -> Result<f64> {
    let time = getrusage(UsageWho::RUSAGE_CHILDREN)?.user_time();
    Ok(time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6)
}

/// The median of each figure.
pub(super) fn median(costs: &[Cost]) -> Cost {
    let of = |figure: fn(&Cost) -> f64| {
        let mut figures: Vec<f64> = costs.iter().map(figure).collect();
        figures.sort_by(f64::total_cmp);
        figures[figures.len() / 2]
    };
    Cost { wall: of(|c| c.wall), user: of(|c| c.user) }
}
