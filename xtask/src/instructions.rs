//! Instruction counts of the hot operations, see crates/bench/benches/instructions.rs.

mod baseline;
mod runner;

use std::process::Command;

use clap::Args;

use crate::command::{self, cargo, probe};
use crate::outcome::{Failure, Outcome, judge};
use crate::workspace::Workspace;
use baseline::{Baseline, Counts};

#[derive(Args, Default)]
pub(crate) struct Options {
    /// Takes what is counted for the baseline.
    #[arg(long)]
    write: bool,
}

/// Counts them under valgrind, and holds them against the baseline of the same compiler.
pub(crate) fn run(options: &Options) -> Result<Outcome, Failure> {
    if probe(Command::new("valgrind").arg("--version")).is_none() {
        return Ok(Outcome::Skipped("valgrind is not installed".into()));
    }
    let workspace = Workspace::read()?;
    let file = workspace.root.join("crates/bench/instructions.json");
    let compiler = compiler();
    let kept = Baseline::read(&file)?;
    if !options.write && kept.compiler != compiler {
        let Baseline { compiler: of, .. } = kept;
        return Ok(Outcome::Skipped(format!("the baseline is of {of}, and this is {compiler}")));
    }
    let runner = match runner::find(&workspace) {
        Ok(runner) => runner,
        Err(reason) => return Ok(Outcome::Skipped(reason)),
    };
    let home = workspace.target.join("instructions");
    // What is left of an earlier run would be compared with, and printed in another form.
    let _not_there = std::fs::remove_dir_all(&home);
    let mut bench = cargo(["bench", "--package=hakurei-bench", "--bench=instructions"]);
    bench.args(["--", "--output-format=json"]);
    bench.env("GUNGRAUN_RUNNER", runner).env("GUNGRAUN_HOME", home);
    let counts = Counts::parse(&command::capture(&mut bench)?)?;
    print!("{}", kept.counts.beside(&counts));
    if options.write {
        Baseline { compiler, counts }.write(&file)?;
        return Ok(Outcome::Passed);
    }
    judge(
        &kept.counts.changes(&counts),
        "see what has made the difference; if it is worth it: cargo xtask instructions --write",
    )
}

/// The compiler that cargo calls, which the counts depend on.
fn compiler() -> String {
    let version = probe(Command::new("rustc").arg("--version")).unwrap_or_default();
    String::from_utf8_lossy(&version).trim().to_owned()
}
