//! What may stand where, and how much of it.

use super::tree::{File, Tree};

/// The most lines that a shipped file has, tests not counted.
const LONGEST: usize = 300;

/// Shipped files that are longer, and why.
const LONGER: &[(&str, &str)] = &[];

/// What each crate names in one module; the rest says what it wants, not by which call or whose lock.
const ROOMS: &[(&str, &str)] = &[("rustix", "sys"), ("parking_lot", "sync"), ("dashmap", "sync")];

/// Files that may lift the denial of `unsafe_code`, and why.
const UNSAFE: &[(&str, &str)] = &[
    (
        "crates/lockedfile/src/sys.rs",
        "only a raw descriptor can be closed such that the error of close is seen",
    ),
    (
        "crates/lockedfile/src/sys/wiped.rs",
        "memory that a fork wipes can be had of the kernel alone, and tells a child from its parent",
    ),
    ("crates/gob/tests/state/memory.rs", "nothing else can see what is allocated"),
    ("crates/cli/src/monitor/fd.rs", "a number from outside has no other way to be a descriptor"),
    (
        "tests/src/bin/peer/process.rs",
        "no safe interface forks or numbers children anew, or ends a process's first thread alone",
    ),
    ("crates/bench/src/peers/lmdb.rs", "LMDB maps a file, which nobody else may change"),
];

pub(super) fn findings(tree: &Tree) -> Vec<String> {
    let shipped: Vec<&File> = tree.rust().filter(|file| file.is_shipped()).collect();
    let long = shipped.iter().filter_map(|file| too_long(file));
    let strays = shipped.iter().flat_map(|file| ROOMS.iter().filter_map(|room| strays(file, room)));
    let unsafe_code = tree.rust().filter_map(lifts_unsafe);
    long.chain(strays).chain(unsafe_code).collect()
}

fn too_long(file: &File) -> Option<String> {
    let lines = file.lines_without_tests().count();
    let finding = || format!("{}: {lines} lines without tests, over {LONGEST}", file.path);
    (lines > LONGEST && !is_listed(LONGER, file)).then(finding)
}

/// What has a room of its own is named nowhere else.
fn strays(file: &File, (name, room): &(&str, &str)) -> Option<String> {
    if file.place().split(['/', '.']).next() == Some(room) {
        return None;
    }
    let number = file.lines_without_tests().find_map(|(number, line)| {
        let code = line.split("//").next().unwrap_or_default();
        code.contains(name).then_some(number)
    })?;
    Some(format!("{}:{number}: {name} is named outside of the crate's module `{room}`", file.path))
}

/// The compiler refuses `unsafe` wherever no attribute lifts the lint.
fn lifts_unsafe(file: &File) -> Option<String> {
    let number = (1..).zip(file.text.lines()).find_map(|(number, line)| {
        let line = line.trim_start();
        let is_attribute = line.starts_with("#[") || line.starts_with("#![");
        let lifts =
            line.starts_with("unsafe_code") || (is_attribute && line.contains("unsafe_code"));
        lifts.then_some(number)
    })?;
    let finding = || format!("{}:{number}: unsafe code in a place that is not listed", file.path);
    (!is_listed(UNSAFE, file)).then(finding)
}

fn is_listed(list: &[(&str, &str)], file: &File) -> bool {
    list.iter().any(|(path, _reason)| *path == file.path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sees_a_long_file_but_not_its_tests() {
        let long = "//\n".repeat(LONGEST + 1);
        let tested = format!("{}#[cfg(test)]\n{long}", "//\n".repeat(LONGEST));
        let tree = Tree::from([
            ("crates/a/src/long.rs", &*long),
            ("crates/a/src/tested.rs", &*tested),
            ("crates/a/src/tested/tests.rs", &*long),
            ("crates/a/tests/it/main.rs", &*long),
        ]);
        let finding = "crates/a/src/long.rs: 301 lines without tests, over 300";
        assert_eq!(findings(&tree), [finding]);
    }

    #[test]
    fn sees_rustix_outside_of_sys() {
        let code = "//! Not by rustix.\nuse rustix::fs::openat;\n";
        let tree = Tree::from([
            ("crates/a/src/sys.rs", code),
            ("crates/a/src/sys/open.rs", code),
            ("crates/a/src/open.rs", code),
            ("crates/a/src/open/tests.rs", code),
            ("crates/a/src/said.rs", "//! Not by rustix.\n"),
            ("tests/src/bin/helper.rs", code),
        ]);
        let finding = "crates/a/src/open.rs:2: rustix is named outside of the crate's module `sys`";
        assert_eq!(findings(&tree), [finding]);
    }

    #[test]
    fn sees_locks_outside_of_sync() {
        let code = "use parking_lot::Mutex;\n";
        let tree = Tree::from([
            ("crates/a/src/sync.rs", code),
            ("crates/a/src/sync/map.rs", "use dashmap::DashMap;\n"),
            ("crates/a/src/map.rs", code),
        ]);
        let finding =
            "crates/a/src/map.rs:1: parking_lot is named outside of the crate's module `sync`";
        assert_eq!(findings(&tree), [finding]);
    }

    #[test]
    fn sees_unsafe_code() {
        let tree = Tree::from([
            ("a.rs", "#[expect(unsafe_code, reason = \"\")]\n"),
            ("b.rs", "#![allow(\n    unsafe_code,\n)]\n"),
            ("c.rs", "// unsafe_code\n"),
        ]);
        assert_eq!(
            findings(&tree),
            [
                "a.rs:1: unsafe code in a place that is not listed",
                "b.rs:2: unsafe code in a place that is not listed",
            ]
        );
    }
}
