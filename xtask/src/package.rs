//! The archives of the published crates.

use std::process::Command;

use crate::command::{self, cargo, probe};
use crate::outcome::{Failure, Outcome};
use crate::workspace::Workspace;

/// Packs all published crates at once and builds each from its archive. Packed together, they find
/// one another before any of them is in the registry (since cargo 1.90).
pub(crate) fn run() -> Result<Outcome, Failure> {
    let workspace = Workspace::read()?;
    let mut package = cargo(["package"]);
    for published in workspace.published() {
        package.args(["--package", &published.name]);
    }
    if has_changes(&workspace) {
        println!("the work tree has changes: they are packed as they are");
        package.arg("--allow-dirty");
    }
    command::run(&mut package, "see which file or which version is missing from the archive")
}

/// Whether there is anything that git would commit; without git, cargo does not ask.
fn has_changes(workspace: &Workspace) -> bool {
    let status = ["status", "--porcelain"];
    probe(Command::new("git").args(status).current_dir(&workspace.root))
        .is_some_and(|changes| !changes.is_empty())
}
