//! Lints.

use crate::command::{self, cargo};
use crate::outcome::{Failure, Outcome};

pub(crate) fn run() -> Result<Outcome, Failure> {
    command::run(
        cargo(["clippy", "--workspace", "--all-targets", "--all-features"])
            .args(["--", "--deny=warnings"]),
        "mend what clippy names; an exception is #[expect(lint, reason = \"…\")]",
    )
}
