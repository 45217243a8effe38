//! What threads may do in one process, in many orders: docs/verification.md.

use std::env;

use crate::command::{self, cargo};
use crate::outcome::{Failure, Outcome};
use crate::workspace::Workspace;

/// Where the explorations stand, in each crate that has some.
const MODULE: &str = "explored::";

/// Builds the crates apart from all other builds, with stand-ins for what threads wait for, and runs
/// their explorations alone: no other test can run on the stand-ins.
pub(crate) fn run() -> Result<Outcome, Failure> {
    let workspace = Workspace::read()?;
    let mut flags = env::var("RUSTFLAGS").unwrap_or_default();
    flags.push_str(" --cfg shuttle");
    let mut test = cargo(["test", "--package", "hakurei-lockedfile", "--package", "hakurei-store"]);
    test.args(["--lib", "--target-dir"]).arg(workspace.target.join("shuttle")).arg(MODULE);
    command::run(
        test.env("RUSTFLAGS", flags.trim_start()),
        "give the schedule that is printed to `shuttle::replay` in the test that failed",
    )
}
