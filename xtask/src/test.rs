//! Tests.

use crate::command::{self, MEMBERS, cargo};
use crate::outcome::{Failure, Outcome};

/// Without `--all-targets`, which would leave out the tests in the documentation; and the benchmarks'
/// own without the databases that they measure beside.
pub(crate) fn run() -> Result<Outcome, Failure> {
    test(&[&MEMBERS[..], &["--all-features"]].concat())?;
    test(&["--package=hakurei-bench"])
}

fn test(packages: &[&str]) -> Result<Outcome, Failure> {
    command::run(
        cargo(["test"]).args(packages),
        "run the failed test alone: cargo test -p PACKAGE NAME",
    )
}
