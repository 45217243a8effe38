//! Formatting.

use crate::command::{self, cargo};
use crate::outcome::{Failure, Outcome};
use crate::workspace::Workspace;

/// Checks the workspace, and that of the fuzz targets, which stands apart.
pub(crate) fn run() -> Result<Outcome, Failure> {
    let workspace = Workspace::read()?;
    check(&workspace)?;
    check(&workspace.read_fuzz()?)
}

fn check(workspace: &Workspace) -> Result<Outcome, Failure> {
    command::run(
        cargo(["fmt", "--all", "--check", "--manifest-path"])
            .arg(workspace.root.join("Cargo.toml")),
        "the same without --check",
    )
}
