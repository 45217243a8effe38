//! The tests that share entries with a Go program of ours, see tests/interop.

mod go;
mod watched;

use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;

use crate::command::{self, MEMBERS, cargo};
use crate::outcome::{Failure, Outcome};
use crate::workspace::Workspace;

/// Where the tests find the program. They skip themselves where it is not set.
const PROGRAM: &str = "GOPEER";

/// Where the test of the shared store finds out how long it goes on, in seconds.
const SECONDS: &str = "INTEROP_SECONDS";

#[derive(Args)]
pub(crate) struct Options {
    /// The Go to build with [default: $GO, or one that is installed, or one that pip gets].
    #[arg(long, value_name = "PATH")]
    go: Option<PathBuf>,
    /// How long the two languages share a store.
    #[arg(long, value_name = "N", default_value_t = Self::default().seconds)]
    seconds: u64,
    /// Leaves out the comparison of how long an entry takes to read.
    #[arg(long)]
    no_timing: bool,
    /// What the test program is told: names of tests, and its own options [default: interop].
    #[arg(last = true, value_name = "FILTER")]
    filter: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self { go: None, seconds: 30, no_timing: false, filter: Vec::new() }
    }
}

/// Builds the Go program, runs the tests with it, and compares the time that reading takes.
pub(crate) fn run(options: &Options) -> Result<Outcome, Failure> {
    let workspace = Workspace::read()?;
    let go = match go::find(options.go.as_deref(), &workspace.target) {
        Ok(go) => go,
        Err(reason) => return Ok(Outcome::Skipped(reason)),
    };
    let program = build(&go, &workspace)?;
    test(&program, options)?;
    if options.no_timing {
        return Ok(Outcome::Passed);
    }
    compare(&program)
}

fn test(program: &Path, options: &Options) -> Result<(), Failure> {
    // The packages and features of the step `test`, so that nothing is compiled twice.
    let mut test = cargo(["test", "--all-features", "--test", "processes"]);
    // What a test says that skips itself would else not be seen.
    test.args(MEMBERS).args(["--", "--show-output"]).args(&options.filter);
    if options.filter.iter().all(|word| word.starts_with('-')) {
        test.arg("interop::");
    }
    watched::run(test.env(PROGRAM, program).env(SECONDS, options.seconds.to_string()))
}

/// Prints Go's time for reading an entry beside ours, and judges nothing: a busy machine lies.
fn compare(program: &Path) -> Result<Outcome, Failure> {
    let mut compare = cargo(["run", "--quiet", "--release", "--package", "hakurei-tests"]);
    compare.args(["--bin", "gobtime", "--"]).arg(program);
    command::run(&mut compare, "mend tests/src/bin/gobtime.rs")
}

fn build(go: &Path, workspace: &Workspace) -> Result<PathBuf, Failure> {
    let program = workspace.target.join("gopeer/gopeer");
    let remedy = "mend tests/interop/gopeer, or name another Go: cargo xtask interop --go PATH";
    command::run(go_in(go, workspace).args(["vet", "./..."]), remedy)?;
    // Git may refuse to name the version of another user's checkout, and nobody asks for it.
    let mut build = go_in(go, workspace);
    command::run(build.args(["build", "-buildvcs=false", "-o"]).arg(&program), remedy)?;
    Ok(program)
}

/// A Go that gets nothing from the network, and writes nothing outside of the target directory.
fn go_in(go: &Path, workspace: &Workspace) -> Command {
    let mut command = Command::new(go);
    command
        .current_dir(workspace.root.join("tests/interop/gopeer"))
        .envs([("CGO_ENABLED", "0"), ("GOFLAGS", "-mod=mod"), ("GOTOOLCHAIN", "local")])
        .envs([("GOPROXY", "off"), ("GOWORK", "off")])
        .env("GOCACHE", workspace.target.join("go-cache"))
        .env("GOPATH", workspace.target.join("go-path"));
    command
}
