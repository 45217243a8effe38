//! What changes in a store, as a stream.

use std::os::fd::{AsFd, BorrowedFd};
use std::time::Instant;

use hakurei_hst::{Identity, InstanceId};

use crate::error::Error;
use crate::lookout::{Lookout, Scope};
use crate::store::Store;

/// What happened to an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    /// Its entry has a name.
    Appeared,
    /// It is dead, or its entry is gone.
    Ended,
    /// Its entry is gone.
    Removed,
}

/// One change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Event {
    /// What happened.
    pub change: Change,
    /// Under which identity.
    pub identity: Identity,
    /// To which instance.
    pub id: InstanceId,
}

/// The changes of a store, by [`Store::watch`]: what is there appears first, so that nothing is missed
/// between listing and watching.
///
/// Of each entry it tells [`Appeared`](Change::Appeared), [`Ended`](Change::Ended) and
/// [`Removed`](Change::Removed), once each and in that order, although several may come at once: an
/// entry that comes and goes between two looks is seen as well. A name may be used again after it was
/// removed; that is another entry, and appears anew.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use hakurei_check::Absolute;
/// use hakurei_store::{Change, Store};
///
/// # let directory = tempfile::tempdir()?;
/// # let base = Absolute::try_from(directory.path().join("state"))?;
/// # let state = hakurei_hst::State {
/// #     id: hakurei_store::new_instance_id()?,
/// #     pid: std::process::id().into(),
/// #     config: hakurei_hst::template(),
/// #     time: std::time::SystemTime::now().into(),
/// #     ..hakurei_hst::State::default()
/// # };
/// let store = Store::new(base);
/// let mut watch = store.watch()?;
/// assert_eq!(watch.try_next()?, None);
///
/// let record = store.record(&state)?;
/// let lease = store.handle(record.identity())?.save(&record)?;
/// let event = watch.next_until(None)?.expect("there is no deadline");
/// assert_eq!((event.change, event.id), (Change::Appeared, lease.id()));
/// # lease.destroy()?;
/// # Ok(())
/// # }
/// ```
///
/// # What wakes it
///
/// - Names, by inotify: of entries, of segments, and of the way to the store, which may be made,
///   removed, moved and made again meanwhile, and need not exist yet. A directory that is moved away
///   takes its entries with it: they are removed, and appear anew if it comes back and anybody has
///   looked in between. Of a segment made meanwhile, everything is seen that is still there when it is
///   first looked at.
/// - Ends, by a descriptor of the process that the entry lives by: the monitor, then the shim.
/// - Every 50 ms a look, only while there is something that the kernel tells nobody of: an entry that
///   is [`Unknown`](crate::Verdict::Unknown) or [`Starting`](crate::Verdict::Starting), a lease that
///   is held by another than the monitor, a process or a directory for which there was no descriptor
///   or no watch, a filesystem that several machines mount. If there is no inotify at all, an entry
///   that comes and goes within 50 ms may go unseen.
///
/// An overrun of inotify's queue is made up for by listing; of what came and went in the part that was
/// lost, nothing is told. Entries that cannot be read appear and are removed like any other, and are
/// never said to end before. Names that do not belong into a store are passed over: a listing tells
/// of them.
///
/// It takes no lock, waits for none, makes nothing and starts no thread.
///
/// # Limits
///
/// It has three descriptors, and one more for each instance that runs. With fewer than 16 left of
/// RLIMIT_NOFILE it takes no more, and looks every 50 ms instead; likewise beyond
/// `fs.inotify.max_user_instances` (one), `fs.inotify.max_user_watches` (one for each segment, and
/// each directory on the way), and without a `/proc`. Mounts that cover a directory are not noticed.
///
/// It belongs to the process that made it: a forked child gets an error.
///
/// # In a loop of one's own
///
/// The descriptor is readable when there may be something. Poll it, call
/// [`try_next`](Self::try_next) until there is nothing, and poll again.
#[derive(Debug)]
pub struct Watch(Lookout);

impl Watch {
    /// The next change, if one has been noticed; never waits.
    ///
    /// # Errors
    ///
    /// Why nothing can be found out at the moment. It is told once for as long as it stays the same,
    /// is tried again every 50 ms, and nothing has been missed if it goes away: the watch can go on.
    ///
    /// - Step `read store segments`: the store is [`Untrusted`](crate::ErrorKind::Untrusted), or
    ///   cannot be opened or read.
    /// - Step `watch state store`: the kernel does not give what was asked of it
    ///   ([`System`](crate::ErrorKind::System)); or this is a forked child of the process that
    ///   watches ([`Refused`](crate::ErrorKind::Refused)).
    pub fn try_next(&mut self) -> Result<Option<Event>, Error> {
        self.0.try_next()
    }

    /// Waits for the next change; none if there was none until the deadline.
    ///
    /// # Errors
    ///
    /// As [`try_next`](Self::try_next).
    pub fn next_until(&mut self, deadline: Option<Instant>) -> Result<Option<Event>, Error> {
        self.0.next_until(deadline)
    }
}

/// Readable when there may be a change.
impl AsFd for Watch {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl Store {
    /// Watches everything; what is there now appears first. A store that does not exist is watched
    /// for, and not made.
    ///
    /// # Errors
    ///
    /// - Step `watch state store`: there is no descriptor for it.
    /// - Step `read store segments`: the store is [`Untrusted`](crate::ErrorKind::Untrusted), or
    ///   cannot be opened or read.
    pub fn watch(&self) -> Result<Watch, Error> {
        let mut lookout = Lookout::new(&self.shared.base, Scope::All)?;
        lookout.begin()?;
        Ok(Watch(lookout))
    }
}
