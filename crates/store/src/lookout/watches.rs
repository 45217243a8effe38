//! The directories that inotify watches, and what its words mean there.

use std::collections::BTreeMap;
use std::ffi::{CStr, CString};
use std::os::fd::{AsFd, OwnedFd};

use hakurei_hst::{Identity, InstanceId};

use super::lives::Key;
use super::wakers::Wakers;
use crate::names;
use crate::sys::{self, Errno, FileType, Notice, Watched};

/// What a directory is watched for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// It leads to the store, or to where that would be, by these names in it.
    Way(Vec<CString>),
    /// It is the store.
    Base,
    /// It is the segment of this identity.
    Segment(Identity),
}

/// What has happened, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum News {
    /// The pathname of the store may lead elsewhere.
    Way,
    /// A segment may have come or gone, or be another.
    Segment(Identity),
    /// An entry has come.
    Came(Key),
    /// An entry has gone.
    Went(Key),
    /// An entry is being written.
    Changed(Key),
    /// Anything may have happened, anywhere.
    Lost,
}

/// Which directories are watched.
///
/// There may be no inotify to be had: a user has only so many instances and watches, and takes a
/// `/proc` to watch what is open. Then nothing is, and whoever asks is told so.
#[derive(Debug, Default)]
pub(super) struct Watches {
    inotify: Option<OwnedFd>,
    roles: BTreeMap<i32, Role>,
}

impl Watches {
    /// Watches an open directory, anew or in another role; none if that cannot be.
    pub(super) fn add(
        &mut self,
        wakers: &Wakers,
        dir: impl AsFd,
        watched: Watched,
        role: Role,
    ) -> Option<i32> {
        if self.inotify.is_none() {
            self.inotify = sys::inotify().ok().filter(|inotify| wakers.add(inotify).is_ok());
        }
        let number = sys::inotify_add(self.inotify.as_ref()?, dir, watched).ok()?;
        self.roles.insert(number, role);
        Some(number)
    }

    /// Watches it no longer. What has already been said of it is not heard any more.
    pub(super) fn remove(&mut self, number: i32) {
        if self.roles.remove(&number).is_some()
            && let Some(inotify) = &self.inotify
        {
            // The directory may be gone, and the watch with it.
            let _removed = sys::inotify_remove(inotify, number);
        }
    }

    /// Whether it is watched in that role.
    pub(super) fn is_watched(&self, number: i32, role: &Role) -> bool {
        self.roles.get(&number) == Some(role)
    }

    /// Hands out everything that has happened when it is called.
    pub(super) fn read(&mut self, mut each: impl FnMut(News)) -> Result<(), Errno> {
        let Some(inotify) = &self.inotify else { return Ok(()) };
        let roles = &mut self.roles;
        sys::inotify_read(inotify, |notice| {
            let news = match notice {
                Notice::Lost => Some(News::Lost),
                Notice::Forgotten { watch } => roles.remove(&watch).map(|role| role.itself()),
                Notice::Itself { watch } => roles.get(&watch).map(Role::itself),
                Notice::Came { watch, name, is_dir } => {
                    roles.get(&watch).and_then(|role| role.named(name, is_dir, News::Came))
                }
                Notice::Went { watch, name, is_dir } => {
                    roles.get(&watch).and_then(|role| role.named(name, is_dir, News::Went))
                }
                Notice::Changed { watch, name } => {
                    roles.get(&watch).and_then(|role| role.named(name, false, News::Changed))
                }
            };
            news.into_iter().for_each(&mut each);
        })
    }
}

impl Role {
    /// What it means that the directory is not what it was.
    fn itself(&self) -> News {
        match self {
            Self::Way(_) | Self::Base => News::Way,
            Self::Segment(identity) => News::Segment(*identity),
        }
    }

    /// What it means that something has happened to a name in it, if anything.
    fn named(&self, name: &CStr, is_dir: bool, of_entry: fn(Key) -> News) -> Option<News> {
        let bytes = name.to_bytes();
        match self {
            Self::Way(names) => {
                names.iter().any(|of_way| of_way.as_c_str() == name).then_some(News::Way)
            }
            // Whatever it is by now, nothing else can be a segment.
            Self::Base => {
                let segment = names::segment(bytes, FileType::Directory);
                segment.and_then(Result::ok).map(News::Segment)
            }
            Self::Segment(identity) => {
                let kind = if is_dir { FileType::Directory } else { FileType::RegularFile };
                let id: Option<InstanceId> = names::entry(bytes, kind).and_then(Result::ok);
                id.map(|id| of_entry((*identity, id)))
            }
        }
    }
}

#[cfg(test)]
mod tests;
