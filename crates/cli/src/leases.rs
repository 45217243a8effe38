//! Who holds the leases of instances whose entries do not say.

use std::collections::BTreeMap;

use hakurei_hst::{Identity, InstanceId};
use hakurei_store::{LockKind, Store};

use crate::selector::Named;

/// Who holds which lease, found out once somebody asks.
pub(crate) struct Leases<'a> {
    store: &'a Store,
    holders: Option<BTreeMap<Named, String>>,
}

impl<'a> Leases<'a> {
    pub(crate) fn of(store: &'a Store) -> Self {
        Self { store, holders: None }
    }

    /// In words: `held by pid 7 (sh)`, or `held` if nobody can tell by whom.
    pub(crate) fn holder(&mut self, identity: Identity, id: InstanceId) -> &str {
        let holders = self.holders.get_or_insert_with(|| read(self.store));
        holders.get(&(identity, id)).map_or("held", String::as_str)
    }
}

fn read(store: &Store) -> BTreeMap<Named, String> {
    // Who cannot be asked for has been met by whoever looked at the entries.
    let locks = store.locks().unwrap_or_default().into_iter().flatten();
    let leases = locks.filter_map(|lock| match lock.kind() {
        LockKind::Lease(identity, id) => Some(((identity, id), lock.holder().to_string())),
        LockKind::Store | LockKind::Segment(_) => None,
    });
    leases.collect()
}
