//! Who is left under an identity, and so what may be taken back.

use hakurei_hst::{Enablements, InstanceId};

use crate::entry_file::Finding;
use crate::error::Error;
use crate::fault;
use crate::lease::Lease;
use crate::names::Name;
use crate::segment::Segment;
use crate::sys::{self, Errno};

/// What counts as alive in a segment, and what it uses of the host's services.
///
/// It fails closed: whatever is not proven dead counts as alive, and as using everything if it cannot
/// be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    alive: Option<usize>,
    enablements: Enablements,
}

impl Account {
    const NOBODY: Self = Self { alive: Some(0), enablements: Enablements::from_bits(0) };

    /// Anybody may be left, and use anything.
    pub(crate) const UNKNOWN: Self = Self { alive: None, enablements: Enablements::ALL };

    /// How many instances may be alive; none if nobody can know, for the store has been removed
    /// from under them.
    #[must_use]
    pub fn alive(&self) -> Option<usize> {
        self.alive
    }

    /// Whether none is left, so that what all instances of the identity share may be taken back.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.alive == Some(0)
    }

    /// All services that somebody who is left may use.
    #[must_use]
    pub fn enablements(&self) -> Enablements {
        self.enablements
    }

    fn add(&mut self, uses: Enablements) {
        self.alive = self.alive.map(|count| count + 1);
        self.enablements = self.enablements | uses;
    }
}

impl Segment<'_> {
    /// Counts what may be alive, and what that uses.
    ///
    /// Everything but the proven dead counts; with all enablements if it is starting, corrupt, newer
    /// or cannot be read, or its configuration cannot be decoded to the end and is valid. Names that
    /// are no ids are no entries. Once the segment's directory has been removed, nobody can know who
    /// is left.
    ///
    /// # Errors
    ///
    /// Step `read store segment entries`, if the directory cannot be read; nothing may be taken back
    /// then.
    pub fn account(&self) -> Result<Account, Error> {
        self.count(None)
    }

    /// The same, but for a lease's own entry.
    pub(crate) fn account_without(&self, lease: &Lease) -> Result<Account, Error> {
        self.count(Some(lease))
    }

    fn count(&self, excepted: Option<&Lease>) -> Result<Account, Error> {
        let (reader, mut buffer) = (self.reader(), Vec::new());
        let mut account = Account::NOBODY;
        for id in self.ids()? {
            if excepted.is_some_and(|lease| self.has_entry_of(lease, id)) {
                continue;
            }
            if let Some(found) = reader.examine(id, &mut buffer)
                && found.verdict.counts_as_alive()
            {
                account.add(what_it_uses(id, &found, &buffer));
            }
        }
        Ok(if self.has_been_replaced(excepted)? { Account::UNKNOWN } else { account })
    }

    /// Whether the entry of that id is the lease's; one that cannot be looked at is not.
    fn has_entry_of(&self, lease: &Lease, id: InstanceId) -> bool {
        let named = || sys::stat_at(self.directory(), Name::of_entry(id).as_c_str());
        lease.id() == id
            && matches!((named(), lease.stat()), (Ok(it), Ok(leased)) if it.inode == leased.inode)
    }

    /// Whether entries may have been lost: because the directory has been removed, or is another than
    /// the one in which the lease was taken.
    fn has_been_replaced(&self, lease: Option<&Lease>) -> Result<bool, Error> {
        let failed = |errno: Errno| self.error("fstat", errno);
        let here = self.directories().stat().map_err(failed)?;
        let then = lease.map(Lease::stat_directory).transpose().map_err(failed)?;
        Ok(here.links == 0 || then.is_some_and(|then| then.inode != here.inode))
    }
}

/// What an entry says that it uses, if all of it makes sense.
fn what_it_uses(id: InstanceId, found: &Finding, bytes: &[u8]) -> Enablements {
    let state = match &found.front {
        Ok(front) => fault::whole_state(id, bytes, front),
        Err(error) => Err(error.clone()),
    };
    state.map_or(Enablements::ALL, |state| state.config.enablements.unwrap_or_default())
}
