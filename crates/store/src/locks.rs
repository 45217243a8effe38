//! Which locks are held now, and by whom.

use std::ffi::CStr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use hakurei_check::{Absolute, PathError};
use hakurei_hst::{Identity, InstanceId};
use hakurei_lockedfile::{Holder, Inode, Inquiry, Visibility};

use crate::base::{self, Base, Directory, OpenFault};
use crate::error::{Error, OPEN_ENTRY, Step};
use crate::listing;
use crate::names::{self, LOCK, Name};
use crate::place;
use crate::store::Store;
use crate::sys::{self, Probe};
use crate::trust::Fault;

/// What a lock guards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockKind {
    /// The store: segments are made.
    Store,
    /// A segment: entries are written.
    Segment(Identity),
    /// An entry: its instance runs.
    Lease(Identity, InstanceId),
}

/// A lock that was held when it was looked at.
#[derive(Clone, Debug)]
pub struct HeldLock {
    kind: LockKind,
    path: Absolute,
    holder: Holder,
}

impl HeldLock {
    /// What it guards.
    #[must_use]
    pub fn kind(&self) -> LockKind {
        self.kind
    }

    /// The locked file.
    #[must_use]
    pub fn path(&self) -> &Absolute {
        &self.path
    }

    /// Who holds it, as far as that can be seen.
    #[must_use]
    pub fn holder(&self) -> &Holder {
        &self.holder
    }
}

impl Store {
    /// Every lock that is held now: the store's, and each segment's followed by the leases in it. None
    /// is waited for, and nothing is made; a store that does not exist has none.
    ///
    /// Each is probed by the shared lock, which is let go of at once; the holders are then looked up
    /// for all of them together, in `/proc`. What has been let go of in between is left out, as far as
    /// that can be seen.
    ///
    /// # Errors
    ///
    /// Step `read store segments`: the directory is [`Untrusted`](crate::ErrorKind::Untrusted), or
    /// cannot be read.
    ///
    /// Errors among the items hide no other lock: names that do not belong there, segments that cannot
    /// be read, and, with step `acquire lock on the state store`, `acquire lock on store segment N` or
    /// `open state entry`, files that cannot be opened or probed, or are not what may be trusted.
    pub fn locks(&self) -> Result<Vec<Result<HeldLock, Error>>, Error> {
        let base = &*self.shared.base;
        let Some(directory) = listing::open(base)? else { return Ok(Vec::new()) };
        let site = Site { base, directory: &directory };
        let mut survey = Survey { site, inquiry: Inquiry::new(), found: Vec::new() };
        survey.look(directory.as_fd(), LOCK, LockKind::Store);
        let segments = names::collect(&directory, names::segment).map_err(|errno| {
            let cause = PathError::new("getdents64", base.pathname().as_path(), errno);
            Error::path("read store segments", cause)
        })?;
        for segment in segments {
            if let Err(error) = segment.and_then(|identity| survey.look_into(identity)) {
                survey.found.push(Err(error));
            }
        }
        Ok(survey.answered())
    }
}

/// What has been found on the way through a store.
struct Survey<'a> {
    site: Site<'a>,
    /// About the files of all that has been found, in the same order.
    inquiry: Inquiry,
    found: Vec<Result<(LockKind, Inode), Error>>,
}

impl Survey<'_> {
    /// Looks at the lock of a segment and at its leases.
    fn look_into(&mut self, identity: Identity) -> Result<(), Error> {
        let Site { base, directory } = self.site;
        let Some(segment) = listing::open_segment(base, directory, identity)? else {
            return Ok(());
        };
        self.look(segment.as_fd(), LOCK, LockKind::Segment(identity));
        let entries = names::collect(&segment, names::entry)
            .map_err(|errno| listing::unread_segment(base, identity, errno))?;
        for entry in entries {
            match entry {
                Ok(id) => {
                    let (name, kind) = (Name::of_entry(id), LockKind::Lease(identity, id));
                    self.look(segment.as_fd(), name.as_c_str(), kind);
                }
                Err(stray) => self.found.push(Err(stray)),
            }
        }
        Ok(())
    }

    /// Notes a lock if it is held, and asks who holds it.
    fn look(&mut self, dir: BorrowedFd<'_>, name: &CStr, kind: LockKind) {
        let asked = match self.site.probe(dir, name, kind) {
            Ok(None) => return,
            Ok(Some((file, inode))) => {
                let added = self.inquiry.add(&file);
                added.map(|()| (kind, inode)).map_err(|cause| self.site.error("fstat", kind, cause))
            }
            Err(error) => Err(error),
        };
        self.found.push(asked);
    }

    /// Puts the locks and their holders together.
    fn answered(self) -> Vec<Result<HeldLock, Error>> {
        let Self { site, inquiry, found } = self;
        let mut holders = inquiry.holders().into_iter();
        let answer = |found: Result<(LockKind, Inode), Error>| match found {
            Ok((kind, inode)) => {
                let holder = holders.next()?;
                // Nobody can be named who has let go meanwhile.
                let is_held =
                    holder.visibility() == Visibility::Confirmed || site.is_still_held(kind, inode);
                is_held.then(|| Ok(HeldLock { kind, path: site.path(kind), holder }))
            }
            Err(error) => Some(Err(error)),
        };
        found.into_iter().filter_map(answer).collect()
    }
}

/// An open store.
#[derive(Clone, Copy)]
struct Site<'a> {
    base: &'a Base,
    directory: &'a Directory,
}

impl Site<'_> {
    /// Opens a file and asks whether somebody holds its lock; none if nobody does.
    fn probe(
        &self,
        dir: BorrowedFd<'_>,
        name: &CStr,
        kind: LockKind,
    ) -> Result<Option<(OwnedFd, Inode)>, Error> {
        let opened = open(dir, name, self.directory.uid());
        let opened =
            opened.map_err(|fault| Error::path(step(kind), fault.at(self.path(kind).as_path())))?;
        let Some((file, inode)) = opened else { return Ok(None) };
        match sys::probe_lease(&file) {
            Ok(Probe::Held) => Ok(Some((file, inode))),
            Ok(Probe::Free) => Ok(None),
            Err(errno) => Err(self.error("flock", kind, errno.into())),
        }
    }

    /// Whether the name of a lock still means that file, and somebody holds it.
    fn is_still_held(&self, kind: LockKind, inode: Inode) -> bool {
        let held = match kind {
            LockKind::Store => self.probe(self.directory.as_fd(), LOCK, kind),
            LockKind::Segment(identity) => self.probe_in(identity, LOCK, kind),
            LockKind::Lease(identity, id) => {
                self.probe_in(identity, Name::of_entry(id).as_c_str(), kind)
            }
        };
        // What cannot be looked at again is told of as it was seen.
        held.map_or(true, |held| held.is_some_and(|(_, now)| now == inode))
    }

    fn probe_in(
        &self,
        identity: Identity,
        name: &CStr,
        kind: LockKind,
    ) -> Result<Option<(OwnedFd, Inode)>, Error> {
        match listing::open_segment(self.base, self.directory, identity)? {
            Some(segment) => self.probe(segment.as_fd(), name, kind),
            None => Ok(None),
        }
    }

    fn path(&self, kind: LockKind) -> Absolute {
        let base = self.base.pathname();
        match kind {
            LockKind::Store => place::below(base, &[LOCK.to_bytes()]),
            LockKind::Segment(identity) => {
                place::below(base, &[identity.to_string().as_bytes(), LOCK.to_bytes()])
            }
            LockKind::Lease(identity, id) => {
                place::below(base, &[identity.to_string().as_bytes(), id.to_string().as_bytes()])
            }
        }
    }

    fn error(&self, call: &'static str, kind: LockKind, cause: std::io::Error) -> Error {
        Error::path(step(kind), PathError::new(call, self.path(kind).as_path(), cause))
    }
}

fn step(kind: LockKind) -> Step {
    match kind {
        LockKind::Store => "acquire lock on the state store".into(),
        LockKind::Segment(identity) => format!("acquire lock on store segment {identity}").into(),
        LockKind::Lease(..) => OPEN_ENTRY.into(),
    }
}

/// Opens a file that may be locked, for reading; none if it is not there.
fn open(dir: BorrowedFd<'_>, name: &CStr, uid: u32) -> Result<Option<(OwnedFd, Inode)>, OpenFault> {
    let Some(file) = base::open_file(dir, name)? else { return Ok(None) };
    let stat = sys::stat(&file)?;
    match Fault::of_file(&stat, uid) {
        Some(fault) => Err(fault.into()),
        // It has just lost its name.
        None if stat.links == 0 => Ok(None),
        None => Ok(Some((file, stat.inode))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fresh;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "another description than the store's own")]
    fn a_lock_that_was_let_go_of_or_replaced_meanwhile_is_held_no_more() {
        let (_directory, store) = fresh::store();
        let nine = Identity::new(9).unwrap();
        let handle = store.handle(nine).unwrap();
        let lease = handle.save(&fresh::record(1)).unwrap();
        let base = &*store.shared.base;
        let directory = listing::open(base).unwrap().unwrap();
        let site = Site { base, directory: &directory };

        let kind = LockKind::Lease(nine, lease.id());
        let inode = lease.stat().unwrap().inode;
        assert!(site.is_still_held(kind, inode));
        assert!(!site.is_still_held(kind, Inode { number: inode.number + 1, ..inode }));
        lease.release();
        assert!(!site.is_still_held(kind, inode));

        for (kind, path) in [(LockKind::Store, "lock"), (LockKind::Segment(nine), "9/lock")] {
            let file = std::fs::File::open(base.pathname().as_path().join(path)).unwrap();
            let inode = sys::stat(&file).unwrap().inode;
            assert!(!site.is_still_held(kind, inode));
            file.lock().unwrap();
            assert!(site.is_still_held(kind, inode));
        }
    }
}
