//! Single lines.

use super::tree::{File, Tree};

/// Files whose lines people write, and so can mend.
const WRITTEN: &[&str] = &[".rs", ".toml", ".md", ".ci/run", ".sh", ".yml", ".yaml"];

pub(super) fn findings(tree: &Tree) -> Vec<String> {
    let written =
        tree.files.iter().filter(|file| WRITTEN.iter().any(|end| file.path.ends_with(end)));
    let mut findings = Vec::new();
    for File { path, text } in written {
        for (number, line) in (1..).zip(text.lines()) {
            if let Some(fault) = fault(path, line) {
                findings.push(format!("{path}:{number}: {fault}"));
            }
        }
    }
    findings
}

fn fault(path: &str, line: &str) -> Option<&'static str> {
    let is_rust = path.ends_with(".rs");
    if line.ends_with([' ', '\t', '\r']) {
        Some("space at the end of the line")
    } else if is_rust && line.contains('\t') {
        Some("a tab; in a string it is \\t")
    } else if is_rust && line.trim_start().starts_with("#[ignore") {
        Some("an ignored test; mend it, or take it out")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sees_each_fault() {
        let tree = Tree::from([
            (
                "a.rs",
                "fn a() {}\nfn b() {} \n\tfn c() {}\n    #[ignore]\n    #[ignore = \"slow\"]\n",
            ),
            ("b.md", "two spaces  \n\ta tab is a matter of taste\n"),
            ("c.bin", "anything \n"),
        ]);
        assert_eq!(
            findings(&tree),
            [
                "a.rs:2: space at the end of the line",
                "a.rs:3: a tab; in a string it is \\t",
                "a.rs:4: an ignored test; mend it, or take it out",
                "a.rs:5: an ignored test; mend it, or take it out",
                "b.md:1: space at the end of the line",
            ]
        );
    }
}
