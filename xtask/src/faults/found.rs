//! What was found once: a sample has all of it.

use std::collections::BTreeSet;

use super::operation::Operation;
use super::plan::Shot;

/// Operation, call and error.
const FOUND: &[[&str; 3]] = &[
    // Kept locked for as long as the process lived.
    ["lock-again", "flock", "EIO"],
    // A segment that was never listed again.
    ["watch", "read", "EIO"],
    // Waited for ever for a program that had ended.
    ["run", "sendto", "ENOMEM"],
    // Named an entry, and not where it lies.
    ["save-cbor", "read", "EIO"],
    ["hand-over", "fcntl", "EMFILE"],
    // Called the dead running, as nobody could be asked once more.
    ["list", "flock", "ENOLCK"],
    // Never told of a store that had come while the way to it could not be walked.
    ["watch-from-nothing", "fstatfs", "EIO"],
    // Said that somebody was in the way.
    ["save-cbor", "write", "EAGAIN"],
];

pub(super) fn is_like(operation: &Operation, shot: &Shot) -> bool {
    FOUND.contains(&key(operation, shot))
}

/// Those that are no run any more, and so would never be tried again.
pub(super) fn gone<'a>(
    runs: impl Iterator<Item = (&'a Operation, &'a Shot)>,
) -> impl Iterator<Item = String> {
    let runs: BTreeSet<_> = runs.map(|(operation, shot)| key(operation, shot)).collect();
    FOUND.iter().filter(move |found| !runs.contains(*found)).map(|found| {
        format!("{}: is no run any more; change xtask/src/faults/found.rs", found.join(":"))
    })
}

fn key<'a>(operation: &'a Operation, shot: &'a Shot) -> [&'a str; 3] {
    [&operation.name, &shot.call.name, shot.fault.name()]
}
