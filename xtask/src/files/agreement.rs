//! Files that must say the same.

use super::tree::{File, Tree};

/// What the command that runs the tests begins with.
const TESTS: &str = "cargo test";

/// Where promises stand beside the tests of them.
const PROMISES: &str = "docs/security.md";

pub(super) fn findings(tree: &Tree) -> Vec<String> {
    let nested = tree.files.iter().filter(|file| file.path.ends_with("/clippy.toml"));
    let unrepeated = nested.flat_map(|file| left_out(tree, file));
    untold_tests(tree).into_iter().chain(unrepeated).chain(lost_tests(tree)).collect()
}

/// The page that says of each promise how it is tested names tests that there are.
fn lost_tests(tree: &Tree) -> Vec<String> {
    let words = tree.find(PROMISES).into_iter().flat_map(|page| page.text.split('`'));
    // Every second piece stood between two backticks.
    let is_name = |word: &&str| {
        word.contains('_') && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    let named = words.skip(1).step_by(2).filter(is_name);
    let is_there = |name: &str| {
        let test = format!("fn {name}(");
        tree.rust().any(|file| file.text.contains(&test))
    };
    let lost = named.filter(|name| !is_there(name));
    lost.map(|name| format!("{PROMISES}: there is no test {name}")).collect()
}

/// CI runs the very command that the README tells.
fn untold_tests(tree: &Tree) -> Option<String> {
    let mut told = lines(tree, "README.md").filter(|line| line.starts_with(TESTS));
    match told.next() {
        None => Some(format!("README.md: no line that begins with `{TESTS}` tells how to test")),
        Some(command) if lines(tree, ".ci/run").all(|line| line != command) => {
            Some(format!(".ci/run: does not run `{command}`, as README.md tells"))
        }
        Some(_) => None,
    }
}

/// Clippy reads the nearest clippy.toml alone, so what the root's says must stand there too.
fn left_out(tree: &Tree, nested: &File) -> Vec<String> {
    let is_repeated = |rule: &&str| nested.text.lines().any(|line| line.trim() == *rule);
    let rules = lines(tree, "clippy.toml").filter(|line| !line.starts_with('#'));
    let unrepeated = rules.filter(|rule| !is_repeated(rule));
    unrepeated.map(|rule| format!("{}: lacks the root's `{rule}`", nested.path)).collect()
}

/// The lines of a file, without the space around them; none if there is no such file.
fn lines<'a>(tree: &'a Tree, path: &str) -> impl Iterator<Item = &'a str> + use<'a> {
    tree.find(path).into_iter().flat_map(|file| file.text.lines()).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_the_readme_with_what_ci_runs() {
        let with = |readme, run| findings(&Tree::from([("README.md", readme), (".ci/run", run)]));
        let told = "```\ncargo test --all-features\n```\n";
        assert_eq!(with(told, "set -e\ncargo test --all-features\n"), [""; 0]);

        let other = ".ci/run: does not run `cargo test --all-features`, as README.md tells";
        assert_eq!(with(told, "cargo test\n"), [other]);

        let untold = "README.md: no line that begins with `cargo test` tells how to test";
        assert_eq!(with("", "cargo test\n"), [untold]);
    }

    #[test]
    fn sees_a_promise_whose_test_is_gone() {
        let page = "| a promise | `openat2` | `it_is_kept`, `it_was_kept`, `a.rs` |\n";
        let files = [
            ("README.md", "cargo test\n"),
            (".ci/run", "cargo test\n"),
            ("docs/security.md", page),
            ("a.rs", "#[test]\nfn it_is_kept() {}\n"),
        ];
        let finding = "docs/security.md: there is no test it_was_kept";
        assert_eq!(findings(&Tree::from(files)), [finding]);
    }

    #[test]
    fn sees_a_rule_that_a_nested_clippy_toml_forgets() {
        let root = "# Why.\na = 1\nlist = [\n    \"x\",\n]\n";
        let with = |nested| {
            let tests = ("README.md", "cargo test\n");
            let run = (".ci/run", "cargo test\n");
            findings(&Tree::from([tests, run, ("clippy.toml", root), ("b/clippy.toml", nested)]))
        };
        assert_eq!(with("a = 1\nlist = [\n    \"x\",\n    \"y\",\n]\n"), [""; 0]);
        let forgotten = "b/clippy.toml: lacks the root's `\"x\",`";
        assert_eq!(with("a = 1\nlist = [\n    \"y\",\n]\n"), [forgotten]);
    }
}
