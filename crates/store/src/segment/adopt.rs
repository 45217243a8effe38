//! Taking an instance over whose monitor is gone.

use hakurei_check::PathError;
use hakurei_hst::InstanceId;
use hakurei_lockedfile::Inode;

use super::Segment;
use crate::claim::{Claim, claim};
use crate::entry_file::Finding;
use crate::error::{Error, ErrorKind, OPEN_ENTRY};
use crate::format::Summary;
use crate::lease::Lease;
use crate::names::Name;
use crate::sys::{self, Errno};
use crate::verdict::Verdict;

impl Segment<'_> {
    /// Takes the lease of an instance that has lost its monitor, or of which nothing can be proven
    /// from here; the instance is running from then on, for as long as this process is.
    ///
    /// A process may also take its own instance back: one that has executed itself anew, and so lost
    /// its leases, has kept its number. The entry is not changed, and still names the monitor that
    /// recorded it.
    ///
    /// # Errors
    ///
    /// Step `open state entry`, or that of what is wrong with the entry; it is as it was.
    ///
    /// - [`ErrorKind::NotFound`]: there is no such entry.
    /// - [`ErrorKind::Leased`]: somebody holds the lease.
    /// - [`ErrorKind::Ended`]: the instance is dead, and there is nothing to adopt.
    /// - [`ErrorKind::Refused`]: its monitor lives, though without a lease, and is not this process;
    ///   or the store is another user's.
    /// - [`ErrorKind::Corrupt`], [`ErrorKind::Newer`], [`ErrorKind::Untrusted`]: what stands there
    ///   cannot be read.
    pub fn adopt(&self, id: InstanceId) -> Result<Lease, Error> {
        self.check_may_save()?;
        self.free_ended();
        let (reader, mut buffer) = (self.reader(), Vec::new());
        let not_found = || self.no_such_entry(OPEN_ENTRY, id);
        let found = reader.examine(id, &mut buffer).ok_or_else(not_found)?;
        check_is_left(id, &found)?;
        // Judged before the lease is taken, so that nobody sees a dead instance run for that moment.
        let (file, stat) = reader.open(id)?.ok_or_else(not_found)?;
        let claimed = claim(&file).map_err(|errno| self.not_adopted("flock", id, errno))?;
        if claimed == Claim::Held {
            return Err(is_leased(id));
        }
        let refused = if found.inode != Some(stat.inode) || !self.means(id, stat.inode)? {
            not_found()
        } else if reader.is_dead(&found) {
            // Its shim has ended since, and somebody may have called it dead, which is final.
            has_ended(id)
        } else {
            return Ok(self.lease(file, id));
        };
        // Closing it is not enough where another thread forks just now.
        let _unlocked = sys::unlock(&file);
        Err(refused)
    }

    /// Whether an entry's name still means that file.
    fn means(&self, id: InstanceId, inode: Inode) -> Result<bool, Error> {
        match sys::stat_at(self.directory(), Name::of_entry(id).as_c_str()) {
            Ok(stat) => Ok(stat.inode == inode),
            Err(Errno::NOENT) => Ok(false),
            Err(errno) => Err(self.not_adopted("stat", id, errno)),
        }
    }

    fn not_adopted(&self, call: &'static str, id: InstanceId, errno: Errno) -> Error {
        Error::path(OPEN_ENTRY, PathError::new(call, self.path(id), errno))
    }
}

/// Whether nobody looks after the instance who could still come back to it.
fn check_is_left(id: InstanceId, found: &Finding) -> Result<(), Error> {
    let summary = found.front.as_ref().map_err(Clone::clone)?;
    match found.verdict {
        Verdict::Orphaned | Verdict::Unknown => Ok(()),
        Verdict::Running if found.leased => Err(is_leased(id)),
        Verdict::Running => check_is_own(id, &summary.summary),
        _ => Err(has_ended(id)),
    }
}

/// Whether the monitor, which lives, is this very process.
fn check_is_own(id: InstanceId, summary: &Summary) -> Result<(), Error> {
    let monitor = summary.pid();
    if monitor == i64::from(sys::getpid()) {
        return Ok(());
    }
    let message = format!("instance {id} still has its monitor, process {monitor}");
    Err(Error::told(ErrorKind::Refused, OPEN_ENTRY, Errno::PERM, message))
}

fn is_leased(id: InstanceId) -> Error {
    let message = format!("instance {id} is leased to another, and runs");
    Error::told(ErrorKind::Leased, OPEN_ENTRY, Errno::WOULDBLOCK, message)
}

fn has_ended(id: InstanceId) -> Error {
    let message = format!("instance {id} has ended, and there is nothing of it to adopt");
    Error::told(ErrorKind::Ended, OPEN_ENTRY, Errno::SRCH, message)
}
