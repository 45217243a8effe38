//! Taking the entries of the dead away, and of others where that is asked for by name.

use std::collections::BTreeMap;

use hakurei_hst::{Identity, InstanceId};
use hakurei_lockedfile::Wait;

use crate::error::{Error, ErrorKind};
use crate::listing::{Entries, Ids, View};
use crate::segment::Segment;
use crate::store::Store;
use crate::verdict::Verdict;

/// Which entries are collected: the dead, and others only if they are asked for by their name.
///
/// What is running or starting is never collected, nor anything whose lease is held.
///
/// ```
/// use hakurei_store::Collection;
///
/// let only_the_dead = Collection::of_the_dead();
/// let all_that_is_no_use = only_the_dead.and_orphaned().and_corrupt();
/// assert_ne!(only_the_dead, all_that_is_no_use);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Collection {
    orphaned: bool,
    unknown: bool,
    corrupt: bool,
    newer: bool,
    limit: usize,
}

impl Collection {
    /// The dead alone.
    #[must_use]
    pub fn of_the_dead() -> Self {
        let [orphaned, unknown, corrupt, newer] = [false; 4];
        Self { orphaned, unknown, corrupt, newer, limit: usize::MAX }
    }

    /// Also those whose monitor is gone, though their shim may live on.
    #[must_use]
    pub fn and_orphaned(self) -> Self {
        Self { orphaned: true, ..self }
    }

    /// Also those of which nothing can be proven from here. What cannot even be read for want of
    /// descriptors or of permission stays: its lease may be held.
    #[must_use]
    pub fn and_unknown(self) -> Self {
        Self { unknown: true, ..self }
    }

    /// Also what is damaged, or no entry at all: a fifo, a link, an empty directory, if it has an id
    /// for its name. A file with a second name or of another user that cannot be opened stays: its
    /// lease may be held.
    #[must_use]
    pub fn and_corrupt(self) -> Self {
        Self { corrupt: true, ..self }
    }

    /// Also entries of revisions that this version does not know.
    #[must_use]
    pub fn and_newer(self) -> Self {
        Self { newer: true, ..self }
    }

    /// No more than so many of each segment.
    #[must_use]
    pub fn at_most(self, limit: usize) -> Self {
        Self { limit, ..self }
    }

    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// Whether an entry is collected: none if it is not, and an error if that cannot be known.
    pub(crate) fn choose(
        &self,
        verdict: Verdict,
        leased: bool,
        unread: Option<&Error>,
    ) -> Option<Result<(), Error>> {
        let is_meant = !leased
            && match verdict {
                Verdict::Running | Verdict::Starting => false,
                Verdict::Dead => true,
                Verdict::Orphaned => self.orphaned,
                Verdict::Unknown => self.unknown,
                Verdict::Corrupt => self.corrupt,
                Verdict::Newer => self.newer,
            };
        match (verdict, unread) {
            _ if !is_meant => None,
            (Verdict::Unknown, Some(error)) => Some(Err(error.clone())),
            _ => Some(Ok(())),
        }
    }
}

/// An entry that was collected, or would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Collected {
    identity: Identity,
    id: InstanceId,
    verdict: Verdict,
}

impl Collected {
    pub(crate) fn new(identity: Identity, id: InstanceId, verdict: Verdict) -> Self {
        Self { identity, id, verdict }
    }

    /// The identity that it ran under.
    #[must_use]
    pub fn identity(&self) -> Identity {
        self.identity
    }

    /// The instance.
    #[must_use]
    pub fn id(&self) -> InstanceId {
        self.id
    }

    /// Why it was collected.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }
}

impl Store {
    /// What [`collect`](Self::collect) would try to take away now. No lock is taken, and nothing is
    /// changed.
    ///
    /// Segments that cannot be read, and entries that are asked for and cannot be looked at, are errors
    /// among the items. Names that do not belong there are passed over.
    ///
    /// # Errors
    ///
    /// As [`segments`](Self::segments).
    pub fn collectable(&self, what: Collection) -> Result<Vec<Result<Collected, Error>>, Error> {
        Ok(choose(Ids::of_store(&self.shared.base)?, what))
    }

    /// Collects in every segment that has something to collect, one lock after the other, and shows
    /// `each` what was taken away, with no lock held. Neither store nor segment is ever made.
    ///
    /// Every lock is waited for as told. What cannot be taken away, and segments that cannot be read
    /// or whose lock another holds, are errors for `each`, and keep nothing else; see
    /// [`Segment::collect`](crate::Segment::collect).
    ///
    /// # Errors
    ///
    /// As [`segments`](Self::segments); and [`ErrorKind::Cancelled`], step
    /// `acquire lock on store segment N`, if a wait was cancelled, which ends it.
    pub fn collect(
        &self,
        what: Collection,
        mut wait: Wait<'_>,
        mut each: impl FnMut(Result<Collected, Error>),
    ) -> Result<(), Error> {
        for identity in self.segments()? {
            let items = match identity {
                Ok(identity) => self.collect_in(identity, what, wait.reborrow()),
                Err(error) if error.kind() == ErrorKind::Stray => continue,
                Err(error) => Err(error),
            };
            match items {
                Ok(items) => items.into_iter().for_each(&mut each),
                Err(error) if error.kind() == ErrorKind::Cancelled => return Err(error),
                Err(error) => each(Err(error)),
            }
        }
        Ok(())
    }

    fn collect_in(
        &self,
        identity: Identity,
        what: Collection,
        wait: Wait<'_>,
    ) -> Result<Vec<Result<Collected, Error>>, Error> {
        let ids = Ids::of_segment(&self.shared.base, identity)?;
        let candidates = choose(ids, what);
        if !candidates.iter().any(Result::is_ok) {
            return Ok(candidates);
        }
        let handle = self.shared.registered(identity);
        let locked = handle.0.lock_existing(wait);
        let failure =
            match locked.and_then(|segment| segment.map(|s| take_away(s, what)).transpose()) {
                Ok(Some(items)) => return Ok(items),
                Ok(None) => None,
                Err(error) if error.kind() == ErrorKind::Cancelled => return Err(error),
                Err(error) => Some(Err(error)),
            };
        // Behind the lock, what cannot be looked at would have been met again.
        Ok(candidates.into_iter().filter(Result::is_err).chain(failure).collect())
    }
}

/// Collects in a segment, and lets its lock go.
fn take_away(
    segment: Segment<'_>,
    what: Collection,
) -> Result<Vec<Result<Collected, Error>>, Error> {
    let mut items = segment.collect(what)?;
    // What is gone is to be told of all the same.
    items.extend(segment.unlock().err().map(Err));
    Ok(items)
}

/// Looks at entries, and picks those that are to be collected.
fn choose(ids: Ids, what: Collection) -> Vec<Result<Collected, Error>> {
    let mut counts = BTreeMap::new();
    let entries = Entries::new(ids.of_whatever_stands_there());
    let chosen = entries.filter_map(|item| consider(item, what)).filter(|item| {
        let Ok(collected) = item else { return true };
        let count = counts.entry(collected.identity).or_insert(0_usize);
        *count += 1;
        *count <= what.limit
    });
    chosen.collect()
}

/// One item of a listing, if it is to be collected or told of.
fn consider(item: Result<View<'_>, Error>, what: Collection) -> Option<Result<Collected, Error>> {
    match item {
        Ok(view) => {
            let chosen = what.choose(view.verdict(), view.is_leased(), view.summary().err())?;
            Some(chosen.map(|()| Collected::new(view.identity(), view.id(), view.verdict())))
        }
        Err(error) if error.kind() == ErrorKind::Stray => None,
        Err(error) => Some(Err(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::OPEN_ENTRY;
    use crate::sys::Errno;

    #[test]
    fn what_cannot_be_looked_at_is_left_and_told_of_if_it_is_asked_for() {
        let all = Collection::of_the_dead().and_orphaned().and_unknown().and_corrupt().and_newer();
        let unread = Error::told(ErrorKind::System, OPEN_ENTRY, Errno::MFILE, String::new());
        let choose = |what: Collection, unread| what.choose(Verdict::Unknown, false, unread);
        assert!(matches!(choose(all, Some(&unread)), Some(Err(_))));
        assert!(matches!(choose(all, None), Some(Ok(()))));
        assert!(choose(Collection::of_the_dead().and_corrupt(), Some(&unread)).is_none());
        // The corrupt always come with an error, and may go.
        assert!(matches!(all.choose(Verdict::Corrupt, false, Some(&unread)), Some(Ok(()))));
    }

    #[test]
    fn neither_what_is_leased_nor_what_is_being_written_is_ever_chosen() {
        let all = Collection::of_the_dead().and_orphaned().and_unknown().and_corrupt().and_newer();
        for verdict in [Verdict::Dead, Verdict::Corrupt, Verdict::Newer, Verdict::Orphaned] {
            assert!(all.choose(verdict, true, None).is_none());
            assert!(all.choose(verdict, false, None).is_some());
        }
        assert!(all.choose(Verdict::Starting, false, None).is_none());
        assert!(all.choose(Verdict::Running, false, None).is_none());
    }
}
