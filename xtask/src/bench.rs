//! How fast the store is, see crates/bench. No step of CI: a busy machine lies.

use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;

use crate::command::{self, cargo, probe};
use crate::outcome::{Failure, Outcome};
use crate::workspace::Workspace;

#[derive(Args)]
pub(crate) struct Options {
    /// Ends within 50 seconds, and grows to 100,000 instances only.
    #[arg(long)]
    quick: bool,
    /// Fails if a bar is missed that docs/benchmarks.md does not explain with a profile.
    #[arg(long)]
    check: bool,
    /// Writes all figures to a file.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Measures this alone, such as `latency`; may be given again.
    #[arg(long, value_name = "TOPIC")]
    only: Vec<String>,
    /// Writes what was measured into docs/benchmarks.md, and the plots beside it.
    #[arg(long, conflicts_with = "only")]
    write: bool,
}

/// Builds the benchmarks, with everything that they measure beside, and runs them.
pub(crate) fn run(options: &Options) -> Result<Outcome, Failure> {
    let workspace = Workspace::read()?;
    let mut build = cargo(["build", "--release", "--bins", "--features=hakurei-bench/peers"]);
    build.args(["--package=hakurei-bench", "--package=hakurei-cli"]);
    command::run(&mut build, "mend crates/bench")?;
    let mut bench = in_mounts_of_its_own(&workspace.target.join("release/hakurei-bench"));
    for (option, is_given) in
        [("--quick", options.quick), ("--check", options.check), ("--write", options.write)]
    {
        bench.args(is_given.then_some(option));
    }
    bench.args(options.json.iter().flat_map(|file| [Path::new("--json"), file]));
    bench.args(options.only.iter().flat_map(|topic| ["--only", topic]));
    bench.arg("--report").arg(workspace.root.join("docs/benchmarks.md"));
    let remedy = "see what it says above; each missed bar wants a profile, or better code";
    command::run(&mut bench, remedy)
}

/// A program whose mounts go with it, where that is allowed: it mounts an image if it may.
fn in_mounts_of_its_own(program: &Path) -> Command {
    if probe(Command::new("unshare").args(["--mount", "true"])).is_none() {
        return Command::new(program);
    }
    let mut unshared = Command::new("unshare");
    unshared.arg("--mount").arg(program);
    unshared
}
