//! Waiting for the ends of instances.

use std::os::fd::{AsFd, BorrowedFd};
use std::time::Instant;

use hakurei_hst::{Identity, InstanceId};

use crate::error::Error;
use crate::lookout::{Lookout, Scope};
use crate::store::Store;
use crate::watch::Event;

/// Instances whose ends are waited for, on one descriptor; by [`Store::ends`].
///
/// An instance has ended when it is [`Dead`](crate::Verdict::Dead), or its entry is gone or is another
/// file. So it has not while its shim lives on, nor while somebody else holds its lease: a supervisor
/// that has adopted it, or a forked child of its monitor.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use hakurei_check::Absolute;
/// # use hakurei_store::Store;
/// # let directory = tempfile::tempdir()?;
/// # let store = Store::new(Absolute::try_from(directory.path().join("state"))?);
/// # let state = hakurei_hst::State {
/// #     id: hakurei_store::new_instance_id()?,
/// #     pid: std::process::id().into(),
/// #     config: hakurei_hst::template(),
/// #     time: std::time::SystemTime::now().into(),
/// #     ..hakurei_hst::State::default()
/// # };
/// # let record = store.record(&state)?;
/// # let lease = store.handle(record.identity())?.save(&record)?;
/// let mut ends = store.ends()?;
/// for instance in store.ids()? {
///     let (identity, id) = instance?;
///     ends.add(identity, id)?;
/// }
/// # lease.destroy()?;
/// while let Some((identity, id)) = ends.next_until(None)? {
///     println!("{id} of {identity} has ended");
/// }
/// assert!(ends.is_empty());
/// # Ok(())
/// # }
/// ```
///
/// It is woken by the kernel as a [`Watch`](crate::Watch) is, looks every 50 ms where that one does,
/// has the same limits, and can be polled in the same way. Of the directories it watches those on the
/// way to the instances that are waited for.
#[derive(Debug)]
pub struct Ends(Lookout);

impl Ends {
    /// Waits for one more; if there is no such entry, it has ended. One that is waited for already is
    /// not waited for twice.
    ///
    /// # Errors
    ///
    /// Nothing has been added.
    ///
    /// - Step `read store segments`: the store is [`Untrusted`](crate::ErrorKind::Untrusted), or
    ///   cannot be opened or read.
    /// - Step `read store segment entries`: the same of the segment.
    /// - Step `watch state store`: as [`try_next`](Self::try_next).
    pub fn add(&mut self, identity: Identity, id: InstanceId) -> Result<(), Error> {
        self.0.choose(identity, id)
    }

    /// How many have not ended yet, or have and were not told yet.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.untold()
    }

    /// Whether all have ended, and were told.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One that has ended and was not told yet; never waits.
    ///
    /// # Errors
    ///
    /// As [`Watch::try_next`](crate::Watch::try_next): the others can still be waited for.
    pub fn try_next(&mut self) -> Result<Option<(Identity, InstanceId)>, Error> {
        Ok(self.0.try_next()?.map(instance))
    }

    /// Waits for the next; none if there was none until the deadline, or none is left.
    ///
    /// # Errors
    ///
    /// As [`try_next`](Self::try_next).
    pub fn next_until(
        &mut self,
        deadline: Option<Instant>,
    ) -> Result<Option<(Identity, InstanceId)>, Error> {
        if self.is_empty() {
            return Ok(None);
        }
        Ok(self.0.next_until(deadline)?.map(instance))
    }
}

/// Of those that were chosen, nothing but the end is told.
fn instance(Event { identity, id, .. }: Event) -> (Identity, InstanceId) {
    (identity, id)
}

/// Readable when one may have ended.
impl AsFd for Ends {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl Store {
    /// Makes something that waits for ends; it waits for none yet.
    ///
    /// # Errors
    ///
    /// Step `watch state store`: there is no descriptor for it.
    pub fn ends(&self) -> Result<Ends, Error> {
        Lookout::new(&self.shared.base, Scope::Chosen).map(Ends)
    }
}
