//! Looking wherever it is not known how things stand, until it is.

use hakurei_check::PathError;

use super::doubts::Trouble;
use super::watches::News;
use super::{Lookout, ROUNDS, Scope};
use crate::base::Directory;
use crate::error::Error;
use crate::sys::{self, Errno};

impl Lookout {
    /// Looks where there are doubts, until there are none.
    pub(super) fn settle(&mut self) -> Result<(), Error> {
        let looked = self.look_around();
        // Without it nothing would be tried again.
        let set = self.set_timer();
        looked.and(set)
    }

    fn look_around(&mut self) -> Result<(), Error> {
        for _ in 0..ROUNDS {
            self.read_news().map_err(|errno| self.failed("read", errno))?;
            if !self.is_in_doubt() {
                break;
            }
            let looked = self.walk().and_then(|store| self.look_into(store.as_ref()));
            if let Err(cause) = looked {
                // So that it is tried again from the beginning.
                self.doubts.way = true;
                self.trouble.set(Error::path("read store segments", cause));
                break;
            }
            self.trouble = Trouble::default();
        }
        Ok(())
    }

    fn is_in_doubt(&self) -> bool {
        self.doubts.is_any() || self.lives.is_any_due()
    }

    /// Opens the store, and walks the way to it if that may lead elsewhere by now.
    pub(super) fn walk(&mut self) -> Result<Option<Directory>, PathError> {
        if !self.doubts.way {
            let store = self.base.open()?;
            let there = store.as_ref().map(sys::stat).transpose();
            if there.is_ok_and(|there| there.map(|stat| stat.inode) == self.way.end()) {
                return Ok(store);
            }
        }
        let before = self.way.end();
        let walked = self.way.walk(&self.base, &mut self.watches, &self.wakers);
        // Even where the walk has failed since: the next one ends where this has.
        if self.way.end() != before {
            self.doubts.names = true;
        }
        let store = walked?;
        self.doubts.way = false;
        Ok(store)
    }

    /// Hears what inotify has to say.
    pub(super) fn read_news(&mut self) -> Result<(), Errno> {
        let Self { watches, lives, doubts, segments, scope, .. } = self;
        watches.read(|news| match news {
            News::Way => doubts.way = true,
            News::Segment(identity) => {
                if *scope == Scope::All || segments.contains_key(&identity) {
                    doubts.segments.insert(identity);
                }
            }
            News::Came(key) => lives.came(key),
            News::Went(key) => lives.went(key),
            News::Changed(key) => lives.changed(key),
            News::Lost => {
                lives.abandon_listing();
                doubts.way = true;
                doubts.names = true;
                doubts.segments.extend(segments.keys().copied());
                segments.values_mut().for_each(|segment| segment.is_listed = false);
            }
        })
    }

    /// A while has passed: everything of which nothing tells is looked at.
    pub(super) fn tick(&mut self) {
        self.lives.tick();
        self.doubts.segments.append(&mut self.doubts.later);
        if self.way.is_blind() {
            self.doubts.way = true;
            self.doubts.names = true;
        }
        let unwatched =
            self.segments.iter().filter(|(_, segment)| !segment.is_watched(&self.watches));
        self.doubts.segments.extend(unwatched.map(|(identity, _)| *identity));
    }

    /// Sees to it that the descriptor becomes readable when there is something to tell or to look
    /// at, whatever wakes it besides.
    fn set_timer(&mut self) -> Result<(), Error> {
        let now = self.lives.has_events() || self.trouble.is_untold();
        let later = self.lives.is_any_later()
            || self.is_in_doubt()
            || !self.doubts.later.is_empty()
            || self.way.is_blind()
            || self.segments.values().any(|segment| !segment.is_watched(&self.watches));
        self.wakers.set(now, later).map_err(|errno| self.failed("timerfd_settime", errno))
    }
}
