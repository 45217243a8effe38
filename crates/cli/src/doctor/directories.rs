//! The store's own directories and lock files: whose they are, and who may use them.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use hakurei_store::Store;

use super::finding::{Finding, Remedy};
use super::{shape, way};
use crate::sys;

/// Looks at the store's directory and those of its segments, and at the locks in them.
pub(super) fn examine(store: &Store) -> Vec<Finding> {
    let base = store.base().as_path();
    let segments = store.identities().unwrap_or_default();
    let segments = segments.iter().map(|identity| base.join(identity.to_string()));
    let directories: Vec<PathBuf> = std::iter::once(base.to_owned()).chain(segments).collect();
    let mut findings = Vec::new();
    for directory in directories {
        // What vanishes meanwhile is nobody's concern.
        if let Ok(found) = directory.symlink_metadata() {
            findings.extend(directory_mode(&directory, &found, directory == base));
        }
        let lock = directory.join("lock");
        if let Ok(found) = lock.symlink_metadata() {
            findings.extend(lock_mode(&lock, &found));
        }
    }
    findings
}

fn directory_mode(path: &Path, found: &Metadata, is_base: bool) -> Option<Finding> {
    let mode = found.mode() & 0o777;
    let (what, why) = if mode & 0o700 != 0o700 {
        (
            format!("its mode {mode:04o} keeps its owner out"),
            "instances in it can be neither listed nor recorded",
        )
    } else if mode & 0o077 != 0 {
        (
            format!("its mode {mode:04o} is for others, too"),
            "nobody but its owner has business there; what protects it is the directory above alone",
        )
    } else {
        return None;
    };
    let objection = match is_base {
        true => shape::objection_to_store(path, found),
        false => shape::objection_to_segment(path),
    };
    if let Some(objection) = objection {
        let fix = if is_base { way::ELSEWHERE } else { FOREIGN_FIRST };
        return Some(Finding::new(format!("{what}; {objection}"), path, why, fix));
    }
    let finding = Finding::new(what, path, why, format!("chmod 0700 {}", path.display()));
    let is_ours = found.is_dir() && found.uid() == sys::effective_uid();
    Some(if is_ours { finding.with_remedy(Remedy::Mode) } else { finding })
}

/// What to do about a segment that is not closed because of what it holds.
const FOREIGN_FIRST: &str =
    "see what it holds, move what does not belong there elsewhere, and set its mode to 0700";

/// A lock file that its owner could not open; what else may be wrong with it, asking for the lock
/// shows.
fn lock_mode(path: &Path, found: &Metadata) -> Option<Finding> {
    let mode = found.mode() & 0o777;
    (found.is_file() && mode & 0o600 != 0o600).then(|| {
        Finding::new(
            format!("its mode {mode:04o} keeps its owner from locking it"),
            path,
            "nobody can take the lock, so nothing can be recorded or removed",
            format!("chmod 0600 {}", path.display()),
        )
    })
}
