//! Tests.

use crate::command::{self, cargo};
use crate::outcome::{Failure, Outcome};

/// Without `--all-targets`, which would leave out the tests in the documentation.
pub(crate) fn run() -> Result<Outcome, Failure> {
    command::run(
        &mut cargo(["test", "--workspace", "--all-features"]),
        "run the failed test alone: cargo test -p PACKAGE --all-features NAME",
    )
}
