//! An open lock file.

use std::fmt;
use std::os::fd::AsFd;
use std::sync::Arc;

use hakurei_check::PathError;

use crate::registry::Line;
use crate::sync::Mutex;
use crate::{Absolute, Generation, Holder, Inode, Inquiry, LockError, Mode, Place, acquire, sys};

/// A lock file that is open, whether locked or not.
///
/// It is good for the process that opened it alone: a forked child shares the description, and so
/// the lock.
pub struct Kept<O> {
    pub(crate) opened: O,
    pub(crate) inode: Inode,
    pub(crate) process: Generation,
    /// Where this process's threads stand in line for it; at hand, so that locking needs no lookup.
    pub(crate) line: Line,
}

impl<O: AsFd> Kept<O> {
    /// What the [`Place`] opened.
    #[must_use]
    pub fn opened(&self) -> &O {
        &self.opened
    }

    /// The inode that is locked.
    #[must_use]
    pub fn inode(&self) -> Inode {
        self.inode
    }

    pub(crate) fn open<P: Place<Opened = O>>(place: &P) -> Result<Arc<Self>, LockError> {
        let failed = |cause| LockError::system(place.path(), cause);
        let process = Generation::current();
        let opened = place.open().map_err(failed)?;
        let inode = Inode::of(&opened)
            .map_err(|cause| failed(PathError::new("fstat", place.path().as_path(), cause)))?;
        Ok(Arc::new(Self { opened, inode, process, line: Line::of(inode) }))
    }

    /// Whether somebody holds it, so that it could not even be shared. It must not be locked.
    pub(crate) fn is_refused(&self, path: &Absolute) -> Result<bool, LockError> {
        let granted = acquire::flock_now(path, &self.opened, Mode::Shared)?;
        if granted.is_none() {
            return Ok(true);
        }
        sys::unlock(&self.opened).map_err(|cause| {
            LockError::system(path, PathError::new("flock", path.as_path(), cause))
        })?;
        Ok(false)
    }

    /// Who holds the lock that this process was refused.
    pub(crate) fn holder(&self) -> Holder {
        Holder::only(&self.inquiry())
    }

    /// Whether the kernel lists a lock on it, among those that this process may know of.
    pub(crate) fn is_recorded(&self) -> bool {
        self.inquiry().is_recorded()
    }

    fn inquiry(&self) -> Inquiry {
        let mut inquiry = Inquiry::new();
        inquiry.add_known(&self.opened, self.inode);
        inquiry
    }
}

/// Where a mutex keeps its open lock file from one locking to the next.
///
/// It is locked for a moment only, never while anything is opened or closed.
pub(crate) struct Slot<O>(Mutex<Option<Arc<Kept<O>>>>);

impl<O: AsFd> Slot<O> {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// Lends what is kept, or opens it if this process has not.
    #[inline(always)]
    pub(crate) fn open<P: Place<Opened = O>>(&self, place: &P) -> Result<Arc<Kept<O>>, LockError> {
        let process = Generation::current();
        if let Some(kept) = self.0.lock().as_ref().filter(|kept| kept.process == process) {
            return Ok(Arc::clone(kept));
        }
        self.open_anew(place)
    }

    #[cold]
    fn open_anew<P: Place<Opened = O>>(&self, place: &P) -> Result<Arc<Kept<O>>, LockError> {
        let opened = Kept::open(place)?;
        let mut slot = self.0.lock();
        if let Some(kept) = slot.as_ref().filter(|kept| kept.process == opened.process) {
            // Another thread was faster.
            return Ok(Arc::clone(kept));
        }
        let inherited = slot.replace(Arc::clone(&opened));
        drop(slot);
        drop(inherited);
        Ok(opened)
    }

    /// Gives up what is kept, if it is that.
    pub(crate) fn forget(&self, stale: &Arc<Kept<O>>) {
        let mut slot = self.0.lock();
        let is_kept = slot.as_ref().is_some_and(|kept| Arc::ptr_eq(kept, stale));
        let forgotten = if is_kept { slot.take() } else { None };
        drop(slot);
        drop(forgotten);
    }

    pub(crate) fn into_kept(self) -> Option<Arc<Kept<O>>> {
        self.0.into_inner()
    }
}

impl<O> fmt::Debug for Kept<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept")
            .field("inode", &self.inode)
            .field("process", &self.process)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
