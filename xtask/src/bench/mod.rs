//! `cargo xtask bench`: what tracing costs, beside strace.
//!
//! Each workload runs untraced and under each tracer, in turn, round by round, so that a machine whose speed drifts
//! slows all of them alike. What is printed are medians, and their ratios to the untraced run and to strace 7.2.

mod measure;
mod workloads;

use crate::{Result, debian, strax};
use measure::Cost;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use workloads::{Workload, workloads};

const USAGE: &str = "usage: cargo xtask bench [--rounds N] [--only NAME[,NAME]] [--no-build] [--write]";

/// A tracer, and the options that tell it from another with the same program.
struct Tracer {
    name: &'static str,
    path: PathBuf,
    options: &'static [&'static str],
}

struct Options {
    rounds: usize,
    only: Vec<String>,
    build: bool,
    write: bool,
}

fn parse(args: &[String]) -> Result<Options> {
    let mut options = Options { rounds: 5, only: vec![], build: true, write: false };
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--rounds" => options.rounds = args.next().ok_or(USAGE)?.parse()?,
            "--only" => options.only = args.next().ok_or(USAGE)?.split(',').map(str::to_owned).collect(),
            "--no-build" => options.build = false,
            "--write" => options.write = true,
            _ => return Err(USAGE.into()),
        }
    }
    if options.rounds == 0 { Err(USAGE.into()) } else { Ok(options) }
}

/// Runs the benchmarks.
pub(crate) fn bench(args: &[String]) -> Result<()> {
    let options = parse(args)?;
    let tracers = tracers(options.build)?;
    let folder = std::env::temp_dir().join(format!("strax-bench.{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let all = workloads(&folder)?;
    let wanted = |w: &&Workload| options.only.is_empty() || options.only.iter().any(|name| name == w.name);
    let mut table = heading(&tracers);
    print!("{table}");
    for workload in all.iter().filter(wanted) {
        let row = row(workload, &tracers, options.rounds, &folder)?;
        print!("{row}");
        table += &row;
    }
    std::fs::remove_dir_all(&folder)?;
    if options.write { write(&table) } else { Ok(()) }
}

fn tracers(build: bool) -> Result<Vec<Tracer>> {
    let strax = strax::release(build)?;
    let mut tracers = vec![Tracer { name: "strace 7.2", path: debian::oracle()?, options: &[] }];
    for (name, path) in [("strace 6.1", "/usr/bin/strace"), ("lurk", "/usr/bin/lurk")] {
        if Path::new(path).exists() {
            tracers.push(Tracer { name, path: path.into(), options: &[] });
        }
    }
    tracers.push(Tracer { name: "strax, free", path: strax.clone(), options: &["--colocate=never"] });
    tracers.push(Tracer { name: "strax", path: strax, options: &[] });
    Ok(tracers)
}

fn heading(tracers: &[Tracer]) -> String {
    let mut line = String::from("| workload | untraced |");
    for tracer in tracers {
        let _ = write!(line, " {} |", tracer.name);
    }
    line += " strax / strace 7.2 | CPU of strax / strace 7.2 |\n|---|---|";
    line += &"---|".repeat(tracers.len() + 2);
    line + "\n"
}

fn row(workload: &Workload, tracers: &[Tracer], rounds: usize, folder: &Path) -> Result<String> {
    let mut untraced = Vec::new();
    let mut traced: Vec<Vec<Cost>> = tracers.iter().map(|_| Vec::new()).collect();
    for _ in 0..rounds {
        untraced.push(measure::run(&workload.command, &workload.folder)?);
        for (tracer, costs) in tracers.iter().zip(&mut traced) {
            let mut command: Vec<String> = vec![tracer.path.display().to_string()];
            command.extend(tracer.options.iter().map(|&o| o.to_owned()));
            command.extend(workload.options.iter().map(|&o| o.to_owned()));
            command.extend(["-o".to_owned(), folder.join("trace").display().to_string()]);
            command.extend(workload.command.iter().cloned());
            costs.push(measure::run(&command, &workload.folder)?);
        }
    }
    let native = measure::median(&untraced);
    let costs: Vec<Cost> = traced.iter().map(|costs| measure::median(costs)).collect();
    let mut line = format!("| `{}` | {:.3} s |", workload.title(), native.wall);
    for cost in &costs {
        let _ = write!(line, " {:.3} s ({:.1}x) |", cost.wall, cost.wall / native.wall.max(1e-6));
    }
    if let (Some(strace), Some(strax)) = (costs.first(), costs.last()) {
        let _ =
            write!(line, " {:.2} | {:.2} |", strax.wall / strace.wall, strax.user / strace.user.max(1e-6));
    }
    Ok(line + "\n")
}

/// The marks between which the figures stand in the documentation.
const BEGIN: &str = "<!-- figures -->\n";
const END: &str = "<!-- end of figures -->\n";

fn write(table: &str) -> Result<()> {
    let path = Path::new("docs/performance.md");
    let text = std::fs::read_to_string(path)?;
    let (before, rest) = text.split_once(BEGIN).ok_or("docs/performance.md has no mark for the figures")?;
    let (_, after) = rest.split_once(END).ok_or("docs/performance.md has no mark behind the figures")?;
    std::fs::write(path, format!("{before}{BEGIN}{table}{END}{after}"))?;
    Ok(())
}
