//! What every published crate brings along.

use std::path::Path;

use super::tree::Tree;
use crate::workspace::{Package, Workspace};

pub(super) fn findings(workspace: &Workspace, tree: &Tree) -> Vec<String> {
    let published = workspace.published();
    published.flat_map(|package| missing(package, &workspace.root, tree)).collect()
}

fn missing(package: &Package, root: &Path, tree: &Tree) -> Vec<String> {
    let Package { name, description, documentation, license, rust_version, .. } = package;
    let fields = [
        ("description", description),
        ("documentation", documentation),
        ("license", license),
        ("rust-version", rust_version),
    ];
    let directory = package.directory().strip_prefix(root).unwrap_or(package.directory());
    let has_words = |file: &&str| {
        let path = directory.join(file);
        let file = path.to_str().and_then(|path| tree.find(path));
        file.is_some_and(|file| !file.text.trim().is_empty())
    };
    let unset = fields.into_iter().filter(|(_, value)| value.is_none()).map(|(field, _)| field);
    let unwritten = ["README.md", "CHANGELOG.md"].into_iter().filter(|file| !has_words(file));
    unset.chain(unwritten).map(|what| format!("{name}: {what} is missing or empty")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sees_what_a_crate_lacks() {
        let text = || Some("text".to_owned());
        let complete = Package {
            name: "a".into(),
            manifest_path: "/root/crates/a/Cargo.toml".into(),
            description: text(),
            documentation: text(),
            license: text(),
            rust_version: text(),
            ..Package::default()
        };
        let tree =
            Tree::from([("crates/a/README.md", "# a\n"), ("crates/a/CHANGELOG.md", "# Changes\n")]);
        let root = Path::new("/root");
        assert_eq!(missing(&complete, root, &tree), [""; 0]);

        let tree = Tree::from([("crates/a/README.md", " \n")]);
        let lacking = Package { license: None, rust_version: None, ..complete };
        assert_eq!(
            missing(&lacking, root, &tree),
            [
                "a: license is missing or empty",
                "a: rust-version is missing or empty",
                "a: README.md is missing or empty",
                "a: CHANGELOG.md is missing or empty",
            ]
        );
    }
}
