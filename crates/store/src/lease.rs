//! What the process that saved an entry keeps, for as long as the instance runs.

use std::error::Error as StdError;
use std::fmt;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use hakurei_hst::{AppError, Identity, InstanceId};
use hakurei_lockedfile::{Inode, Wait};

use crate::error::{Error, ErrorKind};
use crate::handle::Inner;
use crate::sys::{self, Errno};

/// The lock on an entry that its owner holds: while it is held, the instance is running.
///
/// It has no term. The kernel lets it go when the process ends, however it ends; a forked child that
/// has not executed anything keeps it alive for as long as it lives, for the lock belongs to the
/// open file that both share. The descriptor is closed on exec.
///
/// Dropped in the process that saved, it takes its entry away if that takes no waiting, as it does not
/// when this thread holds the segment's lock itself; and lets go in any case. An entry that is left is
/// called running for as long as its monitor lives. [`destroy`](Self::destroy) waits, and reports.
#[must_use = "dropping it takes the entry away"]
pub struct Lease {
    file: OwnedFd,
    inode: Inode,
    id: InstanceId,
    handle: Arc<Inner>,
    /// The process that saved the entry; in a forked child, the lease is a stranger's.
    process: i32,
    at_drop: AtDrop,
}

/// What becomes of the entry when the lease is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AtDrop {
    Remove,
    Leave,
}

impl Lease {
    pub(crate) fn new(file: OwnedFd, inode: Inode, id: InstanceId, handle: &Arc<Inner>) -> Self {
        let handle = Arc::clone(handle);
        let process = sys::getpid();
        Self { file, inode, id, handle, process, at_drop: AtDrop::Remove }
    }

    /// The instance.
    #[must_use]
    pub fn id(&self) -> InstanceId {
        self.id
    }

    /// The identity that it runs under.
    #[must_use]
    pub fn identity(&self) -> Identity {
        self.handle.identity
    }

    /// Waits for the segment's lock, takes the entry away, and lets the lease go.
    ///
    /// An entry, or a whole store, that is already gone is as good as taken away.
    ///
    /// # Errors
    ///
    /// As [`destroy_with`](Self::destroy_with), but for `TimedOut` and `Cancelled`.
    pub fn destroy(self) -> Result<(), LeaseError> {
        self.destroy_with(Wait::forever())
    }

    /// As [`destroy`](Self::destroy), waiting for the lock as told.
    ///
    /// # Errors
    ///
    /// Those of [`Handle::lock_with`](crate::Handle::lock_with) and
    /// [`Segment::end`](crate::Segment::end). The lease comes back with the error, and is still held.
    pub fn destroy_with(self, wait: Wait<'_>) -> Result<(), LeaseError> {
        match self.remove(wait) {
            Ok(()) => {
                self.ended();
                Ok(())
            }
            Err(error) => Err(LeaseError::new(self, error)),
        }
    }

    /// Lets the lease go and leaves the entry, which is dead from then on unless its processes live.
    pub fn release(mut self) {
        self.at_drop = AtDrop::Leave;
    }

    pub(crate) fn inode(&self) -> Inode {
        self.inode
    }

    /// Whether its entry has been taken away, by whomever.
    pub(crate) fn has_no_name(&self) -> bool {
        sys::stat(&self.file).is_ok_and(|stat| stat.links == 0)
    }

    /// A forked child has its parent's leases in its memory, and no business with them.
    pub(crate) fn check_is_ours(&self) -> Result<(), Error> {
        if self.process == sys::getpid() {
            return Ok(());
        }
        let message = format!("instance {} belongs to process {}", self.id, self.process);
        let cause = std::io::Error::from(Errno::PERM);
        let app = AppError::new("destroy state entry", cause).with_message(message);
        Err(Error::new(ErrorKind::Refused, app))
    }

    /// Its entry is gone.
    pub(crate) fn ended(mut self) {
        self.at_drop = AtDrop::Leave;
    }

    fn remove(&self, wait: Wait<'_>) -> Result<(), Error> {
        self.check_is_ours()?;
        match self.handle.lock_existing(wait)? {
            Some(segment) => {
                segment.remove_leased(self)?;
                segment.unlock()
            }
            None => Ok(()),
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if self.process != sys::getpid() {
            return;
        }
        if self.at_drop == AtDrop::Remove {
            self.handle.try_withdraw(self.id, self.inode);
        }
        // A forked child may still have the file open, so closing it is not enough.
        let _unlocked = sys::unlock(&self.file);
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease").field("id", &self.id).field("identity", &self.identity()).finish()
    }
}

/// A lease that is still held because its entry could not be taken away.
#[derive(Debug)]
pub struct LeaseError {
    lease: Lease,
    error: Error,
}

impl LeaseError {
    pub(crate) fn new(lease: Lease, error: Error) -> Self {
        Self { lease, error }
    }

    /// What went wrong.
    #[must_use]
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// Takes both apart, to try again or to [`release`](Lease::release).
    #[must_use = "dropping the lease takes the entry away"]
    pub fn into_parts(self) -> (Lease, Error) {
        (self.lease, self.error)
    }
}

/// Gives the lease up for the error alone, as dropping it does.
impl From<LeaseError> for Error {
    fn from(failed: LeaseError) -> Self {
        failed.into_parts().1
    }
}

impl fmt::Display for LeaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl StdError for LeaseError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.error.source()
    }
}
