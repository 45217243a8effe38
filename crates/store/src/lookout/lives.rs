//! What is known of the instances, and what is to be told of them. No I/O happens here.
//!
//! Three sources speak of the same names, and not at the same time: inotify, which has every name
//! that came or went, in order, but late, and none if its queue has overflowed; listings, which have
//! what is there, but not from one moment; and looks at single entries, which find what stands under
//! a name by now. So each is believed in what it alone knows:
//!
//! - A name that came or went is a fact, and is told at once. A name that comes while it is known has
//!   gone in between, unseen; one that goes without being known had come, unseen.
//! - A listing settles the names of which inotify has said nothing from before the listing until
//!   after it: everything is read from inotify first, then the directory, then inotify again. Of the
//!   others, inotify has had the last word.
//! - A look may end a life, and never removes a name.
//!
//! Hence what is told of a name is always in this order, each once: appeared, ended, removed; and then
//! perhaps the same of the next entry of that name.

mod listing;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use hakurei_hst::{Identity, InstanceId};
use hakurei_lockedfile::Inode;

use self::listing::Listing;
use super::Scope;
use crate::watch::{Change, Event};

/// An instance, by the two names of its entry.
pub(crate) type Key = (Identity, InstanceId);

/// Instances that are known, each with what will tell of its end.
#[derive(Debug)]
pub(crate) struct Lives<T> {
    scope: Scope,
    known: BTreeMap<Key, Life<T>>,
    /// Not told yet.
    events: VecDeque<Event>,
    /// Which of the chosen the events are about.
    ended: BTreeSet<Key>,
    /// To be looked at.
    due: BTreeSet<Key>,
    /// To be looked at in a while, since nothing will tell.
    later: BTreeSet<Key>,
    listing: Option<Listing>,
}

/// An instance whose entry has a name.
#[derive(Debug)]
struct Life<T> {
    has_ended: bool,
    /// Which file it is, once it has been looked at.
    inode: Option<Inode>,
    /// What will tell of its end, unless it is nothing but its name.
    alarm: Option<T>,
}

/// What a look at an entry has come to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Look<T> {
    /// The instance is dead.
    Ended,
    /// This will tell of its end, or of a change on the way to it.
    Until(T),
    /// Nothing will tell.
    Later,
    /// Nothing but its name changes any more.
    Name,
}

impl<T> Lives<T> {
    pub(crate) fn new(scope: Scope) -> Self {
        Self {
            scope,
            known: BTreeMap::new(),
            events: VecDeque::new(),
            ended: BTreeSet::new(),
            due: BTreeSet::new(),
            later: BTreeSet::new(),
            listing: None,
        }
    }

    /// The next event.
    pub(crate) fn next(&mut self) -> Option<Event> {
        let event = self.events.pop_front()?;
        self.ended.remove(&(event.identity, event.id));
        Some(event)
    }

    /// Whether there is an event to tell.
    pub(crate) fn has_events(&self) -> bool {
        !self.events.is_empty()
    }

    /// How many are waited for, or have ended and were not told yet.
    pub(crate) fn untold(&self) -> usize {
        self.known.len() + self.events.len()
    }

    /// Waits for the end of one, of which nothing is known yet.
    pub(crate) fn choose(&mut self, key: Key) {
        self.known.entry(key).or_insert_with(Life::new);
        self.due.insert(key);
    }

    /// Tells at once of the end of one that is dead, or not there.
    pub(crate) fn choose_ended(&mut self, key: Key) {
        self.tell(Change::Ended, key);
    }

    pub(crate) fn is_known(&self, key: Key) -> bool {
        self.known.contains_key(&key)
    }

    /// The known names of a segment, each with its file if that has been looked at.
    pub(crate) fn of_segment(
        &self,
        identity: Identity,
    ) -> impl Iterator<Item = (InstanceId, Option<Inode>)> {
        let whole = (identity, InstanceId::from_bytes([0; 16]))
            ..=(identity, InstanceId::from_bytes([0xff; 16]));
        self.known.range(whole).map(|((_, id), life)| (*id, life.inode))
    }

    /// Inotify says that a name has come.
    pub(crate) fn came(&mut self, key: Key) {
        self.touch(key);
        match (self.scope, self.known.contains_key(&key)) {
            // One that is looked at before it is said to have come is the one that came.
            (Scope::Chosen, _) => self.changed(key),
            (Scope::All, true) => {
                self.remove(key);
                self.appear(key);
            }
            (Scope::All, false) => self.appear(key),
        }
    }

    /// Inotify says that a name has gone.
    pub(crate) fn went(&mut self, key: Key) {
        self.touch(key);
        if self.scope == Scope::All && !self.known.contains_key(&key) {
            self.appear(key);
        }
        self.remove(key);
    }

    /// What stands under the name is not what it was, or may not be.
    pub(crate) fn changed(&mut self, key: Key) {
        if self.known.get(&key).is_some_and(|life| !life.has_ended) {
            self.due.insert(key);
        }
    }

    /// What was to tell of an end has told.
    pub(crate) fn alarmed(&mut self, key: Key) {
        if let Some(life) = self.known.get_mut(&key) {
            life.alarm = None;
        }
        self.changed(key);
    }

    /// The whole segment is gone.
    pub(crate) fn forget_segment(&mut self, identity: Identity) {
        let gone: Vec<_> = self.of_segment(identity).collect();
        for (id, _) in gone {
            self.remove((identity, id));
        }
    }

    /// What is to be looked at, sorted; it is up to the caller now.
    pub(crate) fn take_due(&mut self) -> BTreeSet<Key> {
        std::mem::take(&mut self.due)
    }

    /// Whether anything is to be looked at.
    pub(crate) fn is_any_due(&self) -> bool {
        !self.due.is_empty()
    }

    /// Whether anything is to be looked at in a while.
    pub(crate) fn is_any_later(&self) -> bool {
        !self.later.is_empty()
    }

    /// A while has passed.
    pub(crate) fn tick(&mut self) {
        self.due.append(&mut self.later);
    }

    /// It could not be looked at.
    pub(crate) fn postpone(&mut self, key: Key) {
        if self.known.get(&key).is_some_and(|life| !life.has_ended) {
            self.later.insert(key);
        }
    }

    /// One has been looked at, and this file was found. If it is another than before, the chosen one is
    /// gone; where all are told of, its removal is yet to be heard of, or a listing will find it out.
    pub(crate) fn looked(&mut self, key: Key, inode: Option<Inode>, look: Look<T>) {
        let Some(life) = self.known.get_mut(&key).filter(|life| !life.has_ended) else { return };
        let is_another = matches!((life.inode, inode), (Some(then), Some(now)) if then != now);
        if is_another && self.scope == Scope::Chosen {
            return self.end(key);
        }
        life.inode = life.inode.or(inode);
        life.alarm = None;
        self.later.remove(&key);
        match look {
            Look::Ended => self.end(key),
            Look::Until(alarm) => life.alarm = Some(alarm),
            Look::Later => drop(self.later.insert(key)),
            Look::Name => {}
        }
    }

    fn appear(&mut self, key: Key) {
        self.known.insert(key, Life::new());
        self.due.insert(key);
        self.tell(Change::Appeared, key);
    }

    fn end(&mut self, key: Key) {
        let Some(life) = self.known.get_mut(&key).filter(|life| !life.has_ended) else { return };
        (life.has_ended, life.alarm) = (true, None);
        self.due.remove(&key);
        self.later.remove(&key);
        self.tell(Change::Ended, key);
        if self.scope == Scope::Chosen {
            self.known.remove(&key);
        }
    }

    fn remove(&mut self, key: Key) {
        self.end(key);
        if self.known.remove(&key).is_some() {
            self.tell(Change::Removed, key);
        }
    }

    fn tell(&mut self, change: Change, key: Key) {
        // One that was chosen again before its end was told has not ended twice.
        if self.scope == Scope::All || self.ended.insert(key) {
            let (identity, id) = key;
            self.events.push_back(Event { change, identity, id });
        }
    }
}

impl<T> Life<T> {
    fn new() -> Self {
        Self { has_ended: false, inode: None, alarm: None }
    }
}

#[cfg(test)]
mod tests;
