//! The mutex.

use std::fmt;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Instant;

use crate::acquire::{Outcome, Request};
use crate::kept::Slot;
use crate::{Absolute, Guard, Holder, Kept, LockError, PathError, Place, Rank, Wait, sys};

/// A lock between processes and between threads, by flock(2) on a file.
///
/// The file is opened at the first locking, and stays open. Nothing is opened or locked when the
/// mutex is made, and the file is never removed.
///
/// Two mutexes on one file exclude each other as two processes would. A thread that holds a lock on
/// a file is refused another one on it, through whichever mutex, with
/// [`LockErrorKind::Deadlock`](crate::LockErrorKind::Deadlock).
pub struct Mutex<P: Place = Absolute> {
    place: P,
    rank: Option<Rank>,
    slot: Slot<P::Opened>,
}

/// Whether others may hold a lock at the same time.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Mode {
    /// Nobody else holds it.
    Exclusive,
    /// Others may hold it, if they share it as well.
    Shared,
}

impl<P: Place> Mutex<P> {
    /// Makes a mutex of a lock file's name.
    pub fn at(place: P) -> Self {
        Self { place, rank: None, slot: Slot::new() }
    }

    /// Puts the mutex in an order with others; see [`Rank`].
    #[must_use]
    pub fn ranked(mut self, rank: Rank) -> Self {
        self.rank = Some(rank);
        self
    }

    /// Where the lock file is.
    pub fn place(&self) -> &P {
        &self.place
    }

    /// Makes sure that the file is there and open in this process, without locking it; it costs
    /// next to nothing if that was so before.
    ///
    /// # Errors
    ///
    /// [`LockErrorKind::System`](crate::LockErrorKind::System) if it cannot be opened. Nothing is
    /// remembered of that.
    #[inline]
    pub fn open(&self) -> Result<Arc<Kept<P::Opened>>, LockError> {
        self.slot.open(&self.place)
    }

    /// Waits for the lock, for as long as it takes, and takes it for this thread alone.
    ///
    /// # Errors
    ///
    /// Every kind of [`LockErrorKind`](crate::LockErrorKind) but `TimedOut` and `Cancelled`.
    #[inline(always)]
    pub fn lock(&self) -> Result<Guard<'_, P>, LockError> {
        self.lock_with(Mode::Exclusive, Wait::forever())
    }

    /// Takes the lock for this thread alone if nobody holds it; `None` if another does, here or in
    /// another process. Who shares it for a moment, to find out whether it is held, does not count.
    ///
    /// # Errors
    ///
    /// Every kind of [`LockErrorKind`](crate::LockErrorKind) but `TimedOut` and `Cancelled`. That
    /// this thread holds the lock itself is `Deadlock`, not `None`.
    #[inline(always)]
    pub fn try_lock(&self) -> Result<Option<Guard<'_, P>>, LockError> {
        Ok(match self.request(Mode::Exclusive, Wait::never())? {
            Outcome::Granted(hold) => Some(Guard::new(hold, &self.place, Some(&self.slot))),
            Outcome::Busy(_) => None,
        })
    }

    /// Waits for the lock until that time, and takes it for this thread alone.
    ///
    /// # Errors
    ///
    /// Every kind of [`LockErrorKind`](crate::LockErrorKind) but `Cancelled`; `TimedOut` names the
    /// holder.
    #[inline]
    pub fn lock_until(&self, deadline: Instant) -> Result<Guard<'_, P>, LockError> {
        self.lock_with(Mode::Exclusive, Wait::until(deadline))
    }

    /// Takes the lock in either mode, waiting as told.
    ///
    /// # Errors
    ///
    /// Every kind of [`LockErrorKind`](crate::LockErrorKind).
    #[inline(always)]
    pub fn lock_with(&self, mode: Mode, wait: Wait<'_>) -> Result<Guard<'_, P>, LockError> {
        let hold = self.request(mode, wait)?.granted(self.place.path())?;
        let slot = self.slot(mode);
        Ok(Guard::new(hold, &self.place, slot))
    }

    /// Says who holds the lock, if anybody does. It is a matter of the past when it is said.
    ///
    /// Of several that share it, one is named. A lock that the kernel does not list for this process
    /// is probed by a shared lock that is released at once, so one who shares it and is hidden goes
    /// unnoticed.
    ///
    /// # Errors
    ///
    /// `System` or `Unsupported` if the file cannot be opened or probed.
    pub fn holder(&self) -> Result<Option<Holder>, LockError> {
        let current = self.place.current();
        if current.map_err(|cause| LockError::system(self.place.path(), cause))?.is_none() {
            return Ok(None);
        }
        // Opened anew: what is kept may be locked, or no longer be what the name means.
        let fresh = Kept::open(&self.place)?;
        if fresh.is_recorded() || fresh.is_refused(self.place.path())? {
            return Ok(Some(fresh.holder()));
        }
        Ok(None)
    }

    #[inline(always)]
    fn request(&self, mode: Mode, wait: Wait<'_>) -> Result<Outcome<P::Opened>, LockError> {
        let slot = self.slot(mode);
        Request { place: &self.place, slot, mode, rank: self.rank, wait }.grant()
    }

    /// Where the file is kept open that is locked in that mode.
    #[inline(always)]
    fn slot(&self, mode: Mode) -> Option<&Slot<P::Opened>> {
        match mode {
            Mode::Exclusive => Some(&self.slot),
            // Of two threads that share one description, the first to unlock would unlock both.
            Mode::Shared => None,
        }
    }
}

impl<P: Place<Opened: Into<OwnedFd>>> Mutex<P> {
    /// Closes the lock file, and tells of what dropping would swallow.
    ///
    /// What [`open`](Self::open) has lent and is still in use stays open.
    ///
    /// # Errors
    ///
    /// What close(2) answers; the file is closed nevertheless.
    pub fn close(self) -> Result<(), PathError> {
        match self.slot.into_kept().and_then(Arc::into_inner) {
            Some(kept) => sys::close(kept.opened.into())
                .map_err(|cause| PathError::new("close", self.place.path().as_path(), cause)),
            None => Ok(()),
        }
    }
}

impl<P: Place> fmt::Debug for Mutex<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mutex")
            .field("path", self.place.path())
            .field("rank", &self.rank)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
