//! Locks: an entry's lease, and the one that keeps cleaners away from the base.

use std::os::fd::AsFd;

use rustix::fs::FlockOperation;
use rustix::io::Errno;

use super::retry;

/// What became of a request that does not wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Granted,
    /// Somebody's lock stands against it.
    Refused,
}

/// What a probe of a lock found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Probe {
    /// Somebody holds it exclusively.
    Held,
    /// Nobody does.
    Free,
}

/// Asks for a lock that nobody else has. It is granted to the description that has it already.
pub(crate) fn try_exclusive(file: impl AsFd) -> Result<Answer, Errno> {
    ask(file, FlockOperation::NonBlockingLockExclusive)
}

/// Asks for a lock that others may share.
pub(crate) fn try_shared(file: impl AsFd) -> Result<Answer, Errno> {
    ask(file, FlockOperation::NonBlockingLockShared)
}

fn ask(file: impl AsFd, operation: FlockOperation) -> Result<Answer, Errno> {
    match retry(|| rustix::fs::flock(&file, operation)) {
        Ok(()) => Ok(Answer::Granted),
        Err(Errno::WOULDBLOCK) => Ok(Answer::Refused),
        Err(errno) => Err(errno),
    }
}

/// Lets a lock go.
pub(crate) fn unlock(file: impl AsFd) -> Result<(), Errno> {
    retry(|| rustix::fs::flock(&file, FlockOperation::Unlock))
}

/// Asks whether somebody holds the lock of this file, and lets go of it at once.
///
/// Probes take the shared lock, so they never take one another for an owner.
pub(crate) fn probe_lease(file: impl AsFd) -> Result<Probe, Errno> {
    match try_shared(&file)? {
        Answer::Granted => unlock(file).map(|()| Probe::Free),
        Answer::Refused => Ok(Probe::Held),
    }
}
