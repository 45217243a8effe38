//! A locked segment, which alone can be written to.

mod entries;

use std::collections::BTreeMap;
use std::fmt;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::PathBuf;
use std::sync::Arc;

use hakurei_check::PathError;
use hakurei_hst::{AppError, Identity, InstanceId, State};
use hakurei_lockedfile::{Guard, Inode};

pub use self::entries::SegmentEntries;

use crate::beside_go;
use crate::entry::Entry;
use crate::entry_file::Reader;
use crate::error::{Error, ErrorKind};
use crate::format::Format;
use crate::handle::Inner;
use crate::lease::{Lease, LeaseError};
use crate::names::{self, Name};
use crate::place::{OpenSegment, SegmentLock};
use crate::publish::{publish, withdraw};
use crate::record::Record;
use crate::sys::{self, Errno};
use crate::verdict::Verdict;

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
}

impl<'a> Segment<'a> {
    pub(crate) fn new(guard: Guard<'a, SegmentLock>, handle: &'a Arc<Inner>) -> Self {
        Self { guard, handle }
    }

    /// The identity whose instances these are.
    #[must_use]
    pub fn identity(&self) -> Identity {
        self.handle.identity
    }

    /// Records an instance: its entry appears whole and leased to this process, or not at all.
    ///
    /// Nothing is synced to a disk; the store is meant for a runtime directory.
    ///
    /// # Errors
    ///
    /// Nothing has been recorded, and what was there before is untouched.
    ///
    /// - [`ErrorKind::Refused`], step `validate configuration`: the state is another identity's; or
    ///   step `open state entry`: the store is another user's.
    /// - [`ErrorKind::ForeignFormat`], step `open state entry`: the record is CBOR, and the Go system
    ///   uses this store, by its path or by an entry in this segment. It would not count what it cannot
    ///   read, and take resources back under a running instance; so save a record in gob.
    /// - [`ErrorKind::Exists`], step `open state entry`: the id is taken.
    /// - Step `open state entry`, or `encode state body` for the writing itself: what the kernel
    ///   answered, such as a full disk.
    pub fn save(&self, record: &Record) -> Result<Lease, Error> {
        if record.identity() != self.identity() {
            return Err(self.wrong_identity(record.identity()));
        }
        self.handle.store().check_may_save(&self.opened().base, "open state entry")?;
        if record.format() == Format::Cbor && self.is_used_by_go()? {
            let base = self.handle.store().base.pathname();
            return Err(beside_go::refusal(base, self.identity()));
        }
        let name = Name::of_entry(record.id());
        let path = || self.path(record.id());
        let published = publish(self.directory(), &name, record.as_bytes(), path);
        let (file, inode) = published.map_err(publication_error)?;
        Ok(Lease::new(file, inode, record.id(), self.handle))
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

    /// Takes the entry of a lease away, and lets the lease go.
    ///
    /// An entry that is already gone is as good as taken away: somebody may have removed the whole
    /// store.
    ///
    /// # Errors
    ///
    /// Step `destroy state entry`; [`ErrorKind::Refused`] if the lease is of an entry elsewhere, or
    /// another process's. The lease comes back with the error, and is still held.
    pub fn end(&self, lease: Lease) -> Result<(), LeaseError> {
        match self.remove_leased(&lease) {
            Ok(true) => lease.ended(),
            Ok(false) if lease.has_no_name() => lease.ended(),
            Ok(false) => {
                let error = self.not_destroyed("stat", lease.id(), Errno::NOENT);
                return Err(LeaseError::new(lease, error.refused()));
            }
            Err(error) => return Err(LeaseError::new(lease, error)),
        }
        Ok(())
    }

    /// Takes away the entries of the dead, at most so many of them, and says which those were.
    ///
    /// # Errors
    ///
    /// As [`entries`](Self::entries); and step `destroy state entry` for the first that cannot be
    /// taken away. Names that do not belong there are passed over.
    pub fn collect_dead(&self, limit: usize) -> Result<Vec<InstanceId>, Error> {
        let mut collected = Vec::new();
        let mut buffer = Vec::new();
        for entry in self.entries()?.filter_map(Result::ok) {
            if collected.len() == limit {
                break;
            }
            let Some(found) = self.reader().examine(entry.id(), &mut buffer) else { continue };
            if found.verdict == Verdict::Dead && self.remove_if_still(entry.id(), found.inode)? {
                collected.push(entry.id());
            }
        }
        Ok(collected)
    }

    /// Lets the lock go, and reports what drop would swallow.
    ///
    /// # Errors
    ///
    /// Step `acquire lock on store segment N`, what flock(2) answers.
    pub fn unlock(self) -> Result<(), Error> {
        self.guard.unlock().map_err(|error| self.handle.lock_error(error))
    }

    pub(crate) fn reader(&self) -> Reader<'_> {
        let base = self.handle.store().base.pathname();
        Reader::new(self.directory(), self.identity(), base, &self.opened().base)
    }

    /// Takes the name away, if it still is the entry of that lease; false if it is not.
    pub(crate) fn remove_leased(&self, lease: &Lease) -> Result<bool, Error> {
        lease.check_is_ours()?;
        self.remove_if_still(lease.id(), Some(lease.inode()))
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
    fn remove_if_still(&self, id: InstanceId, inode: Option<Inode>) -> Result<bool, Error> {
        withdraw(self.directory(), id, inode)
            .map_err(|(call, errno)| self.not_destroyed(call, id, errno))
    }

    /// Whether the Go system uses this segment.
    fn is_used_by_go(&self) -> Result<bool, Error> {
        if beside_go::is_its_path(self.handle.store().base.pathname()) {
            return Ok(true);
        }
        let ids = self.entries()?.filter_map(|entry| Some(entry.ok()?.id()));
        beside_go::uses(&self.reader(), ids, &mut self.opened().not_gos.lock())
    }

    fn opened(&self) -> &OpenSegment {
        self.guard.opened()
    }

    fn directory(&self) -> BorrowedFd<'_> {
        self.opened().directory.as_fd()
    }

    fn path(&self, id: InstanceId) -> PathBuf {
        let base = self.handle.store().base.pathname().as_path();
        base.join(self.identity().to_string()).join(id.to_string())
    }

    fn error(&self, call: &'static str, errno: Errno) -> Error {
        let base = self.handle.store().base.pathname().as_path();
        let cause = PathError::new(call, base.join(self.identity().to_string()), errno);
        Error::path("read store segment entries", cause)
    }

    fn not_destroyed(&self, call: &'static str, id: InstanceId, errno: Errno) -> Error {
        Error::path("destroy state entry", PathError::new(call, self.path(id), errno))
    }

    fn wrong_identity(&self, identity: Identity) -> Error {
        let message =
            format!("identity {identity} does not belong into segment {}", self.identity());
        let cause = std::io::Error::from(Errno::INVAL);
        let app = AppError::new("validate configuration", cause).with_message(message);
        Error::new(ErrorKind::Refused, app)
    }
}

/// A taken id is a kind of its own; writing is a step of its own.
fn publication_error(cause: PathError) -> Error {
    if cause.cause().kind() == std::io::ErrorKind::AlreadyExists {
        return Error::new(ErrorKind::Exists, AppError::new("open state entry", cause));
    }
    match cause.call() {
        "write" => Error::path("encode state body", cause),
        _ => Error::path("open state entry", cause),
    }
}

impl fmt::Debug for Segment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Segment").field("identity", &self.identity()).finish_non_exhaustive()
    }
}
