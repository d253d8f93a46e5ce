//! The options of the benchmark.

use crate::Result;

pub(super) const USAGE: &str = "usage: cargo xtask bench [--only NAME[,NAME]] [--rounds N] [--storm N] [--threads N]\n\
    \x20                        [--instructions] [--no-build] [--write]\n\
    \x20      cargo xtask bench --list";

pub(super) struct Options {
    /// How often each command runs.
    pub(super) rounds: usize,
    /// What is wanted; empty: all.
    pub(super) only: Vec<String>,
    /// How many processes a storm of them has.
    pub(super) storm: u32,
    /// The most threads that are traced at once.
    pub(super) threads: u32,
    pub(super) build: bool,
    pub(super) write: bool,
    pub(super) list: bool,
}

impl Options {
    /// Understands the command line.
    ///
    /// # Errors
    /// It makes no sense.
    pub(super) fn parse(args: &[String]) -> Result<Options> {
        let mut options = Options {
            rounds: 5,
            only: vec![],
            storm: 2_000,
            threads: 2_000,
            build: true,
            write: false,
            list: false,
        };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            let mut value = || args.next().ok_or(USAGE);
            match arg.as_str() {
                "--rounds" => options.rounds = value()?.parse()?,
                "--only" => options.only.extend(value()?.split(',').map(str::to_owned)),
                "--storm" => options.storm = value()?.parse()?,
                "--threads" => options.threads = value()?.parse()?,
                "--instructions" => options.only.push("instructions".to_owned()),
                "--no-build" => options.build = false,
                "--write" => options.write = true,
                "--list" => options.list = true,
                _ => return Err(USAGE.into()),
            }
        }
        if options.rounds == 0 || options.storm == 0 || options.threads == 0 {
            return Err(USAGE.into());
        }
        if options.write && !options.only.is_empty() {
            return Err("--write needs all figures, and --only makes some".into());
        }
        Ok(options)
    }

    /// Whether a workload, or another part of the benchmark, is wanted.
    pub(super) fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|wanted| wanted == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options> {
        Options::parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn what_is_wanted() {
        let options = parse("--only find,true --rounds 3").unwrap();
        assert!(options.wants("true") && !options.wants("tar"));
        assert_eq!(options.rounds, 3);
        assert!(parse("").unwrap().wants("tar"));
        assert!(parse("--rounds 0").is_err() && parse("--what").is_err() && parse("--only").is_err());
        assert!(parse("--write --only true").is_err());
    }
}
