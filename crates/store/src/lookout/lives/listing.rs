//! What a listing says, between two readings of inotify, and about which names it has no say.

use std::collections::{BTreeMap, BTreeSet};

use hakurei_hst::{Identity, InstanceId};
use hakurei_lockedfile::Inode;

use super::{Key, Lives, Scope};

/// A segment that is being listed, and the names that came or went there meanwhile.
#[derive(Debug)]
pub(super) struct Listing {
    identity: Identity,
    touched: BTreeSet<InstanceId>,
}

impl<T> Lives<T> {
    /// Everything has been read from inotify, and the segment is about to be listed.
    pub(crate) fn begin_listing(&mut self, identity: Identity) {
        self.listing = Some(Listing { identity, touched: BTreeSet::new() });
    }

    /// The listing is worth nothing.
    pub(crate) fn abandon_listing(&mut self) {
        self.listing = None;
    }

    /// Everything has been read from inotify again; these names were there, and of those that were
    /// known before, these files.
    pub(crate) fn end_listing(&mut self, names: &BTreeMap<InstanceId, Option<Inode>>) {
        let Some(Listing { identity, touched }) = self.listing.take() else { return };
        let missing: Vec<_> = self
            .of_segment(identity)
            .filter(|(id, _)| !names.contains_key(id) && !touched.contains(id))
            .collect();
        for (id, _) in missing {
            self.remove((identity, id));
        }
        for (&id, &inode) in names.iter().filter(|(id, _)| !touched.contains(id)) {
            self.listed((identity, id), inode);
        }
    }

    /// A name has come or gone; if its segment is being listed, that knows no better.
    pub(super) fn touch(&mut self, (identity, id): Key) {
        if let Some(listing) = &mut self.listing
            && listing.identity == identity
        {
            listing.touched.insert(id);
        }
    }

    /// A name that was there all the while.
    fn listed(&mut self, key: Key, inode: Option<Inode>) {
        match self.known.get(&key) {
            None if self.scope == Scope::All => self.appear(key),
            Some(life) if life.inode.is_some() && inode.is_some() && life.inode != inode => {
                self.remove(key);
                if self.scope == Scope::All {
                    self.appear(key);
                }
            }
            None | Some(_) => {}
        }
    }
}
