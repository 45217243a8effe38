//! What somebody is told who waits for a lock.

use hakurei_store::{Store, Waiting};

/// Which of a store's locks is waited for, and who holds it.
pub(crate) fn words(waiting: &Waiting<'_>, store: &Store) -> String {
    let holder = waiting.holder();
    if store.base().join("lock").is_ok_and(|lock| lock == *waiting.path()) {
        return format!("waiting for the store, {holder}");
    }
    // The other locks that are waited for lie in segments, whose names are identities.
    let segment = waiting.path().parent();
    let identity = segment.as_path().file_name().unwrap_or_default().display();
    format!("waiting for segment {identity}, {holder}")
}
