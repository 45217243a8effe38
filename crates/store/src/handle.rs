//! One identity's segment, in this process.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use hakurei_check::PathError;
use hakurei_hst::{Identity, InstanceId};
use hakurei_lockedfile::{Holder, Inode, LockError, Mode, Mutex, Rank, Wait};

use crate::error::{Error, ErrorKind};
use crate::lease::Lease;
use crate::place::{OpenSegment, SegmentLock};
use crate::publish::withdraw;
use crate::record::Record;
use crate::segment::Segment;
use crate::store::Shared;

/// A thread that holds a segment's lock takes neither another segment's nor the store's.
const RANK: Rank = Rank(2);

/// A way into the segment of one identity, whose directory exists.
///
/// Clones are the same handle, and so are all that a store gives out for one identity while any of
/// them lives: they share the kept descriptor of the lock file. Handles are equal if they share it.
#[derive(Clone)]
pub struct Handle(pub(crate) Arc<Inner>);

/// What the clones of a handle share.
pub(crate) struct Inner {
    mutex: Mutex<SegmentLock>,
    pub(crate) identity: Identity,
    registration: Registration,
}

impl Handle {
    /// The identity whose instances it leads to.
    #[must_use]
    pub fn identity(&self) -> Identity {
        self.0.identity
    }

    /// Waits for the segment's lock, for as long as it takes.
    ///
    /// # Errors
    ///
    /// As [`lock_with`](Self::lock_with), but for `TimedOut` and `Cancelled`.
    pub fn lock(&self) -> Result<Segment<'_>, Error> {
        self.lock_with(Wait::forever())
    }

    /// Takes the segment's lock if nobody holds it; none if another thread or process does.
    ///
    /// # Errors
    ///
    /// As [`lock_with`](Self::lock_with), but for `TimedOut` and `Cancelled`.
    pub fn try_lock(&self) -> Result<Option<Segment<'_>>, Error> {
        match self.0.in_segment(Wait::never(), |_| self.0.mutex.try_lock()) {
            Ok(guard) => Ok(guard.map(|guard| Segment::new(guard, &self.0))),
            // The segment is missing, and somebody holds the store's lock.
            Err(error) if error.kind() == ErrorKind::TimedOut => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Waits for the segment's lock until that time.
    ///
    /// # Errors
    ///
    /// As [`lock_with`](Self::lock_with).
    pub fn lock_until(&self, deadline: Instant) -> Result<Segment<'_>, Error> {
        self.lock_with(Wait::until(deadline))
    }

    /// Takes the segment's lock, waiting as told. If somebody has removed the segment, or the whole
    /// store, it is made again first.
    ///
    /// # Errors
    ///
    /// Step `acquire lock on store segment N`, or a step of making the segment:
    ///
    /// - [`ErrorKind::TimedOut`]: another holds it; [`Error::holder`] says who.
    /// - [`ErrorKind::Cancelled`]: the wait was cancelled.
    /// - [`ErrorKind::Deadlock`]: this thread holds a segment's lock already.
    /// - [`ErrorKind::Untrusted`]: the base directory, one above it, or the lock file may be in
    ///   somebody else's hands.
    /// - [`ErrorKind::Unsupported`]: the filesystem cannot lock.
    pub fn lock_with(&self, wait: Wait<'_>) -> Result<Segment<'_>, Error> {
        let guard = self
            .0
            .in_segment(wait, |wait| self.0.mutex.lock_with(Mode::Exclusive, wait.reborrow()))?;
        Ok(Segment::new(guard, &self.0))
    }

    /// Who holds the segment's lock now, if anybody does.
    ///
    /// # Errors
    ///
    /// Step `acquire lock on store segment N`, if the lock file cannot be opened or probed.
    pub fn holder(&self) -> Result<Option<Holder>, Error> {
        self.0.mutex.holder().map_err(|error| self.0.lock_error(error))
    }

    /// Takes the lock, saves an instance, and lets the lock go.
    ///
    /// # Errors
    ///
    /// Those of [`lock`](Self::lock), [`Segment::save`] and [`Segment::unlock`]; after the last, the
    /// entry has been taken away again.
    pub fn save(&self, record: &Record) -> Result<Lease, Error> {
        self.locked(|segment| segment.save(record))
    }

    /// As [`save`](Self::save), and the entry is on the disk when it returns; see
    /// [`Segment::save_durably`].
    ///
    /// # Errors
    ///
    /// Those of [`lock`](Self::lock), [`Segment::save_durably`] and [`Segment::unlock`]; after the
    /// last, the entry has been taken away again.
    pub fn save_durably(&self, record: &Record) -> Result<Lease, Error> {
        self.locked(|segment| segment.save_durably(record))
    }

    fn locked<T>(&self, action: impl FnOnce(&Segment<'_>) -> Result<T, Error>) -> Result<T, Error> {
        let segment = self.lock()?;
        let done = action(&segment)?;
        segment.unlock()?;
        Ok(done)
    }

    /// Closes the kept descriptor if this is the last clone and no lease needs it, and reports what
    /// drop would swallow.
    ///
    /// # Errors
    ///
    /// Step `close state file`, what close(2) answers; it is closed nevertheless.
    pub fn close(self) -> Result<(), Error> {
        match Arc::into_inner(self.0) {
            Some(inner) => {
                inner.mutex.close().map_err(|error| Error::path("close state file", error))
            }
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let base = self.0.store().base.pathname();
        f.debug_struct("Handle").field("base", base).field("identity", &self.0.identity).finish()
    }
}

impl PartialEq for Handle {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Handle {}

impl Inner {
    pub(crate) fn new(store: &Arc<Shared>, identity: Identity) -> Self {
        let lock = SegmentLock::new(Arc::clone(&store.base), identity);
        Self {
            mutex: Mutex::at(lock).ranked(RANK),
            identity,
            registration: Registration { store: Arc::clone(store), identity },
        }
    }

    pub(crate) fn store(&self) -> &Arc<Shared> {
        &self.registration.store
    }

    /// Makes the segment if there is none, and opens it in this process.
    pub(crate) fn prepare(&self, wait: Wait<'_>) -> Result<(), Error> {
        self.in_segment(wait, |_| self.mutex.open().map(drop))
    }

    /// Takes the lock of a segment that exists; none if there is no such segment any more.
    pub(crate) fn lock_existing(
        self: &Arc<Self>,
        wait: Wait<'_>,
    ) -> Result<Option<Segment<'_>>, Error> {
        match self.mutex.lock_with(Mode::Exclusive, wait) {
            Ok(guard) => Ok(Some(Segment::new(guard, self))),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(self.lock_error(error)),
        }
    }

    /// Takes an entry away if that needs no waiting: the lock is free, or this thread's own.
    pub(crate) fn try_withdraw(&self, id: InstanceId, inode: Inode) {
        let take_away = |opened: &OpenSegment| {
            // Whoever wants to know whether that worked calls `Lease::destroy`.
            let _withdrawn = withdraw(opened.directories.segment(), id, Some(inode));
        };
        match self.mutex.try_lock() {
            Ok(Some(guard)) => take_away(guard.opened()),
            Err(error) if error.is_held_here() => {
                self.mutex.open().iter().for_each(|kept| take_away(kept.opened()));
            }
            Ok(None) | Err(_) => {}
        }
    }

    pub(crate) fn lock_error(&self, error: LockError) -> Error {
        Error::lock(format!("acquire lock on store segment {}", self.identity), error)
    }

    /// Does what needs the segment's directory, and makes that first if it is missing.
    fn in_segment<T>(
        &self,
        mut wait: Wait<'_>,
        mut attempt: impl FnMut(&mut Wait<'_>) -> Result<T, LockError>,
    ) -> Result<T, Error> {
        let answer = match attempt(&mut wait) {
            Err(error) if is_missing(&error) => {
                self.store().create_segment(self.identity, wait.reborrow())?;
                attempt(&mut wait)
            }
            answer => answer,
        };
        answer.map_err(|error| self.lock_error(error))
    }
}

/// A handle's place in its store's map, where it is held weakly; it is cleared at the end.
struct Registration {
    store: Arc<Shared>,
    identity: Identity,
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.store.handles.remove_if(&self.identity, |_, handle| handle.strong_count() == 0);
    }
}

/// Whether there was no directory to open the lock file in.
fn is_missing(error: &LockError) -> bool {
    let cause =
        std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<PathError>());
    cause.is_some_and(|cause| cause.cause().kind() == std::io::ErrorKind::NotFound)
}
