//! The store as a whole.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::{Arc, Weak};

use hakurei_check::{Absolute, PathError};
use hakurei_hst::{AppError, Identity, InstanceId, State};
use hakurei_lockedfile::{Mode, Mutex, Rank, Wait};

use crate::base::{Base, Directory, Sharing};
use crate::beside_go;
use crate::error::{Error, ErrorKind};
use crate::format::Format;
use crate::handle::{self, Handle};
use crate::listing::{self, Entries, Ids, Segments, View};
use crate::names::Name;
use crate::place::StoreLock;
use crate::record::Record;
use crate::sync::DashMap;
use crate::sys::{self, Errno};
use crate::trust::{Distrust, Fault};

/// Whoever holds the store's lock may go on to take a segment's; see [`Handle`].
const RANK: Rank = Rank(1);

/// By default there would be more of them on machines with more processors, and to count these takes
/// more calls than a short-lived process makes for everything else.
const SHARDS: usize = 4;

/// All instances that are recorded below one directory.
///
/// Making one does no I/O, and clones share everything. Several stores on one directory, in one
/// process or in many, exclude each other as they should.
#[derive(Clone)]
pub struct Store {
    pub(crate) shared: Arc<Shared>,
    format: Format,
}

/// What the clones of a store share.
pub(crate) struct Shared {
    pub(crate) base: Arc<Base>,
    /// Held while a segment is made.
    mutex: Mutex<StoreLock>,
    /// Weak, so that a store keeps no descriptor for identities that nobody uses.
    pub(crate) handles: DashMap<Identity, Weak<handle::Inner>>,
}

impl Store {
    /// Names the directory that the store lies in. Nothing is looked at or made.
    #[must_use]
    pub fn new(base: Absolute) -> Self {
        Self::with_base(Base::new(base, Sharing::Refused))
    }

    /// The same, also where several machines may mount the filesystem: NFS, CIFS, FUSE and the like,
    /// on which [`new`](Self::new) refuses to lock.
    ///
    /// The caller knows that one machine alone uses the store, or that locks are shared; deaths never
    /// are, so that of another machine's instances none is called dead.
    #[must_use]
    pub fn on_any_filesystem(base: Absolute) -> Self {
        Self::with_base(Base::new(base, Sharing::Accepted))
    }

    fn with_base(base: Base) -> Self {
        let base = Arc::new(base);
        let mutex = Mutex::at(StoreLock::new(Arc::clone(&base))).ranked(RANK);
        let shared = Arc::new(Shared { base, mutex, handles: DashMap::with_shard_amount(SHARDS) });
        Self { shared, format: Format::default() }
    }

    /// Encodes what is [`record`](Self::record)ed through this value in another format; clones made
    /// before are not changed.
    #[must_use]
    pub fn in_format(mut self, format: Format) -> Self {
        self.format = format;
        self
    }

    /// Checks and encodes a state in this store's format; see [`Record::in_format`].
    ///
    /// # Errors
    ///
    /// As [`Record::in_format`].
    pub fn record(&self, state: &State) -> Result<Record, Error> {
        Record::in_format(state, self.format)
    }

    /// Whether this is where the Go system keeps its own store, so that only gob may be saved in it.
    /// It may use another store as well; then the entries in a segment tell, and saving does.
    #[must_use]
    pub fn is_where_go_keeps_its_own(&self) -> bool {
        beside_go::is_its_path(self.base())
    }

    /// The directory that it lies in.
    #[must_use]
    pub fn base(&self) -> &Absolute {
        self.shared.base.pathname()
    }

    /// The handle of an identity, whose segment is made if there is none: the same one for as long
    /// as any clone of it lives, from however many threads it is asked for at once.
    ///
    /// A failure leaves nothing behind: the next call tries everything again.
    ///
    /// # Errors
    ///
    /// - Step `create state store directory`: it, or a directory above it, cannot be made, or is
    ///   [`Untrusted`](ErrorKind::Untrusted).
    /// - Step `acquire lock on the state store`.
    /// - Step `create store segment directory`: it cannot be made; or the store is another user's
    ///   and the caller the superuser, who never adds to it ([`Refused`](ErrorKind::Refused)).
    /// - Step `acquire lock on store segment N`: the segment or its lock file cannot be opened.
    pub fn handle(&self, identity: Identity) -> Result<Handle, Error> {
        self.handle_with(identity, Wait::forever())
    }

    /// As [`handle`](Self::handle), waiting for the store's lock as told if the segment has to be
    /// made.
    ///
    /// # Errors
    ///
    /// As [`handle`](Self::handle).
    pub fn handle_with(&self, identity: Identity, wait: Wait<'_>) -> Result<Handle, Error> {
        let handle = self.shared.registered(identity);
        handle.0.prepare(wait)?;
        Ok(handle)
    }

    /// The segments, in the kernel's order, without a lock; names that do not belong there come as
    /// errors, and hide no other. A store that does not exist has none.
    ///
    /// # Errors
    ///
    /// Step `read store segments`: the directory is [`Untrusted`](ErrorKind::Untrusted), or cannot
    /// be read.
    pub fn segments(&self) -> Result<Segments, Error> {
        Segments::read(&self.shared.base)
    }

    /// The identities that have a segment, sorted; the older system's `List`. Names that do not
    /// belong there are left out.
    ///
    /// # Errors
    ///
    /// As [`segments`](Self::segments).
    pub fn identities(&self) -> Result<Vec<Identity>, Error> {
        let mut identities: Vec<_> = self.segments()?.filter_map(Result::ok).collect();
        identities.sort_unstable();
        Ok(identities)
    }

    /// The ids of all instances, by their names alone, in the kernel's order and without a lock.
    ///
    /// # Errors
    ///
    /// As [`segments`](Self::segments); names and segments that cannot be read are errors among the
    /// items, and hide no others.
    pub fn ids(&self) -> Result<Ids, Error> {
        Ids::of_store(&self.shared.base)
    }

    /// The ids of the instances of one identity, as [`ids`](Self::ids). A segment that does not
    /// exist has none, and is not made.
    ///
    /// # Errors
    ///
    /// As [`segments`](Self::segments).
    pub fn ids_of(&self, identity: Identity) -> Result<Ids, Error> {
        Ids::of_segment(&self.shared.base, identity)
    }

    /// Every entry with its verdict, in the kernel's order.
    ///
    /// No lock is taken and none waited for. What vanishes meanwhile is left out; what cannot be
    /// read has a verdict that says so. Names that do not belong there, and segments that cannot be
    /// read, are errors among the items, and hide no others.
    ///
    /// # Errors
    ///
    /// As [`segments`](Self::segments).
    pub fn entries(&self) -> Result<Entries, Error> {
        self.ids().map(Entries::new)
    }

    /// Every entry of one identity, as [`entries`](Self::entries).
    ///
    /// # Errors
    ///
    /// As [`segments`](Self::segments).
    pub fn entries_of(&self, identity: Identity) -> Result<Entries, Error> {
        self.ids_of(identity).map(Entries::new)
    }

    /// One entry with its verdict, without a lock; none if there is none of that id.
    ///
    /// # Errors
    ///
    /// As [`segments`](Self::segments), and step `read store segment entries` if the segment cannot
    /// be read.
    pub fn entry(
        &self,
        identity: Identity,
        id: InstanceId,
    ) -> Result<Option<View<'static>>, Error> {
        listing::one(&self.shared.base, identity, id)
    }

    /// Shows every entry to `visitor`, as [`entries`](Self::entries) would list them, in one buffer
    /// that is used again for each.
    ///
    /// # Errors
    ///
    /// As [`segments`](Self::segments).
    pub fn visit<B>(
        &self,
        visitor: impl FnMut(Result<View<'_>, Error>) -> ControlFlow<B>,
    ) -> Result<ControlFlow<B>, Error> {
        Ok(self.entries()?.visit(visitor))
    }

    /// Closes the store's own descriptor if this is the last clone and no handle lives, and reports
    /// what drop would swallow.
    ///
    /// # Errors
    ///
    /// Step `close state file`, what close(2) answers; it is closed nevertheless.
    pub fn close(self) -> Result<(), Error> {
        match Arc::into_inner(self.shared) {
            Some(shared) => {
                shared.mutex.close().map_err(|error| Error::path("close state file", error))
            }
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Store").field(self.base()).finish()
    }
}

impl Shared {
    /// The handle of an identity that others use, or a new one that others will use; not opened yet.
    pub(crate) fn registered(self: &Arc<Self>, identity: Identity) -> Handle {
        let mut slot = self.handles.entry(identity).or_default();
        if let Some(handle) = slot.upgrade() {
            // The slot is given back first: if this turns out to be the last clone of the handle,
            // its end looks for the slot.
            drop(slot);
            return Handle(handle);
        }
        let handle = Arc::new(handle::Inner::new(self, identity));
        *slot = Arc::downgrade(&handle);
        drop(slot);
        Handle(handle)
    }

    /// Makes the directory of a segment, under the store's lock.
    pub(crate) fn create_segment(&self, identity: Identity, wait: Wait<'_>) -> Result<(), Error> {
        let open = || -> Result<Directory, Error> {
            let opened = self.base.open_or_create();
            let base =
                opened.map_err(|cause| Error::path("create state store directory", cause))?;
            self.check_may_save(&base, "create store segment directory")?;
            Ok(base)
        };
        open()?;
        let locked = self.mutex.lock_with(Mode::Exclusive, wait);
        let guard = locked.map_err(|e| Error::lock("acquire lock on the state store", e))?;
        // Opened again: the lock may have been found in another directory than the one before.
        let made = sys::create_dir(&open()?, Name::of_segment(identity).as_c_str());
        match made {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(errno) => {
                let cause = PathError::new("mkdir", self.base.segment_path(identity), errno);
                return Err(Error::path("create store segment directory", cause));
            }
        }
        guard.unlock().map_err(|e| Error::lock("acquire lock on the state store", e))
    }

    /// The superuser looks after other users' stores, but adds nothing to them. And what has been
    /// opened to everybody since is no place to add to.
    pub(crate) fn check_may_save(&self, base: &Directory, step: &'static str) -> Result<(), Error> {
        let path = self.base.pathname().as_path();
        base.check().map_err(|fault| Error::path(step, fault.at(path)))?;
        if base.uid() == sys::effective_uid() {
            return Ok(());
        }
        let owner = Fault::Owner { owner: base.uid(), expected: sys::effective_uid() };
        Err(Error::new(ErrorKind::Refused, AppError::new(step, Distrust::of(path, owner))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fresh;

    #[test]
    fn handles_that_nobody_has_are_forgotten() {
        let (_directory, store) = fresh::store();
        let kept = store.handle(Identity::MIN).unwrap();
        let clone = kept.clone();
        drop(store.handle(Identity::MAX).unwrap());
        drop(kept);
        assert_eq!(store.shared.handles.len(), 1);
        drop(clone);
        assert!(store.shared.handles.is_empty());
    }
}
