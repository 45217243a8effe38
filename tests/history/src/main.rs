//! What many processes do to a store at random, and whether the answers make sense:
//! `cargo xtask history`.
//!
//! Round after round, real processes save, end, destroy, list, look, collect, adopt and lock, are
//! stopped and killed; each writes down what it called and what it was answered, with the times. Then
//! the history is checked. A plan that fails is made smaller and kept, and played first from then on.
//! What is checked is written down in docs/reliability.md.

mod actor;
mod check;
mod clock;
mod history;
mod kept;
mod plan;
mod round;
mod run;
mod shrink;

use std::fs::OpenOptions;
use std::path::Path;
use std::process::ExitCode;

use hakurei_check::Absolute;
use hakurei_store::Store;

use crate::actor::Hand;

type Error = Box<dyn std::error::Error>;
type Result<T> = std::result::Result<T, Error>;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["act", part, base, log] => act(part, base, log),
        ["--seconds", seconds] => {
            seconds.parse().map_err(Error::from).and_then(|it| run::run(it, None))
        }
        ["--seconds", seconds, "--seed", seed] => run_by(seconds, seed),
        _ => Err("usage: hakurei-history --seconds N [--seed S]".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run_by(seconds: &str, seed: &str) -> Result<()> {
    run::run(seconds.parse()?, Some(seed.parse()?))
}

/// Plays one process's part.
fn act(part: &str, base: &str, log: &str) -> Result<()> {
    let log = OpenOptions::new().append(true).open(log)?;
    let store = Store::new(Absolute::try_from(Path::new(base))?);
    actor::play(&part.parse()?, Hand::new(store, std::os::unix::process::parent_id()), log)
}
