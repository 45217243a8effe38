//! A lock that is held.

use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::mem;
use std::os::fd::AsFd;
use std::sync::Arc;

use hakurei_check::PathError;

use crate::kept::Slot;
use crate::registry::Turn;
use crate::{Generation, Kept, LockError, Mode, Place, Rank, held, sys};

/// A lock that is held until this is dropped, or [`unlock`](Self::unlock)ed.
///
/// It stays in the thread that took it, which alone is refused a second lock on the same file:
///
/// ```compile_fail,E0277
/// use hakurei_lockedfile::{Absolute, Guard};
///
/// fn to_another_thread<T: Send>() {}
/// to_another_thread::<Guard<'static, Absolute>>();
/// ```
///
/// ```compile_fail,E0277
/// use hakurei_lockedfile::{Absolute, Guard};
///
/// fn lent_to_another_thread<T: Sync>() {}
/// lent_to_another_thread::<Guard<'static, Absolute>>();
/// ```
///
/// It does not outlive its [`Mutex`](crate::Mutex):
///
/// ```compile_fail,E0515
/// use hakurei_lockedfile::{Absolute, Guard, LockError, Mutex};
///
/// fn outlives(path: Absolute) -> Result<Guard<'static, Absolute>, LockError> {
///     let mutex = Mutex::at(path);
///     mutex.lock()
/// }
/// ```
///
/// In a forked child it stands for nothing: the lock is the parent's, and neither dropping nor
/// unlocking it there lets it go.
#[must_use = "dropping it, as `let _ =` does at once, releases the lock"]
pub struct Guard<'a, P: Place> {
    hold: Hold<P::Opened>,
    place: &'a P,
    /// Where the locked file is kept open afterwards.
    slot: Option<&'a Slot<P::Opened>>,
    in_its_thread: PhantomData<*mut ()>,
}

impl<'a, P: Place> Guard<'a, P> {
    pub(crate) fn new(
        hold: Hold<P::Opened>,
        place: &'a P,
        slot: Option<&'a Slot<P::Opened>>,
    ) -> Self {
        Self { hold, place, slot, in_its_thread: PhantomData }
    }

    /// What was opened along with the lock file, and is locked.
    #[must_use]
    pub fn opened(&self) -> &P::Opened {
        &self.hold.kept.opened
    }

    /// Whether others may hold the lock beside this.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.hold.mode
    }

    /// Releases the lock, and tells of what dropping would swallow.
    ///
    /// # Errors
    ///
    /// [`LockErrorKind::System`](crate::LockErrorKind::System) if flock(2) refuses. The lock is let go
    /// nevertheless, for the file is closed then.
    #[inline(always)]
    pub fn unlock(mut self) -> Result<(), LockError> {
        let path = self.place.path();
        self.release().map_err(|cause| {
            LockError::system(path, PathError::new("flock", path.as_path(), cause))
        })
    }

    #[inline(always)]
    fn release(&mut self) -> io::Result<()> {
        let released = self.hold.release();
        if released.is_err() {
            self.give_up_the_file();
        }
        released
    }

    /// What could not be unlocked is not kept open: the lock ends when it is closed.
    #[cold]
    fn give_up_the_file(&self) {
        if let Some(slot) = self.slot {
            slot.forget(&self.hold.kept);
        }
    }
}

impl<P: Place> Drop for Guard<'_, P> {
    #[inline(always)]
    fn drop(&mut self) {
        // There is nobody to tell; whoever wants to know calls `unlock`.
        drop(self.release());
    }
}

impl<P: Place> fmt::Debug for Guard<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard")
            .field("path", self.place.path())
            .field("mode", &self.hold.mode)
            .finish_non_exhaustive()
    }
}

/// A lock that the current thread holds: the kernel's, the turn among threads, and the note of it.
pub(crate) struct Hold<O: AsFd> {
    kept: Arc<Kept<O>>,
    mode: Mode,
    /// Taken when the lock is released, which happens once.
    turn: Option<Turn>,
}

impl<O: AsFd> Hold<O> {
    /// Notes that the kernel has granted the lock.
    #[inline(always)]
    pub(crate) fn new(kept: Arc<Kept<O>>, turn: Turn, mode: Mode, rank: Option<Rank>) -> Self {
        held::insert(kept.process, kept.inode, rank);
        Self { kept, mode, turn: Some(turn) }
    }

    pub(crate) fn kept(&self) -> &Arc<Kept<O>> {
        &self.kept
    }

    /// Releases the lock, unless that has happened or it is another process's.
    #[inline(always)]
    pub(crate) fn release(&mut self) -> io::Result<()> {
        let Some(turn) = self.turn.take() else {
            return Ok(());
        };
        let Kept { opened, inode, process, .. } = &*self.kept;
        if *process != Generation::current() {
            // Threads that did not survive the fork may be waiting for this turn.
            mem::forget(turn);
            return Ok(());
        }
        // The turn ends last: the next thread may lock the same description, which this unlocks.
        let unlocked = sys::unlock(opened);
        held::remove(*process, *inode);
        drop(turn);
        unlocked
    }
}

impl<O: AsFd> Drop for Hold<O> {
    #[inline(always)]
    fn drop(&mut self) {
        // Nothing happens if its guard has released it.
        drop(self.release());
    }
}

#[cfg(test)]
mod tests;
