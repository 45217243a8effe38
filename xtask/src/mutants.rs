//! Mutants: the code, changed in one place at a time, and whether a test notices:
//! docs/reliability.md. No step of CI, for it takes hours.

mod tally;

use std::ffi::OsString;
use std::path::Path;

use clap::Args;

use crate::command::{self, cargo, probe};
use crate::outcome::{Failure, Outcome};
use crate::section::Section;
use crate::workspace::Workspace;
use tally::Tally;

/// Where the figures stand for people.
const SECTION: Section =
    Section { page: "docs/reliability.md", command: "cargo xtask mutants --record" };

/// The crates that are changed if none is named: what they do wrong, nobody else can put right.
const CRATES: [&str; 2] = ["lockedfile", "store"];

#[derive(Args)]
pub(crate) struct Options {
    /// A crate to change, by the name of its directory; may be given again.
    #[arg(long = "crate", value_name = "CRATE", default_values = CRATES)]
    crates: Vec<String>,
    /// Changes nothing, and writes into docs/reliability.md what the last run has come to, and those
    /// that it went on from. A part of a crate is no run to go on from: its survivors are forgotten.
    #[arg(long, conflicts_with_all = ["crates", "arguments"])]
    record: bool,
    /// What else cargo-mutants is told: --list, --shard 0/8, --file src/lease.rs, --iterate.
    #[arg(last = true, value_name = "ARG")]
    arguments: Vec<OsString>,
}

/// Changes each crate, and fails if any change survives its tests.
pub(crate) fn run(options: &Options) -> Result<Outcome, Failure> {
    if probe(&mut cargo(["mutants", "--version"])).is_none() {
        let missing = "cargo-mutants is not installed: cargo install --locked cargo-mutants";
        return Ok(Outcome::Skipped(missing.into()));
    }
    let workspace = Workspace::read()?;
    let outputs = workspace.target.join("mutants");
    if options.record {
        return record(&outputs, &workspace.root);
    }
    let mut failure = None;
    for name in &options.crates {
        let output = outputs.join(name);
        // Those of the other crates are worth knowing all the same.
        failure = failure.or(mutate(name, &output, &options.arguments).err());
    }
    failure.map_or(Ok(Outcome::Passed), Err)
}

fn record(outputs: &Path, root: &Path) -> Result<Outcome, Failure> {
    let mut table = String::from(Tally::HEAD);
    for name in CRATES {
        let mut list = cargo(["mutants", "--list", "--package"]);
        let all = command::capture(list.arg(package(name)))?;
        let all = String::from_utf8_lossy(&all);
        let tally = Tally::read(&outputs.join(name).join("mutants.out"), &all)?;
        table.push_str(&tally.row(name));
    }
    println!("{table}");
    SECTION.write(root, &table)?;
    Ok(Outcome::Passed)
}

fn mutate(name: &str, output: &Path, arguments: &[OsString]) -> Result<Outcome, Failure> {
    std::fs::create_dir_all(output).map_err(|error| {
        Failure::new(
            format!("cannot make {}: {error}", output.display()),
            "see who may write there",
        )
    })?;
    let mut mutants = cargo(["mutants", "--no-shuffle", "--package"]);
    mutants.arg(package(name)).arg("--output").arg(output).args(arguments);
    // Nobody debugs a mutant, and thousands are built.
    mutants.env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_PROFILE_TEST_DEBUG", "0");
    // It copies the tree, and builds the copy beside it.
    mutants.env_remove("CARGO_TARGET_DIR");
    command::run(
        &mut mutants,
        &format!(
            "read {}/mutants.out/missed.txt one by one: kill each by a test, or exclude it in \
             .cargo/mutants.toml with the reason",
            output.display()
        ),
    )
}

fn package(name: &str) -> String {
    format!("hakurei-{name}")
}
