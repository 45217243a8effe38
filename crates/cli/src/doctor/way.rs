//! The way from `/` to the store, and whether it may be trusted.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use hakurei_store::{Error, ErrorKind, Store};

use super::finding::{Finding, Remedy, path_of};
use super::repair;
use crate::sys::{self, Filesystem};

/// Why a way that is not trusted matters.
const UNTRUSTED: &str =
    "whoever can change it could put another store in its place, so nothing in it is believed";

/// Why a way that cannot be walked matters.
const UNREADABLE: &str = "nothing in the store can be read, or recorded";

/// What is wrong on the way; the library stops at the first. What is repaired is as good as right.
pub(super) fn examine(store: &Store, fix: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    while let Err(error) = store.segments() {
        let mut finding = finding(store, &error);
        if fix && finding.remedy() == Remedy::Mode {
            repair::mode(&mut finding);
        }
        let goes_on = finding.is_repaired();
        findings.push(finding);
        if !goes_on {
            return findings;
        }
    }
    findings.extend(filesystem(store));
    findings
}

fn finding(store: &Store, error: &Error) -> Finding {
    let base = store.base().as_path();
    let path = path_of(error).unwrap_or(base);
    if error.kind() != ErrorKind::Untrusted {
        let fix = "see that you may enter it, or name another store: --store, $HAKUREI_STORE";
        return Finding::new(error.message(), path, UNREADABLE, fix);
    }
    let found = path.symlink_metadata().ok();
    let is_open_base = path == base && found.as_ref().is_some_and(is_ours_and_open);
    let fix = found.map_or_else(|| ELSEWHERE.to_owned(), |found| advice(path, base, &found));
    let finding = Finding::new(error.message(), path, UNTRUSTED, fix);
    if is_open_base { finding.with_remedy(Remedy::Mode) } else { finding }
}

/// What is always possible.
const ELSEWHERE: &str = "name a store that lies elsewhere: --store, $HAKUREI_STORE";

fn is_ours_and_open(found: &Metadata) -> bool {
    found.is_dir() && found.uid() == sys::effective_uid() && found.mode() & 0o077 != 0
}

fn advice(path: &Path, base: &Path, found: &Metadata) -> String {
    let name = path.display();
    if found.is_symlink() {
        format!("put a directory in the place of the link, or {ELSEWHERE}")
    } else if path == base && is_ours_and_open(found) {
        format!("chmod 0700 {name}")
    } else if found.is_dir() && found.uid() == sys::effective_uid() {
        format!("chmod go-w {name}, or {ELSEWHERE}")
    } else {
        ELSEWHERE.to_owned()
    }
}

/// What keeps anything from being recorded, though the way is fine.
fn filesystem(store: &Store) -> Vec<Finding> {
    let base = store.base().as_path();
    let mut findings = Vec::new();
    if let Err(error) = store.check_filesystem() {
        findings.push(Finding::new(
            error.message(),
            base,
            "a lock that another machine does not see excludes nobody, so none is taken",
            ELSEWHERE,
        ));
    }
    // A store that does not exist yet has no filesystem.
    if let Ok(found) = Filesystem::of(base) {
        if found.is_read_only {
            findings.push(Finding::new(
                "its filesystem is read-only",
                base,
                "no instance can be recorded, and none removed",
                "mount it for writing",
            ));
        }
        if found.is_full {
            findings.push(Finding::new(
                "its filesystem is full",
                base,
                "no instance can be recorded; those that end can still be removed",
                "make room on it",
            ));
        }
    }
    findings
}
