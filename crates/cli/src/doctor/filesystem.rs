//! What keeps anything from being recorded, though the way to the store may be trusted.

use std::path::Path;

use hakurei_check::PathError;
use hakurei_store::Store;

use super::finding::Finding;
use super::way::ELSEWHERE;
use crate::sys::{self, Filesystem};

/// Looks at the filesystem of the store, or at the place where it would be made.
pub(super) fn examine(store: &Store) -> Vec<Finding> {
    let base = store.base().as_path();
    let place = nearest(base);
    let mut findings = Vec::new();
    if let Ok(found) = Filesystem::of(place) {
        if found.is_read_only {
            findings.push(Finding::new(
                "its filesystem is read-only",
                place,
                "no instance can be recorded, and none removed",
                "mount it for writing",
            ));
        }
        if found.is_full {
            findings.push(Finding::new(
                "its filesystem is full",
                place,
                "no instance can be recorded; those that end can still be removed",
                "make room on it",
            ));
        }
    }
    if place != base && findings.is_empty() {
        findings.extend(place_to_be(place));
    }
    findings
}

/// What keeps a store from being made below a directory.
fn place_to_be(place: &Path) -> Option<Finding> {
    let what = match sys::may_make_names(place) {
        Ok(()) => return None,
        Err(error) => {
            format!("nothing can be made in it: {}", PathError::new("mkdir in", place, error))
        }
    };
    let why = "the store does not exist yet, and cannot be made";
    Some(Finding::new(what, place, why, format!("see that you may write there, or {ELSEWHERE}")))
}

/// The store's directory, or the nearest above it that is there.
fn nearest(base: &Path) -> &Path {
    // The last is `/`, which is always there.
    base.ancestors().find(|path| path.symlink_metadata().is_ok()).unwrap_or(base)
}
