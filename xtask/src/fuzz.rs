//! `cargo xtask fuzz`: libFuzzer over the rows, or over what reads recordings.
//!
//! `cargo fuzz` does the same and more, but takes a nightly toolchain for its sanitizer. There is no `unsafe` in what
//! is fuzzed here, and the compiler's part of libFuzzer, which tells it what code has been reached, is in stable ones.

use std::path::Path;
use std::process::Command;

use crate::Result;
use crate::debian;

const USAGE: &str = "\
usage: cargo xtask fuzz [OPTION...]
Walks the rows over registers and memory that libFuzzer makes up, or reads recordings that it makes up. What it has
learnt is kept in fuzz/corpus, what made a decoder or the reader fail in fuzz/artifacts.
  --recordings  recordings instead of rows
  --seconds N   how long (600)";

/// What `cargo fuzz` gives the compiler, without a sanitizer.
const FLAGS: [&str; 7] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Clink-dead-code",
    "-Ccodegen-units=1",
];

/// `cargo xtask fuzz`.
pub(crate) fn fuzz(args: &[String]) -> Result<()> {
    let (mut seconds, mut target) = (600, "rows");
    let mut args = args.iter();
    while let Some(option) = args.next() {
        match option.as_str() {
            "--seconds" => seconds = args.next().ok_or(USAGE)?.parse::<u64>()?,
            "--recordings" => target = "recording",
            "--help" | "-h" => {
                println!("{USAGE}");
                return Ok(());
            }
            _ => return Err(USAGE.into()),
        }
    }
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = xtask.parent().unwrap_or(xtask).join("fuzz");
    // With a target named, build scripts are built without the flags.
    let host = host()?;
    let mut build = Command::new("cargo");
    build.args(["build", "--release", "--bin", target, "--target", &host]).current_dir(&folder);
    debian::run(build.env("RUSTFLAGS", FLAGS.join(" ")))?;
    // What has been learnt of one is nothing to the other.
    let corpus = if target == "rows" { "corpus".to_owned() } else { format!("corpus-{target}") };
    for name in [&corpus, "artifacts"] {
        std::fs::create_dir_all(folder.join(name))?;
    }
    let mut run = Command::new(folder.join("target").join(&host).join("release").join(target));
    run.arg(format!("-max_total_time={seconds}"));
    run.args(["-max_len=4096", "-artifact_prefix=artifacts/", "-print_final_stats=1", &corpus]);
    let status = run.current_dir(&folder).status()?;
    if status.success() { Ok(()) } else { Err("it failed: see fuzz/artifacts".into()) }
}

/// The target that the compiler runs on.
fn host() -> Result<String> {
    let version = debian::output(Command::new("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.ok_or("rustc -vV names no host")?.to_owned())
}
