//! A segment for the time of one action.

use hakurei_hst::Identity;

use crate::error::Error;
use crate::segment::Segment;
use crate::store::Store;

impl Store {
    /// Runs `action` in the segment of an identity, under its lock; the older system's `Do`. The
    /// segment cannot leave it:
    ///
    /// ```compile_fail,E0521
    /// use hakurei_hst::Identity;
    /// use hakurei_store::Store;
    ///
    /// fn escapes(store: &Store) {
    ///     let mut escaped = None;
    ///     let _done = store.with(Identity::MIN, |segment| escaped = Some(segment));
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`WithError::NotEntered`] if the action was not run, and [`WithError::Unlock`], with what it
    /// returned, if only the lock could not be let go.
    pub fn with<T>(
        &self,
        identity: Identity,
        action: impl FnOnce(&Segment<'_>) -> T,
    ) -> Result<T, WithError<T>> {
        let handle = self.handle(identity).map_err(WithError::NotEntered)?;
        let segment = handle.lock().map_err(WithError::NotEntered)?;
        let value = action(&segment);
        match segment.unlock() {
            Ok(()) => Ok(value),
            Err(error) => Err(WithError::Unlock { value, error }),
        }
    }
}
/// Why [`Store::with`] did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum WithError<T> {
    /// The lock was not taken, and nothing was done.
    #[error("the segment was not entered")]
    NotEntered(#[source] Error),
    /// All was done, but the lock could not be let go.
    #[error("the segment was left, but not unlocked")]
    Unlock {
        /// What the action returned.
        value: T,
        /// What kept the lock from being let go.
        #[source]
        error: Error,
    },
}
