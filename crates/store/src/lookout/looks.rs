//! Looks at single entries.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

use hakurei_hst::Identity;

use super::lives::{Key, Look};
use super::segments::Segment;
use super::{Lookout, tell};
use crate::base::Directory;
use crate::entry_file::Reader;
use crate::names::Name;
use crate::sys;

impl Lookout {
    /// Looks at all that is due.
    pub(super) fn look(&mut self, store: Option<&Directory>) {
        let due = self.lives.take_due();
        let mut buffer = Vec::new();
        let mut current: Option<(Identity, Option<OwnedFd>)> = None;
        for key in due {
            if current.as_ref().is_none_or(|(identity, _)| *identity != key.0) {
                current = Some((key.0, self.open_known(store, key.0)));
            }
            match (store, &current) {
                (Some(store), Some((_, Some(dir)))) => {
                    self.look_at(store, dir.as_fd(), key, &mut buffer);
                }
                _ => self.lives.postpone(key),
            }
        }
    }

    /// Opens a segment, if it is the one whose entries are known; what else it may be is a doubt.
    fn open_known(&mut self, store: Option<&Directory>, identity: Identity) -> Option<OwnedFd> {
        let name = Name::of_segment(identity);
        // What is wrong with it, if anything, is found out where it is doubted.
        let dir = store?.open_segment(name.as_c_str()).ok().flatten();
        let is_known = |dir: &OwnedFd| {
            let known = self.segments.get(&identity).map(Segment::inode);
            sys::stat(dir).is_ok_and(|stat| Some(stat.inode) == known)
        };
        let dir = dir.filter(is_known);
        if dir.is_none() {
            self.doubts.segments.insert(identity);
        }
        dir
    }

    /// A name that should be there is not.
    fn doubt_listing(&mut self, identity: Identity) {
        if let Some(segment) = self.segments.get_mut(&identity) {
            segment.is_listed = false;
        }
        self.doubts.segments.insert(identity);
    }

    fn look_at(&mut self, store: &Directory, dir: BorrowedFd<'_>, key: Key, buffer: &mut Vec<u8>) {
        let (identity, id) = key;
        let base = Arc::clone(&self.base);
        let reader = Reader::new(dir, identity, &base, store);
        let Some(finding) = reader.examine(id, buffer) else {
            // Inotify says so as well, or a listing will.
            self.doubt_listing(identity);
            return self.lives.postpone(key);
        };
        let look = match tell::of(&reader, &finding) {
            Look::Until(pidfd) => {
                self.wakers.at_end_of(pidfd, key).map_or(Look::Later, Look::Until)
            }
            Look::Ended => Look::Ended,
            Look::Later => Look::Later,
            Look::Name => Look::Name,
        };
        self.lives.looked(key, finding.inode, look);
    }
}
