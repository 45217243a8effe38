//! Lints.

use crate::command::{self, MEMBERS, cargo};
use crate::outcome::{Failure, Outcome};

/// Looks at everything, but at the benchmarks without the databases that they measure beside.
pub(crate) fn run() -> Result<Outcome, Failure> {
    look(&[&MEMBERS[..], &["--all-features"]].concat())?;
    look(&["--package=hakurei-bench"])
}

fn look(at: &[&str]) -> Result<Outcome, Failure> {
    command::run(
        cargo(["clippy", "--all-targets"]).args(at).args(["--", "--deny=warnings"]),
        "mend what clippy names; an exception is #[expect(lint, reason = \"…\")]",
    )
}
