//! Documentation.

use crate::command::{self, MEMBERS, cargo};
use crate::outcome::{Failure, Outcome};

/// Builds it twice: for those who work on the crates, which checks the links in private modules; and
/// then for their users, which finds public pages that link to private ones, and is what stays.
pub(crate) fn run() -> Result<Outcome, Failure> {
    build(&["--document-private-items"])?;
    build(&[])
}

fn build(audience: &[&str]) -> Result<Outcome, Failure> {
    command::run(
        cargo(["doc", "--no-deps", "--all-features"])
            .args(MEMBERS)
            .args(audience)
            .env("RUSTDOCFLAGS", "--deny=warnings"),
        "mend the links and the examples that rustdoc names",
    )
}
