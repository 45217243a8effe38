//! Rust files that no other names, which are never compiled; and tests that link too often.

use std::collections::BTreeSet;
use std::path::Path;

use super::tree::{File, Tree};
use crate::workspace::{Package, Workspace};

/// The files that cargo itself compiles of some workspaces, below the root.
pub(super) fn target_roots(root: &Path, workspaces: &[&Workspace]) -> BTreeSet<String> {
    let packages = workspaces.iter().flat_map(|workspace| &workspace.packages);
    let targets = packages.flat_map(|package| &package.targets);
    let below = targets.filter_map(|target| target.src_path.strip_prefix(root).ok());
    below.filter_map(|path| path.to_str().map(str::to_owned)).collect()
}

/// Finds Rust files that are no target and that no file around them declares as a module.
pub(super) fn forgotten(tree: &Tree, roots: &BTreeSet<String>) -> Vec<String> {
    let modules = tree.rust().filter(|file| !roots.contains(&file.path));
    let forgotten = modules.filter(|file| !is_declared(tree, roots, file));
    forgotten.map(|file| format!("{}: no `mod` line names it", file.path)).collect()
}

/// Finds packages whose integration tests are more than one program: each links everything anew.
pub(super) fn many_test_binaries(packages: &[Package]) -> Vec<String> {
    let tests = |package: &Package| {
        package
            .targets
            .iter()
            .filter(|target| target.kind.iter().any(|kind| kind == "test"))
            .count()
    };
    let many = packages.iter().filter(|package| tests(package) > 1);
    many.map(|package| {
        format!("{}: {} integration binaries; one is enough", package.name, tests(package))
    })
    .collect()
}

fn is_declared(tree: &Tree, roots: &BTreeSet<String>, module: &File) -> bool {
    let path = module.path.strip_suffix("/mod.rs").unwrap_or(&module.path);
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
    let declaration = format!("mod {};", name.trim_end_matches(".rs"));
    let parents = tree.rust().filter(|file| {
        let (place, parent) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
        let is_beside = parent == "mod.rs" || roots.contains(&file.path);
        file.path.strip_suffix(".rs") == Some(directory) || (place == directory && is_beside)
    });
    parents.flat_map(|file| file.text.lines()).any(|line| {
        let line = line.trim_start();
        line.ends_with(&declaration) && !line.starts_with("//")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Target;

    fn forgotten_in<const N: usize>(files: [(&str, &str); N]) -> Vec<String> {
        let roots = ["crates/a/src/lib.rs", "crates/a/tests/it/main.rs"];
        forgotten(&Tree::from(files), &roots.map(str::to_owned).into())
    }

    #[test]
    fn follows_modules_however_they_are_laid_out() {
        let none = forgotten_in([
            ("crates/a/src/lib.rs", "mod one;\npub(crate) mod two;\n"),
            ("crates/a/src/one.rs", "#[cfg(test)]\nmod tests;\n"),
            ("crates/a/src/one/tests.rs", ""),
            ("crates/a/src/two/mod.rs", "mod three;"),
            ("crates/a/src/two/three.rs", ""),
            ("crates/a/tests/it/main.rs", "mod locks;"),
            ("crates/a/tests/it/locks.rs", ""),
        ]);
        assert_eq!(none, [""; 0]);
    }

    #[test]
    fn sees_a_forgotten_file() {
        let found = forgotten_in([
            ("crates/a/src/lib.rs", "mod one;\n// mod two;\nmod twenty_three;\n"),
            ("crates/a/src/one.rs", ""),
            ("crates/a/src/two.rs", ""),
            ("crates/a/src/one/tests.rs", ""),
            ("crates/a/tests/it/main.rs", ""),
            ("crates/a/tests/it/locks.rs", ""),
        ]);
        assert_eq!(
            found,
            [
                "crates/a/src/two.rs: no `mod` line names it",
                "crates/a/src/one/tests.rs: no `mod` line names it",
                "crates/a/tests/it/locks.rs: no `mod` line names it",
            ]
        );
    }

    #[test]
    fn sees_a_second_integration_binary() {
        let target = |kind: &str| Target { kind: vec![kind.into()], src_path: "x.rs".into() };
        let package = |kinds: &[&str]| Package {
            name: "a".into(),
            targets: kinds.iter().map(|kind| target(kind)).collect(),
            ..Package::default()
        };
        assert_eq!(many_test_binaries(&[package(&["lib", "bin", "bin", "test"])]), [""; 0]);
        let finding = "a: 2 integration binaries; one is enough";
        assert_eq!(many_test_binaries(&[package(&["lib", "test", "test"])]), [finding]);
    }
}
