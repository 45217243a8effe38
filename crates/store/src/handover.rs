//! A lease from one process to another, without a gap.
//!
//! The lock belongs to the open file, not to a process: whoever has a descriptor of it keeps it held.
//! So the one process gives a descriptor away and forgets the lease, the other one makes a lease of the
//! descriptor, and the entry is leased all the while.

use std::error::Error as StdError;
use std::fmt;
use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hakurei_check::PathError;
use hakurei_hst::{Identity, InstanceId};
use hakurei_lockedfile::Inode;

use crate::base::{self, Directory};
use crate::claim::{Claim, claim};
use crate::directories::Directories;
use crate::error::{Error, ErrorKind, OPEN_ENTRY};
use crate::fault;
use crate::format::{self, MAX_ENTRY};
use crate::lease::{Lease, LeaseError};
use crate::names::Name;
use crate::store::Store;
use crate::sys::{self, Errno, Probe};
use crate::trust::{Distrust, Fault};

impl Lease {
    /// Gives the descriptor away that holds the lease, which is held for as long as the descriptor is
    /// open anywhere. This process no longer answers for the entry: nothing is taken away or let go
    /// when it ends.
    ///
    /// It is closed on exec, unless the caller says otherwise to keep it across one; or it is sent to
    /// another process (`SCM_RIGHTS`, unix(7)). Either makes a lease of it with
    /// [`Store::take_over`]. If it is closed instead, the lease ends and the entry stays; a
    /// descriptor on its way counts as open.
    ///
    /// # Errors
    ///
    /// Step `open state entry`; [`ErrorKind::Refused`] if the lease is another process's, or what
    /// fcntl(2) answers, such as that there are too many open files. The lease comes back with the
    /// error, and is still held.
    pub fn hand_over(self) -> Result<OwnedFd, LeaseError> {
        self.give_away(OPEN_ENTRY)
    }
}

impl Store {
    /// Makes a lease of a descriptor that [`Lease::hand_over`] gave, in this process or another.
    ///
    /// Identity and instance are read from the entry itself, whatever the descriptor's position is. It
    /// takes no lock of a segment or of the store, so that nobody is waited for. The lease is held
    /// throughout; one that has been let go is not taken again here, for somebody may have called the
    /// instance dead since. The descriptor is closed on exec from then on.
    ///
    /// ```
    /// use hakurei_store::{Error, Lease, Store};
    ///
    /// fn pass_on(lease: Lease, store: &Store) -> Result<Lease, Error> {
    ///     let descriptor = lease.hand_over()?;
    ///     // Here it goes through an exec or a socket, and the entry is leased all the while.
    ///     Ok(store.take_over(descriptor)?)
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// The descriptor comes back with the error. Step `open state entry`, or that of what is wrong with
    /// the entry:
    ///
    /// - [`ErrorKind::NotFound`]: the entry, its segment or the store is gone.
    /// - [`ErrorKind::Refused`]: the descriptor is of another file than the one that this store has
    ///   under that name; or nobody holds the lease any more, and
    ///   [`Segment::adopt`](crate::Segment::adopt) is to judge whether it can be had; or the store is
    ///   another user's.
    /// - [`ErrorKind::Leased`]: the lease is held through another open file.
    /// - [`ErrorKind::Untrusted`]: it is no regular file of this store's user, or has further names;
    ///   or the store itself may be in somebody else's hands.
    /// - [`ErrorKind::Corrupt`], [`ErrorKind::Newer`]: it is no entry, or none that can be read.
    pub fn take_over(&self, lease: OwnedFd) -> Result<Lease, HandoverError> {
        let looked = self.look_at(lease.as_fd()).and_then(|candidate| {
            candidate.claim(lease.as_fd())?;
            Ok(candidate)
        });
        match looked {
            Ok(Candidate { id, identity, directories, .. }) => {
                let handle = self.shared.registered(identity);
                Ok(Lease::new(lease, id, &handle.0, &Arc::new(directories)))
            }
            Err(error) => Err(HandoverError { descriptor: lease, error }),
        }
    }

    /// Finds out which entry of this store a descriptor is of.
    fn look_at(&self, lease: BorrowedFd<'_>) -> Result<Candidate, Error> {
        let path = path_of(lease);
        let failed =
            |call, errno: Errno| Error::path(OPEN_ENTRY, PathError::new(call, path.clone(), errno));
        let base = self.open_base()?;
        let stat = sys::stat(lease).map_err(|errno| failed("fstat", errno))?;
        if let Some(fault) = Fault::of_file(&stat, base.uid()) {
            return Err(Error::path(OPEN_ENTRY, Distrust::of(&path, fault)));
        }
        let entry =
            sys::read_from_start(lease, MAX_ENTRY).map_err(|errno| failed("read", errno))?;
        let front = format::decode_front(&entry).map_err(fault::malformed_without_a_name)?;
        let (id, identity) = (front.summary.id(), front.summary.identity());
        if stat.links == 0 {
            return Err(gone(id, identity));
        }
        let opened = base.open_segment(Name::of_segment(identity).as_c_str());
        let segment = opened
            .map_err(|fault| {
                Error::path(OPEN_ENTRY, fault.at(&self.shared.base.segment_path(identity)))
            })?
            .ok_or_else(|| gone(id, identity))?;
        let directories = Directories::new(base, segment);
        let path = self.shared.base.entry_path(identity, id);
        Ok(Candidate { id, identity, inode: stat.inode, directories, path })
    }

    /// Opens the base of a store that instances may be leased in.
    fn open_base(&self) -> Result<Directory, Error> {
        let base =
            self.shared.base.open_to_lock().map_err(|cause| Error::path(OPEN_ENTRY, cause))?;
        let base = base.ok_or_else(|| {
            let cause = PathError::new("open", self.base().as_path(), Errno::NOENT);
            Error::new(ErrorKind::NotFound, hakurei_hst::AppError::new(OPEN_ENTRY, cause))
        })?;
        self.shared.check_may_save(&base, OPEN_ENTRY)?;
        Ok(base)
    }
}

/// The entry that a descriptor says it is of.
struct Candidate {
    id: InstanceId,
    identity: Identity,
    inode: Inode,
    directories: Directories,
    path: PathBuf,
}

impl Candidate {
    /// Makes sure that the descriptor is of what has the entry's name, and holds its lease.
    fn claim(&self, lease: BorrowedFd<'_>) -> Result<(), Error> {
        self.check_name()?;
        self.check_is_held()?;
        match claim(lease).map_err(|errno| self.error("flock", errno))? {
            Claim::Taken => {}
            Claim::Held => {
                let message = format!("instance {} is leased through another open file", self.id);
                return Err(Error::told(ErrorKind::Leased, OPEN_ENTRY, Errno::WOULDBLOCK, message));
            }
        }
        // Whoever held it may have taken the entry away in between.
        self.check_name()?;
        sys::close_on_exec(lease).map_err(|errno| self.error("fcntl", errno))
    }

    /// Makes sure that somebody holds the lease, so that nothing can have been said of the entry, or
    /// be done to it, that taking it would belie. A free one is taken behind the segment's lock alone.
    ///
    /// The descriptor itself cannot be asked: to share the lock, it would let go of it.
    fn check_is_held(&self) -> Result<(), Error> {
        let name = Name::of_entry(self.id);
        let file = base::open_file(self.directories.segment(), name.as_c_str())
            .map_err(|fault| Error::path(OPEN_ENTRY, fault.at(&self.path)))?
            .ok_or_else(|| gone(self.id, self.identity))?;
        self.check_inode(sys::stat(&file).map_err(|errno| self.error("fstat", errno))?.inode)?;
        match sys::probe_lease(&file).map_err(|errno| self.error("flock", errno))? {
            Probe::Held => Ok(()),
            Probe::Free => {
                let message = format!(
                    "nobody holds the lease of instance {} any more; adopt it, if it still runs",
                    self.id
                );
                Err(Error::told(ErrorKind::Refused, OPEN_ENTRY, Errno::STALE, message))
            }
        }
    }

    fn check_name(&self) -> Result<(), Error> {
        match sys::stat_at(self.directories.segment(), Name::of_entry(self.id).as_c_str()) {
            Ok(stat) => self.check_inode(stat.inode),
            Err(Errno::NOENT) => Err(gone(self.id, self.identity)),
            Err(errno) => Err(self.error("stat", errno)),
        }
    }

    /// Whether what has the entry's name is what the descriptor is of.
    fn check_inode(&self, found: Inode) -> Result<(), Error> {
        if found == self.inode {
            return Ok(());
        }
        let message = format!("the descriptor is of another file than {}", self.path.display());
        Err(Error::told(ErrorKind::Refused, OPEN_ENTRY, Errno::STALE, message))
    }

    fn error(&self, call: &'static str, errno: Errno) -> Error {
        Error::path(OPEN_ENTRY, PathError::new(call, self.path.clone(), errno))
    }
}

/// A name for a descriptor, for messages.
fn path_of(descriptor: BorrowedFd<'_>) -> PathBuf {
    Path::new("/proc/self/fd").join(descriptor.as_raw_fd().to_string())
}

fn gone(id: InstanceId, identity: Identity) -> Error {
    let message = format!("the entry of instance {id} is gone from segment {identity}");
    Error::told(ErrorKind::NotFound, OPEN_ENTRY, Errno::NOENT, message)
}

/// A descriptor that could not be taken over; it is open, and what it held it holds.
#[derive(Debug)]
pub struct HandoverError {
    descriptor: OwnedFd,
    error: Error,
}

impl HandoverError {
    /// What went wrong.
    #[must_use]
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// Takes both apart.
    #[must_use = "closing the descriptor lets the lease go"]
    pub fn into_parts(self) -> (OwnedFd, Error) {
        (self.descriptor, self.error)
    }
}

/// Gives the descriptor up for the error alone, and so the lease, unless it is open elsewhere.
impl From<HandoverError> for Error {
    fn from(failed: HandoverError) -> Self {
        failed.error
    }
}

impl fmt::Display for HandoverError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl StdError for HandoverError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.error.source()
    }
}
