//! What must hold of the files themselves.

mod agreement;
mod companions;
mod lines;
mod modules;
mod places;
mod tree;

use crate::outcome::{Failure, Outcome, judge};
use crate::workspace::Workspace;
use tree::Tree;

pub(crate) fn run() -> Result<Outcome, Failure> {
    let workspace = Workspace::read()?;
    let tree = Tree::read(&workspace.root)?;
    let roots = modules::target_roots(&workspace.root, &[&workspace, &workspace.read_fuzz()?]);
    let findings = [
        lines::findings(&tree),
        places::findings(&tree),
        modules::forgotten(&tree, &roots),
        modules::many_test_binaries(&workspace.packages),
        companions::findings(&workspace, &tree),
        agreement::findings(&tree),
    ];
    println!("{} text files", tree.files.len());
    judge(&findings.concat(), "mend each line above; the rules are in xtask/src/files/")
}
