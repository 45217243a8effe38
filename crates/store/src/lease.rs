//! What the process that saved an entry keeps, for as long as the instance runs.

use std::error::Error as StdError;
use std::fmt;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use hakurei_check::PathError;
use hakurei_hst::{Identity, InstanceId};
use hakurei_lockedfile::{Generation, Wait};

use crate::account::Account;
use crate::directories::Directories;
use crate::error::{Error, ErrorKind};
use crate::handle::Inner;
use crate::sys::{self, Errno, Stat};

/// The lock on an entry that its owner holds: while it is held, the instance is running.
///
/// It has no term. The kernel lets it go when the process ends, however it ends; a forked child
/// that has not executed anything keeps it alive for as long as it lives, for the lock belongs to
/// the open file that both share. The descriptor is closed on exec.
///
/// It also keeps cleaners of temporary directories away from the store, for which a shared lock on
/// the base says that it is in use.
///
/// Dropped in the process that saved, it takes its entry away if that takes no waiting, as it does
/// not when this thread holds the segment's lock itself; and lets go in any case. An entry that is
/// left is called running for as long as its monitor lives. [`destroy`](Self::destroy) waits, and
/// reports.
#[must_use = "dropping it takes the entry away"]
pub struct Lease {
    file: OwnedFd,
    id: InstanceId,
    handle: Arc<Inner>,
    /// Where the entry was when the lease was taken, which its name may no longer mean.
    directories: Arc<Directories>,
    /// The process that took the lease; in a forked child, it is a stranger's.
    process: Generation,
    at_drop: AtDrop,
}

/// What becomes of the entry when the lease is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AtDrop {
    /// It is taken away.
    Remove,
    /// It stays, and the lease is let go.
    Leave,
    /// It stays, and so does the lease, which somebody else has a descriptor of.
    HandOver,
}

impl Lease {
    pub(crate) fn new(
        file: OwnedFd,
        id: InstanceId,
        handle: &Arc<Inner>,
        directories: &Arc<Directories>,
    ) -> Self {
        directories.shield();
        let (handle, directories) = (Arc::clone(handle), Arc::clone(directories));
        let (process, at_drop) = (Generation::current(), AtDrop::Remove);
        Self { file, id, handle, directories, process, at_drop }
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
    /// [`Segment::end`](crate::Segment::end). The lease comes back with the error, and is still
    /// held.
    pub fn destroy_with(self, wait: Wait<'_>) -> Result<(), LeaseError> {
        match self.remove(wait) {
            Ok(()) => {
                self.release();
                Ok(())
            }
            Err(error) => Err(LeaseError::new(self, error)),
        }
    }

    /// As [`destroy_with`](Self::destroy_with), and says who is left under the identity, in one
    /// piece: nobody comes or goes in between.
    ///
    /// If the segment or the whole store has been removed meanwhile, nobody can know who is left.
    ///
    /// # Errors
    ///
    /// As [`destroy_with`](Self::destroy_with) and [`Segment::account`](crate::Segment::account).
    /// The lease comes back with the error, and is still held.
    pub fn destroy_with_account(self, wait: Wait<'_>) -> Result<Account, LeaseError> {
        match self.remove_and_account(wait) {
            Ok(account) => {
                self.release();
                Ok(account)
            }
            Err(error) => Err(LeaseError::new(self, error)),
        }
    }

    /// Lets the lease go and leaves the entry, which is dead from then on unless its processes
    /// live.
    pub fn release(self) {
        drop(self.released());
    }

    /// The entry; it has no link any more once it has been taken away, by whomever.
    pub(crate) fn stat(&self) -> Result<Stat, Errno> {
        sys::stat(&self.file)
    }

    /// Whether the entry got its name in that very directory.
    pub(crate) fn is_from(&self, directories: &Arc<Directories>) -> bool {
        Arc::ptr_eq(&self.directories, directories)
    }

    /// The directory in which the entry was when the lease was taken.
    pub(crate) fn stat_directory(&self) -> Result<Stat, Errno> {
        self.directories.stat()
    }

    /// A forked child has its parent's leases in its memory, and no business with them.
    pub(crate) fn check_is_ours(&self, step: &'static str) -> Result<(), Error> {
        if self.process == Generation::current() {
            return Ok(());
        }
        let message =
            format!("instance {} belongs to a process that this one was forked from", self.id);
        Err(Error::told(ErrorKind::Refused, step, Errno::PERM, message))
    }

    /// Takes no entry away any more, and is let go when it is dropped.
    pub(crate) fn released(mut self) -> Self {
        self.at_drop = AtDrop::Leave;
        self
    }

    /// A second descriptor of what holds the lease, which this value no longer answers for.
    pub(crate) fn give_away(mut self, step: &'static str) -> Result<OwnedFd, LeaseError> {
        let given = self.check_is_ours(step).and_then(|()| {
            sys::duplicate(&self.file).map_err(|errno| {
                let path = self.handle.store().base.entry_path(self.identity(), self.id);
                Error::path(step, PathError::new("dup", path, errno))
            })
        });
        match given {
            Ok(descriptor) => {
                self.at_drop = AtDrop::HandOver;
                Ok(descriptor)
            }
            Err(error) => Err(LeaseError::new(self, error)),
        }
    }

    fn remove_and_account(&self, wait: Wait<'_>) -> Result<Account, Error> {
        self.check_is_ours("destroy state entry")?;
        match self.handle.lock_existing(wait)? {
            Some(segment) => {
                let account = segment.account_without(self)?;
                segment.remove_leased(self)?;
                // The entry is gone, which no trouble with unlocking changes: dropping it will do.
                Ok(account)
            }
            None => Ok(Account::UNKNOWN),
        }
    }

    fn remove(&self, wait: Wait<'_>) -> Result<(), Error> {
        self.check_is_ours("destroy state entry")?;
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
        if self.process != Generation::current() || self.at_drop == AtDrop::HandOver {
            return;
        }
        // Whoever wants to know whether that worked calls `destroy`.
        if self.at_drop == AtDrop::Remove
            && let Ok(stat) = self.stat()
        {
            self.handle.try_withdraw(self.id, stat.inode);
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
