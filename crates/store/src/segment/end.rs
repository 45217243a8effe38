//! Taking entries of a locked segment away.

use hakurei_check::PathError;
use hakurei_hst::InstanceId;
use hakurei_lockedfile::Inode;

use super::Segment;
use crate::account::Account;
use crate::error::Error;
use crate::lease::{Lease, LeaseError};
use crate::names::Name;
use crate::publish::withdraw;
use crate::sys::{self, Errno};

/// What the errors here say was being done.
const STEP: &str = "destroy state entry";

impl Segment<'_> {
    /// Takes the entry of a lease away. The lease itself is let go once the segment's lock is, or when
    /// another is ended, saved or adopted under it.
    ///
    /// An entry that is already gone is as good as taken away: somebody may have removed the whole
    /// store.
    ///
    /// # Errors
    ///
    /// Step `destroy state entry`; [`ErrorKind::Refused`](crate::ErrorKind::Refused) if the lease is
    /// of an entry elsewhere, or another process's. The lease comes back with the error, and is still
    /// held.
    pub fn end(&self, lease: Lease) -> Result<(), LeaseError> {
        match lease.check_is_ours(STEP).and_then(|()| self.remove_here(&lease)) {
            Ok(()) => {
                self.let_go(lease);
                Ok(())
            }
            Err(error) => Err(LeaseError::new(lease, error)),
        }
    }

    /// As [`end`](Self::end), and says who is left. Nobody comes or goes in between.
    ///
    /// Those that are left are counted before the entry is taken away, so if that fails, nothing has
    /// been done.
    ///
    /// # Errors
    ///
    /// As [`end`](Self::end) and [`account`](Self::account).
    pub fn end_with_account(&self, lease: Lease) -> Result<Account, LeaseError> {
        let counted = lease.check_is_ours(STEP).and_then(|()| self.account_without(&lease));
        match counted.and_then(|account| self.remove_here(&lease).map(|()| account)) {
            Ok(account) => {
                self.let_go(lease);
                Ok(account)
            }
            Err(error) => Err(LeaseError::new(lease, error)),
        }
    }

    /// Lets a lease go whose entry is gone, but not while others wait for the lock.
    fn let_go(&self, lease: Lease) {
        self.ended.set(Some(lease.released()));
    }

    /// Takes a lease's entry away, which must be this segment's, or gone already.
    fn remove_here(&self, lease: &Lease) -> Result<(), Error> {
        let unseen = |errno| self.not_destroyed("fstat", lease.id(), errno);
        if self.remove_leased(lease)? || lease.stat().map_err(unseen)?.links == 0 {
            return Ok(());
        }
        Err(self.not_destroyed("stat", lease.id(), Errno::NOENT).refused())
    }

    /// Takes the entry of a lease of this process away; false if it is not here.
    pub(crate) fn remove_leased(&self, lease: &Lease) -> Result<bool, Error> {
        let stat = lease.stat().map_err(|errno| self.not_destroyed("fstat", lease.id(), errno))?;
        if stat.links == 0 {
            return Ok(false);
        }
        if stat.links == 1 && lease.is_from(self.directories()) {
            // Its only name is the one that it got here, unless somebody has renamed it by hand.
            return self.remove(lease.id());
        }
        self.remove_if_still(lease.id(), Some(stat.inode))
    }

    /// Takes a name away; false if it was not there.
    pub(crate) fn remove(&self, id: InstanceId) -> Result<bool, Error> {
        match sys::unlink(self.directory(), Name::of_entry(id).as_c_str()) {
            Ok(()) => Ok(true),
            Err(Errno::NOENT) => Ok(false),
            Err(errno) => Err(self.not_destroyed("unlink", id, errno)),
        }
    }

    /// Takes a name away if it means that inode; false if it does not, or is not there.
    pub(super) fn remove_if_still(
        &self,
        id: InstanceId,
        inode: Option<Inode>,
    ) -> Result<bool, Error> {
        withdraw(self.directory(), id, inode)
            .map_err(|(call, errno)| self.not_destroyed(call, id, errno))
    }

    fn not_destroyed(&self, call: &'static str, id: InstanceId, errno: Errno) -> Error {
        Error::path(STEP, PathError::new(call, self.path(id), errno))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::Probe;
    use crate::{Record, fresh};

    #[test]
    fn a_lease_outlasts_the_lock_under_which_it_is_ended_unless_something_new_takes_room() {
        let (_directory, store) = fresh::store();
        let records = [(); 3].map(|()| fresh::record(std::process::id()));
        let handle = store.handle(records[0].identity()).unwrap();
        let segment = handle.lock().unwrap();
        let saved = |record: &Record| {
            let (lease, name) = (segment.save(record).unwrap(), Name::of_entry(record.id()));
            (lease, sys::open_for_reading(segment.directory(), name.as_c_str()).unwrap())
        };
        let [(lease, first), (other, second)] = [&records[0], &records[1]].map(saved);
        let held = |file| sys::probe_lease(file).unwrap() == Probe::Held;

        segment.end(lease).unwrap();
        assert!(held(&first));
        segment.end(other).unwrap();
        assert_eq!((held(&first), held(&second)), (false, true));
        let (last, third) = saved(&records[2]);
        assert_eq!((held(&second), held(&third)), (false, true));
        segment.end(last).unwrap();
        assert!(held(&third));
        segment.unlock().unwrap();
        assert!(!held(&third));
    }
}
