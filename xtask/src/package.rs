//! The archives of the published crates.

use std::path::Path;
use std::process::Command;
use std::{fs, io};

use crate::command::{self, cargo, probe};
use crate::outcome::{Failure, Outcome};
use crate::workspace::Workspace;

/// Packs all published crates at once and builds each from its archive. Packed together, they find
/// one another before any of them is in the registry (since cargo 1.90).
pub(crate) fn run() -> Result<Outcome, Failure> {
    let workspace = Workspace::read()?;
    let place = workspace.target.join("archives").join(contents(&workspace));
    if !place.is_dir() {
        clear(&workspace.target.join("archives"))?;
    }
    let mut package = cargo(["package"]);
    package.arg("--target-dir").arg(place);
    // An archive is built to see that it can be.
    package.env("CARGO_PROFILE_DEV_DEBUG", "none");
    for published in workspace.published() {
        package.args(["--package", &published.name]);
    }
    if has_changes(&workspace) {
        println!("the work tree has changes: they are packed as they are");
        package.arg("--allow-dirty");
    }
    command::run(&mut package, "see which file or which version is missing from the archive")
}

/// Takes away what was built of earlier archives.
fn clear(archives: &Path) -> Result<(), Failure> {
    match fs::remove_dir_all(archives) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Failure::new(
            format!("cannot clear {}: {error}", archives.display()),
            "remove it by hand",
        )),
        _ => Ok(()),
    }
}

/// A name for what is packed. Cargo unpacks a crate once for each place and version, so that in the
/// same place it would build today's archive against yesterday's.
fn contents(workspace: &Workspace) -> String {
    let tree = ["rev-parse", "HEAD^{tree}"];
    let tree = probe(Command::new("git").args(tree).current_dir(&workspace.root));
    match tree {
        Some(tree) if !has_changes(workspace) => String::from_utf8_lossy(&tree).trim().to_owned(),
        _ => format!("process-{}", std::process::id()),
    }
}

/// Whether there is anything that git would commit; without git, cargo does not ask.
fn has_changes(workspace: &Workspace) -> bool {
    let status = ["status", "--porcelain"];
    probe(Command::new("git").args(status).current_dir(&workspace.root))
        .is_some_and(|changes| !changes.is_empty())
}
