//! What was found once: a sample has all of it.

use super::operation::Operation;
use super::plan::{Fault, Shot};

/// Operation, call and error.
pub(super) const FOUND: &[[&str; 3]] = &[
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
];

pub(super) fn is_like(operation: &Operation, shot: &Shot) -> bool {
    FOUND.iter().any(|found| is(found, operation, shot))
}

/// Whether a run is that one.
pub(super) fn is(found: &[&str; 3], operation: &Operation, shot: &Shot) -> bool {
    matches!(shot.fault, Fault::Error(errno) if *found == [&operation.name, &shot.call.name, errno])
}
