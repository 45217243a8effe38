use std::path::Path;

use super::*;
use crate::trace;

/// What may be there after the calls, each state as the pathnames with the lengths of files.
fn after(lines: &str) -> Vec<String> {
    let mut recording = Recording::new(Path::new("/s"));
    let enter = "openat(AT_FDCWD, \"\\x2f\\x73\", O_RDONLY) = 3\n";
    let calls = trace::parse(&format!("{enter}{lines}")).expect("a trace");
    recording.add(&calls).expect("known");
    let disk = Disk::after(&recording, &recording.steps);
    let states = disk.states(Detail::Coarse).expect("few");
    let node = |(path, node): (&String, &Node)| match node {
        Node::Directory => format!("{path}/"),
        Node::File(bytes) => format!("{path}={}", String::from_utf8_lossy(bytes)),
    };
    states.iter().map(|tree| tree.iter().map(node).collect::<Vec<_>>().join(" ")).collect()
}

const MAKE: &str = concat!(
    "openat(3, \"\\x61\", O_RDWR|O_CREAT|O_EXCL, 0600) = 4\n",
    "write(4, \"\\x78\", 1) = 1\n"
);

#[test]
fn without_a_sync_there_is_nothing_or_a_name_or_all() {
    assert_eq!(after(MAKE), ["", "/a=", "/a=\0", "/a=x"]);
}

#[test]
fn a_sync_of_the_file_keeps_no_name_and_one_of_the_directory_keeps_no_bytes() {
    assert_eq!(after(&format!("{MAKE}fdatasync(4) = 0\n")), ["", "/a=x"]);
    assert_eq!(after(&format!("{MAKE}fsync(3) = 0\n")), ["/a=", "/a=\0", "/a=x"]);
    assert_eq!(after(&format!("{MAKE}fsync(4) = 0\nfsync(3) = 0\n")), ["/a=x"]);
}

#[test]
fn what_was_taken_away_may_be_back_until_that_is_synced() {
    let taken = format!("{MAKE}fsync(4) = 0\nfsync(3) = 0\nunlinkat(3, \"\\x61\", 0) = 0\n");
    assert_eq!(after(&taken), ["", "/a=x"]);
    assert_eq!(after(&format!("{taken}fsync(3) = 0\n")), [""]);
}

#[test]
fn what_lies_in_a_directory_goes_with_its_name() {
    let calls = concat!(
        "mkdirat(3, \"\\x64\", 0700) = 0\n",
        "openat(3, \"\\x64\", O_RDONLY) = 5\n",
        "mkdirat(5, \"\\x65\", 0700) = 0\n",
        "fsync(5) = 0\n",
    );
    assert_eq!(after(calls), ["", "/d/ /d/e/"]);
    assert_eq!(after(&format!("{calls}fsync(3) = 0\n")), ["/d/ /d/e/"]);
}

#[test]
fn names_are_independent_of_each_other() {
    let calls = "mkdirat(3, \"\\x64\", 0700) = 0\nmkdirat(3, \"\\x65\", 0700) = 0\n";
    assert_eq!(after(calls), ["", "/d/", "/d/ /e/", "/e/"]);
}
