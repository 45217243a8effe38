//! The way from `/` to the store, and whether it may be trusted.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use hakurei_store::{Error, ErrorKind, Store};

use super::finding::{Finding, Remedy, path_of};
use super::{filesystem, repair, shape, want};
use crate::report::Failure;
use crate::sys;

/// Why a way that is not trusted matters.
const UNTRUSTED: &str =
    "whoever can change it could put another store in its place, so nothing in it is believed";

/// Why a way that cannot be walked matters.
const UNREADABLE: &str = "nothing in the store can be read, or recorded";

/// What is wrong on the way, and whether what lies below can be looked at; the library stops at the
/// first that may not be trusted. What is repaired is as good as right.
pub(super) fn examine(store: &Store, fix: bool) -> Result<(Vec<Finding>, bool), Failure> {
    let mut findings = Vec::new();
    while let Err(error) = store.segments() {
        want::check(&error)?;
        let mut finding = finding(store, &error);
        if fix && finding.remedy() == Remedy::Mode {
            repair::mode(&mut finding);
        }
        let goes_on = finding.is_repaired();
        findings.push(finding);
        if !goes_on {
            return Ok((findings, false));
        }
    }
    if let Err(error) = store.check_filesystem() {
        want::check(&error)?;
        if error.kind() == ErrorKind::Unsupported {
            findings.push(shared(store, &error));
        } else {
            // Only where there is no store yet has it not been met above.
            findings.push(self::finding(store, &error));
            return Ok((findings, false));
        }
    }
    findings.extend(filesystem::examine(store));
    Ok((findings, true))
}

fn shared(store: &Store, error: &Error) -> Finding {
    Finding::new(
        error.message(),
        store.base().as_path(),
        "a lock that another machine does not see excludes nobody, so none is taken",
        ELSEWHERE,
    )
}

fn finding(store: &Store, error: &Error) -> Finding {
    let base = store.base().as_path();
    let path = path_of(error).unwrap_or(base);
    if error.kind() != ErrorKind::Untrusted {
        let fix = "see that you may enter it, or name another store: --store, $HAKUREI_STORE";
        return Finding::new(error.message(), path, UNREADABLE, fix);
    }
    let Ok(found) = path.symlink_metadata() else {
        return Finding::new(error.message(), path, UNTRUSTED, ELSEWHERE);
    };
    if path != base || !is_ours_and_open(&found) {
        return Finding::new(error.message(), path, UNTRUSTED, advice(path, &found));
    }
    match shape::objection_to_store(path, &found) {
        None => {
            let fix = format!("chmod 0700 {}", path.display());
            Finding::new(error.message(), path, UNTRUSTED, fix).with_remedy(Remedy::Mode)
        }
        Some(objection) => {
            let what = format!("{}; {objection}", error.message());
            Finding::new(what, path, UNTRUSTED, ELSEWHERE)
        }
    }
}

/// What is always possible.
pub(super) const ELSEWHERE: &str = "name a store that lies elsewhere: --store, $HAKUREI_STORE";

fn is_ours_and_open(found: &Metadata) -> bool {
    found.is_dir() && found.uid() == sys::effective_uid() && found.mode() & 0o077 != 0
}

fn advice(path: &Path, found: &Metadata) -> String {
    if found.is_symlink() {
        format!("put a directory in the place of the link, or {ELSEWHERE}")
    } else if found.is_dir() && found.uid() == sys::effective_uid() && found.mode() & 0o022 != 0 {
        format!("chmod go-w {}, or {ELSEWHERE}", path.display())
    } else {
        ELSEWHERE.to_owned()
    }
}
