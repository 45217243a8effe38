//! Which segments there are, and which entries.

use std::collections::BTreeMap;
use std::os::fd::{AsFd as _, OwnedFd};

use hakurei_check::PathError;
use hakurei_hst::{Identity, InstanceId};
use hakurei_lockedfile::Inode;

use super::lives::Key;
use super::watches::{Role, Watches};
use super::{Lookout, Scope};
use crate::base::{Directory, OpenFault};
use crate::entry_file::Reader;
use crate::error::Error;
use crate::liveness::Kernels;
use crate::names::{self, Name};
use crate::sys::{self, Errno, Watched};
use crate::verdict::Verdict;

/// A segment whose entries are known.
#[derive(Debug)]
pub(super) struct Segment {
    inode: Inode,
    /// Under which number it is watched, and as which it was last.
    number: Option<i32>,
    role: Role,
    /// Whether the entries that were there when it was first watched are known, and all that came
    /// and went since.
    pub(super) is_listed: bool,
}

impl Segment {
    pub(super) fn inode(&self) -> Inode {
        self.inode
    }

    /// Whether inotify tells of its entries.
    pub(super) fn is_watched(&self, watches: &Watches) -> bool {
        self.number.is_some_and(|number| watches.is_watched(number, &self.role))
    }
}

impl Lookout {
    /// Looks into the store, wherever it is not known how things stand.
    ///
    /// # Errors
    ///
    /// What the kernel answered; the doubts remain.
    pub(super) fn look_into(&mut self, store: Option<&Directory>) -> Result<(), PathError> {
        if self.doubts.names {
            self.doubts.segments.extend(self.segments.keys().copied());
            if let (Scope::All, Some(store)) = (self.scope, store) {
                self.list_segments(store)?;
            }
            self.doubts.names = false;
        }
        for identity in std::mem::take(&mut self.doubts.segments) {
            if self.look_into_segment(store, identity).is_err() {
                // It hides no other, and may be there again after a while.
                self.doubts.later.insert(identity);
            }
        }
        self.look(store);
        self.leave_unused_segments();
        Ok(())
    }

    /// Whether an instance has ended by the look of it, for which nothing needs to be watched. If it has
    /// not, its segment is watched from now on; what happened before that, another look will find.
    pub(super) fn has_ended(&mut self, (identity, id): Key) -> Result<bool, Error> {
        let error = |cause| Error::path("read store segments", cause);
        let Some(store) = self.walk().map_err(error)? else { return Ok(true) };
        let path = self.base.segment_path(identity);
        let error = |cause| Error::path("read store segment entries", cause);
        let name = Name::of_segment(identity);
        let opened = store.open_segment(name.as_c_str());
        let Some(dir) = opened.map_err(|fault| error(fault.at(&path)))? else { return Ok(true) };
        let reader = Reader::new(dir.as_fd(), identity, &self.base, &store);
        let found = reader.examine(id, &mut Vec::new());
        if found.is_none_or(|finding| finding.verdict == Verdict::Dead) {
            return Ok(true);
        }
        let watched = self.watch_segment(&store, identity, &dir);
        watched.map_err(|errno| error(PathError::new("fstat", &path, errno)))?;
        Ok(false)
    }

    fn list_segments(&mut self, store: &Directory) -> Result<(), PathError> {
        let path = self.base.pathname().as_path();
        let names = names::collect(store, names::segment)
            .map_err(|errno| PathError::new("getdents64", path, errno))?;
        self.doubts.segments.extend(names.into_iter().filter_map(Result::ok));
        Ok(())
    }

    /// Finds out what a segment is by now, and what is in it if that is not known.
    fn look_into_segment(
        &mut self,
        store: Option<&Directory>,
        identity: Identity,
    ) -> Result<(), Errno> {
        let name = Name::of_segment(identity);
        let opened = store.map_or(Ok(None), |store| store.open_segment(name.as_c_str()));
        let dir = match opened {
            Ok(dir) => dir,
            // It is nothing that could be a segment of this store.
            Err(OpenFault::Distrusted(_) | OpenFault::System(Errno::NOTDIR | Errno::XDEV)) => None,
            Err(OpenFault::System(errno)) => return Err(errno),
        };
        let (Some(store), Some(dir)) = (store, dir) else {
            self.forget_segment(identity);
            return Ok(());
        };
        self.watch_segment(store, identity, &dir)?;
        let segment = self.segments.get(&identity);
        if segment.is_some_and(|segment| !segment.is_listed || !segment.is_watched(&self.watches)) {
            self.list(identity, &dir)?;
        }
        Ok(())
    }

    /// Watches a segment, if it is not watched; another than before has other entries.
    fn watch_segment(
        &mut self,
        store: &Directory,
        identity: Identity,
        dir: &OwnedFd,
    ) -> Result<(), Errno> {
        let inode = sys::stat(dir)?.inode;
        if self.segments.get(&identity).is_some_and(|segment| segment.inode != inode) {
            self.forget_segment(identity);
        }
        let role = Role::Segment(identity);
        let segment = self.segments.entry(identity).or_insert_with(|| Segment {
            inode,
            number: None,
            role: role.clone(),
            is_listed: false,
        });
        if !segment.is_watched(&self.watches) && store.kernels() != Kernels::Several {
            segment.number = self.watches.add(&self.wakers, dir, Watched::Files, role);
            segment.is_listed = false;
        }
        Ok(())
    }

    /// Lists a segment, between two readings of inotify.
    fn list(&mut self, identity: Identity, dir: &OwnedFd) -> Result<(), Errno> {
        self.read_news()?;
        self.lives.begin_listing(identity);
        let found = self.read_names(identity, dir).inspect_err(|_| self.lives.abandon_listing())?;
        // Whatever is lost between here and the end makes it worthless.
        self.set_listed(identity, true);
        let heard = self.read_news();
        if heard.is_err() {
            self.lives.abandon_listing();
            self.set_listed(identity, false);
        } else {
            self.lives.end_listing(&found);
        }
        heard
    }

    fn set_listed(&mut self, identity: Identity, is_listed: bool) {
        if let Some(segment) = self.segments.get_mut(&identity) {
            segment.is_listed = is_listed;
        }
    }

    /// The names of the entries, and of those that are known which files they are.
    fn read_names(
        &self,
        identity: Identity,
        dir: &OwnedFd,
    ) -> Result<BTreeMap<InstanceId, Option<Inode>>, Errno> {
        let names = names::collect(dir, names::entry)?;
        let mut found: BTreeMap<_, _> =
            names.into_iter().filter_map(Result::ok).map(|id| (id, None)).collect();
        // An entry may have been replaced by one of the same name.
        for (id, inode) in self.lives.of_segment(identity).filter(|(_, inode)| inode.is_some()) {
            if let Some(there) = found.get_mut(&id) {
                let stat = sys::stat_at(dir, Name::of_entry(id).as_c_str());
                // Of one that has gone meanwhile, inotify or the next listing tells.
                *there = stat.map_or(inode, |stat| Some(stat.inode));
            }
        }
        Ok(found)
    }

    fn forget_segment(&mut self, identity: Identity) {
        if let Some(Segment { number: Some(number), .. }) = self.segments.remove(&identity) {
            self.watches.remove(number);
        }
        self.doubts.later.remove(&identity);
        self.lives.forget_segment(identity);
    }

    /// Where nobody is waited for any more, nothing needs to be watched.
    fn leave_unused_segments(&mut self) {
        if self.scope == Scope::All {
            return;
        }
        let unused: Vec<_> = self
            .segments
            .keys()
            .copied()
            .filter(|identity| self.lives.of_segment(*identity).next().is_none())
            .collect();
        for identity in unused {
            self.forget_segment(identity);
        }
    }
}
