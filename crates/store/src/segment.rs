//! A locked segment, which alone can be written to.

mod adopt;
mod collect;
mod end;
mod entries;
mod save;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::path::PathBuf;
use std::sync::Arc;

use hakurei_check::PathError;
use hakurei_hst::{Identity, InstanceId, State};
use hakurei_lockedfile::Guard;

pub use self::entries::SegmentEntries;

use crate::base::Base;
use crate::directories::Directories;
use crate::entry::Entry;
use crate::entry_file::Reader;
use crate::error::{Error, ErrorKind, OPEN_ENTRY};
use crate::handle::Inner;
use crate::lease::Lease;
use crate::names;
use crate::place::{OpenSegment, SegmentLock};
use crate::sys::Errno;

/// The instances of one identity, for as long as its lock is held.
///
/// The lock is the exclusion, so every method takes `&self`. It stays in the thread that took it:
///
/// ```compile_fail,E0277
/// fn to_another_thread<T: Send>() {}
/// to_another_thread::<hakurei_store::Segment<'static>>();
/// ```
///
/// ```compile_fail,E0277
/// fn lent_to_another_thread<T: Sync>() {}
/// lent_to_another_thread::<hakurei_store::Segment<'static>>();
/// ```
///
/// It does not outlive its handle:
///
/// ```compile_fail,E0515
/// use hakurei_store::{Error, Handle, Segment, Store};
/// use hakurei_hst::Identity;
///
/// fn outlives(store: &Store) -> Result<Segment<'static>, Error> {
///     let handle = store.handle(Identity::MIN)?;
///     handle.lock()
/// }
/// ```
///
/// And its entries do not outlive it:
///
/// ```compile_fail,E0505
/// use hakurei_store::{Error, Handle};
/// use hakurei_hst::InstanceId;
///
/// fn outlives(handle: &Handle, id: InstanceId) -> Result<(), Error> {
///     let segment = handle.lock()?;
///     let entry = segment.entry(id);
///     segment.unlock()?;
///     entry.destroy()
/// }
/// ```
#[must_use = "dropping it, as `let _ =` does at once, lets the lock go"]
pub struct Segment<'a> {
    guard: Guard<'a, SegmentLock>,
    handle: &'a Arc<Inner>,
    /// What was ended last. To free its inode takes a good part of what all the rest does, and nobody
    /// needs to wait for that; so this stands after the guard, and is dropped after it.
    ended: Cell<Option<Lease>>,
}

impl<'a> Segment<'a> {
    pub(crate) fn new(guard: Guard<'a, SegmentLock>, handle: &'a Arc<Inner>) -> Self {
        Self { guard, handle, ended: Cell::new(None) }
    }

    /// The identity whose instances these are.
    #[must_use]
    pub fn identity(&self) -> Identity {
        self.handle.identity
    }

    /// The entry of an instance, whether there is one or not; nothing is read yet.
    #[must_use]
    pub fn entry(&self, id: InstanceId) -> Entry<'_> {
        Entry::new(self, id)
    }

    /// The entries that there are now, in the kernel's order. Destroying them meanwhile is fine.
    ///
    /// # Errors
    ///
    /// Step `read store segment entries`; names that do not belong there are errors among the items.
    pub fn entries(&self) -> Result<SegmentEntries<'_>, Error> {
        let names = names::collect(self.directory(), names::entry)
            .map_err(|errno| self.error("getdents64", errno))?;
        Ok(SegmentEntries { segment: self, names: names.into_iter() })
    }

    /// Every state by its id; the older system's `Load`. One that cannot be read hides no other, and
    /// names that do not belong there are left to [`entries`](Self::entries).
    ///
    /// # Errors
    ///
    /// As [`entries`](Self::entries).
    pub fn load_all(&self) -> Result<BTreeMap<InstanceId, Result<State, Error>>, Error> {
        let entries = self.entries()?.filter_map(Result::ok);
        Ok(entries.map(|entry| (entry.id(), entry.load())).collect())
    }

    /// How many entries there are, by their names alone.
    ///
    /// # Errors
    ///
    /// As [`entries`](Self::entries).
    pub fn len(&self) -> Result<usize, Error> {
        self.entries().map(|entries| entries.filter(Result::is_ok).count())
    }

    /// Whether there is no entry at all.
    ///
    /// # Errors
    ///
    /// As [`entries`](Self::entries).
    pub fn is_empty(&self) -> Result<bool, Error> {
        self.len().map(|count| count == 0)
    }

    /// Lets the lock go, and reports what drop would swallow.
    ///
    /// # Errors
    ///
    /// Step `acquire lock on store segment N`, what flock(2) answers.
    pub fn unlock(self) -> Result<(), Error> {
        self.guard.unlock().map_err(|error| self.handle.lock_error(error))
    }

    /// Reads its entries, which nobody writes meanwhile.
    pub(crate) fn reader(&self) -> Reader<'_> {
        let directories = self.directories();
        Reader::new(directories.segment(), self.identity(), self.base(), directories.base())
            .under_lock()
    }

    /// The ids of all that stands in an entry's place, whatever that is.
    pub(crate) fn ids(&self) -> Result<Vec<InstanceId>, Error> {
        let ids = names::collect(self.directory(), names::id)
            .map_err(|errno| self.error("getdents64", errno))?;
        // Names that are no ids have been passed over, and those are all that could be wrong.
        Ok(ids.into_iter().filter_map(Result::ok).collect())
    }

    /// Gives back the room that is still taken by what was ended, before something else needs it.
    fn free_ended(&self) {
        drop(self.ended.take());
    }

    pub(crate) fn directories(&self) -> &Arc<Directories> {
        &self.opened().directories
    }

    pub(crate) fn error(&self, call: &'static str, errno: Errno) -> Error {
        let path = self.base().segment_path(self.identity());
        Error::path("read store segment entries", PathError::new(call, path, errno))
    }

    pub(crate) fn no_such_entry(&self, step: &'static str, id: InstanceId) -> Error {
        let message = format!("no entry {id} in segment {}", self.identity());
        Error::told(ErrorKind::NotFound, step, Errno::NOENT, message)
    }

    /// The superuser leases nothing in another user's store.
    fn check_may_save(&self) -> Result<(), Error> {
        self.handle.store().check_may_save(self.directories().base(), OPEN_ENTRY)
    }

    fn lease(&self, file: OwnedFd, id: InstanceId) -> Lease {
        Lease::new(file, id, self.handle, self.directories())
    }

    fn opened(&self) -> &OpenSegment {
        self.guard.opened()
    }

    pub(crate) fn directory(&self) -> BorrowedFd<'_> {
        self.directories().segment()
    }

    fn base(&self) -> &Base {
        &self.handle.store().base
    }

    fn path(&self, id: InstanceId) -> PathBuf {
        self.base().entry_path(self.identity(), id)
    }
}

impl fmt::Debug for Segment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Segment").field("identity", &self.identity()).finish_non_exhaustive()
    }
}
